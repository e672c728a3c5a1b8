//! From data to the words of the report's contract: every sentence of a finding is made on the way through here.

use super::{ecr, efs, terraform};
use crate::report::v1;
use crate::rules::finding::{
    Assumption, Condition, ConditionEvidence, Cost, CostItem, CostLine, Evaluation, Evidence, Finding, InstanceRef,
    MountEvidence, NoFigure, Reason, Remedy, WayOut,
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
pub fn evaluation(evaluation: Evaluation) -> v1::Evaluation {
    let Evaluation { findings, verdicts, gaps, inventory } = evaluation;
    let mut findings: Vec<v1::Finding> = findings.into_iter().map(finding).collect();
    v1::Finding::rank(&mut findings);
    v1::Evaluation { findings, verdicts, gaps, inventory }
}

/// One finding, said.
pub fn finding(finding: Finding) -> v1::Finding {
    let no_figure = finding.no_figure.map(|why| match why {
        NoFigure::MissingPrice(missing) => missing.remedy(),
        NoFigure::Told(said) => said,
    });
    let reason = serde_json::to_value(&finding.reason).unwrap_or_default();
    let Told { title, message } = match finding.reason {
        Reason::Efs(reason) => efs::reason(&reason),
        Reason::Ecr(reason) => ecr::reason(&reason),
        Reason::Terraform(reason) => terraform::reason(&reason),
        Reason::Told { title, message } => Told { title, message },
    };
    v1::Finding {
        rule: finding.rule.to_owned(),
        severity: finding.severity,
        confidence: finding.confidence,
        account: finding.account,
        region: finding.region,
        resource: finding.resource,
        location: finding.location,
        title,
        message,
        reason,
        conditions: finding.conditions.into_iter().map(condition).collect(),
        instances: finding.instances.into_iter().map(instance).collect(),
        instance_counts: finding.instance_counts,
        cost: finding.cost.map(cost),
        no_figure,
        evidence: finding.evidence.into_iter().map(evidence).collect(),
        remediation: remedy(finding.remedy),
        ways_out: finding.ways_out.into_iter().map(way_out).collect(),
        history: finding.history,
        suppressed: None,
        new: None,
        fingerprint: finding.fingerprint,
    }
}

fn condition(condition: Condition) -> v1::Condition {
    let ConditionEvidence::Told(evidence) = condition.evidence;
    v1::Condition { number: condition.number, name: condition.name.to_owned(), state: condition.state, evidence }
}

fn instance(instance: InstanceRef) -> v1::InstanceRef {
    v1::InstanceRef {
        id: instance.id,
        name: instance.name,
        mount: instance.mount,
        exclusion: instance.exclusion,
        evidence: instance.evidence.map(|MountEvidence::Told(said)| said),
        observed_at: instance.observed_at,
        mount_point: instance.mount_point,
        scan_scope: instance.scan_scope,
    }
}

fn cost(cost: Cost) -> v1::Cost {
    v1::Cost {
        monthly_usd: cost.monthly_usd,
        one_time_usd: cost.one_time_usd,
        basis: cost.basis,
        assumptions: cost.assumptions.into_iter().map(assumption).collect(),
        lines: cost.lines.into_iter().map(line).collect(),
    }
}

fn assumption(assumption: Assumption) -> String {
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

fn remedy(remedy: Remedy) -> v1::Remediation {
    match remedy {
        Remedy::None => v1::Remediation::default(),
        Remedy::Told { summary, commands } => v1::Remediation { summary, commands },
    }
}

fn way_out(way: WayOut) -> v1::WayOut {
    v1::WayOut {
        way: way.way,
        recommended: way.recommended,
        available: way.available,
        reason: way.reason,
        monthly_usd: way.monthly_usd,
        one_time_usd: way.one_time_usd,
        protection_lost: way.protection_lost,
        instances_unprotected: way.instances_unprotected,
        who: way.who,
        confidence: way.confidence,
        assumptions: way.assumptions.into_iter().map(assumption).collect(),
    }
}
