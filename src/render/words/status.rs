//! Why Inspector's account status decides nothing, and what holds where its EC2 scanning is off.

use crate::model::SectionName;
use crate::render::text::count;
use crate::rules::finding::{StatusOf, UnsettledStatus};

pub(super) fn unsettled(open: &UnsettledStatus) -> String {
    let of = |of: &StatusOf| match of {
        StatusOf::Account => "the account".to_owned(),
        StatusOf::Type(name) => scanning(name),
    };
    match open {
        UnsettledStatus::Unread => {
            format!("Inspector's status could not be read ({})", SectionName::InspectorAccountStatus)
        }
        UnsettledStatus::Failed(why) => {
            let why = why.as_deref().unwrap_or("no reason given");
            format!("Inspector could not give the account's status: {why}")
        }
        UnsettledStatus::NotGiven(what) => format!("Inspector's answer has no status for {}", of(what)),
        UnsettledStatus::Between(what, shown) => {
            format!("Inspector's status of {} is {shown}: neither on nor off; look again later", of(what))
        }
        UnsettledStatus::Contradicts(name) => format!(
            "Inspector's status of the account is off and that of {} on, which contradict each other",
            scanning(name)
        ),
    }
}

fn scanning(name: &str) -> String {
    format!("{} scanning", name.to_uppercase())
}

/// What would be exposed with EC2 scanning on, `coming_to` that; and that it is now, where
/// a host was left with the scanner's timer.
pub(super) fn scanning_off(exposed: u64, coming_to: &str) -> String {
    let exposed = count(exposed, "file system", "file systems");
    format!(
        "With EC2 scanning on, {exposed} would be exposed{coming_to} (now too, where an inspector-vm-scanner.timer goes on)"
    )
}
