//! How long judgement and loading take: `cargo bench --no-default-features --bench evaluate`. With `KEEP_SNAPSHOT=FILE`
//! the snapshot that is loaded is kept, for `/usr/bin/time -v inspector-audit scan --snapshot FILE`.

use std::hint::black_box;
use std::io::Write as _;
use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use inspector_audit::io::snapshot_file::{self, SnapshotError};
use inspector_audit::model::{
    AccountStatus, DeclaredMount, DeepInspection, Ec2Coverage, EfsMetrics, EfsTask, FileSystem, FileSystemMetrics,
    FileSystemSize, HostMounts, Identity, Instance, IpPermission, LifecycleConfiguration, ManagedNode, MetadataOptions,
    MountTarget, NetworkInterface, Observed, Point, Section, SecurityGroup, SecurityGroupReference, Tag, Target,
    TypeStatus,
};
use inspector_audit::price::PriceTable;
use inspector_audit::rules::{RULES, RuleSettings, evaluate};

const FILE_SYSTEMS: usize = 1_000;
const VPCS: usize = 50;
const GROUPS: usize = 2_000;

/// A generator of numbers that is the same everywhere; its quality does not matter.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

fn octet(number: usize) -> u8 {
    u8::try_from(number % 256).unwrap_or(0)
}

fn tcp(peers: impl FnOnce(&mut IpPermission)) -> IpPermission {
    let mut permission =
        IpPermission { protocol: "tcp".into(), from_port: Some(2049), to_port: Some(2049), ..IpPermission::default() };
    peers(&mut permission);
    permission
}

fn group_id(number: usize) -> String {
    format!("sg-{number:017x}")
}

fn groups(numbers: &mut Numbers) -> Vec<SecurityGroup> {
    (0..GROUPS)
        .map(|number| {
            let vpc = number % VPCS;
            let reference = group_id(numbers.below(GROUPS / VPCS) * VPCS + vpc);
            let net = format!("10.{vpc}.{}.0/24", numbers.below(256));
            SecurityGroup {
                id: group_id(number),
                owner_id: "111122223333".into(),
                vpc_id: Some(format!("vpc-{vpc:017x}")),
                ingress: vec![
                    tcp(|it| it.groups = vec![SecurityGroupReference { group_id: reference, ..Default::default() }]),
                    tcp(|it| it.ipv4 = vec![net]),
                ],
                egress: vec![IpPermission {
                    protocol: "-1".into(),
                    ipv4: vec!["0.0.0.0/0".into()],
                    ..Default::default()
                }],
                ..SecurityGroup::default()
            }
        })
        .collect()
}

fn instance(number: usize, numbers: &mut Numbers) -> Instance {
    let vpc = number % VPCS;
    let own = |numbers: &mut Numbers| group_id(numbers.below(GROUPS / VPCS) * VPCS + vpc);
    Instance {
        id: format!("i-{number:017x}"),
        state: if numbers.below(10) == 0 { "stopped" } else { "running" }.into(),
        platform: None,
        vpc_id: Some(format!("vpc-{vpc:017x}").into()),
        subnet_id: Some(format!("subnet-{vpc:017x}").into()),
        availability_zone: Some("ap-northeast-1a".into()),
        launch_time: None,
        instance_profile: Some("arn:aws:iam::111122223333:instance-profile/web".into()),
        metadata_options: Some(MetadataOptions {
            state: Some("applied".into()),
            http_endpoint: Some("enabled".into()),
            instance_metadata_tags: Some(if numbers.below(100) == 0 { "enabled" } else { "disabled" }.into()),
        }),
        network_interfaces: vec![NetworkInterface {
            id: format!("eni-{number:017x}").into(),
            vpc_id: Some(format!("vpc-{vpc:017x}").into()),
            subnet_id: Some(format!("subnet-{vpc:017x}").into()),
            security_groups: vec![own(numbers), own(numbers)],
            private_ipv4: vec![Ipv4Addr::new(10, octet(vpc), octet(numbers.below(256)), octet(number / 256))],
            ipv6: vec![],
        }],
        tags: vec![
            Tag { key: "Environment".into(), value: "production".into() },
            Tag { key: "Name".into(), value: format!("web-{number}").into() },
            Tag { key: "Team".into(), value: "storefront".into() },
        ],
    }
}

