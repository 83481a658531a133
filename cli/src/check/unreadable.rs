//! Files that hold no request, and why.

use std::error::Error;
use std::string::FromUtf8Error;

use serde::Serialize;

use super::place::characters;

/// Why a file could not be read, and where; line and column count from 1, the column in characters.
#[derive(Serialize)]
pub struct Unreadable {
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub message: String,
}

impl Unreadable {
    /// A file that cannot be opened or read.
    pub fn file(error: &dyn Error) -> Self {
        Self { line: None, column: None, message: error.to_string() }
    }

    /// Bytes that are no text.
    pub fn text(error: &FromUtf8Error) -> Self {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|&byte| byte == b'\n');
        let column = line.clone().next_back().map_or(0, characters) + 1;
        let message = "the file is not UTF-8, the only encoding that JSON has".to_owned();
        Self { line: Some(line.count()), column: Some(column), message }
    }

    /// Text that holds no request.
    pub fn json(error: &serde_json::Error, text: &str) -> Self {
        let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default().as_bytes();
        // `serde_json` counts bytes, and has column 0 where the text ends with a line.
        let column = characters(line.get(..error.column()).unwrap_or(line)).max(1);
        // What is wrong with a document as a whole has no place in it.
        Self { line: Some(error.line().max(1)), column: Some(column), message: message(error) }
    }
}

/// What `serde_json` says, without the place, and without a string that it met there: that may be UEFI data astray.
fn message(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let said = said.strip_suffix(&place).unwrap_or(&said);
    match said.rsplit_once(", expected ") {
        Some((found, expected)) if found.starts_with("invalid type: string ") => {
            format!("invalid type: string, expected {expected}")
        }
        _ => said.to_owned(),
    }
}
