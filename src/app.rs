//! The pipeline, readable aloud: settings, then targets (collected or loaded), then judgement, report, output, status.

mod print;

pub(crate) use print::{open, print, print_bytes, quiet_if_closed, style, write_report};

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::cli::{Cli, CollectArgs, Command, EvidenceArgs, GlobalArgs, PricesFrom, ScanArgs};
use crate::commands::what_if::Worlds;
use crate::commands::{self, prices, what_if};
use crate::config::Config;
use crate::live::{self, Live};
use crate::live_prices;
use crate::model::Target;
use crate::operator_mounts::OperatorMounts;
use crate::output::WholeFile;
use crate::price::PriceTable;
use crate::render;
use crate::report::{Report, ReportBuilder, Status, Suppression, TargetId};
use crate::report_file::{self, ReportFile};
use crate::rules::{Rule, RuleSettings, evaluate, live_rules};
use crate::settings;
use crate::snapshot_file;
use crate::what_if::Changes;

/// Does what the command line says.
///
/// # Errors
/// When nothing could be evaluated or an output could not be written: status 2. The error's chain is for the operator.
pub fn run(cli: &Cli) -> anyhow::Result<Status> {
    match &cli.command {
        Command::Scan(args) => scan(args, None, &cli.global),
        Command::WhatIf(args) => scan(&args.scan, Some(what_if::changes(args, now())?), &cli.global),
        Command::Collect(args) => collect(args, &cli.global),
        Command::Explain(args) => commands::explain::run(args, &cli.global),
        Command::Terraform(args) => commands::terraform::run(args, &cli.global),
        Command::Prices(args) => {
            print(&prices::run(args, &live_prices::of_profile(args.profile.as_deref()), now())?)?;
            Ok(Status::Clean)
        }
        Command::IamPolicy(args) => commands::iam_policy::run(args),
        Command::Fix(args) => commands::fix::run(args, &cli.global),
        Command::Diff(args) => commands::diff::run(args, &cli.global),
        Command::ConfigExample => print(crate::config::SAMPLE.trim_end()).map(|()| Status::Clean),
        Command::Completions(args) => commands::completions::run(*args),
        Command::Man(args) => commands::man::run(args),
    }
}

/// Judges targets one by one and keeps only what the rules say of them.
struct Judge {
    prices: PriceTable,
    settings: RuleSettings,
    rules: Vec<&'static Rule>,
    suppressions: Vec<Suppression>,
    /// Today beside the changed world; `None` where nothing is changed.
    worlds: Option<Worlds>,
    builder: ReportBuilder,
    seen: BTreeSet<TargetId>,
}

impl Judge {
    fn new(
        source: &str,
        prices: PriceTable,
        settings: RuleSettings,
        rules: Vec<&'static Rule>,
        suppressions: Vec<Suppression>,
    ) -> Self {
        let builder = ReportBuilder::new(source, prices.provenance().clone());
        Self { prices, settings, rules, suppressions, worlds: None, builder, seen: BTreeSet::new() }
    }

    /// Judges one target; `false` if it was judged before.
    fn add(&mut self, target: &Target) -> bool {
        let id = TargetId { account: target.account.clone(), region: target.region.clone() };
        if !self.seen.insert(id.clone()) {
            return false;
        }
        let mut evaluation = evaluate(target, &self.prices, &self.settings, &self.rules);
        if let Some(worlds) = &mut self.worlds {
            let changed = worlds.change(target, evaluation, &self.prices);
            evaluation = evaluate(&changed, &self.prices, &self.settings, &self.rules);
        }
        self.builder.add(id, target.taken_at, render::words::say::evaluation(evaluation));
        self.builder.add_measured(target);
        true
    }

    /// The report of everything judged.
    fn report(mut self, baseline: Option<&ReportFile>) -> Report {
        let regions = self.seen.iter().map(|target| target.region.as_str());
        self.builder.prices(self.prices.provenance_in(regions));
        let mut report = self.builder.build();
        settle(&mut report, &self.suppressions, baseline);
        report.what_if = self.worlds.map(|worlds| worlds.compare(&mut report, &self.suppressions));
        report
    }
}

fn scan(args: &ScanArgs, changes: Option<Changes>, global: &GlobalArgs) -> anyhow::Result<Status> {
    let config = Config::load(&args.config)?;
    let prices_by = config.names_prices(&args.prices, &args.config);
    let mut args = args.clone();
    config.fill_scan(&mut args)?;
    let rules = settings::live_rules(&args.rules)?;
    let outputs = settings::outputs(&args.report)?;
    settings::apart(written(&args), read_by(&args))?;
    let prices = prices::configured(&args.prices, prices_by, &live_prices::of_run(&args.target), now())?;
    let outputs = open(&outputs)?;
    let baseline = args.baseline.as_deref().map(report_file::read).transpose()?;
    let rule_settings = settings::rule_settings(&args, &config);
    let mounts = Arc::new(operator_mounts(&args.evidence, global)?);
    let source = if args.snapshot.is_empty() { "aws" } else { "snapshot" };
    let mut judge = Judge::new(source, prices, rule_settings, rules, config.suppressions());
    judge.worlds = changes.map(|changes| Worlds::new(changes, judge.prices.provenance().clone()));
    if args.snapshot.is_empty() {
        let mut keep = match &args.save_snapshot {
            Some(path) => Some(WholeFile::create(path, "save-snapshot")?),
            None => None,
        };
        // A snapshot to keep serves every rule, also those that this run leaves out.
        let wanted = if keep.is_some() { &live_rules().collect() } else { &judge.rules };
        let sections = settings::sections(wanted, &args.rules, &args.evidence.sources);
        let taken_at = now();
        judge.builder.taken_at(taken_at);
        let mut writer = keep.take().map(|file| snapshot_file::Writer::begin(file, taken_at)).transpose()?;
        let live = Live {
            target: &args.target,
            evidence: &args.evidence,
            mounts: mounts.clone(),
            sections,
            taken_at,
            progress: shows_progress(global),
            quiet: global.quiet,
        };
        live::targets(live, &mut |target| {
            judge.add(&target);
            if let Some(writer) = &mut writer {
                writer.target(&target)?;
            }
            Ok(())
        })?;
        if let Some(writer) = writer {
            writer.end()?.finish()?;
        }
    } else {
        for path in &args.snapshot {
            load(path, &mounts, &mut judge)?;
        }
    }
    warn(&mounts.unknown(), global);
    judge.worlds.as_ref().map_or(Ok(()), Worlds::check)?;
    let report = judge.report(baseline.as_ref());
    write_report(&report, &args.report, outputs, global)?;
    Ok(settings::fail_on(&args.judgement).status(&report))
}

