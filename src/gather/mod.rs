//! Finds out what the rules, the preview and the encryption prediction need to know about the account, for one request.
//!
//! [`Gather`] is a [`Machine`]: it says which requests to send, and ends with [`Facts`] and a list of what it
//! could not find out. It never fails as a whole.
//!
//! ```
//! use ec2_register_image::{Endpoint, RegisterImageRequest, Validator};
//! use ec2_register_image::gather::Gather;
//! use ec2_register_image::machine::{Failure, Machine};
//!
//! let request: RegisterImageRequest = serde_json::from_str(
//!     r#"{"Name": "web", "RootDeviceName": "/dev/xvda", "Architecture": "arm64",
//!     "VirtualizationType": "hvm", "BlockDeviceMappings": [
//!         {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8}}
//!     ]}"#,
//! )?;
//! # let answer = |action: &str| match action {
//! #     "DescribeSnapshots" => "<snapshotSet><item><snapshotId>snap-0123456789abcdef0</snapshotId><volumeSize>16\
//! #         </volumeSize><ownerId>210987654321</ownerId><status>completed</status></item></snapshotSet>",
//! #     "DescribeSnapshotAttribute" => "<snapshotId>snap-0123456789abcdef0</snapshotId><productCodes/>",
//! #     "DescribeImages" => "<imagesSet/>",
//! #     "GetEbsEncryptionByDefault" => "<ebsEncryptionByDefault>true</ebsEncryptionByDefault>",
//! #     _ => "",
//! # };
//! # let send = |request: http::Request<ec2_register_image::wire::Body>| {
//! #     let action = request.body().as_str()[7..].split('&').next().unwrap().to_owned();
//! #     let mut response = http::Response::new(format!("<{action}Response>{}</{action}Response>", answer(&action)));
//! #     if answer(&action).is_empty() {
//! #         *response.status_mut() = http::StatusCode::FORBIDDEN;
//! #         *response.body_mut() = "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors>\
//! #             </Response>".into();
//! #     }
//! #     Ok::<_, Failure<std::io::Error>>(response)
//! # };
//! // `send` is yours: it signs the request, sends it once, and returns the response.
//! let mut gather = Gather::new(&request, Endpoint::from_region("eu-central-1")?);
//! let gathered = gather.run(send, std::thread::sleep, || 0.5);
//!
//! assert_eq!(gathered.facts.owner_id(), Some("210987654321"));
//! let unknown: Vec<String> = gathered.unknown.iter().map(ToString::to_string).collect();
//! assert_eq!(unknown, ["the default KMS key: UnauthorizedOperation (status 403)"]);
//!
//! let report = Validator::new().facts(gathered.facts).check(&request);
//! let rules: Vec<_> = report.errors().map(|finding| finding.rule().id).collect();
//! assert_eq!(rules, ["volume-smaller-than-snapshot"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it asks
//!
//! It asks only what the request needs, in this order:
//!
//! | action and permission | what for | when |
//! | --- | --- | --- |
//! | `ec2:DescribeSnapshots` | the snapshots | the request names snapshots |
//! | `ec2:DescribeSnapshots` with owner `self` | which of them belong to the account, and its ID | some of them exist |
//! | `ec2:DescribeSnapshotAttribute` | their product codes, one request each | some of them exist |
//! | `ec2:DescribeImages` with owner `self` | images with the name of the request, also disabled ones | the request has a name |
//! | `ec2:GetEbsEncryptionByDefault` | whether the account encrypts every new volume | the image has an EBS volume |
//! | `ec2:GetEbsDefaultKmsKeyId` | with which key | the image has an EBS volume |
//!
//! The Region is that of the endpoint. EC2 does not reveal the platform of a snapshot, so the caller must add it.
//!
//! # What it does not find out
//!
//! - A question that EC2 denies stays unknown, and the others are asked all the same.
//! - A request that fails for a reason that may pass is sent again, at most
//!   [`max_attempts`](Gather::retry_config) times, with waits that double.
//! - Lists are followed to their last page. A list with more than 100 pages stays unknown.
//! - If one of several snapshots does not exist, the others are asked for without it. The facts say that a snapshot which EC2
//!   does not show is [missing](Facts::add_missing_snapshot), so the rule `snapshot-not-listed` reports it.
//! - If no snapshot of the request belongs to the account, and no image has the name, any other snapshot of the account
//!   reveals its ID. An account without snapshots stays unknown.
//!
//! The facts are about this request. They do not include other images or snapshots.

