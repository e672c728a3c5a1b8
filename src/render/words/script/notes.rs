//! What stands above a plan's steps: the finding, the way taken, and the other ways.

use crate::render::words;
use crate::report::v1::{Finding, WayOut};
use crate::rules::finding::{Confidence, MonthlyUsd, Way};

pub(super) fn about(finding: &Finding) -> Vec<String> {
    let name = finding.resource.name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
    let mut notes = vec![
        format!("Finding {} {}: {}", finding.rule, finding.fingerprint, finding.title),
        format!(
            "Account {}, region {}, {} {}{name}",
            finding.account, finding.region, finding.resource.kind, finding.resource.id
        ),
    ];
    if finding.confidence == Confidence::Low {
        notes.push("Confidence: low. Verify first: the step look.".to_owned());
    }
    notes
}

/// Another finding that the plan settles, too.
pub(super) fn also(finding: &Finding) -> String {
    format!("Also settles {} {}: {}", finding.rule, finding.fingerprint, finding.title)
}

/// The way that the plan takes.
pub(super) fn of_way(way: &WayOut) -> Vec<String> {
    let mut notes = vec![format!("{}: {}", words::way(way.way), way.reason)];
    if let Some(monthly) = way.monthly_usd {
        let once = way.one_time_usd.map_or_else(String::new, |once| format!("; once {}", words::short_usd(once)));
        let likely =
            monthly.likely.map_or_else(String::new, |likely| format!("likely {} a month, ", words::short_usd(likely)));
        notes.push(format!("Left to pay: {likely}at most {} a month{once}.", words::short_usd(monthly.high)));
    }
    notes.extend(protection(way).filter(|_| way.instances_unprotected > 0));
    notes.push(who(way));
    notes.extend(way.assumptions.iter().map(|assumption| format!("Assumed: {assumption}")));
    if !way.available {
        notes.push("This way cannot be taken here, so there is nothing to run.".to_owned());
    }
    notes
}

fn protection(way: &WayOut) -> impl Iterator<Item = String> {
    let lost = if way.instances_unprotected > 0 {
        format!("Protection lost (instances: {}): {}", way.instances_unprotected, way.protection_lost)
    } else {
        "Protection lost: none.".to_owned()
    };
    std::iter::once(lost)
}

fn who(way: &WayOut) -> String {
    format!("Who may do it: {}. How sure that it ends the cost: {}.", way.who, way.confidence.as_str())
}

/// The other ways that can be taken, in one line.
pub(super) fn other_ways(finding: &Finding, taken: &WayOut) -> Option<String> {
    let others = finding.ways_out.iter().filter(|way| way.available && way.way != taken.way);
    let others = others.filter(|way| way.way != Way::DoNothing).map(|way| {
        let monthly = way.monthly_usd.map_or_else(|| "no price".to_owned(), words::monthly);
        let dearer = if finding.is_dearer_than_nothing(way) { " (more than doing nothing)" } else { "" };
        let first = way.requires.as_ref().map_or_else(String::new, |rule| format!(" (after {rule})"));
        format!("{} ({}) {monthly}{first}{dearer}", way.way.name(), words::way(way.way))
    });
    let others: Vec<String> = others.collect();
    (!others.is_empty()).then(|| format!("Other ways (--way): {}", others.join(", ")))
}

/// The ways beside the one taken, in the order of their rank; what is assumed of all of them is said once, above.
pub(super) fn all_ways(finding: &Finding, taken: Option<Way>) -> Vec<String> {
    let mut notes = Vec::new();
    let said: Vec<&String> =
        finding.ways_out.iter().filter(|way| Some(way.way) == taken).flat_map(|way| &way.assumptions).collect();
    for (way, rank) in finding.ways_out.iter().zip(1_usize..).filter(|(way, _)| Some(way.way) != taken) {
        if !way.available {
            notes.push(format!(
                "-- Way {rank} of {}: {} cannot be taken here. {}",
                finding.ways_out.len(),
                words::way(way.way),
                way.reason
            ));
            continue;
        }
        let recommended = if way.recommended { " (recommended)" } else { "" };
        notes.push(format!(
            "-- Way {rank} of {}: {} (--way {}){recommended}",
            finding.ways_out.len(),
            words::way(way.way),
            way.way.name()
        ));
        notes.push(format!("   {}", way.reason));
        notes.push(match way.monthly_usd {
            None => "   Left to pay: no price.".to_owned(),
            Some(MonthlyUsd { low, likely, high }) => format!(
                "   Left to pay a month: low {}, likely {}, high {}{}; once {}.",
                words::short_usd(low),
                likely.map_or_else(|| "not known".to_owned(), words::short_usd),
                words::short_usd(high),
                if finding.is_dearer_than_nothing(way) { " (more than doing nothing)" } else { "" },
                way.one_time_usd.map_or_else(|| "no price".to_owned(), words::short_usd)
            ),
        });
        notes.extend(protection(way).map(|lost| format!("   {lost}")));
        notes.push(format!("   {}", who(way)));
        notes.extend(
            way.assumptions
                .iter()
                .filter(|one| !said.contains(one))
                .map(|assumption| format!("   Assumed: {assumption}")),
        );
    }
    notes
}
