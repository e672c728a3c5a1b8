//! `fix`: prints the plan for one finding or all, and changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::live;
use super::price_table::{asking, price_table};
use crate::cli::{FixArgs, GlobalArgs};
use crate::fix::{self, Plan};
use crate::io::{now, print, read_report, snapshot_file, warn};
use crate::model::Target;
use crate::price::PriceTable;
use crate::render::words::say;
use crate::report::{ReportBuilder, Status, TargetId};
use crate::rules::efs::Facts;
use crate::rules::{Case, Way, evaluate};
use crate::settings::{FixSettings, Judgement, Source};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
enum FixError {
    /// No finding has that fingerprint.
    #[error("no finding has the fingerprint `{given}`{}; `inspector-audit scan --format json` shows them", .nearest.as_ref().map_or_else(String::new, |near| format!(": the nearest is {near}")))]
    Unknown {
        given: String,
        /// The nearest one, with what it is about.
        nearest: Option<String>,
    },
    /// Several findings begin so.
    #[error("`{given}` is the beginning of several fingerprints: {}", .all.join("; "))]
    Ambiguous {
        given: String,
        /// All of them, with what they are about.
        all: Vec<String>,
    },
    /// The finding has no ways out, or not this one.
    #[error("the finding {finding} has no way out `{way}`: leave --way out")]
    NoSuchWay {
        finding: String,
        /// What was asked for.
        way: &'static str,
    },
    #[error("the target {account}/{region} is in the snapshots twice: leave one of them out")]
    Twice { account: String, region: String },
}

/// Gathers plans target by target.
struct Planner {
    finding: Option<String>,
    way: Option<Way>,
    prices: PriceTable,
    judgement: Judgement,
    /// The fingerprints of the report, if one was given.
    only: Option<BTreeSet<String>>,
    /// Every fingerprint seen, with what it is about.
    seen: BTreeMap<String, String>,
    matching: BTreeSet<String>,
    plans: Vec<Plan>,
    targets: BTreeSet<(String, String)>,
}

impl Planner {
    fn add(&mut self, target: &Target) -> Result<(), FixError> {
        let (account, region) = (target.account.clone(), target.region.clone());
        if !self.targets.insert((account.clone(), region.clone())) {
            return Err(FixError::Twice { account, region });
        }
        let mut builder = ReportBuilder::new("fix", self.prices.provenance().clone());
        let Judgement { rules, settings, suppressions } = &self.judgement;
        let evaluation = evaluate(target, &self.prices, settings, rules);
        builder.add(TargetId { account, region }, target.taken_at, say::evaluation(evaluation));
        let mut report = builder.build();
        report.suppress(suppressions);
        let facts = Facts::new(Case { target, prices: &self.prices, settings });
        for finding in &report.findings {
            if self.only.as_ref().is_some_and(|only| !only.contains(&finding.fingerprint)) {
                continue;
            }
            let about = format!("{} on {}", finding.rule, finding.resource.id);
            self.seen.insert(finding.fingerprint.clone(), about);
            if let Some(given) = &self.finding {
                if !finding.fingerprint.starts_with(&given.to_ascii_lowercase()) {
                    continue;
                }
                self.matching.insert(finding.fingerprint.clone());
            } else if finding.suppressed.is_some() {
                continue;
            }
            match (fix::plan(&facts, finding, self.way), &self.finding, self.way) {
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
        let Some(given) = self.finding.clone() else { return Ok(()) };
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
pub(super) fn run(args: &FixArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let settings = FixSettings::of(args, global)?;
    let mut planner = Planner {
        finding: settings.finding,
        way: settings.way,
        prices: price_table(&settings.prices, &asking(&settings.prices.asker), now())?,
        judgement: settings.judgement,
        only: settings.report.as_deref().map(fingerprints).transpose()?,
        seen: BTreeMap::new(),
        matching: BTreeSet::new(),
        plans: Vec::new(),
        targets: BTreeSet::new(),
    };
    let mounts = live::mounts(&settings.mounts, settings.verbosity)?;
    let mut taken_at: Option<DateTime<Utc>> = None;
    match settings.source {
        Source::Aws(live) => {
            let begun = now();
            taken_at = Some(begun);
            live::targets(*live, mounts.clone(), begun, settings.verbosity, &mut |target| Ok(planner.add(&target)?))?;
        }
        Source::Snapshots(paths) => {
            for path in &paths {
                let header = snapshot_file::read::<anyhow::Error>(path, &mut |mut target| {
                    mounts.put_into(&mut target);
                    Ok(planner.add(&target)?)
                })?;
                // The oldest of several: what the plan may have missed began there.
                taken_at = Some(taken_at.map_or(header.taken_at, |earlier| earlier.min(header.taken_at)));
            }
        }
    }
    warn(&mounts.unknown(), settings.verbosity.quiet);
    planner.chosen()?;
    print(fix::script(&planner.plans, taken_at.unwrap_or_else(now)).trim_end())?;
    Ok(Status::Clean)
}

/// The fingerprints of a report's findings.
fn fingerprints(path: &Path) -> anyhow::Result<BTreeSet<String>> {
    let findings = read_report(path)?.report.findings;
    Ok(findings.into_iter().filter(|finding| finding.suppressed.is_none()).map(|one| one.fingerprint).collect())
}
