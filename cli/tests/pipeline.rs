//! The library's state machines at the emulator, over real sockets: from a snapshot to an available image, under every fault.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::io;

use ec2_register_image::call::{Call, Outcome};
use ec2_register_image::gather::Gather;
use ec2_register_image::machine::{Failure, Machine as _};
use ec2_register_image::types::ImageState;
use ec2_register_image::wait::{ImageOutcome, SnapshotsOutcome, until_available, until_completed};
use ec2_register_image::wire::{Body, ebs, images, query, snapshots};
use ec2_register_image::{Endpoint, RegisterImageRequest, Validator};
use http::{Request, Response};

#[allow(unused_imports, reason = "the library's tests use more of it")]
#[path = "../../tests/support/mod.rs"]
mod support;

mod emulator;
use emulator::{FakeEc2, response};

const SNAPSHOT: &str = "snap-0123456789abcdef0";

/// Sends a request over a connection of its own.
fn send(server: &FakeEc2, request: &Request<Body>) -> Result<Response<Vec<u8>>, Failure<io::Error>> {
    let cut = |what| Failure::Unclear(io::Error::new(io::ErrorKind::UnexpectedEof, what));
    let headers = format!("Host: {}\r\nContent-Type: {}", server.address, query::CONTENT_TYPE);
    let answer = server.send_with(&headers, request.body().as_str());
    if answer.is_empty() {
        return Err(cut("no response"));
    }
    let response = response(&answer);
    let length: usize = response.headers()["content-length"].to_str().unwrap().parse().unwrap();
    if response.body().len() == length { Ok(response) } else { Err(cut("half a response")) }
}

fn endpoint(server: &FakeEc2) -> Endpoint {
    Endpoint::builder().region("eu-west-1").url(format!("http://{}", server.address)).resolve().unwrap()
}

fn request() -> RegisterImageRequest {
    support::with(
        r#"{"Name": "web", "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "build", "Value": "8c1f"}]}]}"#,
    )
}

/// Registers an image and waits for it; the words for what came of it.
fn register(server: &FakeEc2) -> String {
    let send = |request: Request<Body>| send(server, &request);
    let valid = Validator::new().marker("build").validate(request()).unwrap();
    let mut call = Call::new(valid, endpoint(server)).marker("build").unwrap();
    let outcome = call.run(send, |_| {}, || 0.5);
    let (word, id) = match &outcome {
        Outcome::Registered(image) => ("registered", image.image_id.clone()),
        Outcome::Recovered(image) => ("recovered", image.image.id.clone()),
        other => return other.to_string(),
    };
    match until_available(id, endpoint(server)).run(send, |_| {}, || 0.5) {
        ImageOutcome::Available(image) => {
            assert_eq!(image.state, Some(ImageState::AVAILABLE));
            format!("{word}, available")
        }
        other => format!("{word}, {other}"),
    }
}

#[test]
fn every_fault_of_register_image_ends_in_an_available_image_or_says_why_not() {
    for (faults, expected) in [
        ("ok", "registered, available"),
        ("drop-before", "registered, available"),
        ("drop-after", "recovered, available"),
        ("cut", "recovered, available"),
        ("delay:20", "registered, available"),
        ("late:20", "registered, available"),
        ("throttle,throttle", "registered, available"),
        ("500", "registered, available"),
        ("500-after", "recovered, available"),
        ("hide:2", "registered, available"),
        ("pending:3", "registered, available"),
        ("tags-late:2", "registered, available"),
        ("drop-after+hide:1+pending:2", "recovered, available"),
        ("drop-after+tags-late:1", "recovered, available"),
        ("pending:2,DescribeImages:throttle,DescribeImages:cut,describe:500", "registered, available"),
    ] {
        let server = FakeEc2::start(&["--faults", faults]);
        assert_eq!(register(&server), expected, "{faults}");
        assert_eq!(images(&server), 1, "{faults}");
    }
    let failed = register(&FakeEc2::start(&["--faults", "failed+pending:1"]));
    assert!(
        failed.starts_with("registered, ") && failed.contains("failed") && failed.contains("The fault"),
        "{failed}"
    );
    let denied = register(&FakeEc2::start(&["--faults", "deny:RegisterImage"]));
    assert!(denied.contains("UnauthorizedOperation"), "{denied}");
}

/// How many images there are.
fn images(server: &FakeEc2) -> usize {
    let found = images::encode_request_by_name(&"web".into(), &endpoint(server));
    images::decode_response(&send(server, &found).unwrap()).unwrap().len()
}

