//! Where targets come from: AWS, and as whom and how hard it is asked, or snapshots; and the files beside either.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::config::Config;
use super::error::SettingsError;
use super::paths::Input;
use super::shard::Shard;
use crate::cli::{AccountArgs, EvidenceArgs, TargetArgs};
use crate::model::SectionName;
use crate::text::is_instance;

/// Where targets come from.
#[derive(Debug)]
pub(crate) enum Source {
    Aws(Box<Live>),
    /// Files, directories and patterns, sorted: the order in which they are named decides nothing.
    Snapshots(Vec<PathBuf>),
}

impl Source {
    /// The snapshots, or AWS where there is none.
    pub(super) fn of(snapshots: &[PathBuf], live: impl FnOnce() -> Live) -> Self {
        if snapshots.is_empty() {
            return Self::Aws(Box::new(live()));
        }
        let sorted: BTreeSet<&PathBuf> = snapshots.iter().collect();
        Self::Snapshots(sorted.into_iter().cloned().collect())
    }

    pub(super) fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        let (snapshots, accounts) = match self {
            Self::Snapshots(paths) => (paths.as_slice(), None),
            Self::Aws(live) => (&[][..], Some(&live.identities.accounts)),
        };
        let snapshots = snapshots.iter().map(|path| ("the snapshot", path.as_path()));
        snapshots.chain(accounts.into_iter().flat_map(Accounts::inputs))
    }
}

/// What a live run asks, of whom and as whom.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "the offline build asks nobody"))]
pub(crate) struct Live {
    pub(crate) identities: Identities,
    /// Calls under way at once.
    pub(crate) concurrency: usize,
    pub(crate) limits: Limits,
    /// The sections to collect.
    pub(crate) sections: BTreeSet<SectionName>,
    /// Days of metrics and of the association's runs.
    pub(crate) history_days: u16,
    /// How the mount probe runs; `None`: it does not.
    pub(crate) probe: Option<Probe>,
}

impl Live {
    /// As typed, else as the file says.
    pub(super) fn of(
        args: &TargetArgs,
        evidence: &EvidenceArgs,
        sections: BTreeSet<SectionName>,
        config: &Config,
    ) -> Self {
        let sources = &evidence.sources;
        let probe = || Probe { document: sources.probe_document.clone(), agreed: evidence.yes };
        Self {
            identities: Identities::of(args, config),
            concurrency: usize::from(args.concurrency),
            limits: Limits::of(args),
            sections,
            history_days: evidence.history,
            probe: sources.probe_mounts.then(probe),
        }
    }
}

/// As whom AWS is asked, and where.
#[derive(Debug, Clone, Default)]
#[cfg_attr(not(any(feature = "aws", test)), expect(dead_code, reason = "the offline build asks nobody"))]
pub(crate) struct Identities {
    /// The regions; empty, unless `all_regions`: that of the environment or the profile.
    pub(crate) regions: Vec<String>,
    /// Every region that is enabled in each account.
    pub(crate) all_regions: bool,
    /// Profiles; empty: the SDK's default chain.
    pub(crate) profiles: Vec<String>,
    /// Roles to assume; their accounts are the targets.
    pub(crate) role_arns: Vec<String>,
    /// The external id for all roles.
    pub(crate) external_id: Option<String>,
    /// Where accounts come from that are too many to be typed.
    pub(crate) accounts: Accounts,
}

/// Accounts that are too many to be typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    pub(crate) list: AccountList,
    /// The role to enter each by, where the list does not say.
    pub(crate) role_name: Option<String>,
    /// Those that are left out.
    pub(crate) excluded: Vec<String>,
    /// The share of them that this run has; `None`: all.
    pub(crate) shard: Option<Shard>,
}

/// Where a list of accounts comes from.
#[derive(Debug, Clone, Default)]
pub(crate) enum AccountList {
    /// There is none.
    #[default]
    None,
    File(PathBuf),
    /// The organization, or these units of it.
    Organization(Vec<String>),
    /// A plan, with external ids from a file of accounts.
    Plan(PathBuf, Option<PathBuf>),
}

