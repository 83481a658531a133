//! The list of the public API, which the slow checks keep up to date: each type has one path and its own name.

use std::collections::{BTreeMap, BTreeSet};

/// The published package does not contain the list.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/public-api.txt");

/// The names that the root re-exports.
const ROOT: &[&str] = &[
    "Accepted",
    "BlockDeviceMapping",
    "EbsBlockDevice",
    "Endpoint",
    "Facts",
    "Policy",
    "Region",
    "RegisterImageError",
    "RegisterImageRequest",
    "RegisterImageResponse",
    "Tag",
    "TagSpecification",
    "ValidRequest",
    "Validator",
];

/// The modules in which each type or trait of the list is public; the root is "".
fn modules(list: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut modules = BTreeMap::<_, BTreeSet<_>>::new();
    for line in list.lines() {
        let declared = ["pub struct ", "pub enum ", "pub trait "].iter().find_map(|kind| line.split_once(kind));
        let Some((_, path)) = declared else { continue };
        let path = path.split(['<', ' ', '(']).next().unwrap().trim_end_matches(':');
        let path = path.strip_prefix("ec2_register_image::").unwrap();
        let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
        modules.entry(name).or_default().insert(module);
    }
    modules
}

/// Names that are in several modules, without the re-exports of the root.
fn repeated<'a>(modules: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<&'a str> {
    let is_repeated = |modules: &BTreeSet<&str>| modules.len() > 1 + usize::from(modules.contains(""));
    modules.iter().filter(|(_, modules)| is_repeated(modules)).map(|(name, _)| *name).collect()
}

#[test]
fn every_type_has_one_path_and_its_own_name() {
    let Ok(list) = std::fs::read_to_string(FILE) else { return };
    let modules = modules(&list);
    assert!(modules.len() > 100, "the list has {} types", modules.len());
    assert_eq!(repeated(&modules), [""; 0]);
    let root: Vec<&str> = modules.iter().filter(|(_, modules)| modules.contains("")).map(|(name, _)| *name).collect();
    assert_eq!(root, ROOT);
}

#[test]
fn a_second_path_is_found() {
    let list = "pub enum ec2_register_image::call::Step<O>\n\
                pub enum ec2_register_image::machine::Step<O>\n\
                pub trait ec2_register_image::machine::Machine: core::fmt::Debug\n\
                #[non_exhaustive] pub struct ec2_register_image::model::Tag\n\
                #[non_exhaustive] pub struct ec2_register_image::Tag";
    let modules = modules(list);
    assert_eq!(modules["Machine"], BTreeSet::from(["machine"]));
    assert_eq!(repeated(&modules), ["Step"]);
}
