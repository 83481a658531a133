//! Regions, partitions and the URLs that they make.
#![allow(clippy::unwrap_used, reason = "clippy does not see that helpers are tests too")]

use ec2_register_image::endpoint::{Endpoint, EndpointBuilder, EndpointError, InvalidRegion, Partition, Region};
use proptest::prelude::*;
use serde::Deserialize;

const PARTITIONS: &str = include_str!("../fixtures/partitions.json");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartitionFixture {
    id: String,
    dns_suffix: String,
    dual_stack_dns_suffix: String,
    #[serde(rename = "supportsFIPS")]
    supports_fips: bool,
    supports_dual_stack: bool,
    regions: Vec<String>,
}

fn partition_fixtures() -> Vec<PartitionFixture> {
    serde_json::from_str(PARTITIONS).unwrap()
}

fn regional(region: &str, fips: bool, dual_stack: bool) -> EndpointBuilder {
    Endpoint::builder().region(region).use_fips(fips).use_dual_stack(dual_stack)
}

#[track_caller]
fn assert_host(region: &str, fips: bool, dual_stack: bool, host: &str) {
    let endpoint = regional(region, fips, dual_stack).resolve().unwrap();
    assert_eq!(endpoint.url().as_str(), format!("https://{host}/"));
    assert_eq!(endpoint.uri(), format!("https://{host}/").as_str());
    assert_eq!(endpoint.host(), host);
    assert_eq!(endpoint.region().map(Region::as_str), Some(region));
}

#[track_caller]
fn assert_error(builder: EndpointBuilder, message: &str) {
    assert_eq!(builder.resolve().unwrap_err().to_string(), message);
}

/// The endpoint tests of the API's model that resolve by region, in their order.
#[test]
fn resolves_as_the_official_resolver() {
    const PLAIN: (bool, bool) = (false, false);
    const DUAL_STACK: (bool, bool) = (false, true);
    const FIPS: (bool, bool) = (true, false);
    const BOTH: (bool, bool) = (true, true);
    let rows = [
        ("af-south-1", PLAIN, "ec2.af-south-1.amazonaws.com"),
        ("ap-east-1", PLAIN, "ec2.ap-east-1.amazonaws.com"),
        ("ap-northeast-1", PLAIN, "ec2.ap-northeast-1.amazonaws.com"),
        ("ap-northeast-2", PLAIN, "ec2.ap-northeast-2.amazonaws.com"),
        ("ap-northeast-3", PLAIN, "ec2.ap-northeast-3.amazonaws.com"),
        ("ap-south-1", PLAIN, "ec2.ap-south-1.amazonaws.com"),
        ("ap-south-1", DUAL_STACK, "ec2.ap-south-1.api.aws"),
        ("ap-southeast-1", PLAIN, "ec2.ap-southeast-1.amazonaws.com"),
        ("ap-southeast-2", PLAIN, "ec2.ap-southeast-2.amazonaws.com"),
        ("ap-southeast-3", PLAIN, "ec2.ap-southeast-3.amazonaws.com"),
        ("ca-central-1", PLAIN, "ec2.ca-central-1.amazonaws.com"),
        ("ca-central-1", FIPS, "ec2-fips.ca-central-1.amazonaws.com"),
        ("eu-central-1", PLAIN, "ec2.eu-central-1.amazonaws.com"),
        ("eu-north-1", PLAIN, "ec2.eu-north-1.amazonaws.com"),
        ("eu-south-1", PLAIN, "ec2.eu-south-1.amazonaws.com"),
        ("eu-west-1", PLAIN, "ec2.eu-west-1.amazonaws.com"),
        ("eu-west-1", DUAL_STACK, "ec2.eu-west-1.api.aws"),
        ("eu-west-2", PLAIN, "ec2.eu-west-2.amazonaws.com"),
        ("eu-west-3", PLAIN, "ec2.eu-west-3.amazonaws.com"),
        ("me-south-1", PLAIN, "ec2.me-south-1.amazonaws.com"),
        ("sa-east-1", PLAIN, "ec2.sa-east-1.amazonaws.com"),
        ("sa-east-1", DUAL_STACK, "ec2.sa-east-1.api.aws"),
        ("us-east-1", PLAIN, "ec2.us-east-1.amazonaws.com"),
        ("us-east-1", FIPS, "ec2-fips.us-east-1.amazonaws.com"),
        ("us-east-1", DUAL_STACK, "ec2.us-east-1.api.aws"),
        ("us-east-2", PLAIN, "ec2.us-east-2.amazonaws.com"),
        ("us-east-2", FIPS, "ec2-fips.us-east-2.amazonaws.com"),
        ("us-east-2", DUAL_STACK, "ec2.us-east-2.api.aws"),
        ("us-west-1", PLAIN, "ec2.us-west-1.amazonaws.com"),
        ("us-west-1", FIPS, "ec2-fips.us-west-1.amazonaws.com"),
        ("us-west-2", PLAIN, "ec2.us-west-2.amazonaws.com"),
        ("us-west-2", FIPS, "ec2-fips.us-west-2.amazonaws.com"),
        ("us-west-2", DUAL_STACK, "ec2.us-west-2.api.aws"),
        ("us-east-1", BOTH, "ec2-fips.us-east-1.api.aws"),
        ("cn-north-1", PLAIN, "ec2.cn-north-1.amazonaws.com.cn"),
        ("cn-northwest-1", PLAIN, "ec2.cn-northwest-1.amazonaws.com.cn"),
        ("cn-north-1", BOTH, "ec2-fips.cn-north-1.api.amazonwebservices.com.cn"),
        ("cn-north-1", FIPS, "ec2-fips.cn-north-1.amazonaws.com.cn"),
        ("cn-north-1", DUAL_STACK, "ec2.cn-north-1.api.amazonwebservices.com.cn"),
        ("us-gov-east-1", PLAIN, "ec2.us-gov-east-1.amazonaws.com"),
        ("us-gov-west-1", PLAIN, "ec2.us-gov-west-1.amazonaws.com"),
        ("us-gov-east-1", BOTH, "ec2-fips.us-gov-east-1.api.aws"),
        ("us-gov-east-1", FIPS, "ec2.us-gov-east-1.amazonaws.com"),
        ("us-gov-east-1", DUAL_STACK, "ec2.us-gov-east-1.api.aws"),
        ("us-iso-east-1", PLAIN, "ec2.us-iso-east-1.c2s.ic.gov"),
        ("us-iso-west-1", PLAIN, "ec2.us-iso-west-1.c2s.ic.gov"),
        ("us-iso-east-1", FIPS, "ec2-fips.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", PLAIN, "ec2.us-isob-east-1.sc2s.sgov.gov"),
        ("us-isob-east-1", FIPS, "ec2-fips.us-isob-east-1.sc2s.sgov.gov"),
    ];
    for (region, (fips, dual_stack), host) in rows {
        assert_host(region, fips, dual_stack, host);
    }
}

