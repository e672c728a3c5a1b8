//! What the rules of R2 say, in data.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Serialize;

use super::MonthlyUsd;
use super::coupling::{Prediction, Setting};
use crate::model::RegistryScanning;
use crate::price::{MissingPrice, Usd};

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

/// Who bills Inspector in an account and region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum InspectorBilling {
    /// Whether Security Hub is on was not seen.
    Unknown,
    /// Security Hub is off: Inspector, at its own prices.
    Inspector,
    /// Security Hub is on: its essentials plan, in which Inspector's prices do not apply.
    SecurityHub {
        /// Since when, in AWS's words, if it gave that.
        since: Option<String>,
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

/// What re-scans come to, or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Figure {
    /// AWS metered them.
    Metered {
        /// Re-scans in the last 30 days.
        #[serde(with = "rust_decimal::serde::arbitrary_precision")]
        rescans: Decimal,
        /// AWS's own estimate, USD a month.
        monthly_usd: Usd,
    },
    /// Images x re-scans x price.
    Assumed {
        /// How many images.
        images: u64,
        /// Re-scans of each image a month.
        rescans: Assumed,
        /// USD.
        monthly_usd: MonthlyUsd,
    },
    /// Inspector counts images only where it scans them, and today it does not.
    NotCounted,
    /// Neither the meter nor the count could be read.
    Unreadable,
    /// Inspector is billed by Security Hub's plan, which has no price for re-scans.
    SecurityHubPlan,
    /// A price is missing.
    MissingPrice(MissingPrice),
}

/// A quantity that nobody knows: what is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Assumed {
    /// At least.
    pub low: u64,
    /// Likely.
    pub likely: u64,
    /// At most.
    pub high: u64,
}

/// Why a figure that would count in a total is missing, besides a missing price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFigure {
    /// See [`Figure::NotCounted`].
    NotCounted,
    /// See [`Figure::Unreadable`].
    Unreadable,
    /// See [`Figure::SecurityHubPlan`].
    SecurityHubPlan,
}

/// A repository's effective scan frequency; a stronger one is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Frequency {
    /// `MANUAL`, or none at all.
    Unscanned,
    /// `SCAN_ON_PUSH`.
    OnPush,
    /// `CONTINUOUS_SCAN`.
    Continuous,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The registry's configuration.
    Registry(RegistryScanning),
    /// Inspector's status.
    Inspector {
        /// The account's, if AWS gave it.
        account: Option<String>,
        /// By resource type.
        types: BTreeMap<String, String>,
    },
    /// What AWS will do.
    Prediction(Prediction),
    /// The delegated administrator, if AWS gave it.
    DelegatedAdministrator(Option<String>),
    /// Something about one repository.
    Repository {
        /// Its name.
        name: String,
        /// What about it.
        fact: RepositoryFact,
    },
    /// AWS's frequency for a repository is another than our matching of the filters gives.
    Disagreement {
        /// The repository.
        name: String,
        /// By AWS.
        said: Frequency,
        /// By its filters.
        expected: Frequency,
    },
    /// Images that Inspector keeps scanning.
    Images {
        /// How many.
        images: u64,
        /// Whether the operator said so and Inspector did not count them.
        given: bool,
    },
    /// Images out of their window.
    ExpiredImages(u64),
    /// The re-scans that AWS metered in 30 days.
    MeteredRescans {
        /// How many.
        rescans: Decimal,
        /// AWS's own estimate, USD a month.
        monthly_usd: Usd,
    },
    /// What AWS metered of one usage type in 30 days.
    Metered {
        /// The usage type.
        kind: String,
        /// How much, in the type's own unit.
        total: Decimal,
        /// AWS's own estimate a month, in `currency`.
        estimated_monthly_cost: Decimal,
        /// `USD`, or what AWS adds.
        currency: String,
    },
    /// The list price of a type.
    ListPrice(ListPrice),
    /// By whose prices Inspector is billed.
    Billing(InspectorBilling),
    /// Inspector's re-scan settings, as AWS writes them; absent what it left out.
    Windows {
        /// By push.
        push: Option<String>,
        /// By pull or use.
        pull: Option<String>,
        /// The pull-date mode.
        mode: Option<String>,
        /// Whether the settings have taken effect.
        status: Option<String>,
    },
    /// The window follows use.
    FollowsUse,
    /// How many repositories are scanned continuously.
    Continuous(usize),
    /// A free trial that runs.
    FreeTrial {
        /// The type, as AWS writes it.
        kind: String,
        /// When it ends, if AWS gave that.
        until: Option<DateTime<Utc>>,
        /// Whether the type is on; absent where that is not known.
        on: Option<bool>,
    },
}

/// Something about one repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RepositoryFact {
    /// Its effective frequency.
    Scanned(Frequency),
    /// It asks for scan on push itself, and nothing scans it.
    SettingIgnored,
    /// Both rules match it.
    BothRules,
    /// This filter matches a part of its name.
    Filter(String),
    /// So many images that nobody pulls or runs.
    StaleImages(u64),
    /// So many images out of their window that clusters run.
    ExpiredInUse(u64),
    /// So many images out of their window that were pulled lately.
    ExpiredPulled(u64),
}

/// A list price of Inspector, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListPrice {
    /// What it is.
    Known {
        /// Of what.
        of: Priced,
        /// Of one of them; of an instance or a function: for a month.
        price: Price,
        /// The hours of that month, where AWS's price is by the hour.
        hours: Option<u64>,
    },
    /// The table has no such price.
    Missing {
        /// Of what.
        of: Priced,
        /// Which.
        price: MissingPrice,
    },
    /// No list of AWS with it has been seen, so no table has it.
    Unlisted(Priced),
}

/// What a list price is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priced {
    /// An instance, scanned by an agent, a month.
    Ec2Agent,
    /// An instance, scanned without an agent, a month.
    Ec2Agentless,
    /// The first scan of an image.
    EcrFirstScan,
    /// A re-scan of an image.
    EcrRescan,
    /// A function, standard scanning, a month.
    Lambda,
    /// A function, code scanning, a month.
    LambdaCode,
    /// A static analysis of a code repository.
    CodeSast,
    /// A scan of a code repository's dependencies.
    CodeSca,
    /// A scan of a code repository's infrastructure as code.
    CodeIac,
    /// A scan of a machine image.
    Ami,
}

/// A unit price and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price {
    /// USD a unit.
    pub usd: Decimal,
    /// The source.
    pub source: String,
    /// The source's date, if it has one.
    pub as_of: Option<String>,
    /// Whether it is another region's, for want of the region's own.
    pub stands_in: bool,
}

/// What was assumed to make a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// The next 30 days are like the last 30.
    NextMonthAlike,
    /// AWS's estimate knows no discounts and no free trial.
    EstimateWithoutDiscounts,
    /// So many re-scans of each image a month.
    RescansOfEachImage(Assumed),
    /// Every active image is taken as one that is scanned continuously.
    EveryImageContinuous,
    /// The price is this region's, since the target's own is not known.
    PriceOf(&'static str),
    /// By whose prices Inspector is billed.
    Billing(InspectorBilling),
}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// So many re-scans that AWS metered in 30 days.
    MeteredRescans(Decimal),
    /// Re-scans of active images.
    ActiveImages,
    /// Re-scans of images that nobody pulls or runs.
    StaleImages,
}