mod collected;
mod question;

use alloc::{boxed::Box, collections::VecDeque, vec::Vec};
use core::{error::Error, fmt, mem};

use aws_smithy_types::retry::RetryConfig;
use http::Response;

use self::collected::Collected;
use self::question::{Answer, Question};
use crate::endpoint::Endpoint;
use crate::facts::Facts;
use crate::machine::pace::{Counts, Turn, backoff};
use crate::machine::{Failure, Machine, NotReported, Purpose, ReadError, Step, sealed::Sealed};
use crate::model::RegisterImageRequest;
use crate::response::RegisterImageError;
use crate::types::{SnapshotId, is_resource_id};

/// The most snapshots that one request asks for.
const CHUNK: usize = 200;

/// The facts that one request needs, as a state machine. See the [module](self).
#[derive(Clone, Debug)]
pub struct Gather {
    endpoint: Endpoint,
    retry: RetryConfig,
    /// What is still to be asked, the first one next.
    questions: VecDeque<Question>,
    turn: Turn,
    /// How often the present request was sent.
    attempts: u32,
    counts: Counts,
    /// Whether the account ID has had a question of its own, or can have none any more.
    is_account_asked: bool,
    collected: Collected,
}

/// What [`Gather`] found out.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub struct Gathered {
    /// What is known.
    pub facts: Facts,
    /// What is not known although the request needs it, and why.
    pub unknown: Vec<UnknownFact>,
}

/// Something that a [`Gather`] could not find out. `Display` is one line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UnknownFact {
    /// What is not known.
    pub fact: Fact,
    /// Why.
    pub error: ReadError,
}

impl fmt::Display for UnknownFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.fact, self.error)
    }
}

/// Something that a request needs to be known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// The snapshot with this ID: its size, state, owner, encryption and place.
    Snapshot(SnapshotId),
    /// The account ID, which decides which snapshots are shared.
    Account,
    /// The product codes of the snapshot with this ID.
    ProductCodes(SnapshotId),
    /// The images that have the name of the request.
    Images,
    /// Whether the account encrypts every new volume.
    EncryptionByDefault,
    /// The key of volumes that are encrypted without a key of their own.
    DefaultKmsKey,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Snapshot(id) => write!(f, "the snapshot {id}"),
            Self::Account => f.write_str("the account ID"),
            Self::ProductCodes(id) => write!(f, "the product codes of {id}"),
            Self::Images => f.write_str("the images with the name"),
            Self::EncryptionByDefault => f.write_str("encryption by default"),
            Self::DefaultKmsKey => f.write_str("the default KMS key"),
        }
    }
}

impl Gather {
    /// Returns a machine that finds out what this request needs in the Region of this endpoint.
    ///
    /// The request need not be valid. Snapshot IDs that are malformed are not looked up.
    #[must_use]
    pub fn new(request: &RegisterImageRequest, endpoint: Endpoint) -> Self {
        let mut snapshots: Vec<SnapshotId> = Vec::new();
        let mut has_volume = false;
        for ebs in request.sent_mappings().iter().filter_map(|mapping| mapping.ebs_volume()) {
            has_volume = true;
            snapshots.extend(ebs.snapshot_id.clone().filter(|id| is_resource_id(id.as_str(), "snap-")));
        }
        let mut sorted: Vec<(SnapshotId, usize)> = snapshots.into_iter().zip(0..).collect();
        sorted.sort();
        sorted.dedup_by(|(later, _), (earlier, _)| later == earlier);
        sorted.sort_by_key(|(_, position)| *position);
        let snapshots: Vec<SnapshotId> = sorted.into_iter().map(|(id, _)| id).collect();

        let chunks = snapshots.chunks(CHUNK).map(|ids| Question::snapshots(ids.to_vec(), &endpoint));
        let mut questions: VecDeque<Question> = chunks.collect();
        if let Some(name) = request.name.clone().filter(|name| !name.as_str().is_empty()) {
            questions.push_back(Question::images(name, &endpoint));
        }
        if has_volume {
            questions.extend([Question::EncryptionByDefault, Question::DefaultKmsKey]);
        }
        let region = endpoint.region().cloned();
        Self {
            endpoint,
            retry: RetryConfig::standard(),
            questions,
            turn: Turn::Send,
            attempts: 0,
            counts: Counts::default(),
            is_account_asked: false,
            collected: Collected::new(region),
        }
    }

