//! Cost Explorer at the account that pays: in which accounts and regions nothing of EFS and ECR was used.
//!
//! One question for each region, about all accounts at once: asked for each target as `--cost-explorer` does, an
//! organization would pay by the thousand.

use std::collections::BTreeSet;

use aws_sdk_costexplorer::types as sdk;
use chrono::NaiveDate;

use super::{Known, Place, Source};
use crate::collect::billing::{self, interval, one_of, period};
use crate::collect::error::CollectError;
use crate::collect::error_class::Stage;
use crate::collect::failure::Failure;
use crate::collect::organization::{Asker, blocking, signed_in};
use crate::collect::pages::{Page, Part, first_pages};
use crate::collect::request::primary_region;
use crate::collect::scheduler::Scheduler;
use crate::collect::session::Session;
use crate::permissions::GET_COST_AND_USAGE;

/// The most pages of one question, each a request that is billed. One page holds thousands of rows.
const MOST_PAGES: usize = 10;
/// Parts of the names that Cost Explorer gives what the rules are about. Both must be found among what is paid for:
/// a name that AWS has changed must not read as "nothing there".
const SERVICES: [&str; 2] = ["Elastic File System", "Container Registry"];

/// How many requests so many regions take: most often, and at most.
pub(crate) const fn most_requests(regions: usize) -> (usize, usize) {
    let questions = 2 + regions;
    (questions, questions * MOST_PAGES)
}

/// The places among `planned` whose account this payer pays for, and that used nothing of EFS and ECR since the first day
/// of last month.
///
/// Blocks until done, on this thread alone.
///
/// # Errors
/// Where there are no credentials, or the first questions are denied or fail.
pub(crate) fn unbilled(asker: &Asker, planned: &BTreeSet<Place>, today: NaiveDate) -> Result<Known, CollectError> {
    blocking(async {
        let inside = signed_in(asker).await?;
        let session = &inside.session;
        let questions = Asked::of(session, today);
        let failed = |failure: Failure| Source::Costs.refused(&session.who, &failure);
        let services = questions.keys(sdk::Dimension::Service, None).await.map_err(failed)?;
        let mut known = Known::default();
        let Some(names) = names_of(&services.rows) else {
            known.unsaid.push(format!(
                "Cost Explorer names {} services, and EFS and ECR are not both among them: nothing is skipped",
                services.rows.len()
            ));
            return Ok(known);
        };
        let paid = questions.keys(sdk::Dimension::LinkedAccount, None).await.map_err(failed)?;
        let paid: BTreeSet<&String> = paid.rows.iter().collect();
        let regions: BTreeSet<&str> = planned.iter().map(|(_, region)| region.as_str()).collect();
        for region in regions {
            let used = questions.keys(sdk::Dimension::LinkedAccount, Some((region, &names))).await;
            let used = used.map_err(|failure| failure.gap().message).and_then(whole);
            let used: BTreeSet<String> = match used {
                Ok(rows) => rows.into_iter().collect(),
                Err(why) => {
                    known.unsaid.push(format!("{region}: nothing is skipped: {why}"));
                    continue;
                }
            };
            let here = planned.iter().filter(|(_, of)| of == region);
            known.empty.extend(here.filter(|(account, _)| paid.contains(account) && !used.contains(account)).cloned());
        }
        known.why =
            format!("nothing of {} was used since {} (Cost Explorer, {today})", names.join(" and "), questions.start);
        Ok(known)
    })
}

/// All rows, or why there are more.
fn whole(part: Part<String>) -> Result<Vec<String>, String> {
    part.truncated.map_or(Ok(part.rows), Err)
}

/// The names of what the rules are about, where all of it is named.
fn names_of(services: &[String]) -> Option<Vec<String>> {
    let of = |part: &str| services.iter().any(|name| name.contains(part));
    let wanted = |name: &&String| SERVICES.iter().any(|part| name.contains(part));
    SERVICES.iter().all(|part| of(part)).then(|| services.iter().filter(wanted).cloned().collect())
}

/// What asking takes.
struct Asked {
    client: aws_sdk_costexplorer::Client,
    scheduler: Scheduler,
    stage: Stage,
    /// The first day of last month.
    start: NaiveDate,
    /// The day after today: Cost Explorer's end is not part of the period.
    end: NaiveDate,
}

impl Asked {
    fn of(session: &Session, today: NaiveDate) -> Self {
        let region = primary_region(session.region.as_deref().unwrap_or_default());
        let (start, end) = period(today, 1);
        Self {
            client: session.costs(region, &session.who),
            scheduler: Scheduler::new(1),
            stage: Stage::inside(session.aws_endpoints),
            start,
            end,
        }
    }

    /// The values of a dimension for which anything was used: of everything, or of these services in this region.
    async fn keys(&self, by: sdk::Dimension, of: Option<(&str, &[String])>) -> Result<Part<String>, Failure> {
        let call = &GET_COST_AND_USAGE;
        let period = interval(self.start, self.end)?;
        let group = billing::by(by.as_str());
        let filter = of.map(|(region, services)| {
            sdk::Expression::builder()
                .and(one_of(sdk::Dimension::Region, vec![region.to_owned()]))
                .and(one_of(sdk::Dimension::Service, services.to_vec()))
                .build()
        });
        let months = first_pages(
            call,
            MOST_PAGES,
            |_: &[sdk::ResultByTime]| false,
            async |token| {
                let request = self.client.get_cost_and_usage().time_period(period.clone()).set_filter(filter.clone());
                let request = request.granularity(sdk::Granularity::Monthly).metrics("UnblendedCost");
                let request = request.group_by(group.clone()).set_next_page_token(token);
                let answer = self.scheduler.call(call, self.stage, request.send()).await?;
                Ok(Page { items: answer.results_by_time, next: answer.next_page_token })
            },
        );
        let months = months.await?;
        let mut rows = BTreeSet::new();
        for group in months.rows.iter().flat_map(sdk::ResultByTime::groups) {
            // A row of no amount counts as well: something was used.
            let [key] = group.keys() else {
                return Err(Failure::protocol(call, format!("a group has {} keys, not one", group.keys().len())));
            };
            rows.insert(key.clone());
        }
        Ok(Part { rows: rows.into_iter().collect(), truncated: months.truncated })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_services_have_to_be_named() {
        let named = |names: &[&str]| names_of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let (efs, ecr) = ("Amazon Elastic File System", "Amazon EC2 Container Registry (ECR)");
        assert_eq!(named(&[efs, "Tax", ecr]), Some(vec![efs.to_owned(), ecr.to_owned()]));
        assert_eq!(named(&[efs, "Tax"]), None);
        assert_eq!(named(&["Amazon File Storage", ecr]), None, "a new name is no evidence");
    }

    #[test]
    fn a_region_is_a_question() {
        assert_eq!(most_requests(17), (19, 190));
    }
}
