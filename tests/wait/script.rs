//! Waiters over scripted responses.

use std::io;
use std::time::Duration;

use ec2_register_image::Endpoint;
use ec2_register_image::machine::{Failure, Machine, Purpose, RequestInfo};
use ec2_register_image::wire::Body;
use http::{Request, Response};

pub const IMAGE: &str = "ami-0a1b2c3d4e5f60718";
pub const SNAPSHOT: &str = "snap-0a1b2c3d4e5f60718";
pub const OTHER: &str = "snap-0a1b2c3d4e5f60719";

pub type Sent = Result<Response<String>, Failure<io::Error>>;

pub fn endpoint() -> Endpoint {
    Endpoint::from_region("eu-central-1").unwrap()
}

pub fn images(items: &str) -> Sent {
    Ok(Response::new(format!("<DescribeImagesResponse><imagesSet>{items}</imagesSet></DescribeImagesResponse>")))
}

pub fn item(id: &str, state: &str) -> String {
    format!("<item><imageId>{id}</imageId><imageState>{state}</imageState></item>")
}

pub fn state(state: &str) -> Sent {
    images(&item(IMAGE, state))
}

pub fn snapshots(items: &[(&str, &str, &str)]) -> Sent {
    snapshot_page(items, "")
}

pub fn snapshot_page(items: &[(&str, &str, &str)], token: &str) -> Sent {
    let item = |(id, state, progress): &(&str, &str, &str)| {
        format!("<item><snapshotId>{id}</snapshotId><status>{state}</status><progress>{progress}</progress></item>")
    };
    let items: String = items.iter().map(item).collect();
    Ok(Response::new(format!(
        "<DescribeSnapshotsResponse><snapshotSet>{items}</snapshotSet><nextToken>{token}</nextToken>\
         </DescribeSnapshotsResponse>"
    )))
}

pub fn error(status: u16, code: &str) -> Sent {
    let error = format!("<Error><Code>{code}</Code><Message>No.</Message></Error>");
    let body = format!("<Response><Errors>{error}</Errors></Response>");
    Ok(Response::builder().status(status).body(body).unwrap())
}

pub fn throttled() -> Sent {
    error(503, "RequestLimitExceeded")
}

pub fn lost() -> Sent {
    Err(Failure::Unclear(io::ErrorKind::TimedOut.into()))
}

pub fn expired() -> Sent {
    Err(Failure::Permanent(io::Error::other("the credentials are expired")))
}

/// Runs a waiter over these responses, the last one again and again: its outcome, the bodies that it sent, and its waits
/// in seconds.
pub fn run<M: Machine>(mut waiter: M, said: Vec<Sent>) -> (M::Outcome, Vec<String>, Vec<f64>) {
    let (mut sent, mut waits) = (Vec::new(), Vec::new());
    let send = |request: Request<Body>| {
        let info = request.extensions().get::<RequestInfo>().unwrap();
        assert_eq!((info.purpose, usize::try_from(info.attempt).unwrap()), (Purpose::Wait, sent.len() + 1));
        sent.push(request.body().as_str().to_owned());
        let at = (sent.len() - 1).min(said.len() - 1);
        match &said[at] {
            Ok(response) => Ok(response.clone()),
            Err(Failure::Unclear(error)) => Err(Failure::Unclear(error.kind().into())),
            Err(Failure::NotSent(error)) => Err(Failure::NotSent(error.kind().into())),
            Err(Failure::Permanent(error)) => Err(Failure::Permanent(io::Error::other(error.to_string()))),
        }
    };
    let outcome = waiter.run(send, |wait: Duration| waits.push(wait.as_secs_f64()), || 1.0);
    (outcome, sent, waits)
}
