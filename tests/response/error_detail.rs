//! What messages carry, and which rules would have foretold them: a row a message.

use std::time::{Duration, Instant};

use ec2_register_image::response::{CodeInfo, Detail, ErrorEntry};
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

#[track_caller]
fn carries(message: &str, detail: Option<Detail<'_>>) {
    assert_eq!(ErrorEntry::new("Any").with_message(message).detail(), detail, "{message}");
}

/// Code, message, detail, rules: every message that EC2 was seen to send.
type Row = (&'static str, &'static str, Option<Detail<'static>>, &'static [&'static str]);

fn rows() -> Vec<Row> {
    const DEVICE_NAMES: &[&str] = &["device-name-syntax", "device-trailing-digits", "device-sda-on-hvm"];
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
            Some(Detail::ManifestNotFetched {
                status: 403,
                url: "http://s3.amazonaws.com:80/qbis-oc-techops/amis//image-1502303560.manifest.xml",
            }),
            &["manifest-scheme", "manifest-leading-slash", "manifest-double-slash"],
        ),
        (
            "InvalidManifest",
            "Invalid block device mapping: Invalid device name 'xvdal'",
            devices(&["xvdal"]),
            // It is the manifest's mapping, which the request does not show.
            &[],
        ),
        ("InvalidManifest", "Invalid or unaccessible kernel id in ami manifest: 1950528584", None, &[]),
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
        ("InvalidParameterValue", "Character sets beyond ASCII are not supported.", None, &["description-non-ascii"]),
        (
            "InvalidParameterValue",
            "Iops to volume size ratio of 750.000000 is too high; maximum is 500",
            None,
            &["iops-per-gib"],
        ),
        (
            "InvalidParameterValue",
            "Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops",
            None,
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
            None,
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
        ("AuthFailure", "Not authorized for images: [ami-0123456789abcdef0]", None, &[]),
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
        "HTTP 403 (Forbidden) response for URL http://a b",
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
    let combination = &["iops-missing", "iops-unsupported", "throughput-unsupported"];
    assert!(rules::for_error(&ErrorEntry::new("InvalidParameterCombination")).map(|rule| rule.id).eq(*combination));
    foretold("InvalidParameterCombination", " \n", combination);
    // Of a message that no rule's is, those of the code of which no message is known.
    foretold("InvalidParameterCombination", "These two do not go together", &[]);
    foretold("InvalidSnapshotID.Malformed", "Whatever", &["snapshot-id-prefix", "snapshot-id-form"]);
    // The code of audit logs, and no code of EC2 at all.
    foretold("Client.InvalidAMIName.Duplicate", "Whatever", &["name-in-use"]);
    foretold("VALIDATION_ERROR", "/dev/xvda is being assigned to multiple times.", &["device-duplicate"]);
    foretold("VALIDATION_ERROR", "Whatever", &[]);
    // The value is empty, so the message ends in a blank.
    let device_names = &["device-name-syntax", "device-trailing-digits", "device-sda-on-hvm"];
    foretold("InvalidBlockDeviceMapping", "Invalid device name ", device_names);
    // The member is another one, of an action that has it.
    let ascii = "Value (é) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported";
    foretold("InvalidParameterValue", ascii, &["description-non-ascii"]);
    foretold("InvalidAMIID.NotFound", "The image id '[ami-fake123]' does not exist", &[]);
    foretold("InternalError", "An internal error has occurred", &[]);
}

#[test]
fn the_codes_of_rules_are_known() {
    for rule in rules::all() {
        if let Some(code) = &rule.ec2_code {
            assert!(code.is_known(), "{} has the code {code}", rule.id);
            assert!(rules::for_error(&ErrorEntry::new(code.clone())).any(|it| it == rule), "{}", rule.id);
        }
        assert!(rule.ec2_messages.is_empty() || rule.ec2_code.is_some(), "{} has a message and no code", rule.id);
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
