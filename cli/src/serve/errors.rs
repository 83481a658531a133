//! The errors that the emulator makes by itself. Those of the rules and of the decoders come from the library.

use ec2_register_image::response::{ErrorEntry, ServiceError};
use http::StatusCode;

use super::Failure;

/// A status and a code.
pub struct Refusal(StatusCode, pub &'static str);

pub const DRY_RUN: Refusal = Refusal(StatusCode::PRECONDITION_FAILED, "DryRunOperation");
pub const DENIED: Refusal = Refusal(StatusCode::FORBIDDEN, "UnauthorizedOperation");
pub const THROTTLED: Refusal = Refusal(StatusCode::SERVICE_UNAVAILABLE, "RequestLimitExceeded");
pub const INTERNAL: Refusal = Refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalError");
pub const NO_ACTION: Refusal = Refusal(StatusCode::BAD_REQUEST, "InvalidAction");
pub const VALUE: Refusal = Refusal(StatusCode::BAD_REQUEST, "InvalidParameterValue");
pub const MISSING: Refusal = Refusal(StatusCode::BAD_REQUEST, "MissingParameter");
pub const IMAGE_MALFORMED: Refusal = Refusal(StatusCode::BAD_REQUEST, "InvalidAMIID.Malformed");
pub const NO_IMAGE: Refusal = Refusal(StatusCode::BAD_REQUEST, "InvalidAMIID.NotFound");
pub const NO_SNAPSHOT: Refusal = Refusal(StatusCode::BAD_REQUEST, "InvalidSnapshot.NotFound");
/// The gateway's.
pub const GATEWAY: Refusal = Refusal(StatusCode::BAD_REQUEST, "VALIDATION_ERROR");

impl Refusal {
    pub fn because(&self, message: impl ToString) -> Failure {
        self.with_status(self.0, message)
    }

    pub fn with_status(&self, status: StatusCode, message: impl ToString) -> Failure {
        ServiceError::new(status, ErrorEntry::with_message(self.1, message.to_string())).into()
    }
}

pub fn dry_run_passed() -> Failure {
    DRY_RUN.because("Request would have succeeded, but DryRun flag is set.")
}

pub fn missing(parameter: &str) -> Failure {
    MISSING.because(format!("The request must contain the parameter {parameter}"))
}

pub fn bad_value(value: &str, parameter: &str) -> Failure {
    VALUE.because(format!("Value ({value}) for parameter {parameter} is invalid."))
}
