//! Documents that are facts, and documents that are not.

use ec2_register_image::Facts;
use ec2_register_image::types::SnapshotId;

/// Documents, each with the facts that it has, as a document of facts.
const ACCEPTED: &[(&str, &str)] = &[
    // Lists.
    (
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "State": "completed", "OwnerId": "1"}], "ResponseMetadata": {}}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "State": "completed", "OwnerId": "1"}], "SnapshotsComplete": null}"#,
    ),
    (
        r#"{"NextToken": "a", "Snapshots": [{"SnapshotId": "snap-1"}]}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-1"}], "SnapshotsComplete": false}"#,
    ),
    (
        r#"{"Images": [{"ImageId": "ami-1", "Platform": "windows"}], "NextToken": "a"}"#,
        r#"{"Images": [{"ImageId": "ami-1"}], "ImagesComplete": false}"#,
    ),
    (r#"{"Images": [], "Reservations": [{"InstanceId": "i-1"}], "InstanceId": "i-1"}"#, r#"{"Images": []}"#),
    (r#"{"Snapshots": null}"#, r#"{"Region": null}"#),
    // Single items.
    (
        r#"{"SnapshotId": "snap-1", "OwnerId": "2", "KmsKeyId": "theirs", "Encrypted": true, "Region": "us-east-1",
        "Platform": "windows", "VolumeId": "vol-1", "State": "pending", "VolumeSize": 8, "Progress": "0%", "Tags": []}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "2", "KmsKeyId": "theirs", "Encrypted": true,
            "State": "pending", "VolumeSize": 8, "Progress": "0%"}], "SnapshotsComplete": null}"#,
    ),
    (
        r#"{"OwnerId": "2", "ImageId": "ami-1", "Platform": "windows", "State": "available", "Name": "web",
        "KmsKeyId": "theirs", "Region": "us-east-1", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda"}]}"#,
        r#"{"Images": [{"ImageId": "ami-1", "OwnerId": "2", "State": "available", "Name": "web",
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda"}]}], "ImagesComplete": null}"#,
    ),
    (
        r#"{"SnapshotId": "snap-1", "ProductCodes": []}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "ProductCodes": []}], "SnapshotsComplete": null}"#,
    ),
    (r#"{"ImageId": "ami-1"}"#, r#"{"Images": [{"ImageId": "ami-1"}], "ImagesComplete": null}"#),
    (
        r#"[{"SnapshotId": "snap-1", "OwnerId": "1"}, {"ImageId": "ami-1", "OwnerId": "2"}]"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "1"}], "SnapshotsComplete": null,
            "Images": [{"ImageId": "ami-1", "OwnerId": "2"}], "ImagesComplete": null}"#,
    ),
    (
        r#"{"SnapshotId": "snap-1", "OwnerId": "2", "EbsEncryptionByDefault": true, "Snapshots": [{"SnapshotId": "snap-2"}]}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-2"}, {"SnapshotId": "snap-1", "OwnerId": "2"}],
            "EbsEncryptionByDefault": true}"#,
    ),
    // The account.
    (r#"{"UserId": "AIDA", "Account": "1", "Arn": "arn:aws:iam::1:user/a"}"#, r#"{"OwnerId": "1"}"#),
    (r#"{"EbsEncryptionByDefault": true, "SseType": "sse-ebs"}"#, r#"{"EbsEncryptionByDefault": true}"#),
    (r#"{"KmsKeyId": "alias/aws/ebs"}"#, r#"{"DefaultKmsKeyId": "alias/aws/ebs"}"#),
    (r#"{"Region": "us-east-1", "Later": [{"snapshots": []}]}"#, r#"{"Region": "us-east-1"}"#),
    // Recordings, with their members in either order.
    (
        r#"{"status_code": 200, "data": {"ResponseMetadata": {"HTTPStatusCode": 200}, "Account": "1"}}"#,
        r#"{"OwnerId": "1"}"#,
    ),
    (
        r#"{"data": {"Snapshots": [{"SnapshotId": "snap-1"}], "NextToken": "a"}, "status_code": 200}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-1"}], "SnapshotsComplete": false}"#,
    ),
    (
        r#"{"status_code": 200, "Region": "us-east-1", "data": {"Images": []}}"#,
        r#"{"Region": "us-east-1", "Images": []}"#,
    ),
    (r#"{"OwnerId": "1", "Name": "builds", "Description": "", "Tags": []}"#, r#"{"OwnerId": "1"}"#),
    (r#"{"data": [1, {"Images": 5}, null], "status_code": 503, "Region": "us-east-1"}"#, r#"{"Region": "us-east-1"}"#),
    // Empty text is unknown.
    (
        r#"{"Region": "", "OwnerId": "", "Account": "1", "DefaultKmsKeyId": "", "KmsKeyId": "b", "Platform": ""}"#,
        r#"{"OwnerId": "1", "DefaultKmsKeyId": "b"}"#,
    ),
    (
        r#"{"SnapshotId": "snap-1", "OutpostArn": "", "KmsKeyId": "", "OwnerId": "", "StorageTier": "", "State": "",
        "RestoreExpiryTime": "", "ProductCodes": [{"ProductCodeId": "", "ProductCodeType": "marketplace"}]}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "ProductCodes": [{"ProductCodeType": "marketplace"}]}],
            "SnapshotsComplete": null}"#,
    ),
    (
        r#"{"Images": [{"ImageId": "ami-1", "Name": "", "BootMode": "", "StateReason": {"Code": "", "Message": "a"},
        "BlockDeviceMappings": [{"DeviceName": "", "Ebs": {"OutpostArn": ""}}, {"NoDevice": ""}]}]}"#,
        r#"{"Images": [{"ImageId": "ami-1", "StateReason": {"Message": "a"},
        "BlockDeviceMappings": [{"Ebs": {}}, {"NoDevice": ""}]}]}"#,
    ),
];

