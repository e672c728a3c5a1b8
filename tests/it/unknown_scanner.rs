//! Where it is not known what scans an instance, or whether anything does: what costs more counts, and what can be decided is.

use inspector_audit::model::{Configuration, Section, SectionName, Tag, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding, WayOut};
use inspector_audit::rules::efs::evidence::source_states;
use inspector_audit::rules::efs::evidence_scope;
use inspector_audit::rules::{Confidence, RuleSettings, Verdict, Way};
use inspector_audit::what_if::fees::{self, Charged, Unknown};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::builders::efs::{
    TIB, account_status, coverage, denied, everything, exposed, group, instance, lifecycle, node, rules, with,
    with_file_system,
};
use crate::builders::metrics::{measured, metrics, step};
use crate::rules_laws::{judge, world};
use crate::support::evaluate;

const CHARGES: &str = "efs-cold-read-charges";
const MOVED: &str = "efs-cold-data-moved";
const PLUGIN: &str = "EC2_SSM_AGENT_BASED";
const VM: &str = "EC2_INSPECTOR_AGENT_BASED";
const NOBODY_KNOWS: &str = "EC2_DREAM_BASED";

/// Ten cold tebibytes that stay cold.
fn stays_cold() -> Target {
    with(exposed(), |target| target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into())
}

fn covered(target: Target, mode: &str) -> Target {
    with(target, |target| target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", mode)]))
}

fn uncovered(target: Target) -> Target {
    with(target, |target| target.inspector.ec2_coverage = denied())
}

fn charges(target: &Target) -> Finding {
    judge(target).findings.into_iter().find(|finding| finding.rule == CHARGES).expect("exposed")
}

fn high(finding: &Finding) -> Decimal {
    finding.cost.as_ref().expect("a price").monthly_usd.high.0
}

fn way(finding: &Finding, wanted: Way) -> &WayOut {
    finding.ways_out.iter().find(|way| way.way == wanted).expect("every way is weighed")
}

fn verdict(evaluation: &Evaluation, rule: &str) -> Option<Verdict> {
    evaluation.verdicts.iter().find(|one| one.rule == rule).map(|one| one.verdict)
}

#[test]
fn an_instance_that_the_vm_scanner_may_scan_costs_what_the_dearer_of_both_does() {
    let (plugin, vm_scanner) = (charges(&covered(stays_cold(), PLUGIN)), charges(&covered(stays_cold(), VM)));
    assert!(high(&plugin) < high(&vm_scanner));
    for target in [uncovered(stays_cold()), covered(stays_cold(), NOBODY_KNOWS)] {
        let finding = charges(&target);
        assert_eq!(high(&finding), high(&vm_scanner));
        let assumptions = &finding.cost.as_ref().expect("a price").assumptions;
        let said = |text: &str| assumptions.iter().any(|one| one.contains(text));
        assert!(
            said("whether the VM Scanner scans 1 of them, 240 times a month each, is not known"),
            "{assumptions:#?}"
        );
        assert!(said("A scan by the plugin reads") && said("A scan by the VM Scanner reads"), "{assumptions:#?}");
        // What stops the plugin may not stop the VM Scanner.
        for taken in [Way::ExcludeInstances, Way::DeactivateDeepInspection] {
            let way = way(&finding, taken);
            assert_eq!(way.monthly_usd.expect("a price").high.0, high(&finding), "{taken:?}");
            assert_eq!(way.confidence, Confidence::Low, "{taken:?}");
            assert!(way.reason.contains("Whether the VM Scanner scans 1 instance was not seen"), "{}", way.reason);
        }
        assert!(!way(&finding, Way::StopVmScanner).available, "nobody knows of one");
    }
    // Of one cold gibibyte the schedule that comes more often reads more.
    let small = |target: Target| {
        with(with_file_system(target, |fs| fs.size.ia = Some(1 << 30)), |target| {
            if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
                association.schedule_expression = Some("rate(30 minutes)".into());
            }
        })
    };
    assert_eq!(high(&charges(&uncovered(small(stays_cold())))), high(&charges(&covered(small(stays_cold()), PLUGIN))));
}

