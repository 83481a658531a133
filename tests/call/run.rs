//! The call over scripted answers: what it says in the end, what it sends, and how long it waits. That no schedule of faults
//! leads it astray, `call_simulation.rs` tells.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy does not see that helpers are tests too")]

use std::error::Error;
use std::io;
use std::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use ec2_register_image::call::{Call, GaveUp, Outcome};
use ec2_register_image::machine::{Failure, Step};
use ec2_register_image::response::Effect;
use ec2_register_image::types::ImageId;
use ec2_register_image::{Endpoint, Facts};
use http::Response;

use crate::support::with;

const MEMBERS: &str =
    r#"{"TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "build", "Value": "8c1f29d0"}]}]}"#;

fn call(members: &str) -> Call {
    Call::new(with(members).validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap())
}

fn of_attempts(max_attempts: u32) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(max_attempts)
}

type Said = Result<Response<String>, Failure<io::Error>>;

fn answer(status: u16, body: impl Into<String>) -> Said {
    Ok(Response::builder().status(status).body(body.into()).unwrap())
}

fn registered() -> Said {
    answer(200, "<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>")
}

fn error(status: u16, code: &str, message: &str) -> Said {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    answer(status, format!("<Response><Errors>{error}</Errors><RequestID>r-1</RequestID></Response>"))
}

fn taken() -> Said {
    error(400, "InvalidAMIName.Duplicate", "AMI name web is already in use by AMI ami-0123456789abcdef0")
}

fn throttled() -> Said {
    error(400, "RequestLimitExceeded", "Request limit exceeded.")
}

fn no_images() -> Said {
    answer(200, "<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>")
}

/// The image of [`taken`], as it is of [`with`]'s request, with this architecture and these tags.
fn image(architecture: &str, tags: &[(&str, &str)]) -> Said {
    let tags: String =
        tags.iter().map(|(key, value)| format!("<item><key>{key}</key><value>{value}</value></item>")).collect();
    answer(
        200,
        format!(
            "<DescribeImagesResponse><imagesSet><item><imageId>ami-0123456789abcdef0</imageId>\
             <imageState>available</imageState><name>web</name><architecture>{architecture}</architecture>\
             <virtualizationType>hvm</virtualizationType><enaSupport>true</enaSupport><rootDeviceType>ebs</rootDeviceType>\
             <rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs>\
             <snapshotId>snap-0123456789abcdef0</snapshotId><volumeSize>8</volumeSize><volumeType>gp2</volumeType>\
             <encrypted>false</encrypted><deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>\
             <tagSet>{tags}</tagSet></item></imagesSet></DescribeImagesResponse>"
        ),
    )
}

fn not_sent() -> Said {
    Err(Failure::NotSent(io::ErrorKind::ConnectionRefused.into()))
}

fn unclear() -> Said {
    Err(Failure::Unclear(io::ErrorKind::TimedOut.into()))
}

/// Runs a call over these answers, all of which it takes; the bodies that it sent, and its waits.
#[track_caller]
fn run(mut call: Call, jitter: f64, said: Vec<Said>) -> (Outcome, Vec<String>, Vec<Duration>) {
    let (mut sent, mut waits) = (Vec::new(), Vec::new());
    let mut said = said.into_iter();
    let send = |request: http::Request<ec2_register_image::wire::Body>| {
        assert_eq!(request.uri(), "https://ec2.eu-central-1.amazonaws.com/");
        sent.push(request.body().as_str().to_owned());
        said.next().unwrap_or_else(|| panic!("one more request, {:?}", sent.last()))
    };
    let outcome = call.run(send, |wait| waits.push(wait), || jitter);
    assert_eq!(said.count(), 0, "answers are left after {outcome}");
    (outcome, sent, waits)
}

#[track_caller]
fn ends(call: Call, said: Vec<Said>, expected: &str, image_id: Option<&str>) {
    let (outcome, ..) = run(call, 0.0, said);
    assert_eq!(outcome.to_string(), expected);
    assert_eq!(outcome.image_id().map(ImageId::as_str), image_id, "{expected}");
}

