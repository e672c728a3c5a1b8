//! Amazon ECS: which running task puts which EFS volume on which container instance. AWS Batch runs on such tasks.
//!
//! A cluster without container instances runs its tasks elsewhere and is left alone. What ends while it is being read
//! is no failure.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types as sdk;
use futures::future::try_join_all;

use super::clients::TargetClients;
use super::convert::{some_of, time};
use super::failure::Failure;
use super::pages::{Page, all_pages};
use crate::model::{EfsTask, Observed};
use crate::permissions::{
    DESCRIBE_CONTAINER_INSTANCES, DESCRIBE_TASK_DEFINITION, DESCRIBE_TASKS, LIST_CLUSTERS, LIST_CONTAINER_INSTANCES,
    LIST_TASKS,
};

/// The largest page, and the most names in one call, of everything here (ECS API reference, 2026-10).
const PAGE_SIZE: usize = 100;
/// The same as the SDK has it.
const MAX_RESULTS: i32 = 100;
/// A cluster that has been deleted meanwhile.
const GONE: &[&str] = &["ClusterNotFoundException"];
/// How ECS answers for a task that has ended meanwhile.
const MISSING: &str = "MISSING";

/// The running tasks with an EFS volume on a container instance, sorted.
pub(super) async fn efs_tasks(clients: &TargetClients) -> Result<Observed<EfsTask>, Failure> {
    let clusters = clusters(clients).await?;
    let read = try_join_all(clusters.iter().map(|cluster| Box::pin(tasks_of(clients, cluster)))).await?;
    let mut unread = BTreeSet::new();
    let mut tasks = Vec::new();
    for part in read {
        tasks.extend(part.tasks);
        unread.extend(part.unread);
    }
    let volumes = volumes(clients, &tasks).await?;
    tasks.retain(|task| volumes.get(task.definition.as_str()).is_some_and(|volumes| !volumes.is_empty()));
    let (hosts, more) = hosts(clients, &tasks).await?;
    unread.extend(more);
    let mut rows = Vec::new();
    for task in &tasks {
        // Hosts outside EC2 (`mi-…`) are none of Inspector's EC2 instances.
        let Some(host) = hosts.get(&task.host).filter(|host| host.starts_with("i-")) else { continue };
        for volume in volumes.get(task.definition.as_str()).into_iter().flatten() {
            rows.push(EfsTask {
                instance_id: host.clone(),
                file_system_id: volume.file_system_id.clone(),
                cluster: task.cluster.clone(),
                task: task.arn.clone(),
                volume: volume.name.clone(),
                root_directory: volume.root_directory.clone(),
                started_at: task.started_at,
            });
        }
    }
    rows.sort();
    rows.dedup();
    let truncated = (!unread.is_empty()).then(|| some_of(&unread));
    Ok(Observed { rows, truncated })
}

