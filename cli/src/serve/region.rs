//! The Region that a request is for.

use http::{Request, header};

use super::xml::Form;

/// The Region of the credential scope, or of the host name.
///
/// The scope is in the header `Authorization`, or in the parameter `X-Amz-Credential` of a presigned URL. The host is
/// `ec2.REGION.…`, as AWS's endpoints are. A request with neither is for the default Region.
pub fn region_of(request: &Request<Vec<u8>>, form: &Form) -> Option<String> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let signed = text(header::AUTHORIZATION).and_then(|value| value.split_once("Credential=").map(|(_, scope)| scope));
    let scope = signed.or_else(|| form.list("X-Amz-Credential").first().copied());
    let of_scope = scope.and_then(|scope| {
        let mut parts = scope.split(',').next()?.trim().rsplit('/');
        // From its end: `KEY/DATE/REGION/ec2/aws4_request`.
        (parts.next()? == "aws4_request").then(|| parts.nth(1))?
    });
    let of_host = || {
        let mut labels = text(header::HOST)?.split('.');
        labels.next().filter(|service| matches!(*service, "ec2" | "ec2-fips"))?;
        let region = labels.next()?;
        // The general host `ec2.amazonaws.com` is that of us-east-1, and other names are not AWS's.
        (region != "amazonaws" && region.contains('-')).then_some(region)
    };
    of_scope.filter(|region| !region.is_empty()).or_else(of_host).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(name: &str, value: &str, region: Option<&str>) {
        let request = Request::post("/").header(name, value).body(vec![]).unwrap_or_default();
        assert_eq!(region_of(&request, &Form::of(&request)).as_deref(), region, "{value}");
    }

    #[test]
    fn the_credential_scope_and_the_host_name_a_region() {
        let sigv4 = |scope: &str| format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0a");
        is("authorization", &sigv4("AKID/20261125/eu-west-1/ec2/aws4_request"), Some("eu-west-1"));
        is("authorization", &sigv4("a/b/20261125/cn-north-1/ec2/aws4_request"), Some("cn-north-1"));
        is("authorization", &sigv4("AKID/20261125/ec2/aws4_request"), Some("20261125"));
        is("authorization", &sigv4("AKID"), None);
        is("authorization", "Bearer token", None);
        is("host", "ec2.eu-central-1.amazonaws.com", Some("eu-central-1"));
        is("host", "ec2-fips.us-east-2.amazonaws.com:443", Some("us-east-2"));
        is("host", "ec2.us-gov-west-1.api.aws", Some("us-gov-west-1"));
        is("host", "ec2.amazonaws.com", None);
        is("host", "127.0.0.1:8000", None);
        is("host", "localhost", None);
    }

    #[test]
    fn a_presigned_url_has_a_credential_scope() {
        let uri = "/?X-Amz-Credential=AKID%2F20261125%2Fap-southeast-2%2Fec2%2Faws4_request";
        let request = Request::get(uri).header("host", "ec2.eu-west-1.amazonaws.com").body(vec![]).unwrap_or_default();
        assert_eq!(region_of(&request, &Form::of(&request)).as_deref(), Some("ap-southeast-2"));
    }
}
