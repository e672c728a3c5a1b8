//! All that one way of mending takes: every instance it is about, what is there now and has to be put back.
//!
//! A finding's remedy names the first steps. This is worked out for one finding when somebody asks for its plan, since
//! for all of a large account together it would be as large as the account.

use std::net::IpAddr;

use super::ExclusionParts;
use crate::model::{Configuration, LifecycleConfiguration, RegistryScanning, Tag};

/// What is done about a finding, and what has to be looked at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The instances whose mounts show whether the finding is true, the most likely first; `None` where no mount does.
    pub look_at: Option<Vec<String>>,
    /// The file system to look for; `None`: any mount.
    pub file_system: Option<String>,
    /// The addresses of its mount targets.
    pub addresses: Vec<IpAddr>,
    /// What is done.
    pub measure: Measure,
}

/// What is done about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Nothing.
    DoNothing,
    /// Instances are excluded from the scan.
    Exclude {
        /// All of them.
        instances: Vec<Excludable>,
        /// Whether one that goes on reading keeps what the finding is about.
        all_or_none: bool,
    },
    /// Tags that block metadata tags are removed from an instance.
    Unblock {
        /// The instance.
        instance: String,
        /// Those tags.
        tags: Vec<Tag>,
        /// Whether their owner needs one of them.
        owned: bool,
    },
    /// The file system's lifecycle configuration is replaced.
    SetPolicy {
        /// As it was seen, to be put back.
        before: LifecycleConfiguration,
        /// What it is replaced by.
        after: LifecycleConfiguration,
    },
    /// The lifecycle configuration would be replaced, but was not seen.
    PolicyUnseen,
    /// Deep inspection is deactivated.
    DeactivateDeepInspection {
        /// Who alone may do it; `None`: the account itself.
        administrator: Option<String>,
        /// Whether that was read.
        administrator_seen: bool,
        /// The account's own paths, which activating it again has to send.
        package_paths: Vec<String>,
    },
    /// The association that invokes the plugin runs less often.
    SlowSchedule {
        /// Its id, if it was seen.
        association: Option<String>,
        /// Its schedule as it was seen.
        before: Option<String>,
        /// Its new schedule.
        schedule: SlowSchedule,
    },
    /// The VM Scanner's timer is switched off on the instances that it scans.
    StopVmScanner {
        /// All of them.
        instances: Vec<String>,
    },
    /// The steps of the remedy.
    AsRemedy {
        /// The registry as it was seen, to be put back.
        registry: Option<RegistryScanning>,
        /// The re-scan windows as they were seen, to be put back.
        windows: Option<Configuration>,
    },
}

/// A slower schedule of the association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlowSchedule {
    /// In the form that Systems Manager takes; cron, for only there may a change leave the next run where it is.
    pub expression: &'static str,
    /// The least days between two runs.
    pub days: u32,
}

/// An instance that is to be excluded, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excludable {
    /// Which one, and how far it is excluded.
    pub parts: ExclusionParts,
    /// The tag keys that make enabling metadata tags fail; empty where they are on.
    pub blocked_by: Vec<String>,
    /// Whether the owner of one of those keys needs it.
    pub owned: bool,
    /// Whether the VM Scanner scans it, which no document says that the tag stops.
    pub vm_scanner: bool,
    /// The Auto Scaling group that it belongs to.
    pub group: Option<String>,
    /// The launch template that it came from, and its version.
    pub template: Option<(String, Option<String>)>,
}
