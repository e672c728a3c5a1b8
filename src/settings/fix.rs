//! The settings of `fix`.

use std::path::PathBuf;

use super::config::Config;
use super::judgement::Judgement;
use super::output::Verbosity;
use super::paths::one_standard_input;
use super::prices::PriceSettings;
use super::repeated::Options;
use super::rules::RuleChoice;
use super::source::{Live, MountFiles, Source};
use crate::cli::{FixArgs, GlobalArgs, WayChoice};
use crate::io::is_standard;
use crate::rules::Way;

/// What `fix` plans, and from what.
#[derive(Debug)]
pub(crate) struct FixSettings {
    /// Where targets come from.
    pub(crate) source: Source,
    /// What a printed command repeats beside the source; `None` where standard input was read, which is gone.
    pub(crate) repeated: Option<Vec<String>>,
    /// What the operator says of mounts.
    pub(crate) mounts: MountFiles,
    pub(crate) prices: PriceSettings,
    /// How targets are judged.
    pub(crate) judgement: Judgement,
    /// The beginning of the fingerprint of the one finding to plan for, as it was typed.
    pub(crate) finding: Option<String>,
    /// By this way out instead of the recommended one.
    pub(crate) way: Option<Way>,
    /// Only the findings of this report.
    pub(crate) report: Option<PathBuf>,
    /// How much is said meanwhile.
    pub(crate) verbosity: Verbosity,
}

impl FixSettings {
    /// Reads the configuration and resolves.
    ///
    /// # Errors
    /// When the configuration cannot be used or no rule is left.
    pub(crate) fn of(args: &FixArgs, global: &GlobalArgs) -> anyhow::Result<Self> {
        let config = Config::load(&args.config, global.quiet)?;
        let rules = RuleChoice::of(&args.rules, &config, true)?;
        let source = Source::of(&args.snapshot, || {
            let sections = rules.sections(&args.evidence.sources, false);
            Live::of(&args.target, &args.evidence, sections, &config)
        });
        let prices = PriceSettings::of_run(&args.prices, &args.target, &source, &args.config, &config);
        let mounts = MountFiles::of(&args.evidence)?;
        let report = args.report.iter().map(|path| ("the report", path.as_path()));
        let read = source.inputs().chain(prices.input()).chain(Config::input(&args.config));
        let read: Vec<_> = read.chain(mounts.inputs()).collect();
        one_standard_input(read.iter().copied().chain(report))?;
        let is_gone = read.iter().any(|(_, path)| is_standard(path));
        let options = Options {
            config: &args.config,
            rules: &args.rules,
            evidence: &args.evidence,
            prices: &args.prices,
            read_fraction: args.read_fraction,
        };
        Ok(Self {
            repeated: (!is_gone).then(|| options.repeated(args.snapshot.is_empty())),
            prices,
            source,
            mounts,
            judgement: Judgement::of(rules, args.read_fraction, &config),
            finding: args.finding.clone(),
            way: args.way.map(way),
            report: args.report.clone(),
            verbosity: Verbosity::of(global),
        })
    }
}

fn way(choice: WayChoice) -> Way {
    match choice {
        WayChoice::Exclude => Way::ExcludeInstances,
        WayChoice::KeepCold => Way::StopReturningToStandard,
        WayChoice::StopTiering => Way::StopTiering,
        WayChoice::DeactivateDeepInspection => Way::DeactivateDeepInspection,
        WayChoice::SlowSchedule => Way::SlowSchedule,
        WayChoice::StopVmScanner => Way::StopVmScanner,
    }
}
