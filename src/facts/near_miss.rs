//! Names that are nearly known.

use alloc::vec::Vec;

/// Returns the known name that this one misspells: in another case, in the singular or plural, with `Id` too much or
/// missing, or with a few letters wrong. A known name misspells none.
pub(super) fn near_miss(name: &str, known: &[&'static str]) -> Option<&'static str> {
    const LONGEST: usize = 40;
    if name.len() > LONGEST || known.contains(&name) {
        return None;
    }
    let letters = |name: &str| -> Vec<u8> {
        name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).collect()
    };
    let given = letters(name);
    known.iter().copied().find(|known| {
        let known = letters(known);
        // One mistake for every five letters.
        let most = known.len() / 5;
        let differs_by_id = known.strip_suffix(b"id") == Some(&given) || given.strip_suffix(b"id") == Some(&known);
        differs_by_id || (known.len().abs_diff(given.len()) <= most && distance(&known, &given) <= most)
    })
}

/// How many letters to insert, remove, replace or swap with their neighbor.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
    for (row, letter) in one.iter().enumerate() {
        let mut this = Vec::with_capacity(last.len());
        this.push(row + 1);
        for (column, other_letter) in other.iter().enumerate() {
            let replaced = at(&last, column) + usize::from(letter != other_letter);
            let mut least = replaced.min(at(&last, column + 1) + 1).min(at(&this, column) + 1);
            let is_swapped = column > 0
                && row > 0
                && other.get(column - 1) == Some(letter)
                && one.get(row - 1) == Some(other_letter);
            if is_swapped {
                least = least.min(at(&before, column - 1) + 1);
            }
            this.push(least);
        }
        before = core::mem::replace(&mut last, this);
    }
    last.last().copied().unwrap_or_default()
}
