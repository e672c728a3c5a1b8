//! The settings of `terraform`.

use std::path::PathBuf;

use super::config::Config;
use super::judgement::fail_on;
use super::output::ReportSettings;
use super::paths::{one_standard_input, refuse_overlapping_paths};
use super::rules::RuleChoice;
use crate::cli::{GlobalArgs, TerraformArgs};
use crate::report::{FailOn, Suppression};
use crate::rules::Rule;

/// What `terraform` judges, and by what.
#[derive(Debug)]
pub(crate) struct TerraformSettings {
    /// Plans, states and directories.
    pub(crate) paths: Vec<PathBuf>,
    /// Snapshots of what is live.
    pub(crate) snapshots: Vec<PathBuf>,
    /// Whether all inputs are of one account and region where they do not say otherwise.
    pub(crate) one_account: bool,
    /// Files with values of variables, the last one wins.
    pub(crate) var_files: Vec<PathBuf>,
    pub(crate) rules: Vec<&'static Rule>,
    /// What not to be told about.
    pub(crate) suppressions: Vec<Suppression>,
    /// The report whose findings are known.
    pub(crate) baseline: Option<PathBuf>,
    /// Where the report goes.
    pub(crate) report: ReportSettings,
    /// When the run fails.
    pub(crate) fail_on: FailOn,
}

impl TerraformSettings {
    /// Reads the configuration and resolves.
    ///
    /// # Errors
    /// When the configuration cannot be used, no rule is left, or an output has no format or would replace something.
    pub(crate) fn of(args: &TerraformArgs, global: &GlobalArgs) -> anyhow::Result<Self> {
        let config = Config::load(&args.config, global.quiet)?;
        let rules = RuleChoice::of(&args.rules, &config, false)?.selected;
        let report = ReportSettings::of(&args.report, global, &config)?;
        let inputs = args.path.iter().map(|path| ("a Terraform input", path.as_path()));
        let snapshots = args.snapshot.iter().map(|path| ("the snapshot", path.as_path()));
        let variables = args.var_file.iter().map(|path| ("a variable file", path.as_path()));
        let read: Vec<_> = inputs.chain(snapshots).chain(variables).chain(Config::input(&args.config)).collect();
        let baseline = args.baseline.iter().map(|path| ("the baseline", path.as_path()));
        one_standard_input(read.iter().copied().chain(baseline))?;
        refuse_overlapping_paths(report.files.iter().map(|(path, _)| path.as_path()), read)?;
        Ok(Self {
            paths: args.path.clone(),
            snapshots: args.snapshot.clone(),
            one_account: args.one_account,
            var_files: args.var_file.clone(),
            rules,
            suppressions: config.suppressions(),
            baseline: args.baseline.clone(),
            report,
            fail_on: fail_on(&args.judgement, &config),
        })
    }
}
