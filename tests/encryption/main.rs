//! Tests of the layer `encryption`.

mod encryption;
