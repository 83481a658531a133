//! Every schedule of events against a model of EC2: at most one image of ours, and no false word about it.
//!
//! An event is the fate of a request, a change in the account, or a crash. Each schedule continues without further events to
//! its end. Schedules that lead to the same checkpoint and the same world continue alike, so they are followed as one and
//! counted.

mod judge;
mod schedules;
mod world;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use ec2_register_image::call::{Call, Checkpoint, RetryConfig};
use ec2_register_image::machine::Step;
use ec2_register_image::rules::ValidRequest;
use ec2_register_image::{Endpoint, Policy, RegisterImageRequest, Validator};

use self::judge::{Kind, judge};
use self::world::{After, Change, Event, Fate, Look, World};

/// Of three attempts, the first two waits are at most this long.
const MAX_BACKOFF: Duration = Duration::from_millis(1500);
/// Waits of 1, 2 and 1 seconds between look-ups.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(4);

/// The value of a marker.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    Plain,
    Bound,
}

struct Setting {
    max_attempts: u8,
    marker: Option<Mark>,
    dry_run: bool,
    is_named: bool,
    /// How many events a schedule has at most.
    depth: usize,
    changes: Vec<Change>,
    registering: Vec<Fate>,
    looking: Vec<Fate>,
    can_crash: bool,
    /// The jitter of each wait.
    jitter: f64,
}

/// A state that some schedules lead to.
#[derive(Clone)]
struct Node {
    call: Call,
    world: World,
    /// One of the schedules.
    path: Vec<Event>,
    /// How many requests followed the last event.
    tail: usize,
    faults: u8,
    has_looked: bool,
    /// The shortest and the longest sum of waits.
    waited: (Duration, Duration),
    last: Last,
    /// The waits since the last request.
    since: Duration,
    /// How many schedules.
    count: u128,
}

/// The last request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Last {
    None,
    LookUp,
    /// An attempt whose effect is known.
    Attempt,
    /// An attempt that may have had an effect.
    DoubtfulAttempt,
    /// An attempt after which EC2 asked to wait.
    BusyAttempt,
}

impl Last {
    fn of(is_register: bool, fate: Fate, dry_run: bool) -> Self {
        match fate {
            _ if !is_register => Self::LookUp,
            _ if dry_run && !matches!(fate, Fate::BusyBefore | Fate::BusyAfter) => Self::Attempt,
            Fate::Faithful | Fate::NotSent | Fate::Denied | Fate::Vague => Self::Attempt,
            Fate::BusyBefore | Fate::BusyAfter => Self::BusyAttempt,
            _ => Self::DoubtfulAttempt,
        }
    }

    /// How long the call waits at least before the next request.
    fn wait(self, is_register: bool) -> Duration {
        match self {
            Self::LookUp => Duration::from_secs(1),
            Self::DoubtfulAttempt if is_register => Duration::from_secs(1),
            Self::BusyAttempt if is_register => MAX_BACKOFF,
            _ => Duration::ZERO,
        }
    }
}

/// What a setting led to.
#[derive(Default)]
struct Explored {
    kinds: BTreeMap<Kind, u128>,
    /// The events that happened, and those that should.
    used: BTreeSet<Event>,
    possible: BTreeSet<Event>,
    states: usize,
}

impl Explored {
    fn schedules(&self) -> u128 {
        self.kinds.values().sum()
    }
}

impl Setting {
    fn new(marker: Option<Mark>) -> Self {
        use Fate::*;
        Self {
            max_attempts: 3,
            marker,
            dry_run: false,
            is_named: true,
            depth: 6,
            changes: Vec::new(),
            registering: vec![Faithful, NotSent, LostBefore, LostAfter],
            looking: vec![Faithful, LostBefore, Hidden],
            can_crash: false,
            jitter: 0.0,
        }
    }

