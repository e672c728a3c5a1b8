//! Which accounts there are to enter, and by which ways: nothing is entered yet but the caller's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;

use super::enter::{Enterer, Inside, Refusal, Shut, Unit, Way, no_credentials};
use super::error::CollectError;
use super::request::{Checked, Regions, RoleArn};
use super::session::{RunContext, Session};
use crate::model::{Gap, GapReason, Member};
use crate::permissions::ASSUME_ROLE;

/// What a run has to enter.
#[derive(Debug)]
pub(super) struct Units {
    pub(super) units: Vec<Unit>,
    /// Who assumes the roles.
    pub(super) base: Option<Session>,
    /// Targets of identities that came to nothing, by account and region.
    pub(super) shut: Vec<Shut>,
}

/// Finds out what there is to enter.
///
/// # Errors
/// Where no identity could be established at all.
pub(super) async fn units(checked: &Checked, context: &RunContext, enterer: &Enterer) -> Result<Units, CollectError> {
    let mut sessions = Vec::with_capacity(checked.profiles.len());
    for profile in &checked.profiles {
        sessions.push(Session::open(profile.as_deref(), &checked.regions, context).await?);
    }
    of_sessions(checked, context, enterer, sessions).await
}

/// The same of sessions that are open.
pub(super) async fn of_sessions(
    checked: &Checked,
    context: &RunContext,
    enterer: &Enterer,
    mut sessions: Vec<Session>,
) -> Result<Units, CollectError> {
    if let (None, true) = (&checked.members, checked.roles.is_empty()) {
        return of_profiles(checked, context, enterer, &sessions).await;
    }
    let base = sessions.swap_remove(0);
    Enterer::usual_region(&base, &checked.regions)?;
    let refused = |gap| CollectError::from(Refusal { who: base.who.clone(), gap, next: base.next.clone() });
    base.sign_in(context.limits).await.map_err(|message| refused(no_credentials(message)))?;
    let units = match &checked.members {
        None => of_roles(checked),
        Some(members) => of_members(members, checked, enterer, &base).await.map_err(refused)?,
    };
    Ok(Units { units, base: Some(base), shut: Vec::new() })
}

/// The accounts of the profiles: who they are has to be asked first, for two may be of one account.
async fn of_profiles(
    checked: &Checked,
    context: &RunContext,
    enterer: &Enterer,
    sessions: &[Session],
) -> Result<Units, CollectError> {
    for session in sessions {
        Enterer::usual_region(session, &checked.regions)?;
    }
    let identified = join_all(sessions.iter().map(async |session| {
        let refused = |gap| Refusal { who: session.who.clone(), gap, next: session.next.clone() };
        session.sign_in(context.limits).await.map_err(|message| refused(no_credentials(message)))?;
        let shared = Arc::new(session.clone());
        enterer.identify(&shared, &checked.regions).await.map_err(|failure| refused(failure.gap()))
    }));
    let mut outcomes = identified.await;
    if outcomes.iter().all(Result::is_err)
        && let Some(Err(refusal)) = outcomes.drain(..).next()
    {
        return Err(refusal.into());
    }
    let (mut units, mut shut): (Vec<Unit>, BTreeMap<(String, String), Shut>) = (Vec::new(), BTreeMap::new());
    for (outcome, session) in outcomes.into_iter().zip(sessions) {
        match outcome {
            Ok(inside) => match units.iter_mut().find(|unit| unit.account == inside.account) {
                Some(known) => known.ways.push(Way::Inside(inside)),
                None => units.push(Unit {
                    account: inside.account.clone(),
                    ways: vec![Way::Inside(inside)],
                    regions: checked.regions.clone(),
                }),
            },
            Err(Refusal { who, gap, next }) => {
                let account = session.account_hint.clone().unwrap_or_default();
                let gap = Gap { message: format!("{who}: {}; {next}", gap.message), ..gap };
                for region in Enterer::shut_regions(session, &checked.regions) {
                    let key = (account.clone(), region.clone());
                    match shut.get_mut(&key) {
                        Some(known) => known.add(&gap),
                        None => _ = shut.insert(key, Shut { account: account.clone(), region, gap: gap.clone() }),
                    }
                }
            }
        }
    }
    // Another profile's way into the same account is open.
    let shut = shut.into_values().filter(|shut| units.iter().all(|unit| unit.account != shut.account));
    Ok(Units { shut: shut.collect(), units, base: None })
}

/// The accounts of the roles, each with all roles in it.
fn of_roles(checked: &Checked) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for role in &checked.roles {
        let way = Way::Role(role.clone(), checked.external_id.clone());
        match units.iter_mut().find(|unit| unit.account == role.account) {
            Some(known) => known.ways.push(way),
            None => {
                units.push(Unit { account: role.account.clone(), ways: vec![way], regions: checked.regions.clone() });
            }
        }
    }
    units
}

/// The accounts of a list.
async fn of_members(
    members: &[Member],
    checked: &Checked,
    enterer: &Enterer,
    base: &Session,
) -> Result<Vec<Unit>, Gap> {
    // The caller's own account needs no role.
    let needs_caller = members.iter().any(|member| member.role_arn.is_none());
    let caller = if needs_caller {
        let base = Arc::new(base.clone());
        Some(enterer.identify(&base, &checked.regions).await.map_err(|failure| failure.gap())?)
    } else {
        None
    };
    Ok(members.iter().map(|member| unit_of(member, checked, caller.as_ref())).collect())
}

fn unit_of(member: &Member, checked: &Checked, caller: Option<&Inside>) -> Unit {
    let account = member.account.clone();
    let own = caller.filter(|caller| caller.account == account);
    let way = match (&member.role_arn, own) {
        (None, Some(caller)) => Way::Inside(caller.clone()),
        (None, None) => Way::None(no_role("no role is known for this account: give --role-name NAME")),
        (Some(arn), _) => match RoleArn::parse(arn) {
            Ok(role) if role.account == account => {
                Way::Role(role, member.external_id.clone().or_else(|| checked.external_id.clone()))
            }
            Ok(_) => Way::None(no_role(&format!("{arn} is a role of another account"))),
            Err(error) => Way::None(no_role(&error.to_string())),
        },
    };
    let regions =
        if member.regions.is_empty() { checked.regions.clone() } else { Regions::Explicit(member.regions.clone()) };
    Unit { account, ways: vec![way], regions }
}

/// The gap of an account that nobody can enter.
fn no_role(why: &str) -> Gap {
    Gap {
        reason: GapReason::NoCredentials,
        operation: ASSUME_ROLE.action.to_owned(),
        message: why.to_owned(),
        request_id: None,
    }
}
