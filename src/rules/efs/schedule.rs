//! How often an instance is scanned in a month of 30 days.

use chrono::{DateTime, Duration, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use rust_decimal::Decimal;

use crate::model::{Association, Section};
use crate::rules::finding::efs::{NoSchedule, PluginSchedule};

/// The VM Scanner's timer fires every three hours: 30 x 24 / 3 (Inspector user guide, "Inspector VM Scanner",
/// 2026-10).
pub(crate) const VM_SCANNER_SCANS: Decimal = Decimal::from_parts(240, 0, 0, false, 0);

/// `rate(6 hours)`, the association's schedule unless somebody changed it (Inspector user guide, "Amazon Inspector
/// SSM plugin", 2026-10): 30 x 24 / 6.
const DEFAULT_SCANS: Decimal = Decimal::from_parts(120, 0, 0, false, 0);

/// The most often a schedule is taken to fire: every minute.
const MOST_SCANS: Decimal = Decimal::from_parts(43_200, 0, 0, false, 0);

/// Half an hour and 31 days, in minutes.
const HALF_HOUR: Decimal = Decimal::from_parts(30, 0, 0, false, 0);
const DAYS_31: Decimal = Decimal::from_parts(44_640, 0, 0, false, 0);

/// How often the association runs, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScanRate {
    /// Runs per 30 days.
    pub(crate) per_month: Decimal,
    /// The least whole days between two runs; 0 where it is less, or not known.
    pub(crate) least_days: u32,
    pub(crate) basis: PluginSchedule,
    /// Whether the section that would say it is missing.
    pub(crate) unseen: bool,
}

/// The rate of the association that invokes the plugin.
pub(crate) fn scan_rate(association: &Section<Option<Association>>, now: DateTime<Utc>) -> ScanRate {
    let assumed = |why: NoSchedule, unseen: bool| ScanRate {
        per_month: DEFAULT_SCANS,
        least_days: 0,
        basis: PluginSchedule::Assumed(why),
        unseen,
    };
    match association {
        Section::Absent(_) => assumed(NoSchedule::Unread, false),
        Section::Missing(_) | Section::NotAsked => assumed(NoSchedule::Unread, true),
        Section::Complete(None) => assumed(NoSchedule::NoAssociation, false),
        Section::Complete(Some(association)) => match association.schedule_expression.as_deref() {
            None => assumed(NoSchedule::None, false),
            Some(expression) => match runs_per_month(expression, now) {
                Some(per_month) => ScanRate {
                    per_month,
                    least_days: least_days(expression, now),
                    basis: PluginSchedule::Known { expression: expression.to_owned(), runs: per_month },
                    unseen: false,
                },
                None => assumed(NoSchedule::Unreadable, false),
            },
        },
    }
}

/// Why State Manager does not take a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not an expression.
    #[error("`{0}` is not a schedule: give rate(12 hours) or cron(0 2 * * ? *)")]
    Unreadable(String),
    /// Too short.
    #[error(
        "State Manager does not run an association more often than every 30 minutes: give rate(30 minutes), not `{0}`"
    )]
    TooOften(String),
    /// Too long.
    #[error("State Manager takes rates of less than 31 days: give rate(30 days), not `{0}`")]
    TooSeldom(String),
    /// A cron expression that does not come round in a month.
    #[error("`{0}` does not fire in 30 days: give rate(12 hours) or cron(0 2 * * ? *)")]
    Never(String),
}

/// Associations take rates of 30 minutes or more and less than 31 days, and cron expressions of at most every half hour
/// (Systems Manager user guide, "Cron and rate expressions", 2026-10).
pub(crate) fn check(expression: &str, now: DateTime<Utc>) -> Result<(), ScheduleError> {
    let text = || expression.to_owned();
    let runs = runs_per_month(expression, now).ok_or_else(|| ScheduleError::Unreadable(text()))?;
    let is_rate = expression.trim_start().starts_with("rate");
    if runs > MOST_SCANS / HALF_HOUR {
        return Err(ScheduleError::TooOften(text()));
    }
    if is_rate && runs <= (MOST_SCANS / DAYS_31).round_dp(6) {
        return Err(ScheduleError::TooSeldom(text()));
    }
    if runs.is_zero() { Err(ScheduleError::Never(text())) } else { Ok(()) }
}

/// How often `expression` fires in the 30 days after `now`; `None` if it cannot be read.
pub(crate) fn runs_per_month(expression: &str, now: DateTime<Utc>) -> Option<Decimal> {
    let (kind, body) = split(expression)?;
    match kind {
        "rate" => rate(body),
        "cron" => cron(body, now),
        _ => None,
    }
}

/// Runs that are looked at for the shortest gap: more than a year of monthly ones, two of weekly ones.
const GAPS_SEEN: usize = 100;

/// The least whole days between two runs of `expression`, counted from `now`; 0 where it is less, or cannot be read.
pub(crate) fn least_days(expression: &str, now: DateTime<Utc>) -> u32 {
    let Some((kind, body)) = split(expression) else { return 0 };
    let days = match kind {
        "rate" => rate_minutes(body).map(|minutes| minutes / (24 * 60)),
        "cron" => parsed(body).and_then(|cron| {
            let runs: Vec<DateTime<Utc>> = cron.iter_after(now).take(GAPS_SEEN).collect();
            let gaps = runs.iter().zip(runs.iter().skip(1)).map(|(earlier, later)| (*later - *earlier).num_days());
            gaps.min().and_then(|days| u64::try_from(days).ok())
        }),
        _ => None,
    };
    days.and_then(|days| u32::try_from(days).ok()).unwrap_or(0)
}

