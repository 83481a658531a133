//! Records of CloudTrail: what they say, and why some of it cannot be read.

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::response::ErrorEntry;
use ec2_register_image::wire::cloudtrail;
use ec2_register_image::wire::cloudtrail::{GapReason, Record, RecordedOutcome};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const NOT_A_RECORD: &str = "not a record of CloudTrail, nor an envelope with one inside";

const LOG: &str = include_str!("../fixtures/cloudtrail-log.json");

/// A record with these members, in addition to those of every record.
fn record(members: Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "eventTime": "2026-11-23T10:00:00Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RegisterImage",
    });
    record.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    record
}

#[track_caller]
fn decode(members: Value) -> Record {
    cloudtrail::decode_record(record(members).to_string().as_bytes()).unwrap()
}

/// The request equals this JSON of the AWS CLI, and these are the gaps.
#[track_caller]
fn reads(parameters: Value, request: Value, gaps: &[(&str, GapReason)]) {
    let record = decode(json!({ "requestParameters": parameters }));
    assert_eq!(serde_json::to_value(record.request.unwrap()).unwrap(), request, "{parameters}");
    let found: Vec<_> = record.gaps.iter().map(|gap| (gap.path.as_str(), gap.reason)).collect();
    assert_eq!(found, gaps, "{parameters}");
}

#[track_caller]
fn says(members: Value, outcome: RecordedOutcome) {
    assert_eq!(decode(members.clone()).outcome, outcome, "{members}");
}

#[track_caller]
fn refuses(record: Value, message: &str) {
    assert_eq!(cloudtrail::decode_record(record.to_string().as_bytes()).unwrap_err().to_string(), message, "{record}");
}

#[test]
fn a_log_gives_its_registrations_in_order() {
    let records: Vec<Record> =
        cloudtrail::decode_log(LOG.as_bytes()).unwrap().into_iter().map(Result::unwrap).collect();
    let [web, db] = &records[..] else { panic!("{records:?}") };

    let request: RegisterImageRequest = serde_json::from_value(json!({
        "Name": "web-2026-11-23", "Architecture": "arm64", "RootDeviceName": "/dev/xvda",
        "SriovNetSupport": "simple", "EnaSupport": true,
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {
                "SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 20, "DeleteOnTermination": true, "VolumeType": "gp3"
            }},
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
            {"DeviceName": "/dev/sdc", "NoDevice": ""}
        ],
        "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "web"}]}]
    }))
    .unwrap();
    assert_eq!(web.request, Some(request));
    assert_eq!(web.gaps, []);
    assert_eq!(web.outcome, RecordedOutcome::Registered("ami-0123456789abcdef0".into()));
    assert_eq!(Ok(web.event_time), OffsetDateTime::from_unix_timestamp(1_795_428_000));
    assert_eq!(web.event_id.as_deref(), Some("ba9b5666-0ceb-4c4c-a733-f85ce183b2e3"));
    assert_eq!(web.request_id.as_deref(), Some("3578b088-b346-4814-802a-73a75f62b946"));
    assert_eq!(web.region.as_ref().map(|region| region.as_str()), Some("eu-north-1"));
    assert_eq!(web.account_id.as_deref(), Some("111122223333"));
    assert_eq!(web.user_arn.as_deref(), Some("arn:aws:sts::111122223333:assumed-role/pipeline/build-7"));

    let refusal = "AMI name web-2026-11-23 is already in use by AMI ami-0123456789abcdef0";
    assert_eq!(
        db.outcome,
        RecordedOutcome::Failed(ErrorEntry::new("Client.InvalidAMIName.Duplicate").with_message(refusal))
    );
    assert_eq!(db.account_id.as_deref(), Some("111122223333"), "a record without `recipientAccountId`");
    assert_eq!(db.user_arn, None, "a service has no ARN");
    let logged = serde_json::to_value(db).unwrap();
    assert_eq!(logged["EventTime"], serde_json::json!(db.event_time.format(&Rfc3339).unwrap()));
    assert_eq!(logged["Outcome"], json!({"Failed": {"Code": "Client.InvalidAMIName.Duplicate", "Message": refusal}}));
    let logged = serde_json::to_value(web).unwrap();
    assert_eq!(logged["Outcome"], json!({"Registered": "ami-0123456789abcdef0"}));
    assert_eq!((&logged["Region"], &logged["Gaps"]), (&json!("eu-north-1"), &json!([])));
    assert_eq!(db.request.as_ref().unwrap().block_device_mappings, None);
}

