//! The command `serve`, over a real socket.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::env;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ec2_register_image::response::Class;
use ec2_register_image::wire::{gateway, query, xml};
use ec2_register_image::{Accepted, RegisterImageError, RegisterImageRequest};
use http::Response;
use proptest::prelude::*;
use url::form_urlencoded;

#[path = "../../tests/support/mod.rs"]
mod support;
use support::with;

mod emulator;
use emulator::{FakeEc2, response, serve};

impl FakeEc2 {
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
fn faults_that_take_time_delay_no_other_client() {
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

/// Starts the server with a document of facts.
fn with_facts(json: &str, options: &[&str]) -> FakeEc2 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let file = env::temp_dir().join(format!("fake-ec2-{}-{count}.json", std::process::id()));
    std::fs::write(&file, json).unwrap();
    let server = FakeEc2::start(&[&["--facts", file.to_str().unwrap()], options].concat());
    std::fs::remove_file(file).unwrap();
    server
}

/// The text of the only element with this name.
#[track_caller]
fn only(text: &str, name: &str) -> String {
    let found = between(text, &format!("<{name}>"), &format!("</{name}>"));
    assert_eq!(found.len(), 1, "{name} in {text}");
    found[0].clone()
}

#[test]
fn a_name_belongs_to_a_region() {
    let server = with_facts(
        r#"{"Region": "eu-west-1", "Images": [{"ImageId": "ami-0123456789abcdef0", "Name": "web", "State": "available"}]}"#,
        &[],
    );
    let signed = |region: &str| {
        format!(
            "Host: {}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKID/20261125/{region}/ec2/aws4_request, \
             SignedHeaders=host, Signature=00",
            server.address
        )
    };
    let register = |headers: &str| server.body_with(headers, query::encode_body_unchecked(&named("web")).as_str());
    let described = |headers: &str| {
        between(&server.body_with(headers, "Action=DescribeImages&Version=2016-11-15"), "<imageId>", "</imageId>")
    };
    let in_use = "AMI name web is already in use by AMI ami-0123456789abcdef0";
    assert_eq!(only(&register(&signed("eu-west-1")), "Message"), in_use);
    let frankfurt = only(&register(&signed("eu-central-1")), "imageId");
    assert_eq!(only(&register(&signed("eu-central-1")), "Code"), "InvalidAMIName.Duplicate");
    let tokyo = only(&register("Host: ec2.ap-northeast-1.amazonaws.com"), "imageId");
    assert_ne!(frankfurt, tokyo);

    assert_eq!(described("Host: ec2.eu-central-1.amazonaws.com"), [frankfurt.as_str()]);
    assert_eq!(described(&signed("ap-northeast-1")), [tokyo.as_str()]);
    assert_eq!(described(&signed("eu-west-1")), ["ami-0123456789abcdef0"]);
    assert_eq!(described(&signed("us-east-1")), [""; 0]);
    // A request that names no Region is for that of the facts.
    assert_eq!(server.described(""), ["ami-0123456789abcdef0"]);
    let missing = server.body_with(&signed("us-east-1"), &format!("Action=DescribeImages&ImageId.1={tokyo}"));
    assert_eq!(only(&missing, "Code"), "InvalidAMIID.NotFound");
}

#[test]
fn images_are_pending_and_show_their_tags_late() {
    let mut server = FakeEc2::start(&["--faults", "pending:2,tags-late:1,failed+pending:1,drop-after+hide:1"]);
    let states = |server: &FakeEc2, id: &str| -> Vec<String> {
        let look_up = |_| only(&server.body(&format!("Action=DescribeImages&ImageId.1={id}")), "imageState");
        (0..3).map(look_up).collect()
    };
    let pending = server.image("pending");
    assert_eq!(server.line(), r#"RegisterImage "pending" 200 - pending:2"#);
    assert_eq!(states(&server, &pending), ["pending", "pending", "available"]);

    let tags =
        r#"{"Name": "late", "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}]}"#;
    let late = server.register(&with(tags)).unwrap().image_id().unwrap().to_string();
    let look_up = || server.body(&format!("Action=DescribeImages&ImageId.1={late}"));
    assert!(!look_up().contains("tagSet"));
    assert_eq!(only(&look_up(), "key"), "a");

    let failed = server.image("failed");
    assert!(!server.body(&format!("Action=DescribeImages&ImageId.1={failed}")).contains("stateReason"));
    let shown = server.body(&format!("Action=DescribeImages&ImageId.1={failed}"));
    assert_eq!((only(&shown, "imageState"), only(&shown, "code")), ("failed".into(), "Server.InternalError".into()));

    assert_eq!(server.send_raw(query::CONTENT_TYPE, query::encode_body_unchecked(&named("lost")).as_str()), b"");
    assert_eq!(server.described("").len(), 3);
    assert_eq!(server.described("").len(), 4);
}

#[test]
fn snapshots_are_pending_for_some_look_ups() {
    let server = FakeEc2::start(&["--faults", "DescribeSnapshots:pending:2"]);
    let look_up = |id: &str| {
        let shown = server.body(&format!("Action=DescribeSnapshots&SnapshotId.1={id}"));
        (only(&shown, "status"), only(&shown, "progress"))
    };
    let id = "snap-0123456789abcdef0";
    assert_eq!(look_up(id), ("pending".into(), "0%".into()));
    // Another snapshot does not wait, and RegisterImage rejects one that is pending.
    assert_eq!(look_up("snap-0123456789abcdef1"), ("completed".into(), "100%".into()));
    let error = server.register(&named("early")).unwrap_err();
    assert_eq!((error.class(), error.code().unwrap().as_str()), (Class::NotReady, "IncorrectState"));
    assert_eq!(error.message(), Some("Snapshot 'snap-0123456789abcdef0' is not 'completed'."));
    assert_eq!(look_up(id), ("pending".into(), "50%".into()));
    assert_eq!(look_up(id), ("completed".into(), "100%".into()));
    server.image("ready");
}

#[test]
fn a_denied_action_is_denied_every_time() {
    let mut server = FakeEc2::start(&["--faults", "deny:DescribeSnapshots,deny:RegisterImage,DescribeSnapshots:ok"]);
    for _ in 0..2 {
        let denied = server.form("Action=DescribeSnapshots&DryRun=true");
        assert_eq!(denied.status(), 403);
        let body = String::from_utf8(denied.into_body()).unwrap();
        assert_eq!(only(&body, "Code"), "UnauthorizedOperation");
        assert_eq!(only(&body, "Message"), "You are not authorized to perform this operation.");
        assert_eq!(server.line(), r#"DescribeSnapshots "" 403 UnauthorizedOperation ok"#);
    }
    assert_eq!(server.register(&named("web")).unwrap_err().status(), 403);
    let gateway = gateway::decode_response(&server.send(gateway::CONTENT_TYPE, r#"{"Name": "web"}"#));
    assert_eq!(gateway.unwrap_err().code().unwrap().as_str(), "UnauthorizedOperation");
    assert_eq!(server.described(""), [""; 0]);
}

#[test]
fn account_settings_and_product_codes_are_those_of_the_facts() {
    let of = |server: &FakeEc2, action: &str| server.body(&format!("Action={action}&Version=2016-11-15"));
    let attribute = "DescribeSnapshotAttribute&SnapshotId=snap-0123456789abcdef0&Attribute=productCodes";
    let server = FakeEc2::start(&[]);
    assert_eq!(only(&of(&server, "GetEbsEncryptionByDefault"), "ebsEncryptionByDefault"), "false");
    assert_eq!(only(&of(&server, "GetEbsDefaultKmsKeyId"), "kmsKeyId"), "alias/aws/ebs");
    assert_eq!(only(&of(&server, attribute), "productCodes"), "");
    assert_eq!(
        only(&of(&server, &attribute.replace("productCodes", "createVolumePermission")), "createVolumePermission"),
        ""
    );
    assert_eq!(only(&of(&server, "GetEbsDefaultKmsKeyId&DryRun=true"), "Code"), "DryRunOperation");

    let key = "arn:aws:kms:eu-west-1:123456789012:key/0d990263-01d3-4a1c-a4d9-6cfbf12a8b8b";
    let server = with_facts(
        &format!(
            r#"{{"EbsEncryptionByDefault": true, "DefaultKmsKeyId": "{key}", "Snapshots": [{{"SnapshotId": "snap-0123456789abcdef0",
                "State": "completed", "ProductCodes": [{{"ProductCodeId": "4kbm8w9z", "ProductCodeType": "marketplace"}}]}}]}}"#
        ),
        &[],
    );
    assert_eq!(only(&of(&server, "GetEbsEncryptionByDefault"), "ebsEncryptionByDefault"), "true");
    assert_eq!(only(&of(&server, "GetEbsDefaultKmsKeyId"), "kmsKeyId"), key);
    let shown = of(&server, attribute);
    assert_eq!(
        only(&shown, "productCodes"),
        "<item><productCode>4kbm8w9z</productCode><type>marketplace</type></item>"
    );
    assert_eq!(only(&shown, "snapshotId"), "snap-0123456789abcdef0");
    assert!(!of(&server, "DescribeSnapshots").contains("productCode"));
    assert_eq!(only(&of(&server, &attribute.replace("cdef0", "cdef1")), "Code"), "InvalidSnapshot.NotFound");

