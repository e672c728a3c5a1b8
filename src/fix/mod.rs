//! Plans: what to type for one way out of a finding, as a POSIX shell script to read first. Pure.
//!
//! A plan changes nothing by being printed, and its script does nothing without a step named. Commands are
//! `aws_cli`'s; foreign text stands in quotes alone, in comments nowhere; what would run a scan on the way is not
//! emitted.

mod exclude;
mod inspector;
mod notes;
mod plan;
mod remedy;
mod script;
mod shell;
mod storage;
mod vm_scanner;

pub use plan::Plan;
pub use script::Script;

use crate::aws_cli::NotAnId;
use crate::render::words::RunContext;
use crate::render::words::remedy::where_mounted;
use crate::report::v1;
use crate::rules::finding::{Advice, Course, Finding, Measure, Way};
use plan::Phase;
use shell::Shell;

/// A finding in data and in words.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// In data: what decides.
    pub finding: &'a Finding,
    /// In words: what is shown.
    pub said: &'a v1::Finding,
    /// Whether a plan for it is asked for. The others only share a plan.
    pub wanted: bool,
}

impl Subject<'_> {
    fn is_about_file_system(&self) -> bool {
        self.finding.remedy.advice().is_some_and(Advice::is_about_file_system)
    }
}

/// What mending a finding takes, by the way given or its own; `None` where it has no such way.
pub type CourseOf<'c> = dyn Fn(&Finding, Option<Way>) -> Option<Course> + 'c;

/// The plans for the findings of one target, in the order given: one for each finding, but one for all of a file system.
/// By the way asked for or the recommended one; a finding that does not have the way asked for gets none.
pub fn plans(subjects: &[Subject<'_>], way: Option<Way>, course: &CourseOf<'_>, run: &RunContext) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    for subject in subjects.iter().filter(|subject| subject.wanted) {
        if plans.iter().any(|plan| plan.findings.contains(&subject.finding.fingerprint)) {
            continue;
        }
        let mut together: Vec<&Subject<'_>> = vec![subject];
        if subject.is_about_file_system() {
            let is_here = |other: &&Subject<'_>| {
                other.is_about_file_system() && other.finding.resource.id == subject.finding.resource.id
            };
            together = subjects.iter().filter(is_here).collect();
            // What changes something leads, and before what has no ways to choose from what has.
            together.sort_by_key(|one| {
                let finding = one.finding;
                (way.or(finding.way()).is_none_or(|way| way == Way::DoNothing), finding.ways_out.is_empty())
            });
        }
        let led = (0..together.len()).find_map(|at| {
            together.rotate_left(at.min(1));
            one_plan(&together, way, course, run)
        });
        plans.extend(led);
    }
    plans
}

/// The plan for findings of which the first leads.
fn one_plan(together: &[&Subject<'_>], wanted: Option<Way>, course: &CourseOf<'_>, run: &RunContext) -> Option<Plan> {
    let (lead, others) = together.split_first()?;
    let (finding, said) = (lead.finding, lead.said);
    let way = if finding.ways_out.is_empty() { None } else { wanted.or(finding.way()) };
    let way = way.map(|way| {
        let at = finding.ways_out.iter().position(|one| one.way == way)?;
        Some((finding.ways_out.get(at)?.obstacle.is_none(), said.ways_out.get(at)?))
    });
    let mut notes = notes::about(said);
    notes.extend(others.iter().map(|other| notes::also(other.said)));
    let (title, is_open) = match way {
        Some(taken) => {
            let (available, taken) = taken?;
            notes.extend(notes::of_way(taken));
            notes.extend(notes::other_ways(said, taken));
            (format!("{} for {}", taken.way.name(), finding.resource.id), available)
        }
        None => {
            notes.push(format!("What to do: {}", said.remediation.summary));
            let way = if lead.is_about_file_system() { wanted.or(finding.way()) } else { None };
            let title = match way {
                Some(way) => format!("{} for {}", way.name(), finding.resource.id),
                None => format!("{} on {}", finding.rule, finding.resource.id),
            };
            (title, true)
        }
    };
    let mut plan = Plan {
        title,
        findings: together.iter().map(|one| one.finding.fingerprint.clone()).collect(),
        account: finding.account.clone(),
        region: finding.region.clone(),
        profile: run.profile.clone(),
        notes,
        replaces: Vec::new(),
        phases: Vec::new(),
    };
    if is_open {
        let course = course(finding, wanted)?;
        if let Err(NotAnId(text)) = take(finding, &course, &mut plan) {
            plan.phases.clear();
            plan.notes.push(format!("Nothing to run: {text:?} is no id of AWS, so no command can name it."));
        }
    }
    Some(plan)
}

/// Adds the phases.
///
/// # Errors
/// When something that has to be an id is none.
fn take(finding: &Finding, course: &Course, plan: &mut Plan) -> Result<(), NotAnId> {
    shell::account(&finding.account)?;
    look(course, plan)?;
    match &course.measure {
        Measure::DoNothing => {
            storage::show(&finding.resource.id, plan)?;
            plan.notes.push("Nothing is changed by this way: the steps only show what is there.".to_owned());
        }
        Measure::Exclude { instances, all_or_none } => exclude::exclude(instances, *all_or_none, plan)?,
        Measure::Unblock { instance, tags, owned } => exclude::unblock(instance, tags, *owned, plan)?,
        Measure::SetPolicy { before, after } => storage::put(&finding.resource.id, before, after, plan)?,
        Measure::PolicyUnseen => plan.notes.push(
            "The lifecycle configuration was not read, so it cannot be sent again: nothing is changed.".to_owned(),
        ),
        Measure::DeactivateDeepInspection { administrator, administrator_seen, package_paths } => {
            inspector::deactivate(administrator.as_deref(), *administrator_seen, package_paths, plan)?;
        }
        Measure::SlowSchedule { association, before, schedule } => {
            inspector::slow(association.as_deref(), before.as_deref(), *schedule, plan)?;
        }
        Measure::AsRemedy { registry, windows } => {
            remedy::as_said(finding, registry.as_ref(), windows.as_ref(), plan)?;
        }
        Measure::StopVmScanner { instances } => vm_scanner::stop(instances, plan),
    }
    Ok(())
}

/// Asks some running instances for their mounts. It reads the mount table and touches no mount.
fn look(course: &Course, plan: &mut Plan) -> Result<(), NotAnId> {
    let Some(instances) = &course.look_at else { return Ok(()) };
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let mut shell = Shell::new(Plan::place(&region, profile.as_ref()));
    shell.say(&where_mounted(course.file_system.as_deref()));
    if instances.is_empty() {
        shell.say("None of the instances runs now: look once one does.");
    }
    for instance in instances {
        shell.look(instance)?;
    }
    plan.add(Phase::Look, shell);
    Ok(())
}