/// `rate` and what stands in its brackets.
fn split(expression: &str) -> Option<(&str, &str)> {
    let (kind, rest) = expression.trim().split_once('(')?;
    Some((kind.trim(), rest.trim_end().strip_suffix(')')?.trim()))
}

fn rate(body: &str) -> Option<Decimal> {
    Some((MOST_SCANS / Decimal::from(rate_minutes(body)?)).round_dp(6).normalize())
}

fn rate_minutes(body: &str) -> Option<u64> {
    let (count, unit) = body.split_once(char::is_whitespace)?;
    let count: u32 = count.parse().ok().filter(|count| *count > 0)?;
    let minutes: u64 = match unit.trim().trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => 24 * 60,
        "week" => 7 * 24 * 60,
        _ => return None,
    };
    Some(u64::from(count) * minutes)
}

/// The last value of each field: seconds, minutes, hours, days, months, days of the week, years.
const LAST_OF_FIELD: [u16; 7] = [59, 59, 23, 31, 12, 7, 2199];

/// AWS's `0/6` (from 0, every 6) in the form that the library reads: `0-23/6`.
fn spell_out(field: &str, last: u16) -> String {
    let item = |item: &str| match item.split_once('/') {
        Some((start, step)) if start.bytes().all(|byte| byte.is_ascii_digit()) && !start.is_empty() => {
            format!("{start}-{last}/{step}")
        }
        _ => item.to_owned(),
    };
    field.split(',').map(item).collect::<Vec<_>>().join(",")
}

/// Counts the runs of an AWS cron expression: six fields (minutes first) or seven (seconds first), days of the week
/// from 1 = Sunday (Systems Manager user guide, "Cron and rate expressions", 2026-10).
fn cron(body: &str, now: DateTime<Utc>) -> Option<Decimal> {
    let end = now.checked_add_signed(Duration::days(30))?;
    let most = usize::try_from(MOST_SCANS).ok()?;
    let runs = parsed(body)?.iter_after(now).take(most).take_while(|run| *run <= end).count();
    u32::try_from(runs).ok().map(Decimal::from)
}

fn parsed(body: &str) -> Option<Cron> {
    let mut fields: Vec<&str> = body.split_whitespace().collect();
    if fields.len() == 6 {
        fields.insert(0, "0");
    }
    if fields.len() != LAST_OF_FIELD.len() {
        return None;
    }
    let fields: Vec<String> = fields.iter().zip(LAST_OF_FIELD).map(|(field, last)| spell_out(field, last)).collect();
    let pattern = fields.join(" ");
    CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Required)
        .alternative_weekdays(true)
        .dom_and_dow(true)
        .build()
        .parse(&pattern)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(expression: &str) -> Option<String> {
        let now = "2026-11-21T00:00:00Z".parse().expect("time");
        runs_per_month(expression, now).map(|runs| runs.to_string())
    }

    #[test]
    fn no_time_stops_the_count() {
        for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(runs_per_month("rate(6 hours)", now).map(|runs| runs.to_string()).as_deref(), Some("120"));
        }
        assert_eq!(runs_per_month("cron(0 2 * * ? *)", DateTime::<Utc>::MAX_UTC), None);
    }

    #[test]
    fn the_shortest_gap_counts_in_whole_days() {
        let now = "2026-11-21T00:00:00Z".parse().expect("time");
        for (expression, days) in [
            ("rate(6 hours)", 0),
            ("rate(47 hours)", 1),
            ("rate(14 days)", 14),
            ("cron(0 2 ? * SUN *)", 7),
            ("cron(0 2 ? * SUN#1 *)", 28),
            ("cron(0 2 ? * MON,THU *)", 3),
            ("cron(0 2 1 * ? *)", 28),
            ("cron(nonsense)", 0),
            ("nonsense", 0),
        ] {
            assert_eq!(least_days(expression, now), days, "{expression}");
        }
    }

    #[test]
    fn what_associations_take_is_taken_to_the_edge() {
        let now = "2026-11-21T00:00:00Z".parse().expect("time");
        for (expression, is_taken) in [
            ("rate(30 minutes)", true),
            ("rate(29 minutes)", false),
            ("rate(30 days)", true),
            ("rate(31 days)", false),
            ("cron(0/30 * * * ? *)", true),
            ("cron(0/29 * * * ? *)", false),
            ("cron(0 2 1 * ? *)", true),
            ("cron(0 2 21 11 ? 2040)", false),
            ("hourly", false),
        ] {
            let checked = check(expression, now);
            assert_eq!(checked.is_ok(), is_taken, "{expression}: {checked:?}");
        }
    }

    #[test]
    fn rates_and_crons_are_counted_over_thirty_days() {
        for (expression, runs) in [
            ("rate(6 hours)", Some("120")),
            ("rate(30 minutes)", Some("1440")),
            ("rate(1 day)", Some("30")),
            ("rate(2 weeks)", Some("2.142857")),
            ("rate(7 hours)", Some("102.857143")),
            ("rate(0 hours)", None),
            ("rate(x hours)", None),
            ("cron(0 2 * * ? *)", Some("30")),
            ("cron(0 0/6 * * ? *)", Some("120")),
            ("cron(0 00 12 ? * SUN *)", Some("5")),
            ("cron(0 12 ? * 1 *)", Some("5")),
            ("cron(0 2 ? * MON-FRI *)", Some("20")),
            ("cron(nonsense)", None),
            ("at(2026-12-01T00:00:00)", None),
            ("", None),
        ] {
            assert_eq!(at(expression).as_deref(), runs, "{expression}");
        }
    }
}
