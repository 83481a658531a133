//! The location of a launch, as far as it matters to encryption.

use alloc::string::String;
use core::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::endpoint::region_of_zone;
use crate::text::escaped;
use crate::types::AvailabilityZone;

/// The location of a launch. EBS encrypts every new volume in some of them.
///
/// As text and JSON: `region`, `outpost`, `wavelength-zone`, or the name of the Local Zone. `FromStr` also reads the name
/// of any other zone.
///
/// ```
/// use ec2_register_image::encryption::LaunchLocation;
///
/// assert_eq!(LaunchLocation::from_zone("us-west-2b"), Some(LaunchLocation::Region));
/// let zone = LaunchLocation::from_zone("us-west-2-den-1a").unwrap();
/// assert_eq!(zone, LaunchLocation::LocalZone("us-west-2-den-1a".into()));
/// assert!(zone.encrypts_always());
/// assert!(!LaunchLocation::LocalZone("us-west-2-lax-1a".into()).encrypts_always());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LaunchLocation {
    /// An Availability Zone of the Region.
    #[default]
    Region,
    /// An AWS Outpost.
    Outpost,
    /// A Wavelength Zone.
    WavelengthZone,
    /// The Local Zone with this name.
    LocalZone(AvailabilityZone),
}

/// The Local Zones in which EBS encrypts every volume. In the others it follows the account, as in the Region.
const ENCRYPTING_LOCAL_ZONES: [&str; 41] = [
    "af-south-1-los-1a",
    "ap-northeast-1-tpe-1a",
    "ap-south-1-ccu-1a",
    "ap-south-1-ccu-2a",
    "ap-south-1-del-1a",
    "ap-south-1-del-2a",
    "ap-southeast-1-bkk-1a",
    "ap-southeast-1-han-1a",
    "ap-southeast-1-mnl-1a",
    "ap-southeast-2-akl-1a",
    "ap-southeast-2-per-1a",
    "eu-central-1-ath-1a",
    "eu-central-1-ham-1a",
    "eu-central-1-ist-1a",
    "eu-central-1-waw-1a",
    "eu-north-1-cph-1a",
    "eu-north-1-hel-1a",
    "me-south-1-mct-1a",
    "us-east-1-atl-1a",
    "us-east-1-bos-1a",
    "us-east-1-bue-1a",
    "us-east-1-chi-1a",
    "us-east-1-dfw-1a",
    "us-east-1-iah-1a",
    "us-east-1-lim-1a",
    "us-east-1-mci-1a",
    "us-east-1-mia-1a",
    "us-east-1-msp-1a",
    "us-east-1-nyc-1a",
    "us-east-1-phl-1a",
    "us-east-1-qro-1a",
    "us-east-1-scl-1a",
    "us-east-2-mci-1a",
    "us-east-2-mci-1b",
    "us-west-2-den-1a",
    "us-west-2-hnl-1a",
    "us-west-2-las-1a",
    "us-west-2-las-1b",
    "us-west-2-pdx-1a",
    "us-west-2-phx-1a",
    "us-west-2-sea-1a",
];

impl LaunchLocation {
    /// The location of a zone, judged by its name. Returns `None` if the text is not the name of a zone.
    #[must_use]
    pub fn from_zone(zone: impl Into<AvailabilityZone>) -> Option<Self> {
        let zone = zone.into();
        let in_region = zone.as_str().strip_prefix(region_of_zone(zone.as_str())?)?;
        Some(match in_region.strip_prefix('-') {
            None => Self::Region,
            Some(name) if name.contains("-wlz-") => Self::WavelengthZone,
            Some(_) => Self::LocalZone(zone),
        })
    }

    /// Whether EBS encrypts every volume there, whatever the account and the launch state.
    #[must_use]
    pub fn encrypts_always(&self) -> bool {
        match self {
            Self::Region => false,
            Self::Outpost | Self::WavelengthZone => true,
            Self::LocalZone(zone) => ENCRYPTING_LOCAL_ZONES.contains(&zone.as_str()),
        }
    }
}

/// A text is not a launch location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLaunchLocation(String);

impl fmt::Display for UnknownLaunchLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = escaped(&self.0, 64);
        write!(
            f,
            "`{text}` is not a launch location; valid values: region, outpost, wavelength-zone, or the name of a zone such \
             as us-west-2-lax-1a"
        )
    }
}

impl core::error::Error for UnknownLaunchLocation {}

impl FromStr for LaunchLocation {
    type Err = UnknownLaunchLocation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "region" => Ok(Self::Region),
            "outpost" => Ok(Self::Outpost),
            "wavelength-zone" => Ok(Self::WavelengthZone),
            zone => Self::from_zone(zone).ok_or_else(|| UnknownLaunchLocation(zone.into())),
        }
    }
}

impl fmt::Display for LaunchLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Region => "region",
            Self::Outpost => "outpost",
            Self::WavelengthZone => "wavelength-zone",
            Self::LocalZone(zone) => zone.as_str(),
        })
    }
}

impl Serialize for LaunchLocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
