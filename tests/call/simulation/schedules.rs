//! The alphabets of events, and what their schedules reach.

use super::world::{Change, Fate, ImageState, Origin};
use super::{Mark, Setting, is_whole, reaches};

/// Every fate of a request to register.
const REGISTERING: [Fate; 13] = [
    Fate::Faithful,
    Fate::NotSent,
    Fate::LostBefore,
    Fate::LostAfter,
    Fate::Delayed,
    Fate::Cut,
    Fate::BusyBefore,
    Fate::BusyAfter,
    Fate::Page,
    Fate::Denied,
    Fate::Assigned,
    Fate::AssignedCut,
    Fate::Vague,
];

/// Every fate of a look-up.
const LOOKING: [Fate; 7] =
    [Fate::Faithful, Fate::LostBefore, Fate::Cut, Fate::BusyBefore, Fate::Denied, Fate::Hidden, Fate::Untagged];

const CRASHES: [Fate; 4] = [Fate::CrashBefore, Fate::CrashAfter, Fate::ToldBefore, Fate::ToldAfter];

fn rivals(origins: &[Origin]) -> impl Iterator<Item = Change> {
    origins.iter().copied().map(Change::RivalRegisters)
}

/// The reduced alphabet, or the whole one.
fn or_whole<T: Copy>(reduced: &[T], whole: &[T]) -> Vec<T> {
    if is_whole() { whole.to_vec() } else { reduced.to_vec() }
}

const TURNS: [Change; 4] = [
    Change::Turns(ImageState::Failed),
    Change::Turns(ImageState::Transient),
    Change::Turns(ImageState::Deregistered),
    Change::NameIsReleased,
];

#[test]
fn faults() {
    let setting = Setting {
        registering: REGISTERING.to_vec(),
        looking: LOOKING.to_vec(),
        changes: vec![Change::LateArrival],
        ..Setting::new(Some(Mark::Plain))
    };
    reaches(
        [setting],
        "381801 schedules over 21 events: {RegisteredAtOnce: 2, RegisteredByRetry: 40, Recovered: \
         264301, TakenAndGone: 5337, TakenAndNotShown: 7917, TakenAndUnclear: 29543, Refused: 3, \
         GaveUpOnNothing: 1, GaveUpOnMaybe: 74657}",
    );
}

#[test]
fn rivals_of_a_plain_marker() {
    let setting = Setting {
        registering: or_whole(&[Fate::Faithful, Fate::LostAfter, Fate::Denied, Fate::Vague], &REGISTERING),
        looking: or_whole(&[Fate::Faithful, Fate::Denied, Fate::Hidden, Fate::Untagged], &LOOKING),
        changes: rivals(&[Origin::Twin, Origin::Other, Origin::Marked, Origin::Copied]).chain(TURNS).collect(),
        ..Setting::new(Some(Mark::Plain))
    };
    reaches(
        [setting],
        "8369 schedules over 16 events: {RegisteredAtOnce: 2, RegisteredByRetry: 10, \
         RegisteredAfterLookUp: 172, Recovered: 856, TakenAndGone: 1401, TakenAndNotShown: 124, \
         TakenByDifferent: 3029, TakenAndUnclear: 1407, Refused: 265, GaveUpOnMaybe: 1103}",
    );
}

#[test]
fn rivals_of_other_markers() {
    let setting = |mark, origins: &[Origin]| Setting {
        registering: or_whole(&[Fate::Faithful, Fate::LostAfter, Fate::Vague], &REGISTERING),
        looking: or_whole(&[Fate::Faithful, Fate::Denied, Fate::Hidden, Fate::Untagged], &LOOKING),
        changes: rivals(origins).chain(TURNS).collect(),
        ..Setting::new(mark)
    };
    let bound = setting(Some(Mark::Bound), &[Origin::Twin, Origin::Same, Origin::Bound]);
    let unmarked = setting(None, &[Origin::Same, Origin::Other]);
    reaches(
        [bound, unmarked],
        "9122 schedules over 15 events: {RegisteredAtOnce: 4, RegisteredByRetry: 14, \
         RegisteredAfterLookUp: 260, Recovered: 645, TakenAndGone: 2052, TakenAndNotShown: 198, \
         TakenBySame: 367, TakenByDifferent: 3352, TakenAndUnclear: 1740, GaveUpOnMaybe: 490}",
    );
}

