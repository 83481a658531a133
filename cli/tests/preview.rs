//! The command `preview`: its options and what it prints.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A request for an image with an empty second volume.
const REQUEST: &str = r#"{"Name": "store", "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,
    "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0a1b2c3d4e5f60718"}},
        {"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 20}}]}"#;

fn preview(arguments: &[&str], request: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ec2-register-image"))
        .arg("preview")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The command does not read the request if an option is wrong.
    let _ = child.stdin.take().unwrap().write_all(request.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn the_location_of_the_launch_can_be_stated() {
    for (arguments, location, encrypted) in [
        (&[][..], "region", Value::Null),
        (&["--location", "region"], "region", Value::Null),
        (&["--location", "us-east-1b"], "region", Value::Null),
        (&["--location", "outpost"], "outpost", true.into()),
        (&["--location", "wavelength-zone"], "wavelength-zone", true.into()),
        (&["--location", "us-east-1-atl-1a"], "us-east-1-atl-1a", true.into()),
        (&["--location", "us-west-2-lax-1b"], "us-west-2-lax-1b", Value::Null),
    ] {
        let output = preview(&[arguments, &["--format", "json"]].concat(), REQUEST);
        assert_eq!(output.status.code(), Some(0));
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
        let volume = &shown["LaunchEncryption"][1];
        assert_eq!((&volume["Location"], &volume["Encrypted"]), (&location.into(), &encrypted), "{arguments:?}");
        let text = String::from_utf8(preview(arguments, REQUEST).stdout).unwrap();
        let row = format!("\n    location            {location}\n");
        assert_eq!(text.matches(&row).count(), 2, "{text}");
    }
    let wrong = preview(&["--location", "moon"], REQUEST);
    assert_eq!(wrong.status.code(), Some(2));
    let message = String::from_utf8(wrong.stderr).unwrap();
    assert!(message.starts_with("preview: `moon` is not a launch location; valid values: region, "), "{message}");
}

#[test]
fn instance_types_are_shown() {
    let text = String::from_utf8(preview(&[], REQUEST).stdout).unwrap();
    assert!(text.contains("\nInstance types          968, 864 of them current, as of 2026-10-27\n"), "{text}");
    assert!(text.contains("\n  not                   427 because of architecture\n"), "{text}");
    // A family of which some sizes are excluded shows the others.
    let i386 = REQUEST.replace("x86_64", "i386");
    let text = String::from_utf8(preview(&[], &i386).stdout).unwrap();
    assert!(text.contains(" m1.{small,medium} t1 t2.{nano,micro,small,medium}\n"), "{text}");
    let arm64 = REQUEST.replace("x86_64", "arm64").replace("true", "false");
    let output = preview(&["--format", "json"], &arm64);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&shown["Launchable"]["Types"], output.status.code()), (&0.into(), Some(0)));
}