    fn request(&self) -> ValidRequest {
        let mut request: RegisterImageRequest = serde_json::from_str(
            r#"{"Name": "web", "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,
                "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
                    "SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8, "VolumeType": "gp3", "Iops": 3000,
                    "Throughput": 125, "DeleteOnTermination": true}}]}"#,
        )
        .unwrap();
        if !self.is_named {
            request.name = None;
        }
        match self.marker {
            None => {}
            Some(Mark::Plain) => {
                let tags = r#"[{"ResourceType": "image", "Tags": [{"Key": "build", "Value": "ours"}]}]"#;
                request.tag_specifications = serde_json::from_str(tags).unwrap();
            }
            Some(Mark::Bound) => request.add_content_marker("build", "ours"),
        }
        if self.dry_run {
            request.dry_run = Some(true);
        }
        let policy = Policy::new().allow("name-missing").unwrap();
        Validator::new().policy(policy).validate(request).unwrap()
    }

    fn configured(&self, call: Call) -> Call {
        let retry = RetryConfig::standard().with_max_attempts(self.max_attempts.into()).with_max_backoff(MAX_BACKOFF);
        let call = call.retry_config(retry).look_up_timeout(LOOK_UP_TIMEOUT);
        if self.marker.is_some() { call.marker("build").unwrap() } else { call }
    }

    /// The events that must happen in some schedule.
    fn possible(&self) -> impl Iterator<Item = Event> {
        let crashes = [Event::WaitCrash, Event::WaitTold].into_iter().filter(|_| self.can_crash);
        let (registering, looking) = (self.registering.iter(), self.looking.iter());
        let fates = registering.copied().map(Event::Register).chain(looking.copied().map(Event::LookUp));
        fates.chain(self.changes.iter().copied().map(Event::Account)).chain(crashes)
    }

    fn explore(&self) -> Explored {
        let valid = self.request();
        let endpoint = Endpoint::from_region("eu-central-1").unwrap();
        let value = valid
            .request()
            .tag_specifications
            .as_ref()
            .map(|specifications| specifications[0].tags.as_ref().unwrap()[0].value.clone().unwrap());
        let name = if self.is_named { "web" } else { "" };
        let run = Run {
            setting: self,
            look: Look { marker: value.as_deref(), dry_run: self.dry_run, name },
            resume: &|call| {
                let saved = serde_json::to_string(&call.checkpoint()).unwrap();
                let checkpoint: Checkpoint = serde_json::from_str(&saved).unwrap();
                self.configured(Call::resume(valid.clone(), endpoint.clone(), checkpoint).unwrap())
            },
            start: &|| self.configured(Call::new(valid.clone(), endpoint.clone())),
        };
        run.explore()
    }
}

struct Run<'a> {
    setting: &'a Setting,
    look: Look<'a>,
    resume: &'a dyn Fn(&Call) -> Call,
    start: &'a dyn Fn() -> Call,
}

type Level = HashMap<(String, World, u8, Last, bool), Node>;

impl Run<'_> {
    fn explore(&self) -> Explored {
        let mut explored = Explored::default();
        let mut levels: Vec<Level> = (0..=self.setting.depth).map(|_| Level::new()).collect();
        let first = Node {
            call: (self.start)(),
            world: World::new(),
            path: Vec::new(),
            tail: 0,
            faults: 0,
            has_looked: false,
            waited: (Duration::ZERO, Duration::ZERO),
            last: Last::None,
            since: Duration::ZERO,
            count: 1,
        };
        add(&mut levels, first);
        for depth in 0..=self.setting.depth {
            let level = std::mem::take(&mut levels[depth]);
            explored.states += level.len();
            for node in level.into_values() {
                self.follow(node, &mut levels, &mut explored);
            }
        }
        explored
    }

    /// Follows a node to the next request, and adds what comes of each fate of it.
    fn follow(&self, mut node: Node, levels: &mut [Level], explored: &mut Explored) {
        loop {
            match node.call.next(self.setting.jitter) {
                Step::Wait(wait) => {
                    assert!(node.since.is_zero(), "two waits after {:?}", node.path);
                    self.crash_in_wait(&node, levels, explored);
                    node.since = wait;
                    node.world.pass(wait);
                    node.waited = (node.waited.0 + wait, node.waited.1 + wait);
                    assert!(wait <= LOOK_UP_TIMEOUT, "a wait of {wait:?} after {:?}", node.path);
                }
                Step::Send(request) => {
                    let is_register = request.body().as_str().starts_with("Action=RegisterImage&");
                    self.in_bounds(&node, is_register);
                    node.since = Duration::ZERO;
                    if node.path.len() == self.setting.depth {
                        // The rest is as it should be.
                        let after = node.world.answer(&mut node.call, &request, Fate::Faithful, self.look);
                        assert!(matches!(after, After::Reported));
                        node.last = Last::of(is_register, Fate::Faithful, self.setting.dry_run);
                        node.tail += 1;
                        node.has_looked |= !is_register;
                        continue;
                    }
                    let changes = [None].into_iter().chain(self.setting.changes.iter().copied().map(Some));
                    for change in changes.filter(|change| change.is_none_or(|change| node.world.can(change))) {
                        let fates = if is_register { &self.setting.registering } else { &self.setting.looking };
                        for &fate in fates {
                            let mut next = node.clone();
                            if let Some(change) = change {
                                next.world.change(change);
                                next.path.push(Event::Account(change));
                            }
                            next.path.push(if is_register { Event::Register(fate) } else { Event::LookUp(fate) });
                            if next.path.len() > self.setting.depth {
                                break;
                            }
                            explored.used.extend(next.path.iter().rev().take(2).copied());
                            next.faults += u8::from(fate != Fate::Faithful);
                            next.has_looked |= !is_register;
                            next.last = Last::of(is_register, fate, self.setting.dry_run);
                            self.send(&mut next, &request, fate);
                            add(levels, next);
                        }
                    }
                    return;
                }
                Step::Done(outcome) => {
                    *explored.kinds.entry(Kind::of(&outcome, &node)).or_default() += node.count;
                    return judge(self.setting, &node, &outcome);
                }
            }
        }
    }

    fn send(&self, node: &mut Node, request: &http::Request<ec2_register_image::wire::Body>, fate: Fate) {
        let after = node.world.answer(&mut node.call, request, fate, self.look);
        match after {
            After::Reported => {}
            After::Resumes => {
                node.world.crashes += 1;
                node.call = (self.resume)(&node.call);
            }
            After::IsTold => self.start_again(node),
        }
    }

    fn start_again(&self, node: &mut Node) {
        node.world.crashes += 1;
        node.world.forget();
        node.call = (self.start)().earlier_attempts();
        node.waited.0 = Duration::ZERO;
        if node.last == Last::BusyAttempt {
            // What the service asked for is lost.
            node.last = Last::DoubtfulAttempt;
        }
    }

    fn crash_in_wait(&self, node: &Node, levels: &mut [Level], explored: &mut Explored) {
        if !self.setting.can_crash || node.world.crashes > 0 || node.path.len() == self.setting.depth {
            return;
        }
        for event in [Event::WaitCrash, Event::WaitTold] {
            let mut next = node.clone();
            next.path.push(event);
            next.faults += 1;
            explored.used.insert(event);
            if event == Event::WaitCrash {
                next.world.crashes += 1;
                next.call = (self.resume)(&node.call);
            } else {
                self.start_again(&mut next);
            }
            add(levels, next);
        }
    }

    /// Attempts, look-ups and waits have limits.
    fn in_bounds(&self, node: &Node, is_register: bool) {
        let context = || format!("after {:?}", node.path);
        assert!(node.since >= node.last.wait(is_register), "only {:?} {}", node.since, context());
        let most = u32::from(self.setting.max_attempts);
        assert!(node.call.attempts() <= most, "{}", context());
        let backoff = MAX_BACKOFF * most.saturating_sub(1);
        let processes = u32::from(node.world.crashes) + 1;
        // A wait in which the process crashed starts again, and a call with `earlier_attempts` starts with a wait.
        let longest = (backoff + LOOK_UP_TIMEOUT + Duration::from_secs(4)) * processes - Duration::from_secs(4);
        assert!(node.waited.1 <= longest, "{:?} {}", node.waited, context());
        let look_ups = node.path.iter().filter(|event| matches!(event, Event::LookUp(_))).count();
        let requests =
            look_ups + node.tail + node.path.iter().filter(|event| matches!(event, Event::Register(_))).count();
        // One after each attempt, one after each second of the time, and one that a crash repeats.
        let most_look_ups = (usize::from(self.setting.max_attempts) + 4) * processes as usize + processes as usize - 1;
        assert!(look_ups <= most_look_ups, "{}", context());
        assert!(requests <= most_look_ups + most as usize * processes as usize, "{}", context());
    }
}

