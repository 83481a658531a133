//! Registers and describes images at an emulator with the official SDK.

use std::{env, error::Error, fs, process::ExitCode};

use aws_sdk_ec2::error::DisplayErrorContext;
use aws_smithy_http_client::Builder;
use ec2_register_image::RegisterImageRequest;
use ec2_register_image_sdk::to_sdk;
use serde_json::{Value, json};
use tokio::runtime;

#[path = "../tests/support/mod.rs"]
mod support;

const USAGE: &str = "\
usage: emulator register URL FILE
       emulator describe URL IMAGE-ID

Registers the image that FILE describes, in the JSON of `aws ec2 register-image --cli-input-json`, at the emulator under
URL, or describes an image there. Nothing is checked before it is sent.

Prints JSON. Exit status: 0 registered or described; 1 rejected by the service; 2 anything else, with the reason on stderr.";

fn main() -> ExitCode {
    match run() {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::from(u8::from(answer.get("Error").is_some()))
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<Value, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments[..] {
        ["register", url, file] => runtime.block_on(register(url, file)),
        ["describe", url, image_id] => runtime.block_on(describe(url, image_id)),
        _ => Err(USAGE.into()),
    }
}

async fn register(url: &str, file: &str) -> Result<Value, Box<dyn Error>> {
    let request: RegisterImageRequest = serde_json::from_str(&fs::read_to_string(file)?)?;
    let outcome = to_sdk(&request).send_with(&client(url)).await;
    support::json(&outcome).ok_or_else(|| match outcome {
        Ok(output) => format!("no image id, and no error either: {output:?}").into(),
        Err(error) => DisplayErrorContext(error).to_string().into(),
    })
}

async fn describe(url: &str, image_id: &str) -> Result<Value, Box<dyn Error>> {
    let output = client(url).describe_images().image_ids(image_id).send().await;
    let output = output.map_err(|error| DisplayErrorContext(error).to_string())?;
    let images: Vec<Value> =
        output.images().iter().map(|image| json!({ "ImageId": image.image_id(), "Name": image.name() })).collect();
    Ok(json!({ "Images": images }))
}

fn client(url: &str) -> aws_sdk_ec2::Client {
    support::client(url, Builder::new().build_http())
}