/// The other endpoint tests of the API's model: those with a URL, and the one with nothing.
#[test]
fn takes_and_refuses_a_url_as_the_official_resolver() {
    let custom = || Endpoint::builder().url("https://example.com");

    let signed = custom().region("us-east-1").resolve().unwrap();
    assert_eq!(signed.url().as_str(), "https://example.com/");
    assert_eq!(signed.region().map(Region::as_str), Some("us-east-1"));

    let without_region = custom().resolve().unwrap();
    assert_eq!(without_region.url().as_str(), "https://example.com/");
    assert_eq!(without_region.region(), None);

    assert_error(
        custom().region("us-east-1").use_fips(true),
        "FIPS cannot be combined with a custom URL, because it selects a host of AWS: disable FIPS, and use a FIPS host \
         in the URL",
    );
    assert_error(
        custom().region("us-east-1").use_dual_stack(true),
        "dual-stack cannot be combined with a custom URL, because it selects a host of AWS: disable dual-stack, and use a \
         dual-stack host in the URL",
    );
    assert_error(Endpoint::builder(), "the Region is missing: pass one such as `us-east-1`, or a URL");
}

#[test]
fn resolves_each_known_region_with_each_choice() {
    let mut resolved = 0;
    for partition in partition_fixtures() {
        for region in &partition.regions {
            for (fips, dual_stack) in [(false, false), (false, true), (true, false), (true, true)] {
                let service = match (fips, dual_stack, partition.id.as_str()) {
                    (false, _, _) | (true, false, "aws-us-gov") => "ec2",
                    (true, _, _) => "ec2-fips",
                };
                let suffix = if dual_stack { &partition.dual_stack_dns_suffix } else { &partition.dns_suffix };
                assert_host(region, fips, dual_stack, &format!("{service}.{region}.{suffix}"));
                resolved += 1;
            }
        }
    }
    assert_eq!(resolved, 4 * 53);
}

