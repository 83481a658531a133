//! `ec2-register-image`: the library's tools on the command line.
//!
//! Each subcommand is a module: it reads the arguments that follow its name and returns the exit status.

use std::io::{self, Write as _};
use std::process::ExitCode;

mod arguments;
mod check;
mod decode;
mod encode;
mod preview;
mod serve;

use arguments::Arguments;

const USAGE: &str = "\
usage: ec2-register-image COMMAND [OPTION]… [FILE]…

Works with requests for Amazon EC2's RegisterImage. Nothing is sent to AWS.

  check    report every problem of a request; `lint` is another name for it
  encode   print what a client would send
  decode   print a response or a request as JSON
  preview  show the image that a request will become, or compare it with an image that exists
  serve    answer RegisterImage on a local port as EC2 does

`ec2-register-image COMMAND --help` lists the options of a command.";

fn main() -> ExitCode {
    let mut arguments = Arguments::new();
    match arguments.next().as_deref() {
        Some("check" | "lint") => check::main(arguments),
        Some("encode") => encode::main(arguments),
        Some("decode") => decode::main(arguments),
        Some("preview") => preview::main(arguments),
        Some("serve") => serve::main(arguments),
        Some("--help" | "-h") => match writeln!(io::stdout(), "{USAGE}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        },
        Some(other) => fail(&format!("there is no command {other}; --help lists the commands")),
        None => fail("a command is missing; --help lists the commands"),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("ec2-register-image: {message}");
    ExitCode::from(2)
}
