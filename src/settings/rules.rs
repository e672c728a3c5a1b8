//! Which rules judge, and what has to be collected for them.

use std::collections::BTreeSet;

use super::config::Config;
use super::error::SettingsError;
use super::names::rule;
use crate::cli::{RuleArgs, SourceArgs};
use crate::model::{AskedBy, SectionName};
use crate::rules::{self, RULES, Rule, live_rules};

/// The rules of a run, after `--rule` and `--skip-rule`.
#[derive(Debug)]
pub(crate) struct RuleChoice {
    /// Those that judge, in the order of all rules; at least one.
    pub(crate) selected: Vec<&'static Rule>,
    /// Those that were asked for by name: sections that only they read are collected too.
    named: Vec<&'static Rule>,
    ecr_usage: bool,
    cost_explorer: bool,
}

impl RuleChoice {
    /// The rules that judge targets (`live`) or Terraform inputs. What is typed replaces what the file names; of that
    /// only the rules of the kind count, because one file serves `scan` and `terraform`.
    ///
    /// # Errors
    /// When a name is unknown or judges something else, or nothing is left.
    pub(super) fn of(args: &RuleArgs, config: &Config, live: bool) -> Result<Self, SettingsError> {
        let chosen = |typed: &[String], in_file: &[String]| -> Result<Vec<&'static Rule>, SettingsError> {
            if typed.is_empty() {
                let known = in_file.iter().filter_map(|name| rules::rule(name));
                return Ok(known.filter(|rule| rule.is_live() == live).collect());
            }
            typed.iter().map(|name| rule(name)).collect()
        };
        let (named, skipped) = (chosen(&args.rule, &config.rules)?, chosen(&args.skip_rule, &config.skip_rules)?);
        if let Some(rule) = named.iter().find(|rule| rule.is_live() != live) {
            let (kind, command) = if live { ("Terraform inputs", "terraform") } else { ("AWS accounts", "scan") };
            return Err(SettingsError::OtherKind { name: rule.id.to_owned(), kind, command });
        }
        let all = args.rule.is_empty() && config.rules.is_empty();
        let contains = |rules: &[&Rule], rule: &Rule| rules.iter().any(|other| other.id == rule.id);
        let of_kind = RULES.iter().copied().filter(|rule| rule.is_live() == live);
        let selected: Vec<&'static Rule> =
            of_kind.filter(|rule| (all || contains(&named, rule)) && !contains(&skipped, rule)).collect();
        if selected.is_empty() {
            return Err(SettingsError::NoRule { skipped: skipped.iter().map(|rule| rule.id).collect() });
        }
        Ok(Self { selected, named, ecr_usage: args.ecr_usage, cost_explorer: args.cost_explorer })
    }

    /// The ids of the rules that were asked for by name.
    pub(super) fn named(&self) -> BTreeSet<&'static str> {
        self.named.iter().map(|rule| rule.id).collect()
    }

    /// The sections to collect for these rules, or for every rule where the snapshot is kept; extra ones only on
    /// request, or where a rule was named that reads them.
    ///
    /// Evidence serves every rule on mounts, whichever of its sources the rule names.
    pub(super) fn sections(&self, sources: &SourceArgs, kept: bool) -> BTreeSet<SectionName> {
        let rules = if kept { &live_rules().collect() } else { &self.selected };
        let asked_for = |section: &SectionName| match section.asked_by() {
            AskedBy::Always | AskedBy::InspectorPrices => true,
            AskedBy::CostExplorer => self.cost_explorer,
            AskedBy::EcrUsage => self.ecr_usage || self.named.iter().any(|rule| rule.needs.contains(section)),
            AskedBy::Metrics => !sources.no_metrics,
            AskedBy::MountEvidence => !sources.no_mount_evidence,
            AskedBy::CloudTrail => sources.cloudtrail,
            AskedBy::ProbeMounts => sources.probe_mounts,
            // Not from AWS: read from files beside whatever is collected.
            AskedBy::MountMap => false,
        };
        // What Inspector's prices stand beside, whichever rule prints them.
        let priced = rules.iter().any(|rule| rule.needs.contains(&SectionName::InspectorUsageTotals));
        let on_mounts = rules.iter().any(|rule| rule.needs.contains(&SectionName::EfsMountTargets));
        let is_evidence = |section: &SectionName| {
            !matches!(
                section.asked_by(),
                AskedBy::Always | AskedBy::CostExplorer | AskedBy::EcrUsage | AskedBy::InspectorPrices
            )
        };
        let evidence = SectionName::ALL.iter().copied().filter(|section| on_mounts && is_evidence(section));
        // What mounted buckets were asked for stands beside the rule on them, which decides without it.
        let on_buckets = rules.iter().any(|rule| rule.needs_one_of.contains(&SectionName::SsmMountProbe));
        let evidence = evidence.chain(on_buckets.then_some(SectionName::CloudWatchS3Requests));
        let read = rules
            .iter()
            .flat_map(|rule| rule.needs.iter().chain(rule.needs_one_of).copied())
            .chain([SectionName::BillingMonthlyUsage, SectionName::StsIdentity]);
        read.chain(evidence).chain(priced.then_some(SectionName::SecurityHub)).filter(asked_for).collect()
    }
}
