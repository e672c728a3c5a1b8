//! The instances of a finding, with how it is known that each mounts the file system.

use maud::{Markup, html};

use super::names::spaced;
use crate::render::text::{brief, count};
use crate::render::words;
use crate::report::v1::{Finding, InstanceRef};

/// How many instances are listed; the JSON report has up to a hundred.
const LISTED: usize = 12;
/// The longest name.
const NAME: usize = 90;
/// The longest sentence.
const TEXT: usize = 600;

/// The instances as a table, and how many more there are.
pub(super) fn table(finding: &Finding) -> Markup {
    if finding.instances.is_empty() {
        return html! {};
    }
    let counts = finding.instance_counts;
    let all = counts.confirmed.saturating_add(counts.likely).saturating_add(counts.possible);
    let listed = u64::try_from(finding.instances.len().min(LISTED)).unwrap_or(u64::MAX);
    html! {
        h4 { "Instances, and how it is known" }
        div.scroll tabindex="0" {
            table.instances {
                thead {
                    tr {
                        th scope="col" { "Instance" }
                        th scope="col" { "Mount" }
                        th scope="col" { "Evidence" }
                        th scope="col" { "Where" }
                        th scope="col" { "Exclusion" }
                    }
                }
                tbody { @for instance in finding.instances.iter().take(LISTED) { (row(instance)) } }
            }
        }
        @if all > listed {
            p.soft.small {
                "and " (count(all - listed, "more instance", "more instances"))
                // By id at least those that the report names, so that a filter finds them.
                @for instance in finding.instances.iter().skip(LISTED) { " " bdi { (brief(&instance.id, NAME)) } }
            }
        }
    }
}

/// The instances by id, name and mount point alone.
pub(super) fn named(instances: &[InstanceRef]) -> Markup {
    html! {
        @if !instances.is_empty() {
            p.small {
                "Instances:"
                @for instance in instances {
                    " " bdi { (brief(&instance.id, NAME)) }
                    @if let Some(name) = &instance.name { " " bdi.soft { (brief(name, NAME)) } }
                    @if let Some(point) = &instance.mount_point { " " code { bdi { (brief(point, NAME)) } } }
                    ";"
                }
            }
        }
    }
}

fn row(instance: &InstanceRef) -> Markup {
    html! {
        tr {
            th scope="row" {
                bdi { (brief(&instance.id, NAME)) }
                @if let Some(name) = &instance.name { div.soft { bdi { (brief(name, NAME)) } } }
            }
            td { span.mount.(words::mount(instance.mount)) { (spaced(words::mount(instance.mount))) } }
            td {
                @match &instance.evidence {
                    Some(evidence) => { bdi { (brief(evidence, TEXT)) } }
                    None => { span.soft { "the network would let it" } }
                }
                @if let Some(at) = instance.observed_at {
                    div.soft.small { "seen " (at.format("%Y-%m-%d %H:%M UTC").to_string()) }
                }
            }
            td {
                @if let Some(point) = &instance.mount_point { code { bdi { (brief(point, NAME)) } } }
                div.soft.small { (words::scan_scope(instance.scan_scope)) }
            }
            td { (spaced(words::exclusion(instance.exclusion))) }
        }
    }
}
