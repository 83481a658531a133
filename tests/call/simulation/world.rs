//! The model of EC2: one account, one name, and what becomes of a request and its response.

use ec2_register_image::call::Call;
use ec2_register_image::machine::Failure;
use ec2_register_image::wire::Body;
use http::{Request, Response};

/// Whose image it is, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Origin {
    /// Registered by the call, or by an earlier process of its caller.
    Ours,
    /// Another process made the same request with the same marker, so it is the requested image.
    Twin,
    /// A rival's, of the same content with another marker or none.
    Same,
    /// A rival's, of other content.
    Other,
    /// It has the marker of the request and other content.
    Marked,
    /// It has the caller's key and another fingerprint. DescribeImages shows no difference.
    Bound,
    /// A copy of an image of the caller's, with its tags.
    Copied,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum ImageState {
    Pending,
    Available,
    Failed,
    Invalid,
    Error,
    Disabled,
    Transient,
    Deregistered,
}

impl ImageState {
    pub(super) const ALL: [Self; 8] = [
        Self::Pending,
        Self::Available,
        Self::Failed,
        Self::Invalid,
        Self::Error,
        Self::Disabled,
        Self::Transient,
        Self::Deregistered,
    ];

    pub(super) fn is_usable(self) -> bool {
        matches!(self, Self::Pending | Self::Available)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Available => "available",
            Self::Failed => "failed",
            Self::Invalid => "invalid",
            Self::Error => "error",
            Self::Disabled => "disabled",
            Self::Transient => "transient",
            Self::Deregistered => "deregistered",
        }
    }
}

/// An image that has the name, or had it last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Image {
    pub(super) origin: Origin,
    pub(super) state: ImageState,
    number: u8,
    /// How long it takes until its name counts as taken.
    unnoticed_millis: u64,
}

impl Image {
    pub(super) fn id(&self) -> String {
        format!("ami-{:017x}", self.number)
    }
}

/// What the responses so far said last of the image that has the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Told {
    Nothing,
    /// A rejection named it.
    Named,
    /// A look-up showed it.
    Shown,
    /// A look-up showed it as deregistered.
    Deregistered,
    /// A look-up did not find it.
    NotFound,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    /// The image that has the name.
    pub(super) holder: Option<Image>,
    /// An image that had the name before.
    pub(super) released: Option<Image>,
    /// How many images of ours were ever registered.
    pub(super) ours: u8,
    /// How many images were ever registered.
    registered: u8,
    /// A request of ours that EC2 will receive later, if at all.
    pub(super) in_flight: bool,
    pub(super) has_rival: bool,
    pub(super) has_changed: bool,
    /// The image that the last response was about, and what it said.
    pub(super) told: (u8, Told),
    /// The image that a look-up ever showed, other than deregistered.
    pub(super) shown: Option<u8>,
    pub(super) crashes: u8,
    /// Whether EC2 said no for good.
    pub(super) is_rejected: bool,
    /// Whether the caller lost a response or got one that leaves the effect open.
    pub(super) is_doubted: bool,
}

/// What happens in the account before EC2 processes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Change {
    RivalRegisters(Origin),
    /// The image that has the name turns into this state. `Deregistered` keeps the name for a while.
    Turns(ImageState),
    /// A deregistered image loses the name.
    NameIsReleased,
    /// An earlier request of ours arrives.
    LateArrival,
}

/// What becomes of a request and its response, or of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Fate {
    /// The response is true and arrives.
    Faithful,
    NotSent,
    LostBefore,
    LostAfter,
    /// It is lost for the caller, and perhaps still on its way.
    Delayed,
    /// The response arrives without its end.
    Cut,
    /// Status 503 with a `Retry-After` of 3 s, without or with an effect.
    BusyBefore,
    BusyAfter,
    /// A proxy replaces the response with a page.
    Page,
    /// A definite rejection.
    Denied,
    /// EC2 assigns an ID and then does not find it.
    Assigned,
    /// The same, and the response arrives without its end.
    AssignedCut,
    /// A duplicate in words that name no image.
    Vague,
    /// The image is not visible, or not visible any more.
    Hidden,
    /// Its tags are not visible.
    Untagged,
    /// The process crashes after it sent the request, before or after EC2 processed it. The next one resumes the call.
    CrashBefore,
    CrashAfter,
    /// The same, and the next process makes a new call with `earlier_attempts`.
    ToldBefore,
    ToldAfter,
}

/// One event of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Event {
    Account(Change),
    Register(Fate),
    LookUp(Fate),
    /// The process crashes while it waits. The next one resumes the call, or starts one with `earlier_attempts`.
    WaitCrash,
    WaitTold,
}

/// What the process does next.
pub(super) enum After {
    Reported,
    Resumes,
    IsTold,
}

/// How the request and the images look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look<'a> {
    /// The value of the marker tag, if the request has one.
    pub(super) marker: Option<&'a str>,
    pub(super) dry_run: bool,
    pub(super) name: &'a str,
}

