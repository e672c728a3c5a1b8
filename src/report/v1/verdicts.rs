//! Verdicts as reports list them: one row for all targets that are alike, so that a sweep over thousands of quiet
//! targets is one row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rules::finding::Verdict;

/// One (account, region).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TargetId {
    /// The account id.
    pub account: String,
    /// The region.
    pub region: String,
}

/// `ACCOUNT/REGION`.
impl std::fmt::Display for TargetId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}

/// The targets whose verdicts are all alike, and those verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetVerdicts {
    /// Sorted; in JSON `ACCOUNT/REGION` each. Empty for Terraform, whose accounts need not be known.
    #[serde(with = "places")]
    pub targets: Vec<TargetId>,
    /// By rule.
    pub rules: BTreeMap<String, Verdict>,
}

impl TargetVerdicts {
    /// How many targets it stands for; Terraform is one.
    pub fn count(&self) -> usize {
        self.targets.len().max(1)
    }

    /// Whether it is about that account and region; one without targets is about any.
    pub(super) fn covers(&self, account: &str, region: &str) -> bool {
        let order = |target: &TargetId| (target.account.as_str(), target.region.as_str()).cmp(&(account, region));
        self.targets.is_empty() || self.targets.binary_search_by(order).is_ok()
    }
}

/// Verdicts gathered target by target.
#[derive(Debug, Default)]
pub(in crate::report) struct VerdictRows(BTreeMap<BTreeMap<String, Verdict>, Vec<TargetId>>);

impl VerdictRows {
    /// Adds those of one target; `None` for Terraform.
    pub(in crate::report) fn add(&mut self, target: Option<TargetId>, rules: BTreeMap<String, Verdict>) {
        self.0.entry(rules).or_default().extend(target);
    }

    /// Sorted by their first target.
    pub(in crate::report) fn finish(self) -> Vec<TargetVerdicts> {
        let rows = self.0.into_iter().map(|(rules, mut targets)| {
            targets.sort();
            TargetVerdicts { targets, rules }
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| a.targets.cmp(&b.targets));
        rows
    }
}

/// Targets as `ACCOUNT/REGION`.
pub(super) mod places {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::TargetId;

    pub(in crate::report::v1) fn serialize<S: Serializer>(
        targets: &[TargetId],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(targets.iter().map(ToString::to_string))
    }

    pub(in crate::report::v1) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<TargetId>, D::Error> {
        let parse = |text: String| {
            let (account, region) =
                text.split_once('/').ok_or_else(|| D::Error::custom(format!("`{text}` is not ACCOUNT/REGION")))?;
            Ok(TargetId { account: account.to_owned(), region: region.to_owned() })
        };
        let mut targets =
            Vec::<String>::deserialize(deserializer)?.into_iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        // They are looked up by halving.
        targets.sort();
        Ok(targets)
    }
}
