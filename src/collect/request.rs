//! What to collect, and what makes a request impossible before any call.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::error::CollectError;
use crate::model::{EvidenceScope, Member, SectionName, Target};
use crate::text::account_of_role;

/// What to collect, where, as whom and how hard.
#[derive(Clone)]
pub(crate) struct Request {
    pub regions: Regions,
    /// Named profiles; empty: the SDK's default chain. At most one where roles are given.
    pub profiles: Vec<String>,
    /// Roles to assume; empty: none.
    pub role_arns: Vec<String>,
    /// The external id for all roles.
    pub external_id: Option<String>,
    /// Accounts of a list to enter instead of roles; `None`: there is none.
    pub members: Option<Vec<Member>>,
    /// Whether a target (account, region) is to be collected: a sweep that goes on has some.
    pub wanted: Arc<Wanted>,
    /// Whether targets are only found and not looked into: each is entered, and nothing of it is asked.
    pub only_find: bool,
    /// The sections to collect; nobody asks for the others.
    pub sections: BTreeSet<SectionName>,
    /// How evidence is collected.
    pub evidence: EvidenceOptions,
    /// How many calls may be under way at once, at least 1.
    pub concurrency: usize,
    /// Timeouts and attempts of each call.
    pub limits: Limits,
}

/// Whether a target, by account and region, is to be collected.
pub(crate) type Wanted = dyn Fn(&str, &str) -> bool + Send + Sync;

/// Adds what the caller knows of a target whose other sections are there, and says what evidence is worth a call.
pub(crate) type Scope = dyn Fn(&mut Target) -> EvidenceScope + Send + Sync;

/// How evidence is collected.
#[derive(Clone)]
pub(crate) struct EvidenceOptions {
    /// How many days of metrics and of the association's runs, 1 to 455: CloudWatch keeps no more.
    pub history_days: u16,
    /// About what evidence is asked for.
    pub scope: Arc<Scope>,
    /// How the mount probe runs; without it the section is left out and nothing can be sent.
    pub probe: Option<ProbeOptions>,
}

impl EvidenceOptions {
    /// Days of history where nobody says otherwise.
    pub(crate) const DEFAULT_DAYS: u16 = 30;
}

impl Default for EvidenceOptions {
    /// Evidence about nothing.
    fn default() -> Self {
        Self { history_days: Self::DEFAULT_DAYS, scope: Arc::new(|_| EvidenceScope::default()), probe: None }
    }
}

impl std::fmt::Debug for EvidenceOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvidenceOptions")
            .field("history_days", &self.history_days)
            .field("probe", &self.probe)
            .finish_non_exhaustive()
    }
}

/// Asks the operator whether the probe may run on these instances of an account and region.
pub(crate) type Agree = dyn Fn(&str, &str, &[String]) -> bool + Send + Sync;

/// How the probe runs.
#[derive(Clone)]
pub(crate) struct ProbeOptions {
    /// The operator's document; AWS's own for scripts where there is none.
    pub document: Option<String>,
    /// Asked before anything is sent; may wait for a person.
    pub agree: Arc<Agree>,
}

impl std::fmt::Debug for ProbeOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProbeOptions").field("document", &self.document).finish_non_exhaustive()
    }
}

/// Which regions to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Regions {
    Explicit(Vec<String>),
    /// Those enabled in each account.
    All,
    /// The one that the environment or the profile names.
    DefaultChain,
}

/// Timeouts and attempts of each call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the answer begins.
    pub read: Duration,
    /// One attempt from sending to the parsed answer.
    pub attempt: Duration,
    /// All attempts of one call with the waits between them.
    pub operation: Duration,
    /// Attempts per call, at least 1. `None`: `AWS_MAX_ATTEMPTS` or the profile, else [`Limits::DEFAULT_ATTEMPTS`].
    pub max_attempts: Option<u32>,
}

impl Limits {
    /// Attempts per call where nobody says otherwise.
    pub(crate) const DEFAULT_ATTEMPTS: u32 = 5;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            read: Duration::from_secs(10),
            attempt: Duration::from_secs(10),
            operation: Duration::from_mins(1),
            max_attempts: None,
        }
    }
}

/// The parts of a role's ARN that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoleArn {
    pub(super) text: String,
    /// Twelve digits.
    pub(super) account: String,
}

impl RoleArn {
    /// Reads `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    pub(super) fn parse(text: &str) -> Result<Self, CollectError> {
        let account = account_of_role(text).ok_or_else(|| CollectError::InvalidRoleArn(text.to_owned()))?;
        Ok(Self { text: text.to_owned(), account: account.to_owned() })
    }
}

