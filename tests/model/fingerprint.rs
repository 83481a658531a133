//! The fingerprint of a request, and the markers that contain it.

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::model::Fingerprint;
use ec2_register_image::wire::query;
use proptest::prelude::*;

use crate::support::{cases, read, request};

#[test]
fn the_fingerprint_is_the_sha_256_of_the_body() {
    // Computed with Python's hashlib. The lengths are those around the end of a block of 64 bytes: 52, 55, 56, 63 and 64; and more blocks.
    for (length, expected) in [
        (0, "9f3622baa67e7b10c511cae9ffe43430338f189d8916404b3d956a373e238bc7"),
        (3, "0088dd505b166f9828252a2b622bd6406b7c0d2b2fce5d40b223e69e754fbe7b"),
        (4, "6d76cb6cf2946b07035ea8eed8548e8d162446c73e89826aa1801abd79f8bf0e"),
        (11, "2e24ba0d267d3a538d4242523f36d4d7f47d1b2176de5def4a660e407866dc17"),
        (12, "e7cfe46a347f93bcaa557d1a5901bda9f5d08fbcb0dd1299e7d3667867a83dae"),
        (1000, "06628b9885387860dd1ae047ee6b2319865290e9f6700859e62a4bcc965a6a94"),
    ] {
        let request = read(&format!(r#"{{"Description": "{}"}}"#, "a".repeat(length)));
        assert_eq!(request.fingerprint().to_string(), expected, "{length}");
    }
}

#[test]
fn everything_counts_except_tags_and_dry_run() {
    let plain = read(r#"{"Name": "web", "UefiData": "QQ=="}"#).fingerprint();
    let tagged = r#"{"Name": "web", "UefiData": "QQ==", "DryRun": true, "TagSpecifications": [{"ResourceType": "image",
        "Tags": [{"Key": "k", "Value": "v"}]}]}"#;
    assert_eq!(read(tagged).fingerprint(), plain);
    for other in [
        r#"{"Name": "web", "UefiData": "QQ"}"#,
        r#"{"Name": "web"}"#,
        r#"{"Name": "web2", "UefiData": "QQ=="}"#,
        r#"{"Name": "web", "UefiData": "QQ==", "Description": ""}"#,
    ] {
        assert_ne!(read(other).fingerprint(), plain, "{other}");
    }
}

#[test]
fn a_fingerprint_is_64_digits_in_lower_case() {
    let fingerprint = read("{}").fingerprint();
    let text = fingerprint.to_string();
    assert_eq!(text.parse(), Ok(fingerprint));
    assert_eq!(fingerprint.as_bytes()[0], u8::from_str_radix(&text[..2], 16).unwrap());
    assert_eq!(serde_json::from_str::<Fingerprint>(&format!("{text:?}")).unwrap(), fingerprint);
    for wrong in
        ["", &text[1..], &text[2..], &format!("{text}00"), &text.to_uppercase(), &text.replacen(&text[..1], "g", 1)]
    {
        assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
    }
}

#[test]
fn a_content_marker_replaces_a_tag_of_its_key() {
    let mut request = read(
        r#"{"Name": "web", "TagSpecifications": [{"ResourceType": "snapshot", "Tags": []}, {"ResourceType": "image",
            "Tags": [{"Key": "build", "Value": "old"}, {"Key": "team", "Value": "infra"}]}]}"#,
    );
    request.add_content_marker("build", "1");
    request.add_content_marker("build", "2");
    let expected = format!(
        r#"[{{"ResourceType":"snapshot","Tags":[]}},{{"ResourceType":"image","Tags":[{{"Key":"team","Value":"infra"}},{{"Key":"build","Value":"2@sha256:{}"}}]}}]"#,
        request.fingerprint()
    );
    assert_eq!(serde_json::to_string(&request.tag_specifications).unwrap(), expected);
}

#[test]
fn the_fingerprints_of_the_bodies_that_the_official_sdk_sends() {
    // Computed with Python's hashlib from the column `query`, without the two parameters; exclusive or of all digests.
    let expected = "27422f2a335c840e5e6b8136c512df9463b9b42395760a933f2d0490918e8948";
    let digests = cases().into_iter().map(|case| *case.request.fingerprint().as_bytes());
    let all = digests.fold([0; 32], |all, digest| std::array::from_fn(|at| all[at] ^ digest[at]));
    assert_eq!(all.map(|byte: u8| format!("{byte:02x}")).concat(), expected);
}

proptest! {
    #[test]
    fn tags_and_dry_run_do_not_count(request in request(), other in request()) {
        let content = |mut request: RegisterImageRequest| {
            request.tag_specifications = None;
            request.dry_run = None;
            request
        };
        prop_assert_eq!(request.fingerprint(), content(request.clone()).fingerprint());
        let (one, two) = (request.fingerprint(), other.fingerprint());
        let body = |request| query::encode_unchecked(&content(request)).as_str().to_owned();
        prop_assert_eq!(one == two, body(request) == body(other));
    }
}
