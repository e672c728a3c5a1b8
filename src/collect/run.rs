//! A run from request to last target: a stream. An account is entered when its turn comes, its targets are collected as
//! there is room, and each is handed over when it is done, in no order.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use futures::stream::{self, FuturesUnordered};
use tokio::sync::mpsc;

use super::clients::TargetClients;
use super::enter::{Entered, Enterer, Inside, Refusal, Shut, Unit};
use super::error::{CollectError, SinkError};
use super::open_files;
use super::permits::{Room, Seat};
use super::progress::Progress;
use super::request::{Regions, Request};
use super::scheduler::Scheduler;
use super::session::{RunContext, Session};
use super::target::fill;
use super::transport;
use super::units::{Units, units};
use crate::model::{Section, Target};

/// Collects every target of `request` and hands each to `sink` as soon as it is whole, in no order. `progress` hears how
/// it gets on.
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
    let outcome = runtime.block_on(Box::pin(targets(request, taken_at, progress, sink)));
    // A name lookup that hangs would otherwise be waited for.
    runtime.shutdown_background();
    outcome
}

/// For each call at once, so many accounts may be inside: where one is throttled, its waits begin early and pass beside the
/// work on the others.
const AHEAD: usize = 4;

/// What all accounts of a run share.
struct Run<'a> {
    request: &'a Request,
    taken_at: DateTime<Utc>,
    progress: Arc<dyn Progress>,
    scheduler: Scheduler,
    /// Who assumes the roles.
    base: Option<Session>,
    /// Seats for the first target of an account, which tells whether the account is throttled.
    scouts: Room,
    /// Seats for the others.
    targets: Room,
    finished: mpsc::Sender<Target>,
}

/// All targets.
async fn targets(
    request: &Request,
    taken_at: DateTime<Utc>,
    progress: Arc<dyn Progress>,
    sink: &mut dyn FnMut(Target) -> Result<(), SinkError>,
) -> Result<(), CollectError> {
    let checked = request.checked()?;
    let (concurrency, limit) = open_files::calls_at_once(request.concurrency);
    if let Some(files) = limit {
        progress.few_files(concurrency, files);
    }
    let context = RunContext {
        http: transport::http_client()?,
        limits: request.limits,
        progress: progress.clone(),
        probe: request.evidence.probe.is_some(),
    };
    let scheduler = Scheduler::new(concurrency);
    let enterer = Enterer { scheduler: scheduler.clone() };
    let Units { units, base, shut } = Box::pin(units(&checked, &context, &enterer)).await?;
    progress.planned(units.len());
    // An empty target has few calls: as many of them as there may be calls fill the bound. Those that have more wait for
    // permits.
    let accounts = Room::with_seats(concurrency.saturating_mul(AHEAD), concurrency);
    let (finished, mut arriving) = mpsc::channel(16);
    let run = Run {
        request,
        taken_at,
        progress: progress.clone(),
        scheduler,
        base,
        scouts: Room::new(concurrency),
        targets: Room::new(concurrency),
        finished,
    };
    let mut hand_over = |target: Target| {
        let gaps = if request.only_find { 0 } else { target.gaps().len() };
        progress.target_done(&target.account, &target.region, gaps);
        sink(target).map_err(CollectError::Sink)
    };
    let mut waiting = units.into_iter().enumerate();
    let (mut next, mut under_way) = (waiting.next(), FuturesUnordered::new());
    let (mut opened, mut refused) = (false, None::<(usize, Refusal)>);
    for shut in shut {
        progress.entered(&shut.account, 1);
        hand_over(run.shut(shut))?;
    }
    while next.is_some() || !under_way.is_empty() {
        tokio::select! {
            biased;
            Some(target) = arriving.recv() => hand_over(target)?,
            Some((number, refusal)) = under_way.next(), if !under_way.is_empty() => match refusal {
                None => opened = true,
                Some(refusal) if refused.as_ref().is_none_or(|(first, _)| number < *first) => {
                    refused = Some((number, refusal));
                }
                Some(_) => {}
            },
            seat = accounts.seat(), if next.is_some() => {
                if let Some((number, unit)) = next.take() {
                    under_way.push(Box::pin(run.account(number, unit, seat)));
                }
                next = waiting.next();
            }
        }
    }
    while let Ok(target) = arriving.try_recv() {
        hand_over(target)?;
    }
    match refused {
        Some((_, refusal)) if !opened => Err(refusal.into()),
        _ => Ok(()),
    }
}

impl Run<'_> {
    /// One account from its door to its last target; a refusal where nobody gets in.
    async fn account(&self, number: usize, mut unit: Unit, seat: Seat) -> (usize, Option<Refusal>) {
        // Where the regions are known, there may be nothing to enter for.
        let mut are_wanted = false;
        if let Regions::Explicit(regions) = &mut unit.regions
            && !unit.account.is_empty()
        {
            regions.retain(|region| (self.request.wanted)(&unit.account, region));
            are_wanted = true;
            if regions.is_empty() {
                self.progress.entered(&unit.account, 0);
                return (number, None);
            }
        }
        let seat = Arc::new(seat);
        let scheduler = self.scheduler.seated(seat.clone());
        let enterer = Enterer { scheduler: scheduler.clone() };
        let (shut, refusal) = match Box::pin(enterer.enter(&unit, self.base.as_ref())).await {
            Entered::Open(inside, regions) => {
                let is_wanted = |region: &String| are_wanted || (self.request.wanted)(&inside.account, region);
                let wanted = regions.into_iter().filter(is_wanted).collect();
                self.inside(&inside, wanted, &scheduler, &seat).await;
                return (number, None);
            }
            Entered::Blind(shut) => (vec![shut], None),
            Entered::Closed(shut, refusal) => (shut, Some(*refusal)),
        };
        self.progress.entered(&unit.account, shut.len());
        for shut in shut {
            // The other end goes only with the run.
            let _ = self.finished.send(self.shut(shut)).await;
        }
        (number, refusal)
    }

    /// These targets of an account that was entered.
    async fn inside(&self, inside: &Inside, wanted: Vec<String>, scheduler: &Scheduler, account: &Seat) {
        self.progress.entered(&inside.account, wanted.len());
        if self.request.only_find {
            for region in wanted {
                let mut found = Target::unseen(inside.account.clone(), region, self.taken_at);
                found.identity = Section::Complete(inside.identity.clone());
                let _ = self.finished.send(found).await;
            }
            return;
        }
        let one = async |(number, region): (usize, String)| {
            let room = if number == 0 { &self.scouts } else { &self.targets };
            let seat = room.seat_within(account).await;
            let target = Box::pin(self.target(inside, region, scheduler.seated(Arc::new(seat)))).await;
            let _ = self.finished.send(target).await;
        };
        stream::iter(wanted.into_iter().enumerate()).for_each_concurrent(None, one).await;
    }

    /// One target, as far as it can be seen.
    async fn target(&self, inside: &Inside, region: String, scheduler: Scheduler) -> Target {
        let mut target = Target::unseen(inside.account.clone(), region, self.taken_at);
        target.identity = Section::Complete(inside.identity.clone());
        let clients = TargetClients::new(
            inside.session.clone(),
            &target.account,
            &target.region,
            scheduler,
            self.progress.clone(),
        );
        fill(&clients, &mut target, &self.request.sections, &self.request.evidence).await;
        target
    }

    /// A target that cannot be entered.
    fn shut(&self, shut: Shut) -> Target {
        let mut target = Target::unseen(shut.account, shut.region, self.taken_at);
        target.identity = Section::Missing(shut.gap);
        target
    }
}
