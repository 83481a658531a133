//! Finds the items of a list by a text that each of them has.

use alloc::vec::Vec;
use core::fmt;

/// Positions in a list, found by the text of the item at each.
///
/// A hash table with open addressing, because `alloc` has none. The list stays where it is, so each use of the index is
/// given a function that returns the text at a position.
#[derive(Clone, Default)]
pub(super) struct Index {
    /// The hash of the text and the position. The number of slots is zero or a power of two, and one slot is free.
    slots: Vec<Option<(u64, usize)>>,
    used: usize,
}

impl Index {
    /// Returns the position of the item with this text.
    pub(super) fn find<'a>(&self, text: &str, text_at: impl Fn(usize) -> Option<&'a str>) -> Option<usize> {
        let hash = hash(text);
        self.probe(hash).find_map(|slot| {
            let (other, position) = (*self.slots.get(slot)?)?;
            (other == hash && text_at(position) == Some(text)).then_some(position)
        })
    }

    /// Adds the position of an item whose text no other item has.
    pub(super) fn insert(&mut self, text: &str, position: usize) {
        // At most three of four slots are used.
        if self.used.saturating_mul(4) >= self.slots.len().saturating_mul(3) {
            self.grow();
        }
        self.used = self.used.saturating_add(1);
        self.place(hash(text), position);
    }

    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.used = 0;
    }

    fn place(&mut self, hash: u64, position: usize) {
        let free = self.probe_all(hash).find(|&slot| self.slots.get(slot).is_some_and(Option::is_none));
        if let Some(slot) = free.and_then(|slot| self.slots.get_mut(slot)) {
            *slot = Some((hash, position));
        }
    }

    fn grow(&mut self) {
        let slots = self.slots.len().saturating_mul(2).max(8);
        let old = core::mem::replace(&mut self.slots, alloc::vec![None; slots]);
        old.into_iter().flatten().for_each(|(hash, position)| self.place(hash, position));
    }

    /// The slots that may hold this hash: from its own to the next free one.
    fn probe(&self, hash: u64) -> impl Iterator<Item = usize> {
        self.probe_all(hash).take_while(|&slot| self.slots.get(slot).is_some_and(Option::is_some))
    }

    /// Every slot, from the hash's own on.
    fn probe_all(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let (slots, mask) = (self.slots.len(), self.slots.len().wrapping_sub(1));
        let first = usize::try_from(hash >> 32).unwrap_or_default();
        (0..slots).map(move |step| first.wrapping_add(step) & mask)
    }
}

/// An index follows from its list, so it does not show.
impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Index")
    }
}

/// A hash of eight bytes a step.
fn hash(text: &str) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let step = |hash: u64, bytes: [u8; 8]| {
        let product = u128::from(hash ^ u64::from_le_bytes(bytes)) * u128::from(FACTOR);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
        let folded = product as u64 ^ (product >> 64) as u64;
        folded
    };
    let (chunks, rest) = text.as_bytes().as_chunks::<8>();
    let hash = chunks.iter().fold(FACTOR, |hash, bytes| step(hash, *bytes));
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(byte, rest)| *byte = *rest);
    let length = u64::try_from(text.len()).unwrap_or_default();
    step(step(hash, last), length.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    #[test]
    fn every_position_is_found_by_its_text() {
        let texts: Vec<String> = (0..1_000).map(|number| format!("snap-{number:017x}")).collect();
        let text_at = |position: usize| texts.get(position).map(String::as_str);
        let mut index = Index::default();
        assert_eq!(index.find("snap-1", text_at), None);
        for (position, text) in texts.iter().enumerate() {
            assert_eq!(index.find(text, text_at), None);
            index.insert(text, position);
        }
        for (position, text) in texts.iter().enumerate() {
            assert_eq!(index.find(text, text_at), Some(position));
        }
        assert_eq!(index.find("snap-1", text_at), None);
        index.clear();
        assert_eq!(index.find(&texts[0], text_at), None);
    }

    #[test]
    fn texts_that_differ_in_zeros_or_length_have_other_hashes() {
        let texts = ["", "\0", "\0\0", "a", "a\0", "aaaaaaaa", "aaaaaaaa\0", "aaaaaaaaa"];
        for (at, text) in texts.iter().enumerate() {
            assert!(texts.iter().take(at).all(|other| hash(other) != hash(text)), "{text:?}");
        }
    }
}
