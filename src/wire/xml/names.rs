//! Names, characters and namespaces of XML.

use alloc::{borrow::Cow, vec::Vec};

use super::NAMESPACE_LIMIT;
use crate::response::UnreadableReason;

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Production [2], `Char`.
pub(super) const fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Production [3], `S`.
pub(super) const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// Production [4] of the namespaces, `NCName`: a name without a colon.
pub(super) fn is_nc_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(is_name_start) && characters.all(|it| is_name_start(it) || is_name_rest(it))
}

const fn is_name_start(character: char) -> bool {
    matches!(character,
        'a'..='z' | 'A'..='Z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

const fn is_name_rest(character: char) -> bool {
    matches!(character, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether a byte may be part of a name with a prefix, judged by one byte.
const fn may_go_on(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b':' | 0x80..)
}

/// A name with a prefix, which may be empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct QualifiedName<'a> {
    /// The whole name, as in the tag.
    pub(super) whole: &'a str,
    pub(super) prefix: &'a str,
    pub(super) local: &'a str,
}

impl<'a> QualifiedName<'a> {
    /// Reads a name from the start of `text`, and returns the rest, which is never empty.
    #[inline]
    pub(super) fn cut(text: &'a str) -> Result<(Self, &'a str), UnreadableReason> {
        // Nearly all names have only letters and need no further check.
        let letters = text.bytes().position(|byte| !byte.is_ascii_alphabetic()).ok_or(UnreadableReason::CutOff)?;
        let (whole, rest) = text.split_at(letters);
        if letters > 0 && !rest.bytes().next().is_some_and(may_go_on) {
            return Ok((Self { whole, prefix: "", local: whole }, rest));
        }
        let end = text.bytes().position(|byte| !may_go_on(byte)).ok_or(UnreadableReason::CutOff)?;
        let (whole, rest) = text.split_at(end);
        match whole.split_once(':') {
            Some((prefix, local)) if is_nc_name(prefix) && is_nc_name(local) => {
                Ok((Self { whole, prefix, local }, rest))
            }
            None if is_nc_name(whole) => Ok((Self { whole, prefix: "", local: whole }, rest)),
            _ => Err(UnreadableReason::MalformedName),
        }
    }
}

/// A namespace, identified by a number, so that long ones are compared only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Namespace(usize);

impl Namespace {
    const XML: Self = Self(usize::MAX);
}

/// The namespace declarations in force, innermost last.
#[derive(Debug, Default)]
pub(super) struct Namespaces<'a>(Vec<Declaration<'a>>);

#[derive(Debug)]
struct Declaration<'a> {
    depth: usize,
    prefix: &'a str,
    uri: Cow<'a, str>,
    namespace: Namespace,
}

impl<'a> Namespaces<'a> {
    /// Adds a declaration of the element at `depth`. The default namespace has the empty prefix.
    pub(super) fn declare(&mut self, depth: usize, prefix: &'a str, uri: Cow<'a, str>) -> Result<(), UnreadableReason> {
        let legal = match prefix {
            "xml" => uri == XML_NAMESPACE,
            "xmlns" => false,
            _ => uri != XML_NAMESPACE && uri != XMLNS_NAMESPACE && (prefix.is_empty() || !uri.is_empty()),
        };
        if !legal {
            return Err(UnreadableReason::IllegalNamespace);
        }
        if self.0.iter().rev().take_while(|it| it.depth == depth).any(|it| it.prefix == prefix) {
            return Err(UnreadableReason::DuplicateAttribute);
        }
        if self.0.len() == NAMESPACE_LIMIT {
            return Err(UnreadableReason::TooManyNamespaces);
        }
        // An equal one that is further out has the number, because it stays in force for longer.
        let namespace = self.0.iter().find(|it| it.uri == uri).map_or(Namespace(self.0.len()), |it| it.namespace);
        self.0.push(Declaration { depth, prefix, uri, namespace });
        Ok(())
    }

    /// Removes the declarations of the element at `depth`, which is closed.
    #[inline]
    pub(super) fn close(&mut self, depth: usize) {
        while self.0.pop_if(|last| last.depth == depth).is_some() {}
    }

    /// The namespace of an element or of an attribute with a prefix.
    #[inline]
    pub(super) fn resolve(&self, prefix: &str) -> Result<Option<Namespace>, UnreadableReason> {
        if prefix == "xml" {
            return Ok(Some(Namespace::XML));
        }
        match self.0.iter().rev().find(|it| it.prefix == prefix) {
            Some(declaration) if declaration.uri.is_empty() => Ok(None),
            Some(declaration) => Ok(Some(declaration.namespace)),
            None if prefix.is_empty() => Ok(None),
            None => Err(UnreadableReason::UnboundPrefix),
        }
    }

    /// The URI of a namespace that is in force.
    pub(super) fn uri(&self, namespace: Namespace) -> &str {
        self.0.get(namespace.0).map_or(XML_NAMESPACE, |declaration| &declaration.uri)
    }
}
