//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{NamedTempFile, TempPath};

use super::leftovers::{PREFIX, claim, remove_abandoned};

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
    pub(super) fn new(path: &Path, option: &'static str, source: io::Error) -> Self {
        Self { path: path.to_owned(), option, source }
    }

    /// What to type next.
    pub(crate) fn help(&self) -> String {
        format!("choose another path with --{}", self.option)
    }
}

/// How many symbolic links are followed, as Linux does.
const LINKS: usize = 40;

/// The temporary files that exist now, for whoever has to leave in a hurry.
static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes the temporary files of outputs that were not finished, for the handler of signals. No file is begun or finished
/// after that: the process has to end.
pub fn remove_unfinished() {
    let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    for path in pending.drain(..) {
        // Nothing is left to do about a file that cannot be removed: the process is ending.
        let _ = fs::remove_file(path);
    }
    std::mem::forget(pending);
}

/// Where a path leads: an absolute path without links, also of a file that does not exist yet.
///
/// # Errors
/// When the directory does not exist or cannot be read, or links lead round in a circle.
pub(crate) fn resolved(path: &Path) -> io::Result<PathBuf> {
    followed(path, &|_| true)
}

/// The same, with the links at the end of the path that `follows` says yes to.
fn followed(path: &Path, follows: &dyn Fn(&fs::Metadata) -> bool) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let link = fs::symlink_metadata(&path).is_ok_and(|file| file.is_symlink() && follows(&file));
        if !link {
            let Some(name) = path.file_name() else { return fs::canonicalize(&path) };
            return Ok(fs::canonicalize(directory(&path))?.join(name));
        }
        path = directory(&path).join(fs::read_link(&path)?);
    }
    Err(io::Error::other("it is a symbolic link that leads round in a circle"))
}

/// Whether a link was made by who runs this, or by root: anybody else could have laid it in a shared directory to have
/// some file of ours replaced.
#[cfg(unix)]
fn is_trusted(link: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    [0, rustix::process::geteuid().as_raw()].contains(&link.uid())
}

#[cfg(not(unix))]
fn is_trusted(_: &fs::Metadata) -> bool {
    true
}

/// The directory that a file is in.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Brings a file, or the entries of a directory, to the disk.
fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        // Some file systems have nothing to sync, and say so.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        other => other,
    }
}

/// Brings a rename to the disk. A directory that may be written and not read keeps that to itself.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    match File::open(directory(path)) {
        Ok(directory) => sync(&directory),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A temporary file that is known to [`remove_unfinished`] from its first moment on.
fn begin(directory: &Path) -> io::Result<(File, TempPath)> {
    let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let (file, temporary) = NamedTempFile::with_prefix_in(PREFIX, directory)?.into_parts();
        // Else another run has just taken it for abandoned.
        if claim(&file) {
            pending.push(temporary.to_path_buf());
            return Ok((file, temporary));
        }
    }
}

/// A file that appears under its name only when it is complete and on the disk: a temporary file beside it, then a rename.
///
/// A symbolic link stays, and what it leads to is replaced; but the link itself is replaced where it is somebody else's. The
/// mode is 0600 on Unix: the file describes infrastructure. Temporary files that killed runs left there are removed.
#[derive(Debug)]
pub(crate) struct WholeFile {
    file: io::BufWriter<File>,
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
        let target = followed(path, &is_trusted).map_err(fail)?;
        match fs::symlink_metadata(&target) {
            Ok(there) if there.is_dir() => {
                return Err(fail(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory")));
            }
            // The rename would put a file in the place of the pipe or the device.
            Ok(there) if !there.is_file() && !there.is_symlink() => {
                return Err(fail(io::Error::other(
                    "it is no regular file but a pipe, a socket or a device; redirect standard output to it instead",
                )));
            }
            _ => {}
        }
        let (file, temporary) = begin(directory(&target)).map_err(fail)?;
        remove_abandoned(&temporary);
        Ok(Self { file: io::BufWriter::with_capacity(1 << 16, file), temporary, path: path.to_owned(), target, option })
    }

    /// Makes the file appear under its name.
    ///
    /// # Errors
    /// When the last bytes cannot be written or the rename fails; the name is then as it was before.
    pub(crate) fn finish(self) -> Result<(), OutputError> {
        self.appear(true)
    }

    /// The same, without waiting until it is on the disk: after a power failure it may be cut short.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub(super) fn finish_unsynced(self) -> Result<(), OutputError> {
        self.appear(false)
    }

    fn appear(mut self, lasting: bool) -> Result<(), OutputError> {
        let (path, option) = (self.path.clone(), self.option);
        let fail = move |source| OutputError { path: path.clone(), option, source };
        self.file.flush().map_err(&fail)?;
        if lasting {
            sync(self.file.get_ref()).map_err(&fail)?;
        }
        let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
        let temporary = self.temporary.to_path_buf();
        self.temporary.persist(&self.target).map_err(|error| fail(error.error))?;
        pending.retain(|pending| *pending != temporary);
        drop(pending);
        if lasting { sync_directory(&self.target).map_err(fail) } else { Ok(()) }
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
