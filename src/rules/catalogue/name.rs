//! The name and the description.

use super::example::named;
use crate::model::{RegisterImageRequest, RequestMember, RequestPath};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, Subject};
use crate::types::ImageName;

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Name and description",
    rules: &[&MISSING, &LENGTH, &CHARACTERS, &NON_ASCII, &EDGE_BLANKS, &DESCRIPTION_LENGTH, &DESCRIPTION_NON_ASCII],
    check,
};

/// EC2's words for any name that it does not take.
const MALFORMED: &str = "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', \
                         '.', '-', '/' and '_'";

static MISSING: Rule = Rule {
    id: "name-missing",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::MISSING_PARAMETER),
    ec2_messages: &["The request must contain the parameter Name"],
    summary: "an image needs a name",
    explanation: "`Name` is the only member that the API's model marks as required.",
    trigger: named!(r#""Description": "nightly build","#),
    near_miss: named!(r#""Description": "nightly build", "Name": "web","#),
    message: "the name is missing, and EC2 requires one",
    help: "give a name of 3 to 128 characters that no other image of the account has in the Region",
    ..Rule::ROW
};

static LENGTH: Rule = Rule {
    id: "name-length",
    level: Level::Error,
    evidence: Evidence::Observed,
    ec2_code: Some(ErrorCode::INVALID_AMI_NAME_MALFORMED),
    ec2_messages: &[MALFORMED],
    summary: "the name of an image has 3 to 128 characters",
    explanation: "EC2 answers `AMI names must be between 3 and 128 characters long`. A name of 128 characters is taken, \
                  although the console's page says 127.",
    source: "https://github.com/webdigi/AWS-AMI-Automated-Creation-Deletion/issues/6",
    trigger: named!(r#""Name": "db","#),
    near_miss: named!(r#""Name": "db1","#),
    message: "the name {value} has {count} characters; EC2 takes 3 to 128",
    help: "use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` keep to them",
    ..Rule::ROW
};

static CHARACTERS: Rule = Rule {
    id: "name-characters",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_AMI_NAME_MALFORMED),
    ec2_messages: &[MALFORMED],
    summary: "the name of an image is made of letters, digits, spaces and ( ) [ ] . / - ' @ _",
    explanation: "The API's model lists the characters; `,` and `+` were seen to be refused by CreateImage, whose names \
                  are the same.",
    trigger: named!(r#""Name": "web 12:00","#),
    near_miss: named!(r#""Name": "web 12-00","#),
    message: "the name holds {value}, character {count} of it; EC2 takes letters, digits, spaces and ( ) [ ] . / - ' @ _",
    help: "use other characters{limit}",
    ..Rule::ROW
};

static NON_ASCII: Rule = Rule {
    id: "name-non-ascii",
    evidence: Evidence::Inferred,
    ec2_code: Some(ErrorCode::INVALID_AMI_NAME_MALFORMED),
    ec2_messages: &[MALFORMED],
    summary: "the name of an image should be ASCII",
    explanation: "The API's model speaks of alphanumeric characters without saying of which alphabet. Nobody was seen to \
                  name an image beyond ASCII, or to be refused for it.",
    trigger: named!(r#""Name": "büro","#),
    near_miss: named!(r#""Name": "buero","#),
    message: "the name holds {value}, character {count} of it; whether EC2 takes letters beyond ASCII is not known",
    help: "use other characters{limit}",
    ..Rule::ROW
};

static EDGE_BLANKS: Rule = Rule {
    id: "name-edge-blanks",
    evidence: Evidence::Inferred,
    summary: "the name of an image should not begin or end with a space",
    explanation: "Spaces are legal within a name. At its edges nothing is known of them, and a filter by name that was \
                  typed without them finds nothing.",
    trigger: named!(r#""Name": "web ","#),
    near_miss: named!(r#""Name": "web","#),
    message: "the name {value} begins or ends with a space, which nobody will see",
    help: "take the spaces at the edges out",
    ..Rule::ROW
};

static DESCRIPTION_LENGTH: Rule = Rule {
    id: "description-length",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "the description has at most 255 characters",
    explanation: "The API's model has the limit, and builds were seen to fail over a description that was too long.",
    trigger: named!(
        r#""Name": "web", "Description": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345","#
    ),
    near_miss: named!(
        r#""Name": "web", "Description": "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234","#
    ),
    message: "the description has {count} characters; EC2 takes at most 255",
    help: "shorten it, and put what does not fit into tags",
    ..Rule::ROW
};

static DESCRIPTION_NON_ASCII: Rule = Rule {
    id: "description-non-ascii",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_VALUE),
    ec2_messages: &["*Character sets beyond ASCII are not supported"],
    summary: "the description should be ASCII",
    explanation: "ModifyImageAttribute refuses a description beyond ASCII, with the words `Character sets beyond ASCII \
                  are not supported`. RegisterImage was not tried.",
    source: "https://github.com/wendylabsinc/WendyOS-Builder/pull/56",
    trigger: named!(r#""Name": "web", "Description": "web – nightly","#),
    near_miss: named!(r#""Name": "web", "Description": "web - nightly","#),
    message: "the description holds {value}, character {count} of it; ModifyImageAttribute refuses what is not ASCII",
    help: "write it in ASCII, dashes and quotation marks too",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    check_name(request, findings);
    if let Some(description) = &request.description {
        let path = RequestPath::Request(RequestMember::Description);
        let length = description.chars().count();
        if length > 255 {
            findings.add(&DESCRIPTION_LENGTH, path, Parameters::default().count(length));
        }
        if let Some((position, character)) = find(description, |character| !character.is_ascii()) {
            findings.add(&DESCRIPTION_NON_ASCII, path, Parameters::default().at_character(position, character));
        }
    }
}

fn check_name(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let path = RequestPath::Request(RequestMember::Name);
    let Some(name) = request.name.as_ref().map(ImageName::as_str) else {
        return findings.add(&MISSING, path, Parameters::default());
    };
    let length = name.chars().count();
    if !(ImageName::MIN_LENGTH..=ImageName::MAX_LENGTH).contains(&length) {
        findings.add(&LENGTH, path, Parameters::default().value(name).count(length));
    }
    // Of too little text no name can be made.
    let instead = || match ImageName::sanitize(name) {
        Ok(sanitized) => Parameters::default().limit(format_args!(", as in {:?}", sanitized.as_str())),
        Err(_) => Parameters::default().limit(""),
    };
    let refused = find(name, |character| !ImageName::is_legal(character) && !is_foreign_letter(character));
    if let Some((position, character)) = refused {
        findings.add(&CHARACTERS, path, instead().at_character(position, character));
    } else if let Some((position, character)) = find(name, is_foreign_letter) {
        findings.add(&NON_ASCII, path, instead().at_character(position, character));
    }
    if length >= ImageName::MIN_LENGTH && (name.starts_with(' ') || name.ends_with(' ')) {
        findings.add(&EDGE_BLANKS, path, Parameters::default().value(name));
    }
}

/// A letter or digit beyond ASCII, or what letters are composed with: marks, joiners, and the signs of the scripts of
/// South and South-East Asia.
fn is_foreign_letter(character: char) -> bool {
    !character.is_ascii() && character.is_alphanumeric()
        || matches!(character, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{200C}'..='\u{200D}')
}

fn find(text: &str, wanted: impl Fn(char) -> bool) -> Option<(usize, char)> {
    text.chars().enumerate().find(|&(_, character)| wanted(character))
}

impl Parameters {
    fn at_character(self, position: usize, character: char) -> Self {
        self.value(character.encode_utf8(&mut [0; 4])).count(position + 1)
    }
}
