//! The clients of one target, what they may spend, and the call that all collectors make through them.

use std::error::Error;
use std::future::Future;
use std::sync::{Arc, OnceLock};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::error_class::Stage;
use super::failure::Failure;
use super::progress::Progress;
use super::request::primary_region;
use super::scheduler::{Pace, Scheduler};
use super::services::services;
use super::session::Session;
use crate::model::Section;
use crate::permissions::Call;

macro_rules! target_clients {
    (
        of_target {
            $($(#[$doc:meta])+ $name:ident $sdk:ident $service:literal $prefix:literal $region:ident $paces:tt;)+
        }
        of_run $run:tt
    ) => {
        /// What a collector works with: the clients of one account in one region.
        pub(super) struct TargetClients {
            /// The account, to which Inspector's listings are restricted.
            pub(super) account: String,
            pub(super) region: String,
            session: Arc<Session>,
            $($name: OnceLock<$sdk::Client>,)+
            /// Hears what is going to be asked.
            progress: Arc<dyn Progress>,
            /// How failures here are judged.
            stage: Stage,
            /// How often each service is asked.
            pace: Pace,
            /// The bound on all calls.
            scheduler: Scheduler,
        }

        impl TargetClients {
            /// The clients that an identity has in a region of its account.
            pub(super) fn new(
                session: Arc<Session>,
                account: &str,
                region: &str,
                scheduler: Scheduler,
                progress: Arc<dyn Progress>,
            ) -> Self {
                Self {
                    account: account.to_owned(),
                    region: region.to_owned(),
                    $($name: OnceLock::new(),)+
                    progress,
                    stage: Stage::inside(session.aws_endpoints),
                    session,
                    pace: Pace::new(),
                    scheduler,
                }
            }

            $($(#[$doc])+
            ///
            /// Made when it is first used: most targets have nothing to ask most services.
            pub(super) fn $name(&self) -> &$sdk::Client {
                self.$name.get_or_init(|| self.session.$name($region(&self.region), &self.account))
            })+
        }
    };
}

services!(target_clients);

/// The region of the target itself.
fn own_region(region: &str) -> &str {
    region
}

impl TargetClients {
    /// Makes a call when the service's pace and the bound on calls allow it.
    pub(super) async fn call<O, E>(
        &self,
        call: &'static Call,
        request: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    ) -> Result<O, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        // Boxed: the SDK's futures are large, and a target joins dozens of them on one stack.
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
}

/// A section, collected if somebody asks for it.
pub(super) async fn section<T>(wanted: bool, collected: impl Future<Output: Into<Section<T>>>) -> Section<T> {
    // Boxed: see `TargetClients::call`.
    if wanted { Box::pin(collected).await.into() } else { Section::NotAsked }
}
