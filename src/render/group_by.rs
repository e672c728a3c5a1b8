//! Findings in groups, and what each group adds up to.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::words;
use crate::report::v1::Finding;
use crate::report::{MonthlyTotals, Report, bills};
use crate::rules::Way;

/// What findings may be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    /// The account.
    Account,
    /// The account's organizational unit, as the plan of a sweep has it.
    Ou,
    /// The region.
    Region,
    /// The rule.
    Rule,
    /// The severity.
    Severity,
    /// The resource.
    Resource,
}

impl GroupBy {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Account, Self::Ou, Self::Region, Self::Rule, Self::Severity, Self::Resource];

    /// As `--group-by` takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Ou => "ou",
            Self::Region => "region",
            Self::Rule => "rule",
            Self::Severity => "severity",
            Self::Resource => "resource",
        }
    }

    fn key(self, finding: &Finding, report: &Report) -> String {
        match self {
            Self::Account => words::account(report, &finding.account),
            Self::Ou => report.account(&finding.account).and_then(|called| called.ou.clone()).unwrap_or_default(),
            Self::Region => finding.region.clone(),
            Self::Rule => finding.rule.clone(),
            Self::Severity => finding.severity.as_str().to_owned(),
            Self::Resource => match (finding.account.as_str(), finding.region.as_str()) {
                ("", "") => finding.resource.id.clone(),
                (account, region) => format!("{} ({account} {region})", finding.resource.id),
            },
        }
    }
}

impl std::fmt::Display for GroupBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is nothing to group by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("findings cannot be grouped by `{0}`: one of {all}", all = GroupBy::ALL.map(GroupBy::as_str).join(", "))]
pub struct UnknownGroup(pub String);

impl FromStr for GroupBy {
    type Err = UnknownGroup;

    fn from_str(name: &str) -> Result<Self, UnknownGroup> {
        Self::ALL.into_iter().find(|group| group.as_str() == name).ok_or_else(|| UnknownGroup(name.to_owned()))
    }
}

/// Some findings with what they share and what they add up to.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// What they share; empty where everything is one group.
    pub(crate) key: String,
    /// Each with its rank in the report, from 1.
    pub(crate) findings: Vec<(usize, &'a Finding)>,
    /// The monthly cost, each dollar once.
    pub(crate) monthly: MonthlyTotals,
}

/// The findings that count in groups, the group of the first finding first.
pub(crate) fn groups<'a>(
    report: &Report,
    findings: impl IntoIterator<Item = &'a Finding>,
    by: GroupBy,
) -> Vec<Group<'a>> {
    let mut order: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let ranked = findings.into_iter().enumerate();
    for (index, finding) in ranked.filter(|(_, finding)| finding.suppressed.is_none()) {
        let key = by.key(finding, report);
        let at = *order.entry(key.clone()).or_insert_with(|| {
            groups.push(Group { key, findings: Vec::new(), monthly: MonthlyTotals::default() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.findings.push((index + 1, finding));
        }
    }
    for group in &mut groups {
        group.monthly =
            bills(group.findings.iter().map(|(_, finding)| *finding)).map(|(_, cost)| MonthlyTotals::of(cost)).sum();
    }
    groups
}

/// Findings that share rule, severity and remedy, each with its rank among those given, from 1; in the order of the first
/// of each. What stands in a file is alone.
pub(crate) fn blocks<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Vec<(usize, &'a Finding)>> {
    let mut blocks: Vec<Vec<(usize, &Finding)>> = Vec::new();
    let mut order = BTreeMap::new();
    for (rank, finding) in (1..).zip(findings) {
        let new = blocks.len();
        let at = if finding.location.is_some() { new } else { *order.entry(remedy(finding)).or_insert(new) };
        match blocks.get_mut(at) {
            Some(block) => block.push((rank, finding)),
            None => blocks.push(vec![(rank, finding)]),
        }
    }
    blocks
}

/// What findings of one block have in common.
fn remedy(finding: &Finding) -> impl Ord + use<'_> {
    let way: Option<Way> = finding.ways_out.iter().find(|way| way.recommended).map(|way| way.way);
    let Finding { severity, new, rule, remediation, suppressed, .. } = finding;
    (*severity, *new, suppressed.is_some(), rule.as_str(), way, remediation.summary.as_str())
}
