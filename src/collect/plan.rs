//! Which targets there are: every identity is asked who it is, in every region that is wanted.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;

use super::error::CollectError;
use super::error_class::Stage;
use super::failure::Failure;
use super::request::{Checked, Regions, RoleArn, primary_region};
use super::scheduler::Scheduler;
use super::session::{RunContext, Session};
use crate::model::{Gap, GapReason, Identity};
use crate::permissions::{ASSUME_ROLE, DESCRIBE_REGIONS, GET_CALLER_IDENTITY};

/// One target that is to be collected, or cannot be.
#[derive(Debug)]
pub(super) struct Planned {
    /// The account; empty where nobody could say.
    pub(super) account: String,
    pub(super) region: String,
    /// Who enters it, or why nobody can.
    pub(super) entry: Result<Entry, Gap>,
}

/// An identity that has been accepted in a region.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// What `GetCallerIdentity` said.
    pub(super) identity: Identity,
    pub(super) session: Arc<Session>,
}

/// Why an identity came to nothing.
#[derive(Debug)]
struct Refusal {
    who: String,
    /// The gap it leaves.
    gap: Gap,
    /// What to type next.
    next: String,
}

impl From<Refusal> for CollectError {
    fn from(refusal: Refusal) -> Self {
        let Refusal { who, gap, next } = refusal;
        if gap.reason == GapReason::NoCredentials {
            Self::NoCredentials { who, message: gap.message, next }
        } else {
            Self::NotIdentified { who, gap: Box::new(gap) }
        }
    }
}

/// The targets, sorted by account and region, each once.
///
/// # Errors
/// Where no identity could be established at all; one among several that could not is a target with a gap.
pub(super) async fn plan(
    checked: &Checked,
    external_id: Option<&str>,
    context: &RunContext,
    scheduler: &Scheduler,
) -> Result<Vec<Planned>, CollectError> {
    let mut sessions = Vec::with_capacity(checked.profiles.len());
    for profile in &checked.profiles {
        sessions.push(Session::open(profile.as_deref(), &checked.regions, context).await?);
    }
    let planner = Planner { checked, external_id, context, scheduler };
    let groups = match sessions.as_slice() {
        [base] if !checked.roles.is_empty() => planner.enter_roles(base).await?,
        _ => planner.enter_profiles(&sessions).await?,
    };
    Ok(each_once(groups))
}

/// The targets sorted by account and region, each once: the first way in that is open, else all reasons why none is.
fn each_once(groups: Vec<Vec<Planned>>) -> Vec<Planned> {
    let mut targets: BTreeMap<(String, String), Planned> = BTreeMap::new();
    for planned in groups.into_iter().flatten() {
        let key = (planned.account.clone(), planned.region.clone());
        match (targets.get_mut(&key).map(|known| &mut known.entry), &planned.entry) {
            (None, _) | (Some(Err(_)), Ok(_)) => _ = targets.insert(key, planned),
            (Some(Err(known)), Err(also)) if !known.message.contains(&also.message) => {
                known.message = format!("{} | {}", known.message, also.message);
            }
            (Some(_), _) => {}
        }
    }
    targets.into_values().collect()
}

/// What entering needs at every step.
struct Planner<'a> {
    checked: &'a Checked,
    /// The external id for roles.
    external_id: Option<&'a str>,
    context: &'a RunContext,
    scheduler: &'a Scheduler,
}

