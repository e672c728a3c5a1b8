//! What was seen of ECR and Inspector.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{InspectorBilling, ListPrice};
use crate::model::RegistryScanning;
use crate::price::Usd;
use crate::rules::finding::coupling::Prediction;

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
