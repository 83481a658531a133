//! What goes wrong: the list on the command line, and which request each item is for.

use std::str::FromStr;

use super::ACTIONS;

/// A kind of fault.
pub struct Kind {
    pub name: &'static str,
    /// What its number counts, if it has one.
    pub number: Option<&'static str>,
}

const fn plain(name: &'static str) -> Kind {
    Kind { name, number: None }
}

const fn counted(name: &'static str, number: &'static str) -> Kind {
    Kind { name, number: Some(number) }
}

/// Every kind. `--help` and the page about the emulator describe each.
pub const KINDS: &[Kind] = &[
    plain("ok"),
    plain("drop-before"),
    plain("drop-after"),
    plain("cut"),
    counted("delay", "MS"),
    counted("late", "MS"),
    plain("throttle"),
    plain("500"),
    plain("500-after"),
    counted("hide", "N"),
    counted("pending", "N"),
    counted("tags-late", "N"),
    plain("failed"),
];

/// What goes wrong with one request: one kind, or several with `+` between them. Its text is that of the command line.
#[derive(Clone)]
pub struct Fault(pub String);

impl Fault {
    pub fn none() -> Self {
        Self("ok".into())
    }

    pub fn is(&self, kind: &str) -> bool {
        self.0.split('+').any(|part| part == kind)
    }

    /// The number of this kind, or 0 if the fault is not of this kind.
    pub fn number(&self, kind: &str) -> u32 {
        let parts = self.0.split('+').filter_map(|part| part.split_once(':'));
        parts.filter(|(name, _)| *name == kind).find_map(|(_, number)| number.parse().ok()).unwrap_or_default()
    }

    fn is_known(&self) -> bool {
        self.0.split('+').all(|part| {
            let (name, number) = part.split_once(':').map_or((part, None), |(name, number)| (name, Some(number)));
            let is_number = number.is_none_or(|number| number.parse::<u32>().is_ok());
            is_number && KINDS.iter().any(|kind| kind.name == name && kind.number.is_some() == number.is_some())
        })
    }
}

/// The faults that are still to come, and the actions that are denied.
#[derive(Default)]
pub struct Faults {
    queue: Vec<(&'static str, Fault)>,
    denied: Vec<&'static str>,
}

impl Faults {
    /// Takes the next fault of this action.
    pub fn next_for(&mut self, action: &str) -> Fault {
        match self.queue.iter().position(|(of, _)| *of == action) {
            Some(next) => self.queue.remove(next).1,
            None => Fault::none(),
        }
    }

    pub fn denies(&self, action: &str) -> bool {
        self.denied.contains(&action)
    }
}

impl FromStr for Faults {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        let mut faults = Self::default();
        let action_named = |name: &str| ACTIONS.iter().copied().find(|action| *action == name);
        for item in list.split(',') {
            let (before, after) = item.split_once(':').unwrap_or((item, ""));
            if let ("deny", Some(action)) = (before, action_named(after)) {
                faults.denied.push(action);
                continue;
            }
            let (action, fault) = match (before, action_named(before)) {
                ("describe", _) => ("DescribeImages", after),
                (_, Some(action)) => (action, after),
                _ => ("RegisterImage", item),
            };
            let fault = Fault(fault.to_owned());
            if !fault.is_known() {
                return Err(format!("there is no fault {item:?}; --help lists those that there are"));
            }
            faults.queue.push((action, fault));
        }
        Ok(faults)
    }
}
