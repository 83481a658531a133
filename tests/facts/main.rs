//! Tests of the layer `facts`.

mod documents;
mod facts;
mod lookups;
