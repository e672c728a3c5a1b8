//! Seeded worlds in plain words, and the target that each stands for.

use std::collections::BTreeSet;

use chrono::Duration;
use inspector_audit::model::{
    Association, EfsTask, LifecycleConfiguration, Observed, Section, Tag, Target, VpcPeeringConnection,
};

use crate::builders::efs::{
    account_status, coverage, deep_inspection, denied, everything, exposed, file_system, from_group, group, instance,
    interface, mount_target, node, now,
};

/// An instance.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) id: String,
    pub(crate) state: &'static str,
    pub(crate) windows: bool,
    pub(crate) tagged: bool,
    pub(crate) metadata_tags: bool,
    /// What SSM says; nothing where there is no row.
    pub(crate) ping: Option<&'static str>,
    /// Coverage's scan mode; nothing where there is no row.
    pub(crate) mode: Option<&'static str>,
    pub(crate) vpc: &'static str,
    pub(crate) group: &'static str,
}

/// A file system, sizes in GiB.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) id: String,
    pub(crate) state: &'static str,
    pub(crate) throughput: &'static str,
    pub(crate) provisioned: Option<u64>,
    /// Standard, IA and Archive; nothing where EFS did not say.
    pub(crate) size: Option<[u64; 3]>,
    /// `None`: the lifecycle was not read. Else whether files go to IA after 30 days, and return when they are read.
    pub(crate) policy: Option<(bool, bool)>,
    pub(crate) age: i64,
    /// The state of its mount target; nothing where it has none.
    pub(crate) mount_target: Option<&'static str>,
    pub(crate) admits: Vec<&'static str>,
}

/// The association that runs the plugin.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Schedule {
    Denied,
    NoAssociation,
    /// Its expression, and how often that is in 30 days.
    Runs(&'static str, u32),
}

/// All of it. `None` stands for a section that was denied.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) account: Option<(&'static str, &'static str)>,
    pub(crate) deep_inspection: Option<&'static str>,
    pub(crate) coverage: bool,
    pub(crate) nodes: bool,
    pub(crate) instances: bool,
    pub(crate) file_systems: bool,
    pub(crate) security_groups: bool,
    /// Nothing where what connects VPCs was not read.
    pub(crate) peered: Option<bool>,
    pub(crate) mount_targets: bool,
    pub(crate) schedule: Schedule,
    pub(crate) machines: Vec<Machine>,
    pub(crate) stores: Vec<Store>,
    /// ECS tasks: instance and file system, by number.
    pub(crate) tasks: Vec<(usize, usize)>,
}

/// `SplitMix64`.
pub(crate) struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).expect("small")).expect("small")
    }

    /// One of them; what is listed several times comes up more often.
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

const ON: &str = "ENABLED";

impl World {
    /// Half of the worlds are seen whole and have Inspector on, so that something often comes together; the others are as
    /// broken as may be.
    pub(crate) fn seeded(seed: u64) -> Self {
        let dice = &mut Dice(seed);
        let whole = dice.once_in(2);
        let visible = |dice: &mut Dice, times: usize| whole || !dice.once_in(times);
        let machines: Vec<Machine> = (0..=dice.below(8)).map(|number| machine(dice, number)).collect();
        let stores: Vec<Store> = (0..=dice.below(4)).map(|number| store(dice, number)).collect();
        let (instances, shares) = (machines.len(), stores.len());
        let tasks = (0..dice.below(3)).map(|_| (dice.below(instances), dice.below(shares))).collect();
        let statuses = [(ON, ON), (ON, ON), (ON, ON), (ON, ON), ("ENABLING", "ENABLING"), (ON, "DISABLED")];
        let rare = [("DISABLED", "DISABLED"), ("SUSPENDED", ON), (ON, "SUSPENDED"), (ON, "DISABLING")];
        let account = match (whole, dice.once_in(8)) {
            (true, _) => (ON, ON),
            (false, true) => dice.of(&rare),
            (false, false) => dice.of(&statuses),
        };
        let deep = ["ACTIVATED", "ACTIVATED", "ACTIVATED", "DEACTIVATED", "PENDING"];
        let deep = if whole { &deep[..1] } else { &deep };
        let schedules =
            [("rate(6 hours)", 120), ("rate(12 hours)", 60), ("rate(30 minutes)", 1440), ("rate(1 day)", 30)];
        let (expression, runs) = dice.of(&schedules);
        let schedule = match dice.below(8) {
            0 => Schedule::Denied,
            1 => Schedule::NoAssociation,
            _ => Schedule::Runs(expression, runs),
        };
        Self {
            account: visible(dice, 12).then_some(account),
            deep_inspection: visible(dice, 12).then(|| dice.of(deep)),
            coverage: visible(dice, 6),
            nodes: visible(dice, 10),
            instances: visible(dice, 16),
            file_systems: visible(dice, 25),
            security_groups: visible(dice, 12),
            peered: visible(dice, 6).then(|| dice.once_in(2)),
            mount_targets: visible(dice, 12),
            schedule,
            machines,
            stores,
            tasks,
        }
    }

