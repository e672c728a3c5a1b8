//! The directory of a sweep: a compressed snapshot for each target, at `ACCOUNT/REGION.json.gz`, so that a run that was
//! killed goes on where it stopped.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::snapshot_file::{self, SnapshotError, Writer};
use super::whole_file::{OutputError, WholeFile};
use crate::model::{GapReason, Target};

/// The option that names it.
const OPTION: &str = "into";

/// The directory, and what of it is still good.
#[derive(Debug, Clone)]
pub(crate) struct SweepDirectory {
    path: PathBuf,
    /// What was taken before that is collected again.
    from: DateTime<Utc>,
    /// Whether what has gaps that may go away by themselves is collected again.
    retry_gaps: bool,
}

impl SweepDirectory {
    /// Makes the directory where it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or is no directory.
    pub(crate) fn open(
        path: &Path,
        now: DateTime<Utc>,
        max_age: Duration,
        retry_gaps: bool,
    ) -> Result<Self, OutputError> {
        fs::create_dir_all(path).map_err(|source| OutputError::new(path, OPTION, source))?;
        let age = TimeDelta::from_std(max_age).unwrap_or(TimeDelta::MAX);
        Ok(Self { path: path.to_owned(), from: now.checked_sub_signed(age).unwrap_or_default(), retry_gaps })
    }

    /// Whether a target is there, and good enough to be left as it is.
    pub(crate) fn has(&self, account: &str, region: &str) -> bool {
        let path = self.place(account, region);
        if !path.is_file() {
            return false;
        }
        if !self.retry_gaps {
            return snapshot_file::taken_at(&path).is_some_and(|taken_at| taken_at > self.from);
        }
        let mut transient = false;
        let read = snapshot_file::read(&path, &mut |target| {
            transient |= target.gaps().iter().any(|(.., gap)| is_transient(gap.reason));
            Ok::<(), SnapshotError>(())
        });
        // What cannot be read is not there.
        read.is_ok_and(|head| head.taken_at > self.from) && !transient
    }

    /// Writes a target, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, target: &Target) -> Result<(), OutputError> {
        let path = self.place(&target.account, &target.region);
        let directory = path.parent().unwrap_or(&self.path);
        fs::create_dir_all(directory).map_err(|source| OutputError::new(directory, OPTION, source))?;
        let file = WholeFile::create(&path, OPTION)?;
        let mut file = compressed(file, target).map_err(|source| OutputError::new(&path, OPTION, source))?;
        file.flush().map_err(|source| OutputError::new(&path, OPTION, source))?;
        // Not brought to the disk one by one, which would take longer than to collect them: what a power failure cuts
        // short is not taken for whole, and collected again.
        file.finish_unsynced()
    }

    fn place(&self, account: &str, region: &str) -> PathBuf {
        let account = if account.is_empty() { "unknown" } else { account };
        self.path.join(account).join(format!("{region}.json.gz"))
    }
}

fn compressed(file: WholeFile, target: &Target) -> io::Result<WholeFile> {
    let mut writer = Writer::new(GzEncoder::new(file, Compression::fast()), target.taken_at);
    writer.target(target)?;
    writer.end()?.finish()
}

/// Whether a gap may be gone the next time, without anybody doing anything.
pub(crate) fn is_transient(reason: GapReason) -> bool {
    matches!(reason, GapReason::Throttled | GapReason::Timeout | GapReason::NoCredentials | GapReason::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Gap, Section};

    fn target(gap: Option<GapReason>, taken_at: DateTime<Utc>) -> Target {
        let mut target = Target::unseen("111122223333", "us-east-1", taken_at);
        let gap = gap.unwrap_or(GapReason::AccessDenied);
        target.identity =
            Section::Missing(Gap { reason: gap, operation: "x:Y".into(), message: "no".into(), request_id: None });
        target
    }

    #[test]
    fn what_is_young_is_left_and_what_may_have_gone_away_is_asked_again_on_request() {
        let home = tempfile::tempdir().expect("a directory");
        let now = DateTime::from_timestamp(1_795_219_200, 0).expect("a time");
        let hours = Duration::from_hours(20);
        let open = |retry, now| SweepDirectory::open(&home.path().join("a/b"), now, hours, retry).expect("a directory");
        let (plain, again) = (open(false, now), open(true, now));
        assert!(!plain.has("111122223333", "us-east-1"));
        for (gap, is_asked_again) in
            [(GapReason::AccessDenied, false), (GapReason::Throttled, true), (GapReason::RegionDisabled, false)]
        {
            plain.write(&target(Some(gap), now)).expect("written");
            assert!(plain.has("111122223333", "us-east-1"));
            assert_eq!(again.has("111122223333", "us-east-1"), !is_asked_again, "{gap:?}");
        }
        let later = now + TimeDelta::hours(21);
        assert!(!open(false, later).has("111122223333", "us-east-1"));
        assert!(!plain.has("111122223333", "eu-west-1"));
        let path = home.path().join("a/b/111122223333/us-east-1.json.gz");
        fs::write(&path, b"").expect("a file that was cut short");
        assert!(!plain.has("111122223333", "us-east-1"));
    }
}
