//! The ways out of an exposed file system, compared: in data.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Assumption, Confidence, MonthlyUsd};
use crate::price::Usd;

/// What can be done about an exposed file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Leave everything as it is.
    DoNothing,
    /// Metadata tags and the tag `InspectorEc2Exclusion` on the exposed instances.
    ExcludeInstances,
    /// Remove `TransitionToPrimaryStorageClass`: files stay cold when they are read.
    StopReturningToStandard,
    /// Remove every lifecycle policy: nothing is tiered any more.
    StopTiering,
    /// Deactivate deep inspection for the account.
    DeactivateDeepInspection,
    /// Run the plugin less often.
    SlowSchedule,
    /// Switch the VM Scanner's timer off on the instances that it scans.
    StopVmScanner,
}

impl Way {
    /// What `fix --way` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DoNothing => "do-nothing",
            Self::ExcludeInstances => "exclude",
            Self::StopReturningToStandard => "keep-cold",
            Self::StopTiering => "stop-tiering",
            Self::DeactivateDeepInspection => "deactivate-deep-inspection",
            Self::SlowSchedule => "slow-schedule",
            Self::StopVmScanner => "stop-vm-scanner",
        }
    }
}

/// What a way does, or what it leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// What is read returns to Standard, and becomes cold again before the next scan.
    ReturnsAndCools,
    /// What is read returns to Standard and stays.
    ReturnsAndStays,
    /// Each scan is billed for the cold files it reads.
    BilledEachScan,
    /// What is read stays in Standard.
    StaysInStandard,
    /// The plugin is no longer invoked on the excluded instances.
    Excluded {
        /// How many they are.
        instances: u64,
    },
    /// Some cannot be excluded, and go on reading.
    OnlyInPart {
        /// How many they are.
        owned: u64,
    },
    /// Tag keys have to go first.
    KeysFirst {
        /// On how many instances.
        instances: u64,
        /// Whether nothing is gained before all are excluded.
        all_needed: bool,
    },
    /// Files stay cold when they are read, and each scan pays.
    StaysCold,
    /// The reads of the scans are counted at what one client reads, though less may be provisioned.
    ProvisionedUnread,
    /// The same where nothing is cold: it changes nothing.
    NothingIsCold,
    /// Everything stays in Standard, by choice.
    StandardByChoice,
    /// Nothing moves in either direction.
    NothingMoves,
    /// The plugin is no longer invoked in the account.
    PluginOff,
    /// The VM Scanner goes on.
    VmScannerGoesOn {
        /// On how many instances.
        instances: u64,
        /// Every how many hours, where the way is about how often scans run.
        every_hours: Option<u32>,
    },
    /// Whether the VM Scanner scans these was not seen, so it is counted as going on.
    VmScannerMayGoOn {
        /// How many they are.
        instances: u64,
    },
    /// Only the delegated administrator can do it.
    AdministratorOnly,
    /// The plugin runs less often.
    Slower(Slower),
    /// Files become cold again between two scans.
    CoolsBetweenScans,
    /// The VM Scanner's timer is off on these instances.
    TimerOff {
        /// How many they are.
        instances: u64,
    },
    /// The plugin goes on.
    PluginGoesOn {
        /// On how many instances.
        instances: u64,
    },
    /// No document says that the tag stops the VM Scanner, so it is counted as going on.
    TagMayNotStop {
        /// On how many instances.
        instances: u64,
    },
}

/// A slower schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slower {
    /// The least days between two runs, 7 or 28.
    pub days: u32,
    /// Runs in 30 days now.
    pub runs: Decimal,
}

/// Why a way cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Some instances have tag keys that metadata cannot hold and that their owner needs.
    OwnedKeys {
        /// How many.
        owned: u64,
        /// Whether others could be excluded, which gains nothing.
        others: bool,
    },
    /// `TransitionToPrimaryStorageClass` is not set.
    ReturnsNot,
    /// The lifecycle configuration could not be read.
    PolicyUnread,
    /// There is no lifecycle policy.
    NoPolicy,
    /// The VM Scanner scans all of them, and deep inspection is not its own.
    VmScannerNotThePlugin,
    /// The VM Scanner scans all of them by a timer of its own.
    VmScannerTimer,
    /// The VM Scanner scans some of them, which keeps files in Standard.
    VmScannerKeeps {
        /// How many.
        instances: u64,
    },
    /// The account has no association.
    NoAssociation,
    /// No schedule is slower than the transition age.
    AgeTooLong {
        /// The age, days.
        days: i64,
    },
    /// Nothing says when files become cold again.
    NoAge,
    /// All of them are excluded in full already, and the VM Scanner may go on.
    ExcludedAlready,
    /// The VM Scanner scans none of them.
    NoVmScanner,
    /// The plugin runs as seldom already.
    SlowAlready {
        /// The schedule's days, 7 or 28.
        days: u32,
    },
}

/// Why a way is the one to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recommendation {
    /// Whatever the missing price is, it ends the reads of the scan.
    EndsReads,
    /// Without a price nothing can be compared.
    NoPrice,
    /// Nothing shows yet that the scan costs anything.
    NothingShown,
    /// It removes at least three quarters of what is at risk, and gives up no protection.
    KeepsProtection(AtRisk),
    /// It leaves least.
    LeavesLeast {
        /// How much that is.
        at_risk: AtRisk,
        /// On how many instances protection is given up.
        instances: u64,
    },
    /// The best other way removes too little to give up protection for.
    NotWorthProtection(AtRisk),
    /// No way is cheaper.
    NoneCheaper,
}

/// What is at risk a month, in the worst case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtRisk {
    /// USD as things are.
    pub today: Usd,
    /// USD that are left once the way is taken.
    pub left: Usd,
}

impl AtRisk {
    /// What the way removes of it.
    pub fn removed(self) -> Usd {
        self.today.minus(self.left)
    }
}

/// What protection a way costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionLost {
    /// None.
    None,
    /// Inspector reports nothing about the instances.
    Coverage,
    /// Packages of programming languages are no longer looked at.
    LanguagePackages,
    /// New vulnerabilities in them are found later.
    Later(Slower),
    /// The VM Scanner reports nothing about the instances.
    VmScanner,
}

/// Who may take a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The account itself.
    Member,
    /// The organization's delegated administrator alone.
    Administrator,
    /// One of them: which was not read.
    Either,
}

/// One way out, with what it costs and what it gives up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// Which.
    pub way: Way,
    /// Why it is the one to take, if it is; exactly one of a finding's ways is.
    pub recommended: Option<Recommendation>,
    /// Why it cannot be taken, if it cannot.
    pub obstacle: Option<Obstacle>,
    /// What it does; empty where it cannot be taken.
    pub effects: Vec<Effect>,
    /// What the file system costs a month more than cold storage left alone, once this is done; `None` without a price.
    pub monthly_usd: Option<MonthlyUsd>,
    /// What doing it costs once; `None` without a price.
    pub one_time_usd: Option<Usd>,
    /// What protection is lost.
    pub protection_lost: ProtectionLost,
    /// On how many instances it is lost.
    pub instances_unprotected: u64,
    /// Who may do it.
    pub who: Who,
    /// How sure it is that this ends the cost.
    pub confidence: Confidence,
    /// Of a way that leaves files cold: the share of the cold bytes, 0 to 1, that each scan would have to read before this
    /// costs more than doing nothing; `None` elsewhere, and where no share does.
    pub break_even_read_share: Option<Decimal>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
}
