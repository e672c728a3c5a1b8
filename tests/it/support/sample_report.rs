//! One set of findings for all formats: every severity, confidence and basis, gaps, and names that attack.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use inspector_audit::model::SectionName;
use inspector_audit::price::{PriceTable, Usd};
use inspector_audit::report::v1::{
    Condition, Cost, CostLine, Evaluation, Evidence, Finding, InstanceRef, Note, Remediation, WayOut,
};
use inspector_audit::report::{Report, ReportBuilder, TargetId};
use inspector_audit::rules::{
    Basis, BillPart, ConditionState, Confidence, Exclusion, InstanceCounts, Inventory, MonthlyUsd, MountState,
    Resource, RuleVerdict, ScanScope, Severity, Verdict, Way, fingerprint,
};
use rust_decimal::Decimal;

use super::{sample_exposure, sample_money, sample_seen};

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const OTHER: &str = "444455556666";
pub(super) const TOKYO: &str = "ap-northeast-1";
const VIRGINIA: &str = "us-east-1";

/// Names as an attacker, or an unlucky colleague, may choose them.
pub(crate) const HOSTILE: [&str; 8] = [
    "red\u{1b}[31malert\u{7}\u{9b}2J\u{0}",
    "\u{202e}gpj.stnemyap\u{2066}\u{200f}",
    "<script>alert('1')</script><img src=x onerror=alert(2)>&amp;\"",
    "| **bold** [link](javascript:alert(3)) `code` ![pixel](http://example.com/p.png) @team <!-- \n# heading",
    "=HYPERLINK(\"http://example.com\",\"pay\")",
    "]]><failure/>\u{fffe}\u{b}\u{2028}",
    "${jndi:ldap://example.com} $(reboot) %s %n {{7*7}}",
    "共有ファイルシステム（本番）",
];

/// A name of four thousand characters.
pub(crate) fn endless() -> String {
    "endless-".repeat(500)
}

/// When the sample was taken.
pub(crate) fn taken_at() -> DateTime<Utc> {
    "2026-11-21T03:04:05Z".parse().expect("a time")
}

pub(super) fn usd(text: &str) -> Usd {
    Usd(text.parse().expect("an amount"))
}

pub(super) fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// The sample.
pub(crate) fn sample() -> Report {
    let mut builder = ReportBuilder::new("aws", PriceTable::embedded().provenance().clone());
    let tokyo = Evaluation {
        findings: vec![
            recall(),
            cold_reads(),
            ineffective_tag(),
            pinned(),
            unpriced(),
            overlap(),
            old_archive(),
            substring(),
        ],
        verdicts: sample_seen::verdicts(ACCOUNT),
        gaps: sample_seen::gaps(),
        inventory: Inventory {
            instances: 1_240,
            file_systems: 4,
            repositories: 12,
            file_systems_exposed_if_scanned: 0,
        },
        unasked: BTreeMap::from([("efs-elastic-reads".to_owned(), vec![SectionName::CloudWatchEfsMetrics])]),
        notes: Vec::new(),
    };
    builder.add(TargetId { account: ACCOUNT.to_owned(), region: TOKYO.to_owned() }, taken_at(), tokyo);
    let virginia = Evaluation {
        findings: vec![rescans(), all_types()],
        verdicts: sample_seen::verdicts(OTHER),
        gaps: Vec::new(),
        unasked: BTreeMap::new(),
        inventory: Inventory { instances: 3, file_systems: 2, repositories: 40, file_systems_exposed_if_scanned: 2 },
        notes: vec![Note {
            kind: "ec2_scanning_off".into(),
            account: OTHER.into(),
            region: VIRGINIA.into(),
            file_systems: 2,
            message: "With EC2 scanning on, 2 file systems would be exposed.".into(),
        }],
    };
    builder.add(TargetId { account: OTHER.to_owned(), region: VIRGINIA.to_owned() }, taken_at(), virginia);
    let mut report = builder.build();
    // Golden files outlive releases.
    report.tool.version = "0.0.0".into();
    report.suppress(&sample_seen::suppressions());
    report.what_if = Some(sample_money::what_if(&report));
    report.measured = vec![sample_money::measured()];
    report
}

