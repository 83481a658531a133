//! Block device mappings and the names of devices.

use super::example::{hvm, platform, rooted};
use crate::model::{BlockDeviceMapping, BlockDeviceMappingMember as Member, RegisterImageRequest, RequestPath};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, SortBuffer, Subject, repeated};
use crate::schema::Value as _;
use crate::types::{DeviceName, VirtualName, VirtualizationType};

const NAMING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html";
const MAPPING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html";
const CONCEPTS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html";

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Devices",
    rules: &[
        &DUPLICATE,
        &OVERLAP,
        &PARTITION,
        &NAME_MISSING,
        &NAME_SYNTAX,
        &TRAILING_DIGITS,
        &SDA_ON_HVM,
        &EMPTY,
        &TWO_KINDS,
        &NO_DEVICE_WITH_OTHERS,
        &NO_DEVICE_VALUE,
        &VIRTUAL_NAME_FORM,
        &VIRTUAL_NAME_RANGE,
        &TOO_MANY,
    ],
    check,
};

static DUPLICATE: Rule = Rule {
    id: "device-duplicate",
    level: Level::Error,
    evidence: Evidence::Observed,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &[
        "{value} is being assigned to multiple times.",
        "The device * is used in more than one block-device mapping",
    ],
    summary: "a device is mapped once",
    explanation: "EC2 answers `/dev/xvda is being assigned to multiple times.` It compares the names byte for byte: \
                  `/dev/sdf` and `/dev/xvdf` are two devices to RegisterImage, whatever the instance makes of them.",
    source: "https://github.com/hashicorp/packer/issues/5053",
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral0"}"#
    ),
    message: "the device {value} is mapped already at {other}; EC2 takes each device once",
    help: "give this volume a device of its own, or take one of the two mappings out",
    ..Rule::ROW
};

static OVERLAP: Rule = Rule {
    id: "device-overlap",
    evidence: Evidence::BrokenAtLaunch,
    summary: "device names should differ in their last letters",
    explanation: "The user guide warns that names whose ends are the same, such as `/dev/sdf` and `/dev/xvdf`, can cause \
                  trouble when the instance starts: the system may give both the same name.",
    source: NAMING,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/xvdf", "Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/xvdg", "Ebs": {"VolumeSize": 8}}"#
    ),
    message: "the device {value} ends as the one at {other} does, and the instance may see one where there are two",
    help: "give one of the two other last letters",
    ..Rule::ROW
};

static PARTITION: Rule = Rule {
    id: "device-partition-overlap",
    evidence: Evidence::BrokenAtLaunch,
    summary: "a paravirtual device hides those that are numbered below it",
    explanation: "Of `/dev/sdc` and `/dev/sdc1` on a paravirtual instance, only `/dev/sdc` is visible.",
    source: NAMING,
    trigger: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8","#,
        r#",
    {"DeviceName": "/dev/sdc1", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8","#,
        r#",
    {"DeviceName": "/dev/sdc1", "Ebs": {"VolumeSize": 8}}, {"DeviceName": "/dev/sdd", "Ebs": {"VolumeSize": 8}}"#
    ),
    message: "this device and the one at {other} are the disk {value} and a part of it; an instance sees the disk alone",
    help: "give one of the two another letter",
    ..Rule::ROW
};

static NAME_MISSING: Rule = Rule {
    id: "device-name-missing",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &["Missing device name"],
    summary: "a mapping names its device",
    explanation: "RunInstances answers `Missing device name`.",
    source: "https://github.com/aws-samples/cdk-image-pipeline/issues/66",
    trigger: hvm!(
        "",
        r#",
    {"Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}"#
    ),
    message: "the mapping does not say which device it is for",
    help: "write `DeviceName`, such as `/dev/sdb`",
    ..Rule::ROW
};

static NAME_SYNTAX: Rule = Rule {
    id: "device-name-syntax",
    evidence: Evidence::Inferred,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &["Invalid device name {value}"],
    summary: "a device name is `sd`, `xvd` or `hd` with one or two letters and perhaps a number",
    explanation: "The user guide lists the names for each virtualization type, and EC2 refused others with `Invalid device \
                  name`. A shell on Windows is known to turn `/dev/sda` into a path below its own folder.",
    source: NAMING,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/nvme1n1", "Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "xvdba", "Ebs": {"VolumeSize": 8}}"#
    ),
    message: "the device {value} is none that EC2 has names for, such as `/dev/sdb` or `xvdf`",
    help: "write `/dev/sd` or `/dev/xvd` and a letter; what the system calls the device does not matter here",
    ..Rule::ROW
};

