//! The SDK's outputs as facts: what the SDK reads is what the library reads.

mod support;

use aws_sdk_ec2::operation::describe_images::DescribeImagesOutput;
use aws_sdk_ec2::operation::describe_snapshots::DescribeSnapshotsOutput;
use aws_sdk_ec2::types::Snapshot as SdkSnapshot;
use ec2_register_image::model::Image;
use ec2_register_image::wire::{images, snapshots};
use ec2_register_image::{Facts, RegisterImageRequest, Validator};
use ec2_register_image_sdk::{ToFacts as _, image, snapshot};
use http::Response;
use proptest::prelude::*;
use support::{runtime, stub};

const IMAGES: &str = include_str!("../../tests/fixtures/images.xml");

fn ok(body: &str) -> Response<Vec<u8>> {
    Response::new(body.as_bytes().to_vec())
}

fn described_images(body: &str) -> DescribeImagesOutput {
    runtime().block_on(stub(ok(body)).0.describe_images().send()).unwrap()
}

fn described_snapshots(body: &str) -> DescribeSnapshotsOutput {
    runtime().block_on(stub(ok(body)).0.describe_snapshots().send()).unwrap()
}

fn read(json: &str) -> Facts {
    serde_json::from_str(json).unwrap()
}

#[test]
fn an_image_is_that_of_the_xml_and_of_the_aws_cli() {
    let output = described_images(IMAGES);
    let converted: Vec<Image> = output.images().iter().filter_map(image).collect();
    assert_eq!(converted, images::decode_response(&ok(IMAGES)).unwrap());
    assert_eq!(output.to_facts(), read(include_str!("../../tests/fixtures/images.json")));
}

/// A value of an element.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![Just("true".into()), Just("8".into()), Just("gp3".into()), "[a-z0-9:/. -]{0,12}", Just("ü &lt;".into())]
}

/// Elements of an image or of its parts, most of which the library has.
fn element(names: &'static [(&'static str, &'static str)]) -> impl Strategy<Value = Vec<String>> {
    let typed = |kind: &str| match kind {
        "number" => (0..10_000).prop_map(|number: i32| number.to_string()).boxed(),
        // The SDK writes a time anew, so only this form survives as it is.
        "time" => (1..29).prop_map(|day: i32| format!("2026-11-{day:02}T10:00:00Z")).boxed(),
        "flag" => any::<bool>().prop_map(|flag| flag.to_string()).boxed(),
        _ => value().boxed(),
    };
    let all: Vec<_> = names
        .iter()
        .map(|(name, kind)| proptest::option::of(typed(kind).prop_map(move |text| format!("<{name}>{text}</{name}>"))))
        .collect();
    all.prop_map(|elements| elements.into_iter().flatten().collect())
}

fn an_image() -> impl Strategy<Value = String> {
    let members = element(&[
        ("name", ""),
        ("imageOwnerId", ""),
        ("imageState", ""),
        ("sourceImageId", ""),
        ("sourceInstanceId", ""),
        ("description", ""),
        ("architecture", ""),
        ("virtualizationType", ""),
        ("rootDeviceType", ""),
        ("rootDeviceName", ""),
        ("kernelId", ""),
        ("ramdiskId", ""),
        ("bootMode", ""),
        ("tpmSupport", ""),
        ("imdsSupport", ""),
        ("enaSupport", "flag"),
        ("sriovNetSupport", ""),
        ("imageLocation", ""),
        ("creationDate", ""),
        ("platformDetails", ""),
        ("hypervisor", ""),
        ("isPublic", "flag"),
        ("usageOperation", ""),
    ]);
    let ebs = element(&[
        ("deleteOnTermination", "flag"),
        ("iops", "number"),
        ("snapshotId", ""),
        ("volumeSize", "number"),
        ("volumeType", ""),
        ("throughput", "number"),
        ("outpostArn", ""),
        ("encrypted", "flag"),
        ("kmsKeyId", ""),
    ]);
    let mapping = element(&[("deviceName", ""), ("virtualName", ""), ("noDevice", "")]);
    let tag = element(&[("key", ""), ("value", "")]);
    let code = element(&[("productCode", ""), ("type", "")]);
    let reason = element(&[("code", ""), ("message", "")]);
    (members, ebs, mapping, tag, code, reason).prop_map(|(members, ebs, mapping, tag, code, reason)| {
        let [members, ebs, mapping, tag, code, reason] =
            [members, ebs, mapping, tag, code, reason].map(|it| it.concat());
        format!(
            "<item><imageId>ami-0123456789abcdef0</imageId>{members}<stateReason>{reason}</stateReason>\
             <blockDeviceMapping><item>{mapping}<ebs>{ebs}</ebs></item></blockDeviceMapping>\
             <tagSet><item>{tag}</item></tagSet><productCodes><item>{code}</item></productCodes></item>"
        )
    })
}

