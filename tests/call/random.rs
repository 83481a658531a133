//! Random calls against an account with a clock and replicas, which knows nothing of the schedules of the simulation.
//!
//! A run has a seed. Set `RUNS` for another number of runs, and `SEED` for the first seed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use ec2_register_image::call::{Call, Outcome, RetryConfig};
use ec2_register_image::machine::{Action, Failure, Purpose, RequestInfo, Step};
use ec2_register_image::preview::Likeness;
use ec2_register_image::response::Effect;
use ec2_register_image::{Endpoint, RegisterImageRequest};
use http::Response;

/// A generator of 64-bit numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1 << 20)).unwrap()) / f64::from(1 << 20)
    }
}

const REPLICAS: usize = 3;

/// An image that was ever registered. Times are in milliseconds.
struct Registered {
    id: String,
    owner: Owner,
    /// From when on its name counts as taken.
    counts: u64,
    /// When each replica sees it, and its tags.
    visible: [u64; REPLICAS],
    tagged: [u64; REPLICAS],
    /// The state until that time, and then the other one.
    states: (&'static str, u64, &'static str),
    /// When it is deregistered, and when its name is free again.
    ends: Option<(u64, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Owner {
    /// This call, or a process before it.
    Caller,
    /// Another process with the same request and marker.
    Sibling,
    /// Another request with the same marker, and of another architecture.
    OtherContent,
    /// Another request with another marker, of the same content.
    Stranger,
}

impl Registered {
    fn holds_name(&self, now: u64) -> bool {
        self.counts <= now && self.ends.is_none_or(|(_, free)| now < free)
    }

    fn is_alive(&self, now: u64) -> bool {
        self.ends.is_none_or(|(end, _)| now < end)
    }

    fn state(&self, now: u64) -> &'static str {
        let (first, until, then) = self.states;
        if !self.is_alive(now) {
            "deregistered"
        } else if now < until {
            first
        } else {
            then
        }
    }
}

/// A request that is still on its way.
struct Straggler {
    arrives: u64,
}

struct Account {
    dice: Dice,
    now: u64,
    images: Vec<Registered>,
    straggler: Option<Straggler>,
    marker: String,
    /// How many faults of the network are left.
    faults: u64,
    /// Whether the caller lacks the permission for look-ups.
    has_no_look_ups: bool,
    /// Whether EC2 ever rejected the request for good.
    has_rejected: bool,
    /// The largest number of images of the caller's at one time.
    most_alive: usize,
}

/// What a process receives.
enum Received {
    Response(Response<String>),
    NotSent,
    Unclear,
}

impl Account {
    fn register(&mut self, owner: Owner, counts: u64) -> String {
        let id = format!("ami-{:08x}", 0xA000 + self.images.len());
        let mut late = |most: u64| {
            let now = self.now;
            core::array::from_fn(|_| now + if self.dice.percent(40) { self.dice.below(most) } else { 0 })
        };
        let (visible, tagged) = (late(20_000), late(20_000));
        let states = match self.dice.below(20) {
            0 => ("pending", self.now + self.dice.below(60_000), "failed"),
            1 => ("available", self.now + self.dice.below(60_000), "disabled"),
            2 => ("transient", self.now + self.dice.below(900_000), "available"),
            3..8 => ("pending", self.now + self.dice.below(60_000), "available"),
            _ => ("available", u64::MAX, "available"),
        };
        let is_rival = matches!(owner, Owner::OtherContent | Owner::Stranger);
        let ends = (is_rival && self.dice.percent(50)).then(|| {
            let end = self.now + self.dice.below(20_000);
            let propagation = self.dice.pick(&[1_000, 10_000, 600_000]);
            (end, end + self.dice.below(propagation))
        });
        self.images.push(Registered { id: id.clone(), owner, counts, visible, tagged, states, ends });
        let now = self.now;
        let alive = self.images.iter().filter(|image| image.owner == Owner::Caller && image.is_alive(now)).count();
        self.most_alive = self.most_alive.max(alive);
        id
    }

    fn pass(&mut self, millis: u64) {
        let until = self.now + millis;
        if let Some(straggler) = self.straggler.take_if(|straggler| straggler.arrives <= until) {
            self.now = self.now.max(straggler.arrives);
            // The name of an image that exists counts at once here: a straggler that overtakes is not covered.
            let now = self.now;
            if !self.images.iter().any(|image| image.is_alive(now) || image.holds_name(now)) {
                self.register(Owner::Caller, now);
            }
        }
        self.now = until;
    }

