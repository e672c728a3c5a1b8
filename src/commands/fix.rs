//! `fix`: prints the plan for one finding or all, and changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use super::live::{self, Sweep};
use super::price_table::{asking, price_table};
use super::run_context::run_context;
use super::snapshots;
use crate::cli::{FixArgs, GlobalArgs};
use crate::fix::{self, Plan, Subject};
use crate::io::{now, print, read_report, warn};
use crate::model::Target;
use crate::price::PriceTable;
use crate::render::words::script::left_open::{self, about, described};
use crate::render::words::script::{Script, Written, written};
use crate::render::words::{Ended, RunContext, say, sweep};
use crate::report::{ReportBuilder, Status, TargetId, Unjudged, v1};
use crate::rules::{Case, Courses, Finding, Way, evaluate};
use crate::settings::{FixSettings, Judgement, Source};

/// How alike what is named as the nearest is at least.
const NEAR: f64 = 0.6;
/// How many ids are named where none is near, and how many characters of each.
const KNOWN: usize = 3;
const SHORT: usize = 7;

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub(super) enum FixError {
    /// No finding has that fingerprint.
    #[error("no finding and no resource with a finding is `{given}`{}", .nearest.as_ref().map_or_else(String::new, |near| format!(": the nearest is {near}")))]
    Unknown {
        given: String,
        /// The nearest one, with what it is about.
        nearest: Option<String>,
        /// The first few that there are, each with what it is about.
        known: Vec<String>,
    },
    /// Several findings begin so.
    #[error("`{given}` is the beginning of several fingerprints: {}", .all.join("; "))]
    Ambiguous {
        given: String,
        /// All of them, with what they are about.
        all: Vec<String>,
    },
    /// The way cannot be taken.
    #[error("{finding}: the way out `{way}` cannot be taken: {why}")]
    CannotBeTaken {
        finding: String,
        /// What was asked for.
        way: &'static str,
        why: String,
    },
    /// The finding has no ways out, or not this one.
    #[error("the finding {finding} has no way out `{way}`")]
    NoSuchWay {
        finding: String,
        /// What was asked for.
        way: &'static str,
    },
}

impl FixError {
    /// What to type next.
    pub(super) fn help(&self) -> String {
        match self {
            Self::Unknown { known, .. } if known.is_empty() => "there is no finding here".to_owned(),
            Self::Unknown { known, .. } => {
                format!("`inspector-audit scan` prints the id of each; here are {}", known.join(", "))
            }
            Self::Ambiguous { .. } => "give a few more characters of the one that is meant".to_owned(),
            Self::CannotBeTaken { .. } | Self::NoSuchWay { .. } => {
                "leave --way out: the plan is then for the recommended way".to_owned()
            }
        }
    }
}

/// Gathers plans target by target.
struct Planner {
    finding: Option<String>,
    way: Option<Way>,
    prices: PriceTable,
    judgement: Judgement,
    run: RunContext,
    /// The findings of the report, if one was given: by fingerprint what each is about.
    only: Option<BTreeMap<String, String>>,
    /// Every fingerprint seen, with what it is about.
    seen: BTreeMap<String, String>,
    /// Those that begin as was asked.
    matching: BTreeSet<String>,
    /// Whether the resource that was asked for was met.
    resource_met: bool,
    /// Why the way that was asked for cannot be taken: by finding.
    obstacles: Vec<(String, String)>,
    script: Script,
    targets: BTreeSet<(String, String)>,
}

impl Planner {
    /// Plans for one target; `false` if it was planned for before.
    fn add(&mut self, target: &Target) -> bool {
        let (account, region) = (target.account.clone(), target.region.clone());
        if !self.targets.insert((account.clone(), region.clone())) {
            return false;
        }
        let mut builder = ReportBuilder::new("fix", self.prices.provenance().clone());
        let evaluation = evaluate(target, &self.prices, &self.judgement.settings, &self.judgement.rules);
        let findings: BTreeMap<String, Finding> =
            evaluation.findings.iter().map(|one| (one.fingerprint.clone(), one.clone())).collect();
        builder.add(TargetId { account, region }, target.taken_at, say::evaluation(evaluation, &self.run));
        let mut report = builder.build();
        report.suppress(&self.judgement.suppressions);
        let mut subjects = Vec::new();
        for said in &report.findings {
            self.seen.insert(said.fingerprint.clone(), about(said));
            let wanted = self.wants(said);
            let asked = said.ways_out.iter().find(|one| Some(one.way) == self.way && wanted);
            let obstacle = asked.filter(|way| !way.available).map(|way| (described(said), way.reason.clone()));
            self.obstacles.extend(obstacle);
            if let Some(finding) = findings.get(&said.fingerprint).filter(|_| wanted || said.suppressed.is_none()) {
                subjects.push(Subject { finding, said, wanted });
            }
        }
        let case = Case { target, prices: &self.prices, settings: &self.judgement.settings };
        let courses = Courses::new(case);
        let plans = fix::plans(&subjects, self.way, &|finding, way| courses.of(finding, way));
        let settled: HashSet<&str> = plans.iter().flat_map(Plan::settles).collect();
        for one in subjects.iter().filter(|one| one.wanted && !settled.contains(one.finding.fingerprint.as_str())) {
            self.script.left_open.push(left_open::without_way(one.said, self.way));
        }
        let compare = self.finding.is_some() && self.way.is_none();
        let ended = Ended::of(&report);
        self.script.plans.extend(plans.iter().filter_map(|plan| written(plan, &ended, compare, &self.run)));
        self.script.left_open.extend(left_open::unseen(&report.gaps));
        true
    }

