//! XML 1.0 with namespaces, read strictly, in one pass and without a copy.
//!
//! The pull readers of libraries find the tokens but leave nearly all checks to their callers.

use alloc::{borrow::Cow, vec::Vec};

use serde::de::IgnoredAny;

use super::{
    ATTRIBUTE_LIMIT, BODY_LIMIT, DEPTH_LIMIT,
    markup::{Attribute, Encoding, check_declaration, cut_blanks, find, resolve_reference},
    names::{Namespace, Namespaces, QualifiedName, is_blank, is_nc_name, is_xml_char},
};
use crate::response::{DecodeFault, UnreadableReason};
use crate::wire::text::{BYTE_ORDER_MARK, starts_ignoring_case, text_of};

/// Reads a document from start to end: the root, then the content of each open element, then the rest.
pub(super) struct Reader<'a> {
    body: &'a str,
    /// The part that is not read yet.
    rest: &'a str,
    namespaces: Namespaces<'a>,
}

/// The content of an element. Comments and processing instructions are checked and skipped.
pub(super) enum Token<'a> {
    Start(Element<'a>),
    End,
    /// A part of a text or of CDATA, with its original line ends.
    Text(&'a str),
    /// The character of a reference.
    Character(char),
}

/// An element whose start tag was read. The caller reads on to its end.
pub(super) struct Element<'a> {
    pub(super) name: QualifiedName<'a>,
    pub(super) namespace: Option<Namespace>,
    pub(super) offset: usize,
    depth: usize,
    /// Written as `<name/>`.
    is_empty: bool,
}

impl<'a> Reader<'a> {
    /// Checks the body as a whole: that it is text and has only characters that XML allows.
    pub(super) fn new(body: &'a [u8]) -> Result<Self, DecodeFault> {
        let body = text_of(body, BODY_LIMIT)?;
        // A loop without an exit, which the compiler vectorizes.
        let is_plain = |byte: u8| matches!(byte, b' '..=b'\x7F' | b'\t' | b'\n' | b'\r');
        if !body.bytes().fold(true, |plain, byte| plain & is_plain(byte))
            && let Some((offset, _)) = body.char_indices().find(|&(_, character)| !is_xml_char(character))
        {
            return Err(DecodeFault::at(offset, UnreadableReason::IllegalCharacter));
        }
        let rest = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        Ok(Self { body, rest, namespaces: Namespaces::default() })
    }

