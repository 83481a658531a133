//! Messages about denied actions: what they say, and the advice that follows.

use ec2_register_image::response::{Denial, Detail, ErrorEntry, PolicyType, Unauthorized};

const USER: &str = "arn:aws:sts::210987654321:assumed-role/image-builder/run-7";
const SNAPSHOT: &str = "arn:aws:ec2:eu-north-1::snapshot/snap-0fedcba9876543210";

fn entry(tail: &str) -> ErrorEntry {
    let message =
        format!("You are not authorized to perform this operation. User: {USER} is not authorized to perform: {tail}");
    ErrorEntry::new("UnauthorizedOperation").with_message(message)
}

#[track_caller]
fn denied(entry: &ErrorEntry) -> Unauthorized<'_> {
    match entry.detail() {
        Some(Detail::Unauthorized(denied)) => denied,
        other => panic!("{other:?} of {entry:?}"),
    }
}

fn article(policy: PolicyType) -> &'static str {
    match policy {
        PolicyType::IdentityBased => "an",
        PolicyType::RoleTrust => "the",
        _ => "a",
    }
}

#[test]
fn each_type_of_policy_denies_in_both_ways() {
    for &policy in PolicyType::ALL {
        let name = policy.name();
        for (resource, asked) in [
            (Some(SNAPSHOT), format!("ec2:RegisterImage on resource: {SNAPSHOT}")),
            (None, "ec2:RegisterImage".to_owned()),
        ] {
            for (encoded, end) in [(None, ""), (Some("Ab-c_9=="), ". Encoded authorization failure message: Ab-c_9==")]
            {
                let implicit = entry(&format!("{asked} because no {name} allows the ec2:RegisterImage action{end}"));
                let implicit = denied(&implicit);
                assert_eq!((implicit.denial, implicit.policy), (Some(Denial::Implicit), Some(policy)), "{name}");
                let explicit = entry(&format!("{asked} with an explicit deny in {} {name}{end}", article(policy)));
                let explicit = denied(&explicit);
                assert_eq!((explicit.denial, explicit.policy), (Some(Denial::Explicit), Some(policy)), "{name}");
                for denied in [implicit, explicit] {
                    assert_eq!((denied.principal, denied.action), (USER, "ec2:RegisterImage"));
                    assert_eq!((denied.resource, denied.encoded_message), (resource, encoded));
                    assert_eq!(denied.policy_arn, None);
                }
            }
        }
    }
}

#[test]
fn what_a_message_leaves_out_is_absent() {
    let bare = entry(&format!("ec2:RegisterImage on resource: {SNAPSHOT}"));
    let bare = denied(&bare);
    assert_eq!((bare.denial, bare.policy, bare.resource), (None, None, Some(SNAPSHOT)));
    let unnamed = entry("ec2:RegisterImage with an explicit deny");
    let unnamed = denied(&unnamed);
    assert_eq!((unnamed.denial, unnamed.policy), (Some(Denial::Explicit), None));
    // A page of AWS shows the blob after a dash.
    let dash = entry("ec2:RegisterImage with an explicit deny. Encoded authorization failure message: - Ab-c_9");
    assert_eq!(denied(&dash).encoded_message, Some("Ab-c_9"));
    // A blob that was shortened in a log cannot be decoded.
    let cut = entry("ec2:RegisterImage with an explicit deny. Encoded authorization failure message: Ab…");
    assert_eq!(denied(&cut).encoded_message, None);
}

#[test]
fn the_policy_that_denies_may_be_named() {
    let arn = "arn:aws:organizations::210987654321:policy/o-a1b2c3d4e5/service_control_policy/p-0a1b2c3d";
    let named = entry(&format!("ec2:RegisterImage with an explicit deny in a service control policy: {arn}"));
    assert_eq!((denied(&named).policy, denied(&named).policy_arn), (Some(PolicyType::ServiceControl), Some(arn)));
    assert!(named.advice().unwrap().contains(arn));
    let through =
        "ec2:CreateTags with an explicit deny in a VPC endpoint policy transitively through a service control policy";
    assert_eq!(denied(&entry(through)).policy, Some(PolicyType::VpcEndpoint));
}

#[test]
fn small_changes_of_wording_make_no_difference() {
    for tail in [
        "ec2:RegisterImage on resource: \"arn:aws:ec2:eu-north-1::image/*\" because no identity-based policy allows the \
         ec2:RegisterImage action.",
        "ec2:RegisterImage  on resource: arn:aws:ec2:eu-north-1::image/* because no IDENTITY-BASED policy allows the \
         ec2:RegisterImage action \n",
    ] {
        let entry = entry(tail);
        let denied = denied(&entry);
        assert_eq!(denied.resource, Some("arn:aws:ec2:eu-north-1::image/*"), "{tail}");
        assert_eq!((denied.action, denied.policy), ("ec2:RegisterImage", Some(PolicyType::IdentityBased)), "{tail}");
    }
}

