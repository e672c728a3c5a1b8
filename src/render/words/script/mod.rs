//! Plans written out: what to type for one way out of a finding, as a POSIX shell script to read first.
//!
//! A plan changes nothing by being printed, and its script does nothing without a step named. Commands are
//! `aws_cli`'s; foreign text stands in quotes alone, in comments nowhere; what would run a scan on the way is not
//! emitted.

mod exclude;
mod frame;
mod inspector;
pub mod left_open;
mod notes;
mod others;
mod plan;
mod remedy;
mod shell;
mod storage;
mod vm_scanner;

use self::plan::Phase;
use self::shell::Shell;
use super::remedy::{come_back, where_mounted};
use super::{Ended, RunContext};
use crate::aws_cli::NotAnId;
use crate::fix::Plan;
use crate::render::words;
use crate::rules::finding::{Course, Finding, Measure};

pub use self::frame::Script;
pub use self::plan::Written;

/// Writes a plan out. `compare`: with every way out of its finding in full. `ended`: what steps end besides.
pub fn written(plan: &Plan<'_>, ended: &Ended<'_>, compare: bool, run: &RunContext) -> Option<Written> {
    let (lead, others) = plan.subjects.split_first()?;
    let (finding, said) = (lead.finding, lead.said);
    let mut notes = notes::about(said);
    notes.extend(others.iter().map(|other| notes::also(other.said)));
    match plan.way.and_then(|way| said.ways_out.iter().find(|one| one.way == way)) {
        Some(taken) => {
            notes.extend(notes::of_way(taken));
            notes.extend(notes::other_ways(said, taken));
        }
        None => notes.push(format!("What to do: {}", said.remediation.summary)),
    }
    let mut written = Written {
        title: match plan.way {
            Some(way) => format!("{} (--way {}) for {}", words::way(way), way.name(), finding.resource.id),
            None => match words::step(said) {
                step if step.is_empty() => left_open::about(said),
                step => format!("{step} ({})", left_open::about(said)),
            },
        },
        findings: plan.subjects.iter().map(|one| one.finding.fingerprint.clone()).collect(),
        ends: ended.by(plan.way, said),
        account: finding.account.clone(),
        region: finding.region.clone(),
        profile: run.profile.clone(),
        notes,
        replaces: Vec::new(),
        phases: Vec::new(),
    };
    if let Some(course) = &plan.course
        && let Err(NotAnId(text)) = take(finding, course, run, &mut written)
    {
        written.phases.clear();
        written.notes.push(format!("Nothing to run: {text:?} is no id of AWS, so no command can name it."));
    }
    if compare {
        written.notes.extend(notes::all_ways(said, plan.way));
    }
    Some(written)
}

/// Adds the phases.
///
/// # Errors
/// When something that has to be an id is none.
fn take(finding: &Finding, course: &Course, run: &RunContext, plan: &mut Written) -> Result<(), NotAnId> {
    shell::account(&finding.account)?;
    look(course, run, plan)?;
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
fn look(course: &Course, run: &RunContext, plan: &mut Written) -> Result<(), NotAnId> {
    let Some(instances) = &course.look_at else { return Ok(()) };
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let mut shell = Shell::new(Written::place(&region, profile.as_ref()));
    let file_system = course.file_system.as_deref();
    shell.say(&where_mounted(file_system, &course.addresses));
    if instances.is_empty() {
        shell.say("None of the instances runs now: look once one does.");
    } else {
        shell.line("unseen=");
    }
    for instance in instances {
        shell.look(instance, file_system, &course.addresses)?;
    }
    let named: Vec<&str> = instances.iter().map(String::as_str).collect();
    for line in come_back(file_system, &named, &region, run).unwrap_or_default() {
        shell.say(&line);
    }
    if !instances.is_empty() {
        shell.unless_unseen();
    }
    plan.add(Phase::Look, shell);
    Ok(())
}
