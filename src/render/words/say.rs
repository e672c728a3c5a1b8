//! From data to the words of the report's contract: every sentence of a finding is made on the way through here.

use super::cost::cost;
use super::told::Told;
use super::{RunContext, ecr, efs, remedy, short, status, terraform, ways};
use crate::model::{AskedBy, Gap, GapReason, SectionName};
use crate::price::MissingPrice;
use crate::report::v1;
use crate::rules::finding::{
    Condition, Evaluation, Evidence, Finding, InstanceRef, NoFigure, OpenGap, OpenQuestion, Reason, WhyOpen,
};

/// What the rules say about one target, said.
pub fn evaluation(evaluation: Evaluation, run: &RunContext) -> v1::Evaluation {
    let Evaluation { findings, verdicts, unasked, gaps, inventory } = evaluation;
    let mut findings: Vec<v1::Finding> = findings.into_iter().map(|one| finding(one, run)).collect();
    v1::Finding::rank(&mut findings);
    let mut gaps: Vec<v1::GapReport> = gaps.into_iter().map(gap).collect();
    gaps.sort();
    // Whose it is the report adds, as to the verdicts.
    let file_systems = inventory.file_systems_exposed_if_scanned;
    let off = (file_systems > 0).then(|| v1::Note {
        kind: "ec2_scanning_off".to_owned(),
        account: String::new(),
        region: String::new(),
        file_systems,
        message: format!("{}.", status::scanning_off(file_systems, "")),
    });
    v1::Evaluation { findings, verdicts, unasked, gaps, inventory, notes: off.into_iter().collect() }
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
    };
    let no_figure = finding.no_figure.map(|why| match why {
        NoFigure::MissingPrice(missing) => missing_price(&missing),
        NoFigure::Ecr(why) => ecr::no_figure(why),
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

fn evidence(evidence: Evidence) -> v1::Evidence {
    match evidence {
        Evidence::Efs(evidence) => efs::evidence(&evidence),
        Evidence::Ecr(evidence) => ecr::evidence(&evidence),
        Evidence::Terraform(evidence) => terraform::evidence(&evidence),
    }
}

/// That nobody asked for a section, and how to ask.
fn not_asked(section: SectionName) -> String {
    format!("{section} was not asked for: {}", how_to_ask(section))
}

/// How a section is asked for.
pub(super) fn how_to_ask(section: SectionName) -> &'static str {
    match section.asked_by() {
        AskedBy::Always | AskedBy::InspectorPrices => "collect again",
        AskedBy::EcrUsage => "collect with --ecr-usage",
        AskedBy::Metrics => "collect without --no-metrics",
        AskedBy::MountEvidence => "collect without --no-mount-evidence",
        AskedBy::CloudTrail => "collect with --cloudtrail",
        AskedBy::CostExplorer => "collect with --cost-explorer",
        AskedBy::MountMap => "give the mount table of an instance: --mount-table INSTANCE=FILE",
        AskedBy::ProbeMounts => "collect with --probe-mounts",
    }
}

/// A gap as the report lists it.
fn gap(gap: OpenGap) -> v1::GapReport {
    let (operation, reason, message) = match gap.why {
        WhyOpen::Met(Gap { operation, reason, message, .. }) => (operation, reason, message),
        WhyOpen::Open(OpenQuestion::Efs(question)) => {
            (question.operation().to_owned(), question.reason(), efs::question(&question))
        }
        WhyOpen::Open(OpenQuestion::Ecr(question)) => {
            (question.operation().to_owned(), GapReason::Other, ecr::question(&question))
        }
        WhyOpen::Open(OpenQuestion::Status(open)) => {
            ("inspector2:BatchGetAccountStatus".to_owned(), GapReason::Other, status::unsettled(&open))
        }
        WhyOpen::Open(OpenQuestion::Terraform(question)) => {
            (String::new(), GapReason::Other, terraform::question(&question))
        }
        WhyOpen::NotInSnapshot => (String::new(), GapReason::Other, not_asked(gap.section)),
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
