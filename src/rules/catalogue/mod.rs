#![doc = include_str!("../../../docs/rules.md")]

pub(super) mod account;
mod boot;
mod devices;
mod encryption;
mod example;
mod ids;
mod launch;
mod limits;
mod mappings;
mod name;
mod placement;
mod source;
mod tags;
mod uefi;
mod values;
mod volumes;

use super::Subject;

/// The source of most rules.
const REGISTER_IMAGE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html";

/// The subjects, in the order of the documentation.
pub(super) const SUBJECTS: &[Subject] = &[
    name::SUBJECT,
    tags::SUBJECT,
    source::SUBJECT,
    mappings::SUBJECT,
    devices::SUBJECT,
    volumes::SUBJECT,
    placement::SUBJECT,
    encryption::SUBJECT,
    boot::SUBJECT,
    launch::SUBJECT,
    uefi::SUBJECT,
    values::SUBJECT,
    ids::SUBJECT,
    account::SUBJECT,
];
