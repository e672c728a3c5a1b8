//! What is wrong with what was typed or given: each message names what, on what, and what to type, in one shape.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::audit::{Audit, Run};

const GOOD: &str = include_str!("../../fixtures/snapshots/cold-files-scanned.json");

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).expect("a vector takes everything");
    gzip.finish().expect("gzip")
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// The good snapshot with something else in it.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut snapshot: Value = serde_json::from_str(GOOD).expect("JSON");
    change(&mut snapshot);
    snapshot.to_string()
}

/// A directory of files, most of them wrong.
pub(crate) fn files() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, content: &[u8]| std::fs::write(folder.path().join(name), content).expect("a file");
    write("good.json", GOOD.as_bytes());
    let of = |format: &str| {
        let run = Audit::new().within(folder.path()).args("scan --snapshot good.json --format").arg(format).run();
        run.expect(1).stdout
    };
    let (report, lines) = (of("json"), of("jsonl"));
    write("report.json", report.as_bytes());
    write("report.jsonl", lines.as_bytes());
    write("newer-report.json", report.replacen("\"schema_version\": 1", "\"schema_version\": 9", 1).as_bytes());
    write("empty", b"");
    write("blank", b" \n ");
    write("bom.json", format!("\u{feff}{GOOD}").as_bytes());
    write("utf16.json", &utf16(GOOD));
    let packed = gzip(GOOD);
    write("good.json.gz", &packed);
    write("cut.json.gz", &packed[..packed.len() / 2]);
    write("cut.json", &GOOD.as_bytes()[..GOOD.len() / 2]);
    write("two.json", GOOD.repeat(2).as_bytes());
    write("deep.json", "[".repeat(100_000).as_bytes());
    write(
        "deeper.json",
        changed(|it| it["targets"][0]["account"] = json!("@")).replace("\"@\"", &"[".repeat(9_999)).as_bytes(),
    );
    write("v0.json", changed(|it| it["schema_version"] = json!(0)).as_bytes());
    write("v2.json", changed(|it| it["schema_version"] = json!(2)).as_bytes());
    write("text-version.json", changed(|it| it["schema_version"] = json!("1")).as_bytes());
    write("yesterday.json", changed(|it| it["taken_at"] = json!("yesterday")).as_bytes());
    write("no-targets.json", changed(|it| drop(it.as_object_mut().map(|it| it.remove("targets")))).as_bytes());
    write("no-target.json", changed(|it| it["targets"] = json!([])).as_bytes());
    write("junk.csv", b"instance,file_system\nx,y\n");
    write("latin.toml", b"# caf\xe9\n");
    write("typo.toml", b"\n\nfail_onn = \"high\"\n");
    write("broken.toml", b"fail_on = \n");
    write("all-skipped.toml", b"rules = [\"efs-tier-recall\"]\nskip_rules = [\"efs-tier-recall\"]\n");
    write("of-terraform.toml", b"rules = [\"terraform-coupling-loop\"]\n");
    std::fs::create_dir(folder.path().join("dir")).expect("a folder");
    folder
}

/// Asserts that it is refused before anything is printed, in the one shape of errors, with those words.
fn refused(run: Run, typed: &str, words: &[&str]) {
    let run = run.expect(2);
    assert_eq!(run.stdout, "", "{typed}");
    let labels: Vec<&str> =
        run.stderr.lines().map(|line| line.split_once(": ").map_or(line, |(label, _)| label)).collect();
    assert_eq!(labels.first(), Some(&"error"), "{typed}: {}", run.stderr);
    assert!(labels[1..].iter().all(|label| ["cause", "help"].contains(label)), "{typed}: {}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{typed}: {word:?} is not in\n{}", run.stderr);
    }
}

fn all_refused(cases: &[(&str, &[&str])]) {
    let folder = files();
    for (typed, words) in cases {
        refused(Audit::new().within(folder.path()).args(typed).run(), typed, words);
    }
}

