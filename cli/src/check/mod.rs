//! Tells everything that is wrong with requests in files, as a compiler would, or as JSON for tools.
//!
//! ```sh
//! ec2-register-image check --allow name-length request.json
//! ```
//!
//! Exits with 0 where no error was found, 1 where one was, 2 where something could not be read.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::process::ExitCode;
use std::{env, fmt};

use annotate_snippets::{Renderer, normalize_untrusted_str};
use ec2_register_image::rules::{Finding, Policy, Report, Rule, Validator};
use ec2_register_image::{Facts, rules};
use serde::{Serialize, de::DeserializeOwned};

mod catalogue;
mod draw;
mod place;
mod trail;
mod unreadable;

use catalogue::Row;
use place::Document;
use trail::Event;
use unreadable::Unreadable;

use crate::arguments::{Arguments, add_facts, facts_documents, not_checked, read_input};

const USAGE: &str = concat!(
    r#"usage: ec2-register-image check [--format text|json] [--strict] [--allow|--warn|--deny RULE]… [--facts FILE]…
                                [--require-facts] [FILE]…
       ec2-register-image check [--format text|json] --list | --explain RULE

Checks requests of RegisterImage in the AWS CLI's JSON; a FILE of `-`, or none, is standard input. In CloudTrail records,
in any form in which AWS delivers or prints them, checks each request that was made.

  --format text|json  how to print; text is the default
  --strict            every warning is an error, but for rules that are named
  --allow RULE        drop what the rule finds; of several options for a rule the last one counts
  --warn RULE         make it a warning
  --deny RULE         make it an error
  --facts FILE        use these facts as well; of several files a later one counts, member by member, but files of
                      different Regions are an error
  --require-facts     fail if a rule lacked facts
  --list              print every rule
  --explain RULE      print all about a rule

A FILE of facts is what the AWS CLI prints for one of these:
"#,
    facts_documents!(),
    r#"

The report lists the rules that lacked facts.

Exits with 0 if no error was found, with 1 if one was or if required facts are missing, with 2 if a file or a document of
facts could not be read."#
);

pub fn main(arguments: Arguments) -> ExitCode {
    match run(arguments) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("lint: {error}");
            UNREADABLE.into()
        }
    }
}

const CLEAN: u8 = 0;
const ERRORS: u8 = 1;
const UNREADABLE: u8 = 2;

fn run(arguments: Arguments) -> Result<u8, Box<dyn Error>> {
    let Options { format, task, requires_facts } = Options::read(arguments)?;
    let stdout = io::stdout().lock();
    let is_coloured = stdout.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
    let mut out = BufWriter::new(stdout);
    let mut tally = Tally::default();
    match (task, format) {
        (Task::Check(files, validator), Format::Text) => {
            check_as_text(&files, &validator, &renderer, &mut tally, &mut out)?;
            tally.write_not_checked(&mut out)?;
        }
        (Task::Check(files, validator), Format::Json) => check_as_json(&files, &validator, &mut tally, &mut out)?,
        (Task::List, Format::Text) => catalogue::list(&mut out)?,
        (Task::List, Format::Json) => print_json(&rules::all().map(Row::from).collect::<Vec<_>>(), &mut out)?,
        (Task::Explain(rule), Format::Text) => catalogue::explain(rule, &mut out)?,
        (Task::Explain(rule), Format::Json) => print_json(&Row::from(rule), &mut out)?,
        (Task::Help, _) => writeln!(out, "{USAGE}")?,
    }
    out.flush()?;
    tally.requires_facts = requires_facts;
    Ok(tally.exit_code())
}

/// What the command line asks for.
struct Options {
    format: Format,
    task: Task,
    requires_facts: bool,
}

enum Format {
    Text,
    Json,
}

