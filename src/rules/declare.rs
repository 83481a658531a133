//! The macro that declares rules.

use super::{Evidence, Level, Wording};

/// Declares a subject: its rules, each a block with its texts, its condition and its cases.
///
/// Each name in `passes` is a loop that conditions can run in: `request`, `mapping`, `ebs`, `specification` or `tag`. A
/// rule names the typed parameters that its texts need. Its condition, the `check` block that follows, calls the rule by
/// its name, with the path of the finding and the parameters. Rules that share one scan share one `check` block.
///
/// A rule exists only in a subject, because only this macro creates the function that a condition calls. A level above the
/// evidence does not compile, and neither does a text with a placeholder that is not a parameter of the rule.
///
/// A wording is a row of [`messages`](crate::response::messages), with the text of the placeholders that are not parameters of
/// the rule, as in `VALUE_INVALID(value: "*", parameter: "bootMode")`. `*` is any text.
macro_rules! subject {
    ($title:literal, passes: [$($pass:ident)+], rules: $units:tt) => {
        $crate::rules::declare::rules! { $title $units }

        fn check(request: &$crate::model::RegisterImageRequest, findings: &$crate::rules::report::Findings<'_>) {
            $($crate::rules::declare::pass! { $pass request findings $units })+
        }
    };
}

/// Declares the static of each rule, and their list.
macro_rules! rules {
    ($title:literal { $($(
        rule $name:ident($($parameter:ident: $type:ty),*) {
            id: $id:expr,
            $(status: $status:expr,)?
            $(former_ids: $former_ids:expr,)?
            level: $level:ident,
            evidence: $evidence:ident,
            $(code: $code:ident,)?
            $(wordings: [$($wording:ident $(($($filled:ident: $text:literal),+))?),* $(,)?],)?
            summary: $summary:expr,
            explanation: $explanation:expr,
            source: $source:expr,
            message: $message:expr,
            help: $help:expr,
            $(facts: $facts:expr,)?
            trigger: $trigger:expr,
            near_miss: $near_miss:expr,
            says: $says:expr,
        }
    )+ check $scope:ident($($argument:ident),+) $condition:block)+ }) => {
        pub(in crate::rules) const SUBJECT: $crate::rules::Subject =
            $crate::rules::Subject { title: $title, rules: &[$($(&$name::RULE,)+)+], check };

        const IDS: &[&str] = &[$($($id,)+)+];

        $($(
            mod $name {
                #[allow(unused_imports, reason = "not every rule shares something")]
                use super::*;
                use $crate::rules::{Evidence, Level, Rule, Status, Wording, declare};

                const PARAMETERS: &[&str] = &[$(stringify!($parameter)),*];

                const WORDINGS: &[Wording] = &[$($(Wording {
                    message: &$crate::response::messages::$wording,
                    filled: &[$($((stringify!($filled), $text)),+)?],
                }),*)?];

                pub(super) static RULE: Rule = Rule {
                    id: $id,
                    position: declare::position(super::IDS, $id),
                    status: declare::first!($($status,)? Status::Stable),
                    former_ids: declare::first!($($former_ids,)? &[]),
                    level: Level::$level,
                    evidence: Evidence::$evidence,
                    since: "0.1.0",
                    ec2_code: declare::first!($(Some($crate::response::ErrorCode::$code),)? None),
                    ec2_messages: WORDINGS,
                    summary: $summary,
                    explanation: $explanation,
                    source: $source,
                    message: $message,
                    help: $help,
                    parameters: PARAMETERS,
                    facts: declare::first!($(Some($facts),)? None),
                    trigger: $trigger,
                    near_miss: $near_miss,
                    trigger_message: $says,
                };

                const _: () = assert!(
                    Level::$level.is_supported_by(Evidence::$evidence),
                    "the evidence does not support the level"
                );
                const _: () = assert!(
                    declare::names_only($message, PARAMETERS)
                        && declare::names_only($help, PARAMETERS)
                        && declare::fills_all(WORDINGS, PARAMETERS),
                    "a text has a placeholder that is not a parameter of the rule"
                );
            }
        )+)+
    };
}

