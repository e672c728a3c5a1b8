//! Money as reports from the field had it, worked out by arithmetic of the test's own; and its laws on random file systems.

use inspector_audit::model::{FileSystem, LifecycleConfiguration, Section, Tag, Target};
use inspector_audit::price::{PriceTable, Usd};
use inspector_audit::report::v1::{Finding, WayOut};
use inspector_audit::rules::{Basis, Confidence, RuleSettings, Severity, Way};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::builders::ecr::World;
use crate::builders::efs::{coverage, exposed, rules, with, with_file_system, with_instance};
use crate::builders::metrics::{POINTS, classes, measured, points};
use crate::support::evaluate;

const GIB: u64 = 1 << 30;

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// One instance and one file system of so many GiB in Standard, IA and Archive; `returns` when files are read.
fn world(region: &str, mode: &str, [standard, ia, archive]: [u64; 3], returns: bool) -> Target {
    let sized = |fs: &mut FileSystem| {
        fs.throughput_mode = Some(mode.to_owned());
        fs.size.standard = Some(standard * GIB);
        fs.size.ia = Some(ia * GIB);
        fs.size.archive = Some(archive * GIB);
        fs.size.total = Some((standard + ia + archive) * GIB);
    };
    with(with_file_system(exposed(), sized), |target| {
        region.clone_into(&mut target.region);
        let policy = LifecycleConfiguration {
            transition_to_ia: Some("AFTER_30_DAYS".to_owned()),
            transition_to_archive: (archive > 0).then(|| "AFTER_90_DAYS".to_owned()),
            transition_to_primary_storage_class: returns.then(|| "AFTER_1_ACCESS".to_owned()),
        };
        target.efs.lifecycle = [("fs-0a".to_owned(), policy)].into();
    })
}

fn findings(target: &Target, read_fraction: Option<Decimal>) -> Vec<Finding> {
    let settings = RuleSettings { read_fraction, ..RuleSettings::default() };
    evaluate(target, &PriceTable::embedded(), &settings, &rules()).findings
}

fn finding(target: &Target, rule: &str) -> Finding {
    findings(target, None).into_iter().find(|finding| finding.rule == rule).expect(rule)
}

fn way(finding: &Finding, wanted: Way) -> &WayOut {
    finding.ways_out.iter().find(|way| way.way == wanted).expect("every way is weighed")
}

/// Likely and high.
fn monthly(finding: &Finding) -> (Option<Usd>, Decimal) {
    let monthly = finding.cost.as_ref().expect("a price").monthly_usd;
    (monthly.likely, monthly.high.0.normalize())
}

fn high(way: &WayOut) -> Decimal {
    way.monthly_usd.expect("a price").high.0.normalize()
}

#[test]
fn files_that_return_on_first_access() {
    // 800 GiB in IA in Virginia: 0.30 and 0.025 a month; once 0.01 twice.
    let target = with_file_system(world("us-east-1", "provisioned", [200, 800, 0], true), |fs| {
        fs.provisioned_mibps = Some(20);
    });
    let found = finding(&target, "efs-tier-recall");
    assert_eq!(monthly(&found), (None, number("220")));
    assert_eq!(found.cost.as_ref().expect("a price").one_time_usd.0.normalize(), number("16"));
    assert_eq!((found.severity, found.confidence), (Severity::Medium, Confidence::Low), "high, if it were proven");
    // Reads are three times 20 MiB/s for 15 minutes a run, 120 times: not the 960 dollars of 120 full reads.
    let a_run = number("60") * number("900") / number("1024");
    let keep_cold = way(&found, Way::StopReturningToStandard);
    assert_eq!(high(keep_cold), (a_run * number("120") * number("0.01")).normalize());
    assert_eq!(high(keep_cold), number("63.28125"));
    let kept = found.ways_out.iter().filter(|way| way.available && way.instances_unprotected == 0);
    let order: Vec<Way> = kept.map(|way| way.way).collect();
    assert_eq!(order[0], Way::StopReturningToStandard, "the best without loss");
    assert!(order.contains(&Way::DoNothing), "{order:?}");
    // 220 of 960.
    assert_eq!(keep_cold.break_even_read_share, Some(number("0.2292")));
    // It removes less than three quarters, so what leaves least is recommended.
    assert_eq!(found.ways_out[0].way, Way::ExcludeInstances);
}

