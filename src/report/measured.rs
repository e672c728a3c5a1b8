//! What was really used and paid: AWS's own meters beside what the findings project.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::v1::Finding;
use super::{MonthlyTotals, bills};
use crate::model::{BilledUsage, Target};
use crate::price::Usd;

/// What AWS metered and billed on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// Inspector's meters of the last 30 days by type, with AWS's own estimate (`ListUsageTotals`), sorted by type.
    pub inspector: Vec<MeasuredUsage>,
    /// The estimates in USD added up; `None` where there is none, or one is in another currency.
    pub inspector_monthly_usd: Option<Usd>,
    /// What was paid by month (Cost Explorer), the oldest first; empty unless it was asked for.
    pub bills: Vec<Bill>,
    /// Why there may be more bills.
    pub bills_truncated: Option<String>,
    /// Whether the share of cold storage fell from the first to the last month that has storage; `None` with fewer than
    /// two such months, or where the bills were read in part.
    pub cold_share_falling: Option<bool>,
    /// What the findings of this target come to a month.
    pub findings_monthly_usd: MonthlyTotals,
}

/// One meter of Inspector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MeasuredUsage {
    /// The type, e.g. `ECR_RESCAN`; an open set.
    #[serde(rename = "type")]
    pub kind: String,
    /// How much, in the type's own unit.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub total: Decimal,
    /// AWS's estimate for a month, USD; `None` in another currency.
    pub monthly_usd: Option<Usd>,
}

/// What was paid in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// `YYYY-MM`.
    pub month: String,
    /// By class, sorted; what belongs to neither EFS nor Inspector is left out.
    pub lines: Vec<BilledLine>,
    /// The share of storage that was cold (IA and Archive), percent with one decimal; `None` without storage.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    pub cold_share_percent: Option<Decimal>,
    /// All lines, USD.
    pub amount_usd: Usd,
}

/// What was paid for one class of usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledLine {
    /// The class.
    pub class: BilledClass,
    /// How much, in `unit`.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub quantity: Decimal,
    /// The unit as billed; empty where usage types of several units came together.
    pub unit: String,
    /// USD, as billed.
    pub amount_usd: Usd,
}

/// What a usage type is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BilledClass {
    /// Standard storage, One Zone included.
    StandardStorage,
    /// IA storage, One Zone and small files included.
    IaStorage,
    /// Archive storage, small files included.
    ArchiveStorage,
    /// Reading from and tiering to IA.
    IaAccess,
    /// Reading from and tiering to Archive.
    ArchiveAccess,
    /// Elastic throughput.
    ElasticAccess,
    /// Inspector's scans of instances.
    InspectorEc2,
    /// Inspector's scans of images.
    InspectorEcr,
    /// Everything else of Inspector.
    InspectorOther,
}

/// Usage types without their region's prefix, as they begin, and what they are about (EFS user guide, "Billing and usage
/// reports", 2026-10; Inspector's price list). The first that fits holds.
const CLASSES: [(&str, BilledClass); 14] = [
    ("TimedStorage-", BilledClass::StandardStorage),
    ("IATimedStorage-", BilledClass::IaStorage),
    ("ArchiveTimedStorage-", BilledClass::ArchiveStorage),
    ("ArchiveEarlyDelete-", BilledClass::ArchiveStorage),
    ("IADataAccess-", BilledClass::IaAccess),
    ("ArchiveDataAccess-", BilledClass::ArchiveAccess),
    ("ETDataAccess", BilledClass::ElasticAccess),
    ("EC2-Scanning", BilledClass::InspectorEc2),
    ("EC2-CIS", BilledClass::InspectorOther),
    ("container-image-", BilledClass::InspectorEcr),
    ("ECR-free-metering", BilledClass::InspectorEcr),
    ("Lambda-Standard-Scanning", BilledClass::InspectorOther),
    ("Lambda-Code-Scanning", BilledClass::InspectorOther),
    ("Code-Repository-Scan", BilledClass::InspectorOther),
];