#[test]
fn a_snapshot_that_is_none_is_named_with_what_is_wrong() {
    all_refused(&[
        ("scan --snapshot missing.json", &["cannot read the snapshot missing.json", "help: `inspector-audit collect"]),
        ("scan --snapshot goood.json", &["cannot read the snapshot goood.json", "help: did you mean good.json?"]),
        (
            "scan --snapshot dir",
            &["there is no snapshot in dir", "help: `inspector-audit collect --output dir/snapshot.json` writes one"],
        ),
        ("scan --snapshot empty", &["cannot read the snapshot empty", "cause: it is empty"]),
        ("scan --snapshot blank", &["blank ends in the middle", "collect it again"]),
        ("scan --snapshot -", &["cannot read the snapshot standard input", "cause: it is empty"]),
        ("scan --snapshot utf16.json", &["utf16.json", "cause: it is UTF-16", "Out-File -Encoding utf8"]),
        ("scan --snapshot cut.json.gz", &["cut.json.gz ends in the middle (line ", "help: collect it again"]),
        ("scan --snapshot cut.json", &["cut.json ends in the middle (line ", "help: collect it again"]),
        ("scan --snapshot two.json", &["two.json is not a snapshot", "something follows its JSON document"]),
        ("scan --snapshot deep.json", &["deep.json is not a snapshot", "expected a snapshot: an object"]),
        ("scan --snapshot deeper.json", &["deeper.json is not a snapshot", "line 1", "targets[0].account"]),
        ("scan --snapshot v0.json", &["v0.json has schema_version 0, this version reads 1", "help: upgrade"]),
        ("scan --snapshot v2.json", &["v2.json has schema_version 2, this version reads 1", "collect again"]),
        ("scan --snapshot text-version.json", &["text-version.json", "string \"1\", expected u64 at line 1"]),
        ("scan --snapshot yesterday.json", &["yesterday.json is not a snapshot", "line 1"]),
        ("scan --snapshot no-targets.json", &["no-targets.json is not a snapshot", "missing field `targets`"]),
        ("scan --snapshot no-target.json", &["no-target.json", "it has no target, so it says nothing"]),
        ("scan --snapshot report.json", &["report.json is a report, not a snapshot", "help: give the snapshot"]),
        ("scan --snapshot report.jsonl", &["report.jsonl is not a snapshot", "help: `inspector-audit collect"]),
        ("fix --snapshot report.json", &["report.json is a report, not a snapshot"]),
        ("what-if --snapshot missing.json --inspector-ec2 on", &["cannot read the snapshot missing.json"]),
    ]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = files();
    let path = folder.path().join("good.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).expect("a mode");
    // Root reads everything.
    if std::fs::read(&path).is_err() {
        let run = Audit::new().within(folder.path()).args("scan --snapshot good.json").run();
        refused(run, "", &["cannot read the snapshot good.json", "cause: Permission denied"]);
    }
}

#[test]
fn a_report_that_is_none_is_named_with_what_is_wrong() {
    all_refused(&[
        ("scan --snapshot good.json --baseline missing.json", &["cannot read the report missing.json", "help: `"]),
        ("scan --snapshot good.json --baseline empty", &["cannot read the report empty", "cause: it is empty"]),
        ("scan --snapshot good.json --baseline blank", &["blank is not a JSON report"]),
        ("scan --snapshot good.json --baseline dir", &["cannot read the report dir", "cause: "]),
        ("scan --snapshot good.json --baseline utf16.json", &["cannot read the report utf16.json", "UTF-16"]),
        ("scan --snapshot good.json --baseline cut.json", &["cut.json is not a JSON report", "EOF while parsing"]),
        ("scan --snapshot good.json --baseline deep.json", &["deep.json is not a JSON report"]),
        ("scan --snapshot good.json --baseline report.jsonl", &["report.jsonl is not one JSON report but JSON Lines"]),
        (
            "scan --snapshot good.json --baseline newer-report.json",
            &["the report newer-report.json has schema_version 9, this version reads 1", "help: upgrade"],
        ),
        (
            "scan --snapshot good.json --baseline good.json",
            &[
                "good.json is a snapshot, not a report",
                "help: judge it first: `inspector-audit scan --snapshot good.json",
            ],
        ),
        ("diff report.json good.json", &["good.json is a snapshot, not a report"]),
        ("diff missing.json report.json", &["cannot read the report missing.json"]),
        ("fix --snapshot good.json --report good.json", &["good.json is a snapshot, not a report"]),
    ]);
}

#[test]
fn another_file_that_cannot_be_used_is_named_with_what_is_wrong() {
    all_refused(&[
        ("scan --snapshot good.json --mount-map missing.csv", &["cannot read missing.csv", "cause: "]),
        ("scan --snapshot good.json --mount-map empty", &["the mount map has no usable row", "the map has no rows"]),
        ("scan --snapshot good.json --mount-map utf16.json", &["cannot read utf16.json", "cause: it is UTF-16"]),
        ("scan --snapshot good.json --mount-map junk.csv", &["the mount map has no usable row: junk.csv, line 2"]),
        ("scan --snapshot good.json --mount-table i-0a11111111111111a=dir", &["cannot read dir", "cause: "]),
        ("scan --snapshot good.json --prices missing", &["cannot read missing", "cause: "]),
        ("scan --snapshot good.json --prices empty", &["cannot read empty", "cause: it is empty"]),
        ("scan --snapshot good.json --prices utf16.json", &["cannot read utf16.json", "cause: it is UTF-16"]),
        ("scan --snapshot good.json --prices good.json", &["good.json is no price file", "unknown field `tool`"]),
        ("prices --refresh new.json --offers good.json", &["good.json is no price list of AWS", "cause: "]),
        (
            "scan --snapshot good.json --config missing.toml",
            &["cannot read the configuration missing.toml", "--no-config"],
        ),
        ("scan --snapshot good.json --config dir", &["cannot read the configuration dir", "help: name another"]),
        ("scan --snapshot good.json --config latin.toml", &["cannot read the configuration latin.toml", "UTF-8"]),
        ("scan --snapshot good.json --config utf16.json", &["cannot read the configuration utf16.json", "UTF-16"]),
        (
            "scan --snapshot good.json --config typo.toml",
            &[
                "typo.toml:3: there is no key `fail_onn` here: did you mean `fail_on`?",
                "help: `inspector-audit config-",
            ],
        ),
        ("scan --snapshot good.json --config broken.toml", &["broken.toml:1: "]),
        ("iam-policy --config broken.toml", &["broken.toml:1: "]),
        ("terraform missing", &["missing: No such file", "help: name a directory with .tf files, or a plan"]),
        ("terraform dir", &["dir: no .tf, .tf.json or .tofu file in this directory"]),
        ("terraform empty", &["empty: the file is empty"]),
        ("terraform -", &["-: the file is empty"]),
        ("terraform utf16.json", &["utf16.json: this is UTF-16"]),
        ("terraform good.json.gz", &["good.json.gz: this is gzip: unpack it first"]),
        ("terraform cut.json", &["cut.json:", "EOF while parsing"]),
        ("terraform good.json", &["good.json: neither a plan nor a state: give the output of `terraform show -json`"]),
    ]);
}

#[test]
fn a_value_that_makes_no_sense_is_named_with_what_does() {
    let numbers: &[(&str, &[&str], &str)] = &[
        ("scan --top", &["abc", "-1", "1.5", "99999999999999999999999"], "whole number from 0 to 1000000"),
        ("diff a b --top", &["abc", "-1"], "whole number from 0 to 1000000"),
        ("scan --concurrency", &["0", "-1", "x", "513"], "whole number from 1 to 512"),
        ("scan --history", &["0", "-30", "x", "1e9", "456"], "whole number from 1 to 455"),
        ("collect --max-attempts", &["0", "-1", "many", "51"], "whole number from 1 to 50"),
        ("what-if --ecr-images", &["-1", "x", "10000000001"], "whole number from 0 to 10000000000"),
        ("scan --connect-timeout", &["0", "-1", "x", "nan", "inf"], "more than 0 and at most 86400 seconds"),
        ("scan --attempt-timeout", &["-0.5", "1e400", "86401"], "more than 0 and at most 86400 seconds"),
        ("fix --operation-timeout", &["", "1m"], "86400 seconds"),
        ("scan --discount", &["x", "-1", "100.1", "1e9"], "a number from 0 to 100, such as 12.5"),
        ("fix --read-fraction", &["x", "-0.1", "1.01", "2"], "a number from 0 to 1, such as 0.25"),
    ];
    for (typed, values, what) in numbers {
        for value in *values {
            let run = Audit::new().args(typed).arg(value).run();
            let option = typed.rsplit(' ').next().expect("an option");
            let said = format!("error: {option} cannot be `{value}`\nhelp: give ");
            refused(run, typed, &[said.as_str(), what]);
        }
    }
    all_refused(&[
        (
            "scan --format pdf",
            &[
                "error: --format cannot be `pdf`",
                "give one of table, json, jsonl, csv, sarif, gitlab, ocsf, asff, junit",
            ],
        ),
        ("scan --format jsonn", &["error: --format cannot be `jsonn`", "help: did you mean `json"]),
        ("diff a b --format csv", &["error: --format cannot be `csv`", "help: give one of table, json, markdown"]),
        (
            "scan --group-by colour",
            &["error: --group-by cannot be `colour`", "account, ou, region, rule, severity, resource"],
        ),
        ("scan --group-by", &["error: --group-by needs a value", "account, ou, region, rule"]),
        ("scan --fail-on bad", &["error: --fail-on cannot be `bad`", "info, low, medium, high, critical, never"]),
        ("scan --min-confidence hgih", &["error: --min-confidence cannot be `hgih`", "help: did you mean `high`?"]),
        ("scan --color blue", &["error: --color cannot be `blue`", "help: give one of auto, always, never"]),
        ("scan --allow-gaps=maybe", &["error: --allow-gaps cannot be `maybe`", "help: give one of true, false"]),
        ("scan --mount-table x", &["error: --mount-table cannot be `x`", "such as i-0123456789abcdef0=mounts.json"]),
        ("scan --mount-table i-99=good.json", &["error: --mount-table cannot be `i-99=good.json`", "an instance's id"]),
        (
            "iam-policy --role-arn foo",
            &[
                "error: `foo` is not the ARN of an IAM role",
                "help: a role's ARN looks like arn:aws:iam::111122223333:role/",
            ],
        ),
        ("scan --snapshot", &["error: --snapshot needs a value", "help: `inspector-audit scan --help`"]),
        ("fix --way up", &["error: --way cannot be `up`", "exclude, keep-cold"]),
        ("what-if --inspector-ec2 maybe", &["error: --inspector-ec2 cannot be `maybe`", "help: give one of on, off"]),
        (
            "what-if --exclude x",
            &["error: --exclude cannot be `x`", "help: give an instance's id (i-...) or TAG=VALUE"],
        ),
        ("what-if --snapshot good.json --scan-schedule hourly", &["`hourly` is not a schedule: give rate(12 hours)"]),
        (
            "what-if --snapshot good.json",
            &["error: what-if needs a change", "help: say what changes, such as --inspector-ec2 on"],
        ),
        ("what-if --snapshot good.json --inspector-ec2", &["error: --inspector-ec2 needs a value", "on, off"]),
        ("what-if --snapshot good.json --exclude i-0a", &["`i-0a` excludes nothing", "the nearest is `i-0a"]),
        (
            "what-if --snapshot good.json --ecr-images 5",
            &["--ecr-images changes nothing", "help: give --inspector-ecr on"],
        ),
        ("completions tcsh", &["error: <SHELL> cannot be `tcsh`", "bash, elvish, fish, powershell, zsh"]),
        ("prices --format yaml", &["error: --format cannot be `yaml`", "help: give one of table, json"]),
        ("prices --region mars", &["no price of the region mars is known"]),
        ("man scna", &["there is no command `scna`: did you mean `scan`?", "help: the commands are scan, "]),
        (
            "explain efs-tier",
            &["no rule `efs-tier`: did you mean `efs-tier-recall`?", "help: `inspector-audit explain`"],
        ),
        ("fix --snapshot good.json --finding zzz", &["no finding and no resource with a finding is `zzz`", "help: `"]),
        (
            "fix --snapshot good.json --finding e",
            &["`e` is the beginning of several", "help: give a few more characters"],
        ),
    ]);
}

/// A name that is nothing like what was typed would send the reader elsewhere.
#[test]
fn what_is_far_away_is_not_called_the_nearest() {
    let folder = files();
    for typed in [
        "what-if --snapshot good.json --exclude i-0fffffffffffffff9",
        "what-if --snapshot good.json --exclude Zone=q",
        "fix --snapshot good.json --finding zzzzzzz",
        "explain zzzzzzz",
        "scan --snapshot good.json --rule banana",
    ] {
        let run = Audit::new().within(folder.path()).args(typed).run();
        assert!(!run.stderr.contains("nearest") && !run.stderr.contains("did you mean"), "{typed}: {}", run.stderr);
        refused(run, typed, &["error: "]);
    }
}

/// Where nothing is written, the run says so: what was printed up to there may be half.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    let folder = files();
    for typed in ["scan --snapshot good.json", "scan --snapshot good.json --format json", "fix --snapshot good.json"] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
        let run = Audit::new().within(folder.path()).args(typed).run_into(full).expect(2);
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains("No space left"), "{typed}: {}", run.stderr);
    }
}

