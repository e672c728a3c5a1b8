//! The configuration file, `inspector-audit.toml`: a project's settings, and what it does not want to hear of again.
//!
//! A key that does not exist is an error with its line and the nearest name, and so is a value that makes no sense: a
//! setting that is silently ignored is worse than none. What is typed on the command line wins, key by key.

mod value;

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::paths::Input;
use crate::cli::{ConfidenceChoice, ConfigArgs, FailOnChoice};
use crate::io::{named, note, read_text, resolved};
use crate::price::Usd;
use crate::report::Suppression;
use crate::rules::RuleSettings;

/// The most MiB of such a file: people write it by hand.
const MOST: u64 = 1;
/// The file that is read where none is named.
const FILE_NAME: &str = "inspector-audit.toml";

/// A file with every key, explained.
pub const SAMPLE: &str = include_str!("sample.toml");

/// What a configuration file says; what it does not say is empty or `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// As `--fail-on`.
    pub fail_on: Option<FailOnChoice>,
    /// As `--min-confidence`.
    pub min_confidence: Option<ConfidenceChoice>,
    /// As `--allow-gaps`.
    pub allow_gaps: Option<bool>,
    /// As `--read-fraction`: 0 to 1.
    #[serde(deserialize_with = "value::fraction")]
    pub read_fraction: Option<Decimal>,
    /// As `--rule`.
    #[serde(deserialize_with = "value::rules")]
    pub rules: Vec<String>,
    /// As `--skip-rule`.
    #[serde(deserialize_with = "value::rules")]
    pub skip_rules: Vec<String>,
    /// As `--output`; relative paths are those of the current directory.
    pub outputs: Vec<PathBuf>,
    /// From how much a month on a finding is how bad.
    pub thresholds: Thresholds,
    /// Where to look, and as whom.
    pub targets: Targets,
    /// The operator's own prices.
    pub prices: Prices,
    /// What not to be told about.
    pub suppress: Vec<Suppress>,
}

/// Likely monthly USD from which a finding has a severity; `None`: the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// `critical`.
    #[serde(deserialize_with = "value::dollars")]
    pub critical: Option<Decimal>,
    /// `high`.
    #[serde(deserialize_with = "value::dollars")]
    pub high: Option<Decimal>,
    /// `medium`.
    #[serde(deserialize_with = "value::dollars")]
    pub medium: Option<Decimal>,
}

/// Where to look, and as whom; of no meaning beside `--snapshot`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Targets {
    /// As `--region`.
    pub regions: Vec<String>,
    /// As `--all-regions`.
    pub all_regions: bool,
    /// As `--profile`.
    pub profiles: Vec<String>,
    /// As `--role-arn`.
    pub role_arns: Vec<String>,
    /// As `--external-id`.
    pub external_id: Option<String>,
}

/// The operator's own prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// Prices of your own, laid over the embedded table.
    pub file: Option<PathBuf>,
    /// The percentage off list prices, 0 to 100.
    #[serde(deserialize_with = "value::percentage")]
    pub discount: Option<Decimal>,
}

/// A finding, or a kind of finding, not to be told about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppress {
    /// A rule's id; `*` stands for any characters, as in all four.
    #[serde(default, deserialize_with = "value::rule_pattern")]
    pub rule: Option<String>,
    /// An account's id.
    #[serde(default, deserialize_with = "value::account_pattern")]
    pub account: Option<String>,
    /// A region.
    #[serde(default, deserialize_with = "value::pattern")]
    pub region: Option<String>,
    /// A resource: its id, its ARN or, in Terraform, its address.
    #[serde(default, deserialize_with = "value::pattern")]
    pub resource: Option<String>,
    /// Why; it stands in every report.
    #[serde(deserialize_with = "value::reason")]
    pub reason: String,
    /// The last day on which it holds, UTC.
    #[serde(default, deserialize_with = "value::day")]
    pub expires: Option<NaiveDate>,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be opened or read.
    #[error("cannot read the configuration {}", named(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something in it is wrong.
    #[error("{}:{line}: {message}", named(path))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// Two keys contradict each other.
    #[error("{}: {message}", named(path))]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// Which, and why.
        message: String,
    },
}

impl ConfigError {
    /// What to type next.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Io { .. } => "name another with --config, or none with --no-config",
            Self::Wrong { .. } | Self::Contradiction { .. } => {
                "`inspector-audit config-example` prints a file with every key"
            }
        }
    }
}

