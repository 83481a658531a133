//! The wordings of EC2's error messages, each written once.
//!
//! A [`Message`] is a row of the table: the code that EC2 sends it with, its text with a named placeholder for every part
//! that varies, and examples that EC2 was seen to send. [`Detail`](super::Detail), the wordings of the
//! [rules](crate::rules), the refusals of a report and the documentation of the [codes](super::ErrorCode) derive from these
//! rows.

use alloc::string::String;

use super::ErrorCode;
use crate::text::captures;

/// A wording of EC2: one row of [`Message::ALL`].
///
/// ```
/// use ec2_register_image::response::messages;
///
/// let row = &messages::NAME_IN_USE;
/// assert_eq!(row.text, "AMI name {name} is already in use by AMI {image_id}");
/// assert!(row.placeholders().eq(["name", "image_id"]));
/// assert_eq!(row.code().unwrap(), "InvalidAMIName.Duplicate");
/// assert!(row.matches("AMI name web is already in use by AMI ami-0ea09a82f221f584a"));
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    code: Option<&'static str>,
    /// The text. A name in braces is the placeholder of a part that varies.
    pub text: &'static str,
    /// Messages with this wording that EC2 was seen to send, on RegisterImage or on an action with the same parameter.
    /// Where a report hides an ID or a token, another one is filled in.
    pub examples: &'static [&'static str],
}

impl Message {
    /// The code that EC2 sends the message with. Absent if a report quotes the message without its code.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.code.map(ErrorCode::new)
    }

    /// The names of the placeholders, in the order of the text.
    pub fn placeholders(&self) -> impl DoubleEndedIterator<Item = &'static str> {
        placeholders(self.text)
    }

    /// Whether the message has this wording.
    ///
    /// Case, doubled blanks, a full stop at the end and quotes around what varies make no difference.
    ///
    /// ```
    /// use ec2_register_image::response::messages::SNAPSHOT_NOT_FOUND;
    ///
    /// assert!(SNAPSHOT_NOT_FOUND.matches("The snapshot snap-ef2791a9 does not exist"));
    /// assert!(!SNAPSHOT_NOT_FOUND.matches("The snapshot is not there."));
    /// ```
    #[must_use]
    pub fn matches(&self, message: &str) -> bool {
        self.captures(message).is_some()
    }

    /// What stands for each placeholder in a message with this wording.
    pub(super) fn captures<'a>(&self, message: &'a str) -> Option<Captures<'a>> {
        let pattern = self.pattern(|_| "*");
        captures(message, &pattern).map(|values| Captures { text: self.text, values })
    }

    /// The text as a pattern. `fill` returns what replaces a placeholder: text with a `*` for each part that varies.
    /// Quotes around a part that varies are left out, because EC2 does not always write them.
    pub(crate) fn pattern<T: AsRef<str>>(&self, fill: impl Fn(&str) -> T) -> String {
        const QUOTES: [(char, char); 3] = [('\'', '\''), ('"', '"'), ('(', ')')];
        let mut pattern = String::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let filled = fill(name);
            let unquoted =
                QUOTES.iter().find_map(|&(open, close)| before.strip_suffix(open).zip(after.strip_prefix(close)));
            let (before, after) = unquoted.filter(|_| filled.as_ref().contains('*')).unwrap_or((before, after));
            pattern.push_str(before);
            pattern.push_str(filled.as_ref());
            rest = after;
        }
        pattern.push_str(rest);
        if pattern.ends_with('.') {
            pattern.pop();
        }
        pattern
    }
}

/// The most placeholders that a text has.
const PLACEHOLDERS: usize = 3;

/// What stands for the placeholders of a text, by name.
pub(super) struct Captures<'a> {
    text: &'static str,
    /// Aligned to the right.
    values: [&'a str; PLACEHOLDERS],
}

impl<'a> Captures<'a> {
    /// What stands for the placeholder.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let mut named = placeholders(self.text).rev().zip(self.values.iter().rev());
        named.find(|(placeholder, _)| *placeholder == name).map(|(_, value)| *value)
    }
}

