//! What both command lines share: options, a line a step, the outcome as JSON.

use std::{error::Error, process::ExitCode, time::Duration};

use ec2_register_image::call::{Call, Outcome, RetryConfig};
use ec2_register_image::machine::{Failure, RequestInfo};
use ec2_register_image::wire::Body;
use ec2_register_image::{Endpoint, RegisterImageRequest};
use http::{Request, Response};

use crate::sign::{Signer, variable};
use crate::support::{Arguments, read_input, set_file};

const OPTIONS: &str = "\
[--endpoint-url URL] [--region REGION] [--marker KEY] [--attempts N] [--timeout SECONDS]
[--look-up-timeout SECONDS] [--dry-run] [FILE]

Registers the image that FILE describes, in the JSON of `aws ec2 register-image --cli-input-json`. Without FILE, or
where it is `-`, reads stdin. Sends again what failed in passing, and finds out whose image has the name where an answer
was lost.

  --region REGION    default: AWS_REGION, else AWS_DEFAULT_REGION
  --endpoint-url URL default: the Region's own
  --marker KEY       the tag of the request that proves the origin of an image; its value must be unique per image
  --attempts N       of RegisterImage; default: 3
  --timeout SECONDS  of each request; default: 60
  --look-up-timeout SECONDS
                     for all waits between look-ups; default: 300
  --dry-run          asks whether it would succeed

Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN.

On stderr a line a step. On stdout one JSON object:
  Outcome            registered, recovered, already-there, dry-run-passed, refused or gave-up
  ImageId            of the image that has the name, where it is known; gave-up: if an error named it
  Likeness           already-there: same, different or unclear
  Marked             whether the image carries the marker tag: true, false, or null for unknown
  State              of the image, where a look-up showed it
  Differences        recovered and already-there: the members that differ
  NotShown           recovered and already-there: the members that a look-up does not show
  LookUpError        why the last look-up failed, in the form of Error
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
            match serde_json::to_string(&outcome) {
                Ok(json) => println!("{json}"),
                Err(error) => eprintln!("{name}: {error}"),
            }
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
    // Two waits of this length and the look-ups of a short time stay below a minute.
    let mut retry = RetryConfig::standard().with_max_backoff(Duration::from_secs(15));
    let (mut timeout, mut look_up_timeout) = (Duration::from_secs(60), Duration::from_secs(300));
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
            "--timeout" => timeout = seconds("--timeout", &arguments.value_of("--timeout")?)?,
            "--look-up-timeout" => {
                let value = arguments.value_of("--look-up-timeout")?;
                look_up_timeout = seconds("--look-up-timeout", &value)?;
            }
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
    let mut call = Call::new(valid, endpoint).retry_config(retry).look_up_timeout(look_up_timeout);
    if let Some(key) = marker {
        call = call.marker(&key)?;
    }
    Ok(Some((call, signer, timeout)))
}

fn seconds(option: &str, text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|duration| !duration.is_zero()).ok_or_else(|| format!("{option} takes seconds, more than 0"))
}

/// The line of a request: what it asks and what came of it, never its body, which may hold a secret.
pub struct Log {
    action: &'static str,
}

impl Log {
    pub fn of(request: &Request<Body>) -> Self {
        let info = request.extensions().get::<RequestInfo>();
        Self { action: info.map_or("?", |info| info.action.as_str()) }
    }

    /// Prints what came of it, and passes it on.
    pub fn answer<T>(self, answer: Result<Response<T>, Failure<BoxError>>) -> Result<Response<T>, Failure<BoxError>> {
        let action = self.action;
        match &answer {
            Ok(response) => eprintln!("{action}: status {}", response.status().as_u16()),
            Err(Failure::NotSent(error)) => eprintln!("{action}: not sent: {}", chain(&**error)),
            Err(Failure::Permanent(error)) => eprintln!("{action}: not sent, for good: {}", chain(&**error)),
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
