//! Requests of the actions that read.

use alloc::vec::Vec;

use super::{
    Body,
    query::{VERSION, post, push_escaped},
};
use crate::endpoint::Endpoint;

/// The body of a request, as far as it is written.
pub(super) struct Form(Vec<u8>);

impl Form {
    pub(super) fn of(action: &str) -> Self {
        let mut form = Self(Vec::new());
        for part in ["Action=", action, "&Version=", VERSION] {
            form.0.extend_from_slice(part.as_bytes());
        }
        form
    }

    /// Adds a parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        for part in ["&", name, "="] {
            self.0.extend_from_slice(part.as_bytes());
        }
        push_escaped(&mut self.0, value);
        self
    }

    /// Adds a list, whose items are counted from 1.
    pub(super) fn with_list<'a>(self, name: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut name = alloc::string::String::from(name) + ".";
        let start = name.len();
        values.into_iter().zip(1_usize..).fold(self, |form, (value, number)| {
            name.truncate(start);
            name.push_str(itoa::Buffer::new().format(number));
            form.with(&name, value)
        })
    }

    pub(super) fn post(self, endpoint: &Endpoint) -> http::Request<Body> {
        post(Body::from_ascii(self.0), endpoint)
    }
}
