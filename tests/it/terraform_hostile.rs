//! Input that nobody wrote in good faith: a clear error or an inconclusive verdict, in bounded time, never a panic.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use inspector_audit::rules::Verdict;
use inspector_audit::terraform::TerraformError;
use proptest::prelude::*;

use crate::terraform_support::{LOOP, root, run_files, try_run, verdict};

/// Far above what any of these takes in a debug build on a busy machine, far below what an unbounded one would.
const LONG: Duration = Duration::from_mins(1);

fn fails(name: &str, content: &[u8]) -> TerraformError {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join(name);
    std::fs::write(&path, content).expect("a file");
    try_run(&[path], &[]).expect_err("the input is unusable")
}

#[test]
fn nesting_is_refused_with_file_and_line() {
    for (open, close) in [("[", "]"), ("(", ")"), ("{a=", "}"), ("!", ""), ("f(", ")"), ("\"${", "}\"")] {
        let deep = format!("locals {{\n  x = {}1{}\n}}\n", open.repeat(50_000), close.repeat(50_000));
        let error = fails("main.tf", deep.as_bytes());
        let text = error.to_string();
        let located = matches!(error, TerraformError::Syntax { line: 2, .. } | TerraformError::Unsupported { .. });
        assert!(located && text.contains("main.tf"), "{open}: {text}");
    }
    let blocks = format!("{}{}", "a {\n".repeat(50_000), "}\n".repeat(50_000));
    assert!(matches!(fails("main.tf", blocks.as_bytes()), TerraformError::Syntax { line: 65, .. }));
    let json = format!("{{\"planned_values\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(fails("plan.json", json.as_bytes()), TerraformError::Syntax { line: 1, .. }));
    let modules = "{\"planned_values\":{\"root_module\":".to_owned() + &"{\"child_modules\":[".repeat(100_000);
    assert!(matches!(fails("plan.json", modules.as_bytes()), TerraformError::Syntax { .. }));
    let ignored = format!("{{\"x\":{}", "[".repeat(1_000_000));
    assert!(matches!(fails("plan.json", ignored.as_bytes()), TerraformError::Syntax { .. }));
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    let text = fails("main.tf", b"locals {\n  a = 1\n}\n\xff\xfe\n").to_string();
    assert!(text.ends_with("main.tf:4: not UTF-8"), "{text}");
    let text = fails("plan.json", b"{\n\"format_version\": \"\xff\"}").to_string();
    assert!(text.ends_with("plan.json:2: not UTF-8"), "{text}");
    let text = fails("plan.json", &[0xff, 0xfe, b'{', 0]).to_string();
    assert!(text.contains("UTF-16"), "{text}");
    let text = fails("tfplan", b"PK\x03\x04rest").to_string();
    assert!(text.contains("terraform show -json"), "{text}");
}

#[test]
fn files_of_another_kind_say_what_to_give_instead() {
    for (content, part) in [
        ("", "the file is empty"),
        ("[]", "not a JSON object"),
        ("{}", "neither a plan nor a state"),
        ("{\"version\": 3, \"resources\": []}", "version 3"),
        ("{\"format_version\": \"9.0\", \"planned_values\": {}}", "newer format"),
        ("{\"planned_values\": 5}", "plan.json:1:"),
        ("{\"planned_values\": {}", "EOF while parsing"),
    ] {
        let text = fails("plan.json", content.as_bytes()).to_string();
        assert!(text.contains(part), "{content}: {text}");
    }
    let empty = tempfile::tempdir().expect("a directory");
    let text = try_run(&[empty.path().to_owned()], &[]).expect_err("nothing in it").to_string();
    assert!(text.contains("subdirectories are not searched"), "{text}");
}

#[test]
fn a_syntax_error_has_its_place() {
    let error = fails("main.tf", b"locals {\n  a = \n}\n");
    assert!(matches!(error, TerraformError::Syntax { line: 2, .. }), "{error}");
}

#[test]
fn too_large_files_are_refused_and_crowded_ones_are_read() {
    let large = vec![b'#'; 3 << 20];
    assert!(matches!(fails("main.tf", &large), TerraformError::TooLarge { .. }));
    let mut crowded = "locals {\n  x = {\n".to_owned();
    for index in 0..30_000 {
        writeln!(crowded, "k{index} = 1").expect("a string");
    }
    crowded.push_str("}\n}\n");
    let started = Instant::now();
    assert_eq!(verdict(&run_files(&[("main.tf", &crowded)]), LOOP), Verdict::NotApplicable);
    assert!(started.elapsed() < LONG);
}

#[test]
fn values_that_double_themselves_end_in_an_open_value() {
    let mut locals = "locals {\n  a0 = [\"x\"]\n  t0 = \"x\"\n".to_owned();
    for index in 1..200 {
        let before = index - 1;
        writeln!(locals, "  a{index} = concat(local.a{before}, local.a{before})").expect("a string");
        writeln!(locals, "  t{index} = \"${{local.t{before}}}${{local.t{before}}}\"").expect("a string");
    }
    locals
        .push_str("}\nresource \"aws_ecr_registry_scanning_configuration\" \"this\" {\n  scan_type = local.t150\n}\n");
    locals.push_str("resource \"aws_inspector2_enabler\" \"this\" {\n  account_ids = [\"111122223333\"]\n  resource_types = local.a150\n}\n");
    let started = Instant::now();
    let analysis = run_files(&[("main.tf", &locals)]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    assert!(started.elapsed() < LONG);
}

#[test]
fn a_long_chain_of_locals_is_open_and_exhausts_no_stack() {
    let mut locals = "locals {\n  a0 = \"BASIC\"\n".to_owned();
    for index in 1..5_000 {
        writeln!(locals, "  a{index} = (((local.a{})))", index - 1).expect("a string");
    }
    locals
        .push_str("}\nresource \"aws_ecr_registry_scanning_configuration\" \"this\" {\n  scan_type = local.a4999\n}\n");
    locals.push_str("resource \"aws_inspector2_enabler\" \"this\" {\n  account_ids = [\"111122223333\"]\n  resource_types = [\"ECR\"]\n}\n");
    let analysis = run_files(&[("main.tf", &locals)]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
}

#[test]
fn more_open_conditions_than_can_be_combined_are_inconclusive() {
    let mut text = String::new();
    let mut types = Vec::new();
    for index in 0..40 {
        writeln!(text, "variable \"v{index}\" {{\n  type = bool\n}}").expect("a string");
        types.push(format!("var.v{index} ? \"EC2\" : \"LAMBDA\""));
    }
    let types = types.join(", ");
    writeln!(text, "resource \"aws_inspector2_enabler\" \"this\" {{\n  account_ids = [\"111122223333\"]\n  resource_types = [{types}]\n}}")
        .expect("a string");
    let started = Instant::now();
    let analysis = run_files(&[("main.tf", &text)]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    assert!(started.elapsed() < LONG);
}

#[test]
fn modules_that_call_themselves_or_are_missing_are_gaps() {
    let analysis = run_files(&[("main.tf", "module \"again\" {\n  source = \"./\"\n}\n")]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    assert!(analysis.gaps.iter().any(|gap| gap.message.contains("nest deeper")), "{:?}", analysis.gaps);
    let twice = "module \"a\" {\n  source = \"./\"\n}\nmodule \"b\" {\n  source = \"./\"\n  count = 400\n}\n";
    let started = Instant::now();
    let analysis = run_files(&[("main.tf", twice)]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    assert!(started.elapsed() < LONG);
    let analysis = run_files(&[("main.tf", "module \"x\" {\n  source = \"../nowhere-at-all\"\n}\n")]);
    let gap = analysis.gaps.first().expect("a gap");
    assert!(gap.resource.as_ref().is_some_and(|place| place.ends_with("main.tf:1")), "{gap:?}");
    let broken = run_files(&[("main.tf", "module \"x\" {\n  source = \"./m\"\n}\n"), ("m/main.tf", "locals {\n")]);
    assert!(broken.gaps.iter().any(|gap| gap.message.contains("m/main.tf:")), "{:?}", broken.gaps);
}

#[test]
fn a_megabyte_in_one_string_is_read_and_shortened() {
    let filter = "x".repeat(1 << 20);
    let text = format!(
        "resource \"aws_ecr_registry_scanning_configuration\" \"this\" {{\n  scan_type = \"{filter}\"\n}}\n\
         resource \"aws_inspector2_enabler\" \"this\" {{\n  account_ids = [\"1\"]\n  resource_types = [\"ECR\"]\n}}\n"
    );
    let analysis = run_files(&[("main.tf", &text)]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    assert!(analysis.gaps.iter().all(|gap| gap.message.len() < 2_000));
    assert!(analysis.findings.iter().all(|finding| finding.message.len() < 2_000));
}

/// Fragments that a parser of configuration branches on.
fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "resource \"aws_inspector2_enabler\" \"a\" {\n",
            "resource \"aws_ecr_registry_scanning_configuration\" \"b\" {\n",
            "locals {\n",
            "variable \"v\" {\n",
            "module \"m\" {\n",
            "dynamic \"rule\" {\n",
            "content {\n",
            "}\n",
            "}",
            "{",
            "[",
            "]",
            "(",
            ")",
            "account_ids = ",
            "resource_types = ",
            "scan_type = ",
            "for_each = ",
            "count = ",
            "source = \"./\"\n",
            "local.x",
            "var.v",
            "each.key",
            "rule.value",
            "data.aws_caller_identity.c.account_id",
            "[\"ECR\"]\n",
            "\"BASIC\"\n",
            "x = local.x\n",
            "x = [for k, v in var.v : v if v != null]\n",
            "? 1 : 0",
            " == ",
            " && ",
            "!",
            "\"${",
            "}\"",
            "<<EOT\n",
            "EOT\n",
            "%{ if true }",
            "%{ endif }",
            "toset(",
            "compact(",
            "...",
            "[*].id",
            "\n",
            "default = true\n",
            "null",
            "-1",
            "1e400",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_configuration_makes_the_analysis_panic(parts in prop::collection::vec(fragment(), 0..60)) {
        let dir = root(&[("main.tf", &parts.concat())]);
        if let Err(error) = try_run(&[dir.path().to_owned()], &[]) {
            prop_assert!(error.to_string().contains("main.tf"), "{error}");
        }
    }

    #[test]
    fn no_bytes_make_the_analysis_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let dir = tempfile::tempdir().expect("a directory");
        for name in ["main.tf", "plan.json", "x.tf.json"] {
            std::fs::write(dir.path().join(name), &bytes).expect("a file");
            drop(try_run(&[dir.path().join(name)], &[]));
        }
    }

    #[test]
    fn a_plan_with_anything_in_its_place_never_panics_and_never_reads_as_safe(
        scan_type in json(), types in json(), rules in json(), unknown in json(),
    ) {
        let plan = serde_json::json!({
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": [
                {"address": "aws_inspector2_enabler.a", "mode": "managed", "type": "aws_inspector2_enabler",
                 "values": {"account_ids": ["111122223333"], "resource_types": types}},
                {"address": "aws_ecr_registry_scanning_configuration.b", "mode": "managed",
                 "type": "aws_ecr_registry_scanning_configuration", "values": {"scan_type": scan_type, "rule": rules}},
            ]}},
            "resource_changes": [{"address": "aws_inspector2_enabler.a", "type": "aws_inspector2_enabler",
                "change": {"actions": ["create"], "after_unknown": unknown}}],
        });
        let dir = root(&[("plan.json", &plan.to_string())]);
        let analysis = try_run(&[dir.path().join("plan.json")], &[]).expect("it is a plan");
        let decided = types.as_array().is_some_and(|types| types.iter().all(serde_json::Value::is_string)) && matches!(scan_type.as_str(), Some("BASIC" | "ENHANCED"));
        if !decided {
            prop_assert!(!analysis.findings.is_empty() || verdict(&analysis, LOOP) == Verdict::Inconclusive);
        }
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        prop::sample::select(vec!["ECR", "EC2", "BASIC", "ENHANCED", "SCAN_ON_PUSH", "*", ""])
            .prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-z_]{1,16}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
