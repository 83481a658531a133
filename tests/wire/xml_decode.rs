//! `wire::xml::decode_response`: what it reads, what it refuses, and why.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use core::{hint::black_box, iter, time::Duration};
use std::time::Instant;

use ec2_register_image::response::UnreadableReason::*;
use ec2_register_image::response::{DryRunPassed, ErrorEntry, ServiceError, UnreadableReason, UnreadableResponse};
use ec2_register_image::wire::xml;
use ec2_register_image::wire::xml::{ATTRIBUTE_LIMIT, BODY_LIMIT, DEPTH_LIMIT, NAMESPACE_LIMIT};
use ec2_register_image::{Accepted, RegisterImageError, RegisterImageResponse};
use http::{Response, StatusCode};
use proptest::prelude::*;

const EC2: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// What EC2 sends.
const SUCCESS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<RegisterImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>323a0177-beea-4b32-97af-22c784907177</requestId>
    <imageId>ami-0123456789abcdef0</imageId>
</RegisterImageResponse>"#;

/// Recorded, but for the code.
const FAILURE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>InvalidAMIName.Duplicate\
    </Code><Message>AMI name web is already in use by AMI ami-0ea09a82f221f584a</Message></Error></Errors>\
    <RequestID>4e759009-7884-46eb-bcf9-0a238087d593</RequestID></Response>";

/// Every kind of markup that an answer may hold.
const EVERYTHING: &str = "\u{FEFF}<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>\r\n<!-- a --><?target it?>\
    <e:RegisterImageResponse\txmlns:e='http://ec2.amazonaws.com/doc/2016-11-15/' xmlns=\"urn:x\" a = '\"&lt;&#10;' \
    e:a=\"'\"><unknown xml:lang='de'><deeper/>&amp;<![CDATA[<&]]></unknown >\u{e9}<e:imageId e:b=''> &#97;m<!-- -->i<?p?>\
    <![CDATA[-]]>&#x30;1 </e:imageId></e:RegisterImageResponse\r\n>";

fn response(status: u16, body: impl AsRef<[u8]>) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_ref().to_vec()).unwrap()
}

fn decode(body: impl AsRef<[u8]>) -> Result<Accepted, RegisterImageError> {
    xml::decode_response(&response(200, body))
}

#[track_caller]
fn registered(body: impl AsRef<[u8]>, image_id: &str) {
    let answer = decode(body).unwrap();
    assert_eq!(answer.image_id().map(|id| id.as_str()), Some(image_id));
}

/// In the root of a success.
fn inside(content: &str) -> String {
    format!("<RegisterImageResponse xmlns=\"{EC2}\">{content}</RegisterImageResponse>")
}

/// In the root of a success that has an image id.
fn beside(content: &str) -> String {
    inside(&format!("<imageId>ami-1</imageId>{content}"))
}

#[track_caller]
fn unreadable(body: impl AsRef<[u8]>) -> UnreadableResponse {
    let error = decode(body.as_ref()).unwrap_err();
    let answer = error.as_unreadable().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(answer.body(), &body.as_ref()[..body.as_ref().len().min(UnreadableResponse::BODY_CAP)]);
    assert_eq!(answer.body_len(), body.as_ref().len());
    answer.clone()
}

/// The body is refused for this reason at this byte.
#[track_caller]
fn refused_at(body: impl AsRef<[u8]>, reason: UnreadableReason, offset: usize) {
    let answer = unreadable(body);
    assert_eq!((answer.reason(), answer.offset()), (reason, Some(offset)));
}

/// The body is refused for this reason where `at` stands in it.
#[track_caller]
fn refused(body: impl AsRef<str>, reason: UnreadableReason, at: &str) {
    let body = body.as_ref();
    refused_at(body, reason, body.find(at).unwrap());
}

/// As [`refused`], of content beside an image id.
#[track_caller]
fn refused_beside(content: &str, reason: UnreadableReason, at: &str) {
    refused(beside(content), reason, at);
}

#[track_caller]
fn service_error(body: &str) -> ServiceError {
    decode(body).unwrap_err().as_service().unwrap().clone()
}

#[test]
fn what_ec2_sends() {
    let mut expected = RegisterImageResponse::new("ami-0123456789abcdef0");
    expected.request_id = Some("323a0177-beea-4b32-97af-22c784907177".into());
    assert_eq!(decode(SUCCESS).unwrap(), Accepted::Registered(expected));

    let error = xml::decode_response(&response(400, FAILURE)).unwrap_err();
    let entry = ErrorEntry::new("InvalidAMIName.Duplicate")
        .with_message("AMI name web is already in use by AMI ami-0ea09a82f221f584a");
    let expected =
        ServiceError::new(StatusCode::BAD_REQUEST, entry).with_request_id("4e759009-7884-46eb-bcf9-0a238087d593");
    assert_eq!(error, expected.into());
}