    /// Reads up to the root element and its start tag.
    pub(super) fn root(&mut self) -> Result<Element<'a>, DecodeFault> {
        let raw = self.rest;
        if raw.strip_prefix("<?xml").is_some_and(|rest| rest.starts_with(is_blank) || rest.starts_with('?')) {
            let declaration = self.cut_between("<?xml", "?>")?;
            let encoding = self.located(raw, check_declaration(declaration))?;
            // ASCII is all that the encoding can express, even where the bytes are valid UTF-8.
            if encoding == Encoding::Ascii
                && let Some(offset) = self.body.bytes().position(|byte| !byte.is_ascii())
            {
                return Err(DecodeFault::at(offset, UnreadableReason::NotAscii));
            }
        }
        self.skip_misc()?;
        match *self.rest.as_bytes() {
            [] => Err(self.cut_off()),
            [b'<', b'/', ..] => Err(self.refuse_end_tag()),
            [b'<', b'!', ..] if !self.rest.starts_with("<![CDATA[") => Err(self.refuse_declaration()),
            [b'<', next, ..] if next != b'!' => self.read_start_tag(1),
            [b'<'] => Err(self.cut_off()),
            [b'{' | b'[', ..] if is_json(self.rest) => Err(self.fault(self.rest, UnreadableReason::Json)),
            _ => Err(self.fault(self.rest, UnreadableReason::TextBeforeRoot)),
        }
    }

    /// Reads the rest after the root element: only comments, processing instructions and whitespace.
    pub(super) fn finish(mut self) -> Result<(), DecodeFault> {
        self.skip_misc()?;
        match *self.rest.as_bytes() {
            [] => Ok(()),
            [b'<', b'!', ..] if !self.rest.starts_with("<![CDATA[") => Err(self.refuse_declaration()),
            _ => Err(self.fault(self.rest, UnreadableReason::JunkAfterRoot)),
        }
    }

    /// Returns the next part of `parent`, which is the innermost open element.
    #[inline]
    pub(super) fn next(&mut self, parent: &Element<'a>) -> Result<Token<'a>, DecodeFault> {
        if parent.is_empty {
            return Ok(self.close(parent));
        }
        loop {
            match *self.rest.as_bytes() {
                [] => return Err(self.cut_off()),
                [b'<', b'/', ..] => return self.read_end_tag(parent),
                [b'<', b'?', ..] => self.read_instruction()?,
                [b'<', b'!', b'-', b'-', ..] => self.read_comment()?,
                [b'<', b'!', ..] if !self.rest.starts_with("<![CDATA[") => return Err(self.refuse_declaration()),
                [b'<', b'!', ..] => return self.cut_between("<![CDATA[", "]]>").map(Token::Text),
                [b'<', ..] => return self.read_start_tag(parent.depth + 1).map(Token::Start),
                [b'&', ..] => return self.read_reference().map(Token::Character),
                _ => return self.read_text().map(Token::Text),
            }
        }
    }

    /// Returns the text of an element without child elements, with line ends as `\n`.
    pub(super) fn text(&mut self, parent: &Element<'a>) -> Result<Cow<'a, str>, DecodeFault> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.next(parent)? {
                Token::Text(part) if find(part, [b'\r']).is_some() => {
                    let mut lines = part.split('\r');
                    text.to_mut().push_str(lines.next().unwrap_or_default());
                    for line in lines {
                        text.to_mut().push('\n');
                        text.to_mut().push_str(line.strip_prefix('\n').unwrap_or(line));
                    }
                }
                Token::Text(part) if text.is_empty() => text = Cow::Borrowed(part),
                Token::Text(part) => text.to_mut().push_str(part),
                Token::Character(character) => text.to_mut().push(character),
                Token::Start(element) => return Err(DecodeFault::at(element.offset, UnreadableReason::ElementInText)),
                Token::End => return Ok(text),
            }
        }
    }

    /// Skips an element. The limit of depth bounds the recursion.
    pub(super) fn skip(&mut self, element: &Element<'a>) -> Result<(), DecodeFault> {
        loop {
            match self.next(element)? {
                Token::Start(child) => self.skip(&child)?,
                Token::End => return Ok(()),
                Token::Text(_) | Token::Character(_) => {}
            }
        }
    }

    /// The URI of a namespace that is in force.
    pub(super) fn uri(&self, namespace: Namespace) -> &str {
        self.namespaces.uri(namespace)
    }

    /// Skips what is allowed outside of the root element.
    fn skip_misc(&mut self) -> Result<(), DecodeFault> {
        loop {
            self.rest = cut_blanks(self.rest);
            match *self.rest.as_bytes() {
                [b'<', b'?', ..] => self.read_instruction()?,
                [b'<', b'!', b'-', b'-', ..] => self.read_comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// Reads text up to the next markup, or to a `>`, which may end a forbidden `]]>`.
    #[inline]
    fn read_text(&mut self) -> Result<&'a str, DecodeFault> {
        let raw = self.rest;
        let end = find(raw, [b'<', b'&', b'>']).unwrap_or(raw.len());
        let (text, rest) = raw.split_at(end);
        let Some(rest) = rest.strip_prefix('>') else {
            self.rest = rest;
            return Ok(text);
        };
        if let Some(before) = text.strip_suffix("]]") {
            return Err(DecodeFault::at(self.offset(raw) + before.len(), UnreadableReason::CdataEndInText));
        }
        self.rest = rest;
        Ok(raw.get(..=end).unwrap_or_default())
    }

    fn read_reference(&mut self) -> Result<char, DecodeFault> {
        let raw = self.rest;
        let name = raw.get(1..).unwrap_or_default();
        let end = find(name, [b';', b'<', b'&']).ok_or_else(|| self.cut_off())?;
        let (name, rest) = name.split_at(end);
        self.rest = rest.strip_prefix(';').ok_or_else(|| self.fault(raw, UnreadableReason::BareAmpersand))?;
        self.located(raw, resolve_reference(name))
    }

    fn read_comment(&mut self) -> Result<(), DecodeFault> {
        let raw = self.rest;
        // The first `--` is either the end or a mistake.
        self.cut_between("<!--", "--")?;
        match self.rest.strip_prefix('>') {
            Some(rest) => self.rest = rest,
            None if self.rest.is_empty() => return Err(self.cut_off()),
            None => return Err(self.fault(raw, UnreadableReason::MalformedComment)),
        }
        Ok(())
    }

    fn read_instruction(&mut self) -> Result<(), DecodeFault> {
        let raw = self.rest;
        let target = self.cut_between("<?", "?>")?.split(is_blank).next().unwrap_or_default();
        if target.eq_ignore_ascii_case("xml") {
            return Err(self.fault(raw, UnreadableReason::MisplacedDeclaration));
        }
        if is_nc_name(target) { Ok(()) } else { Err(self.fault(raw, UnreadableReason::MalformedInstruction)) }
    }

    fn read_end_tag(&mut self, parent: &Element<'a>) -> Result<Token<'a>, DecodeFault> {
        let after_name = self.rest.strip_prefix("</").and_then(|rest| rest.strip_prefix(parent.name.whole));
        match after_name.and_then(|rest| cut_blanks(rest).strip_prefix('>')) {
            Some(rest) => {
                self.rest = rest;
                Ok(self.close(parent))
            }
            None => Err(self.refuse_end_tag()),
        }
    }

    /// Reads a start tag or a self-closing tag.
    #[inline]
    fn read_start_tag(&mut self, depth: usize) -> Result<Element<'a>, DecodeFault> {
        let raw = self.rest;
        if depth > DEPTH_LIMIT {
            return Err(self.fault(raw, UnreadableReason::TooDeep));
        }
        let name = QualifiedName::cut(raw.get(1..).unwrap_or_default());
        let (name, mut rest) = self.located(raw, name)?;
        let mut attributes = Vec::new();
        let mut count = 0;
        let is_empty = loop {
            let next = cut_blanks(rest);
            if let Some(after) = next.strip_prefix('>') {
                self.rest = after;
                break false;
            }
            if let Some(after) = next.strip_prefix("/>") {
                self.rest = after;
                break true;
            }
            if next.is_empty() || next == "/" {
                return Err(self.cut_off());
            }
            if next.len() == rest.len() {
                return Err(self.fault(next, UnreadableReason::MalformedTag));
            }
            if count == ATTRIBUTE_LIMIT {
                return Err(self.fault(next, UnreadableReason::TooManyAttributes));
            }
            count += 1;
            let (attribute, after) = self.located(next, Attribute::cut(next))?;
            let declared = match (attribute.name.prefix, attribute.name.local) {
                ("", "xmlns") => self.namespaces.declare(depth, "", attribute.value),
                ("xmlns", prefix) => self.namespaces.declare(depth, prefix, attribute.value),
                _ => {
                    attributes.push(attribute.name);
                    Ok(())
                }
            };
            self.located(next, declared)?;
            rest = after;
        };
        // This comes last, because a declaration applies to the attributes before it too.
        if !attributes.is_empty() {
            self.check_unique(&attributes)?;
        }
        let namespace = self.located(raw, self.namespaces.resolve(name.prefix))?;
        Ok(Element { name, namespace, offset: self.offset(raw), depth, is_empty })
    }

    /// Checks that no two attributes have one local name in one namespace.
    #[inline]
    fn check_unique(&self, attributes: &[QualifiedName<'a>]) -> Result<(), DecodeFault> {
        let mut expanded = Vec::with_capacity(attributes.len());
        for &QualifiedName { whole, prefix, local } in attributes {
            // An attribute without a prefix is in no namespace, regardless of the default.
            let namespace = if prefix.is_empty() { Ok(None) } else { self.namespaces.resolve(prefix) };
            let name = (self.located(whole, namespace)?, local);
            if expanded.contains(&name) {
                return Err(self.fault(whole, UnreadableReason::DuplicateAttribute));
            }
            expanded.push(name);
        }
        Ok(())
    }

    fn close(&mut self, element: &Element<'a>) -> Token<'a> {
        self.namespaces.close(element.depth);
        Token::End
    }

    /// Reads markup from `start`, which is there, to the first `end`.
    fn cut_between(&mut self, start: &str, end: &str) -> Result<&'a str, DecodeFault> {
        let content = self.rest.get(start.len()..).unwrap_or_default();
        let (content, rest) = content.split_once(end).ok_or_else(|| self.cut_off())?;
        self.rest = rest;
        Ok(content)
    }

    /// Returns what is wrong with an end tag.
    fn refuse_end_tag(&self) -> DecodeFault {
        if self.rest.contains('>') { self.fault(self.rest, UnreadableReason::MismatchedTag) } else { self.cut_off() }
    }

    /// Returns what is wrong with `<!` that starts neither a comment nor CDATA.
    fn refuse_declaration(&self) -> DecodeFault {
        let raw = self.rest;
        if starts_ignoring_case(raw.as_bytes(), b"<!doctype") {
            let name = cut_blanks(raw.get("<!doctype".len()..).unwrap_or_default());
            let is_html = starts_ignoring_case(name.as_bytes(), b"html");
            return self.fault(raw, if is_html { UnreadableReason::Html } else { UnreadableReason::Doctype });
        }
        let may_go_on = ["<!--", "<![CDATA["].iter().any(|markup| markup.starts_with(raw));
        if may_go_on { self.cut_off() } else { self.fault(raw, UnreadableReason::MalformedMarkup) }
    }

    fn cut_off(&self) -> DecodeFault {
        DecodeFault::at(self.body.len(), UnreadableReason::CutOff)
    }

    fn located<T>(&self, part: &str, result: Result<T, UnreadableReason>) -> Result<T, DecodeFault> {
        result.map_err(|reason| self.fault(part, reason))
    }

    fn fault(&self, part: &str, reason: UnreadableReason) -> DecodeFault {
        if reason == UnreadableReason::CutOff { self.cut_off() } else { DecodeFault::at(self.offset(part), reason) }
    }

    /// Returns where a part of the body starts, by its address, so that positions need not be stored.
    fn offset(&self, part: &str) -> usize {
        part.as_ptr().addr().saturating_sub(self.body.as_ptr().addr())
    }
}

/// Whether the text is JSON, even if its end is missing.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).map_or_else(|error| error.is_eof(), |_| true)
}
