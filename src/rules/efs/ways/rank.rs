//! The ways out in order: the recommended one first, then what can be done by what it leaves, then what cannot.

use std::cmp::Ordering;

use super::situation::Situation;
use crate::price::Usd;
use crate::rules::efs::exposure::Picture;
use crate::rules::efs::plural;
use crate::rules::{Way, WayOut};

/// Ranks the ways, marks one as recommended, and says of each that costs more than doing nothing that it does.
pub(crate) fn ranked(mut ways: Vec<WayOut>, situation: &Situation<'_>) -> Vec<WayOut> {
    let today = situation.today.map(|(monthly, _)| monthly);
    for way in ways.iter_mut().filter(|way| way.way != Way::DoNothing) {
        if let (Some(after), Some(today)) = (way.monthly_usd, today)
            && after.is_more_than(today)
        {
            way.reason = format!(
                "{} This may cost more than doing nothing: likely {} and up to {} a month, against {} and {}.",
                way.reason,
                after.likely.display(),
                after.high.display(),
                today.likely.display(),
                today.high.display()
            );
        }
    }
    // What can be done now comes before what costs the same and first needs tag keys to be renamed.
    let is_blocked = situation.readers.iter().any(|reader| reader.blocked > 0);
    ways.sort_by(|a, b| order(a, b, is_blocked));
    let (best, why) = recommend(&ways, situation);
    if let Some(at) = ways.iter().position(|way| way.way == best) {
        let mut way = ways.remove(at);
        way.recommended = true;
        way.reason = format!("{why}. {}", way.reason);
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
    b.available
        .cmp(&a.available)
        .then(by_figures)
        .then((a.way == Way::DoNothing).cmp(&(b.way == Way::DoNothing)).reverse())
        .then(waits(a).cmp(&waits(b)))
        .then(a.instances_unprotected.cmp(&b.instances_unprotected))
        .then(b.confidence.cmp(&a.confidence))
        .then(a.way.cmp(&b.way))
}

/// The way to take, and why. `ways` are in order.
fn recommend(ways: &[WayOut], situation: &Situation<'_>) -> (Way, String) {
    let nothing = |why: &str| (Way::DoNothing, why.to_owned());
    let mut open = ways.iter().filter(|way| way.available && way.way != Way::DoNothing);
    let Some((today, _)) = situation.today else {
        let ends = |way: &&WayOut| way.monthly_usd.is_some_and(|monthly| monthly.high == Usd::ZERO);
        return match open.find(ends) {
            Some(way) => (way.way, "whatever the missing price is, this ends the reads of the scan".to_owned()),
            None => nothing("without a price nothing can be compared; supply it with --prices FILE"),
        };
    };
    if situation.picture == Picture::Pinned && today.likely == Usd::ZERO {
        return nothing(
            "nothing shows yet that the scan costs anything; look at StorageBytes, or exclude one instance and see \
             whether files become cold",
        );
    }
    let left = |way: &WayOut| way.monthly_usd.map(|monthly| (monthly.likely, monthly.high));
    let cheaper = |way: &&WayOut| left(way).is_some_and(|left| left < (today.likely, today.high));
    let open: Vec<&WayOut> = open.filter(cheaper).collect();
    let free = open.iter().find(|way| way.instances_unprotected == 0);
    let best = open.iter().find(|way| way.instances_unprotected > 0);
    // What giving up protection has to be measured against: the best that can be had without.
    let without = free.and_then(|way| way.monthly_usd).map_or(today.likely, |monthly| monthly.likely);
    let saves = |way: &WayOut, from: Usd| Usd(from.0 - way.monthly_usd.map_or(from.0, |monthly| monthly.likely.0));
    match (best, free) {
        (Some(best), _) if saves(best, without) >= situation.worth => {
            let why = format!(
                "it saves {} a month more than anything that keeps all protection, and gives up some on {}",
                saves(best, without).display(),
                plural(best.instances_unprotected, "instance")
            );
            (best.way, why)
        }
        (_, Some(free)) => {
            (free.way, format!("it saves {} a month and gives up no protection", saves(free, today.likely).display()))
        }
        (Some(best), None) => {
            let saving = saves(best, without).display();
            let why = format!("the best way out would save {saving} a month, too little to give up protection for");
            (Way::DoNothing, why)
        }
        (None, None) => nothing("no way out is cheaper"),
    }
}
