//! Tests of the layer `response`.

mod documents;
mod error;
mod error_class;
mod error_detail;
mod error_smithy;
mod error_wait;
mod messages;
mod success;
