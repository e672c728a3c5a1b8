//! Rows of a map that cannot all be true.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{MapProblem, MapRow};

/// Contradictions, each reported at its later line. Rows whose times do not overlap contradict nothing.
pub(super) fn among(rows: &[MapRow]) -> Vec<MapProblem> {
    let mut by_instance: BTreeMap<&str, Vec<&MapRow>> = BTreeMap::new();
    for row in rows {
        by_instance.entry(&row.declared.instance_id).or_default().push(row);
    }
    let mut problems = Vec::new();
    for (instance, rows) in by_instance {
        let (negatives, positives): (Vec<&MapRow>, Vec<&MapRow>) =
            rows.iter().partition(|row| row.declared.file_system_id.is_none());
        // One report a row, not one a pair: a file may repeat itself thousands of times.
        for positive in positives {
            if let Some(negative) = negatives.iter().find(|negative| overlap(negative, positive)) {
                let (first, later) = order(negative, positive);
                let file_system = positive.declared.file_system_id.as_deref().unwrap_or_default();
                let message = format!(
                    "lines {first} and {later} contradict each other: one says that {instance} mounts none, the other that it mounts {file_system}; give the older one an expires_at"
                );
                problems.push(MapProblem::noted(later, message));
            }
        }
        problems.extend(elsewhere(instance, &rows, "account", |row| row.account.as_deref()));
        problems.extend(elsewhere(instance, &rows, "region", |row| row.region.as_deref()));
    }
    problems
}

/// An instance is in one account and one region.
fn elsewhere<'a>(
    instance: &str,
    rows: &[&'a MapRow],
    what: &str,
    of: impl Fn(&'a MapRow) -> Option<&'a str>,
) -> Option<MapProblem> {
    let all: BTreeSet<&str> = rows.iter().filter_map(|row| of(row)).collect();
    if all.len() < 2 {
        return None;
    }
    let line = rows.iter().map(|row| row.line).max()?;
    let all: Vec<&str> = all.into_iter().collect();
    Some(MapProblem::noted(line, format!("{instance} is said to be in more than one {what}: {}", all.join(", "))))
}

fn order(one: &MapRow, other: &MapRow) -> (usize, usize) {
    (one.line.min(other.line), one.line.max(other.line))
}

fn overlap(one: &MapRow, other: &MapRow) -> bool {
    let begins_before = |one: &MapRow, other: &MapRow| before(one.declared.observed_at, other.declared.expires_at);
    begins_before(one, other) && begins_before(other, one)
}

fn before(begin: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> bool {
    begin.zip(end).is_none_or(|(begin, end)| begin < end)
}
