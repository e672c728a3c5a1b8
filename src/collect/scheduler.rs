//! One bound for all calls of a run, and a pace per account, region and service.

use std::error::Error;
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::error_class::{CallError, Kind, Stage};
use super::failure::{Failure, failure};
use super::permits::{Permits, Seat, Seats};
use super::services::services;
use crate::permissions::{self, Call};

/// The bound on all calls of a run, as one account or target uses it.
#[derive(Debug, Clone)]
pub(super) struct Scheduler {
    permits: Arc<Permits>,
    /// The seats of the account and the target that the calls are for.
    seats: Seats,
}

impl Scheduler {
    /// At most `concurrency` attempts at once, at least one.
    pub(super) fn new(concurrency: usize) -> Self {
        Self { permits: Arc::new(Permits::new(concurrency)), seats: Seats::default() }
    }

    /// The same, for somebody who has this seat too.
    pub(super) fn seated(&self, seat: Arc<Seat>) -> Self {
        Self { permits: self.permits.clone(), seats: self.seats.and(seat) }
    }

    /// Makes a call as soon as a permit is free. Its time begins then.
    pub(super) async fn call<O, E>(
        &self,
        call: &'static Call,
        stage: Stage,
        request: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    ) -> Result<O, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Some(ticket) = self.permits.ticket(&self.seats).await else {
            return Err(Failure::new(CallError::of(Kind::NotBuilt), call, stage));
        };
        Box::pin(ticket.hold(request)).await.map_err(|error| failure(&error, call, stage))
    }
}

/// How often some calls of a service may be made.
struct Rate {
    /// The service's name as the SDK knows it.
    service: &'static str,
    /// These calls; empty: all that no rate before names.
    calls: &'static [&'static Call],
    /// Requests per second.
    per_second: u32,
    /// Requests before that.
    burst: u32,
}

impl Rate {
    fn holds_for(&self, call: &Call) -> bool {
        self.service == call.service && (self.calls.is_empty() || self.calls.contains(&call))
    }
}

macro_rules! rates {
    (
        of_target {
            $($(#[$doc:meta])+ $name:ident $sdk:ident $service:literal $prefix:literal $region:ident
                [$([$($call:ident)*] $per_second:literal / $burst:literal),*];)+
        }
        of_run $run:tt
    ) => {
        /// All rates, by service.
        static RATES: &[Rate] = &[$($(Rate {
            service: $service,
            calls: &[$(&permissions::$call),*],
            per_second: $per_second,
            burst: $burst,
        },)*)+];
    };
}

services!(rates);

/// What is left of the rates of one account and region.
#[derive(Debug)]
pub(super) struct Pace {
    /// One for each of [`RATES`].
    buckets: Vec<DefaultDirectRateLimiter>,
}

impl Pace {
    /// Full buckets.
    pub(super) fn new() -> Self {
        Self { buckets: RATES.iter().map(|rate| bucket(rate.per_second, rate.burst)).collect() }
    }

    /// Waits until the service of `call` may be asked again. Holds no permit meanwhile.
    pub(super) async fn wait(&self, call: &Call) {
        let mut rates = RATES.iter().zip(&self.buckets);
        let Some((_, bucket)) = rates.find(|(rate, _)| rate.holds_for(call)) else { return };
        while let Err(not_yet) = bucket.check() {
            tokio::time::sleep(not_yet.wait_time_from(DefaultClock::default().now())).await;
        }
    }
}

/// A bucket of `burst` requests that is refilled with `per_second`.
fn bucket(per_second: u32, burst: u32) -> DefaultDirectRateLimiter {
    let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    RateLimiter::direct(Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_is_that_of_a_service_that_is_called() {
        for rate in RATES {
            assert!(permissions::ALLOWED.iter().any(|call| rate.holds_for(call)), "{}", rate.service);
        }
        let per_second = |call: &Call| RATES.iter().find(|rate| rate.holds_for(call)).map(|rate| rate.per_second);
        assert_eq!(per_second(&permissions::LIST_ASSOCIATIONS), Some(4));
        assert_eq!(per_second(&permissions::GET_INVENTORY), Some(20));
        assert_eq!(per_second(&permissions::GET_COST_AND_USAGE), None);
    }

    #[test]
    fn association_calls_are_never_more_than_four_a_second() {
        let bucket = bucket(4, 1);
        assert!(bucket.check().is_ok());
        let wait = bucket.check().expect_err("must fail").wait_time_from(DefaultClock::default().now());
        assert!(wait.as_millis() > 200, "{wait:?}");
    }

    #[test]
    fn a_burst_passes_at_once() {
        let bucket = bucket(20, 100);
        assert!((0..100).all(|_| bucket.check().is_ok()));
        assert!(bucket.check().is_err());
    }
}
