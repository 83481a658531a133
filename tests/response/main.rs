//! Tests of the layer `response`.

mod authorization;
mod documents;
mod error;
mod error_class;
mod error_detail;
mod error_smithy;
mod error_wait;
mod messages;
mod success;
