//! Tests of the layer `launch`.

#[path = "../support/mod.rs"]
mod support;

mod launchable;
