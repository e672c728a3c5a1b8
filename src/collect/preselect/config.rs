//! AWS Config's aggregator: in which accounts and regions it knows, for it records them, that there is no file system and no
//! repository.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Known, Place, Source};
use crate::collect::error::CollectError;
use crate::collect::error_class::Stage;
use crate::collect::failure::Failure;
use crate::collect::organization::{Asker, blocking, signed_in};
use crate::collect::pages::{Page, all_pages};
use crate::collect::scheduler::Scheduler;
use crate::permissions::SELECT_AGGREGATE_RESOURCE_CONFIG;

/// What the rules are about, as far as Config records it.
const TYPES: [&str; 2] = ["AWS::EFS::FileSystem", "AWS::ECR::Repository"];
/// The recorders, with what they record. The names of properties are those of Config's own schema
/// (awslabs/aws-config-resource-schema, `AWS::Config::ConfigurationRecorder`, 2026-10).
const RECORDERS: &str = "SELECT accountId, awsRegion, configuration.Recording, configuration.RecordingGroup \
                         WHERE resourceType = 'AWS::Config::ConfigurationRecorder'";
/// Where there is any of [`TYPES`].
const BUSY: &str = "SELECT accountId, awsRegion, COUNT(*) WHERE resourceType IN ('AWS::EFS::FileSystem', \
                    'AWS::ECR::Repository') GROUP BY accountId, awsRegion";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    account_id: String,
    aws_region: String,
    #[serde(default)]
    configuration: Recorder,
}

/// A recorder; what is not said is not recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Recorder {
    recording: bool,
    recording_group: Group,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Group {
    all_supported: bool,
    resource_types: Vec<String>,
    exclusion_by_resource_types: Exclusion,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Exclusion {
    resource_types: Vec<String>,
}

impl Recorder {
    /// Whether it would know of every file system and repository.
    fn covers(&self) -> bool {
        let Group { all_supported, resource_types, exclusion_by_resource_types } = &self.recording_group;
        let names = |names: &[String], wanted: &str| names.iter().any(|name| name == wanted);
        let is_recorded = |wanted| *all_supported || names(resource_types, wanted);
        let is_excluded = |wanted| names(&exclusion_by_resource_types.resource_types, wanted);
        self.recording && TYPES.iter().all(|wanted| is_recorded(wanted) && !is_excluded(wanted))
    }
}

/// The accounts and regions in which a recorder that is on records both types, and has none of either.
///
/// Blocks until done, on this thread alone. The queries are free of charge.
///
/// # Errors
/// Where there are no credentials, or a query is denied or breaks off: half an answer would leave targets out.
pub(crate) fn recorded_empty(
    asker: &Asker,
    aggregator: &str,
    region: &str,
    today: NaiveDate,
) -> Result<Known, CollectError> {
    blocking(async {
        let inside = signed_in(asker).await?;
        let session = &inside.session;
        let client = session.config(region, &session.who);
        let (scheduler, stage) = (Scheduler::new(1), Stage::inside(session.aws_endpoints));
        let call = &SELECT_AGGREGATE_RESOURCE_CONFIG;
        let rows = async |query: &str| -> Result<Vec<Row>, CollectError> {
            let failed = |failure: Failure| Source::Config.refused(&session.who, &failure);
            let rows = all_pages(call, async |token| {
                let request = client.select_aggregate_resource_config().expression(query);
                let request = request.configuration_aggregator_name(aggregator).set_next_token(token);
                let answer = scheduler.call(call, stage, request.send()).await?;
                Ok(Page { items: answer.results, next: answer.next_token })
            });
            let rows = rows.await.map_err(failed)?;
            let read = rows.iter().map(|row| serde_json::from_str(row));
            read.collect::<Result<_, _>>().map_err(|error| failed(Failure::protocol(call, error.to_string())))
        };
        let recorders = rows(RECORDERS).await?;
        let busy: BTreeSet<Place> = rows(BUSY).await?.into_iter().map(|row| (row.account_id, row.aws_region)).collect();
        let covered = recorders.into_iter().filter(|row| row.configuration.covers());
        let known = covered.map(|row| (row.account_id, row.aws_region));
        Ok(Known {
            empty: known.filter(|place| !busy.contains(place)).collect(),
            why: format!("no file system and no repository (AWS Config, aggregator {aggregator}, {today})"),
            unsaid: Vec::new(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(configuration: &str) -> bool {
        let row = format!(r#"{{"accountId":"1","awsRegion":"r","configuration":{configuration}}}"#);
        serde_json::from_str::<Row>(&row).expect("a row").configuration.covers()
    }

    #[test]
    fn only_a_recorder_that_is_on_and_records_both_types_says_anything() {
        let all = r#"{"Recording":true,"RecordingGroup":{"AllSupported":true}}"#;
        let both = r#"{"Recording":true,"RecordingGroup":{"AllSupported":false,
                       "ResourceTypes":["AWS::EFS::FileSystem","AWS::ECR::Repository"]}}"#;
        assert!(covers(all) && covers(both));
        for not in [
            "{}",
            r#"{"Recording":true}"#,
            r#"{"Recording":false,"RecordingGroup":{"AllSupported":true}}"#,
            r#"{"Recording":true,"RecordingGroup":{"ResourceTypes":["AWS::EFS::FileSystem"]}}"#,
            r#"{"Recording":true,"RecordingGroup":{"AllSupported":true,
                "ExclusionByResourceTypes":{"ResourceTypes":["AWS::ECR::Repository"]}}}"#,
        ] {
            assert!(!covers(not), "{not}");
        }
    }
}
