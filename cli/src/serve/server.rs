//! From a connection to its response, with what goes wrong on the way.

use std::io::{self, Write as _, stdout};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ec2_register_image::response::{ErrorEntry, ServiceError};
use ec2_register_image::wire::{Body, gateway, query, xml};
use ec2_register_image::{RegisterImageRequest, RegisterImageResponse};
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::sleep};

use super::Failure;
use super::account::Account;
use super::errors::{DENIED, GATEWAY, INTERNAL, NO_ACTION, THROTTLED, dry_run_passed};
use super::faults::{Fault, Faults};
use super::region::region_of;
use super::stream::{Cut, SharedCut, Stream};
use super::xml::{Form, success};

/// The longest body that is kept. It is longer than what the decoders accept, so that they report the length.
const KEPT: usize = 4 << 20;

#[derive(Default)]
pub struct Server {
    pub account: Account,
    pub faults: Faults,
    requests: u64,
}

/// A request, with what it takes to answer it.
struct Call {
    request: Request<Vec<u8>>,
    is_gateway: bool,
    form: Form,
    action: String,
    /// The Region that the request names.
    region: Option<String>,
    id: String,
    /// The ID of the image, if the request registers one.
    image_id: String,
    fault: Fault,
    is_denied: bool,
}

/// Answers the one request of a connection.
pub async fn serve(server: Arc<Mutex<Server>>, stream: TcpStream) -> Result<(), Failure> {
    let cut = SharedCut::default();
    let stream = TokioIo::new(Stream::new(stream, Arc::clone(&cut)));
    let service = service_fn(|request| {
        // A task of its own, so that what was to happen also happens if the client has gone.
        let answer = tokio::spawn(read_and_answer(Arc::clone(&server), request, Arc::clone(&cut)));
        async { answer.await.map_err(io::Error::other)?.map_err(io::Error::other) }
    });
    let served = http1::Builder::new().keep_alive(false).half_close(true).serve_connection(stream, service).await;
    // A response that was cut is an error to the HTTP server.
    if cut.get().is_some() { Ok(()) } else { Ok(served?) }
}

async fn read_and_answer(
    server: Arc<Mutex<Server>>,
    request: Request<Incoming>,
    cut: SharedCut,
) -> Result<Response<Full<Bytes>>, Failure> {
    let (head, mut incoming) = request.into_parts();
    let mut body = Vec::new();
    while let Some(frame) = incoming.frame().await {
        match frame?.into_data() {
            Ok(data) if body.len() <= KEPT => body.extend_from_slice(&data),
            // The rest is read and dropped, because many clients read no response before they have sent everything.
            _ => {}
        }
    }
    let response = answer(&server, Request::from_parts(head, body), &cut).await?;
    Ok(response.map(|body| Full::new(body.into_bytes().into())))
}

async fn answer(server: &Mutex<Server>, request: Request<Vec<u8>>, cut: &SharedCut) -> Result<Response<Body>, Failure> {
    let lock = || server.lock().unwrap_or_else(PoisonError::into_inner);
    let call = lock().call(request);
    let wait = |kind| sleep(Duration::from_millis(call.fault.number(kind).into()));
    let failed = || INTERNAL.because("An internal error has occurred");
    wait("delay").await;
    if call.fault.is("drop-before") {
        call.log("-", "-");
        let _ = cut.set(Cut::All);
        return Ok(Response::new(Body::from(String::new())));
    }
    let answer = match &call.fault {
        fault if fault.is("throttle") => Err(THROTTLED.because("Request limit exceeded.")),
        fault if fault.is("500") => Err(failed()),
        fault if fault.is("500-after") => lock().answer(&call).and_then(|_| Err(failed())),
        _ => lock().answer(&call),
    };
    wait("late").await;
    let (response, code) = match answer {
        Ok(response) => (response, "-".to_owned()),
        Err(error) => call.refuse(error)?,
    };
    call.log(response.status().as_str(), &code);
    if call.fault.is("drop-after") {
        let _ = cut.set(Cut::All);
    } else if call.fault.is("cut") {
        let _ = cut.set(Cut::Body(response.body().len() / 2));
    }
    Ok(response)
}

