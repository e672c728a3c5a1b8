//! Gaps: what could not be seen, and why.

use serde::{Deserialize, Serialize};

/// Why a section (or one resource of it) is missing. A closed set, part of the report's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The credentials may not call the operation.
    AccessDenied,
    /// The service is not switched on in this account and region, and says so by refusing.
    NotEnabled,
    /// The region is opted out for this account.
    RegionDisabled,
    /// AWS kept throttling after every retry.
    Throttled,
    /// No answer in time, or no connection.
    Timeout,
    /// No credentials, or expired ones.
    NoCredentials,
    /// An organization or resource policy, or this program's own read-only guard, stopped the call.
    Blocked,
    /// The answer was not what the service speaks: an HTML page, half a body, a repeated page token.
    Protocol,
    /// The service does not exist in this region.
    Unsupported,
    /// A plan has the target, and no snapshot does: whoever was to collect it did not.
    NotCollected,
    /// The target's snapshot is there and cannot be read.
    Unreadable,
    /// Anything else; the message says what.
    Other,
}

impl GapReason {
    /// The reason as reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::NotEnabled => "not_enabled",
            Self::RegionDisabled => "region_disabled",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::NoCredentials => "no_credentials",
            Self::Blocked => "blocked",
            Self::Protocol => "protocol",
            Self::Unsupported => "unsupported",
            Self::NotCollected => "not_collected",
            Self::Unreadable => "unreadable",
            Self::Other => "other",
        }
    }

    /// Whether it says that there is nothing to see, rather than that something could not be seen: a service that does
    /// not exist in the region, and one that was never switched on.
    pub(crate) fn is_absence(self) -> bool {
        matches!(self, Self::NotEnabled | Self::Unsupported)
    }
}

/// Why something is missing, as the collector met it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The class of the failure.
    pub reason: GapReason,
    /// The operation with its IAM prefix, e.g. `ssm:DescribeInstanceInformation`; empty if none was tried.
    pub operation: String,
    /// What happened, on what, and what to do next; no secret in it.
    pub message: String,
    /// AWS's request id, where the answer had one.
    #[serde(default)]
    pub request_id: Option<String>,
}