enum Task {
    Check(Vec<String>, Validator),
    List,
    Explain(&'static Rule),
    Help,
}

impl Options {
    fn read(mut arguments: Arguments) -> Result<Self, Box<dyn Error>> {
        let (mut format, mut strict, mut task, mut requires_facts) = (Format::Text, false, None, false);
        let (mut files, mut settings, mut facts_files) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--format" => {
                    format = match arguments.value_of("--format")?.as_str() {
                        "text" => Format::Text,
                        "json" => Format::Json,
                        other => return Err(format!("there is no format {other}, only text and json").into()),
                    }
                }
                "--strict" => strict = true,
                "--allow" => settings.push((Policy::allow as Setting, named(&arguments.value_of("--allow")?)?)),
                "--warn" => settings.push((Policy::warn, named(&arguments.value_of("--warn")?)?)),
                "--deny" => settings.push((Policy::deny, named(&arguments.value_of("--deny")?)?)),
                "--facts" => facts_files.push(arguments.value_of("--facts")?),
                "--require-facts" => requires_facts = true,
                "--list" => task = Some(Task::List),
                "--explain" => task = Some(Task::Explain(named(&arguments.value_of("--explain")?)?)),
                "--help" | "-h" => task = Some(Task::Help),
                option if option.starts_with('-') && option != "-" => {
                    return Err(format!("there is no option {option}").into());
                }
                _ => files.push(argument),
            }
        }
        if let Some(task) = task {
            return Ok(Self { format, task, requires_facts: false });
        }
        if files.is_empty() {
            files.push("-".to_owned());
        }
        // Wherever `--strict` stands, a rule that is named counts as its own option says.
        let policy = if strict { Policy::strict() } else { Policy::new() };
        let policy = settings.into_iter().try_fold(policy, |policy, (set, rule)| set(policy, rule.id))?;
        let facts =
            facts_files.iter().try_fold(Facts::default(), |known, file| add_facts(known, file, facts(file)?))?;
        let validator = Validator::new().policy(policy).facts(facts);
        Ok(Self { format, task: Task::Check(files, validator), requires_facts })
    }
}

type Setting = fn(Policy, &str) -> Result<Policy, rules::UnknownRule>;

/// The rule of an option, or an error that names those that share most words with it.
fn named(id: &str) -> Result<&'static Rule, String> {
    rules::find(id).ok_or_else(|| {
        let shared = |rule: &Rule| id.split('-').filter(|word| rule.id.split('-').any(|own| own == *word)).count();
        let most = rules::all().map(shared).max().filter(|&most| most > 0);
        let alike: Vec<&str> = rules::all().filter(|rule| Some(shared(rule)) == most).map(|rule| rule.id).collect();
        match alike.as_slice() {
            [] => format!("no rule is called {id:?}; --list names them all"),
            alike => format!("no rule is called {id:?}; there is {}, and --list names them all", alike.join(", ")),
        }
    })
}

/// What was found in all files.
#[derive(Default)]
struct Tally {
    files: usize,
    errors: usize,
    warnings: usize,
    unreadable: usize,
    /// Findings that are wrong, because EC2 registered the image.
    disproved: usize,
    /// The rules that lacked facts somewhere.
    not_checked: BTreeSet<&'static str>,
    /// Whether a rule that lacked facts is an error.
    requires_facts: bool,
}

impl Tally {
    fn add(&mut self, checked: &[Result<Checked, Unreadable>]) {
        self.files += 1;
        for Checked { report, disproved, .. } in checked.iter().flatten() {
            self.disproved += disproved.len();
            self.errors += report.errors().count();
            self.warnings += report.warnings().count();
            self.not_checked.extend(report.not_checked().map(|rule| rule.id));
        }
        self.unreadable += usize::from(!checked.iter().all(|checked| checked.as_ref().is_ok_and(Checked::is_whole)));
    }

    fn write_not_checked(&self, out: &mut impl Write) -> io::Result<()> {
        match not_checked(self.not_checked.iter().copied()) {
            Some(line) => writeln!(out, "{line}"),
            None => Ok(()),
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self { unreadable: 1.., .. } => UNREADABLE,
            Self { errors: 1.., .. } => ERRORS,
            Self { requires_facts: true, not_checked, .. } if !not_checked.is_empty() => ERRORS,
            _ => CLEAN,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, errors, warnings, unreadable, disproved, not_checked: _, requires_facts: _ } = self;
        let plural = |&count: &usize| if count == 1 { "" } else { "s" };
        write!(f, "{errors} error{}, {warnings} warning{}", plural(errors), plural(warnings))?;
        write!(f, " in {files} file{}", plural(files))?;
        if *unreadable > 0 {
            write!(f, ", {unreadable} of which could not be read")?;
        }
        if *disproved > 0 {
            write!(f, "; {disproved} finding{} disproved by EC2", plural(disproved))?;
        }
        Ok(())
    }
}

