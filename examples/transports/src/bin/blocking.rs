//! Registers an image over `ureq`.

use std::{process::ExitCode, thread};

use ec2_register_image::machine::{Failure, Machine};
use transports::command::{Driver, Log};
use transports::{blocking, command, sign::Signer};

struct Blocking {
    client: ureq::Agent,
    signer: Signer,
}

impl Driver for Blocking {
    fn drive<M: Machine>(&self, machine: &mut M) -> M::Outcome {
        let send = |request| {
            let log = Log::of(&request);
            let signed = self.signer.sign(request).map_err(Failure::Permanent);
            log.answer(signed.and_then(|request| blocking::send(&self.client, request)))
        };
        machine.run(send, |wait| thread::sleep(Log::wait(wait)), fastrand::f64)
    }
}

fn main() -> ExitCode {
    command::main("blocking", |signer, timeout| Ok(Blocking { client: blocking::client(timeout), signer }))
}
