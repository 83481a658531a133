//! A server on loopback that answers RegisterImage as EC2 does, for tests of clients.
//!
//! ```sh
//! ec2-register-image serve --port 8000 --facts snapshots.json &
//! aws ec2 register-image --cli-input-json file://request.json \
//!     --endpoint-url http://127.0.0.1:8000
//! ```
//!
//! It decodes a request strictly, checks it by the rules, and rejects it with EC2's code and words. A request in JSON is for
//! the gateway. DescribeImages shows the image as [`preview`](ec2_register_image::preview) predicts it.
//!
//! `docs/emulator.md` says which behaviors are proven, inferred or not implemented. The table in `behaviors.rs` generates it.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

mod account;
#[cfg(test)]
mod behaviors;
mod errors;
mod faults;
mod items;
mod region;
mod server;
mod stream;
mod xml;

use server::Server;

use crate::arguments::{Arguments, facts_documents, read_input};

/// EC2's error, or a failure of this program.
type Failure = Box<dyn Error + Send + Sync>;

/// The actions that the emulator answers.
const ACTIONS: &[&str] = &[
    "RegisterImage",
    "DescribeImages",
    "DeregisterImage",
    "DescribeSnapshots",
    "DescribeSnapshotAttribute",
    "GetEbsEncryptionByDefault",
    "GetEbsDefaultKmsKeyId",
];

const USAGE: &str = concat!(
    r#"usage: ec2-register-image serve [--port N] [--facts FILE]… [--faults LIST]

Answers RegisterImage, DescribeImages, DeregisterImage, DescribeSnapshots, DescribeSnapshotAttribute,
GetEbsEncryptionByDefault and GetEbsDefaultKmsKeyId on 127.0.0.1 as EC2 does, and the JSON gateway. Prints
`listening on http://127.0.0.1:PORT`, then a line for each request: action, name or ID, status, code, fault.

A request is for the Region of its credential scope or of its host name. Names, images and snapshots belong to a Region.

  --port N       the port; 0, the default, is any free port
  --facts FILE   what exists. A file with a `Region` is about that Region only. If no file lists snapshots, every
                 snapshot exists
  --faults LIST  what goes wrong: items separated by commas, one for each RegisterImage in order. An item after `ACTION:`
                 is for that action, such as `DescribeSnapshots:throttle`. `describe:` means `DescribeImages:`
    ok           nothing
    drop-before  the connection is closed, and nothing happened
    drop-after   it happens, and the connection is closed without a response
    cut          it happens, and the response is cut off in the middle
    delay:MS     it happens after so many milliseconds
    late:MS      it happens, and the response comes after so many milliseconds
    throttle     503 RequestLimitExceeded, and nothing happened
    500          500 InternalError, and nothing happened
    500-after    it happens, and the response is 500 InternalError
    hide:N       it happens, and the next N DescribeImages do not show the image
    pending:N    the next N look-ups show the image as `pending`; after `DescribeImages:` or `DescribeSnapshots:`, this
                 look-up and those that follow, N in all, show the images or the snapshots that it asks for as `pending`
    tags-late:N  the next N look-ups show the image without tags
    failed       the image ends in the state `failed`
    A+B          both, such as `drop-after+pending:2`
    deny:ACTION  403 UnauthorizedOperation for every request of the action; it counts as no item

A FILE of facts is what the AWS CLI prints for one of these:
"#,
    facts_documents!(),
    r#"

Runs until it is stopped. The exit status is 2 if an option, a file or the port cannot be used."#
);

pub fn main(arguments: Arguments) -> ExitCode {
    let Err(error) = run(arguments) else { return ExitCode::SUCCESS };
    eprintln!("fake_ec2: {error}");
    ExitCode::from(2)
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let Some((port, server)) = options(arguments)? else { return Ok(writeln!(io::stdout(), "{USAGE}")?) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    runtime.block_on(listen(port, server))
}

/// The port and the server, or `None` if the options ask for help.
fn options(mut arguments: Arguments) -> Result<Option<(u16, Server)>, Failure> {
    let (mut port, mut server) = (0, Server::default());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--port" => port = arguments.value_of("--port")?.parse().map_err(|_| "a port is a number up to 65535")?,
            "--facts" => {
                let file = arguments.value_of("--facts")?;
                let document = read_input(Some(&file)).map_err(|error| error.to_string())?;
                server.account.learn(&document).map_err(|error| format!("{file}: {error}"))?;
            }
            "--faults" => server.faults = arguments.value_of("--faults")?.parse()?,
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    Ok(Some((port, server)))
}

async fn listen(port: u16, server: Server) -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    let server = Arc::new(Mutex::new(server));
    loop {
        let accepted = listener.accept().await;
        let server = Arc::clone(&server);
        // A task for each connection, so that one that waits delays no other.
        tokio::spawn(async {
            let served = match accepted {
                Ok((stream, _)) => server::serve(server, stream).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = served {
                eprintln!("fake_ec2: {error}");
            }
        });
    }
}