#[test]
fn a_line_for_each_outcome() {
    let once = |members| call(members).retry_config(of_attempts(1)).look_up_timeout(Duration::ZERO);
    ends(call("{}"), vec![registered()], "registered ami-1", Some("ami-1"));
    ends(
        call(MEMBERS).marker("build").unwrap(),
        vec![taken(), image("x86_64", &[("build", "8c1f29d0")])],
        "recovered ami-0123456789abcdef0: its tag proves its origin, and nothing differs; not shown: \
         BlockDeviceMappings[0].Ebs.Iops, BlockDeviceMappings[0].Ebs.VolumeSize, \
         BlockDeviceMappings[0].Ebs.VolumeType, BlockDeviceMappings[0].Ebs.Throughput",
        Some("ami-0123456789abcdef0"),
    );
    ends(
        call(r#"{"DryRun": true}"#),
        vec![error(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")],
        "the dry run passed, nothing was registered",
        None,
    );
    ends(
        call("{}"),
        vec![error(400, "InvalidSnapshot.NotFound", "No.")],
        "rejected, and this call registered nothing: InvalidSnapshot.NotFound: No. (status 400, request id r-1); \
         `until_completed` waits for snapshots",
        None,
    );
    ends(
        call("{}"),
        vec![error(400, "InvalidParameterValue", "No.")],
        "rejected, and this call registered nothing: InvalidParameterValue: No. (status 400, request id r-1)",
        None,
    );
    ends(
        once("{}"),
        vec![not_sent()],
        "gave up, and this call registered nothing; the last attempt: no response: connection refused",
        None,
    );
    ends(
        once("{}"),
        vec![throttled()],
        "gave up, and this call registered nothing; the last attempt: RequestLimitExceeded: Request limit exceeded. (status 400, request id r-1)",
        None,
    );
    ends(
        once("{}"),
        vec![unclear(), no_images()],
        "gave up, and an image may have been registered: search for one named \"web\"; finding it proves that it exists, \
         not finding it proves nothing yet; the last attempt: no response: timed out",
        None,
    );
}

#[test]
fn a_line_for_each_way_to_be_there_already() {
    let facts = || -> Facts {
        serde_json::from_str(
            r#"{"DefaultVolumeType": "gp2", "Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8}]}"#,
        )
        .unwrap()
    };
    ends(
        call(
            r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0",
            "VolumeType": "gp2"}}]}"#,
        )
        .facts(facts())
        .unwrap(),
        vec![taken(), image("x86_64", &[])],
        "the name is taken by ami-0123456789abcdef0, which is just what was asked for",
        None,
    );
    ends(
        call(MEMBERS).marker("build").unwrap(),
        vec![taken(), image("arm64", &[("build", "another")])],
        "the name is taken by ami-0123456789abcdef0, which differs in Architecture, Tags; its marker tag has another value, so \
         it was registered for another request",
        None,
    );
    ends(
        call("{}"),
        vec![taken(), image("x86_64", &[])],
        "the name is taken by ami-0123456789abcdef0, which may be what was asked for; not shown: \
         BlockDeviceMappings[0].Ebs.Iops, BlockDeviceMappings[0].Ebs.VolumeSize, \
         BlockDeviceMappings[0].Ebs.VolumeType, BlockDeviceMappings[0].Ebs.Throughput",
        None,
    );
    ends(
        call("{}").retry_config(of_attempts(1)),
        vec![taken(), no_images()],
        "the name was held by ami-0123456789abcdef0, which is being deregistered, or is too new to be visible",
        None,
    );
    ends(
        call("{}"),
        vec![
            error(400, "InvalidAMIName.Duplicate", "That name is taken."),
            error(403, "UnauthorizedOperation", "You are not authorized."),
            error(403, "UnauthorizedOperation", "You are not authorized."),
            error(403, "UnauthorizedOperation", "You are not authorized."),
        ],
        "the name is taken by an image that EC2 did not name, which no look-up showed, so it is unclear whether it is \
         what was asked for; the last look-up: UnauthorizedOperation: You are not authorized. (status 403, request id r-1)",
        None,
    );
}

