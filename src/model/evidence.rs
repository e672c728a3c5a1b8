//! Evidence beside the network: who mounts what, and whether the scan's effect has begun.
//!
//! Every source is a section of [`Observed`] rows. A row stands for something that was seen; the absence of a row proves
//! nothing unless the rules say so of that source. Strings that AWS or a host wrote are kept as they came.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{AssociationReach, AssociationRun, InstalledClient, Point, Section, Steps};

/// Rows of a source that may have been read in part: a page budget, a retention period.
///
/// Unlike a plain list, a part is worth having, since a row is positive evidence whatever the others say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observed<T> {
    /// What was seen, sorted.
    pub rows: Vec<T>,
    /// Why there may be more, e.g. "stopped after 200 pages"; `None` when everything was read.
    pub truncated: Option<String>,
}

impl<T> Default for Observed<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), truncated: None }
    }
}

/// The evidence sections of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MountEvidence {
    /// `cloudtrail.efs_connections`: `NewClientConnection` and `UpdateClientConnection` events, newest first.
    pub efs_connections: Section<Observed<ClientConnection>>,
    /// `cloudwatch.efs_metrics`: series of the file systems that can still matter.
    pub efs_metrics: Section<EfsMetrics>,
    /// `cloudwatch.efs_reads`: what was read of the same file systems, in the steps in which a run of the scan shows.
    pub efs_reads: Section<EfsReads>,
    /// `cloudwatch.s3_requests`: requests to the buckets that a host has mounted.
    pub s3_requests: Section<S3Requests>,
    /// `ecs.efs_tasks`: running tasks with an EFS volume on a container instance.
    pub efs_tasks: Section<Observed<EfsTask>>,
    /// `inspector.finding_paths`: packages that Inspector reported below a known mount point.
    pub finding_paths: Section<Observed<FindingPath>>,
    /// `logs.efs_utils_streams`: log streams of the EFS mount helper.
    pub efs_utils_streams: Section<Observed<EfsUtilsStream>>,
    /// `mounts.declared`: what the operator says.
    pub declared: Section<Observed<DeclaredMount>>,
    /// `mounts.tables`: mount tables that the operator saved on hosts.
    pub tables: Section<Observed<HostMounts>>,
    /// `ssm.association_runs`: runs of the association that invokes the plugin, newest first.
    pub association_runs: Section<Observed<AssociationRun>>,
    /// `ssm.association_targets`: which instances some of these runs reached, newest first.
    pub association_targets: Section<Observed<AssociationReach>>,
    /// `ssm.mount_probe`: what `--probe-mounts` saw on hosts.
    pub probe: Section<Observed<HostMounts>>,
    /// `ssm.nfs_clients`: NFS and S3 clients that SSM's inventory lists as installed.
    pub nfs_clients: Section<Observed<InstalledClient>>,
}

impl MountEvidence {
    /// All hosts whose mounts were looked at: by the probe, then in saved tables.
    pub fn hosts(&self) -> impl Iterator<Item = &HostMounts> {
        let sources = [&self.probe, &self.tables];
        sources.into_iter().filter_map(|section| section.complete()).flat_map(|observed| &observed.rows)
    }
}

/// The file systems and instances about which evidence is worth a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceScope {
    /// File systems that may cost something and that an instance is, or may be, exposed to, or would be if it returned.
    pub file_systems: BTreeSet<String>,
    /// Running instances that are, or may be, exposed to one of them.
    pub instances: BTreeSet<String>,
    /// File systems that may cost something and that the network alone keeps from every instance that is scanned: worth
    /// the sources that touch nothing and could show the network's model wrong.
    pub unreached: BTreeSet<String>,
    /// File systems that may cost something while nothing scans: worth the series of their storage classes, which show
    /// whether somebody moves their data.
    pub metered: BTreeSet<String>,
}

/// A client that EFS authorised, from CloudTrail (EFS user guide, "Logging EFS API calls", 2026-10).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClientConnection {
    /// `eventTime`.
    pub at: DateTime<Utc>,
    /// The file system, from the event's resources.
    pub file_system_id: String,
    /// The instance, where the role session's name is one.
    #[serde(default)]
    pub instance_id: Option<String>,
    /// `serviceEventDetails.sourceIpAddress`: the client's private address.
    #[serde(default)]
    pub address: Option<IpAddr>,
    /// `serviceEventDetails.permissions.ClientMount`; `Some(false)` is the loss of it.
    #[serde(default)]
    pub client_mount: Option<bool>,
    /// The access point, if one was used.
    #[serde(default)]
    pub access_point: Option<String>,
}

