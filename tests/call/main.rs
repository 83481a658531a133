//! Tests of the layer `call`.

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod checkpoint;
mod machine;
mod run;
mod run_async;
mod simulation;
