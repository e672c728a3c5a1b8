//! The state of one pair, from all that speaks for and against it.

use chrono::{DateTime, Duration, Utc};

use super::{Kind, Polarity};
use crate::rules::{MountItem, MountState};

/// What the network says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// The instance could open TCP 2049 to a mount target.
    Reachable,
    /// It could not, and everything that decides was seen.
    Unreachable,
    /// Something that decides was not seen.
    Unknown,
}

/// The state of a pair, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combined {
    /// The state.
    pub state: MountState,
    /// The items that still hold, the strongest first.
    pub items: Vec<MountItem>,
    /// Whether items that hold contradict each other: both sides belong into the report.
    pub conflict: bool,
    /// Whether it is mounted, or likely so, although the network seems to rule it out: then what the tool knows of the
    /// network is wrong.
    pub model_gap: bool,
}

/// An address seen in CloudTrail names the instance for so long; after that addresses are used again.
const ADDRESS_HOLDS: Duration = Duration::days(7);

/// Combines what is known of one pair at `now`. The order of `items` does not matter; those that no longer hold are
/// left out.
///
/// More positive evidence never lowers the state, and only evidence lowers it: what could not be asked has no item.
pub fn combine(items: &[MountItem], network: Network, now: DateTime<Utc>) -> Combined {
    let mut held: Vec<MountItem> = items.iter().filter(|item| item.holds(now)).cloned().collect();
    held.sort_by(|a, b| strength(a.kind()).cmp(&strength(b.kind())).then(b.at.cmp(&a.at)).then(a.cmp(b)));
    held.dedup();
    let state = state(&held, network, now);
    let polarity = |wanted| held.iter().any(|item| item.kind() != Kind::ClientsConnected && item.polarity() == wanted);
    let conflict = polarity(Polarity::Positive) && polarity(Polarity::Negative);
    let mounted = matches!(state, MountState::Confirmed | MountState::Likely);
    Combined { state, items: held, conflict, model_gap: mounted && network == Network::Unreachable }
}

/// Strongest first.
fn strength(kind: Kind) -> (MountState, Kind) {
    (kind.proves(), kind)
}

fn state(held: &[MountItem], network: Network, now: DateTime<Utc>) -> MountState {
    let of = |kind: Kind| held.iter().filter(move |item| item.kind() == kind);
    let has = |kind: Kind| of(kind).next().is_some();
    if has(Kind::HostMounted) {
        return MountState::Confirmed;
    }
    // Nobody connected for a day beats what is older than that day.
    let empty_since = of(Kind::NoConnections).filter_map(|item| item.at).max();
    let stands = |item: &&MountItem| empty_since.is_none_or(|since| item.is_since(since));
    let connected = has(Kind::ClientsConnected);
    let names_the_pair = |item: &&MountItem| match item.kind() {
        Kind::EcsTask | Kind::Declared | Kind::CloudTrailInstance => true,
        Kind::CloudTrailAddress => {
            connected && item.at.is_some_and(|at| now.signed_duration_since(at) <= ADDRESS_HOLDS)
        }
        _ => false,
    };
    let suggests_it = |item: &MountItem| match item.kind() {
        Kind::HostOnDemand => true,
        // The address of a client, too old or without a connection today.
        Kind::CloudTrailAddress => stands(&item),
        Kind::CloudTrailAmbiguous | Kind::EfsUtilsStream | Kind::HostLikely | Kind::SoleClient => empty_since.is_none(),
        _ => false,
    };
    let is_named = |item: &MountItem| names_the_pair(&item) && stands(&item);
    let declined = has(Kind::DeclaredNone);
    if let Some(absent) = of(Kind::HostAbsent).next() {
        // A map that names the file system, or anything seen after the look at the host, contradicts the host.
        let contradicts = |item: &MountItem| match item.kind() {
            Kind::Declared | Kind::EcsTask | Kind::HostOnDemand => is_named(item) || suggests_it(item),
            _ => (is_named(item) || suggests_it(item)) && absent.at.is_none_or(|seen| item.is_since(seen)),
        };
        return if held.iter().any(contradicts) { MountState::Likely } else { MountState::RuledOut };
    }
    let named = held.iter().any(is_named);
    let suggested = suggests_it;
    if named {
        return if declined { MountState::Likely } else { MountState::Confirmed };
    }
    if held.iter().any(suggested) {
        return MountState::Likely;
    }
    if empty_since.is_some() || declined {
        return MountState::RuledOut;
    }
    match network {
        Network::Reachable => MountState::Possible,
        Network::Unreachable => MountState::RuledOut,
        Network::Unknown => MountState::Unknown,
    }
}
