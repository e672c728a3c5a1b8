//! Files that are written whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{NamedTempFile, TempPath};

/// A file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}")]
pub(crate) struct OutputError {
    path: PathBuf,
    /// The option that named it.
    option: &'static str,
    /// What the system says.
    source: io::Error,
}

impl OutputError {
    /// What to type next.
    pub(crate) fn help(&self) -> String {
        format!("choose another path with --{}", self.option)
    }
}

/// How many symbolic links are followed, as Linux does.
const LINKS: usize = 40;

/// The temporary files that exist now, for whoever has to leave in a hurry.
static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes the temporary files of outputs that were not finished. For the interrupt handler.
pub fn remove_unfinished() {
    for path in PENDING.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        // Nothing is left to do about a file that cannot be removed: the process is ending.
        let _ = fs::remove_file(path);
    }
}

/// Where a path leads: an absolute path without links, also of a file that does not exist yet.
///
/// # Errors
/// When the directory does not exist or cannot be read, or links lead round in a circle.
pub(crate) fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let link = fs::symlink_metadata(&path).is_ok_and(|file| file.is_symlink());
        if !link {
            let Some(name) = path.file_name() else { return fs::canonicalize(&path) };
            return Ok(fs::canonicalize(directory(&path))?.join(name));
        }
        path = directory(&path).join(fs::read_link(&path)?);
    }
    Err(io::Error::other("it is a symbolic link that leads round in a circle"))
}

/// The directory that a file is in.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A file that appears under its name only when it is complete: a temporary file beside it, then a rename.
///
/// A symbolic link stays, and what it leads to is replaced. Its mode is 0600 on Unix: it describes infrastructure.
#[derive(Debug)]
pub(crate) struct WholeFile {
    file: io::BufWriter<fs::File>,
    temporary: TempPath,
    /// As it was named, for errors.
    path: PathBuf,
    target: PathBuf,
    option: &'static str,
}

impl WholeFile {
    /// Creates the temporary file, so that a path that cannot be written fails before the work begins.
    ///
    /// # Errors
    /// When the directory does not exist or cannot be written, or the path is a directory, a pipe or a device.
    pub(crate) fn create(path: &Path, option: &'static str) -> Result<Self, OutputError> {
        let fail = |source| OutputError { path: path.to_owned(), option, source };
        let target = resolved(path).map_err(fail)?;
        match fs::metadata(&target) {
            Ok(there) if there.is_dir() => {
                return Err(fail(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory")));
            }
            // The rename would put a file in the place of the pipe or the device.
            Ok(there) if !there.is_file() => {
                return Err(fail(io::Error::other(
                    "it is no regular file but a pipe, a socket or a device; redirect standard output to it instead",
                )));
            }
            _ => {}
        }
        let temporary = NamedTempFile::with_prefix_in(".inspector-audit-", directory(&target)).map_err(fail)?;
        let (file, temporary) = temporary.into_parts();
        PENDING.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.to_path_buf());
        Ok(Self { file: io::BufWriter::with_capacity(1 << 16, file), temporary, path: path.to_owned(), target, option })
    }

    /// Makes the file appear under its name.
    ///
    /// # Errors
    /// When the last bytes cannot be written or the rename fails; the name is then as it was before.
    pub(crate) fn finish(mut self) -> Result<(), OutputError> {
        let (path, option) = (self.path.clone(), self.option);
        let fail = move |source| OutputError { path: path.clone(), option, source };
        self.file.flush().map_err(&fail)?;
        let temporary = self.temporary.to_path_buf();
        self.temporary.persist(&self.target).map_err(|error| fail(error.error))?;
        PENDING.lock().unwrap_or_else(PoisonError::into_inner).retain(|pending| *pending != temporary);
        Ok(())
    }

    /// An error of this file, for whoever writes to it.
    pub(crate) fn error(&self, source: io::Error) -> OutputError {
        OutputError { path: self.path.clone(), option: self.option, source }
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
