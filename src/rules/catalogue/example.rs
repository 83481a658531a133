//! Requests for the rows of the table: whole, and spotless but for what a row adds.
//!
//! Members end with a comma, mappings begin with one, so that either may be left out.

/// A request with the given platform and the given members and mappings beside a root volume.
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

/// A request for hardware virtual machines with more members, more mappings, or both.
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

/// A request whose first members are given, the name among them.
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

/// A request with this second volume, by the members of its `Ebs`.
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
