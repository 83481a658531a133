//! The call's requests through `reqwest`, which is async. To copy: this file, `reqwest`, `http` and `tokio` as the runtime.
//!
//! What fails while a connection is made has sent nothing: a look-up, a refusal, a TLS handshake, all of which
//! `is_connect` tells. A timeout of the whole request is none of these, even if it strikes there, so that connecting has
//! a timeout of its own, which strikes first. Whatever else fails is unclear.

use std::{error::Error, time::Duration};

use ec2_register_image::{machine::Failure, wire::Body};
use http::{Request, Response};
use reqwest::{Client, redirect, retry};

type BoxError = Box<dyn Error + Send + Sync>;

/// The most bytes of an answer that are read. An answer of EC2 has a few thousand.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// A client whose requests may take so long altogether, and half of it until there is a connection.
pub fn client(timeout: Duration) -> reqwest::Result<Client> {
    Client::builder()
        // A redirect is no answer of EC2, and its target was not signed for.
        .redirect(redirect::Policy::none())
        // To send again is for the call to decide.
        .retry(retry::never())
        .timeout(timeout)
        .connect_timeout(timeout / 2)
        // A connection kept over a wait may be dead, which is only found out by sending.
        .pool_max_idle_per_host(0)
        .build()
}

/// Sends the request once and collects the answer, whatever its status.
pub async fn send(client: &Client, request: Request<Body>) -> Result<Response<Vec<u8>>, Failure<BoxError>> {
    let request = request.map(Body::into_bytes).try_into().map_err(failure)?;
    let mut response = client.execute(request).await.map_err(failure)?;
    let mut answer = Response::new(Vec::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = response.headers().clone();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        answer.body_mut().extend_from_slice(&chunk);
        if answer.body().len() > ANSWER_LIMIT {
            return Err(Failure::Unclear("the answer does not end".into()));
        }
    }
    Ok(answer)
}

fn failure(error: reqwest::Error) -> Failure<BoxError> {
    // A builder's error is a URL that no request can be made of.
    let before = error.is_builder() || error.is_connect();
    if before { Failure::NotSent(error.into()) } else { Failure::Unclear(error.into()) }
}