    fn response(status: u16, body: String) -> Response<String> {
        Response::builder().status(status).body(body).unwrap()
    }

    fn failure(status: u16, code: &str, message: &str) -> Response<String> {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{message}\
             </Message></Error></Errors><RequestID>f0</RequestID></Response>"
        );
        Self::response(status, text)
    }

    /// EC2 processes a request to register.
    fn on_register(&mut self) -> Response<String> {
        if self.dice.percent(2) {
            self.has_rejected = true;
            return Self::failure(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        }
        let now = self.now;
        if let Some(holder) = self.images.iter().find(|image| image.holds_name(now)) {
            let message = format!("AMI name golden is already in use by AMI {}", holder.id);
            return Self::failure(400, "InvalidAMIName.Duplicate", &message);
        }
        let counts = now + self.dice.below(1_001);
        let id = self.register(Owner::Caller, counts);
        if self.dice.percent(3) {
            let message = format!("The image id '[{id}]' does not exist");
            return Self::failure(400, "InvalidAMIID.NotFound", &message);
        }
        Self::response(200, format!("<RegisterImageResponse><imageId>{id}</imageId></RegisterImageResponse>"))
    }

    /// A replica of EC2 processes a look-up.
    fn on_describe(&mut self, body: &str) -> Response<String> {
        if self.has_no_look_ups {
            return Self::failure(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        }
        let replica = usize::try_from(self.dice.below(REPLICAS as u64)).unwrap();
        let is_by_id = body.contains("&ImageId.1=");
        let now = self.now;
        let mut items = String::new();
        for image in &self.images {
            let is_asked = if is_by_id { body.contains(&image.id) } else { body.contains("=golden") };
            let is_listed = image.ends.is_none_or(|(_, free)| now < free);
            if !is_asked || !is_listed || now < image.visible[replica] {
                continue;
            }
            let architecture = if image.owner == Owner::OtherContent { "x86_64" } else { "arm64" };
            let value = if image.owner == Owner::Stranger { "someone" } else { &self.marker };
            let tags = if now < image.tagged[replica] {
                String::new()
            } else {
                format!("<tagSet><item><key>run</key><value>{value}</value></item></tagSet>")
            };
            write!(
                items,
                "<item><imageId>{}</imageId><imageState>{}</imageState><imageOwnerId>123456789012</imageOwnerId>\
                 <isPublic>false</isPublic><architecture>{architecture}</architecture><imageType>machine</imageType>\
                 <name>golden</name><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/sda1</rootDeviceName>\
                 <blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs><snapshotId>snap-00000000000000abc\
                 </snapshotId><volumeSize>20</volumeSize><deleteOnTermination>true</deleteOnTermination>\
                 <volumeType>gp2</volumeType><encrypted>false</encrypted></ebs></item></blockDeviceMapping>\
                 <virtualizationType>hvm</virtualizationType>{tags}<hypervisor>xen</hypervisor><enaSupport>true</enaSupport>\
                 </item>",
                image.id,
                image.state(now),
            )
            .unwrap();
        }
        if items.is_empty() && is_by_id {
            return Self::failure(400, "InvalidAMIID.NotFound", "The image id does not exist");
        }
        Self::response(200, format!("<DescribeImagesResponse><imagesSet>{items}</imagesSet></DescribeImagesResponse>"))
    }

    /// The network carries a request, or does not.
    fn carry(&mut self, info: RequestInfo, body: &str) -> Received {
        let latency = 5 + self.dice.below(400);
        self.pass(latency);
        let is_register = info.action == Action::RegisterImage;
        let is_faulty = self.faults > 0 && self.dice.percent(if is_register { 60 } else { 25 });
        if !is_faulty {
            let response = if is_register { self.on_register() } else { self.on_describe(body) };
            return Received::Response(response);
        }
        self.faults -= 1;
        let process = |account: &mut Self| {
            if is_register { account.on_register() } else { account.on_describe(body) }
        };
        match self.dice.below(9) {
            0 => Received::NotSent,
            1 => Received::Unclear,
            2 | 3 => {
                process(self);
                Received::Unclear
            }
            4 if is_register && self.straggler.is_none() => {
                let arrives = self.now + 2_000 + self.dice.below(60_000);
                self.straggler = Some(Straggler { arrives });
                Received::Unclear
            }
            5 => {
                process(self);
                Received::Response(Self::response(502, "<html>Bad Gateway</html>".into()))
            }
            6 => {
                let mut busy = Self::failure(503, "Unavailable", "The service is unavailable.");
                let seconds = self.dice.below(40).to_string();
                busy.headers_mut().insert("retry-after", seconds.parse().unwrap());
                Received::Response(busy)
            }
            7 => {
                let (parts, mut body) = process(self).into_parts();
                body.truncate(body.len() / 2);
                Received::Response(Response::from_parts(parts, body))
            }
            _ => {
                let status = self.dice.pick(&[400, 403, 429, 500, 504]);
                Received::Response(Self::failure(status, "RequestLimitExceeded", "Request limit exceeded."))
            }
        }
    }
}

/// How the next process continues after a crash.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Restart {
    Resumes,
    IsTold,
}

/// Which kind of marker, and what becomes of the run.
struct Run {
    account: Account,
    request: RegisterImageRequest,
    attempts: u32,
    crashes: u64,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut request: RegisterImageRequest = serde_json::from_str(
            r#"{"Name": "golden", "Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true,
                "RootDeviceName": "/dev/sda1", "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {
                    "SnapshotId": "snap-00000000000000abc", "VolumeSize": 20, "VolumeType": "gp2",
                    "DeleteOnTermination": true}}]}"#,
        )
        .unwrap();
        let marker = if dice.percent(50) {
            request.add_content_marker("run", "77");
            format!("77@sha256:{}", request.fingerprint())
        } else {
            let tags = r#"[{"ResourceType": "image", "Tags": [{"Key": "run", "Value": "77"}]}]"#;
            request.tag_specifications = serde_json::from_str(tags).unwrap();
            "77".to_owned()
        };
        let (attempts, crashes) = (u32::try_from(1 + dice.below(4)).unwrap(), dice.below(3));
        let faults = dice.below(6);
        let mut account = Account {
            dice,
            now: 0,
            images: Vec::new(),
            straggler: None,
            marker,
            faults,
            has_no_look_ups: false,
            has_rejected: false,
            most_alive: 0,
        };
        account.has_no_look_ups = account.dice.percent(3);
        if account.dice.percent(30) {
            let owner = account.dice.pick(&[Owner::Sibling, Owner::OtherContent, Owner::Stranger]);
            account.register(owner, 0);
            let age = account.dice.below(120_000);
            account.pass(age);
        }
        Self { account, request, attempts, crashes }
    }

    fn configured(&self, call: Call) -> Call {
        let retry = RetryConfig::standard().with_max_attempts(self.attempts);
        call.retry_config(retry).marker("run").unwrap()
    }

    fn endpoint() -> Endpoint {
        Endpoint::from_region("eu-north-1").unwrap()
    }

    fn start(&self) -> Call {
        self.configured(Call::new(self.request.clone().validate().unwrap(), Self::endpoint()))
    }

    fn restart(&mut self, saved: &str) -> Call {
        self.crashes -= 1;
        let pause = self.account.dice.below(5_000);
        self.account.pass(pause);
        match self.account.dice.pick(&[Restart::Resumes, Restart::IsTold]) {
            Restart::Resumes => {
                let request = self.request.clone().validate().unwrap();
                let checkpoint = serde_json::from_str(saved).unwrap();
                self.configured(Call::resume(request, Self::endpoint(), checkpoint).unwrap())
            }
            Restart::IsTold => self.start().earlier_attempts(),
        }
    }

    fn finish(&mut self) -> Outcome {
        let mut call = self.start();
        let mut requests = 0;
        loop {
            let jitter = self.account.dice.fraction();
            let step = call.next(jitter);
            let may_crash = self.crashes > 0 && self.account.dice.percent(15);
            let saved = if may_crash { serde_json::to_string(&call.checkpoint()).unwrap() } else { String::new() };
            match step {
                Step::Wait(wait) => {
                    assert!(wait <= Duration::from_secs(31), "{wait:?}");
                    let millis = u64::try_from(wait.as_millis()).unwrap();
                    if may_crash {
                        let slept = self.account.dice.below(millis + 1);
                        self.account.pass(slept);
                        call = self.restart(&saved);
                    } else {
                        self.account.pass(millis);
                    }
                }
                Step::Send(request) => {
                    requests += 1;
                    assert!(requests < 300, "no end");
                    let info = *request.extensions().get::<RequestInfo>().unwrap();
                    assert!(info.action == Action::DescribeImages || info.purpose == Purpose::Register);
                    let received = self.account.carry(info, request.body().as_str());
                    match received {
                        _ if may_crash => call = self.restart(&saved),
                        Received::Response(response) => call.answered(&response),
                        Received::NotSent => call.failed(Failure::NotSent("connection refused")),
                        Received::Unclear => call.failed(Failure::Unclear("connection reset")),
                    }
                    let reply = self.account.dice.below(300);
                    self.account.pass(reply);
                }
                Step::Done(outcome) => return outcome,
            }
        }
    }

    /// Checks the outcome, and returns its kind.
    fn judge(&self, outcome: &Outcome) -> Result<&'static str, String> {
        let account = &self.account;
        let own = || account.images.iter().filter(|image| matches!(image.owner, Owner::Caller));
        let may_have_own = own().next().is_some() || account.straggler.is_some();
        if account.most_alive > 1 {
            return Err("two images".into());
        }
        if let Some(id) = outcome.image_id() {
            let image = account.images.iter().find(|image| *id == *image.id.as_str()).ok_or("no such image")?;
            if !matches!(image.owner, Owner::Caller | Owner::Sibling) {
                return Err(format!("the wrong image, of {:?}", image.owner));
            }
        }
        if outcome.to_string().contains("registered nothing") && may_have_own {
            return Err("an image of the caller's is denied".into());
        }
        Ok(match outcome {
            Outcome::Registered(_) => "registered",
            Outcome::Recovered(_) => "recovered",
            Outcome::AlreadyThere(there) => {
                let owner = there.image_id.as_ref().and_then(|id| {
                    account.images.iter().find(|image| *id == *image.id.as_str()).map(|image| image.owner)
                });
                if there.effect == Effect::Nothing && may_have_own {
                    return Err("an effect is denied".into());
                }
                let is_requested = matches!(owner, Some(Owner::Caller | Owner::Sibling));
                let is_unusable = there.image.as_ref().is_some_and(|image| image.is_usable() == Some(false));
                match there.likeness() {
                    Likeness::Different if is_requested && !is_unusable => {
                        return Err("the caller's image is disowned".into());
                    }
                    Likeness::Same if !is_requested => return Err("a rival's image is the same".into()),
                    _ if there.is_gone => "already there, gone",
                    Likeness::Different if is_requested => "already there, own and unusable",
                    Likeness::Different => "already there, different",
                    _ => "already there, unclear",
                }
            }
            Outcome::Refused(_) if account.has_rejected => "refused",
            Outcome::Refused(_) => return Err("refused without a rejection".into()),
            Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Nothing => "gave up, nothing registered",
            Outcome::GaveUp(_) => "gave up, perhaps registered",
            other => return Err(format!("{other}")),
        })
    }
}

#[test]
fn random_calls() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (runs, first) = (number("RUNS", 1_000), number("SEED", 1));
    let mut kinds = BTreeMap::new();
    let (mut own, mut found) = (0_u64, 0_u64);
    for seed in first..first + runs {
        let mut run = Run::new(seed);
        let outcome = run.finish();
        let kind = run.judge(&outcome).unwrap_or_else(|problem| panic!("seed {seed}: {problem}: {outcome}"));
        *kinds.entry(kind).or_insert(0_u64) += 1;
        let now = run.account.now;
        let is_usable = |image: &Registered| matches!(image.state(now), "available" | "pending");
        if run.account.images.iter().any(|image| image.owner == Owner::Caller && is_usable(image)) {
            own += 1;
            found += u64::from(outcome.image_id().is_some());
        }
    }
    println!("{runs} runs: {kinds:?}; of {own} with a usable image of the caller's, {found} returned it");
    if runs >= 1_000 {
        assert_eq!(kinds.len(), 9, "{kinds:?}");
        assert!(found * 100 >= own * 95, "{found} of {own}");
    }
}