/// When it was all taken: CloudWatch and the schedules know no year 1970.
fn taken_at() -> DateTime<Utc> {
    "2026-11-21T03:04:05Z".parse().expect("a time")
}

/// A target with that many instances, 1,000 file systems with three mount targets each, 50 VPCs and 2,000 groups.
fn world(instances: usize) -> Target {
    let now = taken_at();
    let mut numbers = Numbers(7);
    let mut target = Target::unseen("111122223333", "ap-northeast-1", now);
    target.identity =
        Section::Complete(Identity { arn: "arn:aws:iam::111122223333:role/a".into(), partition: "aws".into() });
    target.ec2.security_groups = Section::Complete(groups(&mut numbers));
    target.ec2.vpc_peering = Section::Complete(vec![]);
    target.ec2.transit_gateway_attachments = Section::Complete(vec![]);
    let list: Vec<Instance> = (0..instances).map(|number| instance(number, &mut numbers)).collect();
    target.ssm.managed_nodes = Section::Complete(
        list.iter()
            .map(|instance| ManagedNode {
                id: instance.id.clone(),
                ping_status: "Online".into(),
                resource_type: "EC2Instance".into(),
                ..ManagedNode::default()
            })
            .collect(),
    );
    target.inspector.ec2_coverage = Section::Complete(
        list.iter()
            .map(|instance| Ec2Coverage {
                instance_id: instance.id.clone(),
                scan_mode: Some("EC2_SSM_AGENT_BASED".into()),
                status: Some("ACTIVE".into()),
                reason: Some("SUCCESSFUL".into()),
                ..Ec2Coverage::default()
            })
            .collect(),
    );
    target.ec2.instances = Section::Complete(list);
    target.ssm.inspector_association = Section::Complete(None);
    let enabled = || TypeStatus { status: "ENABLED".into(), ..TypeStatus::default() };
    target.inspector.account_status = Section::Complete(AccountStatus {
        state: Some(enabled()),
        resources: [("ec2".to_owned(), enabled())].into(),
        failed: None,
    });
    target.inspector.deep_inspection =
        Section::Complete(DeepInspection { status: "ACTIVATED".into(), ..DeepInspection::default() });
    let mut file_systems = Vec::new();
    let mut mounts = Vec::new();
    for number in 0..FILE_SYSTEMS {
        let id = format!("fs-{number:017x}");
        let vpc = number % VPCS;
        for zone in 0..3 {
            mounts.push(MountTarget {
                id: format!("fsmt-{number:013x}{zone:04x}"),
                file_system_id: id.clone(),
                state: "available".into(),
                vpc_id: format!("vpc-{vpc:017x}"),
                ipv4: Some(Ipv4Addr::new(10, octet(vpc), octet(zone), octet(number))),
                security_groups: vec![group_id(numbers.below(GROUPS / VPCS) * VPCS + vpc)],
                ..MountTarget::default()
            });
        }
        target.efs.lifecycle.insert(
            id.clone(),
            LifecycleConfiguration {
                transition_to_ia: Some("AFTER_30_DAYS".into()),
                transition_to_archive: None,
                transition_to_primary_storage_class: (number % 2 == 0).then(|| "AFTER_1_ACCESS".into()),
            },
        );
        file_systems.push(FileSystem {
            id,
            arn: None,
            name: None,
            state: "available".into(),
            creation_time: None,
            throughput_mode: Some("bursting".into()),
            provisioned_mibps: None,
            performance_mode: None,
            availability_zone: None,
            number_of_mount_targets: 3,
            size: FileSystemSize {
                total: Some(1 << 42),
                standard: Some(0),
                ia: Some(1 << 42),
                archive: Some(0),
                timestamp: None,
            },
            tags: vec![],
        });
    }
    target.efs.file_systems = Section::Complete(file_systems);
    target.efs.mount_targets = Section::Complete(mounts);
    target
}

