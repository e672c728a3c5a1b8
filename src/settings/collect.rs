//! The settings of `collect`.

use std::path::PathBuf;

use super::config::Config;
use super::output::Verbosity;
use super::paths::{one_standard_input, refuse_overlapping_paths};
use super::rules::RuleChoice;
use super::source::{Live, MountFiles};
use crate::cli::{CollectArgs, GlobalArgs};
use crate::io::is_standard;

#[derive(Debug)]
pub(crate) struct CollectSettings {
    pub(crate) live: Live,
    /// What the operator says of mounts.
    pub(crate) mounts: MountFiles,
    /// The snapshot; `None`: standard output.
    pub(crate) output: Option<PathBuf>,
    /// How much is said meanwhile.
    pub(crate) verbosity: Verbosity,
}

impl CollectSettings {
    /// Reads the configuration and resolves.
    ///
    /// # Errors
    /// When the configuration cannot be used, no rule is left, or the snapshot would replace something.
    pub(crate) fn of(args: &CollectArgs, global: &GlobalArgs) -> anyhow::Result<Self> {
        let config = Config::load(&args.config, global.quiet)?;
        let sections = RuleChoice::of(&args.rules, &config, true)?.sections(&args.evidence.sources, false);
        let mounts = MountFiles::of(&args.evidence);
        let output = args.output.clone().filter(|path| !is_standard(path));
        let read: Vec<_> = Config::input(&args.config).into_iter().chain(mounts.inputs()).collect();
        one_standard_input(read.iter().copied())?;
        refuse_overlapping_paths(output.as_deref(), read)?;
        Ok(Self {
            live: Live::of(&args.target, &args.evidence, sections, &config),
            mounts,
            output,
            verbosity: Verbosity::of(global),
        })
    }
}
