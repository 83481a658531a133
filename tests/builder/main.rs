//! Tests of the layer `builder`.

mod builder;
mod image;
