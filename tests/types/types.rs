//! The vocabulary.

use std::collections::{BTreeSet, HashSet, hash_map::DefaultHasher};
use std::error::Error;
use std::hash::{Hash, Hasher as _};

use ec2_register_image::types::{
    Architecture, BootMode, DeviceName, ImageName, ImageState, ImdsSupport, ProductCodeType, ResourceType, SnapshotId,
    SnapshotState, SriovNetSupport, StorageTier, TpmSupport, UefiData, VirtualName, VirtualizationType, VolumeType,
    gib_from_bytes,
};
use proptest::prelude::*;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

#[track_caller]
fn sanitizes(text: &str, name: &str) {
    assert_eq!(ImageName::sanitize(text).unwrap(), name);
}

#[test]
fn any_text_becomes_a_legal_name_if_enough_of_it_is_legal() {
    sanitizes("web", "web");
    sanitizes("aZ0 ()[]./-'@_", "aZ0 ()[]./-'@_");
    sanitizes("web-2025-08-21T07:45:00Z", "web-2025-08-21T07-45-00Z");
    sanitizes("a, b+c", "a- b-c");
    sanitizes("a::::b#c", "a-b-c");
    sanitizes(":::abc:::", "abc");
    sanitizes("  abc\n", "abc");
    sanitizes("Übung größer", "bung gr-er");
    sanitizes("a😀b漢c", "a-b-c");
    sanitizes(&"x".repeat(200), &"x".repeat(128));
    // The cut does not leave a blank at the end.
    sanitizes(&format!("{} y", "x".repeat(127)), &"x".repeat(127));
    for short in ["", "ab", "::::", "a:b", "漢字漢字", " ab ", "   "] {
        let error = ImageName::sanitize(short).unwrap_err();
        assert_eq!(error.to_string(), "fewer than 3 characters that are legal in an image name remain", "{short:?}");
    }
}

fn at(year: i32, month: Month, day: u8, hour: u8, offset: UtcOffset) -> OffsetDateTime {
    let date = Date::from_calendar_date(year, month, day).unwrap();
    OffsetDateTime::new_in_offset(date, Time::from_hms(hour, 4, 5).unwrap(), offset)
}

#[test]
fn a_suffix_is_never_cut() {
    let named = |text: &str, suffix: &str| ImageName::from(text).with_suffix(suffix).into_string();
    assert_eq!(named("web", "-arm64"), "web-arm64");
    assert_eq!(named(&"x".repeat(122), "-arm64"), format!("{}-arm64", "x".repeat(122)));
    assert_eq!(named(&"x".repeat(123), "-arm64"), format!("{}-arm64", "x".repeat(122)));
    assert_eq!(named("web", &"s".repeat(128)), "s".repeat(128));
    assert_eq!(named("web", &"s".repeat(130)), "s".repeat(130), "the rules will say that it is too long");
    // Characters count, not bytes.
    assert_eq!(named(&"ß".repeat(128), "-a"), format!("{}-a", "ß".repeat(126)));
}

#[test]
fn a_moment_is_written_in_utc_without_colons() {
    let stamped = |moment| ImageName::from("web").with_timestamp(moment).into_string();
    assert_eq!(stamped(at(2026, Month::November, 23, 12, UtcOffset::UTC)), "web-20261123T120405Z");
    let east = UtcOffset::from_hms(14, 0, 0).unwrap();
    assert_eq!(stamped(at(2026, Month::January, 1, 3, east)), "web-20251231T130405Z");
    let long = ImageName::new("x".repeat(128)).with_timestamp(at(2026, Month::May, 2, 3, UtcOffset::UTC)).into_string();
    assert_eq!(long, format!("{}-20260502T030405Z", "x".repeat(111)));
    // At the edges of time there is no UTC to convert to, and no panic either.
    let west = UtcOffset::from_hms(-12, 0, 0).unwrap();
    assert_eq!(stamped(at(9999, Month::December, 31, 23, west)), "web-99991231T235959Z");
    assert_eq!(stamped(at(-9999, Month::January, 1, 1, east)), "web--99990101T000000Z");
}

