//! Entering an account when its turn comes: the role is assumed, AWS says who that is, and which regions there are.

use std::sync::Arc;

use super::error::CollectError;
use super::error_class::Stage;
use super::failure::Failure;
use super::request::{Regions, RoleArn, is_region_name, primary_region};
use super::scheduler::Scheduler;
use super::session::Session;
use crate::model::{Gap, GapReason, Identity};
use crate::permissions::{ASSUME_ROLE, DESCRIBE_REGIONS, GET_CALLER_IDENTITY};

/// In how many regions an identity is asked who it is, where none of them can be reached.
const MOST_TRIES: usize = 4;

/// An account to enter.
#[derive(Debug)]
pub(super) struct Unit {
    /// As far as it is known beforehand.
    pub(super) account: String,
    /// The ways in, tried in this order until one is open.
    pub(super) ways: Vec<Way>,
    /// Where in it.
    pub(super) regions: Regions,
}

/// A way into an account.
#[derive(Debug)]
pub(super) enum Way {
    /// An identity that has been accepted.
    Inside(Inside),
    /// A role, and its external id.
    Role(RoleArn, Option<String>),
    /// None, and why.
    None(Gap),
}

/// An identity that has been accepted.
#[derive(Debug, Clone)]
pub(super) struct Inside {
    pub(super) account: String,
    pub(super) identity: Identity,
    pub(super) session: Arc<Session>,
}

/// A target that cannot be entered, and why.
#[derive(Debug, Clone)]
pub(super) struct Shut {
    /// The account; empty where nobody could say.
    pub(super) account: String,
    pub(super) region: String,
    pub(super) gap: Gap,
}

impl Shut {
    /// Adds what another way in came to.
    pub(super) fn add(&mut self, gap: &Gap) {
        if !self.gap.message.contains(&gap.message) {
            self.gap.message = format!("{} | {}", self.gap.message, gap.message);
        }
    }
}

/// Why an identity came to nothing.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) who: String,
    /// The gap it leaves.
    pub(super) gap: Gap,
    /// What to type next.
    pub(super) next: String,
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

/// What came of entering an account.
#[derive(Debug)]
pub(super) enum Entered {
    /// It is open, in these regions.
    Open(Inside, Vec<String>),
    /// Somebody is inside, and cannot tell which regions there are.
    Blind(Shut),
    /// Nobody gets in: its targets, and the refusal of the first way.
    Closed(Vec<Shut>, Box<Refusal>),
}

/// What entering takes.
#[derive(Debug, Clone)]
pub(super) struct Enterer {
    pub(super) scheduler: Scheduler,
}

impl Enterer {
    /// Enters an account by the first of its ways that is open. Roles are assumed by `base`.
    pub(super) async fn enter(&self, unit: &Unit, base: Option<&Session>) -> Entered {
        let (mut refusal, mut blind): (Option<Refusal>, Option<Shut>) = (None, None);
        let mut refuse = |next: Refusal| match &mut refusal {
            None => refusal = Some(next),
            Some(known) if !known.gap.message.contains(&next.gap.message) => {
                known.gap.message = format!("{} | {}", known.gap.message, next.gap.message);
            }
            Some(_) => {}
        };
        for way in &unit.ways {
            let inside = match (way, base) {
                (Way::Inside(inside), _) => Ok(inside.clone()),
                (Way::Role(role, external_id), Some(base)) => {
                    self.by_role(base, role, external_id.as_deref(), &unit.regions).await
                }
                (Way::Role(role, _), None) => Err(about(&role.text, no_credentials("nobody assumes it".to_owned()))),
                (Way::None(gap), _) => Err(gap.clone()),
            };
            let inside = match inside {
                Ok(inside) => inside,
                Err(gap) => {
                    refuse(refusal_of(way, base, gap));
                    continue;
                }
            };
            match self.regions(&inside, &unit.regions).await {
                Ok(regions) => return Entered::Open(inside, regions),
                Err(shut) => blind = blind.or(Some(shut)),
            }
        }
        match (blind, refusal) {
            (Some(blind), _) => Entered::Blind(blind),
            (None, Some(refusal)) => {
                let shut = |region| Shut { account: unit.account.clone(), region, gap: refusal.gap.clone() };
                let regions = match (base, &unit.regions) {
                    (Some(base), regions) => Self::shut_regions(base, regions),
                    (None, Regions::Explicit(regions)) => regions.clone(),
                    (None, _) => vec![primary_region("").to_owned()],
                };
                Entered::Closed(regions.into_iter().map(shut).collect(), Box::new(refusal))
            }
            // Without a way there was nothing to enter.
            (None, None) => Entered::Closed(
                Vec::new(),
                Box::new(Refusal {
                    who: unit.account.clone(),
                    gap: no_credentials("there is no way in".to_owned()),
                    next: String::new(),
                }),
            ),
        }
    }

