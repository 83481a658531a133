//! Every schedule of faults, against a model of EC2: at most one image of ours, and no word of the call that is not true.
//!
//! Schedules that lead to the same state of call and world go on alike, so they are followed as one and counted: all
//! schedules are explored, without taking each of them apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use ec2_register_image::call::{Call, Failure, Marker, Outcome, RetryConfig, Step};
use ec2_register_image::preview::Likeness;
use ec2_register_image::response::{Class, Effect};
use ec2_register_image::types::ImageId;
use ec2_register_image::wire::Body;
use ec2_register_image::{Endpoint, RegisterImageRequest};
use http::{Request, Response};

/// The account, as far as the name goes.
#[derive(Clone, Debug, Default, PartialEq)]
struct World {
    /// The image that has the name.
    holder: Option<Image>,
    /// How many images of ours were ever registered.
    ours: u32,
    /// A request of ours that EC2 will receive later, if at all.
    in_flight: bool,
    /// A rival has registered, and once is enough.
    rival_came: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Image {
    Ours,
    /// A rival's, of the same request.
    Same,
    /// A rival's, of another request.
    Other,
}

impl Image {
    fn id(self) -> &'static str {
        match self {
            Self::Ours => "ami-00000000000000001",
            Self::Same => "ami-00000000000000002",
            Self::Other => "ami-00000000000000003",
        }
    }
}

/// What happens in the account before EC2 looks at a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Before {
    Nothing,
    RivalRegisters(Image),
    RivalDeregisters,
    /// An earlier request of ours arrives.
    LateArrival,
}

/// What becomes of a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    NotSent,
    LostBefore,
    LostAfter,
    /// Lost to us, and perhaps on its way still.
    Delayed,
    /// The answer arrives without its end.
    Cut,
    ThrottledBefore,
    FailedBefore,
    FailedAfter,
    /// A proxy answers, with a page; the request may have gone on.
    BadGateway,
    /// A proxy answers with a page, in place of the request or of its answer.
    Forbidden,
    Unauthorized,
    /// A duplicate in words that name no image; a new image does not show yet.
    Vague,
    /// The tags of an image do not show yet.
    Untagged,
}

const FAULTS: [Fault; 14] = [
    Fault::None,
    Fault::NotSent,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::Delayed,
    Fault::Cut,
    Fault::ThrottledBefore,
    Fault::FailedBefore,
    Fault::FailedAfter,
    Fault::BadGateway,
    Fault::Forbidden,
    Fault::Unauthorized,
    Fault::Vague,
    Fault::Untagged,
];

/// One request, and what befell it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Register(Before, Fault),
    LookUp(Before, Fault),
}

enum Accepted {
    Response(u16, String),
    Failure(Failure<&'static str>),
}

impl World {
    fn possible(&self) -> Vec<Before> {
        let mut possible = vec![Before::Nothing];
        if self.holder.is_none() && !self.rival_came {
            possible.extend([Image::Same, Image::Other].map(Before::RivalRegisters));
        }
        if matches!(self.holder, Some(Image::Same | Image::Other)) {
            possible.push(Before::RivalDeregisters);
        }
        if self.in_flight {
            possible.push(Before::LateArrival);
        }
        possible
    }

    fn happen(&mut self, before: Before) {
        match before {
            Before::Nothing => {}
            Before::RivalRegisters(image) => {
                self.holder = Some(image);
                self.rival_came = true;
            }
            Before::RivalDeregisters => self.holder = None,
            Before::LateArrival => {
                self.in_flight = false;
                self.register("web");
            }
        }
    }

    /// EC2 takes a request for an image of that name; what it answers. Nobody has any name but one.
    fn register(&mut self, name: &str) -> (u16, String) {
        if let Some(holder) = self.holder.filter(|_| name == "web") {
            let message = format!("AMI name web is already in use by AMI {}", holder.id());
            return (400, error("InvalidAMIName.Duplicate", &message));
        }
        self.holder = Some(Image::Ours);
        self.ours += 1;
        let id = Image::Ours.id();
        (200, format!("<RegisterImageResponse><requestId>r</requestId><imageId>{id}</imageId></RegisterImageResponse>"))
    }