impl Accounts {
    fn of(args: &AccountArgs) -> Self {
        let list = match &args.accounts_file {
            Some(path) => AccountList::File(path.clone()),
            None if args.organization => AccountList::Organization(args.ou.clone()),
            None => AccountList::None,
        };
        Self { list, role_name: args.role_name.clone(), excluded: args.exclude_account.clone(), shard: None }
    }

    /// Whether there is a list.
    pub(crate) fn is_list(&self) -> bool {
        !matches!(self.list, AccountList::None)
    }

    /// The files that the run reads for it.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        let (plan, file) = match &self.list {
            AccountList::None | AccountList::Organization(_) => (None, None),
            AccountList::File(path) => (None, Some(path)),
            AccountList::Plan(plan, file) => (Some(plan), file.as_ref()),
        };
        let plan = plan.map(|path| ("the plan", path.as_path()));
        plan.into_iter().chain(file.map(|path| ("the accounts file", path.as_path())))
    }
}

impl Identities {
    /// As typed, else as the file says.
    pub(super) fn of(args: &TargetArgs, config: &Config) -> Self {
        let typed_or = |typed: &[String], in_file: &[String]| {
            if typed.is_empty() { in_file.to_vec() } else { typed.to_vec() }
        };
        let in_file = &config.targets;
        // The two say the same thing in two ways: either one typed replaces both.
        let has_list = args.accounts.organization || args.accounts.accounts_file.is_some();
        let where_typed = args.all_regions || !args.region.is_empty();
        Self {
            regions: if where_typed { args.region.clone() } else { in_file.regions.clone() },
            all_regions: if where_typed { args.all_regions } else { in_file.all_regions },
            profiles: typed_or(&args.profile, &in_file.profiles),
            // A list that was typed stands in the place of the file's roles.
            role_arns: if has_list { Vec::new() } else { typed_or(&args.role_arn, &in_file.role_arns) },
            external_id: args.external_id.clone().or_else(|| in_file.external_id.clone()),
            accounts: Accounts::of(&args.accounts),
        }
    }
}

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "the offline build asks nobody"))]
pub(crate) struct Limits {
    /// Until a connection stands.
    pub(crate) connect: Duration,
    pub(crate) attempt: Duration,
    /// All attempts with the waits between them.
    pub(crate) operation: Duration,
    /// Attempts; `None`: `AWS_MAX_ATTEMPTS` or the profile, else the default.
    pub(crate) max_attempts: Option<u32>,
}

impl Limits {
    pub(super) fn of(args: &TargetArgs) -> Self {
        Self {
            connect: args.connect_timeout.0,
            attempt: args.attempt_timeout.0,
            operation: args.operation_timeout.0,
            max_attempts: args.max_attempts,
        }
    }
}

/// How the mount probe runs.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "the offline build asks nobody"))]
pub(crate) struct Probe {
    /// As this document instead of AWS's own for scripts.
    pub(crate) document: Option<String>,
    /// Whether the operator has agreed already, so that nobody is asked.
    pub(crate) agreed: bool,
}

/// The files that say what the operator knows of mounts.
#[derive(Debug)]
pub(crate) struct MountFiles {
    pub(crate) map: Option<PathBuf>,
    /// Mount tables, each with its instance.
    pub(crate) tables: Vec<(String, PathBuf)>,
}

impl MountFiles {
    /// # Errors
    /// When a table is said to be of what is no instance.
    pub(super) fn of(args: &EvidenceArgs) -> Result<Self, SettingsError> {
        if let Some((other, path)) = args.mount_table.iter().find(|(instance, _)| !is_instance(instance)) {
            return Err(SettingsError::NoInstance(format!("{other}={}", path.display())));
        }
        Ok(Self { map: args.mount_map.clone(), tables: args.mount_table.clone() })
    }

    pub(super) fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        let map = self.map.iter().map(|path| ("the mount map", path.as_path()));
        map.chain(self.tables.iter().map(|(_, path)| ("a mount table", path.as_path())))
    }
}
