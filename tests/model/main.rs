//! Tests of the layer `model`.

#[path = "../support/mod.rs"]
mod support;

mod fingerprint;
mod json;
mod request;
mod shapes;
