//! The data in messages, and the rules that would have caught the errors: one row per message.

use std::time::{Duration, Instant};

use ec2_register_image::response::{CodeInfo, Denial, Detail, ErrorEntry, PolicyType, Unauthorized};
use ec2_register_image::types::{ImageId, SnapshotId};
use ec2_register_image::{RegisterImageRequest, rules};
use proptest::prelude::*;

fn named<'a>(name: &'a str, image_id: &str) -> Option<Detail<'a>> {
    Some(Detail::NameInUse { name, image_id: ImageId::from(image_id) })
}

fn parameter<'a>(name: &'a str, value: impl Into<Option<&'a str>>) -> Option<Detail<'a>> {
    Some(Detail::Parameter { name, value: value.into() })
}

fn missing<'a>(any_of: &[&'a str]) -> Option<Detail<'a>> {
    Some(Detail::MissingParameter { any_of: any_of.to_vec() })
}

fn devices<'a>(devices: &[&'a str]) -> Option<Detail<'a>> {
    Some(Detail::Devices { devices: devices.to_vec() })
}

fn snapshot(id: &str) -> Option<Detail<'static>> {
    Some(Detail::Snapshot { snapshot_id: SnapshotId::from(id) })
}

fn too_small(id: &str, size_gib: u32, least_gib: u32) -> Option<Detail<'static>> {
    Some(Detail::VolumeTooSmall { snapshot_id: SnapshotId::from(id), size_gib, least_gib })
}

fn encoded(message: &str) -> Option<Detail<'_>> {
    Some(Detail::EncodedAuthorization { message })
}

fn image(id: &str) -> Option<Detail<'static>> {
    Some(Detail::Image { image_id: ImageId::from(id) })
}

fn images(ids: &[&str]) -> Option<Detail<'static>> {
    Some(Detail::Images { image_ids: ids.iter().map(|id| ImageId::from(*id)).collect() })
}

fn conflict<'a>(name: &'a str, value: impl Into<Option<&'a str>>, other: &'a str) -> Option<Detail<'a>> {
    Some(Detail::ConflictingParameters { name, value: value.into(), other })
}

fn ratio<'a>(of: &'a str, per: &'a str, ratio: &'a str, maximum: &'a str) -> Option<Detail<'a>> {
    Some(Detail::Ratio { of, per, ratio, maximum })
}

fn not_fetched(status: u16, url: &str) -> Option<Detail<'_>> {
    Some(Detail::ManifestNotFetched { status, url })
}

fn instance_type(instance_type: &str) -> Option<Detail<'_>> {
    Some(Detail::InstanceType { instance_type })
}

fn missing_tags<'a>(keys: &[&'a str]) -> Option<Detail<'a>> {
    Some(Detail::MissingTags { keys: keys.to_vec() })
}