#[test]
fn crashes() {
    let registering = [Fate::Faithful, Fate::NotSent, Fate::LostAfter, Fate::BusyBefore, Fate::Denied];
    let looking = [Fate::Faithful, Fate::Denied, Fate::Hidden, Fate::CrashBefore, Fate::ToldBefore];
    let setting = Setting {
        registering: or_whole(&registering, &REGISTERING).into_iter().chain(CRASHES).collect(),
        looking: or_whole(&looking, &[&LOOKING[..], &looking[3..]].concat()),
        changes: rivals(&[Origin::Other]).collect(),
        can_crash: true,
        ..Setting::new(Some(Mark::Plain))
    };
    reaches(
        [setting],
        "238929 schedules over 17 events: {RegisteredAtOnce: 1, RegisteredByRetry: 2638, \
         RegisteredAfterLookUp: 5316, Recovered: 158775, TakenAndNotShown: 82, TakenByDifferent: 61926, \
         Refused: 46, GaveUpOnNothing: 12, GaveUpOnMaybe: 10133}",
    );
}

#[test]
fn dry_runs() {
    let setting = |marker| Setting {
        dry_run: true,
        registering: REGISTERING.into_iter().chain(CRASHES).collect(),
        looking: LOOKING.to_vec(),
        changes: rivals(&[Origin::Twin, Origin::Other]).collect(),
        depth: if is_whole() { 6 } else { 4 },
        ..Setting::new(marker)
    };
    reaches(
        [setting(None), setting(Some(Mark::Bound))],
        "70902 schedules over 26 events: {TakenBySame: 9513, TakenByDifferent: 9606, TakenAndUnclear: \
         93, DryRunPassed: 23486, Refused: 4246, GaveUpOnNothing: 23958}",
    );
}

#[test]
fn requests_without_a_name() {
    let setting = Setting {
        is_named: false,
        // Nothing prevents a second image if a call with `earlier_attempts` follows a crash.
        registering: [&REGISTERING[..], &[Fate::CrashBefore, Fate::CrashAfter]].concat(),
        looking: [&LOOKING[..], &[Fate::CrashBefore]].concat(),
        ..Setting::new(Some(Mark::Plain))
    };
    reaches(
        [setting],
        "7540 schedules over 23 events: {RegisteredAtOnce: 2, RegisteredByRetry: 4, Recovered: 1971, \
         TakenAndGone: 552, TakenAndUnclear: 2109, Refused: 3, GaveUpOnNothing: 1, GaveUpOnMaybe: 2898}",
    );
}

#[test]
fn states_of_images() {
    let states = ImageState::ALL.into_iter().filter(|state| *state != ImageState::Available);
    let settings = [None, Some(Mark::Plain), Some(Mark::Bound)].into_iter().flat_map(|marker| {
        [false, true].map(|dry_run| Setting {
            dry_run,
            registering: vec![Fate::Faithful, Fate::LostAfter],
            looking: vec![Fate::Faithful, Fate::Hidden, Fate::Untagged],
            changes: rivals(&[Origin::Twin, Origin::Other]).chain(states.clone().map(Change::Turns)).collect(),
            depth: 5,
            ..Setting::new(marker)
        })
    });
    reaches(
        settings,
        "2671 schedules over 14 events: {RegisteredAtOnce: 3, Recovered: 214, TakenAndGone: 276, \
         TakenBySame: 107, TakenByDifferent: 1527, TakenAndUnclear: 328, DryRunPassed: 9, \
         GaveUpOnNothing: 147, GaveUpOnMaybe: 60}",
    );
}

#[test]
fn numbers_of_attempts_and_longest_waits() {
    let settings = [1, 2, 3].into_iter().flat_map(|max_attempts| {
        [0.5, 1.0].map(|jitter| Setting {
            max_attempts,
            jitter,
            registering: REGISTERING.to_vec(),
            looking: LOOKING.to_vec(),
            depth: 4,
            ..Setting::new(Some(Mark::Plain))
        })
    });
    reaches(
        settings,
        "31272 schedules over 20 events: {RegisteredAtOnce: 12, RegisteredByRetry: 96, Recovered: 23739, \
         TakenAndGone: 158, TakenAndNotShown: 30, TakenAndUnclear: 1031, Refused: 12, GaveUpOnNothing: \
         6, GaveUpOnMaybe: 6188}",
    );
}