/// A request, and what is wrong with it.
struct Checked {
    /// The request as JSON, in which findings have their places.
    text: String,
    /// The call that it was made in, where it comes of a record.
    event: Option<Event>,
    report: Report,
    /// Findings that the outcome of the call disproves.
    disproved: Vec<Finding>,
}

impl Checked {
    /// Whether nothing of the request is missing from its record.
    fn is_whole(&self) -> bool {
        self.event.as_ref().is_none_or(Event::is_whole)
    }
}

fn read_text(file: &str) -> Result<String, Unreadable> {
    let bytes = read_input(Some(file)).map_err(|error| Unreadable::file(&*error))?;
    String::from_utf8(bytes).map_err(|error| Unreadable::text(&error))
}

fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|error| Unreadable::json(&error, text))
}

/// Reads a file and tells everything that is wrong with each request in it.
fn check(file: &str, validator: &Validator) -> Vec<Result<Checked, Unreadable>> {
    let text = match read_text(file) {
        Ok(text) => text,
        Err(error) => return vec![Err(error)],
    };
    match trail::check(&text, validator) {
        Some(checked) => {
            if checked.is_empty() {
                let name = if file == "-" { "<stdin>" } else { file };
                eprintln!("note: no request of RegisterImage in {}", normalize_untrusted_str(name));
            }
            checked
        }
        None => vec![read_json(&text).map(|request| {
            let report = validator.check(&request);
            Checked { text, event: None, report, disproved: Vec::new() }
        })],
    }
}

/// Reads the facts in a file.
fn facts(file: &str) -> Result<Facts, String> {
    let facts = read_text(file).and_then(|text| read_json(&text));
    facts.map_err(|Unreadable { line, column, message }| match (line, column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}: {message}", normalize_untrusted_str(file)),
        _ => message,
    })
}

fn check_as_text(
    files: &[String],
    validator: &Validator,
    renderer: &Renderer,
    tally: &mut Tally,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    for file in files {
        let name = if file == "-" { "<stdin>" } else { file };
        let checked = check(file, validator);
        for checked in &checked {
            match checked {
                Ok(Checked { text, event, report, disproved }) => {
                    let name = event.as_ref().map_or_else(|| name.to_owned(), |event| event.origin(name));
                    for (gap, is_loss) in event.iter().flat_map(Event::gaps) {
                        writeln!(out, "{}\n", draw::gap(renderer, &name, gap, is_loss))?;
                    }
                    let document = Document::read(text)?;
                    let image_id = event.as_ref().and_then(|event| event.image_id.as_deref());
                    for finding in disproved.iter().chain(report.findings()) {
                        let image_id = image_id.map(|id| (id, disproved.contains(finding)));
                        writeln!(out, "{}\n", draw::finding(renderer, &name, &document, finding, image_id))?;
                    }
                }
                Err(error) => writeln!(out, "{}\n", draw::unreadable(renderer, name, error))?,
            }
        }
        tally.add(&checked);
    }
    Ok(writeln!(out, "{tally}")?)
}

fn check_as_json(
    files: &[String],
    validator: &Validator,
    tally: &mut Tally,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    #[derive(Serialize)]
    struct File<'a> {
        file: &'a str,
        #[serde(flatten)]
        event: Option<Event>,
        #[serde(flatten)]
        outcome: Outcome,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        disproved: Vec<Finding>,
    }

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Outcome {
        Report(Report),
        Unreadable { error: Unreadable },
    }

    let mut checked = Vec::new();
    for file in files {
        let requests = check(file, validator);
        tally.add(&requests);
        checked.extend(requests.into_iter().map(|request| match request {
            Ok(Checked { event, report, disproved, .. }) => {
                File { file, event, outcome: Outcome::Report(report), disproved }
            }
            Err(error) => File { file, event: None, outcome: Outcome::Unreadable { error }, disproved: Vec::new() },
        }));
    }
    print_json(&checked, out)
}

fn print_json(value: &impl Serialize, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    Ok(writeln!(out, "{}", serde_json::to_string(value)?)?)
}
