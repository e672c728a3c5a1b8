//! Names as the page shows them.

use maud::{Markup, html};

use crate::render::text::{brief, clean};
use crate::report::v1::Finding;

/// The longest name.
const NAME: usize = 90;

/// The id; a registry has its account's, which would read as a repetition.
pub(super) fn id(finding: &Finding) -> Markup {
    html! {
        @if finding.resource.kind == "AWS::ECR::Registry" { "registry " }
        bdi { (brief(&finding.resource.id, NAME)) }
    }
}

/// A name of the JSON contract with spaces for underscores.
pub(super) fn spaced(name: &str) -> String {
    clean(name).replace('_', " ")
}
