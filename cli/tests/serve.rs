//! The command `serve`, over a real socket.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ec2_register_image::wire::{gateway, query, xml};
use ec2_register_image::{Accepted, RegisterImageError, RegisterImageRequest};
use http::Response;

#[path = "../../tests/support/mod.rs"]
mod support;
use support::with;

/// The server, which is stopped whatever becomes of the test.
struct FakeEc2 {
    process: Child,
    address: String,
    /// What it prints of requests.
    lines: BufReader<ChildStdout>,
}

impl Drop for FakeEc2 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command, before its options.
fn serve() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ec2-register-image"));
    command.arg("serve");
    command
}

impl FakeEc2 {
    #[track_caller]
    fn start(arguments: &[&str]) -> Self {
        let mut process = serve().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let address = first.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{first:?}"));
        assert!(address.starts_with("127.0.0.1:"), "{address}");
        Self { address: address.to_owned(), process, lines }
    }

    /// What comes back for a body, as it comes; nothing where the connection is closed.
    fn send_raw(&self, content_type: &str, body: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}",
            self.address
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    fn send(&self, content_type: &str, body: &str) -> Response<Vec<u8>> {
        response(&self.send_raw(content_type, body))
    }

    fn form(&self, body: &str) -> Response<Vec<u8>> {
        self.send(query::CONTENT_TYPE, body)
    }

    fn register(&self, request: &RegisterImageRequest) -> Result<Accepted, RegisterImageError> {
        xml::decode_response(&self.form(query::encode_body_unchecked(request).as_str()))
    }

    /// Registers an image of that name, and gives its id.
    #[track_caller]
    fn image(&self, name: &str) -> String {
        let answer = self.register(&named(name)).unwrap();
        answer.image_id().unwrap().to_string()
    }

    /// The request is refused with this status, code and message.
    #[track_caller]
    fn refuses(&self, request: &RegisterImageRequest, code: &str, message: &str) {
        let error = self.register(request).unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.code().unwrap().as_str(), error.message()),
            (400, code, Some(message))
        );
        assert!(error.request_id().is_some());
    }

    /// The ids of the images that are described.
    fn described(&self, parameters: &str) -> Vec<String> {
        let response = self.form(&format!("Action=DescribeImages&Version=2016-11-15{parameters}"));
        let body = String::from_utf8(response.into_body()).unwrap();
        between(&body, "<imageId>", "</imageId>")
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

fn between(text: &str, start: &str, end: &str) -> Vec<String> {
    text.split(start).skip(1).map(|rest| rest.split(end).next().unwrap().to_owned()).collect()
}

fn response(answer: &[u8]) -> Response<Vec<u8>> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(answer).unwrap() else {
        panic!("no whole head in {:?}", String::from_utf8_lossy(answer));
    };
    let response = Response::builder().status(head.code.unwrap());
    let response = head.headers.iter().fold(response, |response, it| response.header(it.name, it.value));
    response.body(answer[start..].to_vec()).unwrap()
}

fn named(name: &str) -> RegisterImageRequest {
    with(&serde_json::json!({ "Name": name }).to_string())
}

