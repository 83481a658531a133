//! What the emulator does, and how we know that EC2 does the same: the source of `docs/emulator.md`.
//!
//! After a change, `EMULATOR_MD=write cargo test -p ec2-register-image-cli behaviors` writes the page anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs};

use ec2_register_image::rules::{self, Evidence, Level, Rule};

use super::{ACTIONS, errors, faults};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/emulator.md");

/// The decoder of requests, whose codes cannot be enumerated otherwise.
const DECODER: &str = include_str!("../../../src/wire/query/malformed.rs");

/// Rules that are warnings to the library. The emulator knows the account, so it rejects what they find.
const DENIED: &[&str] = &["snapshot-not-completed", "snapshot-not-listed"];

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Proven,
    Inferred,
    Missing,
}
use Mark::{Inferred, Missing, Proven};

impl Mark {
    fn as_str(self) -> &'static str {
        match self {
            Proven => "proven",
            Inferred => "inferred",
            Missing => "not implemented",
        }
    }
}

/// Subject, mark, behavior, and proof or reason.
type Row = (&'static str, Mark, &'static str, &'static str);

const API: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference";

const ACTION_ROWS: &[Row] = &[
    (
        "RegisterImage",
        Proven,
        "Registers an image that fulfills the rules. The response has the request ID and the image ID.",
        "[API reference]({API}/API_RegisterImage.html). boto3, the AWS CLI and the official SDK read the response",
    ),
    (
        "DescribeImages",
        Proven,
        "Describes images by ID, owner and name, in pages if `MaxResults` is set. Leaves out disabled images unless \
         `IncludeDisabled` is `true`.",
        "[API reference]({API}/API_DescribeImages.html). boto3 and its waiters read the response",
    ),
    (
        "DeregisterImage",
        Proven,
        "Removes an image and frees its name.",
        "[API reference]({API}/API_DeregisterImage.html). boto3 reads the response",
    ),
    (
        "DescribeSnapshots",
        Proven,
        "Describes snapshots by ID and owner, in pages if `MaxResults` is set.",
        "[API reference]({API}/API_DescribeSnapshots.html). boto3 reads the response",
    ),
    (
        "DescribeSnapshotAttribute",
        Proven,
        "Describes the product codes of a snapshot.",
        "[API reference]({API}/API_DescribeSnapshotAttribute.html), with an example response. boto3 reads the \
         response",
    ),
    (
        "GetEbsEncryptionByDefault",
        Proven,
        "Returns what the facts say, or `false`.",
        "[API reference]({API}/API_GetEbsEncryptionByDefault.html). An account has to opt in: \
         [EBS encryption](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html). boto3 reads the response",
    ),
    (
        "GetEbsDefaultKmsKeyId",
        Inferred,
        "Returns what the facts say, or `alias/aws/ebs`.",
        "[API reference]({API}/API_GetEbsDefaultKmsKeyId.html) promises an ARN. The alias is AWS's name of the key, and \
         the emulator does not know its ID",
    ),
];

const EVENTUAL: &str = "https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html";

const FAULT_ROWS: &[Row] = &[
    ("ok", Proven, "Nothing goes wrong.", "The absence of a fault"),
    ("drop-before", Inferred, "The connection closes and nothing happened.", "Any network can do this"),
    ("drop-after", Inferred, "The request takes effect and its response is lost.", "Any network can do this"),
    ("cut", Inferred, "The head and half of the body arrive.", "Any network can do this"),
    ("delay", Inferred, "The request takes effect late.", "Any network can do this"),
    ("late", Inferred, "The response comes late.", "Any network can do this"),
    (
        "throttle",
        Proven,
        "503 with `RequestLimitExceeded`.",
        "The text was seen: https://github.com/hashicorp/packer/issues/50. No page promises that nothing happened",
    ),
    (
        "500",
        Proven,
        "500 with `InternalError`.",
        "[Error codes](https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html). No page promises that \
         nothing happened",
    ),
    ("500-after", Inferred, "The same after the request took effect.", "No page excludes it"),
    (
        "hide",
        Proven,
        "DescribeImages does not show a new image at first.",
        "Seen as `InvalidAMIID.NotFound`: https://github.com/Netflix/aminator/issues/73, and \
         [documented]({EVENTUAL})",
    ),
    (
        "pending",
        Proven,
        "An image or a snapshot is `pending` at first. A snapshot shows its progress.",
        "[Image]({API}/API_Image.html), [Snapshot]({API}/API_Snapshot.html). The steps of the progress are inferred",
    ),
    (
        "tags-late",
        Inferred,
        "DescribeImages shows the tags of a new image later than the image.",
        "[Eventual consistency]({EVENTUAL}) does not name tags. Tags set at creation are documented as atomic",
    ),
    (
        "failed",
        Inferred,
        "The image ends in the state `failed` with a reason.",
        "The state is in [Image]({API}/API_Image.html). The code and the text of the reason are the emulator's",
    ),
    (
        "deny",
        Proven,
        "403 with `UnauthorizedOperation` for every request of the action, dry runs too.",
        "The text was seen: https://github.com/ClusterLabs/resource-agents/issues/1794. EC2 may append the reason",
    ),
];

const ERRORS_PAGE: &str = "[Error codes](https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html)";

/// The codes of the emulator and of the decoder. Those of the rules have a table of their own.
const CODE_ROWS: &[Row] = &[
    (
        "DryRunOperation",
        Proven,
        "412 if a dry run would succeed.",
        "Text and code are documented with every action. The status is what moto's tests expect. EC2 may look for fewer \
         mistakes before",
    ),
    ("UnauthorizedOperation", Proven, "403 for an action that is denied.", "See the fault `deny`"),
    ("RequestLimitExceeded", Proven, "503.", "See the fault `throttle`"),
    ("InternalError", Proven, "500.", "See the fault `500`. No request causes it otherwise"),
    (
        "InvalidAction",
        Proven,
        "400 for an action that the emulator does not have. A request without an action gets it too.",
        "Code and text were seen in responses of EC2",
    ),
    (
        "InvalidParameterValue",
        Inferred,
        "400 for a value that is not valid, for a filter other than `name`, and for any mistake whose code is not known.",
        "The code is documented. Not every mistake is known to have it",
    ),
    (
        "MissingParameter",
        Proven,
        "400 if a required parameter is missing.",
        "The text was seen: https://github.com/fog/fog/issues/851",
    ),
    (
        "InvalidAMIID.Malformed",
        Proven,
        "400 for an ID that does not start with `ami-`.",
        "The text was seen: https://github.com/hashicorp/terraform/issues/37358. What else EC2 checks is not known",
    ),
    (
        "InvalidAMIID.NotFound",
        Proven,
        "400 for an image that does not exist in the Region or does not show yet.",
        "The text was seen: https://github.com/Netflix/aminator/issues/73",
    ),
    (
        "InvalidSnapshot.NotFound",
        Proven,
        "400 for a snapshot that does not exist in the Region.",
        "The text was seen on DescribeSnapshots. That RegisterImage answers the same is inferred",
    ),
    (
        "VALIDATION_ERROR",
        Proven,
        "The status that the decoder suggests, for a request to the JSON gateway that cannot be read.",
        "The example of the gateway",
    ),
    (
        "InvalidRequest",
        Inferred,
        "For a request that the decoder rejects and whose code is not known. The status is 400, 405, 413 or 415.",
        "The code is documented. That EC2 rejects these requests is not known",
    ),
    ("MalformedQueryString", Inferred, "400 for a form that is not well-formed.", "{ERRORS_PAGE}"),
    ("MissingAction", Inferred, "The decoder's code; the emulator answers `InvalidAction` before.", "{ERRORS_PAGE}"),
    ("NoSuchVersion", Proven, "400 for another API version in RegisterImage.", "The code was seen in responses of EC2"),
    (
        "UnknownParameter",
        Proven,
        "400 for a parameter that RegisterImage does not have.",
        "Code and text were seen on CreateImage: https://github.com/hashicorp/packer-plugin-amazon/issues/585. The \
         emulator's own text gives the position",
    ),
];

const OTHER_ROWS: &[Row] = &[
    (
        "Regions",
        Proven,
        "Names, images and snapshots belong to the Region of the credential scope or of the host name.",
        "A name is unique in its account and Region: https://github.com/hashicorp/packer/issues/8864",
    ),
    (
        "A request without a Region",
        Inferred,
        "It is for the first Region that the facts name, or `us-east-1`.",
        "The general host `ec2.amazonaws.com` is that of `us-east-1`",
    ),
    (
        "Image as registered",
        Inferred,
        "DescribeImages shows what `preview` predicts. What a request does not determine is missing, such as the default \
         volume type.",
        "`docs/rules.md` and the documentation of `preview` cite the sources of each default",
    ),
    (
        "Order of mistakes",
        Inferred,
        "Of several mistakes, the first in the order of the API model is reported.",
        "Which one EC2 reports is not known",
    ),
    (
        "Pending snapshots",
        Inferred,
        "RegisterImage rejects a snapshot that is not completed.",
        "Seen on CreateVolume only: https://github.com/tschellenbach/Snaptastic/issues/17",
    ),
    (
        "Snapshots without a list",
        Inferred,
        "If no file of facts lists snapshots, every snapshot exists, belongs to the account and has no known size.",
        "A convenience for tests",
    ),
    ("Signatures", Missing, "Any credentials are accepted, and none at all.", "The emulator listens on loopback only"),
    (
        "Permissions",
        Missing,
        "Every action is permitted unless `deny:ACTION` is given.",
        "IAM policies are out of scope",
    ),
    ("Manifests", Missing, "The manifest of an S3-backed image is not fetched.", "The emulator uses no network"),
    ("Filters", Missing, "Filters other than `name` are rejected.", "No client of this project needs them"),
    (
        "Other actions' parameters",
        Missing,
        "The other actions ignore parameters that they do not know, and the API version.",
        "Only RegisterImage has a strict decoder",
    ),
    (
        "`createVolumePermission`",
        Missing,
        "The list is always empty.",
        "The facts do not say with whom a snapshot is shared",
    ),
    ("`sseType`", Missing, "GetEbsEncryptionByDefault does not return it.", "AWS documents it as reserved"),
    ("Several requests per connection", Missing, "Each response closes its connection.", "It makes faults independent"),
];

fn fill(text: &str) -> String {
    text.replace("{API}", API).replace("{EVENTUAL}", EVENTUAL).replace("{ERRORS_PAGE}", ERRORS_PAGE)
}

/// The rules by the code that the emulator answers with.
fn rules_by_code() -> BTreeMap<String, Vec<&'static Rule>> {
    let mut codes: BTreeMap<String, Vec<&'static Rule>> = BTreeMap::new();
    let rejects = |rule: &&Rule| rule.level == Level::Error || DENIED.contains(&rule.id);
    for rule in rules::all().filter(rejects) {
        let code = rule.ec2_code.as_ref().map_or("InvalidParameterValue", |code| code.as_str());
        codes.entry(code.to_owned()).or_default().push(rule);
    }
    codes
}

