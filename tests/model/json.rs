//! The AWS CLI's JSON.

use ec2_register_image::RegisterImageRequest;
use proptest::prelude::*;

use crate::support::cases;

#[track_caller]
fn refuses(json: &str, message: &str) {
    assert_eq!(serde_json::from_str::<RegisterImageRequest>(json).unwrap_err().to_string(), message);
}

#[track_caller]
fn keeps(json: &str) {
    let request: RegisterImageRequest = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&request).unwrap(), json);
}

#[test]
fn absent_empty_false_and_zero_are_kept_apart() {
    keeps("{}");
    keeps(r#"{"ImageLocation":"","DryRun":false,"Name":"","Description":"","EnaSupport":false}"#);
    keeps(r#"{"BillingProducts":[],"TagSpecifications":[],"BlockDeviceMappings":[]}"#);
    keeps(r#"{"TagSpecifications":[{}],"BlockDeviceMappings":[{},{"Ebs":{}},{"Ebs":{"Iops":0}},{"NoDevice":""}]}"#);
    keeps(r#"{"TagSpecifications":[{"Tags":[]},{"Tags":[{},{"Key":""},{"Value":""}]}]}"#);
}

#[test]
fn unknown_values_are_kept_to_the_letter() {
    keeps(r#"{"BootMode":"UEFI","Architecture":"aarch64","VirtualizationType":""}"#);
    keeps(r#"{"BlockDeviceMappings":[{"Ebs":{"VolumeType":"gp4"}}]}"#);
}

#[test]
fn mistakes_are_refused_with_line_and_column() {
    refuses(
        "{\n  \"Nmae\": \"web\"\n}",
        "unknown field `Nmae`, expected one of `ImageLocation`, `BillingProducts`, `BootMode`, `TpmSupport`, `UefiData`, \
         `ImdsSupport`, `TagSpecifications`, `DryRun`, `Name`, `Description`, `Architecture`, `KernelId`, `RamdiskId`, \
         `RootDeviceName`, `BlockDeviceMappings`, `VirtualizationType`, `SriovNetSupport`, `EnaSupport` at line 2 column 8",
    );
    // Names are told by case, as the AWS CLI tells them.
    assert!(serde_json::from_str::<RegisterImageRequest>(r#"{"name": "web"}"#).is_err());
    refuses("{\"Name\": \"a\",\n\"Name\": \"a\"}", "duplicate field `Name` at line 2 column 6");
    refuses(
        r#"{"BlockDeviceMappings": [{"Ebs": {"Iops": 1, "Iops": 1}}]}"#,
        "duplicate field `Iops` at line 1 column 51",
    );
    refuses(r#"{"Name": null}"#, "invalid type: null, expected a string at line 1 column 13");
    refuses(r#"{"DryRun": null}"#, "invalid type: null, expected a boolean at line 1 column 15");
    refuses(
        r#"{"BlockDeviceMappings": [{"Ebs": null}]}"#,
        "invalid type: null, expected an object with the members of EbsBlockDevice at line 1 column 37",
    );
    refuses(r#"{"BillingProducts": [null]}"#, "invalid type: null, expected a string at line 1 column 25");
    refuses(
        r#"{"BlockDeviceMappings": [{"Ebs": {"VolumeSize": 2147483648}}]}"#,
        "invalid value: integer `2147483648`, expected i32 at line 1 column 58",
    );
    refuses(
        r#"{"BlockDeviceMappings": [{"Ebs": {"VolumeSize": -2147483649}}]}"#,
        "invalid value: integer `-2147483649`, expected i32 at line 1 column 59",
    );
    refuses(
        r#"{"BlockDeviceMappings": [{"Ebs": {"VolumeSize": 8.0}}]}"#,
        "invalid type: floating point `8.0`, expected i32 at line 1 column 51",
    );
    refuses(
        r#"{"BlockDeviceMappings": [{"Ebs": {"VolumeSize": "8"}}]}"#,
        "invalid type: string \"8\", expected i32 at line 1 column 51",
    );
    refuses(r#"{"DryRun": "true"}"#, "invalid type: string \"true\", expected a boolean at line 1 column 17");
    refuses(r#"{"Name": "web"} x"#, "trailing characters at line 1 column 17");
    refuses(r#"{"Name": "web""#, "EOF while parsing an object at line 1 column 14");
}

#[test]
fn a_list_is_no_structure() {
    refuses(
        r#"{"BlockDeviceMappings": [[]]}"#,
        "invalid type: sequence, expected an object with the members of BlockDeviceMapping at line 1 column 27",
    );
    refuses(
        "[]",
        "invalid type: sequence, expected an object with the members of RegisterImageRequest at line 1 column 2",
    );
}

#[test]
fn errors_do_not_repeat_uefi_data() {
    for json in [
        r#"{"UefiData": "c2VjcmV0", "UefiData": "c2VjcmV0"}"#,
        r#"{"UefiData": ["c2VjcmV0"]}"#,
        r#"{"UefiData": {"c2VjcmV0": "c2VjcmV0"}}"#,
        r#"{"UefiData": "c2VjcmV0", "Oops": 1}"#,
        r#"{"UefiData": "c2VjcmV0"#,
        r#""{\"UefiData\": \"c2VjcmV0\"}""#,
        r#"{"BlockDeviceMappings": [{"Ebs": "c2VjcmV0"}]}"#,
    ] {
        let error = serde_json::from_str::<RegisterImageRequest>(json).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("c2VjcmV0"), "{error}");
    }
}

#[test]
fn an_unknown_name_is_cut_and_escaped() {
    let error = serde_json::from_str::<RegisterImageRequest>(r#"{"\u001b]0;pwn\u0007": 1}"#).unwrap_err().to_string();
    assert!(error.starts_with(r"unknown field `\u{1b}]0;pwn\u{7}`, expected one of"), "{error}");
    let long = format!(r#"{{"{}": 1}}"#, "x".repeat(100));
    let error = serde_json::from_str::<RegisterImageRequest>(&long).unwrap_err().to_string();
    assert!(error.starts_with(&format!("unknown field `{}`, expected", "x".repeat(40))), "{error}");
}

#[test]
fn the_cli_skeleton_is_read() {
    let request: RegisterImageRequest = serde_json::from_str(include_str!("../fixtures/cli-skeleton.json")).unwrap();
    assert_eq!(request.dry_run, Some(true));
    assert_eq!(request.name.unwrap(), "");
    assert_eq!(request.block_device_mappings.unwrap().len(), 1);
}

#[test]
fn every_case_is_read_and_written_back_the_same() {
    for case in cases() {
        let json = serde_json::to_string(&case.request).unwrap();
        assert_eq!(serde_json::from_str::<RegisterImageRequest>(&json).unwrap(), case.request, "{}", case.id);
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(request in crate::support::request()) {
        let json = serde_json::to_vec(&request).unwrap();
        prop_assert_eq!(serde_json::from_slice::<RegisterImageRequest>(&json).unwrap(), request);
    }

    #[test]
    fn no_text_panics(json in ".{0,200}") {
        let _ = serde_json::from_str::<RegisterImageRequest>(&json);
    }
}
