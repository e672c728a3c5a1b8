//! What a run does: the command line, the configuration file and the environment, resolved and checked once.
//!
//! What is typed wins over the file, key by key, and the file over the defaults. Each command is handed settings in the
//! words of the rooms that do the work, and never looks at an option again.

mod collect;
mod config;
mod error;
mod fix;
mod iam_policy;
mod judgement;
mod names;
mod output;
mod paths;
mod prices;
mod repeated;
mod rules;
mod scan;
mod shard;
mod source;
mod targets;
mod terraform;
#[cfg(test)]
mod tests;
mod what_if;

pub(crate) use collect::{CollectOutput, CollectSettings};
pub(crate) use config::ConfigError;
pub use config::{Config, SAMPLE};
pub(crate) use error::SettingsError;
pub(crate) use fix::FixSettings;
pub(crate) use iam_policy::PolicySettings;
pub(crate) use judgement::{Judgement, fail_on};
pub(crate) use names::rule;
pub(crate) use output::{ReportSettings, Verbosity, style};
pub(crate) use paths::one_standard_input;
pub(crate) use prices::{PriceAsker, PriceSettings};
pub(crate) use scan::ScanSettings;
pub(crate) use source::{AccountList, Accounts, Live, MountFiles, Source};
#[cfg(feature = "aws")]
pub(crate) use source::{Identities, Limits, Probe};
pub(crate) use targets::TargetsSettings;
pub(crate) use terraform::TerraformSettings;
pub(crate) use what_if::changes;