impl Planner<'_> {
    /// The targets of each profile.
    async fn enter_profiles(&self, sessions: &[Session]) -> Result<Vec<Vec<Planned>>, CollectError> {
        for session in sessions {
            self.usual_region(session)?;
        }
        let mut outcomes = join_all(sessions.iter().map(|session| self.enter_profile(session))).await;
        if outcomes.iter().all(Result::is_err)
            && let Some(Err(refusal)) = outcomes.drain(..).next()
        {
            return Err(refusal.into());
        }
        Ok(outcomes
            .into_iter()
            .zip(sessions)
            .map(|(outcome, session)| {
                outcome.unwrap_or_else(|refusal| {
                    let account = session.account_hint.as_deref().unwrap_or_default();
                    let message = format!("{}: {}; {}", refusal.who, refusal.gap.message, refusal.next);
                    self.closed(session, account, &Gap { message, ..refusal.gap })
                })
            })
            .collect())
    }

    /// The targets of one profile.
    async fn enter_profile(&self, session: &Session) -> Result<Vec<Planned>, Refusal> {
        let refused = |gap| Refusal { who: session.who.clone(), gap, next: session.next.clone() };
        session.sign_in(self.context.limits).await.map_err(|message| refused(no_credentials(message)))?;
        self.enter(session).await.map_err(|failure| refused(failure.gap()))
    }

    /// The targets of each role, assumed by `base`.
    async fn enter_roles(&self, base: &Session) -> Result<Vec<Vec<Planned>>, CollectError> {
        let region = self.usual_region(base)?;
        let refused = |gap| Refusal { who: base.who.clone(), gap, next: base.next.clone() };
        base.sign_in(self.context.limits).await.map_err(|message| refused(no_credentials(message)))?;
        let outcomes = join_all(self.checked.roles.iter().map(|role| self.enter_role(base, role, &region))).await;
        if outcomes.iter().all(Result::is_err)
            && let (Some(Err(gap)), Some(role)) = (outcomes.first(), self.checked.roles.first())
        {
            let mut refusal = refused(gap.clone());
            // Without credentials it is the caller who has none, else the role is closed.
            if gap.reason != GapReason::NoCredentials {
                role.text.clone_into(&mut refusal.who);
            }
            return Err(refusal.into());
        }
        Ok(outcomes
            .into_iter()
            .zip(&self.checked.roles)
            .map(|(outcome, role)| outcome.unwrap_or_else(|gap| self.closed(base, &role.account, &gap)))
            .collect())
    }

    /// The targets of one role.
    async fn enter_role(&self, base: &Session, role: &RoleArn, region: &str) -> Result<Vec<Planned>, Gap> {
        let ready = base.role(role, region, self.external_id);
        let credentials = self
            .scheduler
            .call(&ASSUME_ROLE, Stage::ENTERING, ready.assume())
            .await
            .and_then(|credentials| {
                credentials.ok_or_else(|| Failure::protocol(&ASSUME_ROLE, "the answer has no credentials"))
            })
            .map_err(|failure| about_role(role, failure.gap()))?;
        let session = base.assumed(ready, &role.account, credentials);
        self.enter(&session).await.map_err(|failure| failure.gap())
    }

    /// The targets of an identity: its account in each wanted region.
    async fn enter(&self, session: &Session) -> Result<Vec<Planned>, Failure> {
        let shared = Arc::new(session.clone());
        match &self.checked.regions {
            Regions::Explicit(regions) => self.enter_regions(&shared, regions).await,
            Regions::DefaultChain => self.enter_regions(&shared, session.region.as_slice()).await,
            Regions::All => self.enter_all(&shared).await,
        }
    }

    /// The account in these regions; each is asked, because an account can have any of them switched off.
    async fn enter_regions(&self, session: &Arc<Session>, regions: &[String]) -> Result<Vec<Planned>, Failure> {
        let outcomes = join_all(regions.iter().map(|region| self.identify(session, region))).await;
        let account = match outcomes.iter().find_map(|outcome| outcome.as_ref().ok()) {
            Some((account, _)) => account.clone(),
            None => self.account_elsewhere(session, regions, &outcomes).await?,
        };
        let planned = |(outcome, region): (Result<(String, Identity), Failure>, &String)| Planned {
            account: account.clone(),
            region: region.clone(),
            entry: outcome
                .map(|(_, identity)| Entry { identity, session: session.clone() })
                // The account is known by now, so the credentials are good and the region is to blame.
                .map_err(|failure| failure.at(Stage::inside(false)).gap()),
        };
        Ok(outcomes.into_iter().zip(regions).map(planned).collect())
    }

    /// The account, asked in another region because none of the wanted ones would say.
    async fn account_elsewhere(
        &self,
        session: &Session,
        regions: &[String],
        outcomes: &[Result<(String, Identity), Failure>],
    ) -> Result<String, Failure> {
        let mut failures = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        let Some(first) = failures.clone().next() else {
            return Err(Failure::protocol(&GET_CALLER_IDENTITY, "no region was asked"));
        };
        if failures.any(|failure| failure.may_be_the_region(session.aws_endpoints)) {
            let usual = session.region.as_deref().unwrap_or_default();
            let candidates = [usual, regions.first().map_or(usual, |region| primary_region(region))];
            for candidate in candidates {
                if candidate.is_empty() || regions.iter().any(|region| region == candidate) {
                    continue;
                }
                if let Ok((account, _)) = self.identify(session, candidate).await {
                    return Ok(account);
                }
            }
        }
        Err(first.clone())
    }

    /// The account in every region that it has switched on.
    async fn enter_all(&self, session: &Arc<Session>) -> Result<Vec<Planned>, Failure> {
        let base = session.region.clone().unwrap_or_else(|| primary_region("").to_owned());
        let (account, identity) = self.identify(session, &base).await?;
        let entry = Entry { identity, session: session.clone() };
        let planned = |region, entry| Planned { account: account.clone(), region, entry };
        match self.enabled_regions(session, &base, &account).await {
            Ok(regions) => Ok(regions.into_iter().map(|region| planned(region, Ok(entry.clone()))).collect()),
            Err(failure) => {
                let mut gap = failure.gap();
                gap.message = format!("{}, or name the regions with --region", gap.message);
                Ok(vec![planned(base, Err(gap))])
            }
        }
    }

    /// The regions that the account has switched on.
    async fn enabled_regions(&self, session: &Session, base: &str, account: &str) -> Result<Vec<String>, Failure> {
        let request = session.ec2(base, account).describe_regions().all_regions(false).send();
        let stage = Stage::inside(session.aws_endpoints);
        let answer = self.scheduler.call(&DESCRIBE_REGIONS, stage, request).await?;
        let mut regions: Vec<String> = answer
            .regions()
            .iter()
            .filter(|region| region.opt_in_status() != Some("not-opted-in"))
            .filter_map(|region| region.region_name().map(str::to_owned))
            .collect();
        regions.sort();
        regions.dedup();
        if regions.is_empty() {
            return Err(Failure::protocol(&DESCRIBE_REGIONS, "the answer names no region"));
        }
        Ok(regions)
    }

    /// Who the identity is, asked in `region`.
    async fn identify(&self, session: &Session, region: &str) -> Result<(String, Identity), Failure> {
        let request = session.sts(region, &session.who).get_caller_identity().send();
        let answer = self.scheduler.call(&GET_CALLER_IDENTITY, Stage::ENTERING, request).await?;
        let account = answer.account.unwrap_or_default();
        let arn = answer.arn.unwrap_or_default();
        let mut parts = arn.split(':');
        match (parts.next(), parts.next()) {
            (Some("arn"), Some(partition)) if !account.is_empty() => {
                let partition = partition.to_owned();
                Ok((account, Identity { arn, partition }))
            }
            _ => Err(Failure::protocol(&GET_CALLER_IDENTITY, "the answer names no account or no caller")),
        }
    }

    /// The region to ask in where any will do.
    fn usual_region(&self, session: &Session) -> Result<String, CollectError> {
        match (&session.region, &self.checked.regions) {
            (Some(region), _) if super::request::is_region_name(region) => Ok(region.clone()),
            (Some(region), _) => Err(CollectError::InvalidRegion(region.clone())),
            (None, Regions::All) => Ok(primary_region("").to_owned()),
            (None, Regions::Explicit(_) | Regions::DefaultChain) => Err(CollectError::NoRegion(session.who.clone())),
        }
    }

    /// The targets of an identity that could not be established: the wanted regions, each with the same gap.
    fn closed(&self, session: &Session, account: &str, gap: &Gap) -> Vec<Planned> {
        let regions = match &self.checked.regions {
            Regions::Explicit(regions) => regions.clone(),
            Regions::All | Regions::DefaultChain => {
                vec![session.region.clone().unwrap_or_else(|| primary_region("").to_owned())]
            }
        };
        let planned = |region| Planned { account: account.to_owned(), region, entry: Err(gap.clone()) };
        regions.into_iter().map(planned).collect()
    }
}

/// The gap of an identity without credentials.
fn no_credentials(message: String) -> Gap {
    Gap {
        reason: GapReason::NoCredentials,
        operation: GET_CALLER_IDENTITY.action.to_owned(),
        message,
        request_id: None,
    }
}

/// A gap that names the role it is about.
fn about_role(role: &RoleArn, mut gap: Gap) -> Gap {
    gap.message = format!("{}: {}", role.text, gap.message);
    gap
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
