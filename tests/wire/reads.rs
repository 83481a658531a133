//! The actions that read what an account has: their requests, their responses, and their pages.

use ec2_register_image::model::{ProductCode, Snapshot};
use ec2_register_image::response::UnreadableReason::{self, *};
use ec2_register_image::response::{Class, Retry};
use ec2_register_image::types::{SnapshotId, SnapshotState};
use ec2_register_image::wire::{Page, ebs, images, snapshots, xml};
use ec2_register_image::{Endpoint, RegisterImageError};
use http::{Request, Response};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::{option, sample};

use crate::support::text;

fn endpoint() -> Endpoint {
    Endpoint::from_region("eu-central-1").unwrap()
}

fn response(status: u16, body: impl Into<String>) -> Response<String> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn reply(action: &str, members: &str) -> Response<String> {
    let namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
    response(
        200,
        format!("<{action}Response xmlns=\"{namespace}\"><requestId>r</requestId>{members}</{action}Response>"),
    )
}

/// One of the decoders, with whatever it decodes forgotten.
struct Decoder {
    action: &'static str,
    /// The members of a response that it accepts.
    accepted: &'static str,
    decode: fn(&Response<String>) -> Result<(), RegisterImageError>,
}

const DECODERS: &[Decoder] = &[
    Decoder {
        action: "DescribeSnapshots",
        accepted: "<snapshotSet><item><snapshotId>snap-1</snapshotId></item></snapshotSet>",
        decode: |it| snapshots::decode_response(it).map(drop),
    },
    Decoder {
        action: "DescribeSnapshotAttribute",
        accepted: "<snapshotId>snap-1</snapshotId><productCodes/>",
        decode: |it| snapshots::decode_product_codes_response(it).map(drop),
    },
    Decoder {
        action: "GetEbsEncryptionByDefault",
        accepted: "<ebsEncryptionByDefault>true</ebsEncryptionByDefault>",
        decode: |it| ebs::decode_encryption_by_default_response(it).map(drop),
    },
    Decoder {
        action: "GetEbsDefaultKmsKeyId",
        accepted: "<kmsKeyId>alias/aws/ebs</kmsKeyId>",
        decode: |it| ebs::decode_default_kms_key_id_response(it).map(drop),
    },
    Decoder { action: "DescribeImages", accepted: "<imagesSet/>", decode: |it| images::decode_page(it).map(drop) },
];

#[track_caller]
fn rejected(action: &str, response: &Response<String>, reason: UnreadableReason, at: &str) {
    let decoder = DECODERS.iter().find(|decoder| decoder.action == action).unwrap();
    let error = (decoder.decode)(response).expect_err(response.body());
    let unreadable = error.as_unreadable().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(unreadable.reason(), reason, "{}", response.body());
    let offset = unreadable.offset().unwrap();
    assert!(response.body()[offset..].starts_with(at), "{} at {offset}", response.body());
}

