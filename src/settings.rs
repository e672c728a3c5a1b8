//! From what was typed to what will be done: names resolved, contradictions refused.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::cli::{ConfidenceChoice, FailOnChoice, JudgementArgs, ReportArgs, RuleArgs, ScanArgs, SourceArgs};
use crate::model::{AskedBy, SectionName};
use crate::render::Format;
use crate::report::FailOn;
use crate::rules::{Confidence, RULES, Rule, RuleSettings, Severity};

/// What was typed makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such rule.
    #[error("there is no rule `{name}`{}; `inspector-audit explain` lists all rules", .nearest.map_or_else(String::new, |near| format!(": did you mean `{near}`?")))]
    UnknownRule {
        /// What was typed.
        name: String,
        /// The nearest id, if one is near.
        nearest: Option<&'static str>,
    },
    /// The rule exists, but not for this command.
    #[error("the rule `{name}` judges {kind}: use it with `inspector-audit {command}`")]
    OtherKind {
        /// The rule.
        name: String,
        /// What it judges.
        kind: &'static str,
        /// The command that runs it.
        command: &'static str,
    },
    /// Every rule was left out.
    #[error("no rule is left: drop a --skip-rule, or name other rules with --rule")]
    NoRule,
    /// An output's extension says nothing.
    #[error("cannot tell the format of {} from its extension: use one of {}", .0.display(), extensions())]
    UnknownExtension(PathBuf),
    /// One file for two outputs.
    #[error("{} is named twice as an output", .0.display())]
    SameOutput(PathBuf),
}

fn extensions() -> String {
    Format::ALL.iter().map(|format| format!(".{}", format.extension())).collect::<Vec<_>>().join(", ")
}

/// The rule with that id.
///
/// # Errors
/// When there is none; the error has the nearest name.
pub fn rule(name: &str) -> Result<&'static Rule, SettingsError> {
    crate::rules::rule(name).ok_or_else(|| {
        let nearest = RULES
            .iter()
            .map(|rule| (strsim::jaro_winkler(name, rule.id), rule.id))
            .filter(|(likeness, _)| *likeness > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, id)| id);
        SettingsError::UnknownRule { name: name.to_owned(), nearest }
    })
}

/// The rules that judge a target, after `--rule` and `--skip-rule`.
///
/// # Errors
/// When a name is unknown or judges something else, or nothing is left.
pub fn live_rules(args: &RuleArgs) -> Result<Vec<&'static Rule>, SettingsError> {
    select(args, true)
}

/// The rules that judge Terraform inputs, after `--rule` and `--skip-rule`.
///
/// # Errors
/// As [`live_rules`].
pub fn terraform_rules(args: &RuleArgs) -> Result<Vec<&'static Rule>, SettingsError> {
    select(args, false)
}

fn select(args: &RuleArgs, live: bool) -> Result<Vec<&'static Rule>, SettingsError> {
    let named = |names: &[String]| names.iter().map(|name| rule(name)).collect::<Result<Vec<_>, _>>();
    let (only, skip) = (named(&args.rule)?, named(&args.skip_rule)?);
    if let Some(rule) = only.iter().find(|rule| rule.is_live() != live) {
        let (kind, command) = if live { ("Terraform inputs", "terraform") } else { ("AWS accounts", "scan") };
        return Err(SettingsError::OtherKind { name: rule.id.to_owned(), kind, command });
    }
    let contains = |rules: &[&Rule], rule: &Rule| rules.iter().any(|other| other.id == rule.id);
    let selected: Vec<&'static Rule> = RULES
        .iter()
        .copied()
        .filter(|rule| rule.is_live() == live && (only.is_empty() || contains(&only, rule)) && !contains(&skip, rule))
        .collect();
    if selected.is_empty() { Err(SettingsError::NoRule) } else { Ok(selected) }
}

/// The sections to collect for some rules; extra ones only on request, or where a rule was named that reads them.
///
/// Evidence serves every rule on mounts, whichever of its sources the rule names.
pub fn sections(rules: &[&Rule], args: &RuleArgs, sources: &SourceArgs) -> BTreeSet<SectionName> {
    let wanted = |section: &SectionName| {
        let named = || args.rule.iter().filter_map(|name| crate::rules::rule(name));
        match section.asked_by() {
            AskedBy::Always => true,
            AskedBy::EcrUsage => args.ecr_usage || named().any(|rule| rule.needs.contains(section)),
            AskedBy::Metrics => !sources.no_metrics,
            AskedBy::MountEvidence => !sources.no_mount_evidence,
            AskedBy::CloudTrail => sources.cloudtrail,
            AskedBy::MountMap | AskedBy::ProbeMounts => false,
        }
    };
    let on_mounts = rules.iter().any(|rule| rule.needs.contains(&SectionName::EfsMountTargets));
    let evidence = SectionName::ALL.iter().copied().filter(|section| {
        on_mounts && !matches!(section.asked_by(), AskedBy::Always | AskedBy::EcrUsage)
    });
    let read = rules.iter().flat_map(|rule| rule.needs.iter().copied()).chain([SectionName::StsIdentity]);
    read.chain(evidence).filter(wanted).collect()
}

/// The rules' settings.
pub fn rule_settings(args: &ScanArgs) -> RuleSettings {
    RuleSettings { read_fraction: args.read_fraction, ..RuleSettings::default() }
}

/// When the run fails.
pub fn fail_on(args: &JudgementArgs) -> FailOn {
    FailOn {
        severity: match args.fail_on {
            FailOnChoice::Info => Some(Severity::Info),
            FailOnChoice::Low => Some(Severity::Low),
            FailOnChoice::Medium => Some(Severity::Medium),
            FailOnChoice::High => Some(Severity::High),
            FailOnChoice::Critical => Some(Severity::Critical),
            FailOnChoice::Never => None,
        },
        confidence: match args.min_confidence {
            ConfidenceChoice::Low => Confidence::Low,
            ConfidenceChoice::Medium => Confidence::Medium,
            ConfidenceChoice::High => Confidence::High,
        },
        allow_gaps: args.allow_gaps,
    }
}

/// The files to write, each with its format.
///
/// # Errors
/// When an extension says nothing, or a file is named twice.
pub fn outputs(args: &ReportArgs) -> Result<Vec<(PathBuf, Format)>, SettingsError> {
    let mut outputs: Vec<(PathBuf, Format)> = Vec::with_capacity(args.output.len());
    for path in &args.output {
        let format = path
            .extension()
            .and_then(|extension| Format::from_extension(&extension.to_string_lossy()))
            .ok_or_else(|| SettingsError::UnknownExtension(path.clone()))?;
        if outputs.iter().any(|(other, _)| other == path) {
            return Err(SettingsError::SameOutput(path.clone()));
        }
        outputs.push((path.clone(), format));
    }
    Ok(outputs)
}
