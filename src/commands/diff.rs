//! `diff`: two JSON reports compared.

use std::io::{self, Write as _};

use crate::app::{quiet_if_closed, style};
use crate::cli::{DiffArgs, GlobalArgs};
use crate::diff::diff;
use crate::render::{Style, write_diff};
use crate::report::Status;
use crate::report_file;
use crate::settings;

/// Prints what differs. The status is that of the later report with the earlier one as its baseline.
pub(crate) fn run(args: &DiffArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let (old, mut new) = (report_file::read(&args.old)?, report_file::read(&args.new)?);
    let difference = diff(&old, &new);
    let style = Style { top: args.top, ..style(global) };
    quiet_if_closed(|| {
        let mut out = io::BufWriter::new(io::stdout().lock());
        write_diff(args.format.into(), &difference, &style, &mut out)?;
        out.flush()?;
        Ok(())
    })?;
    new.report.compare(&old.report, &old.digest);
    Ok(settings::fail_on(&args.judgement).status(&new.report))
}
