//! Tests of the layer `wait`.

mod image;
mod laws;
mod script;
mod snapshots;