impl Server {
    /// Gives a request its IDs and the fault that is next.
    fn call(&mut self, request: Request<Vec<u8>>) -> Call {
        let content_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes());
        let is_gateway = content_type.is_some_and(|value| value.starts_with(gateway::CONTENT_TYPE.as_bytes()));
        let form = Form::of(&request);
        let stated = form.list("Action").first().copied().unwrap_or("-");
        let action = if is_gateway { "RegisterImage" } else { stated }.to_owned();
        let (region, fault) = (region_of(&request, &form), self.faults.next_for(&action));
        self.requests += 1;
        let id = format!("00000000-0000-4000-8000-{:012x}", self.requests);
        let image_id = format!("ami-{:017x}", self.requests);
        let is_denied = self.faults.denies(&action);
        Call { request, is_gateway, form, action, region, id, image_id, fault, is_denied }
    }

    fn answer(&mut self, call: &Call) -> Result<Response<Body>, Failure> {
        if call.is_denied {
            return Err(DENIED.because("You are not authorized to perform this operation."));
        }
        if call.action == "RegisterImage" {
            let request = call.decode()?;
            let created = self.account.region(call.region.clone()).register(request, &call.image_id, &call.fault)?;
            let mut image = RegisterImageResponse::new(&*call.image_id);
            image.created_at = Some(created);
            image.request_id = Some(call.id.clone());
            let answer = image.into();
            return Ok(if call.is_gateway {
                gateway::encode_response(&answer)?
            } else {
                xml::encode_response(&answer)?
            });
        }
        let (region, form, fault) = (self.account.region(call.region.clone()), &call.form, &call.fault);
        let is_dry_run = form.list("DryRun") == ["true"];
        let members = match &*call.action {
            _ if is_dry_run => return Err(dry_run_passed()),
            "DescribeImages" => region.describe_images(form, fault)?,
            "DescribeSnapshots" => region.describe_snapshots(form, fault)?,
            "DescribeSnapshotAttribute" => region.describe_snapshot_attribute(form)?,
            "DeregisterImage" => region.deregister(form)?,
            "GetEbsEncryptionByDefault" => region.encryption_by_default(),
            "GetEbsDefaultKmsKeyId" => region.default_key(),
            other => {
                return Err(NO_ACTION.because(format!("The action {other} is not valid for this web service.")));
            }
        };
        Ok(success(&call.action, &call.id, &members)?)
    }
}

impl Call {
    fn decode(&self) -> Result<RegisterImageRequest, Failure> {
        if self.is_gateway {
            let read = gateway::decode_request(&self.request);
            return read.map_err(|error| GATEWAY.with_status(error.status(), error));
        }
        let read = query::decode_request(&self.request).map(|decoded| decoded.request);
        read.map_err(|error| error.refusal().into())
    }

    /// The response for an error, and its code.
    fn refuse(&self, error: Failure) -> Result<(Response<Body>, String), Failure> {
        let error = error.downcast::<ServiceError>()?.with_request_id(&self.id);
        let code = error.code().to_string();
        if self.is_gateway {
            return Ok((gateway::encode_error_response(&error)?, code));
        }
        // EC2's words repeat a value, which may hold what XML cannot carry.
        let bare = ServiceError::new(error.status(), ErrorEntry::new(&*code)).with_request_id(&self.id);
        Ok((xml::encode_error_response(&error).or_else(|_| xml::encode_error_response(&bare))?, code))
    }

    fn log(&self, status: &str, code: &str) {
        let subject = ["Name", "ImageId", "SnapshotId"].map(|name| self.form.list(name)).concat().join(" ");
        // A reader that has gone must not change what clients get.
        let _ = writeln!(stdout(), "{} {subject:?} {status} {code} {}", self.action, self.fault.0);
    }
}