#[test]
fn an_image_is_registered_described_and_deregistered() {
    let mut server = FakeEc2::start(&[]);
    let tags = r#"{"Name": "web (1)", "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "<&>"}]}]}"#;
    let Accepted::Registered(image) = server.register(&with(tags)).unwrap() else { panic!("a dry run") };
    let id = image.image_id.as_str();
    assert!(id.len() == 21 && id.starts_with("ami-"), "{id}");
    assert!(image.request_id.is_some());
    assert_eq!(server.line(), r#"RegisterImage "web (1)" 200 - ok"#);

    let other = server.image("data");
    assert_ne!(other, id);
    assert_eq!(server.described(""), [id, &other]);
    for (parameters, expected) in [
        (format!("&ImageId.1={id}"), vec![id]),
        ("&Filter.1.Name=name&Filter.1.Value.1=web+*".into(), vec![id]),
        ("&Filter.1.Name=name&Filter.1.Value.1=no&Filter.1.Value.2=dat%3F".into(), vec![&*other]),
        ("&Filter.1.Name=name&Filter.1.Value.1=*a*&Filter.2.Name=name&Filter.2.Value.1=d*".into(), vec![&*other]),
        ("&Filter.1.Name=name&Filter.1.Value.1=%5Cdata".into(), vec![&*other]),
        ("&Filter.1.Name=name&Filter.1.Value.1=dat%5C%3F".into(), vec![]),
        ("&Filter.1.Name=name&Filter.1.Value.1=we".into(), vec![]),
        ("&Filter.1.Name=name&Filter.1.Value.1=*b*b".into(), vec![]),
        ("&Owner.1=self".into(), vec![id, &other]),
        ("&Owner.1=amazon".into(), vec![]),
    ] {
        assert_eq!(server.described(&parameters), expected, "{parameters}");
    }

    let body = server.form(&format!("Action=DescribeImages&ImageId.1={id}")).into_body();
    let body = String::from_utf8(body).unwrap();
    for element in [
        "<name>web (1)</name>",
        "<imageState>available</imageState>",
        "<architecture>x86_64</architecture>",
        "<rootDeviceType>ebs</rootDeviceType>",
        "<enaSupport>true</enaSupport>",
        "<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><deleteOnTermination>true</deleteOnTermination>\
         <snapshotId>snap-0123456789abcdef0</snapshotId></ebs></item></blockDeviceMapping>",
        "<tagSet><item><key>team</key><value>&lt;&amp;&gt;</value></item></tagSet>",
    ] {
        assert!(body.contains(element), "{element} in {body}");
    }

    let deregister = format!("Action=DeregisterImage&ImageId={id}");
    assert!(String::from_utf8(server.form(&deregister).into_body()).unwrap().contains("<return>true</return>"));
    assert_eq!(server.described(""), [&*other]);
    let error = xml::decode_response(&server.form(&deregister)).unwrap_err();
    assert_eq!(error.message(), Some(&*format!("The image id '[{id}]' does not exist")));
    let error = xml::decode_response(&server.form(&format!("Action=DescribeImages&ImageId.1={id}"))).unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "InvalidAMIID.NotFound");
    // The name is free again.
    server.image("web (1)");
}

