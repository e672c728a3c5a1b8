//! The VM Scanner's timer, which is the instance's own: no call of AWS switches it.

use super::plan::{Phase, Written};
use super::shell::Shell;

/// The timer (Inspector user guide, "Inspector VM Scanner", 2026-10).
const TIMER: &str = "inspector-vm-scanner.timer";

/// Switches the timer off on some instances. The commands are for the instances themselves, so the script prints them:
/// nothing says that Systems Manager reaches an instance that the VM Scanner scans.
pub(super) fn stop(instances: &[String], plan: &mut Written) {
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let phases = [
        (Phase::Check, format!("systemctl is-enabled {TIMER}"), "Expected: enabled"),
        (Phase::Apply, format!("systemctl disable --now {TIMER}"), "Nothing is scanned by the VM Scanner from then on"),
        (Phase::Confirm, format!("systemctl is-enabled {TIMER}"), "Expected: disabled"),
        (Phase::Undo, format!("systemctl enable --now {TIMER}"), "Scans go on every 3 hours"),
    ];
    for (phase, command, what) in phases {
        let mut shell = Shell::new(Written::place(&region, profile.as_ref()));
        shell.say(&format!("On each instance, as root. {what}."));
        for instance in instances {
            shell.say(&format!("{instance}: sudo {command}"));
        }
        plan.add(phase, shell);
    }
}
