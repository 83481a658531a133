//! The actions other than RegisterImage: their parameters, which are not read strictly, and their responses.

use ec2_register_image::wire::Body;
use http::{Request, Response, header};
use quick_xml::escape::escape;
use serde_json::Value;
use url::form_urlencoded::parse;

use super::account::Members;

pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn of(request: &Request<Vec<u8>>) -> Self {
        let mut form: Vec<_> = parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
        match serde_json::from_slice::<Value>(request.body()) {
            Ok(json) => form.push(("Name".into(), json["Name"].as_str().unwrap_or_default().into())),
            Err(_) => form.extend(parse(request.body()).into_owned()),
        }
        Self(form)
    }

    /// The values of `Name`, or of `Name.1`, `Name.2` and so on.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let is_of = |given: &str| given.trim_end_matches(|it: char| it == '.' || it.is_ascii_digit()) == name;
        self.0.iter().filter(|(given, _)| is_of(given)).map(|(_, value)| value.as_str()).collect()
    }

    /// The filters, each with its values.
    pub fn filters(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let names = self.0.iter().filter(|(given, _)| given.starts_with("Filter.") && given.ends_with(".Name"));
        names.map(|(given, filter)| (filter.as_str(), self.list(&given.replace("Name", "Value"))))
    }
}

/// The response to a request of this action that succeeded.
pub fn success(action: &str, request_id: &str, members: &Members) -> http::Result<Response<Body>> {
    let id = element("", "requestId", &request_id.into());
    let members: String = members.iter().map(|(name, value)| element("", name, value)).collect();
    let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
    let body = format!("{start}<{action}Response xmlns=\"{namespace}\">{id}{members}</{action}Response>");
    let response = Response::builder().header(header::CONTENT_TYPE, "text/xml;charset=UTF-8");
    response.header("x-amzn-requestid", request_id).body(body.into())
}

/// Writes a value of the AWS CLI's JSON as EC2 does: an object as elements, a list as its items, `null` not at all.
/// `list` is the list whose item the value is, because the names of some members depend on it.
fn element(list: &str, name: &str, value: &Value) -> String {
    let content = match value {
        Value::Null => return String::new(),
        Value::Array(items) => items.iter().map(|item| element(name, "item", item)).collect(),
        Value::Object(members) => members.iter().map(|(it, value)| element("", &wire(list, it), value)).collect(),
        // XML cannot carry some control characters, and readers change others.
        Value::String(text) => escape(text.replace(|it: char| it.is_control() && it != '\n', "\u{FFFD}")).into_owned(),
        other => other.to_string(),
    };
    format!("<{name}>{content}</{name}>")
}

/// The name on the wire of a member of an item of this list.
fn wire(list: &str, name: &str) -> String {
    match (list, name) {
        ("imagesSet", "State" | "OwnerId") => format!("image{name}"),
        ("imagesSet", "Public") => "isPublic".into(),
        ("snapshotSet", "State") => "status".into(),
        ("snapshotSet", "StateMessage") => "statusMessage".into(),
        ("snapshotSet", "AssociatedKmsKeys") => "associatedKmsKeySet".into(),
        ("productCodes", "ProductCodeId") => "productCode".into(),
        ("productCodes", "ProductCodeType") => "type".into(),
        (_, "BlockDeviceMappings") => "blockDeviceMapping".into(),
        (_, "Tags") => "tagSet".into(),
        _ => name.chars().take(1).map(|first| first.to_ascii_lowercase()).chain(name.chars().skip(1)).collect(),
    }
}
