//! Inspector's own side: deep inspection, and the schedule of the association that invokes the plugin.

use super::plan::{Phase, Written};
use super::shell::Shell;
use crate::aws_cli::word::word;
use crate::aws_cli::{ASSOCIATION, NotAnId, Place};
use crate::rules::finding::{AssociationPart, Given, ScanningStep, SlowSchedule, Step};

/// Deactivates deep inspection, from this account or from its delegated administrator.
///
/// # Errors
/// When an account's id is none.
pub(super) fn deactivate(
    administrator: Option<&str>,
    administrator_seen: bool,
    package_paths: &[String],
    plan: &mut Written,
) -> Result<(), NotAnId> {
    let region = plan.region.clone();
    if let Some(administrator) = administrator {
        // A member may neither read the batch nor change it.
        let member = std::mem::replace(&mut plan.account, super::shell::account(administrator)?.to_owned());
        plan.profile = None;
        plan.notes.push(format!(
            "From check on, steps need credentials of the delegated administrator, account {administrator}."
        ));
        let shell = || Shell::new(Written::place(&region, None));
        let read = ScanningStep::GetMemberDeepInspection { account: member.clone() };
        let switch = |activate| ScanningStep::UpdateMemberDeepInspection { account: member.clone(), activate };
        let (mut check, mut apply, mut confirm, mut undo) = (shell(), shell(), shell(), shell());
        check.run(read.clone())?;
        apply.run(switch(false))?;
        confirm.say("Expected: DEACTIVATED");
        confirm.run(read)?;
        undo.run(switch(true))?;
        plan.add(Phase::Check, check);
        plan.add(Phase::Apply, apply);
        plan.add(Phase::Confirm, confirm);
        plan.add(Phase::Undo, undo);
        return Ok(());
    }
    let profile = plan.profile.clone();
    let shell = || Shell::new(Written::place(&region, profile.as_ref()));
    let mut check = shell();
    if !administrator_seen {
        check.say(
            "Is another account the delegated administrator? Then a member cannot do this; the administrator can, with \
             batch-update-member-ec2-deep-inspection-status.",
        );
        check.try_run(ScanningStep::GetDelegatedAdministrator)?;
    }
    check.say(&match package_paths {
        [] => "Expected: no packagePaths of your own. If there are, make the plan again: the step undo would not set them."
            .to_owned(),
        paths => format!("Expected, and set again by the step undo: {}", paths.join(" ")),
    });
    check.run(ScanningStep::GetDeepInspection { status_only: false })?;
    plan.add(Phase::Check, check);
    let mut apply = shell();
    apply.run(ScanningStep::UpdateDeepInspection { activate: false, package_paths: Vec::new() })?;
    plan.add(Phase::Apply, apply);
    let mut confirm = shell();
    confirm.say("Expected: DEACTIVATED");
    confirm.run(ScanningStep::GetDeepInspection { status_only: true })?;
    plan.add(Phase::Confirm, confirm);
    let mut undo = shell();
    undo.run(ScanningStep::UpdateDeepInspection { activate: true, package_paths: package_paths.to_vec() })?;
    plan.add(Phase::Undo, undo);
    Ok(())
}

/// Slows the association. `UpdateAssociation` clears every parameter that is not sent again and runs the association at
/// once unless `ApplyOnlyAtCronInterval` is set, which rate expressions do not support (Systems Manager API reference,
/// 2026-10). So the whole association has to be sent, and that document is the operator's to complete.
///
/// # Errors
/// When the association's id is none.
pub(super) fn slow(
    association: Option<&str>,
    before: Option<&str>,
    slow: SlowSchedule,
    plan: &mut Written,
) -> Result<(), NotAnId> {
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let place = Written::place(&region, profile.as_ref());
    let mut check = Shell::new(place);
    check.say("A trap: update-association clears every parameter that is not sent again, and runs the scan at once.");
    check.say(
        "So it is only called with the whole association in a file. Make that file from what is printed here, which",
    );
    check.say("is all that UpdateAssociation takes: keep every field, but leave out those that are null, and set");
    check.say(&format!(
        "ScheduleExpression to {} ({}) and ApplyOnlyAtCronInterval to true.",
        slow.expression,
        if slow.days > 7 { "once a month" } else { "once a week" }
    ));
    check.say("ApplyOnlyAtCronInterval keeps it from running at once; it works with cron(...), not with rate(...).");
    describe(&mut check, association, AssociationPart::Whole)?;
    plan.add(Phase::Check, check);
    let mut apply = Shell::new(place);
    apply.require("ASSOCIATION_INPUT", "name the file with the whole association, see the step check");
    update(&mut apply, association)?;
    plan.add(Phase::Apply, apply);
    let mut confirm = Shell::new(place);
    confirm.say(&format!("Expected: {} and true", slow.expression));
    describe(&mut confirm, association, AssociationPart::Schedule)?;
    plan.add(Phase::Confirm, confirm);
    plan.add(Phase::Undo, undo(place, association, before)?);
    Ok(())
}

fn describe(shell: &mut Shell<'_>, association: Option<&str>, part: AssociationPart) -> Result<(), NotAnId> {
    let association = match association {
        Some(id) => Given::Now(id.to_owned()),
        None => {
            shell.keep("association", Step::FindAssociation)?;
            Given::Later("association".to_owned())
        }
    };
    shell.run(Step::DescribeAssociation { association, part })
}

fn undo<'a>(place: Place<'a>, association: Option<&str>, before: Option<&str>) -> Result<Shell<'a>, NotAnId> {
    let mut undo = Shell::new(place);
    let before = before.unwrap_or("rate(6 hours)");
    undo.say(&format!("The schedule was {before}. Make the file again with a cron expression of that interval and"));
    undo.say("with ApplyOnlyAtCronInterval: a rate(...) expression does not take that, so sending one runs the scan");
    undo.say("at once, which this step does not do. cron(0 0/6 * * ? *) is every 6 hours.");
    undo.require("ASSOCIATION_INPUT", "name the file with the whole association as it was");
    update(&mut undo, association)?;
    Ok(undo)
}

/// Updates the association, but stops unless the operator's file is the whole of it, on a cron schedule and told to wait
/// for it.
fn update(shell: &mut Shell<'_>, association: Option<&str>) -> Result<(), NotAnId> {
    // White space says nothing in JSON: without it the patterns are short.
    shell.line("input=$(tr -d '[:space:]' < \"$ASSOCIATION_INPUT\")");
    let id = association
        .map_or_else(|| "'\"AssociationId\":\"'?".to_owned(), |id| word(&format!("\"AssociationId\":\"{id}\"")));
    let name = word(&format!("\"AssociationName\":\"{ASSOCIATION}\""));
    for (pattern, why) in [
        (id.as_str(), "is not about the association that invokes the plugin"),
        (name.as_str(), "lacks its AssociationName: it is not the whole association"),
        ("'\"Targets\":[{'", "has no Targets: it is not the whole association"),
        ("'\"ScheduleExpression\":\"cron('", "has no cron schedule, so it would run the scan at once"),
        ("'\"ApplyOnlyAtCronInterval\":true'", "would run the scan at once: see the step check"),
    ] {
        shell.line(&format!("case $input in *{pattern}*) ;; *) echo \"$ASSOCIATION_INPUT {why}\" >&2; exit 1 ;; esac"));
    }
    shell.run(Step::UpdateAssociation { input: "ASSOCIATION_INPUT".to_owned() })
}