/// The sample compared with an earlier report that lacked its third finding and had one more.
pub(crate) fn compared() -> Report {
    let mut earlier = sample();
    let mut gone = earlier.findings.remove(2);
    gone.fingerprint = fingerprint(&gone.rule, ACCOUNT, TOKYO, "i-0fffffffffffffff0");
    earlier.findings.push(gone);
    let mut report = sample();
    report.compare(&earlier, &format!("sha256:{}", "0123456789abcdef".repeat(4)));
    report
}

/// The report of an account that has nothing to find.
pub(crate) fn empty() -> Report {
    let mut builder = ReportBuilder::new("aws", PriceTable::embedded().provenance().clone());
    let verdict = |rule: &str, verdict| RuleVerdict { rule: rule.to_owned(), verdict };
    let evaluation = Evaluation {
        verdicts: vec![
            verdict("ecr-continuous-scan", Verdict::NotApplicable),
            verdict("efs-cold-read-charges", Verdict::Clean),
            verdict("efs-tier-recall", Verdict::Clean),
        ],
        inventory: Inventory { instances: 1, file_systems: 1, ..Inventory::default() },
        ..Evaluation::default()
    };
    builder.add(TargetId { account: ACCOUNT.to_owned(), region: TOKYO.to_owned() }, taken_at(), evaluation);
    let mut report = builder.build();
    report.tool.version = "0.0.0".into();
    report
}

/// A report of that many findings, for formats that must stream.
pub(crate) fn many(findings: usize) -> Report {
    many_like(&recall(), findings)
}

/// The same with findings that say little.
pub(crate) fn many_small(findings: usize) -> Report {
    many_like(&finding("efs-tier-recall", "AWS::EFS::FileSystem", "fs-0123456789abcdef0", Some("home")), findings)
}

fn many_like(model: &Finding, findings: usize) -> Report {
    let mut report = sample();
    report.findings = (0..findings)
        .map(|index| {
            let mut finding = model.clone();
            finding.resource.id = format!("fs-{index:017x}");
            finding.fingerprint = fingerprint(&finding.rule, ACCOUNT, TOKYO, &finding.resource.id);
            finding
        })
        .collect();
    report.summary.findings.critical = u64::try_from(findings).expect("a count");
    report
}

fn finding(rule: &str, kind: &str, id: &str, name: Option<&str>) -> Finding {
    let service = if kind.contains("EFS") { "elasticfilesystem" } else { "ec2" };
    Finding {
        rule: rule.to_owned(),
        reason: serde_json::Value::Null,
        severity: Severity::Low,
        confidence: Confidence::High,
        account: ACCOUNT.to_owned(),
        region: TOKYO.to_owned(),
        resource: Resource {
            kind: kind.to_owned(),
            id: id.to_owned(),
            arn: Some(format!("arn:aws:{service}:{TOKYO}:{ACCOUNT}:resource/{id}")),
            name: name.map(str::to_owned),
        },
        headline: format!("{rule} is wrong here."),
        title: format!("{rule} on {id}"),
        message: "What was seen, what it means and what it costs, in a few sentences.".to_owned(),
        conditions: Vec::new(),
        instances: Vec::new(),
        instance_counts: InstanceCounts::default(),
        cost: None,
        no_figure: None,
        evidence: Vec::new(),
        remediation: Remediation::default(),
        location: None,
        ways_out: Vec::new(),
        history: None,
        suppressed: None,
        new: None,
        fingerprint: fingerprint(rule, ACCOUNT, TOKYO, id),
    }
}

fn conditions(sixth: ConditionState) -> Vec<Condition> {
    [
        ("ssm_agent_installed", "2 instances have a row in DescribeInstanceInformation"),
        ("ssm_managed", "both are Online"),
        ("inspector_enabled", "the account's state is ENABLED"),
        ("ec2_scanning_enabled", "resourceState.ec2 is ENABLED, deep inspection ACTIVATED"),
        ("efs_mounted", "the mount target's groups admit both instances on TCP 2049"),
        ("cold_data", "10,240 GiB in IA, nothing in Archive"),
    ]
    .into_iter()
    .zip(1..)
    .map(|((name, evidence), number)| Condition {
        number,
        name: name.to_owned(),
        state: if number == 6 { sixth } else { ConditionState::Met },
        evidence: evidence.to_owned(),
    })
    .collect()
}