#[test]
fn every_member_of_a_snapshot_is_read() {
    let response = reply(
        "DescribeSnapshots",
        "<snapshotSet><item>
            <snapshotId>snap-0a1b2c3d4e5f60718</snapshotId>
            <volumeId>vol-0a1b2c3d4e5f60718</volumeId>
            <status>error</status>
            <statusMessage>Given key ID is not accessible</statusMessage>
            <startTime>2026-11-25T09:41:07.551Z</startTime>
            <progress>42%</progress>
            <ownerId>210987654321</ownerId>
            <volumeSize>12</volumeSize>
            <description>root &amp; data</description>
            <encrypted>true</encrypted>
            <kmsKeyId>arn:aws:kms:eu-central-1:210987654321:key/6c1d</kmsKeyId>
            <outpostArn>arn:aws:outposts:eu-central-1:210987654321:outpost/op-0a1b2c3d4e5f60718</outpostArn>
            <availabilityZone>eu-central-1-ist-1a</availabilityZone>
            <associatedKmsKeySet><item>
                <kmsKeyId>arn:aws:kms:eu-central-1:210987654321:key/9d2e</kmsKeyId>
            </item></associatedKmsKeySet>
            <storageTier>archive</storageTier>
            <restoreExpiryTime>2026-12-01T00:00:00.000Z</restoreExpiryTime>
            <tagSet><item><key>a</key><value>b</value></item></tagSet>
        </item></snapshotSet>",
    );
    let page = snapshots::decode_response(&response).unwrap();
    let [snapshot] = page.items.try_into().unwrap();
    let codes = reply(
        "DescribeSnapshotAttribute",
        "<snapshotId>snap-0a1b2c3d4e5f60718</snapshotId><productCodes><item><productCode>abc</productCode>
            <type>marketplace</type></item></productCodes>",
    );
    let Snapshot { product_codes, .. } = snapshots::decode_product_codes_response(&codes).unwrap();
    let mut whole: Snapshot = snapshot;
    whole.product_codes = product_codes;
    assert_eq!(
        serde_json::to_value(&whole).unwrap(),
        serde_json::json!({
            "SnapshotId": "snap-0a1b2c3d4e5f60718",
            "VolumeSize": 12,
            "State": "error",
            "StateMessage": "Given key ID is not accessible",
            "Progress": "42%",
            "OwnerId": "210987654321",
            "Encrypted": true,
            "KmsKeyId": "arn:aws:kms:eu-central-1:210987654321:key/6c1d",
            "StorageTier": "archive",
            "RestoreExpiryTime": "2026-12-01T00:00:00.000Z",
            "OutpostArn": "arn:aws:outposts:eu-central-1:210987654321:outpost/op-0a1b2c3d4e5f60718",
            "AvailabilityZone": "eu-central-1-ist-1a",
            "AssociatedKmsKeys": [{"KmsKeyId": "arn:aws:kms:eu-central-1:210987654321:key/9d2e"}],
            "ProductCodes": [{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}],
        })
    );
    let debug = format!("{whole:?}");
    assert!(!debug.contains("None"), "not in the response: {debug}");
}

#[test]
fn settings_are_read() {
    for (text, value) in [("true", true), ("false", false), (" true\n", true)] {
        let members = format!("<sseType>sse-ebs</sseType><ebsEncryptionByDefault>{text}</ebsEncryptionByDefault>");
        let response = reply("GetEbsEncryptionByDefault", &members);
        assert_eq!(ebs::decode_encryption_by_default_response(&response).unwrap(), value);
    }
    let response = reply("GetEbsDefaultKmsKeyId", "<kmsKeyId>arn:aws:kms:eu-central-1:1:key/2</kmsKeyId>");
    assert_eq!(ebs::decode_default_kms_key_id_response(&response).unwrap(), "arn:aws:kms:eu-central-1:1:key/2");
}

#[test]
fn each_decoder_accepts_its_own_response_alone() {
    for decoder in DECODERS {
        (decoder.decode)(&reply(decoder.action, decoder.accepted)).unwrap();
        for other in DECODERS.iter().filter(|other| other.action != decoder.action) {
            rejected(decoder.action, &reply(other.action, other.accepted), WrongRoot, "<");
        }
        let reason_of = |response| (decoder.decode)(&response).unwrap_err().as_unreadable().unwrap().reason();
        assert_eq!(reason_of(response(502, "<html><body>Bad Gateway</body></html>")), Html);
        let body = reply(decoder.action, decoder.accepted).into_body();
        assert_eq!(reason_of(response(500, body)), StatusContradicts);
    }
}

#[test]
fn every_prefix_is_rejected() {
    for decoder in DECODERS {
        let whole = reply(decoder.action, decoder.accepted).into_body();
        for end in 0..whole.len() {
            let error = (decoder.decode)(&response(200, &whole[..end])).unwrap_err();
            let reason = error.as_unreadable().unwrap().reason();
            assert!(matches!(reason, CutOff | Empty), "{end}: {reason:?}");
        }
    }
}

