//! How targets are judged, and when a run fails.

use rust_decimal::Decimal;

use super::config::Config;
use super::rules::RuleChoice;
use crate::cli::{ConfidenceChoice, FailOnChoice, JudgementArgs};
use crate::report::{FailOn, Suppression};
use crate::rules::{Confidence, Rule, RuleSettings, Severity};

/// How targets are judged.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) rules: Vec<&'static Rule>,
    /// Their settings; only the file has thresholds.
    pub(crate) settings: RuleSettings,
    /// What not to be told about.
    pub(crate) suppressions: Vec<Suppression>,
}

impl Judgement {
    /// By the chosen rules; `read_fraction` as it was typed.
    pub(super) fn of(choice: RuleChoice, read_fraction: Option<Decimal>, config: &Config) -> Self {
        let in_file = config.rule_settings();
        let read_fraction = read_fraction.or(in_file.read_fraction);
        let settings = RuleSettings { read_fraction, named: choice.named(), ..in_file };
        Self { rules: choice.selected, settings, suppressions: config.suppressions() }
    }
}

/// When the run fails; `config` is empty for a command that reads no file.
pub(crate) fn fail_on(args: &JudgementArgs, config: &Config) -> FailOn {
    FailOn {
        severity: match args.fail_on.or(config.fail_on).unwrap_or(FailOnChoice::High) {
            FailOnChoice::Info => Some(Severity::Info),
            FailOnChoice::Low => Some(Severity::Low),
            FailOnChoice::Medium => Some(Severity::Medium),
            FailOnChoice::High => Some(Severity::High),
            FailOnChoice::Critical => Some(Severity::Critical),
            FailOnChoice::Never => None,
        },
        confidence: match args.min_confidence.or(config.min_confidence).unwrap_or(ConfidenceChoice::Low) {
            ConfidenceChoice::Low => Confidence::Low,
            ConfidenceChoice::Medium => Confidence::Medium,
            ConfidenceChoice::High => Confidence::High,
        },
        allow_gaps: args.allow_gaps.or(config.allow_gaps).unwrap_or(false),
    }
}
