//! AWS Organizations: which accounts there are. Asked once for a sweep, by one process and one call after the other: its
//! throttle is shared by everybody in the organization.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_organizations::types as sdk;

use super::convert::text;
use super::enter::{Enterer, Inside, Refusal, no_credentials};
use super::error::CollectError;
use super::error_class::Stage;
use super::failure::Failure;
use super::pages::{Page, all_pages};
use super::progress::Silent;
use super::request::{Limits, Regions, primary_region};
use super::scheduler::Scheduler;
use super::session::{RunContext, Session};
use super::transport;
use crate::permissions::{
    DESCRIBE_ORGANIZATIONAL_UNIT, LIST_ACCOUNTS, LIST_ACCOUNTS_FOR_PARENT, LIST_ORGANIZATIONAL_UNITS_FOR_PARENT,
    LIST_ROOTS,
};

/// The largest page of every listing here (Organizations API reference, 2026-10).
const PAGE_SIZE: i32 = 20;
/// How deep units lie in each other at most, the root included (Organizations user guide, "Quotas", 2026-10: five levels).
const LEVELS: usize = 8;

/// Who asks, where, and how patiently.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    /// A named profile; `None`: the SDK's default chain.
    pub profile: Option<String>,
    /// The regions that the run is about: they tell the partition.
    pub regions: Regions,
    pub limits: Limits,
}

/// Who the caller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub account: String,
    pub partition: String,
}

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrganizationAccount {
    pub id: String,
    pub name: Option<String>,
    /// The names of the units that it is in, from the outermost: `Workloads/Production`. `None`: not known.
    pub ou: Option<String>,
    /// `ACTIVE`, `SUSPENDED` and the like.
    pub state: String,
}

/// What the organization says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    pub caller: Caller,
    /// Sorted by id.
    pub accounts: Vec<OrganizationAccount>,
    /// Why the units are not known, where they could not be asked for.
    pub without_units: Option<String>,
}

/// Who the caller is.
///
/// # Errors
/// Where there are no credentials, or AWS does not accept them.
pub(crate) fn caller(asker: &Asker) -> Result<Caller, CollectError> {
    blocking(async { Ok(who(&signed_in(asker).await?)) })
}

/// The accounts of the caller's organization, or of these units of it and all below them.
///
/// Blocks until done, on this thread alone.
///
/// # Errors
/// Where there are no credentials, or a listing of accounts is denied or broken: half a list is none.
pub(crate) fn organization(asker: &Asker, units: &[String]) -> Result<Organization, CollectError> {
    blocking(async {
        let inside = signed_in(asker).await?;
        let session = &inside.session;
        let region = primary_region(session.region.as_deref().unwrap_or_default());
        let lists = Asked {
            client: session.organizations(region, &session.who),
            scheduler: Scheduler::new(1),
            stage: Stage::inside(session.aws_endpoints),
        };
        let failed =
            |failure: Failure| CollectError::Organization { who: session.who.clone(), gap: Box::new(failure.gap()) };
        let caller = who(&inside);
        let mut accounts = BTreeMap::new();
        let mut without_units = None;
        if units.is_empty() {
            for account in lists.accounts(None).await.map_err(failed)? {
                accounts.insert(account.id.clone(), account);
            }
            match lists.units_of_all().await {
                Ok(units) => accounts.values_mut().for_each(|account| account.ou = units.get(&account.id).cloned()),
                Err(failure) => without_units = Some(failure.gap().message),
            }
        }
        for unit in units {
            let name = lists.name_of(unit).await.map_err(failed)?;
            for account in lists.below(unit, &name).await.map_err(failed)? {
                accounts.insert(account.id.clone(), account);
            }
        }
        Ok(Organization { caller, accounts: accounts.into_values().collect(), without_units })
    })
}

/// Runs something on a runtime of its own.
pub(super) fn blocking<T>(work: impl Future<Output = Result<T, CollectError>>) -> Result<T, CollectError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CollectError::Runtime)?;
    let outcome = runtime.block_on(Box::pin(work));
    // A name lookup that hangs would otherwise be waited for.
    runtime.shutdown_background();
    outcome
}

/// The identity that asks, accepted by AWS.
pub(super) async fn signed_in(asker: &Asker) -> Result<Inside, CollectError> {
    let context =
        RunContext { http: transport::http_client()?, limits: asker.limits, progress: Arc::new(Silent), probe: false };
    let session = Session::open(asker.profile.as_deref(), &asker.regions, &context).await?;
    let refused = |gap| CollectError::from(Refusal { who: session.who.clone(), gap, next: session.next.clone() });
    session.sign_in(context.limits).await.map_err(|message| refused(no_credentials(message)))?;
    let enterer = Enterer { scheduler: Scheduler::new(1) };
    let shared = Arc::new(session.clone());
    enterer.identify(&shared, &asker.regions).await.map_err(|failure| refused(failure.gap()))
}

fn who(inside: &Inside) -> Caller {
    Caller { account: inside.account.clone(), partition: inside.identity.partition.clone() }
}

