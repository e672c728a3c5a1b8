//! Cost Explorer: what was paid by month and usage type, of one account in one region.
//!
//! Every request is billed, so the run says so before it asks, and a target is asked about once: two groupings are the
//! most that an answer can have, so the region is a filter and each target needs an answer of its own. Rows of services
//! that no rule and no report reads are left where they are: a snapshot is no copy of the bill.

use aws_sdk_costexplorer::types as sdk;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::clients::TargetClients;
use super::error_class::{CallError, Kind, Stage};
use super::failure::Failure;
use super::pages::{Page, first_pages};
use crate::model::{BilledUsage, Observed};
use crate::permissions::GET_COST_AND_USAGE;
use crate::price::Usd;

/// Whole months before the current one.
const MONTHS: u32 = 3;
/// The most pages, each a request that is billed. One page holds thousands of usage types.
const MOST_PAGES: usize = 10;
/// Parts of the names that Cost Explorer gives the services of interest; the names are made for people and vary.
const SERVICES: [&str; 2] = ["Elastic File System", "Inspector"];
/// The metrics: what was paid before discounts are shared out in an organization, and how much was used.
const METRICS: [&str; 2] = ["UnblendedCost", "UsageQuantity"];

/// What Cost Explorer bills for so many requests: $0.01 each (Cost Management pricing page, 2026-10).
pub(crate) fn price_of_costs(requests: usize) -> Usd {
    Usd::of(Decimal::from(requests), Decimal::new(1, 2))
}

/// What was paid in the last three whole months and in the current one so far.
///
/// # Errors
/// Where the first page cannot be read, or a row of interest is not understood.
pub(super) async fn monthly_usage(
    clients: &TargetClients,
    taken_at: DateTime<Utc>,
) -> Result<Observed<BilledUsage>, Failure> {
    let call = &GET_COST_AND_USAGE;
    let (start, end) = period(taken_at.date_naive(), MONTHS);
    let period = interval(start, end)?;
    clients.announce_costs(MOST_PAGES);
    let part = first_pages(
        call,
        MOST_PAGES,
        |_: &[sdk::ResultByTime]| false,
        async |token| {
            let request = clients.costs().get_cost_and_usage().time_period(period.clone());
            let request = request.granularity(sdk::Granularity::Monthly).filter(of_target(clients));
            let request = request.set_metrics(Some(METRICS.map(str::to_owned).to_vec()));
            let request = request.group_by(by("SERVICE")).group_by(by("USAGE_TYPE")).set_next_page_token(token);
            let answer = clients.call(call, request.send()).await?;
            Ok(Page { items: answer.results_by_time, next: answer.next_page_token })
        },
    )
    .await?;
    let mut rows = Vec::new();
    for month in &part.rows {
        for group in month.groups() {
            rows.extend(row(month, group).map_err(|message| Failure::protocol(call, message))?);
        }
    }
    rows.sort();
    Ok(Observed { rows, truncated: part.truncated })
}

/// The first day of so many whole months before the current one, and tomorrow: Cost Explorer's end is not part of the
/// period.
pub(super) fn period(today: NaiveDate, months: u32) -> (NaiveDate, NaiveDate) {
    let first = today.with_day(1).unwrap_or(today);
    let start = first.checked_sub_months(Months::new(months)).unwrap_or(first);
    (start, today.succ_opt().unwrap_or(today))
}

/// The same as the SDK wants it.
///
/// # Errors
/// Never with two days, as far as the SDK says.
pub(super) fn interval(start: NaiveDate, end: NaiveDate) -> Result<sdk::DateInterval, Failure> {
    sdk::DateInterval::builder().start(start.to_string()).end(end.to_string()).build().map_err(|error| {
        let error = CallError { message: error.to_string(), ..CallError::of(Kind::NotBuilt) };
        Failure::new(error, &GET_COST_AND_USAGE, Stage::inside(false))
    })
}

