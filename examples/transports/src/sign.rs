//! Signature Version 4, by AWS's own signer. To copy: this file, `aws-sigv4`, `aws-credential-types` and `http`.

use std::{env, error::Error, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{self, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use ec2_register_image::{Region, wire::Body};
use http::Request;

/// Who signs, and for which Region.
pub struct Signer {
    credentials: Credentials,
    region: String,
}

impl Signer {
    /// A signer with the credentials of the environment.
    ///
    /// Where they come from a profile, an instance or a role, `aws-config` finds and renews them.
    pub fn of_environment(region: Option<&Region>) -> Result<Self, String> {
        let region = region.ok_or("no region to sign for: pass --region beside --endpoint-url")?;
        let secret = |name| variable(name).ok_or_else(|| format!("no credentials: {name} is not set"));
        let [id, key] = [secret("AWS_ACCESS_KEY_ID")?, secret("AWS_SECRET_ACCESS_KEY")?];
        let credentials = Credentials::new(id, key, variable("AWS_SESSION_TOKEN"), None, "environment");
        Ok(Self { credentials, region: region.as_str().to_owned() })
    }

    /// Signs a request, each attempt anew: EC2 takes no signature that is older than a few minutes.
    pub fn sign(&self, mut request: Request<Body>) -> Result<Request<Body>, Box<dyn Error + Send + Sync>> {
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("ec2")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signable = SignableRequest::new(
            request.method().as_str(),
            request.uri().to_string(),
            request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))),
            SignableBody::Bytes(request.body().as_ref()),
        )?;
        let (instructions, _) = http_request::sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// A variable of the environment that says something.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
