//! A call driven by code that knows only the shape of the machines.

use ec2_register_image::call::{Call, Outcome};
use ec2_register_image::machine;
use ec2_register_image::machine::{Failure, Machine, Step};
use ec2_register_image::{Endpoint, RegisterImageRequest};

/// The outcome and the actions that were sent, if each response is lost.
fn drive<M: Machine>(mut machine: M) -> (M::Outcome, Vec<String>) {
    let mut sent = Vec::new();
    let outcome = machine.run(
        |request| {
            let info = request.extensions().get::<machine::RequestInfo>().unwrap();
            sent.push(format!("{} {}", info.action, info.attempt));
            Err::<http::Response<&str>, _>(Failure::Unclear("reset"))
        },
        |_| {},
        || 0.5,
    );
    (outcome, sent)
}

fn call() -> Call {
    let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#).unwrap();
    Call::new(request.validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap())
}

#[test]
fn code_for_any_machine_drives_a_call_as_its_own_functions_do() {
    let (outcome, sent) = drive(call().look_up_timeout(std::time::Duration::ZERO));
    assert!(matches!(outcome, Outcome::GaveUp(_)), "{outcome}");
    assert_eq!(sent, ["RegisterImage 1", "RegisterImage 2", "RegisterImage 3", "DescribeImages 1"]);

    let mut stopped = call();
    assert!(matches!(Machine::next(&mut stopped, 0.5), Step::Send(_)));
    let outcome = Machine::stop(&mut stopped);
    assert_eq!(outcome.to_string(), stopped.stop().to_string());
    assert!(matches!(Machine::next(&mut stopped, 0.5), Step::Done(_)));
}
