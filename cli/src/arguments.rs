//! What the command lines share.

use std::{env, error::Error, fs, io, io::Read as _};

use ec2_register_image::Facts;

/// The documents that `--facts` reads, for `--help`.
macro_rules! facts_documents {
    () => {
        r#"  describe-snapshots, create-snapshot(s), copy-snapshot, or an item of `Snapshots`
  describe-snapshot-attribute --attribute productCodes
  describe-images --owners self --include-disabled, or an item of `Images`
  get-ebs-encryption-by-default
  get-ebs-default-kms-key-id
  get-instance-metadata-defaults
  sts get-caller-identity
  {"Region", "OwnerId", "EbsEncryptionByDefault", "DefaultKmsKeyId", "Platform", "Snapshots", "Images"}
It may be a recording, {"status_code": 200, "data": ...}. A document without a known member is an error."#
    };
}

pub(crate) use facts_documents;

/// Adds the facts of a file. Facts of two Regions prove nothing together, so they are an error.
pub fn add_facts(known: Facts, file: &str, later: Facts) -> Result<Facts, String> {
    match (known.region(), later.region()) {
        (Some(earlier), Some(region)) if earlier != region => {
            Err(format!("{file}: the facts are of the Region {region}, but those of an earlier file are of {earlier}"))
        }
        _ => Ok(known.merge(later)),
    }
}

/// The line that lists the rules that lacked facts, if there are any.
pub fn not_checked<'a>(rules: impl Iterator<Item = &'a str>) -> Option<String> {
    let rules: Vec<&str> = rules.collect();
    (!rules.is_empty()).then(|| format!("not checked, for want of facts: {}", rules.join(", ")))
}

/// The arguments after the program's name.
pub struct Arguments(env::ArgsOs);

impl Arguments {
    pub fn new() -> Self {
        let mut arguments = env::args_os();
        arguments.next();
        Self(arguments)
    }

    /// The value that must follow an option.
    pub fn value_of(&mut self, option: &str) -> Result<String, String> {
        self.next().ok_or_else(|| format!("{option} needs a value"))
    }
}

impl Iterator for Arguments {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        // What is not UTF-8 is no option, and will be told as a file that is not there.
        self.0.next().map(|argument| argument.to_string_lossy().into_owned())
    }
}

/// Takes an argument that is no known option as the file, once.
pub fn set_file(file: &mut Option<String>, argument: String) -> Result<(), Box<dyn Error>> {
    if argument.starts_with('-') && argument != "-" {
        return Err(format!("there is no option {argument}").into());
    }
    match file.replace(argument) {
        None => Ok(()),
        Some(first) => Err(format!("two files were named, the first is {first}").into()),
    }
}

/// The bytes of the file, or of standard input where there is none or it is `-`.
pub fn read_input(file: Option<&str>) -> Result<Vec<u8>, Box<dyn Error>> {
    match file {
        None | Some("-") => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Some(path) => fs::read(path).map_err(|error| format!("cannot read {path}: {error}").into()),
    }
}
