//! From what was typed to what will be done: names resolved, contradictions refused.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::{
    ConfidenceChoice, EvidenceArgs, FailOnChoice, JudgementArgs, ReportArgs, RuleArgs, ScanArgs, SourceArgs,
};
use crate::config::Config;
use crate::model::{AskedBy, SectionName};
use crate::output::resolved;
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
        /// The output.
        path: PathBuf,
        /// What it is to the run.
        what: &'static str,
    },
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
        let ids: Vec<&'static str> = RULES.iter().map(|rule| rule.id).collect();
        SettingsError::UnknownRule { name: name.to_owned(), nearest: nearest(name, &ids) }
    })
}

/// The known name that is most like a mistyped one, if one is near.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), *known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
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
            AskedBy::CostExplorer => args.cost_explorer,
            AskedBy::EcrUsage => args.ecr_usage || named().any(|rule| rule.needs.contains(section)),
            AskedBy::Metrics => !sources.no_metrics,
            AskedBy::MountEvidence => !sources.no_mount_evidence,
            AskedBy::CloudTrail => sources.cloudtrail,
            AskedBy::ProbeMounts => sources.probe_mounts,
            // Not from AWS: read from files beside whatever is collected.
            AskedBy::MountMap => false,
        }
    };
    let on_mounts = rules.iter().any(|rule| rule.needs.contains(&SectionName::EfsMountTargets));
    let is_evidence = |section: &SectionName| {
        !matches!(section.asked_by(), AskedBy::Always | AskedBy::CostExplorer | AskedBy::EcrUsage)
    };
    let evidence = SectionName::ALL.iter().copied().filter(|section| on_mounts && is_evidence(section));
    let read = rules
        .iter()
        .flat_map(|rule| rule.needs.iter().chain(rule.needs_one_of).copied())
        .chain([SectionName::BillingMonthlyUsage, SectionName::StsIdentity]);
    read.chain(evidence).filter(wanted).collect()
}

/// The rules' settings; only the configuration has thresholds.
pub fn rule_settings(args: &ScanArgs, config: &Config) -> RuleSettings {
    let settings = config.rule_settings();
    RuleSettings { read_fraction: args.read_fraction.unwrap_or(settings.read_fraction), ..settings }
}

/// When the run fails.
pub fn fail_on(args: &JudgementArgs) -> FailOn {
    FailOn {
        severity: match args.fail_on.unwrap_or(FailOnChoice::High) {
            FailOnChoice::Info => Some(Severity::Info),
            FailOnChoice::Low => Some(Severity::Low),
            FailOnChoice::Medium => Some(Severity::Medium),
            FailOnChoice::High => Some(Severity::High),
            FailOnChoice::Critical => Some(Severity::Critical),
            FailOnChoice::Never => None,
        },
        confidence: match args.min_confidence.unwrap_or(ConfidenceChoice::Low) {
            ConfidenceChoice::Low => Confidence::Low,
            ConfidenceChoice::Medium => Confidence::Medium,
            ConfidenceChoice::High => Confidence::High,
        },
        allow_gaps: args.allow_gaps.unwrap_or(false),
    }
}

/// A file that a run reads, with what it is to it: `the snapshot`.
pub type Input<'a> = (&'static str, &'a Path);

/// The files that say what the operator knows of mounts.
pub fn evidence_inputs(args: &EvidenceArgs) -> impl Iterator<Item = Input<'_>> {
    let map = args.mount_map.iter().map(|path| ("the mount map", path.as_path()));
    map.chain(args.mount_table.iter().map(|(_, path)| ("a mount table", path.as_path())))
}

/// Refuses files to write that are the same, or that the run reads; links and `./` hide neither.
///
/// A baseline is no input here: to replace it by the report that was compared with it is how it is kept up to date.
///
/// # Errors
/// [`SettingsError::SameOutput`] and [`SettingsError::OverInput`].
pub fn apart<'a>(
    outputs: impl IntoIterator<Item = &'a Path>,
    inputs: impl IntoIterator<Item = Input<'a>>,
) -> Result<(), SettingsError> {
    // A path that leads nowhere fails where it is opened, with a better reason.
    let place = |path: &Path| resolved(path).unwrap_or_else(|_| path.to_owned());
    let inputs: Vec<_> = inputs.into_iter().map(|(what, path)| (what, place(path))).collect();
    let mut seen = BTreeSet::new();
    for path in outputs {
        let output = place(path);
        if let Some((what, _)) = inputs.iter().find(|(_, input)| *input == output) {
            return Err(SettingsError::OverInput { path: path.to_owned(), what });
        }
        if !seen.insert(output) {
            return Err(SettingsError::SameOutput(path.to_owned()));
        }
    }
    Ok(())
}

/// The files to write, each with its format.
///
/// # Errors
/// When an extension says nothing.
pub fn outputs(args: &ReportArgs) -> Result<Vec<(PathBuf, Format)>, SettingsError> {
    let mut outputs: Vec<(PathBuf, Format)> = Vec::with_capacity(args.output.len());
    for path in &args.output {
        let format = path
            .extension()
            .and_then(|extension| Format::from_extension(&extension.to_string_lossy()))
            .ok_or_else(|| SettingsError::UnknownExtension(path.clone()))?;
        outputs.push((path.clone(), format));
    }
    Ok(outputs)
}
