//! The codes that EC2's pages list, a row each.

use http::StatusCode;

use super::{CodeInfo, Fault};
use crate::response::{Class, messages};

const fn first(statuses: &[StatusCode]) -> Option<StatusCode> {
    match statuses {
        [status, ..] => Some(*status),
        [] => None,
    }
}

/// A row a code: constant, variant, wire text, whose fault with which status, class, meaning, advice, messages.
macro_rules! error_codes {
    ($(#[$doc:meta])* $($constant:ident $variant:ident = $wire:literal {
        $fault:ident($($status:ident)?), $class:ident, $meaning:literal, $advice:literal, [$($message:ident),* $(,)?],
    })+) => {
        crate::types::open_values! {
            $(#[$doc])*
            ErrorCode as Code {$(
                #[doc = concat!(
                    "`", $wire, "`: ", $meaning, ".\n\nWhat to do: ", $advice, ".\n",
                    $($message!(),)*
                    "\n```\nuse ec2_register_image::response::{Class, ErrorCode};\n\n",
                    "let code = ErrorCode::from(\"", $wire, "\");\n",
                    "assert_eq!(code, ErrorCode::", stringify!($constant), ");\n",
                    "assert_eq!(code.info().map(|info| info.class), Some(Class::", stringify!($class), "));\n```",
                )]
                $constant $variant = $wire,
            )+}
        }

        impl CodeInfo {
            /// Every code that is known, in the order of [`ErrorCode::KNOWN`].
            pub const ALL: &'static [Self] = &[$(Self {
                code: ErrorCode::$constant,
                status: first(&[$(StatusCode::$status)?]),
                fault: Fault::$fault,
                class: Class::$class,
                meaning: $meaning,
                advice: $advice,
                messages: &[$(&messages::$message,)*],
            },)+];
        }
    };
}

