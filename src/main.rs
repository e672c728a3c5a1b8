//! The binary: parse, run, report errors, end with a status. The only place that ends the process.

use std::process::ExitCode;

use clap::Parser as _;
use inspector_audit::cli::Cli;
use inspector_audit::report::Status;
use inspector_audit::{commands, io};

fn main() -> ExitCode {
    let cli = Cli::parse();
    io::init_log(cli.global.verbose, cli.global.quiet);
    // Without the handler the process would still end at once, but leave a temporary file behind.
    let handler = io::on_termination(|status| {
        io::remove_unfinished();
        std::process::exit(status)
    });
    if let Err(error) = handler {
        tracing::warn!("cannot handle signals: {error}");
    }
    match commands::run(&cli) {
        Ok(status) => ExitCode::from(status.code()),
        Err(error) => {
            io::print_error(&error);
            ExitCode::from(Status::Fatal.code())
        }
    }
}
