//! What the provider or the API rejects.

use crate::render::words::told::quoted;
use crate::rules::finding::terraform::Fault;

/// All of them, in a sentence without its end.
pub(super) fn faults(faults: &[Fault], more: usize) -> String {
    let more = (more > 0).then(|| format!("and {more} more of the kind"));
    faults.iter().map(fault).chain(more).collect::<Vec<_>>().join("; ")
}

/// One of them.
pub(super) fn fault(fault: &Fault) -> String {
    match fault {
        Fault::NoArgument { name, meant } => absent("argument", name, meant.as_deref()),
        Fault::NoBlock { name, meant } => absent("block", name, meant.as_deref()),
        Fault::Missing { name } => format!("{name} is missing"),
        Fault::NoResourceType { name, meant } => absent("resource type", name, meant.as_deref()),
        Fault::NotInRegion { name, region } => format!("{name} is not available in {region}, as far as is known"),
        Fault::ScanType { value } => format!("scan_type is {}; it can be BASIC or ENHANCED", quoted(value)),
        Fault::TooManyRules { count, limit } => format!(
            "there are {count} rules, and the API takes {limit}: write one rule per frequency with several \
             repository_filter blocks"
        ),
        Fault::FrequencyTwice { frequency, count } => {
            format!("{count} rules have the frequency {frequency}: one rule with all the filters says it")
        }
        Fault::RulePerElement { over } => format!(
            "a rule is made for {over}, all of one frequency: as soon as there are two elements the API rejects them; make \
             the repository_filter blocks dynamic instead"
        ),
        Fault::ContinuousUnderBasic => "CONTINUOUS_SCAN under BASIC: only SCAN_ON_PUSH is supported there".to_owned(),
        Fault::Manual => {
            "the frequency MANUAL cannot be written: it is what a repository has that no rule matches".to_owned()
        }
        Fault::NoFrequency { value } => format!("there is no frequency {}", quoted(value)),
        Fault::NoFilter => "a rule has no repository_filter".to_owned(),
        Fault::TooManyFilters { count, limit } => format!("a rule has {count} filters, and the API takes {limit}"),
        Fault::Filter { value } => format!(
            "the filter {} is not valid: lower-case letters, digits, `*`, and single . _ - / between them",
            quoted(value)
        ),
        Fault::FilterType { value } => format!("filter_type is {}; only WILDCARD exists", quoted(value)),
    }
}

fn absent(what: &str, name: &str, meant: Option<&str>) -> String {
    match meant {
        Some(meant) if meant == name => format!("{meant} is no {what}"),
        Some(meant) => format!("there is no {what} {}; {meant} may be meant", quoted(name)),
        None => format!("there is no {what} {}", quoted(name)),
    }
}
