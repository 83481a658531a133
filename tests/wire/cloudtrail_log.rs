//! The forms in which records circulate, and what a check of a record may say.

use ec2_register_image::model::{Image, RequestMember};
use ec2_register_image::rules::{Level, Policy, Validator};
use ec2_register_image::wire::cloudtrail::{self, RecordedOutcome, Review};
use ec2_register_image::{Facts, RegisterImageRequest, preview, rules};
use serde_json::{Map, Value, json};

const RECORD: &str = include_str!("../fixtures/golden-record.json");
const SNAPSHOT: &str = include_str!("../fixtures/golden-snapshot.json");
const IMAGE: &str = include_str!("../fixtures/golden-image.json");
const OTHER_EVENT: &str = include_str!("../fixtures/cloudtrail-other-event.json");

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn event_bridge(record: &Value) -> Value {
    json!({"version": "0", "id": "fe9ed3d8", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2",
        "resources": [], "detail": record})
}

fn sns(message: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "59cc5a56", "TopicArn": "arn:aws:sns:eu-west-1:444455556666:audit",
        "Message": message.to_string(), "Timestamp": "2017-10-11T09:31:00.890Z"})
}

fn sqs(body: &Value) -> Value {
    json!({"MessageId": "d0c3", "ReceiptHandle": "AQEB", "Body": body.to_string()})
}

fn lambda_sns(message: &Value) -> Value {
    json!({"Records": [{"EventVersion": "1.0", "EventSource": "aws:sns", "EventSubscriptionArn": "arn", "Sns": sns(message)}]})
}

fn lambda_sqs(body: &Value) -> Value {
    json!({"Records": [{"messageId": "d0c3", "body": body.to_string(), "eventSource": "aws:sqs", "awsRegion": "eu-west-1"}]})
}

fn looked_up(record: &Value) -> Value {
    json!({"EventId": "c0a4f2d9", "EventName": "RegisterImage", "ReadOnly": "false", "EventSource": "ec2.amazonaws.com",
        "Username": "builder", "Resources": [], "CloudTrailEvent": record.to_string()})
}

fn logged(record: &Value) -> Value {
    json!({"logStreamName": "444455556666_CloudTrail_eu-west-1", "timestamp": 1_507_714_215_000_i64,
        "message": record.to_string(), "eventId": "3359"})
}