#[test]
fn namespaces_of_the_root() {
    registered("<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>", "ami-1");
    registered(SUCCESS.replace("2016-11-15", "2012-12-01"), "ami-0123456789abcdef0");
    registered(SUCCESS.replace("2016-11-15", "2031-01-01"), "ami-0123456789abcdef0");
    registered(EVERYTHING, "ami-01");
    registered(
        format!("<e:RegisterImageResponse xmlns:e='{EC2}'><imageId>ami-1</imageId></e:RegisterImageResponse>"),
        "ami-1",
    );
    refused(SUCCESS.replace("ec2.amazonaws.com", "sqs.amazonaws.com"), WrongRoot, "<RegisterImageResponse");
    refused(EVERYTHING.replace(EC2, "urn:y"), WrongRoot, "<e:Reg");
    assert_eq!(service_error("<Response xmlns='urn:any'><Error><Code>A</Code></Error></Response>").code(), "A");
}

#[test]
fn text_of_an_image_id() {
    let id = |text: &str| inside(&format!("<imageId>{text}</imageId>"));
    for text in [
        "ami-1",
        " \t\r\nami-1 \t\r\n",
        "<![CDATA[ami-1]]>",
        "am<![CDATA[i-]]>1",
        "am<!-- - -->i<?pi ?>-<!---->1",
        "&#97;&#x6D;&#x69;-1",
    ] {
        registered(id(text), "ami-1");
    }
    registered(id("&lt;&gt;&amp;&apos;&quot;&#x10FFFF;"), "<>&'\"\u{10FFFF}");
    registered(id("a&#13;b\r\nc\rd&#10;e"), "a\rb\nc\nd\ne");
    registered(id("a<![CDATA[\r\n]]>b]]<![CDATA[&lt;]]>>"), "a\nb]]&lt;>");
    registered(id("a]>b>"), "a]>b>");
    registered(
        id("&#00000000000065;\u{7F}\u{85}\u{FFFD}\u{D7FF}\u{E000}\u{10000}"),
        "A\u{7F}\u{85}\u{FFFD}\u{D7FF}\u{E000}\u{10000}",
    );
}

#[test]
fn shapes_of_a_success() {
    registered(inside("<imageId>ami-1</imageId><requestId>r</requestId>"), "ami-1");
    registered(inside("<a><imageId>ami-2</imageId></a>ignored<imageId>ami-1</imageId><b/><c d='e'/>"), "ami-1");
    registered(inside("<imageId xmlns=''>ami-1</imageId>"), "ami-1");
    registered(inside("<x:imageId xmlns:x='urn:x'>ami-2</x:imageId><imageId>ami-1</imageId>"), "ami-1");
    registered(beside("<requestId>r</requestId><RequestID>s</RequestID>"), "ami-1");
    registered(format!("  \n{}\n<!-- c -->\n<?p?>\n", beside("")), "ami-1");
    registered(format!("\u{FEFF}{}", beside("")), "ami-1");
    registered(format!("\u{FEFF}{SUCCESS}"), "ami-0123456789abcdef0");
    registered(SUCCESS.replace('\n', "\r\n"), "ami-0123456789abcdef0");
}

#[test]
fn request_ids() {
    let id = |body: &str, header: &str| {
        let response = Response::builder().header("x-amzn-RequestId", header).body(body.to_owned()).unwrap();
        match xml::decode_response(&response) {
            Ok(answer) => answer.request_id().map(str::to_owned),
            Err(error) => error.request_id().map(str::to_owned),
        }
    };
    assert_eq!(id(&beside("<requestId>b</requestId>"), "h").as_deref(), Some("b"));
    assert_eq!(id(&beside("<RequestID> b\n</RequestID>"), "h").as_deref(), Some("b"));
    assert_eq!(id(&beside("<requestId/><requestId>b</requestId><RequestId>c</RequestId>"), "h").as_deref(), Some("b"));
    assert_eq!(id(&beside("<requestId/>"), "h").as_deref(), Some("h"));
    assert_eq!(id(&beside(""), "h").as_deref(), Some("h"));
    assert_eq!(id(&beside(""), ""), None);
    assert_eq!(id("<Response><Error><Code>A</Code></Error></Response>", "h").as_deref(), Some("h"));
    assert_eq!(id("<Response><Error><Code>DryRunOperation</Code></Error></Response>", "h").as_deref(), Some("h"));
    assert_eq!(id("cut off", "h").as_deref(), Some("h"));
}

#[test]
fn shapes_of_an_error() {
    let error = service_error(
        "<Response><RequestID>r</RequestID><Errors><More/><Error><Type>Sender</Type><Message> a\n b </Message>\
         <Code> A.B\n</Code></Error><Error><Code>C</Code><Message/></Error><Error><Code>D</Code></Error></Errors></Response>",
    );
    assert_eq!((error.code().as_str(), error.message(), error.request_id()), ("A.B", Some(" a\n b "), Some("r")));
    let entries =
        [ErrorEntry::new("A.B").with_message(" a\n b "), ErrorEntry::new("C").with_message(""), ErrorEntry::new("D")];
    assert!(error.errors().eq(&entries));
    // A status of success changes nothing.
    assert_eq!(error.status(), StatusCode::OK);

    // As query services have it.
    let query = "<ErrorResponse xmlns='http://sts.amazonaws.com/doc/2011-06-15/'><Error><Code>A</Code><Message>m</Message>\
        </Error><RequestId>r</RequestId></ErrorResponse>";
    assert_eq!(service_error(query).to_string(), "A: m (status 200, request id r)");
    // As moto has it where the signature does not match.
    let moto = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ErrorResponse><Errors><Error><Code>AuthFailure</Code>\
        <Message>m</Message><Type>Sender</Type></Error></Errors></ErrorResponse>";
    assert_eq!(service_error(moto).to_string(), "AuthFailure: m (status 200)");
}

