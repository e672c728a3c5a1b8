//! Many snapshots in one judgement: directories, patterns, broken files, and plans that say what should be there.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};

const COLD: &str = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
const QUIET: &str = include_str!("../../fixtures/snapshots/inspector-off.json");

const ONE: &str = "111122223333";
const TWO: &str = "444455556666";

/// A story, told of that account and region.
fn snapshot(story: &str, account: &str, region: &str) -> String {
    story.replace(ONE, account).replace("ap-northeast-1", region)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

/// A sweep over three targets, two of them with the same findings.
fn sweep() -> Audit {
    Audit::new()
        .file(&format!("sweep/{ONE}/ap-northeast-1.json.gz"), gzip(COLD))
        .file(&format!("sweep/{ONE}/eu-west-1.json.gz"), gzip(&snapshot(QUIET, ONE, "eu-west-1")))
        .file(&format!("sweep/{TWO}/ap-northeast-1.json"), snapshot(QUIET, TWO, "ap-northeast-1"))
        .file("sweep/.unfinished.json", "{")
        .file("sweep/notes.txt", "not a snapshot")
}

fn planned(account: &str, region: &str, name: &str, ou: &str) -> Value {
    json!({ "account": account, "name": name, "ou": ou, "region": region, "role_arn": null, "state": "planned", "why": null })
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect::<Vec<_>>().concat()
}

fn targets(report: &Value) -> Vec<String> {
    let each = report["run"]["targets"].as_array().expect("a list").iter();
    each.map(|target| {
        format!("{}/{}", target["account"].as_str().expect("an id"), target["region"].as_str().expect("a region"))
    })
    .collect()
}

fn gaps_of<'r>(report: &'r Value, reason: &str) -> Vec<&'r Value> {
    report["gaps"].as_array().expect("a list").iter().filter(|gap| gap["reason"] == reason).collect()
}

fn refused(run: Run, words: &[&str]) {
    let run = run.expect(2);
    assert_eq!(run.stdout, "");
    for word in words {
        assert!(run.stderr.contains(word), "{word:?} in {}", run.stderr);
    }
}

#[test]
fn a_directory_is_judged_whole_and_targets_that_are_alike_share_a_row() {
    let report = sweep().args("scan --format json --snapshot sweep").run().expect(1).json();
    assert_eq!(
        targets(&report),
        ["111122223333/ap-northeast-1", "111122223333/eu-west-1", "444455556666/ap-northeast-1"]
    );
    let rows = report["verdicts"].as_array().expect("rows");
    let alike: Vec<&Value> = rows.iter().map(|row| &row["targets"]).collect();
    let quiet = json!(["111122223333/eu-west-1", "444455556666/ap-northeast-1"]);
    assert_eq!(alike, [&json!(["111122223333/ap-northeast-1"]), &quiet]);
    assert_eq!(rows[0]["rules"]["efs-tier-recall"], "findings");
}

#[test]
fn the_order_of_files_and_who_filled_in_the_pattern_do_not_matter() {
    let run = |arguments: &str| sweep().args("scan --format json").args(arguments).run().expect(1).json();
    // Printed commands repeat the arguments; everything else is the same.
    let without_commands = |mut report: Value| {
        for finding in report["findings"].as_array_mut().expect("a list") {
            finding["remediation"] = Value::Null;
        }
        report
    };
    let whole = without_commands(run("--snapshot sweep"));
    for arguments in [
        "--snapshot sweep/111122223333/ap-northeast-1.json.gz sweep/444455556666 --snapshot sweep/111122223333/eu-west-1.json.gz",
        "--snapshot sweep/*/*.json* ",
        "--snapshot sweep/[14]*",
        "--snapshot sweep --snapshot ./sweep/444455556666 sweep",
    ] {
        assert_eq!(without_commands(run(arguments)), whole, "{arguments}");
    }
    let ordered = |first: &str, second: &str| run(&format!("--snapshot sweep/{first} --snapshot sweep/{second}"));
    assert_eq!(ordered(ONE, TWO), ordered(TWO, ONE));
}

