//! Query encode against the bodies of aws-sdk-ec2.

use ec2_register_image::{RegisterImageRequest, wire::query};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    request: RegisterImageRequest,
    query: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("fixtures/requests.json")).unwrap()
}

#[test]
fn every_case_is_the_body_of_the_official_sdk() {
    let cases = cases();
    assert_eq!(cases.len(), 58);
    for Case { id, request, query } in cases {
        assert_eq!(query::encode_unchecked(&request).as_str(), query, "{id}");
    }
}
