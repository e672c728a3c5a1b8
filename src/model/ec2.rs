//! Amazon EC2 as the rules need it. Field names follow the EC2 API (2016-11-15).

use std::net::{Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Utc};
use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Section, ShortText};

/// The EC2 sections of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ec2 {
    /// All instances, in whatever state, sorted by id.
    pub instances: Section<Vec<Instance>>,
    /// All security groups of the region, sorted by id.
    pub security_groups: Section<Vec<SecurityGroup>>,
    /// The managed prefix lists that rules for TCP 2049 refer to, sorted by id; no call where there are none.
    pub prefix_lists: Section<Vec<PrefixList>>,
    /// VPC peering connections.
    pub vpc_peering: Section<Vec<VpcPeeringConnection>>,
    /// VPC attachments to transit gateways.
    pub transit_gateway_attachments: Section<Vec<TransitGatewayVpcAttachment>>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tag {
    /// The key, case as stored.
    pub key: ShortText,
    /// The value, often empty.
    #[serde(default)]
    pub value: ShortText,
}

/// A short list that takes no more room than its rows: there may be a hundred thousand of them.
fn exact<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let mut rows = Vec::deserialize(deserializer)?;
    rows.shrink_to_fit();
    Ok(rows)
}

/// One instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// `i-` and 8 or 17 hex digits.
    pub id: String,
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`, or what AWS adds.
    pub state: ShortText,
    /// `PlatformDetails`/`Platform`: `windows` for Windows; absent for everything else.
    #[serde(default)]
    pub platform: Option<ShortText>,
    /// The VPC of the primary interface.
    #[serde(default)]
    pub vpc_id: Option<ShortText>,
    /// The subnet of the primary interface.
    #[serde(default)]
    pub subnet_id: Option<ShortText>,
    /// The Availability Zone's name.
    #[serde(default)]
    pub availability_zone: Option<ShortText>,
    /// When it was last started.
    #[serde(default)]
    pub launch_time: Option<DateTime<Utc>>,
    /// The ARN of the instance profile, if one is attached.
    #[serde(default)]
    pub instance_profile: Option<String>,
    /// Instance metadata options; absent in old answers.
    #[serde(default)]
    pub metadata_options: Option<MetadataOptions>,
    /// Every network interface, primary first.
    #[serde(default, deserialize_with = "exact")]
    pub network_interfaces: Vec<NetworkInterface>,
    /// The tags, sorted by key.
    #[serde(default, deserialize_with = "exact")]
    pub tags: Vec<Tag>,
}

impl Instance {
    /// The value of the `Name` tag.
    pub fn name(&self) -> Option<&str> {
        self.tags.iter().find(|tag| tag.key == "Name").map(|tag| tag.value.as_str()).filter(|name| !name.is_empty())
    }

    /// Whether EC2 says it runs Windows (`Platform` is `windows` or starts so; EC2 sends nothing for Linux).
    pub fn is_windows(&self) -> bool {
        self.platform.as_deref().is_some_and(|platform| platform.to_ascii_lowercase().starts_with("windows"))
    }
}

/// `InstanceMetadataOptionsResponse`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetadataOptions {
    /// `applied` or `pending`.
    pub state: Option<ShortText>,
    /// `enabled` or `disabled`: whether there is a metadata endpoint at all.
    pub http_endpoint: Option<ShortText>,
    /// `enabled` or `disabled`: whether tags are readable in the metadata.
    pub instance_metadata_tags: Option<ShortText>,
}

/// One network interface of an instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkInterface {
    /// `eni-…`.
    pub id: ShortText,
    /// Its VPC.
    pub vpc_id: Option<ShortText>,
    /// Its subnet.
    pub subnet_id: Option<ShortText>,
    /// Its security groups' ids.
    #[serde(deserialize_with = "exact")]
    pub security_groups: Vec<String>,
    /// All private IPv4 addresses, the primary one first.
    pub private_ipv4: Vec<Ipv4Addr>,
    /// All IPv6 addresses.
    pub ipv6: Vec<Ipv6Addr>,
}

/// One security group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The account that owns it.
    pub owner_id: String,
    /// Its VPC.
    pub vpc_id: Option<String>,
    /// Rules for what may come in.
    pub ingress: Vec<IpPermission>,
    /// Rules for what may go out.
    pub egress: Vec<IpPermission>,
}

/// One `IpPermission`: a protocol, a port range, and the peers it holds for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
    pub protocol: String,
    /// First port; absent or -1: all.
    pub from_port: Option<i32>,
    /// Last port; absent or -1: all.
    pub to_port: Option<i32>,
    /// IPv4 ranges, as text: a range that cannot be read must not be lost.
    pub ipv4: Vec<String>,
    /// IPv6 ranges, as text.
    pub ipv6: Vec<String>,
    /// Groups, own or foreign.
    pub groups: Vec<SecurityGroupReference>,
    /// Managed prefix lists, `pl-…`.
    pub prefix_lists: Vec<String>,
}

impl IpPermission {
    /// Whether it holds for that port of TCP.
    pub(crate) fn covers_tcp(&self, port: i32) -> bool {
        let all = |end: Option<i32>| end.is_none_or(|end| end == -1);
        match self.protocol.as_str() {
            "-1" => true,
            "tcp" | "6" => {
                all(self.from_port)
                    || self.from_port.is_some_and(|from| from <= port)
                        && self.to_port.is_some_and(|to| port <= to || to == -1)
            }
            _ => false,
        }
    }
}

/// `UserIdGroupPair`: a rule's reference to a security group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityGroupReference {
    /// The referenced group's id.
    pub group_id: String,
    /// The account that owns it, where it is given.
    pub account: Option<String>,
    /// The peering connection over which it is referenced, where it is given.
    pub vpc_peering_connection_id: Option<String>,
    /// That connection's state as the rule knows it, e.g. `active`, `deleted`.
    pub peering_status: Option<String>,
}

/// A VPC peering connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VpcPeeringConnection {
    /// `pcx-…`.
    pub id: String,
    /// `active`, or anything else.
    pub status: String,
    /// One side's VPC.
    pub requester_vpc_id: Option<String>,
    /// The other side's VPC.
    pub accepter_vpc_id: Option<String>,
}

/// A VPC's attachment to a transit gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransitGatewayVpcAttachment {
    /// `tgw-attach-…`.
    pub id: String,
    /// `tgw-…`.
    pub transit_gateway_id: String,
    /// The attached VPC.
    pub vpc_id: String,
    /// `available`, or anything else.
    pub state: String,
}

/// A managed prefix list with its entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrefixList {
    /// `pl-…`.
    pub id: String,
    /// IPv4 entries.
    pub ipv4: Vec<Ipv4Net>,
    /// IPv6 entries.
    pub ipv6: Vec<Ipv6Net>,
    /// Why the entries are not there: a list of another account may not be readable.
    pub unread: Option<String>,
}