/// The same snapshot as a file that is too large to be held: white space before the last bracket.
fn large(text: &str) -> String {
    let (before, after) = text.rsplit_once('}').expect("an object");
    format!("{before}{}}}{after}", " \n".repeat(5 << 20))
}

#[test]
fn a_large_snapshot_is_judged_and_refused_like_a_small_one() {
    let judged = |text: &str| -> (i32, String, Vec<String>) {
        let run = Audit::new().file("a.json", text).args("scan --format json --snapshot a.json").run();
        // A stream and a text count columns differently, by one.
        let said =
            run.stderr.lines().map(|line| line.split(" column ").next().unwrap_or_default().to_owned()).collect();
        (run.code(), run.stdout, said)
    };
    let renamed = COLD.replacen("\"running\"", "{}", 1);
    assert_ne!(renamed, COLD);
    let second = COLD.replacen("\"targets\"", "\"more\": [], \"targets\"", 1);
    for text in [COLD, &renamed, &second, &COLD.replacen("\"schema_version\": 1", "\"schema_version\": 7", 1)] {
        let (small, large) = (judged(text), judged(&large(text)));
        assert_eq!(large, small);
    }
    let behind = judged(&format!("{}[]", large(COLD)));
    assert_eq!((behind.0, behind.1.as_str()), (2, ""));
    assert!(behind.2.concat().contains("something follows"), "{:?}", behind.2);
}

#[test]
fn standard_input_is_one_of_the_snapshots() {
    let another = gzip(&snapshot(QUIET, TWO, "us-east-1"));
    let report = sweep().input(another).args("scan --format json --snapshot - sweep").run().expect(1).json();
    assert_eq!(targets(&report).len(), 4);
    assert!(targets(&report).contains(&"444455556666/us-east-1".to_owned()));
    // A file of that name is none.
    let run = Audit::new().file("-", COLD).input(QUIET).args("scan --format json --snapshot ./-").run().expect(1);
    assert_eq!(run.json()["verdicts"][0]["rules"]["efs-tier-recall"], "findings");
    let cut = &QUIET[..QUIET.len() / 2];
    let run = sweep().input(cut).args("scan --format json --snapshot sweep -").run().expect(1);
    assert!(run.stderr.contains("the snapshot standard input ends in the middle"), "{}", run.stderr);
    assert_eq!(gaps_of(&run.json(), "unreadable")[0]["resource"], "standard input");
    refused(sweep().args("scan --snapshot - --expect -").run(), &["standard input"]);
}

#[test]
fn a_broken_file_is_a_gap_of_its_target_and_not_the_end() {
    let whole = gzip(&snapshot(COLD, TWO, "us-east-1"));
    for (broken, words) in [
        (&whole[..whole.len() / 2], "ends in the middle"),
        (b"{\"schema_version\": 1, \"targets\"".as_slice(), "ends in the middle"),
        (b"not JSON".as_slice(), "no snapshot"),
        (b"{\"schema_version\": 9}".as_slice(), "upgrade"),
        (b"".as_slice(), "it is empty"),
    ] {
        let run = sweep()
            .file(&format!("sweep/{TWO}/us-east-1.json.gz"), broken)
            .args("scan --format json --fail-on never --snapshot sweep")
            .run()
            .expect(3);
        assert!(run.stderr.contains("us-east-1.json.gz"), "{}", run.stderr);
        let report = run.json();
        assert!(targets(&report).contains(&"444455556666/us-east-1".to_owned()));
        let [gap] = gaps_of(&report, "unreadable")[..] else { panic!("one gap: {:#}", report["gaps"]) };
        assert_eq!((&gap["account"], &gap["region"]), (&json!(TWO), &json!("us-east-1")));
        assert_eq!(gap["resource"], "sweep/444455556666/us-east-1.json.gz");
        assert!(gap["message"].as_str().is_some_and(|message| message.contains(words)), "{words}: {gap:#}");
        assert_eq!(report["verdicts"].as_array().map(Vec::len), Some(3));
    }
}

