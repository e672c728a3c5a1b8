//! The mount probe: one Run Command on the hosts that nothing else has settled. The only thing that touches a host.
//!
//! It runs only where the operator has asked for it and agreed to the list of hosts; the guard lets its `SendCommand` pass
//! in no other run. Every host that does not answer is a host that failed, never one without mounts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_ssm::types as sdk;
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use tokio::time::Instant;

use super::clients::TargetClients;
use super::convert::{text, time};
use super::error_class::clean;
use super::failure::Failure;
use super::pages::{Page, all_pages};
use super::request::ProbeOptions;
use crate::model::{Gap, GapReason, HostMounts, MountEvidence, Observed, Section, Target};
use crate::mounts::probe::{SCRIPT, document_matches, parse};
use crate::permissions::{GET_COMMAND_INVOCATION, GET_DOCUMENT, LIST_COMMAND_INVOCATIONS, SEND_COMMAND};

/// The most instances of one `SendCommand`, and the largest page of its invocations (Systems Manager API reference,
/// 2026-10).
const BATCH: usize = 50;
/// The same as the SDK has it.
const PAGE_SIZE: i32 = 50;
/// The document of AWS that runs a script.
const SHELL_DOCUMENT: &str = "AWS-RunShellScript";
/// Seconds in which an agent has to fetch the command.
const DELIVERY_SECONDS: i32 = 60;
/// Seconds in which the script has to end.
const EXECUTION_SECONDS: &str = "120";
/// How long answers are waited for: delivery, execution and half a minute.
const PATIENCE: Duration = Duration::from_secs(210);
/// The waits between questions: they double from the first to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// `ListCommandInvocations` cuts an output at 2,500 characters; near that the longer form is fetched.
const NEARLY_CUT: usize = 2_400;
/// How old another complete answer of a host may be to make the probe needless.
const FRESH: TimeDelta = TimeDelta::hours(24);
/// How many commands are under way at once.
const COMMANDS_AT_ONCE: usize = 4;

/// What the hosts of `instances` say that nothing else has settled.
pub(super) async fn mount_probe(
    clients: &TargetClients,
    target: &Target,
    instances: &BTreeSet<String>,
    evidence: &MountEvidence,
    options: &ProbeOptions,
) -> Section<Observed<HostMounts>> {
    let part = |why: &str| Section::Complete(Observed { rows: Vec::new(), truncated: Some(why.to_owned()) });
    let Some(hosts) = hosts(target, instances, evidence) else {
        return part("which instances are running and Online could not be seen, so none was asked");
    };
    if hosts.is_empty() {
        return Section::Complete(Observed::default());
    }
    let document = match document(clients, options).await {
        Ok(document) => document,
        Err(gap) => return gap.into(),
    };
    let (account, region) = (clients.account.clone(), clients.region.clone());
    let (agree, asked) = (options.agree.clone(), hosts.clone());
    // A person may take their time: the other calls go on meanwhile.
    let agreed = tokio::task::spawn_blocking(move || agree(&account, &region, &asked)).await;
    if !agreed.unwrap_or(false) {
        return part("the operator did not agree to run the probe");
    }
    let batches = hosts.chunks(BATCH).map(|batch| Box::pin(batch_of(clients, batch, &document, target.taken_at)));
    let outcomes: Vec<Batch> = futures::stream::iter(batches).buffered(COMMANDS_AT_ONCE).collect().await;
    let refused: Vec<&Failure> = outcomes.iter().filter_map(|batch| batch.refused.as_ref()).collect();
    if let [first, ..] = refused.as_slice()
        && refused.len() == outcomes.len()
    {
        return first.gap().into();
    }
    let mut rows: Vec<HostMounts> = outcomes.into_iter().flat_map(|batch| batch.rows).collect();
    rows.sort();
    Section::Complete(Observed { rows, truncated: None })
}

/// The instances to ask: running, no Windows, Online Linux nodes, and without a fresh complete mount table. `None` where
/// that cannot be said.
fn hosts(target: &Target, instances: &BTreeSet<String>, evidence: &MountEvidence) -> Option<Vec<String>> {
    let nodes = target.ssm.managed_nodes.complete()?;
    let online: BTreeSet<&str> = nodes
        .iter()
        .filter(|node| node.ping_status == "Online" && node.platform_type.as_deref() == Some("Linux"))
        .map(|node| node.id.as_str())
        .collect();
    let tables = evidence.tables.complete().map(|tables| tables.rows.as_slice()).unwrap_or_default();
    let fresh = |host: &HostMounts| host.observed_at.is_some_and(|at| target.taken_at - at <= FRESH);
    let settled: BTreeSet<&str> = tables
        .iter()
        .filter(|host| host.failed.is_none() && host.incomplete.is_none() && fresh(host))
        .map(|host| host.instance_id.as_str())
        .collect();
    let asked = target.ec2.instances.complete()?.iter().filter(|instance| {
        let id = instance.id.as_str();
        instance.state == "running"
            && !instance.is_windows()
            && instances.contains(id)
            && online.contains(id)
            && !settled.contains(id)
    });
    Some(asked.map(|instance| instance.id.clone()).collect())
}

