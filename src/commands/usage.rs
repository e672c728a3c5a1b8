//! What was typed and is no command line, in the shape of all errors.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::Cli;
use crate::io::{Hint, is_standard};
use crate::render::words::on_snapshot;

/// The error of a command line that clap refuses; `typed` is what stands after the program's name.
pub fn refused(error: &clap::Error, typed: &[OsString]) -> anyhow::Error {
    let program = Cli::command();
    let command = typed.iter().find_map(|word| program.find_subcommand(word)).map(|found| found.get_name().to_owned());
    let called = command.as_ref().map_or_else(String::new, |name| format!(" {name}"));
    let options = format!("`inspector-audit{called} --help` lists what it takes");
    let about = About(error);
    let argument = about.argument(ContextKind::InvalidArg);
    let value = about.text(ContextKind::InvalidValue);
    // clap lists the likeliest last.
    let near = |kind| about.list(kind).last().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let (said, help) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let typed = about.text(ContextKind::InvalidSubcommand);
            let help = a_file(&typed, None).unwrap_or_else(|| {
                let near = near(ContextKind::SuggestedSubcommand);
                format!("{near}`inspector-audit --help` lists the commands")
            });
            (format!("there is no command `{typed}`"), help)
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') && argument.len() > 1 => {
            let near = near(ContextKind::SuggestedArg);
            (format!("there is no option `{argument}` here"), format!("{near}{options}"))
        }
        ErrorKind::UnknownArgument => {
            let help = a_file(&argument, command.as_deref()).unwrap_or(options);
            (format!("`{argument}` is not expected here"), help)
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            let one_of = about.list(ContextKind::ValidValue).join(", ");
            let help = if one_of.is_empty() { options } else { format!("give one of {one_of}") };
            (format!("{argument} needs a value"), help)
        }
        ErrorKind::InvalidValue => {
            let near = near(ContextKind::SuggestedValue);
            let help = format!("{near}give one of {}", about.list(ContextKind::ValidValue).join(", "));
            (format!("{argument} cannot be `{value}`"), help)
        }
        ErrorKind::ValueValidation => {
            // What the option's own parser says is what to type.
            let help = std::error::Error::source(error).map_or(options, ToString::to_string);
            (format!("{argument} cannot be `{value}`"), help)
        }
        ErrorKind::ArgumentConflict => {
            let prior = about.argument(ContextKind::PriorArg);
            if prior == argument {
                (format!("{argument} is given twice"), "give it once".to_owned())
            } else {
                (format!("{argument} cannot be used with {prior}"), "leave one of them out".to_owned())
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = about.list(ContextKind::InvalidArg).join(" and ");
            (format!("inspector-audit{called} needs {missing}"), options)
        }
        _ => {
            let whole = error.to_string();
            let first = whole.lines().next().unwrap_or_default();
            (first.strip_prefix("error: ").unwrap_or(first).to_owned(), options)
        }
    };
    Hint::on(said, help)
}

/// Where a file stands that no option names.
fn a_file(typed: &str, command: Option<&str>) -> Option<String> {
    let path = Path::new(typed);
    let is_terraform =
        path.is_dir() || path.extension().is_some_and(|extension| extension == "tf") || typed.ends_with(".tf.json");
    let is_file = path.exists() || is_standard(path) || typed.contains(".json");
    match command {
        None | Some("scan") if is_terraform => {
            Some(format!("for Terraform: `inspector-audit terraform {typed}`; for a snapshot, name the file"))
        }
        None | Some("scan" | "what-if" | "fix") if is_file => {
            let command = command.unwrap_or("scan");
            Some(format!("a snapshot is named with --snapshot: `{}`", on_snapshot(command, typed)))
        }
        _ => None,
    }
}

/// What clap knows of an error.
struct About<'a>(&'a clap::Error);

impl About<'_> {
    fn list(&self, kind: ContextKind) -> Vec<String> {
        match self.0.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(all)) => all.clone(),
            _ => Vec::new(),
        }
    }

    fn text(&self, kind: ContextKind) -> String {
        self.list(kind).join(", ")
    }

    /// Options without what stands for their values.
    fn argument(&self, kind: ContextKind) -> String {
        let all = self.list(kind);
        let names: Vec<&str> = all.iter().map(|one| one.split([' ', '[', '=']).next().unwrap_or(one)).collect();
        if names.iter().any(|name| name.is_empty()) { all.join(", ") } else { names.join(", ") }
    }
}
