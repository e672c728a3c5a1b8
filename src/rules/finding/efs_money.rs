//! The money of R1 in data: what is paid for, and what was assumed to count it.

use rust_decimal::Decimal;

use crate::price::Usd;

/// A cold storage class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColdClass {
    /// Infrequent Access.
    Ia,
    /// Archive.
    Archive,
}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// Storage in Standard rather than in the class that a read took it from.
    ToStandard(ColdClass),
    /// Reading, once.
    Reading(ColdClass),
    /// Moving what was read to Standard, once.
    Tiering(ColdClass),
    /// Moving it there and back.
    TieringBothWays(ColdClass),
    /// The fee of elastic throughput for reads, once.
    ElasticReads,
    /// … at each scan.
    ElasticReadsEachScan,
    /// … of data, by whomever.
    ElasticDataReads,
    /// … of metadata, by whomever.
    ElasticMetadataReads,
    /// Standard storage in which cold data of a month ended up, whoever moved it.
    MovedInAMonth(ColdClass),
    /// Reading at each scan.
    ReadingEachScan(ColdClass),
    /// Standard storage that was cold.
    WasCold(ColdClass),
    /// Standard storage that the policy would have moved to IA.
    NotTiered,
}

/// Elastic or bursting throughput's prices, taken where the mode does not say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownThroughput {
    /// The mode that this version does not know; `None` where none is given.
    pub mode: Option<String>,
    /// Whether elastic throughput's prices are used.
    pub elastic: bool,
}

/// What scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scanner {
    /// Inspector's plugin, invoked by Systems Manager.
    Plugin,
    /// The VM Scanner, by a timer of its own.
    VmScanner,
}

/// What limits how fast a file system is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Throughput {
    /// What one client reads at most.
    Client,
    /// The same, for how much is provisioned was not read.
    ProvisionedUnread,
    /// Bursting throughput.
    Bursting {
        /// GiB in Standard, by which it goes.
        standard_gib: Decimal,
    },
    /// Provisioned throughput.
    Provisioned,
}

/// The most that one scan reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScanLimit {
    /// Whose scan.
    pub scanner: Scanner,
    /// At that rate.
    pub mib_per_second: Decimal,
    /// What limits the rate.
    pub by: Throughput,
    /// For so many seconds.
    pub seconds: u32,
    /// Which comes to so many GiB.
    pub gib: Decimal,
}

/// The most that all scans of 30 days read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthLimit {
    /// What limits it.
    pub by: Throughput,
    /// GiB.
    pub gib: Decimal,
}

/// How it is known how often something scans.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScanBasis {
    /// Of the plugin's association; `None` where the plugin scans none of the instances.
    pub plugin: Option<PluginSchedule>,
    /// How many of the instances the VM Scanner scans.
    pub vm_scanner: u64,
    /// Of how many that is not known: what counts is whichever of the two comes to more.
    pub open: u64,
}

/// The schedule of the plugin's association.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginSchedule {
    /// As it says itself.
    Known {
        /// The expression.
        expression: String,
        /// Runs in 30 days.
        runs: Decimal,
    },
    /// Inspector's default, every 6 hours.
    Assumed(NoSchedule),
}

/// Why a schedule had to be assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoSchedule {
    /// The association could not be read.
    Unread,
    /// There is none.
    NoAssociation,
    /// It has none.
    None,
    /// It is in a form that this version cannot read.
    Unreadable,
}

/// What was measured of reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeasuredReads {
    /// GiB as measured.
    pub measured: Decimal,
    /// In so many days.
    pub days: i64,
    /// GiB scaled to 30 days.
    pub monthly: Decimal,
    /// Whether the highest figure stops there, at 32 times as much.
    pub capped: bool,
}

/// What runs of the scan read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunsRead {
    /// GiB a run.
    pub gib: Decimal,
    /// Runs in 30 days.
    pub runs: Decimal,
    /// Whether that was measured, rather than being the most that would not have been seen.
    pub measured: bool,
}

impl RunsRead {
    /// GiB in 30 days.
    pub fn monthly(self) -> Decimal {
        self.gib.saturating_mul(self.runs).round_dp(6)
    }
}

/// What is known of what a policy should have tiered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PinnedEstimate {
    /// `StorageBytes` shows that all of it was cold in so many days.
    Seen {
        /// Days.
        days: i64,
    },
    /// `StorageBytes` shows a drop of which Standard may have taken a part.
    Partly,
    /// In so many days nothing was ever cold.
    NeverCold {
        /// Days.
        days: i64,
    },
    /// Nothing was measured.
    Unmeasured,
}

/// What was assumed to make a figure, or to compare a way out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// Which throughput's prices hold.
    Throughput(UnknownThroughput),
    /// The fees for cold and for elastic reads are added up.
    BothFees,
    /// The share of the cold bytes that a scan reads, 0 to 1.
    ReadFraction(Decimal),
    /// What was read becomes cold again between two scans.
    ComesAndGoes {
        /// The class that it comes from.
        class: ColdClass,
        /// The least whole days between two scans.
        every: u32,
        /// The age at which the policy moves files back, days.
        age: i64,
    },
    /// What is read moves as a whole, and stays.
    WholeFilesStay,
    /// How many scans there are in 30 days.
    Scans {
        /// How many.
        scans: Decimal,
        /// Whether they are those of the instances whose mount is confirmed or likely, rather than of all.
        known: bool,
        /// How that is known.
        basis: ScanBasis,
    },
    /// The most that one scan reads.
    ScanLimit(ScanLimit),
    /// The most that all scans of a month read.
    MonthLimit(MonthLimit),
    /// IA and Archive are read alike.
    ReadAlike,
    /// Whole files are read; what is metered in steps can be charged many times over.
    WholeFilesRead,
    /// What `DataReadIOBytes` says.
    Reads(MeasuredReads),
    /// What a run of the scan reads, from the meter.
    RunsRead(RunsRead),
    /// It is all that was read, by whomever.
    AllReaders {
        /// Whether reads of metadata are a part of it: they are billed, and may not have been measured.
        with_metadata: bool,
    },
    /// What the storage classes show to have moved.
    MeasuredByStorage,
    /// Nothing is cached between scans.
    NoCache,
    /// Measured at the ends of the window, at list price.
    MeasuredAtEnds,
    /// The fees of the move are no part of the figure.
    MoveFeesApart,
    /// At most all of Standard would be in IA by now.
    AllOfStandard {
        /// GiB in Standard.
        gib: Decimal,
        /// USD per GiB-month.
        difference: Decimal,
        /// What that comes to a month.
        high: Usd,
    },
    /// What of it is known to have been cold.
    Pinned(PinnedEstimate),
    /// Others go on reading.
    OtherReaders,
    /// What has moved already becomes cold again for a fee that is not counted.
    CoolingFeeApart,
    /// Inspector's own fee ends too and is not counted.
    InspectorFeeApart,
    /// Nothing says whether the tag stops the VM Scanner.
    VmScannerAndTag,
    /// Each scan reads the same bytes again.
    SameBytesAgain,
    /// The change holds for people, too.
    EveryReaderPays,
    /// What no longer becomes cold is not in the figure.
    GrowthApart,
    /// What a way that stops tiering comes to.
    ColdUntilWritten,
    /// Whether the account is a member was not read.
    MembershipUnread,
    /// All instances are scanned at one time.
    OneScanTime,
    /// Changing an association runs it.
    ChangeRunsScan,
    /// The figures begin when an instance returns.
    WhenItReturns,
    /// Prices, scans and shares are those of the finding.
    AsFound,
}
