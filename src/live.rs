//! From the command line to targets collected from AWS.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::cli::{EvidenceArgs, TargetArgs};
use crate::model::{SectionName, Target};
use crate::operator_mounts::OperatorMounts;

/// What a live run is to do.
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "the offline build asks nobody"))]
pub(crate) struct Live<'a> {
    /// Where to look.
    pub(crate) target: &'a TargetArgs,
    /// Which evidence.
    pub(crate) evidence: &'a EvidenceArgs,
    /// What the operator says of mounts.
    pub(crate) mounts: Arc<OperatorMounts>,
    /// The sections to collect.
    pub(crate) sections: BTreeSet<SectionName>,
    /// When the run began.
    pub(crate) taken_at: DateTime<Utc>,
    /// Whether progress may be drawn.
    pub(crate) progress: bool,
    /// Whether nothing but errors may be said on standard error.
    pub(crate) quiet: bool,
}

/// Collects from AWS and hands over each target.
#[cfg(feature = "aws")]
pub(crate) fn targets(live: Live<'_>, each: &mut dyn FnMut(Target) -> anyhow::Result<()>) -> anyhow::Result<()> {
    use crate::app::Hint;
    use crate::collect::{EvidenceOptions, ProbeOptions, Regions, Request};
    use crate::progress::Line;

    let args = live.target;
    let sources = &live.evidence.sources;
    said::may_ask(live.evidence)?;
    let drawn = live.progress.then(Line::start).flatten().map(Arc::new);
    let (yes, shown) = (live.evidence.yes, drawn.clone());
    let probe = sources.probe_mounts.then(|| ProbeOptions {
        document: sources.probe_document.clone(),
        agree: Arc::new(move |account, region, hosts| {
            yes || said::aside(shown.as_deref(), || said::agreed(account, region, hosts))
        }),
    });
    let mounts = live.mounts;
    let scope = move |target: &mut Target| {
        mounts.put_into(target);
        crate::rules::efs::evidence_scope(target)
    };
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
        evidence: EvidenceOptions { history_days: live.evidence.history, scope: Arc::new(scope), probe },
        concurrency: usize::from(args.concurrency),
        limits: limits(args),
    };
    let listener = Arc::new(said::Aloud { quiet: live.quiet, line: drawn.clone() });
    // An error of our own sink keeps its own words: it is kept here and not sent through the collector.
    let mut failed = None;
    let collected = crate::collect::collect_with(&request, live.taken_at, listener, &mut |target| {
        each(target).map_err(|error| {
            let text = error.to_string();
            failed = Some(error);
            text.into()
        })
    });
    if let Some(line) = drawn {
        line.finish();
    }
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

/// Timeouts and attempts as they were typed.
#[cfg(feature = "aws")]
pub(crate) fn limits(args: &TargetArgs) -> crate::collect::Limits {
    crate::collect::Limits {
        connect: args.connect_timeout.0,
        read: args.attempt_timeout.0,
        attempt: args.attempt_timeout.0,
        operation: args.operation_timeout.0,
        max_attempts: args.max_attempts,
    }
}

/// This build cannot ask AWS.
#[cfg(not(feature = "aws"))]
#[expect(clippy::needless_pass_by_value, reason = "the build that asks AWS takes it apart")]
pub(crate) fn targets(live: Live<'_>, _each: &mut dyn FnMut(Target) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let Live { target: _, evidence: _, mounts: _, sections: _, taken_at: _, progress: _, quiet: _ } = &live;
    anyhow::bail!(
        "this build cannot ask AWS (it was built without the feature `aws`): judge a snapshot with --snapshot FILE"
    )
}

/// What is said and asked on the terminal while a run goes on.
#[cfg(feature = "aws")]
mod said {
    use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
    use std::sync::{Arc, Mutex, PoisonError};

    use rust_decimal::Decimal;

    use crate::app::Hint;
    use crate::cli::EvidenceArgs;
    use crate::collect::{Progress, price_of_costs, price_of_metrics};
    use crate::progress::Line;

    /// One question at a time.
    static ASKING: Mutex<()> = Mutex::new(());

    /// Refuses a probe that nobody could be asked about.
    pub(super) fn may_ask(args: &EvidenceArgs) -> anyhow::Result<()> {
        let terminal = || io::stdin().is_terminal() && io::stderr().is_terminal();
        if args.sources.probe_mounts && !args.yes && !terminal() {
            return Err(anyhow::anyhow!("--probe-mounts has to be confirmed, and there is no terminal to ask on")
                .context(Hint("add --yes to run the probe without asking".to_owned())));
        }
        Ok(())
    }

    /// Shows the instances and asks; anything but yes is no.
    pub(super) fn agreed(account: &str, region: &str, hosts: &[String]) -> bool {
        let _asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = io::stderr().lock();
        let said = writeln!(out, "{account}/{region}: the mount probe would run on {} instances:", hosts.len())
            .and_then(|()| hosts.iter().try_for_each(|host| writeln!(out, "  {}", crate::render::plain(host))))
            .and_then(|()| write!(out, "Run it on them? [y/N] "))
            .and_then(|()| out.flush());
        let mut answer = String::new();
        let heard = said.and_then(|()| io::stdin().lock().read_line(&mut answer));
        heard.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }

    /// Does something on standard error while the line of progress is away.
    pub(super) fn aside<T>(line: Option<&Line>, say: impl FnOnce() -> T) -> T {
        match line {
            Some(line) => line.aside(say),
            None => say(),
        }
    }

    /// Draws progress, if there is a line, and says what a run is going to cost before it does.
    pub(super) struct Aloud {
        /// Says nothing.
        pub(super) quiet: bool,
        /// The line of progress.
        pub(super) line: Option<Arc<Line>>,
    }

    impl Progress for Aloud {
        fn planned(&self, targets: usize) {
            if let Some(line) = &self.line {
                Progress::planned(line.as_ref(), targets);
            }
        }

        fn request_sent(&self, action: &'static str) {
            if let Some(line) = &self.line {
                Progress::request_sent(line.as_ref(), action);
            }
        }

        fn throttled(&self, action: &'static str) {
            if let Some(line) = &self.line {
                Progress::throttled(line.as_ref(), action);
            }
        }

        fn target_done(&self, account: &str, region: &str) {
            if let Some(line) = &self.line {
                Progress::target_done(line.as_ref(), account, region);
            }
        }

        fn costs_requested(&self, account: &str, region: &str, at_most: usize) {
            self.say(&format!(
                "{account}/{region}: asking Cost Explorer what was paid, which it bills with {} for each request: most \
                 often one, at most {at_most}",
                price_of_costs(1).display()
            ));
        }

        fn metrics_requested(&self, account: &str, region: &str, metrics: u64) {
            let price = price_of_metrics(metrics);
            // Amounts below a dollar are shown as they are: "$0.00" would be a lie.
            let shown = if price.0 < Decimal::ONE { format!("${}", price.0.normalize()) } else { price.display() };
            self.say(&format!(
                "{account}/{region}: asking CloudWatch for {metrics} metrics, which it bills with about {shown} \
                 (--no-metrics leaves them out)"
            ));
        }
    }

    impl Aloud {
        /// One line on standard error.
        fn say(&self, text: &str) {
            if self.quiet {
                return;
            }
            // Where standard error is closed there is nobody to tell.
            aside(self.line.as_deref(), || {
                let _ = writeln!(io::stderr().lock(), "{}", crate::render::plain(text));
            });
        }
    }
}
