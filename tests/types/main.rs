//! Tests of the layer `types`.

mod types;
