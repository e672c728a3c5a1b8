//! `fix`: prints the plan for one finding or all, and changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use rust_decimal::Decimal;

use crate::app::{now, operator_mounts, print, shows_progress, warn};
use crate::cli::{ConfigArgs, EvidenceArgs, GlobalArgs, PriceArgs, RuleArgs, TargetArgs, fraction};
use crate::commands::prices;
use crate::config::Config;
use crate::fix::{self, Plan};
use crate::live::{self, Live};
use crate::live_prices;
use crate::model::Target;
use crate::price::PriceTable;
use crate::report::{ReportBuilder, Status, Suppression, TargetId};
use crate::rules::efs::Facts;
use crate::rules::{Case, Rule, RuleSettings, Way, evaluate};
use crate::{report_file, settings, snapshot_file};

/// Examples for the help.
pub const EXAMPLES: &str = "\
Examples:
  inspector-audit fix --snapshot account.json > plan.sh && less plan.sh
  inspector-audit fix --region ap-northeast-1 --finding 3f9c2a --way keep-cold
  inspector-audit fix --snapshot account.json --report report.json

It changes nothing: it prints a script to read. `sh plan.sh` lists the plans, `sh plan.sh STEP NUMBER` runs one step.";

/// `fix`.
#[derive(Debug, Clone, Args)]
pub struct FixArgs {
    /// The configuration file: its suppressed findings get no plan unless they are asked for.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Plan from this snapshot instead of asking AWS; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Targets",
          conflicts_with_all = ["region", "all_regions", "profile", "role_arn", "external_id"])]
    pub snapshot: Vec<PathBuf>,
    /// Where to look.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Only this finding: its fingerprint as JSON reports have it, or the beginning of it
    #[arg(long, value_name = "FINGERPRINT", help_heading = "Plan")]
    pub finding: Option<String>,
    /// By this way out instead of the recommended one
    #[arg(long, value_name = "WAY", help_heading = "Plan")]
    pub way: Option<WayChoice>,
    /// Only the findings of this JSON report (`scan --format json`)
    #[arg(long, value_name = "FILE", help_heading = "Plan")]
    pub report: Option<PathBuf>,
    /// Which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which evidence.
    #[command(flatten)]
    pub evidence: EvidenceArgs,
    /// The share of the cold bytes that a scan is taken to read, 0 to 1 [default: 1]
    #[arg(long, value_name = "SHARE", value_parser = fraction, help_heading = "Rules")]
    pub read_fraction: Option<Decimal>,
    /// Which prices.
    #[command(flatten)]
    pub prices: PriceArgs,
}

/// `--way`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WayChoice {
    /// Metadata tags and the exclusion tag on the exposed instances.
    Exclude,
    /// Files no longer return to Standard when they are read.
    KeepCold,
    /// No lifecycle policy at all.
    StopTiering,
    /// Deep inspection off for the account.
    DeactivateDeepInspection,
    /// The plugin runs less often.
    SlowSchedule,
}

impl WayChoice {
    fn way(self) -> Way {
        match self {
            Self::Exclude => Way::ExcludeInstances,
            Self::KeepCold => Way::StopReturningToStandard,
            Self::StopTiering => Way::StopTiering,
            Self::DeactivateDeepInspection => Way::DeactivateDeepInspection,
            Self::SlowSchedule => Way::SlowSchedule,
        }
    }
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// No finding has that fingerprint.
    #[error("no finding has the fingerprint `{given}`{}; `inspector-audit scan --format json` shows them", .nearest.as_ref().map_or_else(String::new, |near| format!(": the nearest is {near}")))]
    Unknown {
        /// What was typed.
        given: String,
        /// The nearest one, with what it is about.
        nearest: Option<String>,
    },
    /// Several findings begin so.
    #[error("`{given}` is the beginning of several fingerprints: {}", .all.join("; "))]
    Ambiguous {
        /// What was typed.
        given: String,
        /// All of them, with what they are about.
        all: Vec<String>,
    },
    /// The finding has no ways out, or not this one.
    #[error("the finding {finding} has no way out `{way}`: leave --way out")]
    NoSuchWay {
        /// The finding.
        finding: String,
        /// What was asked for.
        way: &'static str,
    },
    /// A target twice.
    #[error("the target {account}/{region} is in the snapshots twice: leave one of them out")]
    Twice {
        /// Its account.
        account: String,
        /// Its region.
        region: String,
    },
}

/// Gathers plans target by target.
struct Planner<'a> {
    args: &'a FixArgs,
    prices: PriceTable,
    settings: RuleSettings,
    rules: Vec<&'static Rule>,
    suppressions: Vec<Suppression>,
    /// The fingerprints of the report, if one was given.
    only: Option<BTreeSet<String>>,
    /// Every fingerprint seen, with what it is about.
    seen: BTreeMap<String, String>,
    matching: BTreeSet<String>,
    plans: Vec<Plan>,
    targets: BTreeSet<(String, String)>,
}