fn placeholders(text: &'static str) -> impl DoubleEndedIterator<Item = &'static str> {
    text.split_inclusive('}').filter_map(|part| part.split_once('{')?.1.strip_suffix('}'))
}

const fn count_placeholders(text: &str) -> usize {
    let (mut rest, mut count) = (text.as_bytes(), 0);
    while let [first, after @ ..] = rest {
        rest = after;
        count += (*first == b'{') as usize;
    }
    count
}

/// A row per wording: name, code (`_` if it is not known), text and examples. Without examples, the text itself is one.
/// The macro with the name of the row writes its examples into documentation.
macro_rules! messages {
    (@code _) => { None };
    (@code $code:literal) => { Some($code) };
    (@examples $text:literal) => { &[$text] };
    (@examples $text:literal $($example:literal)+) => { &[$($example),+] };
    (@doc $text:literal) => { concat!("\nSeen: `", $text, "`\n") };
    (@doc $text:literal $($example:literal)+) => { concat!($("\nSeen: `", $example, "`\n"),+) };
    ($($name:ident: $code:tt, $text:literal $(, [$($example:literal),+ $(,)?])?;)+) => {
        $(
            #[doc = concat!("`", $text, "`\n", messages!(@doc $text $($($example)+)?))]
            pub static $name: Message =
                Message { code: messages!(@code $code), text: $text, examples: messages!(@examples $text $($($example)+)?) };

            const _: () = assert!(count_placeholders($text) <= PLACEHOLDERS, "a text has too many placeholders");

            #[allow(unused_macros, reason = "not every code has a row in the table of codes")]
            macro_rules! $name {
                () => {
                    messages!(@doc $text $($($example)+)?)
                };
            }
        )+

        impl Message {
            /// Every wording that is known, in the order of the codes.
            pub const ALL: &'static [&'static Self] = &[$(&$name),+];
        }
    };
}

