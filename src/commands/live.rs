//! How a live run is driven: what it is handed, what is asked on the terminal before it, and what is said meanwhile.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::io::OperatorMounts;
#[cfg(feature = "aws")]
use crate::model::Member;
use crate::model::{PlannedTarget, Target};
use crate::settings::{Live, MountFiles, Verbosity};

/// Reads what the operator says of mounts, and warns of what of it cannot be used.
pub(super) fn mounts(files: &MountFiles, verbosity: Verbosity) -> anyhow::Result<Arc<OperatorMounts>> {
    OperatorMounts::read(files.map.as_deref(), &files.tables, verbosity.quiet).map(Arc::new)
}

/// Whether a target, by account and region, is to be collected.
pub(super) type Wanted = dyn Fn(&str, &str) -> bool + Send + Sync;

/// What a live run does with a target before it is collected.
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "the offline build collects nothing"))]
pub(super) struct Sweep {
    /// Whether a target, by account and region, is to be collected.
    pub(super) wanted: Arc<Wanted>,
    /// Whether targets are only found and not looked into.
    pub(super) only_find: bool,
}

impl Default for Sweep {
    /// All of them.
    fn default() -> Self {
        Self { wanted: Arc::new(|_, _| true), only_find: false }
    }
}

/// Collects from AWS and hands over each target, in no order. Gives back what a list of accounts says of them: what they are
/// called, and what is left out.
#[cfg(feature = "aws")]
pub(super) fn targets(
    live: Live,
    mounts: Arc<OperatorMounts>,
    taken_at: DateTime<Utc>,
    verbosity: Verbosity,
    sweep: Sweep,
    each: &mut dyn FnMut(Target) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<PlannedTarget>> {
    let listed = super::accounts::listed(&live.identities, &live.limits, verbosity)?;
    let (members, mut known) = match listed {
        None => (None, Vec::new()),
        Some(listed) => (Some(listed.members), listed.left_out),
    };
    known.extend(members.iter().flatten().map(|member| super::accounts::planned(member, "")));
    of_members(live, members, mounts, taken_at, verbosity, sweep, each)?;
    Ok(known)
}

/// The same of a list that is known.
#[cfg(feature = "aws")]
pub(super) fn of_members(
    live: Live,
    members: Option<Vec<Member>>,
    mounts: Arc<OperatorMounts>,
    taken_at: DateTime<Utc>,
    verbosity: Verbosity,
    sweep: Sweep,
    each: &mut dyn FnMut(Target) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    use super::collector::{limits_of_calls, regions, told};
    use super::progress::Line;
    use std::collections::BTreeSet;

    use crate::collect::{EvidenceOptions, ProbeOptions, Regions, Request, collect};

    let mut regions = regions(&live.identities);
    if regions == Regions::DefaultChain
        && let Some(members) = &members
        && members.iter().all(|member| !member.regions.is_empty())
    {
        // A plan names them.
        let all: BTreeSet<&String> = members.iter().flat_map(|member| &member.regions).collect();
        regions = Regions::Explicit(all.into_iter().cloned().collect());
    }
    let Live { identities, concurrency, limits, sections, history_days, probe } = live;
    said::may_ask(probe.as_ref())?;
    let drawn = verbosity.progress.then(|| Arc::new(Line::start()));
    let shown = drawn.clone();
    let probe = probe.map(|probe| ProbeOptions {
        document: probe.document,
        agree: Arc::new(move |account, region, hosts| {
            probe.agreed || said::suspend(shown.as_deref(), || said::agreed(account, region, hosts))
        }),
    });
    let scope = move |target: &mut Target| {
        mounts.put_into(target);
        crate::rules::evidence_scope(target)
    };
    let request = Request {
        regions,
        profiles: identities.profiles,
        role_arns: identities.role_arns,
        external_id: identities.external_id,
        members,
        wanted: sweep.wanted,
        only_find: sweep.only_find,
        sections,
        evidence: EvidenceOptions { history_days, scope: Arc::new(scope), probe },
        concurrency,
        limits: limits_of_calls(&limits),
    };
    let listener = Arc::new(said::Aloud { quiet: verbosity.quiet, line: drawn.clone() });
    // An error of our own sink keeps its own words: it is kept here and not sent through the collector.
    let mut failed = None;
    let collected = collect(&request, taken_at, listener, &mut |target| {
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
    collected.map_err(told)
}

/// This build cannot ask AWS.
#[cfg(not(feature = "aws"))]
pub(super) fn targets(
    _live: Live,
    _mounts: Arc<OperatorMounts>,
    _taken_at: DateTime<Utc>,
    _verbosity: Verbosity,
    _sweep: Sweep,
    _each: &mut dyn FnMut(Target) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<PlannedTarget>> {
    Err(no_aws())
}

/// This build cannot ask AWS.
#[cfg(not(feature = "aws"))]
pub(super) fn no_aws() -> anyhow::Error {
    crate::io::Hint::on(
        "this build cannot ask AWS (it was built without the feature `aws`)",
        "judge a snapshot: --snapshot FILE; or install the whole program: cargo install --path . --locked",
    )
}

/// What is said and asked on the terminal while a run goes on.
#[cfg(feature = "aws")]
mod said {
    use std::io::{self, Write as _};
    use std::sync::Arc;

    use rust_decimal::Decimal;

    use super::super::progress::{Line, Tally};
    use crate::collect::{Progress, price_of_costs, price_of_metrics};
    use crate::io::{Hint, can_ask};
    use crate::settings::Probe;
    use crate::text::clean;

    /// Refuses a probe that nobody could be asked about.
    pub(super) fn may_ask(probe: Option<&Probe>) -> anyhow::Result<()> {
        if probe.is_some_and(|probe| !probe.agreed) && !can_ask() {
            return Err(anyhow::anyhow!("--probe-mounts has to be confirmed, and there is no terminal to ask on")
                .context(Hint("add --yes to run the probe without asking".to_owned())));
        }
        Ok(())
    }

    /// Shows the instances and asks; anything but yes is no.
    pub(super) fn agreed(account: &str, region: &str, hosts: &[String]) -> bool {
        let mut lines = vec![format!("{account}/{region}: the mount probe would run on {} instances:", hosts.len())];
        lines.extend(hosts.iter().map(|host| format!("  {}", clean(host))));
        crate::io::agreed(&lines, "Run it on them?")
    }

    /// Does something on standard error while the line of progress is away.
    pub(super) fn suspend<T>(line: Option<&Line>, say: impl FnOnce() -> T) -> T {
        match line {
            Some(line) => line.suspend(say),
            None => say(),
        }
    }

    /// Draws progress, if there is a line, and says what a run is going to cost before it does.
    pub(super) struct Aloud {
        pub(super) quiet: bool,
        /// The line of progress.
        pub(super) line: Option<Arc<Line>>,
    }

    impl Progress for Aloud {
        fn planned(&self, accounts: usize) {
            self.count(|tally| tally.planned(accounts));
        }

        fn entered(&self, _account: &str, targets: usize) {
            self.count(|tally| tally.entered(targets));
        }

        fn request_sent(&self, action: &'static str) {
            self.count(|tally| tally.request_sent(action));
        }

        fn throttled(&self, account: &str, _action: &'static str) {
            self.count(|tally| tally.throttled(account));
        }

        fn target_done(&self, _account: &str, _region: &str, gaps: usize) {
            self.count(|tally| tally.target_done(gaps));
        }

        fn few_files(&self, concurrency: usize, files: u64) {
            self.say(&format!(
                "warning: at most {concurrency} calls are made at once, since this process may open only {files} files \
                 (raise the hard limit: ulimit -Hn)"
            ));
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
        fn count(&self, count: impl FnOnce(&mut Tally)) {
            if let Some(line) = &self.line {
                line.update(count);
            }
        }

        /// One line on standard error.
        fn say(&self, text: &str) {
            if self.quiet {
                return;
            }
            // Where standard error is closed there is nobody to tell.
            suspend(self.line.as_deref(), || {
                let _ = writeln!(io::stderr().lock(), "{}", clean(text));
            });
        }
    }
}
