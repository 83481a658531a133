//! Complete requests for the cases of rules. The rules find nothing in them except in what a case adds.
//!
//! Members end with a comma and mappings begin with one, so that a case can omit either.

/// A request with these members, among them the platform, and these mappings after a root volume.
macro_rules! platform {
    ($members:expr) => {
        platform!($members, "")
    };
    ($members:expr, $mappings:expr) => {
        concat!(
            "{\n  \"Name\": \"web\",\n  ",
            $members,
            "\n  \"RootDeviceName\": \"/dev/xvda\",\n  \"BlockDeviceMappings\": [\n    ",
            "{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"SnapshotId\": \"snap-0123456789abcdef0\"}}",
            $mappings,
            "\n  ]\n}"
        )
    };
}

/// A request for an `hvm` image with more members, more mappings, or both.
macro_rules! hvm {
    ("") => {
        hvm!("", "")
    };
    ($members:expr) => {
        hvm!($members, "")
    };
    ("", $mappings:expr) => {
        concat!(
            "{\n  \"Name\": \"web\",\n  \"Architecture\": \"x86_64\",\n  \"VirtualizationType\": \"hvm\",\n  ",
            "\"EnaSupport\": true,\n  \"RootDeviceName\": \"/dev/xvda\",\n  \"BlockDeviceMappings\": [\n    ",
            "{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"SnapshotId\": \"snap-0123456789abcdef0\"}}",
            $mappings,
            "\n  ]\n}"
        )
    };
    ($members:expr, $mappings:expr) => {
        concat!(
            "{\n  \"Name\": \"web\",\n  \"Architecture\": \"x86_64\",\n  \"VirtualizationType\": \"hvm\",\n  ",
            "\"EnaSupport\": true,\n  ",
            $members,
            "\n  \"RootDeviceName\": \"/dev/xvda\",\n  \"BlockDeviceMappings\": [\n    ",
            "{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"SnapshotId\": \"snap-0123456789abcdef0\"}}",
            $mappings,
            "\n  ]\n}"
        )
    };
}

/// A request with these first members, among them the name.
macro_rules! named {
    ($members:expr) => {
        concat!(
            "{\n  ",
            $members,
            "\n  \"Architecture\": \"x86_64\",\n  \"VirtualizationType\": \"hvm\",\n  \"EnaSupport\": true,\n  ",
            "\"RootDeviceName\": \"/dev/xvda\",\n  \"BlockDeviceMappings\": [\n    ",
            "{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"SnapshotId\": \"snap-0123456789abcdef0\"}}\n  ]\n}"
        )
    };
}

/// A request with these tag specifications.
macro_rules! tags {
    ($specifications:expr) => {
        concat!(
            "{\n  \"Name\": \"web\",\n  \"Architecture\": \"x86_64\",\n  \"VirtualizationType\": \"hvm\",\n  ",
            "\"EnaSupport\": true,\n  \"TagSpecifications\": [",
            $specifications,
            "],\n  \"RootDeviceName\": \"/dev/xvda\",\n  \"BlockDeviceMappings\": [\n    ",
            "{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"SnapshotId\": \"snap-0123456789abcdef0\"}}\n  ]\n}"
        )
    };
}

/// A request with a second volume that has these members of `Ebs`.
macro_rules! ebs {
    ($members:expr) => {
        concat!(
            "{\n  \"Name\": \"web\",\n  \"Architecture\": \"x86_64\",\n  \"VirtualizationType\": \"hvm\",\n  ",
            "\"EnaSupport\": true,\n  \"RootDeviceName\": \"/dev/xvda\",\n  \"BlockDeviceMappings\": [\n    ",
            "{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"SnapshotId\": \"snap-0123456789abcdef0\"}},\n    ",
            "{\"DeviceName\": \"/dev/sdb\", \"Ebs\": {",
            $members,
            "}}\n  ]\n}"
        )
    };
}

/// A request with this root device and these mappings.
macro_rules! rooted {
    ("", $mappings:expr) => {
        concat!(
            "{\n  \"Name\": \"web\",\n  \"Architecture\": \"x86_64\",\n  \"VirtualizationType\": \"hvm\",\n  ",
            "\"EnaSupport\": true,\n  \"BlockDeviceMappings\": [",
            $mappings,
            "]\n}"
        )
    };
    ($root:expr, $mappings:expr) => {
        concat!(
            "{\n  \"Name\": \"web\",\n  \"Architecture\": \"x86_64\",\n  \"VirtualizationType\": \"hvm\",\n  ",
            "\"EnaSupport\": true,\n  ",
            $root,
            "\n  \"BlockDeviceMappings\": [",
            $mappings,
            "]\n}"
        )
    };
}

pub(in crate::rules) use {ebs, hvm, named, platform, rooted, tags};
