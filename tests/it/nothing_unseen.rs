//! Nothing unknown reads as safe, and nothing that is decided is kept open.

use std::collections::BTreeSet;

use inspector_audit::diff::{Change, diff};
use inspector_audit::model::{EfsTask, Gap, GapReason, Observed, Section, SectionName, Tag, Target};
use inspector_audit::price::{PriceTable, Usd};
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::report::{Report, ReportBuilder, ReportFile, TargetId};
use inspector_audit::rules::{ConditionState, Confidence, Severity, Verdict, Way};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::builders::efs::{
    account_status, coverage, deep_inspection, denied, everything, exposed, file_system, from_group, from_nets, group,
    instance, interface, mount_target, node, now, with, with_file_system, with_instance,
};
use crate::rules_laws::{judge, world};
use crate::support::audit::Audit;

const VM: &str = "EC2_INSPECTOR_AGENT_BASED";

fn verdict(evaluation: &Evaluation, rule: &str) -> Verdict {
    evaluation.verdicts.iter().find(|verdict| verdict.rule == rule).expect("the rule ran").verdict
}

fn only<'e>(evaluation: &'e Evaluation, rule: &str) -> &'e Finding {
    let found: Vec<&Finding> = evaluation.findings.iter().filter(|finding| finding.rule == rule).collect();
    assert_eq!(found.len(), 1, "findings of {rule}");
    found[0]
}

/// The gaps that name a rule, with their reasons.
fn open(evaluation: &Evaluation, rule: &str) -> Vec<(SectionName, GapReason)> {
    let names = evaluation.gaps.iter().filter(|gap| gap.rules.iter().any(|named| named == rule));
    names.map(|gap| (gap.section, gap.reason)).collect()
}

fn covered(mode: &str) -> Target {
    with(exposed(), |target| target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", mode)]))
}

fn tagged(target: Target) -> Target {
    let tag = Tag { key: "InspectorEc2Exclusion".into(), value: "".into() };
    with_instance(target, |instance| instance.tags.insert(0, tag))
}

fn excluded(target: Target) -> Target {
    with_instance(tagged(target), |instance| {
        let options = instance.metadata_options.as_mut().expect("options");
        options.instance_metadata_tags = Some("enabled".into());
    })
}

/// An ECS task of the instance has the file system's volume.
fn with_task(mut target: Target) -> Target {
    let (instance_id, file_system_id) = ("i-0a".into(), "fs-0a".into());
    let task = EfsTask { instance_id, file_system_id, volume: "data".into(), ..EfsTask::default() };
    target.evidence.efs_tasks = Section::Complete(Observed { rows: vec![task], truncated: None });
    target
}

#[test]
fn the_tag_is_not_known_to_stop_the_vm_scanner() {
    let evaluation = judge(&with_task(excluded(covered(VM))));
    let finding = only(&evaluation, "efs-tier-recall");
    assert_eq!(finding.instance_counts.confirmed, 1);
    assert_eq!(finding.confidence, Confidence::Low, "the mount is confirmed, the scan is not");
    assert!(finding.title.ends_with("no document says that the tag stops the VM Scanner)"), "{}", finding.title);
    let said =
        finding.evidence.iter().any(|one| one.kind == "vm_scanner" && one.detail.contains("stops its own timer"));
    assert!(said, "{:?}", finding.evidence);
    let best = &finding.ways_out[0];
    assert_eq!((best.way, best.monthly_usd.map(|monthly| monthly.high)), (Way::StopVmScanner, Some(Usd::ZERO)));
    assert_eq!((best.instances_unprotected, best.confidence), (0, Confidence::High), "it reports nothing already");
    let exclude = finding.ways_out.iter().find(|way| way.way == Way::ExcludeInstances).expect("weighed");
    assert!(!exclude.available && exclude.reason.contains("Already so"), "{}", exclude.reason);
    assert!(best.reason.contains("opting the account out"), "{}", best.reason);
    assert!(finding.ways_out.iter().any(|way| way.way == Way::StopReturningToStandard && way.available));

    // The plugin alone is stopped.
    assert_eq!(verdict(&judge(&excluded(covered("EC2_SSM_AGENT_BASED"))), "efs-tier-recall"), Verdict::Clean);
    // Whether the VM Scanner is there decides, and was not seen.
    let blind = judge(&with(excluded(exposed()), |target| target.inspector.ec2_coverage = denied()));
    assert_eq!(
        open(&blind, "efs-tier-recall"),
        [(SectionName::InspectorEc2Coverage, GapReason::AccessDenied)],
        "undecided"
    );
}

#[test]
fn another_instance_that_is_not_excluded_proves_as_before() {
    let mut target = excluded(covered(VM));
    if let Section::Complete(instances) = &mut target.ec2.instances {
        instances.push(instance("i-0b"));
    }
    target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Online")]);
    let mut target = with_task(target);
    if let Section::Complete(tasks) = &mut target.evidence.efs_tasks {
        tasks.rows[0].instance_id = "i-0b".into();
    }
    let evaluation = judge(&target);
    let finding = only(&evaluation, "efs-tier-recall");
    assert_eq!((finding.confidence, finding.instance_counts.total()), (Confidence::Medium, 2));
    assert!(!finding.title.contains("excluded by tag"), "{}", finding.title);
}

#[test]
fn a_scan_mode_nobody_knows_may_be_the_vm_scanners() {
    let odd = || covered("EC2_DREAM_BASED");
    let gap = [(SectionName::InspectorEc2Coverage, GapReason::Unsupported)];
    for (what, target) in [
        ("no row in SSM", with(odd(), |target| target.ssm.managed_nodes = Section::Complete(vec![]))),
        (
            "connection lost",
            with(odd(), |target| target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "ConnectionLost")])),
        ),
        ("no plugin", with(odd(), |target| target.inspector.deep_inspection = deep_inspection("DEACTIVATED"))),
        ("excluded", excluded(odd())),
    ] {
        let evaluation = judge(&target);
        assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::Inconclusive, "{what}");
        assert_eq!(open(&evaluation, "efs-tier-recall"), gap, "{what}");
    }
    // Another row that says met decides.
    assert_eq!(verdict(&judge(&odd()), "efs-tier-recall"), Verdict::Findings);
    let off = with(odd(), |target| target.inspector.account_status = account_status("DISABLED", "DISABLED"));
    assert_eq!(verdict(&judge(&off), "efs-tier-recall"), Verdict::Clean);
}

