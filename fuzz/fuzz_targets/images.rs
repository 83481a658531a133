//! Whatever comes as an answer to DescribeImages, decoding ends in images or in an error that holds the body; no prefix
//! of what was read is read, too; and what was read compares with a preview without a panic.
#![no_main]

use std::sync::LazyLock;

use ec2_register_image::preview::{Preview, preview};
use ec2_register_image::wire::images;
use ec2_register_image::{Facts, RegisterImageRequest};
use libfuzzer_sys::fuzz_target;

static PREVIEW: LazyLock<Preview> = LazyLock::new(|| {
    let request: RegisterImageRequest = serde_json::from_str(
        r#"{"Name": "web", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}},
            {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 100, "VolumeType": "gp3"}},
            {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral0"}]}"#,
    )
    .unwrap();
    preview(&request.validate().unwrap(), &Facts::default())
});

fuzz_target!(|bytes: &[u8]| {
    match images::decode_response(&http::Response::new(bytes)) {
        Ok(images) => {
            for image in &images {
                assert!(!image.id.as_str().is_empty());
                let _ = PREVIEW.compare(image).to_string();
            }
        }
        Err(error) => {
            let _ = format!("{error} {error:?}");
            if let Some(unreadable) = error.as_unreadable() {
                assert!(bytes.starts_with(unreadable.body()));
                return;
            }
        }
    }
    // What was read ends with the root element: cut off inside of it, it is not readable.
    let whole = bytes.trim_ascii_end();
    if whole.ends_with(b">") && !whole.ends_with(b"->") && !whole.ends_with(b"?>") {
        let cut = &whole[..whole.len() - 1];
        assert!(images::decode_response(&http::Response::new(cut)).is_err_and(|error| error.as_unreadable().is_some()));
    }
});
