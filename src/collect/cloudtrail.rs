//! CloudTrail: the clients that EFS authorised. Slow, and silent about mounts without IAM: only where it is asked for.
//!
//! The event's form is that of the EFS user guide, "Logging Amazon EFS API calls with AWS CloudTrail" (2026-10). An event
//! that has another form is counted and left out.

use std::collections::BTreeMap;
use std::net::IpAddr;

use aws_sdk_cloudtrail::types as sdk;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::clients::TargetClients;
use super::failure::Failure;
use super::logs::is_id;
use super::pages::{Page, Part, first_pages};
use crate::model::{ClientConnection, Observed};
use crate::permissions::LOOKUP_EVENTS;

/// The largest page (CloudTrail API reference, `LookupEvents`, 2026-10).
const PAGE_SIZE: i32 = 50;
/// The events asked for, and how many pages of each: at two a second, 200 pages take 100 seconds.
const EVENTS: [(&str, usize); 2] = [("NewClientConnection", 160), ("UpdateClientConnection", 40)];
/// How far back connections say something of today.
const OLDEST: TimeDelta = TimeDelta::days(30);

/// The connections, newest first; of several events that say the same of one client, the newest.
pub(super) async fn efs_connections(
    clients: &TargetClients,
    taken_at: DateTime<Utc>,
) -> Result<Observed<ClientConnection>, Failure> {
    let mut events = Vec::new();
    let mut doubts = Vec::new();
    for (name, budget) in EVENTS {
        let part = lookup(clients, name, budget, taken_at).await?;
        events.extend(part.rows);
        doubts.extend(part.truncated.map(|why| format!("{name}: {why}")));
    }
    let (rows, unreadable) = connections(&events);
    if unreadable > 0 {
        doubts.push(format!("{unreadable} events could not be read"));
    }
    Ok(Observed { rows, truncated: (!doubts.is_empty()).then(|| doubts.join("; ")) })
}

/// The events of one name as JSON, newest first.
async fn lookup(
    clients: &TargetClients,
    name: &str,
    budget: usize,
    taken_at: DateTime<Utc>,
) -> Result<Part<String>, Failure> {
    let call = &LOOKUP_EVENTS;
    let attribute = sdk::LookupAttribute::builder()
        .attribute_key(sdk::LookupAttributeKey::EventName)
        .attribute_value(name)
        .build()
        .map_err(|error| Failure::protocol(call, error.to_string()))?;
    let seconds = |at: DateTime<Utc>| aws_smithy_types::DateTime::from_secs(at.timestamp());
    first_pages(
        call,
        budget,
        |_| false,
        async |token| {
            let request =
                clients.cloudtrail().lookup_events().lookup_attributes(attribute.clone()).max_results(PAGE_SIZE);
            let request = request.start_time(seconds(taken_at - OLDEST)).end_time(seconds(taken_at));
            let answer = clients.call(call, request.set_next_token(token).send()).await?;
            let text = |event: sdk::Event| event.cloud_trail_event.unwrap_or_default();
            Ok(Page {
                items: answer.events.map(|events| events.into_iter().map(text).collect()),
                next: answer.next_token,
            })
        },
    )
    .await
}

/// What the events say, and how many of them say nothing readable.
fn connections(events: &[String]) -> (Vec<ClientConnection>, usize) {
    let mut newest: BTreeMap<_, ClientConnection> = BTreeMap::new();
    let mut unreadable = 0;
    for text in events {
        let Some(connection) = connection(text) else {
            unreadable += 1;
            continue;
        };
        let key = (
            connection.file_system_id.clone(),
            connection.instance_id.clone(),
            connection.address,
            connection.access_point.clone(),
            connection.client_mount,
        );
        let known = newest.entry(key).or_insert_with(|| connection.clone());
        if connection.at > known.at {
            *known = connection;
        }
    }
    let mut rows: Vec<ClientConnection> = newest.into_values().collect();
    rows.sort_by(|a, b| b.cmp(a));
    (rows, unreadable)
}

/// The parts of an event that matter.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_time: DateTime<Utc>,
    #[serde(default)]
    user_identity: Option<UserIdentity>,
    /// The file system, and the access point if there is one.
    #[serde(default)]
    resources: Option<Vec<Resource>>,
    #[serde(default)]
    service_event_details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UserIdentity {
    /// Ends in the session's name.
    arn: Option<String>,
    principal_id: Option<String>,
}

/// A resource of an event.
#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(rename = "ARN", default)]
    arn: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    /// What it may do.
    permissions: Option<Permissions>,
    source_ip_address: Option<String>,
}

/// What a client may do.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Permissions {
    client_mount: Option<bool>,
}

