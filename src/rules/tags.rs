//! Tags.

use super::{Detail, Evidence, Findings, Level, Path, Rule, Subject};
use crate::members::Parameters as _;
use crate::request::{RegisterImageRequest, TagSpecificationMember};
use crate::types::ResourceType;

pub(super) const SUBJECT: Subject = Subject { rules: &[&RESOURCE_TYPE], check };

static RESOURCE_TYPE: Rule = Rule {
    id: "tag-resource-type",
    former_ids: &[],
    level: Level::Error,
    evidence: Evidence::Documented,
    since: "0.1.0",
    ec2_code: Some("InvalidParameterValue"),
    summary: "RegisterImage tags an `image` and nothing else",
    explanation: "The API's model says that the value must be `image` and that the request fails otherwise. CreateImage \
                  and CopyImage take `snapshot` as well, which is how it comes to be copied here.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html",
    trigger: r#"{"Name": "web", "TagSpecifications": [
        {"ResourceType": "snapshot", "Tags": [{"Key": "team", "Value": "infra"}]}
    ]}"#,
    near_miss: r#"{"Name": "web", "TagSpecifications": [
        {"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}
    ]}"#,
    message: "the tags are for {value}; RegisterImage tags \"image\" and nothing else",
    help: "write \"image\"; to tag the snapshots, call CreateTags on them",
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    for (at, specification) in request.sent_tag_specifications().iter().enumerate() {
        if !specification.is_sent() {
            continue;
        }
        if let Some(resource_type) = specification.resource_type.as_ref().filter(|&kind| *kind != ResourceType::IMAGE) {
            let path = Path::TagSpecificationMember(at, TagSpecificationMember::ResourceType);
            findings.add(&RESOURCE_TYPE, path, Detail::default().value(resource_type.as_str()));
        }
    }
}