#[test]
fn fees_do_not_count_an_instance_as_agentless_while_the_vm_scanner_may_scan_it() {
    let fleet = |rows: Section<_>, mode: &str| {
        with(exposed(), |target| {
            target.ec2.instances = Section::Complete(vec![instance("i-0a"), instance("i-0b")]);
            target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Inactive")]);
            target.inspector.ec2_coverage = rows;
            target.inspector.configuration =
                Section::Complete(Configuration { ec2_scan_mode: Some(mode.into()), ..Configuration::default() });
        })
    };
    let lines = |rows, mode| {
        let target = fleet(rows, mode);
        let lines = fees::lines(&target, &target, &PriceTable::embedded());
        let of = |what| lines.iter().find(|line| line.of == what).cloned();
        (of(Charged::Agent), of(Charged::Agentless))
    };
    let rows = |mode: &str| Section::Complete(vec![coverage("i-0b", mode)]);
    for (open, why) in [(denied(), Unknown::Coverage(1)), (rows(NOBODY_KNOWS), Unknown::CoverageMode(1))] {
        let (agent, agentless) = lines(open, "EC2_HYBRID");
        for line in [agent.expect("a line"), agentless.expect("a line")] {
            assert_eq!(line.then_quantity, None);
            assert_eq!(line.unknown.as_ref(), Some(&why), "{line:?}");
        }
    }
    let quantity = |hours: u32| Some(Decimal::from(hours));
    // The mode of the account rules agentless scans out, whatever coverage says.
    let (agent, agentless) = lines(denied(), "EC2_SSM_AGENT_BASED");
    assert_eq!((agent.expect("a line").then_quantity, agentless), (None, None));
    for (mode, by_agent, without) in [(VM, 1_440, None), (PLUGIN, 720, Some(720)), ("EC2_AGENTLESS", 720, Some(720))] {
        let (agent, agentless) = lines(rows(mode), "EC2_HYBRID");
        assert_eq!(agent.expect("a line").then_quantity, quantity(by_agent), "{mode}");
        assert_eq!(agentless.and_then(|line| line.then_quantity), without.and_then(quantity), "{mode}");
    }
    // A service that is not there hides nothing.
    let gone = Section::Absent(crate::builders::efs::gap(inspector_audit::model::GapReason::NotEnabled));
    assert_eq!(lines(gone, "EC2_HYBRID").1.and_then(|line| line.then_quantity), quantity(720));
}

#[test]
fn an_excluded_instance_that_the_vm_scanner_may_scan_keeps_the_sum_over_instances_open() {
    let seen = with(stays_cold(), |target| {
        let mut excluded = instance("i-0b");
        excluded.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
        excluded.metadata_options.as_mut().expect("options").instance_metadata_tags = Some("enabled".into());
        target.ec2.instances = Section::Complete(vec![instance("i-0a"), excluded]);
        target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Online")]);
        target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", PLUGIN), coverage("i-0b", VM)]);
    });
    let asleep = with(seen.clone(), |target| {
        let Section::Complete(instances) = &mut target.ec2.instances else { unreachable!("they were seen") };
        for instance in instances {
            instance.state = "stopped".into();
        }
    });
    for (target, rule) in [(seen, CHARGES), (asleep, "efs-exposure-dormant")] {
        let is_open = |target: &Target| judge(target).gaps.iter().any(|gap| gap.rules.iter().any(|one| one == rule));
        assert!(!is_open(&target), "{rule}");
        assert!(is_open(&uncovered(target)), "{rule}");
    }
}

/// Nobody is let in.
fn closed(target: Target) -> Target {
    let groups = vec![group("sg-app", vec![], vec![everything()]), group("sg-efs", vec![], vec![])];
    with(target, |target| target.ec2.security_groups = Section::Complete(groups))
}

fn off(target: Target) -> Target {
    with(target, |target| target.inspector.account_status = account_status("ENABLED", "DISABLED"))
}

#[test]
fn series_that_were_read_decide_where_nothing_scans_and_only_a_missing_section_does_not() {
    let judge = |target: &Target| verdict(&judge(target), MOVED);
    let mut short = step(90, 0, 0);
    for points in [&mut short.standard, &mut short.ia, &mut short.archive] {
        *points = points.split_off(170);
    }
    for nobody in [off as fn(Target) -> Target, closed] {
        assert_eq!(judge(&nobody(measured(step(90, 10 * TIB, 10 * TIB)))), Some(Verdict::Findings));
        assert_eq!(judge(&nobody(measured(step(90, 10 * TIB, 4 * TIB)))), Some(Verdict::Clean), "some of it at most");
        assert_eq!(judge(&nobody(measured(short.clone()))), Some(Verdict::Clean), "nothing that shows a move");
        let other = |target: &mut Target| {
            let mut other = metrics(step(90, 0, 0));
            other.file_systems.clear();
            target.evidence.efs_metrics = Section::Complete(other);
        };
        assert_eq!(judge(&nobody(with(exposed(), other))), Some(Verdict::Clean), "nobody asked for it");
        let missing = with(exposed(), |target| target.evidence.efs_metrics = denied());
        assert_eq!(judge(&nobody(missing)), Some(Verdict::Inconclusive));
    }
}

