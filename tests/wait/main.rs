//! Tests of the layer `wait`.

mod image;
mod laws;
mod pipeline;
mod run_async;
mod script;
mod snapshots;
