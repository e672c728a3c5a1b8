//! Reachability: what security groups, addresses, egress and other VPCs make of condition 5.

use crate::support::evaluate;
use inspector_audit::model::{
    IpPermission, Section, SecurityGroup, SecurityGroupReference, Target, TransitGatewayVpcAttachment,
    VpcPeeringConnection,
};
use inspector_audit::price::PriceTable;
use inspector_audit::rules::{RuleSettings, Verdict};

use crate::builders::efs::{
    denied, everything, exposed, from_group, from_nets, group, interface, mount_target, tcp, with, with_instance,
};

fn verdict(target: &Target) -> Verdict {
    let evaluation =
        evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &crate::builders::efs::rules());
    evaluation.verdicts.iter().find(|verdict| verdict.rule == "efs-tier-recall").expect("the rule ran").verdict
}

fn groups(app: SecurityGroup, efs: SecurityGroup) -> Target {
    with(exposed(), |target| target.ec2.security_groups = Section::Complete(vec![app, efs]))
}

fn ingress(permissions: Vec<IpPermission>) -> Target {
    groups(group("sg-app", vec![], vec![everything()]), group("sg-efs", permissions, vec![]))
}

fn egress(permissions: Vec<IpPermission>) -> Target {
    groups(group("sg-app", vec![], permissions), group("sg-efs", vec![from_group("sg-app")], vec![]))
}

fn prefix_list() -> IpPermission {
    IpPermission { prefix_lists: vec!["pl-0a".into()], ..tcp(2049, 2049) }
}

#[test]
fn ingress_admits_by_reference_range_and_port() {
    let wide = |from, to| IpPermission { ipv4: vec!["10.0.0.0/8".into()], ..tcp(from, to) };
    let proto = |protocol: &str| IpPermission {
        protocol: protocol.into(),
        ipv4: vec!["0.0.0.0/0".into()],
        ..IpPermission::default()
    };
    for (what, permissions, expected) in [
        ("reference", vec![from_group("sg-app")], Verdict::Findings),
        ("another group", vec![from_group("sg-db")], Verdict::Clean),
        ("range with the address", vec![from_nets(&["10.0.1.0/24"])], Verdict::Findings),
        ("the address itself", vec![from_nets(&["10.0.1.10/32"])], Verdict::Findings),
        ("a neighbour", vec![from_nets(&["10.0.1.11/32"])], Verdict::Clean),
        ("host bits set", vec![from_nets(&["10.0.1.99/24"])], Verdict::Findings),
        ("all protocols", vec![proto("-1")], Verdict::Findings),
        ("tcp by number, all ports", vec![proto("6")], Verdict::Findings),
        ("udp", vec![proto("udp")], Verdict::Clean),
        ("a range of ports around it", vec![wide(2000, 2100)], Verdict::Findings),
        ("ports below", vec![wide(0, 2048)], Verdict::Clean),
        ("ports above", vec![wide(2050, 65535)], Verdict::Clean),
        ("nothing", vec![], Verdict::Clean),
        ("a prefix list", vec![prefix_list()], Verdict::Inconclusive),
        ("a prefix list and a reference", vec![prefix_list(), from_group("sg-app")], Verdict::Findings),
        ("a range that cannot be read", vec![from_nets(&["10.0.1.0/99"])], Verdict::Inconclusive),
    ] {
        assert_eq!(verdict(&ingress(permissions)), expected, "{what}");
    }
}

#[test]
fn egress_has_to_let_the_instance_out() {
    for (what, permissions, expected) in [
        ("everything", vec![everything()], Verdict::Findings),
        ("to the mount target's group", vec![from_group("sg-efs")], Verdict::Findings),
        ("to its address", vec![from_nets(&["10.0.2.20/32"])], Verdict::Findings),
        ("to another address", vec![from_nets(&["10.0.3.0/24"])], Verdict::Clean),
        ("on another port", vec![IpPermission { ipv4: vec!["0.0.0.0/0".into()], ..tcp(443, 443) }], Verdict::Clean),
        ("nothing", vec![], Verdict::Clean),
        ("to a prefix list", vec![prefix_list()], Verdict::Inconclusive),
    ] {
        assert_eq!(verdict(&egress(permissions)), expected, "{what}");
    }
}

