//! The pipeline, readable aloud: settings, then targets (collected or loaded), then judgement, report, output, status.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::cli::{Cli, CollectArgs, ColorChoice, Command, GlobalArgs, ScanArgs, SwitchChoice, WhatIfArgs};
use crate::commands;
use crate::live::{self, Live};
use crate::model::Target;
use crate::output::WholeFile;
use crate::price::{PriceTable, Usd};
use crate::render::{self, Format, Style};
use crate::report::{Report, ReportBuilder, Status, TargetId};
use crate::rules::{Rule, RuleSettings, evaluate, live_rules};
use crate::settings;
use crate::snapshot_file;
use crate::what_if::{Changes, Switch};

/// Does what the command line says.
///
/// # Errors
/// When nothing could be evaluated or an output could not be written: status 2. The error's chain is for the operator.
pub fn run(cli: &Cli) -> anyhow::Result<Status> {
    match &cli.command {
        Command::Scan(args) => scan(args, &Changes::default(), &cli.global),
        Command::WhatIf(args) => what_if(args, &cli.global),
        Command::Collect(args) => collect(args, &cli.global),
        Command::Explain(args) => commands::explain::run(args),
        Command::Terraform(args) => commands::terraform::run(args, &cli.global),
        Command::IamPolicy(args) => commands::iam_policy::run(args),
    }
}

/// Judges targets one by one and keeps only what the rules say of them.
struct Judge {
    prices: PriceTable,
    settings: RuleSettings,
    rules: Vec<&'static Rule>,
    changes: Changes,
    /// What the world as it is costs a month, where something is changed.
    today: Usd,
    builder: ReportBuilder,
    seen: BTreeSet<TargetId>,
}

impl Judge {
    fn new(source: &str, settings: RuleSettings, rules: Vec<&'static Rule>, changes: Changes) -> Self {
        let prices = PriceTable::embedded();
        let builder = ReportBuilder::new(source, prices.provenance().clone());
        Self { prices, settings, rules, changes, today: Usd::ZERO, builder, seen: BTreeSet::new() }
    }

    /// Judges one target; `false` if it was judged before.
    fn add(&mut self, target: &Target) -> bool {
        let id = TargetId { account: target.account.clone(), region: target.region.clone() };
        if !self.seen.insert(id.clone()) {
            return false;
        }
        let mut evaluation = evaluate(target, &self.prices, &self.settings, &self.rules);
        if self.changes != Changes::default() {
            let mut today = ReportBuilder::new("today", self.prices.provenance().clone());
            today.add(id.clone(), target.taken_at, evaluation);
            self.today = self.today.plus(today.build().summary.monthly_usd.total);
            let mut changed = target.clone();
            self.changes.apply(&mut changed);
            evaluation = evaluate(&changed, &self.prices, &self.settings, &self.rules);
        }
        self.builder.add(id, target.taken_at, evaluation);
        true
    }
}

fn scan(args: &ScanArgs, changes: &Changes, global: &GlobalArgs) -> anyhow::Result<Status> {
    let rules = settings::live_rules(&args.rules)?;
    let outputs = open(&settings::outputs(&args.report)?)?;
    let rule_settings = settings::rule_settings(args);
    let source = if args.snapshot.is_empty() { "aws" } else { "snapshot" };
    let mut judge = Judge::new(source, rule_settings, rules, changes.clone());
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
        let live = Live { target: &args.target, evidence: &args.evidence, sections, taken_at, quiet: global.quiet };
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
            load(path, &mut judge)?;
        }
    }
    let today = judge.today;
    let report = judge.builder.build();
    write_report(&report, args.report.format, outputs, global)?;
    if *changes != Changes::default() && !global.quiet {
        let then = report.summary.monthly_usd.total;
        let difference = Usd(then.0 - today.0);
        let line = format!("today {} a month, then {}: {}", today.display(), then.display(), difference.display());
        // On standard error: standard output is the report of the changed world and nothing else.
        writeln!(io::stderr().lock(), "{line}")?;
    }
    Ok(settings::fail_on(&args.judgement).status(&report))
}

