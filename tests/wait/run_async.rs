//! The machines over functions that return futures, on a runtime of several threads.

use std::future::ready;
use std::time::Duration;

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::call::Call;
use ec2_register_image::gather::Gather;
use ec2_register_image::machine::Machine;
use ec2_register_image::wait::{ImageOutcome, SnapshotsOutcome, until_available, until_completed};

use crate::script::*;

/// Runs a machine to its end. The response has this number, from 0.
fn run<M: Machine>(mut machine: M, said: fn(usize) -> Sent) -> M::Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let mut sent = 0..;
    let send = |_| ready(said(sent.next().unwrap()));
    runtime.block_on(machine.run_async(send, |_| ready(()), || 0.5))
}

#[test]
fn all_machines_run_with_futures() {
    let outcome = run(until_available(IMAGE, endpoint()), |at| state(if at < 2 { "pending" } else { "available" }));
    assert!(matches!(outcome, ImageOutcome::Available(_)));
    let waiter = until_completed([SNAPSHOT.into()], endpoint()).on_progress(|_| {});
    let outcome = run(waiter, |at| match at {
        0 => lost(),
        1 => throttled(),
        _ => snapshots(&[(SNAPSHOT, "completed", "100%")]),
    });
    assert!(matches!(outcome, SnapshotsOutcome::Completed(_)));
    let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#).unwrap();
    let gathered = run(Gather::new(&request, endpoint()), |_| images(""));
    assert!(gathered.facts.has_all_images_named(&"web".into()));
    assert!(gathered.unknown.is_empty());
}

#[test]
fn the_future_of_each_machine_is_send() {
    fn is_send<T: Send>(_: T) {}
    let (send, sleep) = (|_| ready(throttled()), |_: Duration| ready(()));
    let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#).unwrap();
    is_send(Gather::new(&request, endpoint()).run_async(send, sleep, || 0.5));
    is_send(until_available(IMAGE, endpoint()).run_async(send, sleep, || 0.5));
    is_send(until_completed([], endpoint()).run_async(send, sleep, || 0.5));
    let mut call = Call::new(request.validate().unwrap(), endpoint());
    is_send(Machine::run_async(&mut call, send, sleep, || 0.5));
}