/// The files that a scan writes.
fn written(args: &ScanArgs) -> impl Iterator<Item = &Path> {
    args.report.output.iter().chain(&args.save_snapshot).map(PathBuf::as_path)
}

/// The files that a scan reads and must not replace.
fn read_by(args: &ScanArgs) -> impl Iterator<Item = settings::Input<'_>> {
    let snapshots = args.snapshot.iter().map(|path| ("the snapshot", path.as_path()));
    let prices = match &args.prices.prices {
        Some(PricesFrom::File(path)) => Some(("the price file", path.as_path())),
        _ => None,
    };
    let config = Config::path(&args.config).map(|path| ("the configuration", path));
    snapshots.chain(prices).chain(config).chain(settings::evidence_inputs(&args.evidence))
}

/// Marks what is suppressed and what is new, and says on standard error which suppressions have had their day.
pub(crate) fn settle(report: &mut Report, suppressions: &[Suppression], baseline: Option<&ReportFile>) {
    report.suppress(suppressions);
    if let Some(baseline) = baseline {
        report.compare(&baseline.report, &baseline.digest);
    }
    for idle in render::idle_suppressions(report).iter().filter(|idle| idle.to_mend) {
        tracing::warn!("{}", idle.sentence);
    }
}

/// Reads and judges one snapshot.
fn load(path: &Path, mounts: &OperatorMounts, judge: &mut Judge) -> anyhow::Result<()> {
    let header = snapshot_file::read::<anyhow::Error>(path, &mut |mut target| {
        mounts.put_into(&mut target);
        anyhow::ensure!(
            judge.add(&target),
            "the target {}/{} is in the snapshots twice, the second time in {}: leave one of them out",
            target.account,
            target.region,
            path.display()
        );
        Ok(())
    })?;
    judge.builder.taken_at(header.taken_at);
    Ok(())
}

fn collect(args: &CollectArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let config = Config::load(&args.config)?;
    let mut args = args.clone();
    config.fill_targets(&mut args.target);
    config.fill_rules(&mut args.rules, true)?;
    let rules = settings::live_rules(&args.rules)?;
    let read = Config::path(&args.config).map(|path| ("the configuration", path));
    settings::apart(args.output.as_deref(), read.into_iter().chain(settings::evidence_inputs(&args.evidence)))?;
    let mounts = Arc::new(operator_mounts(&args.evidence, global)?);
    let taken_at = now();
    let sections = settings::sections(&rules, &args.rules, &args.evidence.sources);
    let live = |progress| Live {
        target: &args.target,
        evidence: &args.evidence,
        mounts: mounts.clone(),
        sections: sections.clone(),
        taken_at,
        progress,
        quiet: global.quiet,
    };
    match &args.output {
        Some(path) => {
            let file = WholeFile::create(path, "output")?;
            let mut writer = snapshot_file::Writer::begin(file, taken_at)?;
            live::targets(live(shows_progress(global)), &mut |target| Ok(writer.target(&target)?))?;
            writer.end()?.finish()?;
        }
        None => quiet_if_closed(|| {
            let mut writer = snapshot_file::Writer::begin(io::BufWriter::new(io::stdout().lock()), taken_at)?;
            // A snapshot that runs over the terminal leaves no line to draw on.
            let progress = shows_progress(global) && !io::stdout().is_terminal();
            live::targets(live(progress), &mut |target| Ok(writer.target(&target)?))?;
            writer.end()?;
            Ok(())
        })?,
    }
    warn(&mounts.unknown(), global);
    Ok(Status::Clean)
}

/// Reads what the operator says of mounts, and tells what of it cannot be used.
pub(crate) fn operator_mounts(args: &EvidenceArgs, global: &GlobalArgs) -> anyhow::Result<OperatorMounts> {
    let (mounts, warnings) = OperatorMounts::read(args.mount_map.as_deref(), &args.mount_table)?;
    warn(&warnings, global);
    Ok(mounts)
}

/// Says something on standard error that does not end the run.
pub(crate) fn warn(warnings: &[String], global: &GlobalArgs) {
    if global.quiet {
        return;
    }
    for warning in warnings {
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "warning: {}", render::plain(warning));
    }
}

pub(crate) fn now() -> DateTime<Utc> {
    // Whole seconds: a snapshot's time is for people and for ages in days.
    chrono::SubsecRound::trunc_subsecs(Utc::now(), 0)
}

/// Whether a sweep may draw its progress: log lines would tear it apart, and `--quiet` wants none.
pub(crate) fn shows_progress(global: &GlobalArgs) -> bool {
    !global.quiet && global.verbose == 0
}

/// What to type next, carried in an error's chain.
#[derive(Debug)]
pub struct Hint(pub String);

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
