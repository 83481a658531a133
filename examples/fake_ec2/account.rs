//! The account: what it has, and what happens to it.

use std::time::SystemTime;

use ec2_register_image::facts::{Facts, Image};
use ec2_register_image::rules::{Policy, Validator};
use ec2_register_image::{Answer, DryRunPassed, ErrorEntry, RegisterImageRequest, RegisterImageResponse, ServiceError};
use ec2_register_image::{preview::preview, types::ImageId};
use http::StatusCode;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::xml::Form;

#[derive(Default)]
pub struct Account {
    /// What the rules look at.
    facts: Facts,
    /// As the AWS CLI prints them, each with how many times more it is not shown.
    images: Vec<(Value, u32)>,
    snapshots: Option<Vec<Value>>,
    registered: u64,
}

pub type Refusal = Box<ServiceError>;

pub fn refuse(status: StatusCode, code: &str, message: impl Into<String>) -> Refusal {
    Box::new(ServiceError::new(status, ErrorEntry::with_message(code, message)))
}

fn bad(code: &str, message: String) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, code, message)
}

impl Account {
    /// Takes over what a document of facts says.
    pub fn learn(&mut self, document: &[u8]) -> Result<(), serde_json::Error> {
        let mut shown: Value = serde_json::from_slice(document)?;
        self.facts = std::mem::take(&mut self.facts).merge(serde_json::from_slice(document)?);
        if let Value::Array(images) = shown["Images"].take() {
            self.images.extend(images.into_iter().map(|image| (image, 0)));
        }
        if let Value::Array(snapshots) = shown["Snapshots"].take() {
            self.snapshots.get_or_insert_default().extend(snapshots);
        }
        Ok(())
    }

    pub fn register(&mut self, request: RegisterImageRequest, hidden: u32) -> Result<Answer, Refusal> {
        let internal = |reason: &str| refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", reason);
        // Here a list of snapshots is the truth: what it lacks does not exist.
        let policy = Policy::new().deny("snapshot-not-listed").map_err(|error| internal(&error.to_string()))?;
        let validator = Validator::new().policy(policy).facts(self.facts.clone());
        let valid = validator.validate(request).map_err(|invalid| {
            invalid.report.refusal().map(Box::new).unwrap_or_else(|| internal("a request was refused without an error"))
        })?;
        if valid.dry_run == Some(true) {
            return Ok(DryRunPassed::default().into());
        }
        self.registered += 1;
        let id = format!("ami-{:017x}", self.registered);
        let seconds = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
        let now = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());

        // The account of AWS's own examples, unless the facts have another.
        let owner = self.facts.owner_id.as_deref().unwrap_or("123456789012");
        let name = valid.name.as_ref().map_or("", |name| name.as_str());
        let location = valid.image_location.as_ref().map(ToString::to_string).filter(|location| !location.is_empty());
        let mut image = serde_json::to_value(preview(&valid, &self.facts)).unwrap_or_default();
        // Marks of the preview, and no members of an image.
        (image["Defaulted"], image["Unknown"], image["LaunchEncryption"]) = Default::default();
        image["ImageId"] = json!(id);
        image["ImageLocation"] = json!(location.unwrap_or_else(|| format!("{owner}/{name}")));
        image["State"] = json!("available");
        image["OwnerId"] = json!(owner);
        image["CreationDate"] =
            json!(now.and_then(|now| now.format(&Rfc3339).ok()).map(|date| date.replace('Z', ".000Z")));
        image["Public"] = json!(false);
        self.images.push((image, hidden));
        let mut known = Image::new(id.as_str());
        known.name = valid.name.clone();
        self.facts.images.get_or_insert_default().push(known);
        let mut response = RegisterImageResponse::new(id);
        response.created_at = now;
        Ok(response.into())
    }

    pub fn deregister(&mut self, id: &str) -> Result<(), Refusal> {
        let at = self.images.iter().position(|(image, _)| image["ImageId"] == id).ok_or_else(|| no_images(&[id]))?;
        self.images.remove(at);
        self.facts.images.iter_mut().for_each(|images| images.retain(|image| image.id != ImageId::new(id)));
        Ok(())
    }

    /// The images that are asked for by id, owner and filter.
    pub fn describe_images(&mut self, form: &Form) -> Result<Value, Refusal> {
        let (ids, owners) = (form.list("ImageId"), form.list("Owner"));
        let mut images = Vec::new();
        for (image, hidden) in &mut self.images {
            match *hidden {
                0 => images.push(&*image),
                _ => *hidden -= 1,
            }
        }
        let is_missing = |id: &&str| images.iter().all(|image| image["ImageId"] != **id);
        let missing: Vec<&str> = ids.iter().copied().filter(is_missing).collect();
        if !missing.is_empty() {
            return Err(no_images(&missing));
        }
        images.retain(|image| ids.is_empty() || ids.iter().any(|id| image["ImageId"] == *id));
        images.retain(|image| owners.is_empty() || owners.iter().any(|it| *it == "self" || image["OwnerId"] == *it));
        for (filter, patterns) in form.filters() {
            let member = match filter {
                "name" => "Name",
                "state" => "State",
                _ if filter.starts_with("tag:") => "",
                _ => return Err(bad("InvalidParameterValue", format!("The filter '{filter}' is invalid"))),
            };
            images.retain(|image| {
                let mut tags = image["Tags"].as_array().into_iter().flatten();
                let value = match filter.strip_prefix("tag:") {
                    Some(key) => tags.find(|tag| tag["Key"] == key).and_then(|tag| tag["Value"].as_str()),
                    None => image[member].as_str(),
                };
                value.is_some_and(|value| patterns.iter().any(|pattern| is_like(value, pattern)))
            });
        }
        Ok(images.into_iter().cloned().collect())
    }

    /// The snapshots of these ids, or all that are known.
    pub fn describe_snapshots(&self, form: &Form) -> Result<Value, Refusal> {
        let find = |id: &str| match &self.snapshots {
            Some(snapshots) => snapshots.iter().find(|snapshot| snapshot["SnapshotId"] == id).cloned(),
            None => id.starts_with("snap-").then(|| json!({ "SnapshotId": id, "State": "completed" })),
        };
        let ids = form.list("SnapshotId");
        if ids.is_empty() {
            return Ok(self.snapshots.clone().unwrap_or_default().into());
        }
        let missing = |id| bad("InvalidSnapshot.NotFound", format!("The snapshot '{id}' does not exist."));
        ids.iter().map(|id| find(id).ok_or_else(|| missing(id))).collect()
    }
}

fn no_images(ids: &[&str]) -> Refusal {
    if let Some(id) = ids.iter().find(|id| !id.starts_with("ami-")) {
        return bad("InvalidAMIID.Malformed", format!("Invalid id: \"{id}\" (expecting \"ami-...\")"));
    }
    let (noun, verb) = if ids.len() == 1 { ("id", "does") } else { ("ids", "do") };
    bad("InvalidAMIID.NotFound", format!("The image {noun} '[{}]' {verb} not exist", ids.join(", ")))
}

/// Whether a text is like a pattern in which `*` is any text and `?` any character.
fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // How much of the text the pattern, as far as it was read, may stand for.
    let mut taken: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for wanted in pattern.chars() {
        if wanted == '*' {
            let least = taken.iter().position(|&may| may).unwrap_or(taken.len());
            taken[least..].fill(true);
        } else {
            for (at, &it) in text.iter().enumerate().rev() {
                taken[at + 1] = taken[at] && (wanted == '?' || wanted == it);
            }
            taken[0] = false;
        }
    }
    taken[text.len()]
}
