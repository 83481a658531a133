//! What an answer that is no error tells.

use ec2_register_image::response::DryRunPassed;
use ec2_register_image::types::ImageId;
use ec2_register_image::{Accepted, RegisterImageResponse};

#[test]
fn an_image_that_was_registered() {
    let mut image = RegisterImageResponse::new(ImageId::new("ami-1"));
    assert_eq!((&image.request_id, image.created_at), (&None, None));
    image.request_id = Some("r".into());

    let answer = Accepted::from(image.clone());
    assert_eq!(answer.image_id(), Some(&ImageId::new("ami-1")));
    assert_eq!(answer.request_id(), Some("r"));
    assert_eq!(answer.into_registered(), Some(image));
}

#[test]
fn a_dry_run_that_passed() {
    let mut passed = DryRunPassed::default();
    passed.request_id = Some("r".into());

    let answer = Accepted::from(passed);
    assert_eq!(answer.image_id(), None);
    assert_eq!(answer.request_id(), Some("r"));
    assert_eq!(answer.into_registered(), None);
}
