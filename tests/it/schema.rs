//! The JSON schemas of report and snapshot: what is written validates, and they leave no key out.

use std::path::PathBuf;

use std::process::Command;

use inspector_audit::model::{SectionName, Snapshot, Target, Tool};
use inspector_audit::render::{Format, Style, write};
use inspector_audit::report::Report;
use inspector_audit::rules::RULES;
use serde_json::Value;

use crate::support::sample_report::{compared, empty, sample, taken_at};

fn path(name: &str) -> PathBuf {
    let folder = if name.ends_with("-v1.json") { ["src", "schemas"] } else { ["fixtures", "schema"] };
    [env!("CARGO_MANIFEST_DIR"), folder[0], folder[1], name].iter().collect()
}

pub(crate) fn schema(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path(name)).expect("the schema is there")).expect("JSON")
}

pub(crate) fn assert_valid(schema: &Value, document: &Value) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).expect("a schema");
    let errors: Vec<_> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The same schema with no key allowed that it does not name.
pub(crate) fn strict(mut schema: Value) -> Value {
    fn close(value: &mut Value) {
        match value {
            Value::Object(object) => {
                if object.contains_key("properties") {
                    object.insert("additionalProperties".to_owned(), Value::Bool(false));
                }
                object.values_mut().for_each(close);
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

/// Every copy of the document that lacks one key of one object which is not a map.
pub(crate) fn with_a_key_missing(document: &Value) -> Vec<(String, Value)> {
    fn walk(at: &Value, pointer: &str, whole: &Value, out: &mut Vec<(String, Value)>) {
        // Keys of these are ids, not names of the format; of `Section` one key is there by choice.
        const MAPS: [&str; 12] = [
            "s3_requests/complete/buckets",
            "efs_metrics/complete/file_systems",
            "efs_reads/complete/file_systems",
            "lifecycle",
            "rules",
            "lifecycle_gaps",
            "by_status",
            "by_reason",
            "by_type",
            "stale_active",
            "resources",
            "repository_scanning_gaps",
        ];
        match at {
            Value::Object(object) => {
                for (key, value) in object {
                    let here = format!("{pointer}/{key}");
                    if !MAPS.iter().any(|map| pointer.ends_with(&format!("/{map}"))) {
                        let mut copy = whole.clone();
                        let parent = copy.pointer_mut(pointer).and_then(Value::as_object_mut).expect("the parent");
                        parent.remove(key);
                        out.push((here.clone(), copy));
                    }
                    walk(value, &here, whole, out);
                }
            }
            Value::Array(items) => {
                items.iter().take(1).for_each(|item| walk(item, &format!("{pointer}/0"), whole, out));
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(document, "", document, &mut out);
    out
}

fn as_json(report: &Report) -> Value {
    let mut bytes = Vec::new();
    write(Format::Json, report, &RULES, &Style::default(), &mut bytes).expect("a vector takes everything");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// A snapshot in which every section is there, with one row each.
fn full_snapshot() -> Value {
    serde_json::from_str(include_str!("support/full_snapshot.json")).expect("JSON")
}

#[test]
fn reports_validate() {
    let schema = schema("report-v1.json");
    for report in [sample(), empty(), compared()] {
        assert_valid(&schema, &as_json(&report));
        assert_valid(&strict(schema.clone()), &as_json(&report));
    }
}

#[test]
fn sarif_validates_against_the_standard() {
    let mut schema = schema("sarif-2.1.0.json");
    // The published pattern for language codes ends in a stray bracket, which ECMA-262 regular expressions refuse.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language["pattern"] = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    for report in [sample(), empty(), compared()] {
        let mut bytes = Vec::new();
        write(Format::Sarif, &report, &RULES, &Style::default(), &mut bytes).expect("a vector takes everything");
        assert_valid(&schema, &serde_json::from_slice(&bytes).expect("JSON"));
    }
}

/// By `xmllint`, where it is installed: CI has it, and no crate validates against XML schemas.
#[test]
fn junit_validates_against_the_schema_of_jenkins() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        return;
    }
    for report in [sample(), empty()] {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        write(Format::Junit, &report, &RULES, &Style::default(), &mut file).expect("written");
        let output = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/schema/junit-10.xsd"))
            .arg(file.path())
            .output()
            .expect("xmllint runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn snapshots_validate_whole_and_unseen() {
    let schema = schema("snapshot-v1.json");
    let snapshot: Snapshot = serde_json::from_value(full_snapshot()).expect("a snapshot");
    let unseen = Snapshot {
        schema_version: 1,
        tool: Tool::this(),
        taken_at: taken_at(),
        targets: vec![Target::unseen("111122223333", "ap-northeast-1", taken_at())],
    };
    for snapshot in [snapshot, unseen] {
        let document = serde_json::to_value(&snapshot).expect("JSON");
        assert_valid(&schema, &document);
        assert_valid(&strict(schema.clone()), &document);
    }
}

#[test]
fn the_full_snapshot_has_no_gap_and_loses_nothing() {
    let snapshot: Snapshot = serde_json::from_value(full_snapshot()).expect("a snapshot");
    assert!(snapshot.targets[0].gaps().iter().all(|(_, resource, _)| resource.is_some()));
    assert_eq!(serde_json::to_value(&snapshot).expect("JSON"), full_snapshot());
}

#[test]
fn every_key_is_required() {
    let report = {
        let mut report = compared();
        report.findings.truncate(1);
        // By rule: no key of it is needed.
        report.run.unasked.clear();
        as_json(&report)
    };
    for (name, document) in [("report-v1.json", report), ("snapshot-v1.json", full_snapshot())] {
        let validator = jsonschema::validator_for(&schema(name)).expect("a schema");
        assert!(validator.is_valid(&document));
        let copies = with_a_key_missing(&document);
        assert!(copies.len() > 60, "{name}: {}", copies.len());
        for (pointer, copy) in copies {
            assert!(!validator.is_valid(&copy), "{name} does not require {pointer}");
        }
    }
}

/// The one list in the schemas that follows from the code, and is written anew with the golden files.
#[test]
fn the_report_schema_names_every_section() {
    let list = "/$defs/gap/properties/section/enum";
    let names = Value::from(SectionName::ALL.iter().map(|section| section.as_str()).collect::<Vec<_>>());
    let mut schema = schema("report-v1.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        schema.pointer_mut(list).expect("a list").clone_from(&names);
        let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
        std::fs::write(path("report-v1.json"), text).expect("the schema can be written");
    }
    assert_eq!(schema.pointer(list), Some(&names), "the list is of before: UPDATE_GOLDEN=1 writes it");
}
