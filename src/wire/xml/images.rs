//! Decodes responses of DescribeImages.

use alloc::vec::Vec;
use core::str::FromStr;

use http::Response;

use super::decode::{name_beside, next_child, read_answer, read_trimmed};
use super::reader::{Element, Reader};
use crate::model::Image;
use crate::response::{DecodeFault, RegisterImageError, UnreadableReason};
use crate::schema::{Item, ItemSource, MemberName as _, Source, Structure, Text};

/// Decodes the images in a response of DescribeImages, in its order.
///
/// It is as strict as [`xml::decode_response`](crate::wire::xml::decode_response), with the same limits and errors. The root
/// must be `DescribeImagesResponse` with one `imagesSet`, and each `item` must have one `imageId` that is not empty. An
/// element that an image has twice, a boolean other than `true` and `false`, and a number of more than 32 bits are errors.
/// Elements that are not members of [`Image`] are ignored. Texts are kept unchanged, including
/// [times](crate::types::Timestamp) that cannot be read. Absent and empty differ.
///
/// A response with a `nextToken` is an error, because it is incomplete. The requests of this crate fit one page, and an
/// image on another page must not seem absent.
///
/// Time and memory are linear: at most about 75 bytes for each byte of the body, so 75 MiB for a body of
/// [`BODY_LIMIT`](crate::wire::xml::BODY_LIMIT).
///
/// # Errors
/// The error that the service returned, or [`UnreadableResponse`](crate::response::UnreadableResponse).
#[doc(alias = "DescribeImages")]
pub fn decode_response<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Vec<Image>, RegisterImageError> {
    match read_answer(response.body().as_ref(), response.status(), "DescribeImagesResponse", read_images) {
        Ok(Ok(images)) => Ok(images),
        Ok(Err(failure)) => Err(failure.of(response)),
        Err(fault) => Err(fault.of(response).into()),
    }
}

fn read_images<'a>(reader: &mut Reader<'a>, root: &Element<'a>) -> Result<Vec<Image>, DecodeFault> {
    let mut images = None;
    while let Some(element) = next_child(reader, root)? {
        match name_beside(root, &element) {
            "imagesSet" => Source::list(Member { reader, root, element: &element, is_id: false }, &mut images)?,
            "nextToken" if read_trimmed(reader, &element)?.is_some() => {
                return Err(DecodeFault::at(element.offset, UnreadableReason::MorePages));
            }
            // It was read above and is empty.
            "nextToken" => {}
            // A success with an error is neither.
            "Errors" | "Error" => return Err(DecodeFault::at(element.offset, UnreadableReason::Contradictory)),
            _ => reader.skip(&element)?,
        }
    }
    images.ok_or_else(|| DecodeFault::at(root.offset, UnreadableReason::MissingImages))
}

/// Reads the members of a structure into it.
fn read_members<'a, T: Structure>(
    reader: &mut Reader<'a>,
    root: &Element<'a>,
    parent: &Element<'a>,
    structure: &mut T,
) -> Result<(), DecodeFault> {
    let id = T::Member::ALL.first().copied().filter(|_| T::HAS_ID);
    let mut has_id = false;
    while let Some(element) = next_child(reader, parent)? {
        let Some(member) = T::Member::of_response_name(name_beside(root, &element)) else {
            reader.skip(&element)?;
            continue;
        };
        let is_id = id == Some(member);
        structure.read_member(member, Member { reader, root, element: &element, is_id })?;
        if is_id && core::mem::replace(&mut has_id, true) {
            return Err(DecodeFault::at(element.offset, UnreadableReason::DuplicateElement));
        }
    }
    if id.is_some() && !has_id {
        return Err(DecodeFault::at(parent.offset, UnreadableReason::MissingImageId));
    }
    Ok(())
}

/// Reads the items of a list.
fn read_items<'a, T: Item>(
    reader: &mut Reader<'a>,
    root: &Element<'a>,
    parent: &Element<'a>,
) -> Result<Vec<T>, DecodeFault> {
    let mut items = Vec::new();
    while let Some(element) = next_child(reader, parent)? {
        match name_beside(root, &element) {
            "item" => {
                let mut item = T::empty();
                item.read_item(Member { reader, root, element: &element, is_id: false })?;
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
    root: &'r Element<'a>,
    element: &'r Element<'a>,
    /// An ID must not be empty.
    is_id: bool,
}

impl Member<'_, '_> {
    fn read_text<T: Text>(&mut self) -> Result<T, DecodeFault> {
        if self.is_id {
            let text = read_trimmed(self.reader, self.element)?;
            return text.map(|text| T::from_text(&text)).ok_or_else(|| self.fault(UnreadableReason::EmptyImageId));
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
        let items = read_items(self.reader, self.root, self.element)?;
        self.set(place, items)
    }

    fn structure<T: Structure>(self, place: &mut Option<T>) -> Self::Output {
        let mut structure = T::empty();
        read_members(self.reader, self.root, self.element, &mut structure)?;
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
        read_members(self.reader, self.root, self.element, item)
    }
}