/// The document to run.
#[derive(Debug)]
struct Document {
    name: String,
    /// The version that was looked at.
    version: Option<String>,
    /// Whether the script goes along as a parameter.
    takes_script: bool,
}

/// The operator's document, if it is this version's probe and nothing else; AWS's own where none was named.
async fn document(clients: &TargetClients, options: &ProbeOptions) -> Result<Document, Gap> {
    let Some(name) = &options.document else {
        return Ok(Document { name: SHELL_DOCUMENT.to_owned(), version: None, takes_script: true });
    };
    let call = &GET_DOCUMENT;
    let request = clients.ssm().get_document().name(name).document_format(sdk::DocumentFormat::Json);
    let answer = clients.call(call, request.send()).await.map_err(|failure| failure.gap())?;
    let differs = |why: &str| Gap {
        reason: GapReason::Other,
        operation: call.action.to_owned(),
        message: format!("the document `{}` was not run, for it is not the probe: {why}", clean(name)),
        request_id: None,
    };
    document_matches(answer.content().unwrap_or_default()).map_err(|why| differs(&why))?;
    // The version that was looked at is the one that runs.
    let version = answer.document_version.ok_or_else(|| differs("its version is not known"))?;
    Ok(Document { name: name.clone(), version: Some(version), takes_script: false })
}

/// What came of some hosts.
#[derive(Debug, Default)]
struct Batch {
    /// One row for each.
    rows: Vec<HostMounts>,
    /// Why none of them could be asked.
    refused: Option<Failure>,
}

/// Asks up to 50 hosts.
async fn batch_of(clients: &TargetClients, hosts: &[String], document: &Document, taken_at: DateTime<Utc>) -> Batch {
    let mut batch = Batch::default();
    // One host that has just gone makes Systems Manager refuse all: then each half is asked by itself.
    let mut waiting = vec![hosts];
    let mut sent = 0;
    while let Some(part) = waiting.pop() {
        match send(clients, part, document).await {
            Ok(command) => {
                sent += 1;
                batch.rows.extend(answers(clients, &command, part, taken_at).await);
            }
            Err(failure) if part.len() > 1 && failure.is(&["InvalidInstanceId"]) => {
                let (first, second) = part.split_at(part.len() / 2);
                waiting.extend([second, first]);
            }
            Err(failure) => {
                let why = failure.gap().message;
                batch.rows.extend(part.iter().map(|host| failed(host, taken_at, &why)));
                batch.refused = Some(failure);
            }
        }
    }
    if sent > 0 {
        batch.refused = None;
    }
    batch
}

/// Sends the command; its id.
async fn send(clients: &TargetClients, hosts: &[String], document: &Document) -> Result<String, Failure> {
    let call = &SEND_COMMAND;
    let mut request = clients
        .ssm()
        .send_command()
        .set_instance_ids(Some(hosts.to_vec()))
        .document_name(&document.name)
        .set_document_version(document.version.clone())
        .timeout_seconds(DELIVERY_SECONDS)
        .comment("inspector-audit: read-only mount probe");
    if document.takes_script {
        request = request
            .parameters("commands", vec![SCRIPT.to_owned()])
            .parameters("executionTimeout", vec![EXECUTION_SECONDS.to_owned()]);
    }
    let answer = clients.call(call, request.send()).await?;
    let id = answer.command.and_then(|command| command.command_id).filter(|id| !id.is_empty());
    id.ok_or_else(|| Failure::protocol(call, "the answer has no command id"))
}

