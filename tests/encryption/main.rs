//! Tests of the layer `encryption`.

mod encryption;
mod locations;
mod permissions;