#[test]
fn the_outcome_is_told() {
    let image = json!({"imageId": "ami-1", "requestId": "r-1"});
    says(json!({ "responseElements": image }), RecordedOutcome::Registered("ami-1".into()));
    says(json!({"responseElements": image, "errorCode": null}), RecordedOutcome::Registered("ami-1".into()));
    let passed = "Request would have succeeded, but DryRun flag is set.";
    says(json!({"errorCode": "Client.DryRunOperation", "errorMessage": passed}), RecordedOutcome::DryRunPassed);
    says(json!({"errorCode": "DryRunOperation", "responseElements": null}), RecordedOutcome::DryRunPassed);
    says(json!({"errorCode": "Server.DryRunOperation"}), RecordedOutcome::DryRunPassed);
    let refused = ErrorEntry::new("Client.UnauthorizedOperation").with_message("No.");
    says(json!({"errorCode": "Client.UnauthorizedOperation", "errorMessage": "No."}), RecordedOutcome::Failed(refused));
    says(
        json!({"errorCode": "Server.InternalError"}),
        RecordedOutcome::Failed(ErrorEntry::new("Server.InternalError")),
    );
    says(json!({}), RecordedOutcome::Unstated);
    let omitted = json!({"omitted": true, "originalSize": 200_000, "reason": "responseElements too large"});
    says(json!({ "responseElements": omitted }), RecordedOutcome::Unstated);
}

#[test]
fn a_list_is_read_in_each_form_under_each_name() {
    let one = json!({"BlockDeviceMappings": [{"DeviceName": "/dev/sdb"}]});
    for name in ["blockDeviceMapping", "blockDeviceMappings", "blockDeviceMappingSet"] {
        reads(json!({ name: {"items": [{"deviceName": "/dev/sdb"}]} }), one.clone(), &[]);
        reads(json!({ name: [{"deviceName": "/dev/sdb"}] }), one.clone(), &[]);
        reads(json!({ name: {} }), json!({}), &[]);
        reads(json!({ name: null }), json!({}), &[]);
    }
    let tags = json!({"TagSpecifications": [{"Tags": [{"Key": "a", "Value": ""}]}]});
    for name in ["tags", "tag", "tagSet"] {
        let tag = json!({"key": "a", "value": {}});
        reads(json!({"tagSpecificationSet": {"items": [{ name: [tag] }]}}), tags.clone(), &[]);
        reads(json!({"tagSpecificationSet": {"items": [{ name: {"items": [tag]} }]}}), tags.clone(), &[]);
    }
    reads(json!({"billingProducts": {"items": ["bp-1"]}}), json!({"BillingProducts": ["bp-1"]}), &[]);
}

#[test]
fn members_that_are_usually_omitted_are_read() {
    let recorded = json!({"description": "", "virtualizationType": "hvm"});
    reads(recorded, json!({"Description": "", "VirtualizationType": "hvm"}), &[]);
}

#[test]
fn what_cannot_be_taken_is_a_gap_and_hides_nothing_else() {
    use GapReason::{Malformed, Redacted, Unknown};
    let web = json!({"Name": "web"});
    reads(json!({"name": "web", "colour": "blue"}), web.clone(), &[("requestParameters.colour", Unknown)]);
    reads(json!({"name": "web", "Name": "db"}), web.clone(), &[("requestParameters.Name", Unknown)]);
    reads(json!({"name": "web", "nameSet": "db"}), web.clone(), &[("requestParameters.nameSet", Unknown)]);
    reads(json!({"name": "web", "dryRun": "true"}), web.clone(), &[("requestParameters.dryRun", Malformed)]);
    reads(json!({"name": "web", "enaSupport": 1}), web.clone(), &[("requestParameters.enaSupport", Malformed)]);
    reads(json!({"name": "web", "description": 5}), web.clone(), &[("requestParameters.description", Malformed)]);
    reads(json!({"name": "web", "description": ["a"]}), web.clone(), &[("requestParameters.description", Malformed)]);
    let mapping = "requestParameters.blockDeviceMapping";
    reads(json!({"name": "web", "blockDeviceMapping": {"item": []}}), web.clone(), &[(mapping, Malformed)]);
    reads(json!({"name": "web", "blockDeviceMapping": {"items": {}}}), web.clone(), &[(mapping, Malformed)]);
    reads(json!({"name": "web", "blockDeviceMapping": {"items": [], "more": 1}}), web.clone(), &[(mapping, Malformed)]);
    reads(
        json!({"blockDeviceMapping": {"items": [{"ebs": {"iops": 3_000_000_000_u64, "volumeSize": 8, "x\n": 1}}, "a"]}}),
        json!({"BlockDeviceMappings": [{"Ebs": {"VolumeSize": 8}}]}),
        &[
            ("requestParameters.blockDeviceMapping.items[0].ebs.iops", Malformed),
            ("requestParameters.blockDeviceMapping.items[0].ebs.x\\n", Unknown),
            ("requestParameters.blockDeviceMapping.items[1]", Malformed),
        ],
    );
    let twice = [("requestParameters.blockDeviceMappings", Unknown)];
    reads(
        json!({"blockDeviceMapping": {"items": []}, "blockDeviceMappings": []}),
        json!({"BlockDeviceMappings": []}),
        &twice,
    );
    for mark in ["<sensitiveDataRemoved>", "HIDDEN_DUE_TO_SECURITY_REASONS"] {
        reads(json!({"name": "web", "uefiData": mark}), web.clone(), &[("requestParameters.uefiData", Redacted)]);
    }
    reads(json!({"uefiData": "QU1aTlVFRkk="}), json!({"UefiData": "QU1aTlVFRkk="}), &[]);
}

