//! What is written against what is live: an apply that switches off what somebody else switched on.

use std::collections::BTreeSet;

use crate::model::Target;
use crate::rules::finding::terraform::{Advice, Edit, Evidence, What};
use crate::rules::finding::{Confidence, Severity, StatusOf, UnsettledStatus};
use crate::rules::status;

use super::observe::{
    Class, Doubt, Observation, confidence, enabler_evidence, enabler_side, registry_evidence, registry_side,
};
use super::place::{Account, Match, Region, both};
use super::predicate::ECR;
use super::resources::{Enabler, Registry};
use super::ways::local_address;
use super::world::World;

/// Compares one picture with the snapshot's targets.
pub(crate) fn compare(world: &World, live: &[Target]) -> (Vec<Observation>, Vec<Doubt>) {
    let (mut observations, mut doubts) = (Vec::new(), Vec::new());
    for enabler in &world.enablers {
        for (target, matched) in matches(live, |target| enabler_match(enabler, target)) {
            match narrower(enabler, target, matched) {
                Ok(found) => observations.extend(found),
                Err(message) => doubts.push(Doubt { class: Class::Narrower, subject: enabler.source.clone(), message }),
            }
        }
    }
    let lists_ecr = world.enablers.iter().any(|enabler| enabler.types.contains(ECR) != Some(false));
    // Where an enabler switches ECR on, the registry is in a loop, and that is another rule's finding.
    for registry in world.registries.iter().filter(|_| !lists_ecr) {
        for (target, matched) in matches(live, |target| registry_match(registry, target)) {
            match switches_off(registry, target, matched) {
                Ok(found) => observations.extend(found),
                Err(message) => {
                    doubts.push(Doubt { class: Class::Narrower, subject: registry.source.clone(), message });
                }
            }
        }
    }
    (observations, doubts)
}

/// The targets that something may be for. One target alone is taken to be the one that is meant.
fn matches(live: &[Target], matched: impl Fn(&Target) -> Match) -> Vec<(&Target, Match)> {
    let read = |target: &Target| match matched(target) {
        Match::Maybe if live.len() == 1 => Match::Likely,
        other => other,
    };
    let all: Vec<(&Target, Match)> = live.iter().map(|target| (target, read(target))).collect();
    all.into_iter().filter(|(_, matched)| *matched != Match::Different).collect()
}

fn account_match(account: &Account, target: &Target) -> Match {
    match account {
        Account::Id(id) if *id == target.account => Match::Same,
        Account::Id(_) => Match::Different,
        Account::Of(_) | Account::Expression(..) => Match::Maybe,
    }
}

fn region_match(region: &Region, target: &Target) -> Match {
    match region {
        Region::Name(name) if *name == target.region => Match::Same,
        Region::Name(_) => Match::Different,
        Region::Of(_) | Region::Expression(..) | Region::Unknown => Match::Maybe,
    }
}

fn enabler_match(enabler: &Enabler, target: &Target) -> Match {
    let account = enabler.accounts.iter().map(|account| account_match(account, target)).max();
    let more = enabler.more_accounts.is_some().then_some(Match::Maybe);
    both(account.max(more).unwrap_or(Match::Maybe), region_match(&enabler.region, target))
}

fn registry_match(registry: &Registry, target: &Target) -> Match {
    both(account_match(&registry.account, target), region_match(&registry.region, target))
}

/// Whether Inspector scans that type or is about to; why it cannot be told, if it cannot.
fn is_live(target: &Target, name: &str) -> Result<bool, String> {
    let read = status::Account::of(target).on_or_coming(name);
    read.map_err(|open| format!("in {} {}: {}", target.account, target.region, unsettled(&open)))
}

/// Why a status decides nothing, until doubts are data.
fn unsettled(open: &UnsettledStatus) -> String {
    let of = |of: &StatusOf| match of {
        StatusOf::Account => "the account".to_owned(),
        StatusOf::Type(name) => name.clone(),
    };
    match open {
        UnsettledStatus::Unread => "Inspector's status could not be read (inspector.account_status)".to_owned(),
        UnsettledStatus::Failed(why) => {
            let why = why.as_deref().unwrap_or("no reason given");
            format!("Inspector could not give the account's status: {why}")
        }
        UnsettledStatus::NotGiven(what) => format!("Inspector's answer has no status for {}", of(what)),
        UnsettledStatus::Between(what, shown) => {
            format!("Inspector's status of {} is {shown}: neither on nor off; look again later", of(what))
        }
        UnsettledStatus::Contradicts(name) => {
            format!("Inspector's status of the account is off and that of {name} on, which contradict each other")
        }
    }
}

