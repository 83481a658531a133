//! `read`: decodes responses of the actions that read, one JSON object a line on stdin:
//! `{"action": …, "status": …, "body": …}`. It prints what it understood in the JSON of the AWS CLI, or `{"Error": …}`, one
//! line each. The comparison with botocore uses it.

use std::error::Error;
use std::io;

use ec2_register_image::RegisterImageError;
use ec2_register_image::wire::{Page, ebs, images, snapshots};
use http::Response;
use serde::Serialize;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    for line in io::stdin().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let status = u16::try_from(line["status"].as_u64().unwrap_or_default())?;
        let body = line["body"].as_str().unwrap_or_default().to_owned();
        let response = Response::builder().status(status).body(body)?;
        let read = read(line["action"].as_str().unwrap_or_default(), &response);
        println!("{}", read.unwrap_or_else(|error| said(&error)));
    }
    Ok(())
}

fn read(action: &str, response: &Response<String>) -> Result<Value, RegisterImageError> {
    Ok(match action {
        "DescribeSnapshots" => page("Snapshots", snapshots::decode_response(response)?),
        "DescribeImages" => page("Images", images::decode_page(response)?),
        "DescribeSnapshotAttribute" => json!(snapshots::decode_product_codes_response(response)?),
        "GetEbsEncryptionByDefault" => {
            json!({ "EbsEncryptionByDefault": ebs::decode_encryption_by_default_response(response)? })
        }
        "GetEbsDefaultKmsKeyId" => json!({ "KmsKeyId": ebs::decode_default_kms_key_id_response(response)? }),
        other => json!({ "Error": format!("there is no action {other:?}") }),
    })
}

fn page<T: Serialize>(name: &str, page: Page<T>) -> Value {
    let mut json = json!({ name: page.items });
    if let Some(token) = page.next_token {
        json["NextToken"] = token.into();
    }
    json
}

fn said(error: &RegisterImageError) -> Value {
    match error.as_service() {
        Some(error) => json!({ "Error": { "Code": error.code().as_str(), "Message": error.message() } }),
        None => json!({ "Error": error.to_string() }),
    }
}
