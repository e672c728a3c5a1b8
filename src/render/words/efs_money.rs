//! The money of R1 in sentences: what is paid for, and what was assumed.

use rust_decimal::Decimal;

use crate::price::display_gib;
use crate::render::text::count;
use crate::rules::finding::efs::{
    Assumption, ColdClass, Item, MeasuredReads, MonthLimit, NoSchedule, PinnedEstimate, PluginSchedule, RunsRead,
    ScanBasis, ScanLimit, Scanner, Throughput,
};

/// A cold class as AWS calls it.
fn class(class: ColdClass) -> &'static str {
    match class {
        ColdClass::Ia => "IA",
        ColdClass::Archive => "Archive",
    }
}

/// One item of a bill.
pub(super) fn item(item: Item) -> String {
    match item {
        Item::ToStandard(from) => format!("{} to Standard storage", class(from)),
        Item::Reading(from) => format!("reading from {}", class(from)),
        Item::Tiering(from) => format!("tiering from {} to Standard", class(from)),
        Item::TieringBothWays(from) => format!("tiering from {} to Standard and back", class(from)),
        Item::ElasticReads => "elastic throughput reads".to_owned(),
        Item::ElasticReadsEachScan => "elastic throughput reads at each scan".to_owned(),
        Item::ElasticDataReads => "elastic throughput reads of data, by whomever".to_owned(),
        Item::ElasticMetadataReads => "elastic throughput reads of metadata, by whomever".to_owned(),
        Item::MovedInAMonth(from) => format!("{} to Standard storage, as measured in a month", class(from)),
        Item::ReadingEachScan(from) => format!("reading from {} at each scan", class(from)),
        Item::WasCold(from) => format!("Standard storage that was in {}", class(from)),
        Item::NotTiered => "Standard storage that the policy would have moved to IA".to_owned(),
    }
}

/// How it is known how often something scans.
pub(in crate::render::words) fn scan_basis(basis: &ScanBasis) -> String {
    let plugin = basis.plugin.as_ref().map(|plugin| match plugin {
        PluginSchedule::Known { expression, runs } => {
            format!("the scan's association runs on {expression}: {runs} scans a month")
        }
        PluginSchedule::Assumed(why) => {
            let why = match why {
                NoSchedule::Unread => "the scan's association could not be read",
                NoSchedule::NoAssociation => "the account has no association that runs the scan",
                NoSchedule::None => "the scan's association has no schedule",
                NoSchedule::Unreadable => "the schedule of the scan's association could not be read",
            };
            format!("{why}: 120 scans a month assumed (every 6 hours, Inspector's default)")
        }
    });
    let number = basis.vm_scanner;
    let scanner =
        (number > 0).then(|| format!("the VM Scanner scans {number} of them every 3 hours: 240 scans a month each"));
    let open = (basis.open > 0).then(|| {
        format!(
            "whether the VM Scanner scans {} of them, 240 times a month each, is not known: whichever comes to more counts",
            basis.open
        )
    });
    plugin.into_iter().chain(scanner).chain(open).collect::<Vec<_>>().join("; ")
}

fn percent(fraction: Decimal) -> String {
    format!("{}%", (fraction * Decimal::ONE_HUNDRED).normalize())
}