fn page() -> String {
    let mut page = String::from(
        "# The emulator\n\n\
         `ec2-register-image serve` behaves like EC2 as far as this page says. **Proven**: AWS documents it, or EC2 was seen to do \
         it. **Inferred**: it follows from other facts, or it is a choice. **Not implemented**: EC2 does it and the emulator does \
         not. The table in `cli/src/serve/behaviors.rs` generates this page.\n",
    );
    let mut table = |title: &str, head: &str, rows: &mut dyn Iterator<Item = (String, Mark, String, String)>| {
        write!(page, "\n## {title}\n\n| {head} | evidence | behavior | proof or reason |\n| --- | --- | --- | --- |\n")
            .unwrap();
        for (subject, mark, behavior, proof) in rows {
            writeln!(page, "| {subject} | {} | {behavior} | {proof} |", mark.as_str()).unwrap();
        }
    };
    let quoted = |rows: &'static [Row]| {
        rows.iter().map(|(subject, mark, behavior, proof)| (format!("`{subject}`"), *mark, fill(behavior), fill(proof)))
    };
    table("Actions", "action", &mut quoted(ACTION_ROWS));
    table("Faults", "fault", &mut quoted(FAULT_ROWS));
    table("Error codes of the emulator and of the decoder", "code", &mut quoted(CODE_ROWS));
    table(
        "Error codes of rules",
        "code",
        &mut rules_by_code().into_iter().map(|(code, rules)| {
            let is_observed = rules.iter().any(|rule| rule.ec2_code.is_some() && rule.evidence == Evidence::Observed);
            let ids: Vec<_> = rules.iter().map(|rule| format!("[`{0}`](rules.md#{0})", rule.id)).collect();
            let mark = if is_observed { Proven } else { Inferred };
            let proof = match mark {
                Proven => "Code seen on RegisterImage; the rules say for which",
                _ => "The rules cite their sources; the code on RegisterImage was not seen",
            };
            (format!("`{code}`"), mark, format!("400 if it violates {}", ids.join(", ")), proof.into())
        }),
    );
    table(
        "Everything else",
        "subject",
        &mut OTHER_ROWS
            .iter()
            .map(|(subject, mark, behavior, proof)| ((*subject).to_owned(), *mark, fill(behavior), fill(proof))),
    );
    page
}

