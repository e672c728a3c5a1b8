//! The ways out in order: the recommended one first, then what can be done by what it leaves, then what cannot.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::situation::Situation;
use crate::price::Usd;
use crate::rules::efs::cost_pattern::CostPattern;
use crate::rules::{AtRisk, Recommendation, Way, WayOut};

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
    let figures = |way: &WayOut| way.monthly_usd.map(|monthly| (monthly.high, monthly.deciding()));
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
    if situation.pattern == CostPattern::Pinned && today.likely.is_none() {
        return (Way::DoNothing, Recommendation::NothingShown);
    }
    let at_risk = |way: &WayOut| {
        let monthly = way.monthly_usd?;
        // What is likely to cost more than doing nothing is no way out, however much less it is at worst.
        let is_likely_dearer = monthly.likely.zip(today.likely).is_some_and(|(then, now)| then > now);
        let left = monthly.high;
        Some(AtRisk { today: today.high, left }).filter(|_| left < today.high && !is_likely_dearer)
    };
    // In order: what leaves least comes first.
    let cheaper: Vec<(&WayOut, AtRisk)> = open.filter_map(|way| at_risk(way).map(|left| (way, left))).collect();
    let free = cheaper.iter().find(|(way, _)| way.instances_unprotected == 0);
    let is_most = |at_risk: &AtRisk| at_risk.removed().0 * QUARTERS >= at_risk.today.0 * THREE;
    if let Some((way, at_risk)) = free.filter(|(_, at_risk)| is_most(at_risk)) {
        return (way.way, Recommendation::KeepsProtection(*at_risk));
    }
    let Some((best, at_risk)) = cheaper.first() else { return (Way::DoNothing, Recommendation::NoneCheaper) };
    let instances = best.instances_unprotected;
    if instances > 0 && at_risk.removed() < situation.worth {
        return (Way::DoNothing, Recommendation::NotWorthProtection(*at_risk));
    }
    (best.way, Recommendation::LeavesLeast { at_risk: *at_risk, instances })
}

/// From three quarters of what is at risk on, a way that keeps all protection is good enough.
const QUARTERS: Decimal = Decimal::from_parts(4, 0, 0, false, 0);
const THREE: Decimal = Decimal::from_parts(3, 0, 0, false, 0);