#[test]
fn mistakes_are_refused_in_the_words_of_ec2() {
    let server = FakeEc2::start(&[]);
    let id = server.image("web");
    server.refuses(&named("web"), "InvalidAMIName.Duplicate", &format!("AMI name web is already in use by AMI {id}"));
    server.refuses(
        &named("a:"),
        "InvalidAMIName.Malformed",
        "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    );
    server.refuses(
        &with(
            r#"{"Name": "other", "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": false}}]}"#,
        ),
        "InvalidParameter",
        "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id in a block \
         device mapping.",
    );
    // A dry run registers nothing, and does not pass where the request would not.
    let passed = server.register(&with(r#"{"Name": "dry", "DryRun": true}"#)).unwrap();
    assert!(matches!(passed, Accepted::DryRunPassed(passed) if passed.request_id.is_some()));
    server.image("dry");
    let in_use = server.register(&with(r#"{"Name": "dry", "DryRun": true}"#)).unwrap_err();
    assert_eq!(in_use.code().unwrap().as_str(), "InvalidAMIName.Duplicate");

    for (body, status, code) in [
        ("Action=RegisterImage&Version=2016-11-15&Name=web2&Colour=red", 400, "UnknownParameter"),
        ("Action=RegisterImages&Version=2016-11-15", 400, "InvalidAction"),
        ("", 400, "InvalidAction"),
        ("Action=DescribeImages&Filter.1.Name=colour&Filter.1.Value.1=red", 400, "InvalidParameterValue"),
        ("Action=DescribeImages&DryRun=true", 412, "DryRunOperation"),
        ("Action=DeregisterImage&ImageId=ami-1&DryRun=true", 412, "DryRunOperation"),
        ("Action=DescribeImages&ImageId.1=web", 400, "InvalidAMIID.Malformed"),
    ] {
        let response = server.form(body);
        assert_eq!(response.status().as_u16(), status, "{body}");
        let text = String::from_utf8(response.into_body()).unwrap();
        assert_eq!(between(&text, "<Code>", "</Code>"), [code], "{body}");
    }
    // EC2's words would repeat what XML cannot carry.
    let bell = r#"{"TagSpecifications": [{"ResourceType": "\u0007", "Tags": [{"Key": "a", "Value": ""}]}]}"#;
    let error = server.register(&with(bell)).unwrap_err();
    assert_eq!((error.code().unwrap().as_str(), error.message()), ("InvalidParameterValue", None));
}

#[test]
fn facts_say_what_exists() {
    let facts = env::temp_dir().join(format!("fake-ec2-{}.json", std::process::id()));
    let json = r#"{"OwnerId": "210987654321",
        "Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8, "State": "completed", "Encrypted": true}],
        "Images": [{"ImageId": "ami-0123456789abcdef0", "Name": "old", "State": "available", "OwnerId": "210987654321"},
            {"ImageId": "ami-0123456789abcdef1", "Name": "shared", "State": "available", "OwnerId": "123456789012"}]}"#;
    std::fs::write(&facts, json).unwrap();
    let server = FakeEc2::start(&["--facts", facts.to_str().unwrap()]);
    std::fs::remove_file(facts).unwrap();

    server.refuses(
        &named("old"),
        "InvalidAMIName.Duplicate",
        "AMI name old is already in use by AMI ami-0123456789abcdef0",
    );
    let of = |ebs: &str| with(&format!(r#"{{"BlockDeviceMappings": [{{"DeviceName": "/dev/xvda", "Ebs": {ebs}}}]}}"#));
    server.refuses(
        &of(r#"{"SnapshotId": "snap-0123456789abcdef1"}"#),
        "InvalidSnapshot.NotFound",
        "The snapshot 'snap-0123456789abcdef1' does not exist.",
    );
    server.refuses(
        &of(r#"{"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 4}"#),
        "InvalidBlockDeviceMapping",
        "Volume of size 4GB is smaller than snapshot 'snap-0123456789abcdef0', expect size >= 8GB",
    );
    let id = server.image("new");
    // The name of another account's image is free.
    let shared = server.image("shared");
    for own in ["self", "210987654321"] {
        assert_eq!(server.described(&format!("&Owner.1={own}")), ["ami-0123456789abcdef0", &id, &shared], "{own}");
    }
    assert_eq!(server.described("&Owner.1=123456789012"), ["ami-0123456789abcdef1"]);
    let body = |parameters: &str| String::from_utf8(server.form(parameters).into_body()).unwrap();
    let image = body(&format!("Action=DescribeImages&ImageId.1={id}"));
    assert!(image.contains("<volumeSize>8</volumeSize>") && image.contains("<encrypted>true</encrypted>"), "{image}");
    let snapshots = body("Action=DescribeSnapshots");
    assert!(snapshots.contains("<item><encrypted>true</encrypted><snapshotId>snap-0123456789abcdef0</snapshotId><status>completed</status><volumeSize>8</volumeSize></item>"), "{snapshots}");
    let missing = body("Action=DescribeSnapshots&SnapshotId.1=snap-1");
    assert!(missing.contains("<Message>The snapshot 'snap-1' does not exist.</Message>"), "{missing}");
}

#[test]
fn json_is_for_the_gateway() {
    let server = FakeEc2::start(&[]);
    let send = |body: &str| gateway::decode_response(&server.send(gateway::CONTENT_TYPE, body));
    let Accepted::Registered(image) = send(r#"{"Name": "web"}"#).unwrap() else { panic!("a dry run") };
    assert!(image.created_at.is_some() && image.request_id.is_some());
    assert_eq!(server.described(""), [image.image_id.as_str()]);
    let code = |body: &str| send(body).unwrap_err().code().unwrap().to_string();
    assert_eq!(code(r#"{"Name": "web"}"#), "InvalidAMIName.Duplicate");
    assert_eq!(code(r#"{"Nmae": "web"}"#), "VALIDATION_ERROR");
    assert!(matches!(send(r#"{"Name": "dry", "DryRun": true}"#), Ok(Accepted::DryRunPassed(_))));
}

/// Registers `web` under a fault: what comes back, and whether there is an image then.
fn under(fault: &str) -> (Vec<u8>, bool) {
    let mut server = FakeEc2::start(&["--faults", fault]);
    let body = query::encode_body_unchecked(&named("web"));
    let answer = server.send_raw(query::CONTENT_TYPE, body.as_str());
    assert!(server.line().ends_with(&format!(" {fault}")));
    // Faults are over after as many requests as there are items.
    server.image("other");
    (answer, server.described("").len() == 2)
}

#[test]
fn faults_that_end_the_connection() {
    assert_eq!(under("drop-before"), (vec![], false));
    assert_eq!(under("drop-after"), (vec![], true));
    let (answer, is_there) = under("cut");
    let cut = response(&answer);
    let length: usize = cut.headers()["content-length"].to_str().unwrap().parse().unwrap();
    assert_eq!((cut.body().len(), is_there), (length / 2, true));
    assert!(xml::decode_response(&cut).unwrap_err().as_unreadable().is_some());
}

#[test]
fn faults_that_are_answers() {
    for (fault, status, code, happens) in [
        ("throttle", 503, "RequestLimitExceeded", false),
        ("500", 500, "InternalError", false),
        ("500-after", 500, "InternalError", true),
    ] {
        let (answer, is_there) = under(fault);
        let error = xml::decode_response(&response(&answer)).unwrap_err();
        assert_eq!((error.status().as_u16(), error.code().unwrap().as_str()), (status, code));
        assert_eq!(is_there, happens, "{fault}");
    }
    let (answer, is_there) = under("ok");
    assert!(is_there && xml::decode_response(&response(&answer)).is_ok());
}

#[test]
fn faults_that_take_time_hold_up_nobody() {
    for (fault, is_there_meanwhile) in [("late:1500", true), ("delay:1500", false)] {
        let server = FakeEc2::start(&["--faults", fault]);
        let start = Instant::now();
        thread::scope(|scope| {
            let slow = scope.spawn(|| {
                server.image("web");
                start.elapsed()
            });
            // Until the slow one has surely arrived.
            thread::sleep(Duration::from_millis(500));
            assert_eq!(server.described("").len(), usize::from(is_there_meanwhile), "{fault}");
            let meanwhile = start.elapsed();
            let slow = slow.join().unwrap();
            assert!(slow >= Duration::from_millis(1500) && meanwhile < slow, "{fault}: {meanwhile:?}, {slow:?}");
        });
        assert_eq!(server.described("").len(), 1);
    }
}

#[test]
fn images_hide_and_descriptions_fail() {
    let server = FakeEc2::start(&["--faults", "hide:2,ok,describe:ok,describe:throttle,describe:cut"]);
    let hidden = server.image("web");
    let shown = server.image("data");
    let describe = |parameters: &str| server.form(&format!("Action=DescribeImages{parameters}"));
    let first = describe(&format!("&ImageId.1={hidden}"));
    assert_eq!(xml::decode_response(&first).unwrap_err().code().unwrap().as_str(), "InvalidAMIID.NotFound");
    // A name is taken from the first moment on.
    assert_eq!(server.register(&named("web")).unwrap_err().code().unwrap().as_str(), "InvalidAMIName.Duplicate");
    assert_eq!(describe("").status(), 503);
    let cut = describe("");
    assert!(cut.headers()["content-length"] != cut.body().len().to_string().as_str());
    assert_eq!(server.described(""), [hidden, shown]);
}

#[test]
fn the_command_line() {
    let run = |arguments: &[&str]| {
        let output = serve().args(arguments).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, help, _) = run(&["--help"]);
    assert!(code == 0 && help.starts_with("usage: ec2-register-image serve "), "{help}");
    for (arguments, said) in [
        (&["--faults", "ok,crash"][..], "fake_ec2: there is no fault \"crash\"; --help lists those that there are\n"),
        (&["--faults", "delay"], "fake_ec2: there is no fault \"delay\"; --help lists those that there are\n"),
        (&["--faults", "ok:1"], "fake_ec2: there is no fault \"ok:1\"; --help lists those that there are\n"),
        (&["--port", "65536"], "fake_ec2: a port is a number up to 65535\n"),
        (&["--verbose"], "fake_ec2: there is no option --verbose\n"),
        (&["--facts"], "fake_ec2: --facts needs a value\n"),
    ] {
        assert_eq!(run(arguments), (2, String::new(), said.to_owned()));
    }
}