/// The account and the region: an organization's management account would be told everybody's costs.
fn of_target(clients: &TargetClients) -> sdk::Expression {
    sdk::Expression::builder()
        .and(one_of(sdk::Dimension::Region, vec![clients.region.clone()]))
        .and(one_of(sdk::Dimension::LinkedAccount, vec![clients.account.clone()]))
        .build()
}

/// What has one of these values of a dimension.
pub(super) fn one_of(dimension: sdk::Dimension, values: Vec<String>) -> sdk::Expression {
    let values = sdk::DimensionValues::builder().key(dimension).set_values(Some(values)).build();
    sdk::Expression::builder().dimensions(values).build()
}

/// A row for each value of a dimension.
pub(super) fn by(key: &str) -> sdk::GroupDefinition {
    sdk::GroupDefinition::builder().r#type(sdk::GroupDefinitionType::Dimension).key(key).build()
}

/// The row of a group; `None` for a service that is not of interest.
fn row(month: &sdk::ResultByTime, group: &sdk::Group) -> Result<Option<BilledUsage>, String> {
    let [service, usage_type] = group.keys() else {
        return Err(format!("a group has {} keys, not a service and a usage type", group.keys().len()));
    };
    if !SERVICES.iter().any(|name| service.contains(name)) {
        return Ok(None);
    }
    let start = month.time_period().map(sdk::DateInterval::start).unwrap_or_default();
    let metric = |name: &str| {
        let value = group.metrics().and_then(|metrics| metrics.get(name));
        value.and_then(|value| Some((value.amount()?, value.unit()?)))
    };
    let [cost, usage] = METRICS.map(|name| metric(name).ok_or_else(|| format!("{usage_type:?} has no {name}")));
    BilledUsage::parse(start, service, usage_type, cost?, usage?).map(Some).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_whole_months_and_the_current_one_up_to_today() {
        for (now, start, end) in [
            ("2026-11-22T03:04:05Z", "2026-08-01", "2026-11-23"),
            ("2026-01-31T23:59:59Z", "2025-10-01", "2026-02-01"),
            ("2026-03-01T00:00:00Z", "2025-12-01", "2026-03-02"),
        ] {
            let now: DateTime<Utc> = now.parse().expect("a time");
            let day = |day: &str| day.parse().expect("a day");
            assert_eq!(period(now.date_naive(), MONTHS), (day(start), day(end)), "{now}");
        }
    }

    #[test]
    fn a_request_costs_a_cent() {
        assert_eq!(price_of_costs(1).display(), "$0.01");
        assert_eq!(price_of_costs(10).display(), "$0.10");
    }

    fn group(service: &str, cost: Option<(&str, &str)>) -> sdk::Group {
        let value = |(amount, unit): (&str, &str)| sdk::MetricValue::builder().amount(amount).unit(unit).build();
        let group = sdk::Group::builder().keys(service).keys("APN1-IATimedStorage-ByteHrs");
        let group = group.metrics("UsageQuantity", value(("9000", "GB-Month")));
        cost.into_iter().fold(group, |group, cost| group.metrics("UnblendedCost", value(cost))).build()
    }

    #[test]
    fn only_rows_of_interest_are_kept_and_each_of_them_has_to_be_read() {
        let period = sdk::DateInterval::builder().start("2026-10-01").end("2026-11-01").build().expect("whole");
        let month = sdk::ResultByTime::builder().time_period(period).build();
        let efs = "Amazon Elastic File System";
        let read = row(&month, &group(efs, Some(("244.8", "USD")))).expect("a row").expect("of interest");
        assert_eq!((read.month.as_str(), read.amount_usd.to_string().as_str()), ("2026-10", "244.8"));
        assert_eq!(row(&month, &group("Amazon Simple Storage Service", None)), Ok(None));
        for cost in [None, Some(("1", "CNY")), Some(("many", "USD"))] {
            assert!(row(&month, &group(efs, cost)).is_err(), "{cost:?}");
        }
        assert!(row(&month, &sdk::Group::builder().keys(efs).build()).is_err());
        assert!(row(&sdk::ResultByTime::builder().build(), &group(efs, Some(("1", "USD")))).is_err());
    }
}
