//! The names of devices.

use super::example::{hvm, platform, rooted};
use super::volumes::is_root;
use crate::model::{BlockDeviceMapping, BlockDeviceMappingMember as Member, RegisterImageRequest, RequestPath};
use crate::rules::declare::subject;
use crate::rules::{SortBuffer, repeated};
use crate::schema::Value as _;
use crate::types::{DeviceName, VirtualizationType};

const NAMING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html";

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
        summary: "each device is mapped once",
        explanation: "EC2 responds `/dev/xvda is being assigned to multiple times.` It compares the names byte for \
                      byte: to RegisterImage, `/dev/sdf` and `/dev/xvdf` are two devices.",
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
        explanation: "The user guide warns that names with the same ending, such as `/dev/sdf` and `/dev/xvdf`, can \
                      cause problems when the instance starts: the system may give both the same name.",
        source: NAMING,
        message: "the device {device} has the same ending as the one at {first}, so the instance may see only one of \
                  them",
        help: "use other last letters for one of the two",
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
        says: "the device \"/dev/xvdf\" has the same ending as the one at BlockDeviceMappings[1].DeviceName, so the \
               instance may see only one of them",
    }
    rule device_partition_overlap(disk: &str, first: RequestPath) {
        id: "device-partition-overlap",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "a paravirtual device hides those with its name and a number",
        explanation: "Of `/dev/sdc` and `/dev/sdc1` on a paravirtual instance, only `/dev/sdc` is visible.",
        source: NAMING,
        message: "this device and the one at {first} are the disk {disk} and a part of it; an instance sees only the \
                  disk",
        help: "use another letter for one of the two",
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
               it; an instance sees only the disk",
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
        explanation: "RunInstances responds `Missing device name`.",
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
        summary: "a device name is `sd`, `xvd` or `hd` with one or two letters and an optional number",
        explanation: "The user guide lists the names for each virtualization type. EC2 rejected others with `Invalid \
                      device name`. Shells on Windows are known to turn `/dev/sda` into a path below their own \
                      folder.",
        source: NAMING,
        message: "{device} is not a device name that EC2 recognizes, such as `/dev/sdb` or `xvdf`",
        help: "use `/dev/sd` or `/dev/xvd` and a letter; the name of the device in the system does not matter here",
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
        explanation: "The user guide says so, and RunInstances responds `Invalid device name /dev/sde1`.",
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
        summary: "the root device of an `hvm` image is `/dev/sda1` or `/dev/xvda`, not `/dev/sda`",
        explanation: "The user guide lists `/dev/sda`, but RunInstances was seen to respond `Invalid device name \
                      /dev/sda`. Registered images with it exist.",
        source: "https://github.com/test-kitchen/kitchen-ec2/issues/279",
        message: "the device is {device}, which EC2 was seen to reject at the launch of `hvm` instances",
        help: "use `/dev/sda1`, in `RootDeviceName` too",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/sda1","#,
            r#"{"DeviceName": "/dev/sda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/sda1","#,
            r#"{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "the device is \"/dev/sda\", which EC2 was seen to reject at the launch of `hvm` instances",
    }
    rule device_unavailable(device: &str, virtualization_type: &str) {
        id: "device-unavailable",
        level: Warning,
        evidence: Documented,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [DEVICE_NAME_INVALID],
        summary: "a device name is available for the virtualization type",
        explanation: "The user guide lists the available names. For `hvm`, they are `/dev/sd[a-z]`, `/dev/xvd[a-z]`, \
                      `/dev/xvd[a-c][a-z]` and `/dev/xvdd[a-x]`. For `paravirtual`, they are `sd` or `hd` with one \
                      letter and an optional number up to 15. EC2 rejects others at launch with `Invalid device \
                      name`.",
        source: NAMING,
        message: "the device {device} is not available for the virtualization type {virtualization_type}",
        help: "use `/dev/sd` and a letter from `b` to `z`",
        trigger: hvm!(
            "",
            r#",
    {"DeviceName": "/dev/sdaa", "Ebs": {"VolumeSize": 8}}"#
        ),
        near_miss: hvm!(
            "",
            r#",
    {"DeviceName": "/dev/xvdba", "Ebs": {"VolumeSize": 8}}"#
        ),
        says: "the device \"/dev/sdaa\" is not available for the virtualization type \"hvm\"",
    }
    rule device_reserved_for_root(device: &str) {
        id: "device-reserved-for-root",
        level: Warning,
        evidence: Documented,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [DEVICE_NAME_INVALID],
        summary: "a data volume is not on `/dev/sda1` or `/dev/xvda`",
        explanation: "The user guide reserves these names for the root volume of `hvm` instances. At launch, EC2 can \
                      reject another volume with them with `Invalid device name`.",
        source: NAMING,
        message: "the device {device} is reserved for the root volume, which is another device here",
        help: "use `/dev/sd` and a letter from `b` to `z`",
        trigger: hvm!(
            "",
            r#",
    {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8}}"#
        ),
        near_miss: hvm!(
            "",
            r#",
    {"DeviceName": "/dev/sda2", "Ebs": {"VolumeSize": 8}}"#
        ),
        says: "the device \"/dev/sda1\" is reserved for the root volume, which is another device here",
    }
    check mapping(request, at, mapping) {
        let Some(device) = mapped_device(mapping) else { return };
        let path = RequestPath::MappingMember(at, Member::DeviceName);
        let Some(parts) = Parts::of(device) else { return device_name_syntax(path, device) };
        match &request.virtualization_type {
            Some(hvm @ VirtualizationType::HVM) => {
                let Parts { stem, end } = parts;
                let has_number = end.ends_with(|last: char| last.is_ascii_digit());
                if parts.is_reserved_for_root() && is_other_than_root(request, at, parts.end) {
                    device_reserved_for_root(path, device);
                } else if !parts.is_available_on_hvm() {
                    device_unavailable(path, device, hvm.as_str());
                } else if stem == "sd" && end == "a" {
                    device_sda_on_hvm(path, device);
                } else if has_number && !(stem == "sd" && matches!(end, "a1" | "a2")) {
                    device_trailing_digits(path, device);
                }
            }
            // Not the root: how a paravirtual kernel finds it is not documented.
            Some(paravirtual @ VirtualizationType::PARAVIRTUAL)
                if !parts.is_available_on_paravirtual() && !is_root(at, request) =>
            {
                device_unavailable(path, device, paravirtual.as_str());
            }
            _ => {}
        }
    }
    }
}