#[test]
fn names_people_write_are_read_only_on_demand() {
    macro_rules! means {
        ($type:ident, $text:literal, $known:ident) => {
            assert_eq!($type::from_alias($text), Some($type::$known), "{}", $text);
            if $type::$known != $text {
                assert_eq!($type::from($text).as_str(), $text);
                assert!(!$type::from($text).is_known());
            }
        };
    }
    means!(Architecture, "aarch64", ARM64);
    means!(Architecture, "AMD64", X86_64);
    means!(Architecture, "x86-64", X86_64);
    means!(Architecture, "x64", X86_64);
    means!(Architecture, "i686", I386);
    means!(Architecture, "arm64", ARM64);
    means!(BootMode, "bios", LEGACY_BIOS);
    means!(BootMode, "legacy_bios", LEGACY_BIOS);
    means!(BootMode, "efi", UEFI);
    means!(BootMode, "UEFI Preferred", UEFI_PREFERRED);
    means!(TpmSupport, "2.0", V2_0);
    means!(ImdsSupport, "2.0", V2_0);
    means!(ImdsSupport, "V2.0", V2_0);
    means!(VirtualizationType, "HVM", HVM);
    means!(VirtualizationType, "pv", PARAVIRTUAL);
    means!(SriovNetSupport, "Simple", SIMPLE);
    means!(VolumeType, " gp3 ", GP3);
    means!(VolumeType, "magnetic", STANDARD);
    means!(ResourceType, "AMI", IMAGE);
    assert_eq!(Architecture::from_alias("riscv64"), None);
    assert_eq!(BootMode::from_alias(""), None);
}

#[test]
fn an_alias_means_one_value_and_is_none_of_the_others() {
    macro_rules! unambiguous {
        ($($type:ident)+) => {$(
            for known in $type::KNOWN {
                assert!(known.is_known());
                assert_eq!($type::from_alias(known.as_str()).as_ref(), Some(known));
                assert_eq!(&$type::from(known.as_str()), known);
            }
        )+};
    }
    unambiguous!(Architecture BootMode TpmSupport ImdsSupport VirtualizationType SriovNetSupport VolumeType ResourceType);
}

#[test]
fn constants_work_in_a_match() {
    let kind = |volume_type: &VolumeType| match *volume_type {
        VolumeType::GP2 | VolumeType::GP3 | VolumeType::IO1 | VolumeType::IO2 => "ssd",
        VolumeType::ST1 | VolumeType::SC1 | VolumeType::STANDARD => "hdd",
        _ => "new",
    };
    assert_eq!(["gp3", "st1", "gp4"].map(|text| kind(&text.into())), ["ssd", "hdd", "new"]);
}

#[test]
fn text_types_show_and_compare_as_text() {
    let id = SnapshotId::from("snap-1");
    assert_eq!(id, "snap-1");
    assert_eq!(format!("{id} {id:>8} {id:?}"), "snap-1   snap-1 SnapshotId(\"snap-1\")");
    assert_eq!(format!("{:?}", VolumeType::from("gp4")), "VolumeType(\"gp4\")");
    assert_eq!(serde_json::to_string(&DeviceName::from("a\"b")).unwrap(), r#""a\"b""#);
    assert_eq!(VirtualName::ephemeral(23), "ephemeral23");
}

#[test]
fn uefi_data_is_bytes_or_base64_and_never_shown() {
    let secret = UefiData::from_bytes(b"\x00\xff secret");
    assert_eq!(secret.to_bytes().unwrap(), b"\x00\xff secret");
    assert_eq!(UefiData::from_base64(secret.as_base64()), secret);
    assert_eq!(format!("{secret:?} {secret:#?}"), "UefiData(12 characters) UefiData(12 characters)");
    assert_eq!((secret.len(), secret.is_empty(), UefiData::from_bytes(b"").is_empty()), (12, false, true));
    for not_base64 in ["c2VjcmV0c", "c2Vj cmV0", "c2VjcmV0\n", "c2-_", "geheim!"] {
        let error = UefiData::from_base64(not_base64).to_bytes().unwrap_err();
        assert_eq!(error.to_string(), "uefi data is not base64 in the standard alphabet with padding");
        assert!(!format!("{error:?}").contains(not_base64));
    }
}

#[test]
fn gib_are_rounded_up() {
    const GIB: u64 = 1 << 30;
    for (bytes, gib) in [
        (0, Some(0)),
        (1, Some(1)),
        (GIB - 1, Some(1)),
        (GIB, Some(1)),
        (GIB + 1, Some(2)),
        (i32::MAX as u64 * GIB, Some(i32::MAX)),
        (i32::MAX as u64 * GIB + 1, None),
        (u64::MAX, None),
    ] {
        assert_eq!(gib_from_bytes(bytes), gib, "{bytes}");
    }
}

proptest! {
    #[test]
    fn a_sanitized_name_is_legal_and_stays_as_it_is(text in any::<String>()) {
        let legal = |name: &str| {
            (ImageName::MIN_LENGTH..=ImageName::MAX_LENGTH).contains(&name.chars().count())
                && name.chars().all(ImageName::is_legal)
        };
        if let Ok(name) = ImageName::sanitize(&text) {
            prop_assert!(legal(name.as_str()), "{}", name);
            prop_assert_eq!(&ImageName::sanitize(name.as_str()).unwrap(), &name);
        } else {
            let trimmed = text.trim_matches(|character: char| character == ' ' || !ImageName::is_legal(character));
            prop_assert!(trimmed.chars().filter(|character| ImageName::is_legal(*character)).count() < 3);
        }
    }

    #[test]
    fn a_legal_name_with_no_blanks_at_its_edges_is_left_alone(name in r"[a-zA-Z0-9()./'@_\[\]-][a-zA-Z0-9 ()./'@_\[\]-]{1,126}[a-zA-Z0-9()./'@_\[\]-]") {
        prop_assert_eq!(ImageName::sanitize(&name).unwrap().into_string(), name);
    }

    #[test]
    fn with_suffix_keeps_the_limit_and_the_suffix(name in any::<String>(), suffix in "[ -~ß]{0,128}") {
        let joined = ImageName::new(name.clone()).with_suffix(&suffix).into_string();
        prop_assert!(joined.chars().count() <= ImageName::MAX_LENGTH.max(suffix.chars().count()));
        let base = joined.strip_suffix(&suffix).unwrap();
        prop_assert!(name.starts_with(base));
    }

    #[test]
    fn any_value_of_an_open_enumeration_survives(text in any::<String>()) {
        let value = Architecture::from(text.as_str());
        prop_assert_eq!(value.as_str(), text.as_str());
        let json = serde_json::to_string(&VolumeType::from(text.as_str())).unwrap();
        prop_assert_eq!(serde_json::from_str::<VolumeType>(&json).unwrap(), VolumeType::from(text));
    }

    #[test]
    fn uefi_data_keeps_its_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(UefiData::from_bytes(&bytes).to_bytes().unwrap(), bytes);
    }
}

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn types_compare_hash_and_convert_as_their_text() {
    macro_rules! is_its_text {
        ($($type:ident $text:literal)+) => {$(
            let value = $type::from($text);
            assert!(value == *$text && value == $text && *$text == value && $text == value);
            assert!(value != *"other" && "other" != value);
            assert_eq!(hash_of(&value), hash_of($text));
            assert_eq!(BTreeSet::from([value.clone()]).get($text), Some(&value));
            assert_eq!(HashSet::from([value.clone()]).get($text), Some(&value));
            assert_eq!(String::from(value), $text);
        )+};
    }
    is_its_text!(SnapshotId "snap-1" DeviceName "xvdf" ImageName "web" VirtualName "ephemeral0");
    // Known and unknown values alike.
    is_its_text!(Architecture "arm64" Architecture "riscv64" BootMode "uefi" BootMode "" ResourceType "image");
    let sorted = BTreeSet::from(["x86_64", "i386", "riscv64", "arm64"].map(Architecture::from));
    assert!(sorted.iter().eq(["arm64", "i386", "riscv64", "x86_64"]));
}

