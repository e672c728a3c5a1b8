//! Temporary files that a run left when it was killed, or when the machine went down.
//!
//! A run holds a lock on each of its own for as long as it lives: what has our name and can be locked is nobody's.

#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::path::Path;

/// How the names of temporary files begin.
pub(super) const PREFIX: &str = ".inspector-audit-";
/// The characters that follow.
#[cfg(unix)]
const RANDOM: usize = 6;

/// Locks a temporary file that was just made; `false` where another run was quicker and removed it as abandoned.
///
/// Where there are no locks nobody can hold one, and nothing is removed either.
#[cfg(unix)]
pub(super) fn claim(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)) && file.metadata().is_ok_and(|made| made.nlink() > 0)
}

/// Removes what others of the same owner left beside `own`.
#[cfg(unix)]
pub(super) fn remove_abandoned(own: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(made) = fs::symlink_metadata(own) else { return };
    let Some(entries) = own.parent().and_then(|directory| fs::read_dir(directory).ok()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let is_named = random
            .is_some_and(|random| random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let path = entry.path();
        if !is_named || path == own {
            continue;
        }
        let is_ours = fs::symlink_metadata(&path).is_ok_and(|file| file.is_file() && file.uid() == made.uid());
        let Some(left) = is_ours.then(|| File::options().write(true).open(&path).ok()).flatten() else { continue };
        if left.try_lock().is_ok() {
            // What cannot be removed now is the next run's.
            let _ = fs::remove_file(&path);
        }
    }
}

/// Elsewhere a lock keeps others from reading: there is none, and nothing is taken for abandoned.
#[cfg(not(unix))]
pub(super) fn claim(_: &File) -> bool {
    true
}

#[cfg(not(unix))]
pub(super) fn remove_abandoned(_: &Path) {}
