//! The state of a pair from all that speaks for and against it: the table, its laws, and what findings say.

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::Presence;
use inspector_audit::rules::efs::evidence::{Combined, Kind, Network, Polarity, combine};
use inspector_audit::rules::{HostSource, MountEvidence, MountItem, MountState};
use proptest::prelude::*;

use crate::builders::efs::now;

#[expect(clippy::unnecessary_wraps, reason = "every use wants the optional time of an item")]
fn ago(hours: i64) -> Option<DateTime<Utc>> {
    Some(now() - Duration::hours(hours))
}

fn item(kind: Kind, at: Option<DateTime<Utc>>) -> MountItem {
    let on_host = |presence| MountEvidence::OnHost { source: HostSource::Probe, presence, mount_point: None };
    let address = |is_certain| MountEvidence::CloudTrailAddress { address: [10, 0, 0, 1].into(), is_certain };
    let origin = || "a map".to_owned();
    let evidence = match kind {
        Kind::HostMounted => on_host(Presence::Mounted),
        Kind::HostOnDemand => on_host(Presence::OnDemand),
        Kind::HostLikely => on_host(Presence::Likely),
        Kind::EcsTask => MountEvidence::EcsTask { volume: "data".to_owned() },
        Kind::Declared => MountEvidence::Declared { origin: origin(), note: None, mount_point: None },
        Kind::CloudTrailInstance => MountEvidence::CloudTrailInstance,
        Kind::CloudTrailAddress => address(true),
        Kind::CloudTrailAmbiguous => address(false),
        Kind::EfsUtilsStream => MountEvidence::EfsUtilsStream { group: "logs".to_owned() },
        Kind::SoleClient => MountEvidence::SoleClient,
        Kind::ClientsConnected => MountEvidence::ClientsConnected,
        Kind::HostAbsent => MountEvidence::NotOnHost(HostSource::Probe),
        Kind::DeclaredNone => MountEvidence::DeclaredNone { origin: origin(), note: None },
        Kind::NoConnections => MountEvidence::NoConnections,
    };
    let item = MountItem { evidence, at };
    assert_eq!(item.kind(), kind);
    item
}

fn state(items: &[MountItem], network: Network) -> MountState {
    combine(items, network, now()).state
}

const NETWORKS: [Network; 3] = [Network::Reachable, Network::Unreachable, Network::Unknown];

#[test]
fn without_evidence_the_network_decides() {
    assert_eq!(state(&[], Network::Reachable), MountState::Possible);
    assert_eq!(state(&[], Network::Unreachable), MountState::RuledOut);
    assert_eq!(state(&[], Network::Unknown), MountState::Unknown);
}

#[test]
fn what_a_fresh_probe_saw_is_confirmed_and_a_day_later_it_is_nothing() {
    for network in NETWORKS {
        assert_eq!(state(&[item(Kind::HostMounted, ago(1))], network), MountState::Confirmed);
    }
    assert_eq!(state(&[item(Kind::HostMounted, ago(24))], Network::Unreachable), MountState::Confirmed);
    assert_eq!(state(&[item(Kind::HostMounted, ago(25))], Network::Reachable), MountState::Possible);
}

#[test]
fn an_automounter_is_likely() {
    assert_eq!(state(&[item(Kind::HostOnDemand, ago(1))], Network::Reachable), MountState::Likely);
    let unconnected = [item(Kind::HostOnDemand, ago(1)), item(Kind::NoConnections, ago(24))];
    assert_eq!(state(&unconnected, Network::Reachable), MountState::Likely);
}

#[test]
fn a_complete_answer_without_the_mount_rules_it_out_for_a_day() {
    assert_eq!(state(&[item(Kind::HostAbsent, ago(1))], Network::Reachable), MountState::RuledOut);
    assert_eq!(state(&[item(Kind::HostAbsent, ago(1))], Network::Unknown), MountState::RuledOut);
    assert_eq!(state(&[item(Kind::HostAbsent, ago(25))], Network::Reachable), MountState::Possible);
    // A log stream from last week is no later event.
    let older = [item(Kind::HostAbsent, ago(1)), item(Kind::EfsUtilsStream, ago(150))];
    assert_eq!(state(&older, Network::Reachable), MountState::RuledOut);
}

