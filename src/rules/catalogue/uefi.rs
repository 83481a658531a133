//! The UEFI variable store, which no text of a finding ever repeats.

use super::REGISTER_IMAGE;
use super::example::hvm;
use crate::model::{RequestMember, RequestPath};
use crate::rules::declare::subject;
use crate::types::{Architecture, BootMode, UefiData};

const DATA: RequestPath = RequestPath::Request(RequestMember::UefiData);

const SECURE_BOOT: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/uefi-secure-boot.html";

const BOOT_MODES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html";

const FORMAT: &str = "https://github.com/awslabs/python-uefivars/blob/main/pyuefivars/aws.py";

/// The most characters of base64 that EC2 takes.
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
        explanation: "The limit of the API's model counts characters of base64, so the store itself has 48,000 bytes.",
        source: REGISTER_IMAGE,
        message: "the UEFI data has {length} characters; EC2 takes at most 64,000",
        help: "take variables out of the store; 48,000 bytes fit",
        trigger: uefi!(times_ten!(times_ten!(times_ten!(times_ten!("AAAAAAA"))))),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data has 70000 characters; EC2 takes at most 64,000",
    }
    rule uefi_data_base64(position: usize) {
        id: "uefi-data-base64",
        level: Warning,
        evidence: Inferred,
        summary: "UEFI data is base64",
        explanation: "In the standard alphabet with padding and without line breaks. Whether EC2 overlooks blanks is not known.",
        source: SECURE_BOOT,
        message: "the UEFI data is not base64 of the standard alphabet with padding, up to character {position}",
        help: "encode the file with `base64 -w 0`, or `UefiData::from_bytes`",
        trigger: uefi!("QU1aTlVFRknH-2dIAAAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data is not base64 of the standard alphabet with padding, up to character 13",
    }
    rule uefi_data_magic() {
        id: "uefi-data-magic",
        level: Warning,
        evidence: ThirdParty,
        summary: "UEFI data is a variable store in AWS's format",
        explanation: "It starts with the bytes `AMZNUEFI`, a checksum and a version, so in base64 with `QU1aTlVFRk`. A file in \
                      the format of EDK2 or QEMU has to be converted; the tool of AWS's labs does that. The data of any other \
                      file was seen to be refused.",
        source: FORMAT,
        message: "the UEFI data does not start as AWS's format does, with `AMZNUEFI` and 8 bytes more",
        help: "convert the store with `uefivars -i edk2 -o aws`, or read it from an instance",
        trigger: uefi!("AAAAAAAAAADHS2dIAAAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data does not start as AWS's format does, with `AMZNUEFI` and 8 bytes more",
    }
    rule uefi_data_checksum() {
        id: "uefi-data-checksum",
        level: Warning,
        evidence: ThirdParty,
        summary: "the checksum of UEFI data is right",
        explanation: "After `AMZNUEFI` stands the CRC-32C of all that follows it. A wrong one means that the data was cut or \
                      changed on the way.",
        source: FORMAT,
        message: "the checksum of the UEFI data is wrong, so it was cut or changed",
        help: "make or fetch it once more",
        trigger: uefi!("QU1aTlVFRknGS2dIAAAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the checksum of the UEFI data is wrong, so it was cut or changed",
    }
    rule uefi_data_version(version: u32) {
        id: "uefi-data-version",
        level: Warning,
        evidence: ThirdParty,
        summary: "UEFI data is of version 0",
        explanation: "The tool of AWS's labs knows no other.",
        source: FORMAT,
        message: "the UEFI data is of version {version}; the one that is known is 0",
        help: "write the store with a tool that knows version 0, or allow this rule if AWS has a new one",
        trigger: uefi!("QU1aTlVFRkl/4SKVAQAAAA=="),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "the UEFI data is of version 1; the one that is known is 0",
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
        summary: "UEFI data goes with a boot mode that uses it",
        explanation: "A BIOS has no use for it. Without a boot mode, Intel and AMD instances boot by BIOS, Graviton by UEFI. \
                      What EC2 answers was not seen.",
        source: SECURE_BOOT,
        message: "UEFI data is given, and instances will boot by legacy BIOS, which does not use it",
        help: "write `\"BootMode\": \"uefi\"`, or leave the data out",
        trigger: hvm!(r#""UefiData": "QU1aTlVFRknHS2dIAAAAAA==","#),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "UEFI data is given, and instances will boot by legacy BIOS, which does not use it",
    }
    rule uefi_data_fallback() {
        id: "uefi-data-fallback",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "with `uefi-preferred`, UEFI data is lost where an instance boots by BIOS",
        explanation: "EC2 takes the pair, and whole distributions are published so. On instance types without UEFI there is no \
                      Secure Boot then.",
        source: BOOT_MODES,
        message: "UEFI data is given with boot mode `uefi-preferred`; instance types without UEFI start without it",
        help: "write `uefi` if Secure Boot must hold everywhere",
        trigger: hvm!(r#""BootMode": "uefi-preferred", "UefiData": "QU1aTlVFRknHS2dIAAAAAA==","#),
        near_miss: uefi!("QU1aTlVFRknHS2dIAAAAAA=="),
        says: "UEFI data is given with boot mode `uefi-preferred`; instance types without UEFI start without it",
    }
    check request(request, _findings) {
        // With a TPM, the boot mode has a weightier finding.
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

/// Decodes without a buffer; at a mistake, gives the position of the character.
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