fn line(item: &str, quantity: &str, unit: &str, price: &str, monthly: &str, once: &str) -> CostLine {
    CostLine {
        item: item.to_owned(),
        quantity: number(quantity),
        unit: unit.to_owned(),
        unit_price_usd: number(price),
        monthly_usd: usd(monthly),
        one_time_usd: usd(once),
        price_source: "AWS price list".to_owned(),
        price_as_of: Some("2025-09-25".to_owned()),
    }
}

fn recall() -> Finding {
    let mut finding = finding("efs-tier-recall", "AWS::EFS::FileSystem", "fs-0123456789abcdef0", Some("home"));
    finding.severity = Severity::High;
    finding.confidence = Confidence::Low;
    finding.title = "Inspector's scan can move 10,240 GiB of cold data back to Standard".into();
    finding.message = "fs-0123456789abcdef0 (home) keeps 10,240 GiB in IA and returns files to Standard when they are \
                       read. Two instances that Inspector's agent scans can reach it. AWS documents that deep \
                       inspection skips network mounts; an account of AWS Support says that it does not."
        .into();
    finding.conditions = conditions(ConditionState::Met);
    finding.instances = vec![
        InstanceRef {
            id: "i-0123456789abcdef0".to_owned(),
            name: Some("web-1".to_owned()),
            mount: MountState::Possible,
            exclusion: Exclusion::None,
            evidence: None,
            observed_at: None,
            mount_point: None,
            scan_scope: ScanScope::Unknown,
        },
        InstanceRef {
            id: "i-0123456789abcdef1".to_owned(),
            name: Some(HOSTILE[0].to_owned()),
            mount: MountState::Possible,
            exclusion: Exclusion::TagOnly,
            evidence: None,
            observed_at: None,
            mount_point: None,
            scan_scope: ScanScope::Unknown,
        },
    ];
    finding.instance_counts.possible = 1_204;
    finding.cost = Some(Cost {
        monthly_usd: MonthlyUsd::at_most(usd("3407.872")),
        one_time_usd: usd("245.76"),
        basis: Basis::Bound,
        part: BillPart::Rest,
        assumptions: vec![
            "every file that is read moves to Standard as a whole".to_owned(),
            "list prices, without a private agreement".to_owned(),
        ],
        lines: vec![
            line("IA to Standard storage", "10240", "GiB-month", "0.3328", "3407.872", "0"),
            line("reading from IA and moving out of it", "10240", "GiB", "0.024", "0", "245.76"),
        ],
    });
    finding.evidence = vec![
        Evidence::new("not_exposed", "3 instances are stopped, 1 is fully excluded"),
        Evidence::new("reachability", "sg-0123456789abcdef0 admits 10.0.0.0/16 on TCP 2049"),
    ];
    finding.remediation = Remediation {
        summary: "Exclude the instances from Inspector's scan: the tag InspectorEc2Exclusion and tags in instance \
                  metadata, both. They then have no Inspector findings (Security Hub control Inspector.1)."
            .to_owned(),
        commands: vec![
            "# does the scan touch the file system? (CloudWatch, one day)".to_owned(),
            "aws cloudwatch get-metric-statistics --namespace AWS/EFS --metric-name DataReadIOBytes \\\n  --dimensions \
             Name=FileSystemId,Value=fs-0123456789abcdef0 --period 3600 --statistics Sum"
                .to_owned(),
            "aws ec2 create-tags --resources i-0123456789abcdef0 --tags Key=InspectorEc2Exclusion,Value=".to_owned(),
        ],
        looks: 2,
        configuration: Vec::new(),
    };
    finding.ways_out = ways_out();
    finding
}

