//! What the image is made of, and its root device.

use super::example::{hvm, rooted};
use crate::model::{BlockDeviceMapping, RegisterImageRequest, RequestMember, RequestPath, Source};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Parameters, Rule, Subject};
use crate::types::{DeviceName, ImageLocation};

const COMPONENTS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html";
const S3_BACKED: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/creating-an-ami-instance-store.html";

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Source and root device",
    rules: &[
        &MISSING,
        &BOTH,
        &MANIFEST_END_OF_LIFE,
        &MANIFEST_SCHEME,
        &MANIFEST_LEADING_SLASH,
        &MANIFEST_DOUBLE_SLASH,
        &MANIFEST_EBS,
        &ROOT_MISSING,
        &ROOT_NOT_MAPPED,
        &ROOT_LEFT_OUT,
        &ROOT_NOT_SNAPSHOT,
        &BILLING_PRODUCTS,
    ],
    check,
};

static MISSING: Rule = Rule {
    id: "source-missing",
    evidence: Evidence::Inferred,
    summary: "an image is made of a snapshot or a manifest",
    explanation: "An EBS-backed image needs a mapping of its root device with a snapshot, an S3-backed one the location \
                  of its manifest. With neither, EC2 has nothing to make an image of; what it answers was not seen.",
    source: COMPONENTS,
    trigger: rooted!("", ""),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    message: "the request names neither a snapshot nor a manifest, so there is nothing to make an image of",
    help: "map the root device to a volume with `SnapshotId`, and name it in `RootDeviceName`",
    ..Rule::ROW
};