#[test]
fn a_dry_run_that_passed() {
    let body = "<Response><Errors><Error><Code>DryRunOperation</Code><Message>Request would have succeeded, but DryRun \
        flag is set.</Message></Error></Errors><RequestID>r</RequestID></Response>";
    let mut expected = DryRunPassed::default();
    expected.request_id = Some("r".into());
    for status in [200, 400, 412] {
        assert_eq!(xml::decode_response(&response(status, body)).unwrap(), Accepted::DryRunPassed(expected.clone()));
    }
    let second = body.replace("<Error>", "<Error><Code>A</Code></Error><Error>");
    assert_eq!(service_error(&second).code(), "A");
    // Beside another error, whatever the order, nothing passed.
    let first = body.replace("</Error>", "</Error><Error><Code>InternalError</Code></Error>");
    assert_eq!(service_error(&first).errors().count(), 2);
    assert_eq!(service_error(&body.replace("DryRunOperation", "dryRunOperation")).code(), "dryRunOperation");
}

#[test]
fn a_success_and_an_error_in_one_is_neither() {
    for error in ["<Errors><Error><Code>X</Code></Error></Errors>", "<Error><Code>X</Code></Error>"] {
        refused_beside(error, Contradictory, error);
    }
}

#[test]
fn the_usual_answer_has_the_same_limit() {
    let usual = |blanks| {
        let blanks = " ".repeat(blanks);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{blanks}<RegisterImageResponse xmlns=\"http://ec2.amazonaws.com/doc/\
             2016-11-15/\"><requestId>r</requestId><imageId>ami-1</imageId></RegisterImageResponse>"
        )
    };
    registered(usual(BODY_LIMIT - usual(0).len()), "ami-1");
    assert_eq!(unreadable(usual(BODY_LIMIT - usual(0).len() + 1)).reason(), TooLong);
}

