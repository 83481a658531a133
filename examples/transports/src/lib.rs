//! The retrying call of `ec2-register-image` over real clients: what a project copies to have it.
//!
//! A transport is one of [`blocking`] and [`asynchronous`], and [`sign`]. The command lines in `src/bin` put them together;
//! [`command`] is what they share, and nothing that a transport needs.

pub mod asynchronous;
pub mod blocking;
pub mod command;
pub mod sign;
#[allow(dead_code, unused_imports, unused_macros, reason = "the command line uses more of it")]
#[path = "../../../cli/src/arguments.rs"]
mod support;
