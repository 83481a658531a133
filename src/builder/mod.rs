//! A typed builder of requests, in which many mistakes do not compile.
//!
//! ```
//! use ec2_register_image::{builder::*, types::Architecture};
//!
//! let valid = RegisterImage::named("web-2026-11-23")
//!     .hvm(Architecture::ARM64)
//!     .root(
//!         "/dev/xvda",
//!         SnapshotVolume::new("snap-0123456789abcdef0").volume_type(Gp3::new().throughput(250)),
//!     )
//!     .device("/dev/sdb", EmptyVolume::new(100).encrypted(true).volume_type(Io2::new(4000)))
//!     .device("/dev/sdc", InstanceStore::new(0))
//!     .boot_mode(Uefi::new())
//!     .ena_support(true)
//!     .tag("team", "infra")
//!     .validate()?;
//! assert_eq!(valid.warnings().count(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An image from a manifest in S3, the older kind:
//!
//! ```
//! use ec2_register_image::{builder::*, types::VirtualizationType};
//!
//! let request = RegisterImage::named("nixos-16.03")
//!     .manifest("nixos-amis/nixos-16.03/image.manifest.xml", VirtualizationType::PARAVIRTUAL)
//!     .kernel_id("aki-919dcaf8")
//!     .build();
//! assert_eq!(request.block_device_mappings, None);
//! ```
//!
//! [`build`](RegisterImage::build) returns the [`RegisterImageRequest`], whose fields are public. Set there what the
//! builder has no method for, such as a volume type that AWS adds later.
//!
//! # Values from data
//!
//! Configuration files and command lines have optional values, and types that are known only at run time.
//! [`optional`](RegisterImage::optional) calls a setter if there is a value. [`TypedVolume::new`] and [`Boot::new`] check
//! combinations that the compiler checks otherwise.
//!
//! ```
//! use ec2_register_image::{builder::*, types::{Architecture, BootMode, VolumeType}};
//! use std::collections::BTreeMap;
//!
//! let (description, size_gib): (Option<String>, Option<i32>) = (None, Some(20));
//! let volume_type = TypedVolume::new(VolumeType::parse_known("gp3")?, Some(4000), None)?;
//! let root = SnapshotVolume::new("snap-0123456789abcdef0")
//!     .volume_type(volume_type)
//!     .optional(size_gib, SnapshotVolume::size_gib);
//! let request = RegisterImage::named("web")
//!     .hvm(Architecture::parse_known("arm64")?)
//!     .root("/dev/xvda", root)
//!     .boot_mode(Boot::new(BootMode::parse_known("uefi")?, None, None)?)
//!     .optional(description, RegisterImage::description)
//!     .tags(BTreeMap::from([("team", "infra"), ("stage", "test")]))
//!     .build();
//! assert_eq!(request.description, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From an image that exists
//!
//! [`RegisterImage::from_image`] continues with the settings of a described image.
//!
//! # What does not compile
//!
//! Each pair differs in one word, and the second example compiles.
//!
//! The root volume is created from a snapshot, so an empty volume cannot be the root:
//!
//! ```compile_fail,E0308
//! use ec2_register_image::builder::*;
//!
//! fn with_root(image: Rootless, volume: EmptyVolume) -> RegisterImage {
//!     image.root("/dev/xvda", volume)
//! }
//! ```
//!
//! ```
//! use ec2_register_image::builder::*;
//!
//! fn with_root(image: Rootless, volume: SnapshotVolume) -> RegisterImage {
//!     image.root("/dev/xvda", volume)
//! }
//! ```
//!
//! The snapshot determines the encryption of its volume:
//!
//! ```compile_fail,E0599
//! use ec2_register_image::builder::*;
//!
//! fn encrypt(volume: SnapshotVolume) {
//!     let encrypted = volume.encrypted(true);
//! }
//! ```
//!
//! ```
//! use ec2_register_image::builder::*;
//!
//! fn encrypt(volume: EmptyVolume) {
//!     let encrypted = volume.encrypted(true);
//! }
//! ```
//!
//! Only `gp3` has throughput:
//!
//! ```compile_fail,E0599
//! use ec2_register_image::builder::*;
//!
//! fn speed_up(volume_type: Io2) {
//!     let faster = volume_type.throughput(250);
//! }
//! ```
//!
//! ```
//! use ec2_register_image::builder::*;
//!
//! fn speed_up(volume_type: Gp3) {
//!     let faster = volume_type.throughput(250);
//! }
//! ```
//!
//! `io1` requires IOPS:
//!
//! ```compile_fail,E0061
//! use ec2_register_image::builder::*;
//!
//! let volume_type = Io1::new();
//! ```
//!
//! ```
//! use ec2_register_image::builder::*;
//!
//! let volume_type = Io1::new(4000);
//! ```
//!
//! `io2` requires IOPS:
//!
//! ```compile_fail,E0061
//! use ec2_register_image::builder::*;
//!
//! let volume_type = Io2::new();
//! ```
//!
//! ```
//! use ec2_register_image::builder::*;
//!
//! let volume_type = Io2::new(4000);
//! ```
//!
//! NitroTPM requires `uefi`, and `uefi-preferred` does not suffice:
//!
//! ```compile_fail,E0599
//! use ec2_register_image::{builder::*, types::TpmSupport};
//!
//! let boot_mode = UefiPreferred::new().tpm_support(TpmSupport::V2_0);
//! ```
//!
//! ```
//! use ec2_register_image::{builder::*, types::TpmSupport};
//!
//! let boot_mode = Uefi::new().tpm_support(TpmSupport::V2_0);
//! ```
//!
//! A request needs a root volume or a manifest before it can be built:
//!
//! ```compile_fail,E0599
//! use ec2_register_image::builder::*;
//!
//! fn finish(image: Rootless) {
//!     let request = image.build();
//! }
//! ```
//!
//! ```
//! use ec2_register_image::builder::*;
//!
//! fn finish(image: RegisterImage) {
//!     let request = image.build();
//! }
//! ```

