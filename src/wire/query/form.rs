//! The parameters of a form, one after the other.

use alloc::vec::Vec;
use core::{cmp::Ordering, str};

use super::malformed::{MalformedRequest, MalformedRequestReason as Reason, Position, RequestPart};
use super::{BODY_LIMIT, VALUE_LIMIT};

/// `name=value&name=value`; no bytes are no parameters.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    part: RequestPart,
    bytes: &'a [u8],
    /// The same as text, unless some byte is none.
    text: Option<&'a str>,
}

/// A parameter, unescaped; without `Debug`, since the value may be a secret.
pub(super) struct Pair<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    pub(super) name_at: Position,
    pub(super) value_at: Position,
    /// Where the next parameter begins, if there is one.
    pub(super) next: Option<usize>,
}

/// Space for a name and a value that have escapes, used for one parameter after the other.
#[derive(Default)]
pub(super) struct Scratch {
    name: Vec<u8>,
    value: Vec<u8>,
}

impl<'a> Form<'a> {
    pub(super) fn new(part: RequestPart, bytes: &'a [u8]) -> Result<Self, MalformedRequest> {
        if bytes.len() > BODY_LIMIT {
            return Err(Reason::TooLong.into());
        }
        Ok(Self { part, bytes, text: str::from_utf8(bytes).ok() })
    }

    pub(super) fn part(&self) -> RequestPart {
        self.part
    }

    pub(super) fn is_text(&self) -> bool {
        self.text.is_some()
    }

    #[inline]
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The text between two bytes, as it is; `None` if some byte of the form is no text.
    #[inline]
    pub(super) fn text(&self, start: usize, end: usize) -> Option<&'a str> {
        self.text?.get(start..end)
    }

    /// The value that begins there, and where it ends, unless something is wrong with it.
    #[inline]
    pub(super) fn value<'s>(&self, start: usize, scratch: &'s mut Scratch) -> Option<(&'s str, usize)>
    where
        'a: 's,
    {
        let rest = self.bytes.get(start..)?;
        let mut length = position_of(rest, [b'&', b'%', b'+']);
        if matches!(rest.get(length), None | Some(b'&')) {
            let end = start + length;
            return self.text(start, end).filter(|_| length <= VALUE_LIMIT).map(|value| (value, end));
        }
        length += position_of(rest.get(length..)?, [b'&']);
        let value = unescape(rest.get(..length)?, &mut scratch.value).ok()?;
        if value.len() <= VALUE_LIMIT { Some((value, start + length)) } else { None }
    }

    /// Where the first parameter begins, if there is one.
    pub(super) fn start(&self) -> Option<usize> {
        if self.bytes.is_empty() { None } else { Some(0) }
    }

    /// The parameter that begins there.
    #[inline]
    pub(super) fn pair<'s>(&self, offset: usize, scratch: &'s mut Scratch) -> Result<Pair<'s>, MalformedRequest>
    where
        'a: 's,
    {
        let name_at = Position { part: self.part, offset };
        let rest = self.bytes.get(offset..).unwrap_or_default();
        let mut equals = position_of(rest, [b'=', b'&', b'%', b'+']);
        let is_escaped = matches!(rest.get(equals), Some(b'%' | b'+'));
        if is_escaped {
            let after = rest.get(equals..).unwrap_or_default();
            equals += position_of(after, [b'=', b'&']);
        }
        if rest.get(equals) != Some(&b'=') {
            // The text is not shown: it may be the rest of a value.
            let reason = if equals == 0 { Reason::EmptyParameter } else { Reason::MissingEquals };
            return Err(MalformedRequest::at(name_at, reason));
        }
        if equals == 0 {
            return Err(MalformedRequest::at(name_at, Reason::EmptyName));
        }
        let name = self
            .unescaped(offset, offset + equals, is_escaped, &mut scratch.name)
            .map_err(|(at, reason)| MalformedRequest::at(name_at.plus(at), reason))?;

        let value_at = name_at.plus(equals + "=".len());
        let rest = self.bytes.get(value_at.offset..).unwrap_or_default();
        let mut length = position_of(rest, [b'&', b'%', b'+']);
        let is_escaped = matches!(rest.get(length), Some(b'%' | b'+'));
        if is_escaped {
            let after = rest.get(length..).unwrap_or_default();
            length += position_of(after, [b'&']);
        }
        let value = self
            .unescaped(value_at.offset, value_at.offset + length, is_escaped, &mut scratch.value)
            .map_err(|(at, reason)| MalformedRequest::of(value_at.plus(at), reason, name))?;
        if value.len() > VALUE_LIMIT {
            return Err(MalformedRequest::of(value_at, Reason::ValueTooLong, name));
        }
        let next = if length < rest.len() { Some(value_at.offset + length + "&".len()) } else { None };
        Ok(Pair { name, value, name_at, value_at, next })
    }

    /// The text between two bytes, or where in it there is none.
    #[inline]
    fn unescaped<'s>(
        &self,
        start: usize,
        end: usize,
        is_escaped: bool,
        scratch: &'s mut Vec<u8>,
    ) -> Result<&'s str, (usize, Reason)>
    where
        'a: 's,
    {
        if !is_escaped && let Some(text) = self.text.and_then(|text| text.get(start..end)) {
            return Ok(text);
        }
        unescape(self.bytes.get(start..end).unwrap_or_default(), scratch)
    }

    /// The raw name of the parameter that begins there.
    fn raw_name(&self, offset: usize) -> &'a [u8] {
        let rest = self.bytes.get(offset..).unwrap_or_default();
        rest.get(..position_of(rest, [b'='])).unwrap_or_default()
    }

    /// Orders two parameters by the segments of their names, and segments by length first, so that numbers ascend.
    pub(super) fn by_segments(&self, offset: usize, other: &Self, other_offset: usize) -> Ordering {
        by_segments(Unescape(self.raw_name(offset)), Unescape(other.raw_name(other_offset)))
    }
}

