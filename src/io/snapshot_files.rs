//! Which snapshot files there are: directories are walked, patterns are filled in.
//!
//! A sweep writes `DIR/ACCOUNT/REGION.json.gz`, so that the place of a file says what it is about even where the file
//! itself cannot be read.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::input::is_standard;
use super::snapshot_file::{self, ENDINGS, is_snapshot};
use crate::report::TargetId;

/// A snapshot of a run.
#[derive(Debug)]
pub(crate) struct SnapshotFile {
    pub(crate) path: PathBuf,
    /// The target that its place in a directory names.
    pub(crate) target: Option<TargetId>,
    /// Whether it was named itself, rather than found.
    pub(crate) named: bool,
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSnapshots {
    #[error("cannot read the directory {path}")]
    Io {
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    #[error("there is no snapshot in {path}: no file whose name ends in .json or .json.gz")]
    Empty { path: PathBuf },
    #[error("no .json or .json.gz matches {pattern}")]
    NoMatch { pattern: String },
    #[error("{pattern} is no pattern: {message}")]
    NoPattern {
        pattern: String,
        /// What is wrong with it.
        message: &'static str,
    },
}

impl NoSnapshots {
    /// What to type next.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Io { .. } => "see that you may read it and all below it".to_owned(),
            Self::Empty { path } => format!(
                "`inspector-audit collect --output {}` writes one; a directory of Terraform is for `inspector-audit terraform`",
                path.join("snapshot.json").display()
            ),
            Self::NoMatch { .. } | Self::NoPattern { .. } => {
                "give the directory itself to read every snapshot in it".to_owned()
            }
        }
    }
}

/// The files that are meant, each once, in an order that does not depend on how they were named. Where two of them may
/// be about one target, the newest come first.
///
/// # Errors
/// When a directory cannot be read, or there is no snapshot where one was said to be.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<SnapshotFile>, NoSnapshots> {
    // Whether each was named itself.
    let mut all: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for path in paths {
        if is_standard(path) {
            all.insert(path.clone(), true);
            continue;
        }
        let pattern = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists());
        if path.is_dir() {
            let found = walk(path)?;
            if found.is_empty() {
                return Err(NoSnapshots::Empty { path: path.clone() });
            }
            for path in &found {
                all.entry(plain(path)).or_insert(false);
            }
        } else if let Some(pattern) = pattern {
            for path in fill_in(pattern)? {
                all.entry(plain(&path)).or_insert(false);
            }
        } else {
            all.insert(plain(path), true);
        }
    }
    let file = |(path, named): (PathBuf, bool)| SnapshotFile { target: target_of(&path), path, named };
    let mut files: Vec<_> = all.into_iter().map(file).collect();
    let targets: BTreeSet<_> = files.iter().filter_map(|file| file.target.as_ref()).collect();
    if files.len() > 1 && targets.len() < files.len() {
        files.sort_by_cached_key(|file| Reverse(snapshot_file::taken_at(&file.path)));
    }
    Ok(files)
}

/// Without `./`, so that a file has one name; except where that would name standard input.
fn plain(path: &Path) -> PathBuf {
    let plain: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if is_standard(&plain) { path.to_owned() } else { plain }
}

/// The snapshots in a directory and in those below it. Hidden names are files that are not finished yet; links to
/// directories are not followed, they may lead round in a circle.
fn walk(directory: &Path) -> Result<Vec<PathBuf>, NoSnapshots> {
    let (mut open, mut found) = (vec![directory.to_owned()], Vec::new());
    while let Some(directory) = open.pop() {
        let fail = |source| NoSnapshots::Io { path: directory.clone(), source };
        for entry in fs::read_dir(&directory).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type().map_err(fail)?.is_dir() {
                open.push(entry.path());
            } else if is_snapshot(&name) {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// The files that a pattern stands for, and the snapshots in the directories that it stands for.
fn fill_in(pattern: &str) -> Result<Vec<PathBuf>, NoSnapshots> {
    let paths = glob::glob(pattern)
        .map_err(|error| NoSnapshots::NoPattern { pattern: pattern.to_owned(), message: error.msg })?;
    let mut found = Vec::new();
    for path in paths {
        let path = path.map_err(|error| NoSnapshots::Io { path: error.path().to_owned(), source: error.into() })?;
        if path.is_dir() {
            found.extend(walk(&path)?);
        } else if path.to_str().is_some_and(is_snapshot) {
            found.push(path);
        }
    }
    if found.is_empty() { Err(NoSnapshots::NoMatch { pattern: pattern.to_owned() }) } else { Ok(found) }
}

/// The target that a file's place names: `ACCOUNT/REGION.json.gz`, or without `.gz`.
fn target_of(path: &Path) -> Option<TargetId> {
    let name = path.file_name()?.to_str()?;
    let region = ENDINGS.iter().rev().find_map(|ending| name.strip_suffix(ending))?;
    let account = path.parent()?.file_name()?.to_str()?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_region = region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (is_account && is_region && !region.is_empty())
        .then(|| TargetId { account: account.to_owned(), region: region.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_of_a_sweep_names_the_target() {
        let of = |path: &str| target_of(Path::new(path)).map(|target| target.to_string());
        assert_eq!(of("runs/111122223333/us-east-1.json.gz").as_deref(), Some("111122223333/us-east-1"));
        assert_eq!(of("111122223333/us-gov-west-1.json").as_deref(), Some("111122223333/us-gov-west-1"));
        for other in ["us-east-1.json", "runs/us-east-1.json", "111122223333/.json", "111122223333/a b.json", "/"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
