//! Judgement: from a target's snapshot, prices and settings to findings. Pure.
//!
//! Nothing here reads a clock, a file, the environment or the network, and nothing is async: the same snapshot and
//! the same settings give the same findings on every machine. A rule is one file with one `static` [`Rule`], listed
//! once in [`RULES`].

pub mod ecr;
pub mod efs;
mod evaluation;
mod finding;
pub(crate) mod shell;
mod storage_history;
mod way_out;

pub use evaluation::{Evaluation, GapReport, Inventory, RuleVerdict, evaluate};
pub use finding::{
    Basis, Condition, ConditionState, Confidence, Cost, CostLine, Evidence, Exclusion, Finding, InstanceCounts,
    InstanceRef, Location, MAX_LISTED_INSTANCES, MonthlyUsd, MountState, Remediation, Resource, ScanScope, Severity,
    Suppressed, Verdict, fingerprint,
};
pub use storage_history::{StorageHistory, StoragePoint};
pub use way_out::{Way, WayOut};

use std::cell::OnceCell;

use rust_decimal::Decimal;

use crate::model::{Gap, SectionName, Target};
use crate::price::{PriceTable, Usd};
use crate::terraform::rules as terraform;

/// One rule: what it is called, what it reads, how it judges, and its page.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, stable for ever.
    pub id: &'static str,
    /// What it finds, in a line.
    pub title: &'static str,
    /// Its page, in Markdown, under the headings of [`EXPLAIN_HEADINGS`].
    pub explain: &'static str,
    /// The sections it reads; a scan with `--rule` collects only these.
    pub needs: &'static [SectionName],
    /// The judgement.
    pub check: Check,
}

/// What a rule judges.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// A target's snapshot.
    Live(fn(&Facts<'_>) -> Outcome),
    /// The same, by sources of which any will do: a rule says nothing only where none of them was asked for. They are
    /// not in `needs`.
    LiveGivenAny(&'static [SectionName], fn(&Facts<'_>) -> Outcome),
    /// Plans, states and configuration: judged by [`crate::terraform`], never against a target.
    Terraform,
}

impl Rule {
    /// Whether it judges targets; the others judge Terraform inputs.
    pub fn is_live(&self) -> bool {
        !matches!(self.check, Check::Terraform)
    }

    /// The sections of which any will do; empty where every section it reads is in `needs`.
    pub fn any_of(&self) -> &'static [SectionName] {
        match self.check {
            Check::LiveGivenAny(sections, _) => sections,
            Check::Live(_) | Check::Terraform => &[],
        }
    }
}

/// The headings of every rule's page, in order.
pub const EXPLAIN_HEADINGS: [&str; 6] =
    ["What it finds", "Why it costs", "How the figure is made", "What it cannot see", "Fix", "References"];

/// Every rule, sorted by id. The one list: help, `explain`, selection and the meta tests all read it.
pub static RULES: &[&Rule] = &[
    &ecr::change_blocked::RULE,
    &ecr::continuous_scan::RULE,
    &ecr::enhanced_without_inspector::RULE,
    &ecr::filter_match::SUBSTRING,
    &ecr::images_expired::EXPIRED_FROM_SCAN,
    &ecr::images_expired::IN_USE_UNTRACKED,
    &ecr::auto_disable::AUTO_DISABLE,
    &ecr::auto_disable::DRIFT,
    &ecr::rescan_window::PULL_RENEWS,
    &ecr::repositories_unscanned::RULE,
    &ecr::repository_setting_ignored::RULE,
    &ecr::rescan_window::DURATION_LONG,
    &ecr::filter_match::OVERLAP,
    &ecr::stale_images::RULE,
    &efs::cold_read_charges::RULE,
    &efs::exposure_dormant::RULE,
    &efs::recall_observed::RULE,
    &efs::tier_recall::RULE,
    &efs::tiering_pinned::RULE,
    &efs::exclusion_metadata_only::RULE,
    &efs::exclusion_tag_ineffective::RULE,
    &ecr::all_types_enabled::RULE,
    &ecr::free_trial::RULE,
    &efs::metadata_tags_blocked::RULE,
    &efs::s3_mount_scanned::RULE,
    &terraform::coupling_loop::RULE,
    &terraform::coupling_loop_conditional::RULE,
    &terraform::coupling_loop_hidden::RULE,
    &terraform::destroy_disables_scanning::RULE,
    &terraform::enabler_conflict::RULE,
    &terraform::enabler_narrower_than_live::RULE,
    &terraform::implicit_continuous_scan::RULE,
    &terraform::registry_several_writers::RULE,
    &terraform::scan_rules_invalid::RULE,
    &terraform::scanning_switched_off::RULE,
];

