//! The probe as a document of Systems Manager, so that an operator can allow this one script and no other.

use serde_json::{Map, Value, json};

use super::probe::SCRIPT;

/// What comes before the document on the page.
const PAGE: &str = include_str!("probe.md");

/// Seconds after which Systems Manager ends the script.
const TIMEOUT: &str = "120";

/// The document for `aws ssm create-document`: the script, no parameters (Systems Manager user guide, "Command document
/// plugin reference", 2026-10).
#[must_use]
pub fn document() -> Value {
    json!({
        "schemaVersion": "2.2",
        "description": "inspector-audit: which network and S3 file systems a host mounts. Reads, changes nothing.",
        "mainSteps": [{
            "action": "aws:runShellScript",
            "name": "probe",
            "precondition": { "StringEquals": ["platformType", "Linux"] },
            "inputs": { "timeoutSeconds": TIMEOUT, "runCommand": SCRIPT.lines().collect::<Vec<_>>() },
        }],
    })
}

/// The page of `inspector-audit explain probe`. The document comes last and begins at the only line that is `{`.
#[must_use]
pub fn page() -> String {
    format!("{}\n\n{:#}", PAGE.trim_end(), document())
}

/// Whether a document's content, in JSON, runs exactly this version's script and takes no parameters.
///
/// # Errors
/// What differs, in words for the operator.
pub fn document_matches(content: &str) -> Result<(), String> {
    let content: Value = serde_json::from_str(content).map_err(|error| format!("the content is not JSON: {error}"))?;
    let content = content.as_object().ok_or("the content is not a JSON object")?;
    only(content, &["schemaVersion", "description", "parameters", "mainSteps"], "the document")?;
    if content.get("schemaVersion").and_then(Value::as_str) != Some("2.2") {
        return Err("schemaVersion is not 2.2".to_owned());
    }
    if content.get("parameters").is_some_and(|parameters| !parameters.as_object().is_some_and(Map::is_empty)) {
        return Err("it takes parameters, so what it runs is not fixed".to_owned());
    }
    let step = match content.get("mainSteps").and_then(Value::as_array).map(Vec::as_slice) {
        Some([step]) => step.as_object().ok_or("its step is not a JSON object")?,
        _ => return Err("it has not exactly one step".to_owned()),
    };
    only(step, &["action", "name", "precondition", "inputs"], "its step")?;
    if step.get("action").and_then(Value::as_str) != Some("aws:runShellScript") {
        return Err("its step is not aws:runShellScript".to_owned());
    }
    let inputs = step.get("inputs").and_then(Value::as_object).ok_or("its step has no inputs")?;
    only(inputs, &["timeoutSeconds", "runCommand"], "its inputs")?;
    let lines = inputs.get("runCommand").and_then(Value::as_array).ok_or("its inputs have no runCommand")?;
    let lines: Option<Vec<&str>> = lines.iter().map(Value::as_str).collect();
    let script = lines.ok_or("runCommand has something other than text")?.join("\n");
    if script.trim_end_matches('\n') != SCRIPT.trim_end_matches('\n') {
        return Err(
            "its script is not that of this version: create it again from `inspector-audit explain probe`".to_owned()
        );
    }
    Ok(())
}

fn only(object: &Map<String, Value>, known: &[&str], whose: &str) -> Result<(), String> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("{whose} has a field that this version's has not: {key:?}")),
        None => Ok(()),
    }
}