/// One assumption, in a sentence.
pub(super) fn assumption(assumption: &Assumption) -> String {
    let said = match assumption {
        Assumption::Throughput(unknown) => {
            let mode = unknown
                .mode
                .as_ref()
                .map_or_else(|| "not given".to_owned(), |mode| format!("{mode:?}, which this version does not know"));
            let taken = if unknown.elastic { "elastic" } else { "bursting" };
            return format!("The throughput mode is {mode}: the prices of {taken} throughput are used.");
        }
        Assumption::ReadFraction(fraction) => {
            return format!("A scan is taken to read {} of the cold bytes (read_fraction).", percent(*fraction));
        }
        Assumption::ComesAndGoes { class: from, every, age } => {
            return format!(
                "Scans are at least {every} days apart and the policy moves files back after {age} without access: what \
                 was read from {} spends {age} of {every} days in Standard and becomes cold again before the next scan.",
                class(*from)
            );
        }
        Assumption::Scans { scans: number, known, basis } => return scans(*number, *known, basis),
        Assumption::ScanLimit(limit) => return scan_limit(limit),
        Assumption::MonthLimit(limit) => return month_limit(limit),
        Assumption::RunsRead(runs) => return runs_read(*runs),
        Assumption::AllReaders { with_metadata } => all_readers(*with_metadata),
        Assumption::MeasuredByStorage => {
            "Measured by StorageBytes: the most that left the cold classes for Standard, whoever read it."
        }
        Assumption::Reads(reads) => return measured(reads),
        Assumption::AllOfStandard { gib, difference, high } => {
            return format!(
                "At most: all {gib} GiB of Standard would be in IA by now, at {difference} USD per GiB-month less ({}).",
                high.display()
            );
        }
        Assumption::Pinned(estimate) => return pinned(*estimate),
        Assumption::BothFees => {
            "Under elastic throughput the IA and Archive read fees come on top of the fee for elastic reads: AWS's EFS pricing \
             page calls them incremental (as quoted in 2023-11)."
        }
        Assumption::WholeFilesStay => {
            "Every file that is read moves to Standard as a whole and every later scan keeps it there."
        }
        Assumption::ReadAlike => "IA and Archive are read alike, by what is in them.",
        Assumption::WholeFilesRead => {
            "Whole files are read: IA and Archive access is metered in steps of 128 KiB, so a scan that reads a little of very \
             many files can be charged up to 32 times the bytes that it read."
        }
        Assumption::NoCache => "Nothing is cached between scans.",
        Assumption::MeasuredAtEnds => {
            "Measured by StorageBytes at the ends of the window, at list price; what else was written to Standard \
             meanwhile counts as moved, up to what left IA and Archive."
        }
        Assumption::MoveFeesApart => {
            "The fees for reading and tiering were paid when the data moved and are not part of this."
        }
        Assumption::OtherReaders => {
            "Reads by others (other instances and accounts, containers, people) go on as before."
        }
        Assumption::CoolingFeeApart => {
            "What has moved to Standard already becomes cold again at the policy's age, for one tiering fee; that fee is \
             not counted."
        }
        Assumption::InspectorFeeApart => "Inspector's own fee for these instances ends too and is not counted.",
        Assumption::VmScannerAndTag => "No AWS document says whether the tag also stops the VM Scanner's own timer.",
        Assumption::SameBytesAgain => {
            "Each scan reads the same share of the cold bytes again; nothing is cached between scans."
        }
        Assumption::EveryReaderPays => {
            "It holds for every reader: people who open a cold file pay for the read each time, too."
        }
        Assumption::GrowthApart => {
            "Files that would have become cold from now on stay in Standard; what that adds is not in the figure."
        }
        Assumption::ColdUntilWritten => {
            "At most scans pay for cold reads, or all that is cold now is written and billed as Standard, whichever is more."
        }
        Assumption::MembershipUnread => {
            "Whether this account is a member of an organization was not read: a member cannot deactivate deep \
             inspection, its delegated administrator can."
        }
        Assumption::OneScanTime => {
            "Every instance is scanned at the same time; scans apart from each other restart the timers more often."
        }
        Assumption::ChangeRunsScan => {
            "Changing an association runs it at once unless it has a cron schedule and is told not to."
        }
        Assumption::WhenItReturns => "The figures are those of the day when an instance returns.",
        Assumption::AsFound => "Prices, scans and the share that a scan reads are those of the finding's own figure.",
    };
    said.to_owned()
}

fn scans(number: Decimal, known: bool, basis: &ScanBasis) -> String {
    let by =
        if known { "the instances whose mount is confirmed or likely" } else { "all instances that could mount it" };
    format!("Scans in 30 days: {} by {by}; {}.", number.normalize(), scan_basis(basis))
}

