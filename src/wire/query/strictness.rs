//! What a decoder accepts beyond what EC2's own clients send.

use alloc::{borrow::ToOwned as _, collections::BTreeSet, string::String, vec::Vec};

use super::form::{Form, Scratch};

/// How closely a request must follow the form that EC2 documents.
///
/// An emulator or an auditor may prefer to read a request that is irregular, if its meaning is clear. A gate should stay
/// strict, because EC2 may read such a request differently. What is irregular is reported in
/// [`Decoded`](super::Decoded).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strictness {
    /// Lists count from 1, and the version of the API is [`VERSION`](super::VERSION). The default.
    #[default]
    Strict,
    /// Also accepts lists that count from 0, as Apache jclouds and K2 Cloud number them, and the versions of the API from
    /// 2014-06-15 to 2016-09-15, whose members have the same names.
    Lenient,
}

/// The versions of the API from 2014-06-15 to the one before [`VERSION`](super::VERSION).
pub(super) const VERSIONS: &[&str] =
    &["2014-06-15", "2014-09-01", "2014-10-01", "2015-03-01", "2015-04-15", "2015-10-01", "2016-04-01", "2016-09-15"];

/// The lists of a request that have an item of number 0, by the name before the number.
#[derive(Clone, Default)]
pub(super) struct ZeroLists(BTreeSet<String>);

impl ZeroLists {
    /// Finds the lists. A name that cannot be read has none; it is a mistake later.
    pub(super) fn of(forms: [Form<'_>; 2]) -> Self {
        let mut lists = BTreeSet::new();
        let mut scratch = Scratch::default();
        for form in forms {
            let mut next = form.start();
            while let Some(pair) = next.and_then(|offset| form.pair(offset, &mut scratch).ok()) {
                for (list, number) in lists_of(pair.name) {
                    if number == "0" && !lists.contains(list) {
                        lists.insert(list.to_owned());
                    }
                }
                next = pair.next;
            }
        }
        Self(lists)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the first and the second list in the name of a parameter count from 0.
    pub(super) fn of_parameter(&self, name: &str) -> [bool; 2] {
        let mut zero = [false; 2];
        if !self.is_empty() {
            for (is_zero, (list, _)) in zero.iter_mut().zip(lists_of(name)) {
                *is_zero = self.0.contains(list);
            }
        }
        zero
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.0.into_iter().collect()
    }
}

/// The lists in the name of a parameter, each with the number after it: `A.1.B.2` is in `A` and in `A.1.B`. No name in a
/// request is in more than two.
fn lists_of(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let dots = name.bytes().enumerate().filter(|(_, byte)| *byte == b'.').map(|(at, _)| at);
    dots.step_by(2).take(2).filter_map(move |dot| {
        let list = name.get(..dot)?;
        Some((list, name.get(dot + 1..)?.split('.').next()?))
    })
}
