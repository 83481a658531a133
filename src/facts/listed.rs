//! Lists of described items, each with its own ID, and what is known about their completeness.

use alloc::vec::Vec;
use core::fmt;

use super::index::Index;
use crate::model::Image;
use crate::schema::{Identified, Text as _, Value};
use crate::types::ImageName;

/// Items, each ID once, in the order in which they were added.
#[derive(Clone, Debug)]
pub(super) struct Listed<T> {
    items: Vec<T>,
    by_id: Index,
    /// Whether there are no other items. `false` dominates, because a page of a list proves nothing about the rest.
    pub(super) is_complete: Option<bool>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), by_id: Index::default(), is_complete: None }
    }
}

// The index follows from the items.
impl<T: PartialEq> PartialEq for Listed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items && self.is_complete == other.is_complete
    }
}

impl<T: Eq> Eq for Listed<T> {}

impl<T: Identified + Value> Listed<T> {
    pub(super) fn items(&self) -> &[T] {
        &self.items
    }

    /// The items, unless nothing at all is known about the list.
    pub(super) fn known_items(&self) -> Option<&[T]> {
        (self.is_complete.is_some() || !self.items.is_empty()).then_some(&self.items)
    }

    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }

    pub(super) fn find(&self, id: &T::Id) -> Option<&T> {
        self.items.get(self.position(id)?)
    }

    fn position(&self, id: &T::Id) -> Option<usize> {
        self.by_id.find(id.text(), |position| Some(self.items.get(position)?.id().text()))
    }

    /// Adds what is known of an item, and returns its position. An item without ID is dropped.
    ///
    /// This is the one place where empty text becomes absent.
    pub(super) fn add(&mut self, mut item: T) -> Option<usize> {
        item.drop_empty_text();
        if item.id().text().is_empty() {
            return None;
        }
        let position = self.position(item.id());
        if let Some(known) = position.and_then(|position| self.items.get_mut(position)) {
            known.update(item);
            return position;
        }
        let position = self.items.len();
        self.by_id.insert(item.id().text(), position);
        self.items.push(item);
        Some(position)
    }

    pub(super) fn remove_all(&mut self, is_removed: impl Fn(&T) -> bool) {
        self.items.retain(|item| !is_removed(item));
        self.by_id.clear();
        for (position, item) in self.items.iter().enumerate() {
            self.by_id.insert(item.id().text(), position);
        }
    }

    pub(super) fn add_completeness(&mut self, is_complete: Option<bool>) {
        self.is_complete = match (self.is_complete, is_complete) {
            (Some(one), Some(other)) => Some(one && other),
            (one, other) => one.or(other),
        };
    }
}

/// Images, which are looked up by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Images {
    pub(super) list: Listed<Image>,
    names: Names,
}

impl Images {
    pub(super) fn extend(&mut self, images: impl IntoIterator<Item = Image>) {
        let mut is_renamed = false;
        for image in images {
            let name_before = self.list.find(&image.id).map(|known| known.name.is_some());
            let is_other = |name| self.list.find(&image.id).is_some_and(|known| known.name.as_ref() != Some(name));
            let gets_name = image.name.as_ref().is_some_and(|name| !name.as_str().is_empty() && is_other(name));
            is_renamed |= gets_name && name_before == Some(true);
            let is_new = name_before.is_none() || (gets_name && name_before == Some(false));
            if let Some(position) = self.list.add(image).filter(|_| is_new) {
                self.names.add(self.list.items(), position);
            }
        }
        if is_renamed {
            self.names = Names::default();
            for position in 0..self.list.items().len() {
                self.names.add(self.list.items(), position);
            }
        }
    }

    pub(super) fn named(&self, name: &ImageName) -> impl Iterator<Item = &Image> + Clone {
        let images = self.list.items();
        let first = self.names.first(images, name);
        core::iter::successors(first, |&position| self.names.links.get(position)?.next)
            .filter_map(|position| images.get(position))
    }
}

/// The images of each name, as a chain through their positions.
#[derive(Clone, Default)]
struct Names {
    /// The first image of each name.
    first: Index,
    /// One for each image.
    links: Vec<Link>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Link {
    /// The next image with the same name.
    next: Option<usize>,
    /// Of the first image with its name: the last one.
    last: usize,
}

// The chains follow from the images.
impl PartialEq for Names {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Names {}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

impl Names {
    fn first(&self, images: &[Image], name: &ImageName) -> Option<usize> {
        self.first.find(name.as_str(), |position| Some(images.get(position)?.name.as_ref()?.as_str()))
    }

    /// Adds the image at this position, if it has a name.
    fn add(&mut self, images: &[Image], position: usize) {
        if self.links.len() < images.len() {
            self.links.resize(images.len(), Link::default());
        }
        let Some(name) = images.get(position).and_then(|image| image.name.as_ref()) else { return };
        match self.first(images, name) {
            None => {
                self.first.insert(name.as_str(), position);
                self.set(position, |link| link.last = position);
            }
            Some(first) => {
                let last = self.links.get(first).map_or(first, |link| link.last);
                self.set(last, |link| link.next = Some(position));
                self.set(first, |link| link.last = position);
            }
        }
    }

    fn set(&mut self, position: usize, change: impl FnOnce(&mut Link)) {
        if let Some(link) = self.links.get_mut(position) {
            change(link);
        }
    }
}
