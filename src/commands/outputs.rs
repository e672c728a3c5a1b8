//! Where a report goes: files, then standard output.

use std::io::{self, Write as _};

use crate::io::{WholeFile, quiet_if_closed};
use crate::render::{self, Format, Style};
use crate::report::Report;
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

    /// Writes all files, then standard output.
    ///
    /// # Errors
    /// When one of them cannot be written.
    pub(super) fn write(self, report: &Report) -> anyhow::Result<()> {
        let style = &self.settings.style;
        // No file is a terminal.
        let in_files = Style { width: None, color: false, ..*style };
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
