//! The rules that look at facts, a row a case.

use ec2_register_image::preview::preview;
use ec2_register_image::{EbsBlockDevice, Facts, Policy, RegisterImageRequest, Validator, rules};

use crate::support::{ebs, mappings, with};

fn read_facts(json: &str) -> Facts {
    if json == "{}" {
        return Facts::new();
    }
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

/// What the rules find with these facts in a spotless request with these members in the place of its own.
#[track_caller]
fn finds_with(facts: &str, members: &str, expected: &[&str]) {
    let report = Validator::new().facts(read_facts(facts)).check(&with(members));
    let found: Vec<_> = report.findings().map(|finding| format!("{} {}", finding.rule().id, finding.path())).collect();
    assert_eq!(found, expected, "{members}");
}

/// The rules that lack facts.
fn not_checked(facts: &str, members: &str) -> Vec<&'static str> {
    Validator::new().facts(read_facts(facts)).check(&with(members)).not_checked().map(|rule| rule.id).collect()
}

#[track_caller]
fn lacks(facts: &str, members: &str, expected: &[&str]) {
    assert_eq!(not_checked(facts, members), expected, "{members}");
}

/// A request with a second volume, from another snapshot.
fn second(members: &str) -> String {
    ebs(&format!(r#""SnapshotId": "snap-0123456789abcdef1"{members}"#))
}

/// Facts with these members of the root's snapshot and of the second.
fn described(root: &str, second: &str) -> String {
    format!(
        r#"{{"Snapshots": [{{"SnapshotId": "snap-0123456789abcdef0", {root}}},
            {{"SnapshotId": "snap-0123456789abcdef1", {second}}}]}}"#
    )
}

