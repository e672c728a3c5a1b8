//! What was seen: the snapshot, as plain data.
//!
//! A snapshot is the only input of the rules, so everything a rule may know is a field here. Nothing in this
//! room names the SDK, the clock or a file; strings that AWS may extend (states, reasons, scan types) are kept as
//! the text AWS sent, so that a value nobody has seen yet is carried and never an error.

mod billing;
mod ec2;
mod ecr;
mod efs;
mod evidence;
mod gap;
mod inspector;
mod plan;
mod runs;
mod section;
mod sections;
mod short_text;
mod ssm;
mod steps;

pub use billing::{BilledUsage, Billing, UnreadableUsage};
pub use ec2::{
    Ec2, Instance, IpPermission, MetadataOptions, NetworkInterface, PrefixList, SecurityGroup, SecurityGroupReference,
    Tag, TransitGatewayVpcAttachment, VpcPeeringConnection,
};
pub use ecr::{Ecr, RegistryScanning, Repository, RepositoryScanning, ScanningFilter, ScanningRule};
pub use efs::{Efs, FileSystem, FileSystemSize, LifecycleConfiguration, MountTarget};
pub use evidence::{
    BucketRequests, ClientConnection, DeclaredMount, EfsMetrics, EfsReads, EfsTask, EfsUtilsStream, EvidenceScope,
    FileSystemMetrics, FileSystemReads, FindingPath, HostMount, HostMounts, MountEvidence, MountKind, Observed,
    Presence, S3Requests,
};
pub use gap::{Gap, GapReason};
pub use inspector::{
    AccountStatus, Configuration, DeepInspection, DelegatedAdministrator, Ec2Coverage, EcrImageCounts, EcrImageUse,
    FreeTrial, Inspector, SecurityHub, TypeStatus, Usage, UsageTotals,
};
pub use plan::{Member, PlanState, PlannedTarget};
pub use runs::{AssociationReach, AssociationRun, InstalledClient};
pub use section::{Section, SectionState};
pub(crate) use sections::sections;
pub use sections::{AskedBy, SectionName};
pub use short_text::ShortText;
pub use ssm::{Association, DefaultHostManagement, ManagedNode, Ssm};
pub use steps::{NoSteps, Point, Steps};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The version of the snapshot format that this build writes, and the newest it reads.
pub const SNAPSHOT_SCHEMA_VERSION: u32 = 1;

/// The name and version of the program that wrote a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Always `inspector-audit` for what this program writes.
    pub name: String,
    /// The crate version.
    pub version: String,
}

impl Tool {
    /// This build.
    pub fn this() -> Self {
        Self { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// Everything collected in one run, one entry per target.
///
/// In files the targets are written and read one by one; this whole form serves tests and small snapshots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The format's version, see [`SNAPSHOT_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// When the run began, UTC: "now" for every rule.
    pub taken_at: DateTime<Utc>,
    /// The targets, sorted by account and region.
    pub targets: Vec<Target>,
}

/// One (account, region) with all its sections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The account id, twelve digits.
    pub account: String,
    /// The region's name, e.g. `ap-northeast-1`.
    pub region: String,
    /// When the run that collected this target began, UTC: "now" for every rule.
    pub taken_at: DateTime<Utc>,
    /// Whether the target could be entered at all (`sts:GetCallerIdentity`, `sts:AssumeRole`).
    ///
    /// Missing: nothing else was tried, and every rule is inconclusive for the one reason given here.
    #[serde(default)]
    pub identity: Section<Identity>,
    /// Whether the first answers said that there is no file system and no repository, that the registry is BASIC and that
    /// Inspector scans nothing. Nothing more was asked then: what was not asked hides nothing that is at work today.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nothing_here: bool,
    /// Amazon EC2: instances and what decides reachability.
    #[serde(default)]
    pub ec2: Ec2,
    /// AWS Systems Manager: managed nodes and the scan's association.
    #[serde(default)]
    pub ssm: Ssm,
    /// Amazon Inspector: status, configuration, coverage.
    #[serde(default)]
    pub inspector: Inspector,
    /// Amazon EFS: file systems, lifecycle, mount targets.
    #[serde(default)]
    pub efs: Efs,
    /// Amazon ECR: the registry's scanning configuration and its repositories.
    #[serde(default)]
    pub ecr: Ecr,
    /// Who mounts what, and whether the scan's effect has begun.
    #[serde(default)]
    pub evidence: MountEvidence,
    /// What AWS billed.
    #[serde(default)]
    pub billing: Billing,
}

/// Who the credentials are, from `sts:GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The caller's ARN (role session or user); no secret.
    pub arn: String,
    /// The ARN's partition, e.g. `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
}