#[test]
fn no_coverage_row_alone_is_a_no() {
    for (mode, reason) in [
        ("EC2_SSM_AGENT_BASED", "EXCLUDED_BY_TAG"),
        ("EC2_SSM_AGENT_BASED", "UNSUPPORTED_OS"),
        ("EC2_AGENTLESS", "NO_INVENTORY"),
        ("", "UNMANAGED_EC2_INSTANCE"),
    ] {
        let target = with(covered(mode), |target| {
            if let Section::Complete(rows) = &mut target.inspector.ec2_coverage {
                (rows[0].status, rows[0].reason) = (Some("INACTIVE".into()), Some(reason.into()));
            }
        });
        let evaluation = judge(&target);
        let states = &only(&evaluation, "efs-tier-recall").conditions;
        assert!(states.iter().all(|condition| condition.state == ConditionState::Met), "{mode} {reason}");
    }
}

#[test]
fn a_plugin_that_never_reported_has_walked_nothing_yet() {
    let target = with(covered("EC2_SSM_AGENT_BASED"), |target| {
        if let Section::Complete(rows) = &mut target.inspector.ec2_coverage {
            rows[0].reason = Some("DEEP_INSPECTION_NO_INVENTORY".into());
        }
    });
    let evaluation = judge(&target);
    let said =
        |finding: &Finding| finding.evidence.iter().any(|one| one.detail.contains("repairing its cause starts it"));
    assert!(said(only(&evaluation, "efs-tier-recall")));
    assert!(!said(only(&judge(&exposed()), "efs-tier-recall")));
}

#[test]
fn a_pair_that_evidence_names_is_open_while_instances_are_denied() {
    // No rule lets anybody in, so the network alone would rule everybody out.
    let closed = |target: &mut Target| {
        target.ec2.security_groups = Section::Complete(vec![group("sg-efs", vec![], vec![])]);
        target.ec2.instances = denied();
    };
    let unseen = with(exposed(), closed);
    assert_eq!(verdict(&judge(&unseen), "efs-tier-recall"), Verdict::Clean);
    let named = with_task(unseen);
    let evaluation = judge(&named);
    assert_eq!(open(&evaluation, "efs-tier-recall"), [(SectionName::Ec2Instances, GapReason::AccessDenied)]);
    let snapshot = snapshot(std::slice::from_ref(&named));
    Audit::new().file("s.json", snapshot).args("scan --snapshot s.json --rule efs-tier-recall").run().expect(3);
    // Without a mount target nothing can be mounted, whatever a source says.
    let bare = |target: &mut Target| target.efs.mount_targets = Section::Complete(vec![]);
    assert_eq!(verdict(&judge(&with(named, bare)), "efs-tier-recall"), Verdict::Clean);
    assert_eq!(verdict(&judge(&with(with_task(exposed()), bare)), "efs-tier-recall"), Verdict::Clean);
}

