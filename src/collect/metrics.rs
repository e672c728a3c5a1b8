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
use crate::model::{EfsMetrics, FileSystemMetrics};
use crate::permissions::GET_METRIC_DATA;
use crate::price::Usd;

/// One of the series of a file system: metric, storage class, statistic (EFS user guide, "CloudWatch metrics", 2026-10).
type Kind = (&'static str, Option<&'static str>, &'static str);

/// The series of each file system, in the order of the fields of [`FileSystemMetrics`].
const KINDS: [Kind; 5] = [
    ("StorageBytes", Some("Standard"), "Average"),
    ("StorageBytes", Some("IA"), "Average"),
    ("StorageBytes", Some("Archive"), "Average"),
    ("DataReadIOBytes", None, "Sum"),
    ("ClientConnections", None, "Sum"),
];

/// What CloudWatch bills for so many metrics: $0.01 per 1,000 (CloudWatch pricing page, `GetMetricData`, 2026-10).
pub fn price_of_metrics(metrics: u64) -> Usd {
    Usd::of(Decimal::from(metrics), Decimal::new(1, 5))
}

/// One metric to ask for.
struct Asked<'a> {
    /// The name of the query, unique in the run.
    id: String,
    /// The file system.
    file_system: &'a str,
    /// Which of its series.
    kind: usize,
}

/// The series of `file_systems` over the last `days` days before `taken_at`.
pub(super) async fn efs_metrics(
    clients: &TargetClients,
    file_systems: &BTreeSet<String>,
    days: u16,
    taken_at: DateTime<Utc>,
) -> Result<EfsMetrics, Failure> {
    let window = Window::of(days, taken_at);
    let asked: Vec<Asked<'_>> = file_systems
        .iter()
        .enumerate()
        .flat_map(|(number, file_system)| {
            (0..KINDS.len()).map(move |kind| Asked { id: format!("f{number}_{kind}"), file_system, kind })
        })
        .collect();
    let requested = u64::try_from(asked.len()).unwrap_or(u64::MAX);
    clients.announce_metrics(requested);
    let batches = asked.chunks(window.metrics_per_call).map(|batch| Box::pin(batch_of(clients, batch, &window)));
    let mut found: BTreeMap<String, FileSystemMetrics> = BTreeMap::new();
    for (asked, series) in asked.iter().zip(try_join_all(batches).await?.into_iter().flatten()) {
        let metrics = found.entry(asked.file_system.to_owned()).or_default();
        let (points, doubt) = series.finish();
        let field = match asked.kind {
            0 => &mut metrics.standard,
            1 => &mut metrics.ia,
            2 => &mut metrics.archive,
            3 => &mut metrics.data_read,
            _ => &mut metrics.client_connections,
        };
        *field = points;
        if let Some(doubt) = doubt {
            let (name, class, _) = KINDS.get(asked.kind).copied().unwrap_or_default();
            let said = format!("{name}{}: {doubt}", class.map(|class| format!(" {class}")).unwrap_or_default());
            metrics.incomplete =
                Some(metrics.incomplete.take().map_or(said.clone(), |known| format!("{known}; {said}")));
        }
    }
    let Window { from, to, period, .. } = window;
    Ok(EfsMetrics { from: Some(from), to: Some(to), period, requested, file_systems: found })
}

/// The series of one call with all its pages, in the order in which they were asked for.
async fn batch_of(clients: &TargetClients, batch: &[Asked<'_>], window: &Window) -> Result<Vec<Series>, Failure> {
    let call = &GET_METRIC_DATA;
    let seconds = |at: DateTime<Utc>| aws_smithy_types::DateTime::from_secs(at.timestamp());
    let queries: Vec<sdk::MetricDataQuery> = batch.iter().map(|asked| query(asked, window)).collect();
    let mut general: Vec<String> = Vec::new();
    let pieces = all_pages(call, async |token| {
        let request = clients.cloudwatch.get_metric_data().set_metric_data_queries(Some(queries.clone()));
        let request = request.start_time(seconds(window.from)).end_time(seconds(window.to));
        let request = request.scan_by(sdk::ScanBy::TimestampAscending).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        general.extend(answer.messages().iter().map(said));
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
    let (name, class, statistic) = KINDS.get(asked.kind).copied().unwrap_or_default();
    let dimension = |name: &str, value: &str| sdk::Dimension::builder().name(name).value(value).build();
    let metric = sdk::Metric::builder().namespace("AWS/EFS").metric_name(name);
    let metric = metric.dimensions(dimension("FileSystemId", asked.file_system));
    // `StorageBytes` is kept under both dimensions together.
    let metric = match class {
        Some(class) => metric.dimensions(dimension("StorageClass", class)),
        None => metric,
    };
    let period = i32::try_from(window.period).unwrap_or(i32::MAX);
    let statistic = sdk::MetricStat::builder().metric(metric.build()).period(period).stat(statistic).build();
    sdk::MetricDataQuery::builder().id(&asked.id).metric_stat(statistic).return_data(true).build()
}

/// A message of CloudWatch on one line.
fn said(message: &sdk::MessageData) -> String {
    let (code, value) = (message.code().unwrap_or_default(), message.value().unwrap_or_default());
    clean(&format!("{code}: {value}"))
}
