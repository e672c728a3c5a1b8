//! Stories: every rule is told by one in which it finds something, and by one in which it looks and finds nothing.
//!
//! A story is a snapshot in `fixtures/snapshots`, an input in `fixtures/terraform`, or a small world of [`worlds`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use inspector_audit::model::{GapReason, Presence, SectionName, Snapshot, Tag, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::rules::{RULES, RuleSettings, RuleVerdict, Verdict, evaluate};

use crate::builders::ecr;
use crate::builders::efs::{account_status, exposed, gap as gap_of, now, with, with_file_system, with_instance};
use crate::builders::metrics::{classes, host, measured, s3, seen};
use crate::rules_alignment::{all_standard, backed_up};
use crate::terraform_support::{fixture, try_run};

/// The small worlds. One for each rule of which neither a snapshot nor a Terraform input tells.
fn worlds() -> Vec<Target> {
    let tagged = |key: &str| {
        let tag = Tag { key: key.into(), value: "".into() };
        with_instance(exposed(), |instance| instance.tags.push(tag))
    };
    let mut worlds = vec![
        exposed(),
        tagged("InspectorEc2Exclusion"),
        tagged("cost center"),
        with_instance(exposed(), |instance| {
            instance.metadata_options.as_mut().expect("options").instance_metadata_tags = Some("enabled".into());
        }),
        with_instance(exposed(), |instance| instance.state = "stopped".into()),
        with(exposed(), |target| target.evidence.probe = seen(vec![host("i-0a", s3(Presence::Mounted))])),
        with(exposed(), |target| target.evidence.tables = seen(vec![host("i-0a", s3(Presence::Mounted))])),
        with_file_system(exposed(), |fs| {
            fs.size.ia = Some(0);
            fs.size.standard = Some(100 << 30);
            fs.creation_time = Some(now() - chrono::Duration::days(60));
        }),
    ];
    // Elastic reads, few and many; data that others moved.
    let mut not_scanned = backed_up();
    not_scanned.inspector.account_status = account_status("DISABLED", "DISABLED");
    worlds.extend([all_standard(1 << 30), all_standard(1000 << 30), not_scanned]);
    // Nothing has moved in two months of series.
    worlds.push(measured(classes(|_| (10 << 30, 100 << 30))));
    // Image scanning as it is meant to be, in a member account.
    let rules: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod/*"]), ("SCAN_ON_PUSH", &["dev"])];
    let tidy = ecr::World::empty().inspector(&["ec2", "ecr"]).registry("ENHANCED", &rules);
    let tidy = tidy.repository("prod/api", Some("CONTINUOUS_SCAN")).repository("dev", Some("SCAN_ON_PUSH"));
    let tidy = tidy.asking_for_scan_on_push().windows("DAYS_14", "DAYS_14", "LAST_IN_USE_AT");
    let tidy = tidy.image_use(0, 0, 0).trial("ECR", "INACTIVE", -30).administrator("444455556666", "ENABLED");
    let on_push = ecr::World::empty().inspector(&["ec2", "ecr"]).registry("ENHANCED", &[("SCAN_ON_PUSH", &["*"])]);
    let on_push = on_push.repository("prod/api", Some("SCAN_ON_PUSH"));
    let tidy = [tidy.clone().images(10, 0), tidy.images(10, 7), on_push];
    worlds.extend(ecr::worlds().into_iter().chain(tidy).map(|world| world.0));
    worlds
}

/// Whatever lies in a folder of fixtures.
fn entries(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.collect()
}

fn snapshots() -> Vec<Target> {
    let read = |path: &PathBuf| -> Snapshot {
        serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("a snapshot")
    };
    entries("snapshots").iter().flat_map(|path| read(path).targets).collect()
}

/// What all rules say in all stories.
fn verdicts() -> Vec<RuleVerdict> {
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let targets = snapshots().into_iter().chain(worlds());
    let mut verdicts: Vec<RuleVerdict> =
        targets.flat_map(|target| evaluate(&target, &prices, &settings, &RULES).verdicts).collect();
    let inputs = ["terraform/hcl", "terraform/plans", "terraform/states"].into_iter().flat_map(entries);
    // Some are there to be refused.
    verdicts.extend(inputs.filter_map(|input| Some(try_run(&[input], &[]).ok()?.verdicts)).flatten());
    // One rule looks at what is live beside what is written.
    for on in [&["ec2", "ecr", "lambda"][..], &["ecr"]] {
        let live = ecr::World::empty_in("ap-northeast-1").inspector(on).registry("ENHANCED", &[]).0;
        verdicts.extend(try_run(&[fixture("plans/e-coherent.json")], &[live]).expect("a plan").verdicts);
    }
    verdicts
}

#[test]
fn a_story_fires_each_rule_and_another_leaves_it_silent() {
    let verdicts = verdicts();
    let told = |verdict: Verdict| -> BTreeSet<&str> {
        verdicts.iter().filter(|one| one.verdict == verdict).map(|one| one.rule.as_str()).collect()
    };
    let (firing, silent) = (told(Verdict::Findings), told(Verdict::Clean));
    let without = |told: &BTreeSet<&str>| -> Vec<&str> {
        RULES.iter().map(|rule| rule.id).filter(|id| !told.contains(id)).collect()
    };
    assert_eq!(without(&firing), [""; 0], "no story fires these rules: add one (see this file)");
    assert_eq!(without(&silent), [""; 0], "no story leaves these rules silent: add one (see this file)");
}

/// The same target without a section that it has: who collected it was not allowed to see it.
fn without(target: &Target, section: SectionName) -> Option<Target> {
    let (service, field) = match section {
        SectionName::SsmMountProbe => ("evidence", "probe"),
        SectionName::SecurityHub => ("inspector", "security_hub"),
        _ => section.as_str().split_once('.').expect("service and name"),
    };
    let mut value = serde_json::to_value(target).expect("JSON");
    let gap = serde_json::to_value(gap_of(GapReason::AccessDenied)).expect("JSON");
    if section == SectionName::EfsLifecycle {
        // Kept by resource, and so are its gaps.
        let ids: Vec<String> = target.efs.lifecycle.keys().cloned().collect();
        value["efs"]["lifecycle"] = serde_json::json!({});
        value["efs"]["lifecycle_gaps"] =
            ids.iter().map(|id| (id.clone(), gap.clone())).collect::<serde_json::Map<_, _>>().into();
        return (!ids.is_empty()).then(|| serde_json::from_value(value).expect("a target"));
    }
    let place =
        [service, "evidence", "billing"].into_iter().find(|place| value[place][field].get("complete").is_some());
    value[place?][field] = serde_json::json!({ "missing": gap });
    Some(serde_json::from_value(value).expect("a target"))
}

/// The law that makes "nothing found" worth reading, asked of each rule with each section that it needs.
#[test]
fn a_rule_that_finds_something_is_never_clean_where_one_of_its_sections_is_missing() {
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let (mut asked, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    for target in snapshots().into_iter().chain(worlds()) {
        let firing = evaluate(&target, &prices, &settings, &RULES).verdicts.into_iter();
        let firing: BTreeSet<String> =
            firing.filter(|one| one.verdict == Verdict::Findings).map(|one| one.rule).collect();
        for rule in RULES.iter().filter(|rule| firing.contains(rule.id)) {
            for section in rule.needs.iter().chain(rule.needs_one_of) {
                let Some(blind) = without(&target, *section) else { continue };
                asked.insert((rule.id, *section));
                let verdict = evaluate(&blind, &prices, &settings, &[*rule]).verdicts.pop().map(|one| one.verdict);
                if !matches!(verdict, Some(Verdict::Findings | Verdict::Inconclusive)) {
                    wrong.insert(format!("{} without {section}: {verdict:?}", rule.id));
                }
            }
        }
    }
    assert_eq!(wrong, BTreeSet::new());
    let sections: BTreeSet<SectionName> = asked.iter().map(|(_, section)| *section).collect();
    let needed = RULES.iter().flat_map(|rule| rule.needs.iter().chain(rule.needs_one_of)).copied();
    // Terraform's configuration is no section of a target.
    let of_targets = needed.filter(|section| *section != SectionName::TerraformConfiguration);
    let never: Vec<SectionName> = of_targets.filter(|section| !sections.contains(section)).collect();
    assert_eq!(never, [], "no story in which a rule fires has these sections");
}
