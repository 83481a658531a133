//! The example `pipeline`, which the README shows.

const EXAMPLE: &str = include_str!("../../examples/pipeline.rs");
const README: &str = include_str!("../../README.md");

#[test]
fn the_readme_shows_what_a_user_writes_in_the_example() {
    let (_, rest) = EXAMPLE.split_once("The README has the same lines.\n").unwrap();
    let (written, _) = rest.split_once("\n// What a user writes, up to here.").unwrap();
    assert!(README.contains(&format!("```rust\n{}\n```", written.trim_end())), "the README shows another pipeline");
    let lines = written.lines().count();
    assert!(lines < 60, "a user writes {lines} lines");
}