fn notice_of_file() -> Value {
    json!({"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1",
        "eventTime": "2026-11-23T10:00:00.000Z", "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "audit"}, "object": {"key": "CloudTrail/RegisterImage.json.gz"}}}]})
}

/// How many registrations are in the text, and the errors.
#[track_caller]
fn holds(text: &str, registrations: usize, errors: &[&str]) {
    let records = cloudtrail::decode_log(text.as_bytes()).unwrap_or_else(|error| panic!("{error} in {text}"));
    let found: Vec<String> =
        records.iter().filter_map(|record| record.as_ref().err()).map(ToString::to_string).collect();
    assert_eq!(found, errors, "{text}");
    let registered = RecordedOutcome::Registered("ami-7d21c3e8".into());
    let read = records.iter().flatten().filter(|record| record.outcome == registered && record.gaps.is_empty());
    assert_eq!(read.count(), registrations, "{text}");
}

#[test]
fn a_record_is_found_in_every_form() {
    let record = parse(RECORD);
    let events = event_bridge(&record);
    for form in [
        record.clone(),
        events.clone(),
        sns(&events),
        sns(&record),
        sqs(&events),
        sqs(&sns(&events)),
        lambda_sns(&events),
        lambda_sqs(&events),
        lambda_sqs(&sns(&events)),
        looked_up(&record),
        logged(&record),
        json!({"Records": [record]}),
        json!({"Events": [looked_up(&record)], "NextToken": "AYABeB"}),
        json!({"ResponseMetadata": {"HTTPStatusCode": 200}, "Events": [looked_up(&record)]}),
        json!({"events": [logged(&record)], "searchedLogStreams": []}),
        json!({"messageType": "DATA_MESSAGE", "logGroup": "audit", "logEvents": [{"id": "1", "message": record.to_string()}]}),
        json!({"Messages": [sqs(&sns(&events))]}),
        json!(record.to_string()),
    ] {
        holds(&form.to_string(), 1, &[]);
        holds(&serde_json::to_string_pretty(&form).unwrap(), 1, &[]);
        // A list of this form, and this form once per line.
        holds(&json!([form, form]).to_string(), 2, &[]);
        holds(&format!("\n{form}\n{form}\r\n\n{form}"), 3, &[]);
        let one = cloudtrail::decode_record(form.to_string().as_bytes()).unwrap();
        assert_eq!(one.event_id.as_deref(), Some("c0a4f2d9-13b7-4d5e-8f66-0e9b2a7d4c18"));
    }
    // Several forms, several log files, and values without a blank between them.
    let several =
        format!("{record}{}\t{}{}", json!({"Records": [record, record]}), looked_up(&record), json!([events]));
    holds(&several, 5, &[]);
}

#[test]
fn a_text_that_holds_no_record_is_never_a_clean_log() {
    const NOT_A_RECORD: &str = "not a record of CloudTrail, nor an envelope with one inside";
    const FILE: &str = "a notification about a file in S3, which is where the records are";
    let file = notice_of_file();
    for form in [file.clone(), sns(&file), lambda_sns(&file), lambda_sqs(&file), sqs(&sns(&file))] {
        holds(&form.to_string(), 0, &[FILE]);
    }
    holds(&sns(&json!({"s3Bucket": "audit", "s3ObjectKey": ["CloudTrail/1.json.gz"]})).to_string(), 0, &[FILE]);
    let change = json!({"detail-type": "EC2 AMI State Change", "source": "aws.ec2", "detail": {"State": "available"}});
    for form in [
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "Hello RegisterImage"}}]}),
        json!({"Records": [{"eventSource": "aws:sqs", "body": ""}]}),
        json!({"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": "eyJh"}}]}),
        json!({"Records": [{"eventSource": "aws:dynamodb", "eventName": "INSERT", "eventVersion": "1.1"}]}),
        json!({"awslogs": {"data": "H4sIAAAAAAAA"}}),
        json!({"events": [{"message": "START RequestId: 3578b088"}]}),
        lambda_sqs(&json!({"Service": "Amazon S3", "Event": "s3:TestEvent"})),
        change.clone(),
        json!([{"DeviceName": "/dev/xvda"}]),
    ] {
        holds(&form.to_string(), 0, &[NOT_A_RECORD]);
    }
    // What cannot be read hides nothing else.
    let record = parse(RECORD);
    holds(&json!({"Records": [change, record, {}]}).to_string(), 1, &[NOT_A_RECORD, NOT_A_RECORD]);
    holds(&format!("{file}\n{record}\n"), 1, &[FILE]);
    let broken = json!({"Records": [{"body": "{\"detail\": "}, record]});
    holds(&broken.to_string(), 1, &["the text inside an envelope is not JSON"]);

    let mut nested = record.clone();
    for _ in 0..8 {
        nested = sns(&nested);
    }
    holds(&nested.to_string(), 1, &[]);
    holds(&sns(&nested).to_string(), 0, &["nested deeper than any record"]);
    let deep = format!("{{\"Records\": [{}{}, {record}]}}", "[".repeat(200), "]".repeat(200));
    holds(&deep, 1, &["nested deeper than any record"]);
}

#[test]
fn other_events_are_skipped() {
    let other = parse(OTHER_EVENT);
    let insight = json!({"eventVersion": "1.09", "eventType": "AwsCloudTrailInsight", "eventTime": "2026-11-23T10:00:00Z",
        "insightDetails": {"eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage"}});
    let policy = json!({"eventSource": "iam.amazonaws.com", "eventName": "PutRolePolicy",
        "requestParameters": {"policyDocument": "{\"Action\": \"ec2:RegisterImage\"}"}});
    let escaped = OTHER_EVENT.replace("web-7", "web\\u002d7");
    for event in [&other, &insight, &policy, &parse(&escaped)] {
        for form in [event.clone(), event_bridge(event), sns(&event_bridge(event)), looked_up(event), json!([event])] {
            holds(&form.to_string(), 0, &[]);
        }
    }
    holds(&escaped, 0, &[]);
    // No spelling of the name hides a record.
    let record = RECORD.replace("RegisterImage", "Register\\u0049mage");
    holds(&record, 1, &[]);
    holds(&json!({ "Message": record }).to_string(), 1, &[]);
}

#[test]
fn errors_in_json_have_their_place_in_the_whole_text() {
    let place = |text: &str| {
        let error = cloudtrail::decode_log(text.as_bytes()).unwrap_err();
        (error.line().unwrap(), error.column().unwrap())
    };
    assert_eq!(place("{\"Records\": [\n{\"a\": tru}]}"), (2, 10));
    assert_eq!(place("{}\n {\"Records\": [5 5]}"), (2, 17));
    assert_eq!(place("[1]\n[2] {\"a\": x}"), (2, 11));
    assert_eq!(place("{\"Records\": []}\n\n]"), (3, 1));

    let mut seen = 0;
    let log = format!("{RECORD}{RECORD}{{\"Records\": [{RECORD}, oops");
    assert!(cloudtrail::for_each_record(log.as_bytes(), |record| seen += usize::from(record.is_ok())).is_err());
    assert_eq!(seen, 3, "records before the mistake");
}