#[test]
fn the_statement_is_the_smallest_that_allows_the_call() {
    let statement =
        |denial: &str| denied(&entry(&format!("ec2:CreateTags on resource: {SNAPSHOT} {denial}"))).statement();
    let allow =
        |extra: &str| Some(format!(r#"{{"Effect":"Allow",{extra}"Action":"ec2:CreateTags","Resource":"{SNAPSHOT}"}}"#));
    let implicit = |policy: &str| format!("because no {policy} allows the ec2:CreateTags action");
    for policy in ["identity-based policy", "permissions boundary", "service control policy", "session policy"] {
        assert_eq!(statement(&implicit(policy)), allow(""), "{policy}");
    }
    for policy in ["resource-based policy", "VPC endpoint policy"] {
        assert_eq!(statement(&implicit(policy)), allow(&format!(r#""Principal":{{"AWS":"{USER}"}},"#)), "{policy}");
    }
    // A resource control policy can only deny, and no statement overrides a denial.
    assert_eq!(statement(&implicit("resource control policy")), None);
    for policy in PolicyType::ALL {
        assert_eq!(statement(&format!("with an explicit deny in a {}", policy.name())), None);
    }
    let everywhere = entry("ec2:RegisterImage because no session policy allows the ec2:RegisterImage action");
    let json: serde_json::Value = serde_json::from_str(&denied(&everywhere).statement().unwrap()).unwrap();
    assert_eq!(json, serde_json::json!({"Effect": "Allow", "Action": "ec2:RegisterImage", "Resource": "*"}));
}

#[test]
fn the_advice_follows_the_reason() {
    #[track_caller]
    fn advises(tail: &str, advice: &str) {
        assert_eq!(entry(tail).advice().unwrap(), advice);
    }
    advises(
        "ec2:RegisterImage because no identity-based policy allows the ec2:RegisterImage action",
        r#"add this statement to the identity-based policy: {"Effect":"Allow","Action":"ec2:RegisterImage","Resource":"*"}"#,
    );
    advises(
        "ec2:RegisterImage because no service control policy allows the ec2:RegisterImage action",
        "ask the administrators of the organization for a service control policy with \
         {\"Effect\":\"Allow\",\"Action\":\"ec2:RegisterImage\",\"Resource\":\"*\"}",
    );
    advises(
        "ec2:RegisterImage because no resource control policy allows the ec2:RegisterImage action",
        "ask the administrators of the organization to attach `RCPFullAWSAccess`, because no other resource control \
         policy can allow an action",
    );
    advises(
        "ec2:RegisterImage with an explicit deny in a permissions boundary. Encoded authorization failure message: Ab",
        "change the permissions boundary that denies `ec2:RegisterImage`, because no statement elsewhere can allow the \
         action; `aws sts decode-authorization-message` explains the encoded message",
    );
    advises(
        "ec2:RegisterImage with an explicit deny",
        "change the policy that denies `ec2:RegisterImage`, because no statement elsewhere can allow the action",
    );
    advises(
        "ec2:RegisterImage",
        r#"add this statement to a policy of the caller: {"Effect":"Allow","Action":"ec2:RegisterImage","Resource":"*"}"#,
    );
}

#[test]
fn the_advice_of_a_code_speaks_of_an_encoded_message_only_if_there_is_one() {
    let advice = |message| ErrorEntry::new("UnauthorizedOperation").with_message(message).advice().unwrap();
    let plain = "You are not authorized to perform this operation.";
    assert!(!advice(plain).contains("decode"));
    assert!(advice(&format!("{plain} Encoded authorization failure message: Ab")).contains("decode"));
}

#[test]
fn other_advice_follows_the_message_too() {
    #[track_caller]
    fn says(code: &str, message: &str, words: &str) {
        let advice = ErrorEntry::new(code).with_message(message).advice().unwrap();
        assert!(advice.contains(words), "{advice}");
    }
    let not_fetched =
        |status: &str| format!("HTTP {status} response for URL http://b.s3.amazonaws.com:80/a.manifest.xml: check it.");
    says("InvalidManifest", &not_fetched("301 (Moved Permanently)"), "bucket in the Region");
    says("InvalidManifest", &not_fetched("403 (Forbidden)"), "aws-exec-read");
    says("InvalidManifest", &not_fetched("404 (Not Found)"), "ImageLocation");
    says("InvalidManifest", &not_fetched("500 (Internal Server Error)"), "let EC2 read the manifest");
    says("TagPolicyViolation", "The resource is missing the tag key(s) 'Team', 'Stage'", "add these tag keys");
    says("AuthFailure", "You do not have permission to access the storage of this ami", "createVolumePermission");
    says("AuthFailure", "AWS was not able to validate the provided access credentials", "check the access key");
    assert_eq!(ErrorEntry::new("InvalidAMIName.Haunted").advice(), None);
}
