//! Why a finding of R2 is one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Figure, InspectorBilling};
use crate::rules::finding::coupling::{Prediction, Setting};

/// Why a finding of this family is one: a variant a rule, and two where a rule has two cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The registry is BASIC and ECR is Inspector's only enabled type.
    EcrInspectorAutoDisable {
        /// What AWS does next.
        prediction: Prediction,
        /// Whether another account administers Inspector for this one, as far as is known.
        member: bool,
    },
    /// The registry is BASIC and Inspector scans ECR beside other types.
    EcrInspectorDrift {
        /// What AWS does next.
        prediction: Prediction,
        /// Whether another account administers Inspector for this one, as far as is known.
        member: bool,
    },
    /// The registry is ENHANCED and Inspector's ECR type is off.
    EcrEnhancedWithoutInspector {
        /// What follows once somebody enables the type.
        prediction: Prediction,
    },
    /// An organization policy refused the last change.
    EcrChangeBlockedByPolicy {
        /// Resource types as the status names them; `account` for the account itself.
        blocked: Vec<String>,
    },
    /// A member account's registry is BASIC while Inspector scans ECR.
    EcrChangeBlockedByAdministrator {
        /// The delegated administrator, if AWS gave it.
        administrator: Option<String>,
        /// What follows when this account asks for BASIC.
        prediction: Prediction,
    },
    /// Repositories are scanned continuously.
    EcrContinuousScan {
        /// Their names.
        repositories: Vec<String>,
        /// Whether they are all there are, and by what.
        scope: Scope,
        /// What the re-scans come to.
        figure: Figure,
        /// By whose prices.
        billing: InspectorBilling,
    },
    /// Images stay in their re-scan window for long.
    EcrRescanDurationLong {
        /// The long ones.
        durations: Vec<LongDuration>,
        /// The repositories that are scanned continuously.
        repositories: Vec<String>,
    },
    /// Pulls renew the re-scan window.
    EcrPullRenewsScanWindow {
        /// The window, as AWS writes it, if it gave one.
        window: Option<String>,
        /// The repositories that are scanned continuously.
        repositories: Vec<String>,
    },
    /// Nothing scans these repositories by itself.
    EcrRepositoriesUnscanned {
        /// Their names.
        repositories: Vec<String>,
        /// The registry's scan type; absent where it could not be read.
        scan_type: Option<Setting>,
    },
    /// Both rules of the registry match the same repositories.
    EcrScanRulesOverlap {
        /// Their names.
        repositories: Vec<String>,
        /// Whether one of the rules is `CONTINUOUS_SCAN` and the other is not.
        continuous_wins: bool,
    },
    /// Filters without `*` match parts of names.
    EcrFilterSubstring {
        /// By filter: the repositories that it matches without being equal.
        filters: BTreeMap<String, Vec<String>>,
    },
    /// Repositories ask for scan on push and the registry leaves them out.
    EcrRepositorySettingIgnored {
        /// Their names.
        repositories: Vec<String>,
    },
    /// Images that nobody pulls or runs are re-scanned.
    EcrStaleImagesScanned {
        /// By repository.
        images: BTreeMap<String, u64>,
        /// Their last pull is more than this many days ago.
        days: u32,
        /// What their re-scans come to.
        figure: Figure,
    },
    /// The re-scan window of images is over.
    EcrImagesExpiredFromScan {
        /// How many images.
        images: u64,
        /// How many of them were seen running in a cluster; absent where that could not be read.
        in_use: Option<u64>,
    },
    /// The window follows use, and the use of images that are pulled is not tracked.
    EcrInUseUntracked {
        /// By repository.
        images: BTreeMap<String, u64>,
        /// They were pulled in this many days.
        days: u32,
    },
    /// EC2, ECR and Lambda are all enabled.
    InspectorAllTypesEnabled {
        /// By whose prices.
        billing: InspectorBilling,
    },
    /// A free trial still runs.
    InspectorFreeTrial {
        /// The types, as AWS writes them.
        types: Vec<String>,
        /// By whose prices they are billed then.
        billing: InspectorBilling,
    },
}

/// Whether the continuously scanned repositories are all of the registry's, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// There are others, or some could not be seen.
    Some,
    /// All, because an ENHANCED registry without rules scans everything continuously.
    AllWithoutRules,
    /// All, by the filter `*`.
    AllByWildcard,
    /// All, by filters that name them.
    All,
}

/// A re-scan window that is long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LongDuration {
    /// What begins it.
    pub by: WindowStart,
    /// `LIFETIME`, `DAYS_90` and the like.
    pub duration: String,
}

/// What begins a re-scan window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowStart {
    /// The push.
    Push,
    /// The last pull, or the last use.
    Pull,
}
