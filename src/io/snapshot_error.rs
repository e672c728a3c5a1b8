//! Why a snapshot cannot be read, and what to type next, with the file of a similar name beside a missing one.

use std::io;
use std::path::{Path, PathBuf};

use super::input::named;
use crate::model::SNAPSHOT_SCHEMA_VERSION;
use crate::report::Damage;
use crate::text::nearest;

/// Why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file cannot be opened or read.
    #[error("cannot read the snapshot {}", named(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file ends too early.
    #[error("the snapshot {} ends in the middle (line {line}): it was not written or copied whole", named(path))]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The last line.
        line: usize,
    },
    /// The file is not a snapshot.
    #[error("{} is not a snapshot of inspector-audit: {message}", named(path))]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// The file is a report.
    #[error("{} is a report, not a snapshot", named(path))]
    Report {
        /// The file.
        path: PathBuf,
    },
    /// The file is of another version.
    #[error("the snapshot {} has schema_version {found}, this version reads {SNAPSHOT_SCHEMA_VERSION}", named(path))]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
}

impl SnapshotError {
    /// What to type next.
    pub(crate) fn help(&self) -> String {
        let collect = "`inspector-audit collect --output snapshot.json`";
        match self {
            Self::Io { path, .. } if self.is_not_found() => match near(path) {
                Some(near) => format!("did you mean {}?", named(&near)),
                None => format!("{collect} writes one, with AWS"),
            },
            Self::Io { .. } | Self::Format { .. } => format!("{collect} writes one, with AWS"),
            Self::Truncated { .. } => format!("collect it again: {collect}"),
            Self::Report { .. } => format!("give the snapshot that it was made from, or write one with {collect}"),
            Self::Version { .. } => format!("upgrade inspector-audit, or collect again with this version: {collect}"),
        }
    }

    /// The same as reports tell it, without the file.
    pub(crate) fn damage(&self) -> Damage {
        match self {
            Self::Io { source, .. } => Damage::Io(source.to_string()),
            Self::Truncated { .. } => Damage::Truncated,
            Self::Format { message, .. } => Damage::Format(message.clone()),
            Self::Report { .. } => Damage::Report,
            Self::Version { found, .. } => Damage::Version(*found),
        }
    }

    /// Whether there is no such file.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// What the name of a snapshot in a directory ends in.
pub(super) const ENDINGS: [&str; 2] = [".json", ".json.gz"];

/// Whether a file of that name is taken for a snapshot where it was not named itself.
pub(super) fn is_snapshot(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The file beside a missing one that is named most like it.
fn near(missing: &Path) -> Option<PathBuf> {
    let folder = missing.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).ok()?.take(MOST_NAMES).filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        is_snapshot(&name).then_some(name)
    });
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nearest(missing.file_name()?.to_str()?, &names).map(|name| missing.with_file_name(name))
}

/// How many names are looked through for a near one.
const MOST_NAMES: usize = 10_000;
