//! `man`: a manual page in roff, from the same source as the help.

use clap::CommandFactory as _;

use crate::cli::{Cli, ManArgs};
use crate::io::{Hint, print_bytes};
use crate::report::Status;
use crate::text::nearest;

/// Prints the page of the program or of one command.
pub(super) fn run(args: &ManArgs) -> anyhow::Result<Status> {
    // Built, so that a command knows the options that hold for all and the name it is called by.
    let mut program = Cli::command();
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => {
            let names: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
            let Some(found) = program.find_subcommand(name) else {
                let near = nearest(name, &names);
                let near = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                let error = format!("there is no command `{name}`{near}");
                return Err(Hint::on(error, format!("the commands are {}", names.join(", "))));
            };
            found.clone()
        }
    };
    let mut roff = Vec::new();
    let title = page.get_display_name().unwrap_or_else(|| page.get_name()).to_owned();
    let source = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(page).title(title).source(source).render(&mut roff)?;
    print_bytes(&roff)?;
    Ok(Status::Clean)
}
