//! The rules of volumes and their encryption, a row a case.

use crate::support::{ROOT, ebs, ebs_finds, finds, mappings, says};

#[test]
fn volumes() {
    ebs_finds(r#""DeleteOnTermination": false"#, &["volume-without-source -"]);
    // A size of 0 is no size, unless the volume is from a snapshot.
    ebs_finds(r#""VolumeSize": 0"#, &["volume-without-source -"]);
    ebs_finds(r#""VolumeSize": -1"#, &["volume-size-range VolumeSize"]);
    for size in ["0", "-1"] {
        let sized = format!(r#""SnapshotId": "snap-01234567", "VolumeSize": {size}"#);
        ebs_finds(&sized, &["volume-size-range VolumeSize"]);
        let message = format!("the volume has {size} GiB; EBS accepts 1 to 65536");
        says(&ebs(&sized), &message, "omit `VolumeSize` to use the size of the snapshot");
    }
    ebs_finds(r#""VolumeSize": 65537"#, &["volume-size-range VolumeSize"]);
    ebs_finds(r#""VolumeSize": 8, "Iops": 3000"#, &["volume-type-missing VolumeType"]);
    ebs_finds(r#""VolumeSize": 8, "Throughput": 200"#, &["volume-type-missing VolumeType"]);
    ebs_finds(
        r#""VolumeSize": 8, "VolumeType": "gp9", "Iops": 1, "Throughput": 1"#,
        &["volume-type-unknown VolumeType"],
    );
    // Type, least and most size, least and most IOPS, the most per GiB.
    for (volume_type, sizes, iops) in [
        ("gp3", (1, 65_536), Some((3_000, 80_000, 500))),
        ("gp2", (1, 16_384), None),
        ("io1", (4, 16_384), Some((100, 64_000, 50))),
        ("io2", (4, 65_536), Some((100, 256_000, 1_000))),
        ("st1", (125, 16_384), None),
        ("sc1", (125, 16_384), None),
        ("standard", (1, 1_024), None),
    ] {
        let volume = |size: i32, more: &str| format!(r#""VolumeType": "{volume_type}", "VolumeSize": {size}{more}"#);
        let needed = if volume_type.starts_with("io") { r#", "Iops": 100"# } else { "" };
        let below = if sizes.0 == 1 { "volume-without-source -" } else { "volume-size-range VolumeSize" };
        ebs_finds(&volume(sizes.0 - 1, needed), &[below]);
        ebs_finds(&volume(sizes.1 + 1, needed), &["volume-size-range VolumeSize"]);
        ebs_finds(&volume(sizes.0, needed), &[]);
        ebs_finds(&volume(sizes.1, needed), &[]);
        if let Some((least, most, per_gib)) = iops {
            let with_iops = |size, iops| volume(size, &format!(r#", "Iops": {iops}"#));
            ebs_finds(&with_iops(sizes.1, least - 1), &["iops-range Iops"]);
            ebs_finds(&with_iops(sizes.1, most + 1), &["iops-range Iops"]);
            ebs_finds(&with_iops(sizes.1, most), &[]);
            ebs_finds(&with_iops(10, 10 * per_gib), &[]);
            ebs_finds(&with_iops(10, 10 * per_gib + 1), &["iops-per-gib Iops"]);
        } else {
            ebs_finds(&volume(sizes.1, r#", "Iops": 0"#), &["iops-unsupported Iops"]);
        }
        if volume_type != "gp3" {
            ebs_finds(
                &volume(sizes.1, &format!(r#"{needed}, "Throughput": 125"#)),
                &["throughput-unsupported Throughput"],
            );
        }
        if volume_type.starts_with("io") {
            ebs_finds(&volume(10, ""), &["iops-missing Iops"]);
        }
    }
    let gp3 = |more: &str| format!(r#""VolumeType": "gp3", "VolumeSize": 10, {more}"#);
    // The least IOPS hold for every size.
    ebs_finds(r#""VolumeType": "gp3", "VolumeSize": 1, "Iops": 3000"#, &[]);
    ebs_finds(&gp3(r#""Throughput": 124"#), &["throughput-range Throughput"]);
    ebs_finds(&gp3(r#""Throughput": 750"#), &[]);
    ebs_finds(&gp3(r#""Throughput": 751"#), &["throughput-per-iops Throughput"]);
    ebs_finds(&gp3(r#""Throughput": 1000, "Iops": 4000"#), &[]);
    ebs_finds(&gp3(r#""Throughput": 2001"#), &["throughput-range Throughput"]);
    // What Terraform's acceptance test registers: a warning, no error.
    ebs_finds(&gp3(r#""Iops": 100, "Throughput": 500, "Encrypted": true"#), &["iops-range Iops"]);
}

#[test]
fn snapshots_zones_and_outposts() {
    const ARN: &str = "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0";
    let snapshot = |more: &str| format!(r#""SnapshotId": "snap-01234567", {more}"#);
    ebs_finds(&snapshot(r#""VolumeInitializationRate": 100"#), &[]);
    ebs_finds(&snapshot(r#""VolumeInitializationRate": 301"#), &["initialization-rate-range VolumeInitializationRate"]);
    ebs_finds(
        r#""VolumeSize": 8, "VolumeInitializationRate": 1"#,
        &["initialization-rate-without-snapshot VolumeInitializationRate"],
    );
    ebs_finds(&snapshot(r#""AvailabilityZone": "a""#), &["zone-in-image AvailabilityZone"]);
    ebs_finds(&snapshot(r#""AvailabilityZoneId": "a""#), &["zone-in-image AvailabilityZoneId"]);
    ebs_finds(
        &snapshot(r#""AvailabilityZone": "a", "AvailabilityZoneId": "b""#),
        &["zone-name-and-id AvailabilityZoneId"],
    );
    ebs_finds(&snapshot(r#""AvailabilityZone": "", "AvailabilityZoneId": "b""#), &["zone-in-image AvailabilityZoneId"]);
    ebs_finds(&snapshot(r#""AvailabilityZone": "", "AvailabilityZoneId": """#), &[]);
    // Outposts are mixed only where two of them store snapshots.
    let two = |first: &str, second: &str| {
        let volume = |device: &str, ebs: &str| format!(r#"{{"DeviceName": "{device}", "Ebs": {{{ebs}}}}}"#);
        mappings(&format!("{ROOT}, {}, {}", volume("/dev/sdb", first), volume("/dev/sdc", second)))
    };
    let other = ARN.replace("abcdef0", "abcdef1");
    let [first, second] = [ARN, &other].map(|arn| format!(r#""SnapshotId": "snap-01234567", "OutpostArn": "{arn}""#));
    finds(&two(&first, &second), &["outposts-mixed BlockDeviceMappings[2].Ebs.OutpostArn"]);
    finds(&two(&first, &first), &[]);
    finds(
        &two(&first, &second.replace("SnapshotId", "AvailabilityZone").replace("snap-01234567", "")),
        &[
            "volume-without-source BlockDeviceMappings[2].Ebs",
            "outpost-without-snapshot BlockDeviceMappings[2].Ebs.OutpostArn",
        ],
    );
    ebs_finds(&snapshot(&format!(r#""OutpostArn": "{ARN}""#)), &[]);
    ebs_finds(&snapshot(&format!(r#""OutpostArn": "{}""#, ARN.replace("aws:", "aws-us-gov:"))), &[]);
    ebs_finds(&snapshot(r#""OutpostArn": """#), &["outpost-arn-form OutpostArn"]);
    ebs_finds(&format!(r#""VolumeSize": 8, "OutpostArn": "{ARN}""#), &["outpost-without-snapshot OutpostArn"]);
    ebs_finds(r#""VolumeSize": 8, "EbsCardIndex": -2"#, &["ebs-card-index-negative EbsCardIndex"]);
    ebs_finds(r#""VolumeSize": 8, "EbsCardIndex": 1"#, &[]);
    ebs_finds(r#""VolumeSize": 8, "EbsCardIndex": 2"#, &["ebs-card-index-range EbsCardIndex"]);
    // On an Outpost, no volume has an initialization rate. Any mapping can show that the image is for an Outpost.
    let rate = |more: &str| snapshot(&format!(r#""VolumeInitializationRate": 50{more}"#));
    let local = format!(r#", "OutpostArn": "{ARN}""#);
    ebs_finds(&rate(&local), &["initialization-rate-outpost VolumeInitializationRate"]);
    let root = ROOT.replace("}}", &format!("{local}}}}}"));
    finds(
        &mappings(&format!(r#"{root}, {{"DeviceName": "/dev/sdb", "Ebs": {{{}}}}}"#, rate(""))),
        &["initialization-rate-outpost BlockDeviceMappings[1].Ebs.VolumeInitializationRate"],
    );
    // On an Outpost gp3 has less.
    let on_outpost = |more: &str| snapshot(&format!(r#""VolumeType": "gp3", "OutpostArn": "{ARN}", {more}"#));
    ebs_finds(&on_outpost(r#""VolumeSize": 16385"#), &["volume-size-range VolumeSize"]);
    ebs_finds(&on_outpost(r#""Iops": 16001"#), &["iops-range Iops"]);
    ebs_finds(&on_outpost(r#""Throughput": 1001, "Iops": 16000"#), &["throughput-range Throughput"]);
    for (id, rule) in [
        ("snap-01234567", None),
        ("snap-0123456789ABCDEF0", None),
        ("snap-0123456789example", Some("snapshot-id-form SnapshotId")),
        ("snap-", Some("snapshot-id-form SnapshotId")),
        ("Snap-01234567", Some("snapshot-id-prefix SnapshotId")),
        ("ami-01234567", Some("snapshot-id-prefix SnapshotId")),
        ("", Some("snapshot-id-empty SnapshotId")),
    ] {
        ebs_finds(&format!(r#""VolumeSize": 8, "SnapshotId": "{id}""#), rule.as_slice());
    }
}

#[test]
fn encryption() {
    ebs_finds(r#""SnapshotId": "snap-01234567", "Encrypted": true"#, &["encrypted-with-snapshot Encrypted"]);
    ebs_finds(r#""SnapshotId": "snap-01234567", "Encrypted": false"#, &["encrypted-with-snapshot Encrypted"]);
    ebs_finds(r#""VolumeSize": 8, "Encrypted": true"#, &[]);
    ebs_finds(r#""VolumeSize": 8, "Encrypted": false"#, &[]);
    ebs_finds(r#""VolumeSize": 8, "SnapshotId": "", "Encrypted": true"#, &["snapshot-id-empty SnapshotId"]);
    ebs_finds(r#""VolumeSize": 8, "KmsKeyId": """#, &["kms-key KmsKeyId"]);
    // Beside a virtual name nobody knows what counts.
    finds(
        &mappings(&format!(
            r#"{ROOT}, {{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": {{"SnapshotId": "snap-01234567", "Encrypted": true}}}}"#
        )),
        &["mapping-two-kinds BlockDeviceMappings[1].VirtualName"],
    );
}

#[test]
fn root_volumes() {
    let root = |ebs: &str, more: &str| {
        format!(
            r#"{{{more} "BlockDeviceMappings": [{{"DeviceName": "/dev/xvda", "Ebs": {{"SnapshotId": "snap-01234567", {ebs}}}}}]}}"#
        )
    };
    finds(
        &root(r#""VolumeType": "sc1", "VolumeSize": 125"#, ""),
        &["root-volume-type BlockDeviceMappings[0].Ebs.VolumeType"],
    );
    finds(&root(r#""VolumeSize": 2049"#, ""), &["root-volume-2-tib BlockDeviceMappings[0].Ebs.VolumeSize"]);
    finds(&root(r#""VolumeSize": 2049"#, r#""BootMode": "uefi","#), &[]);
    finds(&root(r#""VolumeSize": 2048"#, ""), &[]);
    let card = "BlockDeviceMappings[0].Ebs.EbsCardIndex";
    finds(&root(r#""EbsCardIndex": 0"#, ""), &[]);
    // On the root, any other card is one mistake.
    for index in [1, 7] {
        finds(&root(&format!(r#""EbsCardIndex": {index}"#), ""), &[&format!("root-ebs-card {card}")]);
    }
    finds(&root(r#""EbsCardIndex": -1"#, ""), &[&format!("ebs-card-index-negative {card}")]);
}
