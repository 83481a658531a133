//! The codecs beside what the official SDK uses for them, in one run.
//!
//! `cargo bench` prints times and their ratios; times are noisy, so the ratio of medians over interleaved rounds is what
//! counts. `scripts/instructions` runs single subjects under callgrind (`codecs run SUBJECT COUNT`) and prints ratios
//! of instructions, which are the same every time.

use std::cell::{LazyCell, RefCell};
use std::hint::black_box;
use std::time::Instant;

use ec2_register_image::wire::{Body, cloudtrail, query, xml};
use ec2_register_image::{RegisterImageRequest, ValidRequest};

mod facts;
mod smithy;

const REQUEST: &str = r#"{
    "Name": "web/2026-11-23 (nightly)", "Description": "Web tier, built from main, kernel 6.12 & OpenSSL 3.5",
    "Architecture": "arm64", "VirtualizationType": "hvm", "BootMode": "uefi", "TpmSupport": "v2.0", "ImdsSupport": "v2.0",
    "RootDeviceName": "/dev/xvda", "EnaSupport": true, "SriovNetSupport": "simple",
    "TagSpecifications": [{"ResourceType": "image", "Tags": [
        {"Key": "team", "Value": "infrastructure"}, {"Key": "commit", "Value": "4f1b9d0e22224333844455556666777788889999"}
    ]}],
    "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 20, "VolumeType": "gp3",
            "Throughput": 250, "Iops": 4000, "DeleteOnTermination": true}},
        {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 100, "VolumeType": "io2", "Iops": 4000, "Encrypted": true}},
        {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral0"}
    ]
}"#;

const ANSWER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<RegisterImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
    <imageId>ami-0123456789abcdef0</imageId>
</RegisterImageResponse>"#;

const ERROR: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web-2026-11-23 is already in use by AMI ami-0ea09a82f221f584a</Message></Error></Errors><RequestID>4e759009-7884-46eb-bcf9-0a238087d593</RequestID></Response>"#;

const OTHER_EVENT: &str = include_str!("../../tests/fixtures/cloudtrail-other-event.json");

struct Inputs {
    open: RegisterImageRequest,
    valid: ValidRequest,
    body: String,
    /// With room for a body.
    buffer: RefCell<Vec<u8>>,
    answer: http::Response<&'static str>,
    error: http::Response<&'static str>,
    /// A log of CloudTrail with one event, which is of another action.
    log: String,
    /// Made when they are asked for, since a heap that holds them is another one for the subjects before.
    thousand: LazyCell<RegisterImageRequest>,
    ten_thousand: LazyCell<RegisterImageRequest>,
    bodies: LazyCell<[Body; 2]>,
}

