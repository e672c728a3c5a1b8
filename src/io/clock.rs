//! The clock, read by commands alone: below them "now" is when a snapshot was taken.

use chrono::{DateTime, SubsecRound as _, Utc};

/// The time, UTC, in whole seconds: a snapshot's time is for people and for ages in days.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(0)
}
