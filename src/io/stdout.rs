//! Standard output, which a reader may close early.

use std::io::{self, Write as _};

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

/// Runs `write`, which writes to standard output; a reader that went away (`| head`) is no failure.
pub(crate) fn quiet_if_closed(write: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    match write() {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        Err(error) if error.is::<io::Error>() => Err(error.context("cannot write to standard output")),
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
