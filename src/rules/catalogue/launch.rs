//! Images that no instance type can launch.

use super::example::platform;
use crate::launch::{Requirements, as_of, is_launchable};
use crate::model::{RegisterImageRequest, RequestMember as Member, RequestPath};
use crate::rules::declare::subject;
use crate::rules::finding::Words;
use crate::types::{Architecture, BootMode, VirtualizationType};

subject! {
    "Instance types",
    passes: [request],
    rules: {
    rule no_instance_type(cause: Words<&str>, remedy: Words<&str>) {
        id: "no-instance-type",
        level: Warning,
        evidence: InstanceTypeData,
        summary: "at least one instance type can launch the image",
        explanation: concat!(
            "EC2 registers images that no instance type can launch. The rule compares the image with the data that EC2 \
             returned about its instance types on ", as_of!(), ". A newer type may launch it. Where another rule reports \
             the member that excludes every type, this rule reports nothing."
        ),
        source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html",
        message: concat!("no instance type in the data of ", as_of!(), " can launch this image: {cause}"),
        help: "{remedy}",
        trigger: platform!(r#""Architecture": "arm64", "VirtualizationType": "hvm","#),
        near_miss: platform!(r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true,"#),
        says: concat!(
            "no instance type in the data of ", as_of!(), " can launch this image: each type that fits its other members \
             requires `EnaSupport`"
        ),
    }
    check request(request, _findings) {
        if !is_never_launchable(request) {
            return;
        }
        if is_launchable(&Requirements::from_request(request).with_ena()) {
            no_instance_type(
                RequestPath::Request(Member::EnaSupport),
                Words("each type that fits its other members requires `EnaSupport`"),
                Words("set `\"EnaSupport\": true` if the system has the driver, as every current one does"),
            );
        } else {
            no_instance_type(
                RequestPath::Request(Member::ImageLocation),
                Words("no type that fits its other members supports an S3-backed root volume"),
                Words("register an EBS-backed image from a snapshot"),
            );
        }
    }
    }
}

/// Whether no instance type can launch the image, unless a rule about a single member explains it.
///
/// Such rules cover paravirtual, i386 and Mac images, `legacy-bios` for arm64, and NitroTPM without `uefi`.
pub(super) fn is_never_launchable(request: &RegisterImageRequest) -> bool {
    request.virtualization_type == Some(VirtualizationType::HVM)
        && matches!(request.architecture, Some(Architecture::X86_64 | Architecture::ARM64))
        && !(request.architecture == Some(Architecture::ARM64) && request.boot_mode == Some(BootMode::LEGACY_BIOS))
        && (request.tpm_support.is_none() || request.boot_mode == Some(BootMode::UEFI))
        && request.boot_mode.as_ref().is_none_or(BootMode::is_known)
        && !is_launchable(&Requirements::from_request(request))
}
