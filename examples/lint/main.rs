//! Tells everything that is wrong with requests in files, as a compiler would, or as JSON for tools.
//!
//! ```sh
//! cargo run --example lint -- --allow name-length request.json
//! ```
//!
//! Exits with 0 where no error was found, 1 where one was, 2 where something could not be read.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::process::ExitCode;
use std::{env, fmt};

use annotate_snippets::{Renderer, normalize_untrusted_str};
use ec2_register_image::Facts;
use ec2_register_image::rules::{self, Policy, Report, Rule, Validator};
use serde::{Serialize, de::DeserializeOwned};

mod catalogue;
mod draw;
mod place;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "this tool takes more files than one")]
mod support;
mod unreadable;

use catalogue::Row;
use place::Document;
use support::{Arguments, read_input};
use unreadable::Unreadable;

const USAGE: &str = "\
usage: lint [--format text|json] [--strict] [--allow|--warn|--deny RULE]… [--facts FILE]… [FILE]…
       lint [--format text|json] --list | --explain RULE

Checks requests of RegisterImage in the AWS CLI's JSON; a FILE of `-`, or none, is standard input.

  --format text|json  how to print; text is the default
  --strict            every warning is an error, but for rules that are named
  --allow RULE        drop what the rule finds; of several options for a rule the last one counts
  --warn RULE         make it a warning
  --deny RULE         make it an error
  --facts FILE        look at these facts as well: what the AWS CLI prints for describe-snapshots, describe-images and
                      others; of several files a later one counts, member by member. As text, the rules
                      that lacked some are named at the end
  --list              print every rule
  --explain RULE      print all about a rule

Exits with 0 where no error was found, 1 where one was, 2 where something could not be read.";

fn main() -> ExitCode {
    match run() {
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

fn run() -> Result<u8, Box<dyn Error>> {
    let Options { format, task, has_facts } = Options::read(Arguments::new())?;
    let stdout = io::stdout().lock();
    let is_coloured = stdout.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
    let mut out = BufWriter::new(stdout);
    let mut tally = Tally::default();
    match (task, format) {
        (Task::Check(files, validator), Format::Text) => {
            check_as_text(&files, &validator, &renderer, &mut tally, &mut out)?;
            if has_facts && !tally.not_checked.is_empty() {
                let rules: Vec<&str> = tally.not_checked.iter().copied().collect();
                writeln!(out, "not checked, for want of facts: {}", rules.join(", "))?;
            }
        }
        (Task::Check(files, validator), Format::Json) => check_as_json(&files, &validator, &mut tally, &mut out)?,
        (Task::List, Format::Text) => catalogue::list(&mut out)?,
        (Task::List, Format::Json) => print_json(&rules::all().map(Row::from).collect::<Vec<_>>(), &mut out)?,
        (Task::Explain(rule), Format::Text) => catalogue::explain(rule, &mut out)?,
        (Task::Explain(rule), Format::Json) => print_json(&Row::from(rule), &mut out)?,
        (Task::Help, _) => writeln!(out, "{USAGE}")?,
    }
    out.flush()?;
    Ok(tally.exit_code())
}

/// What the command line asks for.
struct Options {
    format: Format,
    task: Task,
    has_facts: bool,
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
        let (mut format, mut strict, mut task) = (Format::Text, false, None);
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
            return Ok(Self { format, task, has_facts: false });
        }
        if files.is_empty() {
            files.push("-".to_owned());
        }
        // Wherever `--strict` stands, a rule that is named counts as its own option says.
        let policy = if strict { Policy::strict() } else { Policy::new() };
        let policy = settings.into_iter().try_fold(policy, |policy, (set, rule)| set(policy, rule.id))?;
        let facts =
            facts_files.iter().try_fold(Facts::default(), |known, file| facts(file).map(|later| known.merge(later)))?;
        let validator = Validator::new().policy(policy).facts(facts);
        Ok(Self { format, task: Task::Check(files, validator), has_facts: !facts_files.is_empty() })
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
    /// The rules that lacked facts somewhere.
    not_checked: BTreeSet<&'static str>,
}

impl Tally {
    fn add(&mut self, outcome: Result<&Report, &Unreadable>) {
        self.files += 1;
        match outcome {
            Ok(report) => {
                self.errors += report.errors().count();
                self.warnings += report.warnings().count();
                self.not_checked.extend(report.not_checked().map(|rule| rule.id));
            }
            Err(_) => self.unreadable += 1,
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self { unreadable: 1.., .. } => UNREADABLE,
            Self { errors: 1.., .. } => ERRORS,
            _ => CLEAN,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, errors, warnings, unreadable, not_checked: _ } = self;
        let plural = |&count: &usize| if count == 1 { "" } else { "s" };
        write!(f, "{errors} error{}, {warnings} warning{}", plural(errors), plural(warnings))?;
        write!(f, " in {files} file{}", plural(files))?;
        if *unreadable > 0 {
            write!(f, ", {unreadable} of which could not be read")?;
        }
        Ok(())
    }
}

/// Reads the JSON in a file; gives its text as well.
fn read<T: DeserializeOwned>(file: &str) -> Result<(String, T), Unreadable> {
    let bytes = read_input(Some(file)).map_err(|error| Unreadable::file(&*error))?;
    let text = String::from_utf8(bytes).map_err(|error| Unreadable::text(&error))?;
    let value = serde_json::from_str(&text).map_err(|error| Unreadable::json(&error, &text))?;
    Ok((text, value))
}

/// Reads a file and tells everything that is wrong with the request in it.
fn check(file: &str, validator: &Validator) -> Result<(String, Report), Unreadable> {
    let (text, request) = read(file)?;
    Ok((text, validator.check(&request)))
}

/// Reads the facts in a file.
fn facts(file: &str) -> Result<Facts, String> {
    read(file).map(|(_, facts)| facts).map_err(|Unreadable { line, column, message }| match (line, column) {
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
        match &checked {
            Ok((text, report)) => {
                let document = Document::read(text)?;
                for finding in report.findings() {
                    writeln!(out, "{}\n", draw::finding(renderer, name, &document, finding))?;
                }
            }
            Err(error) => writeln!(out, "{}\n", draw::unreadable(renderer, name, error))?,
        }
        tally.add(checked.as_ref().map(|(_, report)| report));
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
        outcome: Outcome,
    }

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Outcome {
        Report(Report),
        Unreadable { error: Unreadable },
    }

    let mut checked = Vec::new();
    for file in files {
        let outcome = check(file, validator).map(|(_, report)| report);
        tally.add(outcome.as_ref());
        let outcome = outcome.map_or_else(|error| Outcome::Unreadable { error }, Outcome::Report);
        checked.push(File { file, outcome });
    }
    print_json(&checked, out)
}

fn print_json(value: &impl Serialize, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    Ok(writeln!(out, "{}", serde_json::to_string(value)?)?)
}
