//! What to write instead: a summary, HCL, and commands about the state.
//!
//! HCL holds names of the configuration only where they are identifiers; everything else foreign stands in quotes, of
//! HCL or of the shell.

use std::collections::BTreeSet;

use crate::aws_cli::word::word;
use crate::render::words::line::comment;
use crate::report::v1::{Remediation, Snippet};
use crate::rules::finding::terraform::{Advice, Edit, Filters, Remedy};

/// What to do about a finding, said.
pub(in crate::render::words) fn remedy(remedy: &Remedy) -> Remediation {
    let tie = if remedy.tie { "Tie both resources to the same variable. " } else { "" };
    let mut said = Remediation { summary: format!("{tie}{}", summary(remedy.advice)), ..Remediation::default() };
    let several = remedy.ways.len() > 1;
    for (number, way) in (1..).zip(&remedy.ways) {
        let prefix = if several { format!("way {number}{}: ", leads(way)) } else { String::new() };
        for edit in way {
            match written(edit) {
                Written::Hcl { what, hcl } => {
                    said.configuration.push(Snippet { what: format!("{prefix}{what}"), hcl });
                }
                Written::Commands { what, commands } => {
                    said.commands.push(comment(&format!("{prefix}{what}")));
                    said.commands.extend(commands);
                }
                // What is no name in HCL is left to the reader.
                Written::Nothing => {}
            }
        }
    }
    said
}

/// What a way comes to, where one of several is to be chosen.
fn leads(way: &[Edit]) -> &'static str {
    match way.first() {
        Some(Edit::Forget { .. } | Edit::ForgetInstance { .. }) => {
            " (the registry alone decides, and AWS switches Inspector's ECR scanning along with it)"
        }
        Some(Edit::Enhanced { .. }) => " (both on: Inspector scans images, on push)",
        Some(Edit::Types { .. }) => " (both on: Inspector scans images, as the registry's rules say)",
        _ => "",
    }
}

fn summary(advice: Advice) -> &'static str {
    match advice {
        Advice::OneOwner => "Let one resource own the setting: drop the enabler, or make both say the same.",
        Advice::DropIgnoreChanges => "Let one resource own the setting, and drop ignore_changes.",
        Advice::DecideInOnePlace => "Decide in one place whether member accounts scan with Inspector.",
        Advice::OneEnabler => "Write one enabler per account and region, with all types.",
        Advice::OneRulePerFrequency => {
            "Write at most two rules, one per frequency, with all the filters of that frequency in it."
        }
        Advice::AsTheProviderHasIt => "Write the arguments and resource types as the provider has them.",
        Advice::WriteRules => "Write the rules: CONTINUOUS_SCAN for what is deployed, SCAN_ON_PUSH for the rest.",
        Advice::ForgetInsteadOfDestroy => {
            "Take it out of the state without destroying it, unless switching scanning off is what you want."
        }
        Advice::Untaint => "Take the taint away: nothing has to be destroyed to make it again.",
        Advice::WriteOnce => {
            "Write the registry's configuration once per account and region, with the filters of all repositories."
        }
        Advice::ListWhatStays => "List every type that has to stay on.",
        Advice::WriteEnhanced => {
            "Write ENHANCED with the rules that are meant, or accept that images are scanned on push only."
        }
        Advice::KeepEnhanced => {
            "Keep ENHANCED with the rules that are meant, unless switching Inspector's ECR scanning off is what you want."
        }
        Advice::KeepTypesAndAccounts => "List every type and account that has to stay on.",
    }
}

enum Written {
    Hcl { what: String, hcl: String },
    Commands { what: String, commands: Vec<String> },
    Nothing,
}