#[test]
fn a_long_name_is_cut_in_a_gap() {
    let record = decode(json!({"requestParameters": { "x".repeat(1000): 1 }}));
    assert_eq!(record.gaps[0].path, format!("requestParameters.{}", "x".repeat(40)));
}

#[test]
fn a_record_without_parameters_has_no_request() {
    for members in [
        json!({}),
        json!({"requestParameters": null}),
        json!({"requestParameters": {"omitted": "true", "originalSize": "149893", "reason": "requestParameters too large"}}),
        json!({"requestParameters": {"omitted": true, "originalSize": 161_386, "reason": "requestParameters too large"}}),
    ] {
        let record = decode(members);
        assert_eq!((record.request, record.gaps), (None, vec![]));
    }
    let record = decode(json!({"requestParameters": "all"}));
    assert_eq!(record.request, None);
    assert_eq!(record.gaps[0].path, "requestParameters");
}

#[test]
fn what_is_no_record_is_refused() {
    const OTHER: &str = "the record is of another event than EC2's RegisterImage";
    for other in [json!([]), json!({}), json!(5), json!("RegisterImage"), json!([record(json!({}))])] {
        refuses(other, NOT_A_RECORD);
    }
    refuses(record(json!({"eventName": "CreateImage"})), OTHER);
    refuses(record(json!({"eventName": 5})), NOT_A_RECORD);
    refuses(record(json!({"eventSource": "rekognition.amazonaws.com"})), OTHER);
    refuses(
        record(json!({"eventVersion": "2.0"})),
        "the record is not of major version 1, so its members may mean something else",
    );
    refuses(record(json!({"eventTime": null})), "the record has no `eventTime`");
    refuses(record(json!({"eventTime": "today"})), "`eventTime` is not a date of RFC 3339");
    refuses(record(json!({"eventTime": 1_795_000_000})), "`eventTime` is not of the type that it has in every record");
    refuses(record(json!({"userIdentity": "root"})), "`userIdentity` is not of the type that it has in every record");
    refuses(
        record(json!({"errorCode": "Client.X", "responseElements": {"imageId": "ami-1"}})),
        "the record has both an `errorCode` and the id of an image",
    );
    refuses(record(json!({"errorCode": ""})), "`errorCode` is empty, and the code is what tells errors apart");
    refuses(record(json!({"responseElements": {"imageId": " "}})), "`imageId` is empty, and every image has one");
    let error = cloudtrail::decode_record(b"{\n  \"eventName\": }").unwrap_err();
    assert_eq!(error.to_string(), "not JSON, or nested deeper than any record, at line 2 column 16");
    assert_eq!((error.line(), error.column()), (Some(2), Some(16)));
    assert!(cloudtrail::decode_record("[".repeat(100_000).as_bytes()).is_err());
    let error = cloudtrail::decode_record(b"{\"a\":\n\"\xc3\xa9\xff\"}").unwrap_err();
    assert_eq!((error.line(), error.column()), (Some(2), Some(4)), "not UTF-8");
    let log = json!({"Records": [record(json!({})), record(json!({}))]});
    refuses(log, "2 records where one is expected");
}

