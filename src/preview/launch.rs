//! The launch of the image: instance types, encryption and instance metadata.

use alloc::{borrow::Cow, string::ToString as _, vec::Vec};

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::Preview;
use crate::encryption::{
    Account, Contradiction, Key, Launch, LaunchLocation, Permission, Prediction, Unknown, VolumeSource, predict,
};
use crate::facts::Facts;
use crate::launch::{Launchable, Requirements};
use crate::model::BlockDeviceMapping;
use crate::types::{DeviceName, ImdsSupport, KmsKeyId};

impl Preview {
    /// Returns the instance types that can launch the image, and how they boot it.
    ///
    /// ```
    /// use ec2_register_image::launch::Answer;
    /// use ec2_register_image::preview::preview;
    /// use ec2_register_image::{Facts, RegisterImageRequest, types::BootMode};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(
    ///     r#"{"Name": "web", "Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true}"#,
    /// )?;
    /// let preview = preview(&request.validate()?, &Facts::default());
    /// assert_eq!(preview.boot_mode, None);
    /// let launchable = preview.launchable();
    /// assert_eq!(launchable.types(), 418);
    /// assert_eq!(launchable.answer("c7g.large"), Answer::Yes(Some(BootMode::UEFI)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn launchable(&self) -> Launchable {
        Launchable::from_requirements(self.requirements)
    }

    /// Whether instances get `HttpTokens` as `required` and a hop limit of 2, unless their launch states otherwise. If
    /// not, the account and the launch decide.
    #[must_use]
    pub fn requires_imdsv2(&self) -> bool {
        self.imds_support == Some(ImdsSupport::V2_0)
    }
}

/// How an EBS volume is encrypted if the account of the facts launches the image without stating encryption.
///
/// As JSON: `{"DeviceName", "Encrypted": true|false|null, "Key": "none"|"snapshot"|"default"|"specified"|"unknown",
/// "KmsKeyId", "Permissions": [{"Key", "KmsKeyIds", "Actions"}]|null, "Why", "Location"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaunchEncryption {
    /// The device.
    pub device_name: Option<DeviceName>,
    /// The encryption of its volume. An error if the facts contradict each other, so that no launch is possible.
    pub prediction: Result<Prediction, Contradiction>,
    /// The location of the launch that the prediction is for.
    pub location: LaunchLocation,
}

impl LaunchEncryption {
    pub(super) fn of(
        mapping: &BlockDeviceMapping,
        source: &VolumeSource,
        facts: &Facts,
        location: &LaunchLocation,
    ) -> Self {
        let mut account = Account::new();
        account.encryption_by_default = facts.ebs_encryption_by_default();
        account.default_kms_key_id = facts.default_kms_key_id().cloned();
        let prediction = predict(source, &account, &Launch::new().location(location.clone()));
        Self { device_name: mapping.device_name.clone(), prediction, location: location.clone() }
    }

    /// Whether the volume is encrypted, if every possible outcome agrees on it.
    #[must_use]
    pub fn encrypted(&self) -> Option<bool> {
        self.prediction.as_ref().ok()?.encrypted()
    }

    fn known_key(&self) -> Option<&Key> {
        self.prediction.as_ref().ok()?.key()
    }

    /// Returns the kind of key: `none`, `snapshot`, `default` or `specified`, and `unknown` if that depends.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.known_key().map_or("unknown", Key::kind)
    }

    /// Returns the key if it is known.
    #[must_use]
    pub fn kms_key_id(&self) -> Option<&KmsKeyId> {
        self.known_key()?.kms_key_id()
    }

    /// Returns the KMS permissions that the caller of RunInstances needs, if no unknown value matters.
    #[must_use]
    pub fn permissions(&self) -> Option<&[Permission]> {
        match &self.prediction {
            Ok(Prediction::Certain(outcome)) => Some(outcome.permissions()),
            _ => None,
        }
    }

    /// Returns the reason in one sentence, or the unknown values that the outcome depends on.
    #[must_use]
    pub fn why(&self) -> Cow<'static, str> {
        let prediction = match &self.prediction {
            Ok(Prediction::Certain(outcome)) => return outcome.why().into(),
            Ok(prediction) => prediction,
            Err(contradiction) => return contradiction.to_string().into(),
        };
        let mut unknown = Vec::new();
        collect(prediction, &mut unknown);
        let unknown: Vec<_> = unknown.iter().map(Unknown::to_string).collect();
        alloc::format!("depends on {}", unknown.join(", and on ")).into()
    }
}

/// Collects the unknown values that a prediction depends on, each once.
fn collect(prediction: &Prediction, unknown: &mut Vec<Unknown>) {
    if let Prediction::DependsOn { what, if_true, if_false, .. } = prediction {
        if !unknown.contains(what) {
            unknown.push(*what);
        }
        collect(if_true, unknown);
        collect(if_false, unknown);
    }
}

impl Serialize for LaunchEncryption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("LaunchEncryption", 7)?;
        object.serialize_field("DeviceName", &self.device_name)?;
        object.serialize_field("Encrypted", &self.encrypted())?;
        object.serialize_field("Key", self.key())?;
        object.serialize_field("KmsKeyId", &self.kms_key_id())?;
        object.serialize_field("Permissions", &self.permissions())?;
        object.serialize_field("Why", &self.why())?;
        object.serialize_field("Location", &self.location)?;
        object.end()
    }
}

/// Serializes what these requirements make launchable.
pub(super) fn serialize_launchable<S: Serializer>(image: &Requirements, serializer: S) -> Result<S::Ok, S::Error> {
    Launchable::from_requirements(*image).serialize(serializer)
}
