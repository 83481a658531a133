//! Tests of the layer `wire`.

#[path = "../support/mod.rs"]
mod support;

mod cloudtrail;
mod cloudtrail_log;
mod gateway;
mod images;
mod query_decode;
mod query_encode;
mod query_strictness;
mod reads;
mod xml_decode;
mod xml_encode;
