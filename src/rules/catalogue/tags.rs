//! Tags.

use super::example::tags;
use crate::model::{RegisterImageRequest, RequestPath, Tag, TagMember, TagSpecification, TagSpecificationMember};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, SortBuffer, Subject, repeated};
use crate::schema::{Value as _, sent_items};
use crate::types::ResourceType;

const TAGGING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html";
const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html";

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Tags",
    rules: &[
        &RESOURCE_TYPE,
        &RESOURCE_TYPE_MISSING,
        &SPECIFICATION_EMPTY,
        &SPECIFICATION_REPEATED,
        &TOO_MANY,
        &KEY_MISSING,
        &KEY_LENGTH,
        &KEY_128,
        &KEY_RESERVED,
        &KEY_DUPLICATE,
        &VALUE_MISSING,
        &VALUE_LENGTH,
    ],
    check,
};

static RESOURCE_TYPE: Rule = Rule {
    id: "tag-resource-type",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_VALUE),
    ec2_messages: &["'{value}' is not a valid taggable resource type for this operation."],
    summary: "RegisterImage tags an `image` and nothing else",
    explanation: "The API's model says that the value must be `image` and that the request fails otherwise. CreateImage \
                  and CopyImage take `snapshot` as well, which is how it comes to be copied here.",
    trigger: tags!(r#"{"ResourceType": "snapshot", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
    near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
    message: "the tags are for {value}; RegisterImage tags \"image\" and nothing else",
    help: "write \"image\"; to tag anything else, call CreateTags on it",
    ..Rule::ROW
};

static RESOURCE_TYPE_MISSING: Rule = Rule {
    id: "tag-resource-type-missing",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "a tag specification says what it tags",
    explanation: "The API's model says that the resource type must be specified or the request fails. There is no \
                  default.",
    source: MODEL,
    trigger: tags!(r#"{"Tags": [{"Key": "team", "Value": "infra"}]}"#),
    near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
    message: "the tag specification does not say what it tags, and EC2 has no default",
    help: "write `\"ResourceType\": \"image\"`",
    ..Rule::ROW
};

static SPECIFICATION_EMPTY: Rule = Rule {
    id: "tag-specification-empty",
    evidence: Evidence::ThirdParty,
    summary: "a tag specification should have tags",
    explanation: "The emulator moto refuses one without, with `Tag specification must have at least one tag`. What EC2 \
                  does is not known.",
    source: "https://github.com/getmoto/moto/blob/master/moto/ec2/exceptions.py",
    trigger: tags!(r#"{"ResourceType": "image"}"#),
    near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
    message: "the tag specification has no tags, and may be refused for it",
    help: "give it a tag or take it out",
    ..Rule::ROW
};

static SPECIFICATION_REPEATED: Rule = Rule {
    id: "tag-specification-repeated",
    evidence: Evidence::Inferred,
    summary: "the tags of the image should stand in one specification",
    explanation: "What EC2 makes of two specifications for one resource is not known.",
    source: MODEL,
    trigger: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "1"}]},
    {"ResourceType": "image", "Tags": [{"Key": "b", "Value": "2"}]}"#
    ),
    near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}"#),
    message: "tags for the image stand at {other} already; what EC2 makes of two specifications is not known",
    help: "move these tags there",
    ..Rule::ROW
};

/// Fifty numbered tags, and what is given.
macro_rules! fifty_and {
    ($more:literal) => {
        fifty_and!($more; 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35
            36 37 38 39 40 41 42 43 44 45 46 47 48 49 50)
    };
    ($more:literal; $($number:literal)+) => {
        tags!(concat!(
            r#"{"ResourceType": "image", "Tags": [{"Key": "1", "Value": ""}"#,
            $(", {\"Key\": \"", $number, "\", \"Value\": \"\"}",)+
            $more,
            "]}"
        ))
    };
}

