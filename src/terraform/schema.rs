//! What the provider's schemas accept, as far as the rules look at it: a misspelt argument ends the plan.

use super::resources::{ENABLER, REGISTRY, REGISTRY_CC, TextSet};
use crate::rules::finding::terraform::Fault;

/// Arguments that every resource takes.
const META: [&str; 7] = ["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"];

/// Attributes and blocks of a resource type (terraform-provider-aws, `internal/service/ecr/registry_scanning_configuration.go`
/// and `internal/service/inspector2/enabler.go`; terraform-provider-awscc, generated from the `CloudFormation` schema; 2026).
fn known(kind: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    match kind {
        ENABLER => Some((&["account_ids", "resource_types", "region", "id"], &["timeouts"])),
        REGISTRY => Some((&["scan_type", "region", "id", "registry_id"], &["rule"])),
        REGISTRY_CC => Some((&["scan_type", "rules", "id", "registry_id"], &[])),
        _ => None,
    }
}

/// What is written in a block and is no argument of its type, each with what was probably meant.
pub(crate) fn faults<'n>(
    kind: &str,
    attributes: impl Iterator<Item = &'n String>,
    blocks: impl Iterator<Item = &'n String>,
) -> Vec<Fault> {
    let Some((own_attributes, own_blocks)) = known(kind) else { return Vec::new() };
    let of = |name: &str, own: &[&str]| own.contains(&name) || META.contains(&name) || name == "dynamic";
    let nearest = |name: &str| {
        let own = own_attributes.iter().chain(own_blocks);
        own.copied()
            .filter(|own| strsim::damerau_levenshtein(own, name) <= 2)
            .min_by_key(|own| strsim::damerau_levenshtein(own, name))
    };
    let meant = |name: &str| nearest(name).map(str::to_owned);
    let attributes = attributes
        .filter(|name| !of(name, own_attributes))
        .map(|name| Fault::NoArgument { name: name.clone(), meant: meant(name) });
    let blocks = blocks
        .filter(|name| !of(name, own_blocks))
        .map(|name| Fault::NoBlock { name: name.clone(), meant: meant(name) });
    attributes.chain(blocks).collect()
}

/// Arguments that have to be there and are not, not even under a name that is nearly theirs.
pub(crate) fn missing<'n>(kind: &str, written: &(impl Iterator<Item = &'n String> + Clone)) -> Vec<Fault> {
    let required: &[&str] = match kind {
        ENABLER => &["account_ids", "resource_types"],
        REGISTRY | REGISTRY_CC => &["scan_type"],
        _ => &[],
    };
    let is_written = |argument: &str| {
        let name = meant(kind, argument, written.clone());
        written.clone().any(|written| *written == name)
    };
    let missing = required.iter().filter(|argument| !is_written(argument));
    missing.map(|argument| Fault::Missing { name: (*argument).to_owned() }).collect()
}

/// What is written as a resource type of Inspector and is none (`ValidateResourceScanType`, terraform-provider-aws,
/// `internal/service/inspector2/enabler.go`, 2026).
pub(crate) fn type_faults(types: &TextSet) -> Vec<Fault> {
    const TYPES: [&str; 5] = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"];
    let unknown = types.known.iter().filter(|name| !TYPES.contains(&name.as_str()));
    let fault = |name: &String| {
        let upper = name.to_uppercase();
        let nearest = TYPES.iter().min_by_key(|known| strsim::damerau_levenshtein(known, &upper));
        let meant = nearest.filter(|meant| strsim::damerau_levenshtein(meant, &upper) <= 2);
        Fault::NoResourceType { name: name.clone(), meant: meant.map(|meant| (*meant).to_owned()) }
    };
    unknown.map(fault).collect()
}

/// The regions in which Inspector scans Lambda code (AWS Config developer guide, `inspector-lambda-code-scan-enabled`, "AWS
/// Region: Only available in", 2026-11: the rule is where the feature is).
const LAMBDA_CODE_REGIONS: [&str; 10] = [
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];

/// Resource types that a region does not have.
pub(crate) fn region_faults(types: &TextSet, region: Option<&str>) -> Vec<Fault> {
    match region {
        Some(region) if types.known.contains("LAMBDA_CODE") && !LAMBDA_CODE_REGIONS.contains(&region) => {
            vec![Fault::NotInRegion { name: "LAMBDA_CODE".to_owned(), region: region.to_owned() }]
        }
        _ => Vec::new(),
    }
}

/// The name under which an argument is written: itself, or one that is nearly it.
pub(crate) fn meant<'n>(kind: &str, argument: &str, mut written: impl Iterator<Item = &'n String> + Clone) -> String {
    let exact = written.clone().any(|name| name == argument);
    let taken = |name: &str| known(kind).is_some_and(|(own, _)| own.contains(&name));
    let near = |name: &&String| !taken(name) && strsim::damerau_levenshtein(name, argument) <= 2;
    if exact { argument.to_owned() } else { written.find(near).cloned().unwrap_or_else(|| argument.to_owned()) }
}