#[test]
fn where_it_was_not_read_how_much_is_provisioned_what_one_client_reads_counts_and_it_is_said() {
    let keep_cold = |mibps| {
        let target =
            with_file_system(world("us-east-1", "provisioned", [200, 800, 0], true), |fs| fs.provisioned_mibps = mibps);
        finding(&target, "efs-tier-recall")
    };
    let said = "How much throughput is provisioned is not in this snapshot";
    // 30 MiB/s: six sevenths of 220 dollars go without loss, so it is recommended.
    let slow = keep_cold(Some(10));
    assert_eq!((slow.ways_out[0].way, high(&slow.ways_out[0])), (Way::StopReturningToStandard, number("31.640626")));
    assert!(!slow.ways_out[0].reason.contains(said));
    // 500 MiB/s: nothing lower can be claimed, so doing nothing comes before.
    let open = keep_cold(None);
    let keep = way(&open, Way::StopReturningToStandard);
    assert_eq!(high(keep), number("527.34375"));
    assert!(keep.reason.contains(said) && keep.reason.contains("more than 22.92% of the cold data"), "{}", keep.reason);
    assert!(way(&open, Way::StopTiering).reason.contains(said));
}

#[test]
fn the_consoles_default_under_elastic_throughput_only_pays_for_reads() {
    let found = finding(&world("us-east-1", "elastic", [200, 600, 200], false), "efs-cold-read-charges");
    // 1,500 MiB/s for 15 minutes are more than 800 GiB, so a run reads all of them, at 0.03 and 0.01 or 0.03 a GiB.
    let a_run = number("600") * number("0.04") + number("200") * number("0.06");
    assert_eq!(monthly(&found), (None, (a_run * number("120")).normalize()));
    let cost = found.cost.as_ref().expect("a price");
    assert_eq!((cost.basis, found.severity), (Basis::Bound, Severity::High), "critical is for what evidence supports");
    assert!(cost.assumptions.iter().any(|said| said.contains("steps of 128 KiB")), "{:?}", cost.assumptions);
    assert!(found.title.contains("up to $4,320 a month"), "{}", found.title);
}

#[test]
fn a_tag_at_launch_that_hides_and_stops_nothing_is_capped_too() {
    let target = with_instance(world("us-west-1", "bursting", [5, 500, 0], false), |instance| {
        instance.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
    });
    // 300 MiB/s for 15 minutes are less than 500 GiB, and 120 times that more than a month sustains: 3 MiB/s, and credits.
    let a_run = number("300") * number("900") / number("1024");
    let month = number("3") * number("2592000") / number("1024") + number("6451.2");
    let reads = finding(&target, "efs-cold-read-charges");
    assert_eq!(monthly(&reads), (None, ((a_run * number("120")).min(month) * number("0.011")).normalize()));
    assert_eq!(monthly(&reads).1, number("154.49445"));
    let tag = finding(&target, "exclusion-tag-ineffective");
    assert_eq!(tag.severity, Severity::Medium, "high, one step lower while unproven; at least medium");
}

#[test]
fn re_scans_by_an_assumed_count_are_an_estimate_and_metered_ones_are_measured() {
    let ecr = |target: Target| {
        let rules: Vec<_> =
            inspector_audit::rules::live_rules().filter(|rule| rule.id == "ecr-continuous-scan").collect();
        let all = evaluate(&target, &PriceTable::embedded(), &RuleSettings::default(), &rules).findings;
        all.into_iter().next().expect("a finding").cost.expect("a price")
    };
    let assumed = ecr(World::continuous().images(3_000, 0).0);
    assert_eq!((assumed.basis, assumed.monthly_usd.likely), (Basis::Estimate, Some(Usd(number("300")))));
    let metered = ecr(World::continuous().images(1_800, 200).usage("ECR_RESCAN", "24000", "240", "USD").0);
    assert_eq!((metered.basis, metered.monthly_usd.likely), (Basis::Measured, Some(Usd(number("240")))));
}

