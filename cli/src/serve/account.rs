//! The account: what it has, and what happens to it.

use std::time::SystemTime;

use ec2_register_image::preview::preview;
use ec2_register_image::response::{ErrorEntry, ServiceError};
use ec2_register_image::rules::{Policy, Validator};
use ec2_register_image::{Facts, RegisterImageRequest};
use http::StatusCode;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Failure, xml::Form};

/// The account of AWS's own examples, which it is unless the facts have another.
const OWNER: &str = "123456789012";

#[derive(Default)]
pub struct Account {
    /// What the rules look at, but for the images.
    facts: Facts,
    /// As the AWS CLI prints them, each with how many times more it is not shown.
    images: Vec<(Value, u32)>,
    snapshots: Option<Vec<Value>>,
}

pub fn refuse(status: u16, code: &str, message: impl ToString) -> Failure {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    ServiceError::new(status, ErrorEntry::with_message(code, message.to_string())).into()
}

pub fn dry_run_passed() -> Failure {
    refuse(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
}

impl Account {
    /// Takes over what a document of facts says.
    pub fn learn(&mut self, document: &[u8]) -> Result<(), serde_json::Error> {
        let shown: Value = serde_json::from_slice(document)?;
        self.facts = self.facts.clone().merge(serde_json::from_slice(document)?);
        self.facts.images = None;
        self.images.extend(shown["Images"].as_array().into_iter().flatten().map(|image| (image.clone(), 0)));
        if let Some(snapshots) = shown["Snapshots"].as_array() {
            self.snapshots.get_or_insert_default().extend_from_slice(snapshots);
        }
        Ok(())
    }

    /// Registers an image, which so many DescribeImages do not show, and says when.
    pub fn register(&mut self, request: RegisterImageRequest, id: &str, hide: u32) -> Result<OffsetDateTime, Failure> {
        let images: Vec<&Value> = self.images.iter().map(|(image, _)| image).collect();
        let mut facts = self.facts.clone().merge(serde_json::from_value(json!({ "Images": images }))?);
        let owner = facts.owner_id.get_or_insert_with(|| OWNER.into()).clone();
        // Here a list of snapshots is the truth: what it lacks does not exist.
        let validator = Validator::new().policy(Policy::new().deny("snapshot-not-listed")?).facts(facts);
        let valid =
            validator.validate(request).map_err(|it| it.report.refusal().map_or::<Failure, _>(it, Into::into))?;
        if valid.request().dry_run == Some(true) {
            return Err(dry_run_passed());
        }
        let now = OffsetDateTime::from_unix_timestamp(SystemTime::UNIX_EPOCH.elapsed()?.as_secs().try_into()?)?;
        let mut image = serde_json::to_value(preview(&valid, &self.facts))?;
        // Marks of the preview, and no members of an image.
        for mark in ["Defaulted", "Unknown", "LaunchEncryption", "Launchable"] {
            image[mark] = Value::Null;
        }
        image["ImageId"] = json!(id);
        image["ImageLocation"] = match &valid.request().image_location {
            Some(location) if !location.as_str().is_empty() => json!(location),
            _ => json!(format!("{owner}/{}", image["Name"].as_str().unwrap_or_default())),
        };
        image["State"] = json!("available");
        image["OwnerId"] = json!(owner);
        image["CreationDate"] = json!(now.format(&Rfc3339)?.replace('Z', ".000Z"));
        image["Public"] = json!(false);
        self.images.push((image, hide));
        Ok(now)
    }

    pub fn deregister(&mut self, id: &str) -> Result<Value, Failure> {
        let at = self.images.iter().position(|(image, _)| image["ImageId"] == id);
        self.images.remove(at.ok_or_else(|| not_found("ImageId", &[id]))?);
        Ok(json!(true))
    }

    pub fn describe_images(&mut self, form: &Form) -> Result<Value, Failure> {
        let owner = self.facts.owner_id.as_deref().unwrap_or(OWNER);
        let shown = self.images.iter_mut().filter_map(|(image, hidden)| {
            let left = hidden.checked_sub(1);
            *hidden = left.unwrap_or_default();
            left.is_none().then_some(&*image)
        });
        select(shown.cloned().collect(), "ImageId", owner, form)
    }

    pub fn describe_snapshots(&self, form: &Form) -> Result<Value, Failure> {
        let completed = |id: &&str| json!({ "SnapshotId": id, "State": "completed" });
        let all = || form.list("SnapshotId").iter().map(completed).collect();
        let owner = self.facts.owner_id.as_deref().unwrap_or(OWNER);
        select(self.snapshots.clone().unwrap_or_else(all), "SnapshotId", owner, form)
    }
}

/// The items that are asked for by id, owner and name.
fn select(mut items: Vec<Value>, member: &str, own: &str, form: &Form) -> Result<Value, Failure> {
    let (mut ids, owners) = (form.list(member), form.list("Owner"));
    items.retain(|item| ids.is_empty() || ids.iter().any(|id| item[member] == *id));
    ids.retain(|id| items.iter().all(|item| item[member] != *id));
    if !ids.is_empty() {
        return Err(not_found(member, &ids));
    }
    items.retain(|item| {
        let owner = item["OwnerId"].as_str().unwrap_or(own);
        owners.is_empty() || owners.contains(&owner) || (owner == own && owners.contains(&"self"))
    });
    for (filter, patterns) in form.filters() {
        if filter != "name" {
            return Err(refuse(400, "InvalidParameterValue", format!("The filter '{filter}' is invalid")));
        }
        items.retain(|item| {
            let name = item["Name"].as_str().unwrap_or_default();
            patterns.iter().any(|pattern| is_like(name.as_bytes(), pattern.as_bytes()))
        });
    }
    Ok(items.into())
}

/// The error of ids that nothing has.
fn not_found(member: &str, ids: &[&str]) -> Failure {
    let all = ids.join(", ");
    let (code, message) = match ids {
        _ if member == "SnapshotId" => ("InvalidSnapshot.NotFound", format!("The snapshot '{all}' does not exist.")),
        [id] if !id.starts_with("ami-") => {
            ("InvalidAMIID.Malformed", format!("Invalid id: {id:?} (expecting \"ami-...\")"))
        }
        [_] => ("InvalidAMIID.NotFound", format!("The image id '[{all}]' does not exist")),
        _ => ("InvalidAMIID.NotFound", format!("The image ids '[{all}]' do not exist")),
    };
    refuse(400, code, message)
}

/// Whether a name is like a pattern: `*` is any text, `?` any character, what follows `\` itself.
fn is_like(name: &[u8], pattern: &[u8]) -> bool {
    match (pattern, name) {
        ([b'*', rest @ ..], _) => (0..=name.len()).any(|taken| is_like(&name[taken..], rest)),
        ([b'?', rest @ ..], [_, name @ ..]) => is_like(name, rest),
        ([b'\\', it, rest @ ..] | [it, rest @ ..], [first, name @ ..]) => it == first && is_like(name, rest),
        _ => pattern.is_empty() && name.is_empty(),
    }
}