impl Config {
    /// The configuration that the options ask for; an empty one where there is no file to read.
    ///
    /// # Errors
    /// When a file cannot be read, something in it is wrong, or one that was merely found would write elsewhere.
    pub(super) fn load(args: &ConfigArgs, quiet: bool) -> Result<Self, ConfigError> {
        let Some(path) = Self::path(args) else { return Ok(Self::default()) };
        let named = args.config.is_some();
        match read_text(path, MOST) {
            Ok(text) => {
                let config = Self::parse(&text, path)?;
                if !named {
                    config.keep_inside(path)?;
                    note(
                        &format!("settings are read from {} in this directory; --no-config reads none", path.display()),
                        quiet,
                    );
                }
                Ok(config)
            }
            Err(error) if !named && error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Io { path: path.to_owned(), source }),
        }
    }

    /// A configuration that was found and not named may have come with somebody else's files: it writes into its own
    /// directory and nowhere else, by no absolute path, no `..` and no link.
    fn keep_inside(&self, path: &Path) -> Result<(), ConfigError> {
        let home = std::fs::canonicalize(".").map_err(|source| ConfigError::Io { path: path.to_owned(), source })?;
        // A path that leads nowhere inside fails where it is opened, with a better reason.
        let leaves = |output: &&PathBuf| match resolved(output) {
            Ok(place) => !place.starts_with(&home),
            Err(_) => output.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)),
        };
        match self.outputs.iter().find(leaves) {
            None => Ok(()),
            Some(output) => Err(ConfigError::Contradiction {
                path: path.to_owned(),
                message: format!(
                    "the output {} lies outside this directory, and this configuration was found here, not named: name it \
                     with --config {} if that is meant, or read none with --no-config",
                    output.display(),
                    path.display()
                ),
            }),
        }
    }

    /// The file that the options ask for, whether or not it is there; `None` with `--no-config`.
    pub(super) fn path(args: &ConfigArgs) -> Option<&Path> {
        (!args.no_config).then(|| args.config.as_deref().unwrap_or(Path::new(FILE_NAME)))
    }

    /// The same, as a file that a run reads and must not replace.
    pub(super) fn input(args: &ConfigArgs) -> Option<Input<'_>> {
        Self::path(args).map(|path| ("the configuration", path))
    }

    /// Reads the text of a configuration file; `path` is for errors.
    ///
    /// # Errors
    /// When something in it is wrong.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let written = text.lines().nth(line - 1).unwrap_or_default();
            let message = value::explained(error.message(), written);
            ConfigError::Wrong { path: path.to_owned(), line, message }
        })?;
        let contradiction =
            |message: &str| ConfigError::Contradiction { path: path.to_owned(), message: message.into() };
        if config.targets.all_regions && !config.targets.regions.is_empty() {
            return Err(contradiction("`targets` has both regions and all_regions = true: leave one of them out"));
        }
        let RuleSettings { critical_from, high_from, medium_from, .. } = config.rule_settings();
        if critical_from < high_from || high_from < medium_from {
            return Err(contradiction(&format!(
                "`thresholds` must not grow from critical to medium: they are {}, {} and {}",
                critical_from.display(),
                high_from.display(),
                medium_from.display()
            )));
        }
        let mut seen = BTreeSet::new();
        for (suppress, number) in config.suppress.iter().zip(1..) {
            let scope = (&suppress.rule, &suppress.account, &suppress.region, &suppress.resource);
            if scope == (&None, &None, &None, &None) {
                return Err(contradiction(&format!(
                    "suppression {number} (\"{}\") names no rule, account, region or resource and would hide everything",
                    suppress.reason
                )));
            }
            if !seen.insert(scope) {
                return Err(contradiction(&format!(
                    "suppression {number} (\"{}\") covers the same as an earlier one: keep one of them",
                    suppress.reason
                )));
            }
        }
        Ok(config)
    }

    /// The rules' settings as the file has them, defaults elsewhere.
    pub fn rule_settings(&self) -> RuleSettings {
        let settings = RuleSettings::default();
        let Thresholds { critical, high, medium } = &self.thresholds;
        RuleSettings {
            critical_from: critical.map_or(settings.critical_from, Usd),
            high_from: high.map_or(settings.high_from, Usd),
            medium_from: medium.map_or(settings.medium_from, Usd),
            read_fraction: self.read_fraction,
            ..settings
        }
    }

    /// The suppressions, in the file's order.
    pub fn suppressions(&self) -> Vec<Suppression> {
        let suppression = |suppress: &Suppress| {
            let Suppress { rule, account, region, resource, reason, expires } = suppress.clone();
            Suppression { rule, account, region, resource, reason, expires, comment: None }
        };
        self.suppress.iter().map(suppression).collect()
    }
}