/// An error of a client that wraps another.
#[derive(Debug, thiserror::Error)]
#[error("request failed")]
struct Wrapped(#[source] io::Error);

#[track_caller]
fn gave_up(said: Vec<Result<Response<String>, Failure<Wrapped>>>) -> GaveUp {
    let mut said = said.into_iter();
    let outcome = call("{}").retry_config(of_attempts(1)).look_up_timeout(Duration::ZERO).run(
        |_| said.next().unwrap(),
        |_| {},
        || 0.0,
    );
    let Outcome::GaveUp(gave_up) = outcome else { panic!("{outcome}") };
    *gave_up
}

fn chain(error: &dyn Error) -> Vec<String> {
    let mut lines = Vec::new();
    let mut next = error.source();
    while let Some(error) = next {
        lines.push(error.to_string());
        next = error.source();
    }
    lines
}

#[test]
fn what_a_call_gave_up_on_is_its_source() {
    let of_transport = gave_up(vec![Err(Failure::NotSent(Wrapped(io::ErrorKind::ConnectionRefused.into())))]);
    assert_eq!(of_transport.effect, Effect::Nothing);
    assert_eq!(chain(&of_transport), ["no response", "request failed", "connection refused"]);
    assert!(of_transport.cause.source().is_some_and(|error| error.is::<Wrapped>()));

    let of_answer = gave_up(vec![throttled().map_err(|_| unreachable!())]);
    assert_eq!(of_answer.effect, Effect::Nothing);
    assert_eq!(chain(&of_answer), ["RequestLimitExceeded: Request limit exceeded. (status 400, request id r-1)"]);
}

#[test]
fn a_marker_is_a_tag_of_the_image_with_a_value() {
    let tagged = |resource: &str, tags: &str| {
        call(&format!(r#"{{"TagSpecifications": [{{"ResourceType": "{resource}", "Tags": {tags}}}]}}"#))
    };
    for (call, key) in [
        (call("{}"), "build"),
        (call(MEMBERS), "Build"),
        (call(MEMBERS), ""),
        (tagged("image", r#"[{"Key": "build", "Value": ""}]"#), "build"),
        (tagged("image", r#"[{"Key": "build"}]"#), "build"),
    ] {
        let error = call.marker(key).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the request gives the image no tag {key:?} with a value; add one before validation"),
        );
    }
    assert!(call(MEMBERS).marker("build").is_ok());
}

#[track_caller]
fn waits(retry: RetryConfig, jitter: f64, said: Vec<Said>, expected: &[u64]) {
    let (_, _, waits) = run(call("{}").retry_config(retry), jitter, said);
    let millis: Vec<u128> = waits.iter().map(Duration::as_millis).collect();
    assert_eq!(millis, expected.iter().map(|&wait| wait.into()).collect::<Vec<u128>>(), "jitter {jitter}");
}

#[test]
fn a_wait_is_twice_the_last_times_the_jitter() {
    let failures = || (0..4).map(|_| not_sent()).collect();
    let retry = || of_attempts(4).with_initial_backoff(Duration::from_secs(1)).with_max_backoff(Duration::from_secs(3));
    waits(retry(), 0.0, failures(), &[0, 0, 0]);
    waits(retry(), 0.25, failures(), &[250, 500, 750]);
    waits(retry(), 1.0, failures(), &[1000, 2000, 3000]);
    // What is no number from 0 to 1 shortens nothing.
    for jitter in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.5, 1.5] {
        waits(retry(), jitter, failures(), &[1000, 2000, 3000]);
    }
    waits(of_attempts(0), 1.0, vec![not_sent()], &[]);
    waits(of_attempts(1), 1.0, vec![not_sent()], &[]);
    waits(of_attempts(2), 1.0, vec![not_sent(), registered()], &[1000]);
    // The initial wait is no longer than the longest.
    waits(of_attempts(2).with_max_backoff(Duration::ZERO), 1.0, vec![not_sent(), registered()], &[0]);
}

#[test]
fn no_backoff_is_too_long() {
    for initial in [Duration::from_secs(1), Duration::from_secs(u64::MAX / 2), Duration::MAX] {
        for jitter in [0.0, f64::MIN_POSITIVE, 0.999_999, 1.0, f64::NAN] {
            let retry = of_attempts(70).with_initial_backoff(initial).with_max_backoff(Duration::MAX);
            let (_, _, waits) = run(call("{}").retry_config(retry), jitter, (0..70).map(|_| not_sent()).collect());
            assert!(waits.is_sorted(), "{initial:?}, jitter {jitter}: {waits:?}");
            assert_eq!(waits.len(), 69);
        }
    }
}

#[test]
fn the_service_says_the_least_wait() {
    let busy = |name, value| {
        let mut said = error(503, "RequestLimitExceeded", "Request limit exceeded.").unwrap_or_else(|_| unreachable!());
        said.headers_mut().insert(name, http::HeaderValue::from_static(value));
        vec![Ok(said), registered()]
    };
    let retry = || of_attempts(2).with_max_backoff(Duration::from_secs(5));
    waits(retry(), 0.0, busy("x-amz-retry-after", "1500"), &[1500]);
    waits(retry(), 0.0, busy("retry-after", "2"), &[2000]);
    // The backoff is longer.
    waits(retry(), 1.0, busy("x-amz-retry-after", "200"), &[1000]);
    // The caller's limit holds.
    waits(retry(), 0.0, busy("retry-after", "600"), &[5000]);
    waits(retry(), 0.0, busy("retry-after", "soon"), &[1000]);

    // A look-up is told to wait as well.
    let [said, _] = <[Said; 2]>::try_from(busy("x-amz-retry-after", "1500")).unwrap_or_else(|_| unreachable!());
    waits(retry(), 0.0, vec![taken(), said, image("x86_64", &[])], &[1500]);
    // Which also has a least wait of its own.
    waits(retry(), 0.0, vec![taken(), unclear(), image("x86_64", &[])], &[1000]);
    // It also says so after the last attempt, which a look-up follows.
    let once = || of_attempts(1).with_max_backoff(Duration::from_secs(5));
    let [said, _] = <[Said; 2]>::try_from(busy("retry-after", "2")).unwrap_or_else(|_| unreachable!());
    waits(once(), 0.0, vec![said, image("x86_64", &[])], &[2000]);
    waits(once(), 0.0, vec![unclear(), image("x86_64", &[])], &[]);
    // So has an attempt after one with an unknown effect.
    waits(retry().with_max_backoff(Duration::ZERO), 0.0, vec![unclear(), registered()], &[1000]);
}

const BY_ID: &str = "Action=DescribeImages&Version=2016-11-15&ImageId.1=ami-0123456789abcdef0&IncludeDisabled=true";
const BY_NAME: &str = "Action=DescribeImages&Version=2016-11-15&Owner.1=self&IncludeDisabled=true&Filter.1.Name=name\
                       &Filter.1.Value.1=web";

/// The time for one wait between look-ups.
const TWO_LOOKS: Duration = Duration::from_secs(1);

#[track_caller]
fn sends(said: Vec<Said>, expected: &[&str]) {
    let register = "Action=RegisterImage&Version=2016-11-15&Name=web&Architecture=x86_64&RootDeviceName=%2Fdev%2Fxvda\
                    &BlockDeviceMapping.1.Ebs.SnapshotId=snap-0123456789abcdef0\
                    &BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda&VirtualizationType=hvm&EnaSupport=true";
    let (_, sent, _) = run(call("{}").retry_config(of_attempts(2)).look_up_timeout(TWO_LOOKS), 0.0, said);
    let expected: Vec<_> = expected.iter().map(|&body| if body.is_empty() { register } else { body }).collect();
    assert_eq!(sent, expected);
}

/// `""` is the request that registers.
#[test]
fn what_it_sends() {
    let vague = || error(400, "InvalidAMIName.Duplicate", "That name is taken.");
    let unauthorized = || error(403, "UnauthorizedOperation", "You are not authorized.");
    let gone = || error(400, "InvalidAMIID.NotFound", "The image id '[ami-0123456789abcdef0]' does not exist");
    sends(vec![registered()], &[""]);
    sends(vec![not_sent(), registered()], &["", ""]);
    sends(vec![not_sent(), not_sent()], &["", ""]);
    sends(vec![unclear(), registered()], &["", ""]);
    sends(vec![taken(), image("x86_64", &[])], &["", BY_ID]);
    sends(vec![vague(), image("x86_64", &[])], &["", BY_NAME]);
    sends(vec![taken(), unclear(), image("x86_64", &[])], &["", BY_ID, BY_ID]);
    sends(vec![taken(), gone(), taken(), gone()], &["", BY_ID, "", BY_ID]);
    sends(vec![taken(), gone(), registered()], &["", BY_ID, ""]);
    sends(vec![taken(), unauthorized(), unauthorized()], &["", BY_ID, BY_ID]);
    sends(vec![unclear(), taken(), gone(), no_images()], &["", "", BY_ID, BY_NAME]);
    // What the second attempt came to says nothing of the first.
    sends(vec![unclear(), unauthorized(), no_images(), image("x86_64", &[])], &["", "", BY_NAME, BY_NAME]);
    sends(vec![unclear(), unclear(), no_images(), no_images()], &["", "", BY_NAME, BY_NAME]);
    sends(vec![unclear(), unclear(), unauthorized(), unauthorized()], &["", "", BY_NAME, BY_NAME]);
    sends(vec![unclear(), not_sent(), no_images(), no_images()], &["", "", BY_NAME, BY_NAME]);
}

#[track_caller]
fn is_over(call: &mut Call, expected: &str) {
    let Step::Done(outcome) = call.next(0.0) else { panic!("not over: {call:?}") };
    assert_eq!(outcome.to_string(), expected);
}

#[test]
fn reports_that_nobody_waits_for_are_passed_over() {
    let registered = registered().unwrap_or_else(|_| unreachable!());
    let mut call = call("{}").retry_config(of_attempts(2));
    // Nothing was sent yet.
    call.answered(&registered);
    call.failed(Failure::NotSent("early"));
    assert!(matches!(call.next(0.0), Step::Send(_)));
    call.failed(Failure::NotSent("first"));
    // Second thoughts, and an answer that comes late.
    call.failed(Failure::Unclear("again"));
    call.answered(&registered);
    assert!(matches!(call.next(0.0), Step::Wait(_)));
    call.answered(&registered);
    assert!(matches!(call.next(0.0), Step::Send(_)));
    call.failed(Failure::NotSent("second"));
    for _ in 0..2 {
        is_over(&mut call, "gave up, and this call registered nothing; the last attempt: no response: second");
        call.answered(&registered);
        call.failed(Failure::Unclear("after the end"));
    }
}

#[test]
fn a_request_of_which_nothing_is_reported_may_have_been_sent() {
    let no_images = no_images().unwrap_or_else(|_| unreachable!());
    let mut call = call("{}").retry_config(of_attempts(1)).look_up_timeout(Duration::ZERO);
    assert!(matches!(call.next(0.0), Step::Send(_)));
    // The look-up follows at once.
    let Step::Send(request) = call.next(0.0) else { panic!("{call:?}") };
    assert_eq!(request.body().as_str(), BY_NAME);
    call.answered(&no_images);
    is_over(
        &mut call,
        "gave up, and an image may have been registered: search for one named \"web\"; finding it proves that it exists, \
         not finding it proves nothing yet; the last attempt: no response: the result of the request was not reported, \
         so it may have been sent",
    );
}

#[test]
fn a_dry_run_leaves_nothing_open() {
    let retry = of_attempts(2);
    ends(
        call(r#"{"DryRun": true}"#).retry_config(retry),
        vec![unclear(), unclear()],
        "gave up, and this call registered nothing; the last attempt: no response: timed out",
        None,
    );
}

#[test]
fn facts_of_another_region_are_an_error() {
    let facts = |region: &str| -> Facts { serde_json::from_str(&format!(r#"{{"Region": "{region}"}}"#)).unwrap() };
    assert!(call("{}").facts(facts("eu-central-1")).is_ok());
    assert!(call("{}").facts(Facts::new()).is_ok());
    assert_eq!(
        call("{}").facts(facts("us-east-1")).unwrap_err().to_string(),
        "the facts are of the Region us-east-1, but the endpoint is of eu-central-1; gather the facts in eu-central-1"
    );
}
