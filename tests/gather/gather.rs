//! What is asked, what becomes of the answers, and what stays unknown.

use ec2_register_image::gather::Fact;
use ec2_register_image::machine::{Failure, Machine, Purpose, ReadError, RequestInfo, Step};
use ec2_register_image::preview::preview;
use ec2_register_image::types::{ProductCodeType, SnapshotState};
use ec2_register_image::{RegisterImageRequest, Validator};
use http::Response;

use crate::account::*;

#[test]
fn what_the_account_has_becomes_facts() {
    let mut account = Account::default();
    account.codes.insert(DATA, "<item><productCode>abc</productCode><type>marketplace</type></item>");
    account.images = vec![image("ami-1", "web", "disabled"), image("ami-2", "web-2", "available")];
    let (gathered, trace) = run(gather(&request("web", &[ROOT, DATA])), |form, _| account.answer(form));
    assert_eq!(unknown(&gathered), [""; 0]);
    let facts = gathered.facts;
    assert_eq!(facts.region().unwrap(), "eu-central-1");
    assert_eq!(facts.owner_id(), Some(OWN));
    assert_eq!(facts.ebs_encryption_by_default(), Some(true));
    assert_eq!(facts.default_kms_key_id().unwrap(), "alias/aws/ebs");
    let root = facts.snapshot(&ROOT.into()).unwrap();
    assert_eq!((root.volume_size, root.product_codes.as_deref()), (Some(8), Some([].as_slice())));
    let data = facts.snapshot(&DATA.into()).unwrap();
    assert_eq!((data.state.as_ref(), data.owner_id.as_deref()), (Some(&SnapshotState::PENDING), Some(OTHER)));
    let codes = data.product_codes.as_ref().unwrap();
    assert_eq!(codes[0].product_code_type, Some(ProductCodeType::MARKETPLACE));

    // An image with another name is not what was asked for, even if a stand-in for EC2 ignores the filter.
    let request = request("web", &[ROOT, DATA]);
    let report = Validator::new().facts(facts.clone()).check(&request);
    let rules: Vec<_> = report.findings().map(|finding| finding.rule().id).collect();
    for rule in ["name-in-use", "snapshot-not-completed", "secondary-product-codes"] {
        assert!(rules.contains(&rule), "{rule} is not in {rules:?}");
    }
    let images = serde_json::to_value(&facts).unwrap()["Images"].clone();
    assert_eq!(images.as_array().unwrap().len(), 1);

    assert_eq!(
        trace.actions(),
        [
            "DescribeSnapshots …718 …719",
            "DescribeSnapshots own …718 …719",
            "DescribeSnapshotAttribute …718",
            "DescribeSnapshotAttribute …719",
            "DescribeImages own",
            "GetEbsEncryptionByDefault",
            "GetEbsDefaultKmsKeyId",
        ]
    );
    assert!(trace.waits.is_empty());
}

#[test]
fn a_shared_snapshot_is_predicted_as_one() {
    let account = Account::default();
    let request = request("web", &[ROOT, DATA]);
    let (gathered, _) = run(gather(&request), |form, _| account.answer(form));
    let valid = request.validate().unwrap_or_else(|error| panic!("{error}"));
    let preview = preview(&valid, &gathered.facts);
    let keys: Vec<_> = preview
        .launch_encryption
        .iter()
        .map(|volume| serde_json::to_value(volume).unwrap()["Key"].as_str().unwrap_or("?").to_owned())
        .collect();
    // The account encrypts by default, and a shared snapshot's own key does not count.
    assert_eq!(keys, ["default", "default"]);
}

#[test]
fn another_snapshot_of_the_account_reveals_its_id() {
    let request = request("web", &[DATA]);
    let (gathered, trace) = run(gather(&request), |form, _| Account::default().answer(form));
    assert_eq!(gathered.facts.owner_id(), Some(OWN));
    assert_eq!(unknown(&gathered), [""; 0]);
    assert_eq!(trace.actions().last().unwrap(), "DescribeSnapshots own");
    let report = Validator::new().facts(gathered.facts).check(&request);
    assert!(report.findings().any(|finding| finding.rule().id == "snapshot-shared-encrypted"), "{report}");
}