pub(super) fn by_segments(one: impl Iterator<Item = u8>, other: impl Iterator<Item = u8>) -> Ordering {
    let (mut one, mut other) = (one, other);
    let mut difference = Ordering::Equal;
    loop {
        let (byte, its) = (one.next(), other.next());
        match (matches!(byte, None | Some(b'.')), matches!(its, None | Some(b'.'))) {
            (false, false) => difference = difference.then(byte.cmp(&its)),
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (true, true) if difference != Ordering::Equal => return difference,
            // `None`, the end of a name, comes before a dot.
            (true, true) if byte != its || byte.is_none() => return byte.cmp(&its),
            (true, true) => {}
        }
    }
}

/// The bytes of a text that is unescaped on the way; a `%` without two digits stands for itself.
struct Unescape<'a>(&'a [u8]);

impl Iterator for Unescape<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (&byte, after) = self.0.split_first()?;
        self.0 = after;
        match byte {
            b'+' => Some(b' '),
            b'%' => match unescaped(after) {
                Some(escaped) => {
                    self.0 = after.get(2..).unwrap_or_default();
                    Some(escaped)
                }
                None => Some(byte),
            },
            _ => Some(byte),
        }
    }
}

/// The text that stands in a form, or where in it there is none.
fn unescape<'s>(raw: &[u8], scratch: &'s mut Vec<u8>) -> Result<&'s str, (usize, Reason)> {
    if scratch.len() < raw.len() {
        scratch.resize(raw.len().next_power_of_two().max(256), 0);
    }
    let mut rest = raw;
    let mut places = scratch.iter_mut();
    let mut length = 0;
    while let Some((&byte, after)) = rest.split_first()
        && let Some(place) = places.next()
    {
        rest = after;
        length += 1;
        *place = match byte {
            b'+' => b' ',
            b'%' => {
                let escaped = unescaped(after).ok_or((raw.len() - after.len() - 1, Reason::BadEscape))?;
                rest = after.get(2..).unwrap_or_default();
                escaped
            }
            _ => byte,
        };
    }
    str::from_utf8(scratch.get(..length).unwrap_or_default()).map_err(|error| {
        // Each byte that is text came of one byte or of an escape; the next one is at fault.
        let mut at = 0;
        for _ in 0..error.valid_up_to() {
            at += if raw.get(at) == Some(&b'%') { "%XX".len() } else { 1 };
        }
        (at, Reason::NotUtf8)
    })
}

/// The byte that the two hexadecimal digits after a `%` stand for.
#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is within a table of 256")]
fn unescaped(after: &[u8]) -> Option<u8> {
    /// The value of each digit; 16 for what is none.
    const DIGITS: [u8; 256] = {
        let mut digits = [16; 256];
        let mut value = 0;
        while value < 16 {
            digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
            digits[b"0123456789abcdef"[value] as usize] = value as u8;
            value += 1;
        }
        digits
    };
    let &[high, low, ..] = after else { return None };
    let (high, low) = (DIGITS[usize::from(high)], DIGITS[usize::from(low)]);
    if (high | low) < 16 { Some(high << 4 | low) } else { None }
}

/// How many letters come first; `@` and whatever comes after the letters in ASCII count as letters too.
#[inline]
pub(super) fn letters(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    let mut position = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // Of a letter one of the two highest bits is set.
        let others = !(word | word << 1) & (ONES << 7);
        if others != 0 {
            return position + (others.trailing_zeros() / 8) as usize;
        }
        position += 8;
    }
    position + rest.iter().position(|&byte| byte < b'@').unwrap_or(rest.len())
}

/// Where the first of the wanted bytes is, or the length if there is none; looks at eight bytes at a time.
#[inline]
pub(super) fn position_of<const N: usize>(bytes: &[u8], wanted: [u8; N]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    let mut position = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let mut found = 0;
        for byte in wanted {
            // The highest bit of the lowest byte that is wanted is set, and no bit below it.
            let difference = word ^ (ONES * u64::from(byte));
            found |= difference.wrapping_sub(ONES) & !difference;
        }
        found &= ONES << 7;
        if found != 0 {
            return position + (found.trailing_zeros() / 8) as usize;
        }
        position += 8;
    }
    position + rest.iter().position(|byte| wanted.contains(byte)).unwrap_or(rest.len())
}