#[test]
fn the_mount_targets_own_egress_is_never_looked_at() {
    assert_eq!(verdict(&ingress(vec![from_group("sg-app")])), Verdict::Findings);
}

#[test]
fn a_group_may_admit_itself() {
    let target = with_instance(exposed(), |instance| {
        instance.network_interfaces = vec![interface("vpc-1", &["sg-efs"], &["10.0.1.10"])];
    });
    let target = with(target, |target| {
        let own = group("sg-efs", vec![from_group("sg-efs")], vec![everything()]);
        target.ec2.security_groups = Section::Complete(vec![own]);
    });
    assert_eq!(verdict(&target), Verdict::Findings);
}

#[test]
fn every_interface_and_address_counts() {
    let second = with_instance(ingress(vec![from_nets(&["10.0.9.0/24"])]), |instance| {
        instance.network_interfaces.push(interface("vpc-1", &["sg-app"], &["10.0.8.1", "10.0.9.1"]));
    });
    assert_eq!(verdict(&second), Verdict::Findings);
    let v6 = with(ingress(vec![from_nets(&["2001:db8::/64"])]), |target| {
        let all_v6 = IpPermission { protocol: "-1".into(), ipv6: vec!["::/0".into()], ..IpPermission::default() };
        if let Section::Complete(groups) = &mut target.ec2.security_groups {
            groups[0].egress = vec![all_v6];
        }
        if let Section::Complete(mounts) = &mut target.efs.mount_targets {
            mounts[0].ipv6 = Some("2001:db8:1::20".parse().expect("an address"));
        }
    });
    let v6 = with_instance(v6, |instance| {
        instance.network_interfaces = vec![interface("vpc-1", &["sg-app"], &["10.0.1.10", "2001:db8::7"])];
    });
    assert_eq!(verdict(&v6), Verdict::Findings);
}

#[test]
fn a_connection_is_let_in_and_out_in_one_address_family() {
    let all = |family: &str| IpPermission {
        protocol: "-1".into(),
        ipv4: if family == "v4" { vec!["0.0.0.0/0".into()] } else { vec![] },
        ipv6: if family == "v6" { vec!["::/0".into()] } else { vec![] },
        ..IpPermission::default()
    };
    let both_families = |way_in: &str, out: &str| {
        let (app, efs) = (group("sg-app", vec![], vec![all(out)]), group("sg-efs", vec![all(way_in)], vec![]));
        let target = with_instance(groups(app, efs), |instance| {
            instance.network_interfaces = vec![interface("vpc-1", &["sg-app"], &["10.0.1.10", "2001:db8::7"])];
        });
        with(target, |target| {
            if let Section::Complete(mounts) = &mut target.efs.mount_targets {
                mounts[0].ipv6 = Some("2001:db8:1::20".parse().expect("an address"));
            }
        })
    };
    for (way_in, out, expected) in [
        ("v4", "v4", Verdict::Findings),
        ("v6", "v6", Verdict::Findings),
        ("v4", "v6", Verdict::Clean),
        ("v6", "v4", Verdict::Clean),
    ] {
        assert_eq!(verdict(&both_families(way_in, out)), expected, "in by {way_in}, out by {out}");
    }
}

#[test]
fn what_cannot_be_seen_is_unknown() {
    let no_groups = with(exposed(), |target| target.ec2.security_groups = denied());
    assert_eq!(verdict(&no_groups), Verdict::Inconclusive);
    let no_mounts = with(exposed(), |target| target.efs.mount_targets = denied());
    assert_eq!(verdict(&no_mounts), Verdict::Inconclusive);
    let foreign_group = with(exposed(), |target| {
        target.ec2.security_groups = Section::Complete(vec![group("sg-app", vec![], vec![everything()])]);
    });
    assert_eq!(verdict(&foreign_group), Verdict::Inconclusive, "the mount target's group belongs to somebody else");
    let no_interfaces = with_instance(exposed(), |instance| instance.network_interfaces.clear());
    assert_eq!(verdict(&no_interfaces), Verdict::Inconclusive);
}