#[test]
fn what_only_asks_aws_is_not_offered_for_terraform() {
    let help = Audit::new().args("terraform --help").run().expect(0).stdout;
    assert!(
        help.contains("--skip-rule") && !help.contains("--ecr-usage") && !help.contains("--cost-explorer"),
        "{help}"
    );
    assert!(Audit::new().args("scan --help").run().expect(0).stdout.contains("--ecr-usage"));
}

#[test]
fn a_command_line_that_makes_no_sense_is_named_with_one_that_does() {
    all_refused(&[
        ("scna", &["error: there is no command `scna`", "help: did you mean `scan`? `inspector-audit --help` lists"]),
        ("good.json", &["error: there is no command `good.json`", "`inspector-audit scan --snapshot good.json`"]),
        ("scan good.json", &["error: `good.json` is not expected here", "scan --snapshot good.json`"]),
        (
            "scan missing.json",
            &["help: a snapshot is named with --snapshot: `inspector-audit scan --snapshot missing.json`"],
        ),
        ("scan dir", &["help: for Terraform: `inspector-audit terraform dir`"]),
        ("fix good.json", &["`inspector-audit fix --snapshot good.json`"]),
        ("what-if -", &["`inspector-audit what-if --snapshot -`"]),
        ("scan now", &["error: `now` is not expected here", "help: `inspector-audit scan --help`"]),
        ("scan --snapshott x", &["error: there is no option `--snapshott` here", "help: did you mean `--snapshot`?"]),
        ("scan --frobnicate", &["error: there is no option `--frobnicate` here", "`inspector-audit scan --help`"]),
        ("scan -x", &["error: there is no option `-x` here"]),
        ("diff", &["error: inspector-audit diff needs <OLD> and <NEW>", "help: `inspector-audit diff --help`"]),
        ("terraform", &["error: inspector-audit terraform needs <PATH>..."]),
        ("prices --offers x", &["error: inspector-audit prices needs --refresh <FILE>"]),
        ("scan --quiet --verbose", &["error: --quiet cannot be used with --verbose", "help: leave one of them out"]),
        ("scan --snapshot good.json --region x", &["error: --snapshot cannot be used with --region"]),
        ("scan --color never --color never", &["error: --color is given twice", "help: give it once"]),
        (
            "scan --external-id x",
            &["error: inspector-audit scan needs <--role-arn <ARN>|--accounts-file <FILE>|--organization>"],
        ),
        (
            "scan --snapshot good.json --rule efs-tier-recall --skip-rule efs-tier-recall",
            &["no rule is left to judge by: efs-tier-recall is skipped", "help: name rules with --rule"],
        ),
        ("scan --snapshot good.json --config all-skipped.toml", &["no rule is left to judge by: efs-tier-recall is"]),
        ("scan --snapshot good.json --config of-terraform.toml", &["`rules` names none of this command's"]),
        ("scan --snapshot good.json --rule efs-tier", &["no rule `efs-tier`: did you mean `efs-tier-recall`?"]),
        (
            "scan --snapshot good.json --rule terraform-coupling-loop",
            &["judges Terraform inputs", "help: use it with `inspector-audit terraform`"],
        ),
        (
            "scan --snapshot good.json --output x.pdf",
            &["format of x.pdf from its extension", "help: end the name with"],
        ),
        ("scan --snapshot good.json --output x", &["the format of x from its extension", ".txt, .json, .jsonl"]),
        ("scan --snapshot good.json --output /dev/full", &["the format of /dev/full from its extension"]),
        (
            "scan --snapshot good.json --output a.csv --output ./a.csv",
            &["a.csv is named twice as an output", "help: give each"],
        ),
        ("scan --snapshot good.json --output good.json", &["would replace the snapshot", "help: choose another file"]),
        ("scan --save-snapshot -", &["--save-snapshot cannot be standard output (`-`)", "help: name a file"]),
        ("prices --refresh -", &["--refresh cannot be standard output (`-`)", "help: name a file"]),
        (
            "diff - -",
            &["standard input (`-`) is named as the earlier report and as the later report", "help: save one"],
        ),
        ("scan --snapshot - --baseline -", &["as the snapshot and as the baseline, and can be read once"]),
        ("fix --snapshot - --mount-map -", &["as the snapshot and as the mount map"]),
        ("terraform - --snapshot -", &["as a Terraform input and as the snapshot"]),
        ("prices --refresh x.json --prices - --offers -", &["as the price file and as a price list"]),
        ("collect --config - --mount-map -", &["as the configuration and as the mount map"]),
    ]);
}

