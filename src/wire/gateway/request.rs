//! The gateway's request: the AWS CLI's JSON.

use http::{HeaderValue, Method, Request, StatusCode, header};

use super::{BODY_LIMIT, CONTENT_TYPE, to_json};
use crate::endpoint::Endpoint;
use crate::model::RegisterImageRequest;
use crate::rules::ValidRequest;
use crate::wire::Body;

/// The reason why a request is not one for the gateway.
///
/// ```
/// use ec2_register_image::wire::gateway;
///
/// let request = http::Request::post("/").header("content-type", "application/json").body("{\n  \"Nmae\": \"web\"}")?;
/// let error = gateway::decode_request(&request).unwrap_err();
/// assert_eq!((error.line(), error.column()), (Some(2), Some(8)));
/// assert_eq!(error.status(), http::StatusCode::BAD_REQUEST);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct InvalidGatewayRequest(#[from] Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("the method is `{0}`, and only a POST has the body that describes the image")]
    Method(Method),
    #[error("the content type is not `application/json`, the only thing that tells a request for the gateway")]
    ContentType,
    #[error("the body has {0} bytes, more than the {BODY_LIMIT} that any request for an image needs")]
    TooLong(usize),
    #[error("the body is not the AWS CLI's JSON of a RegisterImage request: {0}")]
    Json(serde_json::Error),
}

impl InvalidGatewayRequest {
    /// The line of the mistake in the JSON, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match &self.0 {
            Kind::Json(error) => Some(error.line()),
            Kind::Method(_) | Kind::ContentType | Kind::TooLong(_) => None,
        }
    }

    /// The column in that line, in bytes from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        match &self.0 {
            Kind::Json(error) => Some(error.column()),
            Kind::Method(_) | Kind::ContentType | Kind::TooLong(_) => None,
        }
    }

    /// The HTTP status that a server answers with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match &self.0 {
            Kind::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Kind::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::Json(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Decodes a request as a server receives it.
///
/// It must be a `POST` with the content type `application/json`, with or without parameters. The URL is ignored, because
/// the action in its fragment never arrives. The body is the AWS CLI's JSON, read as strictly as described for
/// [`RegisterImageRequest`].
///
/// ```
/// use ec2_register_image::wire::gateway;
///
/// let request = http::Request::post("/").header("content-type", "application/json").body(r#"{"Name": "web"}"#)?;
/// let request = gateway::decode_request(&request)?;
/// assert_eq!(request.name.unwrap(), "web");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the method or the content type is another one, if the body is longer than [`BODY_LIMIT`], or if it is not the JSON
/// of a request. The error then has the line and the column.
pub fn decode_request<B: AsRef<[u8]>>(request: &Request<B>) -> Result<RegisterImageRequest, InvalidGatewayRequest> {
    if request.method() != Method::POST {
        return Err(Kind::Method(request.method().clone()).into());
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case(CONTENT_TYPE) {
        return Err(Kind::ContentType.into());
    }
    let body = request.body().as_ref();
    if body.len() > BODY_LIMIT {
        return Err(Kind::TooLong(body.len()).into());
    }
    serde_json::from_slice(body).map_err(|error| Kind::Json(error).into())
}

/// Encodes the HTTP request to send. The transport adds `host` and `content-length`.
///
/// ```
/// use ec2_register_image::{Endpoint, RegisterImageRequest, wire::gateway};
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
/// let http = gateway::encode_request(&request.validate()?, &Endpoint::from_region("eu-west-1")?);
/// assert_eq!(http.uri(), "http://ec2.eu-west-1.amazonaws.com/");
/// assert_eq!(http.headers()["accept"], "application/json");
/// assert_eq!(http.body().as_str(), r#"{"Name":"web"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn encode_request(request: &ValidRequest, endpoint: &Endpoint) -> Request<Body> {
    let json = HeaderValue::from_static(CONTENT_TYPE);
    let mut http = Request::new(encode_body_unchecked(request.request()));
    *http.method_mut() = Method::POST;
    *http.uri_mut() = endpoint.gateway_uri().clone();
    http.headers_mut().insert(header::ACCEPT, json.clone());
    http.headers_mut().insert(header::CONTENT_TYPE, json);
    http
}

/// Encodes the body of any request, for tests and emulators, which need what EC2 would reject.
#[must_use]
pub fn encode_body_unchecked(request: &RegisterImageRequest) -> Body {
    to_json(request)
}
