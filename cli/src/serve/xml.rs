//! The other actions: their parameters, read without strictness, and their answers.

use http::Request;
use quick_xml::escape::escape;
use serde_json::Value;
use url::form_urlencoded::parse;

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

/// Writes a value of the AWS CLI's JSON as EC2 has it: an object as elements, a list as its items, `null` not at all.
/// An item has the name of its list, for members whose name depends on it.
pub fn element(list: &str, name: &str, value: &Value) -> String {
    let content = match value {
        Value::Null => return String::new(),
        Value::Array(items) => items.iter().map(|item| element(name, "item", item)).collect(),
        Value::Object(members) => members.iter().map(|(it, value)| element("", &wire(list, it), value)).collect(),
        // XML has no way to write some control characters, and readers change others.
        Value::String(text) => escape(text.replace(|it: char| it.is_control() && it != '\n', "\u{FFFD}")).into_owned(),
        other => other.to_string(),
    };
    format!("<{name}>{content}</{name}>")
}

/// The name of an element, by its name in JSON and the list that it is an item's member in.
fn wire(list: &str, name: &str) -> String {
    match (list, name) {
        ("imagesSet", "State" | "OwnerId") => format!("image{name}"),
        ("imagesSet", "Public") => "isPublic".into(),
        ("snapshotSet", "State") => "status".into(),
        ("productCodes", "ProductCodeId") => "productCode".into(),
        ("productCodes", "ProductCodeType") => "type".into(),
        (_, "BlockDeviceMappings") => "blockDeviceMapping".into(),
        (_, "Tags") => "tagSet".into(),
        _ => name.chars().take(1).map(|first| first.to_ascii_lowercase()).chain(name.chars().skip(1)).collect(),
    }
}