/// CloudWatch series of file systems (EFS user guide, "CloudWatch metrics", 2026-10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EfsMetrics {
    /// The start of the window, UTC.
    pub from: Option<DateTime<Utc>>,
    /// The end of the window, UTC.
    pub to: Option<DateTime<Utc>>,
    /// Seconds that one point of every series covers.
    pub period: u32,
    /// How many metrics were asked for: CloudWatch bills each.
    pub requested: u64,
    /// By file system id; a file system that is not here was not asked about.
    pub file_systems: BTreeMap<String, FileSystemMetrics>,
}

/// The series of one file system, each sorted by time, each time once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileSystemMetrics {
    /// `StorageBytes` of the class Standard, average, bytes.
    pub standard: Vec<Point>,
    /// `StorageBytes` of the class IA, average, bytes.
    pub ia: Vec<Point>,
    /// `StorageBytes` of the class Archive, average, bytes.
    pub archive: Vec<Point>,
    /// `DataReadIOBytes`, sum over the period, bytes.
    pub data_read: Vec<Point>,
    /// `ClientConnections`, sum over the period.
    pub client_connections: Vec<Point>,
    /// Why a series may be short: CloudWatch's message for partial data.
    pub incomplete: Option<String>,
}

/// Reads of file systems in fine steps (EFS user guide, "CloudWatch metrics", 2026-10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EfsReads {
    /// The start of the window, UTC.
    pub from: Option<DateTime<Utc>>,
    /// The end of the window, UTC.
    pub to: Option<DateTime<Utc>>,
    /// Seconds of one step.
    pub period: u32,
    /// How many metrics were asked for: CloudWatch bills each.
    pub requested: u64,
    /// By file system id; a file system that is not here was not asked about.
    pub file_systems: BTreeMap<String, FileSystemReads>,
}

/// What was read of one file system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileSystemReads {
    /// `DataReadIOBytes`, sum over each step, bytes.
    pub data: Steps,
    /// `MetadataReadIOBytes`, sum over each step, bytes.
    pub metadata: Steps,
    /// Why a series may be short: CloudWatch's message for partial data.
    pub incomplete: Option<String>,
}

/// Requests to buckets, of all their clients (S3 user guide, "Metrics and dimensions", 2026-10: delivered by best effort).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct S3Requests {
    /// The start of the window, UTC.
    pub from: Option<DateTime<Utc>>,
    /// The end of the window, UTC.
    pub to: Option<DateTime<Utc>>,
    /// How many metrics were asked for: CloudWatch bills each.
    pub requested: u64,
    /// By name; a bucket that is not here was not asked about.
    pub buckets: BTreeMap<String, BucketRequests>,
}

/// What one bucket was asked for in the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BucketRequests {
    /// The metrics configuration (`FilterId`) whose counts these are; `None`: the bucket has no request metrics.
    pub filter: Option<String>,
    /// `ListRequests`, sum.
    pub list: u64,
    /// `HeadRequests`, sum.
    pub head: u64,
    /// `GetRequests`, sum.
    pub get: u64,
    /// Why a sum may be short: CloudWatch's message for partial data.
    pub incomplete: Option<String>,
}

/// A running task with an EFS volume on a container instance; AWS Batch runs on such tasks too.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct EfsTask {
    /// The container instance's EC2 instance.
    pub instance_id: String,
    /// `efsVolumeConfiguration.fileSystemId`.
    pub file_system_id: String,
    /// The cluster's ARN.
    pub cluster: String,
    /// The task's ARN.
    pub task: String,
    /// The volume's name in the task definition.
    pub volume: String,
    /// `efsVolumeConfiguration.rootDirectory`.
    pub root_directory: Option<String>,
    /// When the task started.
    pub started_at: Option<DateTime<Utc>>,
}

/// A package that Inspector reported with its path.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct FindingPath {
    /// The instance.
    pub instance_id: String,
    /// `vulnerablePackages[].filePath`.
    pub path: String,
    /// When Inspector last observed it.
    pub last_observed: Option<DateTime<Utc>>,
}

/// A log stream of the EFS mount helper, named after a file system and an instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct EfsUtilsStream {
    /// The file system in the stream's name.
    pub file_system_id: String,
    /// The instance in the stream's name.
    pub instance_id: String,
    /// The log group.
    pub group: String,
    /// `lastEventTimestamp`.
    pub last_event: Option<DateTime<Utc>>,
}

/// A row of the operator's mount map.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct DeclaredMount {
    /// The instance.
    pub instance_id: String,
    /// The file system; `None` where the row says that the instance mounts none.
    pub file_system_id: Option<String>,
    /// Where it is mounted.
    pub mount_point: Option<String>,
    /// When this was seen.
    pub observed_at: Option<DateTime<Utc>>,
    /// Until when it holds; for ever where absent.
    pub expires_at: Option<DateTime<Utc>>,
    /// The operator's note.
    pub note: Option<String>,
    /// Where it is written, e.g. `mounts.csv, line 3`.
    pub origin: String,
}