/// One row for each host, once all have answered or the time is over.
async fn answers(clients: &TargetClients, command: &str, hosts: &[String], taken_at: DateTime<Utc>) -> Vec<HostMounts> {
    let until = Instant::now() + PATIENCE;
    let mut wait = FIRST_WAIT;
    let mut rows: BTreeMap<&str, HostMounts> = BTreeMap::new();
    let why = loop {
        match invocations(clients, command).await {
            Err(failure) => break failure.gap().message,
            Ok(invocations) => {
                for invocation in &invocations {
                    let id = invocation.instance_id().unwrap_or_default();
                    let Some(host) = hosts.iter().find(|host| *host == id) else { continue };
                    if !rows.contains_key(host.as_str()) && is_over(invocation) {
                        rows.insert(host, answer(clients, command, host, invocation, taken_at).await);
                    }
                }
            }
        }
        if rows.len() == hosts.len() {
            break String::new();
        }
        if Instant::now() + wait > until {
            break format!("no answer within {} s", PATIENCE.as_secs());
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    };
    let row = |host: &String| rows.remove(host.as_str()).unwrap_or_else(|| failed(host, taken_at, &why));
    hosts.iter().map(row).collect()
}

/// How far each host has come.
async fn invocations(clients: &TargetClients, command: &str) -> Result<Vec<sdk::CommandInvocation>, Failure> {
    let call = &LIST_COMMAND_INVOCATIONS;
    all_pages(call, async |token| {
        let request = clients.ssm().list_command_invocations().command_id(command).details(true);
        let answer = clients.call(call, request.max_results(PAGE_SIZE).set_next_token(token).send()).await?;
        Ok(Page { items: answer.command_invocations, next: answer.next_token })
    })
    .await
}

/// Whether nothing more will come; a status that nobody knows yet is waited for until the time is over.
fn is_over(invocation: &sdk::CommandInvocation) -> bool {
    let status = text(invocation.status()).unwrap_or_default();
    matches!(status.as_str(), "Success" | "Failed" | "Cancelled" | "TimedOut")
}

/// What a host that is done says.
async fn answer(
    clients: &TargetClients,
    command: &str,
    host: &str,
    invocation: &sdk::CommandInvocation,
    taken_at: DateTime<Utc>,
) -> HostMounts {
    let plugin = invocation.command_plugins().first();
    let at = plugin.and_then(|plugin| time(plugin.response_finish_date_time())).unwrap_or(taken_at);
    let status = text(invocation.status()).unwrap_or_default();
    if status != "Success" {
        let details = invocation.status_details().unwrap_or(&status);
        return failed(host, at, &clean(&format!("Run Command ended with {details}")));
    }
    let output = plugin.and_then(|plugin| plugin.output()).unwrap_or_default();
    let read = parse(host, at, output);
    if output.chars().count() < NEARLY_CUT || (read.failed.is_none() && read.incomplete.is_none()) {
        return read;
    }
    let request = clients.ssm().get_command_invocation().command_id(command).instance_id(host);
    match clients.call(&GET_COMMAND_INVOCATION, request.send()).await {
        Ok(answer) => parse(host, at, answer.standard_output_content().unwrap_or_default()),
        // The beginning names the file systems that are mounted: it is worth keeping, and says that it was cut.
        Err(failure) => {
            let why = failure.gap().message;
            let incomplete = read.incomplete.map_or(why.clone(), |known| format!("{known}; {why}"));
            HostMounts { incomplete: Some(incomplete), ..read }
        }
    }
}

/// A host of which nothing is known.
fn failed(host: &str, at: DateTime<Utc>, why: &str) -> HostMounts {
    HostMounts {
        instance_id: host.to_owned(),
        observed_at: Some(at),
        failed: Some(why.to_owned()),
        ..HostMounts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Instance, ManagedNode};

    fn world() -> Target {
        let now: DateTime<Utc> = "2026-11-21T00:00:00Z".parse().expect("test data is good");
        let mut target = Target::unseen("111122223333", "eu-west-1", now);
        let instance = |id: &str, state: &str, platform: Option<&str>| -> Instance {
            let row = serde_json::json!({ "id": id, "state": state, "platform": platform });
            serde_json::from_value(row).expect("test data is good")
        };
        target.ec2.instances = Section::Complete(vec![
            instance("i-asked", "running", None),
            instance("i-far", "running", None),
            instance("i-offline", "running", None),
            instance("i-settled", "running", None),
            instance("i-stopped", "stopped", None),
            instance("i-windows", "running", Some("windows")),
        ]);
        let node = |id: &str, ping: &str, platform: &str| ManagedNode {
            id: id.to_owned(),
            ping_status: ping.into(),
            platform_type: Some(platform.into()),
            ..ManagedNode::default()
        };
        target.ssm.managed_nodes = Section::Complete(vec![
            node("i-asked", "Online", "Linux"),
            node("i-far", "Online", "Linux"),
            node("i-offline", "ConnectionLost", "Linux"),
            node("i-settled", "Online", "Linux"),
            node("i-stopped", "Online", "Linux"),
            node("i-windows", "Online", "Windows"),
        ]);
        target
    }

    fn table(incomplete: bool, hours: i64) -> MountEvidence {
        let row = HostMounts {
            instance_id: "i-settled".to_owned(),
            observed_at: Some(world().taken_at - TimeDelta::hours(hours)),
            incomplete: incomplete.then(|| "cut".to_owned()),
            ..HostMounts::default()
        };
        let tables = Section::Complete(Observed { rows: vec![row], truncated: None });
        MountEvidence { tables, ..MountEvidence::default() }
    }

    #[test]
    fn only_running_online_linux_hosts_that_matter_and_are_not_settled_are_asked() {
        let wanted = ["i-asked", "i-offline", "i-settled", "i-stopped", "i-windows"].map(str::to_owned).into();
        assert_eq!(hosts(&world(), &wanted, &table(false, 1)), Some(vec!["i-asked".to_owned()]));
        let both = Some(vec!["i-asked".to_owned(), "i-settled".to_owned()]);
        assert_eq!(hosts(&world(), &wanted, &table(true, 1)), both, "an incomplete table settles nothing");
        assert_eq!(hosts(&world(), &wanted, &table(false, 25)), both, "nor does an old one");
        let unseen = Target { ssm: crate::model::Ssm::default(), ..world() };
        assert_eq!(hosts(&unseen, &wanted, &table(false, 1)), None);
    }
}
