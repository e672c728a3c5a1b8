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
use tokio::sync::Semaphore;

use super::failure::{Failure, failure};
use super::symptom::{Kind, Stage, Symptom};
use crate::permissions::{self, Call};

/// What all calls of a run share.
#[derive(Debug, Clone)]
pub(super) struct Scheduler {
    /// One permit per call under way.
    permits: Arc<Semaphore>,
}

impl Scheduler {
    /// At most `concurrency` calls at once, at least one.
    pub(super) fn new(concurrency: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS))) }
    }

    /// Makes a call as soon as a permit is free.
    pub(super) async fn call<O, E>(
        &self,
        call: &'static Call,
        stage: Stage,
        request: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    ) -> Result<O, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Ok(_permit) = self.permits.acquire().await else {
            // Nothing closes the semaphore; if something ever does, no call may slip through.
            return Err(Failure::new(Symptom::of(Kind::NotBuilt), call, stage));
        };
        Box::pin(request).await.map_err(|error| failure(&error, call, stage))
    }
}

/// The requests per second that each service of one account and region gets, and the burst before that.
///
/// Published are the EC2 read bucket (100, refilled with 20 a second; EC2 developer guide, "Request throttling",
/// 2026-10), the Systems Manager association calls (4 a second; AWS general reference, "Systems Manager quotas",
/// 2026-10), `LookupEvents` (2 a second; CloudTrail API reference, 2026-10), `GetMetricData` (50 a second; CloudWatch
/// user guide, "Service quotas", 2026-10), `DescribeLogGroups` (10 a second) and `DescribeLogStreams` (25 a second;
/// CloudWatch Logs user guide, "Quotas", 2026-10). The others are not published, or several buckets: these are modest.
#[derive(Debug)]
pub(super) struct Pace {
    /// Amazon EC2.
    ec2: DefaultDirectRateLimiter,
    /// Amazon EFS.
    efs: DefaultDirectRateLimiter,
    /// Systems Manager, but for its association calls.
    ssm: DefaultDirectRateLimiter,
    /// The association calls.
    associations: DefaultDirectRateLimiter,
    /// Amazon Inspector.
    inspector: DefaultDirectRateLimiter,
    /// Amazon ECR.
    ecr: DefaultDirectRateLimiter,
    /// Amazon ECS.
    ecs: DefaultDirectRateLimiter,
    /// `DescribeLogGroups`.
    log_groups: DefaultDirectRateLimiter,
    /// `DescribeLogStreams`.
    log_streams: DefaultDirectRateLimiter,
    /// CloudWatch.
    cloudwatch: DefaultDirectRateLimiter,
    /// CloudTrail.
    cloudtrail: DefaultDirectRateLimiter,
}

impl Pace {
    /// Full buckets.
    pub(super) fn new() -> Self {
        Self {
            ec2: bucket(20, 100),
            efs: bucket(100, 200),
            ssm: bucket(20, 40),
            associations: bucket(4, 1),
            inspector: bucket(10, 20),
            ecr: bucket(20, 40),
            ecs: bucket(20, 40),
            log_groups: bucket(10, 1),
            log_streams: bucket(25, 1),
            cloudwatch: bucket(50, 1),
            cloudtrail: bucket(2, 1),
        }
    }

    /// Waits until the service of `call` may be asked again. Holds no permit meanwhile.
    pub(super) async fn wait(&self, call: &Call) {
        let bucket = match call.service {
            "EC2" => &self.ec2,
            "EFS" => &self.efs,
            "SSM" if is_about_associations(call) => &self.associations,
            "SSM" => &self.ssm,
            "Inspector2" => &self.inspector,
            "ECR" => &self.ecr,
            "ECS" => &self.ecs,
            "CloudWatch Logs" if *call == permissions::DESCRIBE_LOG_GROUPS => &self.log_groups,
            "CloudWatch Logs" => &self.log_streams,
            "CloudWatch" => &self.cloudwatch,
            "CloudTrail" => &self.cloudtrail,
            _ => return,
        };
        while let Err(not_yet) = bucket.check() {
            tokio::time::sleep(not_yet.wait_time_from(DefaultClock::default().now())).await;
        }
    }
}

/// Whether a Systems Manager call counts against the quota of the association calls.
fn is_about_associations(call: &Call) -> bool {
    *call == permissions::LIST_ASSOCIATIONS || *call == permissions::DESCRIBE_ASSOCIATION_EXECUTIONS
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
