//! A run from request to last target.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::StreamExt as _;

use super::clients::TargetClients;
use super::error::{CollectError, SinkError};
use super::plan::{Planned, plan};
use super::progress::Progress;
use super::request::Request;
use super::scheduler::Scheduler;
use super::session::RunContext;
use super::target::fill;
use super::transport;
use crate::model::{Section, Target};

/// Collects every target of `request` and hands each to `sink` as soon as it and those before it are whole: by account and region.
/// `progress` hears how it gets on.
///
/// Blocks until done, on this thread alone.
///
/// # Errors
/// Where nothing can be collected at all, see [`CollectError`]; a failing `sink` ends the run.
pub(crate) fn collect(
    request: &Request,
    taken_at: DateTime<Utc>,
    progress: Arc<dyn Progress>,
    sink: &mut dyn FnMut(Target) -> Result<(), SinkError>,
) -> Result<(), CollectError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CollectError::Runtime)?;
    let outcome = runtime.block_on(targets(request, taken_at, progress, sink));
    // A name lookup that hangs would otherwise be waited for.
    runtime.shutdown_background();
    outcome
}

/// All targets, several side by side.
async fn targets(
    request: &Request,
    taken_at: DateTime<Utc>,
    progress: Arc<dyn Progress>,
    sink: &mut dyn FnMut(Target) -> Result<(), SinkError>,
) -> Result<(), CollectError> {
    let checked = request.checked()?;
    let context = RunContext {
        http: transport::http_client()?,
        limits: request.limits,
        progress: progress.clone(),
        probe: request.evidence.probe.is_some(),
    };
    let scheduler = Scheduler::new(request.concurrency);
    let planned = Box::pin(plan(&checked, request.external_id.as_deref(), &context, &scheduler)).await?;
    progress.planned(planned.len());
    // Each target keeps about a dozen calls ready, so a few targets fill the bound; more would only hold memory.
    let at_once = (request.concurrency / 4).clamp(2, 16);
    let mut finished = futures::stream::iter(planned)
        .map(|planned| Box::pin(target(planned, taken_at, &scheduler, request, progress.clone())))
        .buffered(at_once);
    while let Some(target) = finished.next().await {
        progress.target_done(&target.account, &target.region);
        sink(target).map_err(CollectError::Sink)?;
    }
    Ok(())
}

/// One target, as far as it can be seen.
async fn target(
    planned: Planned,
    taken_at: DateTime<Utc>,
    scheduler: &Scheduler,
    request: &Request,
    progress: Arc<dyn Progress>,
) -> Target {
    let mut target = Target::unseen(planned.account, planned.region, taken_at);
    match planned.entry {
        Err(gap) => target.identity = Section::Missing(gap),
        Ok(entry) => {
            target.identity = Section::Complete(entry.identity.clone());
            let clients =
                TargetClients::new(&entry.session, &target.account, &target.region, scheduler.clone(), progress);
            fill(&clients, &mut target, &request.sections, &request.evidence).await;
        }
    }
    target
}
