//! The names of the subcommands, and what happens without one.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ec2-register-image")).args(arguments).output().unwrap()
}

#[test]
fn help_lists_every_command_and_each_has_its_own() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for command in ["check", "encode", "decode", "preview", "serve"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} in {help}");
        let own = run(&[command, "--help"]);
        let text = String::from_utf8(own.stdout).unwrap();
        assert!(text.starts_with(&format!("usage: ec2-register-image {command} ")), "{text}");
        assert_eq!(own.status.code(), Some(0), "{command}");
    }
}

#[test]
fn lint_is_another_name_of_check() {
    let [check, lint] = ["check", "lint"].map(|command| run(&[command, "--list"]));
    assert!(!check.stdout.is_empty());
    assert_eq!(check, lint);
}

#[test]
fn a_command_that_is_missing_or_unknown_is_an_error() {
    for (arguments, message) in [
        (&[][..], "ec2-register-image: a command is missing; --help lists the commands\n"),
        (&["lnit"], "ec2-register-image: there is no command lnit; --help lists the commands\n"),
    ] {
        let output = run(arguments);
        assert_eq!((output.status.code(), &*output.stderr), (Some(2), message.as_bytes()));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn an_irregular_request_is_decoded_on_request() {
    let body = "Action=RegisterImage&Version=2014-10-01&Name=web&BlockDeviceMapping.0.DeviceName=sdb";
    let file = std::env::temp_dir().join(format!("ec2-register-image-lenient-{}.txt", std::process::id()));
    std::fs::write(&file, body).unwrap();
    let path = file.to_str().unwrap();
    let strict = run(&["decode", "request", path]);
    let lenient = run(&["decode", "request", "--lenient", path]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(strict.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(lenient.stderr).unwrap(),
        "note: the request is of version 2014-10-01 of the API\nnote: the list `BlockDeviceMapping` counts from 0\n"
    );
    assert!(String::from_utf8(lenient.stdout).unwrap().contains("\"DeviceName\": \"sdb\""));
    assert_eq!(lenient.status.code(), Some(0));
}
