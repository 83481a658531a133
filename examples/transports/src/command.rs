//! What both command lines share: options, a line a step, the outcome as JSON.

use std::{error::Error, process::ExitCode, time::Duration};

use ec2_register_image::call::{Call, Outcome, RetryConfig};
use ec2_register_image::gather::Gather;
use ec2_register_image::machine::{Failure, Machine, RequestInfo};
use ec2_register_image::types::ImageId;
use ec2_register_image::wait::{ImageOutcome, until_available};
use ec2_register_image::wire::Body;
use ec2_register_image::{Endpoint, RegisterImageRequest, Validator};
use http::{Request, Response};
use serde_json::json;

use crate::sign::{Signer, variable};
use crate::support::{Arguments, read_input, set_file};

const OPTIONS: &str = "\
[--endpoint-url URL] [--region REGION] [--marker KEY] [--attempts N] [--timeout SECONDS]
[--look-up-timeout SECONDS] [--gather] [--wait] [--wait-timeout SECONDS] [--dry-run] [FILE]

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
  --gather           first finds out what the account has, and checks the request with it
  --wait             waits until the image is available; looks once a second
  --wait-timeout SECONDS
                     for the waits of --wait; default: 600
  --dry-run          asks whether it would succeed

Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN.

On stderr a line a step. On stdout one JSON object:
  Outcome            registered, recovered, already-there, dry-run-passed, refused or gave-up; with --gather also invalid
  ImageId            of the image that has the name, where it is known; gave-up: if an error named it
  Likeness           already-there: same, different or unclear
  Marked             whether the image carries the marker tag: true, false, or null for unknown
  State              of the image, where a look-up showed it; with --wait the last one
  StateReason        with --wait: Code and Message of the reason for the state, or null
  Differences        recovered and already-there: the members that differ
  NotShown           recovered and already-there: the members that a look-up does not show
  LookUpError        why the last look-up failed, in the form of Error
  Effect             gave-up: none, or maybe, where an image may have been registered
  Error              refused and gave-up: Code, Message, RequestId, Status; or Message alone
  Findings           invalid: what the rules found, each with its `rule`; nothing was registered

Status: 0 registered, recovered, or a dry run that passed, but with --wait only an image that is available; 1 another
outcome; 2 nothing was sent, for the reason on stderr.";

type BoxError = Box<dyn Error + Send + Sync>;

/// Sends the requests of any machine over a client, and waits. One sending function serves all of them.
pub trait Driver {
    fn drive<M: Machine>(&self, machine: &mut M) -> M::Outcome;
}

/// What the command line asks for.
struct Options {
    request: RegisterImageRequest,
    endpoint: Endpoint,
    retry: RetryConfig,
    look_up_timeout: Duration,
    marker: Option<String>,
    gathers: bool,
    /// For how long to wait until the image is available.
    wait_timeout: Option<Duration>,
}