#[test]
fn knows_the_partitions() {
    let fixtures = partition_fixtures();
    assert_eq!(Partition::ALL.len(), fixtures.len());
    for (partition, fixture) in Partition::ALL.iter().zip(&fixtures) {
        assert_eq!(partition.id(), fixture.id);
        assert_eq!(partition.to_string(), fixture.id);
        assert_eq!(partition.dns_suffix(), fixture.dns_suffix);
        assert_eq!(partition.dual_stack_dns_suffix(), fixture.dual_stack_dns_suffix);
        assert_eq!(partition.supports_fips(), fixture.supports_fips);
        assert_eq!(partition.supports_dual_stack(), fixture.supports_dual_stack);
        for region in &fixture.regions {
            assert_eq!(Partition::from_region(region), Some(partition), "{region}");
        }
    }
}

/// Regions of tomorrow and near misses, judged by AWS's regular expressions.
#[test]
fn matches_region_names_as_the_regular_expressions_do() {
    #[track_caller]
    fn assert_partition(region: &str, id: Option<&str>) {
        assert_eq!(Partition::from_region(region).map(Partition::id), id, "{region}");
    }
    for area in ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"] {
        assert_partition(&format!("{area}-somewhere-42"), Some("aws"));
    }
    assert_partition("us-a_B9-007", Some("aws"));
    assert_partition("us-gov-1", Some("aws"));
    assert_partition("us-iso-1", Some("aws"));
    assert_partition("cn-south-2", Some("aws-cn"));
    assert_partition("eusc-de-west-1", Some("aws-eusc"));
    assert_partition("us-iso-south-1", Some("aws-iso"));
    assert_partition("us-isob-south-1", Some("aws-iso-b"));
    assert_partition("eu-isoe-east-2", Some("aws-iso-e"));
    assert_partition("us-isof-west-3", Some("aws-iso-f"));
    assert_partition("us-gov-south-1", Some("aws-us-gov"));

    assert_partition("", None);
    assert_partition("us", None);
    assert_partition("us-", None);
    assert_partition("us-east", None);
    assert_partition("us-east-", None);
    assert_partition("us--1", None);
    assert_partition("us-east-1a", None);
    assert_partition("us-east-1-", None);
    assert_partition("us-east-1\n", None);
    assert_partition(" us-east-1", None);
    assert_partition("us-east-one", None);
    assert_partition("us-e st-1", None);
    assert_partition("us-öst-1", None);
    assert_partition("us-east-١", None);
    assert_partition("us-north-east-1", None);
    assert_partition("US-east-1", None);
    assert_partition("xus-east-1", None);
    assert_partition("eusc-fr-west-1", None);
    assert_partition("eusc-west-1", None);
    assert_partition("us-isoz-east-1", None);
    assert_partition("eu-iso-east-1", None);
    assert_partition("global", None);
    assert_partition("aws-eusc-global", None);
}

