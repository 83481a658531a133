//! Shows the image that a request will become, before it is sent: as a table, or as JSON for tools.
//!
//! ```sh
//! aws ec2 describe-snapshots --owner-ids self > snapshots.json
//! ec2-register-image preview --facts snapshots.json request.json
//! aws ec2 describe-images --owners self --filters Name=name,Values=web > images.json
//! ec2-register-image preview --against images.json request.json
//! ```
//!
//! Exits with 0, whether or not an image differs, with 1 where the request is not valid, with 2 where something could not be
//! read.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use ec2_register_image::encryption::LaunchLocation;
use ec2_register_image::launch::Launchable;
use ec2_register_image::model::{
    EbsBlockDeviceMember as Member, Image, ImageBlockDeviceMapping, ImageEbsBlockDevice, ImagePath,
};
use ec2_register_image::preview::{Comparison, LaunchEncryption, Preview, preview_at};
use ec2_register_image::types::ImageName;
use ec2_register_image::{Facts, RegisterImageRequest, ValidRequest, Validator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::arguments::{Arguments, add_facts, facts_documents, not_checked, read_input, set_file};

const USAGE: &str = concat!(
    r#"usage: ec2-register-image preview [--facts FILE]… [--require-facts] [--against FILE]
                                  [--location LOCATION] [--format text|json] [FILE]

Shows the image that a request of RegisterImage in the AWS CLI's JSON will become; a FILE of `-`, or none, is standard
input.

  --facts FILE        use these facts as well; of several files a later one counts, member by member, but files of
                      different Regions are an error
  --require-facts     fail if a rule lacked facts, and list those rules
  --against FILE      compare with an image that exists: what the AWS CLI prints for describe-images. Of several images
                      it is the one that has the name of the request
  --location LOCATION where the image will be launched: region (the default), outpost, wavelength-zone, or the name of a
                      zone such as us-west-2-lax-1a; it affects encryption, and a local snapshot overrides it
  --format text|json  how to print; text is the default, and marks defaults with `*` and unknown values with `?`

A FILE of facts is what the AWS CLI prints for one of these:
"#,
    facts_documents!(),
    r#"

Exits with 0, whether or not an image differs, with 1 if the request is not valid or required facts are missing, with 2 if
something could not be read."#
);

pub fn main(arguments: Arguments) -> ExitCode {
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("preview: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let (mut file, mut facts, mut against, mut as_json) = (None, Facts::default(), None, false);
    let mut location = LaunchLocation::Region;
    let mut requires_facts = false;
    let mut out = BufWriter::new(io::stdout().lock());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--facts" => {
                let name = arguments.value_of("--facts")?;
                facts = add_facts(facts, &name, read(Some(&name))?)?;
            }
            "--require-facts" => requires_facts = true,
            "--against" => against = Some(arguments.value_of("--against")?),
            "--location" => location = arguments.value_of("--location")?.parse()?,
            "--format" => {
                as_json = match arguments.value_of("--format")?.as_str() {
                    "text" => false,
                    "json" => true,
                    other => return Err(format!("there is no format {other}, only text and json").into()),
                }
            }
            "--help" | "-h" => {
                writeln!(out, "{USAGE}")?;
                out.flush()?;
                return Ok(ExitCode::SUCCESS);
            }
            _ => set_file(&mut file, argument)?,
        }
    }
    if against.as_deref() == Some("-") && file.as_deref().is_none_or(|file| file == "-") {
        return Err("the request and the images cannot both be standard input".into());
    }
    let request: RegisterImageRequest = read(file.as_deref())?;
    let image = against.map(|file| image(&file, request.name.as_ref())).transpose()?;
    let validated = Validator::new().facts(facts.clone()).validate(request);
    let report = validated.as_ref().map_or_else(|invalid| &invalid.report, ValidRequest::report);
    let lacking = not_checked(report.not_checked().map(|rule| rule.id));
    let valid = match (validated, lacking) {
        (Ok(valid), lacking) if lacking.is_none() || !requires_facts => valid,
        (Ok(_), lacking) => {
            lacking.inspect(|line| eprintln!("preview: {line}"));
            return Ok(ExitCode::from(1));
        }
        (Err(invalid), lacking) => {
            eprintln!("{}", invalid.report);
            lacking.inspect(|line| eprintln!("{line}"));
            return Ok(ExitCode::from(1));
        }
    };
    let preview = preview_at(&valid, &facts, &location);
    let comparison = image.map(|image| preview.compare(&image));
    if as_json {
        writeln!(out, "{}", serde_json::to_string(&Output { preview: &preview, comparison })?)?;
    } else {
        print(&preview, &mut out)?;
        if let Some(comparison) = comparison {
            writeln!(out, "\nBeside the image that exists\n{comparison}")?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The preview's JSON, which has one member more where there is a comparison.
#[derive(Serialize)]
struct Output<'a> {
    #[serde(flatten)]
    preview: &'a Preview,
    #[serde(rename = "Comparison", skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
}

/// The image in a file: of several the one of this name.
fn image(file: &str, name: Option<&ImageName>) -> Result<Image, Box<dyn Error>> {
    let facts = read::<Facts>(Some(file))?;
    let images: Vec<&Image> = match facts.images() {
        [] if !facts.has_all_images_named(&ImageName::new("")) => return Err(format!("{file} has no `Images`").into()),
        [image] => vec![image],
        images => images.iter().filter(|image| image.name.as_ref() == name).collect(),
    };
    match images.as_slice() {
        [image] => Ok((*image).clone()),
        images => Err(format!("{file} has {} images of the request's name, not one", images.len()).into()),
    }
}

/// Reads the JSON in a file. `serde_json` names line and column; what it read may be UEFI data and stays out.
fn read<T: DeserializeOwned>(file: Option<&str>) -> Result<T, Box<dyn Error>> {
    let name = file.filter(|&file| file != "-").unwrap_or("<stdin>");
    serde_json::from_slice(&read_input(file)?).map_err(|error| {
        let (said, place) = (error.to_string(), format!("{name}:{}:{}", error.line().max(1), error.column().max(1)));
        match said.rsplit_once(", expected ") {
            Some((found, expected)) if found.starts_with("invalid type: string ") => {
                format!("{place}: invalid type: string, expected {expected}").into()
            }
            _ => format!("{place}: {said}").into(),
        }
    })
}

/// The width of the names on the left.
const NAMES: usize = 22;

/// The width of the lines of families.
const FAMILIES: usize = 96;

fn print(preview: &Preview, out: &mut impl Write) -> io::Result<()> {
    let Preview { tags, block_device_mappings, launch_encryption, .. } = preview;
    let show = |place, value: Option<&dyn Display>| marked(preview, place, value);
    let mut row = |name: &str, value: String| writeln!(out, "{name:NAMES$}  {value}");
    row("Name", plain(preview.name.as_ref()))?;
    row("Description", plain(preview.description.as_ref()))?;
    row("Architecture", show(ImagePath::Architecture, preview.architecture.as_ref().map(|value| value as _)))?;
    row("Virtualization", show(ImagePath::VirtualizationType, Some(&preview.virtualization_type)))?;
    row(
        "Root device type",
        show(ImagePath::RootDeviceType, preview.root_device_type.as_ref().map(|value| value as _)),
    )?;
    row("Root device", show(ImagePath::RootDeviceName, preview.root_device_name.as_ref().map(|value| value as _)))?;
    row("Boot mode", plain(preview.boot_mode.as_ref()))?;
    row("TPM", plain(preview.tpm_support.as_ref()))?;
    let imds = if preview.requires_imdsv2() { "v2 required, hop limit 2" } else { "as account and launch have it" };
    row("Instance metadata", imds.to_owned())?;
    row("ENA", show(ImagePath::EnaSupport, Some(&preview.ena_support)))?;
    row("SR-IOV", plain(preview.sriov_net_support.as_ref()))?;
    let codes = preview.product_codes.as_ref().map(|codes| {
        let codes: Vec<_> = codes.iter().filter_map(|code| code.id.as_deref()).collect();
        if codes.is_empty() { "-".to_owned() } else { codes.join(", ") }
    });
    row("Product codes", show(ImagePath::ProductCodes, codes.as_ref().map(|value| value as _)))?;
    let billing = preview.platform_details.as_deref().map(|platform| match preview.usage_operation.as_deref() {
        Some(operation) => format!("{} ({})", visible(platform), visible(operation)),
        None => visible(platform),
    });
    row("Billing", show(ImagePath::PlatformDetails, billing.as_ref().map(|value| value as _)))?;
    for tag in tags {
        row("Tag", format!("{}={}", plain(tag.key.as_ref()), visible(tag.value.as_deref().unwrap_or_default())))?;
    }
    print_launchable(&preview.launchable(), out)?;
    let mut encryptions = launch_encryption.iter();
    for (at, mapping) in block_device_mappings.iter().enumerate() {
        writeln!(out, "\nVolume {}", plain(mapping.device_name.as_ref()))?;
        match mapping {
            ImageBlockDeviceMapping { ebs: Some(ebs), .. } => volume(preview, at, ebs, encryptions.next(), out)?,
            ImageBlockDeviceMapping { virtual_name, .. } => {
                writeln!(out, "{:NAMES$}  {}", "  Instance store", plain(virtual_name.as_ref()))?
            }
        }
    }
    writeln!(out, "\n* default, ? unknown, - absent")
}

/// The instance types that can launch the image, with the sizes of a family where not all of them can.
fn print_launchable(launchable: &Launchable, out: &mut impl Write) -> io::Result<()> {
    let (types, current) = (launchable.types(), launchable.current_types());
    writeln!(out, "{:NAMES$}  {types}, {current} of them current, as of {}", "Instance types", launchable.as_of())?;
    let families = launchable.families().iter().map(|family| {
        if family.is_complete() {
            family.name().to_owned()
        } else {
            format!("{}.{{{}}}", family.name(), family.sizes().join(","))
        }
    });
    let mut line = String::new();
    for family in families {
        if !line.is_empty() && line.len() + 1 + family.len() > FAMILIES {
            writeln!(out, "{:NAMES$}  {line}", "")?;
            line.clear();
        }
        line.extend([if line.is_empty() { "" } else { " " }, &family]);
    }
    if !line.is_empty() {
        writeln!(out, "{:NAMES$}  {line}", "")?;
    }
    for (reason, types) in launchable.reasons() {
        writeln!(out, "{:NAMES$}  {types} because of {reason}", "  not")?;
    }
    Ok(())
}

fn volume(
    preview: &Preview,
    at: usize,
    ebs: &ImageEbsBlockDevice,
    launch: Option<&LaunchEncryption>,
    out: &mut impl Write,
) -> io::Result<()> {
    let show = |member, value: Option<&dyn Display>| marked(preview, ImagePath::Ebs(at, member), value);
    let mut row = |name: &str, value: String| writeln!(out, "  {name:width$}  {value}", width = NAMES - 2);
    row("Snapshot", plain(ebs.snapshot_id.as_ref()))?;
    row("Size in GiB", show(Member::VolumeSize, ebs.volume_size.as_ref().map(|value| value as _)))?;
    row("Type", show(Member::VolumeType, ebs.volume_type.as_ref().map(|value| value as _)))?;
    row("IOPS", show(Member::Iops, ebs.iops.as_ref().map(|value| value as _)))?;
    row("MiB per second", show(Member::Throughput, ebs.throughput.as_ref().map(|value| value as _)))?;
    let deleted = ebs.delete_on_termination;
    row("Goes with instance", show(Member::DeleteOnTermination, deleted.as_ref().map(|value| value as _)))?;
    row("Encrypted", show(Member::Encrypted, ebs.encrypted.as_ref().map(|value| value as _)))?;
    if let Some(outpost) = &ebs.outpost_arn {
        row("Outpost", plain(Some(outpost)))?;
    }
    if let Some(launch) = launch {
        let encrypted = launch.encrypted().map_or_else(|| "?".to_owned(), |value| value.to_string());
        let key = match (launch.key(), launch.kms_key_id()) {
            ("none", _) => String::new(),
            (key, Some(id)) => format!(", key: {key}, {}", plain(Some(id))),
            (key, None) => format!(", key: {key}"),
        };
        row("Encrypted at launch", format!("{encrypted}{key}"))?;
        row("  location", launch.location.to_string())?;
        row("  why", launch.why().into_owned())?;
    }
    Ok(())
}

/// The text without control characters, which a terminal would obey.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// A value that is stated or absent.
fn plain(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| visible(&value.to_string()))
}

/// A value with its mark.
fn marked(preview: &Preview, place: ImagePath, value: Option<&dyn Display>) -> String {
    if preview.unknown.binary_search(&place).is_ok() {
        return "?".to_owned();
    }
    let mark = if preview.defaulted.binary_search(&place).is_ok() { " *" } else { "" };
    format!("{}{mark}", plain(value))
}