    fn answer(&mut self, request: &Request<Body>, fault: Fault, setting: &Setting) -> Accepted {
        let body = request.body().as_str();
        let is_register = body.starts_with("Action=RegisterImage&");
        assert!(is_register || body.starts_with("Action=DescribeImages&"), "{body}");
        let name = body.split('&').find_map(|parameter| parameter.strip_prefix("Name=")).unwrap_or_default();
        let respond = |world: &mut Self| {
            if !is_register {
                return (200, world.describe(body, fault, setting));
            }
            if setting.dry_run {
                return (412, error("DryRunOperation", "Request would have succeeded, but DryRun flag is set."));
            }
            let (status, body) = world.register(name);
            let is_vague = fault == Fault::Vague && status == 400;
            (status, if is_vague { error("InvalidAMIName.Duplicate", "That name is taken.") } else { body })
        };
        let failed = || (500, error("InternalError", "An internal error has occurred"));
        let (status, body) = match fault {
            Fault::None | Fault::Vague | Fault::Untagged => respond(self),
            Fault::NotSent => return Accepted::Failure(Failure::NotSent("refused")),
            Fault::LostBefore => return Accepted::Failure(Failure::Unclear("reset")),
            Fault::LostAfter => {
                respond(self);
                return Accepted::Failure(Failure::Unclear("reset"));
            }
            Fault::Delayed => {
                self.in_flight |= is_register && !setting.dry_run;
                return Accepted::Failure(Failure::Unclear("timeout"));
            }
            Fault::Cut => {
                let (status, mut body) = respond(self);
                body.pop();
                (status, body)
            }
            Fault::ThrottledBefore => (503, error("RequestLimitExceeded", "Request limit exceeded.")),
            Fault::FailedBefore => failed(),
            Fault::FailedAfter => {
                respond(self);
                failed()
            }
            Fault::BadGateway => {
                self.in_flight |= is_register && !setting.dry_run;
                (502, "<html><body>502 Bad Gateway</body></html>".to_owned())
            }
            Fault::Forbidden => {
                respond(self);
                (403, "<html><body>403 Forbidden</body></html>".to_owned())
            }
            Fault::Unauthorized => (403, error("UnauthorizedOperation", "You are not authorized.")),
        };
        Accepted::Response(status, body)
    }

    fn describe(&self, body: &str, fault: Fault, setting: &Setting) -> String {
        let shown = self.holder.filter(|holder| {
            let is_asked = body.contains(holder.id()) || body.contains("Filter.1.Value.1=web");
            is_asked && fault != Fault::Vague
        });
        let image = shown.map_or_else(String::new, |holder| {
            let size = if holder == Image::Other { 16 } else { 8 };
            let marker = match holder {
                _ if !setting.is_marked || fault == Fault::Untagged => "",
                Image::Ours => "<tagSet><item><key>build</key><value>ours</value></item></tagSet>",
                Image::Same | Image::Other => "<tagSet><item><key>build</key><value>theirs</value></item></tagSet>",
            };
            format!(
                "<item><imageId>{}</imageId><imageState>available</imageState><name>web</name>\
                 <architecture>x86_64</architecture><virtualizationType>hvm</virtualizationType>\
                 <enaSupport>true</enaSupport><rootDeviceType>ebs</rootDeviceType>\
                 <rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName>\
                 <ebs><snapshotId>snap-0123456789abcdef0</snapshotId><volumeSize>{size}</volumeSize>\
                 <volumeType>gp3</volumeType><iops>3000</iops><throughput>125</throughput><encrypted>false</encrypted>\
                 <deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>{marker}</item>",
                holder.id(),
            )
        });
        format!(
            "<DescribeImagesResponse><requestId>r</requestId><imagesSet>{image}</imagesSet></DescribeImagesResponse>"
        )
    }
}

fn error(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
         <RequestID>r</RequestID></Response>"
    )
}

struct Setting {
    max_attempts: u32,
    is_marked: bool,
    dry_run: bool,
}

impl Setting {
    /// The second wait would be longer.
    const MOST: Duration = Duration::from_millis(1500);
    /// Two waits between look-ups.
    const LOOKS: Duration = Duration::from_secs(4);