#[test]
fn other_events_cost_no_allocation() {
    let events = |count: usize| vec![OTHER_EVENT.trim_end(); count];
    for log in [
        |events: Vec<&str>| format!("{{\"Records\": [{}]}}", events.join(",")),
        |events: Vec<&str>| format!("[{}]", events.join(",")),
        |events: Vec<&str>| events.join("\n"),
    ] {
        let [few, many] = [10, 1000].map(|count| {
            let log = log(events(count));
            allocation_counter::measure(|| cloudtrail::for_each_record(log.as_bytes(), |_| panic!()).unwrap())
        });
        assert_eq!(few.count_total, many.count_total);
        assert!(many.bytes_max < 100, "{many:?}");
    }
}

#[test]
fn memory_is_that_of_one_record() {
    let [few, many] = [10, 1000].map(|count| {
        let log = format!("{{\"Records\": [{}]}}", vec![RECORD; count].join(","));
        allocation_counter::measure(|| {
            cloudtrail::for_each_record(log.as_bytes(), |record| drop(record.unwrap())).unwrap();
        })
    });
    assert_eq!(few.bytes_max, many.bytes_max);
}

#[test]
fn a_real_registration_becomes_the_image_that_ec2_created() {
    let record = cloudtrail::decode_record(RECORD.as_bytes()).unwrap();
    assert_eq!(record.gaps, []);
    let review = record.check(&Validator::new()).unwrap();
    assert_eq!((review.report.findings().count(), review.disproved.len()), (0, 0));

    let facts: Facts = serde_json::from_str(SNAPSHOT).unwrap();
    let request = record.request.unwrap().validate().unwrap();
    let preview = preview::preview(&request, &facts);
    let mut image: Value = parse(IMAGE)["Images"][0].take();
    let compare = |image: &Value| preview.compare(&serde_json::from_value::<Image>(image.clone()).unwrap()).to_string();
    // Its owner tagged the image later.
    assert!(compare(&image).ends_with("of 23 members, 1 differs and 0 are not shown"), "{}", compare(&image));
    image.as_object_mut().unwrap().remove("Tags");
    assert!(compare(&image).ends_with("same: of 23 members, 0 differ and 0 are not shown"), "{}", compare(&image));
}

/// The parameters that CloudTrail records of a request in the AWS CLI's JSON.
fn recorded(request: &Value) -> Value {
    let member = |(name, value): (&String, &Value)| {
        let name = match name.as_str() {
            "BlockDeviceMappings" => "blockDeviceMapping".to_owned(),
            "TagSpecifications" => "tagSpecificationSet".to_owned(),
            name => name[..1].to_ascii_lowercase() + &name[1..],
        };
        match value {
            Value::String(text) if name == "noDevice" && text.is_empty() => Some((name, json!({}))),
            Value::String(text) if text.is_empty() => None,
            _ if name == "virtualizationType" => None,
            Value::Array(_) if name != "tags" => Some((name, json!({ "items": recorded(value) }))),
            _ => Some((name, recorded(value))),
        }
    };
    match request {
        Value::Object(members) => Value::Object(members.iter().filter_map(member).collect::<Map<_, _>>()),
        Value::Array(items) => items.iter().map(recorded).collect(),
        scalar => scalar.clone(),
    }
}

/// The check of a recorded request with this outcome.
fn review(request: &Value, outcome: Value, validator: &Validator) -> Review {
    let mut record = json!({"eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
        "eventTime": "2026-11-23T10:00:00Z", "requestParameters": recorded(request)});
    record.as_object_mut().unwrap().extend(outcome.as_object().unwrap().clone());
    cloudtrail::decode_record(record.to_string().as_bytes()).unwrap().check(validator).unwrap()
}

fn registered() -> Value {
    json!({"responseElements": {"imageId": "ami-0123456789abcdef0"}})
}

