//! The typed builder: each method, by the JSON of what it makes.

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::builder::{
    Boot, Device, EmptyVolume, Gp2, Gp3, InstanceStore, InvalidBoot, InvalidVolumeType, Io1, Io2, LegacyBios,
    RegisterImage, Sc1, SnapshotVolume, St1, Standard, TypedVolume, Uefi, UefiPreferred,
};
use ec2_register_image::types::{
    Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, UefiData, VirtualizationType, VolumeType,
};
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
    makes(start().boot_mode(LegacyBios::new()).build(), started(json!({"BootMode": "legacy-bios"})));
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
        start()
            .boot_mode(Uefi::new().tpm_support(TpmSupport::V2_0).uefi_data(data))
            .boot_mode(LegacyBios::new())
            .build(),
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
    volume_type_makes(Gp2::new(), json!({"VolumeType": "gp2"}));
    volume_type_makes(St1::new(), json!({"VolumeType": "st1"}));
    volume_type_makes(Sc1::new(), json!({"VolumeType": "sc1"}));
    volume_type_makes(Standard::new(), json!({"VolumeType": "standard"}));
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

#[test]
fn a_volume_type_from_data_is_the_typed_one_or_an_error() {
    let of = |text: &str, iops, throughput| TypedVolume::new(VolumeType::from(text), iops, throughput);
    assert_eq!(of("gp3", None, None), Ok(Gp3::new().into()));
    assert_eq!(of("gp3", Some(4000), Some(250)), Ok(Gp3::new().iops(4000).throughput(250).into()));
    assert_eq!(of("io1", Some(100), None), Ok(Io1::new(100).into()));
    assert_eq!(of("io2", Some(200), None), Ok(Io2::new(200).into()));
    assert_eq!(of("gp2", None, None), Ok(Gp2::new().into()));
    assert_eq!(of("st1", None, None), Ok(St1::new().into()));
    assert_eq!(of("sc1", None, None), Ok(Sc1::new().into()));
    assert_eq!(of("standard", None, None), Ok(Standard::new().into()));

    let fails = |text: &str, iops, throughput, message: &str| {
        assert_eq!(of(text, iops, throughput).unwrap_err().to_string(), message);
    };
    for provisioned in ["io1", "io2"] {
        fails(provisioned, None, None, &format!("volume type `{provisioned}` requires IOPS"));
        let message = "throughput cannot be set for volume type `_`; omit it, or use `gp3`";
        fails(provisioned, Some(100), Some(250), &message.replace('_', provisioned));
    }
    for plain in ["gp2", "st1", "sc1", "standard"] {
        let message = "IOPS cannot be set for volume type `_`; omit them, or use `gp3`";
        fails(plain, Some(0), None, &message.replace('_', plain));
        let message = "throughput cannot be set for volume type `_`; omit it, or use `gp3`";
        fails(plain, None, Some(125), &message.replace('_', plain));
    }
    // As strict as the parser, with its error.
    for unknown in ["GP3", "gp4", ""] {
        let error = VolumeType::parse_known(unknown).unwrap_err();
        assert_eq!(of(unknown, Some(1), Some(1)), Err(InvalidVolumeType::Unknown(error)));
    }
}

#[test]
fn a_boot_mode_from_data_is_the_typed_one_or_an_error() {
    let (tpm, data) = (Some(TpmSupport::V2_0), Some(UefiData::from_bytes(b"AMZNUEFI")));
    let of = |text: &str, tpm: &Option<TpmSupport>, data: &Option<UefiData>| {
        Boot::new(BootMode::from(text), tpm.clone(), data.clone())
    };
    let stored = data.clone().unwrap();
    assert_eq!(of("legacy-bios", &None, &None), Ok(LegacyBios::new().into()));
    assert_eq!(of("uefi", &None, &None), Ok(Uefi::new().into()));
    assert_eq!(of("uefi", &tpm, &data), Ok(Uefi::new().tpm_support(TpmSupport::V2_0).uefi_data(stored.clone()).into()));
    assert_eq!(of("uefi-preferred", &None, &data), Ok(UefiPreferred::new().uefi_data(stored).into()));

    for mode in [BootMode::LEGACY_BIOS, BootMode::UEFI_PREFERRED] {
        let error = of(mode.as_str(), &tpm, &None).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("boot mode `{mode}` does not support a TPM; use `uefi`, or omit the TPM")
        );
    }
    assert_eq!(
        of("legacy-bios", &None, &data).unwrap_err().to_string(),
        "boot mode `legacy-bios` does not support UEFI data; use `uefi`, or omit the data"
    );
    let unknown = BootMode::parse_known("bios").unwrap_err();
    assert_eq!(of("bios", &tpm, &data), Err(InvalidBoot::Unknown(unknown)));
}

#[test]
fn values_that_are_missing_change_nothing() {
    let tags: [(&str, &str); 0] = [];
    let missing = start().tags(tags).optional(None::<&str>, RegisterImage::description);
    assert_eq!(missing, start());
    let volume = SnapshotVolume::new("snap-1").optional(None, SnapshotVolume::size_gib);
    assert_eq!(volume, SnapshotVolume::new("snap-1"));
    assert_eq!(EmptyVolume::new(8).optional(None, EmptyVolume::encrypted), EmptyVolume::new(8));

    let present = start().tags([("a", "1"), ("b", "2")]).optional(Some("it"), RegisterImage::description);
    assert_eq!(present, start().tag("a", "1").tag("b", "2").description("it"));
    let volume = EmptyVolume::new(8).optional(Some(false), EmptyVolume::encrypted);
    assert_eq!(volume, EmptyVolume::new(8).encrypted(false));
    assert_eq!(RegisterImageRequest::from(present.clone()), present.build());
}
