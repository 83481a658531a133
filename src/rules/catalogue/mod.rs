#![doc = include_str!("../../../docs/rules.md")]

pub(super) mod account;
mod boot;
mod encryption;
mod example;
mod ids;
mod launch;
mod limits;
mod mappings;
mod name;
mod source;
mod tags;
mod uefi;
mod values;
mod volumes;

use super::Subject;

/// The source of most rules.
const REGISTER_IMAGE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html";

/// The table. A rule that no subject lists cannot be found.
pub(super) const SUBJECTS: &[Subject] = &[
    name::SUBJECT,
    tags::SUBJECT,
    source::SUBJECT,
    mappings::SUBJECT,
    volumes::SUBJECT,
    encryption::SUBJECT,
    boot::SUBJECT,
    launch::SUBJECT,
    uefi::SUBJECT,
    values::SUBJECT,
    ids::SUBJECT,
    account::SUBJECT,
];
