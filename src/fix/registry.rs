//! The commands that a rule gives, split into steps; mostly those that replace the registry's rules or Inspector's windows.

use serde_json::json;

use super::script::{Shell, json as json_word, word};
use super::{Plan, Step};
use crate::model::ScanningFilter;
use crate::report::v1::Finding;
use crate::rules::ecr::windows;
use crate::rules::efs::Facts;

/// Replaces the registry's rules as a whole.
const PUT_REGISTRY: &str = "ecr put-registry-scanning-configuration";
const GET_REGISTRY: &str = "ecr get-registry-scanning-configuration";
/// Sends all re-scan windows again.
const PUT_WINDOWS: &str = "inspector2 update-configuration";
const GET_WINDOWS: &str = "inspector2 get-configuration";

/// The commands that a rule gives, in its order: what only reads is the step check, the rest the step apply.
pub(super) fn commands(facts: &Facts<'_>, finding: &Finding, plan: &mut Plan) {
    let commands = &finding.remediation.commands;
    if commands.iter().all(|command| command.starts_with('#')) {
        plan.notes.extend(commands.iter().cloned());
        return;
    }
    let shell = || Shell::new(&finding.region);
    let (mut check, mut apply) = (shell(), shell());
    let mut comments: Vec<&str> = Vec::new();
    for command in commands {
        if let Some(comment) = command.strip_prefix('#') {
            comments.push(comment.trim_start());
            continue;
        }
        let step = if reads(command) { &mut check } else { &mut apply };
        for comment in comments.drain(..) {
            step.comment(comment);
        }
        step.line(command);
    }
    let calls = |operation: &str| apply.lines.iter().any(|line| line.starts_with(&format!("aws {operation} ")));
    let (registry, configuration) = (calls(PUT_REGISTRY), calls(PUT_WINDOWS));
    // A comment may offer the call as the other choice: that needs its way back, too.
    let offers_registry = commands.iter().any(|command| command.contains(PUT_REGISTRY));
    let again: Vec<String> = check.lines.iter().filter(|line| reads(line)).cloned().collect();
    let step = if apply.lines.is_empty() { &mut check } else { &mut apply };
    for comment in comments {
        step.comment(comment);
    }
    let (mut confirm, mut undo) = (shell(), shell());
    if registry {
        plan.replaces.push(format!("the registry's rules in {} of {}", finding.region, finding.account));
        confirm.comment("Expected: the rules that the step apply sent.");
        confirm.run(GET_REGISTRY, "");
    }
    if offers_registry {
        put_back_registry(facts, &mut check, &mut undo);
    }
    if configuration {
        plan.replaces.push(format!("Inspector's re-scan windows in {} of {}", finding.region, finding.account));
        confirm.comment("Expected: the durations that the step apply sent, and the status SUCCESS.");
        confirm.run(GET_WINDOWS, "--query ecrConfiguration");
        if let Some(before) = facts.target.inspector.configuration.complete().and_then(windows) {
            check.comment(&format!("Expected, as it was seen: {before}"));
            undo.comment("The windows as they were seen. Images that fell out of them meanwhile are not revived.");
            undo.run(PUT_WINDOWS, &format!("--ecr-configuration {}", word(&before)));
        }
    }
    if !apply.lines.is_empty() && confirm.lines.is_empty() {
        for line in &again {
            confirm.line(line);
        }
    }
    if !apply.lines.is_empty() && undo.lines.is_empty() {
        plan.notes.push("Keep what the step check prints: there is no step back.".to_owned());
    }
    plan.step(Step::Check, check);
    plan.step(Step::Apply, apply);
    plan.step(Step::Confirm, confirm);
    plan.step(Step::Undo, undo);
}

/// Whether a command of a rule only reads: `aws SERVICE get-…`.
fn reads(command: &str) -> bool {
    let operation = command.split_whitespace().nth(2).unwrap_or_default();
    ["get-", "list-", "describe-", "batch-get-"].iter().any(|verb| operation.starts_with(verb))
}

/// The registry's scanning configuration as it was seen.
fn put_back_registry(facts: &Facts<'_>, check: &mut Shell, undo: &mut Shell) {
    let Some(before) = facts.target.ecr.registry_scanning.complete() else { return };
    let rules = before.rules.iter().map(|rule| {
        let filter = |filter: &ScanningFilter| json!({ "filter": filter.filter, "filterType": filter.filter_type });
        let filters: Vec<_> = rule.filters.iter().map(filter).collect();
        json!({ "scanFrequency": rule.scan_frequency, "repositoryFilters": filters })
    });
    let rules = serde_json::Value::Array(rules.collect());
    check.comment(&format!("Expected, as it was seen: {} {rules}", before.scan_type));
    check.comment("If it is different now, make the plan again: the step apply replaces all rules.");
    // ENHANCED without rules means every repository, continuously: that is never sent.
    if before.scan_type == "BASIC" || !before.rules.is_empty() {
        undo.comment("The registry's scanning configuration as it was seen.");
        undo.run(PUT_REGISTRY, &format!("--scan-type {} --rules {}", word(&before.scan_type), json_word(&rules)));
    }
}
