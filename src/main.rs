//! The binary: parse, run, report errors, end with a status. The only place that ends the process.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use inspector_audit::app::{self, Hint};
use inspector_audit::cli::Cli;
use inspector_audit::output;

/// The status of a process that was interrupted: 128 and the number of SIGINT.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    let cli = Cli::parse();
    inspector_audit::log::init(cli.global.verbose, cli.global.quiet);
    // Without the handler the process would still end at once, but leave a temporary file behind.
    let handler = ctrlc::set_handler(|| {
        output::remove_unfinished();
        std::process::exit(INTERRUPTED)
    });
    if let Err(error) = handler {
        tracing::warn!("cannot handle interrupts: {error}");
    }
    match app::run(&cli) {
        Ok(status) => ExitCode::from(status.code()),
        Err(error) => {
            // Standard error may be closed too, and then there is nobody left to tell.
            let _ = print(&error);
            ExitCode::from(2)
        }
    }
}

/// `error:`, then a `cause:` for each link of the chain, then a `help:` where there is something to type.
fn print(error: &anyhow::Error) -> std::io::Result<()> {
    let mut out = std::io::stderr().lock();
    let hint = error.downcast_ref::<Hint>().map(|hint| hint.0.clone());
    let mut said = String::new();
    for link in error.chain().map(ToString::to_string).filter(|link| Some(link) != hint.as_ref()) {
        // Many errors repeat their cause in their own words.
        if !said.contains(&link) {
            let label = if said.is_empty() { "error" } else { "cause" };
            writeln!(out, "{label}: {}", inspector_audit::render::plain(&link))?;
            said.push_str(&link);
        }
    }
    if let Some(hint) = hint {
        writeln!(out, "help: {}", inspector_audit::render::plain(&hint))?;
    }
    Ok(())
}
