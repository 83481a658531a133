//! The table of what AWS's API model says: each sentence has a decision, and the rules that it names exist.
//!
//! `scripts/documented-sentences` compares the table with the model of an installed botocore.

use std::collections::BTreeSet;

use ec2_register_image::rules;

#[test]
fn each_sentence_has_a_decision() {
    let table = include_str!("../fixtures/sentences.tsv");
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("place\tnumber\tsha256\tkind\tdecision"));
    let mut places = BTreeSet::new();
    for line in lines {
        let [place, number, digest, kind, decision] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        assert!(places.insert((place, number)), "{place} {number} is there twice");
        assert!(digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
        match kind {
            "rule" => {
                for id in decision.split(',') {
                    assert!(rules::find(id).is_some(), "{place} {number} names the rule {id}, which does not exist");
                }
            }
            "none" | "todo" => assert!(decision.contains(' '), "{place} {number} has no reason"),
            other => panic!("{place} {number} is of the kind {other}"),
        }
    }
    assert!(places.len() > 150, "{}", places.len());
}
