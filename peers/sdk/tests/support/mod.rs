//! An HTTP client without a network.

use std::sync::{Arc, Mutex};

use aws_sdk_ec2::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use ec2_register_image::RegisterImageRequest;
use http::Response;
use sdk::{Outcome, convert};
use tokio::runtime::Runtime;

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

/// The body that the SDK sends for this request, and what it makes of the answer.
pub fn exchange(runtime: &Runtime, request: &RegisterImageRequest, answer: Response<Vec<u8>>) -> (String, Outcome) {
    let stub = Stub { sent: Arc::default(), answer };
    let sent = Arc::clone(&stub.sent);
    let http: SharedHttpClient = http_client_fn(move |_, _| SharedHttpConnector::new(stub.clone()));
    let client = sdk::client("http://127.0.0.1:9", http);
    let outcome = runtime.block_on(convert::to_sdk(request).send_with(&client));
    let sent = std::mem::take(&mut *sent.lock().unwrap());
    (String::from_utf8(sent).unwrap(), outcome)
}

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
