//! CloudWatch: requests to the buckets that a host has mounted, where these have request metrics.
//!
//! Which of them do says one listing for all; the sums of each are then billed by the metric.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types as sdk;
use chrono::{DateTime, Utc};

use super::clients::TargetClients;
use super::failure::Failure;
use super::metrics::{Kind, asked, series_of};
use super::pages::{Page, all_pages};
use super::series::Window;
use crate::model::{BucketRequests, HostMount, MountEvidence, S3Requests};
use crate::permissions::LIST_METRICS;

const NAMESPACE: &str = "AWS/S3";
/// The dimension that names a bucket, and the one that names its metrics configuration (S3 user guide, "Metrics and
/// dimensions", 2026-10).
const BUCKET: &str = "BucketName";
const FILTER: &str = "FilterId";
/// The sums of each configuration, in the order of the fields of [`BucketRequests`].
static KINDS: [Kind; 3] = [("ListRequests", None, "Sum"), ("HeadRequests", None, "Sum"), ("GetRequests", None, "Sum")];
/// The most buckets asked about, and the most configurations of one.
const MOST_BUCKETS: usize = 50;
const MOST_FILTERS: usize = 5;

/// The requests of the last `days` days before `taken_at` to the buckets that the other evidence names.
pub(super) async fn s3_requests(
    clients: &TargetClients,
    evidence: &MountEvidence,
    days: u16,
    taken_at: DateTime<Utc>,
) -> Result<S3Requests, Failure> {
    let buckets = buckets(evidence);
    if buckets.is_empty() {
        return Ok(S3Requests::default());
    }
    let filters = filters(clients, &buckets).await?;
    let window = Window::of(days, taken_at);
    let subjects = filters
        .iter()
        .map(|(bucket, filter)| (filter.as_str(), vec![(BUCKET, bucket.as_str()), (FILTER, filter.as_str())]));
    let asked = asked(NAMESPACE, subjects, &KINDS);
    if !asked.is_empty() {
        clients.announce_metrics(u64::try_from(asked.len()).unwrap_or(u64::MAX));
    }
    let mut series = series_of(clients, &asked, &window).await?.into_iter();
    let mut found: BTreeMap<String, BucketRequests> =
        buckets.into_iter().map(|bucket| (bucket, BucketRequests::default())).collect();
    for (asked, (bucket, filter)) in asked.chunks(KINDS.len()).zip(&filters) {
        let mut one = BucketRequests { filter: Some(filter.clone()), ..BucketRequests::default() };
        for asked in asked {
            let (points, doubt) = series.next().unwrap_or_default().finish();
            let sum = points.iter().fold(0_u64, |sum, point| sum.saturating_add(point.value));
            let field = match asked.number {
                0 => &mut one.list,
                1 => &mut one.head,
                _ => &mut one.get,
            };
            *field = sum;
            asked.doubt(&mut one.incomplete, doubt);
        }
        if let Some(known) = found.get_mut(bucket) {
            // Whether a configuration has a filter CloudWatch does not say: the one that counts most tells most.
            if known.filter.is_none() || weight(&one) > weight(known) {
                *known = one;
            }
        }
    }
    let requested = u64::try_from(asked.len()).unwrap_or(u64::MAX);
    Ok(S3Requests { from: Some(window.from), to: Some(window.to), requested, buckets: found })
}

/// The configuration of the whole bucket before all others, else by how much it counts.
fn weight(requests: &BucketRequests) -> (bool, u64) {
    let all = requests.list.saturating_add(requests.head).saturating_add(requests.get);
    (requests.filter.as_deref() == Some(BucketRequests::ENTIRE_BUCKET), all)
}

/// The buckets that hosts have mounted, as far as their names are those of buckets.
fn buckets(evidence: &MountEvidence) -> BTreeSet<String> {
    let all: BTreeSet<&str> = evidence.hosts().flat_map(|host| &host.mounts).filter_map(HostMount::s3_bucket).collect();
    // Each once before they are counted: many mounts of one bucket leave no other out.
    all.into_iter().take(MOST_BUCKETS).map(str::to_owned).collect()
}

/// The metrics configurations of these buckets that have counted lately, by bucket, those of a whole bucket first.
async fn filters(clients: &TargetClients, buckets: &BTreeSet<String>) -> Result<Vec<(String, String)>, Failure> {
    let call = &LIST_METRICS;
    let metrics = all_pages(call, async |token| {
        let request = clients.cloudwatch().list_metrics().namespace(NAMESPACE).metric_name("AllRequests");
        let request = request.dimensions(sdk::DimensionFilter::builder().name(FILTER).build());
        let answer = clients.call(call, request.set_next_token(token).send()).await?;
        Ok(Page { items: answer.metrics, next: answer.next_token })
    })
    .await?;
    let mut by_bucket: BTreeMap<&str, BTreeSet<(bool, &str)>> = BTreeMap::new();
    for metric in &metrics {
        let of = |name: &str| metric.dimensions().iter().find(|one| one.name() == Some(name))?.value();
        if let (Some(bucket), Some(filter)) = (of(BUCKET), of(FILTER))
            && buckets.contains(bucket)
        {
            by_bucket.entry(bucket).or_default().insert((filter != BucketRequests::ENTIRE_BUCKET, filter));
        }
    }
    let few = |(bucket, filters): (&str, BTreeSet<(bool, &str)>)| {
        let few = filters.into_iter().take(MOST_FILTERS);
        few.map(|(_, filter)| (bucket.to_owned(), filter.to_owned())).collect::<Vec<_>>()
    };
    Ok(by_bucket.into_iter().flat_map(few).collect())
}
