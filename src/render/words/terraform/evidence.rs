//! What was seen in a configuration, a plan or a state.

use super::{conditions, fault, place};
use crate::report::v1;
use crate::rules::finding::terraform::{Account, Evidence, Sequence, Side};

/// The kind of evidence that says what AWS and Terraform do in turn.
pub(crate) const SEQUENCE: &str = "predicted_sequence";

/// One piece of evidence.
pub(in crate::render::words) fn evidence(evidence: &Evidence) -> v1::Evidence {
    let (kind, detail) = match evidence {
        Evidence::Enabler { side, accounts } => {
            let accounts: Vec<String> = accounts.iter().map(account).collect();
            let accounts = if accounts.is_empty() { "not known".to_owned() } else { accounts.join(", ") };
            ("terraform_resource", format!("{}, accounts: {accounts}", says(side)))
        }
        Evidence::Registry { side, rules, open } => {
            let others = if *open { " and others that are not known" } else { "" };
            ("terraform_resource", format!("{}, {rules} rule(s){others}", says(side)))
        }
        Evidence::Sequence(steps) => (SEQUENCE, sequence(*steps).to_owned()),
        Evidence::WeakestStep(steps) => ("weakest_step", weakest(*steps).to_owned()),
        Evidence::PreventDestroy => (
            "prevent_destroy",
            "prevent_destroy protects nothing here: Terraform updates the resource, AWS switches the feature off"
                .to_owned(),
        ),
        Evidence::PreventDestroyGoes => (
            "prevent_destroy",
            "prevent_destroy helps only while the block is written: it goes with the block".to_owned(),
        ),
        Evidence::Drift { address, attribute, before, after } => {
            ("resource_drift", format!("{attribute} of {address} went from {before} to {after}"))
        }
        Evidence::Kept { written, kept } => {
            ("ignore_changes", format!("the configuration writes {written}, the plan keeps {kept}"))
        }
        Evidence::Was(types) => ("before", format!("it enabled {}", types.join(", "))),
        Evidence::Before(side) => ("before", format!("{} before: {}", place(side), side.value)),
        Evidence::Live(types) => ("live", format!("enabled: {}", types.join(", "))),
        Evidence::Writers(count) => ("writers", format!("{count} write the registry of one account and region")),
        Evidence::Update { before, after } => ("planned_update", format!("before: {before}, after: {after}")),
        Evidence::Rejected(rejected) => ("rejected", fault::fault(rejected)),
        Evidence::When(when) => ("condition", format!("it holds when {}", conditions(when))),
        Evidence::Except(except) => ("condition", format!("it does not hold when {}", conditions(except))),
    };
    v1::Evidence::new(kind, detail)
}

fn says(side: &Side) -> String {
    format!("{}: {} {}", place(side), side.attribute, side.value)
}

fn account(account: &Account) -> String {
    match account {
        Account::Id(id) => id.clone(),
        Account::OfProvider(name) => format!("that of provider {name}"),
        Account::Expression(expression) => expression.clone(),
    }
}

fn sequence(steps: Sequence) -> &'static str {
    match steps {
        Sequence::BasicAgainstEcrAlone => {
            "AWS switches Inspector off for the whole account, its findings and suppression rules go; the next apply \
             switches it on, the registry becomes ENHANCED and scans all repositories continuously; the one after that \
             writes BASIC again, and so on"
        }
        Sequence::BasicAgainstEcr => {
            "AWS switches Inspector's ECR type off, the others stay on; the next apply switches ECR on, the registry becomes \
             ENHANCED and scans all repositories continuously; the one after that writes BASIC again, and so on"
        }
        Sequence::EnhancedWithoutEcr => {
            "ENHANCED switches Inspector's ECR type on; the next apply finds a type that the enabler does not list and \
             switches it off, the registry falls back to BASIC; the one after that writes ENHANCED again, and so on"
        }
        Sequence::Enablers => {
            "each enabler switches off what only the other lists; the next plan shows that as drift, and the apply switches \
             it the other way round, and so on"
        }
        Sequence::Writers => {
            "each write replaces the whole configuration, the last one holds; the next plan shows the others as drift, and \
             the apply writes them again, and so on"
        }
    }
}

fn weakest(steps: Sequence) -> &'static str {
    match steps {
        Sequence::BasicAgainstEcrAlone => {
            "how long AWS waits before it switches Inspector off: observed by users, in no document"
        }
        Sequence::BasicAgainstEcr => "that the types beside ECR stay on: observed by users, in no document",
        Sequence::EnhancedWithoutEcr | Sequence::Enablers => {
            "what the enabler switches off: from the provider's source, not observed"
        }
        Sequence::Writers => "which of them writes last: Terraform does not say",
    }
}
