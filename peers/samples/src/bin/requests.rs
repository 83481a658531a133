//! `requests [COUNT]`: as many random requests as asked for (2,000 by default) with the bodies that they are encoded to,
//! one JSON object a line: `{"request": …, "query": …}`. The comparison with other encoders reads them.
//!
//! `requests --images [COUNT]` prints requests of DescribeImages instead, half by name, half by id.
//!
//! The requests are those of the property tests, of every shape that a wire can carry, and the same on every run.

use std::error::Error;

use ec2_register_image::Endpoint;
use ec2_register_image::wire::{images, query};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

#[path = "../../../../tests/support/mod.rs"]
mod support;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let for_images = arguments.next_if_eq("--images").is_some();
    let count: usize = arguments.next().map_or(Ok(2_000), |count| count.parse())?;
    let mut runner = TestRunner::deterministic();
    if for_images {
        let endpoint = Endpoint::from_region("eu-central-1")?;
        for at in 0..count {
            let text = support::text().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
            let (request, sent) = if at % 2 == 0 {
                let request = serde_json::json!({"ImageIds": [text], "IncludeDisabled": true});
                (request, images::encode_request_by_id(&text.into(), &endpoint))
            } else {
                let literal = text.replace('\\', r"\\").replace('*', r"\*").replace('?', r"\?");
                let filter = serde_json::json!({"Name": "name", "Values": [literal]});
                let request = serde_json::json!({"Owners": ["self"], "IncludeDisabled": true, "Filters": [filter]});
                (request, images::encode_request_by_name(&text.into(), &endpoint))
            };
            println!("{}", serde_json::json!({ "request": request, "query": sent.body().as_str() }));
        }
        return Ok(());
    }
    let requests = support::request();
    for _ in 0..count {
        let request = requests.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        let query = query::encode_body_unchecked(&request);
        println!("{}", serde_json::json!({ "request": request, "query": query.as_str() }));
    }
    Ok(())
}
