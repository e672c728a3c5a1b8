//! Enablers that the provider or AWS rejects: arguments and resource types that do not exist, or not in their region.

use crate::rules::finding::terraform::{Advice, Edit, Evidence, What};
use crate::rules::finding::{Confidence, Severity};

use super::advice::first_ten;
use super::observe::{Class, Observation, enabler_evidence, enabler_side};
use super::resources::Enabler;
use super::scene::account_of;
use super::schema;
use super::ways::local_address;

/// What is wrong with an enabler as it is written.
pub(crate) fn enabler(enabler: &Enabler) -> Option<Observation> {
    let mut all = enabler.faults.clone();
    all.extend(schema::region_faults(&enabler.types, enabler.region.name()));
    if all.is_empty() {
        return None;
    }
    let (faults, more_faults) = first_ten(&all);
    let mut evidence = vec![enabler_evidence(enabler)];
    evidence.extend(faults.iter().cloned().map(Evidence::Rejected));
    Some(Observation {
        class: Class::Invalid,
        subject: enabler.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::Medium,
        account: account_of(enabler.accounts.iter()),
        region: enabler.region.name().map(str::to_owned),
        what: What::TerraformEnablerInvalid { faults, more_faults },
        sides: vec![enabler_side(enabler)],
        more_sides: 0,
        evidence,
        advice: Advice::AsTheProviderHasIt,
        ways: vec![vec![Edit::KnownTypes { address: local_address(&enabler.source.address) }]],
    })
}