/// The same with evidence: a fifth of the instances answered a probe, a tenth runs a task, a fifth is declared to mount
/// nothing, and every file system has its connections.
fn with_evidence(mut target: Target) -> Target {
    let at = target.taken_at;
    let Section::Complete(instances) = &target.ec2.instances else { return target };
    let observed = |rows| Section::Complete(Observed { rows, truncated: None });
    let every = |nth: usize| instances.iter().step_by(nth).map(|instance| instance.id.clone());
    let probe = every(5).map(|instance_id| HostMounts { instance_id, observed_at: Some(at), ..HostMounts::default() });
    let declared = every(5).map(|instance_id| DeclaredMount { instance_id, ..DeclaredMount::default() });
    let tasks = every(10).zip((0..FILE_SYSTEMS).cycle()).map(|(instance_id, number)| EfsTask {
        instance_id,
        file_system_id: format!("fs-{number:017x}"),
        ..EfsTask::default()
    });
    let series = FileSystemMetrics {
        client_connections: vec![Point { at: at - chrono::Duration::hours(4), value: 240 }],
        ..FileSystemMetrics::default()
    };
    let file_systems = (0..FILE_SYSTEMS).map(|number| (format!("fs-{number:017x}"), series.clone())).collect();
    target.evidence.efs_metrics =
        Section::Complete(EfsMetrics { from: None, to: Some(at), period: 14_400, requested: 5_000, file_systems });
    target.evidence.probe = Section::Complete(Observed { rows: probe.collect(), truncated: None });
    target.evidence.declared = Section::Complete(Observed { rows: declared.collect(), truncated: None });
    target.evidence.efs_tasks = observed(tasks.collect());
    target
}

/// The same in one VPC, where every instance may mount every file system: what grows with their product shows here.
fn all_together(mut target: Target) -> Target {
    let one: &str = "vpc-00000000000000000";
    if let Section::Complete(groups) = &mut target.ec2.security_groups {
        for group in groups {
            group.vpc_id = Some(one.into());
            group.ingress = vec![tcp(|it| it.ipv4 = vec!["10.0.0.0/8".into()])];
        }
    }
    if let Section::Complete(instances) = &mut target.ec2.instances {
        for instance in instances {
            instance.vpc_id = Some(one.into());
            for interface in &mut instance.network_interfaces {
                interface.vpc_id = Some(one.into());
            }
        }
    }
    if let Section::Complete(mounts) = &mut target.efs.mount_targets {
        for mount in mounts {
            one.clone_into(&mut mount.vpc_id);
        }
    }
    target
}

fn judgement(criterion: &mut Criterion) {
    let prices = PriceTable::embedded();
    let settings = RuleSettings::default();
    let mut group = criterion.benchmark_group("evaluate");
    group.sample_size(10);
    for instances in [1_000, 10_000, 100_000] {
        let target = world(instances);
        group.throughput(Throughput::Elements(instances as u64));
        group.bench_with_input(BenchmarkId::from_parameter(instances), &target, |bencher, target| {
            bencher.iter(|| black_box(evaluate(target, &prices, &settings, &RULES)));
        });
    }
    let others = [("with evidence", with_evidence(world(100_000))), ("all together", all_together(world(100_000)))];
    for (name, target) in &others {
        group.bench_with_input(BenchmarkId::new(*name, 100_000), target, |bencher, target| {
            bencher.iter(|| black_box(evaluate(target, &prices, &settings, &RULES)));
        });
    }
    group.finish();
}

fn loading(criterion: &mut Criterion) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let buffered = std::io::BufWriter::new(&mut file);
    let mut writer = snapshot_file::Writer::new(buffered, taken_at());
    writer.target(&world(100_000)).expect("written");
    writer.end().expect("written").flush().expect("written");
    // For measuring `scan` as a whole.
    if let Some(path) = std::env::var_os("KEEP_SNAPSHOT") {
        std::fs::copy(file.path(), path).expect("copied");
    }
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(file.as_file().metadata().map_or(0, |data| data.len())));
    group.bench_function("100000", |bencher| {
        bencher.iter(|| {
            snapshot_file::read::<SnapshotError>(file.path(), &mut |target| {
                black_box(&target);
                Ok(())
            })
            .expect("read")
        });
    });
    group.finish();
}

criterion_group!(benches, judgement, loading);
criterion_main!(benches);
