//! How many calls the process may make at once: each is a connection, and a connection is an open file.

/// What the process has open besides: its outputs, the resolver, standard streams.
const OTHERS: u64 = 64;
/// Files that one call may take: its own connection, four that hang beside it, and some that wait to be used again.
const OF_A_CALL: u64 = 8;

/// As many calls of `wanted` as files allow, once the soft limit is as high as the hard one; with the limit where it
/// allows fewer.
pub(super) fn calls_at_once(wanted: usize) -> (usize, Option<u64>) {
    let Some(limit) = raised() else { return (wanted, None) };
    let most = usize::try_from(limit.saturating_sub(OTHERS) / OF_A_CALL).unwrap_or(usize::MAX).max(1);
    if most < wanted { (most, Some(limit)) } else { (wanted, None) }
}

/// The limit of open files, as high as the process may set it; `None`: there is none.
#[cfg(unix)]
fn raised() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        // macOS has a limit of its own below the one that it names.
        Err(_) => limit.current,
    }
}

#[cfg(not(unix))]
fn raised() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_calls_are_always_allowed() {
        assert_eq!(calls_at_once(4), (4, None));
    }
}
