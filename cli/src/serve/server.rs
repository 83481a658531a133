//! From a connection to its answer, with what goes wrong on the way.

use std::io::{Write as _, stdout};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::{thread, time::Duration};

use ec2_register_image::response::{ErrorEntry, ServiceError};
use ec2_register_image::wire::{Body, gateway, query, xml};
use ec2_register_image::{RegisterImageRequest, RegisterImageResponse};
use http::{Request, Response, header};

use super::account::{Account, dry_run_passed, refuse};
use super::xml::{Form, element};
use super::{Failure, http1};

/// The faults that are still to come, each with the action that it is for, and as the command line has it.
type Faults = Vec<(&'static str, String)>;

pub fn faults(list: &str) -> Result<Faults, String> {
    let parse = |item: &str| {
        let (action, fault) = match item.strip_prefix("describe:") {
            Some(fault) => ("DescribeImages", fault),
            None => ("RegisterImage", item),
        };
        let is_plain = ["ok", "drop-before", "drop-after", "cut", "throttle", "500", "500-after"].contains(&fault);
        if is_plain || ["delay", "late", "hide"].iter().any(|kind| number(fault, kind).is_some()) {
            return Ok((action, fault.to_owned()));
        }
        Err(format!("there is no fault {item:?}; --help lists those that there are"))
    };
    list.split(',').map(parse).collect()
}

/// The number of a fault of this kind.
fn number(fault: &str, kind: &str) -> Option<u32> {
    fault.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()
}

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
    id: String,
    /// Of the image, if it registers one.
    image_id: String,
    fault: String,
}

pub fn serve(server: &Mutex<Server>, mut stream: TcpStream) -> Result<(), Failure> {
    let request = http1::read(&stream)?;
    let lock = || server.lock().unwrap_or_else(PoisonError::into_inner);
    let call = lock().call(request);
    let wait = |kind| thread::sleep(Duration::from_millis(number(&call.fault, kind).unwrap_or_default().into()));
    let failed = || refuse(500, "InternalError", "An internal error has occurred");
    wait("delay");
    let answer = match &*call.fault {
        "drop-before" => return call.log("-", "-"),
        "throttle" => Err(refuse(503, "RequestLimitExceeded", "Request limit exceeded.")),
        "500" => Err(failed()),
        "500-after" => lock().answer(&call).and_then(|_| Err(failed())),
        _ => lock().answer(&call),
    };
    wait("late");
    let (response, code) = match answer {
        Ok(response) => (response, "-".to_owned()),
        Err(error) => {
            let error = error.downcast::<ServiceError>()?.with_request_id(&call.id);
            (call.encode(&error)?, error.code().to_string())
        }
    };
    call.log(response.status().as_str(), &code)?;
    let length = response.body().len();
    match &*call.fault {
        "drop-after" => Ok(()),
        "cut" => Ok(http1::write(&mut stream, &response, length / 2)?),
        _ => Ok(http1::write(&mut stream, &response, length)?),
    }
}

impl Server {
    /// Gives a request its ids and the fault that is next.
    fn call(&mut self, request: Request<Vec<u8>>) -> Call {
        let content_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes());
        let is_gateway = content_type.is_some_and(|value| value.starts_with(gateway::CONTENT_TYPE.as_bytes()));
        let form = Form::of(&request);
        let stated = form.list("Action").first().copied().unwrap_or("-");
        let action = if is_gateway { "RegisterImage" } else { stated }.to_owned();
        let next = self.faults.iter().position(|(of, _)| *of == action);
        let fault = next.map_or_else(|| "ok".into(), |next| self.faults.remove(next).1);
        self.requests += 1;
        let id = format!("00000000-0000-4000-8000-{:012x}", self.requests);
        let image_id = format!("ami-{:017x}", self.requests);
        Call { request, is_gateway, form, action, id, image_id, fault }
    }

    fn answer(&mut self, call: &Call) -> Result<Response<Body>, Failure> {
        if call.action == "RegisterImage" {
            let hidden = number(&call.fault, "hide").unwrap_or_default();
            let mut image = RegisterImageResponse::new(&*call.image_id);
            image.created_at = Some(self.account.register(call.decode()?, &call.image_id, hidden)?);
            image.request_id = Some(call.id.clone());
            let answer = image.into();
            return Ok(if call.is_gateway {
                gateway::encode_response(&answer)?
            } else {
                xml::encode_response(&answer)?
            });
        }
        let unknown = |it| refuse(400, "InvalidAction", format!("The action {it} is not valid for this web service."));
        let (name, value) = match &*call.action {
            _ if call.form.list("DryRun") == ["true"] => return Err(dry_run_passed()),
            "DescribeImages" => ("imagesSet", self.account.describe_images(&call.form)?),
            "DescribeSnapshots" => ("snapshotSet", self.account.describe_snapshots(&call.form)?),
            "DeregisterImage" => ("return", self.account.deregister(&call.form.list("ImageId").concat())?),
            other => return Err(unknown(other)),
        };
        let members = element("", "requestId", &call.id.clone().into()) + &element("", name, &value);
        let root = format!("{}Response", call.action);
        let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        let body = format!("{start}<{root} xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{members}</{root}>");
        let response = Response::builder().header(header::CONTENT_TYPE, "text/xml;charset=UTF-8");
        Ok(response.header("x-amzn-requestid", &call.id).body(body.into())?)
    }
}

impl Call {
    fn decode(&self) -> Result<RegisterImageRequest, Failure> {
        if self.is_gateway {
            let read = gateway::decode_request(&self.request);
            return read.map_err(|error| refuse(error.status().as_u16(), "VALIDATION_ERROR", error));
        }
        let read = query::decode_request(&self.request).map(|decoded| decoded.request);
        read.map_err(|error| error.refusal().into())
    }

    fn encode(&self, error: &ServiceError) -> Result<Response<Body>, Failure> {
        if self.is_gateway {
            return Ok(gateway::encode_error_response(error)?);
        }
        // EC2's words repeat a value, which may hold what XML cannot.
        let bare = ServiceError::new(error.status(), ErrorEntry::new(error.code().clone())).with_request_id(&self.id);
        Ok(xml::encode_error_response(error).or_else(|_| xml::encode_error_response(&bare))?)
    }

    fn log(&self, status: &str, code: &str) -> Result<(), Failure> {
        let subject = ["Name", "ImageId", "SnapshotId"].map(|name| self.form.list(name)).concat().join(" ");
        Ok(writeln!(stdout(), "{} {subject:?} {status} {code} {}", self.action, self.fault)?)
    }
}
