//! Whole inputs that nobody wrote in good faith, through the binary as somebody runs it.

use serde_json::Value;

use crate::support::audit::{Audit, Run};

/// What is put behind every text that a stranger may choose.
const WORKFLOW: &str =
    "\u{1b}]0;pwn\u{7}\u{1b}[31m\u{202e}\u{2066}\r\n::error file=x::pwned\n##[error]pwn ##vso[task.x]";
const FORMULA: &str = ";=cmd|'/C calc'!A0;\t@SUM(A1)";

/// A shipped world with `behind` after its names, or after its ids too.
fn world(behind: &str, ids_too: bool) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots");
    let text = std::fs::read(folder.join("cold-files-scanned.json")).expect("a snapshot");
    let mut world: Value = serde_json::from_slice(&text).expect("JSON");
    append(&mut world, "", behind, ids_too);
    world.to_string()
}

fn append(value: &mut Value, key: &str, behind: &str, ids_too: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| append(item, key, behind, ids_too)),
        Value::Object(members) => members.iter_mut().for_each(|(key, member)| append(member, key, behind, ids_too)),
        Value::String(text) => {
            let is_time = text.ends_with('Z') && text.contains("T0") || text.parse::<f64>().is_ok() && key != "account";
            let is_name = ["name", "key", "value", "path", "filter"].contains(&key);
            if is_name || ids_too && !is_time && text.contains(|c: char| c.is_ascii_digit()) {
                text.push_str(behind);
            }
        }
        _ => {}
    }
}

fn scan(world: &str, options: &str) -> Run {
    Audit::new().file("s.json", world).args("scan --fail-on never --allow-gaps --snapshot s.json").args(options).run()
}

fn assert_quiet(text: &str, what: &str) {
    for line in text.lines() {
        let harmful = line.chars().find(|c| {
            c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(harmful, None, "{what}: {line:?}");
        let command = line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[");
        assert!(!command, "{what}: {line:?}");
    }
}

#[test]
fn no_name_steers_a_terminal_or_a_runner_in_any_output() {
    let world = world(WORKFLOW, false);
    for format in ["table", "markdown", "csv", "junit", "html"] {
        let run = scan(&world, &format!("--format {format}")).expect(0);
        assert_quiet(&run.stdout, format);
        assert_quiet(&run.stderr, format);
        assert!(run.stdout.contains("pwn"), "the names are there: {format}");
    }
}

#[test]
fn no_cell_begins_a_formula_with_any_separator() {
    let run = scan(&world(FORMULA, false), "--format csv").expect(0);
    let starts = |cell: &str| cell.trim_start_matches([' ', '"']).starts_with(['=', '@', '+']);
    for separator in [b',', b';', b'\t'] {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(run.stdout.as_bytes());
        for record in reader.records() {
            let record = record.expect("a record");
            let bad = record.iter().find(|cell| starts(cell));
            assert_eq!(bad, None, "{:?}", char::from(separator));
        }
    }
    // A reader that knows no quotes either.
    let cells = run.stdout.split([';', '\t', '\n']);
    let bad: Vec<&str> = cells.filter(|cell| starts(cell)).collect();
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn a_configuration_that_was_found_replaces_nothing_outside() {
    let text = "outputs = [\"../docker-config.json\"]\nfail_on = \"never\"\nallow_gaps = true\n\
                [[suppress]]\nrule = \"*\"\nreason = \"fine\"\n";
    let audit = Audit::new().file("docker-config.json", "{}").file("project/inspector-audit.toml", text);
    let audit = audit.file("project/s.json", world("", false)).args("scan --snapshot s.json");
    let project = audit.home.path().join("project");
    let run = audit.inside(&project).run().expect(2);
    assert!(run.stderr.contains("../docker-config.json lies outside"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(run.path("docker-config.json")).expect("a file"), "{}");
}

/// Lists and texts that double `doublings` times, `local.a…` and `local.t…`.
fn doubling(doublings: usize) -> String {
    let mut text = "locals {\n  a0 = [\"x\"]\n  t0 = \"0123456789abcdef\"\n".to_owned();
    for after in 1..=doublings {
        let before = after - 1;
        text.extend([
            format!("  a{after} = concat(local.a{before}, local.a{before})\n"),
            format!("  t{after} = \"${{local.t{before}}}${{local.t{before}}}\"\n"),
        ]);
    }
    text + "}\n"
}

fn registry(scan_type: &str) -> String {
    format!(
        "resource \"aws_ecr_registry_scanning_configuration\" \"r\" {{\n  scan_type = {scan_type}\n}}\n\
         resource \"aws_inspector2_enabler\" \"e\" {{\n  account_ids = [\"111122223333\"]\n  resource_types = [\"ECR\"]\n}}\n"
    )
}

#[test]
fn terraform_that_grows_without_measure_is_cut_and_said() {
    let grouped =
        doubling(17) + "locals {\n  g = { for x in local.a17 : \"k\" => x... }\n}\n" + &registry("local.g[\"k\"][0]");
    let long = "\"${local.t11}${local.t10}${local.t9}";
    let keys = doubling(16)
        + &format!("locals {{\n  o = {{ for i, x in local.a16 : {long}${{i}}\" => 1 }}\n}}\n")
        + &registry("local.o[\"z\"]");
    let filled = doubling(15)
        + &format!("locals {{\n  o = [for x in local.a15 : [for y in local.a15 : {long}\"]]\n}}\n")
        + &registry("local.o[0][0]");
    let fan = (0..50).map(|at| format!("module \"m{at}\" {{\n  source = \"./\"\n}}\n")).collect::<Vec<_>>().concat();
    let pairs = |kinds: usize| {
        let of = |at| {
            format!(
                "resource \"aws_inspector2_enabler\" \"e{at}\" {{\n  count = 500\n  account_ids = [\"111122223333\"]\n  \
                 resource_types = [\"ECR\"]\n}}\nresource \"aws_ecr_registry_scanning_configuration\" \"r{at}\" {{\n  \
                 count = 500\n  scan_type = \"BASIC\"\n}}\n"
            )
        };
        (0..kinds).map(of).collect::<String>()
    };
    let basic = registry("\"BASIC\"");
    for (name, text, status) in [
        ("grouped", grouped, 3),
        ("keys", keys, 3),
        ("filled", filled, 3),
        ("fan", fan + &basic, 1),
        ("one pair", pairs(1), 1),
        ("four pairs", pairs(4), 1),
    ] {
        let audit = Audit::new().file("root/main.tf", text).args("terraform root --format json");
        // Linux holds a process to the memory that it asked for.
        let run = if cfg!(target_os = "linux") { audit.after("ulimit -v 600000").run() } else { audit.run() };
        assert_eq!(run.code(), status, "{name}: {}", run.stderr);
        assert!(run.stdout.len() < 256 << 10, "{name}: {} bytes", run.stdout.len());
    }
}
