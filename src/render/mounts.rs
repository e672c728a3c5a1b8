//! Who mounts the file system of a finding, and how that is known: the words that all formats share.
//!
//! The strongest instance comes first, as in the report. Names, evidence and mount points are foreign: every word here
//! is clean and cut to length, but not yet escaped for a format.

use chrono::{DateTime, Utc};

use super::text::{brief, count, grouped, says_at};
use super::words;
use crate::report::v1::{Finding, InstanceRef};
use crate::rules::MountState;

/// The width for formats that are not laid out in columns.
pub(crate) const ROOMY: usize = 132;
/// Below this width one instance is named instead of two, in fewer words.
const TIGHT: usize = 70;
/// The longest id or name.
const MAX_NAME_COLUMNS: usize = 48;
/// The longest mount point.
const POINT: usize = 64;
/// The longest piece of evidence in a tight layout, and else.
const EVIDENCE: (usize, usize) = (80, 180);
/// The longest contradiction.
const CONFLICT: usize = 240;

/// Whether that is more than the network being open.
fn is_known(instance: &InstanceRef) -> bool {
    matches!(instance.mount, MountState::Confirmed | MountState::Likely)
}

/// The instance that most likely mounts the file system, where anything but the network says so.
pub(crate) fn strongest(finding: &Finding) -> Option<&InstanceRef> {
    finding.instances.first().filter(|instance| is_known(instance) || instance.evidence.is_some())
}

/// Lines that say who mounts it by what evidence, and where evidence contradicts itself; none where no instance is
/// exposed. `taken_at` is the time that ages are counted to.
pub(crate) fn lines(finding: &Finding, taken_at: DateTime<Utc>, width: usize) -> Vec<String> {
    let counts = finding.instance_counts;
    let known = counts.confirmed.saturating_add(counts.likely);
    let (named, evidence) = if width < TIGHT { (1, EVIDENCE.0) } else { (2, EVIDENCE.1) };
    let mut parts: Vec<String> = finding
        .instances
        .iter()
        .filter(|instance| is_known(instance))
        .take(named)
        .map(|instance| one(instance, taken_at, evidence))
        .collect();
    if parts.is_empty() && known.saturating_add(counts.possible) == 0 {
        return Vec::new();
    }
    let more = known.saturating_sub(u64::try_from(parts.len()).unwrap_or(u64::MAX));
    if parts.is_empty() {
        parts.extend(strongest(finding).map(|instance| one(instance, taken_at, evidence)));
    }
    if parts.is_empty() {
        parts.push("possible by the network only".to_owned());
    } else if more > 0 {
        parts.push(format!("+{} more", grouped(more)));
    }
    let mut lines = vec![format!("Mounts: {}", parts.join("; "))];
    lines.extend(contradiction(finding));
    lines
}

/// `i-0123 “batch-1” confirmed: the mount probe saw it (2026-11-21 03:05 UTC), at /srv/apps, in a scan path`.
fn one(instance: &InstanceRef, taken_at: DateTime<Utc>, longest: usize) -> String {
    let name = instance.name.as_deref().map(|name| format!(" “{}”", brief(name, MAX_NAME_COLUMNS))).unwrap_or_default();
    let state = words::mount(instance.mount).replace('_', " ");
    let evidence = instance.evidence.as_deref().map(|evidence| brief(evidence, longest));
    let point = instance.mount_point.as_deref().map(|point| brief(point, POINT));
    let known = evidence.as_ref().map_or_else(String::new, |evidence| {
        let seen = instance.observed_at.map_or_else(|| "seen at the scan".to_owned(), |at| seen(at, taken_at));
        format!(": {evidence} ({seen})")
    });
    let place = match point {
        None => "mount point not known".to_owned(),
        Some(point) => {
            let scope = words::scan_scope(instance.scan_scope);
            let said = evidence.is_some_and(|evidence| says_at(&evidence, &point));
            if said { scope.to_owned() } else { format!("at {point}, {scope}") }
        }
    };
    format!("{}{name} {state}{known}, {place}", brief(&instance.id, MAX_NAME_COLUMNS))
}

/// When, and from a day on how long ago: `2026-11-01 00:00 UTC, 20 days old`.
fn seen(at: DateTime<Utc>, taken_at: DateTime<Utc>) -> String {
    let days = u64::try_from((taken_at - at).num_days()).unwrap_or(0);
    let age = if days > 0 { format!(", {} old", count(days, "day", "days")) } else { String::new() };
    format!("{}{age}", at.format("%Y-%m-%d %H:%M UTC"))
}

/// The first contradiction with both its sides, and how many more there are.
fn contradiction(finding: &Finding) -> Option<String> {
    let mut all = finding.evidence.iter().filter(|evidence| evidence.kind == "conflict");
    let first = brief(&all.next()?.detail, CONFLICT);
    let more = match u64::try_from(all.count()).unwrap_or(u64::MAX) {
        0 => String::new(),
        more => format!("; +{} more", grouped(more)),
    };
    Some(format!("Contradiction: {first}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn evidence_has_a_time_and_from_a_day_on_an_age() {
        let now = at("2026-11-21T03:04:05Z");
        assert_eq!(seen(at("2026-11-21T03:05:00Z"), now), "2026-11-21 03:05 UTC");
        assert_eq!(seen(at("2026-11-20T03:04:05Z"), now), "2026-11-20 03:04 UTC, 1 day old");
        assert_eq!(seen(at("2026-11-01T00:00:00Z"), now), "2026-11-01 00:00 UTC, 20 days old");
    }

    #[test]
    fn a_mount_point_is_said_once() {
        assert!(says_at("the mount probe saw it mounted at /srv/apps", "/srv/apps"));
        assert!(says_at("the mount probe: mounted at /home when somebody looks", "/home"));
        assert!(!says_at("the mount probe saw it mounted at /srv/apps", "/srv"));
        assert!(!says_at("a log stream in /aws/efs/utils", "/"));
    }
}