messages! {
    NAME_MALFORMED: "InvalidAMIName.Malformed",
        "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'";
    NAME_IN_USE: "InvalidAMIName.Duplicate",
        "AMI name {name} is already in use by AMI {image_id}",
        ["AMI name php-image is already in use by AMI ami-0ea09a82f221f584a"];
    IMAGE_NOT_FOUND: "InvalidAMIID.NotFound",
        "The image id '{image_id}' does not exist",
        ["The image id '[ami-0ed6aa075ca18d129]' does not exist"];
    IMAGES_NOT_FOUND: "InvalidAMIID.NotFound",
        "The image ids '{image_id}' do not exist",
        ["The image ids '[ami-0a1b2c3d4e5f60718, ami-0ed6aa075ca18d129]' do not exist"];
    AMI_NOT_FOUND: "InvalidAMIID.NotFound",
        "The AMI ID '{image_id}' does not exist",
        ["The AMI ID 'ami-ff17fb96' does not exist"];
    IMAGE_UNAVAILABLE: "InvalidAMIID.Unavailable",
        "The image ID '{image_id}' is no longer available",
        ["The image ID 'ami-0a1b2c3d4e5f60718' is no longer available"];
    ID_MALFORMED: "InvalidAMIID.Malformed",
        "Invalid id: {id}",
        ["Invalid id: \"{var.ami_id}\" (expecting \"ami-...\")", "Invalid id: \"ami-dfa743b64\""];
    DEVICE_REASSIGNED: "InvalidBlockDeviceMapping",
        "{device} is being assigned to multiple times.",
        ["/dev/xvda is being assigned to multiple times."];
    DEVICE_REUSED: "InvalidBlockDeviceMapping",
        "The device '{device}' is used in more than one block-device mapping",
        ["The device 'xvdb' is used in more than one block-device mapping"];
    VOLUME_WITHOUT_SOURCE: "InvalidBlockDeviceMapping",
        "Either snapshot ID or volume size must be provided for: {device}",
        ["Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdc"];
    DEVICE_NAME_INVALID: "InvalidBlockDeviceMapping",
        "Invalid device name {device}",
        [
            "Invalid device name /dev/sde1",
            "Invalid device name '/dev/xvdal'",
            "Invalid device name C:/Program Files/Git/dev/sda1",
        ];
    DEVICE_NAME_MISSING: "InvalidBlockDeviceMapping",
        "Missing device name";
    VOLUME_TOO_SMALL: "InvalidBlockDeviceMapping",
        "Volume of size {size} is smaller than snapshot '{id}', expect size >= {least}",
        ["Volume of size 15GB is smaller than  snapshot 'snap-09e0f802c68b958b7', expect size >= 30GB"];
    ENCRYPTED_WITH_SNAPSHOT: "InvalidBlockDeviceMapping",
        "the encrypted flag cannot be specified since device {device} has a snapshot specified.",
        ["the encrypted flag cannot be specified since device /dev/sda1 has a snapshot specified."];
    SNAPSHOT_INVALID: "InvalidBlockDeviceMapping",
        "Invalid snapshot";
    SNAPSHOT_NOT_MODIFIABLE: "InvalidBlockDeviceMapping",
        "snapshotId can only be modified on EBS devices";
    HVM_ONLY: _,
        "{context}architecture supports HVM AMIs only{advice}",
        ["architecture supports HVM AMIs only"];
    MANIFEST_INVALID: "InvalidManifest",
        "Invalid AMI manifest";
    MANIFEST_NOT_FETCHED: "InvalidManifest",
        "HTTP {status} response for URL {url}",
        [
            "HTTP 403 (Forbidden) response for URL \
             http://s3.amazonaws.com:80/qbis-oc-techops/amis//image-1502303560.manifest.xml",
            "HTTP 301 (Moved Permanently) response for URL http://web.s3.amazonaws.com:80/web-instance.manifest.xml: \
             check your manifest path is correct and in the correct region.",
        ];
    MANIFEST_MAPPING_INVALID: "InvalidManifest",
        "Invalid block device mapping: {problem}",
        ["Invalid block device mapping: Invalid device name 'xvdal'"];
    MANIFEST_KERNEL_INVALID: "InvalidManifest",
        "Invalid or unaccessible kernel id in ami manifest: {kernel}",
        ["Invalid or unaccessible kernel id in ami manifest: 1950528584"];
    SNAPSHOT_NOT_FOUND: "InvalidSnapshot.NotFound",
        "The snapshot '{id}' does not exist.",
        ["The snapshot 'snap-ef2791a9' does not exist."];
    UNNAMED_SNAPSHOT_NOT_FOUND: "InvalidSnapshot.NotFound",
        "Snapshot does not exist";
    SNAPSHOT_IN_USE: "InvalidSnapshot.InUse",
        "The snapshot {id} is currently in use by {image_id}",
        ["The snapshot snap-6c6e383d is currently in use by ami-f74260c7"];
    SNAPSHOT_RATE_EXCEEDED: "SnapshotCreationPerVolumeRateExceeded",
        "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval \
         between requests.",
        [
            "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep \
             interval between requests.",
        ];
    SNAPSHOT_ENCRYPTED: "InvalidRequest",
        "Snapshot {id} is encrypted. {problem}",
        [
            "Snapshot snap-0bb552d9fd4e927e6 is encrypted. Creating an unencrypted copy from an encrypted snapshot is not \
             supported.",
        ];
    PARAMETER_INVALID: "InvalidParameter",
        "Parameter {parameter} is invalid{reason}",
        [
            "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id in a \
             block device mapping.",
        ];
    OBJECT_NOT_LOCAL: "InvalidParameter",
        "The given S3 object is not local to the region{advice}",
        ["The given S3 object is not local to the region. The object must be located in us-east-1."];
    AWS_KEY_NOT_SHAREABLE: "InvalidParameter",
        "Snapshots encrypted with the AWS Managed CMK {verb} be shared. Specify another snapshot",
        ["Snapshots encrypted with the AWS Managed CMK can\u{2019}t be shared. Specify another snapshot"];
    VALUE_INVALID: "InvalidParameterValue",
        "Invalid value '{value}' for {parameter}.",
        ["Invalid value '' for virtualizationType.", "Invalid value 'x86_64' for architecture."];
    VALUE_INVALID_FOR: "InvalidParameterValue",
        "Invalid {parameter} value '{value}' for {other}",
        ["Invalid machineArchitecture value 'arm64' for tpmSupport"];
    RESOURCE_TYPE_INVALID: "InvalidParameterValue",
        "'{resource_type}' is not a valid taggable resource type for this operation.",
        ["'instance' is not a valid taggable resource type for this operation."];
    TAG_KEY_DUPLICATE: "InvalidParameterValue",
        "Duplicate tag key '{key}' specified.",
        ["Duplicate tag key 'Name' specified."];
    TAG_KEY_RESERVED: "InvalidParameterValue",
        "{context}Tag keys starting with '{prefix}' are reserved for internal use",
        ["Tag keys starting with 'aws:' are reserved for internal use"];
    PARAMETER_VALUE_INVALID: "InvalidParameterValue",
        "Value ({value}) for parameter {parameter} is invalid{reason}",
        [
            "Value ( aws:autoscaling:groupName ) for parameter key is invalid. Tag keys starting with 'aws:' are \
             reserved for internal use",
            "Value () for parameter snapshotId is invalid. Parameter may not be null or empty",
            "Value (standard) for parameter volumeId is invalid. Expected: 'vol-...'.",
        ];
    NOT_ASCII: "InvalidParameterValue",
        "{context}Character sets beyond ASCII are not supported",
        ["Character sets beyond ASCII are not supported."];
    IOPS_RATIO: "InvalidParameterValue",
        "Iops to volume size ratio of {ratio} is too high; maximum is {maximum}",
        ["Iops to volume size ratio of 750.000000 is too high; maximum is 500"];
    THROUGHPUT_RATIO: "InvalidParameterValue",
        "Throughput (MiBps) to iops ratio of {ratio} is too high; maximum is {maximum}",
        ["Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops"];
    ARCHITECTURE_MISMATCH: "InvalidParameterValue",
        "The architecture '{instance}' of the specified instance type does not match the architecture '{image}' of the \
         specified AMI{advice}",
        [
            "The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64' of the \
             specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use \
             'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
        ];
    ARCHITECTURE_MISMATCH_OF_IMAGE: "InvalidParameterValue",
        "The requested instance type's architecture ({instance}) does not match the architecture in the manifest for \
         {image_id} ({image})",
        [
            "The requested instance type's architecture (x86_64) does not match the architecture in the manifest for \
             ami-4c6ad824 (i386)",
        ];
    BOOT_MODE_UNSUPPORTED: "InvalidParameterValue",
        "The {instance_type} instance type does not support an AMI with a boot mode of {boot_mode}",
        [
            "The t2.micro instance type does not support an AMI with a boot mode of UEFI. Only instance types built on the \
             Nitro System support UEFI. Specify an instance type that supports UEFI, and try again.",
        ];
    PARAMETER_UNSUPPORTED: "InvalidParameterCombination",
        "The parameter {parameter} is not supported for {volume_type} volumes.",
        ["The parameter iops is not supported for gp2 volumes."];
    PARAMETER_REQUIRED: "InvalidParameterCombination",
        "The parameter {parameter} must be specified for {volume_type} volumes.",
        ["The parameter iops must be specified for io2 volumes."];
    OTHER_VOLUME_TYPE: "InvalidParameterCombination",
        "{parameter} can only be specified for volumeType {volume_type}.",
        ["throughput can only be specified for volumeType gp3."];
    PARAMETERS_CONFLICT: "InvalidParameterCombination",
        "The parameter '{parameter}' may not be used in combination with '{other}'",
        ["The parameter 'CidrIp' may not be used in combination with 'SourceSecurityGroupOwnerId'"];
    ENA_REQUIRED: "InvalidParameterCombination",
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for the '{instance_type}' instance type. \
         Ensure that you are using an AMI that is enabled for ENA.",
        [
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 't3.large' instance type. \
             Ensure that you are using an AMI that is enabled for ENA.",
        ];
    INSTANCE_TYPE_NOT_ALLOWED: "InvalidParameterCombination",
        "This AMI does not support the specified instance type. Check DescribeImages for InstanceTypeSpecification, and try \
         again.",
        [
            "This AMI does not support the specified instance type. Check DescribeImages for InstanceTypeSpecification, and \
             try again.",
        ];
    PARAMETER_MISSING: "MissingParameter",
        "The request must contain the parameter {parameter}",
        [
            "The request must contain the parameter size or snapshotId",
            "The request must contain the parameter ImageId",
            "The request must contain the parameter ebs",
        ];
    PARAMETER_UNKNOWN: "UnknownParameter",
        "The parameter {parameter} is not recognized",
        ["The parameter KmsKeyId is not recognized"];
    SNAPSHOT_NOT_IN_STATE: "IncorrectState",
        "Snapshot '{id}' is not '{state}'.",
        ["Snapshot 'snap-0123456789abcdef0' is not 'completed'."];
    DEFAULT_KEY_NOT_SHAREABLE: "OperationNotPermitted",
        "Encrypted snapshots with EBS default key cannot be shared";
    MAPPINGS_UNSUPPORTED: "UnsupportedOperation",
        "EBS block device mappings not supported for instance-store AMIs.";
    IMDSV1_FORBIDDEN: "UnsupportedOperation",
        "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account{advice}",
        [
            "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch \
             the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the \
             ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
        ];
    CONFIGURATION_UNSUPPORTED: "Unsupported",
        "The requested configuration is currently not supported. Please check the documentation for supported \
         configurations.",
        [
            "The requested configuration is currently not supported. Please check the documentation for supported \
             configurations.",
        ];
    TAG_KEY_INVALID: "InvalidTagKey.Malformed",
        "The tag key '{key}' is not valid{reason}",
        ["The tag key ?aws:createdBy? is not valid. Tag keys starting with 'aws:' are reserved for internal use."];
    TAGS_MISSING: "InvalidTagKey.Malformed",
        "Tag specification must have at least one tag";
    TAG_KEYS_REQUIRED: "TagPolicyViolation",
        "The resource is missing the tag key(s) {keys}",
        ["The resource is missing the tag key(s) 'RequiredTag'"];
    TAG_VALUE_FORBIDDEN: "TagPolicyViolation",
        "The tag policy does not allow the specified value for the following tag key: '{key}'.",
        ["The tag policy does not allow the specified value for the following tag key: 'Project'."];
    QUOTA_REACHED: "ResourceLimitExceeded",
        "You have reached your quota of {quota} for the number of {resources} allowed in this Region{advice}",
        [
            "You have reached your quota of 5 for the number of public images allowed in this Region. Deregister \
             unused public images or make them private, or request an increase in your public AMIs quota.",
        ];
    DRY_RUN_PASSED: "DryRunOperation",
        "Request would have succeeded, but DryRun flag is set.";
    NOT_AUTHORIZED: "UnauthorizedOperation",
        "You are not authorized to perform this operation.";
    NOT_AUTHORIZED_TO: "UnauthorizedOperation",
        "{context}User:{principal} is not authorized to perform: {request}",
        [
            "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/build is not authorized \
             to perform: ec2:RegisterImage on resource: arn:aws:ec2:eu-west-2::image/* because no identity-based policy \
             allows the ec2:RegisterImage action",
            "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/build is not authorized \
             to perform: ec2:RegisterImage with an explicit deny in a service control policy",
        ];
    NOT_AUTHORIZED_ENCODED: "UnauthorizedOperation",
        "{context}Encoded authorization failure message: {encoded}",
        ["You are not authorized to perform this operation. Encoded authorization failure message: 4wHxGkZ_w-0Q"];
    RESOURCE_RESTRICTED: "AuthFailure",
        "Unauthorized attempt to access restricted resource";
    IMAGES_NOT_AUTHORIZED: "AuthFailure",
        "Not authorized for images: {image_id}",
        ["Not authorized for images: [ami-0123456789abcdef0]"];
    STORAGE_NOT_PERMITTED: "AuthFailure",
        "You do not have permission to access the storage of this ami";
    CREDENTIALS_INVALID: "AuthFailure",
        "AWS was not able to validate the provided access credentials";
    RATE_EXCEEDED: "RequestLimitExceeded",
        "Request limit exceeded.";
    INTERNAL: "InternalError",
        "An internal error has occurred";
}