    /// What is in it that a rule looks at, each once.
    pub(crate) fn features(&self) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = BTreeSet::new();
        for one in &self.machines {
            let exclusion = match (one.tagged, one.metadata_tags) {
                (true, true) => "full",
                (true, false) => "tag_only",
                (false, true) => "metadata_only",
                (false, false) => "none",
            };
            let windows = if one.windows { "windows" } else { "linux" };
            let rest = [exclusion, windows, one.vpc, one.ping.unwrap_or("no node"), one.mode.unwrap_or("no row")];
            all.extend(rest.iter().chain([&one.state]).map(|what| format!("instance {what}")));
        }
        for one in &self.stores {
            let tiers = match one.size {
                None => "no size",
                Some([_, 0, 0]) => "nothing cold",
                Some([_, _, 0]) => "IA",
                Some([_, 0, _]) => "Archive",
                Some(_) => "IA and Archive",
            };
            let policy = one.policy.map_or("unread".to_owned(), |policy| format!("{policy:?}"));
            let amount = format!("{} {:?}", one.throughput, one.provisioned);
            let mount = format!("mount target {:?}", one.mount_target);
            let rest = [tiers.to_owned(), format!("policy {policy}"), amount, mount, one.state.to_owned()];
            all.extend(rest.iter().map(|what| format!("file system {what}")));
        }
        all.insert(format!("schedule {:?}", self.schedule));
        all.insert(format!("account {:?}", self.account));
        all.insert(format!("deep inspection {:?}", self.deep_inspection));
        all.insert(format!("peered {:?}", self.peered));
        let sections = [
            ("coverage", self.coverage),
            ("nodes", self.nodes),
            ("instances", self.instances),
            ("file systems", self.file_systems),
            ("security groups", self.security_groups),
            ("mount targets", self.mount_targets),
        ];
        all.extend(sections.iter().filter(|(_, seen)| !seen).map(|(section, _)| format!("without {section}")));
        all
    }

    /// The target that it stands for.
    pub(crate) fn target(&self) -> Target {
        let mut target = exposed();
        let machines = || self.machines.iter();
        target.inspector.account_status =
            self.account.map_or_else(denied, |(account, ec2)| account_status(account, ec2));
        target.inspector.deep_inspection = self.deep_inspection.map_or_else(denied, deep_inspection);
        let rows = machines().filter_map(|one| Some(coverage(&one.id, one.mode?))).collect();
        target.inspector.ec2_coverage = if self.coverage { Section::Complete(rows) } else { denied() };
        let rows = machines().filter_map(|one| Some(node(&one.id, one.ping?))).collect();
        target.ssm.managed_nodes = if self.nodes { Section::Complete(rows) } else { denied() };
        target.ssm.inspector_association = match self.schedule {
            Schedule::Denied => denied(),
            Schedule::NoAssociation => Section::Complete(None),
            Schedule::Runs(expression, _) => Section::Complete(Some(Association {
                id: "a".into(),
                name: "InvokeInspectorLinuxSsmPlugin-do-not-delete".into(),
                schedule_expression: Some(expression.into()),
                last_execution: None,
            })),
        };
        let rows = machines().map(built).collect();
        target.ec2.instances = if self.instances { Section::Complete(rows) } else { denied() };
        let mut groups = vec![group("sg-a", vec![], vec![everything()]), group("sg-b", vec![], vec![everything()])];
        for store in &self.stores {
            let admitted = store.admits.iter().map(|group| from_group(group)).collect();
            groups.push(group(&format!("sg-{}", store.id), admitted, vec![]));
        }
        target.ec2.security_groups = if self.security_groups { Section::Complete(groups) } else { denied() };
        target.ec2.vpc_peering = self.peered.map_or_else(denied, |peered| {
            Section::Complete(vec![VpcPeeringConnection {
                id: "pcx-1".into(),
                status: if peered { "active" } else { "rejected" }.into(),
                requester_vpc_id: Some("vpc-1".into()),
                accepter_vpc_id: Some("vpc-2".into()),
            }])
        });
        target.efs.lifecycle.clear();
        let mut mounts = Vec::new();
        for store in &self.stores {
            match store.policy {
                Some((tiers, returns)) => {
                    let policy = LifecycleConfiguration {
                        transition_to_ia: tiers.then(|| "AFTER_30_DAYS".into()),
                        transition_to_archive: None,
                        transition_to_primary_storage_class: returns.then(|| "AFTER_1_ACCESS".into()),
                    };
                    target.efs.lifecycle.insert(store.id.clone(), policy);
                }
                None => {
                    let gap = crate::builders::efs::gap(inspector_audit::model::GapReason::AccessDenied);
                    target.efs.lifecycle_gaps.insert(store.id.clone(), gap);
                }
            }
            mounts.extend(store.mount_target.map(|state| {
                let mut mount = mount_target(&store.id, "vpc-1", &[&format!("sg-{}", store.id)]);
                mount.state = state.into();
                mount
            }));
        }
        let rows = self.stores.iter().map(shared).collect();
        target.efs.file_systems = if self.file_systems { Section::Complete(rows) } else { denied() };
        target.efs.mount_targets = if self.mount_targets { Section::Complete(mounts) } else { denied() };
        let task = |(instance, store): &(usize, usize)| EfsTask {
            instance_id: self.machines[*instance].id.clone(),
            file_system_id: self.stores[*store].id.clone(),
            volume: "data".into(),
            ..EfsTask::default()
        };
        target.evidence.efs_tasks =
            Section::Complete(Observed { rows: self.tasks.iter().map(task).collect(), truncated: None });
        target
    }
}

