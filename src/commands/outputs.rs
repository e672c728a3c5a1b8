//! Where a report goes: files, then standard output.

use std::io::{self, Write as _};

use crate::io::{WholeFile, quiet_if_closed};
use crate::render::words::RunContext;
use crate::render::{self, Format, Style};
use crate::report::{FailOn, Report};
use crate::rules::RULES;
use crate::settings::ReportSettings;

/// The outputs of a report, opened before the work begins, so that a bad path costs nothing.
pub(super) struct Outputs<'a> {
    settings: &'a ReportSettings,
    files: Vec<(WholeFile, Format)>,
}

impl<'a> Outputs<'a> {
    /// Opens all files.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(super) fn open(settings: &'a ReportSettings) -> anyhow::Result<Self> {
        let opened = settings.files.iter().map(|(path, format)| Ok((WholeFile::create(path, "output")?, *format)));
        Ok(Self { settings, files: opened.collect::<anyhow::Result<_>>()? })
    }

    /// Writes all files, then standard output. Printed commands repeat what `run` says; `fail_on`
    /// decides the exit status.
    ///
    /// # Errors
    /// When one of them cannot be written.
    pub(super) fn write(self, report: &Report, run: &RunContext, fail_on: FailOn) -> anyhow::Result<()> {
        let style = &Style { run: run.clone(), fail_on, ..self.settings.style.clone() };
        // No file is a terminal.
        let in_files = Style { width: None, color: false, top: self.settings.top, ..style.clone() };
        for (mut file, format) in self.files {
            let written = render::write(format, report, &RULES, &in_files, &mut file);
            written.map_err(|error| file.error(error))?;
            file.finish()?;
        }
        quiet_if_closed(|| {
            let mut out = io::BufWriter::new(io::stdout().lock());
            render::write(self.settings.format, report, &RULES, style, &mut out)?;
            out.flush()?;
            Ok(())
        })
    }
}