error_codes! {
    /// The code of an error, such as `InvalidAMIName.Duplicate`: any text, since EC2's model lists none for
    /// RegisterImage. Those that its pages list have constants, and [`info`](Self::info) tells what is known of them.
    ///
    /// See [Error codes](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).
    ///
    /// ```
    /// use ec2_register_image::response::ErrorCode;
    ///
    /// let says = |code: &ErrorCode| match *code {
    ///     ErrorCode::INVALID_AMI_NAME_DUPLICATE => "taken",
    ///     ErrorCode::INVALID_AMI_NAME_MALFORMED => "no name",
    ///     _ => "something else",
    /// };
    /// assert_eq!(says(&ErrorCode::from("InvalidAMIName.Duplicate")), "taken");
    /// assert_eq!(says(&ErrorCode::from("InvalidAMIName.Haunted")), "something else");
    /// ```
    INVALID_AMI_NAME_MALFORMED InvalidAmiNameMalformed = "InvalidAMIName.Malformed" {
        Client(BAD_REQUEST), InvalidRequest,
        "the name is too short, too long, or has a character that is not allowed",
        "give the image a name of 3 to 128 letters, digits, spaces and `()[]./-'@_`",
        [NAME_MALFORMED],
    }
    INVALID_AMI_NAME_DUPLICATE InvalidAmiNameDuplicate = "InvalidAMIName.Duplicate" {
        Client(BAD_REQUEST), NameTaken,
        "another image of the account in this Region has the name",
        "find out whether the image that the message names is the work of a lost attempt of yours; if it is not, \
         take another name or deregister that image and wait for a while",
        [NAME_IN_USE],
    }
    INVALID_BLOCK_DEVICE_MAPPING InvalidBlockDeviceMapping = "InvalidBlockDeviceMapping" {
        Client(BAD_REQUEST), InvalidRequest,
        "a block device mapping is wrong",
        "correct the mapping that the message names",
        [
            DEVICE_REASSIGNED, DEVICE_REUSED, VOLUME_WITHOUT_SOURCE, DEVICE_NAME_INVALID,
            DEVICE_NAME_MISSING, VOLUME_TOO_SMALL, ENCRYPTED_WITH_SNAPSHOT, SNAPSHOT_INVALID,
            SNAPSHOT_NOT_MODIFIABLE,
        ],
    }
    INVALID_MANIFEST InvalidManifest = "InvalidManifest" {
        Client(), InvalidRequest,
        "the manifest in S3 cannot be fetched or read, or its mappings or its kernel are wrong",
        "make the manifest and its parts readable to EC2 in this Region, and `ImageLocation` their bucket and key",
        [MANIFEST_INVALID, MANIFEST_NOT_FETCHED, MANIFEST_MAPPING_INVALID, MANIFEST_KERNEL_INVALID],
    }
    INVALID_SNAPSHOT_NOT_FOUND InvalidSnapshotNotFound = "InvalidSnapshot.NotFound" {
        Client(), NotReady,
        "the snapshot does not exist in this Region, or the caller may not see it",
        "look for the snapshot in the Region of the request; if it is new, wait until `describe-snapshots` shows it",
        [SNAPSHOT_NOT_FOUND, UNNAMED_SNAPSHOT_NOT_FOUND],
    }
    INVALID_SNAPSHOT_ID_MALFORMED InvalidSnapshotIdMalformed = "InvalidSnapshotID.Malformed" {
        Client(), InvalidRequest,
        "the id of a snapshot has not the form of one",
        "write the id as `snap-` and 8 or 17 hexadecimal digits",
        [],
    }
    INVALID_PARAMETER InvalidParameter = "InvalidParameter" {
        Client(BAD_REQUEST), InvalidRequest,
        "a parameter is wrong",
        "correct the parameter that the message names",
        [PARAMETER_INVALID],
    }
    INVALID_PARAMETER_VALUE InvalidParameterValue = "InvalidParameterValue" {
        Client(BAD_REQUEST), InvalidRequest,
        "the value of a parameter is wrong, not supported, or cannot be used here",
        "correct the value that the message names",
        [
            VALUE_INVALID, RESOURCE_TYPE_INVALID, TAG_KEY_DUPLICATE, TAG_KEY_RESERVED,
            PARAMETER_VALUE_INVALID, NOT_ASCII, IOPS_RATIO, THROUGHPUT_RATIO,
        ],
    }
    INVALID_PARAMETER_COMBINATION InvalidParameterCombination = "InvalidParameterCombination" {
        Client(BAD_REQUEST), InvalidRequest,
        "parameters cannot stand together, or one that another needs is absent",
        "take out the parameter that the message names, or add the one that it asks for",
        [PARAMETER_UNSUPPORTED, PARAMETER_REQUIRED, OTHER_VOLUME_TYPE],
    }
    INVALID_PARAMETER_DEPENDENCY InvalidParameterDependency = "InvalidParameterDependency" {
        Client(), InvalidRequest,
        "a parameter needs another one that is absent or of another value",
        "correct the parameters that the message names",
        [],
    }
    INVALID_REQUEST InvalidRequest = "InvalidRequest" {
        Client(), InvalidRequest,
        "the request is wrong in a way that the message tells",
        "correct the request as the message says",
        [],
    }
    INVALID_INPUT InvalidInput = "InvalidInput" {
        Client(), InvalidRequest,
        "an input is wrong",
        "correct the input that the message names",
        [],
    }
    INVALID_CHARACTER InvalidCharacter = "InvalidCharacter" {
        Client(), InvalidRequest,
        "a text has a character that is not allowed",
        "take the character out of the text that the message names",
        [],
    }
    VALIDATION_ERROR ValidationError = "ValidationError" {
        Client(BAD_REQUEST), InvalidRequest,
        "an input breaks a constraint of the service",
        "correct the input that the message names",
        [],
    }
    MISSING_PARAMETER MissingParameter = "MissingParameter" {
        Client(BAD_REQUEST), InvalidRequest,
        "a required parameter is absent",
        "add the parameter that the message names",
        [PARAMETER_MISSING],
    }
    UNKNOWN_PARAMETER UnknownParameter = "UnknownParameter" {
        Client(), InvalidRequest,
        "a parameter is none that the action knows",
        "take the parameter out that the message names",
        [PARAMETER_UNKNOWN],
    }
    INVALID_KERNEL_ID_MALFORMED InvalidKernelIdMalformed = "InvalidKernelId.Malformed" {
        Client(), InvalidRequest,
        "the id of the kernel has not the form of one",
        "write the id as `aki-` and hexadecimal digits",
        [],
    }
    INVALID_RAM_DISK_ID_MALFORMED InvalidRamDiskIdMalformed = "InvalidRamDiskId.Malformed" {
        Client(), InvalidRequest,
        "the id of the RAM disk has not the form of one; the code has a capital D",
        "write the id as `ari-` and hexadecimal digits",
        [],
    }
    INVALID_AMI_ATTRIBUTE_ITEM_VALUE InvalidAmiAttributeItemValue = "InvalidAMIAttributeItemValue" {
        Client(), InvalidRequest,
        "an item of an image attribute is wrong; it belongs to ModifyImageAttribute and is unlikely here",
        "correct the item that the message names",
        [],
    }
    INVALID_AVAILABILITY_ZONE InvalidAvailabilityZone = "InvalidAvailabilityZone" {
        Client(), InvalidRequest,
        "an Availability Zone is wrong",
        "leave the zone out, or name one of the Region",
        [],
    }
    INVALID_ZONE_NOT_FOUND InvalidZoneNotFound = "InvalidZone.NotFound" {
        Client(), InvalidRequest,
        "an Availability Zone does not exist",
        "leave the zone out, or name one of the Region",
        [],
    }
    UNKNOWN_VOLUME_TYPE UnknownVolumeType = "UnknownVolumeType" {
        Client(), InvalidRequest,
        "a volume type is not known",
        "write a volume type as EC2 spells it, such as `gp3`",
        [],
    }
    BOOT_FOR_VOLUME_TYPE_UNSUPPORTED BootForVolumeTypeUnsupported = "BootForVolumeTypeUnsupported" {
        Client(), InvalidRequest,
        "the type of the root volume cannot boot",
        "give the root volume another type than st1 and sc1",
        [],
    }
    INCORRECT_STATE IncorrectState = "IncorrectState" {
        Client(), NotReady,
        "something is in the wrong state, such as a snapshot that is not completed",
        "wait until the snapshot is completed, then send the request again",
        [SNAPSHOT_NOT_IN_STATE],
    }
    OPERATION_NOT_PERMITTED OperationNotPermitted = "OperationNotPermitted" {
        Client(BAD_REQUEST), NotPermitted,
        "the operation is not allowed on this resource",
        "do what the message asks for, or use another resource",
        [DEFAULT_KEY_NOT_SHAREABLE],
    }
    UNSUPPORTED_OPERATION UnsupportedOperation = "UnsupportedOperation" {
        Client(), InvalidRequest,
        "the request is of a kind that EC2 does not support",
        "take out what the message names",
        [MAPPINGS_UNSUPPORTED],
    }
    UNSUPPORTED Unsupported = "Unsupported" {
        Client(), InvalidRequest,
        "the request is not supported, perhaps in this Region or zone alone",
        "take out what the message names, or use another Region",
        [],
    }
    INVALID_PRODUCT_INFO InvalidProductInfo = "InvalidProductInfo" {
        Client(), InvalidRequest,
        "a product code is wrong",
        "correct the product code, or take it out",
        [],
    }
    OPT_IN_REQUIRED OptInRequired = "OptInRequired" {
        Client(FORBIDDEN), NotPermitted,
        "the account is not subscribed to the service or the product",
        "subscribe the account, then send the request again",
        [],
    }
    INVALID_TAG_KEY_MALFORMED InvalidTagKeyMalformed = "InvalidTagKey.Malformed" {
        Client(BAD_REQUEST), InvalidRequest,
        "the key of a tag is empty or starts with `aws:`",
        "give the tag another key",
        [TAG_KEY_INVALID],
    }
    TAG_LIMIT_EXCEEDED TagLimitExceeded = "TagLimitExceeded" {
        Client(), InvalidRequest,
        "a resource would have more than 50 tags",
        "take tags out until 50 are left",
        [],
    }
    TAG_POLICY_VIOLATION TagPolicyViolation = "TagPolicyViolation" {
        Client(), InvalidRequest,
        "the tags do not comply with the tag policy of the organisation",
        "correct the tags as the policy has them",
        [],
    }
    CONCURRENT_TAG_ACCESS ConcurrentTagAccess = "ConcurrentTagAccess" {
        Client(), Transient,
        "another request was tagging at the same moment",
        "wait, then send the request again",
        [],
    }
    RESOURCE_LIMIT_EXCEEDED ResourceLimitExceeded = "ResourceLimitExceeded" {
        Client(BAD_REQUEST), Quota,
        "a quota of the account is used up",
        "deregister images that are no longer needed, or have the quota raised",
        [PUBLIC_IMAGE_QUOTA],
    }
    DRY_RUN_OPERATION DryRunOperation = "DryRunOperation" {
        Client(PRECONDITION_FAILED), DryRun,
        "the request said `DryRun` and would have succeeded",
        "send the request without `DryRun`",
        [DRY_RUN_PASSED],
    }
    UNAUTHORIZED_OPERATION UnauthorizedOperation = "UnauthorizedOperation" {
        Client(FORBIDDEN), NotPermitted,
        "a policy of IAM does not let the caller do it",
        "give the caller `ec2:RegisterImage`, and `ec2:CreateTags` for tags; `aws sts decode-authorization-message` \
         reads the encoded message",
        [NOT_AUTHORIZED, NOT_AUTHORIZED_ENCODED],
    }
    AUTH_FAILURE AuthFailure = "AuthFailure" {
        Client(), Credentials,
        "the credentials are not valid, or give no right to an object; seen with status 401 and 400",
        "check the access key, the clock, and whether the account may use what the message names",
        [RESOURCE_RESTRICTED, IMAGES_NOT_AUTHORIZED],
    }
    INVALID_CLIENT_TOKEN_ID InvalidClientTokenId = "InvalidClientTokenId" {
        Client(FORBIDDEN), Credentials,
        "AWS does not know the access key",
        "use an access key that is active, of an account of this partition",
        [],
    }
    SIGNATURE_DOES_NOT_MATCH SignatureDoesNotMatch = "SignatureDoesNotMatch" {
        Client(), Credentials,
        "the signature is not that of the request",
        "sign exactly what is sent, with the secret of that access key",
        [],
    }
    INCOMPLETE_SIGNATURE IncompleteSignature = "IncompleteSignature" {
        Client(BAD_REQUEST), Credentials,
        "the signature lacks a part",
        "sign as Signature Version 4 prescribes",
        [],
    }
    MISSING_AUTHENTICATION_TOKEN MissingAuthenticationToken = "MissingAuthenticationToken" {
        Client(FORBIDDEN), Credentials,
        "the request is not signed",
        "sign the request",
        [],
    }
    REQUEST_EXPIRED RequestExpired = "RequestExpired" {
        Client(BAD_REQUEST), Credentials,
        "the request is dated more than 15 minutes from AWS's clock",
        "set the clock, renew the credentials, and sign again",
        [],
    }
    INVALID_SECURITY_REQUEST_HAS_EXPIRED InvalidSecurityRequestHasExpired = "InvalidSecurity.RequestHasExpired" {
        Client(), Credentials,
        "the request is dated more than 5 minutes from AWS's clock",
        "set the clock and sign again",
        [],
    }
    BLOCKED Blocked = "Blocked" {
        Client(), NotPermitted,
        "the account is blocked",
        "ask AWS support",
        [],
    }
    PENDING_VERIFICATION PendingVerification = "PendingVerification" {
        Client(), NotPermitted,
        "the account is being verified",
        "wait until AWS has verified the account",
        [],
    }
    ACCOUNT_DISABLED AccountDisabled = "AccountDisabled" {
        Client(), NotPermitted,
        "the account may not use this function",
        "ask AWS support",
        [],
    }
    CUSTOMER_KEY_HAS_BEEN_REVOKED CustomerKeyHasBeenRevoked = "CustomerKeyHasBeenRevoked" {
        Client(), NotPermitted,
        "the KMS key cannot be accessed",
        "give EC2 access to the key of the snapshot again",
        [],
    }
    REQUEST_LIMIT_EXCEEDED RequestLimitExceeded = "RequestLimitExceeded" {
        Server(SERVICE_UNAVAILABLE), Throttled,
        "the account sent too many requests in this Region",
        "send the request again after a longer wait than the last; a name that is taken then may be the work of this attempt",
        [RATE_EXCEEDED],
    }
    BANDWIDTH_LIMIT_EXCEEDED BandwidthLimitExceeded = "BandwidthLimitExceeded" {
        Server(), Throttled,
        "the account used up its bandwidth to the service",
        "send the request again after a longer wait than the last; a name that is taken then may be the work of this attempt",
        [],
    }
    INTERNAL_ERROR InternalError = "InternalError" {
        Server(INTERNAL_SERVER_ERROR), Transient,
        "EC2 failed",
        "send the request again after a wait; a name that is taken then may be the work of this attempt",
        [INTERNAL],
    }
    INTERNAL_FAILURE InternalFailure = "InternalFailure" {
        Server(INTERNAL_SERVER_ERROR), Transient,
        "the service failed and does not say how",
        "send the request again after a wait; a name that is taken then may be the work of this attempt",
        [],
    }
    SERVER_INTERNAL ServerInternal = "ServerInternal" {
        Server(), Transient,
        "the service failed",
        "send the request again after a wait; a name that is taken then may be the work of this attempt",
        [],
    }
    SERVICE_UNAVAILABLE ServiceUnavailable = "ServiceUnavailable" {
        Server(SERVICE_UNAVAILABLE), Transient,
        "the service is not there for the moment",
        "send the request again after a wait; a name that is taken then may be the work of this attempt",
        [],
    }
    UNAVAILABLE Unavailable = "Unavailable" {
        Server(), Transient,
        "the service is overloaded",
        "send the request again after a wait; a name that is taken then may be the work of this attempt",
        [],
    }
    RETRYABLE_ERROR RetryableError = "RetryableError" {
        Server(), Transient,
        "the service failed and says that a retry may help",
        "send the request again after a wait; a name that is taken then may be the work of this attempt",
        [],
    }
}