fn machine(dice: &mut Dice, number: usize) -> Machine {
    let modes =
        ["EC2_SSM_AGENT_BASED", "EC2_SSM_AGENT_BASED", "EC2_INSPECTOR_AGENT_BASED", "EC2_AGENTLESS", "EC2_DREAM"];
    Machine {
        id: format!("i-{number:04x}"),
        state: dice.of(&["running", "running", "running", "running", "running", "running", "stopped", "terminated"]),
        windows: dice.once_in(10),
        tagged: dice.once_in(3),
        metadata_tags: dice.once_in(3),
        ping: dice.of(&[
            Some("Online"),
            Some("Online"),
            Some("Online"),
            Some("ConnectionLost"),
            Some("Inactive"),
            None,
        ]),
        mode: if dice.once_in(4) { None } else { Some(dice.of(&modes)) },
        vpc: dice.of(&["vpc-1", "vpc-1", "vpc-1", "vpc-2"]),
        group: dice.of(&["sg-a", "sg-a", "sg-b"]),
    }
}

fn store(dice: &mut Dice, number: usize) -> Store {
    let throughput = dice.of(&["bursting", "provisioned", "elastic"]);
    let gib = |dice: &mut Dice| dice.of(&[0, 0, 0, 1, 10, 500, 800, 5_000, 20_480, 200_000]);
    let archive = if throughput == "elastic" { gib(dice) } else { 0 };
    let size = [gib(dice), gib(dice), archive];
    Store {
        id: format!("fs-{number:04x}"),
        state: dice.of(&["available", "available", "available", "available", "available", "deleting"]),
        throughput,
        provisioned: (throughput == "provisioned" && !dice.once_in(5)).then(|| dice.of(&[1, 20, 100, 1_000])),
        size: (!dice.once_in(10)).then_some(size),
        policy: (!dice.once_in(10)).then(|| (!dice.once_in(5), dice.once_in(2))),
        age: dice.of(&[400, 400, 10]),
        mount_target: dice.of(&[Some("available"), Some("available"), Some("available"), Some("creating"), None]),
        admits: dice.of(&[&["sg-a"] as &[_], &["sg-a"], &["sg-a", "sg-b"], &["sg-b"], &[]]).to_vec(),
    }
}

fn built(machine: &Machine) -> inspector_audit::model::Instance {
    let mut one = instance(&machine.id);
    one.state = machine.state.into();
    one.platform = machine.windows.then(|| "windows".into());
    one.vpc_id = Some(machine.vpc.into());
    one.network_interfaces = vec![interface(machine.vpc, &[machine.group], &["10.0.1.10"])];
    if machine.tagged {
        one.tags.push(Tag { key: "inspectorec2exclusion".into(), value: "yes".into() });
    }
    let options = one.metadata_options.as_mut().expect("options");
    options.instance_metadata_tags = Some(if machine.metadata_tags { "enabled" } else { "disabled" }.into());
    one
}

fn shared(store: &Store) -> inspector_audit::model::FileSystem {
    let mut one = file_system(&store.id);
    one.state = store.state.into();
    one.throughput_mode = Some(store.throughput.into());
    one.provisioned_mibps = store.provisioned;
    one.creation_time = Some(now() - Duration::days(store.age));
    let bytes = |class: usize| store.size.map(|size| size[class] << 30);
    (one.size.standard, one.size.ia, one.size.archive) = (bytes(0), bytes(1), bytes(2));
    one.size.total = store.size.map(|size| size.iter().sum::<u64>() << 30);
    one
}
