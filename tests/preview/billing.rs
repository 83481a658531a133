//! Billing information: what the facts prove, and how an image without it compares.

use ec2_register_image::Facts;
use ec2_register_image::model::{Image, ImagePath};
use ec2_register_image::preview::{Comparison, Likeness, Preview, preview};
use serde_json::json;

use crate::support::with;

fn preview_with(facts: &serde_json::Value) -> Preview {
    let facts: Facts = serde_json::from_value(facts.clone()).unwrap();
    preview(&with("{}").validate().unwrap(), &facts)
}

/// A source image with these members, whose root volume is from this snapshot.
fn source(name: &str, snapshot: &str, members: serde_json::Value) -> serde_json::Value {
    let mut image = json!({"ImageId": format!("ami-{name}"), "Name": name, "RootDeviceName": "/dev/sda1",
        "BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef9"}},
            {"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": snapshot}}]});
    image.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    image
}

/// The image that EC2 shows for the request, with these members.
fn shown(members: serde_json::Value) -> Image {
    let mut image = json!({"ImageId": "ami-0123456789abcdef0", "Name": "web", "State": "available",
        "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true, "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
            "SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp2", "VolumeSize": 8, "DeleteOnTermination": true,
            "Encrypted": false}}]});
    image.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    serde_json::from_value(image).unwrap()
}

fn different(comparison: &Comparison) -> Vec<String> {
    comparison.differences().map(ToString::to_string).collect()
}

const LOST: &[(&str, &str)] = &[("PlatformDetails", "Linux/UNIX"), ("UsageOperation", "RunInstances")];

#[test]
fn an_image_that_lost_its_billing_information_is_different() {
    let preview = preview_with(&json!({"Platform": "Red Hat Enterprise Linux"}));
    assert_eq!(preview.platform_details.as_deref(), Some("Red Hat Enterprise Linux"));
    assert_eq!(preview.usage_operation.as_deref(), Some("RunInstances:0010"));
    let lost: serde_json::Value = LOST.iter().copied().collect();
    let comparison = preview.compare(&shown(lost));
    assert_eq!(comparison.result(), Likeness::Different);
    assert_eq!(
        different(&comparison),
        [
            "differs    PlatformDetails: the preview has `Red Hat Enterprise Linux`, the image has `Linux/UNIX`",
            "differs    UsageOperation: the preview has `RunInstances:0010`, the image has `RunInstances`",
        ]
    );
    let kept = json!({"PlatformDetails": "Red Hat Enterprise Linux", "UsageOperation": "RunInstances:0010"});
    assert_eq!(different(&preview.compare(&shown(kept))), [""; 0]);
    let empty = preview.compare(&shown(json!({"PlatformDetails": ""})));
    assert_eq!(empty.result(), Likeness::Different);
    // A description that leaves it out proves nothing.
    assert_eq!(different(&preview.compare(&shown(json!({})))), [""; 0]);
}

#[test]
fn other_words_for_a_platform_are_compared_with_what_is_certainly_wrong() {
    for platform in ["RHEL", "windows", "SLES 15"] {
        let preview = preview_with(&json!({"Platform": platform}));
        assert_eq!((&preview.platform_details, &preview.usage_operation), (&None, &None), "{platform}");
        assert!(preview.unknown.contains(&ImagePath::PlatformDetails));
        let compared = |details: &str| preview.compare(&shown(json!({"PlatformDetails": details})));
        assert_eq!(compared("Linux/UNIX").result(), Likeness::Different, "{platform}");
        assert_eq!(different(&compared("Windows with SQL Server Web")), [""; 0], "{platform}");
    }
    // Debian needs no billing information, whatever it is called.
    let preview = preview_with(&json!({"Platform": "Debian"}));
    assert_eq!(different(&preview.compare(&shown(json!({"PlatformDetails": "Linux/UNIX"})))), [""; 0]);
}

#[test]
fn a_source_image_is_one_with_the_same_root_snapshot() {
    let billed = json!({"PlatformDetails": "SUSE Linux", "UsageOperation": "RunInstances:000g"});
    let same = "snap-0123456789abcdef0";
    let of_images = |images: serde_json::Value| {
        let preview = preview_with(&json!({"Images": images}));
        preview.platform_details.clone().zip(preview.usage_operation)
    };
    let found = Some(("SUSE Linux".to_owned(), "RunInstances:000g".to_owned()));
    assert_eq!(of_images(json!([source("base", same, billed.clone())])), found);
    // The usage operation follows from the platform.
    assert_eq!(of_images(json!([source("base", same, json!({"PlatformDetails": "SUSE Linux"}))])), found);
    assert_eq!(of_images(json!([source("base", "snap-0123456789abcdef1", billed.clone())])), None);
    // The snapshot of a data volume says nothing, nor does the image that may be the registered one.
    assert_eq!(of_images(json!([source("base", "snap-0123456789abcdef2", billed.clone())])), None);
    assert_eq!(of_images(json!([source("web", same, billed.clone())])), None);
    // Images that disagree prove nothing.
    let other = source("other", same, json!({"PlatformDetails": "Linux/UNIX", "UsageOperation": "RunInstances"}));
    assert_eq!(of_images(json!([source("base", same, billed.clone()), other])), None);
    let agreeing = json!([source("base", same, billed.clone()), source("base-2", same, billed.clone())]);
    assert_eq!(of_images(agreeing), found);

    let preview = preview_with(&json!({"Images": [source("base", same, billed)]}));
    let lost: serde_json::Value = LOST.iter().copied().collect();
    assert_eq!(preview.compare(&shown(lost)).result(), Likeness::Different);
    // The stated platform counts more than the images.
    let images = json!([source("base", same, json!({"PlatformDetails": "SUSE Linux"}))]);
    let stated = preview_with(&json!({"Platform": "Linux/UNIX", "Images": images}));
    assert_eq!(stated.usage_operation.as_deref(), Some("RunInstances"));
}