#[test]
fn bodies_as_a_whole() {
    for blank in ["", " \r\n\t", "\u{FEFF}", "\u{FEFF} "] {
        assert_eq!((unreadable(blank).reason(), unreadable(blank).offset()), (Empty, None));
    }
    for page in [
        "<html><body>502 Bad Gateway</body></html>",
        "<!DOCTYPE html><p>unclosed",
        "\n<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
        "<HTML>",
        "\u{FEFF}<html",
    ] {
        assert_eq!((unreadable(page).reason(), unreadable(page).offset()), (Html, None));
    }
    assert_eq!(unreadable(b"<html>caf\xE9").reason(), Html);
    refused("<?xml version='1.0'?><!DOCTYPE html><html/>", Html, "<!D");
    refused("<!-- squid --><html xmlns='http://www.w3.org/1999/xhtml'><br></html>", Html, "<html");

    let padded = |len: usize| format!("{}<!--{}-->", beside(""), "x".repeat(len - beside("").len() - 7));
    registered(padded(BODY_LIMIT), "ami-1");
    assert_eq!((unreadable(padded(BODY_LIMIT + 1)).reason(), BODY_LIMIT), (TooLong, 1_048_576));

    refused_at(b"<a>\xFF</a>", NotUtf8, 3);
    refused_at(b"<a>\xC0\xAF</a>", NotUtf8, 3);
    refused_at(b"<a>\xED\xA0\x80</a>", NotUtf8, 3);
    refused_at(b"<a>\xE2\x82", CutOff, 5);
    refused_at(b"\xFF\xFE<\0a\0/\0>\0", NotUtf8, 0);
    refused_at("<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>(), IllegalCharacter, 0);
}

#[test]
fn statuses_of_a_success() {
    for status in [200, 201, 299] {
        assert!(xml::decode_response(&response(status, SUCCESS)).is_ok());
    }
    for status in [199, 300, 302, 400, 500, 503] {
        let error = xml::decode_response(&response(status, SUCCESS)).unwrap_err();
        assert_eq!(error.as_unreadable().unwrap().reason(), StatusContradicts);
        assert_eq!(error.status().as_u16(), status);
    }
    // What is not even well-formed says so, whatever the status.
    assert_eq!(xml::decode_response(&response(500, "<a")).unwrap_err().as_unreadable().unwrap().reason(), CutOff);
}

#[test]
fn meanings_that_are_missing() {
    refused("<DescribeImagesResponse/>", WrongRoot, "<D");
    refused("<registerImageResponse><imageId>ami-1</imageId></registerImageResponse>", WrongRoot, "<r");
    refused("<Error><Code>A</Code></Error>", WrongRoot, "<E");
    refused("<RegisterImageResponse/>", MissingImageId, "<R");
    refused(inside("<ImageId>ami-1</ImageId>"), CapitalImageId, "<I");
    refused(inside("<a/><ImageId>ami-1</ImageId><ImageId/>"), CapitalImageId, "<I");
    refused(inside("<a><ImageId>ami-1</ImageId></a>"), MissingImageId, "<R");
    refused(inside("<x:ImageId xmlns:x='urn:x'>ami-1</x:ImageId>"), MissingImageId, "<R");
    registered(beside("<ImageId>ami-2</ImageId>"), "ami-1");
    refused(inside("<a><imageId>ami-1</imageId></a>"), MissingImageId, "<R");
    refused(inside("<x:imageId xmlns:x='urn:x'>ami-1</x:imageId>"), MissingImageId, "<R");
    for empty in ["<imageId/>", "<imageId></imageId>", "<imageId> \r\n</imageId>", "<imageId><!-- ami-1 --></imageId>"]
    {
        refused(inside(empty), EmptyImageId, "<imageId");
    }
    refused_beside("<imageId >ami-1</imageId>", DuplicateImageId, "<imageId >");
    refused_beside("<imageId xmlns=''/>", DuplicateImageId, "<imageId x");
    refused(inside("<imageId>ami-1<b/></imageId>"), ElementInText, "<b/>");
    refused(inside("<imageId><imageId>ami-1</imageId></imageId>"), ElementInText, "<imageId>ami");

    refused("<Response/>", MissingError, "<R");
    refused("<Response><Errors/><RequestID>r</RequestID></Response>", MissingError, "<R");
    refused("<ErrorResponse><Error xmlns='urn:x'><Code>A</Code></Error></ErrorResponse>", MissingError, "<E");
    refused("<Response><Errors><Error/></Errors></Response>", MissingCode, "<Error/");
    refused("<Response><Error><Message>m</Message></Error></Response>", MissingCode, "<Error");
    refused("<Response><Error><Code> </Code></Error></Response>", MissingCode, "<Code");
    refused("<Response><Error><Code>A</Code><Code >B</Code></Error></Response>", DuplicateCode, "<Code >");
    refused("<Response><Error><Code>A<b/></Code></Error></Response>", ElementInText, "<b/>");
    refused("<Response><Error><Code>A</Code><Message><b/></Message></Error></Response>", ElementInText, "<b/>");
    // The second of two errors too.
    refused("<Response><Error><Code>A</Code></Error><Error ></Error></Response>", MissingCode, "<Error >");
}

#[test]
fn what_may_not_stand_outside_the_root() {
    refused(format!("x{}", beside("")), TextBeforeRoot, "x");
    refused(format!("&#32;{}", beside("")), TextBeforeRoot, "&");
    refused(format!("<![CDATA[]]>{}", beside("")), TextBeforeRoot, "<![");
    refused(format!("\u{FEFF}\u{FEFF}{}", beside("")), TextBeforeRoot, "\u{FEFF}<");
    refused(format!("</a>{}", beside("")), MismatchedTag, "</a>");
    for junk in ["x", "&#32;", "<![CDATA[]]>", "<a/>", "<a", "</RegisterImageResponse>", "\u{FEFF}", "{}", "<"] {
        refused_at(format!("{} {junk}", beside("")), JunkAfterRoot, beside("").len() + 1);
    }
    refused_at(beside("").repeat(2), JunkAfterRoot, beside("").len());
    refused("{\"success\":true}", Json, "{");
    refused(" {\n\"Message\": \"Forb", Json, "{");
    refused("[{\"message\": null}]\n", Json, "[");
    refused("{error}", TextBeforeRoot, "{");
    refused("[error] upstream", TextBeforeRoot, "[");
    refused("upstream connect error", TextBeforeRoot, "u");
}

#[test]
fn tags() {
    refused_beside("</imageId>", MismatchedTag, "</imageId></R");
    refused_beside("<a></b>", MismatchedTag, "</b>");
    refused_beside("<a></ab>", MismatchedTag, "</ab>");
    refused_beside("<ab></a>", MismatchedTag, "</a>");
    refused_beside("<a></A>", MismatchedTag, "</A>");
    refused_beside("<a></ a>", MismatchedTag, "</ a>");
    refused_beside("<a></a b='c'>", MismatchedTag, "</a b");
    refused_beside("<a></>", MismatchedTag, "</>");
    refused_beside("<a><b></a></b>", MismatchedTag, "</a>");
    refused_beside("<x:a xmlns:x='u' xmlns:y='u'></y:a>", MismatchedTag, "</y:a>");
    for name in ["1a", "-a", ".a", ":a", "a:", "a:b:c", "a:1", "\u{D7}", "a\u{37E}", "\u{300}a"] {
        refused_beside(&format!("<{name}/>"), MalformedName, &format!("<{name}/>"));
        refused_beside(&format!("<z {name}=''/>"), MalformedName, &format!("{name}="));
    }
    for not_a_name in ["< a>", "<>", "<='b'>", "<\"a\"/>"] {
        refused_beside(not_a_name, MalformedName, not_a_name);
    }
    for name in ["_", "a-.0", "\u{E9}t\u{E9}", "a\u{300}", "\u{10000}"] {
        registered(beside(&format!("<{name} {name}=''></{name}\n>")), "ami-1");
    }
    for (tag, at) in [
        ("<a!b>", "!b"),
        ("<a/b>", "/b"),
        ("<a b>", "b>"),
        ("<a b c='d'>", "b c"),
        ("<a b=c>", "b=c"),
        ("<a b=>", "b=>"),
        ("<a b:c/>", "b:c/"),
        ("<a b='c'd='e'>", "d='e'"),
        ("<a b='c'x/>", "x/>"),
    ] {
        refused_beside(tag, MalformedTag, at);
    }
    refused_beside("<a / >", MalformedName, "/ >");
    refused_beside("<a b='<'/>", LessThanInAttribute, "b='<");
    refused_beside("<a b='\"' c=\"'<\"/>", LessThanInAttribute, "c=");
    registered(beside("<a b = \"'>\" c\n=\n'\">/>'/>"), "ami-1");
}

#[test]
fn attributes_and_namespaces() {
    refused_beside("<a b='' b=''/>", DuplicateAttribute, "b=''/>");
    refused_beside("<a b='' c='' b=\"\"/>", DuplicateAttribute, "b=\"");
    refused_beside("<a xmlns='u' xmlns='u'/>", DuplicateAttribute, "xmlns='u'/>");
    refused_beside("<a xmlns:x='u' xmlns:x='v'/>", DuplicateAttribute, "xmlns:x='v'");
    refused_beside("<a x:b='' y:b='' xmlns:x='u' xmlns:y='u'/>", DuplicateAttribute, "y:b");
    refused_beside("<a x:b='' y:b='' xmlns:x='u&#x20;v' xmlns:y='u\nv'/>", DuplicateAttribute, "y:b");
    refused_beside("<a xmlns:x='u'><b xmlns:y='u'><c x:d='' y:d=''/></b></a>", DuplicateAttribute, "y:d");
    refused_beside("<a xml:b='' y:b='' xmlns:y='http://www.w3.org/XML/1998/namespace'/>", IllegalNamespace, "xmlns:y");
    registered(beside("<a b='' B='' x:b='' y:b='' xmlns='u' xmlns:x='u' xmlns:y='v'/>"), "ami-1");

    refused_beside("<x:a/>", UnboundPrefix, "<x:a/>");
    refused_beside("<a x:b=''/>", UnboundPrefix, "x:b");
    refused_beside("<b><a xmlns:x='u'/><x:a/></b>", UnboundPrefix, "<x:a/>");
    refused_beside("<b><a xmlns:x='u'></a><x:a/></b>", UnboundPrefix, "<x:a/>");
    refused_beside("<xmlns:a/>", UnboundPrefix, "<xmlns:a");
    registered(beside("<x:a x:b='' xml:c='' xmlns:x='u'><x:d/><e xmlns:x='v' x:f=''/></x:a>"), "ami-1");

    for (declaration, at) in [
        ("xmlns:x=''", "xmlns:x"),
        ("xmlns:xml='u'", "xmlns:xml"),
        ("xmlns:xmlns='u'", "xmlns:xmlns"),
        ("xmlns:xmlns='http://www.w3.org/2000/xmlns/'", "xmlns:xmlns"),
        ("xmlns:x='http://www.w3.org/XML/1998/namespace'", "xmlns:x"),
        ("xmlns='http://www.w3.org/XML/1998/namespace'", "xmlns='http://www"),
        ("xmlns='http://www.w3.org/2000/xmlns/'", "xmlns='http://www"),
    ] {
        refused_beside(&format!("<a {declaration}/>"), IllegalNamespace, at);
    }
    registered(beside("<a xmlns='' xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:b=''/>"), "ami-1");
    refused_beside("<a xmlns:1='u'/>", MalformedName, "xmlns:1");
    // The name of an image id in one of two namespaces with equal URIs.
    registered(inside(&format!("<x:imageId xmlns:x='{EC2}'>ami-1</x:imageId>")), "ami-1");
    registered(inside("<a xmlns='urn:x'/><imageId>ami-1</imageId>"), "ami-1");
}

#[test]
fn characters_and_references() {
    for character in ["\0", "\u{1}", "\u{8}", "\u{B}", "\u{C}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
        for place in ["<a>_</a>", "<a b='_'/>", "<a><![CDATA[_]]></a>", "<!--_-->", "<?p _?>"] {
            refused_beside(&place.replace('_', character), IllegalCharacter, character);
        }
    }
    for (reference, reason) in [
        ("&#0;", IllegalCharacter),
        ("&#1;", IllegalCharacter),
        ("&#x1F;", IllegalCharacter),
        ("&#xD800;", IllegalCharacter),
        ("&#xDFFF;", IllegalCharacter),
        ("&#xFFFE;", IllegalCharacter),
        ("&#65535;", IllegalCharacter),
        ("&#x110000;", IllegalCharacter),
        ("&#99999999999999999999;", IllegalCharacter),
        ("&#;", MalformedReference),
        ("&#x;", MalformedReference),
        ("&#X41;", MalformedReference),
        ("&#-1;", MalformedReference),
        ("&#+65;", MalformedReference),
        ("&#x+41;", MalformedReference),
        ("&# 65;", MalformedReference),
        ("&#4A;", MalformedReference),
        ("&nbsp;", UnknownEntity),
        ("&AMP;", UnknownEntity),
        ("&lt ;", BareAmpersand),
        ("& ;", BareAmpersand),
        ("&;", BareAmpersand),
        ("&1;", BareAmpersand),
        ("& b", BareAmpersand),
        ("&amp", BareAmpersand),
        ("&&amp;", BareAmpersand),
    ] {
        refused_beside(&format!("<a>{reference}</a>"), reason, reference);
        refused_beside(&format!("<a b='{reference}'/>"), reason, "b='");
    }
    refused_beside("]]>", CdataEndInText, "]]>");
    refused_beside("a]]]>b", CdataEndInText, "]]>b");
    refused_beside("a>b]]>", CdataEndInText, "]]>");
    registered(beside("]] > ]&#93;> ]]&gt; <a b=']]>'/><![CDATA[]]]]><![CDATA[>]]>"), "ami-1");
}

#[test]
fn comments_instructions_and_declarations() {
    for comment in ["<!-- -- -->", "<!----->", "<!-- --->", "<!--a--b-->"] {
        refused_beside(comment, MalformedComment, comment);
        refused(format!("{comment}{SUCCESS}"), MalformedComment, comment);
    }
    registered(beside("<!----><!-- - --><!-->--><!-- </a> & < ]]> -->"), "ami-1");

    for instruction in ["<? a?>", "<??>", "<?>?>", "<?1?>", "<?a:b?>", "<?a?b?>"] {
        refused_beside(instruction, MalformedInstruction, instruction);
    }
    for instruction in ["<?xml version='1.0'?>", "<?XML a?>", "<?xMl?>", "<?xml?>"] {
        refused_beside(instruction, MisplacedDeclaration, instruction);
        refused(format!("{}{instruction}", beside("")), MisplacedDeclaration, instruction);
    }
    refused(format!(" {SUCCESS}"), MisplacedDeclaration, "<?xml");
    refused(format!("<!-- -->{SUCCESS}"), MisplacedDeclaration, "<?xml");
    registered(beside("<?xml-stylesheet href='a'?><?xmla?>"), "ami-1");

    let declared = |declaration: &str| format!("{declaration}{}", beside(""));
    for declaration in [
        "<?xml version=\"1.0\"?>",
        "<?xml version='1.1' ?>",
        "<?xml version='1.0' encoding='us-ascii'?>",
        "<?xml version='1.0' encoding='utf8'?>",
        "<?xml version='1.0' encoding='UTF8'?>",
        "<?xml version='1.0' encoding='ascii'?>",
        "<?xml version='1.0' encoding='ASCII' standalone='yes'?>",
        "<?xml version='1.0' standalone='no'?>",
        "<?xml\nversion = '1.0'\tencoding = 'Utf-8'\r\nstandalone = \"yes\"\n?>",
    ] {
        registered(declared(declaration), "ami-1");
    }
    for declaration in [
        "<?xml?>",
        "<?xml ?>",
        "<?xml version='2.0'?>",
        "<?xml version='1.'?>",
        "<?xml version='1.x'?>",
        "<?xml version=1.0?>",
        "<?xml version='1.0'encoding='UTF-8'?>",
        "<?xml encoding='UTF-8'?>",
        "<?xml encoding='UTF-8' version='1.0'?>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>",
        "<?xml version='1.0' version='1.0'?>",
        "<?xml version='1.0' standalone='maybe'?>",
        "<?xml version='1.0' a='b'?>",
        "<?xml version='1.0' encoding='UTF-8' a?>",
        "<?xml version='&#49;.0'?>",
        "<?xml version='1.0' encoding='UTF&#45;8'?>",
        "<?xml version='1.0' encoding='&#85;TF-8'?>",
        "<?xml version='1.0' standalone='y&#101;s'?>",
        "<?xml version='1.0' encoding='UTF-8&amp;'?>",
    ] {
        refused_at(declared(declaration), MalformedDeclaration, 0);
    }
    for encoding in ["UTF-16", "ISO-8859-1", "utf_8", "utf-8-sig", "latin-1", ""] {
        refused_at(declared(&format!("<?xml version='1.0' encoding='{encoding}'?>")), WrongEncoding, 0);
    }
    for encoding in ["us-ascii", "US-ASCII", "ascii", "Ascii"] {
        let declared = |content| format!("<?xml version='1.0' encoding='{encoding}'?>{}", beside(content));
        registered(declared("<a>e&#233;</a>"), "ami-1");
        refused(declared("<a>e\u{e9}</a>"), NotAscii, "\u{e9}");
        refused(declared("<!-- \u{6f22} -->"), NotAscii, "\u{6f22}");
        refused(format!("\u{feff}{}", declared("")), NotAscii, "\u{feff}");
    }

    for doctype in ["<!DOCTYPE a>", "<!doctype a [<!ENTITY b 'c'>]>", "<!DOCTYPE"] {
        refused_at(format!("{doctype}{}", beside("")), Doctype, 0);
        refused_beside(doctype, Doctype, doctype);
        refused_at(format!("{}{doctype}", beside("")), Doctype, beside("").len());
    }
    for markup in ["<!ENTITY a 'b'>", "<![cdata[a]]>", "<!- a -->", "<!>", "<![IGNORE[a]]>"] {
        refused_beside(markup, MalformedMarkup, markup);
    }
}

#[test]
fn limits() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    registered(beside(&nested(DEPTH_LIMIT - 1)), "ami-1");
    registered(beside(&format!("{}<b/>{}", "<a>".repeat(DEPTH_LIMIT - 2), "</a>".repeat(DEPTH_LIMIT - 2))), "ami-1");
    refused_at(beside(&nested(DEPTH_LIMIT)), TooDeep, beside("").find("</R").unwrap() + 3 * (DEPTH_LIMIT - 1));

    let attributes = |count: usize| -> String { (0..count).map(|number| format!(" a{number}=''")).collect() };
    registered(beside(&format!("<a{}/>", attributes(ATTRIBUTE_LIMIT))), "ami-1");
    refused_beside(
        &format!("<a{}/>", attributes(ATTRIBUTE_LIMIT + 1)),
        TooManyAttributes,
        &format!("a{ATTRIBUTE_LIMIT}="),
    );

    // The root has one.
    let declarations =
        |from: usize, to: usize| -> String { (from..to).map(|it| format!(" xmlns:a{it}='{it}'")).collect() };
    let half = ATTRIBUTE_LIMIT - 1;
    let nested = |count: usize| {
        format!(
            "<a{}><a{}><a{}/></a></a>",
            declarations(0, half),
            declarations(half, 2 * half),
            declarations(2 * half, count)
        )
    };
    registered(beside(&nested(NAMESPACE_LIMIT - 1)), "ami-1");
    refused_beside(&nested(NAMESPACE_LIMIT), TooManyNamespaces, &format!("xmlns:a{}=", NAMESPACE_LIMIT - 1));
    // Closed elements do not count.
    registered(beside(&nested(NAMESPACE_LIMIT - 1).repeat(2)), "ami-1");
}

