//! Laws of R1, on random worlds.

use crate::support::evaluate;
use inspector_audit::model::{GapReason, Section, Tag, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::Evaluation;
use inspector_audit::rules::{RuleSettings, Verdict};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::builders::efs::{
    account_status, coverage, deep_inspection, exposed, file_system, from_group, from_nets, gap, group, instance,
    interface, lifecycle, mount_target, node,
};

pub(crate) fn judge(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &crate::builders::efs::rules())
}

#[derive(Debug, Clone)]
struct Machine {
    running: bool,
    ping: u8,
    /// Coverage: none, the VM Scanner, a mode nobody knows, the plugin.
    mode: u8,
    tagged: bool,
    metadata: bool,
    address: u8,
    grouped: bool,
}

#[derive(Debug, Clone)]
struct Store {
    cold: u64,
    returns: bool,
    admits_group: bool,
    net: u8,
}

fn machine() -> impl Strategy<Value = Machine> {
    (any::<bool>(), 0..3_u8, 0..4_u8, any::<bool>(), any::<bool>(), 0..8_u8, any::<bool>()).prop_map(
        |(running, ping, mode, tagged, metadata, address, grouped)| Machine {
            running,
            ping,
            mode,
            tagged,
            metadata,
            address,
            grouped,
        },
    )
}

fn store() -> impl Strategy<Value = Store> {
    (0..(1_u64 << 44), any::<bool>(), any::<bool>(), 0..8_u8).prop_map(|(cold, returns, admits_group, net)| Store {
        cold,
        returns,
        admits_group,
        net,
    })
}

pub(crate) fn world() -> impl Strategy<Value = Target> {
    let account = prop::sample::select(vec!["ENABLED", "DISABLED", "SUSPENDED"]);
    let deep = prop::sample::select(vec!["ACTIVATED", "DEACTIVATED"]);
    (prop::collection::vec(machine(), 1..6), prop::collection::vec(store(), 1..5), account, deep)
        .prop_map(|(machines, stores, account, deep)| build(&machines, &stores, account, deep))
}

fn build(machines: &[Machine], stores: &[Store], account: &str, deep: &str) -> Target {
    let mut target = exposed();
    let mut instances = Vec::new();
    let mut nodes = Vec::new();
    let mut rows = Vec::new();
    for (number, machine) in machines.iter().enumerate() {
        let id = format!("i-{number:08x}");
        let mut one = instance(&id);
        one.state = if machine.running { "running" } else { "stopped" }.into();
        if machine.tagged {
            one.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
        }
        if let Some(options) = &mut one.metadata_options {
            options.instance_metadata_tags = Some(if machine.metadata { "enabled" } else { "disabled" }.into());
        }
        let groups: &[&str] = if machine.grouped { &["sg-app", "sg-in"] } else { &["sg-app"] };
        one.network_interfaces = vec![interface("vpc-1", groups, &[&format!("10.0.{}.7", machine.address)])];
        instances.push(one);
        match machine.ping {
            0 => nodes.push(node(&id, "Online")),
            1 => nodes.push(node(&id, "ConnectionLost")),
            _ => {}
        }
        match machine.mode {
            0 => {}
            1 => rows.push(coverage(&id, "EC2_INSPECTOR_AGENT_BASED")),
            2 => rows.push(coverage(&id, "EC2_DREAM_BASED")),
            _ => rows.push(coverage(&id, "EC2_SSM_AGENT_BASED")),
        }
    }
    let mut groups =
        vec![group("sg-app", vec![], vec![crate::builders::efs::everything()]), group("sg-in", vec![], vec![])];
    let mut file_systems = Vec::new();
    let mut mounts = Vec::new();
    target.efs.lifecycle.clear();
    for (number, store) in stores.iter().enumerate() {
        let id = format!("fs-{number:08x}");
        let mut one = file_system(&id);
        one.size.ia = Some(store.cold);
        file_systems.push(one);
        target.efs.lifecycle.insert(id.clone(), lifecycle(store.returns));
        let admitted =
            if store.admits_group { from_group("sg-in") } else { from_nets(&[&format!("10.0.{}.0/24", store.net)]) };
        groups.push(group(&format!("sg-{number}"), vec![admitted], vec![]));
        mounts.push(mount_target(&id, "vpc-1", &[&format!("sg-{number}")]));
    }
    target.ec2.instances = Section::Complete(instances);
    target.ec2.security_groups = Section::Complete(groups);
    target.ssm.managed_nodes = Section::Complete(nodes);
    target.inspector.ec2_coverage = Section::Complete(rows);
    target.inspector.account_status = account_status(account, account);
    target.inspector.deep_inspection = deep_inspection(deep);
    target.efs.file_systems = Section::Complete(file_systems);
    target.efs.mount_targets = Section::Complete(mounts);
    target
}