/// The class of what was billed, with or without a region's prefix; `None` for what is none of ours. The service
/// decides first: S3 calls its storage `TimedStorage-ByteHrs` too.
fn class(row: &BilledUsage) -> Option<BilledClass> {
    let of = |name: &str| CLASSES.iter().find(|(start, _)| name.starts_with(start)).map(|(_, class)| *class);
    let class = of(&row.usage_type).or_else(|| row.usage_type.split_once('-').and_then(|(_, rest)| of(rest)));
    let is_inspectors =
        matches!(class, Some(BilledClass::InspectorEc2 | BilledClass::InspectorEcr | BilledClass::InspectorOther));
    // Cost Explorer names services for people: "Amazon Elastic File System", "Amazon Inspector" with or without a version.
    class.filter(|_| row.service.contains(if is_inspectors { "Inspector" } else { "Elastic File System" }))
}

/// What the target has of meters and bills; `None` where nothing of that was collected.
pub(super) fn of(target: &Target) -> Option<Measured> {
    let usage = target.inspector.usage_totals.complete().filter(|usage| !usage.by_type.is_empty());
    let billed = target.billing.monthly_usage.complete();
    if usage.is_none() && billed.is_none() {
        return None;
    }
    let inspector: Vec<MeasuredUsage> = usage
        .into_iter()
        .flat_map(|usage| &usage.by_type)
        .map(|(kind, usage)| MeasuredUsage {
            kind: kind.clone(),
            total: usage.total,
            monthly_usd: (usage.currency == "USD").then(|| Usd::of(Decimal::ONE, usage.estimated_monthly_cost)),
        })
        .collect();
    let bills = billed.map(|billed| summarize(&billed.rows)).unwrap_or_default();
    Some(Measured {
        account: target.account.clone(),
        region: target.region.clone(),
        inspector_monthly_usd: if inspector.is_empty() {
            None
        } else {
            inspector.iter().map(|usage| usage.monthly_usd).sum()
        },
        inspector,
        // Half a bill may lack either end of the trend.
        cold_share_falling: billed.filter(|billed| billed.truncated.is_none()).and_then(|_| falling(&bills)),
        bills,
        bills_truncated: billed.and_then(|billed| billed.truncated.clone()),
        findings_monthly_usd: MonthlyTotals::default(),
    })
}

/// Rows by month and class.
fn summarize(rows: &[BilledUsage]) -> Vec<Bill> {
    let mut months: BTreeMap<&str, BTreeMap<BilledClass, BilledLine>> = BTreeMap::new();
    for row in rows {
        let Some(class) = class(row) else { continue };
        let line = months.entry(&row.month).or_default().entry(class).or_insert_with(|| BilledLine {
            class,
            quantity: Decimal::ZERO,
            unit: row.unit.clone(),
            amount_usd: Usd::ZERO,
        });
        if line.unit != row.unit {
            line.unit.clear();
        }
        line.quantity = line.quantity.saturating_add(row.quantity);
        line.amount_usd = line.amount_usd.plus(Usd::of(Decimal::ONE, row.amount_usd));
    }
    months
        .into_iter()
        .map(|(month, lines)| {
            let lines: Vec<BilledLine> = lines.into_values().collect();
            Bill {
                month: month.to_owned(),
                cold_share_percent: cold_share(&lines),
                amount_usd: lines.iter().map(|line| line.amount_usd).sum(),
                lines,
            }
        })
        .collect()
}

fn cold_share(lines: &[BilledLine]) -> Option<Decimal> {
    let of = |wanted: &[BilledClass]| {
        let lines = lines.iter().filter(|line| wanted.contains(&line.class));
        lines.fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.quantity))
    };
    let cold = of(&[BilledClass::IaStorage, BilledClass::ArchiveStorage]);
    let all = cold.saturating_add(of(&[BilledClass::StandardStorage]));
    // Dividing first keeps the numbers small, whatever the bill says.
    let share = cold.checked_div(all)?.checked_mul(Decimal::ONE_HUNDRED)?;
    Some(share.round_dp(1).normalize())
}

fn falling(bills: &[Bill]) -> Option<bool> {
    let mut shares = bills.iter().filter_map(|bill| bill.cold_share_percent);
    let first = shares.next()?;
    Some(shares.next_back()? < first)
}