fn runs_read(runs: RunsRead) -> String {
    let (gib, each_month) = (runs.gib.normalize(), runs.runs.normalize());
    if runs.measured {
        format!("Measured: a run reads {gib} GiB, and {each_month} runs come in 30 days.")
    } else {
        format!("At most: a run that reads {gib} GiB would have been seen, and {each_month} runs come in 30 days.")
    }
}

fn all_readers(with_metadata: bool) -> &'static str {
    if with_metadata {
        "High is all that was read, data and metadata, by whomever: the scan cannot have read more. Metadata was measured over \
         up to two weeks and scaled."
    } else {
        "High is all data that was read, by whomever; reads of metadata are billed too and were not measured."
    }
}

const SPECIFICATIONS: &str = "EFS user guide, \"Performance specifications\", 2026-10";

fn throughput(by: &Throughput) -> String {
    match by {
        Throughput::Client => format!("what one client reads at most; {SPECIFICATIONS}"),
        Throughput::ProvisionedUnread => format!(
            "what one client reads at most, for the snapshot does not say how much throughput is provisioned, of which three \
             times can be read; {SPECIFICATIONS}"
        ),
        Throughput::Bursting { standard_gib } => {
            format!("bursting throughput with {standard_gib} GiB in Standard; {SPECIFICATIONS}")
        }
        Throughput::Provisioned => format!("three times the provisioned throughput; {SPECIFICATIONS}"),
    }
}

fn scan_limit(limit: &ScanLimit) -> String {
    let (scan, time) = match limit.scanner {
        Scanner::Plugin => {
            let minutes = count(u64::from(limit.seconds / 60), "minute", "minutes");
            ("A scan by the plugin", format!("for {minutes} (Inspector user guide, \"Deep inspection\", 2026-10)"))
        }
        Scanner::VmScanner => {
            let hours = count(u64::from(limit.seconds / 3600), "hour", "hours");
            (
                "A scan by the VM Scanner",
                format!("for the {hours} until its next run, no shorter limit being documented"),
            )
        }
    };
    format!(
        "{scan} reads {} GiB at most: {} MiB/s ({}) {time}.",
        display_gib(limit.gib),
        limit.mib_per_second.normalize(),
        throughput(&limit.by)
    )
}

fn month_limit(limit: &MonthLimit) -> String {
    let what = match limit.by {
        Throughput::Bursting { .. } => "what bursting sustains and a full balance of burst credits",
        Throughput::Client | Throughput::ProvisionedUnread | Throughput::Provisioned => "the provisioned throughput",
    };
    format!(
        "All scans of 30 days together read {} GiB at most: {what} ({}).",
        display_gib(limit.gib),
        throughput(&limit.by)
    )
}

fn measured(reads: &MeasuredReads) -> String {
    format!(
        "DataReadIOBytes: {} GiB were read in {} days, by whomever and from any class, which is {} GiB in 30 days; {}.",
        reads.measured,
        reads.days,
        reads.monthly,
        if reads.capped {
            "the highest figure is capped at 32 times that (reads of 4 KiB are metered as 128 KiB)"
        } else {
            "32 times that (reads of 4 KiB are metered as 128 KiB) is more than the figure takes"
        }
    )
}

fn pinned(estimate: PinnedEstimate) -> String {
    match estimate {
        PinnedEstimate::Seen { days } => format!(
            "Low and likely: what StorageBytes shows to have been cold in the last {days} days and to be in Standard now."
        ),
        PinnedEstimate::Partly => {
            "Likely: StorageBytes shows that so much left the cold classes and that Standard took \
                                   it or was written to; low is zero, for it may be the latter."
                .to_owned()
        }
        PinnedEstimate::NeverCold { days } => format!(
            "Likely is not known: in {days} days of StorageBytes nothing was ever cold, so what would be does not show."
        ),
        PinnedEstimate::Unmeasured => "Likely is not known until StorageBytes shows what was once cold.".to_owned(),
    }
}

/// `1 instance`, `3 instances`.
pub(super) fn instances(number: u64) -> String {
    count(number, "instance", "instances")
}
