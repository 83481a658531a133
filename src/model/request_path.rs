//! A location in a request.

use core::fmt;

use crate::model::{BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember, TagMember, TagSpecificationMember};

/// A location in a request. The order is that of the API model's members, then of the index.
///
/// `Display` writes it as in the AWS CLI's JSON. [`wire`](Self::wire) writes it as in the query protocol. Indices in the
/// variants count from 0.
///
/// ```
/// use ec2_register_image::model::{EbsBlockDeviceMember, RequestPath};
///
/// let path = RequestPath::Ebs(0, EbsBlockDeviceMember::Encrypted);
/// assert_eq!(path.to_string(), "BlockDeviceMappings[0].Ebs.Encrypted");
/// assert_eq!(path.wire().to_string(), "BlockDeviceMapping.1.Ebs.Encrypted");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestPath {
    /// A member of the request, `Name`.
    Request(RequestMember),
    /// A billing product, `BillingProducts[0]`.
    BillingProduct(usize),
    /// A tag specification, `TagSpecifications[0]`.
    TagSpecification(usize),
    /// A member of a tag specification, `TagSpecifications[0].ResourceType`.
    TagSpecificationMember(usize, TagSpecificationMember),
    /// A tag, `TagSpecifications[0].Tags[1]`.
    Tag(usize, usize),
    /// A member of a tag, `TagSpecifications[0].Tags[1].Key`.
    TagMember(usize, usize, TagMember),
    /// A mapping, `BlockDeviceMappings[0]`.
    Mapping(usize),
    /// A member of a mapping, `BlockDeviceMappings[0].DeviceName`.
    MappingMember(usize, BlockDeviceMappingMember),
    /// A member of the EBS volume of a mapping, `BlockDeviceMappings[0].Ebs.Iops`.
    Ebs(usize, EbsBlockDeviceMember),
}

/// One step of a [`RequestPath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathStep {
    /// A member.
    Member {
        /// Its name in the AWS CLI's JSON.
        name: &'static str,
        /// Its name in the query protocol.
        wire_name: &'static str,
    },
    /// An item of a list, counted from 0.
    Index(usize),
}

impl RequestPath {
    /// Returns the steps from the request to this location.
    ///
    /// ```
    /// use ec2_register_image::model::{PathStep, RequestPath};
    ///
    /// let into = RequestPath::BillingProduct(2).steps().last();
    /// assert_eq!(into, Some(PathStep::Index(2)));
    /// ```
    pub fn steps(self) -> impl Iterator<Item = PathStep> {
        use BlockDeviceMappingMember as Mapping;
        use RequestMember as Request;
        use TagSpecificationMember as Specification;

        macro_rules! member {
            ($member:expr) => {
                Some(PathStep::Member { name: $member.name(), wire_name: $member.wire_name() })
            };
        }
        let index = |index| Some(PathStep::Index(index));
        let mappings = member!(Request::BlockDeviceMappings);
        let specifications = member!(Request::TagSpecifications);
        let tags = member!(Specification::Tags);
        match self {
            Self::Request(member) => [member!(member), None, None, None, None],
            Self::BillingProduct(at) => [member!(Request::BillingProducts), index(at), None, None, None],
            Self::TagSpecification(at) => [specifications, index(at), None, None, None],
            Self::TagSpecificationMember(at, member) => [specifications, index(at), member!(member), None, None],
            Self::Tag(at, tag) => [specifications, index(at), tags, index(tag), None],
            Self::TagMember(at, tag, member) => [specifications, index(at), tags, index(tag), member!(member)],
            Self::Mapping(at) => [mappings, index(at), None, None, None],
            Self::MappingMember(at, member) => [mappings, index(at), member!(member), None, None],
            Self::Ebs(at, member) => [mappings, index(at), member!(Mapping::Ebs), member!(member), None],
        }
        .into_iter()
        .flatten()
    }

    /// Returns the location as in the query protocol, in which lists are in the singular and count from 1.
    #[must_use]
    pub fn wire(self) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            for (position, step) in self.steps().enumerate() {
                let dot = if position == 0 { "" } else { "." };
                match step {
                    PathStep::Member { wire_name, .. } => write!(f, "{dot}{wire_name}")?,
                    PathStep::Index(index) => write!(f, "{dot}{}", index + 1)?,
                }
            }
            Ok(())
        })
    }

    /// The key that orders paths: the member of the request, then for each level 0 for the whole, or the index or rank.
    fn rank(self) -> (RequestMember, [usize; 4]) {
        use RequestMember::{BillingProducts, BlockDeviceMappings, TagSpecifications};
        let tags = TagSpecificationMember::Tags as usize + 1;
        let ebs = BlockDeviceMappingMember::Ebs as usize + 1;
        match self {
            Self::Request(member) => (member, [0; 4]),
            Self::BillingProduct(at) => (BillingProducts, [at + 1, 0, 0, 0]),
            Self::TagSpecification(at) => (TagSpecifications, [at + 1, 0, 0, 0]),
            Self::TagSpecificationMember(at, member) => (TagSpecifications, [at + 1, member as usize + 1, 0, 0]),
            Self::Tag(at, tag) => (TagSpecifications, [at + 1, tags, tag + 1, 0]),
            Self::TagMember(at, tag, member) => (TagSpecifications, [at + 1, tags, tag + 1, member as usize + 1]),
            Self::Mapping(at) => (BlockDeviceMappings, [at + 1, 0, 0, 0]),
            Self::MappingMember(at, member) => (BlockDeviceMappings, [at + 1, member as usize + 1, 0, 0]),
            Self::Ebs(at, member) => (BlockDeviceMappings, [at + 1, ebs, member as usize + 1, 0]),
        }
    }
}

impl Ord for RequestPath {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for RequestPath {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for RequestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps().enumerate() {
            match step {
                PathStep::Member { name, .. } if position == 0 => f.write_str(name)?,
                PathStep::Member { name, .. } => write!(f, ".{name}")?,
                PathStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
