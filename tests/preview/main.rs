//! Tests of the layer `preview`.

#[path = "../support/mod.rs"]
mod support;

mod compare;
mod preview;
