//! The errors that the emulator makes by itself. Those of the rules and of the decoders come from the library.

use ec2_register_image::response::{ErrorEntry, ServiceError};
use http::StatusCode;

use super::Failure;

/// A status and a code.
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
}

/// A constant for each row, and the list of all.
macro_rules! refusals {
    ($($name:ident: $status:literal, $code:literal;)+) => {
        $(pub const $name: Refusal = Refusal { status: $status, code: $code };)+

        #[cfg(test)]
        pub const ALL: &[Refusal] = &[$($name),+];
    };
}

refusals! {
    DRY_RUN: 412, "DryRunOperation";
    DENIED: 403, "UnauthorizedOperation";
    THROTTLED: 503, "RequestLimitExceeded";
    INTERNAL: 500, "InternalError";
    NO_ACTION: 400, "InvalidAction";
    VALUE: 400, "InvalidParameterValue";
    MISSING: 400, "MissingParameter";
    IMAGE_MALFORMED: 400, "InvalidAMIID.Malformed";
    NO_IMAGE: 400, "InvalidAMIID.NotFound";
    NO_SNAPSHOT: 400, "InvalidSnapshot.NotFound";
    GATEWAY: 400, "VALIDATION_ERROR";
}

impl Refusal {
    pub fn because(&self, message: impl ToString) -> Failure {
        self.with_status(StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST), message)
    }

    pub fn with_status(&self, status: StatusCode, message: impl ToString) -> Failure {
        ServiceError::new(status, ErrorEntry::new(self.code).with_message(message.to_string())).into()
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
