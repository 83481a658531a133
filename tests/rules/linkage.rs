//! What a program that validates contains. The same check in `tests/launch` finds the names.

use crate::support::with;

#[test]
fn a_program_that_validates_contains_no_instance_type_names() {
    // The rule on instance types is linked.
    assert_eq!(with(r#"{"EnaSupport": null, "Architecture": "arm64"}"#).check().findings().count(), 1);
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    // The name of a family, in two parts so that this test does not contain it.
    let name = ["hpc6", "id"].concat();
    assert!(!String::from_utf8_lossy(&program).contains(&name));
}
