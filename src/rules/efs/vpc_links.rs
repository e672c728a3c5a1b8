//! Which VPCs are connected: by active peering, or by attachment to one transit gateway.
//!
//! Route tables are not read: two VPCs on one gateway count as connected, which makes a mount possible, never certain.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Section, SectionName, Target};
use crate::rules::Blocker;

/// How two VPCs stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// They are one, or connected.
    Connected,
    /// What connects VPCs could not be read.
    Unknown(BTreeSet<Blocker>),
    Apart,
}

/// What connects the VPCs of a target.
#[derive(Debug, Default)]
pub(crate) struct VpcLinks<'a> {
    peered: BTreeSet<(&'a str, &'a str)>,
    gateways: BTreeMap<&'a str, BTreeSet<&'a str>>,
    unseen: BTreeSet<Blocker>,
}

impl<'a> VpcLinks<'a> {
    /// Reads peering connections and transit gateway attachments.
    pub(crate) fn of(target: &'a Target) -> Self {
        let mut links = Self::default();
        match &target.ec2.vpc_peering {
            Section::Complete(peerings) => {
                for peering in peerings.iter().filter(|peering| peering.status == "active") {
                    if let (Some(a), Some(b)) = (&peering.requester_vpc_id, &peering.accepter_vpc_id) {
                        links.peered.insert((a, b));
                        links.peered.insert((b, a));
                    }
                }
            }
            Section::Absent(_) => {}
            Section::Missing(_) | Section::NotAsked => {
                links.unseen.insert(Blocker::section(SectionName::Ec2VpcPeering));
            }
        }
        match &target.ec2.transit_gateway_attachments {
            Section::Complete(attachments) => {
                for attachment in attachments.iter().filter(|attachment| attachment.state == "available") {
                    links.gateways.entry(&attachment.vpc_id).or_default().insert(&attachment.transit_gateway_id);
                }
            }
            Section::Absent(_) => {}
            Section::Missing(_) | Section::NotAsked => {
                links.unseen.insert(Blocker::section(SectionName::Ec2TransitGatewayAttachments));
            }
        }
        links
    }

    /// How `a` and `b` stand to each other.
    pub(crate) fn between(&self, a: &str, b: &str) -> Link {
        let attached = |vpc: &str| self.gateways.get(vpc);
        let share_gateway = || attached(a).zip(attached(b)).is_some_and(|(a, b)| !a.is_disjoint(b));
        if a == b || self.peered.contains(&(a, b)) || share_gateway() {
            Link::Connected
        } else if self.unseen.is_empty() {
            Link::Apart
        } else {
            Link::Unknown(self.unseen.clone())
        }
    }
}