/// What asking takes.
struct Asked {
    client: aws_sdk_organizations::Client,
    scheduler: Scheduler,
    stage: Stage,
}

impl Asked {
    /// The accounts of a root or a unit, not of those below; without a parent, of the whole organization.
    ///
    /// Pages may be empty and still not be the last (Organizations API reference, `ListAccounts`, 2026-10).
    async fn accounts(&self, parent: Option<&str>) -> Result<Vec<OrganizationAccount>, Failure> {
        let call = if parent.is_some() { &LIST_ACCOUNTS_FOR_PARENT } else { &LIST_ACCOUNTS };
        let rows: Vec<sdk::Account> = all_pages(call, async |token| match parent {
            None => {
                let request = self.client.list_accounts().max_results(PAGE_SIZE).set_next_token(token);
                let answer = self.scheduler.call(call, self.stage, request.send()).await?;
                Ok(Page { items: answer.accounts, next: answer.next_token })
            }
            Some(parent) => {
                let request = self.client.list_accounts_for_parent().parent_id(parent).max_results(PAGE_SIZE);
                let answer = self.scheduler.call(call, self.stage, request.set_next_token(token).send()).await?;
                Ok(Page { items: answer.accounts, next: answer.next_token })
            }
        })
        .await?;
        rows.iter().map(|row| account(call, row)).collect()
    }

    /// The units in a root or a unit: id and name.
    async fn units(&self, parent: &str) -> Result<Vec<(String, String)>, Failure> {
        let call = &LIST_ORGANIZATIONAL_UNITS_FOR_PARENT;
        let rows = all_pages(call, async |token| {
            let request = self.client.list_organizational_units_for_parent().parent_id(parent).max_results(PAGE_SIZE);
            let answer = self.scheduler.call(call, self.stage, request.set_next_token(token).send()).await?;
            Ok(Page { items: answer.organizational_units, next: answer.next_token })
        })
        .await?;
        Ok(rows.into_iter().filter_map(|unit| Some((unit.id?, unit.name.unwrap_or_default()))).collect())
    }

    /// The accounts of a unit and of all below it. `name` is the unit's own, empty for a root.
    async fn below(&self, id: &str, name: &str) -> Result<Vec<OrganizationAccount>, Failure> {
        let mut found = Vec::new();
        let mut open = vec![(id.to_owned(), name.to_owned(), 0)];
        while let Some((id, path, level)) = open.pop() {
            let ou = Some(path.clone()).filter(|path| !path.is_empty());
            let accounts = self.accounts(Some(&id)).await?;
            found.extend(accounts.into_iter().map(|account| OrganizationAccount { ou: ou.clone(), ..account }));
            if level < LEVELS {
                let name = |unit: &str| if path.is_empty() { unit.to_owned() } else { format!("{path}/{unit}") };
                open.extend(self.units(&id).await?.into_iter().map(|(id, unit)| (id, name(&unit), level + 1)));
            }
        }
        Ok(found)
    }

    /// The units of every account, by account.
    async fn units_of_all(&self) -> Result<BTreeMap<String, String>, Failure> {
        let call = &LIST_ROOTS;
        let roots = all_pages(call, async |token| {
            let request = self.client.list_roots().max_results(PAGE_SIZE).set_next_token(token);
            let answer = self.scheduler.call(call, self.stage, request.send()).await?;
            Ok(Page { items: answer.roots, next: answer.next_token })
        })
        .await?;
        let mut units = BTreeMap::new();
        for root in roots.iter().filter_map(sdk::Root::id) {
            let accounts = self.below(root, "").await?;
            units.extend(accounts.into_iter().filter_map(|account| Some((account.id, account.ou?))));
        }
        Ok(units)
    }

    /// What a unit is called; a root has no name worth telling.
    async fn name_of(&self, unit: &str) -> Result<String, Failure> {
        if unit.starts_with("r-") {
            return Ok(String::new());
        }
        let request = self.client.describe_organizational_unit().organizational_unit_id(unit).send();
        let answer = self.scheduler.call(&DESCRIBE_ORGANIZATIONAL_UNIT, self.stage, request).await?;
        Ok(answer.organizational_unit.and_then(|unit| unit.name).unwrap_or_else(|| unit.to_owned()))
    }
}

fn account(call: &'static crate::permissions::Call, row: &sdk::Account) -> Result<OrganizationAccount, Failure> {
    let id = row.id().filter(|id| !id.is_empty()).ok_or_else(|| Failure::protocol(call, "an account has no id"))?;
    // `State` has taken the place of `Status` on 2026-09-09 (Organizations API reference, `Account`, 2026-10). Without
    // either nothing says that the account is closed.
    let state = text(row.state()).or_else(|| text(row.status())).unwrap_or_else(|| "ACTIVE".to_owned());
    Ok(OrganizationAccount {
        id: id.to_owned(),
        name: row.name().filter(|name| !name.is_empty()).map(str::to_owned),
        ou: None,
        state,
    })
}
