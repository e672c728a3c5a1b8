//! What speaks for or against a mount.

use super::time;
use crate::model::Presence;
use crate::rules::{HostSource, MountEvidence, MountItem};

/// In a few words.
pub(in crate::render::words) fn mount(evidence: &MountEvidence) -> String {
    match evidence {
        MountEvidence::OnHost { source, presence, mount_point } => {
            let (who, at) = (who(*source), mount_point.as_deref().unwrap_or("an unknown place"));
            match (presence, source) {
                (Presence::Mounted, HostSource::Probe) => format!("{who} saw it mounted at {at}"),
                (Presence::Mounted, HostSource::SavedTable) => format!("{who} has it mounted at {at}"),
                (Presence::Likely, _) => format!("{who} has a mount at {at} that is most likely it"),
                (Presence::OnDemand, _) => format!("{who}: mounted at {at} when somebody looks"),
            }
        }
        MountEvidence::NotOnHost(source) => format!("{} did not find it mounted", who(*source)),
        MountEvidence::EcsTask { volume } => format!("a running ECS task has it as the volume {volume:?}"),
        MountEvidence::EfsUtilsStream { group } => format!("a log stream in {group}"),
        MountEvidence::Declared { origin, note, .. } => format!("declared in {origin}{}", noted(note.as_ref())),
        MountEvidence::DeclaredNone { origin, note } => {
            format!("{origin} says that it mounts none{}", noted(note.as_ref()))
        }
        MountEvidence::CloudTrailInstance => {
            "EFS authorised a connection of its role session, says CloudTrail".to_owned()
        }
        MountEvidence::CloudTrailAddress { address, .. } => {
            format!("EFS authorised a connection from its address {address}, says CloudTrail")
        }
        MountEvidence::SoleClient => {
            "clients are connected, says CloudWatch, and the mount targets' groups let in this instance alone (of all EC2 \
             instances seen; a Lambda function or a Fargate task with the same group would look alike)"
                .to_owned()
        }
        MountEvidence::ClientsConnected => "clients are connected, says CloudWatch".to_owned(),
        MountEvidence::NoConnections => "nobody was connected for 24 hours, says CloudWatch".to_owned(),
    }
}

/// With its age.
pub(super) fn item(item: &MountItem) -> String {
    let said = mount(&item.evidence);
    match item.at {
        Some(at) => format!("{said} (as of {})", time(at)),
        None => said,
    }
}

/// One side of what is known.
pub(super) fn items(items: &[MountItem]) -> String {
    items.iter().map(item).collect::<Vec<_>>().join("; ")
}

/// The kind of evidence that it is.
pub(super) fn kind(evidence: &MountEvidence) -> &'static str {
    match evidence {
        // A table that the operator saved is the operator's word.
        MountEvidence::OnHost { source: HostSource::SavedTable, presence: Presence::Mounted, .. }
        | MountEvidence::Declared { .. }
        | MountEvidence::DeclaredNone { .. } => "mount_map",
        MountEvidence::OnHost { .. } | MountEvidence::NotOnHost(_) => "mount_probe",
        MountEvidence::EcsTask { .. } => "ecs_task",
        MountEvidence::CloudTrailInstance | MountEvidence::CloudTrailAddress { .. } => "cloudtrail",
        MountEvidence::EfsUtilsStream { .. } => "efs_utils_log",
        MountEvidence::SoleClient | MountEvidence::ClientsConnected | MountEvidence::NoConnections => {
            "client_connections"
        }
    }
}

fn who(source: HostSource) -> &'static str {
    match source {
        HostSource::Probe => "the mount probe",
        HostSource::SavedTable => "a saved mount table",
    }
}

fn noted(note: Option<&String>) -> String {
    note.map(|note| format!(": {note}")).unwrap_or_default()
}