#[test]
fn a_pending_snapshot_is_waited_for_with_its_progress() {
    let server = FakeEc2::start(&["--faults", "DescribeSnapshots:pending:4,DescribeSnapshots:throttle"]);
    let mut progress = Vec::new();
    let shown = |shown: &[ec2_register_image::model::Snapshot]| progress.push(shown[0].progress.clone().unwrap());
    let waiter = until_completed([SNAPSHOT.into()], endpoint(&server)).on_progress(shown);
    let outcome = { waiter }.run(|request| send(&server, &request), |_| {}, || 0.5);
    assert!(matches!(&outcome, SnapshotsOutcome::Completed(snapshots) if snapshots[0].id == SNAPSHOT), "{outcome}");
    progress.dedup();
    assert_eq!(progress, ["0%", "25%", "50%", "75%", "100%"]);
}

#[test]
fn what_is_denied_or_fails_stays_unknown() {
    let gather = |faults: &str| {
        let server = FakeEc2::start(&["--faults", faults]);
        let gathered =
            Gather::new(&request(), endpoint(&server)).run(|request| send(&server, &request), |_| {}, || 0.5);
        (gathered.facts, gathered.unknown.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let (facts, unknown) = gather("ok");
    assert_eq!(unknown, [""; 0]);
    assert_eq!((facts.owner_id(), facts.ebs_encryption_by_default()), (Some("123456789012"), Some(false)));
    assert_eq!(facts.snapshot(&SNAPSHOT.into()).unwrap().product_codes, Some(vec![]));
    assert!(facts.has_all_images_named(&"web".into()));
    for action in [
        "DescribeImages",
        "DescribeSnapshots",
        "DescribeSnapshotAttribute",
        "GetEbsEncryptionByDefault",
        "GetEbsDefaultKmsKeyId",
    ] {
        let (_, unknown) = gather(&format!("deny:{action}"));
        assert!(!unknown.is_empty() && unknown.iter().all(|it| it.contains("not authorized")), "{action}: {unknown:?}");
        // What fails once is asked for again.
        let (again, unknown) = gather(&format!("{action}:throttle,{action}:drop-before"));
        assert_eq!((&again, &unknown[..]), (&facts, &[][..]), "{action}");
    }
}

#[test]
fn strict_decoders_read_every_response() {
    let facts = facts_file(
        r#"{"OwnerId": "210987654321", "EbsEncryptionByDefault": true, "DefaultKmsKeyId": "alias/web",
            "Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "State": "error", "StateMessage": "no disk <&>", "VolumeSize": 8,
                "Encrypted": false, "AssociatedKmsKeys": [{"KmsKeyId": "alias/b"}], "Tags": [{"Key": "a", "Value": ""}],
                "ProductCodes": [{"ProductCodeId": "4kbm8w9z", "ProductCodeType": "marketplace"}]}]}"#,
    );
    let server = FakeEc2::start(&["--facts", &facts]);
    std::fs::remove_file(facts).unwrap();
    let endpoint = endpoint(&server);
    let sent = |request: Request<Body>| send(&server, &request).unwrap();
    let page = snapshots::decode_response(&sent(snapshots::encode_request(&[SNAPSHOT.into()], &endpoint))).unwrap();
    let [snapshot] = &page.items[..] else { panic!("{page:?}") };
    assert_eq!((snapshot.state_message.as_deref(), snapshot.volume_size), (Some("no disk <&>"), Some(8)));
    let keys = snapshot.associated_kms_keys.as_ref().unwrap();
    assert_eq!(keys[0].kms_key_id.as_ref().unwrap(), "alias/b");
    let codes = sent(snapshots::encode_product_codes_request(&SNAPSHOT.into(), &endpoint));
    let codes = snapshots::decode_product_codes_response(&codes).unwrap().product_codes.unwrap();
    assert_eq!(codes[0].id.as_deref(), Some("4kbm8w9z"));
    let encryption = sent(ebs::encode_encryption_by_default_request(&endpoint));
    assert!(ebs::decode_encryption_by_default_response(&encryption).unwrap());
    let key = sent(ebs::encode_default_kms_key_id_request(&endpoint));
    assert_eq!(ebs::decode_default_kms_key_id_response(&key).unwrap(), "alias/web");
}

/// A file with this content.
fn facts_file(content: &str) -> String {
    let file = std::env::temp_dir().join(format!("pipeline-{}.json", std::process::id()));
    std::fs::write(&file, content).unwrap();
    file.display().to_string()
}
