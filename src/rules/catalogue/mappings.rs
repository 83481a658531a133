//! Block device mappings and the names of devices.

use super::example::{hvm, platform, rooted};
use crate::model::{BlockDeviceMapping, BlockDeviceMappingMember as Member, RequestMember, RequestPath};
use crate::rules::declare::subject;
use crate::rules::{SortBuffer, repeated};
use crate::schema::Value as _;
use crate::types::{DeviceName, VirtualizationType};

const NAMING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html";

const MAPPING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html";

const CONCEPTS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html";

/// The root volume and one volume for each letter.
macro_rules! with_volumes {
    ($($letter:literal)+) => {
        hvm!("", concat!($(", {\"DeviceName\": \"/dev/sd", $letter, "\", \"Ebs\": {\"VolumeSize\": 8}}",)+))
    };
}

subject! {
    "Devices",
    passes: [request mapping],
    rules: {
    rule device_duplicate(device: &str, first: RequestPath) {
        id: "device-duplicate",
        level: Error,
        evidence: Observed,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [DEVICE_REASSIGNED, DEVICE_REUSED],
        summary: "a device is mapped once",
        explanation: "EC2 answers `/dev/xvda is being assigned to multiple times.` It compares the names byte for byte: \
                      `/dev/sdf` and `/dev/xvdf` are two devices to RegisterImage, whatever the instance makes of them.",
        source: "https://github.com/hashicorp/packer/issues/5053",
        message: "the device {device} is already mapped at {first}; EC2 accepts each device once",
        help: "give this volume another device name, or remove one of the two mappings",
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
        says: "the device \"/dev/sdb\" is already mapped at BlockDeviceMappings[1].DeviceName; EC2 accepts each \
               device once",
    }
    rule device_overlap(device: &str, first: RequestPath) {
        id: "device-overlap",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "device names should differ in their last letters",
        explanation: "The user guide warns that names whose ends are the same, such as `/dev/sdf` and `/dev/xvdf`, can cause \
                      trouble when the instance starts: the system may give both the same name.",
        source: NAMING,
        message: "the device {device} ends as the one at {first} does, and the instance may see one where there are two",
        help: "give one of the two other last letters",
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
        says: "the device \"/dev/xvdf\" ends as the one at BlockDeviceMappings[1].DeviceName does, and the instance \
               may see one where there are two",
    }
    rule device_partition_overlap(disk: &str, first: RequestPath) {
        id: "device-partition-overlap",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "a paravirtual device hides those that are numbered below it",
        explanation: "Of `/dev/sdc` and `/dev/sdc1` on a paravirtual instance, only `/dev/sdc` is visible.",
        source: NAMING,
        message: "this device and the one at {first} are the disk {disk} and a part of it; an instance sees the disk alone",
        help: "give one of the two another letter",
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
        says: "this device and the one at BlockDeviceMappings[1].DeviceName are the disk \"/dev/sdc\" and a part of \
               it; an instance sees the disk alone",
    }
    check request(request, _findings) {
        let mappings = request.sent_mappings();
        let path = |at| RequestPath::MappingMember(at, Member::DeviceName);
        let device = |at: usize| mappings.get(at).and_then(mapped_device).unwrap_or_default();
        let mut buffer = SortBuffer::new();
        repeated(mappings, &mut buffer, mapped_device, |first, later, device| {
            device_duplicate(path(later), device, path(first));
        });
        let end = |mapping| mapped_device(mapping).and_then(|name| Parts::of(name).map(|parts| parts.end));
        repeated(mappings, &mut buffer, end, |first, later, _| {
            // The same name is a duplicate, and the pair of /dev/sda and /dev/sda1 has other ends.
            if device(first) != device(later) {
                device_overlap(path(later), device(later), path(first));
            }
        });
        if request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL) {
            let disk = |mapping| mapped_device(mapping).map(|name| name.trim_end_matches(|end: char| end.is_ascii_digit()));
            repeated(mappings, &mut buffer, disk, |first, later, disk| {
                let has_whole = [first, later].into_iter().any(|at| device(at) == disk);
                if has_whole && device(first) != device(later) {
                    device_partition_overlap(path(later), disk, path(first));
                }
            });
        }
    }

    rule device_name_missing() {
        id: "device-name-missing",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [DEVICE_NAME_MISSING],
        summary: "a mapping has a device name",
        explanation: "RunInstances answers `Missing device name`.",
        source: "https://github.com/aws-samples/cdk-image-pipeline/issues/66",
        message: "the mapping has no `DeviceName`",
        help: "set `DeviceName`, such as `/dev/sdb`",
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
        says: "the mapping has no `DeviceName`",
    }
    check mapping(_request, at, mapping) {
        if mapping.device_name.is_none() && mapping.no_device.is_none() && mapping.is_sent() {
            device_name_missing(RequestPath::MappingMember(at, Member::DeviceName));
        }
    }

    rule device_name_syntax(device: &str) {
        id: "device-name-syntax",
        level: Warning,
        evidence: Inferred,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [DEVICE_NAME_INVALID],
        summary: "a device name is `sd`, `xvd` or `hd` with one or two letters and perhaps a number",
        explanation: "The user guide lists the names for each virtualization type, and EC2 refused others with `Invalid device \
                      name`. A shell on Windows is known to turn `/dev/sda` into a path below its own folder.",
        source: NAMING,
        message: "{device} is not a device name that EC2 recognizes, such as `/dev/sdb` or `xvdf`",
        help: "write `/dev/sd` or `/dev/xvd` and a letter; what the system calls the device does not matter here",
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
        says: "\"/dev/nvme1n1\" is not a device name that EC2 recognizes, such as `/dev/sdb` or `xvdf`",
    }
    rule device_trailing_digits(device: &str) {
        id: "device-trailing-digits",
        level: Warning,
        evidence: BrokenAtLaunch,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [DEVICE_NAME_INVALID],
        summary: "device names of `hvm` images have no number, except `sda1` and `sda2`",
        explanation: "The user guide says so, and RunInstances answers `Invalid device name /dev/sde1`.",
        source: NAMING,
        message: "the device {device} has a number, which `hvm` instances reject except in `/dev/sda1` and \
                  `/dev/sda2`",
        help: "use a name without a number that no other mapping has, in `RootDeviceName` too if this is the root",
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
        says: "the device \"/dev/sdb1\" has a number, which `hvm` instances reject except in `/dev/sda1` and \
               `/dev/sda2`",
    }
    rule device_sda_on_hvm(device: &str) {
        id: "device-sda-on-hvm",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [DEVICE_NAME_INVALID],
        summary: "the root of a hardware virtual machine is `/dev/sda1` or `/dev/xvda`, not `/dev/sda`",
        explanation: "The user guide lists `/dev/sda`, yet RunInstances was seen to answer `Invalid device name /dev/sda`. \
                      Registered images with it exist.",
        source: "https://github.com/test-kitchen/kitchen-ec2/issues/279",
        message: "the device {device} was refused at the launch of instances of type `hvm`",
        help: "write `/dev/sda1`, in `RootDeviceName` too",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/sda1","#,
            r#"{"DeviceName": "/dev/sda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/sda1","#,
            r#"{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "the device \"/dev/sda\" was refused at the launch of instances of type `hvm`",
    }
    check mapping(request, at, mapping) {
        let Some(device) = mapped_device(mapping) else { return };
        let path = RequestPath::MappingMember(at, Member::DeviceName);
        let Some(Parts { stem, end }) = Parts::of(device) else { return device_name_syntax(path, device) };
        if request.virtualization_type != Some(VirtualizationType::HVM) {
            return;
        }
        if stem == "sd" && end == "a" {
            device_sda_on_hvm(path, device);
        } else if end.ends_with(|last: char| last.is_ascii_digit()) && !(stem == "sd" && matches!(end, "a1" | "a2")) {
            device_trailing_digits(path, device);
        }
    }

    rule mapping_empty() {
        id: "mapping-empty",
        level: Warning,
        evidence: Inferred,
        summary: "a mapping describes its device",
        explanation: "With none of `Ebs`, `VirtualName` and `NoDevice` it maps a device to nothing. What EC2 makes of it is not \
                      known.",
        source: MAPPING,
        message: "the mapping does not describe its device",
        help: "set `Ebs` or `VirtualName`, or remove the mapping; `\"NoDevice\": \"\"` omits a device of a manifest",
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
        says: "the mapping does not describe its device",
    }
    check mapping(_request, at, mapping) {
        if mapping.no_device.is_none() && mapping.virtual_name.is_none() && mapping.sent_ebs().is_none() {
            mapping_empty(RequestPath::Mapping(at));
        }
    }

    rule mapping_two_kinds(name: &str) {
        id: "mapping-two-kinds",
        level: Warning,
        evidence: Inferred,
        summary: "a mapping has `Ebs` or `VirtualName`, not both",
        explanation: "A device is an EBS volume or one of the instance's host. Tools were seen to send both, and EC2 to take \
                      it; which of them counts is not documented.",
        source: MAPPING,
        message: "the mapping is both an EBS volume and the instance store volume {name}; which counts is not documented",
        help: "keep one of `Ebs` and `VirtualName`",
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
        says: "the mapping is both an EBS volume and the instance store volume \"ephemeral0\"; which counts is not \
               documented",
    }
    check mapping(_request, at, mapping) {
        if let Some(name) = &mapping.virtual_name
            && mapping.no_device.is_none()
            && mapping.has_virtual_name()
            && mapping.sent_ebs().is_some()
        {
            mapping_two_kinds(RequestPath::MappingMember(at, Member::VirtualName), name.as_str());
        }
    }

    rule no_device_with_others() {
        id: "no-device-with-others",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [VOLUME_WITHOUT_SOURCE(device: "*")],
        summary: "`NoDevice` stands alone beside the device name",
        explanation: "It leaves the device out, so there is nothing for `Ebs` or `VirtualName` to say. RunInstances refused the \
                      pair with `Either snapshot ID or volume size must be provided for: /dev/sdb`.",
        source: "https://github.com/hashicorp/packer/pull/2818",
        message: "`NoDevice` omits the device, but the mapping also describes it",
        help: "remove `NoDevice`, or remove `Ebs` and `VirtualName`",
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
        says: "`NoDevice` omits the device, but the mapping also describes it",
    }
    check mapping(_request, at, mapping) {
        if mapping.no_device.is_some() && (mapping.sent_ebs().is_some() || mapping.virtual_name.is_some()) {
            no_device_with_others(RequestPath::MappingMember(at, Member::NoDevice));
        }
    }

    rule no_device_value(value: &str) {
        id: "no-device-value",
        level: Warning,
        evidence: Documented,
        summary: "`NoDevice` leaves a device out whatever its value, `false` too",
        explanation: "The API's model says that the device is removed regardless of the assigned value. It documents the empty \
                      text.",
        source: MAPPING,
        message: "`NoDevice` is {value}, and leaves the device out all the same: any value does",
        help: "take `NoDevice` out to keep the device, or write an empty text to leave it out",
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
        says: "`NoDevice` is \"false\", and leaves the device out all the same: any value does",
    }
    check mapping(_request, at, mapping) {
        let Some(value) = &mapping.no_device else { return };
        if ["false", "no", "0"].iter().any(|word| value.eq_ignore_ascii_case(word)) {
            no_device_value(RequestPath::MappingMember(at, Member::NoDevice), value);
        }
    }

    rule virtual_name_form(name: &str) {
        id: "virtual-name-form",
        level: Warning,
        evidence: SiblingApi,
        code: MISSING_PARAMETER,
        wordings: [PARAMETER_MISSING(parameter: "ebs")],
        summary: "a virtual name is `ephemeral` and a number",
        explanation: "Another was refused with `The request must contain the parameter ebs`.",
        source: "https://github.com/hashicorp/packer/issues/5020",
        message: "the virtual name {name} is no instance store volume; those are `ephemeral0` to `ephemeral23`",
        help: "write `ephemeral0`, or `Ebs` for an EBS volume",
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
        says: "the virtual name \"data\" is no instance store volume; those are `ephemeral0` to `ephemeral23`",
    }
    rule virtual_name_range(name: &str) {
        id: "virtual-name-range",
        level: Warning,
        evidence: Documented,
        summary: "instance store volumes are numbered 0 to 23",
        explanation: "The user guide has the range. What RegisterImage does with a higher number is not known.",
        source: CONCEPTS,
        message: "the virtual name {name} is past `ephemeral23`, the last that instances have",
        help: "number instance store volumes from 0",
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
        says: "the virtual name \"ephemeral24\" is past `ephemeral23`, the last that instances have",
    }
    check mapping(_request, at, mapping) {
        let Some(name) = mapping.virtual_name.as_ref().filter(|_| mapping.no_device.is_none()) else { return };
        let (name, path) = (name.as_str(), RequestPath::MappingMember(at, Member::VirtualName));
        let number = name
            .strip_prefix("ephemeral")
            .filter(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()));
        match number {
            None => virtual_name_form(path, name),
            // A number of more than 64 bits is past 23 as well.
            Some(number) if number.parse().unwrap_or(u64::MAX) > 23 => virtual_name_range(path, name),
            Some(_) => {}
        }
    }

    rule mappings_too_many(count: usize) {
        id: "mappings-too-many",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "an image should have at most 27 EBS volumes",
        explanation: "RegisterImage has no documented limit, but most instance types take 28 attachments, one of them the \
                      network's, and Linux may fail to boot with more than 40 volumes.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html",
        message: "the image has {count} EBS volumes; most instance types take at most 27",
        help: "attach further volumes after the launch",
        trigger: with_volumes!("b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" "ba" "bb" "bc"),
        near_miss: with_volumes!("b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" "ba"),
        says: "the image has 29 EBS volumes; most instance types take at most 27",
    }
    check request(request, _findings) {
        let mappings = request.sent_mappings();
        // Few requests have so many mappings of any kind.
        if mappings.len() <= 27 {
            return;
        }
        let count = mappings.iter().filter(|mapping| mapping.ebs_volume().is_some()).count();
        if count > 27 {
            mappings_too_many(RequestPath::Request(RequestMember::BlockDeviceMappings), count);
        }
    }
    }
}

fn mapped_device(mapping: &BlockDeviceMapping) -> Option<&str> {
    mapping.device_name.as_ref().filter(|_| mapping.no_device.is_none()).map(DeviceName::as_str)
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
