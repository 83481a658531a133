//! What a launch does with the image.

use alloc::{borrow::Cow, string::ToString as _, vec::Vec};

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::Preview;
use crate::encryption::{Account, Key, Launch, LaunchLocation, Prediction, Unknown, VolumeSource, predict};
use crate::facts::Facts;
use crate::model::BlockDeviceMapping;
use crate::types::{Architecture, BootMode, DeviceName, ImdsSupport, KmsKeyId, VirtualizationType};

/// The processor of an instance type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Processor {
    /// AWS Graviton.
    Graviton,
    /// Intel or AMD.
    IntelOrAmd,
}

impl Preview {
    /// Returns how an instance with this processor boots the image. `None` if the image is not for such an instance, or
    /// starts without firmware, as a paravirtual image does.
    ///
    /// For Intel and AMD, `uefi-preferred` is returned as it is set, because the instance type decides. See
    /// [Boot modes](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html).
    ///
    /// ```
    /// use ec2_register_image::preview::{Processor, preview};
    /// use ec2_register_image::{Facts, RegisterImageRequest, types::BootMode};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(
    ///     r#"{"Name": "web", "Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true}"#,
    /// )?;
    /// let preview = preview(&request.validate()?, &Facts::default());
    /// assert_eq!(preview.boot_mode, None);
    /// assert_eq!(preview.boot_mode_at_launch(Processor::Graviton), Some(BootMode::UEFI));
    /// assert_eq!(preview.boot_mode_at_launch(Processor::IntelOrAmd), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn boot_mode_at_launch(&self, processor: Processor) -> Option<BootMode> {
        let is_for_processor = match &self.architecture {
            Some(Architecture::ARM64) => processor == Processor::Graviton,
            Some(Architecture::X86_64 | Architecture::I386) => processor == Processor::IntelOrAmd,
            Some(_) => false,
            None => true,
        };
        if !is_for_processor || self.virtualization_type != VirtualizationType::HVM {
            return None;
        }
        match (processor, self.boot_mode.as_ref()) {
            (Processor::Graviton, Some(&BootMode::LEGACY_BIOS)) => None,
            (Processor::Graviton, None | Some(&BootMode::UEFI_PREFERRED)) => Some(BootMode::UEFI),
            (Processor::IntelOrAmd, None) => Some(BootMode::LEGACY_BIOS),
            (_, Some(stated)) => Some(stated.clone()),
        }
    }

    /// Whether instances get `HttpTokens` as `required` and a hop limit of 2, unless their launch sets something else. If
    /// not, the account and the launch decide.
    #[must_use]
    pub fn requires_imdsv2(&self) -> bool {
        self.imds_support == Some(ImdsSupport::V2_0)
    }
}

/// How an EBS volume is encrypted if the account of the facts launches the image without stating encryption.
///
/// As JSON: `{"DeviceName", "Encrypted": true|false|null, "Key": "none"|"snapshot"|"default"|"specified"|"unknown",
/// "KmsKeyId", "Why", "Location"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaunchEncryption {
    /// The device.
    pub device_name: Option<DeviceName>,
    /// The encryption of its volume.
    pub prediction: Prediction,
    /// The location of the launch that the prediction is for.
    pub location: LaunchLocation,
}

impl LaunchEncryption {
    pub(super) fn of(
        mapping: &BlockDeviceMapping,
        source: &VolumeSource,
        facts: &Facts,
        location: &LaunchLocation,
    ) -> Option<Self> {
        let mut account = Account::new();
        account.encryption_by_default = facts.ebs_encryption_by_default();
        account.default_kms_key_id = facts.default_kms_key_id().cloned();
        // A launch that states nothing contradicts nothing.
        let prediction = predict(source, &account, &Launch::new().location(location.clone())).ok()?;
        Some(Self { device_name: mapping.device_name.clone(), prediction, location: location.clone() })
    }

    /// The kind of key: `none`, `snapshot`, `default`, `specified`, or `unknown` if it depends on something unknown.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.prediction.key().map_or("unknown", Key::kind)
    }

    /// The key itself, if it is known which.
    #[must_use]
    pub fn kms_key_id(&self) -> Option<&KmsKeyId> {
        self.prediction.key()?.kms_key_id()
    }

    /// The reason in one clause, or what the outcome depends on.
    #[must_use]
    pub fn why(&self) -> Cow<'static, str> {
        if let Prediction::Certain(outcome) = &self.prediction {
            return outcome.why().into();
        }
        let mut unknown = Vec::new();
        collect(&self.prediction, &mut unknown);
        let unknown: Vec<_> = unknown.iter().map(Unknown::to_string).collect();
        alloc::format!("depends on {}", unknown.join(", and on ")).into()
    }
}

/// Collects everything that a prediction depends on, each once.
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
        let mut object = serializer.serialize_struct("LaunchEncryption", 6)?;
        object.serialize_field("DeviceName", &self.device_name)?;
        object.serialize_field("Encrypted", &self.prediction.encrypted())?;
        object.serialize_field("Key", self.key())?;
        object.serialize_field("KmsKeyId", &self.kms_key_id())?;
        object.serialize_field("Why", &self.why())?;
        object.serialize_field("Location", &self.location)?;
        object.end()
    }
}
