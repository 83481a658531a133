//! Responses that once misled the call: each case ends in the outcome that is true.

use std::time::Duration;

use ec2_register_image::call::{Call, Marker, NoMarker, Outcome, RetryConfig};
use ec2_register_image::machine::{Failure, Step};
use ec2_register_image::model::ImagePath;
use ec2_register_image::preview::Likeness;
use ec2_register_image::response::Effect;
use ec2_register_image::types::{ImageId, ImageName};
use ec2_register_image::{Endpoint, Policy, RegisterImageRequest, Validator};
use http::Response;
use serde_json::Value;

pub(crate) const ID: &str = "ami-0123456789abcdef0";

/// What a look-up shows of the name.
const NAME: &str = "<name>web</name>";

/// A response, or `None` for one that was lost.
pub(crate) type Said = Option<(u16, String)>;

pub(crate) fn error(status: u16, code: &str, message: &str) -> Said {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Some((status, format!("<Response><Errors>{error}</Errors></Response>")))
}

pub(crate) fn taken() -> Said {
    error(400, "InvalidAMIName.Duplicate", &format!("AMI name web is already in use by AMI {ID}"))
}

pub(crate) fn denied() -> Said {
    error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
}

pub(crate) fn registered() -> Said {
    Some((200, format!("<RegisterImageResponse><imageId>{ID}</imageId></RegisterImageResponse>")))
}

pub(crate) fn none() -> Said {
    Some((200, "<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>".to_owned()))
}

/// The image of this request, with the marker tag, in this state, and with these members more.
pub(crate) fn image(architecture: &str, state: &str, tag: &str, more: &str) -> Said {
    let tags = if tag.is_empty() {
        String::new()
    } else {
        format!("<tagSet><item><key>build</key><value>{tag}</value></item></tagSet>")
    };
    Some((
        200,
        format!(
            "<DescribeImagesResponse><imagesSet><item><imageId>{ID}</imageId><imageState>{state}</imageState>\
             {NAME}<architecture>{architecture}</architecture><virtualizationType>hvm</virtualizationType>\
             <enaSupport>true</enaSupport><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>\
             <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>snap-0123456789abcdef0</snapshotId>\
             <volumeSize>8</volumeSize><volumeType>gp2</volumeType><encrypted>false</encrypted>\
             <deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>{tags}{more}</item></imagesSet>\
             </DescribeImagesResponse>"
        ),
    ))
}

pub(crate) fn request(members: &str) -> RegisterImageRequest {
    let mut request: Value = serde_json::from_str(
        r#"{"Name": "web", "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,
            "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
                "SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8, "VolumeType": "gp2",
                "DeleteOnTermination": true}}],
            "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "build", "Value": "1"}]}]}"#,
    )
    .unwrap();
    let members: Value = serde_json::from_str(members).unwrap();
    request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    serde_json::from_value(request).unwrap()
}

pub(crate) fn marked(members: &str) -> Call {
    let call = Call::new(request(members).validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap());
    call.marker("build").unwrap()
}

/// Drives the call over these responses; the last one is repeated. Returns how many were sent, and all waits.
pub(crate) fn drive(call: &mut Call, said: &[Said]) -> (Outcome, usize, Vec<Duration>) {
    let (mut sent, mut waits) = (0, Vec::new());
    loop {
        match call.next(0.0) {
            Step::Send(_) => {
                match &said[sent.min(said.len() - 1)] {
                    Some((status, body)) => call.answered(&Response::builder().status(*status).body(body).unwrap()),
                    None => call.failed(Failure::Unclear("reset")),
                }
                sent += 1;
            }
            Step::Wait(wait) => waits.push(wait),
            Step::Done(outcome) => return (outcome, sent, waits),
        }
    }
}

pub(crate) fn ends(mut call: Call, said: &[Said]) -> Outcome {
    drive(&mut call, said).0
}

