//! Registers an image over `reqwest`, on one thread of tokio's.

use std::process::ExitCode;

use ec2_register_image::machine::{Failure, Machine};
use tokio::runtime::{Builder, Runtime};
use transports::command::{Driver, Log};
use transports::{asynchronous, command, sign::Signer};

struct Asynchronous {
    runtime: Runtime,
    client: reqwest::Client,
    signer: Signer,
}

impl Driver for Asynchronous {
    fn drive<M: Machine>(&self, machine: &mut M) -> M::Outcome {
        let send = |request| {
            let log = Log::of(&request);
            let signed = self.signer.sign(request).map_err(Failure::Permanent);
            async move { log.answer(asynchronous::send(&self.client, signed?).await) }
        };
        let sleep = |wait| tokio::time::sleep(Log::wait(wait));
        self.runtime.block_on(machine.run_async(send, sleep, fastrand::f64))
    }
}

fn main() -> ExitCode {
    command::main("asynchronous", |signer, timeout| {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Asynchronous { runtime, client: asynchronous::client(timeout)?, signer })
    })
}
