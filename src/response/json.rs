//! Responses as documents: what a tool logs or caches, in AWS's PascalCase.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    Accepted, Class, Detail, DryRunPassed, Effect, ErrorCode, ErrorEntry, RegisterImageError, RegisterImageResponse,
    Retry, ServiceError, UnreadableResponse,
};
use crate::schema::{Document, Object};

/// `{"ImageId", "RequestId", "CreatedAt"}`; `CreatedAt` is left out if the response does not have it.
///
/// ```
/// use ec2_register_image::RegisterImageResponse;
///
/// let response = RegisterImageResponse::new("ami-0123456789abcdef0");
/// let json = serde_json::to_string(&response)?;
/// assert_eq!(json, r#"{"ImageId":"ami-0123456789abcdef0","RequestId":null}"#);
/// assert_eq!(serde_json::from_str::<RegisterImageResponse>(&json)?, response);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for RegisterImageResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Document<'a> {
            image_id: &'a str,
            request_id: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            created_at: Option<String>,
        }

        Document {
            image_id: self.image_id.as_str(),
            request_id: self.request_id.as_deref(),
            // RFC 3339 cannot express some years. That is no reason to lose the image ID.
            created_at: self.created_at.and_then(|time| time.format(&Rfc3339).ok()),
        }
        .serialize(serializer)
    }
}

/// Reads what `Serialize` writes.
impl<'de> Deserialize<'de> for RegisterImageResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Written {
            image_id: String,
            request_id: Option<String>,
            created_at: Option<String>,
        }

        impl Document for Written {}

        let Object(document) = Object::<Written>::deserialize(deserializer)?;
        if document.image_id.trim().is_empty() {
            return Err(D::Error::custom("`ImageId` is empty"));
        }
        let mut response = Self::new(document.image_id);
        response.request_id = document.request_id;
        let read_time = |text: String| OffsetDateTime::parse(&text, &Rfc3339);
        response.created_at = document.created_at.map(read_time).transpose().map_err(D::Error::custom)?;
        Ok(response)
    }
}

/// `{"DryRun": true, "RequestId"}`
impl Serialize for DryRunPassed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Document<'a> {
            dry_run: bool,
            request_id: Option<&'a str>,
        }

        Document { dry_run: true, request_id: self.request_id.as_deref() }.serialize(serializer)
    }
}

/// The document of the response that it holds.
impl Serialize for Accepted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Registered(response) => response.serialize(serializer),
            Self::DryRunPassed(passed) => passed.serialize(serializer),
        }
    }
}

/// `{"Code", "Message"}`
impl Serialize for ErrorEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Document<'a> {
            code: &'a str,
            message: Option<&'a str>,
        }

        Document { code: self.code.as_str(), message: self.message.as_deref() }.serialize(serializer)
    }
}

/// Reads what `Serialize` writes.
impl<'de> Deserialize<'de> for ErrorEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Written {
            code: ErrorCode,
            message: Option<String>,
        }

        impl Document for Written {}

        let Object(Written { code, message }) = Object::<Written>::deserialize(deserializer)?;
        Ok(Self { code, message })
    }
}

/// `{"Code", "Message", "RequestId", "Status", "Class", "Retry", "Effect", "Detail", "Advice"}`.
///
/// `OtherErrors` and `RetryAfterMilliseconds` are present only if the response has them.
///
/// ```
/// use ec2_register_image::response::{ErrorEntry, ServiceError};
/// use http::StatusCode;
///
/// let entry = ErrorEntry::new("UnauthorizedOperation").with_message("No.");
/// let error = ServiceError::new(StatusCode::FORBIDDEN, entry).with_request_id("4e759009");
/// let document = serde_json::to_value(&error)?;
/// assert_eq!(document["Class"], "not-permitted");
/// assert_eq!(serde_json::from_value::<ServiceError>(document)?, error);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for ServiceError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Document<'a> {
            code: &'a str,
            message: Option<&'a str>,
            request_id: Option<&'a str>,
            status: u16,
            class: Class,
            retry: Retry,
            effect: Effect,
            detail: Option<Detail<'a>>,
            advice: Option<Cow<'static, str>>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            other_errors: Vec<&'a ErrorEntry>,
            #[serde(skip_serializing_if = "Option::is_none")]
            retry_after_milliseconds: Option<u64>,
        }

        Document {
            code: self.code().as_str(),
            message: self.message(),
            request_id: self.request_id(),
            status: self.status().as_u16(),
            class: self.class(),
            retry: self.retry(),
            effect: self.effect(),
            detail: self.detail(),
            advice: self.first().advice(),
            other_errors: self.errors().skip(1).collect(),
            retry_after_milliseconds: self.retry_after().and_then(|wait| wait.as_millis().try_into().ok()),
        }
        .serialize(serializer)
    }
}

/// Reads what `Serialize` writes. What follows from code, message and status is derived again.
impl<'de> Deserialize<'de> for ServiceError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Written {
            code: ErrorCode,
            message: Option<String>,
            request_id: Option<String>,
            status: u16,
            #[serde(default)]
            other_errors: Vec<ErrorEntry>,
            retry_after_milliseconds: Option<u64>,
        }

        impl Document for Written {}

        let Object(document) = Object::<Written>::deserialize(deserializer)?;
        let status = StatusCode::from_u16(document.status).map_err(D::Error::custom)?;
        let first = ErrorEntry { code: document.code, message: document.message };
        let error = Self::from_parts(status, first, document.other_errors, document.request_id);
        Ok(error.with_retry_after(document.retry_after_milliseconds.map(Duration::from_millis)))
    }
}

/// `{"Code": null, "Message", "RequestId", "Status", "Class", "Retry", "Effect", "BodyLength"}`.
///
/// The body itself is not part of the document, because it can hold anything.
impl Serialize for UnreadableResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Document<'a> {
            code: Option<&'a str>,
            message: String,
            request_id: Option<&'a str>,
            status: u16,
            class: Class,
            retry: Retry,
            effect: Effect,
            body_length: usize,
        }

        Document {
            code: None,
            message: alloc::format!("{self}"),
            request_id: self.request_id(),
            status: self.status().as_u16(),
            class: self.class(),
            retry: self.retry(),
            effect: self.effect(),
            body_length: self.body_len(),
        }
        .serialize(serializer)
    }
}

/// The document of the error that it holds.
impl Serialize for RegisterImageError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Service(error) => error.serialize(serializer),
            Self::Unreadable(response) => response.serialize(serializer),
        }
    }
}