#[test]
fn a_rule_that_was_named_is_not_silent_about_what_nobody_collected() {
    let snapshot = snapshot(&[exposed()]);
    for (rule, section, how) in [
        ("efs-elastic-reads", "cloudwatch.efs_metrics", "without --no-metrics"),
        ("efs-recall-observed", "cloudwatch.efs_metrics", "without --no-metrics"),
        ("s3-mount-scanned", "mounts.tables", "--mount-table INSTANCE=FILE"),
        ("ecr-stale-images-scanned", "inspector.ecr_image_use", "with --ecr-usage"),
    ] {
        let scan = |more: &str| {
            Audit::new()
                .file("s.json", snapshot.as_str())
                .file("inspector-audit.toml", format!("rules = [\"{rule}\"]"))
                .args("scan --format json --fail-on never --snapshot s.json")
                .args(more)
                .run()
        };
        for named in [scan(&format!("--no-config --rule {rule}")).expect(3), scan("").expect(3)] {
            let report = named.json();
            assert_eq!(report["verdicts"][0]["rules"], json!({ rule: "inconclusive" }));
            let gaps = report["gaps"].as_array().expect("gaps");
            let gap = gaps.iter().find(|gap| gap["section"] == section).expect("the section's gap");
            assert_eq!(gap["rules"], json!([rule]));
            assert!(gap["message"].as_str().is_some_and(|said| said.contains(how)), "{gap}");
        }
    }
    // Nobody asked for it by name: no verdict, and what it would need is said beside them.
    let whole =
        Audit::new().file("s.json", snapshot).args("scan --format json --fail-on never --snapshot s.json").run();
    let report = whole.json();
    assert_eq!(report["verdicts"][0]["rules"].get("efs-elastic-reads"), None);
    assert_eq!(report["run"]["unasked"]["efs-elastic-reads"], json!(["cloudwatch.efs_metrics"]));
    let gaps = report["gaps"].as_array().expect("gaps");
    assert!(gaps.iter().all(|gap| gap["section"] != "inspector.ecr_image_use"), "{gaps:?}");
}

#[test]
fn a_switch_that_is_off_does_not_stop_a_timer_on_the_host() {
    let off = with(exposed(), |target| target.inspector.account_status = account_status("ENABLED", "DISABLED"));
    let scan = |target: &Target| {
        Audit::new()
            .file("s.json", snapshot(std::slice::from_ref(target)))
            .args("scan --snapshot s.json --fail-on never")
            .run()
    };
    assert!(scan(&off).expect(0).stdout.contains("inspector-vm-scanner.timer goes on"));
    assert!(!scan(&exposed()).expect(0).stdout.contains("timer goes on"));
    // And for whoever reads the report as data.
    let notes = |target: &Target| {
        let snapshot = snapshot(std::slice::from_ref(target));
        let audit = Audit::new().file("s.json", snapshot).args("scan --snapshot s.json --fail-on never --format json");
        let report: Value = serde_json::from_str(&audit.run().expect(0).stdout).expect("JSON");
        report["notes"].clone()
    };
    let note = &notes(&off)[0];
    assert_eq!((&note["kind"], &note["file_systems"]), (&json!("ec2_scanning_off"), &json!(1)));
    assert!(note["message"].as_str().is_some_and(|said| said.contains("inspector-vm-scanner.timer goes on")), "{note}");
    assert_eq!(notes(&exposed()), json!([]));
}

