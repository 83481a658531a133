//! How long the service asks to wait.

use core::time::Duration;

use http::{
    HeaderMap,
    header::{AsHeaderName, DATE, RETRY_AFTER},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

/// The wait that the headers of an answer ask for, not yet capped.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(milliseconds) = text(headers, "x-amz-retry-after").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_millis(milliseconds));
    }
    let wait = text(headers, RETRY_AFTER)?;
    match wait.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        // The clock of the service against itself. A moment that has passed asks for no wait.
        Err(_) => Some((date(wait)? - date(text(headers, DATE)?)?).try_into().unwrap_or_default()),
    }
}

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc2822).ok()
}
