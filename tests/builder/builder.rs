//! The typed builder: each method, by the JSON of what it makes.

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::builder::{
    Device, EmptyVolume, Gp2, Gp3, InstanceStore, Io1, Io2, LegacyBios, RegisterImage, Sc1, SnapshotVolume, St1,
    Standard, TypedVolume, Uefi, UefiPreferred,
};
use ec2_register_image::types::{Architecture, ImdsSupport, SriovNetSupport, TpmSupport, UefiData, VirtualizationType};
use serde_json::{Value, json};

fn start() -> RegisterImage {
    RegisterImage::named("web").hvm(Architecture::ARM64).root("/dev/xvda", SnapshotVolume::new("snap-1"))
}

#[track_caller]
fn makes(request: RegisterImageRequest, expected: Value) {
    assert_eq!(serde_json::to_value(request).unwrap(), expected);
}

/// What `start` makes, with more members.
fn started(more: Value) -> Value {
    let mut object = json!({
        "Name": "web",
        "Architecture": "arm64",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-1"}}],
        "VirtualizationType": "hvm",
    });
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

#[test]
fn the_least() {
    makes(start().build(), started(json!({})));
    makes(
        RegisterImage::named("old")
            .paravirtual(Architecture::I386)
            .root("/dev/sda1", SnapshotVolume::new("snap-2"))
            .build(),
        json!({
            "Name": "old",
            "Architecture": "i386",
            "RootDeviceName": "/dev/sda1",
            "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-2"}}],
            "VirtualizationType": "paravirtual",
        }),
    );
    makes(
        RegisterImage::named("older")
            .manifest("bucket/image.manifest.xml", VirtualizationType::HVM)
            .no_device("/dev/sdc")
            .build(),
        json!({
            "Name": "older",
            "ImageLocation": "bucket/image.manifest.xml",
            "VirtualizationType": "hvm",
            "BlockDeviceMappings": [{"DeviceName": "/dev/sdc", "NoDevice": ""}],
        }),
    );
}

#[test]
fn every_member_beside_the_volumes() {
    makes(
        start()
            .description("d")
            .ena_support(true)
            .sriov_net_support(SriovNetSupport::SIMPLE)
            .imds_support(ImdsSupport::V2_0)
            .tag("a", "1")
            .tag("b", "")
            .billing_product("bp-1")
            .billing_product("bp-2")
            .kernel_id("aki-1")
            .ramdisk_id("ari-1")
            .dry_run(false)
            .build(),
        started(json!({
            "Description": "d",
            "EnaSupport": true,
            "SriovNetSupport": "simple",
            "ImdsSupport": "v2.0",
            "TagSpecifications": [{
                "ResourceType": "image",
                "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}],
            }],
            "BillingProducts": ["bp-1", "bp-2"],
            "KernelId": "aki-1",
            "RamdiskId": "ari-1",
            "DryRun": false,
        })),
    );
}

#[test]
fn boot_modes() {
    let data = UefiData::from_bytes(b"AMZNUEFI");
    makes(start().boot_mode(LegacyBios).build(), started(json!({"BootMode": "legacy-bios"})));
    makes(start().boot_mode(Uefi::new()).build(), started(json!({"BootMode": "uefi"})));
    makes(
        start().boot_mode(Uefi::new().tpm_support(TpmSupport::V2_0).uefi_data(data.clone())).build(),
        started(json!({"BootMode": "uefi", "TpmSupport": "v2.0", "UefiData": "QU1aTlVFRkk="})),
    );
    makes(
        start().boot_mode(UefiPreferred::new().uefi_data(data.clone())).build(),
        started(json!({"BootMode": "uefi-preferred", "UefiData": "QU1aTlVFRkk="})),
    );
    // The last word counts, as a whole: nothing of the one before stays behind.
    makes(
        start().boot_mode(Uefi::new().tpm_support(TpmSupport::V2_0).uefi_data(data)).boot_mode(LegacyBios).build(),
        started(json!({"BootMode": "legacy-bios"})),
    );
}

#[track_caller]
fn device_makes(device: impl Into<Device>, expected: Value) {
    let request = start().device("/dev/sdb", device).build();
    let mapping = serde_json::to_value(&request.block_device_mappings.unwrap()[1]).unwrap();
    let mut whole = json!({"DeviceName": "/dev/sdb"});
    whole.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
    assert_eq!(mapping, whole);
}

#[test]
fn devices() {
    device_makes(InstanceStore::new(3), json!({"VirtualName": "ephemeral3"}));
    device_makes(EmptyVolume::new(8), json!({"Ebs": {"VolumeSize": 8}}));
    device_makes(EmptyVolume::new(8).encrypted(false), json!({"Ebs": {"VolumeSize": 8, "Encrypted": false}}));
    device_makes(
        EmptyVolume::new(8).delete_on_termination(true).ebs_card_index(1),
        json!({"Ebs": {"VolumeSize": 8, "DeleteOnTermination": true, "EbsCardIndex": 1}}),
    );
    device_makes(
        SnapshotVolume::new("snap-2").size_gib(9).outpost_arn("arn:op").initialization_rate(200),
        json!({"Ebs": {
            "SnapshotId": "snap-2", "VolumeSize": 9, "OutpostArn": "arn:op", "VolumeInitializationRate": 200,
        }}),
    );
}

#[track_caller]
fn volume_type_makes(volume_type: impl Into<TypedVolume>, expected: Value) {
    device_makes(SnapshotVolume::new("snap-2").volume_type(volume_type), {
        let mut ebs = json!({"SnapshotId": "snap-2"});
        ebs.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
        json!({ "Ebs": ebs })
    });
}

#[test]
fn volume_types() {
    volume_type_makes(Gp2, json!({"VolumeType": "gp2"}));
    volume_type_makes(St1, json!({"VolumeType": "st1"}));
    volume_type_makes(Sc1, json!({"VolumeType": "sc1"}));
    volume_type_makes(Standard, json!({"VolumeType": "standard"}));
    volume_type_makes(Gp3::new(), json!({"VolumeType": "gp3"}));
    volume_type_makes(
        Gp3::new().iops(4000).throughput(250),
        json!({"VolumeType": "gp3", "Iops": 4000, "Throughput": 250}),
    );
    volume_type_makes(Io1::new(100), json!({"VolumeType": "io1", "Iops": 100}));
    volume_type_makes(Io2::new(200), json!({"VolumeType": "io2", "Iops": 200}));
}

#[test]
fn validate_is_build_and_validate() {
    assert_eq!(*start().validate().unwrap().request(), start().build());
    let invalid = start().device("/dev/xvda", EmptyVolume::new(8)).validate().unwrap_err();
    assert_eq!(invalid.report.errors().count(), 1);
    assert_eq!(invalid.request, start().device("/dev/xvda", EmptyVolume::new(8)).build());
}
