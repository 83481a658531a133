//! Registers an image over `reqwest`, on one thread of tokio's.

use std::process::ExitCode;

use ec2_register_image::machine::Failure;
use transports::{asynchronous, command, command::Log};

fn main() -> ExitCode {
    command::main("asynchronous", |mut call, signer, timeout| {
        let client = &asynchronous::client(timeout)?;
        let send = |request| {
            let log = Log::of(&request);
            let signed = signer.sign(request).map_err(Failure::Permanent);
            async move { log.answer(asynchronous::send(client, signed?).await) }
        };
        let sleep = |wait| tokio::time::sleep(Log::wait(wait));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(call.run_async(send, sleep, fastrand::f64)))
    })
}
