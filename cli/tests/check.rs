//! The command `check`: where it finds things in a document, and what it prints.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{fs, io, thread};

use ec2_register_image::model::{
    BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember, RequestPath, TagMember, TagSpecificationMember,
};
use ec2_register_image::rules;
use proptest::prelude::*;
use serde_json::{Value, json};

#[path = "../src/check/place.rs"]
mod place;
#[path = "../../tests/support/mod.rs"]
mod support;

use place::Document;

/// What stands for a secret; long enough that no message holds it by chance.
const SECRET: &str = "QU1aTlVFRkkSECRETkkQU1aTlVFRkk=";

/// Line, column, what is underlined, and whether the path is there.
#[track_caller]
fn stands(json: &str, path: RequestPath, expected: (usize, usize, &str, bool)) {
    let document = Document::read(json).unwrap();
    let place = document.find(path);
    let underlined = &place.source[place.span.clone()];
    assert_eq!((place.line, place.column, underlined, place.is_there), expected, "{path} in {json}");
    assert!(!place.source.contains(SECRET), "{path} in {json}");
}

const NAME: RequestPath = RequestPath::Request(RequestMember::Name);
const UEFI_DATA: RequestPath = RequestPath::Request(RequestMember::UefiData);
const MAPPINGS: RequestPath = RequestPath::Request(RequestMember::BlockDeviceMappings);

