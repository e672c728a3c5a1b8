//! What a report says beside its findings.

use serde::{Deserialize, Serialize};

/// What is worth knowing and no finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// `ec2_scanning_off`: file systems would be exposed if EC2 scanning were on, and are where the VM Scanner was left
    /// behind on a host.
    pub kind: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// How many file systems it is about.
    pub file_systems: u64,
    /// What there is to know.
    pub message: String,
}
