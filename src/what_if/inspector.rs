//! Inspector's own switches.

use super::changes::Switch;
use crate::model::{Section, Target, TypeStatus};
use crate::rules::status::{Account, Status};

/// Switches one of Inspector's types; Inspector is on where any of them is, and off where all are. While one of them is
/// neither, the account's state stays what it was.
pub(super) fn set_type(target: &mut Target, resource: &str, switch: Switch) {
    let status = |text: &str| TypeStatus { status: text.to_owned(), ..TypeStatus::default() };
    let was_off = Account::of(target).state() == Ok(Status::Off);
    let mut account = target.inspector.account_status.complete().cloned().unwrap_or_default();
    account.failed = None;
    account.resources.insert(resource.to_owned(), status(if switch == Switch::On { "ENABLED" } else { "DISABLED" }));
    let read = Account::Given(&account);
    let kinds: Vec<_> = read.kinds().map(|kind| read.kind(kind).ok().and_then(Status::on_or_coming)).collect();
    if kinds.contains(&Some(true)) {
        account.state = Some(status("ENABLED"));
    } else if !kinds.contains(&None) {
        account.state = Some(status("DISABLED"));
    }
    // Of an Inspector that was off AWS need not list the types; once it is on, what is not listed would read as unknown.
    for other in ["ec2", "ecr"].into_iter().filter(|_| was_off) {
        account.resources.entry(other.to_owned()).or_insert_with(|| status("DISABLED"));
    }
    target.inspector.account_status = Section::Complete(account);
}