#[test]
fn a_scalar_is_underlined_whole() {
    use EbsBlockDeviceMember as Ebs;
    stands(r#"{"Name": "db"}"#, NAME, (1, 10, r#""db""#, true));
    stands(r#"{"EnaSupport": true}"#, RequestPath::Request(RequestMember::EnaSupport), (1, 16, "true", true));
    stands(r#"{"BillingProducts": ["bp-1", "bp-2"]}"#, RequestPath::BillingProduct(1), (1, 30, r#""bp-2""#, true));
    let json = "{\"BlockDeviceMappings\": [\n  {},\n  {\"Ebs\": {\"Iops\": -12}}\n]}";
    stands(json, RequestPath::Ebs(1, Ebs::Iops), (3, 20, "-12", true));
    let json = r#"{"TagSpecifications":[{"Tags":[{"Key":"a"},{"Key":"b","Value":""}]}]}"#;
    stands(json, RequestPath::TagMember(0, 1, TagMember::Value), (1, 63, r#""""#, true));
}

#[test]
fn a_structure_is_underlined_by_its_key_or_in_a_list_by_its_bracket() {
    let json = "{\"BlockDeviceMappings\": [\n  {\"Ebs\": {\n    \"Iops\": 1}}, {}]}";
    stands(json, MAPPINGS, (1, 2, r#""BlockDeviceMappings""#, true));
    stands(json, RequestPath::Mapping(0), (2, 3, "{", true));
    stands(json, RequestPath::Mapping(1), (3, 18, "{", true));
    stands(json, RequestPath::MappingMember(0, BlockDeviceMappingMember::Ebs), (2, 4, r#""Ebs""#, true));
}

#[test]
fn what_is_missing_is_shown_by_what_should_hold_it() {
    use BlockDeviceMappingMember::DeviceName;
    use EbsBlockDeviceMember::Iops;
    use TagSpecificationMember::ResourceType;
    stands("\n {}", NAME, (2, 2, "{", false));
    stands("{}", RequestPath::Ebs(3, Iops), (1, 1, "{", false));
    stands(r#"{"BlockDeviceMappings": []}"#, RequestPath::Mapping(0), (1, 2, r#""BlockDeviceMappings""#, false));
    stands(r#"{"BlockDeviceMappings": [{}]}"#, RequestPath::MappingMember(0, DeviceName), (1, 26, "{", false));
    stands(r#"{"BlockDeviceMappings": [{"Ebs": {}}]}"#, RequestPath::Ebs(0, Iops), (1, 27, r#""Ebs""#, false));
    let json = r#"{"TagSpecifications": [{"Tags": [{}]}]}"#;
    stands(json, RequestPath::TagSpecificationMember(0, ResourceType), (1, 24, "{", false));
    stands(json, RequestPath::TagMember(0, 0, TagMember::Key), (1, 34, "{", false));
    stands(json, RequestPath::TagMember(0, 1, TagMember::Key), (1, 25, r#""Tags""#, false));
}

#[test]
fn columns_count_characters() {
    stands("{\"Description\": \"é漢😀\", \"Name\": \"db\"}", NAME, (1, 32, r#""db""#, true));
    stands("{\"Description\": \"é\",\n \"Name\": \"dé\"}", NAME, (2, 10, r#""dé""#, true));
    let long = format!(r#"{{"Description": "{}", "Name": "db"}}"#, "é".repeat(5000));
    stands(&long, NAME, (1, 5029, r#""db""#, true));
}

#[test]
fn lines_end_as_files_have_them() {
    stands("{\r\n  \"Name\":\r\n  \"db\"\r\n}", NAME, (3, 3, r#""db""#, true));
    let place = Document::read("{\r\n  \"Name\": \"db\"\r\n}").unwrap().find(NAME);
    assert_eq!(place.source, r#"  "Name": "db""#);
}

#[test]
fn keys_may_be_escaped() {
    stands(r#"{"\u004eame": "\ud83d\ude00"}"#, NAME, (1, 15, r#""\ud83d\ude00""#, true));
    stands(r#"{"\u0042lockDeviceMappings": []}"#, MAPPINGS, (1, 2, r#""\u0042lockDeviceMappings""#, true));
}

#[test]
fn of_uefi_data_the_key_alone_is_shown() {
    let one = |before: &str, after: &str| format!(r#"{before}"UefiData": "{SECRET}"{after}"#);
    stands(&one("{", "}"), UEFI_DATA, (1, 2, r#""UefiData""#, true));
    stands(&one("{", r#", "Name": "db"}"#), NAME, (1, 57, r#""db""#, true));
    stands(&one(r#"{"Name": "db", "#, "}"), NAME, (1, 10, r#""db""#, true));
    stands(&one("{\n", ",\n\"Name\": \"db\"}"), NAME, (3, 9, r#""db""#, true));
    stands(&format!(r#"{{"\u0055efiData": "{SECRET}"}}"#), UEFI_DATA, (1, 2, r#""\u0055efiData""#, true));
    let place = Document::read(&one("{", r#", "Name": "db"}"#)).unwrap().find(NAME).source;
    assert_eq!(place, r#"{"UefiData": "…", "Name": "db"}"#);
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let far = "x".repeat(200);
    for (json, source) in [
        (
            format!(r#"{{"Name": "db", "Description": "{far}"}}"#),
            format!(r#"{{"Name": "db", "Description": "{}…"#, "x".repeat(38)),
        ),
        (format!(r#"{{"Description": "{far}", "Name": "db"}}"#), format!(r#"…{}", "Name": "db"}}"#, "x".repeat(29))),
        (
            format!(r#"{{"Description": "{far}", "Name": "db", "KernelId": "{far}"}}"#),
            format!(r#"…{}", "Name": "db", "KernelId": "{}…"#, "x".repeat(29), "x".repeat(41)),
        ),
        (format!(r#"{{"Name": "{far}"}}"#), format!(r#"{{"Name": "{}…"#, "x".repeat(59))),
    ] {
        assert_eq!(Document::read(&json).unwrap().find(NAME).source, source, "{json}");
    }
}

/// What a run of the program printed, and how it ended.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs the command in the root of the workspace.
#[track_caller]
fn lint<S: AsRef<str>>(arguments: &[S], stdin: impl AsRef<[u8]>) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ec2-register-image"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .arg("check")
        .args(arguments.iter().map(AsRef::as_ref))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut pipe, stdin) = (child.stdin.take().unwrap(), stdin.as_ref().to_owned());
    let writer = thread::spawn(move || match pipe.write_all(&stdin) {
        // A run that reads no input ends before it is written.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        result => result.unwrap(),
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Options that leave these rules alone, so that new rules change no output that is pinned here.
fn only(rules: &[&str]) -> Vec<String> {
    let others = rules::all().filter(|rule| !rules.contains(&rule.id));
    others.flat_map(|rule| ["--allow".to_owned(), rule.id.to_owned()]).collect()
}

/// A file of this content.
fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

const THREE_MISTAKES: &str = r#"{
  "Name": "wéb 12:00",
  "UefiData": "QU1aTlVFRkkSECRETkkQU1aTlVFRkk=",
  "BlockDeviceMappings": [
    {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": true, "VolumeSize": 12}},
    {
      "DeviceName": "/dev/xvdb",
      "Ebs": {
        "VolumeType": "gp3"
      }
    }
  ]
}
"#;
const THREE_RULES: &[&str] = &["name-characters", "encrypted-with-snapshot", "volume-without-source"];

#[test]
fn text_is_drawn_as_rustc_draws_it() {
    let mut arguments = only(THREE_RULES);
    arguments.extend(["--warn".to_owned(), "volume-without-source".to_owned()]);
    let run = lint(&arguments, THREE_MISTAKES);
    assert_eq!(
        run.stdout,
        r#"error[name-characters]: character 7 of the name is ":"; EC2 accepts letters, digits, spaces and ( ) [ ] . / - ' @ _
 --> <stdin>:2:11
  |
2 |   "Name": "wéb 12:00",
  |           ^^^^^^^^^^^ Name
  |
  = help: replace the character, as in "w-b 12-00"
  = evidence: documented; EC2 answers InvalidAMIName.Malformed
  = link: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html

error[encrypted-with-snapshot]: `Encrypted` cannot be set on a volume created from a snapshot ("snap-0123456789abcdef0"), whatever its value
 --> <stdin>:5:94
  |
5 | … "snap-0123456789abcdef0", "Encrypted": true, "VolumeSize": 12}},
  |                                          ^^^^ BlockDeviceMappings[0].Ebs.Encrypted
  |
  = help: remove `Encrypted`; for an encrypted volume, copy the snapshot with encryption and use the ID of the copy
  = evidence: documented; EC2 answers InvalidParameter
  = link: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html

warning[volume-without-source]: the volume has neither a snapshot nor a size, so EC2 cannot create it
 --> <stdin>:8:7
  |
8 |       "Ebs": {
  |       ^^^^^ BlockDeviceMappings[1].Ebs
  |
  = help: set `SnapshotId` for a volume with data, or `VolumeSize` in GiB for an empty one
  = evidence: documented; EC2 answers InvalidBlockDeviceMapping
  = link: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html

2 errors, 1 warning in 1 file
"#
    );
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
}

#[test]
fn a_missing_member_is_drawn_at_its_parent() {
    let run = lint(&only(&["name-missing"]), r#"{"Description": "nightly build"}"#);
    assert_eq!(
        run.stdout,
        r#"error[name-missing]: `Name` is missing; EC2 requires one
 --> <stdin>:1:1
  |
1 | {"Description": "nightly build"}
  | ^ Name (missing)
  |
  = help: set `Name` to 3 to 128 characters that no other image of the account has in the Region
  = evidence: documented; EC2 answers MissingParameter
  = link: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html

1 error, 0 warnings in 1 file
"#
    );
}

#[test]
fn json_is_an_object_a_file() {
    let [good, bad] = [file("good.json", r#"{"Name": "web"}"#), file("bad.json", r#"{"Name": 5}"#)];
    let missing = file("gone.json", "");
    fs::remove_file(&missing).unwrap();
    let why = fs::read(&missing).unwrap_err();

    let mut arguments = only(&["name-length"]);
    arguments.extend(["--format", "json", &good, "-", &bad, &missing].map(str::to_owned));
    let run = lint(&arguments, r#"{"Name": "db"}"#);
    assert_eq!(run.code, 2);
    let expected = json!([
        {"file": good, "valid": true, "findings": []},
        {"file": "-", "valid": false, "findings": [{
            "rule": "name-length",
            "level": "error",
            "evidence": "observed",
            "path": "Name",
            "wire_path": "Name",
            "message": "the name \"db\" has 2 characters; EC2 accepts 3 to 128",
            "help": "use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` ensure it",
            "ec2_code": "InvalidAMIName.Malformed",
        }]},
        {"file": bad, "error": {"line": 1, "column": 10, "message": "invalid type: integer `5`, expected a string"}},
        {"file": missing, "error": {
            "line": null, "column": null, "message": format!("cannot read {missing}: {why}"),
        }},
    ]);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), expected);
    assert_eq!(run.stdout.lines().count(), 1);

    let spotless = rules::find("name-length").unwrap().near_miss;
    let mut arguments = only(&["name-length"]);
    arguments.extend(["--format", "json"].map(str::to_owned));
    assert_eq!(lint(&arguments, spotless).stdout, "[{\"file\":\"-\",\"valid\":true,\"findings\":[]}]\n");
    let unchecked = "[{\"file\":\"-\",\"valid\":true,\"findings\":[],\"not_checked\":[\"name-in-use\"";
    assert!(lint(&["--format", "json"], spotless).stdout.starts_with(unchecked));
}

#[test]
fn facts_are_merged_and_looked_at() {
    let described = r#"{"OwnerId": "1", "Images": [{"ImageId": "ami-1", "Name": "web", "OwnerId": "1"}]}"#;
    let [of_images, of_account] =
        [file("images.json", described), file("account.json", r#"{"OwnerId": "2", "EbsEncryptionByDefault": true}"#)];
    let request = r#"{"Name": "web"}"#;
    let mut arguments = only(&["name-in-use"]);
    assert_eq!(lint(&arguments, request).code, 0);
    arguments.extend(["--facts", &of_images].map(str::to_owned));
    let run = lint(&arguments, request);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let drawn = r#"error[name-in-use]: the name "web" is already used by the image "ami-1"; names are unique in an account and Region
 --> <stdin>:1:10
  |
1 | {"Name": "web"}
  |          ^^^^^ Name
"#;
    assert!(run.stdout.starts_with(drawn), "{}", run.stdout);
    // The later file says that the image is another account's.
    arguments.extend(["--facts", &of_account].map(str::to_owned));
    assert_eq!(lint(&arguments, request).code, 0);
}

#[test]
fn facts_that_cannot_be_read_are_told_with_their_place() {
    let bad = file("facts.json", "{\"Snapshots\": [\n  {\"SnapshotId\": 5}]}");
    refuses(&["--facts", &bad, "-"], &format!("{bad}:2:18: invalid type: integer `5`, expected a string"));
    let list = file("facts-list.json", "[]");
    refuses(
        &["--facts", &list],
        &format!("{list}:1:1: invalid type: sequence, expected an object as the AWS CLI prints it"),
    );
    let missing = file("facts-gone.json", "");
    fs::remove_file(&missing).unwrap();
    let why = fs::read(&missing).unwrap_err();
    refuses(&["--facts", &missing], &format!("cannot read {missing}: {why}"));
}

#[test]
fn several_files_are_drawn_in_their_order_and_summed_up() {
    let [good, short] = [file("fine.json", r#"{"Name": "web"}"#), file("short.json", r#"{"Name": "db"}"#)];
    let bad = file("cut-off.json", "{\n  \"Name\": \"web\"\n");
    let mut arguments = only(&["name-length"]);
    arguments.extend([good.as_str(), &short, &bad, "-"].map(str::to_owned));
    let run = lint(&arguments, r#"{"Name": "ab"}"#);
    let drawn = |name: &str, value: &str| {
        format!(
            r#"error[name-length]: the name "{value}" has 2 characters; EC2 accepts 3 to 128
 --> {name}:1:10
  |
1 | {{"Name": "{value}"}}
  |          ^^^^ Name
  |
  = help: use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` ensure it
  = evidence: observed; EC2 answers InvalidAMIName.Malformed
  = link: https://github.com/webdigi/AWS-AMI-Automated-Creation-Deletion/issues/6

"#
        )
    };
    let unreadable = format!("error: EOF while parsing an object\n--> {bad}:3:1\n\n");
    let summary = "2 errors, 0 warnings in 4 files, 1 of which could not be read\n";
    assert_eq!(run.stdout, [&drawn(&short, "db"), &unreadable, &drawn("<stdin>", "ab"), summary].concat());
    assert_eq!(run.code, 2);
}

/// The exit code, and the line that sums up.
#[track_caller]
fn ends(arguments: &[&str], stdin: &str, code: i32, summary: &str) {
    let mut all = only(&["name-length", "tag-resource-type"]);
    all.extend(arguments.iter().map(|&argument| argument.to_owned()));
    let run = lint(&all, stdin);
    assert_eq!((run.code, run.stdout.lines().last().unwrap_or_default()), (code, summary), "{arguments:?}");
    assert_eq!(run.stderr, "", "{arguments:?}");
    assert!(!run.stdout.contains('\x1b'), "there is no terminal to colour");
}

#[test]
fn the_exit_code_tells_errors_from_what_cannot_be_read() {
    let short = file("short-name.json", r#"{"Name": "db"}"#);
    ends(&[], r#"{"Name": "web"}"#, 0, "0 errors, 0 warnings in 1 file");
    ends(&["-"], r#"{"Name": "db"}"#, 1, "1 error, 0 warnings in 1 file");
    ends(&["--warn", "name-length"], r#"{"Name": "db"}"#, 0, "0 errors, 1 warning in 1 file");
    ends(&[&short, &short], "", 1, "2 errors, 0 warnings in 2 files");
    ends(&[&short, "no-such-file.json"], "", 2, "1 error, 0 warnings in 2 files, 1 of which could not be read");
    ends(&["no-such-file.json", &short], "", 2, "1 error, 0 warnings in 2 files, 1 of which could not be read");
}

#[test]
fn the_last_option_for_a_rule_counts() {
    const SHORT: &str = r#"{"Name": "db"}"#;
    let (error, warning) = ("1 error, 0 warnings in 1 file", "0 errors, 1 warning in 1 file");
    let nothing = "0 errors, 0 warnings in 1 file";
    ends(&["--allow", "name-length", "--deny", "name-length"], SHORT, 1, error);
    ends(&["--deny", "name-length", "--allow", "name-length"], SHORT, 0, nothing);
    ends(&["--deny", "name-length", "--warn", "name-length"], SHORT, 0, warning);
    ends(&["-", "--allow", "name-length", "--warn", "name-length"], SHORT, 0, warning);
    // A rule that is named counts as said, on whichever side of `--strict`.
    ends(&["--strict", "--warn", "name-length"], SHORT, 0, warning);
    ends(&["--warn", "name-length", "--strict"], SHORT, 0, warning);
    ends(&["--allow", "name-length", "--strict"], SHORT, 0, nothing);
    ends(&["--allow", "tag-resource-type", "--strict"], SHORT, 1, error);
}

/// A place and a message for what holds no request.
#[track_caller]
fn cannot_read(stdin: &[u8], line: usize, column: usize, message: &str) {
    let run = lint(&["--format", "json"], stdin);
    let expected = json!([{"file": "-", "error": {"line": line, "column": column, "message": message}}]);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), expected);
    assert_eq!(run.code, 2);

    let run = lint(&["-"], stdin);
    let summary = "0 errors, 0 warnings in 1 file, 1 of which could not be read";
    assert_eq!(run.stdout, format!("error: {message}\n--> <stdin>:{line}:{column}\n\n{summary}\n"));
    assert_eq!(run.code, 2);
}

#[test]
fn what_holds_no_request_is_told_with_its_place() {
    const NOT_UTF8: &str = "the file is not UTF-8, the only encoding that JSON has";
    cannot_read(b"", 1, 1, "EOF while parsing a value");
    cannot_read(b"{\n", 2, 1, "EOF while parsing an object");
    cannot_read(b"{\r\n \"Name\": \"web\",\r\n}", 3, 1, "trailing comma");
    cannot_read(b"{\"Name\": \"web\"} {", 1, 17, "trailing characters");
    cannot_read(b"{\"Name\": \"web\" // why\n}", 1, 16, "expected `,` or `}`");
    cannot_read(b"{\"Name\": \"web\", \"Name\": \"web\"}", 1, 22, "duplicate field `Name`");
    cannot_read(b"{\"Name\": null}", 1, 13, "invalid type: null, expected a string");
    cannot_read(
        "{\"Description\": \"é漢\", \"Name\": 5}".as_bytes(),
        1,
        31,
        "invalid type: integer `5`, expected a string",
    );
    cannot_read("\u{feff}{}".as_bytes(), 1, 1, "expected value");
    cannot_read(b"\xff\xfe{\0", 1, 1, NOT_UTF8);
    cannot_read(b"{\n \"Name\": \"\xc3\xa9\xff\"}", 2, 12, NOT_UTF8);
}

#[test]
fn uefi_data_is_in_no_output() {
    let escaped = r#""\u0055efiData""#;
    let uefi_data = r#""UefiData""#;
    for json in [
        format!(r#"{{{uefi_data}:"{SECRET}","Name":"db"}}"#),
        format!(r#"{{"Name":"db",{escaped}:"{SECRET}","EnaSupport":true}}"#),
        format!(r#"{{"Name":"db","Description":"é",{uefi_data}:"{}"}}"#, SECRET.repeat(2000)),
        THREE_MISTAKES.to_owned(),
        // What cannot be read, with the data where they belong and where they do not.
        format!(r#"{{{uefi_data}:"{SECRET}","Name":5}}"#),
        format!(r#"{{{uefi_data}:["{SECRET}"]}}"#),
        format!(r#"{{{uefi_data}:"{SECRET}""#),
        format!(r#"{{"EnaSupport":"{SECRET}"}}"#),
        format!(r#""{SECRET}""#),
        SECRET.to_owned(),
    ] {
        for format in ["text", "json"] {
            let run = lint(&["--strict", "--format", format], &json);
            assert_ne!(run.code, 0, "something is wrong with {json}");
            assert!(!run.stdout.contains("SECRET") && !run.stderr.contains("SECRET"), "{json}: {}", run.stdout);
        }
    }
}

/// A record with this id and these parameters.
fn record(event_id: &str, parameters: Value) -> Value {
    json!({
        "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage", "eventTime": "2026-11-23T10:00:00Z",
        "eventID": event_id, "requestParameters": parameters,
    })
}

#[test]
fn findings_in_a_log_are_drawn_in_the_request_of_their_event() {
    let mut arguments = only(&["name-length"]);
    arguments.push("tests/fixtures/cloudtrail-log.json".to_owned());
    let run = lint(&arguments, "");
    let drawn = r#"error[name-length]: the name "db" has 2 characters; EC2 accepts 3 to 128
 --> tests/fixtures/cloudtrail-log.json: 2026-11-23T10:00:10Z, event 0b9a6f0e-7c0f-4c38-8a55-7d1b8c1f8b5e:2:11
  |
2 |   "Name": "db",
  |           ^^^^ Name
  |
  = help: use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` ensure it
  = evidence: observed; EC2 answers InvalidAMIName.Malformed
  = link: https://github.com/webdigi/AWS-AMI-Automated-Creation-Deletion/issues/6

1 error, 0 warnings in 1 file
"#;
    assert_eq!((run.stdout.as_str(), run.code), (drawn, 1));
}

#[test]
fn json_is_an_object_a_record() {
    let log =
        json!({"Records": [record("e1", json!({"name": "web"})), record("e2", json!({"name": "db", "colour": 1}))]});
    let mut arguments = only(&["name-length"]);
    arguments.extend(["--format", "json"].map(str::to_owned));
    let run = lint(&arguments, log.to_string());
    let printed: Value = serde_json::from_str(&run.stdout).unwrap();
    let told: Vec<_> = printed
        .as_array()
        .unwrap()
        .iter()
        .map(|told| {
            (
                &told["file"],
                &told["event_id"],
                &told["event_time"],
                &told["gaps"],
                &told["valid"],
                &told["findings"][0]["path"],
            )
        })
        .collect();
    let time = json!("2026-11-23T10:00:00Z");
    let gap = json!(["requestParameters.colour: no member of the API is recorded under this name"]);
    let (file, none) = (json!("-"), json!([]));
    assert_eq!(
        told,
        [
            (&file, &json!("e1"), &time, &none, &json!(true), &json!(null)),
            (&file, &json!("e2"), &time, &gap, &json!(false), &json!("Name")),
        ]
    );
    assert_eq!(run.code, 1, "an unknown member hides nothing else");
}

/// What is printed of a log, or of one record, in which no rule finds anything.
#[track_caller]
fn tells(log: &Value, printed: &str, code: i32) {
    let run = lint(&only(&["name-length"]), log.to_string());
    assert_eq!((run.stdout.as_str(), run.code), (printed, code), "{log}");
}

#[test]
fn what_a_record_does_not_hold_is_told() {
    let web = record("e1", json!({"name": "web"}));
    let clean = "0 errors, 0 warnings in 1 file\n";
    tells(&web, clean, 0);
    tells(&json!({"Records": []}), clean, 0);
    tells(&json!({"Events": [{"CloudTrailEvent": web.to_string()}]}), clean, 0);
    let incomplete = "0 errors, 0 warnings in 1 file, 1 of which could not be read\n";
    let told = "error: the record does not hold the request: 2026-11-23T10:00:00Z, event e1\n\n";
    tells(&record("e1", json!(null)), &format!("{told}{incomplete}"), 2);
    let told = "error: requestParameters.uefiData: CloudTrail has put a mark in the place of the value, since that is a secret\n\
                --> <stdin>: 2026-11-23T10:00:00Z, event ␛2\n\n";
    let redacted = record("\x1b2", json!({"name": "web", "uefiData": "<sensitiveDataRemoved>"}));
    tells(&redacted, &format!("{told}{incomplete}"), 2);
    let other = json!({"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"});
    let told = "error: the record is of another event than EC2's RegisterImage\n\n";
    tells(&other, &format!("{told}{incomplete}"), 2);
}

#[test]
fn of_uefi_data_in_a_record_nothing_is_shown() {
    for parameters in [
        json!({"name": "web", "uefiData": SECRET}),
        json!({"name": "web", "uefiData": [SECRET], "enaSupport": SECRET, "blockDeviceMapping": SECRET}),
    ] {
        for format in ["text", "json"] {
            let run = lint(&["--strict", "--format", format], record("e1", parameters.clone()).to_string());
            assert_ne!(run.code, 0);
            assert!(!run.stdout.contains("SECRET") && !run.stderr.contains("SECRET"), "{}", run.stdout);
        }
    }
}

#[test]
fn a_name_of_a_file_cannot_speak_to_the_terminal() {
    let name = file("\x1b[31mred.json", "{");
    let run = lint(&[name], "");
    assert!(run.stdout.contains("␛[31mred.json:1:1"), "{}", run.stdout);
}

/// What is wrong with a command line.
#[track_caller]
fn refuses(arguments: &[&str], message: &str) {
    let run = lint(arguments, r#"{"Name": "web"}"#);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (2, "", &*format!("lint: {message}\n")));
}

#[test]
fn a_wrong_command_line_is_told() {
    refuses(
        &["--allow", "description-size"],
        "no rule is called \"description-size\"; there is description-length, description-non-ascii, volume-size-range, \
         and --list names them all",
    );
    refuses(&["-", "--facts"], "--facts needs a value");
    for option in ["--allow", "--warn", "--deny", "--explain"] {
        refuses(&[option, "zzz"], "no rule is called \"zzz\"; --list names them all");
        refuses(&["-", option], &format!("{option} needs a value"));
    }
    refuses(&["--format", "yaml"], "there is no format yaml, only text and json");
    refuses(&["--jsno"], "there is no option --jsno");
}

#[test]
fn help_names_every_option() {
    let run = lint(&["--help"], "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for option in
        ["--format", "--strict", "--allow", "--warn", "--deny", "--facts", "--require-facts", "--list", "--explain"]
    {
        assert!(run.stdout.contains(&format!("\n  {option}")), "{option}");
    }
}

#[test]
fn every_rule_is_listed() {
    let run = lint(&["--list"], "");
    let listed: Vec<_> = run.stdout.lines().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(listed, rules::all().map(|rule| rule.id).collect::<Vec<_>>());
    let width = listed.iter().map(|id| id.len()).max().unwrap();
    assert!(run.stdout.contains(&format!("error    {:width$}  an image needs a name\n", "name-missing")));

    let run = lint(&["--list", "--format", "json"], "");
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), rules::all().map(all_of).collect::<Value>());
}

#[test]
fn a_rule_is_explained() {
    let run = lint(&["--explain", "name-length"], "");
    assert_eq!(
        run.stdout,
        r#"error[name-length]: an image name has 3 to 128 characters

EC2 responds `AMI names must be between 3 and 128 characters long`. It accepts 128 characters, although the page about the console says 127.

evidence:  observed
EC2 code:  InvalidAMIName.Malformed
since:     0.1.0
link:      https://github.com/webdigi/AWS-AMI-Automated-Creation-Deletion/issues/6

finds something in:
    {
      "Name": "db",
      "Architecture": "x86_64",
      "VirtualizationType": "hvm",
      "EnaSupport": true,
      "RootDeviceName": "/dev/xvda",
      "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}
      ]
    }
nothing in:
    {
      "Name": "db1",
      "Architecture": "x86_64",
      "VirtualizationType": "hvm",
      "EnaSupport": true,
      "RootDeviceName": "/dev/xvda",
      "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}
      ]
    }
"#
    );
    assert_eq!(run.code, 0);

    let run = lint(&["--format", "json", "--explain", "name-length"], "");
    let rule = rules::find("name-length").unwrap();
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), all_of(rule));
}

#[test]
fn a_removed_rule_is_explained_as_such() {
    let run = lint(&["--explain", "uefi-outpost"], "");
    assert!(run.stdout.contains("removed in 0.1.0, so it finds nothing: AWS now excludes"), "{}", run.stdout);
    assert!(!run.stdout.contains("finds something in"), "{}", run.stdout);
    let run = lint(&["--format", "json", "--explain", "uefi-outpost"], "");
    let row: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(row["removed"].as_str().unwrap().starts_with("AWS now excludes"), "{row}");
}

/// Every public field of a rule.
fn all_of(rule: &rules::Rule) -> Value {
    json!({
        "id": rule.id,
        "former_ids": rule.former_ids,
        "level": rule.level,
        "evidence": rule.evidence,
        "since": rule.since,
        "ec2_code": rule.ec2_code,
        "summary": rule.summary,
        "explanation": rule.explanation,
        "source": rule.source,
        "trigger": rule.trigger,
        "near_miss": rule.near_miss,
        "facts": rule.facts,
    })
}

proptest! {
    // Each case runs the program twice.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_can_be_read_can_be_drawn(request in support::request(), is_pretty: bool) {
        let write = if is_pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        let text = write(&request).unwrap();
        let report = request.check();
        let run = lint(&["-"], &text);
        prop_assert_eq!(run.code, i32::from(!report.is_valid()), "{}", run.stderr);
        let origins = run.stdout.lines().filter(|line| line.trim_start().starts_with("--> <stdin>:")).count();
        prop_assert_eq!(origins, report.findings().count());
    }

    #[test]
    fn a_place_is_what_it_says(request in support::request(), is_pretty: bool) {
        let write = if is_pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        let text = write(&request).unwrap();
        let document = Document::read(&text).unwrap();
        for finding in request.check().findings() {
            let place = document.find(finding.path());
            let underlined = place.source[place.span.clone()].trim_end_matches('…');
            let line = text.split('\n').nth(place.line - 1).unwrap();
            let there: String = line.chars().skip(place.column - 1).take(underlined.chars().count()).collect();
            prop_assert_eq!(underlined, there);
            prop_assert!(place.source.chars().count() <= 100 + 2);
        }
    }
}
