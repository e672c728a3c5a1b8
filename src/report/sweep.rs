//! A sweep against its plan: what was expected and is not there, what was left out on purpose, and what accounts are
//! called.

use std::collections::BTreeMap;

use super::ReportBuilder;
use super::v1::{AccountName, Evaluation, Report, SkippedTargets, TargetId};
use crate::model::{PlanState, PlannedTarget};

/// Why a target was not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unjudged {
    /// A plan has it, and no snapshot does.
    NotCollected,
    /// Its snapshot cannot be read.
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong with it.
        damage: Damage,
    },
}

/// Why a snapshot cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The system says why.
    Io(String),
    /// It ends in the middle.
    Truncated,
    /// It is no snapshot: what is wrong, and where.
    Format(String),
    /// It is a report.
    Report,
    /// It has this version, which is not the one that is known.
    Version(u64),
}

impl ReportBuilder {
    /// Adds a target that was not judged; `None` where it is not known which one.
    pub fn add_unjudged(&mut self, id: Option<TargetId>, evaluation: Evaluation) {
        match id {
            Some(id) => {
                self.run.targets.push(id.clone());
                self.take(Some(id), evaluation);
            }
            // Without a target there is no verdict, only the gap.
            None => self.gaps.extend(evaluation.gaps),
        }
    }

    /// Takes names from a plan, and lists what it left out and nobody judged.
    pub fn plan(&mut self, plan: &[PlannedTarget], is_known: impl Fn(&TargetId) -> bool) {
        let mut names: BTreeMap<&str, AccountName> = BTreeMap::new();
        let mut skipped: BTreeMap<&str, Vec<TargetId>> = BTreeMap::new();
        for target in plan {
            if target.name.is_some() || target.ou.is_some() {
                let called = names.entry(&target.account).or_insert_with(|| AccountName {
                    account: target.account.clone(),
                    name: None,
                    ou: None,
                });
                called.name = called.name.take().or_else(|| target.name.clone());
                called.ou = called.ou.take().or_else(|| target.ou.clone());
            }
            let id = TargetId { account: target.account.clone(), region: target.region.clone() };
            if target.state == PlanState::Skipped && !is_known(&id) {
                skipped.entry(target.why.as_deref().unwrap_or_default()).or_default().push(id);
            }
        }
        self.run.accounts = names.into_values().collect();
        let skipped = skipped.into_iter().map(|(why, mut targets)| {
            targets.sort();
            targets.dedup();
            SkippedTargets { why: why.to_owned(), targets }
        });
        self.run.skipped = skipped.collect();
    }
}

impl Report {
    /// What an account is called, where a plan says so.
    pub fn account(&self, account: &str) -> Option<&AccountName> {
        let at = self.run.accounts.binary_search_by(|called| called.account.as_str().cmp(account)).ok()?;
        self.run.accounts.get(at)
    }
}
