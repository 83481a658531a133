//! A server on loopback that answers RegisterImage as EC2 does, for tests of what calls it.
//!
//! ```sh
//! ec2-register-image serve --port 8000 --facts snapshots.json &
//! aws ec2 register-image --endpoint-url http://127.0.0.1:8000 --cli-input-json file://request.json
//! ```
//!
//! A request is decoded strictly, checked by the rules, and refused with EC2's code and words; one of JSON is for the
//! gateway. DescribeImages shows the image as [`preview`](ec2_register_image::preview) makes it. Under 500 lines.
//!
//! What EC2 does and this does not:
//!
//! - It checks no signature and no permission: whoever can connect may do everything. It fetches no manifest.
//! - In what order EC2 looks for mistakes is not known. Here it is the model's order, and a dry run passes after all of
//!   the checks, so that it tells more than a permission does.
//! - An image is available at once and gone with the process. It lacks what nobody told, such as the default volume type.
//! - A description goes by ids, owners and the filter `name`, and is one page. All that the account has is its own.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::{sync::Mutex, thread};

mod account;
mod http1;
mod server;
mod xml;

use server::Server;

use crate::arguments::{Arguments, read_input};

/// EC2's, or of this program.
type Failure = Box<dyn Error>;

const USAGE: &str = "\
usage: ec2-register-image serve [--port N] [--facts FILE]… [--faults LIST]

Answers RegisterImage, DescribeImages, DeregisterImage and DescribeSnapshots on 127.0.0.1 as EC2 does, and the JSON
gateway. Prints `listening on http://127.0.0.1:PORT`, then a line a request: action, name or id, status, code, fault.

  --port N       the port; 0, the default, is any that is free
  --facts FILE   what exists: what the AWS CLI prints for describe-snapshots, describe-images and others. Where no file
                 lists snapshots, every snapshot exists
  --faults LIST  what goes wrong: items with commas between, one for each RegisterImage in order, or, after `describe:`,
                 for each DescribeImages; then nothing does
    ok           nothing
    drop-before  the connection is closed, and nothing happened
    drop-after   it happens, and the connection is closed without an answer
    cut          it happens, and the answer is cut off in its middle
    delay:MS     it happens after so many milliseconds
    late:MS      it happens, and the answer comes after so many milliseconds
    throttle     503 RequestLimitExceeded, and nothing happened
    500          500 InternalError, and nothing happened
    500-after    it happens, and the answer is 500 InternalError
    hide:N       it happens, and the next N DescribeImages do not show the image

Runs until it is stopped; exits with 2 where an option, a file or the port is of no use.";

pub fn main(arguments: Arguments) -> ExitCode {
    let Err(error) = run(arguments) else { return ExitCode::SUCCESS };
    eprintln!("fake_ec2: {error}");
    ExitCode::from(2)
}

fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let (mut port, mut server) = (0, Server::default());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--port" => port = arguments.value_of("--port")?.parse().map_err(|_| "a port is a number up to 65535")?,
            "--facts" => {
                let file = arguments.value_of("--facts")?;
                server.account.learn(&read_input(Some(&file))?).map_err(|error| format!("{file}: {error}"))?;
            }
            "--faults" => server.faults = server::faults(&arguments.value_of("--faults")?)?,
            "--help" | "-h" => return Ok(writeln!(io::stdout(), "{USAGE}")?),
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    let server = Mutex::new(server);
    // A thread each, so that one that waits holds up no other.
    thread::scope(|threads| {
        for stream in listener.incoming() {
            threads.spawn(|| {
                if let Err(error) = stream.map_err(Into::into).and_then(|stream| server::serve(&server, stream)) {
                    eprintln!("fake_ec2: {error}");
                }
            });
        }
    });
    Ok(())
}
