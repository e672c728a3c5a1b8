//! What was typed, or stands in the file, makes no sense.

use std::path::PathBuf;

use crate::render::Format;
use crate::text::ROLE_ARN;

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
    /// A role's ARN cannot be one.
    #[error("`{0}` is not the ARN of an IAM role")]
    NoRole(String),
    /// A mount table of what is no instance.
    #[error("--mount-table cannot be `{0}`")]
    NoInstance(String),
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
    /// Nothing says which share of the accounts this worker has.
    #[error(
        "no engine says which shard this is: neither AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID is set"
    )]
    NoShard,
    /// What an engine says makes no sense.
    #[error("cannot tell which shard this is: {0}")]
    Shard(String),
    /// Shares of what is no list.
    #[error("--shard shares out a list of accounts, and there is none")]
    NothingToShare,
    /// Every worker would ask for the same list.
    #[error(
        "with --shard each worker would ask AWS Organizations for all accounts, which is throttled for everybody in it"
    )]
    ShardedOrganization,
    /// A plan needs to know where.
    #[error("a plan names its regions, and none was given")]
    NoRegions,
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
            Self::UnknownRule { name, .. } if is_fingerprint(name) => format!(
                "that looks like the id of a finding: `inspector-audit fix --snapshot FILE --finding {name}` prints its \
                 plan; `inspector-audit explain` lists all rules"
            ),
            Self::UnknownRule { .. } => "`inspector-audit explain` lists all rules".to_owned(),
            Self::OtherKind { command, .. } => format!("use it with `inspector-audit {command}`"),
            Self::NoRule { .. } => "name rules with --rule, or leave out fewer; `inspector-audit explain` lists all \
                                    rules"
                .to_owned(),
            Self::NoRole(_) => ROLE_ARN.to_owned(),
            Self::NoInstance(_) => {
                "give an instance's id and a file, such as i-0123456789abcdef0=mounts.json".to_owned()
            }
            Self::UnknownExtension(_) => format!("end the name with one of {}", extensions()),
            Self::SameOutput(_) => "give each output its own file".to_owned(),
            Self::OverInput { .. } => "choose another file".to_owned(),
            Self::StandardInputTwice { .. } => "save one of them in a file, and name that".to_owned(),
            Self::StandardOutput { option, .. } => format!("name a file: --{option} FILE"),
            Self::NoShard => "give --shard I/N, such as 3/8".to_owned(),
            Self::Shard(_) => "give --shards N, or --shard I/N".to_owned(),
            Self::NothingToShare => "add --targets FILE or --accounts-file FILE".to_owned(),
            Self::ShardedOrganization => {
                "write the plan once: `inspector-audit targets --organization ... --output targets.jsonl`, then \
                 `inspector-audit collect --targets targets.jsonl --shard I/N`"
                    .to_owned()
            }
            Self::NoRegions => "give --region REGION, or --all-regions".to_owned(),
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

/// Whether it can be the beginning of a fingerprint, as tables print them.
fn is_fingerprint(text: &str) -> bool {
    (7..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