/// The first of some expressions.
macro_rules! first {
    ($first:expr $(, $other:expr)*) => {
        $first
    };
}

/// Runs the conditions of one pass.
macro_rules! pass {
    ($pass:ident $request:ident $findings:ident { $($(
        rule $name:ident($($parameter:ident: $type:ty),*) { $($row:tt)* }
    )+ check $scope:ident($($argument:ident),+) $condition:block)+ }) => {
        $crate::rules::declare::visit! { $pass $request $findings $(
            [$scope ($($argument),+) $condition $($name($($parameter: $type),*))+]
        )+ }
    };
}

/// The loop of a pass.
macro_rules! visit {
    (request $request:ident $findings:ident $([$($unit:tt)+])+) => {
        $($crate::rules::declare::run! { request ($request, $findings) $findings $($unit)+ })+
    };
    (mapping $request:ident $findings:ident $([$($unit:tt)+])+) => {
        for (at, mapping) in $request.sent_mappings().iter().enumerate() {
            $($crate::rules::declare::run! { mapping ($request, at, mapping) $findings $($unit)+ })+
        }
    };
    (ebs $request:ident $findings:ident $([$($unit:tt)+])+) => {
        for (at, mapping) in $request.sent_mappings().iter().enumerate() {
            if let Some(ebs) = mapping.ebs_volume() {
                $($crate::rules::declare::run! { ebs ($request, at, ebs) $findings $($unit)+ })+
            }
        }
    };
    (specification $request:ident $findings:ident $([$($unit:tt)+])+) => {
        for (at, specification) in $request.sent_tag_specifications().iter().enumerate() {
            if $crate::schema::Value::is_sent(specification) {
                $($crate::rules::declare::run! { specification (at, specification) $findings $($unit)+ })+
            }
        }
    };
    (tag $request:ident $findings:ident $([$($unit:tt)+])+) => {
        for (at, specification) in $request.sent_tag_specifications().iter().enumerate() {
            let tags = specification.tags.as_deref().unwrap_or_default();
            for (index, tag) in $crate::schema::sent_items(tags).iter().enumerate() {
                // Nothing is sent of an empty tag but its place in the numbering.
                if $crate::schema::Value::is_sent(tag) {
                    let path = |member| $crate::model::RequestPath::TagMember(at, index, member);
                    $($crate::rules::declare::run! { tag (path, tag) $findings $($unit)+ })+
                }
            }
        }
    };
}

/// Runs a condition if it belongs to this pass.
macro_rules! run {
    (request $given:tt $findings:ident request $($unit:tt)+) => {
        $crate::rules::declare::condition! { $given $findings $($unit)+ }
    };
    (mapping $given:tt $findings:ident mapping $($unit:tt)+) => {
        $crate::rules::declare::condition! { $given $findings $($unit)+ }
    };
    (ebs $given:tt $findings:ident ebs $($unit:tt)+) => {
        $crate::rules::declare::condition! { $given $findings $($unit)+ }
    };
    (specification $given:tt $findings:ident specification $($unit:tt)+) => {
        $crate::rules::declare::condition! { $given $findings $($unit)+ }
    };
    (tag $given:tt $findings:ident tag $($unit:tt)+) => {
        $crate::rules::declare::condition! { $given $findings $($unit)+ }
    };
    ($pass:ident $given:tt $findings:ident $other:ident $($unit:tt)+) => {};
}

