//! What was seen that bears on a finding of R1.

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde::Serialize;

use crate::model::SectionName;
use crate::price::Usd;
use crate::rules::finding::MountItem;
use crate::rules::finding::efs::ScanReads;
use crate::rules::finding::efs_money::ScanBasis;

/// What was seen: a variant a kind, or two where a kind has two forms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// How often the scan runs.
    Schedule(ScanBasis),
    /// Inspector was seen below a mount point.
    ScannerSeenInside(SeenInside),
    /// What speaks for an instance's mount, the strongest first.
    Mount {
        /// The instance.
        instance: String,
        /// At least one.
        items: Vec<MountItem>,
    },
    /// What is known of an instance's mount contradicts itself.
    Conflict {
        /// The instance.
        instance: String,
        /// For a mount.
        pro: Vec<MountItem>,
        /// Against it.
        contra: Vec<MountItem>,
    },
    /// An instance mounts it although no rule lets it in.
    ModelGap {
        /// The instance.
        instance: String,
    },
    /// An NFS client that SSM's inventory lists.
    NfsClient {
        /// The package.
        package: String,
        /// On how many instances.
        installed: u64,
        /// Of how many listed.
        listed: usize,
    },
    /// Whether anybody is connected.
    Connections(MountItem),
    /// A rule that admits an instance.
    Admission(Admission),
    /// There are so many more.
    MoreAdmissions(usize),
    /// A mount target admits a group of another account.
    ForeignClient {
        /// The account.
        account: String,
    },
    /// Instances that look concerned and are not exposed.
    NotExposed {
        /// Why not.
        why: NotExposed,
        /// How many.
        instances: u64,
    },
    /// New instances become managed nodes by themselves.
    DefaultHostManagement {
        /// The role they get.
        role: String,
    },
    /// Whether more is read when the scan runs.
    ScanReads(ScanReads),
    /// What the metrics say of the cold data.
    ColdData(ColdDataSeen),
    /// Deep inspection met its limits on an instance: a weak sign of something large.
    ScannerLimit {
        /// The instance.
        instance: String,
    },
    /// When the scan's association last ran.
    LastRun(DateTime<Utc>),
    /// Since when the VM Scanner has been active.
    VmScannerSince(DateTime<Utc>),
    /// Instances on which the plugin has never reported: it has walked nothing there yet.
    NotWalked {
        /// How many.
        instances: u64,
    },
    /// Instances that are excluded in full and still scanned by the VM Scanner, as far as any document says.
    ScannedDespiteTag {
        /// How many.
        instances: u64,
    },
    /// The custom paths of deep inspection.
    ScanPaths(Vec<String>),
    /// What each source of evidence had to say.
    Sources(Vec<(SectionName, SourceState)>),
    /// Who else moves files.
    RivalExplanation,
    /// The file systems that an instance is exposed to.
    ExposedTo {
        /// Their ids, dearest first.
        file_systems: Vec<String>,
        /// How many there are besides.
        more: usize,
    },
    /// Tag keys that keep metadata tags from being enabled.
    TagKeys(Vec<String>),
    /// A mounted bucket.
    S3Mount(S3Mount),
    /// There are so many more.
    MoreS3Mounts(usize),
    /// What a mounted bucket was asked for.
    S3Requests(S3Asked),
    /// A mounted bucket has no request metrics.
    NoS3Metrics {
        /// The bucket.
        bucket: String,
    },
    /// What Amazon S3 Files meters, of a mount of it.
    S3FilesMetering,
}

/// Where Inspector was seen below a mount point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenInside {
    /// A finding names a package there.
    Package {
        /// The mount point.
        mount_point: String,
        /// The instance.
        instance: String,
    },
    /// A finding names a package in the volume of an ECS task.
    EcsVolume {
        /// The volume's directory below `/var/lib/ecs/volumes`.
        directory: String,
        /// The container instance.
        instance: String,
    },
    /// The plugin's own list on the host names packages there.
    PluginList {
        /// The instance.
        instance: String,
        /// The mount point, if it is known.
        mount_point: Option<String>,
    },
}