fn actions(request: &str) -> Vec<String> {
    let request: RegisterImageRequest = serde_json::from_str(request).unwrap();
    let account = Account::default();
    let (gathered, trace) = run(gather(&request), |form, _| account.answer(form));
    assert_eq!(unknown(&gathered), [""; 0]);
    trace.actions()
}

#[test]
fn only_what_the_request_needs_is_asked() {
    assert_eq!(actions("{}"), [""; 0]);
    assert_eq!(actions(r#"{"Name": ""}"#), [""; 0]);
    assert_eq!(actions(r#"{"Name": "web", "ImageLocation": "bucket/web.manifest.xml"}"#), ["DescribeImages own"]);
    let encryption = ["GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId"];
    let empty = r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}]}"#;
    assert_eq!(actions(empty), encryption);
    let malformed = r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "vol-1"}}]}"#;
    assert_eq!(actions(malformed), encryption);
    let none = r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "NoDevice": ""},
        {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral0"}]}"#;
    assert_eq!(actions(none), [""; 0]);
    // One snapshot for several volumes is asked for once.
    let twice = serde_json::to_string(&request("", &[ROOT, ROOT])).unwrap();
    let of_snapshot = ["DescribeSnapshots …718", "DescribeSnapshots own …718", "DescribeSnapshotAttribute …718"];
    assert_eq!(actions(&twice), [of_snapshot.as_slice(), &encryption].concat());
}

#[test]
fn what_is_denied_stays_unknown_alone() {
    let said = "UnauthorizedOperation: You are not authorized to perform this operation. (status 403, request id r-1)";
    let account = Account { images: vec![], ..Account::default() };
    for (action, facts) in [
        ("DescribeSnapshots", vec![format!("the snapshot {ROOT}"), format!("the snapshot {DATA}")]),
        (
            "DescribeSnapshotAttribute",
            vec![format!("the product codes of {ROOT}"), format!("the product codes of {DATA}")],
        ),
        ("DescribeImages", vec!["the images with the name".to_owned()]),
        ("GetEbsEncryptionByDefault", vec!["encryption by default".to_owned()]),
        ("GetEbsDefaultKmsKeyId", vec!["the default KMS key".to_owned()]),
    ] {
        let answer =
            |form: &Form, _| if value(form, "Action") == Some(action) { denied() } else { account.answer(form) };
        let (gathered, trace) = run(gather(&request("web", &[ROOT, DATA])), answer);
        let expected: Vec<String> = facts.iter().map(|fact| format!("{fact}: {said}")).collect();
        assert_eq!(unknown(&gathered), expected);
        assert!(gathered.unknown.iter().all(|unknown| unknown.error.is_denied()));
        // What is denied is not asked again.
        assert!(trace.waits.is_empty());
        let facts = gathered.facts;
        assert_eq!(facts.ebs_encryption_by_default().is_none(), action == "GetEbsEncryptionByDefault");
        assert_eq!(facts.default_kms_key_id().is_none(), action == "GetEbsDefaultKmsKeyId");
        assert_eq!(facts.snapshot(&ROOT.into()).is_none(), action == "DescribeSnapshots");
        assert_eq!(facts.owner_id().is_none(), action == "DescribeSnapshots");
    }
}

#[test]
fn the_account_id_is_unknown_if_only_the_second_query_is_denied() {
    let account = Account::default();
    let answer = |form: &Form, _| match (value(form, "Action"), value(form, "Owner.1")) {
        (Some("DescribeSnapshots"), Some("self")) => denied(),
        _ => account.answer(form),
    };
    let (gathered, _) = run(gather(&request("web", &[ROOT])), answer);
    assert_eq!(gathered.unknown.len(), 1);
    assert_eq!(gathered.unknown[0].fact, Fact::Account);
    assert_eq!(gathered.facts.owner_id(), None);
    assert_eq!(gathered.facts.snapshot(&ROOT.into()).unwrap().volume_size, Some(8));

    // An image of the account names it, too.
    let account = Account { images: vec![image("ami-1", "web", "available")], ..Account::default() };
    let answer = |form: &Form, _| match (value(form, "Action"), value(form, "Owner.1")) {
        (Some("DescribeSnapshots"), Some("self")) => denied(),
        _ => account.answer(form),
    };
    let (gathered, _) = run(gather(&request("web", &[ROOT])), answer);
    assert_eq!((unknown(&gathered).len(), gathered.facts.owner_id()), (0, Some(OWN)));
}