#[test]
fn a_strict_parser_accepts_known_values_alone() {
    macro_rules! is_strict {
        ($($type:ident $alias:literal)+) => {$(
            assert!($type::KNOWN.iter().eq($type::NAMES), "{:?}", $type::NAMES);
            for (known, name) in $type::KNOWN.iter().zip($type::NAMES) {
                assert_eq!($type::parse_known(name).as_ref(), Ok(known));
            }
            let error = $type::parse_known($alias).unwrap_err();
            assert_eq!(error.meant(), $type::from_alias($alias).as_ref().map($type::as_str), "{}", $alias);
            assert_eq!((error.text(), error.valid()), ($alias, $type::NAMES));
            assert!(error.meant().is_some() && $type::parse_known("").unwrap_err().meant().is_none());
        )+};
    }
    is_strict!(Architecture "aarch64" Architecture "ARM64" BootMode "bios" TpmSupport "2.0" ImdsSupport "imdsv2");
    is_strict!(VirtualizationType "pv" SriovNetSupport "true" VolumeType "magnetic" ResourceType "ami");

    // As clap calls it.
    fn value_parser<T, E: Into<Box<dyn Error + Send + Sync>>>(_: impl Fn(&str) -> Result<T, E> + Clone + Send + Sync) {}
    value_parser(VolumeType::parse_known);

    let shown = |text: &str| ImdsSupport::parse_known(text).unwrap_err().to_string();
    assert_eq!(shown("v3\n"), "`v3\\n` is not an ImdsSupport; valid values: v2.0");
    assert_eq!(shown(&"x".repeat(99)), format!("`{}` is not an ImdsSupport; valid values: v2.0", "x".repeat(64)));
    assert_eq!(
        BootMode::parse_known("UEFI").unwrap_err().to_string(),
        "`UEFI` is not a BootMode, did you mean `uefi`? valid values: legacy-bios, uefi, uefi-preferred"
    );
}

#[test]
fn what_ec2_describes_lists_the_values_of_the_api() {
    assert_eq!(
        ImageState::NAMES,
        ["pending", "available", "invalid", "deregistered", "transient", "failed", "error", "disabled"]
    );
    assert_eq!(SnapshotState::NAMES, ["pending", "completed", "error", "recoverable", "recovering"]);
    assert_eq!(StorageTier::NAMES, ["archive", "standard"]);
    assert_eq!(ProductCodeType::NAMES, ["devpay", "marketplace"]);
}
