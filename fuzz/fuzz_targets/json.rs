//! Whatever is read from JSON is written, read, checked and encoded without a panic, and comes back the same.
#![no_main]

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::wire::query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(request) = serde_json::from_slice::<RegisterImageRequest>(bytes) else { return };
    let json = serde_json::to_vec(&request).unwrap();
    assert_eq!(serde_json::from_slice::<RegisterImageRequest>(&json).unwrap(), request);
    assert_eq!(query::encode_body_unchecked(&request), query::encode_body_unchecked(&request.as_sent()));
    let report = request.check();
    let _ = report.to_string();
    assert_eq!(report.is_valid(), request.validate().is_ok());
});
