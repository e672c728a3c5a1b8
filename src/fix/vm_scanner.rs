//! The VM Scanner's timer, which is the instance's own: no call of AWS switches it.

use super::script::{Shell, word};
use super::{Plan, Step};
use crate::model::Instance;
use crate::rules::efs::{Facts, VM_SCANNER};

/// The timer (Inspector user guide, "Inspector VM Scanner", 2026-10).
const TIMER: &str = "inspector-vm-scanner.timer";

/// Switches the timer off on the instances that the VM Scanner scans. The commands are for the instances themselves, so the
/// script prints them: nothing says that Systems Manager reaches an instance that the VM Scanner scans.
pub(super) fn stop(facts: &Facts<'_>, instances: &[&Instance], plan: &mut Plan) {
    let rows = facts.target.inspector.ec2_coverage.complete().map(Vec::as_slice).unwrap_or_default();
    let is_scanned = |instance: &&&Instance| {
        rows.iter().any(|row| row.instance_id == instance.id && row.scan_mode.as_deref() == Some(VM_SCANNER))
    };
    let scanned: Vec<&Instance> = instances.iter().filter(is_scanned).copied().collect();
    let steps = [
        (Step::Check, format!("systemctl is-enabled {TIMER}"), "Expected: enabled"),
        (Step::Apply, format!("systemctl disable --now {TIMER}"), "Nothing is scanned by the VM Scanner from then on"),
        (Step::Confirm, format!("systemctl is-enabled {TIMER}"), "Expected: disabled"),
        (Step::Undo, format!("systemctl enable --now {TIMER}"), "Scans go on every 3 hours"),
    ];
    for (step, command, what) in steps {
        let mut shell = Shell::new(&facts.target.region);
        shell.comment(&format!("On each instance, as root. {what}."));
        for instance in &scanned {
            shell.line(&format!("printf '%s: sudo {command}\\n' {}", word(&instance.id)));
        }
        plan.step(step, shell);
    }
}