#[test]
fn an_account_without_own_snapshots_stays_unknown() {
    let mut account = Account::default();
    account.snapshots.remove(ROOT);
    let (gathered, trace) = run(gather(&request("web", &[DATA])), |form, _| account.answer(form));
    assert_eq!(trace.actions().iter().filter(|action| *action == "DescribeSnapshots own").count(), 1);
    assert_eq!(unknown(&gathered), ["the account ID: no response shows it"]);
    assert_eq!(gathered.facts.owner_id(), None);
}

#[test]
fn contradictory_owners_are_no_account() {
    // A stand-in for EC2 that ignores the owner.
    let account = Account::default();
    let ignores = |form: &Form, _| {
        let form: Form = form.iter().filter(|(name, _)| name != "Owner.1").cloned().collect();
        if value(&form, "Action") == Some("DescribeImages") {
            return reply("DescribeImages", "<imagesSet/>");
        }
        account.answer(&form)
    };
    let (gathered, _) = run(gather(&request("web", &[ROOT, DATA])), ignores);
    assert_eq!(unknown(&gathered), ["the account ID: the response is about something else"]);
    assert_eq!(gathered.facts.owner_id(), None);
}

#[test]
fn a_snapshot_that_does_not_exist_leaves_the_others_known() {
    let account = Account::default();
    let request = request("web", &[ROOT, MISSING, DATA]);
    let (gathered, trace) = run(gather(&request), |form, _| account.answer(form));
    assert_eq!(
        unknown(&gathered),
        [format!(
            "the snapshot {MISSING}: InvalidSnapshot.NotFound: The snapshot '{MISSING}' does not exist. \
             (status 400, request id r-1)"
        )]
    );
    assert!(gathered.facts.snapshot(&DATA.into()).is_some());
    assert!(gathered.facts.snapshot(&MISSING.into()).is_none());
    assert_eq!(gathered.facts.owner_id(), Some(OWN));
    assert!(trace.sent.len() < 16, "{:?}", trace.actions());
    let report = Validator::new().facts(gathered.facts).check(&request);
    let mut not_listed = report.findings().filter(|finding| finding.rule().id == "snapshot-not-listed");
    assert_eq!(not_listed.next().unwrap().path().to_string(), "BlockDeviceMappings[1].Ebs.SnapshotId");
    assert!(not_listed.next().is_none());
}

#[test]
fn a_snapshot_that_is_left_out_is_unknown_and_not_listed() {
    let mut account = Account::default();
    let answer = |form: &Form, at| match account.answer(form) {
        // EC2 leaves out a snapshot that the account may not see.
        Ok(response) if at == 0 => Ok(response.map(|body| body.replace(&account.snapshot(DATA), ""))),
        other => other,
    };
    let (gathered, _) = run(gather(&request("web", &[ROOT, DATA])), answer);
    assert_eq!(unknown(&gathered), [format!("the snapshot {DATA}: no response shows it")]);
    assert!(gathered.facts.snapshot(&DATA.into()).is_none());
    account.snapshots.clear();
    let (gathered, trace) = run(gather(&request("web", &[ROOT])), |form, _| account.answer(form));
    assert_eq!(unknown(&gathered).len(), 1);
    assert_eq!(trace.actions()[1], "DescribeImages own");
}