mod boot;
mod image;
mod volume;

use alloc::{boxed::Box, string::String, vec::Vec};

pub use boot::{Boot, InvalidBoot, LegacyBios, Uefi, UefiPreferred};
pub use volume::{
    Device, EmptyVolume, Gp2, Gp3, InstanceStore, InvalidVolumeType, Io1, Io2, Sc1, SnapshotVolume, St1, Standard,
    TypedVolume,
};

use crate::model::{BlockDeviceMapping, RegisterImageRequest, Tag, TagSpecification};
use crate::rules::{Invalid, ValidRequest};
use crate::types::{
    Architecture, BillingProduct, DeviceName, ImageLocation, ImageName, ImdsSupport, KernelId, RamdiskId, ResourceType,
    SriovNetSupport, VirtualizationType,
};

/// The last stage of the builder: the request is complete, and every setting is optional.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a builder does nothing until `build` or `validate`"]
pub struct RegisterImage {
    request: RegisterImageRequest,
    /// The tag key and the caller's value of a marker that is added at the end, when the content is known.
    content_marker: Option<(String, String)>,
}

/// The first stage: the request has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a builder does nothing until `build` or `validate`"]
pub struct Named {
    request: RegisterImageRequest,
}

/// The second stage: the request has a platform, and lacks the root volume.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a builder does nothing until `build` or `validate`"]
pub struct Rootless {
    request: RegisterImageRequest,
}

impl Named {
    /// An EBS-backed image with hardware virtualization, which every current instance type supports.
    #[doc(alias("VirtualizationType", "Architecture"))]
    pub fn hvm(self, architecture: Architecture) -> Rootless {
        self.platform(architecture, VirtualizationType::HVM)
    }

    /// An EBS-backed image with Xen paravirtualization: C1, C3, M1, M2, M3 and T1.
    #[doc(alias("VirtualizationType", "Architecture"))]
    pub fn paravirtual(self, architecture: Architecture) -> Rootless {
        self.platform(architecture, VirtualizationType::PARAVIRTUAL)
    }

    fn platform(mut self, architecture: Architecture, virtualization_type: VirtualizationType) -> Rootless {
        self.request.architecture = Some(architecture);
        self.request.virtualization_type = Some(virtualization_type);
        Rootless { request: self.request }
    }

    /// An S3-backed image, whose manifest states the architecture.
    #[doc(alias = "ImageLocation")]
    pub fn manifest(
        mut self,
        image_location: impl Into<ImageLocation>,
        virtualization_type: VirtualizationType,
    ) -> RegisterImage {
        self.request.image_location = Some(image_location.into());
        self.request.virtualization_type = Some(virtualization_type);
        RegisterImage { request: self.request, content_marker: None }
    }
}

impl Rootless {
    /// The root volume: its device name and its snapshot.
    #[doc(alias = "RootDeviceName")]
    pub fn root(mut self, device_name: impl Into<DeviceName>, volume: SnapshotVolume) -> RegisterImage {
        let device_name = device_name.into();
        self.request.root_device_name = Some(device_name.clone());
        RegisterImage { request: self.request, content_marker: None }.device(device_name, volume)
    }
}

impl RegisterImage {
    /// Starts a request with the name of the image.
    #[doc(alias = "Name")]
    pub fn named(name: impl Into<ImageName>) -> Named {
        Named { request: RegisterImageRequest { name: Some(name.into()), ..RegisterImageRequest::default() } }
    }

    /// Adds a volume: a [`SnapshotVolume`], an [`EmptyVolume`] or an [`InstanceStore`].
    #[doc(alias = "BlockDeviceMappings")]
    pub fn device(mut self, device_name: impl Into<DeviceName>, device: impl Into<Device>) -> Self {
        let Device { ebs, virtual_name } = device.into();
        self.mappings().push(BlockDeviceMapping {
            device_name: Some(device_name.into()),
            ebs,
            virtual_name,
            ..BlockDeviceMapping::default()
        });
        self
    }

    /// Omits a device that the manifest maps.
    pub fn no_device(mut self, device_name: impl Into<DeviceName>) -> Self {
        self.mappings().push(BlockDeviceMapping {
            device_name: Some(device_name.into()),
            no_device: Some(String::new()),
            ..BlockDeviceMapping::default()
        });
        self
    }

