//! Inspector's delegated administrator: in which accounts and regions Inspector scans neither instances nor images.

use std::collections::BTreeSet;

use aws_sdk_inspector2::types::{AccountState, State, Status};
use futures::future::join_all;

use super::{Known, Place, Source};
use crate::collect::error::CollectError;
use crate::collect::error_class::Stage;
use crate::collect::failure::Failure;
use crate::collect::organization::{Asker, blocking, signed_in};
use crate::collect::scheduler::Scheduler;
use crate::permissions::BATCH_GET_ACCOUNT_STATUS;

/// The most accounts of one request (Inspector API reference, `BatchGetAccountStatus`, 2026-10).
const ACCOUNTS_OF_A_CALL: usize = 100;
/// Requests at once: all are of one account's bucket, which is not published.
const AT_ONCE: usize = 8;

/// The places among `planned` of which the administrator says that neither EC2 nor ECR is scanned.
///
/// Blocks until done, on this thread alone. The questions are free of charge.
///
/// # Errors
/// Where there are no credentials, or no region answers.
pub(crate) fn not_scanned(asker: &Asker, planned: &BTreeSet<Place>) -> Result<Known, CollectError> {
    blocking(async {
        let inside = signed_in(asker).await?;
        let session = &inside.session;
        let (scheduler, stage) = (Scheduler::new(AT_ONCE), Stage::inside(session.aws_endpoints));
        let regions: BTreeSet<&str> = planned.iter().map(|(_, region)| region.as_str()).collect();
        let in_region = async |region: &str| -> Result<(Vec<Place>, BTreeSet<String>), Failure> {
            let client = session.inspector(region, &session.who);
            let accounts: Vec<String> =
                planned.iter().filter(|(_, of)| of == region).map(|(account, _)| account.clone()).collect();
            let (mut off, mut unsaid) = (Vec::new(), BTreeSet::new());
            for accounts in accounts.chunks(ACCOUNTS_OF_A_CALL) {
                let request = client.batch_get_account_status().set_account_ids(Some(accounts.to_vec()));
                let answer = scheduler.call(&BATCH_GET_ACCOUNT_STATUS, stage, request.send()).await?;
                let is_off = |account: &&AccountState| {
                    scans_nothing(account) && accounts.iter().any(|of| of == account.account_id())
                };
                let named = answer.accounts().iter().filter(is_off);
                off.extend(named.map(|account| (account.account_id().to_owned(), region.to_owned())));
                unsaid.extend(answer.failed_accounts().iter().map(|failed| failed.error_code().to_string()));
            }
            Ok((off, unsaid))
        };
        let answers = join_all(regions.iter().map(async |region| (*region, in_region(region).await))).await;
        let mut known = Known {
            why:
                "Inspector scans neither EC2 nor ECR there (Inspector's delegated administrator); what switching it on \
                  would cost, and how ECR itself scans, is not looked at"
                    .to_owned(),
            ..Known::default()
        };
        let mut first_failure = None;
        let mut answered = 0_usize;
        for (region, answer) in answers {
            match answer {
                Ok((off, unsaid)) => {
                    answered += 1;
                    known.empty.extend(off);
                    if !unsaid.is_empty() {
                        let codes: Vec<String> = unsaid.into_iter().collect();
                        known.unsaid.push(format!("{region}: of some accounts it says nothing ({})", codes.join(", ")));
                    }
                }
                Err(failure) => {
                    known.unsaid.push(format!("{region}: nothing is skipped: {}", failure.gap().message));
                    first_failure.get_or_insert(failure);
                }
            }
        }
        match first_failure {
            Some(failure) if answered == 0 => Err(Source::Inspector.refused(&session.who, &failure)),
            _ => Ok(known),
        }
    })
}

/// Whether it says of both that they are off; a state that is not said is none.
fn scans_nothing(account: &AccountState) -> bool {
    let Some(state) = account.resource_state() else { return false };
    let is_off = |state: Option<&State>| state.is_some_and(|state| *state.status() == Status::Disabled);
    is_off(state.ec2()) && is_off(state.ecr())
}
