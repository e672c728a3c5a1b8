//! What the operator handed in, and what became of it: suppressions and the baseline.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Location;

/// What became of a suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionState {
    /// It hides at least one finding.
    Used,
    /// Its last day is over: it hides nothing any more.
    Expired,
    /// Its rule was judged where it applies, and there is nothing to hide.
    Unmatched,
    /// Its rule was not judged where it applies, or could not be: nothing can be said of it.
    NotJudged,
}

impl SuppressionState {
    /// As reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Unmatched => "unmatched",
            Self::NotJudged => "not_judged",
        }
    }
}

/// A suppression in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionUse {
    /// The rule's id or pattern.
    pub rule: Option<String>,
    /// The account's id or pattern.
    pub account: Option<String>,
    /// The region or pattern.
    pub region: Option<String>,
    /// The resource's id, ARN or pattern.
    pub resource: Option<String>,
    /// The operator's reason.
    pub reason: String,
    /// The last day on which it holds, if it ends.
    pub expires: Option<NaiveDate>,
    /// Where it stands, if it is a comment in the source rather than in the configuration.
    #[serde(default)]
    pub comment: Option<Location>,
    /// What became of it.
    pub state: SuppressionState,
    /// The findings that it fits: hidden ones, or shown ones where it has expired.
    pub count: u64,
}

impl SuppressionUse {
    /// What it is about, for people: `rule efs-tier-recall, account 111122223333`.
    pub fn scope(&self) -> String {
        let at = self.comment.as_ref().map(Location::place);
        [
            ("rule", &self.rule),
            ("account", &self.account),
            ("region", &self.region),
            ("resource", &self.resource),
            ("comment at", &at),
        ]
        .into_iter()
        .filter_map(|(key, value)| value.as_ref().map(|value| format!("{key} {value}")))
        .collect::<Vec<_>>()
        .join(", ")
    }
}

/// The earlier report that findings were compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The SHA-256 of its file, `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// When its data was taken, UTC.
    pub taken_at: DateTime<Utc>,
    /// Its findings that were not suppressed.
    pub findings: u64,
    /// Those of them that this report judged and does not have.
    pub gone: u64,
    /// Those of them that this report does not have because it did not, or could not, look.
    pub unseen: u64,
}