/// Checks how many results a log has, and how many of them are errors.
#[track_caller]
fn holds(log: Value, registrations: usize, unreadable: usize) {
    let records = cloudtrail::decode_log(log.to_string().as_bytes()).unwrap();
    let found = (records.len(), records.iter().filter(|record| record.is_err()).count());
    assert_eq!(found, (registrations, unreadable), "{log}");
}

#[test]
fn logs_have_two_forms_and_other_events() {
    let ours = record(json!({}));
    holds(json!({"Records": []}), 0, 0);
    let other = record(json!({"eventName": "RunInstances"}));
    holds(json!({"Records": [other, record(json!({"eventSource": "s3.amazonaws.com"})), other]}), 0, 0);
    holds(json!({"Records": [null, 5, "RegisterImage", [], {}, other]}), 5, 5);
    holds(json!({"Records": [ours, record(json!({"eventTime": 5})), ours]}), 3, 1);
    holds(json!({"Events": [{"EventName": "RegisterImage", "CloudTrailEvent": ours.to_string()}]}), 1, 0);
    holds(json!({"Events": [{}, {"CloudTrailEvent": ours.to_string()}]}), 2, 1);
    holds(json!({"Events": [{"CloudTrailEvent": "{"}], "NextToken": "x"}), 1, 1);
    // A record is read as one, even if it has the members of an envelope, too.
    holds(json!({"Records": [record(json!({"CloudTrailEvent": "{"}))]}), 1, 0);

    holds(json!([]), 0, 0);
    for log in ["{}", "[[]]", "5", r#"{"Records": {}}"#, r#"{"Events": null}"#] {
        let records = cloudtrail::decode_log(log.as_bytes()).unwrap();
        let [Err(error)] = &records[..] else { panic!("{records:?}") };
        assert_eq!(error.to_string(), NOT_A_RECORD, "{log}");
    }
    let error = cloudtrail::decode_log(br#"{"Records": [], "Events": 5}"#).unwrap_err();
    assert_eq!(error.to_string(), NOT_A_RECORD);
    for empty in ["", " \n"] {
        let error = cloudtrail::decode_log(empty.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "there is no text, and a log without events has at least an empty list");
    }
    let cut_off = cloudtrail::decode_log(&LOG.as_bytes()[..2000]).unwrap_err();
    assert!(cut_off.to_string().starts_with("not JSON"), "{cut_off}");
}

#[test]
fn uefi_data_is_shown_nowhere() {
    let parameters = json!({"uefiData": "SECRET", "blockDeviceMapping": "SECRET", "enaSupport": "SECRET"});
    let record = decode(json!({ "requestParameters": parameters }));
    let shown = format!("{record:?}") + &record.gaps.iter().map(ToString::to_string).collect::<String>();
    assert!(!shown.contains("SECRET"), "{shown}");
    let error = cloudtrail::decode_record(br#"{"requestParameters": {"uefiData": "SECRET"}, SECRET"#).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SECRET"));
}

/// Spells the AWS CLI's JSON of a request as a record does.
fn as_recorded(cli: Value) -> Value {
    match cli {
        Value::Object(members) => Value::Object(members.into_iter().map(as_recorded_member).collect::<Map<_, _>>()),
        Value::Array(items) => items.into_iter().map(as_recorded).collect(),
        scalar => scalar,
    }
}

fn as_recorded_member((name, value): (String, Value)) -> (String, Value) {
    let value = as_recorded(value);
    match name.as_str() {
        "BlockDeviceMappings" => ("blockDeviceMapping".into(), json!({ "items": value })),
        "TagSpecifications" => ("tagSpecificationSet".into(), json!({ "items": value })),
        "NoDevice" if value == "" => ("noDevice".into(), json!({})),
        _ => (name[..1].to_ascii_lowercase() + &name[1..], value),
    }
}

proptest! {
    #[test]
    fn a_request_that_was_recorded_is_read_the_same(request in crate::support::request()) {
        let parameters = as_recorded(serde_json::to_value(&request).unwrap());
        let record = decode(json!({ "requestParameters": parameters }));
        prop_assert_eq!(record.gaps, vec![]);
        prop_assert_eq!(record.request, Some(request));
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = cloudtrail::decode_record(&bytes);
        let _ = cloudtrail::decode_log(&bytes);
    }

    #[test]
    fn no_json_panics(text in r#"[\[{]("(Records|detail|body|eventSource|eventName|a)":|[\[{}\],]|"[a\\]?"|1|null){0,9}"#) {
        let _ = cloudtrail::decode_record(text.as_bytes());
        let _ = cloudtrail::decode_log(text.as_bytes());
    }
}