/// Whether a section is there, by its place in the target.
macro_rules! state {
    ($target:ident) => {
        // Kept by resource: what is missing there is a gap of its own.
        SectionState::Complete
    };
    ($target:ident $($field:ident)+) => {
        $target$(.$field)+.state()
    };
}

macro_rules! states {
    ($($(#[$doc:meta])+ $name:ident $text:literal [$($field:ident).*] $asked:ident [$($call:ident)*];)+) => {
        impl Target {
            /// Which of the four things a section is; complete for `efs.lifecycle`, which is kept by file system.
            pub fn state_of(&self, section: SectionName) -> SectionState<'_> {
                let target = self;
                match section {
                    $(SectionName::$name => state!(target $($field)*),)+
                    SectionName::TerraformConfiguration => SectionState::Complete,
                }
            }
        }
    };
}

sections!(states);

impl Target {
    /// A target of which nothing is known yet: every section missing.
    pub fn unseen(account: impl Into<String>, region: impl Into<String>, taken_at: DateTime<Utc>) -> Self {
        Self {
            account: account.into(),
            region: region.into(),
            taken_at,
            identity: Section::NotAsked,
            nothing_here: false,
            ec2: Ec2::default(),
            ssm: Ssm::default(),
            inspector: Inspector::default(),
            efs: Efs::default(),
            ecr: Ecr::default(),
            evidence: MountEvidence::default(),
            billing: Billing::default(),
        }
    }

    /// The ARN partition of this target, `aws` where the identity is not known.
    pub fn partition(&self) -> &str {
        self.identity.complete().map_or("aws", |identity| identity.partition.as_str())
    }

    /// Whether an optional section was left out on purpose, which is no gap: nobody asked.
    pub fn was_not_asked(&self, section: SectionName) -> bool {
        !section.is_always_collected() && self.state_of(section) == SectionState::NotAsked
    }

    /// The gap that a section is as a whole.
    fn gap_of(&self, section: SectionName) -> Option<&Gap> {
        match self.state_of(section) {
            SectionState::Complete => None,
            SectionState::Absent(gap) | SectionState::Missing(gap) => Some(gap),
            SectionState::NotAsked => {
                (section.is_always_collected() && !self.nothing_here).then(|| &*section::NOT_IN_SNAPSHOT)
            }
        }
    }

    /// Every gap of this target with its section and, where it is about one resource, that resource's id.
    ///
    /// Where the target could not be entered, that is the only gap: the sections behind it were never tried. Optional
    /// sections that nobody asked for are no gaps.
    pub fn gaps(&self) -> Vec<(SectionName, Option<&str>, &Gap)> {
        if let Some(gap) = self.gap_of(SectionName::StsIdentity) {
            return vec![(SectionName::StsIdentity, None, gap)];
        }
        let of_resources = [
            (SectionName::EfsLifecycle, &self.efs.lifecycle_gaps),
            (SectionName::EfsMountTargets, &self.efs.mount_target_gaps),
            (SectionName::EcrRepositoryScanning, &self.ecr.repository_scanning_gaps),
        ];
        let whole = SectionName::ALL.iter().filter_map(|name| self.gap_of(*name).map(|gap| (*name, None, gap)));
        let single = of_resources
            .into_iter()
            .flat_map(|(name, gaps)| gaps.iter().map(move |(id, gap)| (name, Some(id.as_str()), gap)));
        whole.chain(single).collect()
    }
}