#[test]
fn the_tag_alone_is_said_where_nothing_is_cold() {
    let warm =
        |target: Target| with_file_system(target, |fs| (fs.size.ia, fs.size.standard) = (Some(0), Some(1 << 20)));
    let evaluation = judge(&tagged(warm(exposed())));
    assert_eq!(evaluation.findings.len(), 1, "{:?}", evaluation.findings);
    assert_eq!(only(&evaluation, "exclusion-tag-ineffective").severity, Severity::Info);
    assert_eq!(only(&judge(&tagged(exposed())), "exclusion-tag-ineffective").severity, Severity::High);
    assert!(judge(&warm(exposed())).findings.is_empty());
    // How bad it is depends on what was not seen.
    let unsized_one = with_file_system(tagged(exposed()), |fs| (fs.size.ia, fs.size.archive) = (None, None));
    let evaluation = judge(&unsized_one);
    assert_eq!(only(&evaluation, "exclusion-tag-ineffective").severity, Severity::Info);
    assert_eq!(open(&evaluation, "exclusion-tag-ineffective").len(), 1);
}

#[test]
fn companions_are_open_only_for_instances_that_they_concern() {
    let undecided = |target: Target| {
        with(target, |target| {
            target.ssm.managed_nodes = denied();
            target.inspector.ec2_coverage = Section::Complete(vec![]);
        })
    };
    let rules = ["exclusion-tag-ineffective", "exclusion-metadata-only", "metadata-tags-blocked"];
    let open = |target: Target| {
        let evaluation = judge(&target);
        rules.map(|rule| verdict(&evaluation, rule) == Verdict::Inconclusive)
    };
    assert_eq!(open(undecided(exposed())), [false; 3], "neither the tag nor blocking keys");
    assert_eq!(open(undecided(tagged(exposed()))), [true, false, false]);
    let metadata = with_instance(exposed(), |instance| {
        instance.metadata_options.as_mut().expect("options").instance_metadata_tags = Some("enabled".into());
    });
    assert_eq!(open(undecided(metadata)), [false, true, false]);
    let blocked = with_instance(exposed(), |instance| {
        instance.tags.push(Tag { key: "cost center".into(), value: "7".into() });
    });
    assert_eq!(open(undecided(blocked)), [false, false, true]);
    assert_eq!(open(with(exposed(), |target| target.ec2.instances = denied())), [true; 3], "anybody may be there");
}

#[test]
fn what_is_awake_opens_no_dormant_exposure() {
    let rule = "efs-exposure-dormant";
    let suspended = |target: &mut Target| target.inspector.account_status = account_status("SUSPENDED", "ENABLED");
    assert_eq!(verdict(&judge(&with(exposed(), suspended)), rule), Verdict::Clean, "Online, so not dormant");
    let unlisted = with(exposed(), |target| target.ssm.managed_nodes = denied());
    assert_eq!(verdict(&judge(&unlisted), rule), Verdict::Inconclusive, "it may turn out to be offline");
    let stopped = with_instance(exposed(), |instance| instance.state = "stopped".into());
    assert_eq!(verdict(&judge(&with(stopped, suspended)), rule), Verdict::Inconclusive);
}

#[test]
fn a_young_or_small_file_system_pins_nothing_whatever_its_size_is() {
    let rule = "efs-tiering-pinned";
    let without_size = |change: fn(&mut inspector_audit::model::FileSystem)| {
        let target = with_file_system(exposed(), |fs| {
            (fs.size.ia, fs.size.archive) = (None, None);
            change(fs);
        });
        verdict(&judge(&target), rule)
    };
    assert_eq!(without_size(|_| ()), Verdict::Inconclusive);
    assert_eq!(without_size(|fs| fs.creation_time = Some(now() - chrono::Duration::days(3))), Verdict::Clean);
    assert_eq!(without_size(|fs| fs.size.standard = Some(1 << 20)), Verdict::Clean);
    // Nor does the mount show what keeps files warm.
    let pinned = with_task(with_file_system(exposed(), |fs| fs.size.ia = Some(0)));
    let evaluation = judge(&pinned);
    let finding = only(&evaluation, rule);
    assert_eq!((finding.instance_counts.confirmed, finding.confidence), (1, Confidence::Low), "not measured");
}

