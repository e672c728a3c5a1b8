//! One typed step becomes the words of one AWS CLI command, quoted. The one builder: reports and plans take theirs here.
//!
//! Foreign text stands in quotes or in JSON, and what has to be an id and is none is refused, so that a name never
//! becomes an option or a command.

mod call;
mod scanning;
mod steps;
pub(crate) mod word;

use std::fmt;

pub(crate) use scanning::{rules_text, windows_text};
pub(crate) use steps::{ASSOCIATION, policies_text};

use crate::rules::finding::Step;
pub(crate) use word::NotAnId;
use word::{is_id, word};

/// From this many on, commands that differ in one id are written as a loop.
const LOOP: usize = 8;

/// Where a command is run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) region: &'a str,
    /// The profile that its credentials come from; `None` leaves that to the shell.
    pub(crate) profile: Option<&'a str>,
}

/// One command, its words quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    words: Vec<String>,
    /// The file that its output goes to.
    into: Option<&'static str>,
}

impl Command {
    /// The same with what is printed cut down to `query`, as text.
    pub(crate) fn printing(mut self, query: &str) -> Self {
        self.words.extend(["--query".to_owned(), word(query), "--output".to_owned(), "text".to_owned()]);
        self
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words.join(" "))?;
        self.into.map_or(Ok(()), |file| write!(formatter, " > {file}"))
    }
}

/// The command of one step.
///
/// # Errors
/// When something in it has to be an id and is none.
pub(crate) fn command(step: &Step, place: &Place<'_>) -> Result<Command, NotAnId> {
    let call = steps::call(step)?;
    if !is_id(place.region) {
        return Err(NotAnId(place.region.to_owned()));
    }
    let mut words = vec!["aws".to_owned(), call.operation.to_owned()];
    if call.regional {
        words.extend(["--region".to_owned(), place.region.to_owned()]);
    }
    if let Some(profile) = place.profile {
        // A profile's name is the operator's own and may hold anything: as one word with the option it is none itself.
        words.push(format!("--profile={}", word(profile)));
    }
    words.extend(call.words);
    Ok(Command { words, into: call.into })
}

/// Commands as lines of a script: many that differ in one id alone as a loop over the ids.
pub(crate) fn lines(commands: &[Command]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = commands;
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|one| one.words.len() == first.words.len());
        let at = rest.get(1).and_then(|second| differs(first, second));
        let alike = |one: &&Command| std::ptr::eq(*one, first) || at.is_some() && differs(first, one) == at;
        let count = run.take_while(alike).count();
        let (these, others) = rest.split_at(count.max(1));
        match at {
            Some(at) if these.len() >= LOOP => lines.push(repeated(these, at)),
            _ => lines.extend(these.iter().map(ToString::to_string)),
        }
        rest = others;
    }
    lines
}

/// The one word in which two commands differ, an id in both.
fn differs(a: &Command, b: &Command) -> Option<usize> {
    if a.words.len() != b.words.len() || a.into != b.into {
        return None;
    }
    let mut differing = a.words.iter().zip(&b.words).enumerate().filter(|(_, (a, b))| a != b);
    let (at, (one, other)) = differing.next()?;
    (differing.next().is_none() && is_id(one) && is_id(other)).then_some(at)
}

fn repeated(commands: &[Command], at: usize) -> String {
    let ids: Vec<&str> = commands.iter().filter_map(|one| one.words.get(at)).map(String::as_str).collect();
    let mut body = commands.first().cloned().unwrap_or(Command { words: Vec::new(), into: None });
    if let Some(id) = body.words.get_mut(at) {
        "\"$id\"".clone_into(id);
    }
    format!("for id in {}; do\n    {body}\n  done", ids.join(" \\\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::finding::ScanningStep;

    const PLACE: Place<'_> = Place { region: "ap-northeast-1", profile: None };

    fn enable(instance: &str) -> Step {
        Step::EnableMetadataTags { instance: instance.to_owned(), endpoint: false }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for bad in ["$(touch x)", "-x", "--profile", "a b", "", "i-0a\n"] {
            assert_eq!(command(&enable(bad), &PLACE), Err(NotAnId(bad.to_owned())));
            let place = Place { region: bad, ..PLACE };
            assert_eq!(command(&Step::from(ScanningStep::ListUsageTotals), &place), Err(NotAnId(bad.to_owned())));
        }
    }

    #[test]
    fn the_profile_of_the_run_is_in_the_command() {
        let place = Place { profile: Some("night's \u{202e}audit"), ..PLACE };
        let line = command(&Step::from(ScanningStep::ListUsageTotals), &place).expect("a command").to_string();
        let words = shlex::split(&line).expect("words");
        assert_eq!(words[3..], ["--region", "ap-northeast-1", "--profile=night's \\u{202e}audit"]);
    }

    #[test]
    fn many_alike_are_a_loop_and_others_are_not() {
        let of = |step: &Step| command(step, &PLACE).expect("a command");
        let many: Vec<Command> = (0..9).map(|number| of(&enable(&format!("i-{number}")))).collect();
        let mut all = many.clone();
        all.push(of(&ScanningStep::ListUsageTotals.into()));
        let lines = lines(&all);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("for id in i-0 \\\n    i-1"), "{lines:?}");
        assert_eq!(super::lines(&many[..7]).len(), 7);
    }
}
