//! The binary: parse, run, report errors, end with a status. The only place that ends the process.

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;
use inspector_audit::cli::Cli;
use inspector_audit::report::Status;
use inspector_audit::{commands, io};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // What is asked for is no error, though clap hands it over as one.
        Err(help) if !help.use_stderr() || help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            help.exit()
        }
        Err(error) => {
            let typed: Vec<_> = std::env::args_os().skip(1).collect();
            return failed(&commands::refused(&error, &typed));
        }
    };
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
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    io::print_error(error);
    ExitCode::from(Status::Fatal.code())
}
