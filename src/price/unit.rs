//! The units of the Price List, in every spelling seen, and ours.
//!
//! AWS spells one unit in several ways, by service and over the years: an hour is `Hrs` in most lists, `Instance-hr` for
//! Inspector's instances and `Hourly` for its functions (answers of the Price List API, 2024 to 2026).

/// What is measured, however it is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    GibMonth,
    Gib,
    MibpsMonth,
    Hour,
    Month,
    Piece,
}

/// The one table of spellings; upper and lower case do not matter.
const SPELLINGS: &[(&str, Measure)] = &[
    ("GB-Mo", Measure::GibMonth),
    ("GB-month", Measure::GibMonth),
    ("GB-Months", Measure::GibMonth),
    ("GiB-Mo", Measure::GibMonth),
    ("GB", Measure::Gib),
    ("GiB", Measure::Gib),
    ("GigaBytes", Measure::Gib),
    ("MiBps-Mo", Measure::MibpsMonth),
    ("MiBps-month", Measure::MibpsMonth),
    ("Hour", Measure::Hour),
    ("Hours", Measure::Hour),
    ("Hourly", Measure::Hour),
    ("Hr", Measure::Hour),
    ("Hrs", Measure::Hour),
    ("Instance-hr", Measure::Hour),
    ("Instance-hrs", Measure::Hour),
    ("Instance-hour", Measure::Hour),
    ("Instance-hours", Measure::Hour),
    ("Function-hr", Measure::Hour),
    ("Function-hrs", Measure::Hour),
    ("Function-hour", Measure::Hour),
    ("Function-hours", Measure::Hour),
    ("Instance-Mo", Measure::Month),
    ("Instance-month", Measure::Month),
    ("Instance-months", Measure::Month),
    ("Resource-assessment", Measure::Piece),
    ("Resource-assessments", Measure::Piece),
    ("Assessment", Measure::Piece),
    ("Assessments", Measure::Piece),
    ("Image", Measure::Piece),
    ("Images", Measure::Piece),
    ("Scan", Measure::Piece),
    ("Scans", Measure::Piece),
    ("Rescan", Measure::Piece),
    ("Check", Measure::Piece),
    ("Checks", Measure::Piece),
];

/// What a price is for, which decides the units that it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sold {
    /// Storage of EFS.
    Storage,
    /// Bytes read or written.
    Access,
    /// Throughput that is provisioned.
    Throughput,
    /// Scanning of an instance.
    Instance,
    /// Scanning of a function.
    Function,
    /// One scan.
    Scan,
    /// One CIS check.
    Check,
}

/// Our unit for what AWS spells `theirs`; `None` where the spelling is not known or does not fit what is sold. EFS's `GB`
/// is 2^30 bytes (EFS user guide, "Billing and usage reports", 2026-10).
pub(super) fn ours(sold: Sold, theirs: &str) -> Option<&'static str> {
    let (_, measure) = SPELLINGS.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(theirs.trim()))?;
    match (sold, measure) {
        (Sold::Storage, Measure::GibMonth) => Some("GiB-month"),
        (Sold::Access, Measure::Gib) => Some("GiB"),
        (Sold::Throughput, Measure::MibpsMonth) => Some("MiBps-month"),
        (Sold::Instance, Measure::Hour) => Some("Instance-hr"),
        (Sold::Instance, Measure::Month) => Some(INSTANCE_MONTH),
        (Sold::Function, Measure::Hour) => Some("Function-hr"),
        (Sold::Scan, Measure::Piece) => Some("scan"),
        (Sold::Check, Measure::Piece) => Some("check"),
        _ => None,
    }
}

/// Inspector's month has 720 hours (Inspector user guide, "Monitoring usage and cost", 2026-10).
pub(super) const INSTANCE_MONTH: &str = "Instance-month(720h)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_real_answers_is_one_of_ours() {
        for (sold, theirs, wanted) in [
            (Sold::Storage, "GB-Mo", Some("GiB-month")),
            (Sold::Storage, "GB-month", Some("GiB-month")),
            (Sold::Access, "GB", Some("GiB")),
            (Sold::Throughput, "MiBps-Mo", Some("MiBps-month")),
            (Sold::Instance, "Instance-hr", Some("Instance-hr")),
            (Sold::Instance, "Hrs", Some("Instance-hr")),
            (Sold::Instance, "Instance-month", Some(INSTANCE_MONTH)),
            (Sold::Function, "Hourly", Some("Function-hr")),
            (Sold::Function, " function-hr ", Some("Function-hr")),
            (Sold::Scan, "Resource-assessment", Some("scan")),
            (Sold::Check, "Resource-assessment", Some("check")),
            (Sold::Storage, "GB", None),
            (Sold::Storage, "TB-Mo", None),
            (Sold::Access, "GB-Mo", None),
            (Sold::Function, "Instance-month", None),
            (Sold::Scan, "Hourly", None),
            (Sold::Scan, "", None),
        ] {
            assert_eq!(ours(sold, theirs), wanted, "{sold:?} {theirs:?}");
        }
    }

    #[test]
    fn no_spelling_stands_twice() {
        let mut all: Vec<_> = SPELLINGS.iter().map(|(text, _)| text.to_ascii_lowercase()).collect();
        all.sort_unstable();
        let many = all.len();
        all.dedup();
        assert_eq!(all.len(), many);
    }
}
