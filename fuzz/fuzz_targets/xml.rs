//! Whatever comes as an answer, decoding ends in a value or an error that holds the body; what was read is written and
//! read the same; no prefix of what was read is read, too.
#![no_main]

use ec2_register_image::rules;
use ec2_register_image::wire::xml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let decoded = xml::decode_response(&http::Response::new(bytes));
    if let Err(error) = &decoded {
        let _ = format!("{error} {error:?} {:?}", error.retry_after());
        if let Some(service) = error.as_service() {
            for entry in service.errors() {
                let _ = (entry.detail(), rules::for_error(entry).count());
            }
        }
        if let Some(unreadable) = error.as_unreadable() {
            assert!(bytes.starts_with(unreadable.body()));
            return;
        }
    }
    let written = match &decoded {
        Ok(answer) => xml::encode_response(answer),
        Err(error) => xml::encode_error_response(error.as_service().unwrap()),
    };
    assert_eq!(xml::decode_response(&written.unwrap()), decoded);

    // What was read ends with the root element: cut off inside of it, it is not readable.
    let whole = bytes.trim_ascii_end();
    if whole.ends_with(b">") && !whole.ends_with(b"->") && !whole.ends_with(b"?>") {
        let cut = &whole[..whole.len() - 1];
        assert!(xml::decode_response(&http::Response::new(cut)).is_err_and(|error| error.as_unreadable().is_some()));
    }
});
