//! A pure typed model of Amazon EC2's
//! [`RegisterImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html), the call that makes
//! a machine image of a snapshot.
//!
//! It builds a request, tells everything that is wrong with it before it is sent, turns it into the bytes that EC2
//! expects, and turns what comes back into typed values. Any transport fits in between; [`call`] retries over it.
//!
//! **You will not find here** an HTTP client, a socket, TLS, request signing, a clock, the environment, a file, a thread
//! or a random number. The crate is `no_std` with `alloc`, so its own code cannot name one. What it needs of the world,
//! such as the time, comes in as a value.
//!
//! # From request to answer
//!
//! ```
//! use ec2_register_image::{Accepted, Endpoint};
//! use ec2_register_image::builder::*;
//! use ec2_register_image::types::Architecture;
//! use ec2_register_image::wire::{query, xml};
//!
//! let valid = RegisterImage::named("web-2026-11-23")
//!     .hvm(Architecture::ARM64)
//!     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0").volume_type(Gp3::new()))
//!     .ena_support(true)
//!     .validate()?;
//! let request = query::request(&valid, &Endpoint::of_region("eu-central-1")?);
//! assert_eq!(request.uri(), "https://ec2.eu-central-1.amazonaws.com/");
//!
//! # let send = |_request| http::Response::new(
//! #     "<RegisterImageResponse><requestId>r-1</requestId><imageId>ami-0123456789abcdef0</imageId></RegisterImageResponse>",
//! # );
//! // `send` is yours: it signs the request, sends it, and gives the response.
//! match xml::decode(&send(request))? {
//!     Accepted::Registered(image) => assert_eq!(image.image_id, "ami-0123456789abcdef0"),
//!     other => panic!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The map
//!
//! Data flows one way through these, and each knows only those before it:
//!
//! - [`types`]: the vocabulary, from [`SnapshotId`](types::SnapshotId) to [`UefiData`](types::UefiData).
//! - [`RegisterImageRequest`]: every member of the API as plain data, **open**: it holds whatever a wire can carry. With
//!   `serde` it has the shape of the AWS CLI's `--cli-input-json`.
//! - [`builder`]: the typed way to write one, in which many mistakes do not compile.
//! - [`facts`]: what you know of the account and its snapshots, for rules that a request alone cannot answer.
//! - [`rules`]: everything that is wrong with a request, at once, with the evidence. They alone make a [`ValidRequest`],
//!   **proof** under a policy.
//! - [`encryption`]: which key a launched volume will be encrypted with, if any, since the request does not decide it.
//! - [`preview`]: the image that a request will become, as `describe-images` will show it, with every default marked.
//! - [`endpoint`]: where to send it.
//! - [`wire`]: codecs of EC2's query protocol and XML, and of the JSON gateway, both ways; past requests out of
//!   CloudTrail's records.
//! - [`Accepted`] and [`RegisterImageError`]: what came back; of an error its [`Class`], whether to [`Retry`], whether it may
//!   have had an [`Effect`], and the [`Detail`] of its message. [`MalformedRequest`]: a request that cannot be read.
//! - [`call`]: from request to outcome over a network that loses answers: retries, and what a lost one may have done.
//!
//! Why it is built this way is in [`design`].
#![no_std]
// Docs are half of what this crate is for.
#![deny(missing_docs, missing_debug_implementations)]
// What is not reachable should not look as if it were.
#![warn(unreachable_pub)]
// A panic in a decoder is a bug, so each possible one has to be argued for.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// An API that may grow must not break its users when it does.
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
// `no_std` stays visible in every import.
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

extern crate alloc;

pub mod builder;
pub mod call;
pub mod encryption;
pub mod endpoint;
pub mod facts;
pub mod model;
pub mod preview;
pub mod response;
pub mod rules;
mod schema;
mod text;
pub mod types;
pub mod wire;

#[doc(inline)]
pub use endpoint::{Endpoint, Region};
#[doc(inline)]
pub use facts::Facts;
#[doc(inline)]
pub use model::{BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest, Tag, TagSpecification};
#[doc(inline)]
pub use response::{Accepted, RegisterImageError, RegisterImageResponse};
#[doc(inline)]
pub use rules::{Policy, ValidRequest, Validator};

#[doc = include_str!("../DESIGN.md")]
pub mod design {}

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
