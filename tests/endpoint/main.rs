//! Tests of the layer `endpoint`.

mod endpoint;