#[test]
fn the_page_is_up_to_date() {
    let page = page();
    if env::var_os("EMULATOR_MD").is_some_and(|value| value == "write") {
        fs::write(FILE, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(FILE).unwrap_or_default(), page, "EMULATOR_MD=write writes it");
}

/// The text of `code()` in the decoder.
fn decoder_codes() -> Vec<&'static str> {
    let body = DECODER.split("pub fn code(self)").nth(1).unwrap().split("=> return None").next().unwrap();
    body.split('"').skip(1).step_by(2).collect()
}

#[test]
fn every_action_fault_and_code_has_a_row() {
    let subjects = |rows: &[Row]| rows.iter().map(|row| row.0).collect::<Vec<_>>();
    assert_eq!(subjects(ACTION_ROWS), ACTIONS);
    let kinds: Vec<_> = faults::KINDS.iter().map(|kind| kind.name).chain(["deny"]).collect();
    assert_eq!(subjects(FAULT_ROWS), kinds);

    let codes = decoder_codes();
    assert!(codes.contains(&"UnknownParameter") && codes.len() >= 7, "{codes:?}");
    let own = errors::ALL.iter().map(|refusal| refusal.code);
    let mut expected: Vec<_> = own.chain(codes).chain(["InvalidRequest"]).collect();
    let mut listed = subjects(CODE_ROWS);
    expected.sort_unstable();
    expected.dedup();
    listed.sort_unstable();
    assert_eq!(listed, expected);
}

#[test]
fn every_row_has_a_proof_or_a_reason() {
    for (subject, _, behavior, proof) in [ACTION_ROWS, FAULT_ROWS, CODE_ROWS, OTHER_ROWS].concat() {
        assert!(!behavior.is_empty() && !proof.is_empty() && !behavior.contains('|'), "{subject}");
    }
}

#[test]
fn help_describes_every_action_and_fault() {
    for action in ACTIONS {
        assert!(super::USAGE.contains(action), "{action}");
    }
    for kind in faults::KINDS {
        let written = kind.number.map_or_else(|| kind.name.to_owned(), |number| format!("{}:{number}", kind.name));
        assert!(super::USAGE.lines().any(|line| line.trim_start().split(' ').next() == Some(&written)), "{written}");
    }
}

#[test]
fn a_status_of_500_or_more_is_a_fault_only() {
    let high: Vec<_> = errors::ALL.iter().filter(|it| it.status >= 500).map(|it| it.code).collect();
    assert_eq!(high, ["RequestLimitExceeded", "InternalError"]);
}
