//! Clients of the SDK: for emulators, and without a network.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

use std::sync::{Arc, Mutex};

use aws_sdk_ec2::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ec2::config::{BehaviorVersion, Config, Credentials, HttpClient, Region, retry::RetryConfig};
use aws_sdk_ec2::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::operation::register_image::{RegisterImageError, RegisterImageOutput};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use ec2_register_image::RegisterImageRequest;
use ec2_register_image_sdk::to_sdk;
use http::Response;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// What the SDK makes of a response.
pub type Outcome = Result<RegisterImageOutput, SdkError<RegisterImageError, HttpResponse>>;

/// A client of an emulator, which checks no credentials. It sends a request once.
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

/// The outcome in the JSON of the command `decode`; a dry run that passed is an error to the SDK. `None` if the SDK found
/// neither an image ID nor an error code.
pub fn json(outcome: &Outcome) -> Option<Value> {
    match outcome {
        Ok(output) => {
            let image = ec2_register_image_sdk::response(output)?;
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

/// Keeps the body that it should have sent, and gives the answer that it was made with.
#[derive(Clone, Debug)]
struct Stub {
    sent: Arc<Mutex<Vec<u8>>>,
    answer: Response<Vec<u8>>,
}

impl HttpConnector for Stub {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        *self.sent.lock().unwrap() = request.body().bytes().expect("a body in memory").to_vec();
        let answer = self.answer.clone().map(Into::into);
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(answer).unwrap()))
    }
}

/// A client that gets this response, and the body of the last request that it sent.
pub fn stub(answer: Response<Vec<u8>>) -> (aws_sdk_ec2::Client, Arc<Mutex<Vec<u8>>>) {
    let stub = Stub { sent: Arc::default(), answer };
    let sent = Arc::clone(&stub.sent);
    let http: SharedHttpClient = http_client_fn(move |_, _| SharedHttpConnector::new(stub.clone()));
    (client("http://127.0.0.1:9", http), sent)
}

/// The body that the SDK sends for this request, and what it makes of the response.
pub fn exchange(runtime: &Runtime, request: &RegisterImageRequest, answer: Response<Vec<u8>>) -> (String, Outcome) {
    let (client, sent) = stub(answer);
    let outcome = runtime.block_on(to_sdk(request).send_with(&client));
    let sent = std::mem::take(&mut *sent.lock().unwrap());
    (String::from_utf8(sent).unwrap(), outcome)
}

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