static TRAILING_DIGITS: Rule = Rule {
    id: "device-trailing-digits",
    evidence: Evidence::BrokenAtLaunch,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &["Invalid device name {value}"],
    summary: "devices of hardware virtual machines have no number, but for `sda1` and `sda2`",
    explanation: "The user guide says so, and RunInstances answers `Invalid device name /dev/sde1`.",
    source: NAMING,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb1", "Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}"#
    ),
    message: "the device {value} has a number, which instances of type `hvm` refuse, but for `/dev/sda1` and `/dev/sda2`",
    help: "use a name without a number that no other mapping has, in `RootDeviceName` too if this is the root",
    ..Rule::ROW
};

static SDA_ON_HVM: Rule = Rule {
    id: "device-sda-on-hvm",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &["Invalid device name {value}"],
    summary: "the root of a hardware virtual machine is `/dev/sda1` or `/dev/xvda`, not `/dev/sda`",
    explanation: "The user guide lists `/dev/sda`, yet RunInstances was seen to answer `Invalid device name /dev/sda`. \
                  Registered images with it exist.",
    source: "https://github.com/test-kitchen/kitchen-ec2/issues/279",
    trigger: rooted!(
        r#""RootDeviceName": "/dev/sda1","#,
        r#"{"DeviceName": "/dev/sda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/sda1","#,
        r#"{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    message: "the device {value} was refused at the launch of instances of type `hvm`",
    help: "write `/dev/sda1`, in `RootDeviceName` too",
    ..Rule::ROW
};

static EMPTY: Rule = Rule {
    id: "mapping-empty",
    evidence: Evidence::Inferred,
    summary: "a mapping says what its device is",
    explanation: "With none of `Ebs`, `VirtualName` and `NoDevice` it maps a device to nothing. What EC2 makes of it is not \
                  known.",
    source: MAPPING,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb"}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "NoDevice": ""}"#
    ),
    message: "the mapping says nothing of what its device is",
    help: "give it `Ebs` or `VirtualName`, or take it out; `\"NoDevice\": \"\"` leaves a device of a manifest out",
    ..Rule::ROW
};

static TWO_KINDS: Rule = Rule {
    id: "mapping-two-kinds",
    evidence: Evidence::Inferred,
    summary: "a mapping has `Ebs` or `VirtualName`, not both",
    explanation: "A device is an EBS volume or one of the instance's host. Tools were seen to send both, and EC2 to take \
                  it; which of them counts is not documented.",
    source: MAPPING,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": {}}"#
    ),
    message: "the mapping is both an EBS volume and the instance store volume {value}; which counts is not documented",
    help: "keep one of `Ebs` and `VirtualName`",
    ..Rule::ROW
};

static NO_DEVICE_WITH_OTHERS: Rule = Rule {
    id: "no-device-with-others",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &["Either snapshot ID or volume size must be provided for: *"],
    summary: "`NoDevice` stands alone beside the device name",
    explanation: "It leaves the device out, so there is nothing for `Ebs` or `VirtualName` to say. RunInstances refused the \
                  pair with `Either snapshot ID or volume size must be provided for: /dev/sdb`.",
    source: "https://github.com/hashicorp/packer/pull/2818",
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "NoDevice": "", "Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "NoDevice": ""}"#
    ),
    message: "`NoDevice` leaves the device out, and stands beside members that say what it is",
    help: "take out `NoDevice`, or `Ebs` and `VirtualName`",
    ..Rule::ROW
};

static NO_DEVICE_VALUE: Rule = Rule {
    id: "no-device-value",
    evidence: Evidence::Documented,
    summary: "`NoDevice` leaves a device out whatever its value, `false` too",
    explanation: "The API's model says that the device is removed regardless of the assigned value. It documents the empty \
                  text.",
    source: MAPPING,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "NoDevice": "false"}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "NoDevice": ""}"#
    ),
    message: "`NoDevice` is {value}, and leaves the device out all the same: any value does",
    help: "take `NoDevice` out to keep the device, or write an empty text to leave it out",
    ..Rule::ROW
};

