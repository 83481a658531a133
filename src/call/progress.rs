//! How a call continues after each report.

use alloc::{boxed::Box, vec::Vec};
use core::{cmp::Reverse, time::Duration};

use super::evidence::Seen;
use super::outcome::{AlreadyThere, Cause, GaveUp, Outcome, Recovered};
use super::{Call, FIRST_INTERVAL, MAX_INTERVAL, MIN_WAIT, State, Target};
use crate::facts::Facts;
pub(super) use crate::machine::pace::may_pass;
use crate::machine::pace::{backoff, fraction, part};
use crate::model::Image;
use crate::preview::preview;
use crate::response::{Class, Detail, Effect, RegisterImageError};
use crate::types::{ImageId, ImageName};

impl Call {
    /// Remembers what an attempt may have done.
    pub(super) fn note(&mut self, effect: Effect) {
        // A dry run registers nothing, whatever becomes of its response.
        if effect == Effect::Unknown && !self.is_dry_run() {
            self.effect = Effect::Unknown;
        }
    }

    pub(super) fn effect_now(&self) -> Effect {
        let is_sent = matches!((&self.state, &self.target), (State::Sent, Target::Register)) && !self.is_dry_run();
        if is_sent { Effect::Unknown } else { self.effect }
    }

    pub(super) fn is_dry_run(&self) -> bool {
        self.request.request().dry_run == Some(true)
    }

    /// The name of the request, unless it is empty.
    pub(super) fn name(&self) -> Option<&ImageName> {
        self.request.request().name.as_ref().filter(|name| !name.as_str().is_empty())
    }

    /// Continues after a response to RegisterImage that is no success.
    pub(super) fn refused(&mut self, error: RegisterImageError) {
        let effect = effect(&error);
        self.note(effect);
        let retry_after = error.retry_after();
        let (is_taken, may_pass) = (error.class() == Class::NameTaken, may_pass(&error));
        let named = named(&error);
        self.cause = Some(Cause::Answered(error));
        let is_another =
            if named.is_some() { named != self.named } else { is_taken && self.is_gone && !self.is_assigned };
        if is_another {
            self.is_assigned = !is_taken;
            self.seen = self.seen.take().filter(|seen| named.as_ref() == Some(&seen.image.id));
            self.named.clone_from(&named);
        }
        if is_another || is_taken {
            self.is_gone = self.seen.as_ref().is_some_and(|seen| seen.is_deregistered());
        }
        if is_taken || named.is_some() {
            self.look_up();
        } else if may_pass || effect == Effect::Unknown {
            self.try_again(retry_after);
        } else if self.effect == Effect::Unknown {
            // This attempt registered nothing, but an earlier one may have.
            self.look_up();
        } else if let Some(Cause::Answered(error)) = self.cause.take() {
            self.end(Outcome::Refused(error));
        }
    }

    /// Continues after an attempt to register that another attempt may make good.
    pub(super) fn try_again(&mut self, retry_after: Option<Duration>) {
        if self.may_register_again() {
            self.target = Target::Register;
            self.state = State::Backoff(retry_after);
        } else if self.effect == Effect::Unknown || self.named.is_some() {
            self.look_up();
            if let State::Ready = self.state
                && retry_after.is_some()
                && self.has_time()
            {
                self.state = State::Interval(retry_after);
            }
        } else {
            self.conclude();
        }
    }

    /// Whether an attempt is left that cannot register a second image: only a name prevents that.
    pub(super) fn may_register_again(&self) -> bool {
        self.attempts < self.max_attempts() && (self.effect == Effect::Nothing || self.name().is_some())
    }

    /// Looks for the named image, or else for the image that has the name.
    pub(super) fn look_up(&mut self) {
        self.denials = 0;
        // If it had the name before the last attempt and is gone, another image may have it now.
        let is_outdated = self.is_gone && !self.is_assigned && !self.is_name_taken();
        let by_id = self.named.clone().map(Target::Image);
        let by_name = self.name().cloned().map(Target::Name);
        match if is_outdated { by_name.or(by_id) } else { by_id.or(by_name) } {
            Some(target) => {
                self.target = target;
                self.state = State::Ready;
            }
            None => self.conclude(),
        }
    }

