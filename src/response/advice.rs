//! What to do about an error: by its message if the wording is known, otherwise by its code.

use alloc::borrow::Cow;

use super::messages::{IMAGES_NOT_AUTHORIZED, Message, STORAGE_NOT_PERMITTED};
use super::{Class, Detail, ErrorEntry};

/// Wordings about an object that the caller may not use, although its credentials are right.
const NOT_SHARED: [&Message; 2] = [&STORAGE_NOT_PERMITTED, &IMAGES_NOT_AUTHORIZED];

impl ErrorEntry {
    /// Returns what to do about the error, in one sentence.
    ///
    /// If the wording of the message is known, the advice is about what the message says. Otherwise it is that of the
    /// [code](super::CodeInfo::advice).
    ///
    /// ```
    /// use ec2_register_image::response::ErrorEntry;
    ///
    /// let message = "You are not authorized to perform this operation. User: \
    ///     arn:aws:iam::123456789012:user/build is not authorized to perform: ec2:RegisterImage \
    ///     with an explicit deny in a service control policy";
    /// let error = ErrorEntry::new("UnauthorizedOperation").with_message(message);
    /// assert_eq!(
    ///     error.advice().unwrap(),
    ///     "ask the administrators of the organization to change the service control policy that \
    ///      denies `ec2:RegisterImage`, because no statement elsewhere can allow the action"
    /// );
    /// ```
    #[must_use]
    pub fn advice(&self) -> Option<Cow<'static, str>> {
        let of_message = match self.detail() {
            Some(Detail::Unauthorized(denied)) => return Some(denied.advice().into()),
            Some(Detail::EncodedAuthorization { .. }) => {
                "give the caller `ec2:RegisterImage`, and `ec2:CreateTags` for tags; \
                 `aws sts decode-authorization-message` explains the encoded message"
            }
            Some(Detail::ManifestNotFetched { status: 301 | 307, .. }) => {
                "use a bucket in the Region of the request, or register the image in the Region of the bucket"
            }
            Some(Detail::ManifestNotFetched { status: 403, .. }) => {
                "check that `ImageLocation` names the bucket and key, and let EC2 read the manifest and its parts, with \
                 the ACL `aws-exec-read`"
            }
            Some(Detail::ManifestNotFetched { status: 404, .. }) => {
                "set `ImageLocation` to the bucket and key of the manifest"
            }
            Some(Detail::Kernel { .. }) => {
                "use a kernel of the Region when you bundle the image, or register it with `KernelId`"
            }
            Some(Detail::MissingTags { .. }) => {
                "add these tag keys for the resource type `image`, with values that the tag policy allows"
            }
            _ if self.is_about_permission() => {
                "ask the owner to share the image and its snapshots with the account (launch permission and \
                 `createVolumePermission`), and the KMS key if they are encrypted"
            }
            _ => return self.code.info().map(|info| info.advice.into()),
        };
        Some(of_message.into())
    }

    /// Returns the class of the message if that is narrower than the class of the code.
    pub(super) fn class_of_message(&self) -> Option<Class> {
        self.is_about_permission().then_some(Class::NotPermitted)
    }

    /// Whether EC2 says that the caller may not use an image or a snapshot.
    fn is_about_permission(&self) -> bool {
        let message = self.message.as_deref().unwrap_or_default();
        self.code.without_prefix() == "AuthFailure" && NOT_SHARED.iter().any(|row| row.matches(message))
    }
}
