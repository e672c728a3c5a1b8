//! CloudWatch: storage by class, reads and connections of the file systems that can still matter.
//!
//! CloudWatch bills each metric that is asked for, so the run says what it is going to ask before it does.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types as sdk;
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use rust_decimal::Decimal;

use super::clients::TargetClients;
use super::convert::{text, time};
use super::error_class::clean;
use super::failure::Failure;
use super::pages::{Page, all_pages};
use super::series::{Series, Window};
use crate::model::{EfsMetrics, EfsReads, FileSystemMetrics, FileSystemReads, Steps};
use crate::permissions::GET_METRIC_DATA;
use crate::price::Usd;

/// One of the series of a file system: metric, storage class, statistic (EFS user guide, "CloudWatch metrics", 2026-10).
pub(super) type Kind = (&'static str, Option<&'static str>, &'static str);

/// The series of each file system, in the order of the fields of [`FileSystemMetrics`].
static KINDS: [Kind; 5] = [
    ("StorageBytes", Some("Standard"), "Average"),
    ("StorageBytes", Some("IA"), "Average"),
    ("StorageBytes", Some("Archive"), "Average"),
    ("DataReadIOBytes", None, "Sum"),
    ("ClientConnections", None, "Sum"),
];
/// The series in fine steps, in the order of the fields of [`FileSystemReads`].
static READS: [Kind; 2] = [("DataReadIOBytes", None, "Sum"), ("MetadataReadIOBytes", None, "Sum")];

/// More messages about a call than are worth keeping.
const MAX_MESSAGES: usize = 20;

/// What CloudWatch bills for so many metrics: $0.01 per 1,000 (CloudWatch pricing page, `GetMetricData`, 2026-10).
pub(crate) fn price_of_metrics(metrics: u64) -> Usd {
    Usd::of(Decimal::from(metrics), Decimal::new(1, 5))
}

/// Says how many metrics are going to be asked for of so many file systems: the series, the reads in fine steps, or both.
pub(super) fn announce(clients: &TargetClients, series: (usize, bool), reads: (usize, bool)) {
    let of =
        |(file_systems, asked): (usize, bool), kinds: usize| if asked { file_systems.saturating_mul(kinds) } else { 0 };
    let metrics = of(series, KINDS.len()).saturating_add(of(reads, READS.len()));
    if metrics > 0 {
        clients.announce_metrics(u64::try_from(metrics).unwrap_or(u64::MAX));
    }
}

/// One metric to ask for.
pub(super) struct Asked<'a> {
    /// The name of the query, unique in the run.
    id: String,
    /// The service's namespace.
    namespace: &'static str,
    /// What tells its series from others.
    dimensions: Vec<Dimension<'a>>,
    /// What it is about: a file system, a bucket.
    subject: &'a str,
    /// Which of its series.
    pub(super) number: usize,
    /// The same in CloudWatch's words.
    kind: Kind,
}

/// The name and the value of a dimension.
type Dimension<'a> = (&'static str, &'a str);

/// The series of some kinds of each subject, which is given with its dimensions.
pub(super) fn asked<'a>(
    namespace: &'static str,
    subjects: impl Iterator<Item = (&'a str, Vec<Dimension<'a>>)>,
    kinds: &'static [Kind],
) -> Vec<Asked<'a>> {
    let of_each = |(at, (subject, dimensions)): (usize, (&'a str, Vec<Dimension<'a>>))| {
        let one = move |(number, kind): (usize, &'static Kind)| {
            // `StorageBytes` is kept under both dimensions together.
            let class = kind.1.map(|class| ("StorageClass", class));
            let dimensions = dimensions.iter().copied().chain(class).collect();
            Asked { id: format!("q{at}_{number}"), namespace, dimensions, subject, number, kind: *kind }
        };
        kinds.iter().enumerate().map(one)
    };
    subjects.enumerate().flat_map(of_each).collect()
}

/// The series of some kinds of each file system.
fn of_file_systems<'a>(file_systems: &'a BTreeSet<String>, kinds: &'static [Kind]) -> Vec<Asked<'a>> {
    let subjects = file_systems.iter().map(|id| (id.as_str(), vec![("FileSystemId", id.as_str())]));
    asked("AWS/EFS", subjects, kinds)
}

/// The series of `file_systems` over the last `days` days before `taken_at`.
pub(super) async fn efs_metrics(
    clients: &TargetClients,
    file_systems: &BTreeSet<String>,
    days: u16,
    taken_at: DateTime<Utc>,
) -> Result<EfsMetrics, Failure> {
    let window = Window::of(days, taken_at);
    let asked = of_file_systems(file_systems, &KINDS);
    let mut found: BTreeMap<String, FileSystemMetrics> = BTreeMap::new();
    for (asked, series) in asked.iter().zip(series_of(clients, &asked, &window).await?) {
        let metrics = found.entry(asked.subject.to_owned()).or_default();
        let (points, doubt) = series.finish();
        let field = match asked.number {
            0 => &mut metrics.standard,
            1 => &mut metrics.ia,
            2 => &mut metrics.archive,
            3 => &mut metrics.data_read,
            _ => &mut metrics.client_connections,
        };
        *field = points;
        asked.doubt(&mut metrics.incomplete, doubt);
    }
    let Window { from, to, period, .. } = window;
    let requested = u64::try_from(asked.len()).unwrap_or(u64::MAX);
    Ok(EfsMetrics { from: Some(from), to: Some(to), period, requested, file_systems: found })
}

