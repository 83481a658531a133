//! What goes wrong, as the command line has it.

use std::collections::VecDeque;
use std::str::FromStr;

/// The faults that are still to come, each one that the grammar has.
#[derive(Default)]
pub struct Faults {
    pub register: VecDeque<String>,
    pub describe: VecDeque<String>,
}

/// The number of a fault of this kind.
pub fn number(fault: &str, kind: &str) -> Option<u32> {
    fault.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()
}

impl FromStr for Faults {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        let mut faults = Self::default();
        for item in list.split(',') {
            let fault = item.strip_prefix("describe:").unwrap_or(item);
            let is_plain = ["ok", "drop-before", "drop-after", "cut", "throttle", "500", "500-after"].contains(&fault);
            if !is_plain && ["delay", "late", "hide"].iter().all(|kind| number(fault, kind).is_none()) {
                return Err(format!("there is no fault {item:?}; --help lists those that there are"));
            }
            let queue = if fault == item { &mut faults.register } else { &mut faults.describe };
            queue.push_back(fault.to_owned());
        }
        Ok(faults)
    }
}
