//! What printed commands repeat of a run, so that they do what they say as they stand.

use crate::render::words::{DataSource, RunContext};
use crate::settings::Source;

/// The context of a run on that source.
pub(super) fn run_context(source: &Source) -> RunContext {
    match source {
        Source::Snapshots(paths) => RunContext {
            source: DataSource::Snapshots(paths.iter().map(|path| path.display().to_string()).collect()),
            profile: None,
        },
        Source::Aws(live) => {
            let identities = &live.identities;
            let named = |option: &'static str, values: &[String]| -> Vec<String> {
                values.iter().map(|value| format!("{option}={value}")).collect()
            };
            let mut arguments = named("--profile", &identities.profiles);
            arguments.extend(named("--role-arn", &identities.role_arns));
            // Of several profiles it is not known which one reached an account; with roles none of them did. The external
            // id is a secret: the command stops for the lack of it and says so.
            let profile = match identities.profiles.as_slice() {
                [only] if identities.role_arns.is_empty() => Some(only.clone()),
                _ => None,
            };
            RunContext { source: DataSource::Aws(arguments), profile }
        }
    }
}
