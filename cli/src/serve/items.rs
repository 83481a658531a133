//! Images and snapshots as the AWS CLI prints them, with what look-ups do not show of them yet.

use serde_json::{Value, json};

use super::Failure;
use super::errors::{IMAGE_MALFORMED, NO_IMAGE, NO_SNAPSHOT, VALUE, bad_value};
use super::faults::Fault;
use super::xml::Form;

/// An image or a snapshot. Each number counts look-ups.
pub struct Item {
    pub value: Value,
    hidden: u32,
    pending: u32,
    /// How many look-ups the state was to be `pending`, at first.
    pending_at_first: u32,
    untagged: u32,
}

impl Item {
    pub fn new(value: Value, fault: &Fault) -> Self {
        let mut item = Self { value, hidden: fault.number("hide"), pending: 0, pending_at_first: 0, untagged: 0 };
        item.suffer(fault);
        item
    }

    /// Sets what the fault of a look-up says about the item.
    pub fn suffer(&mut self, fault: &Fault) {
        let (pending, untagged) = (fault.number("pending"), fault.number("tags-late"));
        if pending > 0 {
            (self.pending, self.pending_at_first) = (pending, pending);
        }
        self.untagged = self.untagged.max(untagged);
    }

    pub fn is_pending(&self) -> bool {
        self.pending > 0
    }

    /// What a look-up shows; `None` while the item is hidden.
    pub fn look_up(&mut self) -> Option<Value> {
        if let Some(left) = self.hidden.checked_sub(1) {
            self.hidden = left;
            return None;
        }
        let mut shown = self.value.clone();
        if let Some(left) = self.pending.checked_sub(1) {
            shown["State"] = json!("pending");
            if shown.get("SnapshotId").is_some() {
                let done = u64::from(self.pending_at_first - self.pending) * 100 / u64::from(self.pending_at_first);
                shown["Progress"] = json!(format!("{done}%"));
            } else if let Some(members) = shown.as_object_mut() {
                members.remove("StateReason");
            }
            self.pending = left;
        }
        if let Some(left) = self.untagged.checked_sub(1) {
            self.untagged = left;
            if let Some(members) = shown.as_object_mut() {
                members.remove("Tags");
            }
        }
        Some(shown)
    }
}

/// The items that a request asks for by ID, owner and name.
pub fn select(mut items: Vec<Value>, member: &str, own: &str, form: &Form) -> Result<Vec<Value>, Failure> {
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
    if member == "ImageId" && form.list("IncludeDisabled") != ["true"] {
        items.retain(|item| item["State"] != "disabled");
    }
    for (filter, patterns) in form.filters() {
        if filter != "name" {
            return Err(VALUE.because(format!("The filter '{filter}' is invalid")));
        }
        items.retain(|item| {
            let name = item["Name"].as_str().unwrap_or_default();
            patterns.iter().any(|pattern| is_like(name.as_bytes(), pattern.as_bytes()))
        });
    }
    Ok(items)
}

/// The page that a request asks for, and the token of the next one.
pub fn page(items: Vec<Value>, form: &Form) -> Result<(Vec<Value>, Option<String>), Failure> {
    let number = |name: &str, least: usize| match form.list(name).first() {
        None => Ok(None),
        Some(text) => {
            text.parse().ok().filter(|number| *number >= least).map(Some).ok_or_else(|| bad_value(text, name))
        }
    };
    let (start, length) = (number("NextToken", 1)?.unwrap_or(0), number("MaxResults", 5)?.unwrap_or(usize::MAX));
    let end = start.saturating_add(length);
    let next = (end < items.len()).then(|| end.to_string());
    Ok((items.into_iter().skip(start).take(length).collect(), next))
}

/// The error about IDs that do not exist.
pub fn not_found(member: &str, ids: &[&str]) -> Failure {
    let all = ids.join(", ");
    match ids {
        _ if member == "SnapshotId" => NO_SNAPSHOT.because(format!("The snapshot '{all}' does not exist.")),
        [id] if !id.starts_with("ami-") => {
            IMAGE_MALFORMED.because(format!("Invalid id: {id:?} (expecting \"ami-...\")"))
        }
        [_] => NO_IMAGE.because(format!("The image id '[{all}]' does not exist")),
        _ => NO_IMAGE.because(format!("The image ids '[{all}]' do not exist")),
    }
}

/// Whether a name matches a pattern: `*` is any text, `?` is any character, `\` takes the next character literally.
fn is_like(name: &[u8], pattern: &[u8]) -> bool {
    match (pattern, name) {
        ([b'*', rest @ ..], _) => (0..=name.len()).any(|taken| is_like(&name[taken..], rest)),
        ([b'?', rest @ ..], [_, name @ ..]) => is_like(name, rest),
        ([b'\\', it, rest @ ..] | [it, rest @ ..], [first, name @ ..]) => it == first && is_like(name, rest),
        _ => pattern.is_empty() && name.is_empty(),
    }
}
