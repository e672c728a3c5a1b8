//! What was typed, or stands in the file, makes no sense.

use std::path::PathBuf;

use crate::render::Format;

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// There is no such rule.
    #[error("there is no rule `{name}`{}", .nearest.map_or_else(String::new, |near| format!(": did you mean `{near}`?")))]
    UnknownRule {
        name: String,
        /// The nearest id, if one is near.
        nearest: Option<&'static str>,
    },
    /// The rule exists, but not for this command.
    #[error("the rule `{name}` judges {kind}")]
    OtherKind {
        name: String,
        kind: &'static str,
        /// The command that runs it.
        command: &'static str,
    },
    /// Every rule was left out.
    #[error("no rule is left to judge by: {}", left_out(.skipped))]
    NoRule {
        /// Those that were named to be left out.
        skipped: Vec<&'static str>,
    },
    /// An output's extension says nothing.
    #[error("cannot tell the format of {} from its extension", .0.display())]
    UnknownExtension(PathBuf),
    /// One file for two outputs.
    #[error("{} is named twice as an output", .0.display())]
    SameOutput(PathBuf),
    /// An output would replace what the run reads.
    #[error("the output {} would replace {what} that this run reads", .path.display())]
    OverInput {
        path: PathBuf,
        /// What it is to the run.
        what: &'static str,
    },
    /// Standard input for two files.
    #[error("standard input (`-`) is named as {first} and as {second}, and can be read once")]
    StandardInputTwice {
        first: &'static str,
        /// What it is besides.
        second: &'static str,
    },
    /// Standard output has something else.
    #[error("--{option} cannot be standard output (`-`): that has {what}")]
    StandardOutput {
        option: &'static str,
        /// What is there.
        what: &'static str,
    },
}

impl SettingsError {
    /// What to type next.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::UnknownRule { .. } => "`inspector-audit explain` lists all rules".to_owned(),
            Self::OtherKind { command, .. } => format!("use it with `inspector-audit {command}`"),
            Self::NoRule { .. } => "name rules with --rule, or leave out fewer; `inspector-audit explain` lists all \
                                    rules"
                .to_owned(),
            Self::UnknownExtension(_) => format!("end the name with one of {}", extensions()),
            Self::SameOutput(_) => "give each output its own file".to_owned(),
            Self::OverInput { .. } => "choose another file".to_owned(),
            Self::StandardInputTwice { .. } => "save one of them in a file, and name that".to_owned(),
            Self::StandardOutput { option, .. } => format!("name a file: --{option} FILE"),
        }
    }
}

fn left_out(skipped: &[&str]) -> String {
    match skipped {
        [] => "the configuration's `rules` names none of this command's".to_owned(),
        [one] => format!("{one} is skipped"),
        many => format!("{} are skipped", many.join(", ")),
    }
}

fn extensions() -> String {
    Format::ALL.iter().map(|format| format!(".{}", format.extension())).collect::<Vec<_>>().join(", ")
}
