//! Enablers that the provider or AWS rejects: arguments and resource types that do not exist, or not in their region.

use crate::rules::{Confidence, Evidence, Severity};

use super::observe::{Class, Observation, enabler_evidence};
use super::resources::Enabler;
use super::scene::account_of;
use super::schema;

/// What is wrong with an enabler as it is written.
pub(crate) fn enabler(enabler: &Enabler) -> Option<Observation> {
    let mut all = enabler.faults.clone();
    all.extend(schema::region_faults(&enabler.types, enabler.region.name()));
    if all.is_empty() {
        return None;
    }
    let mut evidence = vec![enabler_evidence(enabler)];
    evidence.extend(all.iter().take(10).map(|fault| Evidence::new("rejected", fault.clone())));
    let faults: Vec<&str> = all.iter().take(10).map(String::as_str).collect();
    Some(Observation {
        class: Class::Invalid,
        subject: enabler.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::Medium,
        account: account_of(enabler.accounts.iter()),
        region: enabler.region.name().map(str::to_owned),
        title: "The apply will reject this enabler".to_owned(),
        message: format!("{}: {}.", enabler.source.describe(), faults.join("; ")),
        evidence,
        fix: "Write the arguments and resource types as the provider has them.".to_owned(),
        ways: vec![
            "# resource_types = [\"EC2\", \"ECR\", \"LAMBDA\", \"LAMBDA_CODE\", \"CODE_REPOSITORY\"] # of these"
                .to_owned(),
        ],
    })
}
