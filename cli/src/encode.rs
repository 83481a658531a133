//! `encode [--unchecked] [--as body|http|curl|gateway] [--region R] [--fips] [--dual-stack] [--endpoint-url URL] [FILE]`
//!
//! Reads a request as the AWS CLI's `--cli-input-json` takes it, from FILE or, where that is missing or `-`, from
//! standard input, and prints what would be sent:
//!
//! - `body` (the default): the form body; needs no endpoint.
//! - `http`: method and URL, `host`, `content-type`, `content-length`, an empty line, the body.
//! - `curl`: a command that can be pasted; curl signs it with the keys of the shell's environment.
//! - `gateway`: the JSON gateway's request, in the form of `http`.
//!
//! Exits with 0; with 1 where the request is not valid, with the report on standard error; with 2 where it cannot be
//! read or the endpoint cannot be, with the reason on standard error. `--unchecked` leaves validation out.

use std::io::{self, Write};
use std::{error::Error, process::ExitCode};

use ec2_register_image::wire::{Body, gateway, query};
use ec2_register_image::{Endpoint, RegisterImageRequest};
use url::Url;

use crate::arguments::{Arguments, read_input, set_file};

const USAGE: &str = "\
usage: ec2-register-image encode [--unchecked] [--as body|http|curl|gateway] [--region R] [--fips] [--dual-stack] [--endpoint-url URL] [FILE]

Prints what would be sent for a request of RegisterImage in the AWS CLI's JSON; a FILE of `-`, or none, is standard
input.

  --as FORM           body (the default): the form body alone, which needs no endpoint
                      http: method and URL, headers, an empty line, the body
                      curl: a command to paste; curl signs it with the keys of the shell's environment
                      gateway: the JSON gateway's request, in the form of http
  --region R          the region of the endpoint, such as us-east-1
  --fips              use the FIPS endpoint
  --dual-stack        use the dual-stack endpoint
  --endpoint-url URL  use this URL instead
  --unchecked         do not validate

Exits with 0, with 1 where the request is not valid, with 2 where request or endpoint are of no use.";

#[derive(Default)]
struct Options {
    help: bool,
    unchecked: bool,
    form: Form,
    region: Option<String>,
    fips: bool,
    dual_stack: bool,
    endpoint_url: Option<String>,
    file: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Form {
    #[default]
    Body,
    Http,
    Curl,
    Gateway,
}

impl Options {
    fn parse(mut arguments: Arguments) -> Result<Self, Box<dyn Error>> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => options.help = true,
                "--unchecked" => options.unchecked = true,
                "--fips" => options.fips = true,
                "--dual-stack" => options.dual_stack = true,
                "--region" => options.region = Some(arguments.value_of(&argument)?),
                "--endpoint-url" => options.endpoint_url = Some(arguments.value_of(&argument)?),
                "--as" => {
                    options.form = match arguments.value_of(&argument)?.as_str() {
                        "body" => Form::Body,
                        "http" => Form::Http,
                        "curl" => Form::Curl,
                        "gateway" => Form::Gateway,
                        other => return Err(format!("--as takes body, http, curl or gateway, not {other:?}").into()),
                    }
                }
                _ => set_file(&mut options.file, argument)?,
            }
        }
        Ok(options)
    }

    fn endpoint(&self) -> Result<Endpoint, Box<dyn Error>> {
        let mut builder = Endpoint::builder().use_fips(self.fips).use_dual_stack(self.dual_stack);
        if let Some(region) = &self.region {
            builder = builder.region(region);
        }
        if let Some(url) = &self.endpoint_url {
            builder = builder.url(url);
        }
        Ok(builder.resolve()?)
    }
}

pub fn main(arguments: Arguments) -> ExitCode {
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("encode: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let options = Options::parse(arguments)?;
    if options.help {
        writeln!(out, "{USAGE}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let endpoint = match options.form {
        Form::Body => None,
        _ => Some(options.endpoint()?),
    };
    let request: RegisterImageRequest = serde_json::from_slice(&read_input(options.file.as_deref())?)?;
    if !options.unchecked {
        let report = request.check();
        if !report.is_valid() {
            eprintln!("{report}");
            return Ok(ExitCode::from(1));
        }
    }
    let body = query::encode_body_unchecked(&request);
    match (options.form, endpoint) {
        (Form::Curl, Some(endpoint)) => print_curl(&mut out, &endpoint, &body)?,
        (Form::Gateway, Some(endpoint)) => {
            let body = gateway::encode_body_unchecked(&request);
            print_http(&mut out, endpoint.gateway_url(), endpoint.host(), gateway::CONTENT_TYPE, &body)?;
        }
        (_, Some(endpoint)) => print_http(&mut out, endpoint.url(), endpoint.host(), query::CONTENT_TYPE, &body)?,
        (_, None) => writeln!(out, "{}", body.as_str())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn print_http(out: &mut impl Write, url: &Url, host: &str, content_type: &str, body: &Body) -> io::Result<()> {
    writeln!(out, "POST {url}")?;
    writeln!(out, "host: {host}")?;
    writeln!(out, "content-type: {content_type}")?;
    writeln!(out, "content-length: {}", body.len())?;
    if content_type == gateway::CONTENT_TYPE {
        writeln!(out, "accept: {content_type}")?;
    }
    writeln!(out, "\n{}", body.as_str())
}

fn print_curl(out: &mut impl Write, endpoint: &Endpoint, body: &Body) -> Result<(), Box<dyn Error>> {
    let region = endpoint.region().ok_or("--as curl needs --region, which the signature names")?;
    writeln!(out, "curl --silent --show-error \\")?;
    writeln!(out, "  --aws-sigv4 'aws:amz:{region}:ec2' --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \\")?;
    writeln!(out, "  ${{AWS_SESSION_TOKEN:+--header \"x-amz-security-token: $AWS_SESSION_TOKEN\"}} \\")?;
    writeln!(out, "  --header 'content-type: {}' \\", query::CONTENT_TYPE)?;
    // The body is percent-encoded and holds no quote; the path of a URL may.
    writeln!(out, "  --data-binary '{}' \\", body.as_str())?;
    writeln!(out, "  '{}'", endpoint.url().as_str().replace('\'', r"'\''"))?;
    Ok(())
}