#[test]
fn a_family_of_addresses_counts_where_both_sides_have_it() {
    let both = ["10.0.1.10", "2001:db8::10"];
    let target = |addresses: &[&str], mount_v6: bool, ingress, egress| {
        let target = with_instance(exposed(), |instance| {
            instance.network_interfaces = vec![interface("vpc-1", &["sg-app"], addresses)];
        });
        with(target, |target| {
            let groups = vec![group("sg-app", vec![], vec![egress]), group("sg-efs", vec![ingress], vec![])];
            target.ec2.security_groups = Section::Complete(groups);
            let mut mount = mount_target("fs-0a", "vpc-1", &["sg-efs"]);
            mount.ipv6 = mount_v6.then(|| "2001:db8::20".parse().expect("an address"));
            target.efs.mount_targets = Section::Complete(vec![mount]);
        })
    };
    let to_group = || from_group("sg-efs");
    let (v6, group_in) = (|| from_nets(&["::/0"]), || from_group("sg-app"));
    for (what, addresses, mount_v6, ingress, egress, expected) in [
        ("::/0 to IPv4 only", &both[..], false, v6(), everything(), Verdict::Clean),
        ("::/0 in, out by reference", &both[..], false, v6(), to_group(), Verdict::Clean),
        ("both have IPv6", &both[..], true, v6(), to_group(), Verdict::Findings),
        ("let in by group, out by IPv6 alone", &both[..], false, group_in(), v6(), Verdict::Clean),
        ("the instance has IPv6 alone", &both[1..], false, group_in(), to_group(), Verdict::Clean),
        ("a group and one family", &both[..1], true, group_in(), to_group(), Verdict::Findings),
    ] {
        let evaluation = judge(&target(addresses, mount_v6, ingress, egress));
        assert_eq!(verdict(&evaluation, "efs-tier-recall"), expected, "{what}");
    }
    let mixed = target(&both, false, from_nets(&["::/0", "10.0.0.0/8"]), everything());
    let evaluation = judge(&mixed);
    let admits = only(&evaluation, "efs-tier-recall").evidence.iter().filter(|one| one.kind == "reachability");
    assert_eq!(admits.map(|one| one.detail.as_str()).collect::<Vec<_>>(), ["sg-efs admits 10.0.0.0/8 on TCP 2049"]);
    // Nobody can come in by IPv6, so unseen instances do not matter.
    let unseen = target(&both, false, from_nets(&["::/0"]), everything());
    assert_eq!(verdict(&judge(&with(unseen, |it| it.ec2.instances = denied())), "efs-tier-recall"), Verdict::Clean);
}

/// A snapshot of some targets.
fn snapshot(targets: &[Target]) -> String {
    json!({
        "schema_version": 1, "tool": {"name": "inspector-audit", "version": "0.1.0"},
        "taken_at": "2026-11-21T03:04:05Z", "targets": targets,
    })
    .to_string()
}

fn what_if(target: &Target, format: &str, status: i32) -> String {
    let audit = Audit::new().file("w.json", snapshot(std::slice::from_ref(target)));
    let options = "what-if --snapshot w.json --inspector-ec2 on --rule efs-tier-recall --fail-on never --format";
    audit.args(options).arg(format).run().expect(status).stdout
}

#[test]
fn a_difference_from_an_unknown_today_is_at_most() {
    let unread = with(exposed(), |target| target.inspector.account_status = denied());
    let suspended = with(exposed(), |target| target.inspector.account_status = account_status("SUSPENDED", "ENABLED"));
    for (what, target) in [("denied", unread), ("suspended", suspended)] {
        let report: Value = serde_json::from_str(&what_if(&target, "json", 3)).expect("JSON");
        let (what_if_report, gaps) = (&report["what_if"], &report["gaps"]);
        assert_eq!(
            (&report["complete"], &what_if_report["today"]["complete"]),
            (&json!(false), &json!(false)),
            "{what}"
        );
        assert_eq!(what_if_report["difference"]["at_most"], true, "{what}");
        assert_eq!(what_if_report["today"]["gaps"][0]["section"], "inspector.account_status", "{what}");
        assert_eq!(what_if_report["then"]["gaps"], json!([]), "{what}");
        assert_eq!(gaps, &what_if_report["today"]["gaps"], "{what}");
        assert_eq!(what_if_report["findings"][0]["today_unseen"], true, "{what}");
        let fees = &what_if_report["inspector_fees"];
        assert_eq!((&fees["today_usd"], &fees["difference_usd"]), (&Value::Null, &Value::Null), "{what}");
        let table = what_if(&target, "table", 3).split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["as far as it was seen", "at most +$3,408", "new? efs-tier-recall"] {
            assert!(table.contains(said), "{what}: {said}\n{table}");
        }
    }
    let off = with(exposed(), |target| target.inspector.account_status = account_status("ENABLED", "DISABLED"));
    let report: Value = serde_json::from_str(&what_if(&off, "json", 0)).expect("JSON");
    assert_eq!(report["what_if"]["difference"]["at_most"], false);
}