#[test]
fn what_is_missing_or_contradictory_is_rejected() {
    for decoder in DECODERS {
        let missing = if decoder.action == "DescribeImages" { MissingImages } else { MissingElement };
        let root = format!("<{}Response", decoder.action);
        rejected(decoder.action, &reply(decoder.action, ""), missing, &root);
        rejected(
            decoder.action,
            &reply(decoder.action, &format!("{}<Errors/>", decoder.accepted)),
            Contradictory,
            "<Errors/>",
        );
    }
    let item =
        |members: &str| reply("DescribeSnapshots", &format!("<snapshotSet><item>{members}</item></snapshotSet>"));
    rejected("DescribeSnapshots", &item("<status>pending</status>"), MissingElement, "<item>");
    rejected("DescribeSnapshots", &item("<snapshotId> </snapshotId>"), MissingElement, "<snapshotId>");
    rejected(
        "DescribeSnapshots",
        &item("<snapshotId>a</snapshotId><snapshotId>a</snapshotId>"),
        DuplicateElement,
        "<snapshotId>a</snapshotId></item>",
    );
    rejected(
        "DescribeSnapshots",
        &item("<snapshotId>a</snapshotId><encrypted>TRUE</encrypted>"),
        MalformedValue,
        "<encrypted>",
    );
    rejected(
        "DescribeSnapshots",
        &item("<snapshotId>a</snapshotId><volumeSize>+8</volumeSize>"),
        MalformedValue,
        "<volumeSize>",
    );
    let twice = "<snapshotSet/><snapshotSet/>";
    rejected("DescribeSnapshots", &reply("DescribeSnapshots", twice), DuplicateElement, "<snapshotSet/></");
    let twice = "<snapshotSet/><nextToken>a</nextToken><nextToken>b</nextToken>";
    rejected("DescribeSnapshots", &reply("DescribeSnapshots", twice), DuplicateElement, "<nextToken>b");

    // It was asked for another attribute.
    let other = reply("DescribeSnapshotAttribute", "<snapshotId>snap-1</snapshotId><createVolumePermission/>");
    rejected("DescribeSnapshotAttribute", &other, MissingElement, "<DescribeSnapshotAttributeResponse");
    let of_none = reply("DescribeSnapshotAttribute", "<productCodes/>");
    rejected("DescribeSnapshotAttribute", &of_none, MissingElement, "<DescribeSnapshotAttributeResponse");
    rejected(
        "GetEbsEncryptionByDefault",
        &reply("GetEbsEncryptionByDefault", "<ebsEncryptionByDefault/>"),
        MalformedValue,
        "<ebs",
    );
    rejected(
        "GetEbsDefaultKmsKeyId",
        &reply("GetEbsDefaultKmsKeyId", "<kmsKeyId> </kmsKeyId>"),
        MissingElement,
        "<GetEbs",
    );
}

#[test]
fn errors_of_any_action_are_read_alike() {
    let body = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message>\
                </Error></Errors><RequestID>r-1</RequestID></Response>";
    let throttled = response(503, body);
    let error = xml::decode_error_response(&throttled);
    assert_eq!((error.class(), error.retry(), error.request_id()), (Class::Throttled, Retry::Throttling, Some("r-1")));
    for decoder in DECODERS {
        assert_eq!((decoder.decode)(&throttled).unwrap_err(), error);
        // A success is not an error that it could read.
        let success = reply(decoder.action, decoder.accepted);
        let unreadable = xml::decode_error_response(&success);
        assert_eq!(unreadable.as_unreadable().unwrap().reason(), WrongRoot);
    }
    assert_eq!(xml::decode_error_response(&response(200, &body[..50])).as_unreadable().unwrap().reason(), CutOff);
}

#[test]
fn the_next_page_is_the_same_request_with_the_token() {
    let ids = [SnapshotId::new("snap-1"), SnapshotId::new("snap-2")];
    let first = snapshots::encode_request_of_own(&ids, &endpoint());
    let page = |token: &str| -> Page<Snapshot> {
        let members = format!("<snapshotSet/><nextToken>{token}</nextToken>");
        snapshots::decode_response(&reply("DescribeSnapshots", &members)).unwrap()
    };
    let body = |request: &Request<_>| -> String { ec2_register_image::wire::Body::as_str(request.body()).to_owned() };
    let second = page("a=&amp;b").next_request(&first).unwrap();
    assert_eq!(body(&second), body(&first) + "&NextToken=a%3D%26b");
    assert_eq!((second.method(), second.uri(), second.headers()), (first.method(), first.uri(), first.headers()));
    // The token replaces the last one.
    let third = page("c").next_request(&second).unwrap();
    assert_eq!(body(&third), body(&first) + "&NextToken=c");
    for last in ["", " "] {
        assert!(page(last).next_request(&first).is_none());
    }
    let images = images::decode_page(&reply("DescribeImages", "<imagesSet/><nextToken>a</nextToken>")).unwrap();
    assert_eq!(images.next_token.as_deref(), Some("a"));
}