#[test]
fn a_map_or_a_later_event_against_the_probe_is_a_conflict() {
    for other in [item(Kind::Declared, None), item(Kind::CloudTrailInstance, ago(1)), item(Kind::EcsTask, None)] {
        let combined = combine(&[item(Kind::HostAbsent, ago(2)), other], Network::Reachable, now());
        assert_eq!((combined.state, combined.conflict), (MountState::Likely, true));
        let sides = |wanted| combined.items.iter().any(|item| item.polarity() == wanted);
        assert!(sides(Polarity::Positive) && sides(Polarity::Negative));
    }
    let earlier = [item(Kind::HostAbsent, ago(1)), item(Kind::CloudTrailInstance, ago(2))];
    assert_eq!(state(&earlier, Network::Reachable), MountState::RuledOut);
}

#[test]
fn whatever_was_seen_after_the_host_contradicts_it() {
    for kind in [Kind::EfsUtilsStream, Kind::HostLikely, Kind::CloudTrailAmbiguous, Kind::CloudTrailAddress] {
        let with = |at| state(&[item(Kind::HostAbsent, ago(5)), item(kind, at)], Network::Reachable);
        assert_eq!(with(ago(1)), MountState::Likely, "{kind:?}");
        assert_eq!(with(ago(6)), MountState::RuledOut, "{kind:?}");
    }
}

#[test]
fn what_is_said_to_come_from_the_future_rules_nothing_out() {
    for kind in [Kind::HostAbsent, Kind::DeclaredNone, Kind::NoConnections] {
        assert_eq!(state(&[item(kind, ago(-1))], Network::Reachable), MountState::RuledOut, "{kind:?}");
        assert_eq!(state(&[item(kind, ago(-2))], Network::Reachable), MountState::Possible, "{kind:?}");
    }
}

#[test]
fn tasks_maps_and_events_that_name_the_instance_confirm() {
    for kind in [Kind::EcsTask, Kind::Declared, Kind::CloudTrailInstance] {
        for network in NETWORKS {
            assert_eq!(state(&[item(kind, ago(3))], network), MountState::Confirmed, "{kind:?}");
        }
    }
    assert_eq!(state(&[item(Kind::CloudTrailInstance, ago(31 * 24))], Network::Reachable), MountState::Possible);
}

#[test]
fn an_address_confirms_for_a_week_while_somebody_is_connected() {
    let connected = item(Kind::ClientsConnected, ago(1));
    let seen = |hours| [item(Kind::CloudTrailAddress, ago(hours)), connected.clone()];
    assert_eq!(state(&seen(7 * 24), Network::Reachable), MountState::Confirmed);
    assert_eq!(state(&seen(8 * 24), Network::Reachable), MountState::Likely);
    assert_eq!(state(&seen(31 * 24), Network::Reachable), MountState::Possible);
    assert_eq!(state(&[item(Kind::CloudTrailAddress, ago(1))], Network::Reachable), MountState::Likely);
    let ambiguous = [item(Kind::CloudTrailAmbiguous, ago(1)), connected.clone()];
    assert_eq!(state(&ambiguous, Network::Reachable), MountState::Likely);
}

#[test]
fn logs_likely_mounts_and_a_sole_client_are_likely() {
    for kind in [Kind::EfsUtilsStream, Kind::HostLikely, Kind::SoleClient] {
        assert_eq!(state(&[item(kind, ago(2))], Network::Reachable), MountState::Likely, "{kind:?}");
    }
    assert_eq!(state(&[item(Kind::EfsUtilsStream, ago(15 * 24))], Network::Reachable), MountState::Possible);
}

#[test]
fn nobody_connected_beats_signs_but_not_what_is_newer() {
    let empty = item(Kind::NoConnections, ago(26));
    assert_eq!(state(std::slice::from_ref(&empty), Network::Reachable), MountState::RuledOut);
    assert_eq!(state(std::slice::from_ref(&empty), Network::Unknown), MountState::RuledOut);
    let with = |other: MountItem| state(&[empty.clone(), other], Network::Reachable);
    assert_eq!(with(item(Kind::EfsUtilsStream, ago(1))), MountState::RuledOut);
    assert_eq!(with(item(Kind::CloudTrailInstance, ago(48))), MountState::RuledOut);
    assert_eq!(with(item(Kind::CloudTrailInstance, ago(1))), MountState::Confirmed);
    assert_eq!(with(item(Kind::HostMounted, ago(1))), MountState::Confirmed);
    assert_eq!(with(item(Kind::EcsTask, None)), MountState::Confirmed);
    assert_eq!(with(item(Kind::Declared, ago(240))), MountState::RuledOut);
}

