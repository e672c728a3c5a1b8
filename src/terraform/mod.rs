//! Terraform and `OpenTofu`, judged before anyone applies: the loop between Inspector and the ECR registry, enablers that
//! undo each other, rules that the API will reject.
//!
//! Reads plans, states and configuration; calls no AWS and needs no terraform binary. What the input does not decide is
//! a gap, and the rule is inconclusive; a condition that only a variable decides is looked at both ways.

mod condition;
mod coupling;
mod error;
mod findings;
mod hcl;
mod ignore;
mod inputs;
mod json;
mod judge;
mod observe;
mod place;
mod predicate;
mod reading;
mod remark;
mod resources;
pub(crate) mod rules;
mod scene;
mod schema;
mod ways;
mod world;

pub use error::TerraformError;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::model::Target;
use crate::rules::finding::terraform::{BadIgnore, Ignore, OpenQuestion, Unseen};
use crate::rules::{Evaluation, Finding, Rule};

use inputs::Input;
use judge::{Case, Doubted};
use scene::OneAccount;
use world::{Root, World};

/// What the operator may turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TerraformSettings {
    /// Take all inputs for one account and region wherever they do not say otherwise. Without it, resources of two
    /// roots whose accounts are not known are neither the same nor different, and the rules are inconclusive.
    pub one_account: bool,
    /// Files with values of variables, as `terraform plan -var-file` takes them: read after those that Terraform finds on
    /// its own, a later one wins. Variables that a root does not declare are passed over.
    pub var_files: Vec<PathBuf>,
}

/// What an analysis comes to.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What the rules say.
    pub evaluation: Evaluation,
    /// What was read.
    pub inputs: Vec<InputSummary>,
    /// Comments that keep findings from being told.
    pub ignores: Vec<Ignore>,
    /// Comments that look like such and are none.
    pub bad_ignores: Vec<BadIgnore>,
}

/// One input that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputSummary {
    /// Its path.
    pub path: String,
    /// How many enablers it describes, in the picture that has most.
    pub enablers: usize,
    /// How many registry configurations.
    pub registries: usize,
    /// How many instances of all resources that the rules look at, in the picture that has most.
    pub resources: usize,
    /// How many files were read: one of a plan or state.
    pub files: usize,
    /// Whether it is a root module.
    pub directory: bool,
}

/// Judges plans, states and directories by the selected Terraform rules; others in `selected` are passed over.
///
/// `live` are the targets of a snapshot to compare with; without any, the rule that needs them is not asked.
///
/// # Errors
///
/// Where no input at all can be read. One bad input among others is a gap.
pub fn analyse(
    paths: &[PathBuf],
    live: &[Target],
    settings: &TerraformSettings,
    selected: &[&Rule],
) -> Result<Analysis, TerraformError> {
    let (inputs, mut errors) = inputs::classify(paths);
    let mut roots: Vec<Root> = Vec::new();
    let directory = inputs.iter().any(|input| matches!(input, Input::Directory(_)));
    if let (Some(path), false) = (settings.var_files.first(), directory || inputs.is_empty()) {
        return Err(TerraformError::Unsupported {
            path: path.clone(),
            message: "plans and states have the values of their variables: name a directory beside it".to_owned(),
        });
    }
    for input in &inputs {
        let index = roots.len();
        let read = match input {
            Input::Json(path) => json::read_root(path, index),
            Input::Directory(path) => hcl::read_root(path, &settings.var_files, index),
        };
        match read {
            Ok(root) => roots.push(root.bounded()),
            Err(error) => errors.push(error),
        }
    }
    if roots.is_empty() {
        return Err(errors.into_iter().next().unwrap_or(TerraformError::NoInput));
    }
    Ok(judge_roots(&roots, &errors, live, settings, selected))
}

