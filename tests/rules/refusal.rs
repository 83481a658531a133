//! `Report::refusal`: the error that EC2 would send.
#![expect(clippy::panic, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeMap;

use ec2_register_image::response::ServiceError;
use ec2_register_image::rules;
use ec2_register_image::rules::{Policy, Validator};
use ec2_register_image::wire::xml;

use crate::support::{ROOT, mappings, read, with};

/// What EC2 says to the trigger of each rule whose words were seen.
const SAID: &[(&str, &str, &str)] = &[
    ("name-missing", "MissingParameter", "The request must contain the parameter Name"),
    ("name-length", "InvalidAMIName.Malformed", MALFORMED),
    ("name-characters", "InvalidAMIName.Malformed", MALFORMED),
    ("name-non-ascii", "InvalidAMIName.Malformed", MALFORMED),
    ("description-non-ascii", "InvalidParameterValue", "Character sets beyond ASCII are not supported"),
    ("name-in-use", "InvalidAMIName.Duplicate", "AMI name web is already in use by AMI ami-0ea09a82f221f584a"),
    (
        "tag-resource-type",
        "InvalidParameterValue",
        "'snapshot' is not a valid taggable resource type for this operation.",
    ),
    ("tag-specification-empty", "InvalidTagKey.Malformed", "Tag specification must have at least one tag"),
    ("tag-key-reserved", "InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use"),
    ("tag-key-duplicate", "InvalidParameterValue", "Duplicate tag key 'team' specified."),
    (
        "manifest-double-slash",
        "InvalidManifest",
        "HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/bucket/web//image.manifest.xml",
    ),
    ("manifest-ebs-volume", "UnsupportedOperation", "EBS block device mappings not supported for instance-store AMIs."),
    ("device-duplicate", "InvalidBlockDeviceMapping", "/dev/sdb is being assigned to multiple times."),
    ("device-name-missing", "InvalidBlockDeviceMapping", "Missing device name"),
    ("device-name-syntax", "InvalidBlockDeviceMapping", "Invalid device name /dev/nvme1n1"),
    ("device-trailing-digits", "InvalidBlockDeviceMapping", "Invalid device name /dev/sdb1"),
    ("device-sda-on-hvm", "InvalidBlockDeviceMapping", "Invalid device name /dev/sda"),
    ("device-unavailable", "InvalidBlockDeviceMapping", "Invalid device name /dev/sdaa"),
    ("device-reserved-for-root", "InvalidBlockDeviceMapping", "Invalid device name /dev/sda1"),
    ("virtual-name-form", "MissingParameter", "The request must contain the parameter ebs"),
    (
        "volume-without-source",
        "InvalidBlockDeviceMapping",
        "Either snapshot ID or volume size must be provided for: /dev/sdb",
    ),
    ("iops-missing", "InvalidParameterCombination", "The parameter iops must be specified for io2 volumes."),
    ("iops-unsupported", "InvalidParameterCombination", "The parameter iops is not supported for standard volumes."),
    ("throughput-unsupported", "InvalidParameterCombination", "throughput can only be specified for volumeType gp3."),
    (
        "encrypted-with-snapshot",
        "InvalidParameter",
        "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id in a block \
         device mapping.",
    ),
    ("kms-key", "UnknownParameter", "The parameter KmsKeyId is not recognized"),
    ("architecture-misspelled", "InvalidParameterValue", "Invalid value 'aarch64' for architecture."),
    ("architecture-unknown", "InvalidParameterValue", "Invalid value 'riscv64' for architecture."),
    ("virtualization-type-misspelled", "InvalidParameterValue", "Invalid value 'HVM' for virtualizationType."),
    ("virtualization-type-unknown", "InvalidParameterValue", "Invalid value '' for virtualizationType."),
    (
        "snapshot-id-empty",
        "InvalidParameterValue",
        "Value () for parameter snapshotId is invalid. Parameter may not be null or empty",
    ),
    ("snapshot-not-listed", "InvalidSnapshot.NotFound", "The snapshot 'snap-0123456789abcdef1' does not exist."),
    ("snapshot-not-completed", "IncorrectState", "Snapshot 'snap-0123456789abcdef1' is not 'completed'."),
    (
        "volume-smaller-than-snapshot",
        "InvalidBlockDeviceMapping",
        "Volume of size 15GB is smaller than snapshot 'snap-0123456789abcdef1', expect size >= 30GB",
    ),
];

