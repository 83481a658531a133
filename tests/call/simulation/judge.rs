//! What must hold of every outcome.

use ec2_register_image::call::{AlreadyThere, Marker, Outcome};
use ec2_register_image::preview::Likeness;
use ec2_register_image::response::{Class, Effect};
use ec2_register_image::types::{ImageId, ImageState as State};

use super::world::{Event, Fate, Image, ImageState, Origin, Told, World};
use super::{LOOK_UP_TIMEOUT, Node, Setting};

/// The kinds of outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    RegisteredAtOnce,
    RegisteredByRetry,
    RegisteredAfterLookUp,
    Recovered,
    TakenAndGone,
    TakenAndNotShown,
    TakenBySame,
    TakenByDifferent,
    TakenAndUnclear,
    DryRunPassed,
    Refused,
    GaveUpOnNothing,
    GaveUpOnMaybe,
}

impl Kind {
    pub(super) fn of(outcome: &Outcome, node: &Node) -> Self {
        match outcome {
            Outcome::Registered(_) if node.path.len() == 1 => Self::RegisteredAtOnce,
            Outcome::Registered(_) if node.has_looked => Self::RegisteredAfterLookUp,
            Outcome::Registered(_) => Self::RegisteredByRetry,
            Outcome::Recovered(_) => Self::Recovered,
            Outcome::AlreadyThere(there) if there.is_gone => Self::TakenAndGone,
            Outcome::AlreadyThere(there) if there.image.is_none() => Self::TakenAndNotShown,
            Outcome::AlreadyThere(there) => match there.likeness() {
                Likeness::Same => Self::TakenBySame,
                Likeness::Different => Self::TakenByDifferent,
                _ => Self::TakenAndUnclear,
            },
            Outcome::DryRunPassed(_) => Self::DryRunPassed,
            Outcome::Refused(_) => Self::Refused,
            Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Nothing => Self::GaveUpOnNothing,
            Outcome::GaveUp(_) => Self::GaveUpOnMaybe,
            other => panic!("{other}"),
        }
    }
}

fn id(number: u8) -> String {
    format!("ami-{number:017x}")
}

/// Checks that the outcome is true in this world, and that the call did its best.
pub(super) fn judge(setting: &Setting, node: &Node, outcome: &Outcome) {
    let (world, path) = (&node.world, &node.path);
    let context = || format!("{outcome}\nafter {path:?}\n{world:?}");
    let is_marked = setting.marker.is_some();
    match outcome {
        Outcome::Registered(image) => {
            let known = world.image(image.image_id.as_str()).map(|image| image.origin);
            assert!(known == Some(Origin::Ours) && !setting.dry_run, "{}", context());
        }
        Outcome::Recovered(recovered) => {
            let image = world.image(recovered.image.id.as_str()).unwrap_or_else(|| panic!("{}", context()));
            assert!(matches!(image.origin, Origin::Ours | Origin::Twin), "{}", context());
            assert!(image.state.is_usable() && is_marked && !setting.dry_run, "{}", context());
        }
        Outcome::AlreadyThere(there) => {
            assert!(there.effect == Effect::Unknown || !world.may_have_ours() || setting.dry_run, "{}", context());
            of_holder(setting, world, there, &context);
            let is_open = there.image.is_some() && there.likeness() == Likeness::Unclear;
            if is_marked && !setting.dry_run && !there.is_gone && is_open && there.look_up_error.is_none() {
                // It used all the time for look-ups before it said so.
                assert!(node.waited.0 >= LOOK_UP_TIMEOUT, "{:?} {}", node.waited, context());
            }
        }
        Outcome::DryRunPassed(_) => assert!(setting.dry_run, "{}", context()),
        Outcome::Refused(error) => {
            assert!(!world.may_have_ours() && error.class() != Class::NameTaken, "{}", context());
            assert!(world.is_rejected, "{}", context());
        }
        Outcome::GaveUp(gave_up) => {
            assert!(gave_up.effect == Effect::Unknown || !world.may_have_ours(), "{}", context());
            assert!(gave_up.effect == Effect::Nothing || !setting.dry_run, "{}", context());
            if let (number, Told::Named | Told::Shown) = world.told {
                assert_eq!(gave_up.image_id.as_ref().map(ImageId::as_str), Some(&*id(number)), "{}", context());
            }
            // What was surely not sent registered nothing.
            if path.iter().all(|event| matches!(event, Event::Register(Fate::NotSent) | Event::Account(_))) {
                assert_eq!(gave_up.effect, Effect::Nothing, "{}", context());
            }
        }
        other => panic!("{other} after {path:?}"),
    }
    text_is_true(world, outcome, &context);

    // Fewer faults than attempts, and nothing else in the way.
    let is_undisturbed = !world.has_rival && !world.has_changed && !world.is_rejected && setting.is_named;
    if is_undisturbed && node.faults < setting.max_attempts {
        match outcome {
            _ if setting.dry_run => assert!(matches!(outcome, Outcome::DryRunPassed(_)), "{}", context()),
            Outcome::AlreadyThere(there) if !is_marked => {
                assert_eq!(there.likeness(), Likeness::Same, "{}", context());
            }
            _ => assert!(outcome.image_id().is_some(), "{}", context()),
        }
    }
}