/// Runs one of the command lines, which differ in how requests are sent, within this time each.
pub fn main<D: Driver>(name: &str, make: impl FnOnce(Signer, Duration) -> Result<D, Box<dyn Error>>) -> ExitCode {
    let ended = parse().and_then(|parsed| match parsed {
        None => Ok(None),
        Some((options, timeout)) => {
            let signer = Signer::of_environment(options.endpoint.region())?;
            options.run(|| make(signer, timeout)).map(Some)
        }
    });
    match ended {
        Ok(Some((json, is_success))) => {
            println!("{json}");
            if is_success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Ok(None) => {
            println!("usage: {name} {OPTIONS}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{name}: nothing was sent: {error}");
            ExitCode::from(2)
        }
    }
}

impl Options {
    /// Carries it out: the object to print, and whether it is the success that was asked for.
    fn run<D: Driver>(
        self,
        connect: impl FnOnce() -> Result<D, Box<dyn Error>>,
    ) -> Result<(String, bool), Box<dyn Error>> {
        if !self.gathers {
            let call = self.call(&Validator::new())?;
            return Ok(self.register(call, &connect()?));
        }
        // What is wrong with the options shows before anything is sent.
        if let Some(key) = &self.marker {
            let unchecked = self.request.clone().validate().ok();
            unchecked.map(|valid| Call::new(valid, self.endpoint.clone()).marker(key)).transpose()?;
        }
        let driver = connect()?;
        let gathered =
            driver.drive(&mut Gather::new(&self.request, self.endpoint.clone()).retry_config(self.retry.clone()));
        gathered.unknown.iter().for_each(|unknown| eprintln!("unknown: {unknown}"));
        let validator = Validator::new().facts(gathered.facts);
        // An image that carries the marker is no mistake: the call finds it.
        let validator = match &self.marker {
            Some(key) => validator.marker(key),
            None => validator,
        };
        let report = validator.check(&self.request);
        if !report.is_valid() {
            report.findings().for_each(|finding| eprintln!("{finding}"));
            let findings = serde_json::to_string(&report.findings().collect::<Vec<_>>())?;
            return Ok((format!(r#"{{"Outcome":"invalid","Findings":{findings}}}"#), false));
        }
        let call = self.call(&validator)?;
        Ok(self.register(call, &driver))
    }

    fn call(&self, validator: &Validator) -> Result<Call, Box<dyn Error>> {
        let valid = validator.validate(self.request.clone())?;
        for warning in valid.warnings() {
            eprintln!("{warning}");
        }
        let call = Call::new(valid, self.endpoint.clone()).retry_config(self.retry.clone());
        let call = call.look_up_timeout(self.look_up_timeout);
        Ok(match &self.marker {
            Some(key) => call.marker(key)?,
            None => call,
        })
    }

    fn register(self, mut call: Call, driver: &impl Driver) -> (String, bool) {
        let outcome = driver.drive(&mut call);
        eprintln!("{outcome}");
        let Some(timeout) = self.wait_timeout else {
            let is_success = outcome.image_id().is_some() || matches!(outcome, Outcome::DryRunPassed(_));
            return (serde_json::to_string(&outcome).unwrap_or_default(), is_success);
        };
        let waited = outcome.image_id().map(|id| wait(id, self.endpoint, timeout, driver));
        // Without a wait, the image that has the name, where a look-up showed it.
        let image = match (&waited, &outcome) {
            (Some(waited), _) => waited.image(),
            (None, Outcome::AlreadyThere(there)) => there.image.as_ref(),
            (None, _) => None,
        };
        let mut json = json!(outcome);
        if waited.is_some() {
            json["State"] = json!(image.and_then(|image| image.state.as_ref()));
        }
        json["StateReason"] = json!(image.and_then(|image| image.state_reason.as_ref()));
        (json.to_string(), matches!(waited, Some(ImageOutcome::Available(_))))
    }
}

fn wait(id: &ImageId, endpoint: Endpoint, timeout: Duration, driver: &impl Driver) -> ImageOutcome {
    let waiter = until_available(id.clone(), endpoint).interval(Duration::from_secs(1)).timeout(timeout);
    // As long as it has time, an image that is not visible yet may become visible.
    let outcome = driver.drive(&mut waiter.not_found_timeout(timeout));
    eprintln!("{outcome}");
    outcome
}

/// The options, and how long a request may take; none where only help is wanted.
fn parse() -> Result<Option<(Options, Duration)>, Box<dyn Error>> {
    let mut endpoint = Endpoint::builder();
    if let Some(region) = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")) {
        endpoint = endpoint.region(region);
    }
    // Two waits of this length and the look-ups of a short time stay below a minute.
    let mut retry = RetryConfig::standard().with_max_backoff(Duration::from_secs(15));
    let (mut timeout, mut look_up_timeout) = (Duration::from_secs(60), Duration::from_secs(300));
    let (mut waits, mut wait_timeout) = (false, Duration::from_secs(600));
    let (mut marker, mut gathers, mut dry_run, mut file) = (None, false, false, None);
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
            "--gather" => gathers = true,
            "--wait" => waits = true,
            "--wait-timeout" => wait_timeout = seconds("--wait-timeout", &arguments.value_of("--wait-timeout")?)?,
            "--dry-run" => dry_run = true,
            "--help" | "-h" => return Ok(None),
            _ => set_file(&mut file, argument)?,
        }
    }

    let mut request: RegisterImageRequest = serde_json::from_slice(&read_input(file.as_deref())?)?;
    if dry_run {
        request.dry_run = Some(true);
    }
    let wait_timeout = waits.then_some(wait_timeout);
    let endpoint = endpoint.resolve()?;
    let options = Options { request, endpoint, retry, look_up_timeout, marker, gathers, wait_timeout };
    Ok(Some((options, timeout)))
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