    fn request(&self) -> RegisterImageRequest {
        let mut request: RegisterImageRequest = serde_json::from_str(
            r#"{"Name": "web", "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,
                "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
                    "SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8, "VolumeType": "gp3", "Iops": 3000,
                    "Throughput": 125, "DeleteOnTermination": true}}]}"#,
        )
        .unwrap();
        if self.is_marked {
            let tags = r#"[{"ResourceType": "image", "Tags": [{"Key": "build", "Value": "ours"}]}]"#;
            request.tag_specifications = serde_json::from_str(tags).unwrap();
        }
        if self.dry_run {
            request.dry_run = Some(true);
        }
        request
    }

    /// The kinds of outcome that some schedule ends in.
    fn reaches(&self) -> BTreeSet<&'static str> {
        let mut kinds = BTreeSet::from(["rejected", "gave up, and nothing was registered"]);
        if self.dry_run {
            kinds.insert("dry run passed at once");
            kinds.extend((self.max_attempts > 1).then_some("dry run passed by a retry"));
            return kinds;
        }
        kinds.extend([
            "registered at once",
            "held by an image that is gone",
            "taken by an image that no look-up showed",
            "taken by a different image",
            "gave up, and an image may exist",
        ]);
        if self.is_marked {
            kinds.extend(["recovered", "taken by an image without its tags"]);
        } else {
            kinds.insert("taken by the same image");
        }
        if self.max_attempts > 1 {
            kinds.extend(["registered by a retry", "registered after a look-up"]);
        }
        kinds
    }

    fn call(&self) -> Call {
        let retry = RetryConfig::standard().with_max_attempts(self.max_attempts).with_max_backoff(Self::MOST);
        let call = Call::new(self.request().validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap());
        let call = call.retry_config(retry).look_up_timeout(Self::LOOKS);
        if self.is_marked { call.marker("build").unwrap() } else { call }
    }

    /// Follows every schedule to its end. Returns how many end in which way, and the length of the longest.
    fn explore(&self) -> (BTreeMap<&'static str, u128>, usize) {
        let mut level = HashMap::from([(String::new(), (self.call(), World::default(), Vec::<Event>::new(), 1_u128))]);
        let (mut schedules, mut longest) = (BTreeMap::new(), 0);
        while !level.is_empty() {
            let mut next: HashMap<String, (Call, World, Vec<Event>, u128)> = HashMap::new();
            for (mut call, world, path, count) in level.into_values() {
                let request = match call.next(1.0) {
                    Step::Send(request) => request,
                    Step::Wait(duration) => {
                        assert!(duration <= Self::LOOKS, "a wait of {duration:?} after {path:?}");
                        let Step::Send(request) = call.next(1.0) else { panic!("no attempt after a wait, {path:?}") };
                        request
                    }
                    Step::Done(outcome) => {
                        *schedules.entry(kind(&outcome, &path)).or_default() += count;
                        longest = longest.max(path.len());
                        self.judge(&outcome, &world, &path);
                        continue;
                    }
                };
                for before in world.possible() {
                    for fault in FAULTS {
                        let (mut call, mut world, mut path) = (call.clone(), world.clone(), path.clone());
                        let is_register = request.body().as_str().starts_with("Action=RegisterImage&");
                        path.push(if is_register {
                            Event::Register(before, fault)
                        } else {
                            Event::LookUp(before, fault)
                        });
                        world.happen(before);
                        match world.answer(&request, fault, self) {
                            Accepted::Response(status, body) => {
                                call.answered(&Response::builder().status(status).body(body).unwrap());
                            }
                            Accepted::Failure(failure) => call.failed(failure),
                        }
                        assert!(world.ours <= 1, "{} images after {path:?}", world.ours);
                        // The attempts to register, to look up by id, and by name: so it always ends.
                        assert!(path.len() <= 4 * self.max_attempts as usize, "no end after {path:?}");
                        let state = format!("{call:?} {world:?}");
                        next.entry(state).or_insert_with(|| (call, world, path, 0)).3 += count;
                    }
                }
            }
            level = next;
        }
        (schedules, longest)
    }

    /// Holds what the call says to what is the case.
    fn judge(&self, outcome: &Outcome, world: &World, path: &[Event]) {
        let context = || format!("{outcome} after {path:?}, {world:?}");
        let may_exist = world.ours > 0 || world.in_flight;
        let has_looked = world.holder.is_some() && path.last() == Some(&Event::LookUp(Before::Nothing, Fault::None));
        match outcome {
            Outcome::Registered(image) => {
                assert_eq!((image.image_id.as_str(), world.ours), (Image::Ours.id(), 1), "{}", context());
            }
            Outcome::Recovered(recovered) => {
                assert!(self.is_marked && !self.dry_run, "{}", context());
                assert_eq!((recovered.image.id.as_str(), world.ours), (Image::Ours.id(), 1), "{}", context());
            }
            Outcome::AlreadyThere(there) => {
                let held = [world.ours > 0, world.rival_came, world.rival_came];
                let images = [Image::Ours, Image::Same, Image::Other];
                if let Some(id) = &there.image_id {
                    let was = images.iter().zip(held).any(|(image, held)| held && *id == image.id());
                    assert!(was, "{}", context());
                }
                let seen = there
                    .image
                    .as_ref()
                    .map(|image| *images.iter().find(|known| image.id == known.id()).expect("an image of the model"));
                let likeness = match seen {
                    None => {
                        let is_of_holder = there.image_id.as_ref().map(ImageId::as_str) == world.holder.map(Image::id);
                        assert!(!(has_looked && is_of_holder), "{}", context());
                        Likeness::Unclear
                    }
                    // Its tags did not show.
                    Some(Image::Ours | Image::Same) if self.is_marked && there.marker == Marker::Unknown => {
                        Likeness::Unclear
                    }
                    Some(Image::Ours) if self.is_marked => panic!("{}", context()),
                    Some(Image::Ours) => Likeness::Same,
                    Some(Image::Same) if !self.is_marked => Likeness::Same,
                    Some(Image::Same | Image::Other) => Likeness::Different,
                };
                assert_eq!(there.likeness(), likeness, "{}", context());
            }
            Outcome::DryRunPassed(_) => assert!(self.dry_run, "{}", context()),
            Outcome::Refused(error) => {
                assert!(!may_exist && error.class() != Class::NameTaken, "{}", context());
            }
            Outcome::GaveUp(gave_up) => {
                assert!(gave_up.effect == Effect::Unknown || !may_exist, "{}", context());
                assert!(!has_looked, "{}", context());
                // What was surely not sent registered nothing.
                if path.iter().all(|event| matches!(event, Event::Register(_, Fault::NotSent))) {
                    assert_eq!(gave_up.effect, Effect::Nothing, "{}", context());
                }
                assert!(!self.dry_run || gave_up.effect == Effect::Nothing, "{}", context());
            }
            other => panic!("{other} after {path:?}"),
        }
        if path == [Event::Register(Before::Nothing, Fault::None)] && !self.dry_run {
            assert!(matches!(outcome, Outcome::Registered(_)), "{}", context());
        }
    }
}

