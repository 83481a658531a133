//! Whatever comes as the body of a request, decoding ends in a value or in an error within the body; what was read is
//! written and read the same.
#![no_main]

use ec2_register_image::wire::query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match query::decode_body(bytes) {
        Ok(decoded) => {
            let _ = format!("{decoded:?}");
            assert_eq!(*decoded.request.as_sent(), decoded.request);
            let body = query::encode_body_unchecked(&decoded.request);
            let again = query::decode_body(body.as_str().as_bytes()).unwrap();
            assert_eq!(again.request, decoded.request);
            assert!(again.signing_parameters.is_empty() && again.empty_lists.is_empty());
        }
        Err(error) => {
            let _ = format!("{error} {error:?}");
            assert!(error.position().is_none_or(|position| position <= bytes.len()));
        }
    }
});
