//! What the elements of responses mean that describe something, by the rows of the model.

use alloc::vec::Vec;
use core::str::FromStr;

use http::Response;

use super::decode::{name_beside, next_child, read_answer, read_trimmed};
use super::reader::{Element, Reader};
use crate::response::{DecodeFault, RegisterImageError, UnreadableReason};
use crate::schema::{Item, ItemSource, MemberName as _, Source, Structure, Text};

/// A response of one action, with what its decoder knows beyond the rows.
pub(in crate::wire) trait Reply: Structure {
    /// The name of the root element.
    const ROOT: &'static str;
    /// The reason for a response that is not complete.
    const INCOMPLETE: UnreadableReason = UnreadableReason::MissingElement;
    /// The reasons for an item without ID, and with an empty one.
    const MISSING_ID: UnreadableReason = UnreadableReason::MissingElement;
    const EMPTY_ID: UnreadableReason = UnreadableReason::MissingElement;

    /// Whether it has the members that every such response has.
    fn is_complete(&self) -> bool;
}

/// Reads a response, as strictly as [`xml::decode_response`](crate::wire::xml::decode_response).
///
/// Of a response with `has_pages`, a `nextToken` is a member. Of another one, it is an error.
pub(in crate::wire) fn decode<T: Reply, B: AsRef<[u8]>>(
    response: &Response<B>,
    has_pages: bool,
) -> Result<T, RegisterImageError> {
    let body = response.body().as_ref();
    match read_answer(body, response.status(), T::ROOT, |reader, root| read_reply(reader, root, has_pages)) {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(failure)) => Err(failure.of(response)),
        Err(fault) => Err(fault.of(response).into()),
    }
}

fn read_reply<'a, T: Reply>(reader: &mut Reader<'a>, root: &Element<'a>, has_pages: bool) -> Result<T, DecodeFault> {
    let mut reply = T::empty();
    let scope = Scope { root, missing_id: T::MISSING_ID, empty_id: T::EMPTY_ID, has_pages };
    read_members(reader, &scope, root, &mut reply)?;
    if reply.is_complete() { Ok(reply) } else { Err(DecodeFault::at(root.offset, T::INCOMPLETE)) }
}

/// What holds for a whole response.
struct Scope<'s, 'a> {
    root: &'s Element<'a>,
    missing_id: UnreadableReason,
    empty_id: UnreadableReason,
    has_pages: bool,
}

/// Reads the members of a structure into it.
fn read_members<'a, T: Structure>(
    reader: &mut Reader<'a>,
    scope: &Scope<'_, 'a>,
    parent: &Element<'a>,
    structure: &mut T,
) -> Result<(), DecodeFault> {
    let id = T::Member::ALL.first().copied().filter(|_| T::HAS_ID);
    let is_root = core::ptr::eq(parent, scope.root);
    let mut has_id = false;
    while let Some(element) = next_child(reader, parent)? {
        let name = name_beside(scope.root, &element);
        let fault = |reason| Err(DecodeFault::at(element.offset, reason));
        match name {
            // A success and an error in one is neither.
            "Errors" | "Error" if is_root => return fault(UnreadableReason::Contradictory),
            "nextToken" if is_root && !scope.has_pages => {
                if read_trimmed(reader, &element)?.is_some() {
                    return fault(UnreadableReason::MorePages);
                }
                continue;
            }
            _ => {}
        }
        let Some(member) = T::Member::of_response_name(name) else {
            reader.skip(&element)?;
            continue;
        };
        let is_id = id == Some(member);
        structure.read_member(member, Member { reader, scope, element: &element, is_id })?;
        if is_id && core::mem::replace(&mut has_id, true) {
            return fault(UnreadableReason::DuplicateElement);
        }
    }
    if id.is_some() && !has_id {
        return Err(DecodeFault::at(parent.offset, scope.missing_id));
    }
    Ok(())
}

/// Reads the items of a list.
fn read_items<'a, T: Item>(
    reader: &mut Reader<'a>,
    scope: &Scope<'_, 'a>,
    parent: &Element<'a>,
) -> Result<Vec<T>, DecodeFault> {
    let mut items = Vec::new();
    while let Some(element) = next_child(reader, parent)? {
        match name_beside(scope.root, &element) {
            "item" => {
                let mut item = T::empty();
                item.read_item(Member { reader, scope, element: &element, is_id: false })?;
                items.push(item);
            }
            _ => reader.skip(&element)?,
        }
    }
    Ok(items)
}

/// The element of a member or an item.
struct Member<'r, 'a> {
    reader: &'r mut Reader<'a>,
    scope: &'r Scope<'r, 'a>,
    element: &'r Element<'a>,
    /// An ID must not be empty.
    is_id: bool,
}

impl Member<'_, '_> {
    fn read_text<T: Text>(&mut self) -> Result<T, DecodeFault> {
        if self.is_id {
            let text = read_trimmed(self.reader, self.element)?;
            return text.map(|text| T::from_text(&text)).ok_or_else(|| self.fault(self.scope.empty_id));
        }
        Ok(T::from_text(&self.reader.text(self.element)?))
    }

    /// Reads a number or a boolean.
    fn read_value<T: FromStr>(self, place: &mut Option<T>) -> Result<(), DecodeFault> {
        let text = read_trimmed(self.reader, self.element)?.unwrap_or_default();
        // The standard library accepts a plus sign.
        let value = if text.starts_with('+') { None } else { text.parse().ok() };
        let value = value.ok_or_else(|| self.fault(UnreadableReason::MalformedValue))?;
        self.set(place, value)
    }

    /// Sets a member that is not set yet.
    fn set<T>(&self, place: &mut Option<T>, value: T) -> Result<(), DecodeFault> {
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err(self.fault(UnreadableReason::DuplicateElement)),
        }
    }

    fn fault(&self, reason: UnreadableReason) -> DecodeFault {
        DecodeFault::at(self.element.offset, reason)
    }
}

impl Source for Member<'_, '_> {
    type Output = Result<(), DecodeFault>;

    fn text<T: Text>(mut self, place: &mut Option<T>) -> Self::Output {
        let text = self.read_text()?;
        self.set(place, text)
    }

    fn boolean(self, place: &mut Option<bool>) -> Self::Output {
        self.read_value(place)
    }

    fn integer(self, place: &mut Option<i32>) -> Self::Output {
        self.read_value(place)
    }

    fn list<T: Item>(self, place: &mut Option<Vec<T>>) -> Self::Output {
        let items = read_items(self.reader, self.scope, self.element)?;
        self.set(place, items)
    }

    fn structure<T: Structure>(self, place: &mut Option<T>) -> Self::Output {
        let mut structure = T::empty();
        read_members(self.reader, self.scope, self.element, &mut structure)?;
        self.set(place, structure)
    }
}

impl ItemSource for Member<'_, '_> {
    type Output = Result<(), DecodeFault>;

    fn text<T: Text>(mut self, item: &mut T) -> Self::Output {
        *item = self.read_text()?;
        Ok(())
    }

    fn structure<T: Structure>(self, item: &mut T) -> Self::Output {
        read_members(self.reader, self.scope, self.element, item)
    }
}
