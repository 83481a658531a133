//! The typed way to write a request: parts that fit together, and mistakes that do not compile.
//!
//! ```
//! use ec2_register_image::{builder::*, types::Architecture};
//!
//! let valid = RegisterImage::named("web-2026-11-23")
//!     .hvm(Architecture::ARM64)
//!     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0").size_gib(20).volume_type(Gp3::new().throughput(250)))
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
//! [`build`](RegisterImage::build) gives the open [`RegisterImageRequest`], whose members are public: what has no method
//! here, such as a volume type that AWS adds later, is set there.
//!
//! # What does not compile
//!
//! Each pair differs in one word; the second of it compiles.
//!
//! The root volume comes from a snapshot, so an empty volume is no root:
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
//! A volume from a snapshot takes its encryption from there:
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
//! Throughput is `gp3`'s alone:
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
//! `io1` needs IOPS:
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
//! `io2` needs IOPS:
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
//! NitroTPM needs UEFI, and `uefi-preferred` will not do:
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
//! A request says what its image is made of before it can be built:
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
mod volume;

use alloc::{boxed::Box, string::String, vec::Vec};

pub use boot::{Boot, LegacyBios, Uefi, UefiPreferred};
pub use volume::{
    Device, EmptyVolume, Gp2, Gp3, InstanceStore, Io1, Io2, Sc1, SnapshotVolume, St1, Standard, TypedVolume,
};

use crate::model::{BlockDeviceMapping, RegisterImageRequest, Tag, TagSpecification};
use crate::rules::{Invalid, ValidRequest};
use crate::types::{
    Architecture, BillingProduct, DeviceName, ImageLocation, ImageName, ImdsSupport, KernelId, RamdiskId, ResourceType,
    SriovNetSupport, VirtualizationType,
};

/// A request in the making that says which image it is for: the last stage of the builder.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` or `validate`"]
pub struct RegisterImage {
    request: RegisterImageRequest,
}

/// The first stage: it has a name.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` or `validate`"]
pub struct Named {
    request: RegisterImageRequest,
}

/// The second stage: it has a platform, and lacks the root volume.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` or `validate`"]
pub struct Rootless {
    request: RegisterImageRequest,
}

impl Named {
    /// An EBS-backed image for hardware virtual machines: every current instance type.
    pub fn hvm(self, architecture: Architecture) -> Rootless {
        self.platform(architecture, VirtualizationType::HVM)
    }

    /// An EBS-backed image for Xen paravirtual machines: C1, C3, M1, M2, M3 and T1.
    pub fn paravirtual(self, architecture: Architecture) -> Rootless {
        self.platform(architecture, VirtualizationType::PARAVIRTUAL)
    }

    fn platform(mut self, architecture: Architecture, virtualization_type: VirtualizationType) -> Rootless {
        self.request.architecture = Some(architecture);
        self.request.virtualization_type = Some(virtualization_type);
        Rootless { request: self.request }
    }

    /// An S3-backed image; its architecture is the manifest's.
    pub fn manifest(
        mut self,
        image_location: impl Into<ImageLocation>,
        virtualization_type: VirtualizationType,
    ) -> RegisterImage {
        self.request.image_location = Some(image_location.into());
        self.request.virtualization_type = Some(virtualization_type);
        RegisterImage { request: self.request }
    }
}

impl Rootless {
    /// The root volume: the name of its device, and the snapshot that it is made from.
    pub fn root(mut self, device_name: impl Into<DeviceName>, volume: SnapshotVolume) -> RegisterImage {
        let device_name = device_name.into();
        self.request.root_device_name = Some(device_name.clone());
        RegisterImage { request: self.request }.device(device_name, volume)
    }
}

impl RegisterImage {
    /// Starts a request with the name of the image.
    pub fn named(name: impl Into<ImageName>) -> Named {
        Named { request: RegisterImageRequest { name: Some(name.into()), ..RegisterImageRequest::default() } }
    }

    /// Another volume: a [`SnapshotVolume`], an [`EmptyVolume`] or an [`InstanceStore`].
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

    /// Leaves a device out that the manifest would bring.
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

    /// How instances boot, with what belongs to it: [`LegacyBios`], [`Uefi`] or [`UefiPreferred`].
    pub fn boot_mode(mut self, boot: impl Into<Boot>) -> Self {
        let Boot { boot_mode, tpm_support, uefi_data } = boot.into();
        self.request.boot_mode = Some(boot_mode);
        self.request.tpm_support = tpm_support;
        self.request.uefi_data = uefi_data;
        self
    }

    /// Whether instances have the Elastic Network Adapter, which every current instance type needs.
    pub fn ena_support(mut self, enabled: bool) -> Self {
        self.request.ena_support = Some(enabled);
        self
    }

    /// Enhanced networking with the Intel 82599 interface.
    pub fn sriov_net_support(mut self, support: SriovNetSupport) -> Self {
        self.request.sriov_net_support = Some(support);
        self
    }

    /// The metadata service that instances demand.
    pub fn imds_support(mut self, support: ImdsSupport) -> Self {
        self.request.imds_support = Some(support);
        self
    }

    /// A tag for the image.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let specifications = self.request.tag_specifications.get_or_insert_with(|| {
            Vec::from([TagSpecification { resource_type: Some(ResourceType::IMAGE), ..TagSpecification::default() }])
        });
        if let Some(specification) = specifications.first_mut() {
            let tag = Tag { key: Some(key.into()), value: Some(value.into()) };
            specification.tags.get_or_insert_default().push(tag);
        }
        self
    }

    /// A billing product code; the account must be authorised to state it.
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

    /// Only check permissions.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.request.dry_run = Some(dry_run);
        self
    }

    /// The open request, whether or not the rules like it.
    #[must_use]
    pub fn build(self) -> RegisterImageRequest {
        self.request
    }

    /// The request, if no rule of level error is broken.
    ///
    /// # Errors
    /// Where anything of level error was found: gives the request back, with everything that was found.
    pub fn validate(self) -> Result<ValidRequest, Box<Invalid>> {
        self.request.validate()
    }
}
