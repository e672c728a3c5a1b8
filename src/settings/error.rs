//! What was typed, or stands in the file, makes no sense.

use std::path::PathBuf;

use crate::render::Format;

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// There is no such rule.
    #[error("there is no rule `{name}`{}; `inspector-audit explain` lists all rules", .nearest.map_or_else(String::new, |near| format!(": did you mean `{near}`?")))]
    UnknownRule {
        name: String,
        /// The nearest id, if one is near.
        nearest: Option<&'static str>,
    },
    /// The rule exists, but not for this command.
    #[error("the rule `{name}` judges {kind}: use it with `inspector-audit {command}`")]
    OtherKind {
        name: String,
        kind: &'static str,
        /// The command that runs it.
        command: &'static str,
    },
    /// Every rule was left out.
    #[error(
        "no rule is left: drop a --skip-rule, name other rules with --rule, or look at the configuration's `rules`"
    )]
    NoRule,
    /// An output's extension says nothing.
    #[error("cannot tell the format of {} from its extension: use one of {}", .0.display(), extensions())]
    UnknownExtension(PathBuf),
    /// One file for two outputs.
    #[error("{} is named twice as an output: give each its own file", .0.display())]
    SameOutput(PathBuf),
    /// An output would replace what the run reads.
    #[error("the output {} would replace {what} that this run reads: choose another file", .path.display())]
    OverInput {
        path: PathBuf,
        /// What it is to the run.
        what: &'static str,
    },
}

fn extensions() -> String {
    Format::ALL.iter().map(|format| format!(".{}", format.extension())).collect::<Vec<_>>().join(", ")
}