#[track_caller]
fn is_there(outcome: &Outcome, likeness: Likeness, marker: Marker) {
    let Outcome::AlreadyThere(there) = outcome else { panic!("{outcome}") };
    assert_eq!((there.likeness(), there.marker), (likeness, marker), "{outcome}");
    assert_eq!(there.image_id.as_ref().map(ImageId::as_str), Some(ID));
    assert_eq!(outcome.image_id(), None);
}

#[track_caller]
fn is_recovered(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Recovered(_)), "{outcome}");
    assert_eq!(outcome.image_id().map(ImageId::as_str), Some(ID));
}

#[test]
fn the_marker_alone_is_no_success() {
    is_recovered(&ends(marked("{}"), &[taken(), image("x86_64", "available", "1", "")]));
    let outcome = ends(marked("{}"), &[taken(), image("arm64", "available", "1", "")]);
    is_there(&outcome, Likeness::Different, Marker::Matches);
    assert!(
        outcome.to_string().contains("differs in Architecture; its marker tag is that of this request"),
        "{outcome}"
    );
    let outcome = ends(marked("{}"), &[taken(), image("x86_64", "available", "2", "")]);
    is_there(&outcome, Likeness::Different, Marker::Differs);
}

/// A call whose marker contains the fingerprint of its request, and the value of the marker.
fn bound(members: &str) -> (Call, String) {
    let mut request = request(members);
    request.add_content_marker("build", "1");
    let value = format!("1@sha256:{}", request.fingerprint());
    let call = Call::new(request.validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap());
    (call.marker("build").unwrap(), value)
}

