//! Tags.

use super::REGISTER_IMAGE;
use super::example::tags;
use crate::model::{RequestPath, TagMember, TagSpecificationMember};
use crate::rules::declare::subject;
use crate::rules::{SortBuffer, repeated};
use crate::schema::{Value as _, sent_items};
use crate::types::ResourceType;

const TAGGING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html";

const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html";

/// Fifty numbered tags and the given ones.
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

subject! {
    "Tags",
    passes: [request specification tag],
    rules: {
    rule tag_resource_type(resource_type: &str) {
        id: "tag-resource-type",
        level: Error,
        evidence: Documented,
        code: INVALID_PARAMETER_VALUE,
        wordings: [RESOURCE_TYPE_INVALID],
        summary: "RegisterImage tags only an `image`",
        explanation: "The API model says that the value must be `image` and that the request fails otherwise. \
                      CreateImage and CopyImage also accept `snapshot`, so it is often copied from there.",
        source: REGISTER_IMAGE,
        message: "the tags are for {resource_type}; RegisterImage tags only \"image\"",
        help: "use \"image\"; to tag another resource, call CreateTags on it",
        trigger: tags!(r#"{"ResourceType": "snapshot", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
        near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
        says: "the tags are for \"snapshot\"; RegisterImage tags only \"image\"",
    }
    rule tag_resource_type_missing() {
        id: "tag-resource-type-missing",
        level: Error,
        evidence: Documented,
        summary: "a tag specification has a resource type",
        explanation: "The API model says that you must specify the resource type, or the request fails. There is no \
                      default.",
        source: MODEL,
        message: "the tag specification has no `ResourceType`, and EC2 has no default",
        help: "set `\"ResourceType\": \"image\"`",
        trigger: tags!(r#"{"Tags": [{"Key": "team", "Value": "infra"}]}"#),
        near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
        says: "the tag specification has no `ResourceType`, and EC2 has no default",
    }
    check specification(at, specification) {
        let path = RequestPath::TagSpecificationMember(at, TagSpecificationMember::ResourceType);
        match &specification.resource_type {
            None => tag_resource_type_missing(path),
            Some(ResourceType::IMAGE) => {}
            Some(other) => tag_resource_type(path, other.as_str()),
        }
    }

    rule tag_specification_empty() {
        id: "tag-specification-empty",
        level: Warning,
        evidence: ThirdParty,
        code: INVALID_TAG_KEY_MALFORMED,
        wordings: [TAGS_MISSING],
        summary: "a tag specification should have tags",
        explanation: "Related actions respond `Tag specification must have at least one tag`, and an emulator does \
                      the same. It is not known how RegisterImage responds.",
        source: "https://github.com/getmoto/moto/blob/master/moto/ec2/exceptions.py",
        message: "the tag specification has no tags, and EC2 may reject it",
        help: "add a tag, or remove the tag specification",
        trigger: tags!(r#"{"ResourceType": "image"}"#),
        near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
        says: "the tag specification has no tags, and EC2 may reject it",
    }
    check specification(at, specification) {
        if sent_items(specification.tags.as_deref().unwrap_or_default()).is_empty() {
            tag_specification_empty(RequestPath::TagSpecification(at));
        }
    }

    rule tag_specification_repeated(first: RequestPath) {
        id: "tag-specification-repeated",
        level: Warning,
        evidence: Inferred,
        summary: "one tag specification has all tags of the image",
        explanation: "It is not known how EC2 treats two specifications for one resource.",
        source: MODEL,
        message: "tags for the image are at {first} already; it is not known how EC2 treats two specifications",
        help: "move these tags there",
        trigger: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "1"}]},
    {"ResourceType": "image", "Tags": [{"Key": "b", "Value": "2"}]}"#
        ),
        near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}"#),
        says: "tags for the image are at TagSpecifications[0] already; it is not known how EC2 treats two \
               specifications",
    }
    check request(request, _findings) {
        let mut for_image = request
            .sent_tag_specifications()
            .iter()
            .enumerate()
            .filter(|(_, specification)| specification.resource_type == Some(ResourceType::IMAGE))
            .map(|(at, _)| RequestPath::TagSpecification(at));
        if let Some(first) = for_image.next() {
            for_image.for_each(|later| tag_specification_repeated(later, first));
        }
    }

    rule tag_too_many(count: usize) {
        id: "tag-too-many",
        level: Error,
        evidence: Documented,
        code: TAG_LIMIT_EXCEEDED,
        summary: "an image has at most 50 tags",
        explanation: "AWS documents the limit for every resource.",
        source: TAGGING,
        message: "the image would have {count} tags; EC2 accepts at most 50",
        help: "remove some, or combine several into one",
        trigger: fifty_and!(r#", {"Key": "51", "Value": ""}"#),
        near_miss: fifty_and!(""),
        says: "the image would have 51 tags; EC2 accepts at most 50",
    }
    check specification(at, specification) {
        let count = specification.tags.iter().flatten().filter(|tag| tag.is_sent()).count();
        if count > 50 && specification.resource_type == Some(ResourceType::IMAGE) {
            tag_too_many(RequestPath::TagSpecificationMember(at, TagSpecificationMember::Tags), count);
        }
    }

    rule tag_key_missing() {
        id: "tag-key-missing",
        level: Error,
        evidence: Documented,
        code: INVALID_TAG_KEY_MALFORMED,
        summary: "a tag has a key",
        explanation: "AWS's list of error codes says that tag keys cannot be empty or null.",
        source: "https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html",
        message: "the key of the tag is missing or empty; EC2 requires one",
        help: "set a key, or remove the tag",
        trigger: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "", "Value": "infra"}]}"#),
        near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}"#),
        says: "the key of the tag is missing or empty; EC2 requires one",
    }
    rule tag_key_length(key: &str, length: usize) {
        id: "tag-key-length",
        level: Error,
        evidence: Documented,
        summary: "a tag key has at most 128 characters",
        explanation: "AWS documents the limit for every resource, in Unicode characters.",
        source: TAGGING,
        message: "the key {key} has {length} characters; EC2 accepts at most 128",
        help: "shorten the key, and move information into the value, which can have 256 characters",
        trigger: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"}]}"#
        ),
        near_miss: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"}]}"#
        ),
        says: "the key \"012345678901234567890123456789012345678901234567890123456789\"… has 129 characters; EC2 \
               accepts at most 128",
    }
    rule tag_key_128(key: &str) {
        id: "tag-key-128",
        level: Warning,
        evidence: Documented,
        summary: "a tag key should have at most 127 characters",
        explanation: "AWS's pages disagree: the API model says 127, the user guide 128.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html",
        message: "the key {key} has 128 characters; AWS documents both 127 and 128 as the maximum",
        help: "shorten the key by one character",
        trigger: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"}]}"#
        ),
        near_miss: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Value": "", "Key": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"}]}"#
        ),
        says: "the key \"012345678901234567890123456789012345678901234567890123456789\"… has 128 characters; AWS \
               documents both 127 and 128 as the maximum",
    }
    check tag(path, tag) {
        let key = tag.key.as_deref().unwrap_or_default();
        match key.chars().count() {
            0 => tag_key_missing(path(TagMember::Key)),
            1..=127 => {}
            128 => tag_key_128(path(TagMember::Key), key),
            length => tag_key_length(path(TagMember::Key), key, length),
        }
    }

    rule tag_key_reserved(key: &str) {
        id: "tag-key-reserved",
        level: Error,
        evidence: Documented,
        code: INVALID_PARAMETER_VALUE,
        wordings: [
            TAG_KEY_RESERVED(context: "", prefix: "aws:"),
            TAG_KEY_RESERVED(context: "*) for parameter key is invalid. ", prefix: "*"),
            TAG_KEY_RESERVED(context: "*tag key * is not valid. ", prefix: "*"),
        ],
        summary: "a tag key does not start with `aws:`",
        explanation: "AWS reserves the prefix: `Tag keys starting with 'aws:' are reserved for internal use`. Such \
                      keys are often copied from the tags of another resource.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html",
        message: "the key {key} starts with `aws:`, which AWS reserves for itself",
        help: "use another prefix, and omit AWS's own tags when you copy tags",
        trigger: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "aws:createdBy", "Value": "ci"}]}"#),
        near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "AWS-createdBy", "Value": "ci"}]}"#),
        says: "the key \"aws:createdBy\" starts with `aws:`, which AWS reserves for itself",
    }
    check tag(path, tag) {
        if let Some(key) = tag.key.as_deref().filter(|key| key.starts_with("aws:")) {
            tag_key_reserved(path(TagMember::Key), key);
        }
    }

    rule tag_key_duplicate(key: &str, first: RequestPath) {
        id: "tag-key-duplicate",
        level: Error,
        evidence: Documented,
        code: INVALID_PARAMETER_VALUE,
        wordings: [TAG_KEY_DUPLICATE],
        summary: "each tag key occurs once",
        explanation: "The keys of a resource must be unique. Related actions respond `Duplicate tag key 'Name' \
                      specified.` Keys are case-sensitive: `name` and `Name` are two keys.",
        source: TAGGING,
        message: "the key {key} is already set at {first}; EC2 accepts each key once",
        help: "remove one of the two",
        trigger: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "a"}, {"Key": "team", "Value": "b"}]}"#
        ),
        near_miss: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "a"}, {"Key": "Team", "Value": "b"}]}"#
        ),
        says: "the key \"team\" is already set at TagSpecifications[0].Tags[0].Key; EC2 accepts each key once",
    }
    check specification(at, specification) {
        let path = |index| RequestPath::TagMember(at, index, TagMember::Key);
        repeated(
            sent_items(specification.tags.as_deref().unwrap_or_default()),
            &mut SortBuffer::new(),
            |tag| tag.key.as_deref().filter(|key| !key.is_empty()),
            |first, later, key| tag_key_duplicate(path(later), key, path(first)),
        );
    }

    rule tag_value_missing(key: &str) {
        id: "tag-value-missing",
        level: Warning,
        evidence: Documented,
        summary: "a tag has a value, which may be empty",
        explanation: "The user guide says that you cannot set the value of a tag to null, and that a value may be \
                      empty. CreateTags requires the parameter. It is not known whether RegisterImage does.",
        source: TAGGING,
        message: "the tag {key} has no value, and EC2 may reject it",
        help: "set an empty value, which EC2 accepts",
        trigger: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team"}]}"#),
        near_miss: tags!(r#"{"ResourceType": "image", "Tags": [{"Key": "team", "Value": ""}]}"#),
        says: "the tag \"team\" has no value, and EC2 may reject it",
    }
    check tag(path, tag) {
        // A tag with neither key nor value has one finding.
        if let (Some(key), None) = (tag.key.as_deref().filter(|key| !key.is_empty()), &tag.value) {
            tag_value_missing(path(TagMember::Value), key);
        }
    }

    rule tag_value_length(value: &str, length: usize) {
        id: "tag-value-length",
        level: Error,
        evidence: Documented,
        summary: "a tag value has at most 256 characters",
        explanation: "The API model has the limit, in Unicode characters.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html",
        message: "the value {value} has {length} characters; EC2 accepts at most 256",
        help: "shorten the value, or distribute it over several tags",
        trigger: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Key": "k", "Value": "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"}]}"#
        ),
        near_miss: tags!(
            r#"{"ResourceType": "image", "Tags": [{"Key": "k", "Value": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345"}]}"#
        ),
        says: "the value \"012345678901234567890123456789012345678901234567890123456789\"… has 257 characters; EC2 \
               accepts at most 256",
    }
    check tag(path, tag) {
        let value = tag.value.as_deref().unwrap_or_default();
        let length = value.chars().count();
        if length > 256 {
            tag_value_length(path(TagMember::Value), value, length);
        }
    }
    }
}
