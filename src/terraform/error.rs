//! What makes an input unusable.

use std::path::PathBuf;

use thiserror::Error;

/// Why an input could not be analysed. Every variant names the file, and the line where there is one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TerraformError {
    /// No path was given.
    #[error("no input: name a plan or state in JSON, a tfstate file, or a directory with .tf files")]
    NoInput,
    /// The file or directory cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The path as given.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file is larger than this program reads.
    #[error("{}: larger than {} MiB, which is more than is read of one file", path.display(), limit >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes are not UTF-8.
    #[error("{}:{line}: not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line of the first bad byte, from 1.
        line: u32,
    },
    /// The text is not what its file name or its first bytes promise.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u32,
        /// From 1.
        column: u32,
        /// What the parser says.
        message: String,
    },
    /// Readable, but no kind of input that is understood.
    #[error("{}: {message}", path.display())]
    Unsupported {
        /// The path.
        path: PathBuf,
        /// What it looks like and what to give instead.
        message: String,
    },
}

impl TerraformError {
    /// What to type next, where the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Io { .. } => Some(
                "name a directory with .tf files, or a plan: `terraform show -json plan.out | inspector-audit terraform -`",
            ),
            _ => None,
        }
    }
}
