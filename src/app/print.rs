//! Where the words go: standard output that may close early, and files.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use crate::cli::{ColorChoice, GlobalArgs, ReportArgs};
use crate::output::WholeFile;
use crate::render::{self, Format, Style};
use crate::report::Report;

/// Prints a text, with a newline at the end.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    quiet_if_closed(|| {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()?;
        Ok(())
    })
}

/// Prints a document as it stands.
pub(crate) fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    quiet_if_closed(|| {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()?;
        Ok(())
    })
}

/// Opens every output before the work begins, so that a bad path costs nothing.
pub(crate) fn open(outputs: &[(PathBuf, Format)]) -> anyhow::Result<Vec<(WholeFile, Format)>> {
    outputs.iter().map(|(path, format)| Ok((WholeFile::create(path, "output")?, *format))).collect()
}

/// Writes all files, then standard output.
pub(crate) fn write_report(
    report: &Report,
    args: &ReportArgs,
    outputs: Vec<(WholeFile, Format)>,
    global: &GlobalArgs,
) -> anyhow::Result<()> {
    for (mut file, format) in outputs {
        let style = Style { top: args.top, group_by: args.group_by, ..Style::default() };
        let written = render::write(format, report, &style, &mut file);
        written.map_err(|error| file.error(error))?;
        file.finish()?;
    }
    let style = Style { top: args.top, group_by: args.group_by, ..style(global) };
    quiet_if_closed(|| {
        let mut out = io::BufWriter::new(io::stdout().lock());
        render::write(args.format, report, &style, &mut out)?;
        out.flush()?;
        Ok(())
    })
}

/// The narrowest and the widest layout that `COLUMNS` may ask for.
const COLUMNS: std::ops::RangeInclusive<usize> = 40..=500;

/// Colour and width of the terminal. Where standard output is none, the width is that of the environment variable
/// `COLUMNS`, if it is set to a whole number from 40 to 500, else the renderer's own.
pub(crate) fn style(global: &GlobalArgs) -> Style {
    let terminal = io::stdout().is_terminal();
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let width = terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
    let width = width.or_else(|| columns(std::env::var("COLUMNS").ok().as_deref()));
    Style { width, color, ..Style::default() }
}

/// The width that `COLUMNS` asks for, where it is one.
fn columns(value: Option<&str>) -> Option<usize> {
    value?.trim().parse().ok().filter(|width| COLUMNS.contains(width))
}

/// Runs `write`; a reader that went away (`| head`) is no failure.
pub(crate) fn quiet_if_closed(write: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    match write() {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        other => other,
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

#[cfg(test)]
mod tests {
    use super::columns;

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
