//! `diff`: two JSON reports compared.

use std::io::{self, Write as _};

use crate::cli::{DiffArgs, GlobalArgs};
use crate::diff::diff;
use crate::io::{quiet_if_closed, read_report};
use crate::render::{Style, write_diff};
use crate::report::Status;
use crate::settings::{Config, fail_on, one_standard_input, style};

/// Prints what differs. The status is that of the later report with the earlier one as its baseline.
pub(super) fn run(args: &DiffArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    one_standard_input([("the earlier report", args.old.as_path()), ("the later report", args.new.as_path())])?;
    let (old, mut new) = (read_report(&args.old)?, read_report(&args.new)?);
    let difference = diff(&old, &new);
    let style = Style { top: args.top, ..style(global) };
    quiet_if_closed(|| {
        let mut out = io::BufWriter::new(io::stdout().lock());
        write_diff(args.format.into(), &difference, &style, &mut out)?;
        out.flush()?;
        Ok(())
    })?;
    new.report.compare(&old.report, &old.digest);
    Ok(fail_on(&args.judgement, &Config::default()).status(&new.report))
}
