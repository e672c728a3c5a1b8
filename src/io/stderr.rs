//! Standard error: warnings, and the error that ends a run. Where it is closed there is nobody left to tell.

use std::io::{self, Write as _};

use super::hint::{Hint, Several};
use crate::text::clean;

/// Of one kind of warning so many are told; the others are counted. A file that is broken throughout is no book.
const MAX_WARNINGS: usize = 20;

/// Says something that does not end the run, unless `quiet`.
pub(crate) fn warn(warnings: &[String], quiet: bool) {
    if quiet {
        return;
    }
    let mut out = io::stderr().lock();
    for warning in warnings.iter().take(MAX_WARNINGS) {
        let _ = writeln!(out, "warning: {}", clean(warning));
    }
    if let Some(more @ 1..) = warnings.len().checked_sub(MAX_WARNINGS) {
        let _ = writeln!(out, "warning: and {more} more like these");
    }
}

/// Says in a line what the run does by itself, unless `quiet`.
pub(crate) fn note(text: &str, quiet: bool) {
    if !quiet {
        let _ = writeln!(io::stderr().lock(), "note: {}", clean(text));
    }
}

/// `error:`, then a `cause:` for each link of the chain, then a `help:` where there is something to type.
pub fn print_error(error: &anyhow::Error) {
    if let Some(Several(all)) = error.downcast_ref() {
        return all.iter().for_each(print_error);
    }
    let mut out = io::stderr().lock();
    let hint = error.downcast_ref::<Hint>().map(|hint| hint.0.clone());
    let mut said = String::new();
    for link in error.chain().map(ToString::to_string).filter(|link| Some(link) != hint.as_ref()) {
        // Many errors repeat their cause in their own words.
        if !said.contains(&link) {
            let label = if said.is_empty() { "error" } else { "cause" };
            let _ = writeln!(out, "{label}: {}", clean(&link));
            said.push_str(&link);
        }
    }
    if let Some(hint) = hint {
        let _ = writeln!(out, "help: {}", clean(&hint));
    }
}