static TOO_MANY: Rule = Rule {
    id: "tag-too-many",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::TAG_LIMIT_EXCEEDED),
    summary: "an image has at most 50 tags",
    explanation: "The limit is documented for every resource.",
    source: TAGGING,
    trigger: fifty_and!(r#", {"Key": "51", "Value": ""}"#),
    near_miss: fifty_and!(""),
    message: "the image would have {count} tags; EC2 takes at most 50",
    help: "take some out, or join several into one",
    ..Rule::ROW
};

static KEY_MISSING: Rule = Rule {
    id: "tag-key-missing",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_TAG_KEY_MALFORMED),
    summary: "a tag has a key",
    explanation: "EC2's list of errors says that tag keys cannot be empty or null.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    trigger: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "", "Value": "infra"}]}"#),
    near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
    message: "the key of the tag is missing or empty, and EC2 takes neither",
    help: "name the tag, or take it out",
    ..Rule::ROW
};

static KEY_LENGTH: Rule = Rule {
    id: "tag-key-length",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "the key of a tag has at most 128 characters",
    explanation: "The limit is documented for every resource, in Unicode characters.",
    source: TAGGING,
    trigger: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"}]}"#
    ),
    near_miss: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"}]}"#
    ),
    message: "the key {value} has {count} characters; EC2 takes at most 128",
    help: "shorten the key, and move what it says into the value, which takes 256",
    ..Rule::ROW
};

static KEY_128: Rule = Rule {
    id: "tag-key-128",
    evidence: Evidence::Documented,
    summary: "the key of a tag should have at most 127 characters",
    explanation: "AWS's pages disagree on the limit: the API's model says 127, the user guide 128.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html",
    trigger: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"}]}"#
    ),
    near_miss: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"}]}"#
    ),
    message: "the key {value} has 128 characters; AWS documents both 127 and 128 as the most",
    help: "shorten the key by a character",
    ..Rule::ROW
};

static KEY_RESERVED: Rule = Rule {
    id: "tag-key-reserved",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_VALUE),
    ec2_messages: &[
        "Tag keys starting with 'aws:' are reserved for internal use",
        "*Tag keys starting with * are reserved for internal use",
    ],
    summary: "the key of a tag does not start with `aws:`",
    explanation: "AWS keeps the prefix for itself: `Tag keys starting with 'aws:' are reserved for internal use`. It often \
                  comes along when tags are copied from another resource.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html",
    trigger: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "aws:createdBy", "Value": "ci"}]}"#),
    near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "AWS-createdBy", "Value": "ci"}]}"#),
    message: "the key {value} starts with `aws:`, which EC2 refuses, since AWS keeps these keys for itself",
    help: "use another prefix, and leave AWS's own tags out when you copy tags",
    ..Rule::ROW
};

static KEY_DUPLICATE: Rule = Rule {
    id: "tag-key-duplicate",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_VALUE),
    ec2_messages: &["Duplicate tag key '{value}' specified."],
    summary: "each key is given once",
    explanation: "Each key of a resource must be unique; sister actions answer `Duplicate tag key 'Name' specified.` Case \
                  counts: `name` and `Name` are two keys.",
    source: TAGGING,
    trigger: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "a"}, {"Key": "team", "Value": "b"}]}"#
    ),
    near_miss: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "a"}, {"Key": "Team", "Value": "b"}]}"#
    ),
    message: "the key {value} is given already at {other}; EC2 takes each key once",
    help: "keep one of the two",
    ..Rule::ROW
};

static VALUE_MISSING: Rule = Rule {
    id: "tag-value-missing",
    evidence: Evidence::ThirdParty,
    summary: "a tag should have a value, be it empty",
    explanation: "The user guide has a value that may be empty, not one that may be absent; the emulator moto answers \
                  `Tag value cannot be null. Use empty string instead.`",
    source: "https://github.com/getmoto/moto/blob/master/moto/ec2/exceptions.py",
    trigger: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team"}]}"#),
    near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": ""}]}"#),
    message: "the tag {value} has no value, and may be refused for it",
    help: "write an empty value, which EC2 takes",
    ..Rule::ROW
};