#[test]
fn a_content_marker_proves_the_fields_that_are_not_shown() {
    let uefi = r#"{"BootMode": "uefi", "UefiData": "QU1aTlVFRkk="}"#;
    let boot = "<bootMode>uefi</bootMode>";
    let (call, value) = bound(uefi);
    let outcome = ends(call, &[taken(), image("x86_64", "available", &value, boot)]);
    is_recovered(&outcome);
    assert!(outcome.to_string().contains("its tag proves its origin and content"), "{outcome}");
    let Outcome::Recovered(recovered) = &outcome else { panic!() };
    assert_eq!(recovered.comparison.differences().count(), 0);
    assert!(recovered.comparison.not_shown().any(|member| member.place == ImagePath::UefiData));
    assert_eq!(serde_json::to_value(&outcome).unwrap()["NotShown"], serde_json::json!(["UefiData"]));

    // The comparison cannot see other UEFI data, and a plain marker does not show it.
    let (_, other) = bound(r#"{"BootMode": "uefi", "UefiData": "QU1aTlVFRkk"}"#);
    is_recovered(&ends(marked(uefi), &[taken(), image("x86_64", "available", "1", boot)]));
    let outcome = ends(bound(uefi).0, &[taken(), image("x86_64", "available", &other, boot)]);
    is_there(&outcome, Likeness::Different, Marker::OtherContent);
    assert!(outcome.to_string().contains("has the same value and another fingerprint"), "{outcome}");
    assert_eq!(serde_json::to_value(&outcome).unwrap()["Marked"], false);
    for foreign in ["1", "1@sha256:", &value.replacen('1', "2", 1)] {
        let outcome = ends(bound(uefi).0, &[taken(), image("x86_64", "available", foreign, boot)]);
        is_there(&outcome, Likeness::Different, Marker::Differs);
    }

    let (call, value) = bound(r#"{"BootMode": "uefi", "UefiData": "QU1aTlVFRkk=", "DryRun": true}"#);
    let outcome = ends(call, &[taken(), image("x86_64", "available", &value, boot)]);
    is_there(&outcome, Likeness::Same, Marker::MatchesContent);
    let plain = marked(r#"{"BootMode": "uefi", "UefiData": "QU1aTlVFRkk=", "DryRun": true}"#);
    let outcome = ends(plain, &[taken(), image("x86_64", "available", "1", boot)]);
    is_there(&outcome, Likeness::Unclear, Marker::Matches);
}

#[test]
fn a_content_marker_is_that_of_its_request() {
    let mut request = request("{}");
    request.add_content_marker("build", "1");
    request.description = Some("later".to_owned());
    let call = Call::new(request.validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap());
    assert!(matches!(call.marker("build"), Err(NoMarker::OtherContent { .. })));
    // An image with the right marker that differs all the same, such as one that was changed since.
    let (call, value) = bound("{}");
    let said = [taken(), image("x86_64", "available", &value, "<description>changed</description>")];
    is_there(&ends(call, &said), Likeness::Different, Marker::MatchesContent);
}

#[test]
fn a_restarted_process_waits_for_its_tags() {
    let said = [taken(), image("x86_64", "available", "", ""), image("x86_64", "available", "1", "")];
    is_recovered(&ends(marked("{}"), &said));
    let (outcome, sent, waits) = drive(&mut marked("{}"), &said[..2]);
    is_there(&outcome, Likeness::Unclear, Marker::Unknown);
    assert!(sent > 10, "{sent}");
    assert_eq!(waits.iter().sum::<Duration>(), Duration::from_secs(300));
    assert!(waits.iter().all(|wait| *wait >= Duration::from_secs(1)), "{waits:?}");
}

#[test]
fn a_rejection_is_final_unless_an_earlier_attempt_may_have_been_sent() {
    assert!(matches!(ends(marked("{}"), &[denied()]), Outcome::Refused(_)));
    is_recovered(&ends(marked("{}").earlier_attempts(), &[denied(), image("x86_64", "available", "1", "")]));
    let Outcome::GaveUp(gave_up) = ends(marked("{}").earlier_attempts(), &[denied(), none()]) else { panic!() };
    assert_eq!((gave_up.effect, gave_up.cause.may_pass()), (Effect::Unknown, false));
}

#[test]
fn the_name_is_used_again_once_its_holder_is_gone() {
    for gone in [
        image("x86_64", "deregistered", "0", ""),
        error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist")),
        error(400, "InvalidAMIID.Unavailable", &format!("The image ID '{ID}' is no longer available")),
    ] {
        let outcome = ends(marked("{}"), &[taken(), gone.clone(), registered()]);
        assert!(matches!(outcome, Outcome::Registered(_)), "{outcome}");
        let short = marked("{}").look_up_timeout(Duration::from_secs(10));
        let outcome = ends(short, &[taken(), gone.clone(), taken(), gone.clone(), taken(), gone]);
        let Outcome::AlreadyThere(there) = &outcome else { panic!("{outcome}") };
        assert!(there.is_gone, "{outcome}");
        assert!(outcome.to_string().starts_with("the name was held by"), "{outcome}");
    }
}

#[test]
fn an_image_that_was_seen_is_not_forgotten() {
    let outcome = ends(marked("{}"), &[None, None, None, image("x86_64", "available", "", ""), denied()]);
    is_there(&outcome, Likeness::Unclear, Marker::Unknown);
    let Outcome::AlreadyThere(there) = &outcome else { panic!() };
    assert!(there.look_up_error.is_some());
    assert!(outcome.to_string().contains("UnauthorizedOperation"), "{outcome}");
    // A later look-up that shows less does not replace it.
    let said = [taken(), image("x86_64", "transient", "1", ""), image("x86_64", "transient", "", "")];
    is_there(&ends(marked("{}"), &said), Likeness::Unclear, Marker::Matches);
}

#[test]
fn an_unusable_image_is_no_success() {
    for state in ["failed", "invalid", "error", "disabled"] {
        is_there(
            &ends(marked("{}"), &[taken(), image("x86_64", state, "1", "")]),
            Likeness::Different,
            Marker::Matches,
        );
    }
    for state in ["transient", "new"] {
        let said = [taken(), image("x86_64", state, "1", "")];
        is_there(&ends(marked("{}"), &said), Likeness::Unclear, Marker::Matches);
    }
    is_recovered(&ends(marked("{}"), &[taken(), image("x86_64", "pending", "1", "")]));
    let said = [taken(), image("x86_64", "transient", "1", ""), image("x86_64", "available", "1", "")];
    is_recovered(&ends(marked("{}"), &said));
}

#[test]
fn a_dry_run_registers_and_recovers_nothing() {
    let dry_run = || marked(r#"{"DryRun": true}"#);
    is_there(&ends(dry_run(), &[taken(), image("x86_64", "available", "1", "")]), Likeness::Same, Marker::Matches);
    let outcome = ends(dry_run(), &[registered()]);
    let Outcome::GaveUp(gave_up) = &outcome else { panic!("{outcome}") };
    assert_eq!((gave_up.effect, gave_up.image_id.as_ref().unwrap().as_str()), (Effect::Unknown, ID));
}

#[test]
fn an_error_about_an_image_names_the_one_that_ec2_assigned() {
    let not_found = || error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist"));
    let (outcome, sent, _) = drive(&mut marked("{}"), &[not_found(), image("x86_64", "available", "1", "")]);
    is_recovered(&outcome);
    assert_eq!(sent, 2);
    let outcome = ends(marked("{}").look_up_timeout(Duration::ZERO), &[not_found()]);
    let Outcome::GaveUp(gave_up) = &outcome else { panic!("{outcome}") };
    assert_eq!((gave_up.effect, gave_up.image_id.as_ref().unwrap().as_str()), (Effect::Unknown, ID));
}

#[test]
fn unreadable_rejections_and_every_429_are_retried() {
    let cut = Some((400, "<Response><Errors><Error><Code>Inv".to_owned()));
    for said in [cut, Some((400, String::new())), error(429, "Haunted", "Boo."), Some((429, "<html/>".to_owned()))] {
        let outcome = ends(marked("{}"), &[said, registered()]);
        assert!(matches!(outcome, Outcome::Registered(_)), "{outcome}");
    }
    // A redirect hides nothing that EC2 said.
    let outcome = ends(marked("{}"), &[Some((307, String::new()))]);
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome}");
}

#[test]
fn a_copy_and_a_shared_tag_prove_nothing() {
    for source in ["<sourceImageId>ami-1</sourceImageId>", "<sourceInstanceId>i-1</sourceInstanceId>"] {
        is_there(
            &ends(marked("{}"), &[taken(), image("x86_64", "available", "1", source)]),
            Likeness::Different,
            Marker::Matches,
        );
    }
    let call = Call::new(request("{}").validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap());
    assert!(matches!(call.marker("ec2:SharedTag/build"), Err(NoMarker::Shared { .. })));
}

#[test]
fn a_request_without_a_name_is_never_looked_up_by_name() {
    let policy = Policy::new().allow("name-missing").unwrap().allow("name-length").unwrap();
    for name in [None, Some(ImageName::new(""))] {
        let mut request = request("{}");
        request.name = name;
        let call = || {
            let valid = Validator::new().policy(policy.clone()).validate(request.clone()).unwrap();
            Call::new(valid, Endpoint::from_region("eu-central-1").unwrap()).marker("build").unwrap()
        };
        let unnamed = image("x86_64", "available", "1", "").map(|(status, body)| (status, body.replace(NAME, "")));
        // Nothing prevents a second image, so a lost response is final.
        let (outcome, sent, _) = drive(&mut call(), &[None, None, None, unnamed.clone()]);
        assert!(matches!(&outcome, Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Unknown), "{outcome}");
        assert_eq!(sent, 1);
        let text = "gave up, and an image may have been registered, without a name to search for; the last attempt: \
                    no response: reset";
        assert_eq!(outcome.to_string(), text);
        let busy = error(400, "RequestLimitExceeded", "Request limit exceeded.");
        assert!(matches!(ends(call(), &[busy, registered()]), Outcome::Registered(_)));
        // An image that EC2 names is looked up by its ID.
        let not_found = error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist"));
        is_recovered(&ends(call(), &[not_found, unnamed]));
    }
}

#[test]
fn a_permanent_failure_and_a_stop_end_the_call() {
    let mut call = marked("{}");
    assert!(matches!(call.next(0.0), Step::Send(_)));
    call.failed(Failure::Permanent("expired credentials"));
    let Step::Done(Outcome::GaveUp(gave_up)) = call.next(0.0) else { panic!("{call:?}") };
    assert_eq!((gave_up.effect, gave_up.cause.may_pass(), call.attempts()), (Effect::Nothing, false, 1));

    let Outcome::GaveUp(gave_up) = marked("{}").stop() else { panic!() };
    assert_eq!(gave_up.effect, Effect::Nothing);
    let mut call = marked("{}");
    assert!(matches!(call.next(0.0), Step::Send(_)));
    assert_eq!(call.effect(), Effect::Unknown);
    assert!(matches!(call.stop(), Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Unknown));
}

#[test]
fn an_outcome_is_one_json_object() {
    let json = |outcome: &Outcome| serde_json::to_value(outcome).unwrap();
    let outcome = ends(marked("{}"), &[taken(), image("x86_64", "available", "1", "")]);
    assert_eq!(
        json(&outcome),
        serde_json::json!({"Outcome": "recovered", "ImageId": ID, "Marked": true, "State": "available",
            "Differences": [], "NotShown": [], "LookUpError": null})
    );
    assert_eq!(outcome.into_result().unwrap(), ID);
    let outcome = ends(marked("{}"), &[taken(), denied()]);
    assert_eq!(
        json(&outcome),
        serde_json::json!({"Outcome": "already-there", "ImageId": ID, "Likeness": "unclear", "Marked": null,
            "State": null, "Differences": [], "NotShown": [], "LookUpError": {
                "Code": "UnauthorizedOperation", "Message": "You are not authorized to perform this operation.",
                "RequestId": null, "Status": 403}})
    );
    let text = outcome.to_string();
    assert_eq!(outcome.into_result().unwrap_err().to_string(), text);
}

/// The items of several look-ups in one.
fn together(said: &[Said]) -> Said {
    let items: String = said
        .iter()
        .flatten()
        .map(|(_, body)| body.split_once("<imagesSet>").unwrap().1.rsplit_once("</imagesSet>").unwrap().0)
        .collect();
    Some((200, format!("<DescribeImagesResponse><imagesSet>{items}</imagesSet></DescribeImagesResponse>")))
}

#[test]
fn of_several_images_with_the_name_the_requested_one_counts() {
    let vague = || error(400, "InvalidAMIName.Duplicate", "That name is taken.");
    let others = ["failed", "deregistered", "error"].map(|state| {
        image("x86_64", state, "1", "").map(|(status, body)| (status, body.replace(ID, "ami-0123456789abcdef9")))
    });
    let own = image("x86_64", "available", "1", "");
    for other in &others {
        for said in [together(&[other.clone(), own.clone()]), together(&[own.clone(), other.clone()])] {
            is_recovered(&ends(marked("{}"), &[vague(), said]));
        }
    }
    // Of several that are not, the one that can hold the name is reported.
    let said = together(&[others[0].clone(), image("arm64", "available", "1", "")]);
    is_there(&ends(marked("{}"), &[vague(), said]), Likeness::Different, Marker::Matches);
}

#[test]
fn without_a_name_nothing_is_sent_again_that_may_have_had_an_effect() {
    let unnamed = || {
        let policy = Policy::new().allow("name-missing").unwrap();
        let mut request = request("{}");
        request.name = None;
        let valid = Validator::new().policy(policy).validate(request).unwrap();
        Call::new(valid, Endpoint::from_region("eu-central-1").unwrap()).marker("build").unwrap()
    };
    // An ID that EC2 assigned and does not find.
    let not_found = || error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist"));
    let mut call = unnamed();
    let (outcome, _, waits) = drive(&mut call, &[not_found()]);
    let Outcome::GaveUp(gave_up) = &outcome else { panic!("{outcome}") };
    assert_eq!((call.attempts(), gave_up.image_id.as_ref().unwrap().as_str()), (1, ID));
    assert_eq!(waits.iter().sum::<Duration>(), Duration::from_secs(300));
    let (outcome, sent, _) = drive(&mut unnamed(), &[error(503, "Unavailable", "The service is unavailable.")]);
    assert_eq!(sent, 1, "{outcome}");
}

#[test]
fn an_image_that_is_gone_after_it_was_seen_makes_way() {
    let not_found = || error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist"));
    let untagged = || image("x86_64", "available", "", "");
    for gone in [not_found(), image("x86_64", "deregistered", "", "")] {
        let outcome = ends(marked("{}"), &[taken(), untagged(), gone, registered()]);
        assert!(matches!(outcome, Outcome::Registered(_)), "{outcome}");
    }
    let outcome = ends(marked("{}"), &[taken(), untagged(), not_found(), taken(), not_found(), taken(), not_found()]);
    let text = format!(
        "the name was held by {ID}, which may be what was asked for, and does not show the tags of the request; the last \
         look-up did not find it; the last look-up: InvalidAMIID.NotFound: The image id '[{ID}]' does not exist (status 400)"
    );
    assert_eq!(outcome.to_string(), text);
    // A name that another image took in words that do not name it.
    let vague = error(400, "InvalidAMIName.Duplicate", "That name is taken.");
    let said = [taken(), image("x86_64", "deregistered", "0", ""), vague, none()];
    let outcome = ends(marked("{}").retry_config(RetryConfig::standard().with_max_attempts(2)), &said);
    assert!(outcome.to_string().starts_with("the name is taken by an image that EC2 did not name"), "{outcome}");
}

#[test]
fn a_dry_run_that_registered_names_its_image() {
    let outcome = ends(marked(r#"{"DryRun": true}"#), &[registered()]);
    let text = format!(
        "gave up, and an image may have been registered: {ID}, which a response named; the last attempt: the response to \
         a dry run says that it registered an image"
    );
    assert_eq!(outcome.to_string(), text);
}

#[test]
fn waits_before_registering_again_are_never_zero() {
    let gone = || image("x86_64", "deregistered", "0", "");
    for timeout in [Duration::ZERO, Duration::from_secs(2)] {
        let mut call = marked("{}").look_up_timeout(timeout);
        let (outcome, _, waits) = drive(&mut call, &[taken(), gone(), taken(), gone(), registered()]);
        assert!(matches!(outcome, Outcome::Registered(_)), "{outcome}");
        assert!(waits.len() == 2 && waits.iter().all(|wait| *wait >= Duration::from_secs(1)), "{waits:?}");
    }
    // A process before this one may have sent the request just now.
    let (_, _, waits) = drive(&mut marked("{}").earlier_attempts(), &[registered()]);
    assert_eq!(waits, [Duration::from_secs(1)]);
    let (_, _, waits) = drive(&mut marked(r#"{"DryRun": true}"#).earlier_attempts(), &[registered()]);
    assert!(waits.is_empty(), "{waits:?}");
}

#[test]
fn look_ups_use_all_of_their_time_and_no_more() {
    for seconds in [1.0, 2.5, 7.3, 10.0, 45.9, 300.0] {
        for jitter in [0.0, 0.3, 1.0] {
            let timeout = Duration::from_secs_f64(seconds);
            let mut call = marked("{}").look_up_timeout(timeout);
            let mut waits = Vec::new();
            let said = [taken(), image("x86_64", "available", "", "")];
            let mut sent = 0;
            loop {
                match call.next(jitter) {
                    Step::Send(_) => {
                        let (status, body) = said[usize::from(sent > 0)].clone().unwrap();
                        call.answered(&Response::builder().status(status).body(body).unwrap());
                        sent += 1;
                    }
                    Step::Wait(wait) => waits.push(wait),
                    Step::Done(_) => break,
                }
            }
            assert_eq!(waits.iter().sum::<Duration>(), timeout, "{waits:?}");
            assert!(waits.iter().all(|wait| *wait >= Duration::from_secs(1)), "{waits:?}");
            // They grow, until the last one takes what is left.
            assert!(waits[..waits.len() - 1].is_sorted(), "{waits:?}");
            assert!(waits[0] <= Duration::from_secs(3), "{waits:?}");
        }
    }
}