fn of_holder(setting: &Setting, world: &World, there: &AlreadyThere, context: &dyn Fn() -> String) {
    let told_id = id(world.told.0);
    let is_told = there.image_id.as_ref().map(ImageId::as_str) == Some(&*told_id);
    match world.told.1 {
        Told::Shown => assert!(is_told && !there.is_gone && there.image.is_some(), "{}", context()),
        Told::Named if world.told.0 == 0 => {}
        Told::Named => {
            let was_deregistered = there.image.as_ref().is_some_and(|image| image.state == Some(State::DEREGISTERED));
            assert!(is_told && (!there.is_gone || was_deregistered), "{}", context());
        }
        Told::Deregistered => assert!(is_told && there.is_gone, "{}", context()),
        Told::NotFound => assert!(there.is_gone || there.image_id.is_none(), "{}", context()),
        Told::Nothing => assert!(world.crashes > 0, "{}", context()),
    }
    // An image that was seen is not forgotten.
    if let Some(number) = world.shown
        && there.image_id.as_ref().map(ImageId::as_str) == Some(&*id(number))
    {
        assert!(there.image.is_some(), "{}", context());
    }
    let (Some(image), Some(_)) = (&there.image, &there.comparison) else {
        return assert_eq!(there.likeness(), Likeness::Unclear, "{}", context());
    };
    let known = world.image(image.id.as_str());
    let state = image.state.as_ref().map(State::as_str);
    let origin = known.unwrap_or_else(|| panic!("{}", context())).origin;
    let is_unusable = matches!(state, Some("failed" | "invalid" | "error" | "disabled"));
    let is_other = match origin {
        Origin::Ours | Origin::Twin => false,
        Origin::Same | Origin::Bound => setting.marker.is_some() && there.marker != Marker::Unknown,
        Origin::Other | Origin::Marked | Origin::Copied => true,
    };
    let is_tagged = setting.marker.is_none() || there.marker != Marker::Unknown;
    let expected = if is_unusable || is_other {
        Likeness::Different
    } else if state == Some("available") && is_tagged {
        assert!(setting.marker.is_none() || setting.dry_run, "not recovered: {}", context());
        Likeness::Same
    } else {
        Likeness::Unclear
    };
    // An image that is pending may not show all yet.
    let is_bound = there.marker == Marker::MatchesContent;
    if state == Some("pending") && is_bound {
        return assert_eq!(there.likeness(), Likeness::Same, "{}", context());
    }
    assert_eq!(there.likeness(), expected, "{}", context());
}

/// Checks each claim that the text of an outcome can make.
fn text_is_true(world: &World, outcome: &Outcome, context: &dyn Fn() -> String) {
    let text = outcome.to_string();
    let says = |claim: &str| text.contains(claim);
    let number = text.split("ami-").nth(1).and_then(|id| id.get(..17)).map(|id| format!("ami-{id}"));
    let image: Option<&Image> = number.and_then(|id| world.image(&id));
    if says("registered nothing") {
        assert!(!world.may_have_ours(), "{}", context());
    }
    if says("an image may have been registered") || says("may have registered another") {
        assert!(world.may_have_ours() || world.crashes > 0 || world.is_doubted, "{}", context());
    }
    if says("the name is taken by ami-") {
        assert!(matches!(world.told.1, Told::Named | Told::Shown | Told::Nothing), "{}", context());
    }
    if says("the name was held by ami-") {
        assert!(matches!(world.told.1, Told::NotFound | Told::Deregistered | Told::Named), "{}", context());
    }
    if says("which is being deregistered") && !says("too new to be visible") {
        let is_so = image.is_none_or(|image| image.state == ImageState::Deregistered);
        assert!(is_so, "{}", context());
    }
    if says("which no look-up showed") {
        let is_shown = image.is_some_and(|image| world.shown.map(id) == Some(image.id()));
        assert!(!is_shown, "{}", context());
    }
    if says("which is just what was asked for") {
        let is_so = image.is_some_and(|image| matches!(image.origin, Origin::Ours | Origin::Twin | Origin::Same));
        assert!(is_so, "{}", context());
    }
    if says("differs in") {
        let is_so =
            image.is_some_and(|image| !matches!(image.origin, Origin::Ours | Origin::Twin) || !image.state.is_usable());
        assert!(is_so, "{}", context());
    }
    if says("its marker tag is that of this request") || says("was registered for this content") {
        let is_so = image
            .is_some_and(|image| matches!(image.origin, Origin::Ours | Origin::Twin | Origin::Marked | Origin::Copied));
        assert!(is_so, "{}", context());
    }
    if says("registered for other content") {
        assert!(image.is_some_and(|image| image.origin == Origin::Bound), "{}", context());
    }
    if says("registered for another request") {
        assert!(image.is_some_and(|image| matches!(image.origin, Origin::Same | Origin::Other)), "{}", context());
    }
}
