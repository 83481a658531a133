//! The official SDK beside `ec2-register-image`: conversions between their types, and a client for emulators.

pub mod convert;

use aws_sdk_ec2::config::{
    BehaviorVersion, Config, Credentials, HttpClient, Region, http::HttpResponse, retry::RetryConfig,
};
use aws_sdk_ec2::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::operation::register_image::{RegisterImageError, RegisterImageOutput};
use serde_json::{Value, json};

/// What the SDK makes of an answer.
pub type Outcome = Result<RegisterImageOutput, SdkError<RegisterImageError, HttpResponse>>;

/// A client of an emulator, which checks no credentials. It sends a request once.
#[must_use]
pub fn client(endpoint_url: &str, http: impl HttpClient + 'static) -> aws_sdk_ec2::Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint_url)
        .credentials_provider(Credentials::new("emulator", "emulator", None, None, "dummy"))
        .retry_config(RetryConfig::disabled())
        .http_client(http)
        .build();
    aws_sdk_ec2::Client::from_conf(config)
}

/// The outcome as the library's example `decode` prints it; a dry run that passed is an error to the SDK. `None` where
/// the SDK found neither an image id nor an error code.
#[must_use]
pub fn json(outcome: &Outcome) -> Option<Value> {
    match outcome {
        Ok(output) => {
            let image = convert::response(output)?;
            Some(json!({ "ImageId": image.image_id, "RequestId": image.request_id }))
        }
        Err(error) => Some(json!({ "Error": {
            "Code": error.code()?,
            "Message": error.message(),
            "RequestId": error.request_id(),
            "Status": error.raw_response()?.status().as_u16(),
        }})),
    }
}