#[test]
fn a_mount_that_the_network_rules_out_is_kept_and_named() {
    let combined = combine(&[item(Kind::EcsTask, None)], Network::Unreachable, now());
    assert_eq!((combined.state, combined.model_gap), (MountState::Confirmed, true));
    assert!(!combine(&[item(Kind::EcsTask, None)], Network::Reachable, now()).model_gap);
    assert!(!combine(&[item(Kind::NoConnections, ago(24))], Network::Unreachable, now()).model_gap);
}

#[test]
fn a_declared_none_rules_out_unless_something_speaks_for_a_mount() {
    let none = item(Kind::DeclaredNone, ago(100));
    assert_eq!(state(std::slice::from_ref(&none), Network::Reachable), MountState::RuledOut);
    let combined = combine(&[none.clone(), item(Kind::EcsTask, None)], Network::Reachable, now());
    assert_eq!((combined.state, combined.conflict), (MountState::Likely, true));
    assert_eq!(state(&[none, item(Kind::HostMounted, ago(1))], Network::Reachable), MountState::Confirmed);
}

const KINDS: [Kind; 14] = [
    Kind::HostMounted,
    Kind::EcsTask,
    Kind::Declared,
    Kind::CloudTrailInstance,
    Kind::CloudTrailAddress,
    Kind::CloudTrailAmbiguous,
    Kind::HostOnDemand,
    Kind::HostLikely,
    Kind::EfsUtilsStream,
    Kind::SoleClient,
    Kind::ClientsConnected,
    Kind::HostAbsent,
    Kind::DeclaredNone,
    Kind::NoConnections,
];

fn item_of(kinds: Vec<Kind>) -> impl Strategy<Value = MountItem> {
    (prop::sample::select(kinds), prop::option::of(-5..1000_i64))
        .prop_map(|(kind, hours)| item(kind, hours.map(|hours| now() - Duration::hours(hours))))
}

fn any_item() -> impl Strategy<Value = MountItem> {
    item_of(KINDS.to_vec())
}

fn speaking(polarity: Polarity) -> impl Strategy<Value = MountItem> {
    item_of(KINDS.into_iter().filter(|kind| kind.polarity() == polarity).collect())
}

/// Strongest first, as the report ranks them.
fn rank(state: MountState) -> u8 {
    match state {
        MountState::Confirmed => 4,
        MountState::Likely => 3,
        MountState::Possible => 2,
        MountState::Unknown => 1,
        MountState::RuledOut => 0,
    }
}

proptest! {
    #[test]
    fn more_positive_evidence_never_lowers_a_state(
        items in prop::collection::vec(any_item(), 0..6), more in speaking(Polarity::Positive),
        network in prop::sample::select(NETWORKS.to_vec()),
    ) {
        let before = state(&items, network);
        let after = state(&items.iter().cloned().chain([more]).collect::<Vec<_>>(), network);
        prop_assert!(rank(after) >= rank(before), "{before:?} became {after:?}");
    }

    #[test]
    fn more_negative_evidence_never_raises_a_state(
        items in prop::collection::vec(any_item(), 0..6), more in speaking(Polarity::Negative),
        network in prop::sample::select(NETWORKS.to_vec()),
    ) {
        let before = state(&items, network);
        let after = state(&items.iter().cloned().chain([more]).collect::<Vec<_>>(), network);
        prop_assert!(rank(after) <= rank(before), "{before:?} became {after:?}");
    }

    #[test]
    fn the_order_of_items_does_not_matter(
        items in prop::collection::vec(any_item(), 0..6), network in prop::sample::select(NETWORKS.to_vec()),
    ) {
        let turned: Vec<MountItem> = items.iter().rev().cloned().collect();
        let (a, b): (Combined, Combined) = (combine(&items, network, now()), combine(&turned, network, now()));
        prop_assert_eq!(a, b);
    }
}
