//! Where a report goes: files, then standard output.

use std::io::{self, Write as _};

use super::help::with_help;
use crate::io::{Several, WholeFile, quiet_if_closed, warn};
use crate::render::words::RunContext;
use crate::render::{self, Format, Style};
use crate::report::{FailOn, Report};
use crate::rules::RULES;
use crate::settings::ReportSettings;

/// The outputs of a report. One that cannot be written loses none of the others.
pub(super) struct Outputs<'a> {
    settings: &'a ReportSettings,
    files: Vec<(WholeFile, Format)>,
    /// What could not be written so far.
    failed: Vec<anyhow::Error>,
}

impl<'a> Outputs<'a> {
    /// Opens all files.
    pub(super) fn open(settings: &'a ReportSettings) -> Self {
        let mut outputs = Self { settings, files: Vec::new(), failed: Vec::new() };
        for (path, format) in &settings.files {
            match WholeFile::create(path, "output") {
                Ok(file) => outputs.files.push((file, *format)),
                Err(error) => outputs.lose(error),
            }
        }
        outputs
    }

    /// Remembers an output that cannot be written.
    pub(super) fn lose(&mut self, error: impl Into<anyhow::Error>) {
        self.failed.push(with_help(error.into()));
    }

    /// Says what cannot be written before a long run, which somebody may rather begin again at once.
    pub(super) fn warn_early(&self, quiet: bool) {
        let lost = self.failed.iter().filter_map(|error| {
            let whole: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
            (!whole.is_empty()).then(|| format!("{}; the run goes on for what can be written", whole.join(": ")))
        });
        warn(&lost.collect::<Vec<_>>(), quiet);
    }

    /// Writes all files, then standard output. Printed commands repeat what `run` says; `fail_on`
    /// decides the exit status.
    ///
    /// # Errors
    /// When one of them cannot be written, after all the others were.
    pub(super) fn write(mut self, report: &Report, run: &RunContext, fail_on: FailOn) -> anyhow::Result<()> {
        let style = &Style { run: run.clone(), fail_on, ..self.settings.style.clone() };
        // No file is a terminal.
        let in_files = Style { width: None, color: false, top: self.settings.top, ..style.clone() };
        for (mut file, format) in std::mem::take(&mut self.files) {
            let written = render::write(format, report, &RULES, &in_files, &mut file);
            if let Err(error) = written.map_err(|error| file.error(error)).and_then(|()| file.finish()) {
                self.lose(error);
            }
        }
        let printed = quiet_if_closed(|| {
            let mut out = io::BufWriter::new(io::stdout().lock());
            render::write(self.settings.format, report, &RULES, style, &mut out)?;
            out.flush()?;
            Ok(())
        });
        if let Err(error) = printed {
            self.lose(error);
        }
        Several::of(self.failed)
    }
}
