//! What a condition was judged by.

use super::{gib, instances, mount, policy, time};
use crate::rules::{ConditionEvidence, InstanceCounts, MountItem, StatusSeen};

/// In a few words.
pub(in crate::render::words) fn condition(evidence: &ConditionEvidence) -> String {
    match evidence {
        ConditionEvidence::Agents { with_agent, of } => {
            format!("{with_agent} of {of} with a row in DescribeInstanceInformation or scanned by the VM Scanner")
        }
        ConditionEvidence::Managed { online, of, vm_scanner } => {
            format!("{online} of {of} Online in SSM, {vm_scanner} scanned by the VM Scanner")
        }
        ConditionEvidence::Inspector(StatusSeen::Absent) => {
            "Inspector does not exist or is not enabled here".to_owned()
        }
        ConditionEvidence::Inspector(StatusSeen::Unread) => "Inspector's account status could not be read".to_owned(),
        ConditionEvidence::Inspector(seen) => status("account status", seen),
        ConditionEvidence::Scanning { ec2, deep_inspection } => {
            let ec2 =
                if *ec2 == StatusSeen::Absent { "EC2 scanning off".to_owned() } else { status("EC2 scanning", ec2) };
            format!("{ec2}; {}", status("deep inspection", deep_inspection))
        }
        ConditionEvidence::Mounted { counts, strongest } => mounted(*counts, strongest.as_ref()),
        ConditionEvidence::ColdData { ia, archive, policy: set } => {
            let (ia, archive) = (gib(*ia), gib(*archive));
            format!("{ia} GiB in IA, {archive} GiB in Archive; {}", policy(set.as_ref()))
        }
    }
}

fn status(of: &str, seen: &StatusSeen) -> String {
    match seen {
        StatusSeen::Absent => format!("no {of}"),
        StatusSeen::Unread => format!("{of} could not be read"),
        StatusSeen::Failed => "failed".to_owned(),
        StatusSeen::Status(status) if status.is_empty() => format!("{of} missing"),
        StatusSeen::Status(status) => format!("{of} {status}"),
    }
}

fn mounted(counts: InstanceCounts, strongest: Option<&(String, MountItem)>) -> String {
    let by_network = if counts.confirmed + counts.likely == 0 { " by network reachability" } else { "" };
    let parts = [(counts.confirmed, "confirmed"), (counts.likely, "likely"), (counts.possible, "possible")];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> =
        parts.map(|(number, word)| format!("{word} for {}{by_network}", instances(number))).collect();
    let mut text = parts.join(", ");
    if let Some((instance, item)) = strongest {
        let at = item.at.map(|at| format!(", {}", time(at))).unwrap_or_default();
        text = format!("{text}; strongest: {instance}: {}{at}", mount(&item.evidence));
    }
    text
}
