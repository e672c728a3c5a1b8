//! One target while it is being collected: its clients, its pace, and all its sections side by side.

use std::collections::BTreeSet;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures::join;

use super::failure::Failure;
use super::plan::Entry;
use super::request::primary_region;
use super::scheduler::{Pace, Scheduler};
use super::symptom::Stage;
use super::{EvidenceOptions, Progress, billing, ec2, ecr, efs, evidence, inspector, ssm};
use crate::model::{Section, SectionName, Target};
use crate::permissions::Call;

/// What a collector works with.
pub(super) struct Site {
    /// The account, to which Inspector's listings are restricted.
    pub(super) account: String,
    /// The region.
    pub(super) region: String,
    /// Hears what is going to be asked.
    progress: Arc<dyn Progress>,
    /// Amazon EC2.
    pub(super) ec2: aws_sdk_ec2::Client,
    /// Amazon EFS.
    pub(super) efs: aws_sdk_efs::Client,
    /// Systems Manager.
    pub(super) ssm: aws_sdk_ssm::Client,
    /// Amazon Inspector.
    pub(super) inspector: aws_sdk_inspector2::Client,
    /// Amazon ECR.
    pub(super) ecr: aws_sdk_ecr::Client,
    /// Amazon ECS.
    pub(super) ecs: aws_sdk_ecs::Client,
    /// CloudWatch Logs.
    pub(super) logs: aws_sdk_cloudwatchlogs::Client,
    /// CloudWatch.
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    /// CloudTrail.
    pub(super) cloudtrail: aws_sdk_cloudtrail::Client,
    /// Cost Explorer, which each partition has in one region.
    pub(super) costs: aws_sdk_costexplorer::Client,
    /// How failures here are judged.
    stage: Stage,
    /// How often each service is asked.
    pace: Pace,
    /// The bound on all calls.
    scheduler: Scheduler,
}

impl Site {
    /// The clients of one account in one region.
    pub(super) fn new(
        entry: &Entry,
        account: &str,
        region: &str,
        scheduler: Scheduler,
        progress: Arc<dyn Progress>,
    ) -> Self {
        let session = &entry.session;
        Self {
            account: account.to_owned(),
            ec2: session.ec2(region, account),
            efs: session.efs(region, account),
            ssm: session.ssm(region, account),
            inspector: session.inspector(region, account),
            ecr: session.ecr(region, account),
            ecs: session.ecs(region, account),
            logs: session.logs(region, account),
            cloudwatch: session.cloudwatch(region, account),
            cloudtrail: session.cloudtrail(region, account),
            costs: session.costs(primary_region(region), account),
            progress,
            region: region.to_owned(),
            stage: Stage::inside(session.aws_endpoints),
            pace: Pace::new(),
            scheduler,
        }
    }

    /// Makes a call when the service's pace and the bound on calls allow it.
    pub(super) async fn call<O, E>(
        &self,
        call: &'static Call,
        request: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    ) -> Result<O, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        // Boxed, here and below: the SDK's futures are large, and a target joins dozens of them on one stack.
        let request = Box::pin(request);
        self.pace.wait(call).await;
        self.scheduler.call(call, self.stage, request).await
    }

    /// Says that so many metrics are going to be asked for, which CloudWatch bills.
    pub(super) fn announce_metrics(&self, metrics: u64) {
        self.progress.metrics_requested(&self.account, &self.region, metrics);
    }

    /// Says that Cost Explorer is going to be asked, at most so many times, which it bills.
    pub(super) fn announce_costs(&self, at_most: usize) {
        self.progress.costs_requested(&self.account, &self.region, at_most);
    }

    /// Fills the wanted sections: first what AWS knows at once, then the evidence that this makes worth asking for.
    pub(super) async fn fill(&self, target: &mut Target, wanted: &BTreeSet<SectionName>, options: &EvidenceOptions) {
        let wants = |name| wanted.contains(&name);
        let (ec2, ssm, inspector, efs, ecr, monthly_usage) = join!(
            Box::pin(ec2::collect(self, &wants)),
            Box::pin(ssm::collect(self, &wants)),
            Box::pin(inspector::collect(self, &wants, target.taken_at)),
            Box::pin(efs::collect(self, &wants)),
            Box::pin(ecr::collect(self, &wants)),
            section(wants(SectionName::BillingMonthlyUsage), billing::monthly_usage(self, target.taken_at)),
        );
        target.ec2 = ec2;
        target.ssm = ssm;
        target.inspector = inspector;
        target.efs = efs;
        target.ecr = ecr;
        target.billing.monthly_usage = monthly_usage;
        options.mounts.put_into(target);
        target.evidence = Box::pin(evidence::collect(self, target, &wants, options)).await;
    }
}

/// A section, collected if it is wanted.
pub(super) async fn section<T>(wanted: bool, collected: impl Future<Output = Result<T, Failure>>) -> Section<T> {
    if wanted { Box::pin(collected).await.into_section() } else { Section::default() }
}

/// Turns a collector's outcome into a section.
pub(super) trait IntoSection<T> {
    /// Complete, or missing with the failure's gap.
    fn into_section(self) -> Section<T>;
}

impl<T> IntoSection<T> for Result<T, Failure> {
    fn into_section(self) -> Section<T> {
        match self {
            Ok(data) => Section::Complete(data),
            Err(failure) => failure.into(),
        }
    }
}