#[test]
fn a_vm_scanner_is_stopped_by_its_timer_and_not_surely_by_the_tag() {
    let target = with(world("us-east-1", "bursting", [10, 2000, 0], true), |target| {
        target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
    });
    let found = finding(&target, "efs-tier-recall");
    assert_eq!(monthly(&found), (None, number("550")));
    // 3 MiB/s for 30 days, about 76 dollars, and a full balance of credits: 2.1 TiB, metered at a third.
    let sustained = number("3") * number("2592000") / number("1024") * number("0.01");
    let credits = number("2.1") * number("3") * number("1024") * number("0.01");
    assert_eq!(sustained.round_dp(2), number("75.94"));
    assert_eq!(high(way(&found, Way::StopReturningToStandard)), (sustained + credits).normalize());
    let tag = way(&found, Way::ExcludeInstances);
    assert_eq!((high(tag), tag.recommended), (number("550"), false), "no document says that the tag stops the timer");
    let timer = way(&found, Way::StopVmScanner);
    assert_eq!((high(timer), timer.available), (Decimal::ZERO, true));
    assert!(found.ways_out[0].way == Way::StopVmScanner, "{:?}", found.ways_out[0].way);
}

#[test]
fn a_share_that_the_operator_gives_lowers_likely_and_never_high() {
    let target = world("ap-northeast-1", "bursting", [1024, 10_240, 0], true);
    let quarter = number("0.25");
    let given =
        findings(&target, Some(quarter)).into_iter().find(|one| one.rule == "efs-tier-recall").expect("exposed");
    let all = number("3407.872");
    assert_eq!(monthly(&given), (Some(Usd((all * quarter).normalize())), all));
    assert_eq!(given.cost.as_ref().expect("a price").basis, Basis::Estimate);
    assert_eq!(given.severity, Severity::Medium, "851.97 dollars, unproven");
}

#[test]
fn archive_exists_under_elastic_throughput_only_whatever_the_mode_says() {
    for mode in [None, Some("another".to_owned())] {
        let target = with_file_system(world("ap-northeast-1", "elastic", [10, 100, 100], true), |fs| {
            fs.throughput_mode.clone_from(&mode);
        });
        let expected =
            number("100") * (number("0.36") - number("0.02")) + number("100") * (number("0.36") - number("0.01"));
        assert_eq!(monthly(&finding(&target, "efs-tier-recall")), (None, expected.normalize()), "{mode:?}");
        let once = number("100") * number("0.024") + number("100") * number("0.072") + number("200") * number("0.04");
        let found = finding(&target, "efs-tier-recall").cost.expect("a price");
        assert_eq!(found.one_time_usd.0.normalize(), once.normalize(), "{mode:?}");
    }
}

#[test]
fn data_that_moved_and_data_still_cold_on_one_file_system_add_up() {
    use crate::builders::metrics::step;
    use inspector_audit::price::Provenance;
    use inspector_audit::report::{ReportBuilder, TargetId};
    // 4 of 10 TiB have moved to Standard; the rest is still cold and at risk.
    let moved = with_file_system(measured(step(90, 4 << 40, 4 << 40)), |fs| fs.size.ia = Some(6 << 40));
    let prices = PriceTable::embedded();
    let evaluation = evaluate(&moved, &prices, &RuleSettings::default(), &rules());
    let provenance: Provenance = prices.provenance().clone();
    let mut builder = ReportBuilder::new("snapshot", provenance);
    let id = TargetId { account: moved.account.clone(), region: moved.region.clone() };
    builder.add(id, moved.taken_at, evaluation);
    let report = builder.build();
    let gone = number("4096") * number("0.3328");
    assert_eq!(report.summary.monthly_usd.measured.0.normalize(), gone.normalize());
    let cold = report.findings.iter().find(|finding| finding.rule == "efs-tier-recall").expect("still cold");
    assert_eq!(report.summary.monthly_usd.at_risk.0.normalize(), monthly(cold).1);
    assert!(report.summary.monthly_usd.at_risk > Usd::ZERO);
}

