//! Why a finding is one: a variant a rule, with its numbers and names.

use serde::Serialize;

use super::{ecr, efs, terraform};

/// What is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Reason {
    /// Of R1.
    Efs(efs::Reason),
    /// Of R2.
    Ecr(ecr::Reason),
    /// Of Terraform.
    Terraform(terraform::Reason),
}
