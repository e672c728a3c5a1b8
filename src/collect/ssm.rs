//! Systems Manager: managed nodes, Inspector's association, default host management.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_ssm::types as sdk;
use futures::join;

use super::clients::{TargetClients, section};
use super::convert::{short_text, time};
use super::failure::Failure;
use super::pages::{Page, all_pages, by_id};
use crate::model::{Association, DefaultHostManagement, ManagedNode, Section, SectionName, Ssm};
use crate::permissions::{DESCRIBE_INSTANCE_INFORMATION, GET_SERVICE_SETTING, LIST_ASSOCIATIONS};

/// The largest page of every listing here (Systems Manager API reference, 2026-10).
const PAGE_SIZE: i32 = 50;
/// The association that runs the deep inspection plugin (Inspector user guide, "Scanning EC2 instances", 2026-10).
const INSPECTOR_ASSOCIATION: &str = "InvokeInspectorLinuxSsmPlugin-do-not-delete";
/// The setting of default host management (Systems Manager user guide, 2026-10).
const DEFAULT_HOST_MANAGEMENT: &str = "/ssm/managed-instance/default-ec2-instance-management-role";

/// The Systems Manager sections, but for the managed nodes: those come in a chain of small pages.
pub(super) async fn settings(clients: &TargetClients, wants: &impl Fn(SectionName) -> bool) -> Ssm {
    let (inspector_association, default_host_management) = join!(
        section(wants(SectionName::SsmInspectorAssociation), inspector_association(clients)),
        section(wants(SectionName::SsmDefaultHostManagement), default_host_management(clients)),
    );
    Ssm { managed_nodes: Section::NotAsked, inspector_association, default_host_management }
}

/// The managed nodes; while they are listed, `so_far` has those of the pages that have come.
pub(super) async fn managed_nodes(
    clients: &TargetClients,
    wants: &impl Fn(SectionName) -> bool,
    so_far: &SoFar,
) -> Section<Vec<ManagedNode>> {
    let nodes = section(wants(SectionName::SsmManagedNodes), listed(clients, so_far)).await;
    so_far.end();
    nodes
}

async fn listed(clients: &TargetClients, so_far: &SoFar) -> Result<Vec<ManagedNode>, Failure> {
    let call = &DESCRIBE_INSTANCE_INFORMATION;
    let rows = all_pages(call, async |token| {
        let request = clients.ssm().describe_instance_information().max_results(PAGE_SIZE).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        let rows: Option<Vec<ManagedNode>> =
            answer.instance_information_list.map(|rows| rows.iter().map(managed_node).collect());
        so_far.add(rows.as_deref().unwrap_or_default());
        Ok(Page { items: rows, next: answer.next_token })
    })
    .await?;
    by_id(call, rows, |node: &ManagedNode| &node.id)
}

/// The managed nodes that a listing has come to; `None` once it is over, or nobody wants to know any more.
#[derive(Debug)]
pub(super) struct SoFar(Mutex<Option<Vec<ManagedNode>>>);

impl SoFar {
    /// Of a listing that begins.
    pub(super) fn new() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }

    fn add(&self, rows: &[ManagedNode]) {
        if let Some(nodes) = &mut *self.nodes() {
            nodes.extend_from_slice(rows);
        }
    }

    fn end(&self) {
        *self.nodes() = None;
    }

    /// The nodes so far, by id; `None` where the listing is over, there are none yet, or a row has no id. Given once.
    pub(super) fn take(&self) -> Option<Vec<ManagedNode>> {
        let nodes = self.nodes().take_if(|nodes| !nodes.is_empty())?;
        by_id(&DESCRIBE_INSTANCE_INFORMATION, nodes, |node| &node.id).ok()
    }

    fn nodes(&self) -> MutexGuard<'_, Option<Vec<ManagedNode>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn managed_node(node: &sdk::InstanceInformation) -> ManagedNode {
    ManagedNode {
        id: node.instance_id().unwrap_or_default().to_owned(),
        ping_status: short_text(node.ping_status()).unwrap_or_default(),
        resource_type: short_text(node.resource_type()).unwrap_or_default(),
        platform_type: short_text(node.platform_type()),
        last_ping: time(node.last_ping_date_time()),
        agent_version: node.agent_version().map(Into::into),
    }
}

/// Inspector's association. Where several carry its name, the one that ran last.
pub(super) async fn inspector_association(clients: &TargetClients) -> Result<Option<Association>, Failure> {
    let call = &LIST_ASSOCIATIONS;
    let filter = sdk::AssociationFilter::builder()
        .key(sdk::AssociationFilterKey::AssociationName)
        .value(INSPECTOR_ASSOCIATION)
        .build()
        .map_err(|error| Failure::protocol(call, error.to_string()))?;
    let rows = all_pages(call, async |token| {
        let request = clients.ssm().list_associations().association_filter_list(filter.clone());
        let request = request.max_results(PAGE_SIZE).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        Ok(Page { items: answer.associations, next: answer.next_token })
    })
    .await?;
    let named = rows.iter().filter(|row| row.association_name() == Some(INSPECTOR_ASSOCIATION));
    let mut associations: Vec<Association> = named
        .map(|row| Association {
            id: row.association_id().unwrap_or_default().to_owned(),
            name: INSPECTOR_ASSOCIATION.to_owned(),
            schedule_expression: row.schedule_expression().map(str::to_owned),
            last_execution: time(row.last_execution_date()),
        })
        .collect();
    associations.sort_by(|a, b| (b.last_execution, &a.id).cmp(&(a.last_execution, &b.id)));
    Ok(associations.into_iter().next())
}

/// Whether Systems Manager manages instances by default, and with which role.
async fn default_host_management(clients: &TargetClients) -> Result<DefaultHostManagement, Failure> {
    let call = &GET_SERVICE_SETTING;
    let request = clients.ssm().get_service_setting().setting_id(DEFAULT_HOST_MANAGEMENT);
    match clients.call(call, request.send()).await {
        Ok(answer) => {
            let setting = answer.service_setting.ok_or_else(|| Failure::protocol(call, "the answer has no setting"))?;
            Ok(DefaultHostManagement {
                role: setting.setting_value.filter(|role| !role.is_empty() && role != "$None"),
                status: setting.status,
            })
        }
        // Never set: off.
        Err(failure) if failure.is(&["ServiceSettingNotFound"]) => Ok(DefaultHostManagement::default()),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str) -> ManagedNode {
        ManagedNode { id: id.to_owned(), ..ManagedNode::default() }
    }

    #[test]
    fn nodes_so_far_are_given_once_and_only_while_there_are_more() {
        let so_far = SoFar::new();
        assert_eq!(so_far.take(), None, "none has come yet");
        so_far.add(&[node("i-2"), node("i-1")]);
        so_far.add(&[node("i-2")]);
        assert_eq!(so_far.take(), Some(vec![node("i-1"), node("i-2")]));
        so_far.add(&[node("i-3")]);
        assert_eq!(so_far.take(), None);
        let so_far = SoFar::new();
        so_far.add(&[node("i-1")]);
        so_far.end();
        assert_eq!(so_far.take(), None, "all of them are there");
    }
}