fn written(edit: &Edit) -> Written {
    let hcl = |what: String, hcl: String| Written::Hcl { what, hcl };
    let state = |what: &str, command: String| Written::Commands { what: what.to_owned(), commands: vec![command] };
    match edit {
        Edit::Forget { address } if is_reference(address) => hcl(
            format!("delete the block of {address} and write beside it"),
            format!("removed {{\n  from = {address}\n  lifecycle {{\n    destroy = false\n  }}\n}}"),
        ),
        Edit::ForgetInRemoved { address } => {
            hcl(format!("in the removed block of {address}"), "lifecycle {\n  destroy = false\n}".to_owned())
        }
        Edit::ForgetInstance { address } => state(
            "take the key out of for_each, and the instance out of the state before the next apply",
            format!("terraform state rm {}", word(address)),
        ),
        Edit::Untaint { address } => state(
            "nothing is wrong with it that a replacement would mend",
            format!("terraform untaint {}", word(address)),
        ),
        Edit::KeepOne { from, to, others } => Written::Commands {
            what: "drop count or for_each, keep one instance and take the others out of the state".to_owned(),
            commands: std::iter::once(format!("terraform state mv {} {}", word(from), word(to)))
                .chain(others.iter().map(|other| format!("terraform state rm {}", word(other))))
                .collect(),
        },
        Edit::Enhanced { address, depends_on } if is_reference(address) => {
            let after = depends_on.as_deref().filter(|after| is_reference(after));
            let after = after.map_or_else(String::new, |after| format!("\ndepends_on = [{after}]"));
            let body = if address.starts_with("awscc_") { ON_PUSH_CC } else { ON_PUSH };
            hcl(format!("in {address}, for all rules that it has"), format!("{body}{after}"))
        }
        Edit::ScanTypeEnhanced { address } if is_reference(address) => {
            hcl(format!("in {address}"), "scan_type = \"ENHANCED\"".to_owned())
        }
        Edit::Types { address, types } if is_reference(address) => {
            hcl(format!("in {address}"), format!("resource_types = [{}]", list(types)))
        }
        Edit::OneRule { address, rules } if is_reference(address) => hcl(
            format!("in {address}, for all rules that it has"),
            one_rule(rules.as_ref(), address.starts_with("awscc_")),
        ),
        Edit::KnownTypes { address } if is_reference(address) => hcl(
            format!("in {address}, of these"),
            "resource_types = [\"EC2\", \"ECR\", \"LAMBDA\", \"LAMBDA_CODE\", \"CODE_REPOSITORY\"]".to_owned(),
        ),
        Edit::NewRegistry => hcl("beside the enabler".to_owned(), resource(ON_PUSH)),
        Edit::RegistryForAll { scan_type, rules } => {
            let decide =
                if scan_type.is_none() { " # ENHANCED or BASIC: now not the same for all, or not known" } else { "" };
            let scan_type = text(scan_type.as_deref().unwrap_or("ENHANCED"));
            hcl(
                "once, outside of what exists per repository".to_owned(),
                resource(&format!("scan_type = {scan_type}{decide}\n{}", one_rule(rules.as_ref(), false))),
            )
        }
        _ => Written::Nothing,
    }
}

/// ENHANCED with a rule on push.
const ON_PUSH: &str = "scan_type = \"ENHANCED\"
# no re-scans: what is deployed needs a rule CONTINUOUS_SCAN with its filters beside this one
rule {
  scan_frequency = \"SCAN_ON_PUSH\"
  repository_filter {
    filter      = \"*\"
    filter_type = \"WILDCARD\"
  }
}";

/// The same in the words of `awscc` (terraform-provider-awscc, generated from the `CloudFormation` schema, 2026).
const ON_PUSH_CC: &str = "scan_type = \"ENHANCED\"
# no re-scans: what is deployed needs a rule CONTINUOUS_SCAN with its filters beside this one
rules = [{
  scan_frequency = \"SCAN_ON_PUSH\"
  repository_filters = [{
    filter      = \"*\"
    filter_type = \"WILDCARD\"
  }]
}]";

/// One rule for each frequency; filters to be replaced where those that are written are not all known.
fn one_rule(rules: Option<&Filters>, is_cc: bool) -> String {
    let examples = || Filters::from([("SCAN_ON_PUSH".to_owned(), ["team-a/*", "team-b/*"].map(str::to_owned).into())]);
    let yours = if rules.is_none() { " # examples: your filters" } else { "" };
    let rules = rules.cloned().unwrap_or_else(examples);
    if is_cc {
        let rule = |(frequency, filters): (&String, &BTreeSet<String>)| {
            let filters = list(filters);
            format!(
                "  {{\n    scan_frequency = {}\n    repository_filters = [\n      for filter in [{filters}] : {{ filter = filter, \
                 filter_type = \"WILDCARD\" }}{yours}\n    ]\n  }},\n",
                text(frequency)
            )
        };
        return format!("rules = [\n{}]", rules.iter().map(rule).collect::<String>());
    }
    let rule = |(frequency, filters): (&String, &BTreeSet<String>)| {
        let frequency = text(frequency);
        let filters = list(filters);
        format!(
            "rule {{\n  scan_frequency = {frequency}\n  dynamic \"repository_filter\" {{\n    for_each = toset([{filters}]){yours}\n    \
             content {{\n      filter      = repository_filter.value\n      filter_type = \"WILDCARD\"\n    }}\n  }}\n}}"
        )
    };
    rules.iter().map(rule).collect::<Vec<_>>().join("\n")
}

fn resource(body: &str) -> String {
    let body: Vec<String> = body.lines().map(|line| format!("  {line}")).collect();
    format!("resource \"aws_ecr_registry_scanning_configuration\" \"this\" {{\n{}\n}}", body.join("\n"))
}

/// Type and name, both identifiers: everything else would be an expression of somebody else's.
fn is_reference(address: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    address.split_once('.').is_some_and(|(kind, name)| is_name(kind) && is_name(name))
}

/// A text in quotes, as HCL reads it: a template in it would be evaluated, so it is escaped.
fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace("${", "$${").replace("%{", "%%{")
}

fn list(texts: &BTreeSet<String>) -> String {
    texts.iter().map(|one| text(one)).collect::<Vec<_>>().join(", ")
}
