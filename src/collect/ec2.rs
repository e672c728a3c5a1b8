//! Amazon EC2: instances, security groups, and what connects VPCs.

use std::net::{Ipv4Addr, Ipv6Addr};

use aws_sdk_ec2::types as sdk;
use futures::join;

use super::clients::{TargetClients, section};
use super::convert::{address, ids, short_text, tags, text, time};
use super::failure::Failure;
use super::pages::{Page, all_pages, by_id};
use super::prefix_lists;
use crate::model::{
    Ec2, Instance, IpPermission, MetadataOptions, NetworkInterface, Section, SectionName, SecurityGroup,
    SecurityGroupReference, ShortText, TransitGatewayVpcAttachment, VpcPeeringConnection,
};
use crate::permissions::{
    DESCRIBE_INSTANCES, DESCRIBE_SECURITY_GROUPS, DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    DESCRIBE_VPC_PEERING_CONNECTIONS,
};

/// The largest page of every listing here (EC2 API reference, 2026-10).
pub(super) const PAGE_SIZE: i32 = 1000;

pub(super) async fn collect(clients: &TargetClients, wants: &impl Fn(SectionName) -> bool) -> Ec2 {
    // Which lists there are to read stands in the groups.
    let groups_first = async {
        let lists = wants(SectionName::Ec2PrefixLists);
        let groups = section(lists || wants(SectionName::Ec2SecurityGroups), security_groups(clients)).await;
        let lists = if lists { prefix_lists::collect(clients, &groups).await } else { Section::NotAsked };
        (groups, lists)
    };
    let (instances, (security_groups, prefix_lists), vpc_peering, transit_gateway_attachments) = join!(
        section(wants(SectionName::Ec2Instances), instances(clients)),
        groups_first,
        section(wants(SectionName::Ec2VpcPeering), vpc_peering(clients)),
        section(wants(SectionName::Ec2TransitGatewayAttachments), transit_gateway_attachments(clients)),
    );
    Ec2 { instances, security_groups, prefix_lists, vpc_peering, transit_gateway_attachments }
}

/// All instances; also those that AWS services manage, which a plain listing hides.
async fn instances(clients: &TargetClients) -> Result<Vec<Instance>, Failure> {
    let call = &DESCRIBE_INSTANCES;
    let rows = all_pages(call, async |token| {
        let request = clients.ec2().describe_instances().max_results(PAGE_SIZE).include_managed_resources(true);
        let answer = clients.call(call, request.set_next_token(token).send()).await?;
        let rows = answer.reservations.map(|reservations| {
            reservations.iter().flat_map(sdk::Reservation::instances).map(instance).collect::<Vec<_>>()
        });
        Ok(Page { items: rows, next: answer.next_token })
    })
    .await?;
    by_id(call, rows.into_iter().collect::<Result<_, _>>()?, |instance| &instance.id)
}

fn instance(instance: &sdk::Instance) -> Result<Instance, Failure> {
    let state = instance.state().and_then(|state| short_text(state.name())).unwrap_or_default();
    Ok(Instance {
        id: instance.instance_id().unwrap_or_default().to_owned(),
        state,
        platform: platform(instance),
        vpc_id: instance.vpc_id().map(Into::into),
        subnet_id: instance.subnet_id().map(Into::into),
        availability_zone: instance.placement().and_then(|place| place.availability_zone()).map(Into::into),
        launch_time: time(instance.launch_time()),
        instance_profile: instance.iam_instance_profile().and_then(|profile| profile.arn()).map(str::to_owned),
        metadata_options: instance.metadata_options().map(|options| MetadataOptions {
            state: short_text(options.state()),
            http_endpoint: short_text(options.http_endpoint()),
            instance_metadata_tags: short_text(options.instance_metadata_tags()),
        }),
        network_interfaces: network_interfaces(instance.network_interfaces())?,
        tags: tags(instance.tags().iter().map(|tag| (tag.key(), tag.value()))),
    })
}

/// `windows` where either field says so; EC2 sends no platform for anything else.
fn platform(instance: &sdk::Instance) -> Option<ShortText> {
    let details = instance.platform_details().filter(|details| details.to_ascii_lowercase().starts_with("windows"));
    let platform: Option<String> = text(instance.platform());
    platform.map(|name| name.to_ascii_lowercase().into()).or_else(|| details.map(|_| "windows".into()))
}

/// An instance's interfaces, the primary one first.
fn network_interfaces(interfaces: &[sdk::InstanceNetworkInterface]) -> Result<Vec<NetworkInterface>, Failure> {
    let place = |interface: &sdk::InstanceNetworkInterface| {
        let attachment = interface.attachment();
        let card = attachment.and_then(sdk::InstanceNetworkInterfaceAttachment::network_card_index).unwrap_or_default();
        let device = attachment.and_then(sdk::InstanceNetworkInterfaceAttachment::device_index).unwrap_or_default();
        (card, device, interface.network_interface_id().unwrap_or_default().to_owned())
    };
    let mut sorted: Vec<_> = interfaces.iter().collect();
    sorted.sort_by_key(|interface| place(interface));
    sorted.into_iter().map(network_interface).collect()
}

