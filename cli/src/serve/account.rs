//! The account: what it has in each Region, and what happens to it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use ec2_register_image::preview::preview;
use ec2_register_image::rules::{Policy, Validator};
use ec2_register_image::{Facts, RegisterImageRequest};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::errors::{bad_value, dry_run_passed, missing};
use super::faults::Fault;
use super::items::{Item, not_found, page, select};
use super::{Failure, xml::Form};

/// The account of AWS's own examples. It is used unless the facts name another account.
const OWNER: &str = "123456789012";

/// The Region of a request that names none, unless the facts name one.
const REGION: &str = "us-east-1";

/// The default key, unless the account chose another.
const DEFAULT_KEY: &str = "alias/aws/ebs";

/// The members of a response, by their names on the wire.
pub type Members = Vec<(&'static str, Value)>;

#[derive(Default)]
pub struct Account {
    documents: Vec<Document>,
    regions: BTreeMap<String, Regional>,
}

/// A document of facts: about the Region that it names, or else about every Region.
struct Document {
    region: Option<String>,
    facts: Facts,
    images: Vec<Value>,
    snapshots: Vec<Value>,
    /// Whether a snapshot that is not in this document does not exist.
    lists_snapshots: bool,
}

/// The list that a document is or has, as printed, because facts keep only the members that the rules need.
fn list(document: &Value, name: &str, id: &str) -> Option<Vec<Value>> {
    let recorded = document.get("data").filter(|_| document.get("status_code").is_some());
    let document = recorded.unwrap_or(document);
    let is_list_of = |items: &&Vec<Value>| items.iter().any(|item| item.get(id).is_some());
    document[name].as_array().or_else(|| document.as_array().filter(is_list_of)).cloned()
}

impl Account {
    /// Adds what a document of facts says.
    pub fn learn(&mut self, document: &[u8]) -> Result<(), serde_json::Error> {
        let mut facts: Facts = serde_json::from_slice(document)?;
        let printed: Value = serde_json::from_slice(document)?;
        let images = list(&printed, "Images", "ImageId");
        let images = images.map_or_else(|| facts.images().iter().map(serde_json::to_value).collect(), Ok)?;
        let listed = list(&printed, "Snapshots", "SnapshotId");
        let is_page = printed["NextToken"].as_str().is_some_and(|token| !token.is_empty());
        facts.clear_images();
        self.documents.push(Document {
            region: facts.region().map(ToString::to_string),
            facts,
            images,
            lists_snapshots: listed.is_some() && !is_page,
            // A single snapshot, or what is known of one.
            snapshots: listed
                .unwrap_or_else(|| printed["SnapshotId"].is_string().then_some(printed).into_iter().collect()),
        });
        Ok(())
    }

    /// What the account has in a Region; in the default Region if none is named.
    pub fn region(&mut self, name: Option<String>) -> &mut Regional {
        let of_facts = || self.documents.iter().find_map(|document| document.region.clone());
        let name = name.or_else(of_facts).unwrap_or_else(|| REGION.into());
        let documents = &self.documents;
        self.regions.entry(name).or_insert_with_key(|name| {
            let is_about = |document: &&Document| document.region.as_ref().is_none_or(|region| region == name);
            Regional::new(documents.iter().filter(is_about))
        })
    }
}

/// What the account has in one Region.
pub struct Regional {
    /// What the rules look at, except for images.
    facts: Facts,
    images: Vec<Item>,
    snapshots: Vec<Item>,
    /// Whether a snapshot that no document lists does not exist.
    lists_snapshots: bool,
}

impl Regional {
    fn new<'a>(documents: impl Iterator<Item = &'a Document>) -> Self {
        let mut region =
            Self { facts: Facts::default(), images: Vec::new(), snapshots: Vec::new(), lists_snapshots: false };
        let item = |value: &Value| Item::new(value.clone(), &Fault::none());
        let mut singles = Vec::new();
        for document in documents {
            region.facts = region.facts.merge(document.facts.clone());
            region.images.extend(document.images.iter().map(item));
            region.lists_snapshots |= document.lists_snapshots;
            match &document.snapshots[..] {
                [one] => singles.push(one),
                many => region.snapshots.extend(many.iter().map(item)),
            }
        }
        singles.into_iter().for_each(|snapshot| region.add_snapshot(snapshot));
        if !region.lists_snapshots {
            let ids: Vec<_> = region.snapshots.iter().map(|snapshot| snapshot.value["SnapshotId"].clone()).collect();
            ids.iter().for_each(|id| region.complete(id));
        }
        region
    }

    /// Adds what is known of a snapshot.
    fn add_snapshot(&mut self, known: &Value) {
        let earlier = self.snapshots.iter_mut().find(|snapshot| snapshot.value["SnapshotId"] == known["SnapshotId"]);
        match (earlier, known) {
            (Some(earlier), Value::Object(known)) => {
                known.iter().for_each(|(member, value)| earlier.value[member] = value.clone());
            }
            _ => self.snapshots.push(Item::new(known.clone(), &Fault::none())),
        }
    }

    /// Adds what any snapshot has, unless it is known.
    fn complete(&mut self, id: &Value) {
        let least = json!({ "SnapshotId": id, "OwnerId": self.owner(), "State": "completed", "Progress": "100%" });
        let known = self.snapshots.iter().find(|snapshot| snapshot.value["SnapshotId"] == *id);
        let known = known.map(|snapshot| snapshot.value.clone());
        self.add_snapshot(&least);
        known.iter().for_each(|known| self.add_snapshot(known));
    }

    fn owner(&self) -> String {
        self.facts.owner_id().unwrap_or(OWNER).to_owned()
    }

    /// Registers an image that look-ups show as the fault says. Returns when it was created.
    pub fn register(
        &mut self,
        request: RegisterImageRequest,
        id: &str,
        fault: &Fault,
    ) -> Result<OffsetDateTime, Failure> {
        let images: Vec<&Value> = self.images.iter().map(|image| &image.value).collect();
        let pending = self.snapshots.iter().filter(|snapshot| snapshot.is_pending());
        let pending: Vec<Value> =
            pending.map(|it| json!({ "SnapshotId": it.value["SnapshotId"], "State": "pending" })).collect();
        let mut facts = self.facts.clone().merge(serde_json::from_value(json!({ "Images": images }))?);
        if !pending.is_empty() {
            facts = facts.merge(serde_json::from_value(json!({ "Snapshots": pending, "SnapshotsComplete": null }))?);
        }
        let owner = self.owner();
        facts.set_owner_id(&owner);
        let mut policy = Policy::new().deny("snapshot-not-completed")?;
        if self.lists_snapshots {
            // A list of snapshots is the truth: what it lacks does not exist.
            facts.set_snapshots_complete(true);
            policy = policy.deny("snapshot-not-listed")?;
        }
        let validator = Validator::new().policy(policy).facts(facts);
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
        if fault.is("failed") {
            image["State"] = json!("failed");
            image["StateReason"] = json!({ "Code": "Server.InternalError", "Message": "The fault `failed`" });
        }
        image["OwnerId"] = json!(owner);
        image["CreationDate"] = json!(now.format(&Rfc3339)?.replace('Z', ".000Z"));
        image["Public"] = json!(false);
        self.images.push(Item::new(image, fault));
        Ok(now)
    }

    pub fn deregister(&mut self, form: &Form) -> Result<Members, Failure> {
        let ids = form.list("ImageId");
        let [id, ..] = ids[..] else { return Err(missing("ImageId")) };
        let at = self.images.iter().position(|image| image.value["ImageId"] == id);
        self.images.remove(at.ok_or_else(|| not_found("ImageId", &[id]))?);
        Ok(vec![("return", json!(true))])
    }

    pub fn describe_images(&mut self, form: &Form, fault: &Fault) -> Result<Members, Failure> {
        let owner = self.owner();
        let look_up = |image: &mut Item| {
            image.suffer(fault);
            image.look_up()
        };
        let shown = self.images.iter_mut().filter_map(look_up).collect();
        let (images, next) = page(select(shown, "ImageId", &owner, form)?, form)?;
        Ok(vec![("imagesSet", images.into()), ("nextToken", next.into())])
    }

    pub fn describe_snapshots(&mut self, form: &Form, fault: &Fault) -> Result<Members, Failure> {
        let owner = self.owner();
        if !self.lists_snapshots {
            for id in form.list("SnapshotId") {
                self.snapshot(id);
            }
        }
        let ids = form.list("SnapshotId");
        let look_up = |snapshot: &mut Item| {
            // One that is not asked for stays as it is, so that each can be waited for by itself.
            let is_asked_for = ids.is_empty() || ids.iter().any(|id| snapshot.value["SnapshotId"] == *id);
            is_asked_for.then(|| snapshot.suffer(fault));
            let mut shown = is_asked_for.then(|| snapshot.look_up())??;
            // Only DescribeSnapshotAttribute returns these.
            shown.as_object_mut()?.remove("ProductCodes");
            Some(shown)
        };
        let shown = self.snapshots.iter_mut().filter_map(look_up).collect();
        let (snapshots, next) = page(select(shown, "SnapshotId", &owner, form)?, form)?;
        Ok(vec![("snapshotSet", snapshots.into()), ("nextToken", next.into())])
    }

    pub fn describe_snapshot_attribute(&mut self, form: &Form) -> Result<Members, Failure> {
        let (attributes, ids) = (form.list("Attribute"), form.list("SnapshotId"));
        let [attribute, ..] = attributes[..] else { return Err(missing("Attribute")) };
        let [id, ..] = ids[..] else { return Err(missing("SnapshotId")) };
        let snapshot = self.snapshot(id).ok_or_else(|| not_found("SnapshotId", &[id]))?;
        let (name, value) = match attribute {
            "productCodes" if snapshot.value["ProductCodes"].is_array() => {
                ("productCodes", snapshot.value["ProductCodes"].clone())
            }
            "productCodes" => ("productCodes", json!([])),
            "createVolumePermission" => ("createVolumePermission", json!([])),
            other => return Err(bad_value(other, "attribute")),
        };
        Ok(vec![("snapshotId", json!(id)), (name, value)])
    }

    /// The snapshot of this ID, if it exists.
    fn snapshot(&mut self, id: &str) -> Option<&Item> {
        let is_it = |snapshot: &Item| snapshot.value["SnapshotId"] == id;
        if !self.lists_snapshots && !self.snapshots.iter().any(is_it) {
            self.complete(&json!(id));
        }
        self.snapshots.iter().find(|snapshot| is_it(snapshot))
    }

    pub fn encryption_by_default(&self) -> Members {
        vec![("ebsEncryptionByDefault", json!(self.facts.ebs_encryption_by_default().unwrap_or(false)))]
    }

    pub fn default_key(&self) -> Members {
        let key = self.facts.default_kms_key_id();
        vec![("kmsKeyId", key.map_or_else(|| json!(DEFAULT_KEY), |key| json!(key)))]
    }
}
