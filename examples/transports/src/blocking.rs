//! The call's requests through `ureq`, which blocks. To copy: this file, `ureq` and `http`.
//!
//! What fails while a name is looked up or a connection is made, with its TLS handshake, has sent nothing. The error does
//! not tell, since an `io::Error` looks the same before and after, but the place does: the two parts of the client that do
//! it mark theirs. Whatever else fails is unclear.

use std::{error::Error, time::Duration};

use ec2_register_image::{machine::Failure, wire::Body};
use http::{Request, Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};
use ureq::{Agent, config::Config};

type BoxError = Box<dyn Error + Send + Sync>;

/// A client whose requests may take so long altogether.
pub fn client(timeout: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // A redirect is no answer of EC2, and its target was not signed for.
        .max_redirects(0)
        .timeout_global(Some(timeout))
        // A connection kept over a wait may be dead, which is only found out by sending.
        .max_idle_connections(0)
        .build();
    Agent::with_parts(config, Before(DefaultConnector::new()), Before(DefaultResolver::default()))
}

/// Sends the request once and collects the answer, whatever its status.
pub fn send(client: &Agent, request: Request<Body>) -> Result<Response<Vec<u8>>, Failure<BoxError>> {
    let failure = |error| match error {
        ureq::Error::Other(before) => Failure::NotSent(before),
        ureq::Error::TlsRequired => Failure::NotSent("https, and the client was built without TLS".into()),
        other => Failure::Unclear(other.into()),
    };
    let (parts, mut body) = client.run(request.map(Body::into_bytes)).map_err(failure)?.into_parts();
    // An answer of EC2 has a few thousand bytes.
    let body = body.with_config().limit(1024 * 1024).read_to_vec();
    Ok(Response::from_parts(parts, body.map_err(failure)?))
}

/// A part of the client whose errors are marked, by the variant that `ureq` leaves to others.
#[derive(Debug)]
struct Before<T>(T);

impl Resolver for Before<DefaultResolver> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.0.resolve(uri, config, timeout).map_err(|error| ureq::Error::Other(error.into()))
    }
}

impl Connector for Before<DefaultConnector> {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, ureq::Error> {
        self.0.connect(details, chained).map_err(|error| ureq::Error::Other(error.into()))
    }
}