/// One of each kind: recommended, priced above doing nothing, without a price, not to be had.
fn ways_out() -> Vec<WayOut> {
    let at_most = |high: &str| MonthlyUsd::at_most(usd(high));
    let way = |way, reason: &str, monthly: Option<MonthlyUsd>| WayOut {
        way,
        recommended: false,
        available: true,
        requires: None,
        reason: reason.to_owned(),
        monthly_usd: monthly,
        one_time_usd: monthly.map(|_| Usd::ZERO),
        protection_lost: String::new(),
        instances_unprotected: 0,
        who: "member account".to_owned(),
        confidence: Confidence::High,
        break_even_read_share: None,
        assumptions: vec!["Reads by others go on as before.".to_owned()],
    };
    vec![
        WayOut {
            recommended: true,
            requires: Some("metadata-tags-blocked".to_owned()),
            protection_lost: format!("Inspector reports nothing about {}.", HOSTILE[0]),
            instances_unprotected: 1_204,
            ..way(
                Way::ExcludeInstances,
                "Recommended: nothing leaves less. Metadata tags, then the tag, on 1204 instances.",
                Some(MonthlyUsd::NOTHING),
            )
        },
        WayOut {
            instances_unprotected: 1_240,
            who: HOSTILE[3].to_owned(),
            confidence: Confidence::Medium,
            ..way(Way::DeactivateDeepInspection, "The plugin is then no longer invoked.", Some(MonthlyUsd::NOTHING))
        },
        WayOut {
            one_time_usd: Some(usd("245.76")),
            confidence: Confidence::Low,
            ..way(Way::DoNothing, "What the scan reads returns to Standard.", Some(at_most("3407.872")))
        },
        WayOut {
            break_even_read_share: Some(number("0.2311")),
            ..way(
                Way::StopReturningToStandard,
                "This may cost more than doing nothing: up to $14,745.60.",
                Some(at_most("14745.6")),
            )
        },
        way(Way::StopTiering, HOSTILE[2], None),
        WayOut { available: false, ..way(Way::SlowSchedule, "It would not help.", Some(at_most("3407.872"))) },
        WayOut { available: false, ..way(Way::StopVmScanner, "Not needed.", Some(at_most("3407.872"))) },
    ]
}

fn cold_reads() -> Finding {
    let mut finding =
        finding("efs-cold-read-charges", "AWS::EFS::FileSystem", "fs-0aaaaaaaaaaaaaaa2", Some(HOSTILE[2]));
    finding.severity = Severity::High;
    finding.confidence = Confidence::Medium;
    finding.message = format!("A file system called {} is read again and again.", HOSTILE[2]);
    finding.conditions = conditions(ConditionState::Met);
    finding.instance_counts = InstanceCounts { confirmed: 2, likely: 1, possible: 40 };
    finding.cost = Some(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely: Some(usd("288.5")), high: usd("1154.003217") },
        one_time_usd: Usd::ZERO,
        basis: Basis::Estimate,
        part: BillPart::Rest,
        assumptions: vec!["120 scans a month: the association's schedule could not be read".to_owned()],
        lines: vec![line("reading from IA", "24041.666667", "GiB", "0.012", "288.5", "0")],
    });
    finding.instances = sample_exposure::mounts();
    finding.history = Some(sample_exposure::history());
    finding.ways_out = sample_exposure::ways_out();
    finding.remediation.summary = format!("Detach {} from what the agent scans.", HOSTILE[3]);
    finding.evidence = vec![Evidence::new("mount", HOSTILE[1])];
    finding
}

fn ineffective_tag() -> Finding {
    let mut finding =
        finding("exclusion-tag-ineffective", "AWS::EC2::Instance", "i-0123456789abcdef1", Some(HOSTILE[0]));
    finding.severity = Severity::Critical;
    finding.confidence = Confidence::Medium;
    finding.title = HOSTILE[4].into();
    finding.message = HOSTILE[3].into();
    finding.remediation = Remediation {
        summary: HOSTILE[4].to_owned(),
        commands: vec![format!("aws ec2 modify-instance-metadata-options # {}", HOSTILE[6])],
        looks: 0,
        configuration: Vec::new(),
    };
    finding.evidence = vec![Evidence::new("tag", HOSTILE[5])];
    finding
}

fn pinned() -> Finding {
    let mut finding = finding("efs-tiering-pinned", "AWS::EFS::FileSystem", "fs-0aaaaaaaaaaaaaaa3", Some(HOSTILE[7]));
    finding.severity = Severity::Medium;
    finding.confidence = Confidence::Low;
    finding.conditions = conditions(ConditionState::NotMet);
    finding.instance_counts.likely = 1;
    finding.cost = Some(Cost {
        monthly_usd: MonthlyUsd::at_most(usd("170.4")),
        one_time_usd: Usd::ZERO,
        basis: Basis::Bound,
        part: BillPart::Rest,
        assumptions: vec!["all of Standard would have become cold".to_owned()],
        lines: Vec::new(),
    });
    finding.remediation.summary = "Ask CloudWatch (StorageBytes) what was once cold.".into();
    finding
}

