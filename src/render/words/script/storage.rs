//! Lifecycle policies: sent again without what makes files return, or none at all.

use super::plan::{Phase, Written};
use super::shell::Shell;
use crate::aws_cli::NotAnId;
use crate::aws_cli::policies_text;
use crate::model::LifecycleConfiguration;
use crate::rules::finding::Step;

fn describe(file_system: &str) -> Step {
    Step::DescribeLifecycle { file_system: file_system.to_owned() }
}

/// Shows the policies.
///
/// # Errors
/// When the file system's id is none.
pub(super) fn show(file_system: &str, plan: &mut Written) -> Result<(), NotAnId> {
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let mut check = Shell::new(Written::place(&region, profile.as_ref()));
    check.run(describe(file_system))?;
    plan.add(Phase::Check, check);
    Ok(())
}

/// Replaces them.
///
/// # Errors
/// When the file system's id is none.
pub(super) fn put(
    file_system: &str,
    before: &LifecycleConfiguration,
    after: &LifecycleConfiguration,
    plan: &mut Written,
) -> Result<(), NotAnId> {
    if before == after {
        plan.notes.push("The lifecycle configuration is so already: there is nothing to change.".to_owned());
        return show(file_system, plan);
    }
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let shell = || Shell::new(Written::place(&region, profile.as_ref()));
    let set = |policy: &LifecycleConfiguration| Step::PutLifecycle {
        file_system: file_system.to_owned(),
        policy: policy.clone(),
    };
    let mut check = shell();
    check.say(&format!("Expected, as it was seen: {}", policies_text(before)));
    check.say("If it is different now, make the plan again: the step apply replaces the whole configuration.");
    check.run(describe(file_system))?;
    plan.add(Phase::Check, check);
    let mut apply = shell();
    apply.run(set(after))?;
    plan.add(Phase::Apply, apply);
    let mut confirm = shell();
    confirm.say(&format!("Expected: {}", policies_text(after)));
    confirm.run(describe(file_system))?;
    plan.add(Phase::Confirm, confirm);
    let mut undo = shell();
    undo.say("The configuration as it was seen.");
    undo.run(set(before))?;
    plan.add(Phase::Undo, undo);
    Ok(())
}