/// A rule of a security group that admits an instance to a mount target on NFS's port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Admission {
    /// The group whose rule it is.
    pub group: String,
    /// Whom it admits.
    pub admits: Admitted,
}

/// Whom a rule admits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admitted {
    /// A range of addresses.
    Net(IpNet),
    /// The group's own members.
    Itself,
    /// Another group's.
    Group(String),
}

/// Why an instance that could reach a file system is not exposed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotExposed {
    /// Not running.
    Stopped,
    /// A row in SSM that is not `Online`.
    NotOnline,
    /// Not a managed node at all.
    NotManaged,
    /// Excluded in full.
    Excluded,
    /// Windows.
    Windows,
    /// Evidence rules the mount out.
    NotMounted,
    /// Nobody is connected to the file system.
    NobodyConnected,
}

/// What became of a source of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceState {
    /// It was read and had something.
    Used,
    /// It was read and had nothing.
    Empty,
    /// It could not be read.
    Denied,
    /// It was read in part.
    Truncated,
    /// Nobody asked it, or it does not exist here.
    NotApplicable,
}

/// A fall of the cold bytes, and what Standard made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fall {
    /// From the peak of IA plus Archive to now, bytes.
    pub fallen_bytes: u64,
    /// By how much Standard has risen since the fall began, bytes.
    pub risen_bytes: u64,
    /// What left the cold classes and is in Standard now, bytes.
    pub moved_bytes: u64,
    /// The start of the period of the first step, UTC.
    pub began: DateTime<Utc>,
    /// The end of that period.
    pub ended: DateTime<Utc>,
}

/// What metrics say of cold data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColdDataSeen {
    /// They were not read.
    NotRead(NotRead),
    /// It is in Standard.
    Moved(Fall),
    /// Some of it is, or something else was written meanwhile.
    Mixed(Fall),
    /// It was deleted.
    Deleted(Fall),
    /// It has not moved in so many days.
    NotSeen {
        /// Days.
        days: i64,
    },
    /// They do not say.
    Unknown(TooLittle),
}

/// Why it was not read whether cold data has moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotRead {
    /// The series are missing, as the collector says.
    Series(String),
    /// The file system has none among those that were collected.
    NotCollected,
    /// The runs of the scan are missing, as the collector says.
    Runs(String),
}

/// Why metrics do not say whether cold data has moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TooLittle {
    /// There is no time at which all storage classes have a value.
    NoSeries,
    /// The cold classes have no series although something is cold.
    NoColdSeries,
    /// A series ends too early.
    Ended(DateTime<Utc>),
    /// CloudWatch gave a part, as the collector says.
    Incomplete(String),
    /// The series cover too few days.
    Short {
        /// Days that they cover.
        days: i64,
        /// Days that it takes.
        needed: i64,
    },
    /// The first known scan is too young.
    FirstScan(DateTime<Utc>),
    /// Too few runs of the scan are known.
    FewRuns {
        /// So many.
        known: usize,
        /// So many it takes.
        needed: usize,
    },
}

/// A bucket mounted as a file system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct S3Mount {
    /// The bucket as the mount names it; empty if it does not.
    pub bucket: String,
    /// The bucket's own name, where that can be told.
    pub name: Option<String>,
    /// Where.
    pub mount_point: Option<String>,
    /// With what.
    pub tool: Option<String>,
    /// Whether it is a mount of Amazon S3 Files, rather than of a FUSE tool.
    pub is_s3_files: bool,
    /// Whether it is mounted only when somebody looks.
    pub is_on_demand: bool,
}

/// What a mounted bucket was asked for, by all its clients.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct S3Asked {
    /// The bucket.
    pub bucket: String,
    /// The metrics configuration that counted.
    pub filter: String,
    /// Whole days of the window.
    pub days: i64,
    /// LIST requests.
    pub list: u64,
    /// HEAD requests.
    pub head: u64,
    /// GET requests.
    pub get: u64,
    /// What they come to at the list price.
    pub cost: Usd,
    /// Why they may be short.
    pub incomplete: Option<String>,
}
