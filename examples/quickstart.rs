//! From a typed request to a decoded answer, with a stand-in for EC2 in this process: nothing is sent anywhere.
//!
//! `cargo run --example quickstart`

use std::error::Error;

use ec2_register_image::builder::{EmptyVolume, Gp3, InstanceStore, Io2, RegisterImage, SnapshotVolume, Uefi};
use ec2_register_image::types::Architecture;
use ec2_register_image::wire::{Body, query, xml};
use ec2_register_image::{Accepted, Endpoint, RegisterImageRequest};

fn main() -> Result<(), Box<dyn Error>> {
    println!("1. A request from somewhere else, with mistakes in it. EC2 would name one at a time, after the build:\n");
    let careless: RegisterImageRequest = serde_json::from_str(
        r#"{
            "Name": "web 2026-11-23T12:00",
            "RootDeviceName": "/dev/xvda",
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": true}},
                {"DeviceName": "/dev/xvda", "Ebs": {"VolumeType": "gp3"}}
            ],
            "TagSpecifications": [{"ResourceType": "snapshot", "Tags": [{"Key": "team", "Value": "infra"}]}]
        }"#,
    )?;
    for finding in careless.check().findings() {
        println!("   {}\n      {}\n      help: {}", finding.path(), finding.message(), finding.help());
    }

    println!("\n2. The same image with the builder, in which most of these mistakes do not compile:\n");
    let valid = RegisterImage::named("web-2026-11-23")
        .hvm(Architecture::ARM64)
        .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0").size_gib(20).volume_type(Gp3::new()))
        .device("/dev/sdb", EmptyVolume::new(100).encrypted(true).volume_type(Io2::new(4000)))
        .device("/dev/sdc", InstanceStore::new(0))
        .boot_mode(Uefi::new())
        .ena_support(true)
        .tag("team", "infra")
        .validate()?;
    println!("   valid, with {} warnings", valid.warnings().count());

    println!("\n3. The HTTP request that a transport signs and sends:\n");
    let request = query::encode_request(&valid, &Endpoint::from_region("eu-central-1")?);
    println!("   {} {}", request.method(), request.uri());
    for pair in request.body().as_str().split('&') {
        println!("      {pair}");
    }

    println!("\n4. The answer of the stand-in, and what it decodes to:\n");
    let response = stand_in_for_ec2(&request);
    println!("   {} {}", response.status(), response.body());
    match xml::decode_response(&response)? {
        Accepted::Registered(image) => println!("   registered as {}", image.image_id),
        answer => println!("   no image: {answer:?}"),
    }

    println!("\n5. The same request once more; the name is taken now:\n");
    match xml::decode_response(&name_is_taken()) {
        Ok(answer) => println!("   unexpected: {answer:?}"),
        Err(error) => println!("   {error}"),
    }
    Ok(())
}

fn stand_in_for_ec2(request: &http::Request<Body>) -> http::Response<&'static str> {
    assert!(request.body().as_str().starts_with("Action=RegisterImage&"));
    http::Response::new(
        "<RegisterImageResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>\
         <imageId>ami-0123456789abcdef0</imageId></RegisterImageResponse>",
    )
}

fn name_is_taken() -> http::Response<&'static str> {
    let mut response = http::Response::new(
        "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code>\
         <Message>AMI name web-2026-11-23 is already in use by AMI ami-0123456789abcdef0</Message></Error></Errors>\
         <RequestID>4e759009-7884-46eb-bcf9-0a238087d593</RequestID></Response>",
    );
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    response
}
