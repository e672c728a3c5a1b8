//! Runs an analysis over fixtures and reads it.

use std::path::PathBuf;

use inspector_audit::model::Target;
use inspector_audit::render::words::{RunContext, say};
use inspector_audit::report::v1::GapReport;
use inspector_audit::report::v1::{self, Finding};
use inspector_audit::rules::{Rule, RuleVerdict, Verdict, terraform_rules};
use inspector_audit::terraform::{InputSummary, TerraformError, TerraformSettings};

/// An analysis in the words of the report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Analysis {
    pub(crate) findings: Vec<Finding>,
    pub(crate) verdicts: Vec<RuleVerdict>,
    pub(crate) gaps: Vec<GapReport>,
    pub(crate) inputs: Vec<InputSummary>,
}

pub(crate) fn analyse(
    paths: &[PathBuf],
    live: &[Target],
    settings: &TerraformSettings,
    selected: &[&Rule],
) -> Result<Analysis, TerraformError> {
    let analysis = inspector_audit::terraform::analyse(paths, live, settings, selected)?;
    let v1::Evaluation { findings, verdicts, gaps, .. } = say::evaluation(analysis.evaluation, &RunContext::default());
    Ok(Analysis { findings, verdicts, gaps, inputs: analysis.inputs })
}

/// Where the fixtures are, relative to the package, where tests run.
pub(crate) const FIXTURES: &str = "fixtures/terraform";

pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(FIXTURES).join(name)
}

pub(crate) fn try_run(paths: &[PathBuf], live: &[Target]) -> Result<Analysis, TerraformError> {
    let selected: Vec<_> = terraform_rules().collect();
    analyse(paths, live, &TerraformSettings::default(), &selected)
}

pub(crate) fn try_run_with(paths: &[PathBuf], settings: &TerraformSettings) -> Result<Analysis, TerraformError> {
    let selected: Vec<_> = terraform_rules().collect();
    analyse(paths, &[], settings, &selected)
}

pub(crate) fn run(name: &str) -> Analysis {
    try_run(&[fixture(name)], &[]).expect("the fixture can be read")
}

/// The rules that found something, with the address each points at.
pub(crate) fn found(analysis: &Analysis) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, &str)> =
        analysis.findings.iter().map(|finding| (finding.rule.as_str(), finding.resource.id.as_str())).collect();
    found.sort_unstable();
    found
}

pub(crate) fn verdict(analysis: &Analysis, rule: &str) -> Verdict {
    let verdict = analysis.verdicts.iter().find(|verdict| verdict.rule == rule);
    verdict.unwrap_or_else(|| panic!("no verdict for {rule}")).verdict
}

pub(crate) fn finding<'a>(analysis: &'a Analysis, rule: &str) -> &'a Finding {
    let finding = analysis.findings.iter().find(|finding| finding.rule == rule);
    finding.unwrap_or_else(|| panic!("no finding of {rule} in {:?}, gaps {:?}", found(analysis), analysis.gaps))
}

/// A root module made of one file, in a directory of its own.
pub(crate) fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (name, content) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(path, content).expect("a file");
    }
    dir
}

/// The analysis of a root module with these files.
pub(crate) fn run_files(files: &[(&str, &str)]) -> Analysis {
    let dir = root(files);
    try_run(&[dir.path().to_owned()], &[]).expect("the root can be read")
}

pub(crate) const LOOP: &str = "terraform-coupling-loop";
pub(crate) const CONDITIONAL: &str = "terraform-coupling-loop-conditional";
pub(crate) const HIDDEN: &str = "terraform-coupling-loop-hidden";
pub(crate) const CONFLICT: &str = "terraform-enabler-conflict";
pub(crate) const INVALID: &str = "terraform-scan-rules-invalid";
pub(crate) const IMPLICIT: &str = "terraform-implicit-continuous-scan";
pub(crate) const DESTROY: &str = "terraform-destroy-disables-scanning";
pub(crate) const NARROWER: &str = "terraform-enabler-narrower-than-live";
pub(crate) const WRITERS: &str = "terraform-registry-several-writers";
pub(crate) const OFF: &str = "terraform-scanning-switched-off";

pub(crate) const CALLER: &str = "data \"aws_caller_identity\" \"here\" {}\n";

/// An enabler of the caller's account for these types, with whatever else stands in its block.
pub(crate) fn enabler(types: &str) -> String {
    format!(
        "{CALLER}resource \"aws_inspector2_enabler\" \"scan\" {{\n  account_ids    = [data.aws_caller_identity.here.account_id]\n  \
         resource_types = {types}\n}}\n"
    )
}

/// A registry of this scan type that scans everything on push.
pub(crate) fn registry(scan_type: &str) -> String {
    format!(
        "resource \"aws_ecr_registry_scanning_configuration\" \"main\" {{\n  scan_type = {scan_type}\n  rule {{\n    \
         scan_frequency = \"SCAN_ON_PUSH\"\n    repository_filter {{\n      filter      = \"*\"\n      filter_type = \
         \"WILDCARD\"\n    }}\n  }}\n}}\n"
    )
}

/// Both, behind some text of their own.
pub(crate) fn both(before: &str, types: &str, scan_type: &str) -> String {
    format!("{before}\n{}{}", enabler(types), registry(scan_type))
}

/// The rules that found something, with their severity, each once.
pub(crate) fn told(analysis: &Analysis) -> Vec<(String, String)> {
    let severity = |severity| format!("{severity:?}").to_lowercase();
    let mut told: Vec<_> =
        analysis.findings.iter().map(|finding| (finding.rule.clone(), severity(finding.severity))).collect();
    told.sort();
    told.dedup();
    told
}

/// Nothing but this is found, and nothing is left open.
#[track_caller]
pub(crate) fn decided(files: &[(&str, &str)], expected: &[(&str, &str)]) -> Analysis {
    let analysis = run_files(files);
    let expected: Vec<(String, String)> =
        expected.iter().map(|(rule, severity)| ((*rule).to_owned(), (*severity).to_owned())).collect();
    assert_eq!(told(&analysis), expected, "{:#?}\n{:?}", files, analysis.gaps);
    assert!(analysis.gaps.is_empty(), "{files:#?}\n{:?}", analysis.gaps);
    analysis
}

#[track_caller]
pub(crate) fn loops(text: &str) {
    decided(&[("main.tf", text)], &[(LOOP, "high")]);
}

#[track_caller]
pub(crate) fn safe(text: &str) {
    decided(&[("main.tf", text)], &[]);
}

/// A conditional loop that is so under this condition.
#[track_caller]
pub(crate) fn loops_when(text: &str, condition: &str) {
    let analysis = decided(&[("main.tf", text)], &[(CONDITIONAL, "medium")]);
    let message = &analysis.findings[0].message;
    assert!(message.ends_with(&format!("This is so when {condition}.")), "{message}");
}