/// What the documents let a month's scans of one file system read, in GiB; `None` where nothing limits it.
fn documented(mode: &str, standard: u64, provisioned: Option<u64>, cold: u64, vm_scanner: bool) -> Decimal {
    let of = Decimal::from;
    let tebibytes = (of(standard) / number("1024")).max(Decimal::ONE);
    let client = if mode == "elastic" { number("1500") } else { number("500") };
    let earned = (of(standard) * number("150") / number("1024")).max(number("3"));
    let reads = provisioned.map(|mibps| of(mibps) * number("3"));
    let bursts = mode == "bursting" || mode == "provisioned" && reads.is_some_and(|reads| reads < earned);
    let rate = match mode {
        _ if bursts => (number("300") * tebibytes).min(client),
        "provisioned" => reads.map_or(client, |reads| reads.min(client)),
        _ => client,
    };
    let (runs, seconds) = if vm_scanner { (number("240"), number("10800")) } else { (number("120"), number("900")) };
    let scans = runs * (rate * seconds / number("1024")).min(of(cold));
    let month = number("2592000") / number("1024");
    match (bursts, reads) {
        (true, _) => scans.min(earned * month + number("6451.2") * tebibytes),
        (false, Some(reads)) if mode == "provisioned" => scans.min(reads * month),
        _ => scans,
    }
}

proptest! {
    #[test]
    fn no_figure_exceeds_what_the_documents_allow(
        mode in prop::sample::select(vec!["bursting", "provisioned", "elastic"]),
        standard in 0..40_000_u64,
        provisioned in prop::option::of(1..2_000_u64),
        ia in 1..100_000_u64,
        vm_scanner in any::<bool>(),
        fraction in prop::option::of(0..=100_u32),
    ) {
        let target = with_file_system(world("ap-northeast-1", mode, [standard, ia, 0], false), |fs| {
            fs.provisioned_mibps = provisioned.filter(|_| mode == "provisioned");
        });
        let target = with(target, |target| if vm_scanner {
            target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
        });
        let fraction = fraction.map(|percent| Decimal::from(percent) / Decimal::ONE_HUNDRED);
        let all = findings(&target, fraction);
        let found = all.iter().find(|finding| finding.rule == "efs-cold-read-charges").expect("exposed");
        let fees = number("0.012") + if mode == "elastic" { number("0.04") } else { Decimal::ZERO };
        let most = documented(mode, standard, provisioned.filter(|_| mode == "provisioned"), ia, vm_scanner) * fees;
        let (likely, high) = monthly(found);
        prop_assert!((high - most).abs() < number("0.01"), "{high} and {most}");
        prop_assert_eq!(likely.is_some(), fraction.is_some());
        prop_assert!(likely.is_none_or(|likely| likely.0 <= high));
        // A way that promises "at most" is in the same terms.
        for way in found.ways_out.iter().filter(|way| way.available) {
            let monthly = way.monthly_usd.expect("a price");
            prop_assert!(monthly.low <= monthly.high && monthly.likely.is_none_or(|likely| likely <= monthly.high));
        }
    }

    #[test]
    fn what_was_measured_caps_what_is_charged_at_32_times(bytes in 0..(4 * GIB)) {
        let mut series = classes(|_| (1 << 40, 10 << 40));
        series.data_read = points(POINTS, |_| bytes);
        let target = with(measured(series), |target| {
            if let Some(policy) = target.efs.lifecycle.get_mut("fs-0a") {
                policy.transition_to_primary_storage_class = None;
            }
        });
        let (_, high) = monthly(&finding(&target, "efs-cold-read-charges"));
        let read = Decimal::from(bytes) * Decimal::from(POINTS as u64) / Decimal::from(GIB);
        let most = (read * number("32") * number("0.012")).min(number("379.6875"));
        prop_assert!((high - most).abs() < number("0.01"), "{high} and {most}");
    }
}
