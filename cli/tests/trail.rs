//! The command `check` on records of CloudTrail.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy does not see that helpers are tests too")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

struct Run {
    stdout: String,
    stderr: String,
    code: i32,
}

fn check(options: &[&str], text: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ec2-register-image"))
        .arg("check")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

fn record(parameters: Value, outcome: Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11", "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
        "eventTime": "2026-11-23T10:00:00Z", "eventID": "e1", "requestParameters": parameters,
    });
    record.as_object_mut().unwrap().extend(outcome.as_object().unwrap().clone());
    record
}

fn registered() -> Value {
    json!({"responseElements": {"imageId": "ami-0123456789abcdef0"}})
}

fn failed() -> Value {
    json!({"errorCode": "Client.InvalidAMIName.Malformed", "errorMessage": "AMI names must be between 3 and 128"})
}

#[track_caller]
fn ends(options: &[&str], text: &str, summary: &str, code: i32) {
    let run = check(options, text);
    let last = run.stdout.lines().rfind(|line| !line.starts_with("not checked, ")).unwrap();
    assert_eq!((last, run.code), (summary, code), "{text}\n{}", run.stdout);
}

#[test]
fn a_request_is_found_in_every_form() {
    let record = record(json!({"name": "db"}), failed());
    let event = json!({"detail-type": "AWS API Call via CloudTrail", "detail": record});
    let message = json!({"Type": "Notification", "Message": event.to_string()});
    for form in [
        record.clone(),
        event.clone(),
        message.clone(),
        json!({"MessageId": "1", "Body": message.to_string()}),
        json!({"Messages": [{"Body": event.to_string()}]}),
        json!({"Records": [{"EventSource": "aws:sns", "Sns": message}]}),
        json!({"Records": [{"eventSource": "aws:sqs", "body": message.to_string()}]}),
        json!({"EventId": "e1", "EventName": "RegisterImage", "CloudTrailEvent": record.to_string()}),
        json!({"events": [{"message": record.to_string(), "logStreamName": "a"}], "searchedLogStreams": []}),
        json!({"message": record.to_string(), "logStreamName": "a"}),
        json!([record]),
        json!([event]),
        json!([record.to_string()]),
        json!(record.to_string()),
    ] {
        ends(&[], &form.to_string(), "1 error, 0 warnings in 1 file", 1);
    }
    ends(&[], &format!("{record}\n{event}\n"), "2 errors, 0 warnings in 1 file", 1);
}

#[test]
fn a_text_without_records_is_no_clean_log() {
    let could_not_be_read = "0 errors, 0 warnings in 1 file, 1 of which could not be read";
    let other = json!({"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"});
    let file = json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {}}]});
    for form in [
        file.clone(),
        json!({"Message": file.to_string()}),
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "Hello"}}]}),
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": file.to_string()}}]}),
        json!({"Records": [{"eventSource": "aws:sqs", "body": "Hello"}]}),
        json!({"Records": [null]}),
        json!({"Events": 5}),
        json!({"detail": {"State": "available"}}),
        // A single record is there to be checked.
        other.clone(),
        json!({"detail": other}),
        json!({"CloudTrailEvent": other.to_string()}),
    ] {
        ends(&[], &form.to_string(), could_not_be_read, 2);
    }
    for form in [json!({"Records": [other]}), json!([other]), json!({"Events": []}), json!({"events": []})] {
        ends(&[], &form.to_string(), "0 errors, 0 warnings in 1 file", 0);
        for options in [&[] as &[&str], &["--format", "json"]] {
            let run = check(options, &form.to_string());
            assert_eq!(run.stderr, "note: no request of RegisterImage in <stdin>\n");
        }
    }
    let clean = record(json!({"name": "web"}), registered());
    assert_eq!(check(&[], &json!([clean]).to_string()).stderr, "");
    // Neither is a request that has a member in common with an envelope.
    for form in [json!([]), json!([{"DeviceName": "/dev/sda1"}]), json!({"Name": "web", "body": "a"}), json!("a")] {
        let run = check(&[], &form.to_string());
        assert!(!run.stdout.contains("record") && run.code == 2, "{}", run.stdout);
    }
}

