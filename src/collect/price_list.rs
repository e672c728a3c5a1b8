//! The Price List API: products for [`crate::price::list`] to read. It belongs to no target: one identity asks once, in a
//! region that serves the API, whatever regions the run is about.

use std::sync::Arc;

use aws_sdk_pricing::types as sdk;

use super::error::CollectError;
use super::error_class::{CallError, Kind, Stage};
use super::failure::Failure;
use super::pages::{Page, all_pages};
use super::progress::Silent;
use super::request::{Limits, Regions};
use super::scheduler::Scheduler;
use super::session::{RunContext, Session};
use super::transport;
use crate::permissions::GET_PRODUCTS;
use crate::price::list::{PriceRequest, SERVED_FROM};

/// The largest page (Price List API reference, `GetProducts`, 2026-10).
const PAGE: i32 = 100;

/// As whom the Price List API is asked, and how patiently.
#[derive(Debug, Clone, Default)]
pub(crate) struct PriceListAsker {
    /// A named profile; `None`: the SDK's default chain.
    pub profile: Option<String>,
    /// A region that the run is about, which tells whose partition the credentials belong to. `None`: the region of the
    /// environment or the profile does.
    pub region: Option<String>,
    /// Timeouts and attempts of each call.
    pub limits: Limits,
}

/// The products of these listings, all pages, as the JSON texts that the API sends.
///
/// Blocks until done, on this thread alone. Nothing is billed: the API is free of charge.
///
/// # Errors
/// Where there are no credentials, the partition has no Price List API, or any page cannot be read: half a price list
/// is none.
pub(crate) fn price_list(asker: &PriceListAsker, listings: &[PriceRequest]) -> Result<Vec<String>, CollectError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CollectError::Runtime)?;
    let outcome = runtime.block_on(products(asker, listings));
    // A name lookup that hangs would otherwise be waited for.
    runtime.shutdown_background();
    outcome
}

async fn products(asker: &PriceListAsker, listings: &[PriceRequest]) -> Result<Vec<String>, CollectError> {
    let context =
        RunContext { http: transport::http_client()?, limits: asker.limits, progress: Arc::new(Silent), probe: false };
    let near = Regions::Explicit(vec![asker.region.clone().unwrap_or_else(|| SERVED_FROM.to_owned())]);
    let session = Session::open(asker.profile.as_deref(), &near, &context).await?;
    let near = asker.region.as_ref().or(session.region.as_ref()).map_or(SERVED_FROM, String::as_str);
    let region = served_from(near).ok_or_else(|| CollectError::NoPriceList { region: near.to_owned() })?;
    session.sign_in(asker.limits).await.map_err(|message| CollectError::NoCredentials {
        who: session.who.clone(),
        message,
        next: session.next.clone(),
    })?;
    let client = session.pricing(region, "price list");
    let stage = Stage { identified: false, aws_endpoints: session.aws_endpoints };
    let scheduler = Scheduler::new(1);
    let mut products = Vec::new();
    for listing in listings {
        let listed = Box::pin(listed(&client, &scheduler, stage, listing)).await;
        let listed = listed.map_err(|failure| CollectError::PriceList {
            who: session.who.clone(),
            region,
            gap: Box::new(failure.gap()),
        })?;
        tracing::info!(service = listing.service, products = listed.len(), region, "prices listed");
        products.extend(listed);
    }
    Ok(products)
}

/// All pages of one listing.
async fn listed(
    client: &aws_sdk_pricing::Client,
    scheduler: &Scheduler,
    stage: Stage,
    listing: &PriceRequest,
) -> Result<Vec<String>, Failure> {
    let call = &GET_PRODUCTS;
    let filter = |(field, value): &(&str, &str)| {
        sdk::Filter::builder().r#type(sdk::FilterType::TermMatch).field(*field).value(*value).build()
    };
    let filters: Vec<sdk::Filter> = listing.filters.iter().map(filter).collect::<Result<_, _>>().map_err(|error| {
        Failure::new(CallError { message: error.to_string(), ..CallError::of(Kind::NotBuilt) }, call, stage)
    })?;
    all_pages(call, async |token| {
        let request = client.get_products().service_code(listing.service).format_version("aws_v1").max_results(PAGE);
        let request = request.set_filters((!filters.is_empty()).then(|| filters.clone())).set_next_token(token);
        let answer = scheduler.call(call, stage, Box::pin(request.send())).await?;
        Ok(Page { items: answer.price_list, next: answer.next_token })
    })
    .await
}

/// The region of a partition that serves the Price List API; `None` where the partition has none (Billing user guide,
/// "Price List Query API", 2026-10: commercial regions and China; credentials of one partition are none in another).
fn served_from(region: &str) -> Option<&'static str> {
    match super::request::primary_region(region) {
        "us-east-1" => Some(SERVED_FROM),
        "cn-northwest-1" => Some("cn-northwest-1"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_is_asked_where_it_serves_the_list_or_not_at_all() {
        for region in ["us-east-1", "ap-northeast-1", "eu-west-1", "sa-east-1"] {
            assert_eq!(served_from(region), Some("us-east-1"), "{region}");
        }
        assert_eq!(served_from("cn-north-1"), Some("cn-northwest-1"));
        for region in ["us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "eusc-de-east-1"] {
            assert_eq!(served_from(region), None, "{region}");
        }
    }
}
