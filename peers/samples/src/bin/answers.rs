//! `answers [COUNT]`: as many random answers as asked for (2,000 by default) as EC2's XML, one JSON object a line:
//! `{"says": …, "status": …, "headers": …, "body": …}`. The comparison with other decoders reads them.
//!
//! Half are errors. They are those of the property tests, and the same on every run.

use std::error::Error;

use ec2_register_image::Accepted;
use ec2_register_image::response::ServiceError;
use ec2_register_image::wire::xml;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

#[path = "../../../../tests/support/mod.rs"]
mod support;

fn main() -> Result<(), Box<dyn Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(2_000), |count| count.parse())?;
    let mut runner = TestRunner::deterministic();
    let answers = support::any_answer();
    let errors = support::any_service_error();
    for number in 0..count {
        let (says, response) = if number % 2 == 0 {
            let answer = answers.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
            (said(&answer), xml::encode_response(&answer)?)
        } else {
            let error = errors.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
            (said_of_error(&error), xml::encode_error_response(&error)?)
        };
        let headers: Map<String, Value> = response
            .headers()
            .iter()
            .map(|(name, value)| Ok((name.to_string(), value.to_str()?.into())))
            .collect::<Result<_, Box<dyn Error>>>()?;
        let (status, body) = (response.status().as_u16(), response.body().as_str());
        println!("{}", json!({ "says": says, "status": status, "headers": headers, "body": body }));
    }
    Ok(())
}

fn said(answer: &Accepted) -> Value {
    match answer {
        Accepted::Registered(image) => json!({ "ImageId": image.image_id.as_str(), "RequestId": image.request_id }),
        passed => json!({
            "Errors": [["DryRunOperation", "Request would have succeeded, but DryRun flag is set."]],
            "RequestId": passed.request_id(),
        }),
    }
}

fn said_of_error(error: &ServiceError) -> Value {
    let errors: Vec<_> = error.errors().map(|entry| (entry.code.as_str(), &entry.message)).collect();
    json!({ "Errors": errors, "RequestId": error.request_id() })
}