fn add(levels: &mut [Level], node: Node) {
    let mut saved = serde_json::to_string(&node.call.checkpoint()).unwrap();
    // A checkpoint forgets how a call ended.
    if let Step::Done(outcome) = node.call.clone().next(0.0) {
        saved = outcome.to_string();
    }
    let key = (saved, node.world.clone(), node.faults.min(3), node.last, node.has_looked);
    let level = &mut levels[node.path.len()];
    match level.entry(key) {
        std::collections::hash_map::Entry::Occupied(mut known) => {
            let known = known.get_mut();
            known.count += node.count;
            known.waited = (known.waited.0.min(node.waited.0), known.waited.1.max(node.waited.1));
        }
        std::collections::hash_map::Entry::Vacant(place) => {
            place.insert(node);
        }
    }
}

/// The events of all settings, for one run.
fn explored(settings: impl IntoIterator<Item = Setting>) -> Explored {
    let mut all = Explored::default();
    for setting in settings {
        let explored = setting.explore();
        for (kind, count) in explored.kinds {
            *all.kinds.entry(kind).or_default() += count;
        }
        all.used.extend(explored.used);
        all.possible.extend(setting.possible());
        all.states += explored.states;
    }
    all
}

/// Whether the alphabets are whole. It takes minutes.
fn is_whole() -> bool {
    std::env::var_os("WHOLE_SIMULATION").is_some()
}

/// Checks which outcomes were reached, and by how many schedules, unless the alphabets are whole.
#[track_caller]
fn reaches(settings: impl IntoIterator<Item = Setting>, expected: &str) {
    let start = std::time::Instant::now();
    let explored = explored(settings);
    let events = explored.used.len();
    let reached = format!("{} schedules over {events} events: {:?}", explored.schedules(), explored.kinds);
    println!("{reached}, {} states, {:?}", explored.states, start.elapsed());
    let unused: Vec<&Event> = explored.possible.difference(&explored.used).collect();
    assert!(unused.is_empty(), "{unused:?} did not happen");
    let names: BTreeSet<String> = explored.kinds.keys().map(|kind| format!("{kind:?}")).collect();
    let (_, counts) = expected.split_once('{').unwrap_or_default();
    let expected_names: BTreeSet<String> =
        counts.split([' ', ',', '}']).filter_map(|word| Some(word.strip_suffix(':')?.to_owned())).collect();
    if is_whole() {
        assert!(names.is_superset(&expected_names), "{names:?}");
    } else if std::env::var_os("UNPINNED_SIMULATION").is_some() {
        assert_eq!(names, expected_names);
    } else {
        assert_eq!(reached, expected);
    }
}
