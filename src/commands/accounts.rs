//! Which accounts a live run has, where they stand in a list: a file, the organization, a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::collector::{limits_of_calls, regions, told};
use crate::collect::{Asker, Organization, caller, organization};
use crate::io::{Hint, ListedAccount, read_accounts, read_plan, warn};
use crate::model::{Member, PlanState, PlannedTarget};
use crate::settings::{AccountList, Accounts, Identities, Limits, Verbosity};

/// The accounts of a list.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Those to enter.
    pub(super) members: Vec<Member>,
    /// What is left out, and why.
    pub(super) left_out: Vec<PlannedTarget>,
}

/// The region that stands for all of an account.
const EVERYWHERE: &str = "*";

/// Reads or asks for the list; `None`: there is none.
///
/// # Errors
/// When a file cannot be used, the organization cannot be listed, or the list is of several profiles.
pub(super) fn listed(identities: &Identities, limits: &Limits, verbosity: Verbosity) -> anyhow::Result<Option<Listed>> {
    let Accounts { list, role_name, excluded, shard } = &identities.accounts;
    if identities.accounts.is_list() && identities.profiles.len() > 1 {
        let several =
            format!("a list of accounts is entered from one profile, and {} were given", identities.profiles.len());
        return Err(Hint::on(several, "give one --profile"));
    }
    let asker = Asker {
        profile: identities.profiles.first().cloned(),
        regions: regions(identities),
        limits: limits_of_calls(limits),
    };
    let mut found = match list {
        AccountList::None => return Ok(None),
        AccountList::File(path) => of_file(path, identities, role_name.as_deref(), &asker)?,
        AccountList::Organization(units) => {
            let name = role_name.as_deref().unwrap_or_default();
            of_organization(organization(&asker, units).map_err(told)?, identities, name, verbosity)
        }
        AccountList::Plan(plan, file) => of_plan(plan, file.as_deref())?,
    };
    let excluded: BTreeSet<&str> = excluded.iter().map(String::as_str).collect();
    let is_ours = |account: &str| shard.is_none_or(|shard| shard.has(account));
    let (members, left): (Vec<Member>, Vec<Member>) =
        found.members.into_iter().partition(|member| !excluded.contains(member.account.as_str()));
    found.left_out.extend(left.iter().flat_map(|member| left_out(member, identities, "excluded by --exclude-account")));
    found.members = members.into_iter().filter(|member| is_ours(&member.account)).collect();
    found.left_out.retain(|target| is_ours(&target.account));
    if let Some(shard) = shard {
        tracing::info!(%shard, accounts = found.members.len(), "share of the accounts");
    }
    Ok(Some(found))
}

/// The accounts of a file, each by its own role, else by the one that is named for all; the caller's own by none.
fn of_file(path: &Path, identities: &Identities, role_name: Option<&str>, asker: &Asker) -> anyhow::Result<Listed> {
    let accounts = read_accounts(path)?;
    // A role's ARN names the partition, and the caller's own account needs none.
    let caller = if accounts.iter().all(|account| account.role_arn.is_some()) {
        None
    } else {
        Some(caller(asker).map_err(told)?)
    };
    let mut listed = Listed::default();
    for account in accounts {
        let ListedAccount { account, name, ou, role_arn, role_name: own_role, external_id, status } = account;
        let is_own = caller.as_ref().is_some_and(|caller| caller.account == account);
        let partition = caller.as_ref().map_or("aws", |caller| caller.partition.as_str());
        let named = own_role.as_deref().or(role_name.filter(|_| !is_own));
        let role_arn = role_arn.or_else(|| named.map(|name| role_of(partition, &account, name)));
        let member = Member { account, name, ou, role_arn, external_id, regions: Vec::new() };
        match status.filter(|status| status != "ACTIVE") {
            None => listed.members.push(member),
            Some(status) => listed.left_out.extend(left_out(&member, identities, &closed(&status))),
        }
    }
    Ok(listed)
}

/// The accounts of the organization, each by the role of that name; the caller's own by none.
fn of_organization(found: Organization, identities: &Identities, role_name: &str, verbosity: Verbosity) -> Listed {
    let Organization { caller, accounts, without_units } = found;
    if let Some(why) = without_units {
        warn(&[format!("the organizational units are not known: {why}")], verbosity.quiet);
    }
    let mut listed = Listed::default();
    for account in accounts {
        let role_arn = (account.id != caller.account).then(|| role_of(&caller.partition, &account.id, role_name));
        let (name, ou) = (account.name, account.ou);
        let member = Member { account: account.id, name, ou, role_arn, external_id: None, regions: Vec::new() };
        if account.state == "ACTIVE" {
            listed.members.push(member);
        } else {
            listed.left_out.extend(left_out(&member, identities, &closed(&account.state)));
        }
    }
    listed
}

/// The accounts of a plan with the regions that are planned of each.
fn of_plan(path: &Path, file: Option<&Path>) -> anyhow::Result<Listed> {
    let secrets: BTreeMap<String, Option<String>> = match file {
        Some(file) => read_accounts(file)?.into_iter().map(|listed| (listed.account, listed.external_id)).collect(),
        None => BTreeMap::new(),
    };
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    let mut left_out = Vec::new();
    for target in read_plan(path)? {
        if target.state == PlanState::Skipped {
            left_out.push(target);
            continue;
        }
        let external_id = secrets.get(&target.account).cloned().flatten();
        let member = members.entry(target.account.clone()).or_insert_with(|| Member {
            account: target.account,
            name: target.name,
            ou: target.ou,
            role_arn: target.role_arn,
            external_id,
            regions: Vec::new(),
        });
        if !member.regions.contains(&target.region) {
            member.regions.push(target.region);
        }
    }
    Ok(Listed { members: members.into_values().collect(), left_out })
}

fn role_of(partition: &str, account: &str, name: &str) -> String {
    format!("arn:{partition}:iam::{account}:role/{name}")
}

fn closed(state: &str) -> String {
    format!("AWS Organizations has the account as {state}")
}

/// The lines of a plan for an account that is left out.
fn left_out<'a>(
    member: &'a Member,
    identities: &'a Identities,
    why: &str,
) -> impl Iterator<Item = PlannedTarget> + use<'a> {
    let why = why.to_owned();
    let everywhere = identities.regions.is_empty().then_some(EVERYWHERE);
    let regions = identities.regions.iter().map(String::as_str).chain(everywhere);
    regions.map(move |region| PlannedTarget {
        state: PlanState::Skipped,
        why: Some(why.clone()),
        ..planned(member, region)
    })
}

/// The line of a plan for a target.
pub(super) fn planned(member: &Member, region: &str) -> PlannedTarget {
    PlannedTarget {
        account: member.account.clone(),
        name: member.name.clone(),
        ou: member.ou.clone(),
        region: region.to_owned(),
        role_arn: member.role_arn.clone(),
        state: PlanState::Planned,
        why: None,
    }
}
