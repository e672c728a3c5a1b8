//! The ways out in order: the recommended one first, then what can be done by what it leaves, then what cannot.

use std::cmp::Ordering;

use super::situation::Situation;
use crate::price::Usd;
use crate::rules::efs::exposure::Picture;
use crate::rules::{Recommendation, Way, WayOut};

/// Ranks the ways and says which to take, and why.
pub(crate) fn ranked(mut ways: Vec<WayOut>, situation: &Situation<'_>) -> Vec<WayOut> {
    // What can be done now comes before what costs the same and first needs tag keys to be renamed.
    let is_blocked = situation.readers.iter().any(|reader| reader.blocked > 0);
    ways.sort_by(|a, b| order(a, b, is_blocked));
    let (best, why) = recommend(&ways, situation);
    if let Some(at) = ways.iter().position(|way| way.way == best) {
        let mut way = ways.remove(at);
        way.recommended = Some(why);
        ways.insert(0, way);
    }
    ways
}

/// Where figures are equal, what acts on the fewest instances comes first, then what the operator can do alone.
fn order(a: &WayOut, b: &WayOut, is_blocked: bool) -> Ordering {
    let waits = |way: &WayOut| is_blocked && way.way == Way::ExcludeInstances;
    let figures = |way: &WayOut| way.monthly_usd.map(|monthly| (monthly.likely, monthly.high));
    // Unpriced ways have nothing to be compared by.
    let by_figures = match (figures(a), figures(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    a.obstacle
        .is_some()
        .cmp(&b.obstacle.is_some())
        .then(by_figures)
        .then((a.way == Way::DoNothing).cmp(&(b.way == Way::DoNothing)).reverse())
        .then(waits(a).cmp(&waits(b)))
        .then(a.instances_unprotected.cmp(&b.instances_unprotected))
        .then(b.confidence.cmp(&a.confidence))
        .then(a.way.cmp(&b.way))
}

/// The way to take, and why. `ways` are in order.
fn recommend(ways: &[WayOut], situation: &Situation<'_>) -> (Way, Recommendation) {
    let mut open = ways.iter().filter(|way| way.obstacle.is_none() && way.way != Way::DoNothing);
    let Some((today, _)) = situation.today else {
        let ends = |way: &&WayOut| way.monthly_usd.is_some_and(|monthly| monthly.high == Usd::ZERO);
        return open
            .find(ends)
            .map_or((Way::DoNothing, Recommendation::NoPrice), |way| (way.way, Recommendation::EndsReads));
    };
    if situation.picture == Picture::Pinned && today.likely == Usd::ZERO {
        return (Way::DoNothing, Recommendation::NothingShown);
    }
    let left = |way: &WayOut| way.monthly_usd.map(|monthly| (monthly.likely, monthly.high));
    let cheaper = |way: &&WayOut| left(way).is_some_and(|left| left < (today.likely, today.high));
    let open: Vec<&WayOut> = open.filter(cheaper).collect();
    let free = open.iter().find(|way| way.instances_unprotected == 0);
    let best = open.iter().find(|way| way.instances_unprotected > 0);
    // What giving up protection has to be measured against: the best that can be had without.
    let without = free.and_then(|way| way.monthly_usd).map_or(today.likely, |monthly| monthly.likely);
    let saves = |way: &WayOut, from: Usd| from.minus(way.monthly_usd.map_or(from, |monthly| monthly.likely));
    match (best, free) {
        (Some(best), _) if saves(best, without) >= situation.worth => {
            let (saves, instances) = (saves(best, without), best.instances_unprotected);
            (best.way, Recommendation::WorthProtection { saves, instances })
        }
        (_, Some(free)) => (free.way, Recommendation::Free { saves: saves(free, today.likely) }),
        (Some(best), None) => (Way::DoNothing, Recommendation::NotWorthProtection { saves: saves(best, without) }),
        (None, None) => (Way::DoNothing, Recommendation::NoneCheaper),
    }
}
