//! The billing information of an image: its platform details and usage operation.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::facts::Facts;
use crate::model::{Image, RegisterImageRequest};
use crate::rules::needs_billing;
use crate::types::SnapshotId;

/// Platform details and their usage operation, from
/// [AMI billing information fields](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html).
const USAGE_OPERATIONS: [(&str, &str); 19] = [
    ("Linux/UNIX", "RunInstances"),
    ("Red Hat BYOL Linux", "RunInstances:00g0"),
    ("Red Hat Enterprise Linux", "RunInstances:0010"),
    ("Red Hat Enterprise Linux with HA", "RunInstances:1010"),
    ("Red Hat Enterprise Linux with SQL Server Standard and HA", "RunInstances:1014"),
    ("Red Hat Enterprise Linux with SQL Server Enterprise and HA", "RunInstances:1110"),
    ("Red Hat Enterprise Linux with SQL Server Standard", "RunInstances:0014"),
    ("Red Hat Enterprise Linux with SQL Server Web", "RunInstances:0210"),
    ("Red Hat Enterprise Linux with SQL Server Enterprise", "RunInstances:0110"),
    ("SQL Server Enterprise", "RunInstances:0100"),
    ("SQL Server Standard", "RunInstances:0004"),
    ("SQL Server Web", "RunInstances:0200"),
    ("SUSE Linux", "RunInstances:000g"),
    ("Ubuntu Pro", "RunInstances:0g00"),
    ("Windows", "RunInstances:0002"),
    ("Windows BYOL", "RunInstances:0800"),
    ("Windows with SQL Server Enterprise", "RunInstances:0102"),
    ("Windows with SQL Server Standard", "RunInstances:0006"),
    ("Windows with SQL Server Web", "RunInstances:0202"),
];

/// What the image has to show, so that its instances are billed as their operating system requires.
pub(super) struct Billing {
    pub(super) platform_details: Option<String>,
    pub(super) usage_operation: Option<String>,
    /// A platform that needs billing information, in other words than AWS's.
    pub(super) billed_platform: Option<String>,
}

impl Billing {
    /// The platform of the facts in AWS's words, or what all images show whose root volume is from the same snapshot. An
    /// image with the name of the request does not count, because it may be the one to compare with.
    pub(super) fn of(request: &RegisterImageRequest, facts: &Facts) -> Self {
        let sources = source_images(request, facts);
        let of_sources = |value: fn(&Image) -> Option<&String>| {
            let mut values = sources.clone().map(value);
            let first = values.next()??;
            values.all(|other| other == Some(first)).then(|| first.clone())
        };
        match facts.platform() {
            Some(platform) => Self {
                platform_details: is_platform(platform).then(|| platform.to_owned()),
                usage_operation: usage_operation(platform),
                billed_platform: (!is_platform(platform) && needs_billing(platform)).then(|| platform.to_owned()),
            },
            None => {
                let platform_details = of_sources(|image| image.platform_details.as_ref());
                let usage_operation = of_sources(|image| image.usage_operation.as_ref())
                    .or_else(|| usage_operation(platform_details.as_deref()?));
                Self { platform_details, usage_operation, billed_platform: None }
            }
        }
    }
}

/// Whether these are words of AWS, so that an image with other words has another platform.
fn is_platform(platform: &str) -> bool {
    USAGE_OPERATIONS.iter().any(|(known, _)| *known == platform)
}

fn usage_operation(platform: &str) -> Option<String> {
    USAGE_OPERATIONS.iter().find(|(known, _)| *known == platform).map(|(_, operation)| (*operation).to_owned())
}

/// The images of the facts whose root volume is from the same snapshot.
fn source_images<'a>(
    request: &'a RegisterImageRequest,
    facts: &'a Facts,
) -> impl Iterator<Item = &'a Image> + Clone + use<'a> {
    let root = request.root().and_then(|(_, mapping)| mapping.ebs_volume()?.snapshot_id.as_ref());
    let is_source = move |image: &&Image| {
        root.is_some() && root_snapshot(image) == root && image.name.as_ref() != request.name.as_ref()
    };
    facts.images().iter().filter(is_source)
}

fn root_snapshot(image: &Image) -> Option<&SnapshotId> {
    let root = image.root_device_name.as_ref();
    let mut mappings = image.block_device_mappings.iter().flatten();
    mappings.find(|mapping| root.is_some() && mapping.device_name.as_ref() == root)?.ebs.as_ref()?.snapshot_id.as_ref()
}