/// As many mappings as tags, all different.
fn long(length: usize) -> RegisterImageRequest {
    let list = |item: &dyn Fn(usize) -> String| (0..length).map(item).collect::<Vec<_>>().join(",");
    let mappings = list(&|number| format!(r#"{{"DeviceName": "/dev/x{number}", "VirtualName": "ephemeral0"}}"#));
    let tags = list(&|number| format!(r#"{{"Key": "{number}", "Value": ""}}"#));
    let json = format!(
        r#"{{"Name": "web", "BlockDeviceMappings": [{mappings}],
            "TagSpecifications": [{{"ResourceType": "image", "Tags": [{tags}]}}]}}"#
    );
    serde_json::from_str(&json).expect("the request is in the CLI's shape")
}

impl Inputs {
    fn new() -> Self {
        let open: RegisterImageRequest = serde_json::from_str(REQUEST).expect("the request is in the CLI's shape");
        let valid = open.clone().validate().expect("the request is valid");
        let body = query::encode_body(&valid).as_str().to_owned();
        assert_eq!(smithy::encode(valid.request()), body, "both encoders make the same bytes");
        Self {
            open,
            valid,
            body,
            buffer: RefCell::new(Vec::with_capacity(2_000)),
            answer: http::Response::new(ANSWER),
            error: http::Response::new(ERROR),
            log: format!("{{\"Records\":[{}]}}", OTHER_EVENT.trim_end()),
            thousand: LazyCell::new(|| long(1_000)),
            ten_thousand: LazyCell::new(|| long(10_000)),
            bodies: LazyCell::new(|| [500, 5_000].map(|length| query::encode_body_unchecked(&long(length)))),
        }
    }
}

/// A subject's name, and one turn of it.
type Subject = (&'static str, fn(&Inputs));

const SUBJECTS: &[Subject] = &[
    ("encode", |inputs| drop(black_box(query::encode_body(black_box(&inputs.valid))))),
    ("encode-into", |inputs| {
        let mut body = inputs.buffer.borrow_mut();
        body.clear();
        query::encode_body_into(black_box(&inputs.valid), &mut body);
        black_box(&*body);
    }),
    ("encode-smithy", |inputs| drop(black_box(smithy::encode(black_box(inputs.valid.request()))))),
    ("encode-memcpy", |inputs| drop(black_box(black_box(&inputs.body).clone()))),
    ("decode", |inputs| drop(black_box(xml::decode_response(black_box(&inputs.answer))))),
    ("decode-smithy", |inputs| drop(black_box(smithy::decode(black_box(inputs.answer.body().as_bytes()))))),
    ("decode-memcpy", |inputs| drop(black_box(black_box(*inputs.answer.body()).to_owned()))),
    ("decode-error", |inputs| drop(black_box(xml::decode_response(black_box(&inputs.error))))),
    ("decode-error-smithy", |inputs| drop(black_box(smithy::decode_error(black_box(inputs.error.body().as_bytes()))))),
    ("decode-query", |inputs| drop(black_box(query::decode_body(black_box(inputs.body.as_bytes()))))),
    ("decode-query-pairs", |inputs| {
        // No more than the names and values, unescaped.
        let pairs = url::form_urlencoded::parse(black_box(inputs.body.as_bytes())).collect::<Vec<_>>();
        drop(black_box(pairs));
    }),
    ("decode-query-500", |inputs| drop(black_box(query::decode_body(black_box(inputs.bodies[0].as_ref()))))),
    ("decode-query-5000", |inputs| drop(black_box(query::decode_body(black_box(inputs.bodies[1].as_ref()))))),
    ("skip-event", |inputs| {
        cloudtrail::for_each_record(black_box(inputs.log.as_bytes()), |record| drop(black_box(record))).unwrap();
    }),
    ("skip-line", |_| {
        cloudtrail::for_each_record(black_box(OTHER_EVENT.as_bytes()), |record| drop(black_box(record))).unwrap();
    }),
    ("skip-event-ignored", |inputs| {
        // No more than checking that it is JSON.
        let ignored = serde_json::from_str::<serde::de::IgnoredAny>(black_box(&inputs.log));
        drop(black_box(ignored));
    }),
    ("validate", |inputs| drop(black_box(black_box(&inputs.open).check()))),
    ("validate-1000", |inputs| drop(black_box(black_box(&*inputs.thousand).check()))),
    ("validate-10000", |inputs| drop(black_box(black_box(&*inputs.ten_thousand).check()))),
    ("check-without-facts", |_| facts::check_without()),
    ("check-facts-10k", |_| facts::check_fewer()),
    ("check-facts-100k", |_| facts::check()),
    ("preview-without-facts", |_| facts::preview_without()),
    ("preview-facts-10k", |_| facts::preview_with()),
    ("merge-facts-10000", |_| facts::merge(0)),
    ("merge-facts-100000", |_| facts::merge(1)),
];

/// Subject, subject without what is measured (or none), and the most instructions of the difference.
const LIMITS: &[(&str, Option<&str>, u32)] = &[
    // One look-up of a snapshot and one of a name, however many there are.
    ("check-facts-100k", Some("check-without-facts"), 600),
];

/// Subject, peer, and the most that the ratio of the first to the second may be.
const RATIOS: &[(&str, &str, Option<f64>)] = &[
    ("encode", "encode-smithy", Some(1.0 / 9.0)),
    ("encode", "encode-memcpy", None),
    ("encode-into", "encode-memcpy", None),
    ("decode", "decode-smithy", Some(1.0 / 3.0)),
    ("decode", "decode-memcpy", None),
    ("decode-error", "decode-error-smithy", None),
    ("decode-query", "decode-query-pairs", Some(0.5)),
    ("skip-event", "skip-event-ignored", Some(1.22)),
    ("skip-line", "skip-event-ignored", Some(1.22)),
    // Ten times as long a request takes little more than ten times the work.
    ("decode-query-5000", "decode-query-500", Some(12.0)),
    ("validate-10000", "validate-1000", Some(12.0)),
    ("check-facts-100k", "check-facts-10k", Some(1.05)),
    // What is known leaves fewer outcomes, and finding it costs less than that.
    ("preview-facts-10k", "preview-without-facts", Some(1.0)),
    ("merge-facts-100000", "merge-facts-10000", Some(12.0)),
];

fn main() {
    let inputs = Inputs::new();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, subject, count] = &arguments[..]
        && command == "run"
    {
        let (_, turn) = SUBJECTS.iter().find(|(name, _)| name == subject).expect("the name of a subject");
        (0..count.parse().expect("a count")).for_each(|_: u32| turn(&inputs));
        return;
    }
    if arguments.iter().any(|argument| argument == "ratios") {
        for (subject, peer, most) in RATIOS {
            println!("{subject} {peer} {}", most.map_or("-".to_owned(), |most| most.to_string()));
        }
        return;
    }

    if arguments.iter().any(|argument| argument == "limits") {
        for (subject, base, most) in LIMITS {
            println!("{subject} {} {most}", base.unwrap_or("-"));
        }
        return;
    }

    println!("request of {} bytes, answer of {} bytes", inputs.body.len(), ANSWER.len());
    let cut_off =
        |is_success: &dyn Fn(&str) -> bool| (0..ANSWER.len()).filter(|&end| is_success(&ANSWER[..end])).count();
    println!(
        "of the {} ways to cut that answer off, {} decode as a success here, {} with smithy",
        ANSWER.len(),
        cut_off(&|answer| xml::decode_response(&http::Response::new(answer)).is_ok()),
        cut_off(&|answer| smithy::decode(answer.as_bytes()).is_ok()),
    );
    let medians = medians(&inputs);
    for ((name, _), nanoseconds) in SUBJECTS.iter().zip(&medians) {
        println!("{name:<20} {nanoseconds:>8.0} ns");
    }
    let median =
        |wanted: &str| SUBJECTS.iter().zip(&medians).find(|((name, _), _)| *name == wanted).expect("a subject").1;
    for (subject, peer, most) in RATIOS {
        let ratio = median(subject) / median(peer);
        let most = most.map(|most| format!(" (at most {most:.3})")).unwrap_or_default();
        println!("{subject} / {peer} = {ratio:.3}{most}");
    }
}

/// The median time of each subject in nanoseconds, over rounds in which subjects take turns, the long ones by themselves.
fn medians(inputs: &Inputs) -> Vec<f64> {
    const ROUNDS: usize = 101;
    let is_long = |name: &str| name.ends_with("00");
    let mut rounds = vec![Vec::with_capacity(ROUNDS); SUBJECTS.len()];
    for (long, turns) in [(false, 2_000), (true, 1)] {
        for _ in 0..ROUNDS {
            for ((_, turn), times) in SUBJECTS.iter().zip(&mut rounds).filter(|((name, _), _)| is_long(name) == long) {
                let start = Instant::now();
                (0..turns).for_each(|_| turn(inputs));
                times.push(start.elapsed().as_nanos() as f64 / f64::from(turns));
            }
        }
    }
    rounds
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        })
        .collect()
}
