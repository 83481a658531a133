//! The option `--facts` of every command that has it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

const REQUEST: &str = r#"{"Name": "web", "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,
    "RootDeviceName": "/dev/xvda",
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}]}"#;

/// Everything that the rules need to know about the request.
const ALL: &str = r#"{"OwnerId": "123456789012", "AccountLevel": {}, "Platform": "Linux/UNIX", "Images": [],
    "Snapshots": [{"SnapshotId": "snap-0123456789abcdef0",
    "State": "completed", "StorageTier": "standard", "VolumeSize": 8, "OwnerId": "123456789012"}]}"#;

fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ec2-register-image")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The commands that read facts, in each of their formats.
const COMMANDS: [&[&str]; 5] = [
    &["check"],
    &["check", "--format", "json"],
    &["preview"],
    &["preview", "--format", "json"],
    &["serve", "--port", "0"],
];

#[test]
fn a_document_that_is_not_facts_ends_every_command() {
    let request = file("facts-request.json", REQUEST);
    for (index, (document, reason)) in [
        ("{}", "the document has no known member"),
        (r#"{"Reservations": []}"#, "the document has no known member"),
        ("null", "invalid type: null"),
        (
            r#"{"EbsEncryptionByDefualt": true}"#,
            "unknown member `EbsEncryptionByDefualt`; did you mean `EbsEncryptionByDefault`?",
        ),
        (r#"{"Images": [], "Snapshot": []}"#, "unknown member `Snapshot`; did you mean `Snapshots`?"),
        (
            r#"{"status_code": 403, "data": {"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}}"#,
            "the document is an error response: UnauthorizedOperation",
        ),
        ("", "EOF while parsing a value"),
    ]
    .into_iter()
    .enumerate()
    {
        let facts = file(&format!("facts-not-{index}.json"), document);
        for command in COMMANDS {
            let rest: &[&str] = if command[0] == "serve" { &[] } else { &[&request] };
            let output = run(&[command, &["--facts", &facts], rest].concat());
            let error = text(&output.stderr);
            assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{command:?} {document}");
            assert!(error.contains(&facts) && error.contains(reason), "{command:?} {document}: {error}");
        }
    }
}

#[test]
fn facts_of_different_regions_are_not_mixed() {
    let request = file("facts-regions-request.json", REQUEST);
    let of = |region: &str| file(&format!("facts-of-{region}.json"), &format!(r#"{{"Region": "{region}"}}"#));
    let (one, other, unknown) = (of("eu-west-3"), of("us-west-2"), file("facts-of-any.json", r#"{"Images": []}"#));
    for command in &COMMANDS[..4] {
        let output = run(&[*command, &["--facts", &one, "--facts", &unknown, "--facts", &other, &request]].concat());
        let message = "the facts are of the Region us-west-2, but those of an earlier file are of eu-west-3";
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{command:?}");
        assert!(text(&output.stderr).ends_with(&format!(": {other}: {message}\n")), "{}", text(&output.stderr));
        let output = run(&[*command, &["--facts", &one, "--facts", &unknown, "--facts", &one, &request]].concat());
        assert_eq!(output.status.code(), Some(0), "{command:?}");
    }
}

#[test]
fn every_form_of_facts_is_read() {
    let request = file("facts-forms-request.json", REQUEST);
    let pending = |facts: &str| {
        let facts = file("facts-form.json", facts);
        let output = run(&["check", "--format", "json", "--facts", &facts, &request]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report[0]["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == "snapshot-not-completed")
    };
    let item = r#"{"SnapshotId": "snap-0123456789abcdef0", "State": "pending", "OwnerId": "1", "Progress": "5%"}"#;
    assert!(pending(item));
    assert!(pending(&format!("[{item}]")));
    assert!(pending(&format!(r#"{{"Snapshots": [{item}], "NextToken": "a"}}"#)));
    assert!(pending(&format!(
        r#"{{"status_code": 200, "data": {{"Snapshots": [{item}], "ResponseMetadata": {{}}}}}}"#
    )));
    assert!(!pending(ALL));
}

#[test]
fn a_foreign_key_is_not_the_accounts_own() {
    let request = file("facts-foreign-request.json", REQUEST);
    let foreign = file(
        "facts-foreign.json",
        r#"{"SnapshotId": "snap-0123456789abcdef0", "OwnerId": "999999999999", "Encrypted": true,
            "KmsKeyId": "arn:aws:kms:us-east-1:999999999999:key/1", "State": "completed"}"#,
    );
    let own = file("facts-own.json", r#"{"Account": "123456789012"}"#);
    let output = run(&["preview", "--format", "json", "--facts", &own, "--facts", &foreign, &request]);
    let preview: Value = serde_json::from_slice(&output.stdout).unwrap();
    let launch = &preview["LaunchEncryption"][0];
    assert_eq!(
        (&launch["Encrypted"], &launch["Key"], &launch["KmsKeyId"]),
        (&json!(true), &json!("default"), &Value::Null)
    );
    // An empty ARN is no Outpost, whose snapshots are always encrypted.
    let empty = file(
        "facts-empty.json",
        r#"{"EbsEncryptionByDefault": false, "Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "Encrypted": false,
            "OutpostArn": "", "KmsKeyId": ""}]}"#,
    );
    let output = run(&["preview", "--format", "json", "--facts", &empty, &request]);
    let preview: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(preview["LaunchEncryption"][0]["Encrypted"], false);
}

#[test]
fn rules_that_lacked_facts_are_listed_in_every_format() {
    let request = file("facts-list-request.json", REQUEST);
    let all = file("facts-all.json", ALL);
    let images = file("facts-images.json", r#"{"Images": []}"#);
    let lacking = [
        "snapshot-not-listed",
        "snapshot-not-completed",
        "snapshot-archived",
        "snapshot-shared-encrypted",
        "snapshot-other-account",
        "platform-billing",
        "imds-not-required",
    ];
    let line = "not checked, for want of facts: imds-not-required, platform-billing, snapshot-archived, \
        snapshot-not-completed, snapshot-not-listed, snapshot-other-account, snapshot-shared-encrypted";

    let output = run(&["check", "--facts", &images, &request]);
    assert_eq!((text(&output.stdout).lines().last(), output.status.code()), (Some(line), Some(0)));
    // Without facts as well, after what was found.
    let output = run(&["check", &request]);
    let printed = text(&output.stdout).lines().collect::<Vec<_>>();
    let line = line.replace("imds-not-required, ", "imds-not-required, name-in-use, ");
    assert_eq!((printed.as_slice(), output.status.code()), (&["0 errors, 0 warnings in 1 file", &line][..], Some(0)));
    let output = run(&["preview", &file("facts-short-request.json", r#"{"Name": "db"}"#)]);
    let last = text(&output.stderr).lines().last();
    assert_eq!(last, Some("not checked, for want of facts: name-in-use, imds-not-required"));
    let output = run(&["check", "--format", "json", "--facts", &images, &request]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report[0]["not_checked"], output.status.code()), (&json!(lacking), Some(0)));
    let output = run(&["check", "--format", "json", "--facts", &all, &request]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report[0]["not_checked"], Value::Null);

    // An option turns it into an error.
    for (facts, code) in [(&images, 1), (&all, 0)] {
        for command in [&COMMANDS[0], &COMMANDS[1], &COMMANDS[2], &COMMANDS[3]] {
            let output = run(&[*command, &["--require-facts", "--facts", facts, &request]].concat());
            assert_eq!(output.status.code(), Some(code), "{command:?} {facts}");
        }
    }
    let output = run(&["check", "--require-facts", &request]);
    assert!(text(&output.stdout).ends_with("snapshot-shared-encrypted\n"));
    assert_eq!(output.status.code(), Some(1));
    let output = run(&["preview", "--require-facts", "--facts", &images, &request]);
    assert_eq!(
        (text(&output.stdout), text(&output.stderr).trim_end()),
        ("", &*format!("preview: {}", sorted_as_rules()))
    );
    // A rule that is allowed is not required.
    let allowed = lacking.map(|rule| ["--allow", rule]).concat();
    let output = run(&[&["check", "--require-facts", "--facts", &images][..], &allowed, &[&request]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

/// The line of a single report, in the order of the rules.
fn sorted_as_rules() -> String {
    "not checked, for want of facts: snapshot-not-listed, snapshot-not-completed, snapshot-archived, \
        snapshot-shared-encrypted, snapshot-other-account, platform-billing, imds-not-required"
        .into()
}

#[test]
fn help_names_the_documents() {
    for command in ["check", "preview", "serve"] {
        let output = run(&[command, "--help"]);
        let help = text(&output.stdout);
        for document in [
            "describe-snapshots",
            "create-snapshot",
            "describe-snapshot-attribute",
            "describe-images",
            "get-ebs-encryption-by-default",
            "get-ebs-default-kms-key-id",
            "get-instance-metadata-defaults",
            "sts get-caller-identity",
        ] {
            assert!(help.contains(document), "{document} in {help}");
        }
    }
}
