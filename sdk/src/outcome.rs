//! What came of a request that the SDK sent.

use std::error::Error;
use std::fmt;

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::operation::register_image::RegisterImageOutput;
use ec2_register_image::machine::Failure;
use ec2_register_image::response::{Effect, ErrorEntry, ServiceError};
use ec2_register_image::wire::xml;
use ec2_register_image::{Accepted, RegisterImageError, RegisterImageResponse};

/// The error of the SDK's operation.
type OperationError = aws_sdk_ec2::operation::register_image::RegisterImageError;

/// Why the SDK has no image ID.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failed {
    /// EC2 returned an error, or a response that cannot be read.
    Response(RegisterImageError),
    /// There was a response without an image ID. The SDK accepts a truncated response as success, so an image may have been
    /// registered.
    NoImageId {
        /// The request ID, if the response had it in its header.
        request_id: Option<String>,
    },
    /// There was no response. It holds the SDK's error.
    NoResponse(Failure<Box<dyn Error + Send + Sync>>),
}

impl Failed {
    /// Returns whether an image may have been registered nevertheless.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Response(error) => error.effect(),
            Self::NoResponse(Failure::NotSent(_) | Failure::Permanent(_)) => Effect::Nothing,
            Self::NoImageId { .. } | Self::NoResponse(Failure::Unclear(_)) => Effect::Unknown,
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(error) => error.fmt(f),
            Self::NoImageId { .. } => f.write_str("the response has no image ID; an image may have been registered"),
            Self::NoResponse(Failure::Unclear(error)) => {
                write!(f, "no response; an image may have been registered: {error}")
            }
            Self::NoResponse(Failure::NotSent(error) | Failure::Permanent(error)) => write!(f, "not sent: {error}"),
        }
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Response(error) => error.source(),
            Self::NoImageId { .. } => None,
            Self::NoResponse(Failure::Unclear(error) | Failure::NotSent(error) | Failure::Permanent(error)) => {
                Some(&**error)
            }
        }
    }
}

/// Returns what the result of the SDK's `send` means.
///
/// An error of EC2 is read from the response itself, so it has its class, its details and every error that EC2 listed. A dry
/// run that passed is a success here and an error to the SDK.
///
/// ```no_run
/// # async fn register(
/// #     request: ec2_register_image::ValidRequest, client: aws_sdk_ec2::Client,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use ec2_register_image_sdk::{outcome, to_sdk};
///
/// let accepted = outcome(to_sdk(request.request()).send_with(&client).await)?;
/// println!("{:?}", accepted.image_id());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// If the SDK has no image ID. [`Failed::effect`] tells whether there may be an image.
pub fn outcome(
    result: Result<RegisterImageOutput, SdkError<OperationError, HttpResponse>>,
) -> Result<Accepted, Failed> {
    match result {
        Ok(output) => {
            let request_id = output.request_id().map(str::to_owned);
            response(&output).map(Accepted::from).ok_or(Failed::NoImageId { request_id })
        }
        Err(error) => outcome_of_error(error),
    }
}

/// Returns what an error of the SDK means, for any EC2 action.
///
/// The only success among the errors of the SDK is a dry run that passed.
///
/// ```
/// use aws_sdk_ec2::error::SdkError;
/// use aws_sdk_ec2::operation::describe_snapshots::DescribeSnapshotsError;
/// use ec2_register_image::response::Effect;
///
/// let error: SdkError<DescribeSnapshotsError, _> = SdkError::construction_failure("no Region");
/// let failed = ec2_register_image_sdk::outcome_of_error(error).unwrap_err();
/// assert_eq!(failed.effect(), Effect::Nothing);
/// ```
///
/// # Errors
/// In every other case.
pub fn outcome_of_error<E>(error: SdkError<E, HttpResponse>) -> Result<Accepted, Failed>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let Some(raw) = error.raw_response() else {
        return Err(Failed::NoResponse(match error {
            // The SDK made no request, and would not make one again.
            SdkError::ConstructionFailure(_) => Failure::Permanent(error.into()),
            // A dispatch failure does not say whether the connection was ever established.
            _ => Failure::Unclear(error.into()),
        }));
    };
    let body = raw.body().bytes().unwrap_or_default();
    if let ([], Some(code)) = (body, error.code()) {
        // A response from a test double, without a body.
        return Err(Failed::Response(of_metadata(raw, code, &error).into()));
    }
    let mut copy = http::Response::new(body);
    *copy.status_mut() = status(raw);
    for (name, value) in raw.headers().iter_bytes() {
        let header = http::HeaderName::try_from(name).ok().zip(http::HeaderValue::try_from(value).ok());
        if let Some((name, value)) = header {
            copy.headers_mut().append(name, value);
        }
    }
    xml::decode_response(&copy).map_err(Failed::Response)
}

fn status(raw: &HttpResponse) -> http::StatusCode {
    http::StatusCode::from_u16(raw.status().as_u16()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR)
}

fn of_metadata<E: ProvideErrorMetadata>(
    raw: &HttpResponse,
    code: &str,
    error: &SdkError<E, HttpResponse>,
) -> ServiceError {
    let entry = ErrorEntry::new(code);
    let entry = match error.message() {
        Some(message) => entry.with_message(message),
        None => entry,
    };
    let service = ServiceError::new(status(raw), entry);
    match error.request_id() {
        Some(request_id) => service.with_request_id(request_id),
        None => service,
    }
}

/// Returns the SDK's output as a response, or `None` if it has no image ID.
///
/// The SDK accepts a truncated response as success, so an image may have been registered nevertheless. If the response was
/// truncated within the ID, the ID is truncated too. The request ID is that of the header; the SDK does not read the body's.
///
/// ```
/// use aws_sdk_ec2::operation::register_image::RegisterImageOutput;
///
/// let output = RegisterImageOutput::builder().image_id("ami-0123456789abcdef0").build();
/// let response = ec2_register_image_sdk::response(&output).unwrap();
/// assert_eq!(response.image_id, "ami-0123456789abcdef0");
/// ```
#[must_use]
pub fn response(output: &RegisterImageOutput) -> Option<RegisterImageResponse> {
    let image_id = output.image_id().filter(|id| !id.is_empty())?;
    let mut response = RegisterImageResponse::new(image_id);
    response.request_id = output.request_id().map(str::to_owned);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::assert_fields;

    #[test]
    fn an_output_has_no_other_field() {
        assert_fields(&format!("{:?}", RegisterImageOutput::builder().build()), &["image_id"]);
    }
}
