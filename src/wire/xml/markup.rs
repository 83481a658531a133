//! The parts of one piece of markup: attributes, references, the XML declaration.

use alloc::{borrow::Cow, string::String};
use core::num::IntErrorKind;

use super::names::{QualifiedName, is_nc_name, is_xml_char};
use crate::response::UnreadableReason;

/// Returns the position of the first of the bytes `ends`, in strides that the compiler vectorizes.
#[inline]
pub(super) fn find<const N: usize>(text: &str, ends: [u8; N]) -> Option<usize> {
    let is_end = |byte: u8| ends.iter().fold(false, |found, &end| found | (byte == end));
    let (strides, _) = text.as_bytes().as_chunks::<16>();
    let is_clear = |stride: &&[u8; 16]| !stride.iter().fold(false, |found, &byte| found | is_end(byte));
    let clear = strides.iter().take_while(is_clear).count() * 16;
    let position = text.as_bytes().get(clear..)?.iter().position(|&byte| is_end(byte))?;
    Some(clear + position)
}

/// Removes whitespace from the start.
#[inline]
pub(super) fn cut_blanks(text: &str) -> &str {
    let blanks = text.bytes().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    text.get(blanks.unwrap_or(text.len())..).unwrap_or_default()
}

/// `name="value"`, the value with its references resolved.
pub(super) struct Attribute<'a> {
    pub(super) name: QualifiedName<'a>,
    pub(super) value: Cow<'a, str>,
}

impl<'a> Attribute<'a> {
    /// Reads an attribute from the start of `text`, and returns the rest.
    #[inline]
    pub(super) fn cut(text: &'a str) -> Result<(Self, &'a str), UnreadableReason> {
        let (name, rest) = QualifiedName::cut(text)?;
        let rest = cut_blanks(cut_mark(cut_blanks(rest), '=')?);
        let (quote, mark) = if rest.starts_with('\'') { ('\'', b'\'') } else { ('"', b'"') };
        let rest = cut_mark(rest, quote)?;
        let (value, after) =
            rest.split_at(find(rest, [mark, b'<', b'&', b'\t', b'\n', b'\r']).ok_or(UnreadableReason::CutOff)?);
        if let Some(rest) = after.strip_prefix(quote) {
            return Ok((Self { name, value: Cow::Borrowed(value) }, rest));
        }
        let (value, rest) = rest.split_once(quote).ok_or(UnreadableReason::CutOff)?;
        Ok((Self { name, value: Cow::Owned(resolve_value(value)?) }, rest))
    }
}

fn cut_mark(text: &str, mark: char) -> Result<&str, UnreadableReason> {
    let reason = if text.is_empty() { UnreadableReason::CutOff } else { UnreadableReason::MalformedTag };
    text.strip_prefix(mark).ok_or(reason)
}

/// Returns the value of an attribute, with references resolved and whitespace turned into spaces.
fn resolve_value(value: &str) -> Result<String, UnreadableReason> {
    if value.contains('<') {
        return Err(UnreadableReason::LessThanInAttribute);
    }
    let value = value.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
    let mut parts = value.split('&');
    let mut resolved = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let (name, text) = part.split_once(';').ok_or(UnreadableReason::BareAmpersand)?;
        resolved.push(resolve_reference(name)?);
        resolved.push_str(text);
    }
    Ok(resolved)
}

/// Returns the character of the reference `&name;`.
pub(super) fn resolve_reference(name: &str) -> Result<char, UnreadableReason> {
    let Some(number) = name.strip_prefix('#') else {
        return match name {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "apos" => Ok('\''),
            "quot" => Ok('"'),
            _ if is_nc_name(name) => Err(UnreadableReason::UnknownEntity),
            _ => Err(UnreadableReason::BareAmpersand),
        };
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    // The standard library accepts a sign.
    if digits.starts_with('+') {
        return Err(UnreadableReason::MalformedReference);
    }
    match u32::from_str_radix(digits, radix) {
        Ok(code) => char::from_u32(code).filter(|&it| is_xml_char(it)).ok_or(UnreadableReason::IllegalCharacter),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err(UnreadableReason::IllegalCharacter),
        Err(_) => Err(UnreadableReason::MalformedReference),
    }
}

/// The encoding that an XML declaration names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Also where the declaration names none.
    Utf8,
    Ascii,
}

impl Encoding {
    /// Python writes `utf8` and `ascii`, which are not names of XML's list but leave no doubt.
    fn of_name(name: &str) -> Result<Self, UnreadableReason> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("utf-8") || is("utf8") {
            Ok(Self::Utf8)
        } else if is("us-ascii") || is("ascii") {
            Ok(Self::Ascii)
        } else {
            Err(UnreadableReason::WrongEncoding)
        }
    }
}

/// Checks the text between `<?xml` and `?>`: the version, then optionally the encoding and `standalone`.
pub(super) fn check_declaration(content: &str) -> Result<Encoding, UnreadableReason> {
    // The values here are literal: XML allows no reference in them.
    if content.contains('&') {
        return Err(UnreadableReason::MalformedDeclaration);
    }
    let mut rest = content;
    let mut seen = "";
    let mut encoding = Encoding::Utf8;
    while !cut_blanks(rest).is_empty() {
        let text = cut_blanks(rest);
        let (Attribute { name, value }, after) = Attribute::cut(text)
            .ok()
            .filter(|_| text.len() < rest.len())
            .ok_or(UnreadableReason::MalformedDeclaration)?;
        let is_minor = |minor: &str| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit());
        match (seen, name.whole, &*value) {
            ("", "version", version) if version.strip_prefix("1.").is_some_and(is_minor) => {}
            ("version", "encoding", name) => encoding = Encoding::of_name(name)?,
            ("version" | "encoding", "standalone", "yes" | "no") => {}
            _ => return Err(UnreadableReason::MalformedDeclaration),
        }
        (seen, rest) = (name.whole, after);
    }
    if seen.is_empty() { Err(UnreadableReason::MalformedDeclaration) } else { Ok(encoding) }
}
