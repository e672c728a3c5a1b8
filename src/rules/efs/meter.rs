//! What the meter says: what became of a file system's cold data, and whether the scan reads it.

use super::exposure::{Exposed, Exposure};
use super::history::History;
use super::scan_activity::ScanActivity;
use super::scan_runs::ScanRuns;
use super::scan_seen::{ScanSeen, Scanned};
use super::storage::is_elastic;
use crate::model::Target;
use crate::rules::finding::efs::Unread;

/// What it says of one file system.
#[derive(Debug)]
pub(crate) struct Metered {
    /// What its metrics show, where they were collected.
    pub(crate) history: Option<History>,
    /// Whether the scan reads it; nothing where nobody is exposed.
    pub(crate) scan: ScanSeen,
}

/// What it says of a target.
#[derive(Debug)]
pub(crate) struct Meter {
    /// Signs that the scan is behind what the metrics show.
    pub(crate) activity: ScanActivity,
    /// By number of the file system.
    pub(crate) file_systems: Vec<Metered>,
}

impl Meter {
    /// Reads it for every file system.
    pub(crate) fn of<'a>(target: &'a Target, exposure: &Exposure<'a>) -> Self {
        let activity = ScanActivity::of(target, &exposure.instances, &exposure.groups);
        let runs = ScanRuns::of(target, exposure.rate.per_month, &exposure.groups, &exposure.instances);
        let metered = |exposed: &Exposed<'a>| Metered {
            history: History::collected(target, exposed.file_system, &activity),
            scan: scan_seen(exposure, exposed, &runs),
        };
        let file_systems = exposure.file_systems.iter().map(metered).collect();
        Self { activity, file_systems }
    }
}

/// Whether the scan reads a file system, where the meter is worth asking: it takes long.
fn scan_seen<'a>(exposure: &Exposure<'a>, exposed: &Exposed<'a>, runs: &ScanRuns<'a>) -> ScanSeen {
    let may_cost = !exposed.storage.may_cost().is_not_met() || is_elastic(exposed.file_system);
    if exposed.groups.is_empty() || !may_cost {
        return ScanSeen::default();
    }
    let groups = || exposed.groups.iter().filter_map(|number| exposure.groups.get(*number));
    let untimed = if groups().any(|group| group.profile.vm_scanner) {
        Some(Unread::VmScanner)
    } else {
        groups().any(|group| group.profile.may_be_vm_scanner()).then_some(Unread::VmScannerUnseen)
    };
    runs.seen(Scanned {
        file_system: exposed.file_system,
        groups: &exposed.groups,
        untimed,
        seen_inside: exposure.evidence.is_scanner_seen(exposed.number),
        returns_on_read: exposed.storage.returns_on_read.is_met(),
    })
}
