//! Registers an image for real: validates and encodes a request with `ec2-register-image`, signs it, sends it, and decodes
//! the answer.
//!
//! It shows how little a transport has to add to the library, and lets the library be tried against a server.

// Those of the retrying call: here they are used for one attempt.
#[path = "../../../examples/transports/src/blocking.rs"]
mod blocking;
#[path = "../../../examples/transports/src/sign.rs"]
mod sign;

use std::{env, error::Error, fmt, fs, io, process::ExitCode, time::Duration};

use ec2_register_image::response::ServiceError;
use ec2_register_image::{Accepted, Endpoint, RegisterImageError, RegisterImageRequest, ValidRequest, machine, wire};
use serde_json::{Value, json};

use sign::{Signer, variable};

/// How long the call may take altogether.
const TIMEOUT: Duration = Duration::from_secs(60);

const USAGE: &str = "\
usage: send [--region REGION] [--endpoint-url URL] [--fips] [--dual-stack] [--dry-run] [FILE]

Registers the image that FILE describes, in the JSON of `aws ec2 register-image --cli-input-json`.
Without FILE, or where it is `-`, reads stdin.

The region is that of --region, else AWS_REGION, else AWS_DEFAULT_REGION. Credentials are
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN.

Prints JSON. Status: 0 registered, or a dry run that would have succeeded; 1 refused by the service;
2 anything else, with the reason on stderr.";

fn main() -> ExitCode {
    let arguments = match Arguments::parse(env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match register(arguments) {
        Ok(answer) => {
            println!("{}", answer_json(&answer));
            ExitCode::SUCCESS
        }
        Err(Failure::Refused(error)) => {
            println!("{}", error_json(&error));
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Arguments {
    region: Option<String>,
    endpoint_url: Option<String>,
    fips: bool,
    dual_stack: bool,
    dry_run: bool,
    help: bool,
    file: Option<String>,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--region" => arguments.region = Some(value()?),
                "--endpoint-url" => arguments.endpoint_url = Some(value()?),
                "--fips" => arguments.fips = true,
                "--dual-stack" => arguments.dual_stack = true,
                "--dry-run" => arguments.dry_run = true,
                "--help" | "-h" => arguments.help = true,
                option if option.starts_with("--") => return Err(format!("there is no option {option}")),
                _ if arguments.file.is_some() => return Err(format!("a second file, {word}")),
                _ => arguments.file = Some(word),
            }
        }
        Ok(arguments)
    }

    fn endpoint(&self) -> Result<Endpoint, Box<dyn Error + Send + Sync>> {
        let mut endpoint = Endpoint::builder().use_fips(self.fips).use_dual_stack(self.dual_stack);
        let region = self.region.clone().or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
        if let Some(region) = region {
            endpoint = endpoint.region(region);
        }
        if let Some(url) = &self.endpoint_url {
            endpoint = endpoint.url(url);
        }
        Ok(endpoint.resolve()?)
    }

    fn request(&self) -> Result<ValidRequest, Box<dyn Error + Send + Sync>> {
        let json = match self.file.as_deref() {
            None | Some("-") => io::read_to_string(io::stdin()),
            Some(path) => fs::read_to_string(path),
        }?;
        let mut request: RegisterImageRequest = serde_json::from_str(&json)?;
        if self.dry_run {
            request.dry_run = Some(true);
        }
        Ok(request.validate()?)
    }
}

/// Why there is no answer of success. What a caller has to know is whether there may be an image nevertheless.
enum Failure {
    NotSent(Box<dyn Error + Send + Sync>),
    Refused(Box<ServiceError>),
    Unclear(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(error) => write!(f, "nothing was sent: {error}"),
            Self::Refused(error) => error.fmt(f),
            Self::Unclear(error) => write!(f, "an image may have been registered: {error}"),
        }
    }
}

fn register(arguments: Arguments) -> Result<Accepted, Failure> {
    let prepare = || {
        let endpoint = arguments.endpoint()?;
        let request = arguments.request()?;
        for warning in request.warnings() {
            eprintln!("{warning}");
        }
        Signer::of_environment(endpoint.region())?.sign(wire::query::encode_request(&request, &endpoint))
    };
    let request = prepare().map_err(Failure::NotSent)?;
    let response = blocking::send(&blocking::client(TIMEOUT), request).map_err(|failure| match failure {
        machine::Failure::NotSent(error) | machine::Failure::Permanent(error) => Failure::NotSent(error),
        machine::Failure::Unclear(error) => Failure::Unclear(error),
    })?;
    wire::xml::decode_response(&response).map_err(|error| match error {
        RegisterImageError::Service(error) => Failure::Refused(error),
        unreadable => Failure::Unclear(unreadable.into()),
    })
}

fn answer_json(answer: &Accepted) -> Value {
    let request_id = answer.request_id();
    match answer.image_id() {
        Some(image_id) => json!({"ImageId": image_id.as_str(), "RequestId": request_id}),
        None => json!({"DryRun": true, "RequestId": request_id}),
    }
}

fn error_json(error: &ServiceError) -> Value {
    json!({"Error": {
        "Code": error.code().as_str(),
        "Message": error.message(),
        "RequestId": error.request_id(),
        "Status": error.status().as_u16(),
    }})
}
