//! The settings of `iam-policy`.

use std::collections::BTreeSet;

use super::config::Config;
use super::error::SettingsError;
use super::rules::RuleChoice;
use crate::cli::{IamPolicyArgs, PricesFrom};
use crate::model::SectionName;
use crate::text::account_of_role;

/// What a policy is to allow.
#[derive(Debug, Default)]
pub(crate) struct PolicySettings {
    pub(crate) sections: BTreeSet<SectionName>,
    pub(crate) all_regions: bool,
    /// What `--prices live` needs.
    pub(crate) live_prices: bool,
    pub(crate) role_arns: Vec<String>,
    /// What `--organization` needs.
    pub(crate) organization: bool,
    /// What asking AWS Config's aggregator needs.
    pub(crate) config_aggregator: bool,
    /// Running the mount probe as this document instead of AWS's own for scripts.
    pub(crate) probe_document: Option<String>,
}

impl PolicySettings {
    /// Reads the configuration and resolves.
    ///
    /// # Errors
    /// When the configuration cannot be used, no rule is left, or a role is none.
    pub(crate) fn of(args: &IamPolicyArgs) -> anyhow::Result<Self> {
        let config = Config::load(&args.config, false)?;
        let roles = if args.role_arn.is_empty() { &config.targets.role_arns } else { &args.role_arn };
        if let Some(other) = roles.iter().find(|arn| account_of_role(arn).is_none()) {
            return Err(SettingsError::NoRole(other.clone()).into());
        }
        Ok(Self {
            sections: RuleChoice::of(&args.rules, &config, true)?.sections(&args.sources, false),
            all_regions: args.all_regions || config.targets.all_regions,
            live_prices: args.prices == Some(PricesFrom::Live),
            role_arns: roles.iter().cloned().chain(args.role_name.iter().map(|name| of_any_account(name))).collect(),
            organization: args.organization,
            config_aggregator: args.config_aggregator,
            probe_document: args.sources.probe_document.clone(),
        })
    }
}

/// The role of that name in any account. The partition is that of the caller, whoever it is.
fn of_any_account(name: &str) -> String {
    format!("arn:*:iam::*:role/{name}")
}