/// A running task on a container instance.
#[derive(Debug)]
struct Task {
    arn: String,
    cluster: String,
    /// The container instance's ARN.
    host: String,
    /// The task definition's ARN.
    definition: String,
    started_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The tasks of one cluster.
#[derive(Debug, Default)]
struct Tasks {
    /// Those on container instances.
    tasks: Vec<Task>,
    /// What could not be read.
    unread: Vec<String>,
}

async fn clusters(clients: &TargetClients) -> Result<Vec<String>, Failure> {
    let call = &LIST_CLUSTERS;
    all_pages(call, async |token| {
        let request = clients.ecs().list_clusters().max_results(MAX_RESULTS).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        Ok(Page { items: answer.cluster_arns, next: answer.next_token })
    })
    .await
}

/// The running tasks of one cluster that are on container instances.
async fn tasks_of(clients: &TargetClients, cluster: &str) -> Result<Tasks, Failure> {
    let arns = match task_arns(clients, cluster).await {
        Err(failure) if failure.is(GONE) => return Ok(Tasks::default()),
        other => other?,
    };
    let call = &DESCRIBE_TASKS;
    let mut found = Tasks::default();
    for batch in arns.chunks(PAGE_SIZE) {
        let request = clients.ecs().describe_tasks().cluster(cluster).set_tasks(Some(batch.to_vec()));
        let answer = match clients.call(call, request.send()).await {
            Err(failure) if failure.is(GONE) => return Ok(Tasks::default()),
            other => other?,
        };
        found.unread.extend(answer.failures().iter().filter_map(|failure| refused(call.action, failure)));
        let tasks = answer.tasks.ok_or_else(|| Failure::protocol(call, "the answer has no list"))?;
        found.tasks.extend(tasks.iter().filter_map(|task| task_on_host(cluster, task)));
    }
    Ok(found)
}

/// The ARNs of the running tasks of one cluster; none where it has no container instance to run them on.
async fn task_arns(clients: &TargetClients, cluster: &str) -> Result<Vec<String>, Failure> {
    let call = &LIST_CONTAINER_INSTANCES;
    let request = clients.ecs().list_container_instances().cluster(cluster).max_results(MAX_RESULTS);
    let answer = clients.call(call, request.send()).await?;
    let first = answer.container_instance_arns.ok_or_else(|| Failure::protocol(call, "the answer has no list"))?;
    if first.is_empty() && answer.next_token.is_none() {
        return Ok(Vec::new());
    }
    let call = &LIST_TASKS;
    all_pages(call, async |token| {
        let request = clients.ecs().list_tasks().cluster(cluster).desired_status(sdk::DesiredStatus::Running);
        let answer = clients.call(call, request.max_results(MAX_RESULTS).set_next_token(token).send()).await?;
        Ok(Page { items: answer.task_arns, next: answer.next_token })
    })
    .await
}

/// A task, if it is on a container instance and running.
fn task_on_host(cluster: &str, task: &sdk::Task) -> Option<Task> {
    if task.last_status() != Some("RUNNING") {
        return None;
    }
    Some(Task {
        arn: task.task_arn()?.to_owned(),
        cluster: cluster.to_owned(),
        host: task.container_instance_arn()?.to_owned(),
        definition: task.task_definition_arn()?.to_owned(),
        started_at: time(task.started_at()),
    })
}

/// An EFS volume of a task definition.
#[derive(Debug)]
struct Volume {
    name: String,
    file_system_id: String,
    /// The directory of it.
    root_directory: Option<String>,
}

/// The EFS volumes of each task definition: one call for each that some task uses.
async fn volumes(clients: &TargetClients, tasks: &[Task]) -> Result<BTreeMap<String, Vec<Volume>>, Failure> {
    let call = &DESCRIBE_TASK_DEFINITION;
    let definitions: BTreeSet<&str> = tasks.iter().map(|task| task.definition.as_str()).collect();
    let read = definitions.into_iter().map(|arn| async move {
        let request = clients.ecs().describe_task_definition().task_definition(arn);
        let answer = clients.call(call, request.send()).await?;
        let definition =
            answer.task_definition.ok_or_else(|| Failure::protocol(call, "the answer has no definition"))?;
        Ok::<_, Failure>((arn.to_owned(), definition.volumes().iter().filter_map(efs_volume).collect()))
    });
    Ok(try_join_all(read.map(Box::pin)).await?.into_iter().collect())
}

/// A volume, if it is one of EFS.
fn efs_volume(volume: &sdk::Volume) -> Option<Volume> {
    let efs = volume.efs_volume_configuration()?;
    Some(Volume {
        name: volume.name().unwrap_or_default().to_owned(),
        file_system_id: Some(efs.file_system_id()).filter(|id| !id.is_empty())?.to_owned(),
        root_directory: efs.root_directory().filter(|path| !path.is_empty()).map(str::to_owned),
    })
}

/// The EC2 instance of each container instance that `tasks` run on, and what could not be read.
async fn hosts(clients: &TargetClients, tasks: &[Task]) -> Result<(BTreeMap<String, String>, Vec<String>), Failure> {
    let call = &DESCRIBE_CONTAINER_INSTANCES;
    let mut of_cluster: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for task in tasks {
        of_cluster.entry(&task.cluster).or_default().insert(&task.host);
    }
    let (mut hosts, mut unread) = (BTreeMap::new(), Vec::new());
    for (cluster, arns) in of_cluster {
        let arns: Vec<String> = arns.into_iter().map(str::to_owned).collect();
        for batch in arns.chunks(PAGE_SIZE) {
            let request = clients.ecs().describe_container_instances().cluster(cluster);
            let request = request.set_container_instances(Some(batch.to_vec()));
            let answer = match clients.call(call, request.send()).await {
                Err(failure) if failure.is(GONE) => continue,
                other => other?,
            };
            unread.extend(answer.failures().iter().filter_map(|failure| refused(call.action, failure)));
            let rows = answer.container_instances.ok_or_else(|| Failure::protocol(call, "the answer has no list"))?;
            hosts.extend(rows.into_iter().filter_map(|row| Some((row.container_instance_arn?, row.ec2_instance_id?))));
        }
    }
    Ok((hosts, unread))
}

/// What ECS did not answer for, in words; what is gone meanwhile does not count.
fn refused(action: &str, failure: &sdk::Failure) -> Option<String> {
    let reason = failure.reason().unwrap_or("no reason");
    (reason != MISSING).then(|| {
        let what = failure.arn().unwrap_or("a resource");
        super::error_class::clean(&format!("{action} did not answer for {what}: {reason}"))
    })
}