/// Whether a text can be a region's name: lower-case words and a number, joined by hyphens.
pub(super) fn is_region_name(text: &str) -> bool {
    let mut parts: Vec<&str> = text.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    text.len() <= 40
        && parts.len() >= 2
        && parts.iter().all(word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The region in which a partition's global matters are asked, by any of the partition's regions.
pub(super) fn primary_region(region: &str) -> &'static str {
    match region.split('-').take(2).collect::<Vec<_>>().as_slice() {
        ["cn", _] => "cn-northwest-1",
        ["us", "gov"] => "us-gov-west-1",
        ["us", "iso"] => "us-iso-east-1",
        ["us", "isob"] => "us-isob-east-1",
        ["eusc", _] => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

impl Request {
    /// The request with duplicates dropped, or what is wrong with it.
    pub(super) fn checked(&self) -> Result<Checked, CollectError> {
        let has_roles = self.members.is_some() || !self.role_arns.is_empty();
        if has_roles && self.profiles.len() > 1 {
            return Err(CollectError::RolesNeedOneProfile(self.profiles.len()));
        }
        if !has_roles && self.external_id.is_some() {
            return Err(CollectError::ExternalIdWithoutRole);
        }
        if let Regions::Explicit(regions) = &self.regions
            && let Some(region) = regions.iter().find(|region| !is_region_name(region))
        {
            return Err(CollectError::InvalidRegion(region.clone()));
        }
        let roles = self.role_arns.iter().map(|arn| RoleArn::parse(arn)).collect::<Result<Vec<_>, _>>()?;
        let mut profiles: Vec<Option<String>> = unique(&self.profiles).into_iter().map(Some).collect();
        if profiles.is_empty() {
            profiles.push(None);
        }
        let regions = match &self.regions {
            Regions::Explicit(regions) if regions.is_empty() => Regions::DefaultChain,
            Regions::Explicit(regions) => Regions::Explicit(unique(regions)),
            other => other.clone(),
        };
        let (members, external_id) = (self.members.clone(), self.external_id.clone());
        Ok(Checked { regions, profiles, roles: unique(&roles), members, external_id })
    }
}

/// A request without contradictions or duplicates.
#[derive(Debug)]
pub(super) struct Checked {
    /// As asked; an explicit list is never empty.
    pub(super) regions: Regions,
    /// The profiles, `None` for the default chain; never empty.
    pub(super) profiles: Vec<Option<String>>,
    pub(super) roles: Vec<RoleArn>,
    /// Accounts of a list, instead of roles.
    pub(super) members: Option<Vec<Member>>,
    /// The external id for roles that have none of their own.
    pub(super) external_id: Option<String>,
}

/// The items in order, each once.
fn unique<T: Clone + PartialEq>(items: &[T]) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        if !kept.contains(item) {
            kept.push(item.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_told_from_anything_else() {
        for good in ["ap-northeast-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1", "mx-central-1"] {
            assert!(is_region_name(good), "{good}");
        }
        for bad in ["", "us-east", "us-east-1a", "US-EAST-1", "us_east_1", "tokyo", "-1", "a--1", "us-east-1 ", "1-2-3"]
        {
            assert!(!is_region_name(bad), "{bad}");
        }
    }

    #[test]
    fn roles_are_told_from_anything_else() {
        let role = RoleArn::parse("arn:aws-us-gov:iam::111122223333:role/ops/auditor").expect("test data is good");
        assert_eq!(role.account, "111122223333");
        for bad in [
            "auditor",
            "arn:aws:iam::111122223333:user/auditor",
            "arn:aws:iam::1111:role/auditor",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam:us-east-1:111122223333:role/a",
            "arn:aws:sts::111122223333:assumed-role/a/b",
        ] {
            assert!(RoleArn::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn contradictions_are_refused_and_duplicates_dropped() {
        let request = Request {
            regions: Regions::Explicit(vec!["us-east-1".into(), "us-east-1".into()]),
            profiles: vec!["a".into(), "b".into(), "a".into()],
            role_arns: vec![],
            external_id: None,
            members: None,
            wanted: Arc::new(|_, _| true),
            only_find: false,
            sections: BTreeSet::new(),
            evidence: EvidenceOptions::default(),
            concurrency: 1,
            limits: Limits::default(),
        };
        let checked = request.checked().expect("test data is good");
        assert_eq!(checked.regions, Regions::Explicit(vec!["us-east-1".into()]));
        assert_eq!(checked.profiles, [Some("a".to_owned()), Some("b".to_owned())]);

        let roles = Request { role_arns: vec!["arn:aws:iam::111122223333:role/a".into()], ..request.clone() };
        assert!(matches!(roles.checked(), Err(CollectError::RolesNeedOneProfile(3))));
        let external = Request { external_id: Some("x".into()), ..request.clone() };
        assert!(matches!(external.checked(), Err(CollectError::ExternalIdWithoutRole)));
        let region = Request { regions: Regions::Explicit(vec!["nowhere".into()]), ..request };
        assert!(matches!(region.checked(), Err(CollectError::InvalidRegion(name)) if name == "nowhere"));
    }
}