/// Documents that are not facts, each with the start of the reason.
const REJECTED: &[(&str, &str)] = &[
    ("{}", "the document has no known member"),
    (r#"{"Reservations": []}"#, "the document has no known member"),
    (r#"{"NextToken": "a"}"#, "the document has no known member"),
    (r#"{"ResponseMetadata": {"HTTPStatusCode": 200}}"#, "the document has no known member"),
    (r#"{"Name": "web", "Architecture": "arm64", "BlockDeviceMappings": []}"#, "the document has no known member"),
    (r#"{"Snaps": []}"#, "the document has no known member"),
    ("null", "invalid type: null"),
    ("true", "invalid type: boolean"),
    (r#""snap-1""#, "invalid type: string"),
    ("[]", "invalid type: sequence"),
    (r#"["snap-1"]"#, "invalid type: string"),
    (r#"[{"State": "completed"}]"#, "an item has neither `SnapshotId` nor `ImageId`"),
    (r#"[{"SnapshotId": null}]"#, "missing field `SnapshotId`"),
    // Misspelled members, alone and next to known ones.
    (
        r#"{"EbsEncryptionByDefualt": true}"#,
        "unknown member `EbsEncryptionByDefualt`; did you mean `EbsEncryptionByDefault`?",
    ),
    (
        r#"{"Region": "us-east-1", "EncryptionByDefault": true}"#,
        "unknown member `EncryptionByDefault`; did you mean `EbsEncryptionByDefault`?",
    ),
    (r#"{"snapshots": [], "Images": []}"#, "unknown member `snapshots`; did you mean `Snapshots`?"),
    (r#"{"Images": [], "Snapshot": {}}"#, "unknown member `Snapshot`; did you mean `Snapshots`?"),
    (r#"{"Image": {}}"#, "unknown member `Image`; did you mean `Images`?"),
    (r#"{"Imaegs": []}"#, "unknown member `Imaegs`; did you mean `Images`?"),
    (r#"{"ownerId": "1"}"#, "unknown member `ownerId`; did you mean `OwnerId`?"),
    (r#"{"OwnerID": "1"}"#, "unknown member `OwnerID`; did you mean `OwnerId`?"),
    (r#"{"owner_id": "1"}"#, "unknown member `owner_id`; did you mean `OwnerId`?"),
    (r#"{"Accounts": []}"#, "unknown member `Accounts`; did you mean `Account`?"),
    (r#"{"Regions": []}"#, "unknown member `Regions`; did you mean `Region`?"),
    (r#"{"EbsDefaultKmsKeyId": "a"}"#, "unknown member `EbsDefaultKmsKeyId`; did you mean `DefaultKmsKeyId`?"),
    (r#"{"Images": [], "AccountId": "1"}"#, "unknown member `AccountId`; did you mean `Account`?"),
    (r#"{"Images": [], "Owner": "1"}"#, "unknown member `Owner`; did you mean `OwnerId`?"),
    (r#"{"Images": [], "KmsKey": "a"}"#, "unknown member `KmsKey`; did you mean `KmsKeyId`?"),
    (r#"{"KmsKeyID": "a"}"#, "unknown member `KmsKeyID`; did you mean `KmsKeyId`?"),
    (r#"{"Images": [], "nextToken": "a"}"#, "unknown member `nextToken`; did you mean `NextToken`?"),
    (r#"{"status_code": 200, "data": {"snapshots": []}}"#, "unknown member `snapshots`; did you mean `Snapshots`?"),
    // Responses without success.
    (
        r#"{"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}"#,
        "the document is an error response: UnauthorizedOperation",
    ),
    (r#"{"Error": {"Message": "no"}, "Snapshots": []}"#, "the document is an error response"),
    (
        r#"{"status_code": 403, "data": {"Error": {"Code": "UnauthorizedOperation"}, "ResponseMetadata": {}}}"#,
        "the document is an error response: UnauthorizedOperation",
    ),
    (
        r#"{"status_code": 200, "data": {"Error": {"Code": "RequestLimitExceeded"}}}"#,
        "the document is an error response: RequestLimitExceeded",
    ),
    (r#"{"status_code": 503, "data": {"Snapshots": []}}"#, "the recorded response has status 503"),
    (r#"{"status_code": 503, "data": {"Images": []}, "Region": "us-east-1"}"#, "the recorded response has status 503"),
    (
        r#"{"Images": [], "data": {"Error": {"Code": "AuthFailure"}}, "status_code": 401}"#,
        "the document is an error response: AuthFailure",
    ),
    (r#"{"status_code": "a", "data": {"Snapshots": []}}"#, "the recorded response has status \"a\""),
    (r#"{"status_code": 200, "data": {}}"#, "the document has no known member"),
    (r#"{"status_code": 200, "data": []}"#, "the document has no known member"),
    (r#"{"data": {"Snapshots": []}}"#, "the document has no known member"),
    // Items without their ID, and things that are neither.
    (r#"{"Snapshots": [{"SnapshotId": ""}]}"#, "a snapshot has an empty `SnapshotId`"),
    (r#"{"Images": [{"ImageId": ""}]}"#, "an image has an empty `ImageId`"),
    (r#"{"SnapshotId": "", "OwnerId": "2"}"#, "missing field `SnapshotId`"),
    (r#"{"ImageId": null, "Platform": "windows"}"#, "missing field `ImageId`"),
    (r#"{"SnapshotId": "snap-1", "VolumeSize": "8"}"#, "invalid type: string \"8\", expected i32"),
    (r#"{"SnapshotId": "snap-1", "ImageId": "ami-1"}"#, "the document has both `SnapshotId` and `ImageId`"),
    (r#"{"OwnerId": "2", "VolumeSize": 8}"#, "the document is not about the account"),
    (r#"{"KmsKeyId": "theirs", "Encrypted": true}"#, "the document is not about the account"),
    (r#"{"Platform": "windows", "Architecture": "x86_64"}"#, "the document is not about the account"),
    (r#"{"OwnerId": "2", "State": "completed"}"#, "the document is not about the account"),
    (r#"{"KmsKeyId": "theirs", "StartTime": "2026-01-01T00:00:00Z"}"#, "the document is not about the account"),
    (r#"{"Platform": "windows", "ImageLocation": "amazon/web"}"#, "the document is not about the account"),
    (r#"{"OwnerId": "2", "OwnerAlias": "amazon"}"#, "the document is not about the account"),
    (
        r#"{"SnapshotId": "snap-1", "VolumeId": "vol-1", "VolumeType": "gp3", "State": "in-use", "Size": 9}"#,
        "the document is not about the account, nor a snapshot or image with its ID: it has `VolumeType`",
    ),
    (
        r#"{"DeleteOnTermination": true, "SnapshotId": "snap-1", "VolumeSize": 9}"#,
        "the document is not about the account",
    ),
    (r#"{"InstanceId": "i-1", "ImageId": "ami-1"}"#, "the document is not about the account"),
];

#[test]
fn documents_that_are_facts() {
    for (document, expected) in ACCEPTED {
        let facts = serde_json::from_str::<Facts>(document).unwrap_or_else(|error| panic!("{error} in {document}"));
        assert_eq!(facts, serde_json::from_str(expected).unwrap(), "{document}");
        let cached = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&cached).unwrap(), facts, "{cached}");
    }
}

#[test]
fn documents_that_are_not_facts() {
    for (document, reason) in REJECTED {
        let error = serde_json::from_str::<Facts>(document).expect_err(document).to_string();
        assert!(error.starts_with(reason), "{error} in {document}");
    }
}

/// Members that EC2 returns next to known ones are not misspellings of them.
#[test]
fn no_member_of_a_response_is_a_near_miss() {
    for name in [
        // Of snapshots.
        "OwnerAlias",
        "OutpostArn",
        "Tags",
        "StorageTier",
        "RestoreExpiryTime",
        "SseType",
        "AvailabilityZone",
        "TransferType",
        "CompletionDurationMinutes",
        "CompletionTime",
        "FullSnapshotSizeInBytes",
        "VolumeId",
        "State",
        "StateMessage",
        "StartTime",
        "Progress",
        "Description",
        "VolumeSize",
        "Encrypted",
        "DataEncryptionKeyId",
        "CreateVolumePermissions",
        "SnapshotTierStatuses",
        // Of images.
        "PlatformDetails",
        "UsageOperation",
        "BlockDeviceMappings",
        "EnaSupport",
        "Hypervisor",
        "ImageOwnerAlias",
        "Name",
        "RootDeviceName",
        "RootDeviceType",
        "SriovNetSupport",
        "StateReason",
        "VirtualizationType",
        "BootMode",
        "TpmSupport",
        "DeprecationTime",
        "ImdsSupport",
        "SourceInstanceId",
        "DeregistrationProtection",
        "LastLaunchedTime",
        "ImageAllowed",
        "SourceImageId",
        "SourceImageRegion",
        "FreeTierEligible",
        "ImageLocation",
        "CreationDate",
        "Public",
        "Architecture",
        "ImageType",
        "KernelId",
        "RamdiskId",
        // Of responses.
        "UserId",
        "Arn",
        "ResponseMetadata",
        "Return",
        "Volumes",
        "Reservations",
    ] {
        for value in ["null", "\"\"", "[]", "{}", "1"] {
            let document = format!(r#"{{"EbsEncryptionByDefault": true, "{name}": {value}}}"#);
            let facts =
                serde_json::from_str::<Facts>(&document).unwrap_or_else(|error| panic!("{error} in {document}"));
            assert_eq!(facts.ebs_encryption_by_default(), Some(true), "{document}");
        }
    }
}

#[test]
fn what_a_list_proves() {
    let id = SnapshotId::from("snap-9");
    let has = |documents: &[&str]| {
        let facts: Facts = documents.iter().map(|json| serde_json::from_str::<Facts>(json).unwrap()).collect();
        facts.has_snapshot(&id)
    };
    let of_two =
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "1"}, {"SnapshotId": "snap-2", "OwnerId": "2"}]}"#;
    let page = r#"{"Snapshots": [{"SnapshotId": "snap-1"}], "NextToken": "a"}"#;
    let own = r#"{"Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "1"}]}"#;
    let it = r#"{"SnapshotId": "snap-9"}"#;
    let missing = r#"{"MissingSnapshots": ["snap-9"]}"#;
    assert_eq!(has(&[of_two]), Some(false));
    assert_eq!(has(&[of_two, own]), Some(false));
    assert_eq!(has(&[own, it]), Some(true));
    for unknown in [&[page][..], &[own], &[page, of_two], &[of_two, page], &[missing, it, own]] {
        assert_eq!(has(unknown), if unknown.contains(&it) { Some(true) } else { None }, "{unknown:?}");
    }
    // The later document counts.
    assert_eq!(has(&[missing]), Some(false));
    assert_eq!(has(&[it, missing]), Some(false));
    assert_eq!(has(&[missing, it]), Some(true));
}
