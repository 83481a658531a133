//! What the image is created from, and its root device.

use super::REGISTER_IMAGE;
use super::example::{hvm, rooted};
use crate::model::{BlockDeviceMapping, RegisterImageRequest, RequestMember, RequestPath, Source};
use crate::rules::declare::subject;
use crate::types::DeviceName;

const LOCATION: RequestPath = RequestPath::Request(RequestMember::ImageLocation);

const COMPONENTS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html";

const S3_BACKED: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/creating-an-ami-instance-store.html";

subject! {
    "Source and root device",
    passes: [request],
    rules: {
    rule source_missing() {
        id: "source-missing",
        level: Warning,
        evidence: Inferred,
        summary: "an image is created from a snapshot or a manifest",
        explanation: "An EBS-backed image needs a mapping of its root device with a snapshot. An S3-backed image \
                      needs the location of its manifest. Without either, EC2 has nothing to create an image from. \
                      It is not known how it responds.",
        source: COMPONENTS,
        message: "the request has neither a snapshot nor a manifest, so there is nothing to create an image from",
        help: "map the root device to a volume with `SnapshotId`, and name it in `RootDeviceName`",
        trigger: rooted!("", ""),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "the request has neither a snapshot nor a manifest, so there is nothing to create an image from",
    }
    check request(request, _findings) {
        if !matches!(request.source(), Source::Unstated) || request.root().is_some() {
            return;
        }
        // A volume that lacks its source, or has an empty one, is the better reason.
        let is_half_stated = |mapping: &BlockDeviceMapping| {
            mapping.lacks_source() || mapping.sent_ebs().is_some_and(|ebs| ebs.snapshot_id.is_some())
        };
        if !request.sent_mappings().iter().any(is_half_stated) {
            source_missing(RequestPath::Request(RequestMember::BlockDeviceMappings));
        }
    }

    rule source_both(location: &str) {
        id: "source-both",
        level: Warning,
        evidence: Inferred,
        summary: "an image is created from a snapshot or a manifest, not both",
        explanation: "A request with a manifest is for an S3-backed image, and one with a root snapshot is for an \
                      EBS-backed image. It is not known which of the two EC2 uses. An empty location counts as none.",
        source: COMPONENTS,
        message: "the request has both the manifest {location} and a snapshot; it is not known which of them EC2 \
                  uses",
        help: "remove one of the two",
        trigger: hvm!(r#""ImageLocation": "bucket/web/image.manifest.xml","#),
        near_miss: hvm!(r#""ImageLocation": "","#),
        says: "the request has both the manifest \"bucket/web/image.manifest.xml\" and a snapshot; it is not known \
               which of them EC2 uses",
    }
    check request(request, _findings) {
        if let Some(location) = location(request)
            && matches!(request.source(), Source::Both(_))
        {
            source_both(LOCATION, location);
        }
    }

    rule manifest_end_of_life(location: &str) {
        id: "manifest-end-of-life",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "S3-backed images are at the end of life",
        explanation: "Only C1, C3, D2, I2, M1, M2, M3, R3 and X1 instances run an S3-backed image, and only with \
                      Linux. AWS calls this kind of image end of life.",
        source: COMPONENTS,
        message: "the manifest {location} is for an S3-backed image, which no current instance type runs",
        help: "create an EBS-backed image: write the disk to a snapshot and map the root device to it",
        trigger: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "the manifest \"bucket/web/image.manifest.xml\" is for an S3-backed image, which no current instance \
               type runs",
    }
    check request(request, _findings) {
        if let Some(location) = location(request)
            && matches!(request.source(), Source::Manifest(_))
        {
            manifest_end_of_life(LOCATION, location);
        }
    }

    rule manifest_scheme(location: &str) {
        id: "manifest-scheme",
        level: Warning,
        evidence: Inferred,
        code: INVALID_MANIFEST,
        wordings: [
            MANIFEST_NOT_FETCHED(status: "400*", url: "http*://*/*://*"),
            MANIFEST_NOT_FETCHED(status: "403*", url: "http*://*/*://*"),
            MANIFEST_NOT_FETCHED(status: "404*", url: "http*://*/*://*"),
        ],
        summary: "the location of a manifest has no scheme",
        explanation: "The location is `bucket/prefix/image.manifest.xml`. EC2 prepends \
                      `http://s3.amazonaws.com:80/`.",
        source: S3_BACKED,
        message: "the location {location} has a scheme, so EC2 looks for the manifest in the wrong place",
        help: "use only the bucket, a slash and the key",
        trigger: rooted!(r#""ImageLocation": "s3://bucket/web/image.manifest.xml","#, ""),
        near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
        says: "the location \"s3://bucket/web/image.manifest.xml\" has a scheme, so EC2 looks for the manifest in \
               the wrong place",
    }
    rule manifest_leading_slash(location: &str) {
        id: "manifest-leading-slash",
        level: Warning,
        evidence: Inferred,
        code: INVALID_MANIFEST,
        wordings: [
            MANIFEST_NOT_FETCHED(status: "400*", url: "http*:80//*"),
            MANIFEST_NOT_FETCHED(status: "403*", url: "http*:80//*"),
            MANIFEST_NOT_FETCHED(status: "404*", url: "http*:80//*"),
        ],
        summary: "the location of a manifest does not start with a slash",
        explanation: "The location starts with the name of the bucket. EC2 prepends `http://s3.amazonaws.com:80/`.",
        source: S3_BACKED,
        message: "the location {location} starts with a slash, so its bucket has no name",
        help: "remove the slash",
        trigger: rooted!(r#""ImageLocation": "/bucket/web/image.manifest.xml","#, ""),
        near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
        says: "the location \"/bucket/web/image.manifest.xml\" starts with a slash, so its bucket has no name",
    }
    rule manifest_double_slash(location: &str, start: &str, end: &str) {
        id: "manifest-double-slash",
        level: Warning,
        evidence: Observed,
        code: INVALID_MANIFEST,
        wordings: [
            MANIFEST_NOT_FETCHED(status: "403 (Forbidden)", url: "http://s3.amazonaws.com:80/{start}//{end}"),
            MANIFEST_NOT_FETCHED(status: "403*", url: "http*://*/*//*"),
            MANIFEST_NOT_FETCHED(status: "404*", url: "http*://*/*//*"),
        ],
        summary: "the location of a manifest rarely has a double slash",
        explanation: "A double slash often means that the bucket was given with a path or a slash at its end. EC2 \
                      responds `HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/…`. A key may \
                      contain one, so this is a warning.",
        source: "https://github.com/hashicorp/packer/issues/5231",
        message: "the location {location} has a double slash, which is correct only if the key has one",
        help: "use one slash, unless the key really has two",
        trigger: rooted!(r#""ImageLocation": "bucket/web//image.manifest.xml","#, ""),
        near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
        says: "the location \"bucket/web//image.manifest.xml\" has a double slash, which is correct only if the key \
               has one",
    }
    check request(request, _findings) {
        let Some(location) = location(request) else { return };
        let (has_scheme, place) = location.split_once("://").map_or((false, location), |(_, place)| (true, place));
        if has_scheme {
            manifest_scheme(LOCATION, location);
        } else if location.starts_with('/') {
            manifest_leading_slash(LOCATION, location);
        }
        if place.trim_start_matches('/').contains("//")
            && let Some((start, end)) = location.rsplit_once("//")
        {
            manifest_double_slash(LOCATION, location, start, end);
        }
    }

    rule manifest_ebs_volume() {
        id: "manifest-ebs-volume",
        level: Warning,
        evidence: SiblingApi,
        code: UNSUPPORTED_OPERATION,
        wordings: [MAPPINGS_UNSUPPORTED],
        summary: "an image from a manifest should have no EBS volumes",
        explanation: "An example of the AWS CLI registers such an image with an EBS volume. The user guide says that \
                      the volumes of S3-backed images belong in the manifest. A launch failed with `EBS block device \
                      mappings not supported for instance-store AMIs.`",
        source: "https://github.com/hashicorp/packer/issues/1546",
        message: "an EBS volume is set next to a manifest; EC2 was seen to reject the launch of such an image",
        help: "map EBS volumes when you launch, or create an EBS-backed image",
        trigger: rooted!(
            r#""ImageLocation": "bucket/web/image.manifest.xml","#,
            r#"{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}"#
        ),
        near_miss: rooted!(
            r#""ImageLocation": "bucket/web/image.manifest.xml","#,
            r#"{"DeviceName": "/dev/sdb", "NoDevice": ""}"#
        ),
        says: "an EBS volume is set next to a manifest; EC2 was seen to reject the launch of such an image",
    }
    check request(request, _findings) {
        if location(request).is_none() || !matches!(request.source(), Source::Manifest(_)) {
            return;
        }
        for (at, mapping) in request.sent_mappings().iter().enumerate() {
            if mapping.no_device.is_none() && mapping.sent_ebs().is_some() {
                manifest_ebs_volume(RequestPath::Mapping(at));
            }
        }
    }

    rule root_device_missing() {
        id: "root-device-missing",
        level: Warning,
        evidence: Inferred,
        summary: "an EBS-backed image has a root device name",
        explanation: "No default is documented, and it is not known how EC2 responds.",
        source: COMPONENTS,
        message: "the request has a snapshot but no `RootDeviceName`",
        help: "set `RootDeviceName` to the device name of the mapping with the root snapshot",
        trigger: rooted!("", r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "the request has a snapshot but no `RootDeviceName`",
    }
    rule root_device_not_mapped(root: &str) {
        id: "root-device-not-mapped",
        level: Warning,
        evidence: Inferred,
        summary: "the root device has a mapping",
        explanation: "A mapping with another name does not become the root. There is one known exception: a root \
                      device `/dev/sda1` works with a mapping of `/dev/sda`, and many images have this pair.",
        source: "https://github.com/hashicorp/terraform/issues/2271",
        message: "the root device {root} has no mapping; EC2 compares device names byte for byte",
        help: "set `RootDeviceName` to the device of the mapping with the root snapshot",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/sda1","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "the root device \"/dev/sda1\" has no mapping; EC2 compares device names byte for byte",
    }
    rule root_device_left_out(root: &str) {
        id: "root-device-left-out",
        level: Warning,
        evidence: Inferred,
        summary: "the mapping of the root device has no `NoDevice`",
        explanation: "`NoDevice` omits the device from the image, and an image without its root device cannot boot.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html",
        message: "`NoDevice` omits the root device {root}, whatever its value",
        help: "remove `NoDevice`, and map the root device to its snapshot",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "NoDevice": ""}, {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/sdb","#,
            r#"{"DeviceName": "/dev/xvda", "NoDevice": ""}, {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "`NoDevice` omits the root device \"/dev/xvda\", whatever its value",
    }
    rule root_device_not_snapshot(root: &str) {
        id: "root-device-not-snapshot",
        level: Warning,
        evidence: Inferred,
        summary: "the root volume is created from a snapshot",
        explanation: "The user guide says that the root volume of an EBS-backed image is created from a snapshot. An \
                      empty volume or an instance store volume has no system to boot. It is not known how EC2 \
                      responds.",
        source: COMPONENTS,
        message: "the root device {root} is mapped to a volume without a snapshot, which has no system to boot",
        help: "set `SnapshotId` for the root volume",
        trigger: rooted!(r#""RootDeviceName": "/dev/xvda","#, r#"{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}"#),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "SnapshotId": "snap-0123456789abcdef0"}}"#
        ),
        says: "the root device \"/dev/xvda\" is mapped to a volume without a snapshot, which has no system to boot",
    }
    check request(request, _findings) {
        let name = request.root_device_name.as_ref().map(DeviceName::as_str);
        let source = request.source();
        if !matches!(source, Source::Ebs | Source::Unstated) {
            return;
        }
        let path = RequestPath::Request(RequestMember::RootDeviceName);
        match (name, request.root()) {
            (Some(root), Some((at, mapping))) => {
                // A mapping of nothing, a volume without size and snapshot, and an empty ID have findings of their own.
                let is_empty = mapping.sent_ebs().is_none() && mapping.virtual_name.is_none();
                let has_snapshot = mapping.sent_ebs().is_some_and(|ebs| ebs.snapshot_id.is_some());
                if !is_empty && !has_snapshot && !mapping.lacks_source() {
                    root_device_not_snapshot(RequestPath::Mapping(at), root);
                }
            }
            _ if matches!(source, Source::Unstated) => {}
            (None, _) => root_device_missing(path),
            (Some(root), None) => match request.sent_mappings().iter().position(|mapping| mapping.is_for(root)) {
                Some(at) => root_device_left_out(RequestPath::Mapping(at), root),
                None => root_device_not_mapped(path, root),
            },
        }
    }

    rule billing_products() {
        id: "billing-products",
        level: Warning,
        evidence: Documented,
        summary: "only authorized accounts can set billing products",
        explanation: "Windows, Red Hat, SUSE and SQL Server need correct licensing information. RegisterImage \
                      derives it from the metadata of the snapshot. To set codes, an account needs an authorization \
                      that few accounts have. For others, AWS recommends creating the image from an instance with \
                      CreateImage, and checking `PlatformDetails` of the new image.",
        source: REGISTER_IMAGE,
        message: "billing products are set, which requires an authorization of the account",
        help: "without the authorization, launch an instance from an image with the code and call CreateImage",
        trigger: hvm!(r#""BillingProducts": ["bp-6fa54006"],"#),
        near_miss: hvm!(r#""BillingProducts": [],"#),
        says: "billing products are set, which requires an authorization of the account",
    }
    check request(request, _findings) {
        if request.billing_products.as_ref().is_some_and(|codes| !codes.is_empty()) {
            billing_products(RequestPath::Request(RequestMember::BillingProducts));
        }
    }
    }
}

/// The location of the manifest. An empty one is none.
fn location(request: &RegisterImageRequest) -> Option<&str> {
    request.image_location.as_ref().map(|location| location.as_str()).filter(|location| !location.is_empty())
}