/// What was read of `file_systems` in the last two weeks before `taken_at`, in steps of five minutes.
pub(super) async fn efs_reads(
    clients: &TargetClients,
    file_systems: &BTreeSet<String>,
    days: u16,
    taken_at: DateTime<Utc>,
) -> Result<EfsReads, Failure> {
    let window = Window::fine(days, taken_at);
    let asked = of_file_systems(file_systems, &READS);
    let mut found: BTreeMap<String, FileSystemReads> = BTreeMap::new();
    for (asked, series) in asked.iter().zip(series_of(clients, &asked, &window).await?) {
        let reads = found.entry(asked.subject.to_owned()).or_default();
        let (points, doubt) = series.finish();
        let steps = Steps::of(&points, window.from, window.period, window.steps());
        let field = if asked.number == 0 { &mut reads.data } else { &mut reads.metadata };
        *field = steps;
        asked.doubt(&mut reads.incomplete, doubt);
    }
    let Window { from, to, period, .. } = window;
    let requested = u64::try_from(asked.len()).unwrap_or(u64::MAX);
    Ok(EfsReads { from: Some(from), to: Some(to), period, requested, file_systems: found })
}

impl Asked<'_> {
    /// Adds a doubt about the series to what is doubted of the file system.
    pub(super) fn doubt(&self, incomplete: &mut Option<String>, doubt: Option<String>) {
        let Some(doubt) = doubt else { return };
        let (name, class, _) = self.kind;
        let said = format!("{name}{}: {doubt}", class.map(|class| format!(" {class}")).unwrap_or_default());
        *incomplete = Some(incomplete.take().map_or(said.clone(), |known| format!("{known}; {said}")));
    }
}

/// The series that are asked for, in order.
pub(super) async fn series_of(
    clients: &TargetClients,
    asked: &[Asked<'_>],
    window: &Window,
) -> Result<Vec<Series>, Failure> {
    let batches = asked.chunks(window.metrics_per_call).map(|batch| Box::pin(batch_of(clients, batch, window)));
    Ok(try_join_all(batches).await?.into_iter().flatten().collect())
}

/// The series of one call with all its pages, in the order in which they were asked for.
async fn batch_of(clients: &TargetClients, batch: &[Asked<'_>], window: &Window) -> Result<Vec<Series>, Failure> {
    let call = &GET_METRIC_DATA;
    let seconds = |at: DateTime<Utc>| aws_smithy_types::DateTime::from_secs(at.timestamp());
    let queries: Vec<sdk::MetricDataQuery> = batch.iter().map(|asked| query(asked, window)).collect();
    let mut general: Vec<String> = Vec::new();
    let pieces = all_pages(call, async |token| {
        let request = clients.cloudwatch().get_metric_data().set_metric_data_queries(Some(queries.clone()));
        let request = request.start_time(seconds(window.from)).end_time(seconds(window.to));
        let request = request.scan_by(sdk::ScanBy::TimestampAscending).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        general.extend(answer.messages().iter().map(said));
        general.truncate(MAX_MESSAGES);
        Ok(Page { items: answer.metric_data_results, next: answer.next_token })
    })
    .await?;
    general.sort();
    general.dedup();
    let mut series: BTreeMap<&str, Series> = batch.iter().map(|asked| (asked.id.as_str(), Series::default())).collect();
    for piece in &pieces {
        // What was not asked for is not ours.
        let Some(series) = piece.id().and_then(|id| series.get_mut(id)) else { continue };
        let times: Vec<_> = piece.timestamps().iter().map(|at| time(Some(at))).collect();
        series.add(window, &times, piece.values());
        series.note(text(piece.status_code()).as_deref(), piece.messages().iter().map(said));
    }
    let mut ordered = Vec::with_capacity(batch.len());
    for asked in batch {
        let mut series = series.remove(asked.id.as_str()).unwrap_or_default();
        series.remark(&general);
        ordered.push(series);
    }
    Ok(ordered)
}

/// The query for one metric.
fn query(asked: &Asked<'_>, window: &Window) -> sdk::MetricDataQuery {
    let (name, _, statistic) = asked.kind;
    let dimension = |(name, value): &(&str, &str)| sdk::Dimension::builder().name(*name).value(*value).build();
    let dimensions = asked.dimensions.iter().map(dimension).collect();
    let metric = sdk::Metric::builder().namespace(asked.namespace).metric_name(name).set_dimensions(Some(dimensions));
    let period = i32::try_from(window.period).unwrap_or(i32::MAX);
    let statistic = sdk::MetricStat::builder().metric(metric.build()).period(period).stat(statistic).build();
    sdk::MetricDataQuery::builder().id(&asked.id).metric_stat(statistic).return_data(true).build()
}

/// A message of CloudWatch on one line.
fn said(message: &sdk::MessageData) -> String {
    let (code, value) = (message.code().unwrap_or_default(), message.value().unwrap_or_default());
    clean(&format!("{code}: {value}"))
}
