//! Inspector's own side: deep inspection, and the schedule of the association that invokes the plugin.

use serde_json::json;

use super::script::{Shell, json, word};
use super::{Plan, Step};
use crate::model::{Association, Section};
use crate::report::v1::Finding;
use crate::rules::efs::Facts;
use crate::rules::efs::ways::Slow;
use crate::rules::efs::{Age, transition_age};

/// The association that invokes the plugin (Inspector user guide, "Scanning EC2 instances", 2026-10).
const ASSOCIATION: &str = "InvokeInspectorLinuxSsmPlugin-do-not-delete";

/// Deactivates deep inspection, from this account or from its delegated administrator.
pub(super) fn deactivate(facts: &Facts<'_>, plan: &mut Plan) {
    let target = facts.target;
    let shell = || Shell::new(&target.region);
    let administrator = target.inspector.delegated_administrator.complete();
    let other = administrator.and_then(|one| one.account_id.clone()).filter(|account| *account != target.account);
    if let Some(account) = other {
        // A member may neither read the batch nor change it.
        plan.notes
            .push(format!("From check on, steps need credentials of the delegated administrator, account {account}."));
        plan.account = account;
        let read = format!("--account-ids {}", word(&target.account));
        let switch = |on: bool| {
            format!("--account-ids {}", json(&json!([{ "accountId": target.account, "activateDeepInspection": on }])))
        };
        let mut check = shell();
        check.run("inspector2 batch-get-member-ec2-deep-inspection-status", &read);
        plan.step(Step::Check, check);
        let mut apply = shell();
        apply.run("inspector2 batch-update-member-ec2-deep-inspection-status", &switch(false));
        plan.step(Step::Apply, apply);
        let mut confirm = shell();
        confirm.comment("Expected: DEACTIVATED");
        confirm.run("inspector2 batch-get-member-ec2-deep-inspection-status", &read);
        plan.step(Step::Confirm, confirm);
        let mut undo = shell();
        undo.run("inspector2 batch-update-member-ec2-deep-inspection-status", &switch(true));
        plan.step(Step::Undo, undo);
        return;
    }
    let read = "inspector2 get-ec2-deep-inspection-configuration";
    let mut check = shell();
    if administrator.is_none() {
        check.comment(
            "Is another account the delegated administrator? Then a member cannot do this; the administrator can, with \
             batch-update-member-ec2-deep-inspection-status.",
        );
        check.run("inspector2 get-delegated-admin-account", "|| true");
    }
    check.comment("Keep what this prints: it has the custom paths.");
    check.run(read, "");
    plan.step(Step::Check, check);
    let mut apply = shell();
    apply.run("inspector2 update-ec2-deep-inspection-configuration", "--no-activate-deep-inspection");
    plan.step(Step::Apply, apply);
    let mut confirm = shell();
    confirm.comment("Expected: DEACTIVATED");
    confirm.run(read, "--query status --output text");
    plan.step(Step::Confirm, confirm);
    let mut undo = shell();
    let paths = match &target.inspector.deep_inspection {
        Section::Complete(deep) if !deep.package_paths.is_empty() => {
            format!(" --package-paths {}", json(&json!(deep.package_paths)))
        }
        _ => String::new(),
    };
    undo.run("inspector2 update-ec2-deep-inspection-configuration", &format!("--activate-deep-inspection{paths}"));
    plan.step(Step::Undo, undo);
}

