//! Fills in what was not typed.

use super::Config;
use crate::cli::{JudgementArgs, PriceArgs, PricesFrom, ReportArgs, RuleArgs, ScanArgs, TargetArgs};
use crate::rules::rule;
use crate::settings::SettingsError;

impl Config {
    /// Fills the options of `scan`.
    ///
    /// # Errors
    /// As [`Self::fill_rules`].
    pub fn fill_scan(&self, args: &mut ScanArgs) -> Result<(), SettingsError> {
        if args.snapshot.is_empty() {
            self.fill_targets(&mut args.target);
        }
        self.fill_rules(&mut args.rules, true)?;
        self.fill_judgement(&mut args.judgement);
        self.fill_report(&mut args.report);
        args.read_fraction = args.read_fraction.or(self.read_fraction);
        self.fill_prices(&mut args.prices);
        Ok(())
    }

    /// Fills which prices figures are made with.
    pub fn fill_prices(&self, args: &mut PriceArgs) {
        if args.prices.is_none() {
            args.prices = self.prices.file.clone().map(PricesFrom::File);
        }
        args.discount = args.discount.or(self.prices.discount);
    }

    /// Fills where to look and as whom.
    pub fn fill_targets(&self, args: &mut TargetArgs) {
        let targets = &self.targets;
        // The two say the same thing in two ways: either one typed replaces both.
        if args.region.is_empty() && !args.all_regions {
            args.region.clone_from(&targets.regions);
            args.all_regions = targets.all_regions;
        }
        if args.profile.is_empty() {
            args.profile.clone_from(&targets.profiles);
        }
        if args.role_arn.is_empty() {
            args.role_arn.clone_from(&targets.role_arns);
        }
        if args.external_id.is_none() {
            args.external_id.clone_from(&targets.external_id);
        }
    }

    /// Fills which rules judge. One file serves `scan` and `terraform`, so only the rules of that kind are taken.
    ///
    /// # Errors
    /// When the file names rules and none of them is of that kind.
    pub fn fill_rules(&self, args: &mut RuleArgs, live: bool) -> Result<(), SettingsError> {
        let of_kind = |names: &[String]| -> Vec<String> {
            names.iter().filter(|name| rule(name).is_some_and(|rule| rule.is_live() == live)).cloned().collect()
        };
        if args.rule.is_empty() {
            args.rule = of_kind(&self.rules);
            if args.rule.is_empty() && !self.rules.is_empty() {
                return Err(SettingsError::NoRule);
            }
        }
        if args.skip_rule.is_empty() {
            args.skip_rule = of_kind(&self.skip_rules);
        }
        Ok(())
    }

    /// Fills what makes a run fail.
    pub fn fill_judgement(&self, args: &mut JudgementArgs) {
        args.fail_on = args.fail_on.or(self.fail_on);
        args.min_confidence = args.min_confidence.or(self.min_confidence);
        args.allow_gaps = args.allow_gaps.or(self.allow_gaps);
    }

    /// Fills where the report goes.
    pub fn fill_report(&self, args: &mut ReportArgs) {
        if args.output.is_empty() {
            args.output.clone_from(&self.outputs);
        }
    }
}
