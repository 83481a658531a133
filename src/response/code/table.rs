//! The codes that AWS documents, one row each.

use http::StatusCode;

use super::{CodeInfo, Fault};
use crate::response::{Class, messages};

const fn first(statuses: &[StatusCode]) -> Option<StatusCode> {
    match statuses {
        [status, ..] => Some(*status),
        [] => None,
    }
}

/// A row per code: constant, variant, wire text, fault with status, class, meaning, advice, messages.
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
    /// The code of an error, such as `InvalidAMIName.Duplicate`.
    ///
    /// It can be any text, because EC2's API model lists no codes for RegisterImage. The codes that AWS documents have
    /// constants, and [`info`](Self::info) returns what they mean.
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
        "use a name of 3 to 128 letters, digits, spaces and `()[]./-'@_`", [NAME_MALFORMED],
    }
    INVALID_AMI_NAME_DUPLICATE InvalidAmiNameDuplicate = "InvalidAMIName.Duplicate" {
        Client(BAD_REQUEST), NameTaken,
        "another image of the account in this Region has the name",
        "find out whether the image that the message names comes from a lost attempt of yours; if not, use \
         another name, or deregister that image and wait",
        [NAME_IN_USE],
    }
    INVALID_AMI_ID_NOT_FOUND InvalidAmiIdNotFound = "InvalidAMIID.NotFound" {
        Client(BAD_REQUEST), NotReady,
        "the image does not exist in this Region, or EC2 does not show it yet",
        "a registration names no image, so look up the image ID of the message: EC2 may have just assigned it",
        [IMAGE_NOT_FOUND, IMAGES_NOT_FOUND, AMI_NOT_FOUND],
    }
    INVALID_AMI_ID_MALFORMED InvalidAmiIdMalformed = "InvalidAMIID.Malformed" {
        Client(BAD_REQUEST), InvalidRequest,
        "an image ID is malformed",
        "use `ami-` and 8 or 17 hexadecimal digits", [ID_MALFORMED],
    }
    INVALID_AMI_ID_UNAVAILABLE InvalidAmiIdUnavailable = "InvalidAMIID.Unavailable" {
        Client(), NotReady,
        "the image is deregistered or not in a usable state",
        "look up the state of the image, and wait if it is pending", [IMAGE_UNAVAILABLE],
    }
    INVALID_BLOCK_DEVICE_MAPPING InvalidBlockDeviceMapping = "InvalidBlockDeviceMapping" {
        Client(BAD_REQUEST), InvalidRequest,
        "a block device mapping is invalid",
        "correct the mapping that the message names",
        [
            DEVICE_REASSIGNED, DEVICE_REUSED, VOLUME_WITHOUT_SOURCE, DEVICE_NAME_INVALID, DEVICE_NAME_MISSING,
            VOLUME_TOO_SMALL, ENCRYPTED_WITH_SNAPSHOT, SNAPSHOT_INVALID, SNAPSHOT_NOT_MODIFIABLE,
        ],
    }
    INVALID_MANIFEST InvalidManifest = "InvalidManifest" {
        Client(), InvalidRequest,
        "EC2 cannot fetch or read the manifest in S3, or its mappings or kernel are invalid",
        "let EC2 read the manifest and its parts in this Region, and set `ImageLocation` to their bucket and key",
        [MANIFEST_INVALID, MANIFEST_NOT_FETCHED, MANIFEST_MAPPING_INVALID, MANIFEST_KERNEL_INVALID],
    }
    INVALID_SNAPSHOT_NOT_FOUND InvalidSnapshotNotFound = "InvalidSnapshot.NotFound" {
        Client(), NotReady,
        "the snapshot does not exist in this Region, or the caller cannot see it",
        "look for the snapshot in the Region of the request; if it is new, wait until `describe-snapshots` lists \
         it",
        [SNAPSHOT_NOT_FOUND, UNNAMED_SNAPSHOT_NOT_FOUND],
    }
    INVALID_SNAPSHOT_IN_USE InvalidSnapshotInUse = "InvalidSnapshot.InUse" {
        Client(BAD_REQUEST), NotReady,
        "an image uses the snapshot, so EC2 cannot delete it",
        "deregister the image that the message names before you delete the snapshot", [SNAPSHOT_IN_USE],
    }
    INVALID_SNAPSHOT_ID_MALFORMED InvalidSnapshotIdMalformed = "InvalidSnapshotID.Malformed" {
        Client(), InvalidRequest,
        "a snapshot ID is malformed",
        "use `snap-` and 8 or 17 hexadecimal digits", [],
    }
    SNAPSHOT_CREATION_PER_VOLUME_RATE_EXCEEDED SnapshotCreationPerVolumeRateExceeded = "SnapshotCreationPerVolumeRateExceeded" {
        Client(BAD_REQUEST), Throttled,
        "the account created too many snapshots of one volume in a short time",
        "wait at least 15 seconds between two snapshots of a volume, and longer after each error",
        [SNAPSHOT_RATE_EXCEEDED],
    }
    INVALID_PARAMETER InvalidParameter = "InvalidParameter" {
        Client(BAD_REQUEST), InvalidRequest,
        "a parameter is invalid",
        "correct the parameter that the message names",
        [PARAMETER_INVALID, OBJECT_NOT_LOCAL, AWS_KEY_NOT_SHAREABLE],
    }
    INVALID_PARAMETER_VALUE InvalidParameterValue = "InvalidParameterValue" {
        Client(BAD_REQUEST), InvalidRequest,
        "the value of a parameter is invalid, not supported, or cannot be used here",
        "correct the value that the message names",
        [
            VALUE_INVALID, VALUE_INVALID_FOR, RESOURCE_TYPE_INVALID, TAG_KEY_DUPLICATE, TAG_KEY_RESERVED,
            PARAMETER_VALUE_INVALID, NOT_ASCII, IOPS_RATIO, THROUGHPUT_RATIO, ARCHITECTURE_MISMATCH,
            ARCHITECTURE_MISMATCH_OF_IMAGE, BOOT_MODE_UNSUPPORTED,
        ],
    }
    CLIENT_INVALID_PARAMETER_VALUE ClientInvalidParameterValue = "ClientInvalidParameterValue" {
        Client(), InvalidRequest,
        "the value of a parameter is invalid, not supported, or cannot be used here",
        "correct the value that the message names", [],
    }
    INVALID_PARAMETER_COMBINATION InvalidParameterCombination = "InvalidParameterCombination" {
        Client(BAD_REQUEST), InvalidRequest,
        "parameters exclude each other, or one requires another that is missing",
        "remove the parameter that the message names, or add the one that it asks for",
        [
            PARAMETER_UNSUPPORTED, PARAMETER_REQUIRED, OTHER_VOLUME_TYPE, PARAMETERS_CONFLICT, ENA_REQUIRED,
            INSTANCE_TYPE_NOT_ALLOWED,
        ],
    }
    INVALID_PARAMETER_DEPENDENCY InvalidParameterDependency = "InvalidParameterDependency" {
        Client(), InvalidRequest,
        "a parameter requires another one that is missing or has another value",
        "correct the parameters that the message names", [],
    }
    INVALID_REQUEST InvalidRequest = "InvalidRequest" {
        Client(), InvalidRequest,
        "the request is invalid for the reason that the message gives",
        "correct the request as the message says", [SNAPSHOT_ENCRYPTED],
    }
    INVALID_INPUT InvalidInput = "InvalidInput" {
        Client(), InvalidRequest,
        "an input is invalid",
        "correct the input that the message names", [],
    }
    MISSING_INPUT MissingInput = "MissingInput" {
        Client(), InvalidRequest,
        "a required input is missing",
        "add the input that the message names", [],
    }
    INVALID_STATE InvalidState = "InvalidState" {
        Client(), NotReady,
        "a resource is in a state that does not allow the request",
        "wait until the resource is in the state that the message asks for, then send the request again", [],
    }
    INVALID_CHARACTER InvalidCharacter = "InvalidCharacter" {
        Client(), InvalidRequest,
        "a text has a character that is not allowed",
        "remove the character from the text that the message names", [],
    }
    VALIDATION_ERROR ValidationError = "ValidationError" {
        Client(BAD_REQUEST), InvalidRequest,
        "an input violates a constraint of the service",
        "correct the input that the message names", [],
    }
    MISSING_PARAMETER MissingParameter = "MissingParameter" {
        Client(BAD_REQUEST), InvalidRequest,
        "a required parameter is missing",
        "add the parameter that the message names", [PARAMETER_MISSING],
    }
    UNKNOWN_PARAMETER UnknownParameter = "UnknownParameter" {
        Client(), InvalidRequest,
        "the action does not have a parameter of this name",
        "remove the parameter that the message names", [PARAMETER_UNKNOWN],
    }
    INVALID_ACTION InvalidAction = "InvalidAction" {
        Client(), InvalidRequest,
        "EC2 does not have the action, or not in this API version",
        "set `Action` to `RegisterImage` and `Version` to `2016-11-15`", [],
    }
    MISSING_ACTION MissingAction = "MissingAction" {
        Client(), InvalidRequest,
        "the request names no action, or lacks a required parameter",
        "set `Action` to `RegisterImage`", [],
    }
    NO_SUCH_VERSION NoSuchVersion = "NoSuchVersion" {
        Client(), InvalidRequest,
        "EC2 does not have the API version of the request",
        "set `Version` to `2016-11-15`", [],
    }
    MALFORMED_QUERY_STRING MalformedQueryString = "MalformedQueryString" {
        Client(), InvalidRequest,
        "the query string or form body has a syntax error",
        "encode the request as a form with percent-encoded names and values", [],
    }
    INVALID_QUERY_PARAMETER InvalidQueryParameter = "InvalidQueryParameter" {
        Client(), InvalidRequest,
        "the query string is malformed or does not follow AWS's conventions",
        "encode the request as the query protocol of EC2 requires", [],
    }
    INVALID_PAGINATION_TOKEN InvalidPaginationToken = "InvalidPaginationToken" {
        Client(), InvalidRequest,
        "a pagination token is invalid or has expired; RegisterImage has none",
        "start the listing again from its first page", [],
    }
    IDEMPOTENT_PARAMETER_MISMATCH IdempotentParameterMismatch = "IdempotentParameterMismatch" {
        Client(), InvalidRequest,
        "another request used the same client token; RegisterImage has none",
        "use a new client token for a new request", [],
    }
    UNSUPPORTED_INSTANCE_ATTRIBUTE UnsupportedInstanceAttribute = "UnsupportedInstanceAttribute" {
        Client(), InvalidRequest,
        "an instance attribute cannot be changed; it belongs to other actions and is unlikely here",
        "remove the attribute that the message names", [],
    }
    UNSUPPORTED_PROTOCOL UnsupportedProtocol = "UnsupportedProtocol" {
        Client(), InvalidRequest,
        "EC2 no longer accepts the protocol, such as SOAP",
        "send the request with the query protocol over HTTPS", [],
    }
    INVALID_KERNEL_ID_MALFORMED InvalidKernelIdMalformed = "InvalidKernelId.Malformed" {
        Client(), InvalidRequest,
        "the kernel ID is malformed",
        "use `aki-` and hexadecimal digits", [],
    }
    INVALID_RAM_DISK_ID_MALFORMED InvalidRamDiskIdMalformed = "InvalidRamDiskId.Malformed" {
        Client(), InvalidRequest,
        "the RAM disk ID is malformed; the code has a capital D",
        "use `ari-` and hexadecimal digits", [],
    }
    INVALID_AMI_ATTRIBUTE_ITEM_VALUE InvalidAmiAttributeItemValue = "InvalidAMIAttributeItemValue" {
        Client(), InvalidRequest,
        "an item of an image attribute is invalid; it belongs to ModifyImageAttribute and is unlikely here",
        "correct the item that the message names", [],
    }
    INVALID_AVAILABILITY_ZONE InvalidAvailabilityZone = "InvalidAvailabilityZone" {
        Client(), InvalidRequest,
        "an Availability Zone is invalid",
        "remove the zone, or use one of the Region", [],
    }
    INVALID_ZONE_NOT_FOUND InvalidZoneNotFound = "InvalidZone.NotFound" {
        Client(), InvalidRequest,
        "an Availability Zone does not exist",
        "remove the zone, or use one of the Region", [],
    }
    UNKNOWN_VOLUME_TYPE UnknownVolumeType = "UnknownVolumeType" {
        Client(), InvalidRequest,
        "EC2 does not have the volume type",
        "use a volume type as EC2 spells it, such as `gp3`", [],
    }
    BOOT_FOR_VOLUME_TYPE_UNSUPPORTED BootForVolumeTypeUnsupported = "BootForVolumeTypeUnsupported" {
        Client(), InvalidRequest,
        "the root volume has a type that cannot boot",
        "use another type than st1 and sc1 for the root volume", [],
    }
    INCORRECT_STATE IncorrectState = "IncorrectState" {
        Client(), NotReady,
        "a resource is in the wrong state, such as a snapshot that is not completed",
        "wait until the snapshot is completed, then send the request again", [SNAPSHOT_NOT_IN_STATE],
    }
    OPERATION_NOT_PERMITTED OperationNotPermitted = "OperationNotPermitted" {
        Client(BAD_REQUEST), NotPermitted,
        "the operation is not allowed on this resource",
        "do what the message asks for, or use another resource", [DEFAULT_KEY_NOT_SHAREABLE],
    }
    UNSUPPORTED_OPERATION UnsupportedOperation = "UnsupportedOperation" {
        Client(), InvalidRequest,
        "EC2 does not support a request of this kind",
        "remove what the message names", [MAPPINGS_UNSUPPORTED, IMDSV1_FORBIDDEN],
    }
    UNSUPPORTED Unsupported = "Unsupported" {
        Client(), InvalidRequest,
        "EC2 does not support the request, perhaps only in this Region or zone",
        "remove what the message names, or use another Region", [CONFIGURATION_UNSUPPORTED],
    }
    INVALID_PRODUCT_INFO InvalidProductInfo = "InvalidProductInfo" {
        Client(), InvalidRequest,
        "a product code is invalid",
        "correct the product code, or remove it", [],
    }
    OPT_IN_REQUIRED OptInRequired = "OptInRequired" {
        Client(FORBIDDEN), NotPermitted,
        "the account is not subscribed to the service or the product",
        "subscribe the account, then send the request again", [],
    }
    INVALID_TAG_KEY_MALFORMED InvalidTagKeyMalformed = "InvalidTagKey.Malformed" {
        Client(BAD_REQUEST), InvalidRequest,
        "a tag key is empty or starts with `aws:`, or a tag specification has no tags",
        "use another key, or remove the tag specification", [TAG_KEY_INVALID, TAGS_MISSING],
    }
    TAG_LIMIT_EXCEEDED TagLimitExceeded = "TagLimitExceeded" {
        Client(), InvalidRequest,
        "a resource would have more than 50 tags",
        "remove tags until 50 are left", [],
    }
    TAG_POLICY_VIOLATION TagPolicyViolation = "TagPolicyViolation" {
        Client(BAD_REQUEST), InvalidRequest,
        "the tags do not comply with the tag policy of the organization",
        "change the tags so that they comply with the policy", [TAG_KEYS_REQUIRED, TAG_VALUE_FORBIDDEN],
    }
    CONCURRENT_TAG_ACCESS ConcurrentTagAccess = "ConcurrentTagAccess" {
        Client(), Transient,
        "another request changed tags at the same time",
        "wait, then send the request again", [],
    }
    RESOURCE_LIMIT_EXCEEDED ResourceLimitExceeded = "ResourceLimitExceeded" {
        Client(BAD_REQUEST), Quota,
        "a quota of the account is used up",
        "deregister images that you no longer need, or request a higher quota", [QUOTA_REACHED],
    }
    DRY_RUN_OPERATION DryRunOperation = "DryRunOperation" {
        Client(PRECONDITION_FAILED), DryRun,
        "the request said `DryRun` and would have succeeded",
        "send the request without `DryRun`", [DRY_RUN_PASSED],
    }
    UNAUTHORIZED_OPERATION UnauthorizedOperation = "UnauthorizedOperation" {
        Client(FORBIDDEN), NotPermitted,
        "an IAM policy does not let the caller do it",
        "give the caller `ec2:RegisterImage`, and `ec2:CreateTags` for tags",
        [NOT_AUTHORIZED, NOT_AUTHORIZED_TO, NOT_AUTHORIZED_ENCODED],
    }
    AUTH_FAILURE AuthFailure = "AuthFailure" {
        Client(), Credentials,
        "the credentials are invalid, or give no access to a resource; EC2 sends it with status 401 or 400",
        "check the access key, the clock, and whether the account may use what the message names",
        [RESOURCE_RESTRICTED, IMAGES_NOT_AUTHORIZED, STORAGE_NOT_PERMITTED, CREDENTIALS_INVALID],
    }
    INVALID_CLIENT_TOKEN_ID InvalidClientTokenId = "InvalidClientTokenId" {
        Client(FORBIDDEN), Credentials,
        "AWS does not know the access key",
        "use an active access key of an account in this partition", [],
    }
    SIGNATURE_DOES_NOT_MATCH SignatureDoesNotMatch = "SignatureDoesNotMatch" {
        Client(), Credentials,
        "the signature does not match the request",
        "sign exactly what you send, with the secret of that access key", [],
    }
    INCOMPLETE_SIGNATURE IncompleteSignature = "IncompleteSignature" {
        Client(BAD_REQUEST), Credentials,
        "the signature lacks a part",
        "sign as Signature Version 4 requires", [],
    }
    MISSING_AUTHENTICATION_TOKEN MissingAuthenticationToken = "MissingAuthenticationToken" {
        Client(FORBIDDEN), Credentials,
        "the request is not signed",
        "sign the request", [],
    }
    REQUEST_EXPIRED RequestExpired = "RequestExpired" {
        Client(BAD_REQUEST), Credentials,
        "the date of the request is more than 15 minutes from AWS's clock",
        "set the clock, renew the credentials, and sign again", [],
    }
    INVALID_SECURITY_REQUEST_HAS_EXPIRED InvalidSecurityRequestHasExpired = "InvalidSecurity.RequestHasExpired" {
        Client(), Credentials,
        "the date of the request is more than 5 minutes from AWS's clock",
        "set the clock and sign again", [],
    }
    BLOCKED Blocked = "Blocked" {
        Client(), NotPermitted,
        "the account is blocked",
        "ask AWS support", [],
    }
    PENDING_VERIFICATION PendingVerification = "PendingVerification" {
        Client(), NotPermitted,
        "AWS is still verifying the account",
        "wait until AWS has verified the account", [],
    }
    ACCOUNT_DISABLED AccountDisabled = "AccountDisabled" {
        Client(), NotPermitted,
        "the account may not use this function",
        "ask AWS support", [],
    }
    CUSTOMER_KEY_HAS_BEEN_REVOKED CustomerKeyHasBeenRevoked = "CustomerKeyHasBeenRevoked" {
        Client(), NotPermitted,
        "EC2 cannot access the KMS key",
        "give EC2 access to the key of the snapshot again", [],
    }
    RETRYABLE_ERROR RetryableError = "RetryableError" {
        Client(), Transient,
        "a request that an AWS service sent for the account could not be completed",
        "wait, then send the request again; the service may also retry it", [],
    }
    REQUEST_LIMIT_EXCEEDED RequestLimitExceeded = "RequestLimitExceeded" {
        Server(SERVICE_UNAVAILABLE), Throttled,
        "the account sent too many requests in this Region",
        "send the request again after a longer wait; if the name is then in use, the image may come from this \
         attempt",
        [RATE_EXCEEDED],
    }
    BANDWIDTH_LIMIT_EXCEEDED BandwidthLimitExceeded = "BandwidthLimitExceeded" {
        Server(), Throttled,
        "the request exceeds the network bandwidth that is available to an instance",
        "send the request again after a longer wait; if the name is then in use, the image may come from this \
         attempt",
        [],
    }
    INTERNAL_ERROR InternalError = "InternalError" {
        Server(INTERNAL_SERVER_ERROR), Transient,
        "EC2 failed",
        "send the request again after a wait; if the name is then in use, the image may come from this attempt",
        [INTERNAL],
    }
    INTERNAL_FAILURE InternalFailure = "InternalFailure" {
        Server(INTERNAL_SERVER_ERROR), Transient,
        "the service failed for an unknown reason",
        "send the request again after a wait; if the name is then in use, the image may come from this attempt", [],
    }
    SERVER_INTERNAL ServerInternal = "ServerInternal" {
        Server(), Transient,
        "the service failed",
        "send the request again after a wait; if the name is then in use, the image may come from this attempt", [],
    }
    SERVICE_UNAVAILABLE ServiceUnavailable = "ServiceUnavailable" {
        Server(SERVICE_UNAVAILABLE), Transient,
        "the service is temporarily unavailable",
        "send the request again after a wait; if the name is then in use, the image may come from this attempt", [],
    }
    UNAVAILABLE Unavailable = "Unavailable" {
        Server(), Transient,
        "the service is overloaded",
        "send the request again after a wait; if the name is then in use, the image may come from this attempt", [],
    }
}