/// Slows the association. `UpdateAssociation` clears every parameter that is not sent again and runs the association at
/// once unless `ApplyOnlyAtCronInterval` is set, which rate expressions do not support (Systems Manager API reference,
/// 2026-10). So the whole association has to be sent, and that document is the operator's to complete.
pub(super) fn slow(facts: &Facts<'_>, finding: &Finding, plan: &mut Plan) {
    let target = facts.target;
    let policy = target.efs.lifecycle.get(&finding.resource.id);
    let returns = policy.is_some_and(|policy| policy.transition_to_primary_storage_class.is_some());
    let only_reads = !returns && finding.rule != crate::rules::efs::tiering_pinned::RULE.id;
    let Some(slow) = Slow::for_age(policy.map_or(Age::None, transition_age), only_reads) else { return };
    let shell = || Shell::new(&target.region);
    let known = target.ssm.inspector_association.complete().and_then(Option::as_ref);
    let before = known.and_then(|association| association.schedule_expression.as_deref()).unwrap_or("rate(6 hours)");
    let mut check = shell();
    check.comment(
        "A trap: update-association clears every parameter that is not sent again, and runs the scan at once.",
    );
    check.comment(
        "So it is only called with the whole association in a file. Make that file from what is printed here, which",
    );
    check.comment("is all that UpdateAssociation takes: keep every field, but leave out those that are null, and set");
    check.comment(&format!(
        "ScheduleExpression to {} ({}) and ApplyOnlyAtCronInterval to true.",
        slow.expression, slow.words
    ));
    check
        .comment("ApplyOnlyAtCronInterval keeps it from running at once; it works with cron(...), not with rate(...).");
    let kept = KEPT.map(|field| format!("{field}:{field}")).join(",");
    let query = format!("--query 'AssociationDescription.{{{kept}}}' --output json");
    let id = match known {
        Some(association) => word(&association.id),
        None => {
            let list = check.call(
                "ssm list-associations",
                &format!(
                    "--association-filter-list key=AssociationName,value={ASSOCIATION} \
                     --query 'Associations[0].AssociationId' --output text"
                ),
            );
            check.line(&format!("association=$({list})"));
            "\"$association\"".to_owned()
        }
    };
    check.run("ssm describe-association", &format!("--association-id {id} {query}"));
    plan.step(Step::Check, check);
    let update = "ssm update-association";
    let mut apply = shell();
    apply.line(": \"${ASSOCIATION_INPUT:?name the file with the whole association, see the step check}\"");
    guard(&mut apply, known);
    apply.run(update, "--cli-input-json \"file://$ASSOCIATION_INPUT\"");
    plan.step(Step::Apply, apply);
    if let Some(association) = known {
        let mut confirm = shell();
        confirm.comment(&format!("Expected: {} and true", slow.expression));
        confirm.run(
            "ssm describe-association",
            &format!(
                "--association-id {} --query 'AssociationDescription.[ScheduleExpression,ApplyOnlyAtCronInterval]'",
                word(&association.id)
            ),
        );
        plan.step(Step::Confirm, confirm);
    }
    let mut undo = shell();
    undo.comment(&format!(
        "The schedule was {before}. Make the file again with a cron expression of that interval and"
    ));
    undo.comment(
        "with ApplyOnlyAtCronInterval: a rate(...) expression does not take that, so sending one runs the scan",
    );
    undo.comment("at once, which this step does not do. cron(0 0/6 * * ? *) is every 6 hours.");
    undo.line(": \"${ASSOCIATION_INPUT:?name the file with the whole association as it was}\"");
    guard(&mut undo, known);
    undo.run(update, "--cli-input-json \"file://$ASSOCIATION_INPUT\"");
    plan.step(Step::Undo, undo);
}

/// What `UpdateAssociation` takes and `DescribeAssociation` gives (Systems Manager API reference, 2026-10), but for the
/// version, which the update itself counts up.
const KEPT: [&str; 21] = [
    "AssociationId",
    "AssociationName",
    "Name",
    "DocumentVersion",
    "Parameters",
    "Targets",
    "TargetLocations",
    "TargetMaps",
    "AutomationTargetParameterName",
    "ScheduleExpression",
    "ScheduleOffset",
    "Duration",
    "ApplyOnlyAtCronInterval",
    "CalendarNames",
    "OutputLocation",
    "MaxErrors",
    "MaxConcurrency",
    "ComplianceSeverity",
    "SyncCompliance",
    "AlarmConfiguration",
    "AssociationDispatchAssumeRole",
];

/// Stops unless the operator's file is the whole association, on a cron schedule and told to wait for it.
fn guard(shell: &mut Shell, known: Option<&Association>) {
    // White space says nothing in JSON: without it the patterns are short.
    shell.line("input=$(tr -d '[:space:]' < \"$ASSOCIATION_INPUT\")");
    let id = known.map_or_else(
        || "'\"AssociationId\":\"'?".to_owned(),
        |association| word(&format!("\"AssociationId\":{}", json!(association.id))),
    );
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
}
