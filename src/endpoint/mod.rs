//! The URL to send a request to: [`Region`], [`Partition`] and [`Endpoint`]. Nothing is looked up.
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
//! The rules are those of the AWS SDKs, with one difference: a Region of no known partition is an error. An SDK assumes the
//! partition `aws` and fails later, with a host name that does not exist. See
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

/// The URL that requests are sent to, and the Region that they are signed for.
///
/// [`from_region`](Self::from_region) and [`builder`](Self::builder) check everything, so no other method can fail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    url: Url,
    uri: Uri,
    gateway_url: Url,
    gateway_uri: Uri,
    region: Option<Region>,
}

impl Endpoint {
    /// Returns the standard endpoint of a Region: HTTPS, neither FIPS nor dual-stack.
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
    /// If the text is not a Region, or the Region is of no known partition.
    pub fn from_region(region: impl Into<String>) -> Result<Self, EndpointError> {
        Self::builder().region(region).resolve()
    }

    /// Starts a builder, for FIPS, dual-stack, or your own URL.
    pub fn builder() -> EndpointBuilder {
        EndpointBuilder::default()
    }

    /// The URL: `http` or `https`, without user info, query or fragment.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Like [`url`](Self::url), in the type that an [`http::Request`] uses.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The URL of the [JSON gateway](crate::wire::gateway), with the fragment `Action=RegisterImage`, which clients do not
    /// send. For a Region it starts with `http`; your own URL keeps its scheme.
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

    /// Like [`gateway_url`](Self::gateway_url), without the fragment, in the type that an [`http::Request`] uses.
    #[must_use]
    pub fn gateway_uri(&self) -> &Uri {
        &self.gateway_uri
    }

    /// The value of the `host` header: the host, and the port if it is not the default of the scheme.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// The Region to sign for. Absent if only a URL was given.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }
}

/// Builds an [`Endpoint`].
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
    /// The Region. Required, unless a [`url`](Self::url) is set. With a URL, it is the Region that requests are signed for,
    /// and does not have to be one of AWS.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// A URL instead of AWS's own: an emulator, a proxy, a VPC endpoint. Default: the URL of the Region.
    ///
    /// It may have a path, to which requests are posted.
    #[doc(alias = "EndpointUrl")]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Whether to use the endpoint with cryptography validated for FIPS 140. Default: `false`.
    ///
    /// In `aws-us-gov`, the standard IPv4 endpoints are validated, so the host does not change.
    pub fn use_fips(mut self, use_fips: bool) -> Self {
        self.use_fips = use_fips;
        self
    }

    /// Whether to use the endpoint that has IPv6 addresses too. Default: `false`, which is IPv4 only.
    pub fn use_dual_stack(mut self, use_dual_stack: bool) -> Self {
        self.use_dual_stack = use_dual_stack;
        self
    }

    /// Returns the endpoint.
    ///
    /// # Errors
    /// If neither a Region nor a URL is set, if either is malformed, if the Region is of no known partition or of one
    /// without FIPS or dual-stack endpoints, or if a URL is combined with FIPS or dual-stack.
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
        // The parser would remove them silently.
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

/// The reason why an [`Endpoint`] cannot be built.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct EndpointError(#[from] Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("the Region is missing: pass one such as `us-east-1`, or a URL")]
    MissingRegion,
    #[error("the URL contains a space or a control character: remove it")]
    Blank,
    #[error(transparent)]
    Region(InvalidRegion),
    #[error(
        "Region `{0}` belongs to no partition that this version knows, so its host name is unknown: check the \
         spelling, or pass a URL"
    )]
    UnknownRegion(Region),
    #[error("partition `{0}` has no FIPS endpoints: disable FIPS, or choose a Region of another partition")]
    NoFips(&'static str),
    #[error("partition `{0}` has no dual-stack endpoints: disable dual-stack, or choose a Region of another partition")]
    NoDualStack(&'static str),
    #[error(
        "FIPS cannot be combined with a custom URL, because it selects a host of AWS: disable FIPS, and use a FIPS host \
         in the URL"
    )]
    FipsWithUrl,
    #[error(
        "dual-stack cannot be combined with a custom URL, because it selects a host of AWS: disable dual-stack, and use a \
         dual-stack host in the URL"
    )]
    DualStackWithUrl,
    #[error("the URL cannot be parsed ({0}): pass an absolute one such as `http://127.0.0.1:5000`")]
    NotAUrl(url::ParseError),
    #[error("the scheme of the URL is `{0}`, but EC2 supports only HTTP: start the URL with `https://` or `http://`")]
    Scheme(String),
    // These messages do not show the URL, because it may contain a password.
    #[error("the URL contains user info, but credentials belong in the signature: remove the part that ends in `@`")]
    UserInfo,
    #[error("the URL contains a query, but parameters belong in the body: remove the part that starts with `?`")]
    Query,
    #[error("the URL contains a fragment, which clients do not send: remove the part that starts with `#`")]
    Fragment,
    #[error("the URL cannot be used in an HTTP request ({0}): pass one with a plain host, at most 65,534 bytes")]
    NotAUri(http::uri::InvalidUri),
}
