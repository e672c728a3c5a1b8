//! The body of one phase: commands, and sentences that it prints when it is run.

use std::net::IpAddr;

use crate::aws_cli::word::is_id;
use crate::aws_cli::{Command, NotAnId, Place, command, lines};
use crate::render::words::line::printed;
use crate::rules::finding::Step;

/// The body of one phase.
#[derive(Debug)]
pub(super) struct Shell<'a> {
    place: Place<'a>,
    /// Its lines, without indentation; one may hold line breaks.
    lines: Vec<String>,
    /// Commands that may yet become a loop.
    pending: Vec<Command>,
}

impl<'a> Shell<'a> {
    /// An empty body of commands for one place.
    pub(super) fn new(place: Place<'a>) -> Self {
        Self { place, lines: Vec::new(), pending: Vec::new() }
    }

    /// Prints a sentence, whatever it holds.
    pub(super) fn say(&mut self, text: &str) {
        self.line(&printed(text));
    }

    /// A line of our own, without foreign words.
    pub(super) fn line(&mut self, line: &str) {
        self.flush();
        self.lines.push(line.to_owned());
    }

    /// Runs a step.
    ///
    /// # Errors
    /// When something in it has to be an id and is none.
    pub(super) fn run(&mut self, step: impl Into<Step>) -> Result<(), NotAnId> {
        self.pending.push(command(&step.into(), &self.place)?);
        Ok(())
    }

    /// Runs a step and goes on where it fails.
    ///
    /// # Errors
    /// When something in it has to be an id and is none.
    pub(super) fn try_run(&mut self, step: impl Into<Step>) -> Result<(), NotAnId> {
        let command = command(&step.into(), &self.place)?;
        self.line(&format!("{command} || true"));
        Ok(())
    }

    /// Keeps in a variable what a step prints.
    ///
    /// # Errors
    /// When something in it has to be an id and is none.
    pub(super) fn keep(&mut self, variable: &str, step: impl Into<Step>) -> Result<(), NotAnId> {
        let command = command(&step.into(), &self.place)?;
        self.line(&format!("{variable}=$({command})"));
        Ok(())
    }

    /// Stops unless the operator has set a variable, saying what to. `what` is ours.
    pub(super) fn require(&mut self, variable: &str, what: &str) {
        self.line(&format!(": \"${{{variable}:?{what}}}\""));
    }

    /// Lists what is mounted on an instance.
    ///
    /// # Errors
    /// When its id is none.
    pub(super) fn look(
        &mut self,
        instance: &str,
        file_system: Option<&str>,
        addresses: &[IpAddr],
    ) -> Result<(), NotAnId> {
        let (lines, show) = crate::render::words::remedy::look(instance, file_system, addresses, &self.place)?;
        for line in lines {
            self.line(&line);
        }
        self.line(&format!("seen=$({show})"));
        self.line("printf '%s\\n' \"$seen\"");
        let unknown = printed(&format!("Nothing is known of {instance}: the command did not end well there."));
        self.line(&format!("case $seen in Success*) ;; *) {unknown} >&2; unseen=1 ;; esac"));
        Ok(())
    }

    /// Fails where an instance of [`Self::look`] gave no answer, after all was said.
    pub(super) fn unless_unseen(&mut self) {
        self.line("[ -z \"$unseen\" ]");
    }

    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.lines.extend(lines(&pending));
    }

    /// Its lines; empty for none.
    pub(super) fn finish(mut self) -> Vec<String> {
        self.flush();
        self.lines
    }
}

/// An account's id as a word of the script.
///
/// # Errors
/// When it is none.
pub(super) fn account(id: &str) -> Result<&str, NotAnId> {
    if is_id(id) { Ok(id) } else { Err(NotAnId(id.to_owned())) }
}
