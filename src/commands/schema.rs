//! `schema`: the JSON Schemas of what is written and read.

use crate::cli::{SchemaArgs, SchemaOf};
use crate::io::print;
use crate::report::Status;

/// The schema as it is published: its `$id` has the name and the version, and within a version keys are only added.
fn schema(of: SchemaOf) -> &'static str {
    match of {
        SchemaOf::Report => include_str!("../schemas/report-v1.json"),
        SchemaOf::Snapshot => include_str!("../schemas/snapshot-v1.json"),
        SchemaOf::Diff => include_str!("../schemas/diff-v1.json"),
        SchemaOf::Config => include_str!("../schemas/config-v1.json"),
    }
}

pub(super) fn run(args: &SchemaArgs) -> anyhow::Result<Status> {
    print(schema(args.of).trim_end())?;
    Ok(Status::Clean)
}