#[test]
fn a_snapshot_that_could_not_be_looked_up_is_not_reported_as_absent() {
    let account = Account::default();
    // The halves of the query fail: one snapshot is missing, and the other half is throttled.
    let answer = |form: &Form, _| match list(form, "SnapshotId").as_slice() {
        [DATA] if value(form, "Action") == Some("DescribeSnapshots") => throttled(),
        _ => account.answer(form),
    };
    let request = request("web", &[MISSING, DATA]);
    let (gathered, _) = run(gather(&request), answer);
    let facts: Vec<_> = gathered.unknown.iter().map(|unknown| unknown.fact.clone()).collect();
    assert_eq!(facts, [Fact::Snapshot(MISSING.into()), Fact::Snapshot(DATA.into())]);
    let report = Validator::new().facts(gathered.facts).check(&request);
    assert!(
        !report.findings().any(|finding| {
            finding.rule().id == "snapshot-not-listed" && finding.path().to_string().contains("[1]")
        })
    );
}

/// An account whose lists come in pages of one item.
fn paged(account: &Account, form: &Form) -> Sent {
    let tag = match value(form, "Action").unwrap() {
        "DescribeSnapshots" => "snapshotSet",
        "DescribeImages" => "imagesSet",
        _ => return account.answer(form),
    };
    let body = account.answer(form)?.into_body();
    let start = body.find(tag).unwrap() + tag.len() + 1;
    let end = body.find(&format!("</{tag}>")).unwrap();
    let items: Vec<&str> = body[start..end].split_inclusive("</item>").collect();
    let at: usize = value(form, "NextToken").map_or(0, |token| token.parse().unwrap());
    let next = if at + 1 < items.len() { format!("<nextToken>{}</nextToken>", at + 1) } else { String::new() };
    let item = items.get(at).copied().unwrap_or_default();
    reply(value(form, "Action").unwrap(), &format!("<{tag}>{item}</{tag}>{next}"))
}

#[test]
fn pages_are_followed_to_the_end() {
    let account = Account {
        images: (0..5).map(|at| image(&format!("ami-{at}"), "web", "available")).collect(),
        ..Account::default()
    };
    let request = request("web", &[ROOT, DATA]);
    let (whole, _) = run(gather(&request), |form, _| account.answer(form));
    let (gathered, trace) = run(gather(&request), |form, _| paged(&account, form));
    assert_eq!(unknown(&gathered), [""; 0]);
    assert_eq!(gathered.facts, whole.facts);
    assert_eq!(trace.sent.iter().filter(|form| value(form, "NextToken").is_some()).count(), 1 + 4);

    // If a page is missing, the whole list is unknown.
    let answer = |form: &Form, _| match value(form, "NextToken") {
        Some("3") => denied(),
        _ => paged(&account, form),
    };
    let (gathered, _) = run(gather(&request), answer);
    assert_eq!(gathered.unknown.len(), 1);
    assert_eq!(gathered.unknown[0].fact, Fact::Images);
    assert!(!gathered.facts.has_all_images_named(&"web".into()) && gathered.facts.images().is_empty());
}

#[test]
fn pages_without_end_are_unknown() {
    let account = Account::default();
    let endless = |form: &Form, _| match value(form, "Action") {
        Some("DescribeImages") => reply("DescribeImages", "<imagesSet/><nextToken>again</nextToken>"),
        _ => account.answer(form),
    };
    let (gathered, trace) = run(gather(&request("web", &[ROOT])), endless);
    assert_eq!(unknown(&gathered), ["the images with the name: the list has too many pages"]);
    assert_eq!(trace.actions().iter().filter(|action| *action == "DescribeImages own").count(), 100);
}

#[test]
fn what_may_pass_is_sent_again_after_a_wait() {
    let account = Account::default();
    let lost = || Err(Failure::Unclear(std::io::ErrorKind::TimedOut.into()));
    let garbage = || Ok(Response::new("<DescribeImagesResponse><imagesSet>".to_owned()));
    for fault in [throttled, lost, garbage, || error(500, "InternalError", "An internal error has occurred.")] {
        let once = |form: &Form, at| if at == 0 { fault() } else { account.answer(form) };
        let (gathered, trace) = run(gather(&request("web", &[ROOT])), once);
        assert_eq!(unknown(&gathered), [""; 0]);
        assert_eq!(trace.waits, [std::time::Duration::from_secs(1)]);
        assert_eq!(trace.sent[0], trace.sent[1]);

        let (gathered, trace) = run(gather(&request("web", &[])), |_, _| fault());
        assert_eq!(unknown(&gathered).len(), 1);
        assert_eq!((trace.sent.len(), trace.waits.len()), (3, 2));
        assert_eq!(trace.waits[1], std::time::Duration::from_secs(2));
    }
}

