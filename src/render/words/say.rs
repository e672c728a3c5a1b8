//! From data to the words of the report's contract: every sentence of a finding is made on the way through here.

use super::{RunContext, ecr, efs, remedy, short, terraform, ways};
use crate::model::{Gap, GapReason};
use crate::price::MissingPrice;
use crate::render::text::clean;
use crate::report::v1;
use crate::rules::finding::{
    Assumption, Condition, Cost, CostItem, CostLine, Evaluation, Evidence, Finding, InstanceRef, NoFigure, OpenGap,
    OpenQuestion, Reason, WhyOpen,
};

/// A headline, and the whole story in a few sentences.
#[derive(Debug)]
pub(super) struct Told {
    /// The headline.
    pub(super) title: String,
    /// The story.
    pub(super) message: String,
}

/// What the rules say about one target, said.
pub fn evaluation(evaluation: Evaluation, run: &RunContext) -> v1::Evaluation {
    let Evaluation { findings, verdicts, gaps, inventory } = evaluation;
    let mut findings: Vec<v1::Finding> = findings.into_iter().map(|one| finding(one, run)).collect();
    v1::Finding::rank(&mut findings);
    let mut gaps: Vec<v1::GapReport> = gaps.into_iter().map(gap).collect();
    gaps.sort();
    v1::Evaluation { findings, verdicts, gaps, inventory }
}

/// One finding, said.
pub fn finding(finding: Finding, run: &RunContext) -> v1::Finding {
    let remediation = remedy::remedy(&finding, run);
    let headline = short::headline(&finding);
    let reason = serde_json::to_value(&finding.reason).unwrap_or_default();
    let Told { title, message } = match &finding.reason {
        Reason::Efs(reason) => efs::reason(reason, &finding),
        Reason::Ecr(reason) => ecr::reason(reason),
        Reason::Terraform(reason) => terraform::reason(reason),
        Reason::Told { title, message } => Told { title: title.clone(), message: message.clone() },
    };
    let no_figure = finding.no_figure.map(|why| match why {
        NoFigure::MissingPrice(missing) => missing_price(&missing),
        NoFigure::Ecr(why) => ecr::no_figure(why),
        NoFigure::Told(said) => said,
    });
    v1::Finding {
        rule: finding.rule.to_owned(),
        severity: finding.severity,
        confidence: finding.confidence,
        account: finding.account,
        region: finding.region,
        resource: finding.resource,
        location: finding.location,
        headline,
        title,
        message,
        reason,
        conditions: finding.conditions.iter().map(condition).collect(),
        instances: finding.instances.into_iter().map(instance).collect(),
        instance_counts: finding.instance_counts,
        cost: finding.cost.map(cost),
        no_figure,
        evidence: finding.evidence.into_iter().map(evidence).collect(),
        remediation,
        ways_out: ways::ways_out(finding.ways_out),
        history: finding.history,
        suppressed: None,
        new: None,
        fingerprint: finding.fingerprint,
    }
}

/// Which price is missing, and what would supply it: a phrase.
fn missing_price(missing: &MissingPrice) -> String {
    let MissingPrice { service, region, dimension } = missing;
    format!("no {service} {dimension} for {region}; supply it with --prices FILE")
}

fn condition(condition: &Condition) -> v1::Condition {
    let evidence = efs::condition(&condition.evidence);
    v1::Condition { number: condition.number, name: condition.name.to_owned(), state: condition.state, evidence }
}

fn instance(instance: InstanceRef) -> v1::InstanceRef {
    v1::InstanceRef {
        id: instance.id,
        name: instance.name,
        mount: instance.mount,
        exclusion: instance.exclusion,
        evidence: instance.evidence.as_ref().map(|item| efs::mount(&item.evidence)),
        observed_at: instance.evidence.and_then(|item| item.at),
        mount_point: instance.mount_point,
        scan_scope: instance.scan_scope,
    }
}

fn cost(cost: Cost) -> v1::Cost {
    v1::Cost {
        monthly_usd: cost.monthly_usd,
        one_time_usd: cost.one_time_usd,
        basis: cost.basis,
        part: cost.part,
        assumptions: cost.assumptions.into_iter().map(assumption).collect(),
        lines: cost.lines.into_iter().map(line).collect(),
    }
}

pub(super) fn assumption(assumption: Assumption) -> String {
    match assumption {
        Assumption::Efs(assumption) => efs::assumption(&assumption),
        Assumption::Ecr(assumption) => ecr::assumption(&assumption),
        Assumption::Terraform(assumption) => terraform::assumption(&assumption),
        Assumption::Told(said) => said,
    }
}

fn line(line: CostLine) -> v1::CostLine {
    let item = match line.item {
        CostItem::Efs(item) => efs::item(item),
        CostItem::Ecr(item) => ecr::item(item),
        CostItem::Terraform(item) => terraform::item(item),
        CostItem::Told(item) => item,
    };
    v1::CostLine {
        item,
        quantity: line.quantity,
        unit: line.unit,
        unit_price_usd: line.unit_price_usd,
        monthly_usd: line.monthly_usd,
        one_time_usd: line.one_time_usd,
        price_source: line.price_source,
        price_as_of: line.price_as_of,
    }
}

fn evidence(evidence: Evidence) -> v1::Evidence {
    match evidence {
        Evidence::Efs(evidence) => efs::evidence(&evidence),
        Evidence::Ecr(evidence) => ecr::evidence(&evidence),
        Evidence::Terraform(evidence) => terraform::evidence(&evidence),
        Evidence::Told { kind, detail } => v1::Evidence { kind, detail },
    }
}

/// A gap as the report lists it.
fn gap(gap: OpenGap) -> v1::GapReport {
    let (operation, reason, message) = match gap.why {
        WhyOpen::Met(Gap { operation, reason, message, .. }) => (operation, reason, message),
        WhyOpen::Open(OpenQuestion::Efs(question)) => {
            (question.operation().to_owned(), GapReason::Other, efs::question(&question))
        }
        WhyOpen::Open(OpenQuestion::Told { operation, message }) => (operation, GapReason::Other, message),
        WhyOpen::NotInSnapshot => (String::new(), GapReason::Other, format!("{} is not in this snapshot", gap.section)),
    };
    v1::GapReport {
        account: gap.account,
        region: gap.region,
        section: gap.section,
        resource: gap.resource,
        operation,
        reason,
        message,
        rules: gap.rules,
    }
}

/// Foreign text in a sentence: in quotes, with what is not seen written out.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", clean(text))
}