/// The resource types that Inspector scans now; why it cannot be told, if it cannot.
fn live_types(target: &Target) -> Result<BTreeSet<String>, String> {
    let account = status::Account::of(target);
    let mut types = BTreeSet::new();
    // The account's own state first: with it every type is open, and it may list none.
    for name in account.kinds().chain(["ec2", "ecr"]) {
        if is_live(target, name)? {
            types.insert(name.to_uppercase());
        }
    }
    Ok(types)
}

fn narrower(enabler: &Enabler, target: &Target, matched: Match) -> Result<Option<Observation>, String> {
    let name = enabler.source.describe();
    let live = live_types(target).map_err(|reason| format!("{name}: {reason}"))?;
    let lost: Vec<&str> =
        live.iter().map(String::as_str).filter(|member| enabler.types.contains(member) == Some(false)).collect();
    let unclear = live.iter().any(|member| enabler.types.contains(member).is_none());
    if lost.is_empty() && unclear {
        let types = enabler.types.describe();
        return Err(format!("{name}: whether {types} covers what is live is not known"));
    }
    if lost.is_empty() {
        return Ok(None);
    }
    if matched == Match::Maybe {
        return Err(format!("{name}: whether it is for {} {} is not known", target.account, target.region));
    }
    let lost = lost.into_iter().map(str::to_owned).collect();
    Ok(Some(Observation {
        class: Class::Narrower,
        subject: enabler.source.clone(),
        others: Vec::new(),
        confidence: confidence(matched),
        severity: Severity::High,
        account: Some(target.account.clone()),
        region: Some(target.region.clone()),
        what: What::TerraformEnablerNarrowerThanLive {
            account: target.account.clone(),
            region: target.region.clone(),
            lost,
        },
        sides: vec![enabler_side(enabler)],
        more_sides: 0,
        evidence: vec![enabler_evidence(enabler), Evidence::Live(live.iter().cloned().collect())],
        advice: Advice::ListWhatStays,
        ways: vec![vec![Edit::Types {
            address: local_address(&enabler.source.address),
            types: live.union(&enabler.types.known).cloned().collect(),
        }]],
    }))
}

fn switches_off(registry: &Registry, target: &Target, matched: Match) -> Result<Option<Observation>, String> {
    let enhanced = target.ecr.registry_scanning.complete().is_some_and(|scanning| scanning.scan_type == "ENHANCED");
    if registry.enhanced() != Some(false) || !enhanced || matched == Match::Maybe {
        return Ok(None);
    }
    if !is_live(target, "ecr").map_err(|reason| format!("{}: {reason}", registry.source.describe()))? {
        return Ok(None);
    }
    Ok(Some(Observation {
        class: Class::Narrower,
        subject: registry.source.clone(),
        others: Vec::new(),
        confidence: confidence(matched).min(Confidence::Medium),
        severity: Severity::Medium,
        account: Some(target.account.clone()),
        region: Some(target.region.clone()),
        what: What::TerraformRegistryBasicUnlikeLive { account: target.account.clone(), region: target.region.clone() },
        sides: vec![registry_side(registry)],
        more_sides: 0,
        evidence: vec![registry_evidence(registry)],
        advice: Advice::WriteEnhanced,
        ways: vec![vec![Edit::ScanTypeEnhanced { address: local_address(&registry.source.address) }]],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::status::tests::{TABLE, target};

    #[test]
    fn what_is_live_is_read_as_the_table_says() {
        for (account, kind, [_, expected, _]) in TABLE {
            let live = live_types(&target(account, kind));
            assert_eq!(
                live.ok().map(|types| types.contains("EC2") && types.contains(ECR)),
                expected,
                "{account} {kind:?}"
            );
        }
    }
}
