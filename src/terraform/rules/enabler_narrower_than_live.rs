//! `terraform-enabler-narrower-than-live`: applying this switches off scan types that are live.

use std::collections::BTreeSet;

use crate::model::{SectionName, Target};
use crate::rules::finding::terraform::{self, Advice, Edit, Evidence, What};
use crate::rules::finding::{Confidence, Severity};
use crate::rules::{Rule, status};
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::{Doubt, Observation, Seen, confidence, enabler_evidence};
use crate::terraform::place::{Account, Match, Region, both};
use crate::terraform::predicate::ECR;
use crate::terraform::resources::{Enabler, Registry, Source};
use crate::terraform::ways::local_address;
use crate::terraform::world::World;

pub(super) static RULE: Rule = Rule {
    id: "terraform-enabler-narrower-than-live",
    title: "Applying this switches off scan types that are live",
    explain: EXPLAIN,
    needs: &[
        SectionName::EcrRegistryScanning,
        SectionName::InspectorAccountStatus,
        SectionName::TerraformConfiguration,
    ],
    needs_one_of: &[],
};

/// What is written against what is live; not asked where nothing live is known.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    Judgement { unasked: case.live.is_empty(), ..case.definite(|world| compare(world, case.live)) }
}

/// Compares one picture with the snapshot's targets.
fn compare(world: &World, live: &[Target]) -> Seen {
    let mut seen = Seen::default();
    let mut add = |subject: &Source, compared: Result<Option<Observation>, terraform::Doubt>| match compared {
        Ok(found) => seen.observations.extend(found),
        Err(open) => seen.doubts.push(Doubt::of(subject, open)),
    };
    for enabler in &world.enablers {
        for (target, matched) in matches(live, |target| enabler_match(enabler, target)) {
            add(&enabler.source, narrower(enabler, target, matched));
        }
    }
    let lists_ecr = world.enablers.iter().any(|enabler| enabler.types.contains(ECR) != Some(false));
    // Where an enabler switches ECR on, the registry is in a loop, and that is another rule's finding.
    for registry in world.registries.iter().filter(|_| !lists_ecr) {
        for (target, matched) in matches(live, |target| registry_match(registry, target)) {
            add(&registry.source, switches_off(registry, target, matched));
        }
    }
    seen
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
fn is_live(target: &Target, name: &str) -> Result<bool, terraform::Doubt> {
    let read = status::Account::of(target).on_or_coming(name);
    read.map_err(|status| {
        let (account, region) = (target.account.clone(), target.region.clone());
        terraform::Doubt::Live { account, region, status }
    })
}

/// The resource types that Inspector scans now; why it cannot be told, if it cannot.
fn live_types(target: &Target) -> Result<BTreeSet<String>, terraform::Doubt> {
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

fn narrower(enabler: &Enabler, target: &Target, matched: Match) -> Result<Option<Observation>, terraform::Doubt> {
    let live = live_types(target)?;
    let (account, region) = (target.account.clone(), target.region.clone());
    let lost: Vec<&str> =
        live.iter().map(String::as_str).filter(|member| enabler.types.contains(member) == Some(false)).collect();
    let unclear = live.iter().any(|member| enabler.types.contains(member).is_none());
    if lost.is_empty() && unclear {
        return Err(terraform::Doubt::CoversLive { types: enabler.types.members() });
    }
    if lost.is_empty() {
        return Ok(None);
    }
    if matched == Match::Maybe {
        return Err(terraform::Doubt::MeantFor { account, region });
    }
    let lost = lost.into_iter().map(str::to_owned).collect();
    let what = What::TerraformEnablerNarrowerThanLive { account: account.clone(), region: region.clone(), lost };
    Ok(Some(Observation {
        confidence: confidence(matched),
        severity: Severity::High,
        account: Some(account),
        region: Some(region),
        evidence: vec![enabler_evidence(enabler), Evidence::Live(live.iter().cloned().collect())],
        ways: vec![vec![Edit::Types {
            address: local_address(&enabler.source.address),
            types: live.union(&enabler.types.known).cloned().collect(),
        }]],
        ..Observation::of_enabler(enabler, what, Advice::ListWhatStays)
    }))
}

fn switches_off(registry: &Registry, target: &Target, matched: Match) -> Result<Option<Observation>, terraform::Doubt> {
    let enhanced = target.ecr.registry_scanning.complete().is_some_and(|scanning| scanning.scan_type == "ENHANCED");
    if registry.enhanced() != Some(false) || !enhanced || matched == Match::Maybe {
        return Ok(None);
    }
    if !is_live(target, "ecr")? {
        return Ok(None);
    }
    let (account, region) = (target.account.clone(), target.region.clone());
    let what = What::TerraformRegistryBasicUnlikeLive { account: account.clone(), region: region.clone() };
    Ok(Some(Observation {
        confidence: confidence(matched).min(Confidence::Medium),
        account: Some(account),
        region: Some(region),
        ways: vec![vec![Edit::ScanTypeEnhanced { address: local_address(&registry.source.address) }]],
        ..Observation::of_registry(registry, what, Advice::WriteEnhanced)
    }))
}

const EXPLAIN: &str = r"# What it finds

With a snapshot beside the Terraform input: an enabler that lists fewer types than Inspector scans in that account and
region now. An enabler disables what it does not list, also what somebody else switched on in the console. With medium
severity: a registry written as BASIC where ENHANCED is live.

# Why it costs

What was scanned no longer is; where no type is left on, findings, filters and suppression rules are deleted.

# How the figure is made

There is none: the damage is the missing scan.

# What it cannot see

* Anything without a snapshot: the rule is then not asked.
* Which target is meant, where the configuration names neither account nor region and the snapshot has several.

# Fix

List every type that has to stay on.

# References

* terraform-provider-aws: `internal/service/inspector2/enabler.go`, create and update (2026)
* Amazon Inspector API reference: `BatchGetAccountStatus` (2026-10)
";

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
