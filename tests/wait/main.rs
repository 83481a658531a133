//! Tests of the layer `wait`.

mod image;
mod laws;
mod pipeline;
mod script;
mod snapshots;
