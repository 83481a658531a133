//! Whatever comes as responses, the machines that gather and wait end, within their time, and never with a success about
//! something else. The input is a sequence of responses, separated by the byte 0; the last one comes again and again.
#![no_main]

use std::time::Duration;

use ec2_register_image::gather::Gather;
use ec2_register_image::machine::{Failure, Machine, Step};
use ec2_register_image::wait::{ImageOutcome, SnapshotsOutcome, until_available, until_completed};
use ec2_register_image::{Endpoint, RegisterImageRequest};
use http::Response;
use libfuzzer_sys::fuzz_target;

const IMAGE: &str = "ami-0123456789abcdef0";
const SNAPSHOTS: [&str; 2] = ["snap-0123456789abcdef0", "snap-0123456789abcdef1"];
const TIMEOUT: Duration = Duration::from_secs(20);

/// Drives a machine to its end: its outcome and the sum of its waits. A response starts with a byte for its status.
fn drive<M: Machine>(mut machine: M, input: &[u8]) -> (M::Outcome, Duration) {
    let mut parts = input.split(|byte| *byte == 0);
    let (mut last, mut waited) = (parts.next().unwrap_or_default(), Duration::ZERO);
    for sent in 0.. {
        match machine.next(0.5) {
            Step::Done(outcome) => return (outcome, waited),
            Step::Wait(wait) => waited += wait,
            Step::Send(_) => {
                let (kind, body) = last.split_first().unwrap_or((&b'k', &[]));
                let status = match kind {
                    b'l' => None,
                    b't' => Some(503),
                    b'd' => Some(403),
                    b'e' => Some(400),
                    _ => Some(200),
                };
                match status {
                    Some(status) => machine.answered(&Response::builder().status(status).body(body).unwrap()),
                    None => machine.failed(Failure::Unclear("lost")),
                }
                last = parts.next().unwrap_or(last);
            }
        }
        assert!(sent < 5_000, "no end");
    }
    unreachable!()
}

fuzz_target!(|input: &[u8]| {
    let endpoint = Endpoint::from_region("eu-central-1").unwrap();
    let (outcome, waited) = drive(until_available(IMAGE, endpoint.clone()).timeout(TIMEOUT), input);
    assert!(waited <= TIMEOUT);
    match &outcome {
        ImageOutcome::Available(image) => {
            assert_eq!(image.id, IMAGE);
            assert_eq!(image.state.as_ref().unwrap().as_str(), "available");
        }
        outcome => assert!(outcome.image().is_none_or(|image| image.id == IMAGE)),
    }
    let _ = outcome.to_string();

    let waiter = until_completed(SNAPSHOTS.map(Into::into), endpoint.clone()).timeout(TIMEOUT);
    let (outcome, waited) = drive(waiter, input);
    assert!(waited <= TIMEOUT);
    if let SnapshotsOutcome::Completed(snapshots) = &outcome {
        assert!(snapshots.iter().map(|snapshot| snapshot.id.as_str()).eq(SNAPSHOTS));
        assert!(snapshots.iter().all(|snapshot| snapshot.state.as_ref().unwrap().as_str() == "completed"));
    }
    let _ = outcome.to_string();

    let request: RegisterImageRequest = serde_json::from_str(
        r#"{"Name": "web", "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}},
            {"DeviceName": "/dev/xvdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1"}}]}"#,
    )
    .unwrap();
    let (gathered, _) = drive(Gather::new(&request, endpoint), input);
    for snapshot in gathered.facts.snapshots() {
        assert!(SNAPSHOTS.contains(&snapshot.id.as_str()));
    }
    assert!(gathered.facts.images().iter().all(|image| image.name.as_ref().unwrap() == "web"));
    assert!(gathered.unknown.iter().all(|unknown| !unknown.to_string().is_empty()));
});
