//! What was found, drawn as rustc draws it.

use annotate_snippets::{
    AnnotationKind, Group, Level as Drawn, Origin, Padding, Renderer, Snippet, normalize_untrusted_str,
};
use ec2_register_image::rules::{Finding, Level};

use super::place::Document;
use super::unreadable::Unreadable;

/// A finding: level, rule and message; the place with its path; then help, evidence and link.
pub fn finding(renderer: &Renderer, file: &str, document: &Document<'_>, finding: &Finding) -> String {
    let rule = finding.rule();
    let level = if finding.level() == Level::Error { Drawn::ERROR } else { Drawn::WARNING };
    let place = document.find(finding.path());
    let missing = if place.is_there { "" } else { " (missing)" };
    let answer = rule.ec2_code.as_ref().map_or_else(String::new, |code| format!("; EC2 answers {code}"));
    let origin = Origin::path(normalize_untrusted_str(file)).line(place.line).char_column(place.column);
    let what = level.clone().primary_title(finding.message().to_string()).id(rule.id).element(origin);
    let underlined = AnnotationKind::Primary.span(place.span).label(format!("{}{missing}", finding.path()));
    let seen = Group::with_level(level)
        .element(Snippet::source(place.source).line_start(place.line).annotation(underlined))
        .element(Padding)
        .element(Drawn::HELP.message(finding.help().to_string()))
        .element(Drawn::NOTE.with_name("evidence").message(format!("{}{answer}", rule.evidence.as_str())))
        .element(Drawn::NOTE.with_name("link").message(rule.source));
    // A snippet works out its column from its source, which is cut here; so the origin states line and column, in a
    // group before it. A rule divides the first group from the next: an empty one takes it, and leaves an empty line.
    let drawn = renderer.render(&[Group::with_level(Drawn::NOTE), what, seen]);
    drawn.trim_start_matches('\n').to_owned()
}

/// What the record of an event does not give of its request.
pub fn gap(renderer: &Renderer, event: &str, gap: &str) -> String {
    let title = Drawn::ERROR.primary_title(gap).element(Origin::path(normalize_untrusted_str(event)));
    renderer.render(&[title])
}

/// A file that could not be read. Nothing of it is shown, since without its structure UEFI data cannot be told apart.
pub fn unreadable(renderer: &Renderer, file: &str, error: &Unreadable) -> String {
    let title = Drawn::ERROR.primary_title(error.message.as_str());
    let group = match (error.line, error.column) {
        (Some(line), Some(column)) => {
            title.element(Origin::path(normalize_untrusted_str(file)).line(line).char_column(column))
        }
        _ => Group::with_title(title),
    };
    renderer.render(&[group])
}
