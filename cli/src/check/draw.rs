//! What was found, drawn as rustc draws it.

use annotate_snippets::{
    AnnotationKind, Group, Level as Drawn, Origin, Padding, Renderer, Snippet, normalize_untrusted_str,
};
use ec2_register_image::rules::{Finding, Level};

use super::place::Document;
use super::unreadable::Unreadable;

/// A finding: level, rule and message; the place with its path; then help, evidence and link.
///
/// `accepted` is the image that EC2 registered, and whether that disproves the finding.
pub fn finding(
    renderer: &Renderer,
    file: &str,
    document: &Document<'_>,
    finding: &Finding,
    accepted: Option<(&str, bool)>,
) -> String {
    let rule = finding.rule();
    let disproof = accepted.filter(|(_, is_disproved)| *is_disproved).map(|(image_id, _)| {
        let image_id = normalize_untrusted_str(image_id);
        format!("EC2 accepted this request and registered {image_id}, so this rule is wrong or outdated")
    });
    let level = match (&disproof, finding.level()) {
        (Some(_), _) => Drawn::WARNING.with_name("disproved"),
        (None, Level::Error) => Drawn::ERROR,
        (None, _) => Drawn::WARNING,
    };
    let place = document.find(finding.path());
    let missing = if place.is_there { "" } else { " (missing)" };
    let code = rule.ec2_code.as_ref().filter(|_| accepted.is_none());
    let answer = code.map_or_else(String::new, |code| format!("; EC2 answers {code}"));
    let origin = Origin::path(normalize_untrusted_str(file)).line(place.line).char_column(place.column);
    let title = disproof.clone().unwrap_or_else(|| finding.message().to_string());
    let what = level.clone().primary_title(title).id(rule.id).element(origin);
    let underlined = AnnotationKind::Primary.span(place.span).label(format!("{}{missing}", finding.path()));
    let seen = Group::with_level(level)
        .element(Snippet::source(place.source).line_start(place.line).annotation(underlined))
        .element(Padding);
    let seen = match &disproof {
        Some(_) => seen
            .element(Drawn::NOTE.with_name("the rule says").message(finding.message().to_string()))
            .element(Drawn::HELP.message("report this record to the maintainers of the rules")),
        None => seen.element(Drawn::HELP.message(finding.help().to_string())),
    };
    let seen = seen
        .element(Drawn::NOTE.with_name("evidence").message(format!("{}{answer}", rule.evidence.as_str())))
        .element(Drawn::NOTE.with_name("link").message(rule.source));
    // A snippet works out its column from its source, which is cut here; so the origin states line and column, in a
    // group before it. A rule divides the first group from the next: an empty one takes it, and leaves an empty line.
    let drawn = renderer.render(&[Group::with_level(Drawn::NOTE), what, seen]);
    drawn.trim_start_matches('\n').to_owned()
}

/// A part of a record that could not be read. It is an error if a value of the request was lost.
pub fn gap(renderer: &Renderer, event: &str, gap: &str, is_loss: bool) -> String {
    let level = if is_loss { Drawn::ERROR } else { Drawn::WARNING };
    let title = level.primary_title(gap).element(Origin::path(normalize_untrusted_str(event)));
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