fn report(target: &Target) -> ReportFile {
    let mut builder = ReportBuilder::new("test", PriceTable::embedded().provenance().clone());
    let id = TargetId { account: target.account.clone(), region: target.region.clone() };
    builder.add(id, target.taken_at, judge(target));
    ReportFile { report: builder.build(), digest: format!("sha256:{}", "00".repeat(32)) }
}

fn at_risk(report: &Report) -> Usd {
    report.summary.monthly_usd.all()
}

#[test]
fn what_was_not_looked_at_again_is_no_saving() {
    let (seen, blind) = (report(&exposed()), report(&with(exposed(), |target| target.ssm.managed_nodes = denied())));
    let forth = diff(&seen, &blind);
    assert_eq!((forth.counts.unseen, forth.findings[0].change), (1, Change::Unseen));
    assert_eq!((forth.monthly_usd_change.all(), forth.at_most), (Usd::ZERO, true));
    assert_eq!(forth.new.gaps.len(), 1);
    let back = diff(&blind, &seen);
    assert_eq!((back.monthly_usd_change.all(), back.at_most), (at_risk(&seen.report), true), "it may have been there");
    let gone = report(&excluded(exposed()));
    let saved = diff(&seen, &gone);
    assert_eq!((saved.counts.gone, saved.at_most), (1, false));
    assert_eq!(saved.monthly_usd_change.all(), Usd::ZERO.minus(at_risk(&seen.report)));
}

#[test]
fn a_snapshot_that_names_nothing_is_refused() {
    let mut nameless = exposed();
    if let Section::Complete(instances) = &mut nameless.ec2.instances {
        instances[0].id.clear();
    }
    let mut other = exposed();
    other.efs.file_systems = Section::Complete(vec![file_system("fs-0a"), file_system("")]);
    let mut nowhere = exposed();
    nowhere.account.clear();
    for (snapshot, why) in [
        (snapshot(&[]), "it has no target"),
        (snapshot(&[nameless]), "row 0 of ec2.instances has no id"),
        (snapshot(&[exposed(), other]), "row 1 of efs.file_systems has no id"),
        (snapshot(&[nowhere]), "account and region"),
    ] {
        let run = Audit::new().file("s.json", snapshot).args("scan --snapshot s.json").run().expect(2);
        assert!(run.stdout.is_empty());
        let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why) && said.contains("inspector-audit collect --output"), "{why}: {said}");
    }
}

/// Sections that can be denied.
fn deny(target: &mut Target, which: u8) {
    let gap = || Gap {
        reason: GapReason::AccessDenied,
        operation: "test:Operation".into(),
        message: "denied".into(),
        request_id: None,
    };
    match which {
        0 => target.ec2.instances = Section::Missing(gap()),
        1 => target.ec2.security_groups = Section::Missing(gap()),
        2 => target.ssm.managed_nodes = Section::Missing(gap()),
        3 => target.inspector.account_status = Section::Missing(gap()),
        4 => target.inspector.deep_inspection = Section::Missing(gap()),
        5 => target.efs.file_systems = Section::Missing(gap()),
        _ => target.efs.mount_targets = Section::Missing(gap()),
    }
}

proptest! {
    #[test]
    fn a_gap_is_never_booked_as_a_saving(target in world(), which in 0..7_u8) {
        let seen = report(&target);
        let mut blind = target;
        deny(&mut blind, which);
        let unseen = report(&blind);
        let difference = diff(&seen, &unseen);
        prop_assert!(difference.monthly_usd_change.all() >= Usd::ZERO || difference.at_most);
        let gone: BTreeSet<&str> = difference
            .findings
            .iter()
            .filter(|one| one.change == Change::Gone)
            .map(|one| one.rule.as_str())
            .collect();
        let open = unseen.report.gaps.iter().flat_map(|gap| &gap.rules);
        for rule in open {
            prop_assert!(!gone.contains(rule.as_str()), "{rule} is open and called gone");
        }
    }

    #[test]
    fn a_difference_from_a_today_with_a_gap_says_at_most(target in world(), which in 0..7_u8) {
        let mut today = target;
        deny(&mut today, which);
        let before = report(&today);
        prop_assert!(before.report.complete || diff(&before, &report(&today)).at_most);
    }
}
