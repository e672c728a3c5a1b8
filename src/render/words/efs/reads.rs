//! Whether the scan reads a file system.

use super::days;
use crate::price::{bytes_to_gib, display_gib};
use crate::render::text::count;
use crate::rules::finding::efs::{RunReads, ScanReads, Unread};

/// What settles it, after "AWS's documents say one thing, reports another, and".
pub(super) fn proof(reads: ScanReads) -> String {
    match reads {
        ScanReads::SeenInside => "here Inspector was seen inside the mount.".to_owned(),
        ScanReads::MovedInStep => "here cold data has moved in step with the scan.".to_owned(),
        ScanReads::NotMeasured => "which of the two holds here has not been measured.".to_owned(),
        ScanReads::ReadsAligned { data, .. } => format!(
            "here more is read when the scan runs: {} a run, over {}; another job with its interval and times would look \
             the same.",
            bytes(data.bytes_per_run),
            runs(data.runs)
        ),
        ScanReads::WalksOnly { metadata, smallest_seen } => format!(
            "here the scan was seen to walk directories ({} of metadata a run, over {}) and not to open files: {} of data a run \
             would have been seen.",
            bytes(metadata.bytes_per_run),
            runs(metadata.runs),
            bytes(smallest_seen)
        ),
        ScanReads::NotSeen { runs: number, smallest_seen } => format!(
            "here the scan was not seen to read in {}: {} a run would have been seen.",
            runs(number),
            bytes(smallest_seen)
        ),
        ScanReads::Unknown(why) => format!("here it cannot be told: {}.", unread(why)),
        ScanReads::MovedNothing { runs: number, days: over, .. } => format!(
            "here {} in {} have moved nothing. A new mount, a custom path of deep inspection or the VM Scanner would change \
             that.",
            scans(number),
            days(over)
        ),
        ScanReads::OpenedNothing { runs: number, days: over, bytes_per_run } => format!(
            "here {} in {} have opened next to nothing: {} a run were read, by anybody. A new mount, a custom path of deep \
             inspection or the VM Scanner would change that.",
            scans(number),
            days(over),
            bytes(bytes_per_run)
        ),
    }
}

/// The same as evidence.
pub(super) fn scan_reads(reads: ScanReads) -> String {
    match reads {
        ScanReads::ReadsAligned { data, metadata } => {
            let metadata = metadata.map(|it| format!(", and {} of metadata", range(it))).unwrap_or_default();
            format!("reads are aligned with {}: {} a run{metadata}", runs(data.runs), range(data))
        }
        ScanReads::WalksOnly { metadata, smallest_seen } => format!(
            "metadata reads are aligned with {} ({} a run), data reads are not: {} a run would have been seen",
            runs(metadata.runs),
            range(metadata),
            bytes(smallest_seen)
        ),
        ScanReads::NotSeen { runs: number, smallest_seen } => {
            format!(
                "no more is read when the scan runs: {}, of which {} each would have been seen",
                runs(number),
                bytes(smallest_seen)
            )
        }
        ScanReads::Unknown(why) => format!("whether the scan reads cannot be told: {}", unread(why)),
        settled => proof(settled),
    }
}

/// Why it cannot be told.
fn unread(why: Unread) -> String {
    match why {
        Unread::NoReads => "its reads were not collected".to_owned(),
        Unread::NoRuns => "when the scan ran was not read".to_owned(),
        Unread::NoTargets => "which instances the scan's runs reached was not read".to_owned(),
        Unread::VmScanner => "when the VM Scanner ran is not known".to_owned(),
        Unread::VmScannerUnseen => "whether the VM Scanner runs as well was not seen".to_owned(),
        Unread::TooFewRuns { have, need } => format!("{} of the scan known, and {need} are needed", runs(have)),
        Unread::TooLittleData { runs: known, shown, need } => {
            format!("of {} known, CloudWatch shows the reads at {shown}, and {need} are needed", runs(known))
        }
        Unread::TooOften => "the scan runs so often that there is nothing to compare with".to_owned(),
        Unread::FewClockTimes { have, need } => format!(
            "the scan runs at {} of the day, and {need} are needed to tell it from a daily job",
            count(u64::try_from(have).unwrap_or(u64::MAX), "time", "times")
        ),
        Unread::TooCoarse => "more is read in the hours of the runs, but one point covers more than a run".to_owned(),
        Unread::TooNoisy { smallest_seen: Some(seen) } => {
            format!("so much else is read that a run of less than {} would not be seen", bytes(seen))
        }
        Unread::TooNoisy { smallest_seen: None } => "so much else is read that no run would be seen".to_owned(),
    }
}

fn runs(number: usize) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX), "run", "runs")
}

/// How many scans there were.
pub(super) fn scans(number: usize) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX), "scan", "scans")
}

fn range(reads: RunReads) -> String {
    let RunReads { bytes_per_run, at_least, at_most, .. } = reads;
    format!("{} ({} to {})", bytes(bytes_per_run), bytes(at_least), bytes(at_most))
}

/// Bytes in MiB, or in GiB where they are many.
pub(super) fn bytes(number: u64) -> String {
    const MIB: u64 = 1 << 20;
    match number {
        0..MIB => format!("{} KiB", number.div_ceil(1024)),
        MIB..=0x3fff_ffff => format!("{} MiB", number.div_ceil(MIB)),
        _ => format!("{} GiB", display_gib(bytes_to_gib(number))),
    }
}