#[test]
fn every_strict_prefix_is_cut_off() {
    let dry_run = FAILURE.replace("InvalidAMIName.Duplicate", "DryRunOperation");
    for whole in [SUCCESS, FAILURE, EVERYTHING, &dry_run] {
        assert!(decode(whole).is_ok() || decode(whole).unwrap_err().as_service().is_some());
        for len in 0..whole.len() {
            let prefix = &whole.as_bytes()[..len];
            let answer = unreadable(prefix);
            let nothing = prefix.trim_ascii().is_empty() || prefix == "\u{FEFF}".as_bytes();
            let expected = if nothing { (Empty, None) } else { (CutOff, Some(len)) };
            assert_eq!((answer.reason(), answer.offset()), expected, "{len} bytes of {whole}");
        }
    }
}

#[test]
fn a_long_body_is_kept_in_part() {
    let body = "x".repeat(UnreadableResponse::BODY_CAP + 1);
    let answer = unreadable(&body);
    assert_eq!((answer.body().len(), answer.body_len(), answer.is_body_cut()), (65_536, 65_537, true));
    assert!(!unreadable(&body[1..]).is_body_cut());
}

/// Bodies of two sizes that would take a decoder long that does anything twice.
#[test]
fn hostile_bodies_take_linear_time() {
    type MakeBody = fn(usize) -> String;
    let cases: [(&str, MakeBody); 9] = [
        ("nesting", |size| "<a>".repeat(size / 3)),
        ("attributes", |size| format!("<a {}", (0..size / 12).map(|it| format!("a{it:07}='' ")).collect::<String>())),
        ("full elements", |size| {
            let attributes: String = (0..ATTRIBUTE_LIMIT).map(|it| format!(" a{it:02}=''")).collect();
            beside(&format!("<a{attributes}/>").repeat(size / (attributes.len() + 4)))
        }),
        ("declarations", |size| {
            let declarations: String = (0..ATTRIBUTE_LIMIT).map(|it| format!(" xmlns:a{it:02}='{it}'")).collect();
            beside(&format!("<a{declarations}/>").repeat(size / (declarations.len() + 4)))
        }),
        ("long namespaces", |size| {
            let uri = "u".repeat(size / 4);
            let elements = "<a x:a='' y:a=''/>".repeat(size / 2 / 18);
            beside(&format!("<a xmlns:x='{uri}x' xmlns:y='{uri}y'>{elements}</a>"))
        }),
        ("entities", |size| beside(&format!("<imageId xmlns='u'>{}</imageId>", "&#65;".repeat(size / 5)))),
        ("entities of an id", |size| inside(&format!("<imageId>{}</imageId>", "&lt;".repeat(size / 4)))),
        ("ends of text", |size| inside(&format!("<imageId>{}</imageId>", ">\r".repeat(size / 2)))),
        ("starts", |size| beside(&"<!--".repeat(size / 4))),
    ];
    for (name, make) in cases {
        let fastest = |size: usize| -> Duration {
            let response = response(200, make(size));
            let time = || {
                let start = Instant::now();
                let _ = black_box(xml::decode_response(&response));
                start.elapsed()
            };
            iter::repeat_with(time).take(5).min().unwrap_or_default()
        };
        // 16 times the size; quadratic would be 256 times the time. A busy machine can spoil a measurement, so quadratic time
        // has to show in each of several.
        let times = || (fastest(BODY_LIMIT / 32), fastest(BODY_LIMIT / 2));
        let is_linear = |(small, large): &(Duration, Duration)| *large < 80 * *small + Duration::from_millis(2);
        let measured: Vec<_> = iter::repeat_with(times).take(4).collect();
        assert!(measured.iter().any(is_linear), "{name}: {measured:?}");
    }
}