/// The rules that judge targets, sorted by id.
pub fn live_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| rule.is_live())
}

/// The rules that judge Terraform inputs, sorted by id.
pub fn terraform_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| !rule.is_live())
}

/// The rule with that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// What the operator may turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSettings {
    /// The share of the cold bytes that a scan is assumed to read, 0 to 1.
    pub read_fraction: Decimal,
    /// Likely monthly cost from which a finding is `critical`.
    pub critical_from: Usd,
    /// … `high`.
    pub high_from: Usd,
    /// … `medium`.
    pub medium_from: Usd,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            read_fraction: Decimal::ONE,
            critical_from: Usd(Decimal::from(1000)),
            high_from: Usd(Decimal::from(100)),
            medium_from: Usd(Decimal::from(10)),
        }
    }
}

impl RuleSettings {
    /// The severity of a likely monthly cost; `medium` where there is no price.
    pub fn severity(&self, likely: Option<Usd>) -> Severity {
        match likely {
            None => Severity::Medium,
            Some(usd) if usd >= self.critical_from => Severity::Critical,
            Some(usd) if usd >= self.high_from => Severity::High,
            Some(usd) if usd >= self.medium_from => Severity::Medium,
            Some(_) => Severity::Low,
        }
    }
}

/// What a rule reads.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The target.
    pub target: &'a Target,
    /// The prices.
    pub prices: &'a PriceTable,
    /// The settings.
    pub settings: &'a RuleSettings,
    exposure: OnceCell<efs::Exposure<'a>>,
}

impl<'a> Facts<'a> {
    /// Facts about one target.
    pub fn new(target: &'a Target, prices: &'a PriceTable, settings: &'a RuleSettings) -> Self {
        Self { target, prices, settings, exposure: OnceCell::new() }
    }

    /// Which instances expose which file systems: worked out once, for all R1 rules.
    pub fn exposure(&self) -> &efs::Exposure<'a> {
        self.exposure.get_or_init(|| efs::Exposure::of(self.target, self.prices, self.settings))
    }
}

/// What a rule concludes about one target.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The problems.
    pub findings: Vec<Finding>,
    /// What could not be seen and could still be a problem; empty when everything is decided.
    pub undecided: Vec<Undecided>,
    /// Whether there was anything of the rule's kind to judge.
    pub applicable: bool,
}

impl Outcome {
    /// All was seen, and there is nothing of the rule's kind.
    pub fn not_applicable() -> Self {
        Self::default()
    }

    /// All was seen, and it is in order (until findings or gaps are added).
    pub fn judged() -> Self {
        Self { applicable: true, ..Self::default() }
    }
}

/// A part of the snapshot that keeps a rule from deciding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Undecided {
    /// The section.
    pub section: SectionName,
    /// The one resource it is about, if it is not the whole section.
    pub resource: Option<String>,
    /// Set where the section was collected but says something that decides nothing (a suspended status, a size
    /// that AWS left out): the gap to report. `None` where the snapshot itself has the gap.
    pub derived: Option<DerivedGap>,
}

/// A gap that the rules found inside a collected section.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DerivedGap {
    /// The operation whose answer leaves it open.
    pub operation: String,
    /// What is open.
    pub message: String,
}

impl Undecided {
    /// The whole section is missing.
    pub fn section(section: SectionName) -> Self {
        Self { section, resource: None, derived: None }
    }

    /// One resource of the section is missing.
    pub fn resource(section: SectionName, resource: impl Into<String>) -> Self {
        Self { section, resource: Some(resource.into()), derived: None }
    }

    /// The section is there but leaves the question open.
    pub fn derived(
        section: SectionName,
        resource: Option<String>,
        operation: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            section,
            resource,
            derived: Some(DerivedGap { operation: operation.to_owned(), message: message.into() }),
        }
    }

    /// The gap to report, given what the snapshot has for this section.
    pub(crate) fn gap(&self, in_snapshot: Option<&Gap>) -> Gap {
        if let Some(gap) = in_snapshot {
            return gap.clone();
        }
        let (operation, message) = self.derived.as_ref().map_or_else(
            || (String::new(), format!("{} is not in this snapshot", self.section)),
            |derived| (derived.operation.clone(), derived.message.clone()),
        );
        Gap { reason: crate::model::GapReason::Other, operation, message, request_id: None }
    }
}
