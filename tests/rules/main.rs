//! Tests of the layer `rules`.

#[path = "../support/mod.rs"]
mod support;

mod account;
mod cases;
mod document;
mod frame;
mod linkage;
mod partial;
mod refusal;
mod sentences;
mod volumes;