/// Everything that one host says of its mounts at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct HostMounts {
    /// The instance.
    pub instance_id: String,
    /// When it was seen, UTC.
    pub observed_at: Option<DateTime<Utc>>,
    /// Set where the host could not be asked, or its answer not be read: then nothing else is known.
    pub failed: Option<String>,
    /// Set where a mount may be missing from `mounts`: the output was cut, the host's namespace was not seen, a mount
    /// could not be resolved. Absence is proof only where this is `None`.
    pub incomplete: Option<String>,
    /// The network and FUSE mounts, present or intended.
    pub mounts: Vec<HostMount>,
    /// Inspector's scanners found on the host: `ssm-plugin`, `vm-scanner`.
    pub scanners: Vec<String>,
}

/// One mount of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct HostMount {
    /// What is mounted.
    pub kind: MountKind,
    /// Whether it is mounted now.
    pub presence: Presence,
    /// The EFS file system, where `kind` is `efs` and it could be named.
    pub file_system_id: Option<String>,
    /// Address of the mount target, where only that is known; resolved by the rules against the mount targets.
    pub address: Option<IpAddr>,
    /// Where it is mounted, unescaped.
    pub mount_point: Option<String>,
    /// The source as the mount table has it, or the bucket of an S3 mount.
    pub source: String,
    /// The tool behind a FUSE mount, e.g. `mount-s3`.
    pub tool: Option<String>,
    /// Bytes read from the server since it was mounted.
    pub read_bytes: Option<u64>,
    /// Packages that Inspector's plugin listed below the mount point on the host.
    pub packages_listed: Option<u64>,
}

impl BucketRequests {
    /// What the console calls a configuration without a filter (S3 user guide, "Creating a CloudWatch metrics configuration
    /// for all the objects in your bucket", 2026-10).
    pub const ENTIRE_BUCKET: &'static str = "EntireBucket";
}

impl HostMounts {
    /// How long a look at a host says what is, and what is not, mounted there (starting value).
    pub const HOLDS: Duration = Duration::hours(24);
    /// How much later than the data it may be, since one run may take so long: later still, some clock is wrong, and what
    /// it does not show rules nothing out.
    pub const AHEAD: Duration = Duration::hours(1);
}

impl HostMount {
    /// The bucket of a FUSE mount: of `assets`, `assets:/prefix` or `s3://assets/prefix`; `None` where the source names none
    /// (S3 user guide, "Bucket naming rules", 2026-10), but the tool.
    pub fn s3_bucket(&self) -> Option<&str> {
        const TOOLS: [&str; 5] = ["geesefs", "goofys", "mountpoint-s3", "rclone", "s3fs"];
        let name = self.source.strip_prefix("s3://").unwrap_or(&self.source);
        let name = name.split([':', '/']).next().unwrap_or_default();
        let is_of_a_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        let is_one = (3..=63).contains(&name.len()) && name.bytes().all(is_of_a_name) && !TOOLS.contains(&name);
        (self.kind == MountKind::S3Fuse && is_one).then_some(name)
    }
}

/// What a mount is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MountKind {
    /// Amazon EFS.
    Efs,
    /// Amazon S3 Files.
    S3Files,
    /// Amazon FSx, of whatever kind.
    Fsx,
    /// A FUSE file system over Amazon S3.
    S3Fuse,
    /// NFS of somebody else.
    OtherNfs,
    /// An NFS mount whose server could not be told.
    #[default]
    Unresolved,
}

/// Whether a mount is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In the mount table.
    Mounted,
    /// In the mount table, but what it is was concluded from a log or a socket.
    #[default]
    Likely,
    /// Mounted when somebody looks: an automounter's map, or a line of `fstab` that is not mounted now.
    OnDemand,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_names_a_bucket_or_none() {
        for (source, bucket) in [
            ("assets-111122223333", Some("assets-111122223333")),
            ("assets:/logs", Some("assets")),
            ("s3://assets/logs", Some("assets")),
            ("s3fs", None),
            ("mountpoint-s3", None),
            ("", None),
            ("Assets", None),
            ("$(id)", None),
        ] {
            let mount = HostMount { kind: MountKind::S3Fuse, source: source.to_owned(), ..HostMount::default() };
            assert_eq!(mount.s3_bucket(), bucket, "{source}");
            assert_eq!(HostMount { kind: MountKind::Efs, ..mount }.s3_bucket(), None);
        }
    }
}
