//! How much the documented limits let scans read of one file system.
//!
//! Sources, read 2026-10: Inspector user guide, "Deep inspection" (a collection of the plugin ends after 15 minutes) and
//! "Inspector VM Scanner" (no limit; its timer fires every 3 hours); EFS user guide, "Performance specifications" (what
//! one client, a throughput mode and burst credits allow, and that reads are metered at a third).
//!
//! Under elastic throughput the region limits a file system as well: to 60 GiB/s of reads in seven regions and to 10 GiB/s in
//! all others (EFS user guide, "Quotas", 2026-10). That limits no figure here: it is more than the 1,500 MiB/s of the one
//! client that a scan is, scans of many clients need not coincide, and AWS raises it on request.

use rust_decimal::Decimal;

use crate::model::FileSystem;
use crate::price::{bytes_to_gib, round6};
use crate::rules::efs::storage::standard_bytes;
use crate::rules::finding::efs::{MonthLimit, ScanLimit, Scanner, Throughput};

const fn whole(number: u32) -> Decimal {
    Decimal::from_parts(number, 0, 0, false, 0)
}

/// Seconds of one collection by the plugin.
const PLUGIN_SECONDS: u32 = 15 * 60;
/// Seconds until the VM Scanner's next run: no shorter limit is documented.
const VM_SCANNER_SECONDS: u32 = 3 * 60 * 60;
/// Seconds of the month that figures are about.
const MONTH_SECONDS: Decimal = whole(30 * 24 * 60 * 60);
/// MiB/s that one client reads.
const CLIENT: Decimal = whole(500);
/// … under elastic throughput, with the current mount helper.
const ELASTIC_CLIENT: Decimal = whole(1500);
/// MiB/s of reads while burst credits last, for each TiB in Standard; at least as much.
const BURST: Decimal = whole(300);
/// KiB/s of reads that Standard storage earns by itself, for each GiB.
const BASELINE_KIB: Decimal = whole(150);
/// … at least, MiB/s.
const LEAST_BASELINE: Decimal = whole(3);
/// GiB of reads in a full balance of burst credits, for each TiB in Standard: 2.1 TiB metered at a third, which is 6.3 TiB;
/// at least as much.
const CREDITS: Decimal = Decimal::from_parts(64_512, 0, 0, false, 1);
/// Reads are metered at a third of the provisioned throughput.
const READS_OF_PROVISIONED: Decimal = whole(3);
const KIB: Decimal = whole(1024);

/// The most that scans of one file system read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// One scan by the plugin.
    pub(crate) plugin: ScanLimit,
    /// One scan by the VM Scanner.
    pub(crate) vm_scanner: ScanLimit,
    /// All scans of a month, where the throughput mode limits that too.
    pub(crate) month: Option<MonthLimit>,
}

impl Limits {
    /// Whether they go by what one client reads, though less may be provisioned: how much was not read.
    pub(crate) fn is_provisioned_unread(&self) -> bool {
        self.plugin.by == Throughput::ProvisionedUnread
    }

    /// Those of `file_system`. An unknown throughput mode is taken to let the fastest client read.
    pub(crate) fn of(file_system: &FileSystem) -> Self {
        // "GB" and "TB" of the limits are powers of two, as in bills.
        let standard = bytes_to_gib(standard_bytes(file_system).unwrap_or(0));
        let tebibytes = (standard / KIB).max(Decimal::ONE);
        let provisioned = file_system.provisioned_mibps.map(|mibps| Decimal::from(mibps) * READS_OF_PROVISIONED);
        let earned = (standard * BASELINE_KIB / KIB).max(LEAST_BASELINE);
        let (throughput, rate, month) = match file_system.throughput_mode.as_deref() {
            // What storage earns by itself holds, bursts too, where less than that is provisioned.
            Some("provisioned") if provisioned.is_none_or(|rate| rate >= earned) => {
                (Throughput::Provisioned, provisioned, provisioned.map(|rate| rate * MONTH_SECONDS / KIB))
            }
            Some("bursting" | "provisioned") => {
                let month = earned * MONTH_SECONDS / KIB + CREDITS * tebibytes;
                (Throughput::Bursting { standard_gib: standard }, Some(BURST * tebibytes), Some(month))
            }
            _ => (Throughput::Client, None, None),
        };
        let client = match file_system.throughput_mode.as_deref() {
            Some("bursting" | "provisioned") => CLIENT,
            _ => ELASTIC_CLIENT,
        };
        let (rate, by) = match rate {
            Some(rate) if rate < client => (rate, throughput.clone()),
            _ if throughput == Throughput::Provisioned && provisioned.is_none() => {
                (client, Throughput::ProvisionedUnread)
            }
            _ => (client, Throughput::Client),
        };
        let scan = |scanner, seconds: u32| ScanLimit {
            scanner,
            mib_per_second: round6(rate),
            by: by.clone(),
            seconds,
            gib: round6(rate * Decimal::from(seconds) / KIB),
        };
        Self {
            plugin: scan(Scanner::Plugin, PLUGIN_SECONDS),
            vm_scanner: scan(Scanner::VmScanner, VM_SCANNER_SECONDS),
            month: month.map(|gib| MonthLimit { by: throughput, gib: round6(gib) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(mode: &str, provisioned: Option<u64>, standard_gib: u64) -> Limits {
        let text = serde_json::json!({
            "id": "fs-0a", "state": "available", "throughput_mode": mode, "provisioned_mibps": provisioned,
            "size": { "standard": standard_gib << 30 },
        });
        Limits::of(&serde_json::from_value(text).expect("a file system"))
    }

    fn number(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn a_small_bursting_file_system_reads_300_mib_a_second_while_credits_last() {
        let limits = limits("bursting", None, 10);
        assert_eq!(limits.plugin.gib, number("263.671875"));
        assert_eq!(limits.vm_scanner.gib, number("3164.0625"));
        // 3 MiB/s for 30 days, and 6.3 TiB.
        assert_eq!(limits.month.expect("a limit").gib, number("14044.95"));
    }

    #[test]
    fn a_large_one_reads_as_much_as_its_client_does() {
        let limits = limits("bursting", None, 10 * 1024);
        assert_eq!((limits.plugin.mib_per_second, limits.plugin.by), (CLIENT, Throughput::Client));
        // 1,500 MiB/s for 30 days, and 63 TiB.
        assert_eq!(limits.month.expect("a limit").gib, number("3861387"));
    }

    #[test]
    fn provisioned_throughput_counts_three_times_for_reads_and_the_rest_goes_by_the_client() {
        let provisioned = limits("provisioned", Some(50), 10);
        assert_eq!(provisioned.plugin.gib, number("131.835938"));
        assert_eq!(provisioned.month.expect("a limit").gib, number("379687.5"));
        let unsaid = limits("provisioned", None, 10);
        assert_eq!((unsaid.plugin.mib_per_second, unsaid.month), (CLIENT, None));
        assert_eq!(unsaid.plugin.by, Throughput::ProvisionedUnread);
        for mode in ["elastic", "another"] {
            assert_eq!(limits(mode, None, 10).plugin.gib, number("1318.359375"), "{mode}");
        }
    }
}
