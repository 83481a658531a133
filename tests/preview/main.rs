//! Tests of the layer `preview`.

#[path = "../support/mod.rs"]
mod support;

mod billing;
mod compare;
mod preview;