/// One interface with all its addresses.
fn network_interface(interface: &sdk::InstanceNetworkInterface) -> Result<NetworkInterface, Failure> {
    let call = &DESCRIBE_INSTANCES;
    let mut private_ipv4: Vec<Ipv4Addr> = Vec::new();
    private_ipv4.extend(address::<Ipv4Addr>(call, interface.private_ip_address())?);
    for private in interface.private_ip_addresses() {
        private_ipv4.extend(address::<Ipv4Addr>(call, private.private_ip_address())?);
    }
    let primary = private_ipv4.first().copied();
    private_ipv4.sort_by_key(|address| (Some(*address) != primary, *address));
    private_ipv4.dedup();
    let mut ipv6: Vec<Ipv6Addr> = Vec::new();
    for address_of in interface.ipv6_addresses() {
        ipv6.extend(address::<Ipv6Addr>(call, address_of.ipv6_address())?);
    }
    ipv6.sort();
    ipv6.dedup();
    Ok(NetworkInterface {
        id: interface.network_interface_id().unwrap_or_default().into(),
        vpc_id: interface.vpc_id().map(Into::into),
        subnet_id: interface.subnet_id().map(Into::into),
        security_groups: ids(interface.groups().iter().map(|group| group.group_id())),
        private_ipv4,
        ipv6,
    })
}

/// All security groups with their rules.
async fn security_groups(clients: &TargetClients) -> Result<Vec<SecurityGroup>, Failure> {
    let call = &DESCRIBE_SECURITY_GROUPS;
    let rows = all_pages(call, async |token| {
        let request = clients.ec2().describe_security_groups().max_results(PAGE_SIZE).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        let rows = answer.security_groups.map(|groups| groups.iter().map(security_group).collect());
        Ok(Page { items: rows, next: answer.next_token })
    })
    .await?;
    by_id(call, rows, |group: &SecurityGroup| &group.id)
}

fn security_group(group: &sdk::SecurityGroup) -> SecurityGroup {
    SecurityGroup {
        id: group.group_id().unwrap_or_default().to_owned(),
        name: group.group_name().unwrap_or_default().to_owned(),
        owner_id: group.owner_id().unwrap_or_default().to_owned(),
        vpc_id: group.vpc_id().map(str::to_owned),
        ingress: group.ip_permissions().iter().map(permission).collect(),
        egress: group.ip_permissions_egress().iter().map(permission).collect(),
    }
}

/// One rule of a security group.
fn permission(permission: &sdk::IpPermission) -> IpPermission {
    let reference = |pair: &sdk::UserIdGroupPair| SecurityGroupReference {
        group_id: pair.group_id().unwrap_or_default().to_owned(),
        account: pair.user_id().map(str::to_owned),
        vpc_peering_connection_id: pair.vpc_peering_connection_id().map(str::to_owned),
        peering_status: pair.peering_status().map(str::to_owned),
    };
    IpPermission {
        protocol: permission.ip_protocol().unwrap_or_default().to_owned(),
        from_port: permission.from_port(),
        to_port: permission.to_port(),
        ipv4: ids(permission.ip_ranges().iter().map(|range| range.cidr_ip())),
        ipv6: ids(permission.ipv6_ranges().iter().map(|range| range.cidr_ipv6())),
        groups: permission.user_id_group_pairs().iter().map(reference).collect(),
        prefix_lists: ids(permission.prefix_list_ids().iter().map(|list| list.prefix_list_id())),
    }
}

/// All VPC peering connections.
async fn vpc_peering(clients: &TargetClients) -> Result<Vec<VpcPeeringConnection>, Failure> {
    let call = &DESCRIBE_VPC_PEERING_CONNECTIONS;
    let connection = |connection: sdk::VpcPeeringConnection| VpcPeeringConnection {
        id: connection.vpc_peering_connection_id.unwrap_or_default(),
        status: connection.status.and_then(|status| text(status.code.as_ref())).unwrap_or_default(),
        requester_vpc_id: connection.requester_vpc_info.and_then(|side| side.vpc_id),
        accepter_vpc_id: connection.accepter_vpc_info.and_then(|side| side.vpc_id),
    };
    let rows = all_pages(call, async |token| {
        let request = clients.ec2().describe_vpc_peering_connections().max_results(PAGE_SIZE).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        let rows = answer.vpc_peering_connections.map(|rows| rows.into_iter().map(connection).collect());
        Ok(Page { items: rows, next: answer.next_token })
    })
    .await?;
    by_id(call, rows, |connection: &VpcPeeringConnection| &connection.id)
}

/// All VPC attachments to transit gateways.
async fn transit_gateway_attachments(clients: &TargetClients) -> Result<Vec<TransitGatewayVpcAttachment>, Failure> {
    let call = &DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS;
    let attachment = |attachment: sdk::TransitGatewayVpcAttachment| TransitGatewayVpcAttachment {
        state: text(attachment.state.as_ref()).unwrap_or_default(),
        id: attachment.transit_gateway_attachment_id.unwrap_or_default(),
        transit_gateway_id: attachment.transit_gateway_id.unwrap_or_default(),
        vpc_id: attachment.vpc_id.unwrap_or_default(),
    };
    let rows = all_pages(call, async |token| {
        let request =
            clients.ec2().describe_transit_gateway_vpc_attachments().max_results(PAGE_SIZE).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        let rows = answer.transit_gateway_vpc_attachments.map(|rows| rows.into_iter().map(attachment).collect());
        Ok(Page { items: rows, next: answer.next_token })
    })
    .await?;
    by_id(call, rows, |attachment: &TransitGatewayVpcAttachment| &attachment.id)
}
