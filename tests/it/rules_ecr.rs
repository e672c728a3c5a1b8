//! The R2 rules on small targets: each one firing, not firing, undecided and without its kind.

mod coupling;
mod edges;
mod field;
mod images;
mod laws;
mod repositories;

use std::sync::LazyLock;

use crate::builders::ecr as builder;
use crate::support::evaluate;
use builder::World;
use inspector_audit::model::SectionName;
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::rules::{RULES, Rule, RuleSettings, Verdict, rule};
use rust_decimal::Decimal;

static PRICES: LazyLock<PriceTable> = LazyLock::new(PriceTable::embedded);

fn judge(world: &World, id: &str) -> Evaluation {
    let rule = rule(id).expect("a rule");
    evaluate(&world.0, &PRICES, &RuleSettings::default(), &[rule])
}

fn verdict(world: &World, id: &str) -> Verdict {
    judge(world, id).verdicts[0].verdict
}

fn finding(world: &World, id: &str) -> Finding {
    let mut evaluation = judge(world, id);
    assert_eq!(evaluation.findings.len(), 1, "{id}: {:?}", evaluation.verdicts);
    evaluation.findings.remove(0)
}

/// The sections that keep a rule open.
fn blocked(world: &World, id: &str) -> Vec<SectionName> {
    let gaps = judge(world, id).gaps;
    gaps.into_iter().filter(|gap| gap.rules == [id]).map(|gap| gap.section).collect()
}

fn evidence<'a>(finding: &'a Finding, kind: &str) -> Vec<&'a str> {
    finding.evidence.iter().filter(|evidence| evidence.kind == kind).map(|evidence| evidence.detail.as_str()).collect()
}

fn ecr_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| {
        rule.id.starts_with("ecr-") || ["inspector-all-types-enabled", "inspector-free-trial"].contains(&rule.id)
    })
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("decimal")
}