static BOTH: Rule = Rule {
    id: "source-both",
    evidence: Evidence::Inferred,
    summary: "an image is made of a snapshot or a manifest, not of both",
    explanation: "A request with a manifest is for an S3-backed image, one with a root snapshot for an EBS-backed one. \
                  Which of them EC2 goes by was not seen. An empty location is none.",
    source: COMPONENTS,
    trigger: hvm!(r#""ImageLocation": "bucket/web/image.manifest.xml","#),
    near_miss: hvm!(r#""ImageLocation": "","#),
    message: "the request names the manifest {value} beside a snapshot; which of them makes the image is not known",
    help: "take one of the two out",
    ..Rule::ROW
};

static MANIFEST_END_OF_LIFE: Rule = Rule {
    id: "manifest-end-of-life",
    evidence: Evidence::BrokenAtLaunch,
    summary: "images from a manifest are at the end of their life",
    explanation: "Only C1, C3, D2, I2, M1, M2, M3, R3 and X1 instances run an S3-backed image, and only with Linux. AWS \
                  marks the kind as end of life.",
    source: COMPONENTS,
    trigger: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    message: "the manifest {value} makes an S3-backed image, which no current instance type runs",
    help: "make an EBS-backed image: write the disk to a snapshot and map the root device to it",
    ..Rule::ROW
};

static MANIFEST_SCHEME: Rule = Rule {
    id: "manifest-scheme",
    evidence: Evidence::Inferred,
    ec2_code: Some(ErrorCode::INVALID_MANIFEST),
    ec2_messages: &["HTTP * response for URL *"],
    summary: "the location of a manifest has no scheme",
    explanation: "It is `bucket/prefix/image.manifest.xml`. EC2 puts `http://s3.amazonaws.com:80/` before it.",
    source: S3_BACKED,
    trigger: rooted!(r#""ImageLocation": "s3://bucket/web/image.manifest.xml","#, ""),
    near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
    message: "the location {value} has a scheme, so EC2 will look for the manifest where it is not",
    help: "write the bucket, a slash and the key alone",
    ..Rule::ROW
};

static MANIFEST_LEADING_SLASH: Rule = Rule {
    id: "manifest-leading-slash",
    evidence: Evidence::Inferred,
    ec2_code: Some(ErrorCode::INVALID_MANIFEST),
    ec2_messages: &["HTTP * response for URL *"],
    summary: "the location of a manifest does not start with a slash",
    explanation: "It starts with the name of the bucket: EC2 puts `http://s3.amazonaws.com:80/` before it.",
    source: S3_BACKED,
    trigger: rooted!(r#""ImageLocation": "/bucket/web/image.manifest.xml","#, ""),
    near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
    message: "the location {value} starts with a slash, so its bucket has no name",
    help: "take the slash out",
    ..Rule::ROW
};

static MANIFEST_DOUBLE_SLASH: Rule = Rule {
    id: "manifest-double-slash",
    evidence: Evidence::Observed,
    ec2_code: Some(ErrorCode::INVALID_MANIFEST),
    ec2_messages: &[
        "HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/{value}",
        "HTTP * response for URL *",
    ],
    summary: "the location of a manifest seldom has a double slash",
    explanation: "It comes of a bucket that was given with a path or a slash at its end, and EC2 answered `HTTP 403 \
                  (Forbidden) response for URL http://s3.amazonaws.com:80/…`. A key may have one, so it is not refused \
                  here.",
    source: "https://github.com/hashicorp/packer/issues/5231",
    trigger: rooted!(r#""ImageLocation": "bucket/web//image.manifest.xml","#, ""),
    near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
    message: "the location {value} has a double slash, so it is right only if the key really has one",
    help: "write one slash, unless the key really has two",
    ..Rule::ROW
};

static MANIFEST_EBS: Rule = Rule {
    id: "manifest-ebs-volume",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::UNSUPPORTED_OPERATION),
    ec2_messages: &["EBS block device mappings not supported for instance-store AMIs."],
    summary: "an image from a manifest should have no EBS volumes",
    explanation: "An example of the AWS CLI registers one with an EBS volume; the user guide says that volumes of \
                  S3-backed images stand in the manifest; and a launch was refused with `EBS block device mappings not \
                  supported for instance-store AMIs.`",
    source: "https://github.com/hashicorp/packer/issues/1546",
    trigger: rooted!(
        r#""ImageLocation": "bucket/web/image.manifest.xml","#,
        r#"{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}"#
    ),
    near_miss: rooted!(
        r#""ImageLocation": "bucket/web/image.manifest.xml","#,
        r#"{"DeviceName": "/dev/sdb", "NoDevice": ""}"#
    ),
    message: "an EBS volume stands beside a manifest; launching such an image was refused",
    help: "map EBS volumes when you launch, or make an EBS-backed image",
    ..Rule::ROW
};

static ROOT_MISSING: Rule = Rule {
    id: "root-device-missing",
    evidence: Evidence::Inferred,
    summary: "an EBS-backed image names its root device",
    explanation: "No default is documented, and what EC2 does without was not seen.",
    source: COMPONENTS,
    trigger: rooted!("", r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    message: "the request has a snapshot and does not say which device is the root",
    help: "write `RootDeviceName`, the device of the mapping that holds the root snapshot",
    ..Rule::ROW
};

static ROOT_NOT_MAPPED: Rule = Rule {
    id: "root-device-not-mapped",
    evidence: Evidence::Inferred,
    summary: "the root device has a mapping",
    explanation: "A mapping of another name does not become the root, with one known exception: a root of `/dev/sda1` \
                  works with a mapping of `/dev/sda`, and many images have the pair.",
    source: "https://github.com/hashicorp/terraform/issues/2271",
    trigger: rooted!(
        r#""RootDeviceName": "/dev/sda1","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    message: "no mapping is for the root device {value}; device names are compared byte for byte",
    help: "name the device of the mapping that holds the root snapshot",
    ..Rule::ROW
};

static ROOT_LEFT_OUT: Rule = Rule {
    id: "root-device-left-out",
    evidence: Evidence::Inferred,
    summary: "`NoDevice` does not stand on the root device",
    explanation: "It leaves the device out of the image, and an image without its root cannot start.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html",
    trigger: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "NoDevice": ""}, {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/sdb","#,
        r#"{"DeviceName": "/dev/xvda", "NoDevice": ""}, {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    message: "the root device {value} is left out by `NoDevice`, whatever its value",
    help: "take `NoDevice` out and map the root device to its snapshot",
    ..Rule::ROW
};

static ROOT_NOT_SNAPSHOT: Rule = Rule {
    id: "root-device-not-snapshot",
    evidence: Evidence::Inferred,
    summary: "the root volume is made from a snapshot",
    explanation: "The user guide says that the root volume of an EBS-backed image is created from a snapshot; an empty or \
                  instance store volume has no system to start. What EC2 answers was not seen.",
    source: COMPONENTS,
    trigger: rooted!(r#""RootDeviceName": "/dev/xvda","#, r#"{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}"#),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "SnapshotId": "snap-0123456789abcdef0"}}"#
    ),
    message: "the root device {value} is mapped to a volume without a snapshot, which has no system to start",
    help: "give the root volume a `SnapshotId`",
    ..Rule::ROW
};

static BILLING_PRODUCTS: Rule = Rule {
    id: "billing-products",
    evidence: Evidence::Documented,
    summary: "billing products can be stated only by accounts that are authorised to",
    explanation: "Windows, Red Hat, SUSE and SQL Server need the right licensing information. RegisterImage derives it from \
                  the metadata of the snapshot; stating codes needs an authorisation that few accounts have. For other \
                  accounts AWS's way is to make the image from an instance, with CreateImage, and to look at \
                  `PlatformDetails` of the new image.",
    trigger: hvm!(r#""BillingProducts": ["bp-6fa54006"],"#),
    near_miss: hvm!(r#""BillingProducts": [],"#),
    message: "billing products are stated, which needs an authorisation of the account",
    help: "without that, launch an instance of an image with the code and call CreateImage on it",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    if request.billing_products.as_ref().is_some_and(|codes| !codes.is_empty()) {
        findings.add(&BILLING_PRODUCTS, RequestPath::Request(RequestMember::BillingProducts), Parameters::default());
    }
    match request.source() {
        Source::Ebs => check_root(request, findings),
        Source::Manifest(location) => check_manifest(request, location, findings),
        Source::Both(location) => {
            let path = RequestPath::Request(RequestMember::ImageLocation);
            findings.add(&BOTH, path, Parameters::default().value(location.as_str()));
            check_location(location, findings);
        }
        Source::Unstated => check_unstated(request, findings),
    }
}

/// There is a snapshot somewhere: is it the root's?
fn check_root(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let path = RequestPath::Request(RequestMember::RootDeviceName);
    let Some(root) = request.root_device_name.as_ref().map(DeviceName::as_str) else {
        return findings.add(&ROOT_MISSING, path, Parameters::default());
    };
    match request.root() {
        Some((at, mapping)) => check_root_volume(at, mapping, root, findings),
        None => match request.sent_mappings().iter().position(|mapping| mapping.is_for(root)) {
            Some(at) => findings.add(&ROOT_LEFT_OUT, RequestPath::Mapping(at), Parameters::default().value(root)),
            None => findings.add(&ROOT_NOT_MAPPED, path, Parameters::default().value(root)),
        },
    }
}

fn check_root_volume(at: usize, mapping: &BlockDeviceMapping, root: &str, findings: &mut Findings<'_>) {
    // A mapping of nothing, a volume without size and snapshot, and an empty id are mistakes of their own.
    let is_empty = mapping.sent_ebs().is_none() && mapping.virtual_name.is_none();
    let has_snapshot = mapping.sent_ebs().is_some_and(|ebs| ebs.snapshot_id.is_some());
    let has_own_mistake = is_empty || has_snapshot || mapping.lacks_source();
    if !has_own_mistake {
        findings.add(&ROOT_NOT_SNAPSHOT, RequestPath::Mapping(at), Parameters::default().value(root));
    }
}

/// There is nothing to make an image of: is there a more telling reason?
fn check_unstated(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    if let (Some((at, mapping)), Some(root)) = (request.root(), &request.root_device_name) {
        return check_root_volume(at, mapping, root.as_str(), findings);
    }
    let half_stated = |mapping: &BlockDeviceMapping| {
        mapping.lacks_source() || mapping.sent_ebs().is_some_and(|ebs| ebs.snapshot_id.is_some())
    };
    if !request.sent_mappings().iter().any(half_stated) {
        findings.add(&MISSING, RequestPath::Request(RequestMember::BlockDeviceMappings), Parameters::default());
    }
}

fn check_manifest(request: &RegisterImageRequest, location: &ImageLocation, findings: &mut Findings<'_>) {
    let path = RequestPath::Request(RequestMember::ImageLocation);
    findings.add(&MANIFEST_END_OF_LIFE, path, Parameters::default().value(location.as_str()));
    check_location(location, findings);
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        if mapping.no_device.is_none() && mapping.sent_ebs().is_some() {
            findings.add(&MANIFEST_EBS, RequestPath::Mapping(at), Parameters::default());
        }
    }
}

fn check_location(location: &ImageLocation, findings: &mut Findings<'_>) {
    let path = RequestPath::Request(RequestMember::ImageLocation);
    let location = location.as_str();
    let detail = || Parameters::default().value(location);
    let (has_scheme, place) = location.split_once("://").map_or((false, location), |(_, place)| (true, place));
    if has_scheme {
        findings.add(&MANIFEST_SCHEME, path, detail());
    } else if location.starts_with('/') {
        findings.add(&MANIFEST_LEADING_SLASH, path, detail());
    }
    if place.trim_start_matches('/').contains("//") {
        findings.add(&MANIFEST_DOUBLE_SLASH, path, detail());
    }
}
