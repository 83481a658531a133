//! From a finished snapshot to an available image, with a stand-in for EC2 in this process: nothing is sent anywhere.
//!
//! `cargo run --example pipeline`

// What a user writes, from here on. The README has the same lines.
use std::io;
use std::time::Duration;

use ec2_register_image::builder::{Gp3, RegisterImage, SnapshotVolume};
use ec2_register_image::machine::{Failure, Machine};
use ec2_register_image::model::Snapshot;
use ec2_register_image::types::{Architecture, ImageId};
use ec2_register_image::wait::{until_available, until_completed};
use ec2_register_image::wire::Body;
use ec2_register_image::{Endpoint, Validator, call::Call, gather::Gather};

type Failed = Box<dyn std::error::Error>;
type Sent = Result<http::Response<Vec<u8>>, Failure<io::Error>>; // or your transport's error

/// `send` is yours: it signs the request, sends it once, and returns the response.
fn pipeline(
    snapshot: &str,
    build: &str,
    send: impl Fn(http::Request<Body>) -> Sent,
    sleep: fn(Duration),
    random: fn() -> f64,
) -> Result<ImageId, Failed> {
    let endpoint = Endpoint::from_region("eu-central-1")?;
    let request = RegisterImage::named(format!("web-{build}"))
        .hvm(Architecture::ARM64)
        .root("/dev/xvda", SnapshotVolume::new(snapshot).volume_type(Gp3::new()))
        .ena_support(true)
        .content_marker("build", build) // proves later which image is the one of this request
        .build();

    let progress = |shown: &[Snapshot]| {
        for snapshot in shown {
            println!("{}: {}", snapshot.id, snapshot.progress.as_deref().unwrap_or("?"));
        }
    };
    let waiter = until_completed([snapshot.into()], endpoint.clone());
    waiter.on_progress(progress).run(&send, sleep, random).into_result()?;

    let gathered = Gather::new(&request, endpoint.clone()).run(&send, sleep, random);
    for unknown in &gathered.unknown {
        println!("unknown: {unknown}"); // and why, such as a permission that is missing
    }
    // Every problem, or proof that there is none.
    let valid = Validator::new().marker("build").facts(gathered.facts).validate(request)?;
    println!("to expect: {}", serde_json::to_string(&valid.preview())?);

    // After a lost response, it finds the image that it registered.
    let mut call = Call::new(valid, endpoint.clone()).marker("build")?;
    let image_id = call.run(&send, sleep, random).into_result()?;
    let image = until_available(image_id, endpoint).run(&send, sleep, random).into_result()?;
    Ok(image.id)
}
// What a user writes, up to here.

use std::cell::RefCell;

use ec2_register_image::wire::query;

fn main() -> Result<(), Failed> {
    let ec2 = StandIn::default();
    let image_id = pipeline("snap-0123456789abcdef0", "8c1f29d0", |request| ec2.send(&request), |_| {}, || 0.5)?;
    println!("available: {image_id}");
    for action in ec2.actions.borrow().iter() {
        println!("   {action}");
    }
    Ok(())
}

/// An EC2 that is slow, and that loses the response to RegisterImage.
#[derive(Default)]
struct StandIn {
    actions: RefCell<Vec<String>>,
    /// The tag that was sent with RegisterImage.
    tag: RefCell<String>,
}

impl StandIn {
    fn send(&self, request: &http::Request<Body>) -> Sent {
        let parameter = |name: &str| {
            let mut pairs = request.body().as_str().split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(given, _)| *given == name).map(|(_, value)| value.to_owned())
        };
        let action = parameter("Action").unwrap_or_default();
        self.actions.borrow_mut().push(action.clone());
        let sent = self.actions.borrow().iter().filter(|sent| **sent == action).count();
        let members = match &*action {
            "DescribeSnapshots" => {
                let (state, progress) = if sent == 1 { ("pending", "37%") } else { ("completed", "100%") };
                format!(
                    "<snapshotSet><item><snapshotId>snap-0123456789abcdef0</snapshotId><status>{state}</status>\
                     <progress>{progress}</progress><ownerId>123456789012</ownerId><volumeSize>8</volumeSize>\
                     <encrypted>false</encrypted></item></snapshotSet>"
                )
            }
            "DescribeSnapshotAttribute" => "<snapshotId>snap-0123456789abcdef0</snapshotId><productCodes/>".into(),
            "GetEbsEncryptionByDefault" => "<ebsEncryptionByDefault>true</ebsEncryptionByDefault>".into(),
            "RegisterImage" if sent == 1 => {
                let decoded = query::decode_body(request.body().as_str().as_bytes());
                let specifications = decoded.ok().and_then(|decoded| decoded.request.tag_specifications);
                let tags = specifications.into_iter().flatten().flat_map(|tags| tags.tags).flatten();
                self.tag.replace(tags.filter_map(|tag| tag.value).collect());
                return Err(Failure::Unclear(io::ErrorKind::ConnectionReset.into()));
            }
            "RegisterImage" => {
                let message = "AMI name web-8c1f29d0 is already in use by AMI ami-0123456789abcdef0";
                return Ok(error("InvalidAMIName.Duplicate", message));
            }
            // While the facts are gathered, no image has the name.
            "DescribeImages" if sent == 1 => "<imagesSet/>".into(),
            "DescribeImages" => self.image(if sent < 4 { "pending" } else { "available" }),
            _ => return Ok(error("UnauthorizedOperation", "You are not authorized to perform this operation.")),
        };
        Ok(http::Response::new(format!("<{action}Response>{members}</{action}Response>").into_bytes()))
    }

    fn image(&self, state: &str) -> String {
        let tag = self.tag.borrow();
        format!(
            "<imagesSet><item><imageId>ami-0123456789abcdef0</imageId><imageState>{state}</imageState>\
             <name>web-8c1f29d0</name><architecture>arm64</architecture><virtualizationType>hvm</virtualizationType>\
             <enaSupport>true</enaSupport><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>\
             <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>snap-0123456789abcdef0\
             </snapshotId><volumeSize>8</volumeSize><volumeType>gp3</volumeType></ebs></item></blockDeviceMapping>\
             <tagSet><item><key>build</key><value>{tag}</value></item></tagSet></item></imagesSet>"
        )
    }
}

fn error(code: &str, message: &str) -> http::Response<Vec<u8>> {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let mut response = http::Response::new(format!("<Response><Errors>{error}</Errors></Response>").into_bytes());
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    response
}
