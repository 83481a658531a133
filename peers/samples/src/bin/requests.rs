//! `requests [COUNT]`: as many random requests as asked for (2,000 by default) with the bodies that they are encoded to,
//! one JSON object a line: `{"request": …, "query": …}`. The comparison with other encoders reads them.
//!
//! `requests --action ACTION [COUNT]` prints requests of another action instead: DescribeImages (half by name, half by ID),
//! DescribeSnapshots (each first page and the next one), DescribeSnapshotAttribute, GetEbsEncryptionByDefault or
//! GetEbsDefaultKmsKeyId. The last two have one request each.
//!
//! The requests are those of the property tests, of every shape that a wire can carry, and the same on every run.

use std::error::Error;

use ec2_register_image::Endpoint;
use ec2_register_image::types::SnapshotId;
use ec2_register_image::wire::{Body, ebs, images, query, snapshots};
use http::{Request, Response};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

#[path = "../../../../tests/support/mod.rs"]
mod support;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let action = arguments.next_if_eq("--action").and_then(|_| arguments.next());
    let count: usize = arguments.next().map_or(Ok(2_000), |count| count.parse())?;
    let mut runner = TestRunner::deterministic();
    if let Some(action) = action {
        let endpoint = Endpoint::from_region("eu-central-1")?;
        for at in 0..count {
            let mut text = || -> Result<String, String> {
                Ok(support::text().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current())
            };
            for (request, sent) in read(&action, at, &mut text, &endpoint)? {
                println!("{}", json!({ "request": request, "query": sent.body().as_str() }));
            }
        }
        return Ok(());
    }
    let requests = support::request();
    for _ in 0..count {
        let request = requests.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        let query = query::encode_body_unchecked(&request);
        println!("{}", json!({ "request": request, "query": query.as_str() }));
    }
    Ok(())
}

/// A request in the JSON of the AWS CLI, and as this crate encodes it.
type Sample = (Value, Request<Body>);

/// Requests of one of the actions that read.
fn read(
    action: &str,
    at: usize,
    text: &mut dyn FnMut() -> Result<String, String>,
    endpoint: &Endpoint,
) -> Result<Vec<Sample>, Box<dyn Error>> {
    Ok(match action {
        "DescribeImages" if at.is_multiple_of(2) => {
            let text = text()?;
            let request = json!({"ImageIds": [text], "IncludeDisabled": true});
            vec![(request, images::encode_request_by_id(&text.into(), endpoint))]
        }
        "DescribeImages" => {
            let text = text()?;
            let literal = text.replace('\\', r"\\").replace('*', r"\*").replace('?', r"\?");
            let filter = json!({"Name": "name", "Values": [literal]});
            let request = json!({"Owners": ["self"], "IncludeDisabled": true, "Filters": [filter]});
            vec![(request, images::encode_request_by_name(&text.into(), endpoint))]
        }
        "DescribeSnapshots" => {
            let ids = (0..at % 4).map(|_| text()).collect::<Result<Vec<_>, _>>()?;
            let typed: Vec<SnapshotId> = ids.iter().map(|id| id.as_str().into()).collect();
            let mut request = if ids.is_empty() { json!({}) } else { json!({ "SnapshotIds": ids }) };
            let first = if at.is_multiple_of(2) {
                snapshots::encode_request(&typed, endpoint)
            } else {
                request["OwnerIds"] = json!(["self"]);
                snapshots::encode_request_of_own(&typed, endpoint)
            };
            let token = format!("token {at} &=/+");
            let response = format!(
                "<DescribeSnapshotsResponse><snapshotSet/><nextToken>{}</nextToken></DescribeSnapshotsResponse>",
                token.replace('&', "&amp;")
            );
            let page = snapshots::decode_response(&Response::new(response))?;
            let next = page.next_request(&first).ok_or("no next page")?;
            let mut next_request = request.clone();
            next_request["NextToken"] = json!(token);
            vec![(request, first), (next_request, next)]
        }
        "DescribeSnapshotAttribute" => {
            let text = text()?;
            let request = json!({"Attribute": "productCodes", "SnapshotId": text});
            vec![(request, snapshots::encode_product_codes_request(&text.into(), endpoint))]
        }
        "GetEbsEncryptionByDefault" => vec![(json!({}), ebs::encode_encryption_by_default_request(endpoint))],
        "GetEbsDefaultKmsKeyId" => vec![(json!({}), ebs::encode_default_kms_key_id_request(endpoint))],
        other => return Err(format!("there is no action {other:?}").into()),
    })
}