fn judge_roots(
    roots: &[Root],
    errors: &[TerraformError],
    live: &[Target],
    settings: &TerraformSettings,
    selected: &[&Rule],
) -> Analysis {
    let case = Case::of(roots, live, OneAccount(settings.one_account));
    let (mut findings, mut verdicts) = (Vec::new(), Vec::new());
    let mut open: BTreeMap<(String, OpenQuestion), BTreeSet<&str>> = BTreeMap::new();
    let unseen = |what| (String::new(), what, false);
    let unread = errors.iter().map(|error| unseen(Unseen::Input(error.to_string())));
    let skipped = case.not_compared.iter().map(|roots| unseen(Unseen::NotCompared { roots: roots.clone() }));
    let problems = roots.iter().flat_map(|root| &root.problems);
    let problems = problems.map(|blind| (blind.place.clone(), blind.what.clone(), blind.only_free));
    let blinds: BTreeSet<(String, Unseen, bool)> = problems.chain(unread).chain(skipped).collect();
    for (rule, check) in rules::RULES.iter().filter(|(rule, _)| selected.iter().any(|one| one.id == rule.id)) {
        let judgement = check(&case);
        if judgement.unasked {
            continue;
        }
        let mut keeps_open = |place: &str, question| {
            open.entry((place.to_owned(), question)).or_default().insert(rule.id);
        };
        for (place, what, only_free) in &blinds {
            if judgement.overridden || !only_free {
                keeps_open(place, OpenQuestion::Unseen(what.clone()));
            }
        }
        for Doubted { doubt, .. } in &judgement.doubts {
            let question = OpenQuestion::Of(doubt.subject.place(), doubt.open.clone());
            keeps_open(&doubt.subject.address, question);
        }
        let mut seen = BTreeSet::new();
        let judged = judgement.judged.iter().map(|judged| findings::finding(rule, judged, roots));
        let own: Vec<Finding> = judged.filter(|finding| seen.insert(finding.fingerprint.clone())).collect();
        let is_open = open.values().any(|rules| rules.contains(rule.id));
        verdicts.push(findings::verdict(rule, !own.is_empty(), is_open, judgement.applicable));
        findings.extend(own);
    }
    let gaps = open.into_iter().map(|((place, question), rules)| findings::gap(place, question, &rules)).collect();
    let (ignores, bad_ignores) = ignore::read(roots, &findings);
    Analysis {
        evaluation: Evaluation { findings, verdicts, gaps, ..Evaluation::default() },
        inputs: roots.iter().map(summary).collect(),
        ignores,
        bad_ignores,
    }
}

fn summary(root: &Root) -> InputSummary {
    let most = |count: fn(&World) -> usize| root.base.iter().chain(&root.free).map(count).max().unwrap_or(0);
    InputSummary {
        path: root.label.clone(),
        enablers: most(|world| world.enablers.len()),
        registries: most(|world| world.registries.len()),
        resources: most(World::instances),
        files: root.files,
        directory: root.directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::finding::terraform::Limit;

    #[test]
    fn what_is_too_much_to_compare_is_left_out_and_said() {
        let folder = tempfile::tempdir().expect("a directory");
        let enabler = |name: &str, account: &str| {
            format!(
                "resource \"aws_inspector2_enabler\" \"{name}\" {{\n  account_ids = [\"{account}\"]\n  resource_types = [\"ECR\"]\n}}\n"
            )
        };
        let text = enabler("a", "111122223333") + &enabler("b", "123456789012");
        std::fs::write(folder.path().join("main.tf"), text).expect("a file");
        let read = || hcl::read_root(folder.path(), &[], 0).expect("a root");
        assert!(read().bounded().problems.is_empty());
        let cut = read().of_at_most(1);
        assert_eq!(cut.base.iter().map(|world| world.enablers.len()).collect::<Vec<_>>(), [1]);
        let said: Vec<&Unseen> = cut.problems.iter().map(|blind| &blind.what).collect();
        assert_eq!(said, [&Unseen::CutShort(Limit::Resources(1))]);
    }
}
