//! Registers an image over `ureq`.

use std::{process::ExitCode, thread};

use ec2_register_image::machine::Failure;
use transports::{blocking, command, command::Log};

fn main() -> ExitCode {
    command::main("blocking", |mut call, signer, timeout| {
        let client = blocking::client(timeout);
        let send = |request| {
            let log = Log::of(&request);
            let signed = signer.sign(request).map_err(Failure::Permanent);
            log.answer(signed.and_then(|request| blocking::send(&client, request)))
        };
        let sleep = |wait| thread::sleep(Log::wait(wait));
        Ok(call.run(send, sleep, fastrand::f64))
    })
}
