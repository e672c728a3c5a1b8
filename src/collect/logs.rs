//! CloudWatch Logs: log streams of the EFS mount helper. Their names alone say which instance mounted what.
//!
//! No log event is read.

use aws_sdk_cloudwatchlogs::types as sdk;
use chrono::{DateTime, TimeDelta, Utc};

use super::clients::TargetClients;
use super::failure::Failure;
use super::pages::{Page, Part, all_pages, first_pages};
use crate::model::{EfsUtilsStream, Observed};
use crate::permissions::{DESCRIBE_LOG_GROUPS, DESCRIBE_LOG_STREAMS};

/// The largest page of both listings (CloudWatch Logs API reference, 2026-10).
const PAGE_SIZE: i32 = 50;
/// What the names of the helper's groups contain unless its configuration names another (efs-utils 3.2, `efs-utils.conf`).
const GROUP: &str = "/aws/efs/utils";
/// Ten thousand streams per group.
const MOST_PAGES: usize = 200;
/// Twice the time for which the helper keeps its events: what is older says nothing of today.
const OLDEST: TimeDelta = TimeDelta::days(28);

/// The streams that name a file system and an instance and are not too old, sorted.
pub(super) async fn efs_utils_streams(
    clients: &TargetClients,
    taken_at: DateTime<Utc>,
) -> Result<Observed<EfsUtilsStream>, Failure> {
    let call = &DESCRIBE_LOG_GROUPS;
    let groups = all_pages(call, async |token| {
        let request = clients.logs().describe_log_groups().log_group_name_pattern(GROUP).limit(PAGE_SIZE);
        let answer = clients.call(call, request.set_next_token(token).send()).await?;
        Ok(Page { items: answer.log_groups, next: answer.next_token })
    })
    .await?;
    let mut seen = Observed::default();
    for name in groups.iter().filter_map(sdk::LogGroup::log_group_name) {
        let part = streams(clients, name, taken_at - OLDEST).await?;
        seen.rows.extend(part.rows);
        seen.truncated = seen.truncated.or(part.truncated);
    }
    seen.rows.sort();
    seen.rows.dedup();
    Ok(seen)
}

/// The streams of one group with events since `from`.
async fn streams(clients: &TargetClients, group: &str, from: DateTime<Utc>) -> Result<Part<EfsUtilsStream>, Failure> {
    let call = &DESCRIBE_LOG_STREAMS;
    let last = |stream: &sdk::LogStream| stream.last_event_timestamp().and_then(DateTime::from_timestamp_millis);
    // Newest first, those without an event last.
    let past = |page: &[sdk::LogStream]| page.last().is_some_and(|stream| last(stream).is_none_or(|at| at < from));
    let listed = first_pages(call, MOST_PAGES, past, async |token| {
        let request = clients.logs().describe_log_streams().log_group_name(group);
        let request = request.order_by(sdk::OrderBy::LastEventTime).descending(true).limit(PAGE_SIZE);
        let answer = clients.call(call, request.set_next_token(token).send()).await?;
        Ok(Page { items: answer.log_streams, next: answer.next_token })
    })
    .await;
    let Part { rows, truncated } = match listed {
        // The group was deleted meanwhile.
        Err(failure) if failure.is(&["ResourceNotFoundException"]) => Part { rows: Vec::new(), truncated: None },
        other => other?,
    };
    let row = |stream: &sdk::LogStream| {
        let (file_system, instance) = pair(stream.log_stream_name()?)?;
        let last_event = last(stream).filter(|at| *at >= from)?;
        Some(EfsUtilsStream {
            file_system_id: file_system.to_owned(),
            instance_id: instance.to_owned(),
            group: group.to_owned(),
            last_event: Some(last_event),
        })
    };
    Ok(Part { rows: rows.iter().filter_map(row).collect(), truncated })
}

/// The file system and the instance in a stream's name: `fs-… - i-… - mount.log` of the mount helper, or
/// `fs-…-i-…-efs-utils` of its proxy (efs-utils 3.2).
fn pair(name: &str) -> Option<(&str, &str)> {
    let (file_system, instance) = match name.strip_suffix("-efs-utils") {
        Some(rest) => {
            let (file_system, instance) = rest.split_once("-i-")?;
            (file_system, rest.get(rest.len().checked_sub(instance.len() + 2)?..)?)
        }
        None => name.strip_suffix(" - mount.log")?.split_once(" - ")?,
    };
    let known = is_id(file_system, "fs-", 8..=40) && is_id(instance, "i-", 8..=17);
    known.then_some((file_system, instance))
}

/// Whether a text is an id: the prefix and so many hexadecimal digits.
pub(super) fn is_id(text: &str, prefix: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        digits.contains(&rest.len()) && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streams_name_gives_the_pair() {
        let (fs, instance) = ("fs-0123456789abcdef0", "i-0123456789abcdef0");
        assert_eq!(pair(&format!("{fs} - {instance} - mount.log")), Some((fs, instance)));
        assert_eq!(pair(&format!("{fs}-{instance}-efs-utils")), Some((fs, instance)));
        assert_eq!(pair("fs-01234567 - i-01234567 - mount.log"), Some(("fs-01234567", "i-01234567")));
    }

    #[test]
    fn any_other_name_gives_nothing() {
        for name in [
            "",
            "-efs-utils",
            "-i--efs-utils",
            "mount.log",
            "fs-0123456789abcdef0",
            "fs-0123456789abcdef0 - mount.log",
            "fs-0123456789abcdef0 - localhost - mount.log",
            "fs-0123456789abcdef0-i-xyz-efs-utils",
            "fs-XYZ - i-0123456789abcdef0 - mount.log",
            "fs-é-i-é-efs-utils",
        ] {
            assert_eq!(pair(name), None, "{name}");
        }
    }
}
