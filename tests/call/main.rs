//! Tests of the layer `call`.

#[path = "../support/mod.rs"]
mod support;

mod advice;
mod cases;
mod checkpoint;
mod facts;
mod generic;
mod machine;
mod random;
mod run;
mod run_async;
mod simulation;