#[test]
fn a_record_says_nothing_about_members_that_it_omits() {
    for name in ["golden-record.json", "cloudtrail-log.json"] {
        let log = std::fs::read_to_string(format!("../tests/fixtures/{name}")).unwrap();
        let run = check(&["--strict"], &log);
        assert!(!run.stdout.contains("missing") && !run.stdout.contains("virtualization"), "{}", run.stdout);
    }
    ends(&["--strict"], &record(json!({"name": "web"}), json!({})).to_string(), "0 errors, 0 warnings in 1 file", 0);
}

#[test]
fn an_unknown_member_is_reported_and_the_rest_is_checked() {
    let gap = "warning: requestParameters.colour: no member of the API is recorded under this name\n\
               --> <stdin>: 2026-11-23T10:00:00Z, event e1\n\n";
    let web = check(&[], &record(json!({"name": "web", "colour": 1}), registered()).to_string());
    let summary = "0 errors, 0 warnings in 1 file\nnot checked, for want of facts: imds-not-required, name-in-use\n";
    assert_eq!((web.stdout, web.code), (format!("{gap}{summary}"), 0));
    let db = check(&[], &record(json!({"name": "db", "colour": 1}), failed()).to_string());
    assert!(db.stdout.starts_with(gap) && db.stdout.contains("error[name-length]"), "{}", db.stdout);
    assert_eq!(db.code, 1);
    let lost = record(json!({"name": "web", "colour": 1, "enaSupport": "yes"}), registered());
    let run = check(&[], &lost.to_string());
    assert!(
        run.stdout.contains("error: requestParameters.enaSupport: the value does not have the form"),
        "{}",
        run.stdout
    );
    assert_eq!(run.code, 2);
}

#[test]
fn a_record_that_disproves_a_rule_says_so() {
    let run = check(&["--strict"], &record(json!({"name": "db"}), registered()).to_string());
    let drawn = r#"disproved[name-length]: EC2 accepted this request and registered ami-0123456789abcdef0, so this rule is wrong or outdated
 --> <stdin>: 2026-11-23T10:00:00Z, event e1:2:11
  |
2 |   "Name": "db"
  |           ^^^^ Name
  |
  = the rule says: the name "db" has 2 characters; EC2 accepts 3 to 128
  = help: report this record to the maintainers of the rules
  = evidence: observed
  = link: https://github.com/webdigi/AWS-AMI-Automated-Creation-Deletion/issues/6

0 errors, 0 warnings in 1 file; 1 finding disproved by EC2
not checked, for want of facts: imds-not-required, name-in-use
"#;
    assert_eq!((run.stdout.as_str(), run.code), (drawn, 0));

    let run = check(&["--format", "json"], &record(json!({"name": "db"}), registered()).to_string());
    let printed: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(printed[0]["disproved"][0]["rule"], "name-length");
    assert_eq!((&printed[0]["valid"], &printed[0]["findings"]), (&json!(true), &json!([])));
    assert_eq!(run.code, 0);
    let run = check(&["--format", "json"], &record(json!({"name": "db"}), failed()).to_string());
    let printed: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&printed[0]["disproved"], &printed[0]["findings"][0]["rule"]), (&json!(null), &json!("name-length")));
    assert_eq!(run.code, 1);
}

#[test]
fn an_accepted_call_is_never_said_to_be_rejected() {
    let long = json!({"items": [
        {"deviceName": "/dev/sda1", "ebs": {"snapshotId": "snap-0123456789abcdef0", "encrypted": false, "kmsKeyId": "a"}},
        {"deviceName": "/dev/sda1", "ebs": {"snapshotId": "vol-1", "volumeType": "gp2", "iops": 5}},
        {"deviceName": "sdb2", "virtualName": "ephemeral99"},
    ]});
    let parameters = json!({"name": "a:", "description": "é", "architecture": "amd64", "bootMode": "UEFI",
        "rootDeviceName": "/dev/sda1", "blockDeviceMapping": long});
    let run = check(&[], &record(parameters.clone(), registered()).to_string());
    assert!(!run.stdout.contains("EC2 answers") && !run.stdout.contains("error["), "{}", run.stdout);
    assert!(run.stdout.matches("disproved[").count() > 8, "{}", run.stdout);
    assert_eq!(run.code, 0);
    let run = check(&[], &record(parameters, failed()).to_string());
    assert!(run.stdout.contains("EC2 answers") && !run.stdout.contains("disproved"), "{}", run.stdout);
    assert_eq!(run.code, 1);
}
