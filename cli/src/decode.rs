//! `decode response --status N [--from query|gateway] [FILE]`, `decode request [FILE]`
//!
//! Reads the body of an answer, from FILE or, where that is missing or `-`, from standard input, and prints JSON: the
//! image (exit 0), a passed dry run (exit 0) or the service's error (exit 1), with its class, whether to retry, whether an
//! image may exist all the same, what the message carries, what to do, and the rules that would have told of it. Where the
//! answer cannot be read, the reason and the place stand on standard error (exit 2).
//!
//! Or reads the body of a request in the query protocol, and prints it as the AWS CLI's JSON (exit 0). What was set aside,
//! and what is irregular, is noted on standard error. Where the body cannot be read, place, member and reason stand there
//! (exit 2). A newline at its end is a shell's, and no part of the body.

use std::io::{self, Write as _};
use std::{error::Error, process::ExitCode};

use ec2_register_image::rules;
use ec2_register_image::wire::query::Strictness;
use ec2_register_image::wire::{gateway, query, xml};
use ec2_register_image::{Accepted, RegisterImageError};
use http::{Response, StatusCode};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::arguments::{Arguments, read_input, set_file};

const USAGE: &str = "\
usage: ec2-register-image decode response --status N [--from query|gateway] [FILE]
       ec2-register-image decode request [--lenient] [FILE]

Prints the body of an answer, or of a request in the query protocol, as JSON; a FILE of `-`, or none, is standard input.

  --status N            the HTTP status of the answer
  --from query|gateway  whose answer it is: EC2's XML, the default, or the gateway's JSON
  --lenient             also accept lists that count from 0, and API versions since 2014-06-15

Exits with 0, with 1 where the answer is an error, with 2 where something could not be read.";

pub fn main(arguments: Arguments) -> ExitCode {
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("decode: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    match arguments.next().as_deref() {
        Some("response") => response(arguments),
        Some("request") => request(arguments),
        Some("--help" | "-h") => {
            writeln!(io::stdout(), "{USAGE}")?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err("usage: decode response --status N [--from query|gateway] [FILE], or decode request [FILE]".into()),
    }
}

fn request(arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let mut file = None;
    let mut strictness = Strictness::Strict;
    for argument in arguments {
        match argument.as_str() {
            "--lenient" => strictness = Strictness::Lenient,
            _ => set_file(&mut file, argument)?,
        }
    }
    let input = read_input(file.as_deref())?;
    let body = input.strip_suffix(b"\n").map_or(&*input, |line| line.strip_suffix(b"\r").unwrap_or(line));
    let decoded = query::decode_body_with(body, strictness)?;
    if decoded.version != query::VERSION {
        eprintln!("note: the request is of version {} of the API", decoded.version);
    }
    for name in &decoded.zero_based_lists {
        eprintln!("note: the list `{name}` counts from 0");
    }
    for name in &decoded.signing_parameters {
        eprintln!("note: `{name}` is of the signature, and was set aside");
    }
    for name in &decoded.skipped_items {
        eprintln!("note: there is no `{name}`, so this item is empty");
    }
    for name in &decoded.empty_lists {
        eprintln!("note: `{name}` is an empty list, and was left out");
    }
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&decoded.request)?)?;
    Ok(ExitCode::SUCCESS)
}

fn response(mut arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let (mut status, mut from_gateway, mut file) = (None, false, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--status" => {
                let value = arguments.value_of(&argument)?;
                let number = value.parse::<StatusCode>();
                status = Some(number.map_err(|_| format!("--status takes an HTTP status such as 200, not {value:?}"))?);
            }
            "--from" => {
                from_gateway = match arguments.value_of(&argument)?.as_str() {
                    "query" => false,
                    "gateway" => true,
                    other => return Err(format!("--from takes query or gateway, not {other:?}").into()),
                }
            }
            _ => set_file(&mut file, argument)?,
        }
    }
    let status = status.ok_or("--status is missing: the HTTP status of the answer")?;
    let response = Response::builder().status(status).body(read_input(file.as_deref())?)?;

    match if from_gateway { gateway::decode_response(&response) } else { xml::decode_response(&response) } {
        Ok(Accepted::Registered(image)) => {
            let mut object = json!({ "ImageId": image.image_id, "RequestId": image.request_id });
            if from_gateway {
                object["CreatedAt"] = json!(image.created_at.map(|moment| {
                    // A year that RFC 3339 cannot say is no reason to lose the id of an image.
                    moment.format(&Rfc3339).unwrap_or_else(|_| moment.to_string())
                }));
            }
            writeln!(out, "{object}")?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(answer) => {
            writeln!(out, "{}", json!({ "DryRun": true, "RequestId": answer.request_id() }))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(RegisterImageError::Service(error)) => {
            let object = json!({
                "Code": error.code().as_str(),
                "Message": error.message(),
                "RequestId": error.request_id(),
                "Status": error.status().as_u16(),
                "Class": error.class(),
                "Retry": error.retry(),
                "Effect": error.effect(),
                "Detail": error.detail(),
                "Advice": error.first().advice(),
                "Rules": rules::for_error(error.first()).map(|rule| rule.id).collect::<Vec<_>>(),
            });
            writeln!(out, "{}", json!({ "Error": object }))?;
            Ok(ExitCode::from(1))
        }
        Err(error) => Err(error.into()),
    }
}
