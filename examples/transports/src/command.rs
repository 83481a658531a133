//! What both command lines share: options, a line a step, the outcome as JSON.

use std::{error::Error, process::ExitCode, time::Duration};

use ec2_register_image::call::{Call, Cause, Failure, Outcome, RetryConfig};
use ec2_register_image::wire::Body;
use ec2_register_image::{Endpoint, RegisterImageError, RegisterImageRequest};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::sign::{Signer, variable};
use crate::support::{Arguments, read_input, set_file};

const OPTIONS: &str = "\
[--endpoint-url URL] [--region REGION] [--marker KEY] [--attempts N] [--timeout SECONDS] [--dry-run] [FILE]

Registers the image that FILE describes, in the JSON of `aws ec2 register-image --cli-input-json`. Without FILE, or
where it is `-`, reads stdin. Sends again what failed in passing, and finds out whose image has the name where an answer
was lost.

  --region REGION    default: AWS_REGION, else AWS_DEFAULT_REGION
  --endpoint-url URL default: the Region's own
  --marker KEY       the tag of the request whose value no other request has, so that it proves whose an image is
  --attempts N       of RegisterImage, and as many of a look-up; default: 3
  --timeout SECONDS  of each attempt; default: 60
  --dry-run          asks whether it would succeed

Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN.

On stderr a line a step. On stdout one JSON object:
  Outcome            registered, recovered, already-there, dry-run-passed, refused or gave-up
  ImageId            of the image that has the name, where it is known
  Likeness           already-there: same, different or unclear
  Differences        already-there: the members that differ
  Effect             gave-up: none, or maybe, where an image may have been registered
  Error              refused and gave-up: Code, Message, RequestId, Status; or Message alone

Status: 0 registered, recovered, or a dry run that passed; 1 another outcome; 2 nothing was sent, for the reason on stderr.";

type BoxError = Box<dyn Error + Send + Sync>;

/// A call, who signs it, and how long an attempt may take.
type Prepared = (Call, Signer, Duration);

/// Runs one of the command lines, which differ in how the call is made.
pub fn main(name: &str, make: impl FnOnce(Call, Signer, Duration) -> Result<Outcome, Box<dyn Error>>) -> ExitCode {
    let outcome = match prepare() {
        Ok(Some((call, signer, timeout))) => make(call, signer, timeout),
        Ok(None) => {
            println!("usage: {name} {OPTIONS}");
            return ExitCode::SUCCESS;
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(outcome) => {
            eprintln!("{outcome}");
            println!("{}", outcome_json(&outcome));
            match outcome {
                Outcome::Registered(_) | Outcome::Recovered(_) | Outcome::DryRunPassed(_) => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("{name}: nothing was sent: {error}");
            ExitCode::from(2)
        }
    }
}

/// All that can fail before anything is sent; none where only help is wanted.
fn prepare() -> Result<Option<Prepared>, Box<dyn Error>> {
    let mut endpoint = Endpoint::builder();
    if let Some(region) = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")) {
        endpoint = endpoint.region(region);
    }
    let (mut retry, mut timeout) = (RetryConfig::standard(), Duration::from_secs(60));
    let (mut marker, mut dry_run, mut file) = (None, false, None);
    let mut arguments = Arguments::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--region" => endpoint = endpoint.region(arguments.value_of("--region")?),
            "--endpoint-url" => endpoint = endpoint.url(arguments.value_of("--endpoint-url")?),
            "--marker" => marker = Some(arguments.value_of("--marker")?),
            "--attempts" => {
                let attempts = arguments.value_of("--attempts")?.parse().map_err(|_| "--attempts takes a number")?;
                retry = retry.with_max_attempts(attempts);
            }
            "--timeout" => timeout = seconds(&arguments.value_of("--timeout")?)?,
            "--dry-run" => dry_run = true,
            "--help" | "-h" => return Ok(None),
            _ => set_file(&mut file, argument)?,
        }
    }

    let mut request: RegisterImageRequest = serde_json::from_slice(&read_input(file.as_deref())?)?;
    if dry_run {
        request.dry_run = Some(true);
    }
    let valid = request.validate()?;
    for warning in valid.warnings() {
        eprintln!("{warning}");
    }
    let endpoint = endpoint.resolve()?;
    let signer = Signer::of_environment(endpoint.region())?;
    let mut call = Call::new(valid, endpoint).retry_config(retry);
    if let Some(key) = marker {
        call = call.marker(&key)?;
    }
    Ok(Some((call, signer, timeout)))
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|duration| !duration.is_zero()).ok_or("--timeout takes seconds, more than 0")
}

/// The line of a request: what it asks and what came of it, never its body, which may hold a secret.
pub struct Log {
    action: String,
}

impl Log {
    pub fn of(request: &Request<Body>) -> Self {
        let action = request.body().as_str().split('&').find_map(|pair| pair.strip_prefix("Action="));
        Self { action: action.unwrap_or("?").to_owned() }
    }

    /// Prints what came of it, and passes it on.
    pub fn answer<T>(self, answer: Result<Response<T>, Failure<BoxError>>) -> Result<Response<T>, Failure<BoxError>> {
        let action = self.action;
        match &answer {
            Ok(response) => eprintln!("{action}: status {}", response.status().as_u16()),
            Err(Failure::NotSent(error)) => eprintln!("{action}: not sent: {}", chain(&**error)),
            Err(Failure::Unclear(error)) => eprintln!("{action}: unclear: {}", chain(&**error)),
        }
        answer
    }

    /// Prints that it waits.
    pub fn wait(wait: Duration) -> Duration {
        eprintln!("waiting {:.3} s", wait.as_secs_f64());
        wait
    }
}

/// An error and all that it stems from, since some clients tell the reason there alone.
fn chain(error: &(dyn Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |&error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn outcome_json(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Registered(image) => {
            json!({"Outcome": "registered", "ImageId": image.image_id, "RequestId": image.request_id})
        }
        Outcome::Recovered(image) => json!({"Outcome": "recovered", "ImageId": image.id}),
        Outcome::AlreadyThere(there) => {
            let differences = there.comparison.iter().flat_map(|comparison| comparison.differences());
            json!({
                "Outcome": "already-there",
                "ImageId": there.image_id,
                "Likeness": there.likeness(),
                "Differences": differences.map(|member| member.place.to_string()).collect::<Vec<_>>(),
            })
        }
        Outcome::DryRunPassed(passed) => json!({"Outcome": "dry-run-passed", "RequestId": passed.request_id}),
        Outcome::Refused(error) => json!({"Outcome": "refused", "Error": error_json(error)}),
        Outcome::GaveUp(gave_up) => {
            let error = match &gave_up.cause {
                Cause::Accepted(error) => error_json(error),
                Cause::Transport(error) => json!({"Message": chain(&**error)}),
                other => json!({"Message": other.to_string()}),
            };
            json!({"Outcome": "gave-up", "Effect": gave_up.effect, "Error": error})
        }
        other => json!({"Outcome": other.to_string()}),
    }
}

fn error_json(error: &RegisterImageError) -> Value {
    match error {
        RegisterImageError::Service(error) => json!({
            "Code": error.code().as_str(),
            "Message": error.message(),
            "RequestId": error.request_id(),
            "Status": error.status().as_u16(),
        }),
        unreadable => json!({"Message": unreadable.to_string(), "Status": unreadable.status().as_u16()}),
    }
}
