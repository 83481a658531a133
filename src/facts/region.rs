//! Facts and the endpoint that they are used with.

use super::Facts;
use crate::endpoint::{Endpoint, Region};

/// Facts of one Region, used with an endpoint of another.
///
/// Snapshots, images, encryption by default and the default key differ by Region.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("the facts are of the Region {facts}, but the endpoint is of {endpoint}; gather the facts in {endpoint}")]
pub struct OtherRegion {
    /// The Region of the facts.
    pub facts: Region,
    /// The Region of the endpoint.
    pub endpoint: Region,
}

impl Facts {
    /// Checks that requests to this endpoint go to the Region of the facts.
    ///
    /// It succeeds if either Region is unknown.
    ///
    /// ```
    /// use ec2_register_image::{Endpoint, Facts, Region};
    ///
    /// let mut facts = Facts::new();
    /// facts.set_region(Region::new("us-east-1")?);
    /// assert!(facts.check_region(&Endpoint::from_region("us-east-1")?).is_ok());
    /// let error = facts.check_region(&Endpoint::from_region("eu-central-1")?).unwrap_err();
    /// assert_eq!((error.facts.as_str(), error.endpoint.as_str()), ("us-east-1", "eu-central-1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If both Regions are known and differ.
    pub fn check_region(&self, endpoint: &Endpoint) -> Result<(), OtherRegion> {
        match (self.region(), endpoint.region()) {
            (Some(facts), Some(endpoint)) if endpoint != facts => {
                Err(OtherRegion { facts: facts.clone(), endpoint: endpoint.clone() })
            }
            _ => Ok(()),
        }
    }
}
