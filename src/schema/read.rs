//! From the parameters of a form to members: the mirror of what `each` hands out.
//!
//! The parameters are sorted once. Then those of one structure stand together, the numbers of a list ascend, and a name
//! that is given twice stands beside itself.

use alloc::{borrow::Cow, format, string::String, vec::Vec};
use core::{cell::Cell, cmp::Ordering};

use crate::wire::query::malformed::{MalformedRequest, MalformedRequestReason, Position};

/// The most items that one list may have.
pub(crate) const LIST_LIMIT: usize = 10_000;

/// The most holes that the lists of one request may have, all together.
pub(crate) const HOLE_LIMIT: usize = 1_000;

/// A parameter of a form, unescaped; without `Debug`, since the value may be a secret.
pub(crate) struct Parameter<'a> {
    pub(crate) name: Cow<'a, str>,
    /// Whoever reads it takes it.
    pub(crate) value: Cell<Cow<'a, str>>,
    pub(crate) name_at: Position,
    pub(crate) value_at: Position,
}

/// The parameters of one member, or of the whole request; their names begin with the same segments.
#[derive(Clone, Copy)]
pub(crate) struct Group<'g, 'a> {
    parameters: &'g [Parameter<'a>],
    /// The length of that beginning in bytes, without a dot after it.
    length: usize,
}

impl<'g, 'a> Group<'g, 'a> {
    /// All parameters of a request.
    pub(crate) fn sorted(parameters: &'g mut [Parameter<'a>]) -> Self {
        parameters.sort_by(|one, other| by_segments(&one.name, &other.name));
        Self { parameters, length: 0 }
    }

    /// The one parameter of a member that is a single value.
    pub(crate) fn scalar(self, reader: &mut Reader) -> Option<&'g Parameter<'a>> {
        let (own, members) = self.split();
        for parameter in members.rest {
            reader.refuse(parameter, parameter.name_at, MalformedRequestReason::MembersOfScalar);
        }
        let (first, others) = own.split_first()?;
        for parameter in others {
            reader.refuse(parameter, parameter.name_at, MalformedRequestReason::Repeated);
        }
        Some(first)
    }

    /// The members of a structure, each with its name.
    pub(crate) fn structure(self, reader: &mut Reader) -> Groups<'g, 'a> {
        let (own, members) = self.split();
        for parameter in own {
            reader.refuse(parameter, parameter.name_at, MalformedRequestReason::ScalarForStructure);
        }
        members
    }

    /// The items of a list, each with what should be its number; nothing where the list is said to be empty.
    pub(crate) fn list(self, reader: &mut Reader) -> Option<Groups<'g, 'a>> {
        let (own, items) = self.split();
        if let [parameter] = own
            && items.rest.is_empty()
            && parameter.value.take().is_empty()
        {
            reader.empty_lists.push(String::from(&*parameter.name));
            return None;
        }
        for parameter in own {
            reader.refuse(parameter, parameter.name_at, MalformedRequestReason::ScalarForList);
        }
        Some(items)
    }

    /// The parameters that have this name itself, and those of what is below it.
    fn split(self) -> (&'g [Parameter<'a>], Groups<'g, 'a>) {
        let count = self.parameters.iter().take_while(|parameter| parameter.name.len() == self.length).count();
        let (own, rest) = self.parameters.split_at_checked(count).unwrap_or_default();
        (own, Groups { rest, length: self.length })
    }
}

/// Orders names by their segments, and segments by length first: so that numbers without leading zeros ascend.
fn by_segments(one: &str, other: &str) -> Ordering {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    // The first segment that differs decides; where none does, one name is the beginning of the other.
    let start = one.bytes().take(same).rposition(|byte| byte == b'.').map_or(0, |dot| dot + 1);
    let [own, its] = [one, other].map(|name| first_segment(name.get(start..).unwrap_or_default()));
    own.len().cmp(&its.len()).then_with(|| own.cmp(its)).then_with(|| one.len().cmp(&other.len()))
}

/// What stands before the first dot. Segments are short, so that a search for many bytes at once would cost more.
fn first_segment(name: &str) -> &str {
    let end = name.bytes().position(|byte| byte == b'.').unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}

/// The groups below a name, each with the segment that comes after that name.
pub(crate) struct Groups<'g, 'a> {
    rest: &'g [Parameter<'a>],
    length: usize,
}

impl<'g, 'a> Iterator for Groups<'g, 'a> {
    type Item = (&'g str, Group<'g, 'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = &*self.rest.first()?.name;
        let start = if self.length == 0 { 0 } else { self.length + ".".len() };
        let segment = first_segment(name.get(start..)?);
        let length = start + segment.len();
        let is_below = |parameter: &&Parameter<'_>| {
            parameter.name.get(..length) == name.get(..length)
                && matches!(parameter.name.as_bytes().get(length), None | Some(b'.'))
        };
        let count = self.rest.iter().take_while(is_below).count();
        let (parameters, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some((segment, Group { parameters, length }))
    }
}

/// What came to light while members were read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Of several mistakes the first one in the request.
    pub(crate) fault: Option<MalformedRequest>,
    /// The numbers that no parameter has, as names.
    pub(crate) holes: Vec<String>,
    /// The lists that a parameter without a value stands for.
    pub(crate) empty_lists: Vec<String>,
}

impl Reader {
    pub(crate) fn refuse(&mut self, parameter: &Parameter<'_>, place: Position, reason: MalformedRequestReason) {
        if self.fault.as_ref().is_none_or(|fault| fault.is_after(place)) {
            self.fault = Some(MalformedRequest::of(place, reason, &parameter.name));
        }
    }

    /// Refuses a value, which is `None` then.
    pub(crate) fn refuse_value<T>(&mut self, parameter: &Parameter<'_>, reason: MalformedRequestReason) -> Option<T> {
        self.refuse(parameter, parameter.value_at, reason);
        None
    }

    pub(crate) fn refuse_names(&mut self, group: Group<'_, '_>, reason: MalformedRequestReason) {
        for parameter in group.parameters {
            self.refuse(parameter, parameter.name_at, reason);
        }
    }

    /// The number of an item; those from `next` on that are left out before it are noted as holes.
    pub(crate) fn number(&mut self, segment: &str, item: Group<'_, '_>, next: usize) -> Option<usize> {
        match number_of(segment) {
            Ok(number) if number > LIST_LIMIT => {
                self.refuse_names(item, MalformedRequestReason::TooManyItems);
                None
            }
            Ok(number) if number.saturating_sub(next) <= HOLE_LIMIT.saturating_sub(self.holes.len()) => {
                let name = item.parameters.first().map(|parameter| &*parameter.name);
                let list = name.and_then(|name| name.get(..item.length - segment.len())).unwrap_or_default();
                self.holes.extend((next..number).map(|hole| format!("{list}{hole}")));
                Some(number)
            }
            Ok(_) => {
                self.refuse_names(item, MalformedRequestReason::TooManyHoles);
                None
            }
            Err(reason) => {
                self.refuse_names(item, reason);
                None
            }
        }
    }
}

fn number_of(segment: &str) -> Result<usize, MalformedRequestReason> {
    match segment.as_bytes() {
        [b'0'] => Err(MalformedRequestReason::NumberZero),
        digits if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) => {
            Err(MalformedRequestReason::NotANumber)
        }
        [b'0', ..] => Err(MalformedRequestReason::PaddedNumber),
        // A number that does not fit is too large for any list.
        _ => segment.parse().map_err(|_| MalformedRequestReason::TooManyItems),
    }
}