    /// Continues after a look-up that could be read.
    pub(super) fn looked_up(&mut self, images: Vec<Image>) {
        self.denials = 0;
        self.look_up_error = None;
        let is_wanted = |image: &Image| match &self.target {
            Target::Image(id) => image.id == *id,
            Target::Register | Target::Name(_) => self.name().is_some() && image.name.as_ref() == self.name(),
        };
        // An image that failed or was deregistered may have the same name as the image that holds it.
        let seen = images.into_iter().filter(is_wanted).map(|image| self.assess(image));
        match seen.min_by_key(|seen| Reverse((seen.is_the_wanted_one(), seen.image.is_usable()))) {
            Some(seen) => self.judge(seen),
            None => self.not_there(),
        }
    }

    pub(super) fn assess(&self, image: Image) -> Seen {
        let of_validation = self.request.facts().filter(|facts| facts.check_region(&self.endpoint).is_ok());
        let preview = match self.facts.as_ref().or(of_validation) {
            Some(facts) => preview(&self.request, facts),
            None => preview(&self.request, &Facts::default()),
        };
        let comparison = preview.compare(&image);
        Seen::new(image, comparison, self.mark.as_ref())
    }

    /// Assesses the image that was seen again, after a change of what it is compared with.
    pub(super) fn assess_again(&mut self) {
        let seen = self.seen.take();
        self.seen = seen.map(|seen| Box::new(self.assess(seen.image)));
    }

    /// Continues after a look-up that showed the image that has the name.
    fn judge(&mut self, seen: Seen) {
        if self.named.as_ref() != Some(&seen.image.id) {
            self.named = Some(seen.image.id.clone());
            self.is_assigned = false;
        }
        let last = self.seen.as_deref().filter(|last| last.image.id == seen.image.id);
        // No image comes back from this state, so a look-up that shows another one is outdated.
        if seen.is_deregistered() || last.is_some_and(Seen::is_deregistered) {
            if seen.is_deregistered() {
                self.seen = Some(Box::new(seen));
            }
            return self.not_there();
        }
        self.is_gone = false;
        if !self.is_dry_run() && seen.is_the_wanted_one() {
            return self.end(Outcome::Recovered(Box::new(Recovered::of(seen))));
        }
        let is_settled = self.is_dry_run() || seen.is_settled(self.mark.is_some(), self.effect);
        if last.is_none_or(|last| last.rank() <= seen.rank()) {
            self.seen = Some(Box::new(seen));
        }
        if is_settled { self.conclude() } else { self.look_again(None) }
    }

    /// Continues after a look-up that showed no image, or one that has the name no more.
    pub(super) fn not_there(&mut self) {
        let is_by_id = matches!(self.target, Target::Image(_));
        self.is_gone |= is_by_id || self.seen.is_some();
        let may_be_free = self.name().is_some() && self.cause.as_ref().is_none_or(Cause::may_pass);
        if may_be_free && self.may_register_again() {
            self.target = Target::Register;
            self.state = if self.has_time() { State::Interval(None) } else { State::Backoff(None) };
            return;
        }
        if self.effect == Effect::Nothing && self.seen.as_ref().is_some_and(|seen| seen.is_deregistered()) {
            // No image of the caller's can become visible.
            return self.conclude();
        }
        // The named image may be gone, and the call's own may have the name; or the other way around.
        self.target = match (&self.target, &self.named, self.name()) {
            (Target::Image(_), _, Some(name)) if self.effect == Effect::Unknown => Target::Name(name.clone()),
            (Target::Name(_), Some(id), _) => Target::Image(id.clone()),
            (target, ..) => target.clone(),
        };
        self.look_again(None);
    }

