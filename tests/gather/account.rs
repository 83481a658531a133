//! A stand-in for EC2 that has some snapshots and images, and that can fail.

use std::collections::BTreeMap;

use ec2_register_image::gather::{Gather, Gathered};
use ec2_register_image::machine::{Failure, Machine, RequestInfo};
use ec2_register_image::wire::Body;
use ec2_register_image::{Endpoint, RegisterImageRequest};
use http::{Request, Response};
use std::time::Duration;

pub const OWN: &str = "210987654321";
pub const OTHER: &str = "099720109477";

pub const ROOT: &str = "snap-0a1b2c3d4e5f60718";
pub const DATA: &str = "snap-0a1b2c3d4e5f60719";
pub const MISSING: &str = "snap-0a1b2c3d4e5f6071a";

pub type Sent = Result<Response<String>, Failure<std::io::Error>>;

/// The parameters of a form body.
pub type Form = Vec<(String, String)>;

pub fn form(body: &Body) -> Form {
    url::form_urlencoded::parse(body.as_ref()).into_owned().collect()
}

pub fn value<'f>(form: &'f Form, name: &str) -> Option<&'f str> {
    form.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

pub fn list<'f>(form: &'f Form, name: &'f str) -> Vec<&'f str> {
    let is_of = move |given: &str| given.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    form.iter().filter(|(given, _)| is_of(given)).map(|(_, value)| value.as_str()).collect()
}

pub fn reply(action: &str, members: &str) -> Sent {
    let body =
        format!("<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{members}</{action}Response>");
    Ok(Response::new(body))
}

pub fn error(status: u16, code: &str, message: &str) -> Sent {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let body = format!("<Response><Errors>{error}</Errors><RequestID>r-1</RequestID></Response>");
    Ok(Response::builder().status(status).body(body).unwrap())
}

pub fn denied() -> Sent {
    error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
}

pub fn throttled() -> Sent {
    error(503, "RequestLimitExceeded", "Request limit exceeded.")
}

/// What EC2 has.
pub struct Account {
    /// By ID: the owner, and the other elements.
    pub snapshots: BTreeMap<&'static str, (&'static str, &'static str)>,
    /// The elements of product codes by ID of the snapshot.
    pub codes: BTreeMap<&'static str, &'static str>,
    pub images: Vec<String>,
    pub encryption_by_default: bool,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            snapshots: BTreeMap::from([
                (ROOT, (OWN, "<status>completed</status><volumeSize>8</volumeSize><encrypted>false</encrypted>")),
                (DATA, (OTHER, "<status>pending</status><progress>12%</progress><encrypted>true</encrypted>")),
            ]),
            codes: BTreeMap::new(),
            images: Vec::new(),
            encryption_by_default: true,
        }
    }
}

impl Account {
    /// The response to a request.
    pub fn answer(&self, form: &Form) -> Sent {
        let action = value(form, "Action").unwrap();
        match action {
            "DescribeSnapshots" => {
                let mut ids = list(form, "SnapshotId");
                if ids.is_empty() {
                    // For the account ID alone, a few snapshots suffice.
                    assert_eq!((value(form, "Owner.1"), value(form, "MaxResults")), (Some("self"), Some("5")));
                    ids.extend(self.snapshots.keys());
                }
                if let Some(missing) = ids.iter().find(|id| !self.snapshots.contains_key(*id)) {
                    return error(
                        400,
                        "InvalidSnapshot.NotFound",
                        &format!("The snapshot '{missing}' does not exist."),
                    );
                }
                let is_own = value(form, "Owner.1") == Some("self");
                let shown = ids.iter().filter(|id| !is_own || self.snapshots[*id].0 == OWN);
                let items = shown.map(|id| self.snapshot(id)).collect::<String>();
                reply(action, &format!("<snapshotSet>{items}</snapshotSet>"))
            }
            "DescribeSnapshotAttribute" => {
                assert_eq!(value(form, "Attribute"), Some("productCodes"));
                let id = value(form, "SnapshotId").unwrap();
                let codes = self.codes.get(id).copied().unwrap_or_default();
                reply(action, &format!("<snapshotId>{id}</snapshotId><productCodes>{codes}</productCodes>"))
            }
            "DescribeImages" => {
                assert_eq!((value(form, "Owner.1"), value(form, "IncludeDisabled")), (Some("self"), Some("true")));
                reply(action, &format!("<imagesSet>{}</imagesSet>", self.images.concat()))
            }
            "GetEbsEncryptionByDefault" => {
                let is_on = self.encryption_by_default;
                reply(action, &format!("<ebsEncryptionByDefault>{is_on}</ebsEncryptionByDefault>"))
            }
            "GetEbsDefaultKmsKeyId" => reply(action, "<kmsKeyId>alias/aws/ebs</kmsKeyId>"),
            other => panic!("{other} was not to be asked"),
        }
    }

