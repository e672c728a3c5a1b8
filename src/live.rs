//! From the command line to targets collected from AWS.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::cli::{EvidenceArgs, TargetArgs};
use crate::model::{SectionName, Target};

/// What a live run is to do.
pub(crate) struct Live<'a> {
    /// Where to look.
    pub(crate) target: &'a TargetArgs,
    /// Which evidence.
    pub(crate) evidence: &'a EvidenceArgs,
    /// The sections to collect.
    pub(crate) sections: BTreeSet<SectionName>,
    /// When the run began.
    pub(crate) taken_at: DateTime<Utc>,
    /// Whether nothing but errors may be said on standard error.
    pub(crate) quiet: bool,
}

/// Collects from AWS and hands over each target.
#[cfg(feature = "aws")]
pub(crate) fn targets(live: Live<'_>, each: &mut dyn FnMut(Target) -> anyhow::Result<()>) -> anyhow::Result<()> {
    use std::sync::Arc;

    use crate::app::Hint;
    use crate::collect::{EvidenceOptions, Limits, Regions, Request};

    let args = live.target;
    let request = Request {
        regions: match (args.all_regions, args.region.is_empty()) {
            (true, _) => Regions::All,
            (false, true) => Regions::DefaultChain,
            (false, false) => Regions::Explicit(args.region.clone()),
        },
        profiles: args.profile.clone(),
        role_arns: args.role_arn.clone(),
        external_id: args.external_id.clone(),
        sections: live.sections,
        evidence: EvidenceOptions { history_days: live.evidence.history },
        concurrency: usize::from(args.concurrency),
        limits: Limits {
            connect: args.connect_timeout.0,
            read: args.attempt_timeout.0,
            attempt: args.attempt_timeout.0,
            operation: args.operation_timeout.0,
            max_attempts: args.max_attempts,
        },
    };
    let progress = Arc::new(said::Aloud { quiet: live.quiet });
    // An error of our own sink keeps its own words: it is kept here and not sent through the collector.
    let mut failed = None;
    let collected = crate::collect::collect_with(&request, live.taken_at, progress, &mut |target| {
        each(target).map_err(|error| {
            let text = error.to_string();
            failed = Some(error);
            text.into()
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    collected.map_err(|error| {
        let hint = error.hint();
        let error = anyhow::Error::new(error);
        match hint {
            Some(hint) => error.context(Hint(hint)),
            None => error,
        }
    })
}

/// This build cannot ask AWS.
#[cfg(not(feature = "aws"))]
pub(crate) fn targets(live: Live<'_>, _each: &mut dyn FnMut(Target) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let Live { target: _, evidence: _, sections: _, taken_at: _, quiet: _ } = live;
    anyhow::bail!(
        "this build cannot ask AWS (it was built without the feature `aws`): judge a snapshot with --snapshot FILE"
    )
}

/// What is said on standard error while a run goes on.
#[cfg(feature = "aws")]
mod said {
    use std::io::Write as _;

    use rust_decimal::Decimal;

    use crate::collect::{Progress, price_of_metrics};

    /// Says what a run is going to cost, before it does.
    pub(super) struct Aloud {
        /// Says nothing.
        pub(super) quiet: bool,
    }

    impl Progress for Aloud {
        fn metrics_requested(&self, account: &str, region: &str, metrics: u64) {
            if self.quiet {
                return;
            }
            let price = price_of_metrics(metrics);
            // Amounts below a cent are shown as they are: "$0.00" would be a lie.
            let shown = if price.0 < Decimal::ONE { format!("${}", price.0.normalize()) } else { price.display() };
            let line = format!(
                "{account}/{region}: asking CloudWatch for {metrics} metrics, which it bills with about {shown} \
                 (--no-metrics leaves them out)"
            );
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(std::io::stderr().lock(), "{}", crate::render::plain(&line));
        }
    }
}
