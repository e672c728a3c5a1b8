//! Amazon EFS as the rules need it. Field names follow the EFS API (2015-02-01).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Gap, Section, Tag};

/// The EFS sections of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Efs {
    /// All file systems, sorted by id.
    pub file_systems: Section<Vec<FileSystem>>,
    /// The lifecycle configuration by file system id.
    pub lifecycle: BTreeMap<String, LifecycleConfiguration>,
    /// Why a file system's lifecycle configuration is missing, by file system id.
    pub lifecycle_gaps: BTreeMap<String, Gap>,
    /// All mount targets, sorted by id, but for those of the file systems in `mount_target_gaps`.
    pub mount_targets: Section<Vec<MountTarget>>,
    /// Why a file system's mount targets are missing, by file system id.
    pub mount_target_gaps: BTreeMap<String, Gap>,
}

/// One file system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileSystem {
    /// `fs-` and 8 to 40 hex digits.
    pub id: String,
    /// Its ARN.
    #[serde(default)]
    pub arn: Option<String>,
    /// The `Name` tag.
    #[serde(default)]
    pub name: Option<String>,
    /// `available`, `creating`, `updating`, `deleting`, `deleted`, `error`, or what AWS adds.
    pub state: String,
    /// When it was created.
    #[serde(default)]
    pub creation_time: Option<DateTime<Utc>>,
    /// `bursting`, `provisioned`, `elastic`, or what AWS adds.
    #[serde(default)]
    pub throughput_mode: Option<String>,
    /// Under provisioned throughput: how much is provisioned, MiB/s, rounded up.
    #[serde(default)]
    pub provisioned_mibps: Option<u64>,
    /// `generalPurpose` or `maxIO`.
    #[serde(default)]
    pub performance_mode: Option<String>,
    /// Set for One Zone file systems only.
    #[serde(default)]
    pub availability_zone: Option<String>,
    /// How many mount targets EFS says it has.
    #[serde(default)]
    pub number_of_mount_targets: u32,
    /// The metered size.
    #[serde(default)]
    pub size: FileSystemSize,
    /// The tags, sorted by key.
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// `SizeInBytes`: the metered size, sampled hourly (EFS user guide, "Metering", 2026-10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileSystemSize {
    /// All classes, bytes.
    pub total: Option<u64>,
    /// Standard, bytes.
    pub standard: Option<u64>,
    /// Infrequent Access, bytes.
    pub ia: Option<u64>,
    /// Archive, bytes.
    pub archive: Option<u64>,
    /// When AWS determined it.
    pub timestamp: Option<DateTime<Utc>>,
}

/// The policies of `DescribeLifecycleConfiguration`; all absent when nothing tiers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LifecycleConfiguration {
    /// `AFTER_30_DAYS` and the like.
    pub transition_to_ia: Option<String>,
    /// `AFTER_90_DAYS` and the like; elastic throughput only.
    pub transition_to_archive: Option<String>,
    /// `AFTER_1_ACCESS`, or absent: files stay cold when they are read.
    pub transition_to_primary_storage_class: Option<String>,
}

/// One mount target, from its network interface or from `DescribeMountTargets`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MountTarget {
    /// `fsmt-…`.
    pub id: String,
    /// The file system it belongs to.
    pub file_system_id: String,
    /// `available`, or anything else. A requester-managed interface that is in use counts as `available`.
    pub state: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its subnet.
    pub subnet_id: Option<String>,
    /// Its Availability Zone's name.
    pub availability_zone: Option<String>,
    /// Its IPv4 address.
    pub ipv4: Option<std::net::Ipv4Addr>,
    /// Its IPv6 address.
    pub ipv6: Option<std::net::Ipv6Addr>,
    /// Its security groups' ids.
    pub security_groups: Vec<String>,
}

impl MountTarget {
    /// NFS, the one port of a mount target (EFS user guide, "Network access", 2026-10).
    pub(crate) const NFS_PORT: i32 = 2049;
}
