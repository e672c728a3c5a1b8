//! Reports read back: a baseline, or the two sides of a comparison.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::bounded_file::read_json;
use super::input::named;
use crate::report::{REPORT_SCHEMA_VERSION, Report, ReportFile};

/// The most MiB of a report: 20,000 findings have some 60.
const MOST: u64 = 96;

/// Why a report cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportFileError {
    /// The file cannot be opened or read.
    #[error("cannot read the report {}", named(path))]
    Io {
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is a snapshot.
    #[error("{} is a snapshot, not a report", named(path))]
    Snapshot { path: PathBuf },
    /// It is several documents.
    #[error("{} is not one JSON report but JSON Lines, or several reports in one file", named(path))]
    Lines { path: PathBuf },
    /// It is no report.
    #[error("{} is not a JSON report of inspector-audit: {message}", named(path))]
    Format {
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// It is of another version.
    #[error("the report {} has schema_version {found}, this version reads {REPORT_SCHEMA_VERSION}", named(path))]
    Version { path: PathBuf, found: u64 },
}

impl ReportFileError {
    /// What to type next.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Io { .. } | Self::Format { .. } | Self::Lines { .. } => {
                "`inspector-audit scan --output report.json` writes one".to_owned()
            }
            Self::Snapshot { path } => {
                let file = path.display();
                format!("judge it first: `inspector-audit scan --snapshot {file} --output report.json`")
            }
            Self::Version { .. } => "upgrade inspector-audit, or write the report again with this version".to_owned(),
        }
    }
}

/// What tells a report from other documents, before all of it has to fit.
#[derive(Default, Deserialize)]
struct Head {
    schema_version: Option<u64>,
    findings: Option<serde::de::IgnoredAny>,
    targets: Option<serde::de::IgnoredAny>,
}

/// Reads a JSON report.
///
/// # Errors
/// When the file cannot be read or is no report of the version that this build writes.
pub(crate) fn read_report(path: &Path) -> Result<ReportFile, ReportFileError> {
    let bytes = read_json(path, MOST).map_err(|source| ReportFileError::Io { path: path.to_owned(), source })?;
    let format = |message: String| ReportFileError::Format { path: path.to_owned(), message };
    let mut documents = serde_json::Deserializer::from_slice(&bytes).into_iter::<Head>();
    let head = documents.next().unwrap_or_else(|| Ok(Head::default())).map_err(|error| format(error.to_string()))?;
    if documents.next().is_some() {
        return Err(ReportFileError::Lines { path: path.to_owned() });
    }
    if head.findings.is_none() && head.targets.is_some() {
        return Err(ReportFileError::Snapshot { path: path.to_owned() });
    }
    match head.schema_version {
        Some(version) if version == u64::from(REPORT_SCHEMA_VERSION) => {}
        Some(found) => return Err(ReportFileError::Version { path: path.to_owned(), found }),
        None => return Err(format("it has no schema_version".to_owned())),
    }
    let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
    let mut report: Report = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| format(format!("`{}`: {}", error.path(), error.inner())))?;
    // They are looked up by halving.
    report.gaps.sort();
    Ok(ReportFile { report, digest: digest(&bytes) })
}

fn digest(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let hex = Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>();
    format!("sha256:{hex}")
}