fn unpriced() -> Finding {
    let name = endless();
    let mut finding = finding("efs-tier-recall", "AWS::EFS::FileSystem", "fs-0aaaaaaaaaaaaaaa4", Some(&name));
    finding.no_figure =
        Some("no AmazonEFS standard_storage for ap-northeast-1; supply it with --prices FILE".to_owned());
    finding.severity = Severity::Medium;
    finding.confidence = Confidence::Low;
    finding.message = format!("No price for AmazonEFS ia_storage_elastic: supply one with --prices. {name}");
    finding.conditions = conditions(ConditionState::Unknown);
    finding.instance_counts.possible = 1;
    finding.remediation.summary = name;
    finding
}

fn overlap() -> Finding {
    let mut finding = finding("ecr-scan-rules-overlap", "AWS::ECR::Registry", ACCOUNT, None);
    finding.severity = Severity::Low;
    finding.evidence = vec![Evidence::new("repository", HOSTILE[6]), Evidence::new("repository", "team/app")];
    finding.remediation.summary = "Keep one rule for each repository.".into();
    finding
}

/// Suppressed by the first of the suppressions.
fn old_archive() -> Finding {
    let mut finding = finding("efs-tier-recall", "AWS::EFS::FileSystem", "fs-0aaaaaaaaaaaaaaa5", Some(HOSTILE[2]));
    finding.severity = Severity::High;
    finding.confidence = Confidence::Medium;
    finding.cost = Some(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely: Some(usd("499.2")), high: usd("499.2") },
        one_time_usd: usd("36"),
        basis: Basis::Estimate,
        part: BillPart::Rest,
        assumptions: Vec::new(),
        lines: vec![
            line("IA to Standard storage", "1500", "GiB-month", "0.3328", "499.2", "0"),
            line("reading from IA and moving out of it", "1500", "GiB", "0.024", "0", "36"),
        ],
    });
    finding
}

/// Suppressed by the second of the suppressions.
fn substring() -> Finding {
    let mut finding = finding("ecr-filter-substring", "AWS::ECR::Registry", ACCOUNT, None);
    finding.remediation.summary = "Write the names out.".into();
    finding
}

fn rescans() -> Finding {
    let mut finding = finding("ecr-continuous-scan", "AWS::ECR::Registry", OTHER, None);
    OTHER.clone_into(&mut finding.account);
    VIRGINIA.clone_into(&mut finding.region);
    finding.resource.arn = None;
    finding.severity = Severity::High;
    finding.cost = Some(Cost {
        monthly_usd: MonthlyUsd { low: usd("412.03"), likely: Some(usd("412.03")), high: usd("412.03") },
        one_time_usd: Usd::ZERO,
        basis: Basis::Measured,
        part: BillPart::Rest,
        assumptions: Vec::new(),
        lines: vec![line("re-scans of container images", "41203", "re-scan", "0.01", "412.03", "0")],
    });
    finding.fingerprint = fingerprint(&finding.rule, OTHER, VIRGINIA, OTHER);
    finding.remediation.summary = "Scan on push, and continuously only what runs.".into();
    finding
}

fn all_types() -> Finding {
    let mut finding = finding("inspector-all-types-enabled", "AWS::ECR::Registry", OTHER, None);
    OTHER.clone_into(&mut finding.account);
    VIRGINIA.clone_into(&mut finding.region);
    finding.resource.arn = None;
    finding.severity = Severity::Info;
    finding.cost = Some(Cost {
        monthly_usd: MonthlyUsd { low: usd("3.77"), likely: Some(usd("3.77")), high: usd("3.77") },
        one_time_usd: Usd::ZERO,
        basis: Basis::ListPrice,
        part: BillPart::Rest,
        assumptions: Vec::new(),
        lines: vec![line("agent-based scanning", "3", "instance-month", "1.258", "3.77", "0")],
    });
    finding.fingerprint = fingerprint(&finding.rule, OTHER, VIRGINIA, OTHER);
    finding.remediation.summary = "Keep what you use.".into();
    finding
}
