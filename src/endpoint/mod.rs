//! Where a request goes: [`Region`], [`Partition`] and [`Endpoint`], as values that nothing is looked up for.
//!
//! ```
//! use ec2_register_image::endpoint::Endpoint;
//!
//! let endpoint = Endpoint::from_region("eu-central-1")?;
//! assert_eq!(endpoint.url().as_str(), "https://ec2.eu-central-1.amazonaws.com/");
//!
//! let emulator = Endpoint::builder().url("http://127.0.0.1:5000").region("us-east-1").resolve()?;
//! assert_eq!(emulator.host(), "127.0.0.1:5000");
//! # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
//! ```
//!
//! The rules are those of the AWS SDKs, with one difference: a region of no known partition is an error here, where an
//! SDK takes it for one of `aws` and fails later, with a host name that does not exist. See
//! [Amazon EC2 service endpoints](https://docs.aws.amazon.com/ec2/latest/devguide/ec2-endpoints.html).

use alloc::{format, string::String};
use core::str::FromStr;

use http::Uri;
use url::{Position, Url};

mod partition;
mod region;

pub use partition::Partition;
pub(crate) use region::region_of_zone;
pub use region::{InvalidRegion, Region};

/// The URL that requests are sent to, and the region that they are signed for.
///
/// Made by [`from_region`](Self::from_region) or a [`builder`](Self::builder), which check everything, so that nothing here
/// can fail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    url: Url,
    uri: Uri,
    gateway_url: Url,
    gateway_uri: Uri,
    region: Option<Region>,
}

impl Endpoint {
    /// The usual endpoint of a region: HTTPS, neither FIPS nor dual-stack.
    ///
    /// ```
    /// use ec2_register_image::endpoint::Endpoint;
    ///
    /// assert_eq!(Endpoint::from_region("cn-north-1")?.host(), "ec2.cn-north-1.amazonaws.com.cn");
    ///
    /// let error = Endpoint::from_region("us-east-1a").unwrap_err();
    /// assert!(error.to_string().ends_with("pass `us-east-1`"));
    /// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
    /// ```
    ///
    /// # Errors
    /// Where the text is no region, or one of no known partition.
    pub fn from_region(region: impl Into<String>) -> Result<Self, EndpointError> {
        Self::builder().region(region).resolve()
    }

    /// Starts a choice of FIPS, dual-stack, or a URL of your own.
    pub fn builder() -> EndpointBuilder {
        EndpointBuilder::default()
    }

    /// The URL: `http` or `https`, with neither user info nor query nor fragment.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The same as [`url`](Self::url), in the type that an [`http::Request`] takes.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The URL of the [JSON gateway](crate::wire::gateway): of plain `http` for a region, as it is for a URL of your own,
    /// and with the fragment `Action=RegisterImage`, which no client sends.
    ///
    /// ```
    /// use ec2_register_image::endpoint::Endpoint;
    ///
    /// let endpoint = Endpoint::from_region("eu-central-1")?;
    /// assert_eq!(endpoint.gateway_url().as_str(), "http://ec2.eu-central-1.amazonaws.com/#Action=RegisterImage");
    /// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
    /// ```
    #[must_use]
    pub fn gateway_url(&self) -> &Url {
        &self.gateway_url
    }

    /// The same as [`gateway_url`](Self::gateway_url), without the fragment, in the type that an [`http::Request`] takes.
    #[must_use]
    pub fn gateway_uri(&self) -> &Uri {
        &self.gateway_uri
    }

    /// The value of the `host` header: the host, and the port where it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// The region to sign for; absent where only a URL was given.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }
}

/// Chooses an [`Endpoint`].
///
/// ```
/// use ec2_register_image::endpoint::Endpoint;
///
/// let endpoint = Endpoint::builder().region("us-east-1").use_fips(true).use_dual_stack(true).resolve()?;
/// assert_eq!(endpoint.host(), "ec2-fips.us-east-1.api.aws");
/// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct EndpointBuilder {
    region: Option<String>,
    url: Option<String>,
    use_fips: bool,
    use_dual_stack: bool,
}

impl EndpointBuilder {
    /// The region. Required, unless there is a [`url`](Self::url); beside one it is what requests are signed for, and
    /// need not be a region of AWS.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// A URL instead of AWS's own: an emulator, a proxy, a VPC endpoint. Default: the region's.
    ///
    /// It may have a path, which requests are posted to.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Whether to use the endpoint with cryptography validated for FIPS 140. Default: `false`.
    ///
    /// The IPv4 endpoints of `aws-us-gov` are validated under their usual name, so there the host stays the same.
    pub fn use_fips(mut self, use_fips: bool) -> Self {
        self.use_fips = use_fips;
        self
    }

    /// Whether to use the endpoint that has IPv6 addresses too. Default: `false`, IPv4 alone.
    pub fn use_dual_stack(mut self, use_dual_stack: bool) -> Self {
        self.use_dual_stack = use_dual_stack;
        self
    }

