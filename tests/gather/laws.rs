//! What holds whatever the network and the service do.

use ec2_register_image::gather::Fact;
use ec2_register_image::machine::Failure;
use ec2_register_image::types::SnapshotId;
use http::Response;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::account::*;

/// What becomes of one request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    /// The answer in pages of one item, or without end.
    Denied,
    Throttled,
    NotFound,
    Garbage,
    CutOff,
    /// The response to another request.
    OtherAction,
    Endless,
    NotSent,
    Lost,
    Permanent,
    /// The caller asks for the next step without a report.
    Forgotten,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => Just(Fate::Answered),
        1 => Just(Fate::Denied),
        2 => Just(Fate::Throttled),
        2 => Just(Fate::NotFound),
        1 => Just(Fate::Garbage),
        1 => Just(Fate::CutOff),
        1 => Just(Fate::OtherAction),
        1 => Just(Fate::Endless),
        1 => Just(Fate::NotSent),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Forgotten),
    ]
}

fn answer(fate: Fate, account: &Account, form: &Form) -> Option<Sent> {
    let action = value(form, "Action").unwrap();
    let io = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Some(match fate {
        Fate::Answered => account.answer(form),
        Fate::Denied => denied(),
        Fate::Throttled => throttled(),
        Fate::NotFound => error(400, "InvalidSnapshot.NotFound", ""),
        Fate::Garbage => Ok(Response::new("<a".to_owned())),
        Fate::CutOff => {
            account.answer(form).map(|response| response.map(|body| body.chars().take(body.len() - 1).collect()))
        }
        Fate::OtherAction => reply("DescribeInstances", "<reservationSet/>"),
        Fate::Endless => match action {
            "DescribeSnapshots" => reply(action, "<snapshotSet/><nextToken>a</nextToken>"),
            "DescribeImages" => reply(action, "<imagesSet/><nextToken>a</nextToken>"),
            _ => account.answer(form),
        },
        Fate::NotSent => Err(Failure::NotSent(io())),
        Fate::Lost => Err(Failure::Unclear(io())),
        Fate::Permanent => Err(Failure::Permanent(io())),
        Fate::Forgotten => return None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// It ends after a bounded number of steps, and each fact that the request needs is known or listed as unknown.
    #[test]
    fn it_ends_and_says_what_it_does_not_know(
        fates in vec(fate(), 1..40),
        last in prop_oneof![9 => fate(), 1 => Just(Fate::Permanent)],
        has_name in any::<bool>(),
        snapshots in proptest::sample::subsequence(vec![ROOT, DATA, MISSING], 0..=3),
        jitter in any::<f64>(),
    ) {
        use ec2_register_image::machine::{Machine as _, Step};

        let account = Account { images: vec![image("ami-1", "web", "available")], ..Account::default() };
        let request = request(if has_name { "web" } else { "" }, &snapshots);
        let mut gather = gather(&request);
        let mut fates = fates.into_iter();
        let (mut sent, mut waited) = (0_u32, std::time::Duration::ZERO);
        let gathered = loop {
            match gather.next(jitter) {
                Step::Done(gathered) => break gathered,
                Step::Wait(wait) => waited += wait,
                Step::Send(request) => {
                    sent += 1;
                    prop_assert!(sent <= 3_000, "no end");
                    let fate = fates.next().unwrap_or(last);
                    match answer(fate, &account, &form(request.body())) {
                        Some(Ok(response)) => gather.answered(&response),
                        Some(Err(failure)) => gather.failed(failure),
                        None => {}
                    }
                }
            }
        };
        prop_assert!(waited <= std::time::Duration::from_secs(20) * sent);

        let facts = &gathered.facts;
        let is_unknown = |fact: &Fact| gathered.unknown.iter().any(|unknown| unknown.fact == *fact);
        for unknown in &gathered.unknown {
            prop_assert!(!unknown.to_string().is_empty());
        }
        for id in snapshots.iter().map(|id| SnapshotId::from(*id)) {
            let known = facts.snapshot(&id);
            let is_described = known.is_some_and(|snapshot| snapshot.owner_id.is_some());
            prop_assert_eq!(is_described, !is_unknown(&Fact::Snapshot(id.clone())), "{}", id);
            let codes = Fact::ProductCodes(id.clone());
            let has_codes = known.is_some_and(|snapshot| snapshot.product_codes.is_some());
            prop_assert_eq!(has_codes, is_described && !is_unknown(&codes), "{}", id);
            // What is known is true.
            if is_described {
                let (owner, _) = account.snapshots[id.as_str()];
                prop_assert_eq!(known.unwrap().owner_id.as_deref(), Some(owner));
            }
        }
        prop_assert!(facts.owner_id().is_none_or(|owner| owner == OWN));
        if has_name {
            prop_assert_eq!(facts.has_all_images_named(&"web".into()), !is_unknown(&Fact::Images));
        }
        if !snapshots.is_empty() {
            let is_known = facts.ebs_encryption_by_default().is_some();
            prop_assert_eq!(is_known, !is_unknown(&Fact::EncryptionByDefault));
            prop_assert_eq!(facts.default_kms_key_id().is_some(), !is_unknown(&Fact::DefaultKmsKey));
        }
    }
}