    /// Looks again while there is time and an image of the caller's may exist.
    pub(super) fn look_again(&mut self, retry_after: Option<Duration>) {
        let may_be_own = self.effect == Effect::Unknown || (self.mark.is_some() && !self.is_dry_run());
        let is_worth_it = (may_be_own || self.look_ups < self.max_attempts()) && self.denials < self.max_attempts();
        if is_worth_it && self.has_time() {
            self.state = State::Interval(retry_after);
        } else {
            self.conclude();
        }
    }

    fn has_time(&self) -> bool {
        self.look_up_timeout.saturating_sub(self.looked) >= MIN_WAIT
    }

    fn is_name_taken(&self) -> bool {
        self.cause.as_ref().is_some_and(Cause::is_name_taken)
    }

    /// Ends with what is known.
    pub(super) fn conclude(&mut self) {
        let look_up_error = self.look_up_error.clone();
        let named = self.named.clone();
        let is_marked = self.mark.is_some();
        let seen = self.seen.clone();
        let has_holder = seen.as_ref().is_some_and(|seen| !seen.is_deregistered());
        if has_holder || self.is_name_taken() {
            let there = AlreadyThere::of(seen, named, self.is_gone, self.effect, is_marked, look_up_error);
            return self.end(there.into());
        }
        let gave_up = GaveUp {
            name: self.name().cloned(),
            image_id: named.filter(|_| self.is_assigned),
            look_up_error,
            ..GaveUp::of(self.effect, self.cause.clone().unwrap_or(Cause::Stopped))
        };
        self.end(gave_up.into());
    }

    pub(super) fn end(&mut self, outcome: Outcome) {
        self.state = State::Done(Box::new(outcome));
    }

    pub(super) fn max_attempts(&self) -> u32 {
        self.retry.max_attempts().max(1)
    }

    /// Returns the wait after this many attempts: twice as long after each, times the jitter.
    pub(super) fn backoff(&self, jitter: f64, at_least: Duration) -> Duration {
        let wait = backoff(&self.retry, self.attempts, jitter, at_least);
        if self.effect == Effect::Unknown || self.look_ups > 0 { wait.max(MIN_WAIT) } else { wait }
    }

    /// Returns the wait between look-ups: twice as long after each, of which the jitter can take half.
    pub(super) fn interval(&self, jitter: f64, at_least: Duration) -> Duration {
        let doubled = 1_u32.checked_shl(self.look_ups.saturating_sub(1)).unwrap_or(u32::MAX);
        let most = FIRST_INTERVAL.saturating_mul(doubled).min(MAX_INTERVAL);
        let wait = part(most, f64::midpoint(1.0, fraction(jitter)));
        let wait = wait.max(at_least.min(self.retry.max_backoff())).max(MIN_WAIT);
        let left = self.look_up_timeout.saturating_sub(self.looked);
        // The last wait uses all the time.
        if left.saturating_sub(wait) < MIN_WAIT { left.max(MIN_WAIT) } else { wait }
    }
}

/// Returns whether an image may have been registered.
///
/// A response of EC2 that cannot be read may hide an error about an image that EC2 assigned. A proxy sends the other
/// statuses before it forwards anything.
fn effect(error: &RegisterImageError) -> Effect {
    let status = error.status();
    let is_by_proxy = matches!(status.as_u16(), 407 | 411 | 413 | 414 | 431);
    let may_hide_another = error.as_unreadable().is_some() && status.is_client_error() && !is_by_proxy;
    if may_hide_another { Effect::Unknown } else { error.effect() }
}

/// Returns the image that EC2 names: the one that holds the name, or the one that it just assigned.
fn named(error: &RegisterImageError) -> Option<ImageId> {
    match error.detail() {
        Some(Detail::NameInUse { image_id, .. }) => Some(image_id),
        Some(Detail::Image { image_id }) if error.code()?.without_prefix().starts_with("InvalidAMIID.") => {
            Some(image_id)
        }
        _ => None,
    }
}