/// Judges a changed world.
fn what_if(args: &WhatIfArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let switch = |choice: Option<SwitchChoice>| {
        choice.map(|choice| match choice {
            SwitchChoice::On => Switch::On,
            SwitchChoice::Off => Switch::Off,
        })
    };
    let changes = Changes {
        inspector_ec2: switch(args.inspector_ec2),
        deep_inspection: switch(args.deep_inspection),
        scan_schedule: args.scan_schedule.clone(),
        transition_to_standard: switch(args.transition_to_standard),
        exclude: args.exclude.clone(),
    };
    if let Some(schedule) = &changes.scan_schedule {
        anyhow::ensure!(
            crate::rules::efs::is_readable_schedule(schedule, now()),
            "`{schedule}` is not a schedule: give rate(12 hours) or cron(0 2 * * ? *)"
        );
    }
    scan(&args.scan, &changes, global)
}

/// Reads and judges one snapshot.
fn load(path: &Path, judge: &mut Judge) -> anyhow::Result<()> {
    let header = snapshot_file::read::<anyhow::Error>(path, &mut |target| {
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
    let rules = settings::live_rules(&args.rules)?;
    let taken_at = now();
    let sections = settings::sections(&rules, &args.rules, &args.evidence.sources);
    let live = Live { target: &args.target, evidence: &args.evidence, sections, taken_at, quiet: global.quiet };
    match &args.output {
        Some(path) => {
            let file = WholeFile::create(path, "output")?;
            let mut writer = snapshot_file::Writer::begin(file, taken_at)?;
            live::targets(live, &mut |target| Ok(writer.target(&target)?))?;
            writer.end()?.finish()?;
        }
        None => quiet_if_closed(|| {
            let mut writer = snapshot_file::Writer::begin(io::BufWriter::new(io::stdout().lock()), taken_at)?;
            live::targets(live, &mut |target| Ok(writer.target(&target)?))?;
            writer.end()?;
            Ok(())
        })?,
    }
    Ok(Status::Clean)
}

pub(crate) fn now() -> DateTime<Utc> {
    // Whole seconds: a snapshot's time is for people and for ages in days.
    chrono::SubsecRound::trunc_subsecs(Utc::now(), 0)
}

/// What to type next, carried in an error's chain.
#[derive(Debug)]
pub struct Hint(pub String);

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    quiet_if_closed(|| {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()?;
        Ok(())
    })
}

/// Opens every output before the work begins, so that a bad path costs nothing.
pub(crate) fn open(outputs: &[(PathBuf, Format)]) -> anyhow::Result<Vec<(WholeFile, Format)>> {
    outputs.iter().map(|(path, format)| Ok((WholeFile::create(path, "output")?, *format))).collect()
}

/// Writes all files, then standard output.
pub(crate) fn write_report(
    report: &Report,
    format: Format,
    outputs: Vec<(WholeFile, Format)>,
    global: &GlobalArgs,
) -> anyhow::Result<()> {
    for (mut file, format) in outputs {
        let written = render::write(format, report, &Style::default(), &mut file);
        written.map_err(|error| file.error(error))?;
        file.finish()?;
    }
    let style = style(global);
    quiet_if_closed(|| {
        let mut out = io::BufWriter::new(io::stdout().lock());
        render::write(format, report, &style, &mut out)?;
        out.flush()?;
        Ok(())
    })
}

/// Width and colour of the terminal; neither when standard output is no terminal.
pub(crate) fn style(global: &GlobalArgs) -> Style {
    let terminal = io::stdout().is_terminal();
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let width = terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| usize::from(width.0));
    Style { width, color, ..Style::default() }
}

/// Runs `write`; a reader that went away (`| head`) is no failure.
pub(crate) fn quiet_if_closed(write: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    match write() {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        other => other,
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}
