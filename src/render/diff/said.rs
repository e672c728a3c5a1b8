//! What both forms for people say of a comparison.

use crate::diff::{Diff, Entry, State};
use crate::price::Usd;
use crate::render::text::{count, dollars, grouped};
use crate::render::words;

/// The longest name, resource id or rule that is printed.
pub(super) const MAX_NAME_COLUMNS: usize = 48;

/// What the two states differ in besides money, a line each; for one state alone, what it is.
pub(super) fn differences(entry: &Entry) -> Vec<String> {
    let (Some(old), Some(new)) = (&entry.old, &entry.new) else {
        return entry.new.or(entry.old).map(|state| judged(&state)).into_iter().collect();
    };
    let mut lines = Vec::new();
    if (old.severity, old.confidence) == (new.severity, new.confidence) {
        lines.push(judged(new));
    } else {
        lines.push(format!("{} → {}", judged(old), judged(new)));
    }
    let mounts = [
        ("confirmed", old.instance_counts.confirmed, new.instance_counts.confirmed),
        ("likely", old.instance_counts.likely, new.instance_counts.likely),
        ("possible", old.instance_counts.possible, new.instance_counts.possible),
    ];
    let changed: Vec<_> = mounts
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(word, old, new)| format!("{word} {old} → {new}"))
        .collect();
    if !changed.is_empty() {
        lines.push(format!("mounts: {}", changed.join(", ")));
    }
    lines
}

fn judged(state: &State) -> String {
    format!("{}, {} confidence", state.severity.as_str(), state.confidence.as_str())
}

/// The likely figures, and below them what else of the money changed.
pub(super) fn monthly(entry: &Entry) -> Vec<String> {
    let likely = |state: &State| state.monthly_usd.map_or_else(|| "–".to_owned(), words::monthly);
    let (Some(old), Some(new)) = (&entry.old, &entry.new) else {
        return vec![entry.new.or(entry.old).map_or_else(|| "–".to_owned(), |state| likely(&state))];
    };
    let (before, after) = (likely(old), likely(new));
    let mut lines = if before == after { vec![after] } else { vec![before, format!("→ {after}")] };
    let range = |state: &State| {
        let (low, high) = words::range(state.monthly_usd?)?;
        Some(format!("{}–{}", dollars(low), dollars(high)))
    };
    if old.monthly_usd != new.monthly_usd
        && let Some(range) = range(new)
    {
        lines.push(range);
    }
    if old.one_time_usd != new.one_time_usd {
        lines.push(format!("once {}", new.one_time_usd.unwrap_or(Usd::ZERO).display()));
    }
    lines
}

/// `1 new, 2 gone, 40 unchanged`.
pub(super) fn counts(diff: &Diff) -> String {
    let counts = diff.counts;
    let parts = [
        (counts.new, "new"),
        (counts.changed, "changed"),
        (counts.unseen, "no longer seen"),
        (counts.suppressed, "suppressed"),
        (counts.gone, "gone"),
        (counts.unchanged, "unchanged"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", grouped(number)))
        .collect();
    if parts.is_empty() { "none in either report.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

pub(super) fn totals(diff: &Diff) -> String {
    format!(
        "{} before, {} now; the change: {}{}.",
        words::sums(diff.old.monthly_usd),
        words::sums(diff.new.monthly_usd),
        if diff.at_most { "at most " } else { "" },
        words::changes(diff.monthly_usd_change, Usd::signed)
    )
}

pub(super) fn compared(diff: &Diff) -> String {
    let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%S UTC");
    format!("{} with {}.", day(diff.old.taken_at), day(diff.new.taken_at))
}

/// What the comparison cannot say.
pub(super) fn blind(diff: &Diff) -> Option<String> {
    let mut sentences = Vec::new();
    if diff.counts.unseen > 0 {
        sentences.push(format!(
            "{} not looked at again, or something unseen could still be it: not gone, and in no sum of the change.",
            count(diff.counts.unseen, "finding was", "findings were")
        ));
    }
    if !diff.new.complete {
        sentences.push("The later report is not complete: there could be more that is new.".to_owned());
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