fn any_answer() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(SUCCESS), Just(FAILURE), Just(EVERYTHING)]
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200), status in 100u16..600) {
        let _ = xml::decode_response(&response(status, body));
    }

    #[test]
    fn no_markup_makes_it_panic(
        body in "(<|>|/|!|\\?|&|;|#|x|'|\"|=| |:|-|--|\\[|\\]\\]|<!--|-->|<!\\[CDATA\\[|]]>|<\\?xml|RegisterImageResponse|imageId|xmlns|é){0,60}",
    ) {
        let _ = decode(&body);
        let _ = decode(beside(&body));
        let _ = decode(format!("{body}{SUCCESS}"));
    }

    /// What is known by sight means what it means to the reader; a comment at its end is out of the usual.
    #[test]
    fn the_usual_answer_is_read_like_any_other(
        parts in ["[ \n]{0,3}", "[a-z0-9-]{0,4}", "[ \n\t]{0,2}", "[a-zA-Z0-9-]{0,9}|<x/>|&#49;", "[ \n]{0,2}", "[a-z0-9-]{0,9}|é", "[ \n]{0,2}|x", "[ \n]{0,2}|<y/>"],
    ) {
        let [a, version, b, request_id, c, image_id, d, e] = parts;
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{a}\
             <RegisterImageResponse xmlns=\"http://ec2.amazonaws.com/doc/{version}/\">{b}\
             <requestId>{request_id}</requestId>{c}<imageId>{image_id}</imageId>{d}</RegisterImageResponse>{e}"
        );
        let unusual = decode(format!("{body}<!---->"));
        match (decode(&body), unusual) {
            (Ok(usual), Ok(unusual)) => prop_assert_eq!(usual, unusual),
            (Err(usual), Err(unusual)) => {
                let reason = |error: RegisterImageError| error.as_unreadable().map(|answer| answer.reason());
                prop_assert_eq!(reason(usual), reason(unusual));
            }
            (usual, unusual) => prop_assert!(false, "{:?} and {:?}", usual, unusual),
        }
    }

    #[test]
    fn no_mutation_makes_it_panic_or_changes_the_image(whole in any_answer(), at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let mut body = whole.as_bytes().to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        if let Ok(answer) = decode(&body) {
            // A letter of the id may change, its length cannot by much: the rest of the body never gets into it.
            prop_assert!(answer.image_id().is_some_and(|id| id.as_str().len() <= 23));
        }
    }

    /// What it accepts, a pull reader that checks less reads as well.
    #[test]
    fn it_accepts_nothing_that_quick_xml_refuses(whole in any_answer(), at in any::<proptest::sample::Index>(), with in "[<>/&;'\"= \\-!?\\]x:]{0,3}") {
        let at = at.index(whole.len());
        prop_assume!(whole.is_char_boundary(at));
        let body = format!("{}{with}{}", &whole[..at], &whole[at..]);
        if decode(&body).is_ok() {
            let mut reader = quick_xml::Reader::from_str(&body);
            reader.config_mut().enable_all_checks(true);
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(_) => {}
                    Err(error) => prop_assert!(false, "{error} in {body}"),
                }
            }
        }
    }

    /// The id of the answer is the text that was put in, whatever it holds.
    #[test]
    fn text_survives(id in "[!-~\u{A1}-\u{2FF}\u{10000}]{1,40}") {
        let read = |text: &str| decode(inside(&format!("<imageId>{text}</imageId>"))).unwrap().into_registered().unwrap().image_id.into_string();
        let escaped = id.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        prop_assert_eq!(read(&escaped), id.as_str());
        if !id.contains("]]>") {
            prop_assert_eq!(read(&format!("<![CDATA[{id}]]>")), id.as_str());
        }
    }
}