/// Sorted, with what the findings of each target come to.
pub(super) fn finish(mut measured: Vec<Measured>, findings: &[Finding]) -> Vec<Measured> {
    measured.sort_by(|a, b| (&a.account, &a.region).cmp(&(&b.account, &b.region)));
    for (finding, cost) in bills(findings) {
        let place = |one: &Measured| (&one.account, &one.region).cmp(&(&finding.account, &finding.region));
        let at = measured.binary_search_by(place);
        if let Some(one) = at.ok().and_then(|at| measured.get_mut(at)) {
            one.findings_monthly_usd = one.findings_monthly_usd.plus(MonthlyTotals::of(cost));
        }
    }
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    const EFS: &str = "Amazon Elastic File System";

    fn row(month: &str, service: &str, usage_type: &str, quantity: &str, amount: &str) -> BilledUsage {
        BilledUsage::parse(&format!("{month}-01"), service, usage_type, (amount, "USD"), (quantity, "GB-Month"))
            .expect("a row")
    }

    #[test]
    fn the_share_of_cold_storage_is_seen_falling() {
        let bills = summarize(&[
            row("2026-09", EFS, "APN1-IATimedStorage-ByteHrs", "9000", "244.8"),
            row("2026-09", EFS, "APN1-TimedStorage-ByteHrs", "1000", "360"),
            row("2026-10", EFS, "APN1-IATimedStorage-ByteHrs", "2000", "54.4"),
            row("2026-10", EFS, "APN1-IATimedStorage-SmallFiles", "1000", "27.2"),
            row("2026-10", EFS, "APN1-TimedStorage-ByteHrs", "7000", "2520"),
            row("2026-10", EFS, "APN1-IADataAccess-Bytes", "14000", "168"),
            row("2026-10", "Amazon Simple Storage Service", "APN1-TimedStorage-ByteHrs", "99999", "2300"),
            row("2026-10", "Amazon Inspector", "APN1-container-image-re-scan", "120", "1.2"),
        ]);
        let shares: Vec<_> = bills.iter().map(|bill| bill.cold_share_percent.map(|share| share.to_string())).collect();
        assert_eq!(shares, [Some("90".to_owned()), Some("30".to_owned())]);
        assert_eq!(falling(&bills), Some(true));
        assert_eq!(bills[1].amount_usd.display(), "$2,770.80");
        assert_eq!(bills[1].lines.len(), 4, "S3 is nobody's business here: {bills:#?}");
    }

    #[test]
    fn prefixes_of_every_kind_are_read() {
        for (usage_type, expected) in [
            ("TimedStorage-ByteHrs", Some(BilledClass::StandardStorage)),
            ("EU-TimedStorage-Z-ByteHrs", Some(BilledClass::StandardStorage)),
            ("UGW1-IATimedStorage-ET-ByteHrs", Some(BilledClass::IaStorage)),
            ("USE1-IATimedStorage-Z-ByteHrs", Some(BilledClass::IaStorage)),
            ("APN1-ArchiveTimedStorage-ByteHrs", Some(BilledClass::ArchiveStorage)),
            ("EUC1-ArchiveDataAccess-Bytes", Some(BilledClass::ArchiveAccess)),
            ("ETDataAccess-Bytes", Some(BilledClass::ElasticAccess)),
            ("APN1-EC2-Scanning", None),
            ("APN1-DataTransfer-Regional-Bytes", None),
        ] {
            assert_eq!(class(&row("2026-10", EFS, usage_type, "1", "1")), expected, "{usage_type}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_not_nothing_paid() {
        let parse = |start, amount, currency| {
            BilledUsage::parse(start, EFS, "TimedStorage-ByteHrs", (amount, currency), ("1", "GB-Month"))
        };
        assert!(parse("2026-10-01", "1.5E-7", "USD").is_ok_and(|row| row.amount_usd.to_string() == "0.00000015"));
        for (start, amount, currency) in
            [("2026-10-01", "many", "USD"), ("2026-10-01", "1", "CNY"), ("October", "1", "USD"), ("", "1", "USD")]
        {
            assert!(parse(start, amount, currency).is_err(), "{start} {amount} {currency}");
        }
    }
}
