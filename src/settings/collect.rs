//! The settings of `collect`.

use std::path::PathBuf;
use std::time::Duration;

use super::config::Config;
use super::error::SettingsError;
use super::output::Verbosity;
use super::paths::{one_standard_input, refuse_overlapping_paths};
use super::rules::RuleChoice;
use super::shard::Shard;
use super::source::{AccountList, Live, MountFiles};
use crate::cli::{CollectArgs, GlobalArgs};
use crate::io::is_standard;

#[derive(Debug)]
pub(crate) struct CollectSettings {
    pub(crate) live: Live,
    /// What the operator says of mounts.
    pub(crate) mounts: MountFiles,
    pub(crate) output: CollectOutput,
    /// How much is said meanwhile.
    pub(crate) verbosity: Verbosity,
}

/// Where what is collected goes.
#[derive(Debug)]
pub(crate) enum CollectOutput {
    Standard,
    /// A snapshot.
    File(PathBuf),
    /// A snapshot for each target.
    Directory {
        path: PathBuf,
        /// What is older is collected again.
        max_age: Duration,
        /// Whether what may have gone away by itself is collected again.
        retry_gaps: bool,
    },
}

impl CollectSettings {
    /// Reads the configuration and resolves.
    ///
    /// # Errors
    /// When the configuration cannot be used, no rule is left, or the snapshot would replace something.
    pub(crate) fn of(args: &CollectArgs, global: &GlobalArgs) -> anyhow::Result<Self> {
        let config = Config::load(&args.config, global.quiet)?;
        let sections = RuleChoice::of(&args.rules, &config, true)?.sections(&args.evidence.sources, false);
        let mounts = MountFiles::of(&args.evidence)?;
        let output = args.output.clone().filter(|path| !is_standard(path));
        let mut live = Live::of(&args.target, &args.evidence, sections, &config);
        let identities = &mut live.identities;
        if let Some(plan) = &args.targets {
            identities.accounts.list = AccountList::Plan(plan.clone(), args.target.accounts.accounts_file.clone());
            identities.role_arns.clear();
        }
        let shard = Shard::of(args.shard, args.shards, &|name| std::env::var(name).ok())?;
        if shard.is_some() {
            match &identities.accounts.list {
                AccountList::None => return Err(SettingsError::NothingToShare.into()),
                AccountList::Organization(_) => return Err(SettingsError::ShardedOrganization.into()),
                AccountList::File(_) | AccountList::Plan(..) => identities.accounts.shard = shard,
            }
        }
        let accounts = live.identities.accounts.clone();
        let read = Config::input(&args.config).into_iter().chain(mounts.inputs()).chain(accounts.inputs());
        let read: Vec<_> = read.collect();
        one_standard_input(read.iter().copied())?;
        refuse_overlapping_paths(output.as_deref(), read)?;
        Ok(Self {
            live,
            mounts,
            output: match (&args.into, output) {
                (Some(path), _) => CollectOutput::Directory {
                    path: path.clone(),
                    max_age: args.max_age.0,
                    retry_gaps: args.retry_gaps,
                },
                (None, Some(path)) => CollectOutput::File(path),
                (None, None) => CollectOutput::Standard,
            },
            verbosity: Verbosity::of(global),
        })
    }
}
