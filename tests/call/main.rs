//! Tests of the layer `call`.

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod checkpoint;
mod generic;
mod machine;
mod run;
mod run_async;
mod simulation;