#[test]
fn no_rule_finds_anything_in_a_record_that_it_does_not_find_in_the_request() {
    for rule in rules::all() {
        let facts: Facts = rule.facts.map_or_else(Facts::default, |facts| serde_json::from_str(facts).unwrap());
        let validator = Validator::new().facts(facts);
        for json in [rule.trigger, rule.near_miss] {
            let whole = validator.check(&serde_json::from_str::<RegisterImageRequest>(json).unwrap());
            let review = review(&parse(json), json!({}), &validator);
            for finding in review.report.findings() {
                let is_there = |it: &&rules::Finding| it.rule() == finding.rule() && it.path() == finding.path();
                assert!(whole.findings().find(is_there).is_some(), "{finding} in the record of {json}");
            }
        }
    }
}

#[test]
fn of_an_accepted_call_no_rule_says_that_ec2_rejects_it() {
    let mut disproved = 0;
    for rule in rules::all() {
        let facts: Facts = rule.facts.map_or_else(Facts::default, |facts| serde_json::from_str(facts).unwrap());
        let validator = Validator::new().facts(facts);
        let request = parse(rule.trigger);
        let unstated = review(&request, json!({}), &validator);
        let accepted = review(&request, registered(), &validator);
        assert_eq!(unstated.disproved, []);
        assert!(accepted.report.is_valid(), "{}", accepted.report);
        for finding in accepted.report.findings() {
            let rule = finding.rule();
            let is_about_launch = rule.evidence == rules::Evidence::BrokenAtLaunch;
            assert!(rule.level < Level::Error && (rule.ec2_code.is_none() || is_about_launch), "{finding}");
        }
        // Nothing is lost, except for what facts of another time say.
        let of_facts = unstated.report.findings().filter(|it| it.rule().facts.is_some());
        let kept = accepted.report.findings().count() + accepted.disproved.len();
        assert!((kept..=kept + of_facts.count()).contains(&unstated.report.findings().count()), "{}", rule.id);
        assert!(accepted.disproved.iter().all(|it| it.rule().facts.is_none()));
        disproved += accepted.disproved.len();
    }
    assert!(disproved > 30, "{disproved}");
}

#[test]
fn a_name_that_the_image_itself_holds_is_no_finding() {
    let facts = r#"{"OwnerId": "444455556666", "Images": [
        {"ImageId": "ami-0123456789abcdef0", "Name": "web", "OwnerId": "444455556666"}]}"#;
    let validator = Validator::new().facts(serde_json::from_str(facts).unwrap());
    let request = json!({"Name": "web"});
    let failed = review(&request, json!({"errorCode": "Client.InvalidAMIName.Duplicate"}), &validator);
    assert_eq!(failed.report.errors().map(|it| it.rule().id).collect::<Vec<_>>(), ["name-in-use"]);
    let accepted = review(&request, registered(), &validator);
    assert_eq!((accepted.report.findings().count(), accepted.disproved.len()), (0, 0));
}

#[test]
fn only_an_image_disproves_a_rule_and_policies_still_hold() {
    let request = json!({"Name": "db"});
    let found = |outcome, policy: Policy| {
        let review = review(&request, outcome, &Validator::new().policy(policy));
        (review.report.findings().count(), review.report.waived().count(), review.disproved.len())
    };
    assert_eq!(found(registered(), Policy::new()), (0, 0, 1));
    assert_eq!(found(registered(), Policy::strict()), (0, 0, 1));
    assert_eq!(found(registered(), Policy::new().allow("name-length").unwrap()), (0, 1, 0));
    assert_eq!(found(json!({"errorCode": "Client.DryRunOperation"}), Policy::new()), (1, 0, 0));
    assert_eq!(found(json!({"errorCode": "Client.InvalidAMIName.Malformed"}), Policy::new()), (1, 0, 0));
    assert_eq!(found(json!({}), Policy::new()), (1, 0, 0));
}

#[test]
fn a_record_states_what_it_may_omit() {
    let record = cloudtrail::decode_record(RECORD.as_bytes()).unwrap();
    let unrecorded: Vec<RequestMember> = record.unrecorded().collect();
    let recorded = [
        RequestMember::Name,
        RequestMember::Architecture,
        RequestMember::RootDeviceName,
        RequestMember::BlockDeviceMappings,
    ];
    let expected: Vec<RequestMember> =
        RequestMember::ALL.iter().copied().filter(|member| !recorded.contains(member)).collect();
    assert_eq!(unrecorded, expected);
    assert!(cloudtrail::Record::OMITTED.iter().all(|member| unrecorded.contains(member)));

    let mut record = record;
    record.request = None;
    assert_eq!(record.unrecorded().count(), RequestMember::ALL.len());
    assert_eq!(record.check(&Validator::new()), None);
}