    /// Assumes a role and asks who that is.
    async fn by_role(
        &self,
        base: &Session,
        role: &RoleArn,
        external_id: Option<&str>,
        regions: &Regions,
    ) -> Result<Inside, Gap> {
        let region = base.region.as_deref().unwrap_or_else(|| primary_region(""));
        let ready = base.role(role, region, external_id);
        let credentials = self
            .scheduler
            .call(&ASSUME_ROLE, Stage::ENTERING, ready.assume())
            .await
            .and_then(|credentials| {
                credentials.ok_or_else(|| Failure::protocol(&ASSUME_ROLE, "the answer has no credentials"))
            })
            .map_err(|failure| about(&role.text, failure.gap()))?;
        let session = Arc::new(base.assumed(ready, &role.account, credentials));
        self.identify(&session, regions).await.map_err(|failure| failure.gap())
    }

    /// Who the identity is. It is asked once; in another region only where the first one may be off, or cannot be reached.
    pub(super) async fn identify(&self, session: &Arc<Session>, regions: &Regions) -> Result<Inside, Failure> {
        let wanted: &[String] = if let Regions::Explicit(regions) = regions { regions } else { &[] };
        let usual = session.region.iter().map(String::as_str);
        let (first, others) = (wanted.iter().take(1), wanted.iter().skip(1));
        let primary = primary_region(wanted.first().or(session.region.as_ref()).map_or("", String::as_str));
        let all = first.map(String::as_str).chain(usual).chain([primary]).chain(others.map(String::as_str));
        let mut tried: Vec<&str> = Vec::new();
        let mut refused: Option<Failure> = None;
        for region in all {
            if tried.contains(&region) || tried.len() >= MOST_TRIES {
                continue;
            }
            tried.push(region);
            match self.ask_who(session, region).await {
                Ok(inside) => return Ok(inside),
                Err(failure) => {
                    let may_be_the_region = failure.may_be_the_region(session.aws_endpoints);
                    refused.get_or_insert(failure);
                    if !may_be_the_region {
                        break;
                    }
                }
            }
        }
        Err(refused.unwrap_or_else(|| Failure::protocol(&GET_CALLER_IDENTITY, "no region was asked")))
    }

    /// Who the identity is, asked in `region`.
    async fn ask_who(&self, session: &Arc<Session>, region: &str) -> Result<Inside, Failure> {
        let request = session.sts(region, &session.who).get_caller_identity().send();
        let answer = self.scheduler.call(&GET_CALLER_IDENTITY, Stage::ENTERING, request).await?;
        let account = answer.account.unwrap_or_default();
        let arn = answer.arn.unwrap_or_default();
        let mut parts = arn.split(':');
        match (parts.next(), parts.next()) {
            (Some("arn"), Some(partition)) if !account.is_empty() => {
                let partition = partition.to_owned();
                let session = Arc::new(session.inside(&account));
                Ok(Inside { account, identity: Identity { arn, partition }, session })
            }
            _ => Err(Failure::protocol(&GET_CALLER_IDENTITY, "the answer names no account or no caller")),
        }
    }

    /// The wanted regions of the account.
    async fn regions(&self, inside: &Inside, regions: &Regions) -> Result<Vec<String>, Shut> {
        let session = &inside.session;
        match regions {
            Regions::Explicit(regions) => Ok(regions.clone()),
            Regions::DefaultChain => Ok(session.region.iter().cloned().collect()),
            Regions::All => {
                let base = session.region.as_deref().unwrap_or_else(|| primary_region(""));
                self.enabled_regions(session, base, &inside.account).await.map_err(|failure| {
                    let mut gap = failure.gap();
                    gap.message = format!("{}, or name the regions with --region", gap.message);
                    Shut { account: inside.account.clone(), region: base.to_owned(), gap }
                })
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

    /// Checks that there is a region to ask in where any will do.
    pub(super) fn usual_region(session: &Session, regions: &Regions) -> Result<(), CollectError> {
        match (&session.region, regions) {
            (Some(region), _) if !is_region_name(region) => Err(CollectError::InvalidRegion(region.clone())),
            (Some(_), _) | (None, Regions::All) => Ok(()),
            (None, Regions::Explicit(_) | Regions::DefaultChain) => Err(CollectError::NoRegion(session.who.clone())),
        }
    }

    /// The regions in which the gap of an identity stands that could not be established.
    pub(super) fn shut_regions(session: &Session, regions: &Regions) -> Vec<String> {
        match regions {
            Regions::Explicit(regions) => regions.clone(),
            Regions::All | Regions::DefaultChain => {
                vec![session.region.clone().unwrap_or_else(|| primary_region("").to_owned())]
            }
        }
    }
}

/// Without credentials it is the caller who has none, else the way is closed.
fn refusal_of(way: &Way, base: Option<&Session>, gap: Gap) -> Refusal {
    let (base, next) = base.map(|base| (base.who.clone(), base.next.clone())).unwrap_or_default();
    let who = match way {
        Way::Role(role, _) if gap.reason != GapReason::NoCredentials => role.text.clone(),
        _ => base,
    };
    Refusal { who, gap, next }
}

/// The gap of an identity without credentials.
pub(super) fn no_credentials(message: String) -> Gap {
    Gap {
        reason: GapReason::NoCredentials,
        operation: GET_CALLER_IDENTITY.action.to_owned(),
        message,
        request_id: None,
    }
}

/// A gap that names the role it is about.
fn about(role: &str, mut gap: Gap) -> Gap {
    gap.message = format!("{role}: {}", gap.message);
    gap
}

#[cfg(test)]
#[path = "enter_tests.rs"]
mod tests;
