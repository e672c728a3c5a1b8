//! Lifecycle policies: sent again without what makes files return, or none at all.

use super::script::{Shell, word};
use super::{Plan, Step};
use crate::model::LifecycleConfiguration;
use crate::report::v1::Finding;
use crate::rules::efs::Facts;
use crate::rules::efs::policies;

/// Files stay cold when they are read.
pub(super) fn keep_cold(facts: &Facts<'_>, finding: &Finding, plan: &mut Plan) {
    put(facts, finding, plan, |policy| LifecycleConfiguration {
        transition_to_primary_storage_class: None,
        ..policy.clone()
    });
}

/// Nothing is tiered any more.
pub(super) fn stop_tiering(facts: &Facts<'_>, finding: &Finding, plan: &mut Plan) {
    put(facts, finding, plan, |_| LifecycleConfiguration::default());
}

fn put(
    facts: &Facts<'_>,
    finding: &Finding,
    plan: &mut Plan,
    change: fn(&LifecycleConfiguration) -> LifecycleConfiguration,
) {
    let Some(before) = facts.target.efs.lifecycle.get(&finding.resource.id) else {
        plan.notes.push("The lifecycle configuration was not read, so it cannot be sent again: no steps.".to_owned());
        return;
    };
    let id = word(&finding.resource.id);
    let shell = || Shell::new(&facts.target.region);
    let describe = "efs describe-lifecycle-configuration";
    let set = |policy: &LifecycleConfiguration| {
        format!("--file-system-id {id} --lifecycle-policies {}", word(&policies(policy)))
    };
    let mut check = shell();
    check.comment(&format!("Expected, as it was seen: {}", policies(before)));
    check.comment("If it is different now, make the plan again: the call below replaces the whole configuration.");
    check.run(describe, &format!("--file-system-id {id}"));
    plan.step(Step::Check, check);
    let after = change(before);
    let mut apply = shell();
    apply.run("efs put-lifecycle-configuration", &set(&after));
    plan.step(Step::Apply, apply);
    let mut confirm = shell();
    confirm.comment(&format!("Expected: {}", policies(&after)));
    confirm.run(describe, &format!("--file-system-id {id}"));
    plan.step(Step::Confirm, confirm);
    let mut undo = shell();
    undo.comment("The configuration as it was seen.");
    undo.run("efs put-lifecycle-configuration", &set(before));
    plan.step(Step::Undo, undo);
}
