//! The name of the image.

use super::{Detail, Evidence, Findings, Level, Path, Rule, Subject};
use crate::request::{RegisterImageRequest, RequestMember};
use crate::types::ImageName;

pub(super) const SUBJECT: Subject = Subject { rules: &[&MISSING, &LENGTH, &CHARACTERS], check };

static MISSING: Rule = Rule {
    id: "name-missing",
    former_ids: &[],
    level: Level::Error,
    evidence: Evidence::Documented,
    since: "0.1.0",
    ec2_code: Some("MissingParameter"),
    summary: "an image needs a name",
    explanation: "`Name` is the only member that the API's model marks as required.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html",
    trigger: r#"{"Description": "nightly build"}"#,
    near_miss: r#"{"Description": "nightly build", "Name": "web"}"#,
    message: "the name is missing, and EC2 requires one",
    help: "give a name of 3 to 128 characters that no other image of the account has in the Region",
};

static LENGTH: Rule = Rule {
    id: "name-length",
    former_ids: &[],
    level: Level::Error,
    evidence: Evidence::Observed,
    since: "0.1.0",
    ec2_code: Some("InvalidAMIName.Malformed"),
    summary: "the name of an image has 3 to 128 characters",
    explanation: "EC2 answers `AMI names must be between 3 and 128 characters long`. A name of 128 characters is taken, \
                  although the console's page says 127.",
    source: "https://github.com/webdigi/AWS-AMI-Automated-Creation-Deletion/issues/6",
    trigger: r#"{"Name": "db"}"#,
    near_miss: r#"{"Name": "db1"}"#,
    message: "the name {value} has {count} characters; EC2 takes 3 to 128",
    help: "lengthen or shorten the name; `ImageName::with_suffix` keeps 128 by cutting the front part",
};

static CHARACTERS: Rule = Rule {
    id: "name-characters",
    former_ids: &[],
    level: Level::Error,
    evidence: Evidence::Documented,
    since: "0.1.0",
    ec2_code: Some("InvalidAMIName.Malformed"),
    summary: "the name of an image is made of letters, digits, spaces and ( ) [ ] . / - ' @ _",
    explanation: "The API's model lists the characters; `,` and `+` were seen to be refused by CreateImage, whose names \
                  are the same. Letters and digits outside ASCII are not judged here, since nothing is known of them.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html",
    trigger: r#"{"Name": "web 12:00"}"#,
    near_miss: r#"{"Name": "web 12-00"}"#,
    message: "the name holds {value}, character {count} of it; EC2 takes letters, digits, spaces and ( ) [ ] . / - ' @ _",
    help: "write {instead}, as `ImageName::sanitize` does",
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let path = Path::Request(RequestMember::Name);
    let Some(name) = request.name.as_ref().map(ImageName::as_str) else {
        return findings.add(&MISSING, path, Detail::default());
    };
    let length = name.chars().count();
    if !(ImageName::MIN_LENGTH..=ImageName::MAX_LENGTH).contains(&length) {
        findings.add(&LENGTH, path, Detail::default().value(name).count(length));
    }
    let refused = |&(_, character): &(usize, char)| {
        !ImageName::is_legal(character) && (character.is_ascii() || !character.is_alphanumeric())
    };
    if let Some((position, character)) = name.chars().enumerate().find(refused) {
        let instead = ImageName::sanitize(name);
        let instead = instead.as_ref().map_or("a name of other characters", ImageName::as_str);
        let detail = Detail::default().value(character.encode_utf8(&mut [0; 4])).count(position + 1).instead(instead);
        findings.add(&CHARACTERS, path, detail);
    }
}
