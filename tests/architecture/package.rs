//! Holds the published documents to files that the package contains.

/// Folders of the workspace that `include` in `Cargo.toml` leaves out.
const LEFT_OUT: &[&str] = &["cli/", "peers/", "fuzz/", "scripts/", ".ci/", "examples/transports"];

/// The folders in a text that are not part of the package.
fn left_out(text: &str) -> Vec<&'static str> {
    LEFT_OUT.iter().copied().filter(|folder| text.contains(folder)).collect()
}

#[test]
fn the_readme_sends_no_reader_to_a_file_that_the_package_lacks() {
    assert_eq!(left_out(include_str!("../../README.md")), [""; 0]);
}

#[test]
fn a_planted_path_is_found() {
    assert_eq!(left_out("copy `peers/send/src/main.rs`, then run `scripts/fuzz`"), ["peers/", "scripts/"]);
}

#[test]
fn the_package_includes_no_such_folder() {
    let manifest = include_str!("../../Cargo.toml");
    let include = manifest.split("include = [").nth(1).unwrap().split(']').next().unwrap();
    assert!(include.contains("\"/src/**/*.rs\""), "{include}");
    assert_eq!(left_out(include), [""; 0]);
}