    /// Settles the choice.
    ///
    /// # Errors
    /// Where neither region nor URL is given, where either is malformed, where the region is of no known partition or of
    /// one without FIPS or dual-stack endpoints, and where a URL is given beside FIPS or dual-stack.
    pub fn resolve(self) -> Result<Endpoint, EndpointError> {
        let region = self.region.as_deref().map(Region::from_str).transpose().map_err(Kind::Region)?;
        let (url, mut gateway_url) = match (&self.url, &region) {
            (Some(url), _) => {
                let url = self.custom_url(url)?;
                (url.clone(), url)
            }
            (None, Some(region)) => {
                let partition = region.partition().ok_or_else(|| Kind::UnknownRegion(region.clone()))?;
                let host = self.regional_host(region, partition)?;
                let url = |scheme| Url::parse(&format!("{scheme}://{host}")).map_err(Kind::NotAUrl);
                (url("https")?, url("http")?)
            }
            (None, None) => return Err(Kind::MissingRegion.into()),
        };
        gateway_url.set_fragment(Some("Action=RegisterImage"));
        let uri = url.as_str().parse().map_err(Kind::NotAUri)?;
        let gateway_uri = gateway_url.as_str().parse().map_err(Kind::NotAUri)?;
        Ok(Endpoint { url, uri, gateway_url, gateway_uri, region })
    }

    fn custom_url(&self, url: &str) -> Result<Url, Kind> {
        if self.use_fips {
            return Err(Kind::FipsWithUrl);
        }
        if self.use_dual_stack {
            return Err(Kind::DualStackWithUrl);
        }
        // The parser would take them out in silence.
        if url.contains(|character: char| character.is_control() || character == ' ') {
            return Err(Kind::Blank);
        }
        let url = Url::parse(url).map_err(Kind::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Kind::Scheme(url.scheme().into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Kind::UserInfo);
        }
        if url.query().is_some() {
            return Err(Kind::Query);
        }
        if url.fragment().is_some() {
            return Err(Kind::Fragment);
        }
        Ok(url)
    }

    fn regional_host(&self, region: &Region, partition: &Partition) -> Result<String, Kind> {
        if self.use_fips && !partition.supports_fips() {
            return Err(Kind::NoFips(partition.id()));
        }
        if self.use_dual_stack && !partition.supports_dual_stack() {
            return Err(Kind::NoDualStack(partition.id()));
        }
        let fips_by_usual_name = partition.id() == "aws-us-gov" && !self.use_dual_stack;
        let service = if self.use_fips && !fips_by_usual_name { "ec2-fips" } else { "ec2" };
        let suffix = if self.use_dual_stack { partition.dual_stack_dns_suffix() } else { partition.dns_suffix() };
        Ok(format!("{service}.{region}.{suffix}"))
    }
}

/// Why there is no [`Endpoint`].
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct EndpointError(#[from] Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("no region is given, and it makes the name of the host: pass one such as `us-east-1`, or a whole URL")]
    MissingRegion,
    #[error("the URL holds a blank or a control character, which no URL has: pass it without")]
    Blank,
    #[error(transparent)]
    Region(InvalidRegion),
    #[error(
        "region `{0}` fits no partition that this version knows, so the DNS suffix of its host is not known: \
         check its spelling, or pass a whole URL"
    )]
    UnknownRegion(Region),
    #[error("partition `{0}` has no FIPS endpoints: leave FIPS off, or choose a region of another partition")]
    NoFips(&'static str),
    #[error(
        "partition `{0}` has no dual-stack endpoints: leave dual-stack off, or choose a region of another partition"
    )]
    NoDualStack(&'static str),
    #[error(
        "FIPS is asked for beside a custom URL, but it only chooses among the hosts of AWS: \
         leave FIPS off, and name a FIPS host in the URL where there is one"
    )]
    FipsWithUrl,
    #[error(
        "dual-stack is asked for beside a custom URL, but it only chooses among the hosts of AWS: \
         leave dual-stack off, and name a dual-stack host in the URL where there is one"
    )]
    DualStackWithUrl,
    #[error("the URL cannot be read, {0}: pass an absolute one such as `http://127.0.0.1:5000`")]
    NotAUrl(url::ParseError),
    #[error("the scheme of the URL is `{0}`, but EC2 speaks HTTP alone: start the URL with `https://` or `http://`")]
    Scheme(String),
    // The URL itself stays out of these messages: what it should not have may be a password.
    #[error("the URL has user info, but credentials go into a request's signature: leave out what ends in `@`")]
    UserInfo,
    #[error("the URL has a query, but parameters go into a request's body: leave out what starts with `?`")]
    Query,
    #[error("the URL has a fragment, which no client ever sends: leave out what starts with `#`")]
    Fragment,
    #[error("the URL does not fit into an HTTP request, {0}: pass one with a plain host, at most 65,534 bytes")]
    NotAUri(http::uri::InvalidUri),
}
