//! The settings of `targets`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::config::Config;
use super::error::SettingsError;
use super::output::Verbosity;
use super::paths::{one_standard_input, refuse_overlapping_paths};
use super::source::Live;
use crate::cli::{EvidenceArgs, GlobalArgs, PreselectChoice, TargetsArgs};
use crate::io::is_standard;

#[derive(Debug)]
pub(crate) struct TargetsSettings {
    /// Whom to enter, and where.
    pub(crate) live: Live,
    /// What skips targets.
    pub(crate) preselect: PreselectChoice,
    /// Whether what costs was agreed to beforehand.
    pub(crate) agreed: bool,
    /// The plan; `None`: standard output.
    pub(crate) output: Option<PathBuf>,
    /// How much is said meanwhile.
    pub(crate) verbosity: Verbosity,
}

impl TargetsSettings {
    /// Reads the configuration and resolves.
    ///
    /// # Errors
    /// When the configuration cannot be used, there is no region, or the plan would replace something.
    pub(crate) fn of(args: &TargetsArgs, global: &GlobalArgs) -> anyhow::Result<Self> {
        let config = Config::load(&args.config, global.quiet)?;
        let live = Live::of(&args.target, &EvidenceArgs::default(), BTreeSet::new(), &config);
        if live.identities.regions.is_empty() && !live.identities.all_regions {
            return Err(SettingsError::NoRegions.into());
        }
        let output = args.output.clone().filter(|path| !is_standard(path));
        let accounts = live.identities.accounts.clone();
        let read: Vec<_> = Config::input(&args.config).into_iter().chain(accounts.inputs()).collect();
        one_standard_input(read.iter().copied())?;
        refuse_overlapping_paths(output.as_deref(), read)?;
        Ok(Self { live, preselect: args.preselect.clone(), agreed: args.yes, output, verbosity: Verbosity::of(global) })
    }
}