#[test]
fn a_region_is_a_host_label() {
    #[track_caller]
    fn assert_region(text: &str) {
        let region = Region::new(text).unwrap();
        assert_eq!(region.as_str(), text);
        assert_eq!(region.to_string(), text);
        assert_eq!(text.parse::<Region>().unwrap(), region);
        assert_eq!(String::from(region), text);
    }
    #[track_caller]
    fn assert_invalid(text: &str, message: &str) {
        assert_eq!(Region::new(text).unwrap_err().to_string(), message);
        assert_eq!(Endpoint::from_region(text).unwrap_err().to_string(), message);
    }

    assert_region("us-east-1");
    assert_region("aws-global");
    assert_region("garage");
    assert_region("7");
    assert_region(&"a".repeat(63));
    assert_invalid(&"a".repeat(64), "the Region is 64 bytes long; a label of a host name has at most 63");
    assert_invalid(&"a.".repeat(50_000), "the Region is 100000 bytes long; a label of a host name has at most 63");
    assert_invalid("", "the Region is empty: pass one such as `us-east-1`, or omit it");

    let whole_region = "but an endpoint serves the whole Region";
    assert_invalid("us-east-1a", &format!("\"us-east-1a\" is a zone, {whole_region}: pass `us-east-1`"));
    assert_invalid("US-EAST-1A", &format!("\"us-east-1a\" is a zone, {whole_region}: pass `us-east-1`"));
    assert_invalid("us-west-2-lax-1a", &format!("\"us-west-2-lax-1a\" is a zone, {whole_region}: pass `us-west-2`"));
    assert_invalid("us-gov-west-1b", &format!("\"us-gov-west-1b\" is a zone, {whole_region}: pass `us-gov-west-1`"));
    assert_region("local-1a");

    assert_invalid(
        "US-EAST-1",
        "Region \"US-EAST-1\" has upper-case letters, but a signature is case-sensitive: pass `us-east-1`",
    );
    assert_invalid(
        "fips-us-gov-west-1",
        "\"fips-us-gov-west-1\" requests FIPS in the name of the Region: pass `us-gov-west-1`, and enable FIPS separately",
    );
    assert_invalid(
        "us-east-1-fips",
        "\"us-east-1-fips\" requests FIPS in the name of the Region: pass `us-east-1`, and enable FIPS separately",
    );

    assert_invalid(
        "ec2.eu-west-1.amazonaws.com",
        "\"ec2.eu-west-1.amazonaws.com\" is a host name: pass only the label that names the Region, `eu-west-1`",
    );
    assert_invalid(
        "example.com",
        "\"example.com\" is a host name: pass only the label that names the Region, one such as `us-east-1`",
    );
    assert_invalid(
        "https://ec2.eu-west-1.amazonaws.com/",
        "the Region is a URL: pass only the label of its host that names the Region, `eu-west-1`",
    );
    assert_invalid(
        "http://localhost:5000",
        "the Region is a URL: pass only the label of its host that names the Region, one such as `us-east-1`",
    );

    let label = "but only a-z, 0-9 and - are allowed in a label of a host name";
    assert_invalid("us_east_1", &format!("Region \"us_east_1\" has '_' at byte 2, {label}"));
    assert_invalid("us-east-1\n", &format!("Region \"us-east-1\\n\" has '\\n' at byte 9, {label}"));
    assert_invalid("us-öst-1", &format!("Region \"us-öst-1\" has 'ö' at byte 3, {label}"));
    assert_invalid("x/", &format!("Region \"x/\" has '/' at byte 1, {label}"));
    assert_invalid("x@y", &format!("Region \"x@y\" has '@' at byte 1, {label}"));
    assert_invalid("x#", &format!("Region \"x#\" has '#' at byte 1, {label}"));
    assert_invalid("x?", &format!("Region \"x?\" has '?' at byte 1, {label}"));
    assert_invalid("-x", "Region \"-x\" starts or ends with a hyphen, which is not allowed in a label of a host name");
    assert_invalid("x-", "Region \"x-\" starts or ends with a hyphen, which is not allowed in a label of a host name");
}

#[test]
fn a_region_of_no_partition_is_not_taken_for_one_of_aws() {
    assert_error(
        Endpoint::builder().region("mars-north-1"),
        "Region `mars-north-1` belongs to no partition that this version knows, so its host name is unknown: check the \
         spelling, or pass a URL",
    );
    let with_url = Endpoint::builder().region("mars-north-1").url("http://10.0.0.1/").resolve().unwrap();
    assert_eq!(with_url.region().map(Region::as_str), Some("mars-north-1"));
}

#[test]
fn takes_a_custom_url() {
    #[track_caller]
    fn assert_url(text: &str, url: &str, host: &str) {
        let endpoint = Endpoint::builder().url(text).resolve().unwrap();
        assert_eq!(endpoint.url().as_str(), url);
        assert_eq!(endpoint.uri(), url);
        assert_eq!(endpoint.host(), host);
    }
    assert_url("http://127.0.0.1:5000", "http://127.0.0.1:5000/", "127.0.0.1:5000");
    assert_url("http://127.0.0.1:80", "http://127.0.0.1/", "127.0.0.1");
    assert_url("https://127.0.0.1:80", "https://127.0.0.1:80/", "127.0.0.1:80");
    assert_url("HTTPS://Example.COM:443", "https://example.com/", "example.com");
    assert_url("http://[::1]:5000", "http://[::1]:5000/", "[::1]:5000");
    assert_url("https://cloud.example/services/Cloud", "https://cloud.example/services/Cloud", "cloud.example");
    assert_url("https://bücher.example", "https://xn--bcher-kva.example/", "xn--bcher-kva.example");
}

