//! What is said where: the report's files and formats, and how much the terminal is told.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::config::Config;
use super::error::SettingsError;
use crate::cli::{ColorChoice, GlobalArgs, ReportArgs};
use crate::io::is_standard;
use crate::render::{Format, Style};

/// Where a report goes, and in what form.
#[derive(Debug)]
pub(crate) struct ReportSettings {
    /// The format on standard output.
    pub(crate) format: Format,
    /// The look on standard output.
    pub(crate) style: Style,
    /// How many findings a file shows, where that is limited.
    pub(crate) top: Option<usize>,
    /// The files, each with its format.
    pub(crate) files: Vec<(PathBuf, Format)>,
}

impl ReportSettings {
    /// As typed, else as the file says.
    ///
    /// # Errors
    /// When an extension says nothing.
    pub(super) fn of(args: &ReportArgs, global: &GlobalArgs, config: &Config) -> Result<Self, SettingsError> {
        let with_format = |path: &PathBuf| {
            let format = path.extension().and_then(|extension| Format::from_extension(&extension.to_string_lossy()));
            Ok((path.clone(), format.ok_or_else(|| SettingsError::UnknownExtension(path.clone()))?))
        };
        let files = if args.output.is_empty() { &config.outputs } else { &args.output };
        Ok(Self {
            format: args.format,
            style: Style { top: top(args.top, io::stdout().is_terminal()), group_by: args.group_by, ..style(global) },
            top: args.top,
            // Standard output has the report in any case.
            files: files.iter().filter(|path| !is_standard(path)).map(with_format).collect::<Result<_, _>>()?,
        })
    }
}

/// How much is said on standard error while a run goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verbosity {
    pub(crate) quiet: bool,
    /// Whether a sweep may draw its progress: log lines would tear it apart, and `--quiet` wants none.
    pub(crate) progress: bool,
}

impl Verbosity {
    pub(super) fn of(global: &GlobalArgs) -> Self {
        Self { quiet: global.quiet, progress: !global.quiet && global.verbose == 0 }
    }
}

/// How many findings a terminal shows where nothing else is asked for: what does not scroll away.
const ON_A_TERMINAL: usize = 20;

fn top(asked: Option<usize>, terminal: bool) -> Option<usize> {
    asked.or_else(|| terminal.then_some(ON_A_TERMINAL))
}

/// The width of a terminal that does not say its own.
const PLAIN_TERMINAL: usize = 80;

/// The narrowest and the widest layout that `COLUMNS` may ask for.
const COLUMNS: RangeInclusive<usize> = 40..=500;

/// Colour and width of the terminal. Where standard output is none, the width is that of the environment variable
/// `COLUMNS`, if it is set to a whole number from 40 to 500, else the renderer's own.
pub(crate) fn style(global: &GlobalArgs) -> Style {
    let terminal = io::stdout().is_terminal();
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && takes_color(|name| std::env::var_os(name)),
    };
    let width = terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
    let width = width.or_else(|| columns(std::env::var("COLUMNS").ok().as_deref()));
    // A terminal that does not know its size (serial lines, `stty rows 0`) is taken for a plain one.
    let width = width.or_else(|| terminal.then_some(PLAIN_TERMINAL));
    Style { width, color, verbose: global.verbose > 0, ..Style::default() }
}

/// Whether a terminal wants colour: it can show some (`TERM`), and nobody said no (<https://no-color.org>).
fn takes_color(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
    !is_dumb && variable("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The width that `COLUMNS` asks for, where it is one.
fn columns(value: Option<&str>) -> Option<usize> {
    value?.trim().parse().ok().filter(|width| COLUMNS.contains(width))
}

#[cfg(test)]
mod tests {
    use super::{columns, takes_color, top};

    #[test]
    fn a_terminal_shows_twenty_and_all_else_everything() {
        assert_eq!((top(None, true), top(None, false)), (Some(20), None));
        assert_eq!((top(Some(3), true), top(Some(300), false)), (Some(3), Some(300)));
    }

    #[test]
    fn a_dumb_terminal_has_no_color_and_nobody_is_overruled() {
        let takes = |term: Option<&str>, no_color: Option<&str>| {
            takes_color(|name| if name == "TERM" { term } else { no_color }.map(Into::into))
        };
        assert!(takes(Some("xterm"), None) && takes(None, None) && takes(Some("xterm"), Some("")));
        assert!(!takes(Some("dumb"), None) && !takes(Some("xterm"), Some("1")) && !takes(None, Some("0")));
    }

    #[test]
    fn columns_that_are_no_width_are_passed_over() {
        assert_eq!(columns(Some("80")), Some(80));
        assert_eq!(columns(Some(" 200 ")), Some(200));
        for nonsense in ["", "0", "39", "501", "-80", "80.5", "wide", "99999999999999999999999"] {
            assert_eq!(columns(Some(nonsense)), None, "{nonsense}");
        }
        assert_eq!(columns(None), None);
    }
}