    fn mappings(&mut self) -> &mut Vec<BlockDeviceMapping> {
        self.request.block_device_mappings.get_or_insert_default()
    }

    /// A description, at most 255 characters.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.request.description = Some(description.into());
        self
    }

    /// The boot mode with its settings: [`LegacyBios`], [`Uefi`] or [`UefiPreferred`], or a [`Boot`] from data.
    #[doc(alias("TpmSupport", "UefiData"))]
    pub fn boot_mode(mut self, boot: impl Into<Boot>) -> Self {
        let Boot { boot_mode, tpm_support, uefi_data } = boot.into();
        self.request.boot_mode = Some(boot_mode);
        self.request.tpm_support = tpm_support;
        self.request.uefi_data = uefi_data;
        self
    }

    /// Whether the image supports the Elastic Network Adapter, which every current instance type requires.
    pub fn ena_support(mut self, enabled: bool) -> Self {
        self.request.ena_support = Some(enabled);
        self
    }

    /// Enhanced networking with the Intel 82599 interface.
    pub fn sriov_net_support(mut self, support: SriovNetSupport) -> Self {
        self.request.sriov_net_support = Some(support);
        self
    }

    /// The version of the instance metadata service that instances require.
    pub fn imds_support(mut self, support: ImdsSupport) -> Self {
        self.request.imds_support = Some(support);
        self
    }

    /// Adds a tag to the image.
    #[doc(alias = "TagSpecifications")]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let specifications = self.request.tag_specifications.get_or_insert_with(|| {
            Vec::from([TagSpecification { resource_type: Some(ResourceType::IMAGE), ..TagSpecification::default() }])
        });
        if let Some(specification) = specifications.first_mut() {
            specification.tags.get_or_insert_default().push(Tag::new(key, value));
        }
        self
    }

    /// Adds tags to the image: pairs of a key and a value, such as those of a map. No pair adds nothing.
    #[doc(alias = "TagSpecifications")]
    pub fn tags(self, tags: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        tags.into_iter().fold(self, |request, (key, value)| request.tag(key, value))
    }

    /// Adds a tag that marks the image as registered for exactly this content, for
    /// [`Call::marker`](crate::call::Call::marker).
    ///
    /// The value of the tag is `{value}@sha256:{fingerprint}`. [`build`](Self::build) computes the
    /// [fingerprint](RegisterImageRequest::fingerprint), so later settings count. Your value can be that of a whole build,
    /// because the fingerprint distinguishes its images. The last call counts.
    ///
    /// ```
    /// use ec2_register_image::{builder::*, types::Architecture};
    ///
    /// let request = RegisterImage::named("web")
    ///     .hvm(Architecture::ARM64)
    ///     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0"))
    ///     .content_marker("build", "8c1f29d0")
    ///     .ena_support(true)
    ///     .build();
    /// let tags = request.tag_specifications.as_ref().and_then(|list| list[0].tags.as_ref()).unwrap();
    /// let expected = format!("8c1f29d0@sha256:{}", request.fingerprint());
    /// assert_eq!(tags[0].value.as_ref(), Some(&expected));
    /// ```
    #[doc(alias = "TagSpecifications")]
    pub fn content_marker(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.content_marker = Some((key.into(), value.into()));
        self
    }

    /// Adds a billing product code. The account must be authorized to use it.
    #[doc(alias = "BillingProducts")]
    pub fn billing_product(mut self, code: impl Into<BillingProduct>) -> Self {
        self.request.billing_products.get_or_insert_default().push(code.into());
        self
    }

    /// The kernel of a paravirtual image.
    pub fn kernel_id(mut self, id: impl Into<KernelId>) -> Self {
        self.request.kernel_id = Some(id.into());
        self
    }

    /// The RAM disk of a paravirtual image.
    pub fn ramdisk_id(mut self, id: impl Into<RamdiskId>) -> Self {
        self.request.ramdisk_id = Some(id.into());
        self
    }

    /// Whether EC2 only checks permissions.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.request.dry_run = Some(dry_run);
        self
    }

    /// Calls a setter with a value that data may lack.
    ///
    /// ```
    /// use ec2_register_image::builder::RegisterImage;
    ///
    /// fn describe(request: RegisterImage, description: Option<&str>) -> RegisterImage {
    ///     request.optional(description, RegisterImage::description)
    /// }
    /// ```
    pub fn optional<T>(self, value: Option<T>, set: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => set(self, value),
            None => self,
        }
    }

    /// Returns the request without validating it.
    #[must_use]
    pub fn build(mut self) -> RegisterImageRequest {
        if let Some((key, value)) = self.content_marker {
            self.request.add_content_marker(key, &value);
        }
        self.request
    }

    /// Validates the request with the default policy.
    ///
    /// # Errors
    /// If a finding has level error. The error holds the request and all findings.
    pub fn validate(self) -> Result<ValidRequest, Box<Invalid>> {
        self.build().validate()
    }
}

impl From<RegisterImage> for RegisterImageRequest {
    fn from(builder: RegisterImage) -> Self {
        builder.build()
    }
}