/// The kind of an outcome after these events.
fn kind(outcome: &Outcome, path: &[Event]) -> &'static str {
    let has_looked = path.iter().any(|event| matches!(event, Event::LookUp(..)));
    match outcome {
        Outcome::Registered(_) if path.len() == 1 => "registered at once",
        Outcome::Registered(_) if has_looked => "registered after a look-up",
        Outcome::Registered(_) => "registered by a retry",
        Outcome::Recovered(_) => "recovered",
        Outcome::AlreadyThere(there) if there.is_gone => "held by an image that is gone",
        Outcome::AlreadyThere(there) => match there.likeness() {
            _ if there.image.is_none() => "taken by an image that no look-up showed",
            Likeness::Same => "taken by the same image",
            Likeness::Different => "taken by a different image",
            _ => "taken by an image without its tags",
        },
        Outcome::DryRunPassed(_) if path.len() == 1 => "dry run passed at once",
        Outcome::DryRunPassed(_) => "dry run passed by a retry",
        Outcome::Refused(_) => "rejected",
        Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Nothing => "gave up, and nothing was registered",
        Outcome::GaveUp(_) => "gave up, and an image may exist",
        _ => "unknown",
    }
}

/// Of 3 attempts there are some thousand times as many.
const ATTEMPTS: u32 = 2;

#[test]
fn every_schedule() {
    let most = std::env::var("ATTEMPTS").map_or(ATTEMPTS, |most| most.parse().expect("a number of attempts"));
    for max_attempts in 1..=most {
        for is_marked in [false, true] {
            for dry_run in [false, true] {
                let setting = Setting { max_attempts, is_marked, dry_run };
                let (kinds, longest) = setting.explore();
                // A call that never retries or never looks up tells no lie, and reaches less.
                assert_eq!(kinds.keys().copied().collect::<BTreeSet<_>>(), setting.reaches(), "{kinds:?}");
                let schedules: u128 = kinds.values().sum();
                println!(
                    "{max_attempts} attempts, marked {is_marked}, dry run {dry_run}: {schedules} schedules of up to {longest} events"
                );
            }
        }
    }
}