static VIRTUAL_NAME_FORM: Rule = Rule {
    id: "virtual-name-form",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::MISSING_PARAMETER),
    ec2_messages: &["The request must contain the parameter ebs"],
    summary: "a virtual name is `ephemeral` and a number",
    explanation: "Another was refused with `The request must contain the parameter ebs`.",
    source: "https://github.com/hashicorp/packer/issues/5020",
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "VirtualName": "data"}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}"#
    ),
    message: "the virtual name {value} is no instance store volume; those are `ephemeral0` to `ephemeral23`",
    help: "write `ephemeral0`, or `Ebs` for an EBS volume",
    ..Rule::ROW
};

static VIRTUAL_NAME_RANGE: Rule = Rule {
    id: "virtual-name-range",
    evidence: Evidence::Documented,
    summary: "instance store volumes are numbered 0 to 23",
    explanation: "The user guide has the range. What RegisterImage does with a higher number is not known.",
    source: CONCEPTS,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral24"}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral23"}"#
    ),
    message: "the virtual name {value} is past `ephemeral23`, the last that instances have",
    help: "number instance store volumes from 0",
    ..Rule::ROW
};

/// The root volume and one volume for each letter.
macro_rules! with_volumes {
    ($($letter:literal)+) => {
        hvm!("", concat!($(", {\"DeviceName\": \"/dev/sd", $letter, "\", \"Ebs\": {\"VolumeSize\": 8}}",)+))
    };
}

static TOO_MANY: Rule = Rule {
    id: "mappings-too-many",
    evidence: Evidence::BrokenAtLaunch,
    summary: "an image should have at most 27 EBS volumes",
    explanation: "RegisterImage has no documented limit, but most instance types take 28 attachments, one of them the \
                  network's, and Linux may fail to boot with more than 40 volumes.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html",
    trigger: with_volumes!("b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" "ba" "bb" "bc"),
    near_miss: with_volumes!("b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" "ba"),
    message: "the image has {count} EBS volumes; most instance types take at most 27",
    help: "attach further volumes after the launch",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let mappings = request.sent_mappings();
    check_pairs(request, findings);
    let mut ebs_volumes = 0;
    for (at, mapping) in mappings.iter().enumerate() {
        if mapping.no_device.is_some() {
            check_left_out(at, mapping, findings);
            continue;
        }
        ebs_volumes += usize::from(mapping.ebs_volume().is_some());
        check_kind(at, mapping, findings);
        if let Some(name) = &mapping.device_name {
            check_device_name(at, name.as_str(), request, findings);
        } else if mapping.is_sent() {
            findings.add(&NAME_MISSING, RequestPath::MappingMember(at, Member::DeviceName), Parameters::default());
        }
        if let Some(name) = &mapping.virtual_name {
            check_virtual_name(at, name, findings);
        }
    }
    if ebs_volumes > 27 {
        let path = RequestPath::Request(crate::model::RequestMember::BlockDeviceMappings);
        findings.add(&TOO_MANY, path, Parameters::default().count(ebs_volumes));
    }
}

fn mapped_device(mapping: &BlockDeviceMapping) -> Option<&str> {
    mapping.device_name.as_ref().filter(|_| mapping.no_device.is_none()).map(DeviceName::as_str)
}

