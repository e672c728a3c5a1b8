//! What was seen of the sample's targets and what was not: verdicts, gaps, suppressions.

use inspector_audit::model::{GapReason, SectionName};
use inspector_audit::report::Suppression;
use inspector_audit::report::v1::GapReport;
use inspector_audit::rules::{RuleVerdict, Verdict};

use super::sample_report::{ACCOUNT, HOSTILE, TOKYO};

/// Two gaps that keep rules open, and one that does not.
pub(super) fn gaps() -> Vec<GapReport> {
    let gap = |section, resource: Option<&str>, operation: &str, reason, message: &str, rules: &[&str]| GapReport {
        account: ACCOUNT.to_owned(),
        region: TOKYO.to_owned(),
        section,
        resource: resource.map(str::to_owned),
        operation: operation.to_owned(),
        reason,
        message: message.to_owned(),
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
    };
    vec![
        gap(
            SectionName::EcrRegistryScanning,
            None,
            "ecr:GetRegistryScanningConfiguration",
            GapReason::AccessDenied,
            "the credentials may not call ecr:GetRegistryScanningConfiguration: add that action to the policy that \
             `inspector-audit iam-policy` prints",
            &["ecr-continuous-scan", "inspector-all-types-enabled"],
        ),
        gap(
            SectionName::EfsLifecycle,
            Some("fs-0aaaaaaaaaaaaaaa1"),
            "elasticfilesystem:DescribeLifecycleConfiguration",
            GapReason::Throttled,
            "throttled at every one of 5 attempts\u{1b}[2J: <b>try again</b> with a lower --concurrency",
            &["efs-tier-recall"],
        ),
        gap(
            SectionName::InspectorEcrImages,
            None,
            "inspector2:ListCoverageStatistics",
            GapReason::NotEnabled,
            "Inspector is not enabled here",
            &[],
        ),
    ]
}

/// One suppression for every state.
pub(super) fn suppressions() -> Vec<Suppression> {
    let suppression = |rule: &str, resource: Option<&str>, reason: &str, expires: Option<&str>| Suppression {
        rule: Some(rule.to_owned()),
        account: None,
        region: None,
        resource: resource.map(str::to_owned),
        reason: reason.to_owned(),
        expires: expires.map(|day| day.parse().expect("a date")),
        comment: None,
    };
    vec![
        suppression("efs-*", Some("fs-0aaaaaaaaaaaaaaa5"), HOSTILE[3], Some("2026-11-21")),
        suppression("ecr-filter-substring", None, "The team's naming, agreed on.", None),
        suppression("ecr-scan-rules-overlap", None, "Until the migration is over.", Some("2026-11-20")),
        suppression("efs-tiering-pinned", Some("fs-0dddddddddddddddd"), HOSTILE[4], None),
        suppression("ecr-repositories-unscanned", None, "A rule that nobody asked for.", None),
    ]
}

/// A verdict of every kind.
pub(super) fn verdicts(account: &str) -> Vec<RuleVerdict> {
    let here = account == ACCOUNT;
    let pick = |first, second| if here { first } else { second };
    [
        ("ecr-continuous-scan", pick(Verdict::Inconclusive, Verdict::Findings)),
        ("ecr-filter-substring", pick(Verdict::Findings, Verdict::Clean)),
        ("ecr-inspector-auto-disable", Verdict::Clean),
        ("ecr-scan-rules-overlap", pick(Verdict::Findings, Verdict::Clean)),
        ("efs-cold-read-charges", pick(Verdict::Findings, Verdict::Clean)),
        ("efs-tier-recall", pick(Verdict::Findings, Verdict::Clean)),
        ("efs-tiering-pinned", pick(Verdict::Findings, Verdict::NotApplicable)),
        ("exclusion-tag-ineffective", pick(Verdict::Findings, Verdict::NotApplicable)),
        ("inspector-all-types-enabled", pick(Verdict::Inconclusive, Verdict::Findings)),
    ]
    .map(|(rule, verdict)| RuleVerdict { rule: rule.to_owned(), verdict })
    .to_vec()
}