static VALUE_LENGTH: Rule = Rule {
    id: "tag-value-length",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "the value of a tag has at most 256 characters",
    explanation: "The API's model has the limit, in Unicode characters.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html",
    trigger: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Key": "k", "Value": "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"}]}"#
    ),
    near_miss: tags!(
        r#"{"ResourceType": "image", "Tags": [{"Key": "k", "Value": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345"}]}"#
    ),
    message: "the value {value} has {count} characters; EC2 takes at most 256",
    help: "shorten the value, or spread it over several tags",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let mut for_image = None;
    for (at, specification) in request.sent_tag_specifications().iter().enumerate() {
        if !specification.is_sent() {
            continue;
        }
        let path = RequestPath::TagSpecificationMember(at, TagSpecificationMember::ResourceType);
        match &specification.resource_type {
            None => findings.add(&RESOURCE_TYPE_MISSING, path, Parameters::default()),
            Some(ResourceType::IMAGE) => match for_image {
                None => for_image = Some(RequestPath::TagSpecification(at)),
                Some(first) => {
                    let path = RequestPath::TagSpecification(at);
                    findings.add(&SPECIFICATION_REPEATED, path, Parameters::default().other(first));
                }
            },
            Some(other) => findings.add(&RESOURCE_TYPE, path, Parameters::default().value(other.as_str())),
        }
        check_tags(at, specification, findings);
    }
}

fn check_tags(at: usize, specification: &TagSpecification, findings: &mut Findings<'_>) {
    let tags = sent_items(specification.tags.as_deref().unwrap_or_default());
    if tags.is_empty() {
        findings.add(&SPECIFICATION_EMPTY, RequestPath::TagSpecification(at), Parameters::default());
    }
    repeated(
        tags,
        &mut SortBuffer::new(),
        |tag| tag.key.as_deref().filter(|key| !key.is_empty()),
        |first, later, key| {
            let path = RequestPath::TagMember(at, later, TagMember::Key);
            let first = RequestPath::TagMember(at, first, TagMember::Key);
            findings.add(&KEY_DUPLICATE, path, Parameters::default().value(key).other(first));
        },
    );
    for (index, tag) in tags.iter().enumerate() {
        // Nothing is sent of an empty one but its place in the numbering.
        if tag.is_sent() {
            check_tag(tag, |member| RequestPath::TagMember(at, index, member), findings);
        }
    }
    let sent = tags.iter().filter(|tag| tag.is_sent()).count();
    if sent > 50 && specification.resource_type == Some(ResourceType::IMAGE) {
        let path = RequestPath::TagSpecificationMember(at, TagSpecificationMember::Tags);
        findings.add(&TOO_MANY, path, Parameters::default().count(sent));
    }
}

fn check_tag(tag: &Tag, path: impl Fn(TagMember) -> RequestPath, findings: &mut Findings<'_>) {
    let key = tag.key.as_deref().unwrap_or_default();
    match key.chars().count() {
        0 => findings.add(&KEY_MISSING, path(TagMember::Key), Parameters::default()),
        1..=127 => {}
        128 => findings.add(&KEY_128, path(TagMember::Key), Parameters::default().value(key)),
        length => {
            findings.add(&KEY_LENGTH, path(TagMember::Key), Parameters::default().value(key).count(length));
        }
    }
    if key.starts_with("aws:") {
        findings.add(&KEY_RESERVED, path(TagMember::Key), Parameters::default().value(key));
    }
    match &tag.value {
        // A tag with neither key nor value has one cause.
        None if key.is_empty() => {}
        None => findings.add(&VALUE_MISSING, path(TagMember::Value), Parameters::default().value(key)),
        Some(value) => {
            let length = value.chars().count();
            if length > 256 {
                let path = path(TagMember::Value);
                findings.add(&VALUE_LENGTH, path, Parameters::default().value(value).count(length));
            }
        }
    }
}