    /// Sets how often each request is sent and how long the waits are: `max_attempts` (0 counts as 1), `initial_backoff` and
    /// `max_backoff`. Default: [`RetryConfig::standard`], 3 attempts with waits of up to 1 s and up to 2 s, or what the
    /// service asks for, up to 20 s. The other settings are ignored.
    #[must_use]
    pub fn retry_config(mut self, retry: RetryConfig) -> Self {
        self.retry = retry;
        self
    }

    /// Continues after a page or a whole response.
    fn read(&mut self, answer: Answer) {
        let Some(question) = self.questions.front_mut() else { return };
        let known = match question.take(answer) {
            Ok(known) => known,
            Err(error) => return self.fail(error),
        };
        self.attempts = 0;
        // Before the last page, the same question is next.
        let Some(known) = known else { return };
        let asked_next = self.collected.learn(known);
        self.questions.pop_front();
        if let Some(ids) = asked_next.filter(|ids| !ids.is_empty()) {
            // What is asked of snapshots that exist comes before the rest.
            for id in ids.iter().rev() {
                self.questions.push_front(Question::ProductCodes(id.clone()));
            }
            self.questions.push_front(Question::own_snapshots(ids, &self.endpoint));
        }
    }

    /// Continues after a failure: tries again, asks for less, or leaves it unknown.
    fn fail(&mut self, error: ReadError) {
        if error.is_permanent() {
            // It would fail all further requests alike.
            return self.give_up(&error);
        }
        if error.may_pass() && self.attempts < self.retry.max_attempts().max(1) {
            let retry_after = error.as_answered().and_then(RegisterImageError::retry_after);
            self.turn = Turn::Wait(retry_after.unwrap_or_default());
            return;
        }
        self.attempts = 0;
        let Some(question) = self.questions.pop_front() else { return };
        match question.halves(&error, &self.endpoint) {
            Some(halves) => {
                for half in halves.into_iter().rev() {
                    self.questions.push_front(half);
                }
            }
            None => self.collected.miss(question, &error),
        }
    }

    /// Leaves all that was not asked unknown.
    fn give_up(&mut self, error: &ReadError) {
        self.turn = Turn::Send;
        self.is_account_asked = true;
        for question in mem::take(&mut self.questions) {
            self.collected.miss(question, error);
        }
    }
}

impl Sealed for Gather {}

impl Machine for Gather {
    type Outcome = Gathered;

    fn next(&mut self, jitter: f64) -> Step<Gathered> {
        if let Turn::Sent = self.turn {
            self.failed(Failure::Unclear(NotReported));
        }
        if let Turn::Wait(at_least) = self.turn {
            self.turn = Turn::Send;
            return Step::Wait(backoff(&self.retry, self.attempts, jitter, at_least));
        }
        if self.questions.is_empty()
            && self.collected.lacks_account()
            && !mem::replace(&mut self.is_account_asked, true)
        {
            self.questions.push_back(Question::AnyOwnSnapshot);
        }
        let Some(question) = self.questions.front() else { return Step::Done(self.collected.gathered()) };
        let mut request = question.request(&self.endpoint);
        self.counts.announce(&mut request, question.action(), Purpose::Gather);
        self.attempts = self.attempts.saturating_add(1);
        self.turn = Turn::Sent;
        Step::Send(request)
    }

    fn answered<B: AsRef<[u8]>>(&mut self, response: &Response<B>) {
        let Turn::Sent = self.turn else { return };
        self.turn = Turn::Send;
        let Some(question) = self.questions.front() else { return };
        match question.decode(response) {
            Ok(answer) => self.read(answer),
            Err(error) => self.fail(ReadError::Answered(error)),
        }
    }

    fn failed<E: Into<Box<dyn Error + Send + Sync>>>(&mut self, failure: Failure<E>) {
        let Turn::Sent = self.turn else { return };
        self.turn = Turn::Send;
        self.fail(ReadError::of(failure));
    }

    fn stop(&mut self) -> Gathered {
        self.give_up(&ReadError::Stopped);
        self.collected.gathered()
    }
}