#[test]
fn the_service_decides_how_long_to_wait() {
    let account = Account::default();
    let answer = |form: &Form, at| match at {
        0 => throttled().map(|mut response| {
            response.headers_mut().insert("x-amz-retry-after", 7_500.into());
            response
        }),
        _ => account.answer(form),
    };
    let (_, trace) = run(gather(&request("web", &[])), answer);
    assert_eq!(trace.waits, [std::time::Duration::from_millis(7_500)]);
}

#[test]
fn a_failure_for_good_ends_it() {
    let account = Account::default();
    let expired = || Failure::Permanent(std::io::Error::other("the credentials are expired"));
    let answer = |form: &Form, at| if at == 3 { Err(expired()) } else { account.answer(form) };
    let (gathered, trace) = run(gather(&request("web", &[ROOT])), answer);
    assert_eq!(trace.sent.len(), 4);
    assert_eq!(
        unknown(&gathered),
        [
            "the images with the name: no response: the credentials are expired",
            "encryption by default: no response: the credentials are expired",
            "the default KMS key: no response: the credentials are expired",
        ]
    );
    assert!(gathered.facts.snapshot(&ROOT.into()).is_some());
}

#[test]
fn product_codes_of_another_snapshot_do_not_count() {
    let account = Account::default();
    let answer = |form: &Form, _| match value(form, "Action") {
        Some("DescribeSnapshotAttribute") => {
            reply("DescribeSnapshotAttribute", &format!("<snapshotId>{DATA}</snapshotId><productCodes/>"))
        }
        _ => account.answer(form),
    };
    let (gathered, _) = run(gather(&request("web", &[ROOT])), answer);
    assert_eq!(unknown(&gathered), [format!("the product codes of {ROOT}: the response is about something else")]);
    assert_eq!(gathered.facts.snapshot(&ROOT.into()).unwrap().product_codes, None);
}

#[test]
fn a_stop_returns_what_is_known() {
    let account = Account::default();
    let mut gather = gather(&request("web", &[ROOT]));
    for _ in 0..2 {
        let Step::Send(request) = gather.next(0.5) else { panic!() };
        let info = request.extensions().get::<RequestInfo>().unwrap();
        assert_eq!(info.purpose, Purpose::Gather);
        gather.answered(&account.answer(&form(request.body())).unwrap());
    }
    let Step::Send(_) = gather.next(0.5) else { panic!() };
    let gathered = gather.stop();
    assert_eq!(gathered.facts.owner_id(), Some(OWN));
    let errors: Vec<_> = gathered.unknown.iter().map(|unknown| &unknown.error).collect();
    assert_eq!(errors.len(), 4);
    assert!(errors.iter().all(|error| matches!(error, ReadError::Stopped)));
    // It stays stopped, and a late response does not count.
    gather.answered(&Response::new("<GetEbsDefaultKmsKeyIdResponse/>"));
    let Step::Done(again) = gather.next(0.5) else { panic!() };
    assert_eq!(unknown(&again), unknown(&gathered));
}

#[test]
fn many_snapshots_are_asked_for_in_several_requests() {
    let ids: Vec<String> = (0..450).map(|number| format!("snap-{number:017x}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut largest = 0;
    let (gathered, trace) = run(gather(&request("web", &ids)), |form, _| {
        largest = largest.max(list(form, "SnapshotId").len());
        match value(form, "Action").unwrap() {
            "DescribeSnapshots" => reply("DescribeSnapshots", "<snapshotSet/>"),
            _ => denied(),
        }
    });
    assert_eq!(largest, 200);
    assert_eq!(trace.actions().iter().filter(|action| action.starts_with("DescribeSnapshots")).count(), 3);
    assert_eq!(gathered.unknown.len(), 450 + 3);
}