fn a_snapshot() -> impl Strategy<Value = String> {
    let members = element(&[
        ("volumeId", ""),
        ("status", ""),
        ("statusMessage", ""),
        ("startTime", "time"),
        ("progress", ""),
        ("ownerId", ""),
        ("volumeSize", "number"),
        ("description", ""),
        ("encrypted", "flag"),
        ("kmsKeyId", ""),
        ("storageTier", ""),
        ("restoreExpiryTime", "time"),
        ("outpostArn", ""),
        ("ownerAlias", ""),
        ("availabilityZone", ""),
    ]);
    members
        .prop_map(|members| format!("<item><snapshotId>snap-0123456789abcdef0</snapshotId>{}</item>", members.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_image_is_that_of_the_library(items in proptest::collection::vec(an_image(), 0..3)) {
        let body = format!("<DescribeImagesResponse><imagesSet>{}</imagesSet></DescribeImagesResponse>", items.concat());
        let output = described_images(&body);
        let converted: Vec<Image> = output.images().iter().filter_map(image).collect();
        prop_assert_eq!(converted, images::decode_response(&ok(&body)).unwrap(), "{}", body);
    }

    #[test]
    fn any_snapshot_is_that_of_the_library(items in proptest::collection::vec(a_snapshot(), 0..3)) {
        let body = format!("<DescribeSnapshotsResponse><snapshotSet>{}</snapshotSet></DescribeSnapshotsResponse>", items.concat());
        let output = described_snapshots(&body);
        let converted: Vec<_> = output.snapshots().iter().filter_map(snapshot).collect();
        prop_assert_eq!(converted, snapshots::decode_response(&ok(&body)).unwrap().items, "{}", body);
    }
}

#[test]
fn a_snapshot_is_that_of_the_aws_cli() {
    let output = described_snapshots(
        "<DescribeSnapshotsResponse><requestId>r-1</requestId><snapshotSet><item><snapshotId>snap-0123456789abcdef0</snapshotId>\
         <volumeId>vol-0123456789abcdef0</volumeId><status>pending</status><startTime>2026-11-20T08:30:00.000Z</startTime>\
         <progress>37%</progress><ownerId>123456789012</ownerId><volumeSize>16</volumeSize><description/>\
         <encrypted>true</encrypted><kmsKeyId>arn:aws:kms:eu-west-1:123456789012:key/0d990263-01d3-4a1c-a4d9-6cfbf12a8b8b\
         </kmsKeyId><storageTier>standard</storageTier><restoreExpiryTime>2026-12-01T10:00:00.000Z</restoreExpiryTime>\
         <outpostArn>arn:aws:outposts:eu-west-1:123456789012:outpost/op-0e0f1a2b3c4d5e6f7</outpostArn></item></snapshotSet>\
         </DescribeSnapshotsResponse>",
    );
    let printed = read(
        r#"{"Snapshots": [{
            "SnapshotId": "snap-0123456789abcdef0", "VolumeId": "vol-0123456789abcdef0", "State": "pending", "Progress": "37%",
            "OwnerId": "123456789012", "VolumeSize": 16, "Description": "", "Encrypted": true,
            "KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/0d990263-01d3-4a1c-a4d9-6cfbf12a8b8b",
            "StorageTier": "standard", "RestoreExpiryTime": "2026-12-01T10:00:00Z",
            "OutpostArn": "arn:aws:outposts:eu-west-1:123456789012:outpost/op-0e0f1a2b3c4d5e6f7"
        }]}"#,
    );
    assert_eq!(output.to_facts(), printed);
}

