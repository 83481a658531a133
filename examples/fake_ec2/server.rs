//! From a connection to its answer, with what goes wrong on the way.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{thread, time::Duration};

use ec2_register_image::wire::{Body, gateway, query, xml};
use ec2_register_image::{Answer, DryRunPassed, ErrorCode, ErrorEntry, RegisterImageRequest, ServiceError};
use http::{Request, Response, StatusCode, header};
use serde_json::json;

use crate::account::{Account, Refusal, refuse};
use crate::faults::{Faults, number};
use crate::http1;
use crate::xml::{Form, document};

pub struct Server(Mutex<State>);

struct State {
    account: Account,
    faults: Faults,
    requests: u64,
}

/// A request, as far as it takes to answer it.
struct Call {
    action: String,
    is_gateway: bool,
    fault: String,
    request_id: String,
    /// The name or id that it is about.
    subject: String,
}

enum Said {
    Answer(Answer),
    Document(String),
}

impl Server {
    pub fn new(account: Account, faults: Faults) -> Self {
        Self(Mutex::new(State { account, faults, requests: 0 }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn serve(&self, mut stream: TcpStream) -> Result<(), Box<dyn Error>> {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let request = http1::read(&mut stream)?;
        let mut call = self.call(&request);
        let fault = call.fault.clone();
        let wait = |kind| thread::sleep(Duration::from_millis(number(&fault, kind).unwrap_or_default().into()));
        let failed = || refuse(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "An internal error has occurred");
        wait("delay");
        let said = match &*fault {
            "drop-before" => return call.log("-", "-"),
            "throttle" => {
                Err(refuse(StatusCode::SERVICE_UNAVAILABLE, "RequestLimitExceeded", "Request limit exceeded."))
            }
            "500" => Err(failed()),
            "500-after" => self.say(&mut call, &request).and_then(|_| Err(failed())),
            _ => self.say(&mut call, &request),
        };
        let code = match &said {
            Ok(Said::Answer(Answer::DryRunPassed(_))) => ErrorCode::DRY_RUN_OPERATION.to_string(),
            Ok(_) => "-".to_owned(),
            Err(error) => error.code().to_string(),
        };
        let response = call.encode(said)?;
        wait("late");
        call.log(response.status().as_str(), &code)?;
        let length = response.body().len();
        match &*fault {
            "drop-after" => Ok(()),
            "cut" => Ok(http1::write(&mut stream, &response, length / 2)?),
            _ => Ok(http1::write(&mut stream, &response, length)?),
        }
    }

    /// Gives a request its id and the fault that is next.
    fn call(&self, request: &Request<Vec<u8>>) -> Call {
        let content_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes());
        let is_gateway = content_type.is_some_and(|value| value.starts_with(gateway::CONTENT_TYPE.as_bytes()));
        let form = Form::of(request);
        let action = if is_gateway { "RegisterImage" } else { form.get("Action").unwrap_or("-") };
        let mut state = self.state();
        state.requests += 1;
        let fault = match action {
            "RegisterImage" => state.faults.register.pop_front(),
            "DescribeImages" => state.faults.describe.pop_front(),
            _ => None,
        };
        let request_id = format!("00000000-0000-4000-8000-{:012x}", state.requests);
        let fault = fault.unwrap_or_else(|| "ok".into());
        Call { action: action.into(), is_gateway, fault, request_id, subject: "-".into() }
    }

    fn say(&self, call: &mut Call, request: &Request<Vec<u8>>) -> Result<Said, Refusal> {
        if call.action == "RegisterImage" {
            let request = decode(request, call.is_gateway)?;
            call.subject = request.name.as_ref().map_or_else(|| "-".into(), |name| format!("{:?}", name.as_str()));
            let hidden = number(&call.fault, "hide").unwrap_or_default();
            return self.state().account.register(request, hidden).map(Said::Answer);
        }
        let form = Form::of(request);
        let image = form.get("ImageId").unwrap_or_default();
        let ids = [form.list("ImageId"), form.list("SnapshotId"), vec![image]].concat();
        call.subject = format!("{:?}", ids.join(" ").trim_end());
        if form.get("DryRun") == Some("true") {
            return Ok(Said::Answer(DryRunPassed::default().into()));
        }
        let (id, account) = (&call.request_id, &mut self.state().account);
        let members = match &*call.action {
            "DescribeImages" => json!({ "requestId": id, "imagesSet": account.describe_images(&form)? }),
            "DescribeSnapshots" => json!({ "requestId": id, "snapshotSet": account.describe_snapshots(&form)? }),
            "DeregisterImage" => account.deregister(image).map(|()| json!({ "requestId": id, "return": true }))?,
            action => {
                let message = format!("The action {action} is not valid for this web service.");
                return Err(refuse(StatusCode::BAD_REQUEST, "InvalidAction", message));
            }
        };
        Ok(Said::Document(document(&call.action, &members)))
    }
}

fn decode(request: &Request<Vec<u8>>, is_gateway: bool) -> Result<RegisterImageRequest, Refusal> {
    if is_gateway {
        let read = gateway::decode_request(request);
        return read.map_err(|error| refuse(error.status(), "VALIDATION_ERROR", error.to_string()));
    }
    let read = query::decode(request).map(|decoded| decoded.request);
    read.map_err(|error| refuse(error.status(), error.code().unwrap_or("InvalidRequest"), error.to_string()))
}

impl Call {
    fn encode(&self, said: Result<Said, Refusal>) -> Result<Response<Body>, Box<dyn Error>> {
        match said.map_err(|error| error.with_request_id(&self.request_id)) {
            Ok(Said::Document(document)) => {
                let response = Response::builder().header(header::CONTENT_TYPE, "text/xml;charset=UTF-8");
                Ok(response.header("x-amzn-requestid", &self.request_id).body(document.into())?)
            }
            Ok(Said::Answer(mut answer)) => {
                match &mut answer {
                    Answer::Registered(image) => image.request_id = Some(self.request_id.clone()),
                    Answer::DryRunPassed(passed) => passed.request_id = Some(self.request_id.clone()),
                    _ => {}
                }
                Ok(if self.is_gateway { gateway::encode_answer(&answer)? } else { xml::encode_answer(&answer)? })
            }
            Err(error) if self.is_gateway => Ok(gateway::encode_error(&error)?),
            Err(error) => Ok(xml::encode_error(&error).or_else(|_| {
                // EC2's words repeat a value, which may hold what XML cannot.
                let entry = ErrorEntry::new(error.code().as_str());
                xml::encode_error(&ServiceError::new(error.status(), entry).with_request_id(&self.request_id))
            })?),
        }
    }

    fn log(&self, status: &str, code: &str) -> Result<(), Box<dyn Error>> {
        Ok(writeln!(io::stdout(), "{} {} {status} {code} {}", self.action, self.subject, self.fault)?)
    }
}
