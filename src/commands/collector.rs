//! Settings and errors in the collector's words and out of them.

use crate::collect::{self, CollectError, Regions};
use crate::io::Hint;
use crate::settings::{Identities, Limits};

/// An error of the collector with what to type next.
pub(super) fn told(error: CollectError) -> anyhow::Error {
    let hint = error.hint();
    let error = anyhow::Error::new(error);
    match hint {
        Some(hint) => error.context(Hint(hint)),
        None => error,
    }
}

/// The regions as the collector takes them.
pub(super) fn regions(identities: &Identities) -> Regions {
    match (identities.all_regions, identities.regions.is_empty()) {
        (true, _) => Regions::All,
        (false, true) => Regions::DefaultChain,
        (false, false) => Regions::Explicit(identities.regions.clone()),
    }
}

/// Timeouts and attempts as the collector takes them.
pub(super) fn limits_of_calls(limits: &Limits) -> collect::Limits {
    collect::Limits {
        connect: limits.connect,
        read: limits.attempt,
        attempt: limits.attempt,
        operation: limits.operation,
        max_attempts: limits.max_attempts,
    }
}
