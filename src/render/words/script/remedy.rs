//! The steps of a finding's remedy as phases; mostly those that replace the registry's rules or Inspector's windows.

use super::plan::{Phase, Written};
use super::shell::Shell;
use crate::aws_cli::{NotAnId, rules_text, windows_text};
use crate::model::{Configuration, RegistryScanning};
use crate::render::words::remedy::{choice_words, instead, note_words};
use crate::rules::finding::{Action, Choice, Finding, Note, Replaced, ScanningStep, Step};

/// The steps in their order: what only reads is the phase check, the rest the phase apply.
///
/// # Errors
/// When something that has to be an id is none.
pub(super) fn as_said(
    finding: &Finding,
    registry: Option<&RegistryScanning>,
    windows: Option<&Configuration>,
    plan: &mut Written,
) -> Result<(), NotAnId> {
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let shell = || Shell::new(Written::place(&region, profile.as_ref()));
    let mut sorted =
        Sorted { check: shell(), apply: shell(), reads: Vec::new(), changes: Vec::new(), said: Vec::new() };
    let mut offered: Vec<Replaced> = Vec::new();
    for action in finding.remedy.actions() {
        match action {
            // The plan itself is what this speaks of.
            Action::Note(Note::Plan) | Action::Verify { .. } => {}
            Action::Note(note) => sorted.said.push(note_words(note)),
            // Whoever has edited it says so.
            Action::Instead(Choice::DeployedKept, step) => {
                sorted.said.drain(..).for_each(|text| sorted.apply.say(&text));
                sorted.apply.say(&format!("{}:", choice_words(&Choice::DeployedKept)));
                sorted.apply.require(
                    "EDITED",
                    "edit the rules of this step so in the script, and run it with EDITED=yes before sh",
                );
                sorted.add(step)?;
            }
            Action::Instead(choice, step) => {
                offered.extend(step.replaces());
                let command = instead(choice, step, &Written::place(&region, profile.as_ref()))?;
                plan.notes.push(format!("{}: {command}", choice_words(choice)));
            }
            Action::Run(step) => sorted.add(step)?,
            Action::Chain(steps) => steps.iter().try_for_each(|step| sorted.add(step))?,
        }
    }
    let Sorted { mut check, mut apply, reads, changes, said } = sorted;
    let last = if changes.is_empty() { &mut check } else { &mut apply };
    for text in &said {
        last.say(text);
    }
    let (mut confirm, mut undo) = (shell(), shell());
    let replaced: Vec<Replaced> = changes.iter().filter_map(|step| step.replaces()).collect();
    if replaced.contains(&Replaced::Registry) {
        plan.replaces.push(format!("the registry's rules in {} of {}", finding.region, finding.account));
        confirm.say("Expected: the rules that the step apply sent.");
        confirm.run(ScanningStep::GetRegistryScanning)?;
    }
    if let Some(before) = registry
        && (replaced.contains(&Replaced::Registry) || offered.contains(&Replaced::Registry))
    {
        put_back_registry(before, &mut check, &mut undo)?;
    }
    if replaced.contains(&Replaced::Windows) {
        plan.replaces.push(format!("Inspector's re-scan windows in {} of {}", finding.region, finding.account));
        confirm.say("Expected: the durations that the step apply sent, and the status SUCCESS.");
        confirm.run(ScanningStep::GetConfiguration { ecr_only: true })?;
        if let Some(before) = windows.filter(|before| before.ecr_rescan_duration.is_some()) {
            check.say(&format!("Expected, as it was seen: {}", windows_text(before)?));
            undo.say("The windows as they were seen. Images that fell out of them meanwhile are not revived.");
            undo.run(ScanningStep::UpdateConfiguration { configuration: before.clone() })?;
        }
    }
    if !changes.is_empty() && replaced.is_empty() {
        for step in reads {
            confirm.run(step.clone())?;
        }
    }
    plan.add(Phase::Check, check);
    plan.add(Phase::Apply, apply);
    plan.add(Phase::Confirm, confirm);
    plan.add(Phase::Undo, undo);
    let has_undo = plan.phases.iter().any(|body| body.phase == Phase::Undo);
    if !changes.is_empty() && !has_undo {
        plan.notes.push("Keep what the step check prints: there is no step back.".to_owned());
    }
    Ok(())
}

/// Steps in the phases that they belong to.
struct Sorted<'a, 's> {
    check: Shell<'a>,
    apply: Shell<'a>,
    /// What only reads.
    reads: Vec<&'s Step>,
    changes: Vec<&'s Step>,
    /// What is to be said before the next step.
    said: Vec<String>,
}

impl<'s> Sorted<'_, 's> {
    fn add(&mut self, step: &'s Step) -> Result<(), NotAnId> {
        let (shell, steps) =
            if step.only_reads() { (&mut self.check, &mut self.reads) } else { (&mut self.apply, &mut self.changes) };
        self.said.drain(..).for_each(|text| shell.say(&text));
        steps.push(step);
        shell.run(step.clone())
    }
}

/// The registry's scanning configuration as it was seen.
fn put_back_registry(before: &RegistryScanning, check: &mut Shell<'_>, undo: &mut Shell<'_>) -> Result<(), NotAnId> {
    check.say(&format!("Expected, as it was seen: {} {}", before.scan_type, rules_text(&before.rules)));
    check.say("If it is different now, make the plan again: the step apply replaces all rules.");
    // ENHANCED without rules means every repository, continuously: that is never sent.
    if before.scan_type == "BASIC" || !before.rules.is_empty() {
        undo.say("The registry's scanning configuration as it was seen.");
        let (scan_type, rules) = (before.scan_type.clone(), Some(before.rules.clone()));
        undo.run(ScanningStep::PutRegistryScanning { scan_type, rules })?;
    }
    Ok(())
}