fn other_vpc() -> Target {
    let target = with_instance(exposed(), |instance| {
        instance.vpc_id = Some("vpc-2".into());
        instance.network_interfaces = vec![interface("vpc-2", &["sg-app"], &["10.0.1.10"])];
    });
    with(target, |target| {
        target.efs.mount_targets = Section::Complete(vec![mount_target("fs-0a", "vpc-1", &["sg-efs"])]);
    })
}

fn peering(status: &str) -> Section<Vec<VpcPeeringConnection>> {
    Section::Complete(vec![VpcPeeringConnection {
        id: "pcx-1".into(),
        status: status.into(),
        requester_vpc_id: Some("vpc-2".into()),
        accepter_vpc_id: Some("vpc-1".into()),
    }])
}

fn attached(vpc: &str, gateway: &str) -> TransitGatewayVpcAttachment {
    TransitGatewayVpcAttachment {
        id: format!("tgw-attach-{vpc}"),
        transit_gateway_id: gateway.into(),
        vpc_id: vpc.into(),
        state: "available".into(),
    }
}

#[test]
fn another_vpc_counts_only_if_it_is_connected() {
    assert_eq!(verdict(&other_vpc()), Verdict::Clean);
    let peered = |status| with(other_vpc(), |target| target.ec2.vpc_peering = peering(status));
    assert_eq!(verdict(&peered("active")), Verdict::Findings);
    assert_eq!(verdict(&peered("deleted")), Verdict::Clean);
    let gateways = |a, b| {
        with(other_vpc(), |target| {
            let attachments = vec![attached("vpc-1", a), attached("vpc-2", b)];
            target.ec2.transit_gateway_attachments = Section::Complete(attachments);
        })
    };
    assert_eq!(verdict(&gateways("tgw-1", "tgw-1")), Verdict::Findings);
    assert_eq!(verdict(&gateways("tgw-1", "tgw-2")), Verdict::Clean);
    for state in ["pendingAcceptance", "deleting", "failed"] {
        let lost = with(gateways("tgw-1", "tgw-1"), |target| {
            if let Section::Complete(attachments) = &mut target.ec2.transit_gateway_attachments {
                attachments[0].state = state.into();
            }
        });
        assert_eq!(verdict(&lost), Verdict::Clean, "{state}");
    }
    let unread = with(other_vpc(), |target| target.ec2.vpc_peering = denied());
    assert_eq!(verdict(&unread), Verdict::Inconclusive);
    let unread = with(unread, |target| {
        if let Section::Complete(groups) = &mut target.ec2.security_groups {
            groups[1].ingress.clear();
        }
    });
    assert_eq!(verdict(&unread), Verdict::Clean, "no rule admits it, however the VPCs are connected");
}

#[test]
fn a_reference_over_a_dead_peering_admits_nobody() {
    let mut stale = from_group("sg-app");
    stale.groups[0].peering_status = Some("deleted".into());
    assert_eq!(verdict(&ingress(vec![stale])), Verdict::Clean);
}

#[test]
fn a_foreign_client_is_named() {
    let mut foreign = from_group("sg-foreign");
    foreign.groups = vec![SecurityGroupReference {
        group_id: "sg-foreign".into(),
        account: Some("444455556666".into()),
        ..SecurityGroupReference::default()
    }];
    let target = ingress(vec![foreign, from_group("sg-app")]);
    let evaluation =
        evaluate(&target, &PriceTable::embedded(), &RuleSettings::default(), &crate::builders::efs::rules());
    let finding = evaluation.findings.iter().find(|finding| finding.rule == "efs-tier-recall").expect("exposed");
    let named = finding.evidence.iter().any(|it| it.kind == "foreign_client" && it.detail.contains("444455556666"));
    assert!(named, "{:?}", finding.evidence);
}

#[test]
fn rules_for_one_address_family_each_let_in_both() {
    let (v4, v6) = (from_nets(&["10.0.0.0/16"]), from_nets(&["2001:db8::/32"]));
    for permissions in [vec![v4.clone(), v6.clone()], vec![v6.clone(), v4.clone()]] {
        assert_eq!(verdict(&ingress(permissions)), Verdict::Findings);
    }
    assert_eq!(verdict(&ingress(vec![v6])), Verdict::Clean, "the instance has no IPv6 address");
}