const MALFORMED: &str = "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'";

fn said(error: &ServiceError) -> (&str, &str) {
    (error.code().as_str(), error.message().unwrap_or_else(|| panic!("{error}")))
}

#[track_caller]
fn is_refused(members: &str, code: &str, message: &str) {
    let error = with(members).check().refusal().unwrap_or_else(|| panic!("{members}"));
    assert_eq!(said(&error), (code, message));
}

#[test]
fn every_rule_refuses_in_the_words_of_ec2_or_its_own() {
    let words: BTreeMap<_, _> = SAID.iter().map(|&(id, code, message)| (id, (code, message))).collect();
    for rule in rules::all() {
        let facts = rule.facts.map(|facts| serde_json::from_str(facts).unwrap()).unwrap_or_default();
        let policy = Policy::new().deny(rule.id).unwrap();
        let report = Validator::new().policy(policy).facts(facts).check(&read(rule.trigger));
        let error = report.refusal().unwrap_or_else(|| panic!("{} refuses its trigger: {report}", rule.id));
        assert_eq!((error.status().as_u16(), error.request_id(), error.errors().count()), (400, None, 1));
        match words.get(rule.id) {
            Some(&words) => assert_eq!(said(&error), words, "{}", rule.id),
            None => {
                assert_eq!(rule.ec2_message(), None, "{} has words that this test does not know", rule.id);
                let finding = report.errors().next().unwrap_or_else(|| panic!("{report}"));
                let expected = (
                    rule.ec2_code.as_ref().map_or("InvalidParameterValue", |code| code.as_str()),
                    &*finding.message().to_string(),
                );
                assert_eq!(said(&error), expected, "{}", rule.id);
            }
        }
        xml::encode_error_response(&error).unwrap_or_else(|reason| panic!("{}: {reason}", rule.id));
    }
    assert!(words.keys().all(|id| rules::find(id).is_some_and(|rule| rule.ec2_message().is_some())));
}

#[test]
fn without_an_error_there_is_no_refusal() {
    assert_eq!(with("{}").check().refusal(), None);
    let warned = with(r#"{"Name": "büro"}"#).check();
    assert_eq!((warned.warnings().count(), warned.refusal()), (1, None));
}

#[test]
fn of_several_errors_it_is_the_first_in_the_order_of_the_model() {
    let both = r#"{"Name": "a:", "TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": ""}]}]}"#;
    is_refused(both, "InvalidParameterValue", "'vpc' is not a valid taggable resource type for this operation.");
    let policy = Policy::new().allow("tag-resource-type").unwrap();
    let error = Validator::new().policy(policy).check(&with(both)).refusal().unwrap();
    assert_eq!(said(&error), ("InvalidAMIName.Malformed", MALFORMED));
}

#[test]
fn values_stand_there_whole_and_without_quotes() {
    let long = "é\n\"'".repeat(100);
    let tag = serde_json::json!({"ResourceType": long, "Tags": [{"Key": "a", "Value": ""}]});
    is_refused(
        &serde_json::json!({ "TagSpecifications": [tag] }).to_string(),
        "InvalidParameterValue",
        &format!("'{long}' is not a valid taggable resource type for this operation."),
    );
}

#[test]
fn words_about_a_value_that_is_not_there_are_not_made_up() {
    let nameless = with(&mappings(&format!(r#"{ROOT}, {{"Ebs": {{"VolumeType": "gp3"}}}}"#)));
    let error = nameless.check().refusal().unwrap();
    let ours = "the volume has neither a snapshot nor a size, so EC2 cannot create it";
    assert_eq!(said(&error), ("InvalidBlockDeviceMapping", ours));
}