#[test]
fn refuses_a_url_that_says_too_much_or_too_little() {
    #[track_caller]
    fn assert_refused(url: &str, message: &str) {
        assert_error(Endpoint::builder().region("us-east-1").url(url), message);
    }
    let absolute = "pass an absolute one such as `http://127.0.0.1:5000`";
    assert_refused("", &format!("the URL cannot be parsed (relative URL without a base): {absolute}"));
    assert_refused("127.0.0.1:5000", &format!("the URL cannot be parsed (relative URL without a base): {absolute}"));
    assert_refused("http://", &format!("the URL cannot be parsed (empty host): {absolute}"));
    assert_refused("http://h:99999", &format!("the URL cannot be parsed (invalid port number): {absolute}"));

    let http = "but EC2 supports only HTTP: start the URL with `https://` or `http://`";
    assert_refused("localhost:5000", &format!("the scheme of the URL is `localhost`, {http}"));
    assert_refused("file:///etc/passwd", &format!("the scheme of the URL is `file`, {http}"));

    let user_info =
        "the URL contains user info, but credentials belong in the signature: remove the part that ends in `@`";
    assert_refused("http://user@h/", user_info);
    assert_refused("http://user:secret@h/", user_info);
    assert_refused("http://:secret@h/", user_info);

    let blank = "the URL contains a space or a control character: remove it";
    assert_refused("http://h\n.evil", blank);
    assert_refused(" http://h", blank);
    let query = "the URL contains a query, but parameters belong in the body: remove the part that starts with `?`";
    assert_refused("http://h/?Action=RegisterImage", query);
    assert_refused("http://h/?", query);
    let fragment = "the URL contains a fragment, which clients do not send: remove the part that starts with `#`";
    assert_refused("http://h/#Action=RegisterImage", fragment);
    assert_refused("http://h/#", fragment);

    let plain = "pass one with a plain host, at most 65,534 bytes";
    assert_refused(
        "https://ec2.{region}.amazonaws.com",
        &format!("the URL cannot be used in an HTTP request (invalid uri character): {plain}"),
    );
    assert_refused(
        &format!("http://h/{}", "x".repeat(70_000)),
        &format!("the URL cannot be used in an HTTP request (uri too long): {plain}"),
    );
}

#[test]
fn is_send_and_sync() {
    fn assert_send_sync<T: Send + Sync + Unpin + 'static>() {}
    assert_send_sync::<Endpoint>();
    assert_send_sync::<EndpointBuilder>();
    assert_send_sync::<EndpointError>();
    assert_send_sync::<InvalidRegion>();
    assert_send_sync::<Partition>();
    assert_send_sync::<Region>();
}

proptest! {
    #[test]
    fn nothing_gets_out_of_a_region_into_the_url(
        text in prop_oneof!["\\PC{0,80}", "[a-z0-9-]{1,64}", "us-[a-zA-Z0-9_.@/:#?-]{1,8}-[0-9a-z]{1,3}"],
        fips: bool,
        dual_stack: bool,
    ) {
        if let Ok(endpoint) = regional(&text, fips, dual_stack).resolve() {
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            let labels: Vec<_> = endpoint.host().split('.').collect();
            prop_assert_eq!(labels[1], &text);
            prop_assert_eq!(endpoint.url().as_str(), format!("https://{}/", endpoint.host()));
            prop_assert_eq!(endpoint.uri(), endpoint.url().as_str());
        }
    }

    #[test]
    fn both_views_of_a_custom_url_agree(
        url in prop_oneof!["\\PC{0,60}", "https?://[ -~]{1,30}", "https?://[a-z.]{1,9}(:[0-9]{1,5})?(/[!-~]{0,9})?"],
    ) {
        if let Ok(endpoint) = Endpoint::builder().url(url).resolve() {
            prop_assert_eq!(endpoint.uri(), endpoint.url().as_str());
            prop_assert_eq!(endpoint.uri().authority().map(|authority| authority.as_str()), Some(endpoint.host()));
        }
    }
}

#[test]
fn a_region_is_a_checked_string_in_json_and_a_key() {
    let region = Region::new("eu-central-1").unwrap();
    assert_eq!(serde_json::to_string(&region).unwrap(), r#""eu-central-1""#);
    assert_eq!(serde_json::from_str::<Region>(r#""eu-central-1""#).unwrap(), region);
    let error = serde_json::from_str::<Region>(r#""eu-central-1a""#).unwrap_err().to_string();
    assert!(error.starts_with(&Region::new("eu-central-1a").unwrap_err().to_string()), "{error}");
    assert_eq!(region, "eu-central-1");
    assert_eq!("eu-central-1", region);
    assert_ne!(region, *"eu-central-2");
    assert_eq!(Region::try_from("eu-central-1").as_ref(), Ok(&region));
    assert!(std::collections::BTreeSet::from([region]).contains("eu-central-1"));
}