/// Takes one section away, by number.
fn take(target: &mut Target, which: u8) {
    let denied = || gap(GapReason::AccessDenied);
    match which {
        0 => target.ec2.instances = Section::Missing(denied()),
        1 => target.ec2.security_groups = Section::Missing(denied()),
        2 => target.ssm.managed_nodes = Section::Missing(denied()),
        3 => target.inspector.ec2_coverage = Section::Missing(denied()),
        4 => target.inspector.account_status = Section::Missing(denied()),
        5 => target.inspector.deep_inspection = Section::Missing(denied()),
        6 => target.efs.file_systems = Section::Missing(denied()),
        7 => target.efs.mount_targets = Section::Missing(denied()),
        8 => target.ec2.vpc_peering = Section::Missing(denied()),
        _ => {
            let ids: Vec<String> = std::mem::take(&mut target.efs.lifecycle).into_keys().collect();
            target.efs.lifecycle_gaps = ids.into_iter().map(|id| (id, denied())).collect();
        }
    }
}

fn monthly(evaluation: &Evaluation) -> Decimal {
    let costs = evaluation.findings.iter().filter(|finding| finding.rule != "efs-exposure-dormant");
    costs.filter_map(|finding| finding.cost.as_ref()).map(|cost| cost.monthly_usd.high.0).sum()
}

proptest! {
    #[test]
    fn a_gap_never_turns_a_problem_into_clean(target in world(), which in 0..10_u8) {
        let before = judge(&target);
        let mut blind = target;
        take(&mut blind, which);
        let after = judge(&blind);
        for (seen, unseen) in before.verdicts.iter().zip(&after.verdicts) {
            let was_open = matches!(seen.verdict, Verdict::Findings | Verdict::Inconclusive);
            let is_clean = matches!(unseen.verdict, Verdict::Clean | Verdict::NotApplicable);
            prop_assert!(!(was_open && is_clean), "{} was {:?} and became {:?}", seen.rule, seen.verdict, unseen.verdict);
        }
    }

    #[test]
    fn excluding_an_instance_never_raises_a_cost(target in world(), which in 0..6_usize) {
        let before = monthly(&judge(&target));
        let mut excluded = target;
        if let Section::Complete(instances) = &mut excluded.ec2.instances {
            let count = instances.len();
            let instance = &mut instances[which % count];
            instance.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
            if let Some(options) = &mut instance.metadata_options {
                options.instance_metadata_tags = Some("enabled".into());
            }
        }
        prop_assert!(monthly(&judge(&excluded)) <= before);
    }

    #[test]
    fn the_order_of_the_input_never_changes_the_output(target in world()) {
        let mut turned = target.clone();
        if let Section::Complete(rows) = &mut turned.ec2.instances { rows.reverse(); }
        if let Section::Complete(rows) = &mut turned.ec2.security_groups { rows.reverse(); }
        if let Section::Complete(rows) = &mut turned.ssm.managed_nodes { rows.reverse(); }
        if let Section::Complete(rows) = &mut turned.efs.file_systems { rows.reverse(); }
        if let Section::Complete(rows) = &mut turned.efs.mount_targets { rows.reverse(); }
        let (a, b) = (judge(&target), judge(&turned));
        prop_assert_eq!(a.findings, b.findings);
        prop_assert_eq!(a.gaps, b.gaps);
        prop_assert_eq!(a.verdicts, b.verdicts);
    }

    #[test]
    fn cost_is_linear_in_bytes(gib in 0..(1_u64 << 20), times in 1..64_u64) {
        let cost = |gib: u64| {
            let mut target = exposed();
            if let Section::Complete(file_systems) = &mut target.efs.file_systems {
                file_systems[0].size.ia = Some(gib << 30);
            }
            monthly(&judge(&target))
        };
        if gib > 0 {
            prop_assert_eq!(cost(gib * times), cost(gib) * Decimal::from(times));
        }
    }
}
