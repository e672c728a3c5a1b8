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

/// Width and colour of the terminal; neither when standard output is no terminal.
pub(crate) fn style(global: &GlobalArgs) -> Style {
    let terminal = io::stdout().is_terminal();
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let width = terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
    Style { width, color, ..Style::default() }
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
