//! A target in which one instance is exposed to one file system with 10 TiB in IA.

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{
    AccountStatus, Association, Configuration, DeepInspection, DefaultHostManagement, Ec2Coverage, EcrImageCounts,
    FileSystem, FileSystemSize, Gap, GapReason, Identity, Instance, IpPermission, LifecycleConfiguration, ManagedNode,
    MetadataOptions, MountTarget, NetworkInterface, RegistryScanning, Section, SectionName, SecurityGroup,
    SecurityGroupReference, Tag, Target, TypeStatus, UsageTotals,
};
use inspector_audit::rules::{RULES, Rule};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "ap-northeast-1";
pub(crate) const TIB: u64 = 1 << 40;

/// The rules of R1.
pub(crate) fn rules() -> Vec<&'static Rule> {
    RULES.iter().copied().filter(|rule| rule.needs.contains(&SectionName::EfsFileSystems)).collect()
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-21T03:04:05Z".parse().expect("a time")
}

pub(crate) fn gap(reason: GapReason) -> Gap {
    Gap { reason, operation: "test:Operation".into(), message: "not seen".into(), request_id: None }
}

pub(crate) fn denied<T>() -> Section<T> {
    Section::Missing(gap(GapReason::AccessDenied))
}

pub(crate) fn status(text: &str) -> TypeStatus {
    TypeStatus { status: text.into(), ..TypeStatus::default() }
}

pub(crate) fn account_status(account: &str, ec2: &str) -> Section<AccountStatus> {
    Section::Complete(AccountStatus {
        state: Some(status(account)),
        resources: [("ec2".to_owned(), status(ec2)), ("ecr".to_owned(), status("DISABLED"))].into(),
        failed: None,
    })
}

pub(crate) fn deep_inspection(text: &str) -> Section<DeepInspection> {
    Section::Complete(DeepInspection { status: text.into(), ..DeepInspection::default() })
}

pub(crate) fn interface(vpc: &str, groups: &[&str], addresses: &[&str]) -> NetworkInterface {
    let (v6, v4): (Vec<&str>, Vec<&str>) = addresses.iter().partition(|address| address.contains(':'));
    NetworkInterface {
        id: "eni-0a".into(),
        vpc_id: Some(vpc.into()),
        subnet_id: Some("subnet-a".into()),
        security_groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        private_ipv4: v4.iter().map(|address| address.parse().expect("an address")).collect(),
        ipv6: v6.iter().map(|address| address.parse().expect("an address")).collect(),
    }
}

pub(crate) fn instance(id: &str) -> Instance {
    Instance {
        id: id.into(),
        state: "running".into(),
        platform: None,
        vpc_id: Some("vpc-1".into()),
        subnet_id: Some("subnet-a".into()),
        availability_zone: Some("ap-northeast-1a".into()),
        launch_time: None,
        instance_profile: None,
        metadata_options: Some(MetadataOptions {
            state: Some("applied".into()),
            http_endpoint: Some("enabled".into()),
            instance_metadata_tags: Some("disabled".into()),
        }),
        network_interfaces: vec![interface("vpc-1", &["sg-app"], &["10.0.1.10"])],
        tags: vec![Tag { key: "Name".into(), value: "web-1".into() }],
    }
}

pub(crate) fn node(id: &str, ping: &str) -> ManagedNode {
    ManagedNode {
        id: id.into(),
        ping_status: ping.into(),
        resource_type: "EC2Instance".into(),
        ..ManagedNode::default()
    }
}

pub(crate) fn coverage(id: &str, mode: &str) -> Ec2Coverage {
    Ec2Coverage { instance_id: id.into(), scan_mode: Some(mode.into()), ..Ec2Coverage::default() }
}

pub(crate) fn file_system(id: &str) -> FileSystem {
    FileSystem {
        id: id.into(),
        arn: None,
        name: Some("home".into()),
        state: "available".into(),
        creation_time: Some(now() - Duration::days(400)),
        throughput_mode: Some("bursting".into()),
        provisioned_mibps: None,
        performance_mode: Some("generalPurpose".into()),
        availability_zone: None,
        number_of_mount_targets: 1,
        size: FileSystemSize {
            total: Some(11 * TIB),
            standard: Some(TIB),
            ia: Some(10 * TIB),
            archive: Some(0),
            timestamp: None,
        },
        tags: vec![],
    }
}

pub(crate) fn lifecycle(returns: bool) -> LifecycleConfiguration {
    LifecycleConfiguration {
        transition_to_ia: Some("AFTER_30_DAYS".into()),
        transition_to_archive: None,
        transition_to_primary_storage_class: returns.then(|| "AFTER_1_ACCESS".into()),
    }
}