/// One event; `None` where it names no file system or has another form.
fn connection(text: &str) -> Option<ClientConnection> {
    let event: Event = serde_json::from_str(text).ok()?;
    let arns: Vec<&str> = event.resources.iter().flatten().filter_map(|resource| resource.arn.as_deref()).collect();
    let named = |kind: &str| arns.iter().find_map(|arn| arn.split_once(kind)).map(|(_, id)| id);
    let file_system = named(":file-system/").filter(|id| is_id(id, "fs-", 8..=40))?;
    let details = event.service_event_details.unwrap_or_default();
    let identity = event.user_identity.unwrap_or_default();
    let session = |text: Option<&String>, separator| {
        let name = text?.rsplit(separator).next()?;
        is_id(name, "i-", 8..=17).then(|| name.to_owned())
    };
    Some(ClientConnection {
        at: event.event_time,
        file_system_id: file_system.to_owned(),
        // The credentials of an instance profile carry the instance's id as the session's name.
        instance_id: session(identity.arn.as_ref(), '/').or_else(|| session(identity.principal_id.as_ref(), ':')),
        address: details.source_ip_address.and_then(|text| text.parse::<IpAddr>().ok()),
        client_mount: details.permissions.and_then(|permissions| permissions.client_mount),
        access_point: named(":access-point/").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(time: &str, session: &str, mount: bool) -> String {
        json!({
            "eventTime": time,
            "eventName": "NewClientConnection",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": format!("AROAEXAMPLE:{session}"),
                "arn": format!("arn:aws:sts::111122223333:assumed-role/app/{session}"),
            },
            "resources": [
                { "type": "AWS::EFS::FileSystem",
                  "ARN": "arn:aws:elasticfilesystem:ap-northeast-1:111122223333:file-system/fs-0123456789abcdef0" },
                { "type": "AWS::EFS::AccessPoint",
                  "ARN": "arn:aws:elasticfilesystem:ap-northeast-1:111122223333:access-point/fsap-0123456789abcdef0" },
            ],
            "serviceEventDetails": { "permissions": { "ClientMount": mount }, "sourceIpAddress": "10.0.0.7" },
        })
        .to_string()
    }

    #[test]
    fn an_event_names_the_pair_and_the_address() {
        let seen = connection(&event("2026-11-20T01:02:03Z", "i-0123456789abcdef0", true)).expect("test data is good");
        assert_eq!(seen.file_system_id, "fs-0123456789abcdef0");
        assert_eq!(seen.instance_id.as_deref(), Some("i-0123456789abcdef0"));
        assert_eq!(seen.address.map(|address| address.to_string()).as_deref(), Some("10.0.0.7"));
        assert_eq!(seen.access_point.as_deref(), Some("fsap-0123456789abcdef0"));
        assert_eq!((seen.client_mount, seen.at.to_rfc3339()), (Some(true), "2026-11-20T01:02:03+00:00".to_owned()));
        let other = connection(&event("2026-11-20T01:02:03Z", "deploy", false)).expect("test data is good");
        assert_eq!((other.instance_id, other.client_mount), (None, Some(false)));
    }

    #[test]
    fn an_event_without_its_parts_is_counted_and_never_a_panic() {
        let mut events = vec![event("2026-11-20T01:02:03Z", "i-0123456789abcdef0", true)];
        events.extend(
            [
                "",
                "null",
                "[]",
                "{}",
                r#"{"eventTime": "yesterday"}"#,
                r#"{"eventTime": "2026-11-20T01:02:03Z"}"#,
                r#"{"eventTime": "2026-11-20T01:02:03Z", "resources": [{"ARN": "arn:aws:s3:::a"}, {}]}"#,
                r#"{"eventTime": "2026-11-20T01:02:03Z", "resources": [{"ARN": "a:file-system/<b>"}]}"#,
            ]
            .map(str::to_owned),
        );
        let (rows, unreadable) = connections(&events);
        assert_eq!((rows.len(), unreadable), (1, 8));
        // All that is optional may be null.
        let bare = r#"{"eventTime": "2026-11-20T01:02:03Z", "userIdentity": null, "serviceEventDetails": null,
            "resources": [{"ARN": "arn:aws:elasticfilesystem:a:b:file-system/fs-01234567"}]}"#;
        assert_eq!(connection(bare).expect("test data is good").address, None);
    }

    #[test]
    fn of_the_same_said_twice_the_newest_stays_and_a_loss_beside_it() {
        let id = "i-0123456789abcdef0";
        let times = [("2026-11-20T00:00:00Z", true), ("2026-11-21T00:00:00Z", true), ("2026-11-19T00:00:00Z", false)];
        let (rows, _) = connections(&times.map(|(time, mount)| event(time, id, mount)));
        let seen: Vec<_> = rows.iter().map(|row| (row.at.to_rfc3339(), row.client_mount)).collect();
        assert_eq!(
            seen,
            [
                ("2026-11-21T00:00:00+00:00".to_owned(), Some(true)),
                ("2026-11-19T00:00:00+00:00".to_owned(), Some(false))
            ]
        );
    }
}