fn mapped_device(mapping: &BlockDeviceMapping) -> Option<&str> {
    mapping.device_name.as_ref().filter(|_| mapping.no_device.is_none()).map(DeviceName::as_str)
}

/// Whether the root is another mapping. If its device name has the same ending, the two overlap, for which other rules
/// exist.
fn is_other_than_root(request: &RegisterImageRequest, at: usize, end: &str) -> bool {
    request.root().is_some_and(|(root, mapping)| {
        root != at && mapped_device(mapping).and_then(Parts::of).is_some_and(|parts| parts.end != end)
    })
}

/// A device name that EC2 recognizes: an optional `/dev/`, a stem, and an end of letters and an optional number.
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

    /// The letters and the number of the end.
    fn split(&self) -> (&'a str, &'a str) {
        let letters = self.end.trim_end_matches(|digit: char| digit.is_ascii_digit());
        (letters, self.end.get(letters.len()..).unwrap_or_default())
    }

    fn is_reserved_for_root(&self) -> bool {
        matches!((self.stem, self.end), ("sd", "a1") | ("xvd", "a"))
    }

    /// Whether the user guide lists the letters for `hvm`. It omits `xvd` with one letter, which its examples use.
    fn is_available_on_hvm(&self) -> bool {
        matches!(
            (self.stem, self.split().0.as_bytes()),
            ("sd" | "xvd", [_]) | ("xvd", [b'a'..=b'c', _] | [b'd', b'a'..=b'x'])
        )
    }

    fn is_available_on_paravirtual(&self) -> bool {
        let (letters, number) = self.split();
        self.stem != "xvd"
            && letters.len() == 1
            && (number.is_empty() || number.parse().is_ok_and(|number: u8| number <= 15))
    }
}