/// The name counts as taken this long after the registration.
const UNNOTICED_MILLIS: u64 = 1_000;

impl World {
    pub(super) fn new() -> Self {
        Self {
            holder: None,
            released: None,
            ours: 0,
            registered: 0,
            in_flight: false,
            has_rival: false,
            has_changed: false,
            told: (0, Told::Nothing),
            shown: None,
            crashes: 0,
            is_rejected: false,
            is_doubted: false,
        }
    }

    /// Another process starts, without what the last one was told.
    pub(super) fn forget(&mut self) {
        (self.told, self.shown) = ((0, Told::Nothing), None);
    }

    pub(super) fn pass(&mut self, wait: std::time::Duration) {
        let millis = u64::try_from(wait.as_millis()).unwrap();
        if let Some(holder) = &mut self.holder {
            holder.unnoticed_millis = holder.unnoticed_millis.saturating_sub(millis);
        }
    }

    pub(super) fn can(&self, change: Change) -> bool {
        match change {
            Change::RivalRegisters(_) => self.holder.is_none() && !self.has_rival,
            Change::Turns(state) => {
                !self.has_changed && self.holder.as_ref().is_some_and(|holder| holder.state != state)
            }
            Change::NameIsReleased => {
                self.holder.as_ref().is_some_and(|holder| holder.state == ImageState::Deregistered)
            }
            Change::LateArrival => self.in_flight,
        }
    }

    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::RivalRegisters(origin) => {
                self.has_rival = true;
                self.insert(origin, 0);
            }
            Change::Turns(state) => {
                self.has_changed = true;
                if let Some(holder) = &mut self.holder {
                    holder.state = state;
                }
            }
            Change::NameIsReleased => self.released = self.holder.take(),
            Change::LateArrival => {
                self.in_flight = false;
                if self.holder.is_none() {
                    self.insert(Origin::Ours, 0);
                }
            }
        }
    }

    fn insert(&mut self, origin: Origin, unnoticed_millis: u64) -> String {
        self.registered += 1;
        self.ours += u8::from(origin == Origin::Ours);
        let image = Image { origin, state: ImageState::Available, number: self.registered, unnoticed_millis };
        let id = image.id();
        self.holder = Some(image);
        id
    }

    /// Returns the image with this ID.
    pub(super) fn image(&self, id: &str) -> Option<&Image> {
        [&self.holder, &self.released].into_iter().flatten().find(|image| image.id() == id)
    }

    /// Whether an image of ours exists that a caller can use, or will exist.
    pub(super) fn may_have_ours(&self) -> bool {
        self.ours > 0 || self.in_flight
    }

    /// EC2 processes a request to register. Returns its response.
    fn register(&mut self, look: Look<'_>, fate: Fate) -> (u16, String) {
        if let Some(holder) =
            self.holder.as_ref().filter(|holder| holder.unnoticed_millis == 0 && !look.name.is_empty())
        {
            return (
                400,
                match fate {
                    Fate::Vague => error("InvalidAMIName.Duplicate", "That name is taken."),
                    _ => {
                        let message = format!("AMI name web is already in use by AMI {}", holder.id());
                        error("InvalidAMIName.Duplicate", &message)
                    }
                },
            );
        }
        if look.dry_run {
            return (412, error("DryRunOperation", "Request would have succeeded, but DryRun flag is set."));
        }
        let lives = |image: &Image| image.origin == Origin::Ours && image.state != ImageState::Deregistered;
        assert!(!self.holder.as_ref().is_some_and(lives), "a second image of ours: {self:?}");
        let id = self.insert(Origin::Ours, UNNOTICED_MILLIS);
        match fate {
            Fate::Assigned | Fate::AssignedCut => {
                (400, error("InvalidAMIID.NotFound", &format!("The image id '[{id}]' does not exist")))
            }
            _ => (200, format!("<RegisterImageResponse><imageId>{id}</imageId></RegisterImageResponse>")),
        }
    }

    /// EC2 processes a look-up. Returns its response.
    fn describe(&self, body: &str, look: Look<'_>, fate: Fate) -> (u16, String) {
        let is_by_id = body.contains("ImageId.1=");
        let is_asked = |image: &&Image| {
            if is_by_id { body.contains(&image.id()) } else { body.contains("Filter.1.Value.1=web") }
        };
        let shown = if is_by_id {
            [&self.holder, &self.released].into_iter().flatten().find(is_asked)
        } else {
            self.holder.iter().find(is_asked)
        };
        match shown.filter(|image| fate != Fate::Hidden && Some(*image) != self.released.as_ref()) {
            Some(image) => (200, described(&image.xml(look, fate == Fate::Untagged))),
            None if is_by_id => (400, error("InvalidAMIID.NotFound", "The image id does not exist")),
            None => (200, described("")),
        }
    }

    /// Remembers what a response told that arrived.
    fn tell(&mut self, is_register: bool, status: u16, body: &str, request: &str) {
        let known = [&self.holder, &self.released].into_iter().flatten();
        let named = known.clone().find(|image| body.contains(&image.id()));
        let number = named.map_or(0, |image| image.number);
        self.told = match (is_register, named) {
            (true, Some(_)) if status == 400 => (number, Told::Named),
            (true, None) if body.contains("Duplicate") => (0, Told::Named),
            (true, _) => return,
            (false, Some(image)) if image.state == ImageState::Deregistered => (number, Told::Deregistered),
            (false, Some(_)) => {
                self.shown = Some(number);
                (number, Told::Shown)
            }
            (false, None) => {
                let asked = known.clone().find(|image| request.contains(&image.id()));
                (asked.map_or(self.told.0, |image| image.number), Told::NotFound)
            }
        };
    }

    /// A request is sent, and its result is reported to the call, unless the process crashes.
    pub(super) fn answer(&mut self, call: &mut Call, request: &Request<Body>, fate: Fate, look: Look<'_>) -> After {
        let body = request.body().as_str();
        let is_register = body.starts_with("Action=RegisterImage&");
        assert!(is_register || body.starts_with("Action=DescribeImages&"), "{body}");
        let is_processed = !matches!(
            fate,
            Fate::NotSent
                | Fate::LostBefore
                | Fate::Delayed
                | Fate::BusyBefore
                | Fate::Denied
                | Fate::CrashBefore
                | Fate::ToldBefore
        );
        let (status, mut text) = match (is_processed, is_register) {
            (false, _) => (0, String::new()),
            (true, true) => self.register(look, fate),
            (true, false) => self.describe(body, look, fate),
        };
        self.is_doubted |= is_register && !matches!(fate, Fate::Faithful | Fate::NotSent | Fate::Denied | Fate::Vague);
        let mut response = Response::builder();
        let status = match fate {
            Fate::Faithful | Fate::Assigned | Fate::Vague | Fate::Hidden | Fate::Untagged => {
                self.tell(is_register, status, &text, body);
                status
            }
            Fate::NotSent => {
                call.failed(Failure::NotSent("refused"));
                return After::Reported;
            }
            Fate::LostBefore | Fate::LostAfter | Fate::Delayed => {
                self.in_flight |= fate == Fate::Delayed && is_register && !look.dry_run;
                call.failed(Failure::Unclear("reset"));
                return After::Reported;
            }
            Fate::Cut | Fate::AssignedCut => {
                text.pop();
                status
            }
            Fate::BusyBefore | Fate::BusyAfter => {
                text = error("RequestLimitExceeded", "Request limit exceeded.");
                response = response.header("retry-after", "3");
                503
            }
            Fate::Page => {
                text = "<html><body>403 Forbidden</body></html>".to_owned();
                403
            }
            Fate::Denied => {
                self.is_rejected |= is_register;
                text = error("UnauthorizedOperation", "You are not authorized.");
                403
            }
            Fate::CrashBefore | Fate::CrashAfter => return After::Resumes,
            Fate::ToldBefore | Fate::ToldAfter => return After::IsTold,
        };
        call.answered(&response.status(status).body(text).unwrap());
        After::Reported
    }
}

