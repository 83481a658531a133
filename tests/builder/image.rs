//! A request from a described image: what it keeps, what it omits, and the image that comes of it.

use ec2_register_image::builder::{RegisterImage, SnapshotVolume};
use ec2_register_image::model::Image;
use ec2_register_image::preview::{Likeness, preview};
use ec2_register_image::types::{Architecture, ImageState};
use ec2_register_image::{Facts, RegisterImageRequest};
use serde_json::{Value, json};

fn image(members: Value) -> Image {
    let mut object = json!({"ImageId": "ami-1"});
    object.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    serde_json::from_value(object).unwrap()
}

#[track_caller]
fn makes(members: Value, expected: Value) {
    let request = RegisterImage::from_image("copy", &image(members)).build();
    let mut whole = json!({"Name": "copy"});
    whole.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
    assert_eq!(serde_json::to_value(request).unwrap(), whole);
}

/// The mapping that a described volume gives.
#[track_caller]
fn volume_makes(described: Value, expected: Value) {
    let list = |ebs| json!({"BlockDeviceMappings": [{"DeviceName": "/dev/sdf", "Ebs": ebs}]});
    makes(list(described), list(expected));
}

#[test]
fn every_member() {
    let kept = json!({
        "Description": "the second one",
        "Architecture": "x86_64",
        "VirtualizationType": "hvm",
        "RootDeviceName": "/dev/sda1",
        "KernelId": "aki-1",
        "RamdiskId": "ari-1",
        "BootMode": "uefi",
        "TpmSupport": "v2.0",
        "ImdsSupport": "v2.0",
        "EnaSupport": true,
        "SriovNetSupport": "simple",
    });
    let mut members = kept.clone();
    members.as_object_mut().unwrap().extend(
        json!({
            "Name": "first", "OwnerId": "111122223333", "State": "available", "RootDeviceType": "ebs",
            "ImageLocation": "111122223333/first", "PlatformDetails": "Linux/UNIX", "SourceImageId": "ami-2",
            "CreationDate": "2026-01-02T03:04:05.000Z", "ProductCodes": [{"ProductCodeId": "abc"}],
        })
        .as_object()
        .unwrap()
        .clone(),
    );
    makes(members, kept);
}

#[test]
fn what_is_unknown_or_empty_is_absent() {
    makes(json!({}), json!({}));
    makes(json!({"Description": "", "RootDeviceName": "", "BlockDeviceMappings": [], "Tags": []}), json!({}));
    makes(json!({"EnaSupport": false}), json!({"EnaSupport": false}));
}

#[test]
fn an_s3_backed_image_keeps_its_manifest() {
    let location = json!({"ImageLocation": "bucket/image.manifest.xml"});
    makes(json!({"RootDeviceType": "instance-store", "ImageLocation": "bucket/image.manifest.xml"}), location);
    makes(json!({"ImageLocation": "111122223333/first"}), json!({}));
}

#[test]
fn encryption_is_stated_only_for_empty_volumes() {
    for encrypted in [true, false] {
        volume_makes(json!({"SnapshotId": "snap-1", "Encrypted": encrypted}), json!({"SnapshotId": "snap-1"}));
        let empty = json!({"VolumeSize": 5, "Encrypted": encrypted});
        volume_makes(empty.clone(), empty.clone());
        volume_makes(json!({"VolumeSize": 5, "Encrypted": encrypted, "SnapshotId": ""}), empty);
    }
}

#[test]
fn a_volume_keeps_what_its_type_has() {
    let whole = |volume_type: &str| {
        json!({"SnapshotId": "snap-1", "VolumeSize": 9, "VolumeType": volume_type, "DeleteOnTermination": false,
            "Iops": 3100, "Throughput": 130})
    };
    for (volume_type, omitted) in [
        ("gp3", &[][..]),
        ("io1", &["Throughput"]),
        ("io2", &["Throughput"]),
        ("gp2", &["Throughput", "Iops"]),
        ("st1", &["Throughput", "Iops"]),
        ("sc1", &["Throughput", "Iops"]),
        ("standard", &["Throughput", "Iops"]),
        // A type that AWS added later.
        ("gp9", &[]),
    ] {
        let mut expected = whole(volume_type);
        expected.as_object_mut().unwrap().retain(|name, _| !omitted.contains(&name.as_str()));
        volume_makes(whole(volume_type), expected);
    }
    let local = json!({"SnapshotId": "snap-1", "OutpostArn": "arn"});
    volume_makes(local.clone(), local);
    volume_makes(json!({"VolumeSize": 5, "OutpostArn": "arn"}), json!({"VolumeSize": 5}));
}

#[test]
fn other_mappings_are_kept() {
    let mappings = json!({"BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}, {"DeviceName": "/dev/sdc", "NoDevice": ""},
    ]});
    makes(mappings.clone(), mappings);
}

#[test]
fn tags_that_belong_to_the_old_image_are_omitted() {
    let marked = RegisterImage::named("first")
        .hvm(Architecture::ARM64)
        .root("/dev/xvda", SnapshotVolume::new("snap-1"))
        .content_marker("build", "17")
        .build();
    let tags = serde_json::to_value(marked).unwrap()["TagSpecifications"][0]["Tags"].take();
    let [marker] = &tags.as_array().unwrap()[..] else { panic!("{tags}") };
    makes(
        json!({"Tags": [marker, {"Key": "aws:cloudformation:stack-name", "Value": "s"}, {"Key": "team", "Value": ""},
            {"Key": "awsome", "Value": "17@sha256:no"}]}),
        json!({"TagSpecifications": [{"ResourceType": "image", "Tags": [
            {"Key": "team", "Value": ""}, {"Key": "awsome", "Value": "17@sha256:no"}]}]}),
    );
    makes(json!({"Tags": [marker]}), json!({}));
}

/// A described image with everything gives a valid request, and the preview of it is the image.
#[test]
fn the_new_image_is_like_the_old_one() {
    let facts: Facts = serde_json::from_str(include_str!("../fixtures/images.json")).unwrap();
    let images = facts.images();
    assert!(images.len() > 1);
    for image in images {
        // A new image is available, whatever became of the old one.
        let mut image = image.clone();
        image.state = Some(ImageState::AVAILABLE);
        let image = &image;
        let name = image.name.clone().unwrap_or_else(|| "web".into());
        let valid = RegisterImage::from_image(name.clone(), image).validate().unwrap();
        let comparison = preview(&valid, &Facts::default()).compare(image);
        assert_ne!(comparison.result(), Likeness::Different, "{comparison}");
        // The settings of the builder apply on top.
        let request = RegisterImage::from_image(name, image).description("another").build();
        assert_eq!(request.description.as_deref(), Some("another"));
        let unchanged: RegisterImageRequest = valid.into_request();
        assert_eq!(request.block_device_mappings, unchanged.block_device_mappings);
    }
}
