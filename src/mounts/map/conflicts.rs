//! Rows of a map that cannot all be true.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::row::{MapProblem, MapRow};

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
        let negatives = Negatives::of(negatives);
        // One report a row, not one a pair: a file may repeat itself thousands of times.
        for positive in positives {
            if let Some(negative) = negatives.overlapping(positive) {
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

/// Rows that say "none", by the time from which they hold, each with the one of those before it that holds longest.
struct Negatives<'a> {
    by_begin: Vec<(&'a MapRow, &'a MapRow)>,
}

impl<'a> Negatives<'a> {
    fn of(mut rows: Vec<&'a MapRow>) -> Self {
        // Without a time a row holds from the beginning, or for ever.
        rows.sort_by_key(|row| row.declared.observed_at);
        let mut longest: Option<&MapRow> = None;
        let by_begin = rows
            .into_iter()
            .map(|row| {
                let known = longest.unwrap_or(row);
                let ends_later = match (row.declared.expires_at, known.declared.expires_at) {
                    (_, None) => false,
                    (None, Some(_)) => true,
                    (Some(end), Some(known)) => end > known,
                };
                let holds = if ends_later { row } else { known };
                longest = Some(holds);
                (row, holds)
            })
            .collect();
        Self { by_begin }
    }

    /// One that holds at a time at which `row` does.
    fn overlapping(&self, row: &MapRow) -> Option<&'a MapRow> {
        let begun = self
            .by_begin
            .partition_point(|(negative, _)| before(negative.declared.observed_at, row.declared.expires_at));
        let (_, longest) = self.by_begin.get(begun.checked_sub(1)?)?;
        before(row.declared.observed_at, longest.declared.expires_at).then_some(longest)
    }
}

fn before(begin: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> bool {
    begin.zip(end).is_none_or(|(begin, end)| begin < end)
}