/// What XML 1.0 can carry, without the line ends that it changes.
fn xml_text() -> impl Strategy<Value = String> {
    text().prop_map(|text| {
        text.chars()
            .filter(|&c| matches!(c, '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..))
            .collect()
    })
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let texts = vec(option::of(xml_text()), 8);
    let codes = option::of(vec((option::of(xml_text()), option::of(xml_text())), 0..3));
    ("[!-%'-;=-~]{1,9}", texts, option::of(any::<i32>()), option::of(any::<bool>()), codes).prop_map(
        |(id, texts, size, encrypted, codes)| {
            let mut snapshot = Snapshot::new(id);
            let mut texts = texts.into_iter();
            let mut next = || texts.next().flatten();
            (snapshot.volume_size, snapshot.encrypted) = (size, encrypted);
            snapshot.state = next().map(SnapshotState::from);
            (snapshot.state_message, snapshot.progress) = (next(), next());
            snapshot.owner_id = next();
            snapshot.restore_expiry_time = next().map(Into::into);
            snapshot.kms_key_id = next().map(Into::into);
            snapshot.storage_tier = next().map(Into::into);
            snapshot.outpost_arn = next().map(Into::into);
            snapshot.product_codes = codes.map(|codes| {
                let code = |(id, kind): (Option<String>, Option<String>)| {
                    let mut code = ProductCode::default();
                    (code.id, code.product_code_type) = (id, kind.map(Into::into));
                    code
                };
                codes.into_iter().map(code).collect()
            });
            snapshot
        },
    )
}

fn element(name: &str, value: Option<impl ToString>) -> String {
    let Some(value) = value else { return String::new() };
    let value = value.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<{name}>{value}</{name}>")
}

fn codes(codes: Option<&[ProductCode]>) -> String {
    let item = |code: &ProductCode| {
        let kind = code.product_code_type.as_ref();
        format!("<item>{}{}</item>", element("type", kind), element("productCode", code.id.as_ref()))
    };
    codes.map_or_else(String::new, |codes| {
        format!("<productCodes>{}</productCodes>", codes.iter().map(item).collect::<String>())
    })
}

fn written(snapshot: &Snapshot) -> String {
    [
        element("outpostArn", snapshot.outpost_arn.as_ref()),
        element("status", snapshot.state.as_ref()),
        element("statusMessage", snapshot.state_message.as_ref()),
        element("progress", snapshot.progress.as_ref()),
        element("ownerId", snapshot.owner_id.as_ref()),
        element("volumeSize", snapshot.volume_size),
        element("encrypted", snapshot.encrypted),
        element("kmsKeyId", snapshot.kms_key_id.as_ref()),
        element("storageTier", snapshot.storage_tier.as_ref()),
        element("restoreExpiryTime", snapshot.restore_expiry_time.as_ref()),
        element("snapshotId", Some(&snapshot.id)),
        codes(snapshot.product_codes.as_deref()),
    ]
    .concat()
}

proptest! {
    #[test]
    fn what_is_written_is_read(snapshots in vec(snapshot(), 0..4)) {
        let items: String = snapshots.iter().map(|it| format!("\n<item>{}</item>", written(it))).collect();
        let page = snapshots::decode_response(&reply("DescribeSnapshots", &format!("<snapshotSet>{items}</snapshotSet>")));
        prop_assert_eq!(page.unwrap().items, snapshots.as_slice());
        for snapshot in snapshots.into_iter().filter(|snapshot| snapshot.product_codes.is_some()) {
            let members = element("snapshotId", Some(&snapshot.id)) + &codes(snapshot.product_codes.as_deref());
            let read = snapshots::decode_product_codes_response(&reply("DescribeSnapshotAttribute", &members)).unwrap();
            let mut known = Snapshot::new(snapshot.id);
            known.product_codes = snapshot.product_codes;
            prop_assert_eq!(read, known);
        }
    }

    #[test]
    fn no_mutation_makes_a_decoder_panic(
        which in any::<sample::Index>(), at in any::<sample::Index>(), with in "[<>/&;a-z]{0,3}",
    ) {
        let decoder = which.get(DECODERS);
        let whole = reply(decoder.action, decoder.accepted).into_body();
        let at = at.index(whole.len());
        let _ = (decoder.decode)(&response(200, format!("{}{with}{}", &whole[..at], &whole[at..])));
    }
}
