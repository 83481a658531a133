//! `requests [COUNT]`: as many random requests as asked for (2,000 by default) with the bodies that they are encoded to,
//! one JSON object a line: `{"request": …, "query": …}`. The comparison with other encoders reads them.
//!
//! The requests are those of the property tests, of every shape that a wire can carry, and the same on every run.

use std::error::Error;

use ec2_register_image::wire::query;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

#[path = "../tests/support/mod.rs"]
mod support;

fn main() -> Result<(), Box<dyn Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(2_000), |count| count.parse())?;
    let mut runner = TestRunner::deterministic();
    let requests = support::request();
    for _ in 0..count {
        let request = requests.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        let query = query::encode_unchecked(&request);
        println!("{}", serde_json::json!({ "request": request, "query": query.as_str() }));
    }
    Ok(())
}
