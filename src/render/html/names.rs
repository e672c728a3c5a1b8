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

/// A condition's name as a heading: `ssm_agent_installed` is `SSM agent installed`.
pub(super) fn heading(name: &str) -> String {
    let mut words: Vec<String> = spaced(&brief(name, NAME)).split(' ').map(str::to_owned).collect();
    for (index, word) in words.iter_mut().enumerate() {
        if matches!(word.as_str(), "ssm" | "ec2" | "efs") {
            word.make_ascii_uppercase();
        } else if let Some(first) = word.get_mut(..1).filter(|_| index == 0) {
            first.make_ascii_uppercase();
        }
    }
    words.join(" ")
}
