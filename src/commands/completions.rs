//! `completions`: a completion script, from the same source as the help.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::io::print_bytes;
use crate::report::Status;

pub(super) fn run(args: CompletionsArgs) -> anyhow::Result<Status> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    print_bytes(&script)?;
    Ok(Status::Clean)
}