    pub fn snapshot(&self, id: &str) -> String {
        let (owner, members) = self.snapshots[id];
        format!("<item><snapshotId>{id}</snapshotId><ownerId>{owner}</ownerId>{members}</item>")
    }
}

pub fn image(id: &str, name: &str, state: &str) -> String {
    format!(
        "<item><imageId>{id}</imageId><name>{name}</name><imageState>{state}</imageState>\
         <imageOwnerId>{OWN}</imageOwnerId></item>"
    )
}

/// A request with these snapshots, the first one for the root volume.
pub fn request(name: &str, snapshots: &[&str]) -> RegisterImageRequest {
    let mapping = |(at, id): (usize, &&str)| {
        let letter = char::from(b'a' + u8::try_from(at % 26).unwrap());
        serde_json::json!({"DeviceName": format!("/dev/xvd{letter}"), "Ebs": {"SnapshotId": id}})
    };
    let mappings: Vec<_> = snapshots.iter().enumerate().map(mapping).collect();
    let request = serde_json::json!({"Name": name, "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": mappings});
    serde_json::from_value(request).unwrap()
}

pub fn gather(request: &RegisterImageRequest) -> Gather {
    Gather::new(request, Endpoint::from_region("eu-central-1").unwrap())
}

/// What one run sent and waited for.
#[derive(Default)]
pub struct Trace {
    pub sent: Vec<Form>,
    pub waits: Vec<Duration>,
}

impl Trace {
    /// The actions in order, with the IDs that they are about.
    pub fn actions(&self) -> Vec<String> {
        let line = |form: &Form| {
            let own = if value(form, "Owner.1").is_some() { " own" } else { "" };
            let ids = form.iter().filter(|(name, _)| name.starts_with("SnapshotId"));
            let ids: String = ids.map(|(_, id)| format!(" …{}", &id[id.len() - 3..])).collect();
            format!("{}{own}{ids}", value(form, "Action").unwrap())
        };
        self.sent.iter().map(line).collect()
    }
}

/// Drives it to its end; `answer` gets each form and how many were sent before.
pub fn run(mut gather: Gather, mut answer: impl FnMut(&Form, usize) -> Sent) -> (Gathered, Trace) {
    let mut trace = Trace::default();
    let send = |request: Request<Body>| {
        assert_eq!(request.uri(), "https://ec2.eu-central-1.amazonaws.com/");
        let form = form(request.body());
        let info = request.extensions().get::<RequestInfo>().unwrap();
        assert_eq!(Some(info.action.as_str()), value(&form, "Action"));
        let answer = answer(&form, trace.sent.len());
        trace.sent.push(form);
        answer
    };
    let waits = &mut trace.waits;
    let gathered = gather.run(send, |wait| waits.push(wait), || 1.0);
    (gathered, trace)
}

pub fn unknown(gathered: &Gathered) -> Vec<String> {
    gathered.unknown.iter().map(ToString::to_string).collect()
}
