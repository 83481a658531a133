//! The other actions: their parameters, read without strictness, and their answers.

use http::Request;
use serde_json::Value;
use url::form_urlencoded;

pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn of(request: &Request<Vec<u8>>) -> Self {
        let parts = [request.uri().query().unwrap_or_default().as_bytes(), request.body()];
        Self(
            parts
                .into_iter()
                .flat_map(form_urlencoded::parse)
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The values of `Name.1`, `Name.2` and so on.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let number = |given: &str| given.strip_prefix(name)?.strip_prefix('.')?.parse::<u32>().ok();
        self.0.iter().filter(|(given, _)| number(given).is_some()).map(|(_, value)| value.as_str()).collect()
    }

    /// The filters, each with its values.
    pub fn filters(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.0.iter().filter_map(|(given, name)| {
            let filter = given.strip_suffix(".Name").filter(|given| given.starts_with("Filter."))?;
            Some((name.as_str(), self.list(&format!("{filter}.Value"))))
        })
    }
}

/// Writes an answer in the AWS CLI's JSON as EC2 has it: an object as elements, a list as its items, `null` not at all.
pub fn document(action: &str, members: &Value) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    write(&mut out, &format!("{action}Response"), " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"", members, "");
    out
}

fn write(out: &mut String, name: &str, attributes: &str, value: &Value, list: &str) {
    if value.is_null() {
        return;
    }
    out.extend(["<", name, attributes, ">"]);
    match value {
        Value::Array(items) => items.iter().for_each(|item| write(out, "item", "", item, name)),
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| write(out, &wire(list, member), "", value, ""))
        }
        Value::String(text) => text.chars().for_each(|character| match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML has no way to write some of these, and readers change others.
            _ if character.is_control() && character != '\n' => out.push('\u{FFFD}'),
            _ => out.push(character),
        }),
        other => out.push_str(&other.to_string()),
    }
    out.extend(["</", name, ">"]);
}

/// The name of an element, by its name in JSON and the list that it is an item's member in.
fn wire(list: &str, name: &str) -> String {
    match (list, name) {
        ("imagesSet", "State" | "OwnerId" | "OwnerAlias") => format!("image{name}"),
        ("imagesSet", "Public") => "isPublic".into(),
        ("snapshotSet", "State") => "status".into(),
        ("productCodes", "ProductCodeId") => "productCode".into(),
        ("productCodes", "ProductCodeType") => "type".into(),
        (_, "BlockDeviceMappings") => "blockDeviceMapping".into(),
        (_, "Tags") => "tagSet".into(),
        _ => name.chars().take(1).map(|first| first.to_ascii_lowercase()).chain(name.chars().skip(1)).collect(),
    }
}