fn denied<'a>(action: &'a str, with: impl FnOnce(&mut Unauthorized<'a>)) -> Option<Detail<'a>> {
    let mut denied = Unauthorized::new("arn:aws:iam::123456789012:user/build", action);
    with(&mut denied);
    Some(Detail::Unauthorized(denied))
}

#[track_caller]
fn carries(message: &str, detail: Option<Detail<'_>>) {
    assert_eq!(ErrorEntry::new("Any").with_message(message).detail(), detail, "{message}");
}

/// Code, message, detail, rules: every message that EC2 was seen to send.
type Row = (&'static str, &'static str, Option<Detail<'static>>, &'static [&'static str]);

fn rows() -> Vec<Row> {
    const DEVICE_NAMES: &[&str] = &[
        "device-name-syntax",
        "device-trailing-digits",
        "device-sda-on-hvm",
        "device-unavailable",
        "device-reserved-for-root",
    ];
    const NO_VOLUME: &[&str] = &["no-device-with-others", "volume-without-source"];
    vec![
        (
            "InvalidAMIName.Malformed",
            "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', \
             '-', '/' and '_'",
            None,
            &["name-length", "name-characters", "name-non-ascii"],
        ),
        (
            "InvalidAMIName.Duplicate",
            "AMI name php-image is already in use by AMI ami-0ea09a82f221f584a",
            named("php-image", "ami-0ea09a82f221f584a"),
            &["name-in-use"],
        ),
        (
            "InvalidBlockDeviceMapping",
            "/dev/xvda is being assigned to multiple times.",
            devices(&["/dev/xvda"]),
            &["device-duplicate"],
        ),
        (
            "InvalidBlockDeviceMapping",
            "The device 'xvdb' is used in more than one block-device mapping",
            devices(&["xvdb"]),
            &["device-duplicate"],
        ),
        (
            "InvalidBlockDeviceMapping",
            "Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdc",
            devices(&["/dev/sdb", "/dev/sdc"]),
            NO_VOLUME,
        ),
        ("InvalidBlockDeviceMapping", "Invalid device name /dev/sde1", devices(&["/dev/sde1"]), DEVICE_NAMES),
        ("InvalidBlockDeviceMapping", "Invalid device name '/dev/xvdal'", devices(&["/dev/xvdal"]), DEVICE_NAMES),
        (
            "InvalidBlockDeviceMapping",
            "Invalid device name C:/Program Files/Git/dev/sda1",
            devices(&["C:/Program Files/Git/dev/sda1"]),
            DEVICE_NAMES,
        ),
        ("InvalidBlockDeviceMapping", "Missing device name", None, &["device-name-missing"]),
        (
            "InvalidBlockDeviceMapping",
            "Volume of size 15GB is smaller than  snapshot 'snap-09e0f802c68b958b7', expect size >= 30GB",
            too_small("snap-09e0f802c68b958b7", 15, 30),
            &["volume-smaller-than-snapshot"],
        ),
        (
            "InvalidBlockDeviceMapping",
            "the encrypted flag cannot be specified since device /dev/sda1 has a snapshot specified.",
            devices(&["/dev/sda1"]),
            &["encrypted-with-snapshot"],
        ),
        ("InvalidBlockDeviceMapping", "Invalid snapshot", None, &[]),
        ("InvalidBlockDeviceMapping", "snapshotId can only be modified on EBS devices", None, &[]),
        ("InvalidManifest", "Invalid AMI manifest", None, &[]),
        (
            "InvalidManifest",
            "HTTP 403 (Forbidden) response for URL \
             http://s3.amazonaws.com:80/qbis-oc-techops/amis//image-1502303560.manifest.xml",
            not_fetched(403, "http://s3.amazonaws.com:80/qbis-oc-techops/amis//image-1502303560.manifest.xml"),
            &["manifest-double-slash"],
        ),
        (
            "InvalidManifest",
            "HTTP 301 (Moved Permanently) response for URL http://web.s3.amazonaws.com:80/web-instance.manifest.xml: \
             check your manifest path is correct and in the correct region.",
            not_fetched(301, "http://web.s3.amazonaws.com:80/web-instance.manifest.xml"),
            // The bucket is in another Region, which no path shows.
            &[],
        ),
        (
            "InvalidManifest",
            "Invalid block device mapping: Invalid device name 'xvdal'",
            devices(&["xvdal"]),
            // It is the manifest's mapping, which the request does not show.
            &[],
        ),
        (
            "InvalidManifest",
            "Invalid or unaccessible kernel id in ami manifest: 1950528584",
            Some(Detail::Kernel { kernel_id: "1950528584" }),
            &[],
        ),
        (
            "InvalidSnapshot.NotFound",
            "The snapshot 'snap-ef2791a9' does not exist.",
            snapshot("snap-ef2791a9"),
            &["snapshot-not-listed"],
        ),
        ("InvalidSnapshot.NotFound", "Snapshot does not exist", None, &["snapshot-not-listed"]),
        (
            "InvalidParameter",
            "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id in a \
             block device mapping.",
            parameter("encrypted", None),
            &["encrypted-with-snapshot"],
        ),
        (
            "InvalidParameterValue",
            "Invalid value '' for virtualizationType.",
            parameter("virtualizationType", ""),
            &["virtualization-type-misspelled", "virtualization-type-unknown"],
        ),
        (
            "InvalidParameterValue",
            "Invalid value 'x86_64' for architecture.",
            parameter("architecture", "x86_64"),
            &["architecture-misspelled", "architecture-unknown"],
        ),
        (
            "InvalidParameterValue",
            "'instance' is not a valid taggable resource type for this operation.",
            parameter("resource type", "instance"),
            &["tag-resource-type"],
        ),
        (
            "InvalidParameterValue",
            "Duplicate tag key 'Name' specified.",
            parameter("tag key", "Name"),
            &["tag-key-duplicate"],
        ),
        (
            "InvalidParameterValue",
            "Tag keys starting with 'aws:' are reserved for internal use",
            None,
            &["tag-key-reserved"],
        ),
        (
            "InvalidParameterValue",
            "Value ( aws:autoscaling:groupName ) for parameter key is invalid. Tag keys starting with 'aws:' are \
             reserved for internal use",
            parameter("key", "aws:autoscaling:groupName"),
            &["tag-key-reserved"],
        ),
        (
            "InvalidParameterValue",
            "Character sets beyond ASCII are not supported.",
            None,
            &["name-non-ascii", "description-non-ascii"],
        ),
        (
            "InvalidParameterValue",
            "Iops to volume size ratio of 750.000000 is too high; maximum is 500",
            ratio("Iops", "volume size", "750.000000", "500"),
            &["iops-per-gib"],
        ),
        (
            "InvalidParameterValue",
            "Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops",
            ratio("Throughput", "iops", "0.333333", "0.250000"),
            &["throughput-per-iops"],
        ),
        (
            "InvalidParameterValue",
            "Value () for parameter snapshotId is invalid. Parameter may not be null or empty",
            parameter("snapshotId", ""),
            &["snapshot-id-empty"],
        ),
        (
            "InvalidParameterValue",
            "Value (standard) for parameter volumeId is invalid. Expected: 'vol-...'.",
            parameter("volumeId", "standard"),
            &[],
        ),
        (
            "InvalidParameterCombination",
            "The parameter iops is not supported for gp2 volumes.",
            parameter("iops", None),
            &["iops-unsupported"],
        ),
        (
            "InvalidParameterCombination",
            "The parameter iops must be specified for io2 volumes.",
            parameter("iops", None),
            &["iops-missing"],
        ),
        (
            "InvalidParameterCombination",
            "throughput can only be specified for volumeType gp3.",
            parameter("throughput", None),
            &["throughput-unsupported"],
        ),
        (
            "MissingParameter",
            "The request must contain the parameter size or snapshotId",
            missing(&["size", "snapshotId"]),
            &["volume-without-source"],
        ),
        ("MissingParameter", "The request must contain the parameter ImageId", missing(&["ImageId"]), &[]),
        ("MissingParameter", "The request must contain the parameter ebs", missing(&["ebs"]), &["virtual-name-form"]),
        ("UnknownParameter", "The parameter KmsKeyId is not recognized", parameter("KmsKeyId", None), &["kms-key"]),
        (
            "IncorrectState",
            "Snapshot 'snap-0123456789abcdef0' is not 'completed'.",
            snapshot("snap-0123456789abcdef0"),
            &["snapshot-not-completed"],
        ),
        ("OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared", None, &[]),
        (
            "UnsupportedOperation",
            "EBS block device mappings not supported for instance-store AMIs.",
            None,
            &["manifest-ebs-volume"],
        ),
        (
            "InvalidTagKey.Malformed",
            "The tag key ?aws:createdBy? is not valid. Tag keys starting with 'aws:' are reserved for internal use.",
            parameter("tag key", "aws:createdBy"),
            &["tag-key-reserved"],
        ),
        (
            "ResourceLimitExceeded",
            "You have reached your quota of 5 for the number of public images allowed in this Region. Deregister \
             unused public images or make them private, or request an increase in your public AMIs quota.",
            Some(Detail::Quota { quota: 5, resources: "public images" }),
            &[],
        ),
        ("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", None, &[]),
        ("UnauthorizedOperation", "You are not authorized to perform this operation.", None, &[]),
        (
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. Encoded authorization failure message: 4wHxGkZ_w-0Q",
            encoded("4wHxGkZ_w-0Q"),
            &[],
        ),
        ("AuthFailure", "Unauthorized attempt to access restricted resource", None, &[]),
        (
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/build is not authorized \
             to perform: ec2:RegisterImage on resource: arn:aws:ec2:eu-west-2::image/* because no identity-based policy \
             allows the ec2:RegisterImage action",
            denied("ec2:RegisterImage", |denied| {
                denied.resource = Some("arn:aws:ec2:eu-west-2::image/*");
                denied.denial = Some(Denial::Implicit);
                denied.policy = Some(PolicyType::IdentityBased);
            }),
            &[],
        ),
        (
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/build is not authorized \
             to perform: ec2:RegisterImage with an explicit deny in a service control policy",
            denied("ec2:RegisterImage", |denied| {
                denied.denial = Some(Denial::Explicit);
                denied.policy = Some(PolicyType::ServiceControl);
            }),
            &[],
        ),
        ("AuthFailure", "Not authorized for images: [ami-0123456789abcdef0]", image("ami-0123456789abcdef0"), &[]),
        ("AuthFailure", "You do not have permission to access the storage of this ami", None, &[]),
        ("AuthFailure", "AWS was not able to validate the provided access credentials", None, &[]),
        (
            "InvalidAMIID.NotFound",
            "The image id '[ami-0ed6aa075ca18d129]' does not exist",
            image("ami-0ed6aa075ca18d129"),
            &[],
        ),
        (
            "InvalidAMIID.NotFound",
            "The image ids '[ami-0a1b2c3d4e5f60718, ami-0ed6aa075ca18d129]' do not exist",
            images(&["ami-0a1b2c3d4e5f60718", "ami-0ed6aa075ca18d129"]),
            &[],
        ),
        ("InvalidAMIID.NotFound", "The AMI ID 'ami-ff17fb96' does not exist", image("ami-ff17fb96"), &[]),
        (
            "InvalidAMIID.Unavailable",
            "The image ID 'ami-0a1b2c3d4e5f60718' is no longer available",
            image("ami-0a1b2c3d4e5f60718"),
            &[],
        ),
        (
            "InvalidAMIID.Malformed",
            "Invalid id: \"{var.ami_id}\" (expecting \"ami-...\")",
            parameter("id", "{var.ami_id}"),
            &[],
        ),
        ("InvalidAMIID.Malformed", "Invalid id: \"ami-dfa743b64\"", parameter("id", "ami-dfa743b64"), &[]),
        (
            "InvalidSnapshot.InUse",
            "The snapshot snap-6c6e383d is currently in use by ami-f74260c7",
            Some(Detail::SnapshotInUse { snapshot_id: "snap-6c6e383d".into(), image_id: "ami-f74260c7".into() }),
            &[],
        ),
        (
            "SnapshotCreationPerVolumeRateExceeded",
            "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep \
             interval between requests.",
            None,
            &[],
        ),
        (
            "InvalidRequest",
            "Snapshot snap-0bb552d9fd4e927e6 is encrypted. Creating an unencrypted copy from an encrypted snapshot is not \
             supported.",
            snapshot("snap-0bb552d9fd4e927e6"),
            &[],
        ),
        (
            "InvalidParameter",
            "The given S3 object is not local to the region. The object must be located in us-east-1.",
            None,
            &[],
        ),
        (
            "InvalidParameter",
            "Snapshots encrypted with the AWS Managed CMK can\u{2019}t be shared. Specify another snapshot",
            None,
            &[],
        ),
        (
            "InvalidParameterValue",
            "Invalid machineArchitecture value 'arm64' for tpmSupport",
            conflict("machineArchitecture", "arm64", "tpmSupport"),
            &[],
        ),
        (
            "InvalidParameterCombination",
            "The parameter 'CidrIp' may not be used in combination with 'SourceSecurityGroupOwnerId'",
            conflict("CidrIp", None, "SourceSecurityGroupOwnerId"),
            &[],
        ),
        (
            "InvalidParameterValue",
            "The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64' of the \
             specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use \
             'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
            None,
            &[],
        ),
        (
            "InvalidParameterValue",
            "The requested instance type's architecture (x86_64) does not match the architecture in the manifest for \
             ami-4c6ad824 (i386)",
            None,
            &["architecture-missing"],
        ),
        (
            "InvalidParameterValue",
            "The t2.micro instance type does not support an AMI with a boot mode of UEFI. Only instance types built on the \
             Nitro System support UEFI. Specify an instance type that supports UEFI, and try again.",
            instance_type("t2.micro"),
            &[],
        ),
        (
            "InvalidParameterCombination",
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 't3.large' instance type. \
             Ensure that you are using an AMI that is enabled for ENA.",
            instance_type("t3.large"),
            &["ena-support-off"],
        ),
        (
            "InvalidParameterCombination",
            "This AMI does not support the specified instance type. Check DescribeImages for InstanceTypeSpecification, and \
             try again.",
            None,
            &[],
        ),
        (
            "UnsupportedOperation",
            "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch \
             the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the \
             ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
            None,
            &["imds-not-required"],
        ),
        (
            "Unsupported",
            "The requested configuration is currently not supported. Please check the documentation for supported \
             configurations.",
            None,
            &[],
        ),
        ("InvalidTagKey.Malformed", "Tag specification must have at least one tag", None, &["tag-specification-empty"]),
        (
            "TagPolicyViolation",
            "The resource is missing the tag key(s) 'RequiredTag'",
            missing_tags(&["RequiredTag"]),
            &[],
        ),
        (
            "TagPolicyViolation",
            "The tag policy does not allow the specified value for the following tag key: 'Project'.",
            parameter("tag key", "Project"),
            &[],
        ),
        ("RequestLimitExceeded", "Request limit exceeded.", None, &[]),
        ("InternalError", "An internal error has occurred", None, &[]),
    ]
}

#[test]
fn every_message_that_was_seen() {
    let rows = rows();
    for (code, message, detail, rules) in &rows {
        let error = ErrorEntry::new(*code).with_message(*message);
        assert_eq!(error.detail(), *detail, "{message}");
        assert_eq!(rules::for_error(&error).map(|rule| rule.id).collect::<Vec<_>>(), *rules, "{message}");
        let info = error.code.info().unwrap();
        let examples = info.messages.iter().flat_map(|row| row.examples);
        assert!(examples.clone().any(|example| example == message), "{message} is an example of {code}");
    }
    let examples = CodeInfo::ALL.iter().flat_map(|info| info.messages).flat_map(|row| row.examples);
    assert_eq!(examples.count(), rows.len());
}

#[test]
fn small_changes_of_wording_change_nothing() {
    let duplicate = named("web", "ami-0ea09a82f221f584a");
    carries("AMI name web is already in use by AMI ami-0ea09a82f221f584a.", duplicate.clone());
    carries(" AMI name web is already in use by AMI 'ami-0ea09a82f221f584a'.\n", duplicate.clone());
    carries("AMI name web is already in  use by AMI [ami-0ea09a82f221f584a]", duplicate.clone());
    carries("ami name web is already in use by ami (ami-0ea09a82f221f584a)", duplicate);
    carries("AMI name web is already in use by AMI ami-decafbad", named("web", "ami-decafbad"));
    carries("The snapshot snap-ef2791a9 does not exist", snapshot("snap-ef2791a9"));
    carries("Snapshot \u{2018}snap-ef2791a9\u{2019} is not completed", snapshot("snap-ef2791a9"));
    let small = too_small("snap-ef2791a9", 8, 20);
    carries("Volume of size 8GB is smaller than snapshot snap-ef2791a9, expect size >= 20GB.", small);
    carries("Invalid value \"\" for bootMode", parameter("bootMode", ""));
    carries("Value (  ) for parameter key is invalid", parameter("key", ""));
    carries("Invalid id: \"foo\" (expecting \"snap-...\")", parameter("id", "foo"));
    let too_high = ratio("Iops", "volume size", "510.5", "500");
    carries("Iops to volume size ratio of 510.5 is too high; maximum is 500.", too_high);
    let too_high = ratio("Throughput", "iops", "0.5", "0.25");
    carries("Throughput (MiBps) to iops ratio of 0.5 is too high; maximum is 0.25 MiBps per iops.", too_high);
    carries("xvdb is being assigned to multiple times", devices(&["xvdb"]));
    carries("Either snapshot ID or volume size must be provided for: /dev/sda1.", devices(&["/dev/sda1"]));
    carries("encoded authorization failure message: ab+/-_==\n", encoded("ab+/-_=="));
}

#[test]
fn a_value_that_repeats_the_words_around_it_stays_whole() {
    carries(
        "AMI name a is already in use by AMI ami-decafbad is already in use by AMI ami-0ea09a82f221f584a",
        named("a is already in use by AMI ami-decafbad", "ami-0ea09a82f221f584a"),
    );
    carries("AMI name 'it's'  is already in use by AMI ami-decafbad", named("'it's' ", "ami-decafbad"));
    carries("Invalid value 'a' for b' for architecture", parameter("architecture", "a' for b"));
    carries("Duplicate tag key 'a' specified' specified.", parameter("tag key", "a' specified"));
    let message = "AMI name Invalid device name sda is already in use by AMI ami-decafbad";
    carries(message, named("Invalid device name sda", "ami-decafbad"));
    let error = ErrorEntry::new("InvalidAMIName.Duplicate").with_message(message);
    assert!(rules::for_error(&error).map(|rule| rule.id).eq(["name-in-use"]));
}

#[test]
fn another_wording_gives_none() {
    for message in [
        "",
        " ",
        ".",
        "'",
        "AMI name web is already in use by AMI",
        "AMI name web is already in use by AMI ami-1",
        "AMI name web is already in use by AMI ami-decafbad. Choose another.",
        "Image name web is already in use by AMI ami-decafbad",
        "The snapshot does not exist",
        "The snapshot 'snap-<ID>' does not exist.",
        "The snapshot 'ami-ef2791a9' does not exist.",
        "Snapshot 'snap-ef2791a9' is not 'encrypted'.",
        "Volume of size 15GiB is smaller than snapshot 'snap-ef2791a9', expect size >= 30GiB",
        "Volume of size -1GB is smaller than snapshot 'snap-ef2791a9', expect size >= 30GB",
        "Volume of size 99999999999GB is smaller than snapshot 'snap-ef2791a9', expect size >= 30GB",
        "Invalid value provided for architecture",
        "Invalid value for architecture",
        "Invalid value 'a' for the parameter architecture",
        "Value (a) for the parameter key is invalid",
        "Value a for parameter key is invalid",
        "Parameter is invalid",
        "Parameter a or b is invalid",
        "Invalid device name given",
        "Invalid device name /dev/sda for volume /dev/sdb",
        "Invalid device name for volume /dev/sda",
        "Invalid device name 'sda' for volume 'sdb'",
        "Invalid device name ''",
        "Either snapshot ID or volume size must be provided for: /dev/sdb, and others",
        "Something else is being assigned to multiple times.",
        "The request must contain the parameter",
        "The request must contain the parameter size, or a snapshot",
        "Encoded authorization failure message: ",
        "Encoded authorization failure message: not encoded",
        "HTTP 403 response for URL",
        "HTTP x (Forbidden) response for URL http://a",
        "HTTP 403 (Forbidden) response for URL ftp://a",
        "HTTP 403 (Forbidden) response for URL \"http://a\\\"b\"",
        "The image ids '[ami-decafbad, snap-ef2791a9]' do not exist",
        "The resource is missing the tag key(s) RequiredTag and others",
        "The resource is missing the tag key(s) ''",
        "You have reached your quota of many for the number of public images allowed in this Region.",
        "Iops to volume size ratio of high is too high; maximum is 500",
        "Iops to volume size ratio of 750 is too high; maximum is 500 or so",
        "Invalid value 'arm64' of machineArchitecture for tpmSupport",
        "User: build is not authorized to perform: nothing",
        "User: the build is not authorized to perform: ec2:RegisterImage",
        "User: build is not authorized to perform: ec2:RegisterImage because of the weather",
        "User: build is not authorized to perform: ec2:RegisterImage because no law allows the ec2:RegisterImage action",
        "User: build is not authorized to perform: ec2:RegisterImage with an explicit deny in a law",
        "User: build is not authorized to perform: ec2:RegisterImage on resource: \"a\\\"b\"",
    ] {
        carries(message, None);
    }
}

#[track_caller]
fn foretold(code: &str, message: &str, ids: &[&str]) {
    let error = ErrorEntry::new(code).with_message(message);
    assert_eq!(rules::for_error(&error).map(|rule| rule.id).collect::<Vec<_>>(), ids, "{code}: {message}");
}

#[test]
fn rules_of_an_error() {
    // Of no message, every rule of the code.
    let by_code = ErrorEntry::new("UnknownVolumeType");
    assert!(rules::for_error(&by_code).map(|rule| rule.id).eq(["volume-type-misspelled", "volume-type-unknown"]));
    let combination = &["iops-missing", "iops-unsupported", "throughput-unsupported", "ena-support-off"];
    assert!(rules::for_error(&ErrorEntry::new("InvalidParameterCombination")).map(|rule| rule.id).eq(*combination));
    foretold("InvalidParameterCombination", " \n", combination);
    // A code of many mistakes names no rule, with or without a message.
    for code in
        ["IncorrectState", "InvalidParameter", "UnknownParameter", "UnsupportedOperation", "InvalidTagKey.Malformed"]
    {
        foretold(code, "Whatever", &[]);
        foretold(code, "", &[]);
        assert_eq!(rules::for_error(&ErrorEntry::new(code)).count(), 0, "{code}");
    }
    foretold("UnknownParameter", "The parameter VolumeInitializationRate is not recognized", &[]);
    foretold("UnknownVolumeType", "Whatever", &["volume-type-misspelled", "volume-type-unknown"]);
    foretold("InvalidAMIName.Malformed", "Whatever", &["name-length", "name-characters", "name-non-ascii"]);
    // Of a message that no rule's is, those of the code of which no message is known.
    foretold("InvalidParameterCombination", "These two do not go together", &[]);
    foretold("InvalidSnapshotID.Malformed", "Whatever", &["snapshot-id-prefix", "snapshot-id-form"]);
    // The code of audit logs, and no code of EC2 at all.
    foretold("Client.InvalidAMIName.Duplicate", "Whatever", &["name-in-use"]);
    foretold("VALIDATION_ERROR", "/dev/xvda is being assigned to multiple times.", &["device-duplicate"]);
    foretold("VALIDATION_ERROR", "Whatever", &[]);
    // The value is empty, so the message ends in a blank.
    let device_names = &[
        "device-name-syntax",
        "device-trailing-digits",
        "device-sda-on-hvm",
        "device-unavailable",
        "device-reserved-for-root",
    ];
    foretold("InvalidBlockDeviceMapping", "Invalid device name ", device_names);
    // The message names the parameter, so it must be that of the rule.
    for (name, rules) in [
        ("Description", &["description-non-ascii"][..]),
        ("description", &["description-non-ascii"]),
        ("Name", &["name-non-ascii"]),
        ("GroupDescription", &[]),
    ] {
        let ascii = format!("Value (é) for parameter {name} is invalid. Character sets beyond ASCII are not supported");
        foretold("InvalidParameterValue", &ascii, rules);
    }
    let reserved = "is invalid. Tag keys starting with 'aws:' are reserved for internal use";
    foretold("InvalidParameterValue", &format!("Value (aws:a) for parameter key {reserved}"), &["tag-key-reserved"]);
    foretold("InvalidParameterValue", &format!("Value (aws:a) for parameter groupName {reserved}"), &[]);
    // The status and the path of a manifest say which rule it is.
    for (status, path, rules) in [
        ("403 (Forbidden)", "/bucket/image.manifest.xml", &[][..]),
        ("403 (Forbidden)", "/bucket//image.manifest.xml", &["manifest-double-slash"]),
        ("404 (Not Found)", "//bucket/image.manifest.xml", &["manifest-leading-slash"]),
        ("301 (Moved Permanently)", "/bucket//image.manifest.xml", &[]),
        ("500 (Internal Server Error)", "/bucket//image.manifest.xml", &[]),
    ] {
        let message = format!("HTTP {status} response for URL http://s3.amazonaws.com:80{path}");
        foretold("InvalidManifest", &message, rules);
    }
    let scheme = "HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/s3://bucket/image.manifest.xml";
    assert!(
        rules::for_error(&ErrorEntry::new("InvalidManifest").with_message(scheme))
            .any(|rule| rule.id == "manifest-scheme")
    );
    // The code of this wording is not known.
    let hvm_only = "The specified architecture supports HVM AMIs only.";
    foretold("InvalidParameterValue", hvm_only, &["virtualization-type-missing", "arm64-paravirtual"]);
    let mismatch = "The architecture 'x86_64' of the specified instance type does not match the architecture 'i386' of \
        the specified AMI. Specify another.";
    foretold("InvalidParameterValue", mismatch, &["architecture-missing"]);
    foretold("InvalidAMIID.NotFound", "The image id '[ami-fake123]' does not exist", &[]);
    foretold("InternalError", "An internal error has occurred", &[]);
}

#[test]
fn the_codes_of_rules_are_known() {
    for rule in rules::all() {
        if let Some(code) = &rule.ec2_code {
            assert!(code.is_known(), "{} has the code {code}", rule.id);
            // Of codes that stand for many mistakes, only the wording names a rule.
            let is_generic = *code == "InvalidTagKey.Malformed" && rule.ec2_messages.is_empty();
            let named = rules::for_error(&ErrorEntry::new(code.clone())).any(|it| it == rule);
            let is_worded = rule.ec2_messages.iter().any(|wording| wording.message().code().as_ref() == Some(code));
            assert!(named || is_worded || is_generic, "{}", rule.id);
        }
        let has_code = |wording: &rules::Wording| wording.message().code().is_some();
        assert!(
            rule.ec2_code.is_some() || !rule.ec2_messages.iter().any(has_code),
            "{} has a message with a code, and no code",
            rule.id
        );
    }
}

#[test]
fn what_a_rule_finds_is_what_ec2_would_have_said() {
    let request: RegisterImageRequest = serde_json::from_str(
        r#"{"Name": "web", "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}
        ]}"#,
    )
    .unwrap();
    let error =
        ErrorEntry::new("InvalidBlockDeviceMapping").with_message("/dev/xvda is being assigned to multiple times.");
    let report = request.check();
    assert!(rules::for_error(&error).all(|rule| report.errors().any(|finding| finding.rule() == rule)));
}

#[test]
fn details_as_json() {
    let json = |message| serde_json::to_value(ErrorEntry::new("A").with_message(message).detail()).unwrap();
    assert_eq!(
        json("AMI name web is already in use by AMI ami-decafbad"),
        serde_json::json!({"Kind": "NameInUse", "Name": "web", "ImageId": "ami-decafbad"})
    );
    assert_eq!(
        json("The parameter iops is not supported for gp2 volumes."),
        serde_json::json!({"Kind": "Parameter", "Name": "iops", "Value": null})
    );
    assert_eq!(
        json(
            "User: arn:aws:iam::123456789012:user/build is not authorized to perform: ec2:CreateTags on resource: \
             arn:aws:ec2:eu-west-2::image/* with an explicit deny in a permissions boundary: \
             arn:aws:iam::123456789012:policy/edge. Encoded authorization failure message: 4wHxGkZ_w-0Q"
        ),
        serde_json::json!({
            "Kind": "Unauthorized",
            "Principal": "arn:aws:iam::123456789012:user/build",
            "Action": "ec2:CreateTags",
            "Resource": "arn:aws:ec2:eu-west-2::image/*",
            "Denial": "explicit",
            "Policy": "permissions-boundary",
            "PolicyArn": "arn:aws:iam::123456789012:policy/edge",
            "EncodedMessage": "4wHxGkZ_w-0Q",
        })
    );
    assert_eq!(json("Whatever"), serde_json::Value::Null);
}

#[test]
fn a_hostile_message_takes_linear_time() {
    let pieces = [
        "AMI name ",
        " is already in use by AMI ",
        "' for ",
        "  ",
        "Parameter ",
        " is invalid",
        ",",
        "sda,",
        " or ",
        "'",
    ];
    for start in ["AMI name ", "Invalid value ", "Value ", "The request must contain the parameter ", ""] {
        for piece in pieces {
            let message = start.to_owned() + &piece.repeat(64 * 1024 / piece.len());
            let begin = Instant::now();
            let error = ErrorEntry::new("InvalidParameterValue").with_message(message);
            let _ = (error.detail(), rules::for_error(&error).count());
            let took = begin.elapsed();
            assert!(took < Duration::from_secs(5), "{start:?} {piece:?} took {took:?}");
        }
    }
}

/// Whether everything that the detail says stands in the message, in the form that it has to have.
fn is_of(detail: &Detail<'_>, message: &str) -> bool {
    let has_id = |id: &str, prefix: &str| {
        let digits = id.strip_prefix(prefix).unwrap_or_default();
        message.contains(id) && [8, 17].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    match detail {
        Detail::NameInUse { name, image_id } => message.contains(name) && has_id(image_id.as_str(), "ami-"),
        Detail::Parameter { name, value } => {
            let lower = message.to_ascii_lowercase();
            lower.contains(&name.to_ascii_lowercase())
                && value.is_none_or(|value| message.contains(value))
                && !name.is_empty()
        }
        Detail::MissingParameter { any_of } => {
            !any_of.is_empty() && any_of.iter().all(|name| message.contains(name) && !name.is_empty())
        }
        Detail::Devices { devices } => {
            !devices.is_empty() && devices.iter().all(|device| message.contains(device) && !device.is_empty())
        }
        Detail::Snapshot { snapshot_id } => has_id(snapshot_id.as_str(), "snap-"),
        Detail::VolumeTooSmall { snapshot_id, size_gib, least_gib } => {
            has_id(snapshot_id.as_str(), "snap-")
                && [size_gib, least_gib].iter().all(|size| message.contains(&size.to_string()))
        }
        Detail::EncodedAuthorization { message: encoded } => {
            message.contains(encoded) && !encoded.contains(char::is_whitespace) && !encoded.is_empty()
        }
        Detail::Image { image_id } => has_id(image_id.as_str(), "ami-"),
        Detail::Images { image_ids } => {
            image_ids.len() > 1 && image_ids.iter().all(|image_id| has_id(image_id.as_str(), "ami-"))
        }
        Detail::ConflictingParameters { name, value, other } => {
            let lower = message.to_ascii_lowercase();
            [name, other].iter().all(|name| !name.is_empty() && lower.contains(&name.to_ascii_lowercase()))
                && value.is_none_or(|value| message.contains(value))
        }
        Detail::MissingTags { keys } => {
            !keys.is_empty() && keys.iter().all(|key| message.contains(key) && !key.is_empty())
        }
        Detail::SnapshotInUse { snapshot_id, image_id } => {
            has_id(snapshot_id.as_str(), "snap-") && has_id(image_id.as_str(), "ami-")
        }
        Detail::Ratio { ratio, maximum, .. } => [ratio, maximum].iter().all(|number| {
            message.contains(*number) && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        }),
        Detail::Quota { quota, resources } => message.contains(&quota.to_string()) && message.contains(resources),
        Detail::Kernel { kernel_id } => message.contains(kernel_id) && !kernel_id.contains(char::is_whitespace),
        Detail::InstanceType { instance_type } => message.contains(instance_type) && instance_type.contains('.'),
        Detail::Unauthorized(denied) => {
            let texts = [Some(denied.principal), Some(denied.action), denied.resource, denied.encoded_message];
            let is_text = |text: &str| message.contains(text) && !text.is_empty() && !text.contains(['"', '\\', ' ']);
            texts.into_iter().flatten().all(is_text)
                && denied.action.contains(':')
                && denied
                    .policy
                    .is_none_or(|policy| message.to_ascii_lowercase().contains(&policy.name().to_ascii_lowercase()))
                && denied.statement().is_none_or(|statement| {
                    serde_json::from_str::<serde_json::Value>(&statement).is_ok_and(|it| it["Effect"] == "Allow")
                })
        }
        Detail::ManifestNotFetched { status, url } => {
            message.contains(&status.to_string()) && message.contains(url) && url.starts_with("http")
        }
        other => panic!("{other:?} is not judged"),
    }
}

/// Texts of the words that messages are made of, in any order.
fn scrambled() -> impl Strategy<Value = String> {
    let words: Vec<String> = rows()
        .iter()
        .flat_map(|(_, message, ..)| message.split_inclusive(' ').map(str::to_owned))
        .chain(["ami-decafbad", "snap-ef2791a9", "'", "?", "(", ")", ".", " ", "é", "\u{2019}"].map(str::to_owned))
        .collect();
    proptest::collection::vec(proptest::sample::select(words), 0..20).prop_map(|words| words.concat())
}

/// A message that was seen, with one place of it replaced.
fn mended() -> impl Strategy<Value = String> {
    let messages: Vec<&str> = rows().iter().map(|(_, message, ..)| *message).collect();
    (proptest::sample::select(messages), any::<(prop::sample::Index, prop::sample::Index)>(), "\\PC{0,12}").prop_map(
        |(message, (from, to), text)| {
            let boundaries: Vec<usize> = message.char_indices().map(|(at, _)| at).chain([message.len()]).collect();
            let (from, to) = (*from.get(&boundaries), *to.get(&boundaries));
            format!("{}{text}{}", &message[..from.min(to)], &message[from.max(to)..])
        },
    )
}

proptest! {
    #[test]
    fn no_text_makes_a_wrong_detail(message in prop_oneof!["\\PC{0,80}", scrambled(), mended()]) {
        let error = ErrorEntry::new("InvalidParameterValue").with_message(message.clone());
        if let Some(detail) = error.detail() {
            prop_assert!(is_of(&detail, &message), "{detail:?} of {message:?}");
        }
    }

    #[test]
    fn any_name_in_use_is_read_back(name in "\\PC{1,128}", digits in "[0-9a-f]{17}") {
        let message = format!("AMI name {name} is already in use by AMI ami-{digits}");
        let error = ErrorEntry::new("InvalidAMIName.Duplicate").with_message(message);
        prop_assert_eq!(error.detail(), named(&name, &format!("ami-{digits}")));
    }
}
