//! Whatever comes as a response of an action that reads, each decoder ends in a value or in an error that holds the body; no
//! prefix of what was read is read, too; and all decoders agree about an error of the service.
#![no_main]

use ec2_register_image::RegisterImageError;
use ec2_register_image::wire::{ebs, images, snapshots, xml};
use http::Response;
use libfuzzer_sys::fuzz_target;

type Decode = fn(&Response<&[u8]>) -> Result<(), RegisterImageError>;

const DECODERS: [Decode; 5] = [
    |response| {
        let page = snapshots::decode_response(response)?;
        assert!(page.items.iter().all(|snapshot| !snapshot.id.as_str().is_empty()));
        assert!(page.next_token.is_none_or(|token| !token.trim().is_empty()));
        Ok(())
    },
    |response| snapshots::decode_product_codes_response(response).map(|read| assert!(read.product_codes.is_some())),
    |response| ebs::decode_encryption_by_default_response(response).map(drop),
    |response| ebs::decode_default_kms_key_id_response(response).map(|key| assert!(!key.as_str().is_empty())),
    |response| images::decode_page(response).map(drop),
];

fuzz_target!(|bytes: &[u8]| {
    let response = Response::new(bytes);
    let said = xml::decode_error_response(&response);
    let mut accepted = 0;
    for decode in DECODERS {
        match decode(&response) {
            Ok(()) => accepted += 1,
            Err(error) => {
                let _ = format!("{error} {error:?}");
                if let Some(unreadable) = error.as_unreadable() {
                    assert!(bytes.starts_with(unreadable.body()));
                } else {
                    assert_eq!(error, said);
                }
                continue;
            }
        }
        // What was read ends with the root element: cut off inside of it, it is not readable.
        let whole = bytes.trim_ascii_end();
        if whole.ends_with(b">") && !whole.ends_with(b"->") && !whole.ends_with(b"?>") {
            let cut = &whole[..whole.len() - 1];
            assert!(decode(&Response::new(cut)).is_err_and(|error| error.as_unreadable().is_some()));
        }
    }
    // A root belongs to one action.
    assert!(accepted <= 1);
    assert!(accepted == 0 || said.as_unreadable().is_some());
});
