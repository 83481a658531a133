//! The UEFI variable store. No text of a finding repeats any of it.

use super::REGISTER_IMAGE;
use super::example::hvm;
use crate::model::{RequestMember, RequestPath};
use crate::rules::declare::subject;
use crate::types::{Architecture, BootMode, UefiData};

const DATA: RequestPath = RequestPath::Request(RequestMember::UefiData);

const SECURE_BOOT: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-ami-with-uefi-secure-boot.html";

const BOOT_MODES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html";

const FORMAT: &str = "https://github.com/awslabs/python-uefivars/blob/main/pyuefivars/aws.py";

/// The most characters of base64 that EC2 accepts.
const LIMIT: usize = 64_000;

/// A request that boots by UEFI with this UEFI data.
macro_rules! uefi {
    ($data:expr) => {
        hvm!(concat!("\"BootMode\": \"uefi\", \"UefiData\": \"", $data, "\","))
    };
}

macro_rules! times_ten {
    ($text:expr) => {
        concat!($text, $text, $text, $text, $text, $text, $text, $text, $text, $text)
    };
}

subject! {
    "UEFI data",
    passes: [request],
    rules: {
    rule uefi_data_length(length: usize) {
        id: "uefi-data-length",
        level: Error,
        evidence: Documented,
        summary: "UEFI data has at most 64,000 characters",
        explanation: "The limit of the API model counts characters of base64, so the store itself can have 48,000 \
                      bytes.",
        source: REGISTER_IMAGE,
        message: "the UEFI data has {length} characters; EC2 accepts at most 64,000",
        help: "remove variables from the store, so that it has at most 48,000 bytes",
        trigger: uefi!(times_ten!(times_ten!(times_ten!(times_ten!("AAAAAAA"))))),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data has 70000 characters; EC2 accepts at most 64,000",
    }
    rule uefi_data_base64(position: usize) {
        id: "uefi-data-base64",
        level: Warning,
        evidence: Inferred,
        summary: "UEFI data is base64",
        explanation: "AWS documents base64 in the standard alphabet with padding and without line breaks. Whether \
                      EC2 ignores blanks is not known.",
        source: SECURE_BOOT,
        message: "the UEFI data is not base64 (standard alphabet with padding), starting at character {position}",
        help: "encode the file with `base64 -w 0`, or `UefiData::from_bytes`",
        trigger: uefi!("QU1aTlVFRknH-2dIAAAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data is not base64 (standard alphabet with padding), starting at character 13",
    }
    rule uefi_data_magic() {
        id: "uefi-data-magic",
        level: Warning,
        evidence: ThirdParty,
        summary: "UEFI data is a variable store in AWS's format",
        explanation: "The data starts with the bytes `AMZNUEFI`, a checksum and a version, so the base64 starts with \
                      `QU1aTlVFRk`. Convert a file in the format of EDK2 or QEMU with the tool of AWS Labs. EC2 was \
                      seen to reject the data of another file.",
        source: FORMAT,
        message: "the UEFI data does not start as AWS's format does, with `AMZNUEFI` and 8 more bytes",
        help: "convert the store with `uefivars -i edk2 -o aws`, or read it from an instance",
        trigger: uefi!("AAAAAAAAAADHS2dIAAAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data does not start as AWS's format does, with `AMZNUEFI` and 8 more bytes",
    }
    rule uefi_data_checksum() {
        id: "uefi-data-checksum",
        level: Warning,
        evidence: ThirdParty,
        summary: "the checksum of UEFI data is correct",
        explanation: "After `AMZNUEFI` comes the CRC-32C of everything that follows it. A wrong checksum means that \
                      the data was truncated or changed.",
        source: FORMAT,
        message: "the checksum of the UEFI data is wrong, so the data was truncated or changed",
        help: "create or read the data again",
        trigger: uefi!("QU1aTlVFRknGS2dIAAAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the checksum of the UEFI data is wrong, so the data was truncated or changed",
    }
    rule uefi_data_version(version: u32) {
        id: "uefi-data-version",
        level: Warning,
        evidence: ThirdParty,
        summary: "UEFI data has version 0",
        explanation: "The tool of AWS Labs supports no other version.",
        source: FORMAT,
        message: "the UEFI data has version {version}; the only known version is 0",
        help: "write the store with a tool that supports version 0, or allow this rule if AWS has a new version",
        trigger: uefi!("QU1aTlVFRkl/4SKVAQAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data has version 1; the only known version is 0",
    }
    check request(request, _findings) {
        let Some(data) = request.uefi_data.as_ref().filter(|data| !data.is_empty()) else { return };
        if data.len() > LIMIT {
            return uefi_data_length(DATA, data.len());
        }
        let mut header = [0; 16];
        let mut length = 0;
        let mut checksum = Crc32c::new();
        let decoded = decode_base64(data.as_base64(), |byte| {
            if let Some(place) = header.get_mut(length) {
                *place = byte;
            }
            if length >= 12 {
                checksum.add(byte);
            }
            length += 1;
        });
        let [magic @ .., c0, c1, c2, c3, v0, v1, v2, v3] = header;
        let version = u32::from_le_bytes([v0, v1, v2, v3]);
        if let Err(position) = decoded {
            uefi_data_base64(DATA, position + 1);
        } else if &magic != b"AMZNUEFI" || length < header.len() {
            uefi_data_magic(DATA);
        } else if u32::from_le_bytes([c0, c1, c2, c3]) != checksum.value() {
            uefi_data_checksum(DATA);
        } else if version != 0 {
            uefi_data_version(DATA, version);
        }
    }

    rule uefi_data_without_uefi() {
        id: "uefi-data-without-uefi",
        level: Warning,
        evidence: Inferred,
        summary: "UEFI data requires a boot mode that uses it",
        explanation: "Legacy BIOS ignores the data. Without a boot mode, Intel and AMD instances boot by legacy \
                      BIOS, and Graviton instances by UEFI. It is not known how EC2 responds.",
        source: SECURE_BOOT,
        message: "UEFI data is set, but instances boot by legacy BIOS, which ignores it",
        help: "set `\"BootMode\": \"uefi\"`, or remove the data",
        trigger: hvm!(r#""UefiData": "QU1aTlVFRknHS2dIAAAAAA==","#),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "UEFI data is set, but instances boot by legacy BIOS, which ignores it",
    }
    rule uefi_data_fallback() {
        id: "uefi-data-fallback",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "with `uefi-preferred`, instances that boot by BIOS lose UEFI data",
        explanation: "EC2 accepts the combination, and whole distributions use it. On instance types without UEFI, \
                      there is no Secure Boot.",
        source: BOOT_MODES,
        message: "UEFI data is set with boot mode `uefi-preferred`, but instance types without UEFI ignore it",
        help: "set `uefi` if Secure Boot must hold everywhere",
        trigger: hvm!(r#""BootMode": "uefi-preferred", "UefiData": "QU1aTlVFRknHS2dIAAAAAA==","#),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "UEFI data is set with boot mode `uefi-preferred`, but instance types without UEFI ignore it",
    }
    check request(request, _findings) {
        // With a TPM, the boot mode has a more important finding.
        if request.uefi_data.as_ref().is_none_or(UefiData::is_empty) || request.tpm_support.is_some() {
            return;
        }
        match request.boot_mode {
            Some(BootMode::LEGACY_BIOS) => uefi_data_without_uefi(DATA),
            None if request.architecture != Some(Architecture::ARM64) => uefi_data_without_uefi(DATA),
            Some(BootMode::UEFI_PREFERRED) => uefi_data_fallback(DATA),
            _ => {}
        }
    }
    }
}

/// Decodes without a buffer. At a mistake, returns the position of the character.
fn decode_base64(text: &str, mut byte: impl FnMut(u8)) -> Result<(), usize> {
    let bytes = text.as_bytes();
    let digits = bytes.len() - bytes.iter().rev().take(2).take_while(|&&last| last == b'=').count();
    let (mut bits, mut held) = (0_u32, 0);
    for (position, digit) in bytes.iter().take(digits).enumerate() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(position),
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            byte((bits >> held) as u8);
        }
    }
    // Whole groups of four, and no bits left over that are not 0.
    let is_whole = bytes.len().is_multiple_of(4) && bits & ((1 << held) - 1) == 0;
    if is_whole { Ok(()) } else { Err(digits.saturating_sub(1)) }
}

/// CRC-32 with Castagnoli's polynomial, a bit at a time: the data is short.
struct Crc32c(u32);

impl Crc32c {
    fn new() -> Self {
        Self(!0)
    }

    fn add(&mut self, byte: u8) {
        self.0 ^= u32::from(byte);
        for _ in 0..8 {
            self.0 = self.0 >> 1 ^ if self.0 & 1 == 1 { 0x82F6_3B78 } else { 0 };
        }
    }

    fn value(&self) -> u32 {
        !self.0
    }
}
