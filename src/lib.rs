//! A typed model of Amazon EC2's
//! [`RegisterImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html),
//! the API action that turns an EBS snapshot into an AMI.
//!
//! The crate builds a request, reports every problem before you send it, encodes it as the bytes that
//! EC2 expects, and decodes the response into typed values. It performs no I/O, so any transport fits.
//!
//! **What it does not contain**: an HTTP client, sockets, TLS, request signing, a clock, environment
//! access, files, threads or random numbers. The crate is `no_std` with `alloc`, so its own code cannot
//! name one of them. Time, jitter and account data are passed in as values.
//!
//! # From request to response
//!
//! ```
//! use ec2_register_image::wire::{query, xml};
//! use ec2_register_image::{Accepted, Endpoint, builder::*, types::Architecture};
//!
//! let valid = RegisterImage::named("web-2026-11-23")
//!     .hvm(Architecture::ARM64)
//!     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0").volume_type(Gp3::new()))
//!     .ena_support(true)
//!     .validate()?;
//! let request = query::encode_request(&valid, &Endpoint::from_region("eu-central-1")?);
//! assert_eq!(request.uri(), "https://ec2.eu-central-1.amazonaws.com/");
//!
//! # let send = |_request| http::Response::new(concat!(
//! #     "<RegisterImageResponse><requestId>r-1</requestId>",
//! #     "<imageId>ami-0123456789abcdef0</imageId></RegisterImageResponse>",
//! # ));
//! // `send` is yours: it signs the request, sends it, and returns the response.
//! match xml::decode_response(&send(request))? {
//!     Accepted::Registered(image) => assert_eq!(image.image_id, "ami-0123456789abcdef0"),
//!     other => panic!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//!
//! | You want to | Read |
//! | --- | --- |
//! | send requests | [`builder`], [`endpoint`] and [`wire::query`]; [`gather`], [`call`] and [`wait`] go from a snapshot to an available image, whatever the network loses |
//! | check JSON files | [`RegisterImageRequest`] and [`rules`]; [`facts`] adds what the account knows |
//! | run a gate or an emulator | [`wire`] has a gate; [`wire::xml`] encodes responses |
//! | audit what was registered | [`wire::cloudtrail`], and [`preview`] to compare an image with its request |
//!
//! # Layers
//!
//! Each module uses only modules further to the left; a test enforces it.
//!
//! ```text
//! types < model < endpoint < facts < launch < response < rules < builder    < preview < wire
//!                                                                encryption
//!       < machine < {gather, call, wait}
//! ```
//!
//! - [`types`]: IDs, names, volume types and the other values of a request.
//! - [`model`]: the request, **unvalidated**, and what EC2 describes. As JSON, a request has the shape of
//!   the AWS CLI's `--cli-input-json`.
//! - [`endpoint`]: the URL to send a request to, by Region.
//! - [`facts`]: what you know about the account and its snapshots.
//! - [`launch`]: which instance types can launch the image.
//! - [`response`]: the success, the error with its [class](response::Class),
//!   [retry](response::Retry) and [effect](response::Effect), and the unreadable response.
//! - [`rules`]: every problem of a request at once, each with its evidence. Only validation produces a
//!   [`ValidRequest`], so holding one proves that the request passed your policy.
//! - [`builder`]: the typed way to write a request, in which many mistakes do not compile.
//! - [`encryption`]: which key encrypts a launched volume, if any.
//! - [`preview`]: the image that a request will become, with every default marked.
//! - [`wire`]: codecs for EC2's query protocol and XML, a JSON gateway, and CloudTrail records.
//! - [`machine`]: the shape that the state machines share, with their drivers.
//! - [`gather`]: finds out what the account has, for one request.
//! - [`call`]: registration over a network that loses responses.
//! - [`wait`]: waits until snapshots are completed, or an image is available.
//!
//! The reasons for this design are in [`design`].
//!
//! # Constructors
//!
//! The whole crate follows one convention:
//!
//! - `new` accepts what a value requires, and nothing else. It returns a `Result` only if some arguments
//!   are invalid, as in [`Region::new`]. `From`, `FromStr` and `parse` accept the same text as `new`.
//! - `from_…` derives the value from something that determines it: another form of it, as in
//!   [`UefiData::from_bytes`](types::UefiData::from_bytes), or another thing, as in
//!   [`Endpoint::from_region`].
//! - `parse_known` accepts only the known values of an open enumeration. It suits command-line options.
//! - A method with the name of a field sets that field and returns the value. The types of [`response`]
//!   have getters with these names, so their setters start with `with_`.
//! - A type that needs several steps has a function that starts them: [`Endpoint::builder`], and
//!   [`RegisterImage::named`](builder::RegisterImage::named) for a request.
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
pub mod gather;
pub mod launch;
pub mod machine;
pub mod model;
pub mod preview;
pub mod response;
pub mod rules;
mod schema;
mod text;
pub mod types;
pub mod wait;
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