    /// Names a target whose snapshot could not be read.
    fn add_unjudged(&mut self, target: Option<&TargetId>, why: &Unjudged) {
        let rules = &self.judgement.rules;
        self.script.left_open.extend(left_open::unseen(&sweep::unjudged(target, why, rules).gaps));
    }

    /// Whether a finding is asked for.
    fn wants(&mut self, said: &v1::Finding) -> bool {
        if self.only.as_ref().is_some_and(|only| !only.contains_key(&said.fingerprint)) {
            return false;
        }
        let Some(given) = &self.finding else { return said.suppressed.is_none() };
        let is_resource = said.resource.id == *given || said.resource.arn.as_ref() == Some(given);
        self.resource_met |= is_resource;
        let matches = said.fingerprint.starts_with(&given.to_ascii_lowercase());
        if matches {
            self.matching.insert(said.fingerprint.clone());
        }
        is_resource || matches
    }

    fn described(&self, fingerprint: &str) -> String {
        format!("{fingerprint} ({})", self.seen.get(fingerprint).map_or("", String::as_str))
    }

    /// The one finding that was asked for has to be there, and only once, or else the resource.
    fn chosen(&self) -> Result<(), FixError> {
        let Some(given) = self.finding.clone() else { return Ok(()) };
        match self.matching.len() {
            _ if self.resource_met => self.by_the_way(given),
            1 => self.by_the_way(given),
            0 => {
                let likeness = |seen: &&String| {
                    strsim::normalized_damerau_levenshtein(&given, seen.get(..given.len()).unwrap_or(seen))
                };
                let nearest = self.seen.keys().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
                let nearest = nearest.filter(|near| likeness(near) >= NEAR);
                let known = self.seen.keys().take(KNOWN).map(|seen| {
                    format!(
                        "{} ({})",
                        seen.get(..SHORT).unwrap_or(seen),
                        self.seen.get(seen).map_or("", String::as_str)
                    )
                });
                let (nearest, known) = (nearest.map(|near| self.described(near)), known.collect());
                Err(FixError::Unknown { nearest, known, given })
            }
            _ => Err(FixError::Ambiguous { all: self.matching.iter().map(|one| self.described(one)).collect(), given }),
        }
    }

    /// What was asked for has to have the way that was asked for.
    fn by_the_way(&self, finding: String) -> Result<(), FixError> {
        let steps = self.script.plans.iter().any(Written::has_steps);
        match (self.way, self.obstacles.first()) {
            (Some(way), Some((finding, why))) if !steps => {
                let (finding, why) = (finding.clone(), why.trim_end_matches('.').to_owned());
                Err(FixError::CannotBeTaken { finding, way: way.name(), why })
            }
            (Some(way), _) if self.script.plans.is_empty() => Err(FixError::NoSuchWay { finding, way: way.name() }),
            _ => Ok(()),
        }
    }

    /// Names the findings of the report that were not met.
    fn name_unmet(&mut self) {
        let unmet = self.only.iter().flatten().filter(|(fingerprint, _)| !self.seen.contains_key(*fingerprint));
        self.script.left_open.extend(unmet.map(|(fingerprint, about)| left_open::not_met(fingerprint, about)));
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
        run: run_context(&settings.source, None, settings.repeated),
        only: settings.report.as_deref().map(findings_of).transpose()?,
        seen: BTreeMap::new(),
        matching: BTreeSet::new(),
        resource_met: false,
        obstacles: Vec::new(),
        script: Script::default(),
        targets: BTreeSet::new(),
    };
    let mounts = live::mounts(&settings.mounts, settings.verbosity)?;
    let taken_at = match settings.source {
        Source::Aws(live) => {
            let begun = now();
            // They arrive in no order, and a plan has one.
            let mut all = BTreeMap::new();
            let sweep = Sweep::default();
            live::targets(*live, mounts.clone(), begun, settings.verbosity, sweep, &mut |target| {
                all.insert((target.account.clone(), target.region.clone()), target);
                Ok(())
            })?;
            for target in all.values() {
                planner.add(target);
            }
            begun
        }
        Source::Snapshots(paths) => {
            let read = snapshots::read(&paths, settings.verbosity.quiet, &mut |mut target| {
                mounts.put_into(&mut target);
                Ok(planner.add(&target))
            })?;
            for (target, why) in &read.unread {
                planner.add_unjudged(target.as_ref(), why);
            }
            // The oldest of several: what the plan may have missed began there.
            read.taken_at.into_iter().min().unwrap_or_else(now)
        }
    };
    warn(&mounts.unknown(), settings.verbosity.quiet);
    planner.chosen()?;
    planner.name_unmet();
    let open = planner.script.left_open.len();
    if open > 0 {
        warn(
            &[format!("the plan lists {open} things that could not be seen or planned: run it without arguments")],
            settings.verbosity.quiet,
        );
    }
    print(planner.script.text(taken_at).trim_end())?;
    Ok(Status::Clean)
}

/// The findings of a report by their fingerprints, each with what it is about.
fn findings_of(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let findings = read_report(path)?.report.findings;
    let counted = findings.into_iter().filter(|finding| finding.suppressed.is_none());
    Ok(counted.map(|one| (one.fingerprint.clone(), about(&one))).collect())
}
