//! What printed commands repeat of a run, so that they do what they say as they stand.

use std::path::Path;

use crate::render::words::{DataSource, RunContext};
use crate::settings::{AccountList, Accounts, Source};

/// The context of a run on that source. What was saved of a live run is what a later command goes on from; `repeated` are
/// the other options, or `None` where nothing can be read again.
pub(super) fn run_context(source: &Source, saved: Option<&Path>, repeated: Option<Vec<String>>) -> RunContext {
    let file = |path: &Path| path.display().to_string();
    let (read, profile) = match source {
        Source::Snapshots(paths) => (DataSource::Snapshots(paths.iter().map(|path| file(path)).collect()), None),
        Source::Aws(live) => {
            let identities = &live.identities;
            let named = |option: &'static str, values: &[String]| -> Vec<String> {
                values.iter().map(|value| format!("{option}={value}")).collect()
            };
            let mut arguments = named("--profile", &identities.profiles);
            arguments.extend(named("--role-arn", &identities.role_arns));
            arguments.extend(accounts(&identities.accounts));
            // Of several profiles it is not known which one reached an account; with roles none of them did. The external
            // id is a secret: the command stops for the lack of it and says so.
            let profile = match identities.profiles.as_slice() {
                [only] if identities.role_arns.is_empty() && !identities.accounts.is_list() => Some(only.clone()),
                _ => None,
            };
            let kept = saved.map(|path| DataSource::Snapshots(vec![file(path)]));
            (kept.unwrap_or(DataSource::Aws(arguments)), profile)
        }
    };
    match repeated {
        Some(options) => RunContext { source: read, options, profile },
        None => RunContext { source: DataSource::Imagined, options: Vec::new(), profile },
    }
}

/// The options that name a list of accounts.
fn accounts(accounts: &Accounts) -> Vec<String> {
    let mut words: Vec<String> = match &accounts.list {
        AccountList::None | AccountList::Plan(..) => return Vec::new(),
        AccountList::File(path) => vec![format!("--accounts-file={}", path.display())],
        AccountList::Organization(units) => {
            let units = units.iter().map(|unit| format!("--ou={unit}"));
            std::iter::once("--organization".to_owned()).chain(units).collect()
        }
    };
    words.extend(accounts.role_name.iter().map(|name| format!("--role-name={name}")));
    words.extend(accounts.excluded.iter().map(|account| format!("--exclude-account={account}")));
    words
}