#[test]
fn what_nobody_scans_is_worth_its_series_and_what_nobody_could_list_the_passive_sources() {
    let unreached = |target: &Target| evidence_scope(target).unreached.into_iter().collect::<Vec<_>>();
    let nothing = [] as [&str; 0];
    let disabled = with(exposed(), |target| target.inspector.account_status = account_status("DISABLED", "DISABLED"));
    for target in [off(exposed()), disabled, off(closed(exposed()))] {
        let scope = evidence_scope(&target);
        assert!(scope.file_systems.is_empty() && scope.unreached.is_empty() && scope.instances.is_empty());
        assert_eq!(scope.metered.into_iter().collect::<Vec<_>>(), ["fs-0a"]);
    }
    let warm = |target| with_file_system(target, |fs| (fs.size.ia, fs.size.standard) = (Some(0), Some(1 << 20)));
    assert!(evidence_scope(&off(warm(exposed()))).metered.is_empty(), "nothing of it is cold");
    let unlisted = |target| with(target, |target| target.ec2.instances = denied());
    assert_eq!(unreached(&unlisted(closed(exposed()))), ["fs-0a"]);
    assert_eq!(unreached(&unlisted(closed(warm(exposed())))), nothing);
    let bare = with_file_system(unlisted(closed(exposed())), |fs| fs.number_of_mount_targets = 0);
    assert_eq!(unreached(&bare), nothing);
}

#[test]
fn every_section_of_evidence_is_a_source() {
    let states = source_states(&exposed());
    for section in [SectionName::CloudWatchEfsReads, SectionName::SsmAssociationTargets] {
        assert!(states.iter().any(|(of, _)| *of == section), "{section}");
    }
    let names: Vec<String> = states.iter().map(|(section, _)| section.to_string()).collect();
    assert!(names.is_sorted(), "{names:?}");
}

fn sum(evaluation: &Evaluation) -> Decimal {
    let costs = evaluation.findings.iter().filter_map(|finding| finding.cost.as_ref());
    costs.map(|cost| cost.monthly_usd.high.0).sum()
}

proptest! {
    #[test]
    fn low_is_no_more_than_likely_and_likely_no_more_than_high(target in world(), percent in prop::option::of(0..=100_u32)) {
        let read_fraction = percent.map(|percent| Decimal::from(percent) / Decimal::ONE_HUNDRED);
        let settings = RuleSettings { read_fraction, ..RuleSettings::default() };
        for finding in evaluate(&target, &PriceTable::embedded(), &settings, &rules()).findings {
            let ways = finding.ways_out.iter().filter_map(|way| way.monthly_usd);
            for monthly in ways.chain(finding.cost.as_ref().map(|cost| cost.monthly_usd)) {
                let likely = monthly.likely.unwrap_or(monthly.low);
                prop_assert!(monthly.low <= likely && likely <= monthly.high, "{}: {:?}", finding.rule, monthly);
            }
        }
    }

    #[test]
    fn unseen_coverage_makes_no_sum_smaller_without_a_gap_that_says_so(target in world(), percent in prop::option::of(0..=100_u32)) {
        let read_fraction = percent.map(|percent| Decimal::from(percent) / Decimal::ONE_HUNDRED);
        let settings = RuleSettings { read_fraction, ..RuleSettings::default() };
        let judge = |target: &Target| evaluate(target, &PriceTable::embedded(), &settings, &rules());
        let (seen, unseen) = (judge(&target), judge(&uncovered(target.clone())));
        let open = unseen.gaps.iter().any(|gap| !gap.rules.is_empty());
        prop_assert!(sum(&unseen) >= sum(&seen) || open);
        for after in &unseen.findings {
            let same = |one: &&Finding| (&one.rule, &one.resource) == (&after.rule, &after.resource);
            let Some((before, after)) = seen.findings.iter().find(same).and_then(|one| one.cost.as_ref()).zip(after.cost.as_ref())
            else { continue };
            let (before, after) = (before.monthly_usd, after.monthly_usd);
            let is_less = after.high < before.high || after.likely < before.likely;
            // Fewer instances are known to be exposed, and the gap says so.
            prop_assert!(!is_less || open, "{:?} {:?}", before, after);
        }
    }
}
