//! What the library leaves to others: signatures and sockets.

use std::{error::Error, io, time::Duration, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{self, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use ec2_register_image::{Region, wire::Body};
use http::{Request, Response};
use ureq::Agent;

use crate::{Failure, variable};

/// How long a call may take altogether.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The most bytes of an answer that are read. An answer of EC2 has a few hundred.
const ANSWER_LIMIT: u64 = 1024 * 1024;

/// Adds Signature Version 4 for the service `ec2`, with the credentials of the environment.
pub fn sign(mut request: Request<Body>, region: Option<&Region>) -> Result<Request<Body>, Box<dyn Error>> {
    let region = region.ok_or("no region to sign for: pass --region beside --endpoint-url")?;
    let secret = |name| variable(name).ok_or_else(|| format!("no credentials: {name} is not set"));
    let identity = Credentials::new(
        secret("AWS_ACCESS_KEY_ID")?,
        secret("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    )
    .into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region.as_str())
        .name("ec2")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let signable = SignableRequest::new(
        request.method().as_str(),
        request.uri().to_string(),
        request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))),
        SignableBody::Bytes(request.body().as_ref()),
    )?;
    let (instructions, _) = http_request::sign(signable, &parameters)?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}

/// Sends the request once and collects the answer, whatever its status.
///
/// There is no second attempt: RegisterImage has no client token, so a repeated request is not known to be the same.
pub fn send(request: Request<Body>) -> Result<Response<Vec<u8>>, Failure> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        // A redirect is no answer of EC2, and its target was not signed for.
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .build()
        .into();
    let response = agent.run(request.map(Body::into_bytes)).map_err(failure)?;
    let (parts, mut body) = response.into_parts();
    let body = body.with_config().limit(ANSWER_LIMIT).read_to_vec().map_err(failure)?;
    Ok(Response::from_parts(parts, body))
}

/// Only what surely happened before the first byte left is known to have changed nothing. A failed look-up of the host is
/// not among it: the client reports it as any other input or output that failed.
fn failure(error: ureq::Error) -> Failure {
    let before_sending = match &error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::TlsRequired => true,
        ureq::Error::Timeout(phase) => matches!(phase, ureq::Timeout::Resolve | ureq::Timeout::Connect),
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        _ => false,
    };
    if before_sending { Failure::NotSent(error.into()) } else { Failure::Unclear(error.into()) }
}
