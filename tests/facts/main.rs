//! Tests of the layer `facts`.

mod facts;
