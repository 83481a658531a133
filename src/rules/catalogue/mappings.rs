//! Block device mappings: what they describe, and how many there are.

use super::example::hvm;
use crate::model::{BlockDeviceMappingMember as Member, RequestMember, RequestPath};
use crate::rules::declare::subject;
use crate::rules::finding::Words;

const MAPPING: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html";

const CONCEPTS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html";

/// The root volume and one volume for each letter.
macro_rules! with_volumes {
    ($($letter:literal)+) => {
        hvm!("", concat!($(", {\"DeviceName\": \"/dev/xvd", $letter, "\", \"Ebs\": {\"VolumeSize\": 8}}",)+))
    };
}

subject! {
    "Block device mappings",
    passes: [request mapping],
    rules: {
    rule mapping_empty() {
        id: "mapping-empty",
        level: Warning,
        evidence: Inferred,
        summary: "a mapping describes its device",
        explanation: "A mapping without `Ebs`, `VirtualName` and `NoDevice` maps a device to nothing. It is not \
                      known how EC2 responds.",
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
        explanation: "A device is either an EBS volume or an instance store volume. Tools were seen to send both, \
                      and EC2 to accept it. AWS does not document which of the two counts.",
        source: MAPPING,
        message: "the mapping is both an EBS volume and the instance store volume {name}; AWS does not document \
                  which counts",
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
        says: "the mapping is both an EBS volume and the instance store volume \"ephemeral0\"; AWS does not document \
               which counts",
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
        summary: "`NoDevice` excludes `Ebs` and `VirtualName`",
        explanation: "`NoDevice` omits the device, so `Ebs` and `VirtualName` have no effect. RunInstances rejected \
                      the combination with `Either snapshot ID or volume size must be provided for: /dev/sdb`.",
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
        summary: "`NoDevice` omits the device whatever its value, even `false`",
        explanation: "The API model says that the device is removed regardless of the value. It documents an empty \
                      text.",
        source: MAPPING,
        message: "`NoDevice` is {value}, but every value omits the device",
        help: "remove `NoDevice` to keep the device, or set an empty text to omit it",
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
        says: "`NoDevice` is \"false\", but every value omits the device",
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
        explanation: "EC2 rejected another name with `The request must contain the parameter ebs`.",
        source: "https://github.com/hashicorp/packer/issues/5020",
        message: "the virtual name {name} is not an instance store volume (expected `ephemeral0` to `ephemeral23`)",
        help: "use `ephemeral0`, or `Ebs` for an EBS volume",
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
        says: "the virtual name \"data\" is not an instance store volume (expected `ephemeral0` to `ephemeral23`)",
    }
    rule virtual_name_range(name: &str) {
        id: "virtual-name-range",
        level: Warning,
        evidence: Documented,
        summary: "instance store volumes have the numbers 0 to 23",
        explanation: "The user guide has the range. It is not known how RegisterImage responds to a higher number.",
        source: CONCEPTS,
        message: "the virtual name {name} is above `ephemeral23`, the highest that instances have",
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
        says: "the virtual name \"ephemeral24\" is above `ephemeral23`, the highest that instances have",
    }
    check mapping(_request, at, mapping) {
        let Some(name) = mapping.virtual_name.as_ref().filter(|_| mapping.no_device.is_none()) else { return };
        let (name, path) = (name.as_str(), RequestPath::MappingMember(at, Member::VirtualName));
        let number = name
            .strip_prefix("ephemeral")
            .filter(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()));
        match number {
            None => virtual_name_form(path, name),
            // A number of more than 64 bits is above 23 as well.
            Some(number) if number.parse().unwrap_or(u64::MAX) > 23 => virtual_name_range(path, name),
            Some(_) => {}
        }
    }

    rule mappings_too_many(count: usize, limit: Words<&str>) {
        id: "mappings-too-many",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "an image has as many EBS volumes as instances can attach",
        explanation: "RegisterImage has no documented limit. Instance types of the 7th and 8th generation have a \
                      dedicated limit for EBS volumes, at most 128. Older types share a limit of 28 attachments \
                      among EBS volumes, network interfaces and instance store volumes, so they attach at most 27. \
                      With more than 40 volumes, Linux may not boot on Xen-based types.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html",
        message: "the image has {count} EBS volumes; {limit}",
        help: "remove volumes from the image and attach them after the launch",
        trigger: with_volumes!("b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" "ba" "bb" "bc"),
        near_miss: with_volumes!("b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" "ba"),
        says: "the image has 29 EBS volumes; instance types without a dedicated limit for EBS volumes attach at most \
               27",
    }
    check request(request, _findings) {
        let mappings = request.sent_mappings();
        // Few requests have so many mappings of any kind.
        if mappings.len() <= 27 {
            return;
        }
        let count = mappings.iter().filter(|mapping| mapping.ebs_volume().is_some()).count();
        let limit = match count {
            0..=27 => return,
            28..=128 => "instance types without a dedicated limit for EBS volumes attach at most 27",
            _ => "no instance type attaches more than 128",
        };
        mappings_too_many(RequestPath::Request(RequestMember::BlockDeviceMappings), count, Words(limit));
    }
    }
}