#[test]
fn names_in_use() {
    let image =
        |members: &str| format!(r#"{{"OwnerId": "1", "Images": [{{"ImageId": "ami-1", "Name": "web"{members}}}]}}"#);
    let in_use = ["name-in-use Name"];
    for members in ["", r#", "OwnerId": "1""#, r#", "State": "available""#, r#", "State": "pending""#] {
        finds_with(&image(members), "{}", &in_use);
    }
    for members in [r#", "OwnerId": "2""#, r#", "State": "deregistered""#, r#", "State": "failed""#] {
        finds_with(&image(members), "{}", &[]);
    }
    finds_with(&image(""), r#"{"Name": "Web"}"#, &[]);
    // Another account's image is no reason to refuse, and whose this one is cannot be told.
    let of_somebody = r#"{"Images": [{"ImageId": "ami-1", "Name": "web", "OwnerId": "1"}]}"#;
    finds_with(of_somebody, "{}", &[]);
    let report = Validator::new().facts(serde_json::from_str(of_somebody).unwrap()).check(&with("{}"));
    assert_eq!(report.not_checked().next().map(|rule| rule.id), Some("name-in-use"));
    let facts = serde_json::from_str(&image("")).unwrap();
    let report = Validator::new().facts(facts).check(&with("{}"));
    assert_eq!(
        report.to_string(),
        "error[name-in-use] at Name: the name \"web\" is already used by the image \"ami-1\"; names are unique in \
         an account and Region (help: use another name, or deregister the image and wait)\n1 error, 0 warnings"
    );
}

#[test]
fn a_name_is_free_only_if_all_images_with_it_are_known() {
    let knows = |facts: &str| !not_checked(facts, "{}").contains(&"name-in-use");
    for complete in [
        r#"{"Images": []}"#,
        r#"{"Images": [{"ImageId": "ami-1", "Name": "db"}]}"#,
        r#"{"Images": [], "NextToken": null}"#,
        r#"{"Images": [], "NextToken": ""}"#,
        r#"{"CompleteImageNames": ["web"]}"#,
        r#"{"Images": [], "NextToken": "a", "ImagesComplete": true}"#,
    ] {
        assert!(knows(complete), "{complete}");
    }
    for partial in [
        r#"{"Images": [], "NextToken": "a"}"#,
        r#"{"Images": [{"ImageId": "ami-1", "Name": "db"}], "NextToken": "a"}"#,
        r#"{"ImageId": "ami-1", "Name": "db"}"#,
        r#"[{"ImageId": "ami-1", "Name": "db"}]"#,
        r#"{"CompleteImageNames": ["db"]}"#,
        r#"{"Images": [], "ImagesComplete": false}"#,
    ] {
        assert!(!knows(partial), "{partial}");
    }
    // An image on a page still has its name.
    finds_with(r#"{"Images": [{"ImageId": "ami-1", "Name": "web"}], "NextToken": "a"}"#, "{}", &["name-in-use Name"]);
    finds_with(r#"{"ImageId": "ami-1", "Name": "web"}"#, "{}", &["name-in-use Name"]);
}

#[test]
fn states_and_sizes_of_snapshots() {
    let id = "BlockDeviceMappings[1].Ebs.SnapshotId";
    let size = "volume-smaller-than-snapshot BlockDeviceMappings[1].Ebs.VolumeSize";
    let completed = r#""State": "completed""#;
    let of_second = |members: &str| described(completed, members);
    for state in ["pending", "error", "recoverable"] {
        let state = format!(r#""State": "{state}""#);
        finds_with(&of_second(&state), &second(""), &[&format!("snapshot-not-completed {id}")]);
    }
    let archived = r#""StorageTier": "archive""#;
    finds_with(&of_second(archived), &second(""), &[&format!("snapshot-archived {id}")]);
    let restored = r#""StorageTier": "archive", "RestoreExpiryTime": "2026-12-01T00:00:00Z""#;
    finds_with(&of_second(restored), &second(""), &[]);
    for (volume, found) in [(29, &[size][..]), (30, &[]), (31, &[])] {
        finds_with(&of_second(r#""VolumeSize": 30"#), &second(&format!(r#", "VolumeSize": {volume}"#)), found);
    }
    finds_with(&of_second(r#""VolumeSize": 30"#), &second(""), &[]);
    // No size passes that is less than that of the snapshot.
    for volume in [0, -1, 1] {
        finds_with(&of_second(r#""VolumeSize": 30"#), &second(&format!(r#", "VolumeSize": {volume}"#)), &[size]);
        finds_with(
            &of_second(completed),
            &second(&format!(r#", "VolumeSize": {volume}"#)),
            if volume < 1 { &["volume-size-range BlockDeviceMappings[1].Ebs.VolumeSize"] } else { &[] },
        );
    }
    // What is left out of the image is not looked at.
    let left_out = mappings(
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}},
            {"DeviceName": "/dev/sdb", "NoDevice": "", "Ebs": {"SnapshotId": "snap-0123456789abcdef1"}}"#,
    );
    finds_with(&of_second(archived), &left_out, &["no-device-with-others BlockDeviceMappings[1].NoDevice"]);
}

#[test]
fn a_snapshot_is_missed_only_in_a_list() {
    let missed = ["snapshot-not-listed BlockDeviceMappings[1].Ebs.SnapshotId"];
    let root = r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "State": "completed"}]}"#;
    finds_with(root, &second(""), &missed);
    let no_snapshots = r#"{"Snapshots": [], "SnapshotsComplete": true}"#;
    finds_with(no_snapshots, "{}", &["snapshot-not-listed BlockDeviceMappings[0].Ebs.SnapshotId"]);
    finds_with(r#"{"MissingSnapshots": ["snap-0123456789abcdef1"]}"#, &second(""), &missed);
    // `--owner-ids self` prints lists like these. It omits shared snapshots.
    for own in [
        r#"{"Snapshots": []}"#,
        r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "OwnerId": "1"}]}"#,
        r#"{"OwnerId": "1", "Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "1"}, {"SnapshotId": "snap-2", "OwnerId": "1"}]}"#,
    ] {
        finds_with(own, &second(""), &[]);
        assert!(not_checked(own, &second("")).contains(&"snapshot-not-listed"), "{own}");
    }
    // A page is not a list.
    let page = r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "State": "completed"}], "NextToken": "a"}"#;
    finds_with(page, &second(""), &[]);
    assert!(not_checked(page, &second("")).contains(&"snapshot-not-listed"));
    let of_two =
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "1"}, {"SnapshotId": "snap-2", "OwnerId": "2"}]}"#;
    finds_with(
        of_two,
        &ebs(r#""SnapshotId": "snap-0123456789abcdef1""#),
        &["snapshot-not-listed BlockDeviceMappings[0].Ebs.SnapshotId", missed[0]],
    );
    // Product codes of one snapshot are no list of all.
    finds_with(r#"{"SnapshotId": "snap-0123456789abcdef0", "ProductCodes": []}"#, &second(""), &[]);
    finds_with("{}", &second(""), &[]);
    // A mistake in the id is the one cause.
    finds_with(root, &ebs(r#""SnapshotId": "snap-1""#), &["snapshot-id-form BlockDeviceMappings[1].Ebs.SnapshotId"]);
}

#[test]
fn outposts_by_facts() {
    let arn = |region: &str, id: &str| format!("arn:aws:outposts:{region}:123456789012:outpost/op-{id}");
    let on = |id: &str| format!(r#""OutpostArn": "{}""#, arn("us-east-1", id));
    let mixed = ["snapshot-outposts-mixed BlockDeviceMappings[1].Ebs.SnapshotId"];
    finds_with(&described(&on("1"), &on("2")), &second(""), &mixed);
    finds_with(&described(&on("1"), &on("1")), &second(""), &[]);
    finds_with(&described(&on("1"), r#""State": "completed""#), &second(""), &[]);
    // Half of it by the request.
    finds_with(&described(&on("1"), r#""VolumeSize": 1"#), &second(&format!(", {}", on("2"))), &mixed);
    // All of it by the request, which has a rule of its own.
    let stated = mappings(&format!(
        r#"{{"DeviceName": "/dev/xvda", "Ebs": {{"SnapshotId": "snap-0123456789abcdef0", {}}}}},
            {{"DeviceName": "/dev/sdb", "Ebs": {{"SnapshotId": "snap-0123456789abcdef1", {}}}}}"#,
        on("1"),
        on("2")
    ));
    let own = ["outposts-mixed BlockDeviceMappings[1].Ebs.OutpostArn"];
    finds_with(&described(&on("1"), &on("2")), &stated, &own);

    let elsewhere = ["outpost-other-region BlockDeviceMappings[1].Ebs.OutpostArn"];
    let at = |arn: &str| second(&format!(r#", "OutpostArn": "{arn}""#));
    finds_with(r#"{"Region": "eu-central-1"}"#, &at(&arn("us-east-1", "1")), &elsewhere);
    finds_with(r#"{"Region": "us-east-1"}"#, &at(&arn("us-east-1", "1")), &[]);
    finds_with(r#"{"Region": "us-gov-west-1"}"#, &at(&arn("us-gov-west-1", "1")), &elsewhere);
    finds_with(r#"{"Region": "garage"}"#, &at(&arn("garage", "1")), &[]);
    finds_with("{}", &at(&arn("us-east-1", "1")), &[]);
}

#[test]
fn product_codes_and_platforms() {
    let codes = |kind: &str| format!(r#""ProductCodes": [{{"ProductCodeId": "a", "ProductCodeType": "{kind}"}}]"#);
    let secondary = ["secondary-product-codes BlockDeviceMappings[1].Ebs.SnapshotId"];
    finds_with(&described(&codes("marketplace"), &codes("marketplace")), &second(""), &secondary);
    finds_with(&described(&codes("marketplace"), &codes("devpay")), &second(""), &[]);
    finds_with(&described(&codes("marketplace"), r#""ProductCodes": []"#), &second(""), &[]);

    let billing = ["platform-billing BlockDeviceMappings[0].Ebs.SnapshotId"];
    let platform = |platform: &str| format!(r#"{{"Platform": "{platform}"}}"#);
    for billed in
        ["windows", "Windows with SQL Server Standard", "Red Hat Enterprise Linux", "RHEL", "SUSE Linux", "SLES"]
    {
        finds_with(&platform(billed), "{}", &billing);
    }
    for free in ["Linux/UNIX", "openSUSE", "Ubuntu Pro Linux", ""] {
        finds_with(&platform(free), "{}", &[]);
    }
    let stated = r#"{"BillingProducts": ["bp-6fa54006"]}"#;
    finds_with(&platform("Windows"), stated, &["billing-products BillingProducts"]);
}

#[test]
fn snapshots_of_other_accounts() {
    let owned = |owner: &str, encrypted: &str| {
        let snapshots = described(r#""OwnerId": "1""#, &format!(r#""OwnerId": "{owner}"{encrypted}"#));
        format!(r#"{{"OwnerId": "1", {}"#, &snapshots[1..])
    };
    let id = "BlockDeviceMappings[1].Ebs.SnapshotId";
    finds_with(&owned("1", r#", "Encrypted": true"#), &second(""), &[]);
    finds_with(&owned("2", r#", "Encrypted": true"#), &second(""), &[&format!("snapshot-shared-encrypted {id}")]);
    for encrypted in [r#", "Encrypted": false"#, ""] {
        finds_with(&owned("2", encrypted), &second(""), &[&format!("snapshot-other-account {id}")]);
    }
    // Whose account it is must be known.
    let unknown = described(r#""OwnerId": "1""#, r#""OwnerId": "2", "Encrypted": true"#);
    finds_with(&unknown, &second(""), &[]);
}

#[test]
fn snapshots_in_local_zones() {
    let at = |place: &str| format!(r#""State": "completed"{place}"#);
    let zone = |name: &str| at(&format!(r#", "AvailabilityZone": "{name}""#));
    let outpost = at(r#", "OutpostArn": "arn:aws:outposts:us-west-2:123456789012:outpost/op-1""#);
    let (lax, region) = (zone("us-west-2-lax-1a"), at(""));
    let apart = ["snapshots-in-several-places BlockDeviceMappings[1].Ebs.SnapshotId"];
    for (one, other) in [(&lax, &region), (&region, &lax), (&lax, &zone("us-west-2-den-1a")), (&outpost, &lax)] {
        finds_with(&described(one, other), &second(""), &apart);
    }
    // The Region and one Outpost can be combined, and an Availability Zone is in the Region.
    for (one, other) in [
        (&lax, &lax),
        (&region, &outpost),
        (&region, &zone("us-west-2a")),
        (&zone("us-west-2a"), &zone("us-west-2b")),
        (&lax, &r#""ProductCodes": []"#.to_owned()),
    ] {
        finds_with(&described(one, other), &second(""), &[]);
    }
}

#[test]
fn enforced_imdsv2() {
    let account = |level: &str| format!(r#"{{"AccountLevel": {{{level}}}}}"#);
    let not_required = ["imds-not-required ImdsSupport"];
    finds_with(&account(r#""HttpTokensEnforced": "enabled""#), "{}", &not_required);
    finds_with(&account(r#""HttpTokensEnforced": "enabled", "HttpTokens": "optional""#), "{}", &not_required);
    finds_with(&account(r#""HttpTokensEnforced": "enabled", "HttpTokens": "required""#), "{}", &[]);
    finds_with(&account(r#""HttpTokensEnforced": "disabled""#), "{}", &[]);
    finds_with(&account(""), "{}", &[]);
    finds_with(&account(r#""HttpTokensEnforced": "enabled""#), r#"{"ImdsSupport": "v2.0"}"#, &[]);
}

#[test]
fn what_lacks_facts_is_listed() {
    let no_list = [
        "snapshot-not-listed",
        "snapshot-not-completed",
        "snapshot-archived",
        "snapshot-shared-encrypted",
        "snapshot-other-account",
    ];
    let imds = "imds-not-required";
    lacks("{}", r#"{"BlockDeviceMappings": null, "RootDeviceName": null}"#, &["name-in-use", imds]);
    lacks("{}", "{}", &[&["name-in-use"], &no_list[..], &["platform-billing", imds]].concat());
    let outpost = r#", "VolumeSize": 8, "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1""#;
    let all: Vec<_> = rules::all().filter(|rule| rule.facts.is_some()).map(|rule| rule.id).collect();
    assert_eq!(all.len(), 13);
    lacks("{}", &second(outpost), &all);
    let known =
        r#""State": "completed", "StorageTier": "standard", "VolumeSize": 8, "ProductCodes": [], "OwnerId": "1""#;
    let snapshots = described(known, known);
    let of_owners = ["snapshot-shared-encrypted", "snapshot-other-account"];
    let others = ["outpost-other-region", "platform-billing", imds];
    lacks(&snapshots, &second(outpost), &[&["name-in-use"], &of_owners[..], &others].concat());
    let rest = r#""Region": "us-east-1", "OwnerId": "1", "Images": [], "Platform": "Linux/UNIX", "AccountLevel": {}"#;
    lacks(&format!("{{{rest}, {}", &snapshots[1..]), &second(outpost), &[]);
    // A snapshot that was not listed is as unknown as all were.
    let none = r#""Snapshots": [], "SnapshotsComplete": true"#;
    lacks(&format!("{{{rest}, {none}}}"), "{}", &no_list[1..]);
    // A foreign snapshot may be encrypted.
    let foreign =
        r#""State": "completed", "StorageTier": "standard", "VolumeSize": 8, "ProductCodes": [], "OwnerId": "2""#;
    lacks(&format!("{{{rest}, {}", &described(known, foreign)[1..]), &second(outpost), &["snapshot-shared-encrypted"]);
    // What a policy allows is not missing.
    let policy = Policy::new().allow("name-in-use").unwrap().allow("imds-not-required").unwrap();
    let report =
        Validator::new().policy(policy).check(&with(r#"{"BlockDeviceMappings": null, "RootDeviceName": null}"#));
    assert_eq!(report.not_checked().count(), 0);
}

#[test]
fn facts_that_find_nothing_allocate_nothing() {
    let known =
        r#""State": "completed", "StorageTier": "standard", "VolumeSize": 8, "ProductCodes": [], "OwnerId": "1""#;
    let mut facts = read_facts(&described(known, known));
    facts.extend(
        read_facts(r#"{"OwnerId": "1", "Images": [{"ImageId": "ami-1", "Name": "web", "OwnerId": "2"}]}"#)
            .images()
            .to_vec(),
    );
    let validator = Validator::new().facts(facts);
    let request = with(&second(r#", "VolumeSize": 8"#));
    assert_eq!(validator.check(&request).findings().count(), 0);
    assert_eq!(allocation_counter::measure(|| drop(validator.check(&request))).count_total, 0);
}

/// Facts in which the snapshots of the rules' requests are described, each with these members.
fn described_ids(members: &str) -> Facts {
    let ids = (0..4).map(|digit| format!(r#"{{"SnapshotId": "snap-0123456789abcdef{digit}"{members}}}"#));
    read_facts(&format!(r#"{{"Snapshots": [{}], "SnapshotsComplete": true}}"#, ids.collect::<Vec<_>>().join(", ")))
}

/// Each request of a rule, with `"OutpostArn": ""` in every volume that names no Outpost.
fn with_empty_arns() -> impl Iterator<Item = (RegisterImageRequest, RegisterImageRequest)> {
    rules::all().flat_map(|rule| [rule.trigger, rule.near_miss]).map(|json| {
        let request: RegisterImageRequest = serde_json::from_str(json).unwrap();
        let mut with_arns = request.clone();
        for ebs in with_arns.block_device_mappings.iter_mut().flatten().filter_map(|mapping| mapping.ebs.as_mut()) {
            // An empty volume is not sent, and with an empty ARN it is.
            if *ebs != EbsBlockDevice::default() {
                ebs.outpost_arn.get_or_insert_with(|| "".into());
            }
        }
        (request, with_arns)
    })
}

/// The form of the text is a rule of its own.
#[test]
fn an_empty_arn_names_no_outpost() {
    let everything = rules::all().fold(Policy::new(), |policy, rule| policy.allow(rule.id).unwrap());
    for facts in [Facts::new(), described_ids(""), described_ids(r#", "State": "completed", "Encrypted": false"#)] {
        for (request, with_arns) in with_empty_arns() {
            let validator = Validator::new().facts(facts.clone());
            let [plain, with] = [&request, &with_arns].map(|request| {
                let report = validator.check(request);
                let found: Vec<_> =
                    report.findings().filter(|it| it.rule().id != "outpost-arn-form").cloned().collect();
                let not_checked: Vec<_> = report.not_checked().map(|rule| rule.id).collect();
                (found, not_checked)
            });
            assert_eq!(plain, with, "{with_arns:?}");
            let [plain, with] = [request, with_arns].map(|request| {
                let valid = Validator::new().policy(everything.clone()).validate(request).unwrap();
                preview(&valid, &facts)
            });
            assert_eq!(plain, with);
        }
    }
}

#[test]
fn empty_text_in_facts_is_unknown() {
    let [plain, empty] =
        ["", r#", "OutpostArn": "", "KmsKeyId": "", "OwnerId": "", "StorageTier": "", "State": """#].map(described_ids);
    assert_eq!(plain, empty);
    for rule in rules::all() {
        let request: RegisterImageRequest = serde_json::from_str(rule.trigger).unwrap();
        let [plain, empty] = [&plain, &empty].map(|facts| Validator::new().facts(facts.clone()).check(&request));
        assert_eq!(plain, empty, "{}", rule.id);
    }
}

#[test]
fn an_empty_text_is_no_statement_for_rules_and_preview_alike() {
    let everything = rules::all().fold(Policy::new(), |policy, rule| policy.allow(rule.id).unwrap());
    let preview_of = |members: &str| {
        let valid = Validator::new().policy(everything.clone()).validate(with(members)).unwrap();
        preview(&valid, &described_ids(r#", "State": "completed""#))
    };
    for (empty, absent) in [
        (r#"{"KernelId": "", "RamdiskId": ""}"#, "{}"),
        (r#"{"UefiData": ""}"#, "{}"),
        (
            r#"{"RootDeviceName": "", "BlockDeviceMappings": [{"DeviceName": "", "Ebs": {"VolumeSize": 8}}]}"#,
            r#"{"RootDeviceName": null, "BlockDeviceMappings": [{"DeviceName": "", "Ebs": {"VolumeSize": 8}}]}"#,
        ),
        (
            &ebs(
                r#""VolumeSize": 8, "SnapshotId": "", "KmsKeyId": "", "AvailabilityZone": "", "AvailabilityZoneId": """#,
            ),
            &ebs(r#""VolumeSize": 8"#),
        ),
    ] {
        assert_eq!(preview_of(empty), preview_of(absent), "{empty}");
    }
}
