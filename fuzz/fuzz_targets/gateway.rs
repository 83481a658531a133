//! Both halves of the gateway: whatever comes, it ends in a value or an error, and what was read is written and read the
//! same.
#![no_main]

use ec2_register_image::Accepted;
use ec2_register_image::wire::gateway;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match gateway::decode_response(&http::Response::new(bytes)) {
        Ok(Accepted::Registered(image)) if image.created_at.is_some() => {
            let answer = Accepted::Registered(image);
            let response = gateway::encode_response(&answer).unwrap();
            assert_eq!(gateway::decode_response(&response).unwrap(), answer);
        }
        Ok(_) => {}
        Err(error) => {
            let _ = format!("{error} {error:?}");
            if let Some(service) = error.as_service() {
                let response = gateway::encode_error_response(service).unwrap();
                assert_eq!(gateway::decode_response(&response).unwrap_err(), error);
            }
        }
    }

    let request = http::Request::post("/").header("content-type", "application/json").body(bytes).unwrap();
    if let Ok(read) = gateway::decode_request(&request) {
        let body = gateway::encode_body_unchecked(&read);
        let again = http::Request::post("/").header("content-type", "application/json").body(body).unwrap();
        assert_eq!(gateway::decode_request(&again).unwrap(), read);
    }
});