    let server = with_facts(
        r#"{"SnapshotId": "snap-0123456789abcdef0", "ProductCodes": [{"ProductCodeId": "8n2c7q1x", "ProductCodeType": "devpay"}]}"#,
        &[],
    );
    assert_eq!(only(&of(&server, attribute), "productCode"), "8n2c7q1x");
    assert_eq!(only(&of(&server, &attribute.replace("cdef0", "cdef1")), "productCodes"), "");
}

#[test]
fn documents_of_every_form_say_what_exists() {
    let body = |facts: &str, form: &str| with_facts(facts, &[]).body(form);
    let snapshots = "Action=DescribeSnapshots&Owner.1=self";
    // A single snapshot, of which no list says that there is no other.
    let single = r#"{"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 16, "State": "pending", "Progress": "37%"}"#;
    let shown = body(single, snapshots);
    assert_eq!(
        (only(&shown, "status"), only(&shown, "progress"), only(&shown, "volumeSize")),
        ("pending".into(), "37%".into(), "16".into())
    );
    let other = body(single, "Action=DescribeSnapshots&SnapshotId.1=snap-0123456789abcdef1");
    assert_eq!(only(&other, "status"), "completed");
    // A list of the AWS CLI's `--query`, and a recording.
    for list in [format!("[{single}]"), format!(r#"{{"status_code": 200, "data": {{"Snapshots": [{single}]}}}}"#)] {
        assert_eq!(only(&body(&list, snapshots), "progress"), "37%", "{list}");
        let other = body(&list, "Action=DescribeSnapshots&SnapshotId.1=snap-0123456789abcdef1");
        assert_eq!(only(&other, "Code"), "InvalidSnapshot.NotFound", "{list}");
    }
    // A page is not all.
    let page = format!(r#"{{"Snapshots": [{single}], "NextToken": "a"}}"#);
    assert_eq!(
        only(&body(&page, "Action=DescribeSnapshots&SnapshotId.1=snap-0123456789abcdef1"), "status"),
        "completed"
    );
    let image = r#"{"ImageId": "ami-0123456789abcdef0", "Name": "web", "State": "available"}"#;
    assert_eq!(only(&body(image, "Action=DescribeImages"), "name"), "web");
}

#[test]
fn descriptions_come_in_pages_and_leave_out_disabled_images() {
    let images: Vec<_> = (0..7)
        .map(|number| {
            let state = if number == 3 { "disabled" } else { "available" };
            serde_json::json!({ "ImageId": format!("ami-{number:017}"), "Name": format!("web{number}"), "State": state })
        })
        .collect();
    let server = with_facts(&serde_json::json!({ "Images": images }).to_string(), &[]);
    assert_eq!(server.described("").len(), 6);
    assert_eq!(server.described("&IncludeDisabled=true").len(), 7);
    let first = server.body("Action=DescribeImages&IncludeDisabled=true&MaxResults=5");
    assert_eq!(between(&first, "<imageId>", "</imageId>").len(), 5);
    let token = only(&first, "nextToken");
    let second = server.body(&format!("Action=DescribeImages&IncludeDisabled=true&MaxResults=5&NextToken={token}"));
    assert_eq!(between(&second, "<name>", "</name>"), ["web5", "web6"]);
    assert!(!second.contains("nextToken"));
}

#[test]
fn what_is_to_happen_happens_although_the_client_has_gone() {
    let mut server = FakeEc2::start(&["--faults", "delay:300"]);
    let body = query::encode_body_unchecked(&named("web"));
    drop(server.begin(&format!("Host: {}\r\nContent-Type: {}", server.address, query::CONTENT_TYPE), body.as_str()));
    assert_eq!(server.line(), r#"RegisterImage "web" 200 - delay:300"#);
    assert_eq!(server.described("").len(), 1);
}

#[test]
fn a_body_in_chunks_is_read_and_a_long_one_is_rejected() {
    let server = FakeEc2::start(&[]);
    let headers = format!("Host: {}\r\nContent-Type: {}", server.address, query::CONTENT_TYPE);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let chunks = "10\r\nAction=DescribeI\r\n5\r\nmages\r\n0\r\n\r\n";
    write!(stream, "POST / HTTP/1.1\r\n{headers}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(response(&answer).status(), 200);

    let long = format!("Action=RegisterImage&Version=2016-11-15&Description={}", "a".repeat(8 << 20));
    assert_eq!(server.form(&long).status(), 413);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"this is not HTTP\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 400 "), "{}", String::from_utf8_lossy(&answer));
}

/// The page about what the emulator does.
const PAGE: &str = include_str!("../../docs/emulator.md");

/// A body that a client gets wrong.
fn hostile() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        proptest::sample::select(
            &[
                "Action",
                "Version",
                "Name",
                "ImageId",
                "ImageId.1",
                "SnapshotId",
                "SnapshotId.1",
                "Attribute",
                "DryRun",
                "MaxResults",
                "NextToken",
                "Owner.1",
                "Filter.1.Name",
                "Filter.1.Value.1",
                "BlockDeviceMapping.1.Ebs.Iops",
                "TagSpecification.1.ResourceType",
                "X-Amz-Credential",
            ][..]
        )
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let value = prop_oneof![
        proptest::sample::select(
            &[
                "RegisterImage",
                "DescribeImages",
                "DeregisterImage",
                "DescribeSnapshots",
                "DescribeSnapshotAttribute",
                "GetEbsEncryptionByDefault",
                "GetEbsDefaultKmsKeyId",
                "2016-11-15",
                "true",
                "name",
                "web",
                "-1",
                "0",
                "",
            ][..]
        )
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let escape = |text: String| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = (name, value).prop_map(move |(name, value)| format!("{}={}", escape(name), escape(value)));
    let known =
        proptest::sample::select(&["RegisterImage&Version=2016-11-15", "DescribeImages", "DescribeSnapshots"][..]);
    prop_oneof![
        proptest::collection::vec(pair.clone(), 0..6).prop_map(|pairs| pairs.join("&")),
        (known, proptest::collection::vec(pair, 0..6))
            .prop_map(|(action, pairs)| format!("Action={action}&{}", pairs.join("&"))),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mistake_of_the_client_is_never_a_failure_of_the_server(
        bodies in proptest::collection::vec((hostile(), any::<bool>()), 50)
    ) {
        let server = FakeEc2::start(&[]);
        for (body, is_gateway) in bodies {
            let content_type = if is_gateway { gateway::CONTENT_TYPE } else { query::CONTENT_TYPE };
            let answer = server.send(content_type, &body);
            prop_assert!(answer.status().as_u16() < 500, "{body:?}: {answer:?}");
            let text = String::from_utf8(answer.into_body()).unwrap();
            for code in between(&text, "<Code>", "</Code>").into_iter().chain(between(&text, r#""code":""#, "\"")) {
                // What the page does not list, a client could not expect.
                prop_assert!(PAGE.contains(&format!("\n| `{code}` | ")), "{body:?}: {code}");
            }
        }
    }
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
        (&["--faults", "pending"], "fake_ec2: there is no fault \"pending\"; --help lists those that there are\n"),
        (&["--faults", "cut+crash"], "fake_ec2: there is no fault \"cut+crash\"; --help lists those that there are\n"),
        (&["--faults", "deny:Vote"], "fake_ec2: there is no fault \"deny:Vote\"; --help lists those that there are\n"),
        (&["--faults", "Vote:ok"], "fake_ec2: there is no fault \"Vote:ok\"; --help lists those that there are\n"),
        (&["--port", "65536"], "fake_ec2: a port is a number up to 65535\n"),
        (&["--verbose"], "fake_ec2: there is no option --verbose\n"),
        (&["--facts"], "fake_ec2: --facts needs a value\n"),
    ] {
        assert_eq!(run(arguments), (2, String::new(), said.to_owned()));
    }
}
