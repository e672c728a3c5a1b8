//! The settings of `scan`, and of `what-if`, which is a scan of a changed world.

use std::path::PathBuf;

use super::config::Config;
use super::error::SettingsError;
use super::judgement::{Judgement, fail_on};
use super::output::{ReportSettings, Verbosity};
use super::paths::{one_standard_input, refuse_overlapping_paths};
use super::prices::PriceSettings;
use super::repeated::Options;
use super::rules::RuleChoice;
use super::source::{Live, MountFiles, Source};
use crate::cli::{GlobalArgs, ScanArgs};
use crate::io::is_standard;
use crate::report::FailOn;

/// What a scan does.
#[derive(Debug)]
pub(crate) struct ScanSettings {
    /// Where targets come from.
    pub(crate) source: Source,
    /// The plan that the snapshots are held against.
    pub(crate) expect: Option<PathBuf>,
    /// Where what was collected is kept.
    pub(crate) save_snapshot: Option<PathBuf>,
    /// What a printed command repeats beside the source; `None` where standard input was read, which is gone.
    pub(crate) repeated: Option<Vec<String>>,
    /// What the operator says of mounts.
    pub(crate) mounts: MountFiles,
    pub(crate) prices: PriceSettings,
    /// How targets are judged.
    pub(crate) judgement: Judgement,
    /// The report whose findings are known.
    pub(crate) baseline: Option<PathBuf>,
    /// Where the report goes.
    pub(crate) report: ReportSettings,
    /// When the run fails.
    pub(crate) fail_on: FailOn,
    /// How much is said meanwhile.
    pub(crate) verbosity: Verbosity,
}

impl ScanSettings {
    /// Reads the configuration and resolves.
    ///
    /// # Errors
    /// When the configuration cannot be used, no rule is left, or an output has no format or would replace something.
    pub(crate) fn of(args: &ScanArgs, global: &GlobalArgs) -> anyhow::Result<Self> {
        Self::resolved(args, global, &Config::load(&args.config, global.quiet)?)
    }

    pub(super) fn resolved(args: &ScanArgs, global: &GlobalArgs, config: &Config) -> anyhow::Result<Self> {
        let rules = RuleChoice::of(&args.rules, config, true)?;
        let report = ReportSettings::of(&args.report, global, config)?;
        let source = Source::of(&args.snapshot, || {
            let sections = rules.sections(&args.evidence.sources, args.save_snapshot.is_some());
            Live::of(&args.target, &args.evidence, sections, config)
        });
        if args.save_snapshot.as_deref().is_some_and(is_standard) {
            let (option, what) = ("save-snapshot", "the report");
            return Err(SettingsError::StandardOutput { option, what }.into());
        }
        let options = Options {
            config: &args.config,
            rules: &args.rules,
            evidence: &args.evidence,
            prices: &args.prices,
            read_fraction: args.read_fraction,
        };
        let is_asked_again = args.snapshot.is_empty() && args.save_snapshot.is_none();
        let settings = Self {
            repeated: Some(options.repeated(is_asked_again)),
            prices: PriceSettings::of_run(&args.prices, &args.target, &source, &args.config, config),
            source,
            expect: args.expect.clone(),
            save_snapshot: args.save_snapshot.clone(),
            mounts: MountFiles::of(&args.evidence)?,
            judgement: Judgement::of(rules, args.read_fraction, config),
            baseline: args.baseline.clone(),
            report,
            fail_on: fail_on(&args.judgement, config),
            verbosity: Verbosity::of(global),
        };
        let written = settings.report.files.iter().map(|(path, _)| path).chain(&settings.save_snapshot);
        let plan = settings.expect.iter().map(|path| ("the plan", path.as_path()));
        let read = settings.source.inputs().chain(plan).chain(settings.prices.input());
        let read: Vec<_> = read.chain(Config::input(&args.config)).chain(settings.mounts.inputs()).collect();
        let baseline = settings.baseline.iter().map(|path| ("the baseline", path.as_path()));
        one_standard_input(read.iter().copied().chain(baseline))?;
        let is_gone = read.iter().any(|(_, path)| is_standard(path));
        refuse_overlapping_paths(written.map(PathBuf::as_path), read)?;
        Ok(Self { repeated: settings.repeated.filter(|_| !is_gone), ..settings })
    }
}