#[cfg(not(feature = "aws"))]
#[test]
fn a_run_that_fails_before_it_has_data_prints_nothing() {
    for typed in [
        "scan",
        "scan --profile x --format json",
        "collect",
        "collect --output -",
        "fix",
        "what-if --deep-inspection off",
    ] {
        let words = &["this build cannot ask AWS", "--snapshot FILE; or install the whole program: cargo install"];
        refused(Audit::new().args(typed).run(), typed, words);
    }
    refused(Audit::new().args("prices --prices live").run(), "prices", &["this build cannot ask the Price List API"]);
}

#[cfg(feature = "aws")]
#[test]
fn a_run_that_fails_before_it_has_data_prints_nothing() {
    let config = "[profile keyless]\nregion = us-east-1\n";
    for command in ["scan", "scan --format json", "collect", "collect --output -", "fix"] {
        let typed = format!("{command} --region us-east-1 --profile keyless");
        refused(Audit::new().file(".aws/config", config).args(&typed).run(), &typed, &["redentials"]);
        let typed = format!("{command} --region us-east-1");
        let audit = Audit::new().env("AWS_ACCESS_KEY_ID", "AKIA111122223333EXAM").env("AWS_SECRET_ACCESS_KEY", "x");
        refused(
            audit.env("AWS_ENDPOINT_URL", "no URL").args(&typed).run(),
            &typed,
            &["AWS_ENDPOINT_URL cannot be used"],
        );
    }
}

#[test]
fn what_is_asked_for_in_the_wrong_place_says_where_it_belongs() {
    all_refused(&[
        (
            "explain eecab77",
            &["there is no rule `eecab77`", "help: that looks like the id of a finding", "--finding eecab77"],
        ),
        (
            "fix --snapshot good.json --finding deadbee",
            &["`deadbee`", "help: `inspector-audit scan` prints the id of each; here are "],
        ),
        (
            "fix --snapshot good.json --finding fs-0fedcba9876543210 --way keep-cold",
            &[
                "the way out `keep-cold` cannot be taken: Already so: TransitionToPrimaryStorageClass",
                "help: leave --way out",
            ],
        ),
        (
            "scan --snapshot good.json --mount-map nope.csv",
            &["cannot read nope.csv", "help: name a file that is there"],
        ),
    ]);
}