#[test]
fn a_broken_file_of_no_known_target_keeps_everything_open() {
    let run = Audit::new()
        .file("a.json", QUIET)
        .file("b.json", "{")
        .args("scan --format json --snapshot a.json b.json")
        .run()
        .expect(3);
    let report = run.json();
    let [gap] = gaps_of(&report, "unreadable")[..] else { panic!("one gap: {:#}", report["gaps"]) };
    assert_eq!((&gap["account"], &gap["resource"]), (&json!(""), &json!("b.json")));
    assert_eq!(targets(&report), ["111122223333/ap-northeast-1"]);
}

#[test]
fn where_nothing_can_be_judged_the_run_fails_and_says_what_to_type() {
    refused(
        Audit::new().file("empty/.keep", "").args("scan --snapshot empty").run(),
        &["empty", "inspector-audit collect"],
    );
    refused(Audit::new().args("scan --snapshot no/*.json").run(), &["no/*.json", "matches"]);
    let broken = Audit::new().file("all/a.json", "{").file("all/b.json", "[]");
    refused(broken.args("scan --snapshot all").run(), &["no snapshot could be read", "a.json"]);
    refused(sweep().args("scan --snapshot sweep typo.json").run(), &["typo.json"]);
}

#[test]
fn of_two_snapshots_of_a_target_the_newer_is_judged() {
    let older = QUIET.replace("2026-11-21", "2026-11-19");
    for names in [["a.json", "b.json"], ["b.json", "a.json"]] {
        let run = Audit::new()
            .file(names[0], &older)
            .file(names[1], COLD)
            .args("scan --format json --snapshot a.json b.json")
            .run()
            .expect(1);
        let said = format!("more than once: judged once, and not as in {}", names[0]);
        assert!(run.stderr.contains(&said), "{}", run.stderr);
        assert_eq!(targets(&run.json()), ["111122223333/ap-northeast-1"]);
    }
}

#[test]
fn a_report_in_the_directory_is_passed_over() {
    let report = sweep().args("scan --format json --snapshot sweep").run().expect(1).stdout;
    let run = sweep().file("sweep/report.json", report).args("scan --format json --snapshot sweep").run().expect(1);
    assert!(run.stderr.contains("sweep/report.json is a report"), "{}", run.stderr);
    assert_eq!(targets(&run.json()).len(), 3);
}

#[test]
fn what_was_planned_and_is_not_there_is_a_gap() {
    let plan = [
        planned(ONE, "ap-northeast-1", "shop", "ou-prod"),
        planned(ONE, "eu-west-1", "shop", "ou-prod"),
        planned(TWO, "ap-northeast-1", "lab", "ou-test"),
        planned(TWO, "us-east-1", "lab", "ou-test"),
        json!({ "account": TWO, "region": "eu-west-1", "state": "skipped", "why": "no file system and no repository" }),
        json!({ "account": "777788889999", "region": "eu-west-1", "state": "skipped", "why": "no file system and no repository",
                "evidence": { "source": "config" }, "as_of": "2026-11-21T00:00:00Z" }),
    ];
    let run = || {
        sweep().file("targets.jsonl", lines(&plan)).args("scan --fail-on never --snapshot sweep --expect targets.jsonl")
    };
    let report = run().args("--format json").run().expect(3).json();
    let [gap] = gaps_of(&report, "not_collected")[..] else { panic!("one gap: {:#}", report["gaps"]) };
    assert_eq!((&gap["account"], &gap["region"]), (&json!(TWO), &json!("us-east-1")));
    assert!(gap["rules"].as_array().is_some_and(|rules| rules.contains(&json!("efs-tier-recall"))));
    assert_eq!(targets(&report).len(), 4);
    assert_eq!(report["run"]["accounts"][1], json!({ "account": TWO, "name": "lab", "ou": "ou-test" }));
    let skipped = json!([{ "why": "no file system and no repository",
        "targets": ["444455556666/eu-west-1", "777788889999/eu-west-1"] }]);
    assert_eq!(report["run"]["skipped"], skipped);
    crate::schema::assert_valid(&crate::schema::strict(crate::schema::schema("report-v1.json")), &report);
    let table = run().args("--group-by ou").run().expect(3).stdout;
    for text in ["ou ou-prod", "2 targets by the plan: no file system and no repository.", "planned, and not among"] {
        assert!(table.contains(text), "{text:?} in {table}");
    }
    assert!(run().args("--group-by account").run().expect(3).stdout.contains("account 111122223333 shop"));
    for (format, text) in [
        ("csv", "\"shop\",\"ou-prod\""),
        ("html", "2 targets by the plan"),
        ("markdown", "2 targets by the plan"),
        ("junit", "2 targets by the plan"),
    ] {
        assert!(run().args("--format").arg(format).run().expect(3).stdout.contains(text), "{format}");
    }
}

