//! Tests of the layer `gather`.

mod account;
mod gather;
mod laws;