impl Image {
    fn xml(&self, look: Look<'_>, is_untagged: bool) -> String {
        let size = if matches!(self.origin, Origin::Other | Origin::Marked) { 16 } else { 8 };
        let tag = match (look.marker, self.origin) {
            _ if is_untagged => None,
            (None, _) => None,
            (Some(_), Origin::Same | Origin::Other) => Some("theirs"),
            (Some(_), Origin::Bound) => {
                Some("ours@sha256:0000000000000000000000000000000000000000000000000000000000000000")
            }
            (Some(marker), _) => Some(marker),
        };
        let tags = tag.map_or_else(String::new, |value| {
            format!("<tagSet><item><key>build</key><value>{value}</value></item></tagSet>")
        });
        let source = match self.origin {
            Origin::Copied => "<sourceImageId>ami-0123456789abcdef0</sourceImageId>",
            _ => "",
        };
        let name = if look.name.is_empty() { "" } else { "<name>web</name>" };
        format!(
            "<item><imageId>{}</imageId><imageState>{}</imageState>{name}<architecture>x86_64</architecture>\
             <virtualizationType>hvm</virtualizationType><enaSupport>true</enaSupport><rootDeviceType>ebs</rootDeviceType>\
             <rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs>\
             <snapshotId>snap-0123456789abcdef0</snapshotId><volumeSize>{size}</volumeSize><volumeType>gp3</volumeType>\
             <iops>3000</iops><throughput>125</throughput><encrypted>false</encrypted>\
             <deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>{tags}{source}</item>",
            self.id(),
            self.state.as_str(),
        )
    }
}

fn described(items: &str) -> String {
    format!("<DescribeImagesResponse><imagesSet>{items}</imagesSet></DescribeImagesResponse>")
}

fn error(code: &str, message: &str) -> String {
    format!("<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>")
}