pub(crate) fn mount_target(file_system: &str, vpc: &str, groups: &[&str]) -> MountTarget {
    MountTarget {
        id: format!("fsmt-{file_system}"),
        file_system_id: file_system.into(),
        state: "available".into(),
        vpc_id: vpc.into(),
        subnet_id: Some("subnet-a".into()),
        availability_zone: None,
        ipv4: Some("10.0.2.20".parse().expect("an address")),
        ipv6: None,
        security_groups: groups.iter().map(|group| (*group).to_owned()).collect(),
    }
}

pub(crate) fn tcp(from: i32, to: i32) -> IpPermission {
    IpPermission { protocol: "tcp".into(), from_port: Some(from), to_port: Some(to), ..IpPermission::default() }
}

pub(crate) fn from_group(group: &str) -> IpPermission {
    let reference =
        SecurityGroupReference { group_id: group.into(), account: Some(ACCOUNT.into()), ..Default::default() };
    IpPermission { groups: vec![reference], ..tcp(2049, 2049) }
}

pub(crate) fn from_nets(nets: &[&str]) -> IpPermission {
    let (v6, v4): (Vec<&str>, Vec<&str>) = nets.iter().partition(|net| net.contains(':'));
    IpPermission {
        ipv4: v4.iter().map(|net| (*net).to_owned()).collect(),
        ipv6: v6.iter().map(|net| (*net).to_owned()).collect(),
        ..tcp(2049, 2049)
    }
}

pub(crate) fn everything() -> IpPermission {
    IpPermission { protocol: "-1".into(), ipv4: vec!["0.0.0.0/0".into()], ..IpPermission::default() }
}

pub(crate) fn group(id: &str, ingress: Vec<IpPermission>, egress: Vec<IpPermission>) -> SecurityGroup {
    SecurityGroup {
        id: id.into(),
        name: id.into(),
        owner_id: ACCOUNT.into(),
        vpc_id: Some("vpc-1".into()),
        ingress,
        egress,
    }
}

/// The exposed target.
pub(crate) fn exposed() -> Target {
    let mut target = Target::unseen(ACCOUNT, REGION, now());
    target.identity = Section::Complete(Identity {
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/auditor/session"),
        partition: "aws".into(),
    });
    target.ec2.instances = Section::Complete(vec![instance("i-0a")]);
    target.ec2.security_groups = Section::Complete(vec![
        group("sg-app", vec![], vec![everything()]),
        group("sg-efs", vec![from_group("sg-app")], vec![]),
    ]);
    target.ec2.prefix_lists = Section::Complete(vec![]);
    target.ec2.vpc_peering = Section::Complete(vec![]);
    target.ec2.transit_gateway_attachments = Section::Complete(vec![]);
    target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online")]);
    target.ssm.inspector_association = Section::Complete(Some(Association {
        id: "a".into(),
        name: "InvokeInspectorLinuxSsmPlugin-do-not-delete".into(),
        schedule_expression: Some("rate(6 hours)".into()),
        last_execution: None,
    }));
    target.ssm.default_host_management = Section::Complete(DefaultHostManagement::default());
    target.inspector.account_status = account_status("ENABLED", "ENABLED");
    target.inspector.configuration = Section::Complete(Configuration::default());
    target.inspector.deep_inspection = deep_inspection("ACTIVATED");
    target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_SSM_AGENT_BASED")]);
    target.inspector.usage_totals = Section::Complete(UsageTotals::default());
    target.inspector.ecr_images = Section::Complete(EcrImageCounts::default());
    target.efs.file_systems = Section::Complete(vec![file_system("fs-0a")]);
    target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(true))].into();
    target.efs.mount_targets = Section::Complete(vec![mount_target("fs-0a", "vpc-1", &["sg-efs"])]);
    target.ecr.registry_scanning = Section::Complete(RegistryScanning { scan_type: "BASIC".into(), rules: vec![] });
    target.ecr.repositories = Section::Complete(vec![]);
    target.ecr.repository_scanning = Section::Complete(vec![]);
    target
}

/// Changes the one instance.
pub(crate) fn with_instance(mut target: Target, change: impl FnOnce(&mut Instance)) -> Target {
    if let Section::Complete(instances) = &mut target.ec2.instances {
        change(&mut instances[0]);
    }
    target
}

/// Changes the one file system.
pub(crate) fn with_file_system(mut target: Target, change: impl FnOnce(&mut FileSystem)) -> Target {
    if let Section::Complete(file_systems) = &mut target.efs.file_systems {
        change(&mut file_systems[0]);
    }
    target
}

/// Changes anything.
pub(crate) fn with(mut target: Target, change: impl FnOnce(&mut Target)) -> Target {
    change(&mut target);
    target
}