fn check_pairs(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let mappings = request.sent_mappings();
    let path = |at| RequestPath::MappingMember(at, Member::DeviceName);
    let mut buffer = SortBuffer::new();
    repeated(mappings, &mut buffer, mapped_device, |first, later, device| {
        findings.add(&DUPLICATE, path(later), Parameters::default().value(device).other(path(first)));
    });
    repeated(
        mappings,
        &mut buffer,
        |mapping| mapped_device(mapping).and_then(|name| Parts::of(name).map(|parts| parts.end)),
        |first, later, _| {
            let device = |at: usize| mappings.get(at).and_then(mapped_device).unwrap_or_default();
            // The same name is a duplicate, and the pair of /dev/sda and /dev/sda1 has other ends.
            if device(first) != device(later) {
                findings.add(&OVERLAP, path(later), Parameters::default().value(device(later)).other(path(first)));
            }
        },
    );
    if request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL) {
        let disk = |mapping| mapped_device(mapping).map(|name| name.trim_end_matches(|end: char| end.is_ascii_digit()));
        repeated(mappings, &mut buffer, disk, |first, later, disk| {
            let device = |at: usize| mappings.get(at).and_then(mapped_device).unwrap_or_default();
            let whole = [first, later].into_iter().find(|&at| device(at) == disk);
            if let (Some(_), true) = (whole, device(first) != device(later)) {
                findings.add(&PARTITION, path(later), Parameters::default().value(disk).other(path(first)));
            }
        });
    }
}

fn check_left_out(at: usize, mapping: &BlockDeviceMapping, findings: &mut Findings<'_>) {
    let path = RequestPath::MappingMember(at, Member::NoDevice);
    let value = mapping.no_device.as_deref().unwrap_or_default();
    if mapping.sent_ebs().is_some() || mapping.virtual_name.is_some() {
        findings.add(&NO_DEVICE_WITH_OTHERS, path, Parameters::default());
    }
    if ["false", "no", "0"].iter().any(|word| value.eq_ignore_ascii_case(word)) {
        findings.add(&NO_DEVICE_VALUE, path, Parameters::default().value(value));
    }
}

fn check_kind(at: usize, mapping: &BlockDeviceMapping, findings: &mut Findings<'_>) {
    match (mapping.sent_ebs(), &mapping.virtual_name) {
        (None, None) => findings.add(&EMPTY, RequestPath::Mapping(at), Parameters::default()),
        (Some(_), Some(name)) if mapping.has_virtual_name() => {
            let path = RequestPath::MappingMember(at, Member::VirtualName);
            findings.add(&TWO_KINDS, path, Parameters::default().value(name.as_str()));
        }
        _ => {}
    }
}

fn check_device_name(at: usize, name: &str, request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let path = RequestPath::MappingMember(at, Member::DeviceName);
    let detail = || Parameters::default().value(name);
    let Some(Parts { stem, end }) = Parts::of(name) else {
        return findings.add(&NAME_SYNTAX, path, detail());
    };
    if request.virtualization_type != Some(VirtualizationType::HVM) {
        return;
    }
    let letters = end.trim_end_matches(|digit: char| digit.is_ascii_digit());
    if stem == "sd" && end == "a" {
        findings.add(&SDA_ON_HVM, path, detail());
    } else if letters != end && !(stem == "sd" && matches!(end, "a1" | "a2")) {
        findings.add(&TRAILING_DIGITS, path, detail());
    }
}

fn check_virtual_name(at: usize, name: &VirtualName, findings: &mut Findings<'_>) {
    let path = RequestPath::MappingMember(at, Member::VirtualName);
    let detail = || Parameters::default().value(name.as_str());
    let number = name
        .as_str()
        .strip_prefix("ephemeral")
        .filter(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()));
    match number {
        None => findings.add(&VIRTUAL_NAME_FORM, path, detail()),
        // More digits than a number of 64 bits has are past 23 as well.
        Some(number) if number.parse().unwrap_or(u64::MAX) > 23 => findings.add(&VIRTUAL_NAME_RANGE, path, detail()),
        Some(_) => {}
    }
}

/// A device name that EC2 has: perhaps `/dev/`, a stem, and an end of letters and perhaps a number.
struct Parts<'a> {
    stem: &'a str,
    end: &'a str,
}

impl<'a> Parts<'a> {
    fn of(name: &'a str) -> Option<Self> {
        let bare = name.strip_prefix("/dev/").unwrap_or(name);
        let stem = ["xvd", "sd", "hd"].into_iter().find(|stem| bare.starts_with(stem))?;
        let (stem, end) = bare.split_at_checked(stem.len())?;
        let digits = end.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
        let letters = end.len() - digits.len();
        let plausible =
            (1..=2).contains(&letters) && digits.len() <= 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        plausible.then_some(Self { stem, end })
    }
}