impl Planner<'_> {
    fn add(&mut self, target: &Target) -> Result<(), FixError> {
        let (account, region) = (target.account.clone(), target.region.clone());
        if !self.targets.insert((account.clone(), region.clone())) {
            return Err(FixError::Twice { account, region });
        }
        let mut builder = ReportBuilder::new("fix", self.prices.provenance().clone());
        let evaluation = evaluate(target, &self.prices, &self.settings, &self.rules);
        builder.add(TargetId { account, region }, target.taken_at, crate::render::words::say::evaluation(evaluation));
        let mut report = builder.build();
        report.suppress(&self.suppressions);
        let facts = Facts::new(Case { target, prices: &self.prices, settings: &self.settings });
        let way = self.args.way.map(WayChoice::way);
        for finding in &report.findings {
            if self.only.as_ref().is_some_and(|only| !only.contains(&finding.fingerprint)) {
                continue;
            }
            let about = format!("{} on {}", finding.rule, finding.resource.id);
            self.seen.insert(finding.fingerprint.clone(), about);
            if let Some(given) = &self.args.finding {
                if !finding.fingerprint.starts_with(&given.to_ascii_lowercase()) {
                    continue;
                }
                self.matching.insert(finding.fingerprint.clone());
            } else if finding.suppressed.is_some() {
                continue;
            }
            match (fix::plan(&facts, finding, way), &self.args.finding, way) {
                (Some(mut plan), asked, way) => {
                    if asked.is_some() && way.is_none() {
                        plan.compare(finding);
                    }
                    self.plans.push(plan);
                }
                (None, Some(_), Some(way)) => {
                    let way = fix::way_name(way);
                    return Err(FixError::NoSuchWay { finding: finding.fingerprint.clone(), way });
                }
                (None, _, _) => {}
            }
        }
        Ok(())
    }

    fn described(&self, fingerprint: &str) -> String {
        format!("{fingerprint} ({})", self.seen.get(fingerprint).map_or("", String::as_str))
    }

    /// The one finding that was asked for has to be there, and only once.
    fn chosen(&self) -> Result<(), FixError> {
        let Some(given) = self.args.finding.clone() else { return Ok(()) };
        match self.matching.len() {
            1 => Ok(()),
            0 => {
                let likeness = |seen: &&String| {
                    strsim::normalized_damerau_levenshtein(&given, seen.get(..given.len()).unwrap_or(seen))
                };
                let nearest = self.seen.keys().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
                Err(FixError::Unknown { nearest: nearest.map(|near| self.described(near)), given })
            }
            _ => Err(FixError::Ambiguous { all: self.matching.iter().map(|one| self.described(one)).collect(), given }),
        }
    }
}

/// Prints the plans.
///
/// # Errors
/// When nothing could be collected or read, or the finding that was asked for is not there.
pub fn run(args: &FixArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let config = Config::load(&args.config)?;
    let prices_by = config.names_prices(&args.prices, &args.config);
    let mut args = args.clone();
    if args.snapshot.is_empty() {
        config.fill_targets(&mut args.target);
    }
    config.fill_rules(&mut args.rules, true)?;
    config.fill_prices(&mut args.prices);
    let args = &args;
    let rules = settings::live_rules(&args.rules)?;
    let rule_settings = config.rule_settings();
    let read_fraction = args.read_fraction.unwrap_or(rule_settings.read_fraction);
    let mut planner = Planner {
        args,
        prices: prices::configured(&args.prices, prices_by, &live_prices::of_run(&args.target), now())?,
        settings: RuleSettings { read_fraction, ..rule_settings },
        suppressions: config.suppressions(),
        only: args.report.as_deref().map(fingerprints).transpose()?,
        seen: BTreeMap::new(),
        matching: BTreeSet::new(),
        plans: Vec::new(),
        targets: BTreeSet::new(),
        rules,
    };
    let mounts = Arc::new(operator_mounts(&args.evidence, global)?);
    let mut taken_at: Option<DateTime<Utc>> = None;
    if args.snapshot.is_empty() {
        let begun = now();
        taken_at = Some(begun);
        let live = Live {
            target: &args.target,
            evidence: &args.evidence,
            mounts: mounts.clone(),
            sections: settings::sections(&planner.rules, &args.rules, &args.evidence.sources),
            taken_at: begun,
            progress: shows_progress(global),
            quiet: global.quiet,
        };
        live::targets(live, &mut |target| Ok(planner.add(&target)?))?;
    }
    for path in &args.snapshot {
        let header = snapshot_file::read::<anyhow::Error>(path, &mut |mut target| {
            mounts.put_into(&mut target);
            Ok(planner.add(&target)?)
        })?;
        // The oldest of several: what the plan may have missed began there.
        taken_at = Some(taken_at.map_or(header.taken_at, |earlier| earlier.min(header.taken_at)));
    }
    warn(&mounts.unknown(), global);
    planner.chosen()?;
    print(fix::script(&planner.plans, taken_at.unwrap_or_else(now)).trim_end())?;
    Ok(Status::Clean)
}

/// The fingerprints of a report's findings.
fn fingerprints(path: &Path) -> anyhow::Result<BTreeSet<String>> {
    let findings = report_file::read(path)?.report.findings;
    Ok(findings.into_iter().filter(|finding| finding.suppressed.is_none()).map(|one| one.fingerprint).collect())
}