#[test]
fn a_plan_that_came_true_leaves_nothing_open() {
    let plan = lines(&[
        planned(ONE, "ap-northeast-1", "shop", "ou-prod"),
        planned(ONE, "eu-west-1", "shop", "ou-prod"),
        json!({ "account": TWO, "region": "ap-northeast-1", "state": "skipped", "why": "looked empty" }),
    ]);
    let run = sweep()
        .file("targets.jsonl", plan)
        .args("scan --format json --snapshot sweep --expect targets.jsonl")
        .run()
        .expect(1);
    let report = run.json();
    assert_eq!(report["complete"], true, "{:#}", report["gaps"]);
    // What is there is judged, whatever the plan says.
    assert_eq!((targets(&report).len(), &report["run"]["skipped"]), (3, &json!([])));
    let strange = lines(&[planned(ONE, "ap-northeast-1", "shop", "ou-prod")]);
    let run = sweep().file("t.jsonl", strange).args("scan --snapshot sweep --expect t.jsonl").run().expect(1);
    assert!(run.stderr.contains("2 of the targets, the first 111122223333/eu-west-1"), "{}", run.stderr);
}

#[test]
fn a_plan_that_cannot_be_read_ends_the_run() {
    for (plan, word) in [
        ("", "it is empty"),
        ("\n", "no target"),
        ("{\"account\":\"111122223333\"}\n", "line 1"),
        ("\n{\"account\":\"\",\"region\":\"eu-west-1\"}\n", "line 2"),
        ("{\"account\":\"1\",\"region\":\"r\",\"state\":\"maybe\"}", "maybe"),
    ] {
        let run = sweep().file("targets.jsonl", plan).args("scan --snapshot sweep --expect targets.jsonl").run();
        refused(run, &["targets.jsonl", word]);
    }
    refused(sweep().args("scan --expect targets.jsonl").run(), &["--snapshot"]);
}

#[test]
fn a_plan_for_findings_of_a_sweep_names_what_could_not_be_read() {
    let run = sweep().file(&format!("sweep/{TWO}/us-east-1.json"), "{").args("fix --snapshot sweep").run().expect(0);
    assert!(run.stdout.contains("Not seen in 444455556666/us-east-1"), "{}", run.stdout);
}

#[test]
fn an_account_of_the_plan_may_have_a_name_or_a_unit_alone() {
    let plan = |key: &str| {
        let line = json!({"account": TWO, "region": "ap-northeast-1", key: "Sandbox", "state": "planned"});
        let run = sweep().file("plan.jsonl", line.to_string()).args("scan --format json --fail-on never --allow-gaps");
        let report = run.args("--snapshot sweep --expect plan.jsonl").run().expect(0).json();
        report["run"]["accounts"].clone()
    };
    assert_eq!(plan("ou"), json!([{"account": TWO, "name": null, "ou": "Sandbox"}]));
    assert_eq!(plan("name"), json!([{"account": TWO, "name": "Sandbox", "ou": null}]));
}