/// A condition, in which the name of each rule is the function that reports it.
macro_rules! condition {
    (($($given:ident),+) $findings:ident ($($argument:ident),+) $condition:block
        $($name:ident($($parameter:ident: $type:ty),*))+
    ) => {{
        $(let $name = |path: $crate::model::RequestPath $(, $parameter: $type)*| {
            let parameters = ::alloc::boxed::Box::new([$($crate::rules::finding::Parameter::from($parameter)),*]);
            $findings.add(&$name::RULE, path, parameters);
        };)+
        let ($($argument,)+) = ($($given,)+);
        let condition = || $condition;
        condition();
    }};
}

pub(super) use {condition, first, pass, rules, run, subject, visit};

/// Returns the index of the ID in the list of a subject.
pub(super) const fn position(ids: &[&str], id: &str) -> usize {
    match ids {
        [first, rest @ ..] if !is_same(first.as_bytes(), id.as_bytes()) => 1 + position(rest, id),
        _ => 0,
    }
}

/// Whether each placeholder of the text is one of these names.
pub(super) const fn names_only(text: &str, names: &[&str]) -> bool {
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'{' && !starts_with_any(after, names) {
            return false;
        }
    }
    true
}

/// Whether each placeholder of the messages is filled or one of these names. Texts that fill a placeholder have only these
/// names.
pub(super) const fn fills_all(wordings: &[Wording], names: &[&str]) -> bool {
    match wordings {
        [first, rest @ ..] => {
            fills(first.message.text, first.filled, names)
                && fills_placeholders_of(first.message.text, first.filled, names)
                && fills_all(rest, names)
        }
        [] => true,
    }
}

/// Whether each placeholder of the text is filled or one of these names.
const fn fills(text: &str, filled: &[(&str, &str)], names: &[&str]) -> bool {
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'{' && !starts_with_any(after, names) && !starts_with_filled(after, filled) {
            return false;
        }
    }
    true
}

/// Whether each filled placeholder is in the text, and the placeholders of its own text are these names.
const fn fills_placeholders_of(text: &str, filled: &[(&str, &str)], names: &[&str]) -> bool {
    match filled {
        [(name, with), rest @ ..] => {
            has_placeholder(text, name) && names_only(with, names) && fills_placeholders_of(text, rest, names)
        }
        [] => true,
    }
}

const fn has_placeholder(text: &str, name: &str) -> bool {
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'{' && is_closed(after, name.as_bytes()) {
            return true;
        }
    }
    false
}

/// Whether the text starts with the name of a filled placeholder and a closing brace.
const fn starts_with_filled(text: &[u8], filled: &[(&str, &str)]) -> bool {
    match filled {
        [(name, _), rest @ ..] => is_closed(text, name.as_bytes()) || starts_with_filled(text, rest),
        [] => false,
    }
}

/// Whether the text starts with one of the names and a closing brace.
const fn starts_with_any(text: &[u8], names: &[&str]) -> bool {
    match names {
        [name, rest @ ..] => is_closed(text, name.as_bytes()) || starts_with_any(text, rest),
        [] => false,
    }
}

const fn is_closed(text: &[u8], name: &[u8]) -> bool {
    match (text, name) {
        ([b'}', ..], []) => true,
        ([a, text @ ..], [b, name @ ..]) => *a == *b && is_closed(text, name),
        _ => false,
    }
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([a, one @ ..], [b, other @ ..]) => *a == *b && is_same(one, other),
        _ => false,
    }
}

impl Level {
    /// Returns whether a rule with this evidence may have this level.
    ///
    /// Every rule asserts it at compile time:
    ///
    /// ```compile_fail,E0080
    /// use ec2_register_image::rules::{Evidence, Level};
    ///
    /// const _: () = assert!(Level::Error.is_supported_by(Evidence::Inferred));
    /// ```
    ///
    /// ```
    /// use ec2_register_image::rules::{Evidence, Level};
    ///
    /// const _: () = assert!(Level::Error.is_supported_by(Evidence::Observed));
    /// ```
    #[must_use]
    pub const fn is_supported_by(self, evidence: Evidence) -> bool {
        self as u8 <= evidence.cap() as u8
    }
}
