//! The name and the description.

use alloc::{format, string::String};

use super::REGISTER_IMAGE;
use super::example::named;
use crate::model::{RequestMember, RequestPath};
use crate::rules::declare::subject;
use crate::rules::finding::Words;
use crate::types::ImageName;

const NAME: RequestPath = RequestPath::Request(RequestMember::Name);
const DESCRIPTION: RequestPath = RequestPath::Request(RequestMember::Description);

subject! {
    "Name and description",
    passes: [request],
    rules: {
    rule name_missing() {
        id: "name-missing",
        level: Error,
        evidence: Documented,
        code: MISSING_PARAMETER,
        wordings: [PARAMETER_MISSING(parameter: "Name")],
        summary: "an image needs a name",
        explanation: "`Name` is the only member that the API model marks as required.",
        source: REGISTER_IMAGE,
        message: "`Name` is missing; EC2 requires one",
        help: "set `Name` to 3 to 128 characters that no other image of the account has in the Region",
        trigger: named!(r#""Description": "nightly build","#),
        near_miss: named!(r#""Description": "nightly build", "Name": "web","#),
        says: "`Name` is missing; EC2 requires one",
    }
    check request(request, _findings) {
        if request.name.is_none() {
            name_missing(NAME);
        }
    }

    rule name_length(name: &str, length: usize) {
        id: "name-length",
        level: Error,
        evidence: Observed,
        code: INVALID_AMI_NAME_MALFORMED,
        wordings: [NAME_MALFORMED],
        summary: "an image name has 3 to 128 characters",
        explanation: "EC2 responds `AMI names must be between 3 and 128 characters long`. It accepts 128 characters, \
                      although the page about the console says 127.",
        source: "https://github.com/webdigi/AWS-AMI-Automated-Creation-Deletion/issues/6",
        message: "the name {name} has {length} characters; EC2 accepts 3 to 128",
        help: "use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` ensure it",
        trigger: named!(r#""Name": "db","#),
        near_miss: named!(r#""Name": "db1","#),
        says: "the name \"db\" has 2 characters; EC2 accepts 3 to 128",
    }
    check request(request, _findings) {
        let Some(name) = request.name.as_ref().map(ImageName::as_str) else { return };
        let length = name.chars().count();
        if !(ImageName::MIN_LENGTH..=ImageName::MAX_LENGTH).contains(&length) {
            name_length(NAME, name, length);
        }
    }

    rule name_characters(character: char, position: usize, suggestion: Words<String>) {
        id: "name-characters",
        level: Error,
        evidence: Documented,
        code: INVALID_AMI_NAME_MALFORMED,
        wordings: [NAME_MALFORMED],
        summary: "an image name contains only letters, digits, spaces and ( ) [ ] . / - ' @ _",
        explanation: "The API model lists the characters. CreateImage, which has the same rule for names, was seen \
                      to reject `,` and `+`.",
        source: REGISTER_IMAGE,
        message: "character {position} of the name is {character}; EC2 accepts letters, digits, spaces and ( ) [ ] . \
                  / - ' @ _",
        help: "replace the character{suggestion}",
        trigger: named!(r#""Name": "web 12:00","#),
        near_miss: named!(r#""Name": "web 12-00","#),
        says: "character 7 of the name is \":\"; EC2 accepts letters, digits, spaces and ( ) [ ] . / - ' @ _",
    }
    rule name_non_ascii(character: char, position: usize, suggestion: Words<String>) {
        id: "name-non-ascii",
        level: Warning,
        evidence: Inferred,
        code: INVALID_AMI_NAME_MALFORMED,
        wordings: [
            NAME_MALFORMED,
            NOT_ASCII(context: ""),
            NOT_ASCII(context: "*) for parameter Name is invalid. "),
        ],
        summary: "an image name should be ASCII",
        explanation: "The API model allows alphanumeric characters and does not say of which alphabet. The author of \
                      a program reports that RegisterImage rejects names and descriptions beyond ASCII, but \
                      describes only a description that EC2 rejected.",
        source: REGISTER_IMAGE,
        message: "character {position} of the name is {character}; EC2 may reject letters beyond ASCII",
        help: "replace the character{suggestion}",
        trigger: named!(r#""Name": "büro","#),
        near_miss: named!(r#""Name": "buero","#),
        says: "character 2 of the name is \"ü\"; EC2 may reject letters beyond ASCII",
    }
    check request(request, _findings) {
        let Some(name) = request.name.as_ref().map(ImageName::as_str) else { return };
        let illegal = find(name, |character| !ImageName::is_legal(character) && !is_foreign_letter(character));
        if let Some((position, character)) = illegal {
            name_characters(NAME, character, position, suggestion(name));
        } else if let Some((position, character)) = find(name, is_foreign_letter) {
            name_non_ascii(NAME, character, position, suggestion(name));
        }
    }

    rule name_edge_blanks(name: &str) {
        id: "name-edge-blanks",
        level: Warning,
        evidence: Inferred,
        summary: "an image name should not begin or end with a space",
        explanation: "EC2 accepts spaces inside a name. Whether it accepts them at the edges is not known. A filter \
                      with the name typed without them finds nothing.",
        source: REGISTER_IMAGE,
        message: "the name {name} begins or ends with a space, which is easy to overlook",
        help: "remove the leading and trailing spaces",
        trigger: named!(r#""Name": "web ","#),
        near_miss: named!(r#""Name": "web","#),
        says: "the name \"web \" begins or ends with a space, which is easy to overlook",
    }
    check request(request, _findings) {
        let Some(name) = request.name.as_ref().map(ImageName::as_str) else { return };
        let has_blank = name.starts_with(' ') || name.ends_with(' ');
        if has_blank && name.chars().count() >= ImageName::MIN_LENGTH {
            name_edge_blanks(NAME, name);
        }
    }

    rule description_length(length: usize) {
        id: "description-length",
        level: Error,
        evidence: Documented,
        summary: "the description has at most 255 characters",
        explanation: "The API model has the limit, and builds failed because of a longer description.",
        source: REGISTER_IMAGE,
        message: "the description has {length} characters; EC2 accepts at most 255",
        help: "shorten the description, and move the rest into tags",
        trigger: named!(
            r#""Name": "web", "Description": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345","#
        ),
        near_miss: named!(
            r#""Name": "web", "Description": "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234","#
        ),
        says: "the description has 256 characters; EC2 accepts at most 255",
    }
    check request(request, _findings) {
        let length = request.description.as_ref().map_or(0, |description| description.chars().count());
        if length > 255 {
            description_length(DESCRIPTION, length);
        }
    }

    rule description_non_ascii(character: char, position: usize) {
        id: "description-non-ascii",
        level: Error,
        evidence: Reported,
        code: INVALID_PARAMETER_VALUE,
        wordings: [NOT_ASCII(context: ""), NOT_ASCII(context: "*) for parameter Description is invalid. ")],
        summary: "the description is ASCII",
        explanation: "The author of a program reports that RegisterImage rejected a description with an em dash, \
                      with the code InvalidParameterValue, and quotes `Character sets beyond ASCII are not \
                      supported`. ModifyImageAttribute was seen to reject such a description with the same words.",
        source: "https://github.com/wendylabsinc/WendyOS-Builder/pull/56",
        message: "character {position} of the description is {character}; EC2 accepts only ASCII",
        help: "use ASCII only, also for dashes and quotation marks",
        trigger: named!(r#""Name": "web", "Description": "web – nightly","#),
        near_miss: named!(r#""Name": "web", "Description": "web - nightly","#),
        says: "character 5 of the description is \"–\"; EC2 accepts only ASCII",
    }
    check request(request, _findings) {
        let description = request.description.as_deref().unwrap_or_default();
        if let Some((position, character)) = find(description, |character| !character.is_ascii()) {
            description_non_ascii(DESCRIPTION, character, position);
        }
    }
    }
}

/// The name with its illegal characters replaced. Empty if too little remains for a name.
fn suggestion(name: &str) -> Words<String> {
    Words(ImageName::sanitize(name).map_or_else(|_| String::new(), |name| format!(", as in {:?}", name.as_str())))
}

/// A letter or digit beyond ASCII, or a part of one: marks, joiners, and the signs of the scripts of South and Southeast
/// Asia.
fn is_foreign_letter(character: char) -> bool {
    !character.is_ascii() && character.is_alphanumeric()
        || matches!(character, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{200C}'..='\u{200D}')
}

/// The first character that is wanted, and its position, counted from 1.
fn find(text: &str, wanted: impl Fn(char) -> bool) -> Option<(usize, char)> {
    (1..).zip(text.chars()).find(|&(_, character)| wanted(character))
}