#[test]
fn a_page_proves_nothing_about_other_items() {
    let item = |id: &str, owner: &str| SdkSnapshot::builder().snapshot_id(id).owner_id(owner).build();
    let all = DescribeSnapshotsOutput::builder()
        .snapshots(item("snap-0123456789abcdef0", "123456789012"))
        .snapshots(item("snap-0123456789abcdef1", "210987654321"));
    let page = all.clone().next_token("a").build().to_facts();
    assert_eq!(page.has_snapshot(&"snap-0123456789abcdef0".into()), Some(true));
    assert_eq!(page.has_snapshot(&"snap-0123456789abcdef2".into()), None);
    assert_eq!(all.build().to_facts().has_snapshot(&"snap-0123456789abcdef2".into()), Some(false));

    let images = DescribeImagesOutput::builder().set_images(Some(vec![]));
    assert!(images.clone().build().to_facts().has_all_images_named(&"web".into()));
    assert!(!images.next_token("a").build().to_facts().has_all_images_named(&"web".into()));
}

#[test]
fn items_without_an_id_are_left_out() {
    assert_eq!(snapshot(&SdkSnapshot::builder().build()), None);
    assert_eq!(snapshot(&SdkSnapshot::builder().snapshot_id("").build()), None);
    let output = DescribeSnapshotsOutput::builder().snapshots(SdkSnapshot::builder().volume_size(8).build()).build();
    assert_eq!(output.to_facts(), read(r#"{"Snapshots": []}"#));
}

#[test]
fn product_codes_and_settings_are_those_of_the_aws_cli() {
    let of = |body: &str| stub(ok(body)).0;
    let codes = runtime().block_on(
        of("<DescribeSnapshotAttributeResponse><snapshotId>snap-0123456789abcdef0</snapshotId><productCodes><item>\
            <productCode>4kbm8w9z</productCode><type>marketplace</type></item></productCodes>\
            </DescribeSnapshotAttributeResponse>")
        .describe_snapshot_attribute()
        .send(),
    );
    assert_eq!(
        codes.unwrap().to_facts(),
        read(
            r#"{"SnapshotId": "snap-0123456789abcdef0",
                "ProductCodes": [{"ProductCodeId": "4kbm8w9z", "ProductCodeType": "marketplace"}]}"#
        )
    );
    let permissions = runtime().block_on(
        of("<DescribeSnapshotAttributeResponse><snapshotId>snap-0123456789abcdef0</snapshotId><createVolumePermission/>\
            </DescribeSnapshotAttributeResponse>")
        .describe_snapshot_attribute()
        .send(),
    );
    assert_eq!(permissions.unwrap().to_facts(), Facts::default());
    let encryption = runtime().block_on(
        of("<GetEbsEncryptionByDefaultResponse><ebsEncryptionByDefault>true</ebsEncryptionByDefault>\
            </GetEbsEncryptionByDefaultResponse>")
        .get_ebs_encryption_by_default()
        .send(),
    );
    assert_eq!(encryption.unwrap().to_facts(), read(r#"{"EbsEncryptionByDefault": true}"#));
    let key = runtime().block_on(
        of("<GetEbsDefaultKmsKeyIdResponse><kmsKeyId>alias/aws/ebs</kmsKeyId></GetEbsDefaultKmsKeyIdResponse>")
            .get_ebs_default_kms_key_id()
            .send(),
    );
    assert_eq!(key.unwrap().to_facts(), read(r#"{"DefaultKmsKeyId": "alias/aws/ebs"}"#));
}

#[test]
fn rules_read_the_facts() {
    let described = SdkSnapshot::builder().snapshot_id("snap-0123456789abcdef0").volume_size(16).build();
    let facts = DescribeSnapshotsOutput::builder().snapshots(described).build().to_facts();
    let request: RegisterImageRequest = serde_json::from_str(
        r#"{"Name": "web", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8}}]}"#,
    )
    .unwrap();
    let report = Validator::new().facts(facts).check(&request);
    assert_eq!(report.errors().next().unwrap().rule().id, "volume-smaller-than-snapshot");
}
