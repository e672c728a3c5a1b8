//! Enablers that the provider rejects: arguments and resource types that do not exist.

use crate::rules::{Confidence, Evidence, Severity};

use super::coupling::account_of;
use super::observe::{Class, Observation, enabler_evidence};
use super::resources::Enabler;

/// What is wrong with an enabler as it is written.
pub(crate) fn enabler(enabler: &Enabler) -> Option<Observation> {
    if enabler.faults.is_empty() {
        return None;
    }
    let mut evidence = vec![enabler_evidence(enabler)];
    evidence.extend(enabler.faults.iter().take(10).map(|fault| Evidence::new("rejected", fault.clone())));
    let faults: Vec<&str> = enabler.faults.iter().take(10).map(String::as_str).collect();
    Some(Observation {
        class: Class::Invalid,
        subject: enabler.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::Medium,
        account: account_of(enabler.accounts.iter()),
        region: enabler.region.name().map(str::to_owned),
        title: "Terraform will reject this enabler".to_owned(),
        message: format!("{}: {}.", enabler.source.describe(), faults.join("; ")),
        evidence,
        fix: "Write the arguments and resource types as the provider has them.".to_owned(),
        ways: vec![
            "# resource_types = [\"EC2\", \"ECR\", \"LAMBDA\", \"LAMBDA_CODE\", \"CODE_REPOSITORY\"] # of these"
                .to_owned(),
        ],
    })
}
