//! Terraform and `OpenTofu`, judged before anyone applies: the loop between Inspector and the ECR registry, enablers that
//! undo each other, rules that the API will reject.
//!
//! Reads plans, states and configuration; calls no AWS and needs no terraform binary. What the input does not decide is
//! a gap, and the rule is inconclusive; a condition that only a variable decides is looked at both ways.

mod advice;
mod condition;
mod coupling;
mod destroy;
mod error;
mod findings;
mod hcl;
mod inputs;
mod json;
mod judge;
mod live;
mod misspelt;
mod observe;
mod place;
mod predicate;
mod reading;
mod resources;
pub mod rules;
mod scene;
mod schema;
mod switched;
mod ways;
mod world;
mod writers;

pub use error::TerraformError;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::model::Target;
use crate::rules::{Evaluation, Finding, Inventory, OpenGap, Rule};

use destroy::Effect;
use inputs::Input;
use judge::{Doubted, Holds, Judged};
use scene::OneAccount;
use world::{Blind, Root, World};

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
            Ok(root) => roots.push(root),
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
    let narrower = rules::enabler_narrower_than_live::RULE.id;
    let asked: BTreeSet<&str> = rules::ALL
        .iter()
        .map(|rule| rule.id)
        .filter(|id| selected.iter().any(|rule| rule.id == *id))
        .filter(|id| *id != narrower || !live.is_empty())
        .collect();
    let one = OneAccount(settings.one_account);
    let mut judgement = judge::judge(roots, one);
    let mut definite = |observation, doubts: Vec<observe::Doubt>| {
        let judged = |observation| Judged { observation, holds: Holds::Always, except: Vec::new() };
        judgement.judged.extend(Option::into_iter(observation).map(judged));
        let doubted = |doubt| Doubted { doubt, only_free: false };
        judgement.doubts.extend(doubts.into_iter().map(doubted));
    };
    for world in roots.iter().flat_map(|root| &root.base) {
        for deletion in &world.deletions {
            match destroy::effect(deletion, world) {
                Effect::Harmless => {}
                Effect::Unclear(doubt) => definite(None, vec![doubt]),
                Effect::Does(observation) => definite(Some(*observation), Vec::new()),
            }
        }
        for change in &world.changes {
            let (observation, doubt) = switched::effect(change);
            definite(observation, doubt.into_iter().collect());
        }
        let (observations, doubts) = live::compare(world, live);
        definite(None, doubts);
        for observation in observations {
            definite(Some(observation), Vec::new());
        }
    }
    judgement.drop_phases_of_loops();
    let mut seen = BTreeSet::new();
    let findings: Vec<Finding> = judgement
        .judged
        .iter()
        .map(|judged| findings::finding(judged, roots))
        .filter(|finding| asked.contains(finding.rule) && seen.insert(finding.fingerprint.clone()))
        .collect();
    let blind = |message| Blind { place: String::new(), message, only_free: false };
    let unread = errors.iter().map(|error| blind(error.to_string()));
    let skipped = judgement.skipped.iter().map(|message| blind(message.clone()));
    let blinds: BTreeSet<Blind> =
        roots.iter().flat_map(|root| root.problems.iter().cloned()).chain(unread).chain(skipped).collect();
    let mut gaps: Vec<OpenGap> = blinds.iter().filter_map(|blind| findings::gap_of_blind(blind, &asked)).collect();
    gaps.extend(judgement.doubts.iter().filter_map(|doubted| findings::gap_of_doubt(doubted, &asked)));
    let worlds = || roots.iter().flat_map(|root| root.base.iter().chain(&root.free));
    let (destroys, switched) = (rules::destroy_disables_scanning::RULE.id, rules::scanning_switched_off::RULE.id);
    let applicable = |rule: &str| {
        worlds().any(|world| match rule {
            _ if rule == destroys => !world.deletions.is_empty(),
            _ if rule == switched => world.plan && !world.is_empty(),
            _ => !world.is_empty(),
        })
    };
    let verdicts = findings::verdicts(&asked, &findings, &gaps, applicable);
    Analysis {
        evaluation: Evaluation { findings, verdicts, gaps, inventory: Inventory::default() },
        inputs: roots.iter().map(summary).collect(),
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
