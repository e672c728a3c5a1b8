//! Comments in Terraform files that keep a finding from being told, and those that only look like it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use crate::support::audit::{Audit, Run};

const LOOP: &str = "terraform-coupling-loop";

/// Two blocks that contradict each other; `above` and `inside` stand above and in the enabler, `at_registry` above the
/// registry.
fn configuration(above: &str, inside: &str, at_registry: &str) -> String {
    format!(
        "# The scans of images.\n{above}\nresource \"aws_inspector2_enabler\" \"this\" {{\n  {inside}\n  account_ids    = \
         [\"111122223333\"]\n  resource_types = [\"ECR\"]\n}}\n\n{at_registry}\nresource \
         \"aws_ecr_registry_scanning_configuration\" \"this\" {{\n  scan_type = \"BASIC\"\n\n  rule {{\n    scan_frequency = \
         \"SCAN_ON_PUSH\"\n    repository_filter {{\n      filter      = \"*\"\n      filter_type = \"WILDCARD\"\n    }}\n  }}\n}}\n"
    )
}

fn run_with(text: &str, format: &str) -> Run {
    Audit::new().file("main.tf", text).args("terraform . --format").arg(format).run()
}

/// The report, its status and what was said on standard error.
fn judged(text: &str) -> (Value, i32, String) {
    let run = run_with(text, "json");
    (run.json(), run.code(), run.stderr.clone())
}

/// How often each rule found something that is told.
fn told(report: &Value) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list").iter().filter(|one| one["suppressed"].is_null()) {
        *told.entry(finding["rule"].as_str().expect("a name").to_owned()).or_default() += 1;
    }
    told
}

#[test]
fn a_comment_on_either_side_hides_the_loop_and_says_where_it_stands() {
    let (report, status, _) = judged(&configuration("", "", ""));
    assert_eq!((told(&report).get(LOOP), status), (Some(&1), 1), "{report:#}");
    let comment = "inspector-audit:ignore terraform-coupling-loop moves to one root in March until 2099-03-31";
    for (above, inside, at_registry, line) in [
        (format!("# {comment}"), String::new(), String::new(), 2),
        (format!("// {comment}\n# and another"), String::new(), String::new(), 2),
        (format!("/* {comment} */"), String::new(), String::new(), 2),
        (String::new(), format!("# {comment}"), String::new(), 4),
        (String::new(), String::new(), format!("#{comment}"), 9),
    ] {
        let (report, status, said) = judged(&configuration(&above, &inside, &at_registry));
        assert_eq!((told(&report).get(LOOP), status), (None, 0), "{above}{inside}{at_registry}: {said}");
        let hidden = report["findings"].as_array().expect("a list").iter().find(|one| one["rule"] == LOOP);
        let hidden = &hidden.expect("it is still in the report")["suppressed"];
        assert_eq!(hidden["reason"], "moves to one root in March");
        assert_eq!((&hidden["expires"], &hidden["comment"]["line"]), (&Value::from("2099-03-31"), &Value::from(line)));
        assert_eq!(report["summary"]["suppressed"], 1);
        assert_eq!(report["run"]["suppressions"][0]["state"], "used");
        assert!(!said.contains("warning"), "{said}");
    }
}

#[test]
fn every_format_says_why_it_is_not_told() {
    let text = configuration("# inspector-audit:ignore terraform-coupling-loop known to the team", "", "");
    let sarif = run_with(&text, "sarif").json();
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    let hidden = results.iter().find(|one| one["ruleId"] == LOOP).expect("a result");
    assert_eq!(hidden["suppressions"][0]["kind"], "inSource");
    for format in ["csv", "markdown", "html", "junit"] {
        let run = run_with(&text, format);
        assert_eq!(run.code(), 0, "{format}");
        assert!(
            run.stdout.contains("known to the team") && run.stdout.contains("main.tf:2"),
            "{format}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_comment_that_cannot_be_honoured_hides_nothing_and_is_told() {
    let rule = "terraform-coupling-loop";
    for (comment, said) in [
        ("inspector-audit:ignore".to_owned(), "names no rule"),
        (format!("inspector-audit:ignore {rule}"), "gives no reason"),
        (format!("inspector-audit:ignore {rule} until 2099-01-01"), "gives no reason"),
        (format!("inspector-audit:ignore {rule} soon until 2099-02-30"), "`2099-02-30` after `until` is no date"),
        ("inspector-audit:ignore terraform-coupling-lop soon".to_owned(), "did you mean terraform-coupling-loop?"),
        (
            "inspector-audit:ignore efs-tier-recall of no matter".to_owned(),
            "there is no Terraform rule `efs-tier-recall`",
        ),
        (format!("inspector-audit:skip {rule} soon"), "`skip` is nothing that a comment can ask for"),
    ] {
        let (report, status, stderr) = judged(&configuration(&format!("# {comment}"), "", ""));
        assert_eq!((told(&report).get(LOOP), status), (Some(&1), 1), "{comment}");
        assert!(stderr.contains("warning: ") && stderr.contains("main.tf:2: ignored nothing"), "{comment}: {stderr}");
        assert!(stderr.contains(said), "{comment}: {stderr}");
    }
}

#[test]
fn what_stands_elsewhere_has_had_its_day_or_finds_nothing_is_told() {
    let comment = "# inspector-audit:ignore terraform-coupling-loop known";
    // A blank line between: of whom it speaks is not clear.
    let (report, _, said) = judged(&configuration(&format!("{comment}\n"), "", ""));
    assert!(told(&report).contains_key(LOOP) && said.contains("neither in a block nor directly above one"), "{said}");
    let (report, status, said) = judged(&configuration(&format!("{comment} until 2020-01-01"), "", ""));
    assert_eq!((told(&report).get(LOOP), status), (Some(&1), 1));
    assert!(said.contains("ended on 2020-01-01") && said.contains("main.tf:2"), "{said}");
    let idle = configuration("# inspector-audit:ignore terraform-scan-rules-invalid none of them", "", "");
    let (report, _, said) = judged(&idle);
    assert!(told(&report).contains_key(LOOP), "another rule's comment");
    assert!(said.contains("matches no finding: take the comment out"), "{said}");
    // A string is no comment.
    let text = format!("locals {{\n  x = \"{comment}\"\n  y = <<-EOT\n    {comment}\n  EOT\n}}\n");
    let (report, _, said) = judged(&(text + &configuration("", "", "")));
    assert!(told(&report).contains_key(LOOP) && !said.contains("warning"), "{said}");
}

#[test]
fn a_downloaded_module_decides_nothing() {
    let comment = "# inspector-audit:ignore terraform-coupling-loop says its author";
    let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"registry.terraform.io/a/b/aws","Version":"1.0.0","Dir":".terraform/modules/m"}]}"#;
    let of = |folder: &str, source: &str| {
        Audit::new()
            .file("main.tf", format!("module \"m\" {{\n  source = \"{source}\"\n}}\n"))
            .file(&format!("{folder}/main.tf"), configuration(comment, "", ""))
            .file(".terraform/modules/modules.json", manifest)
            .args("terraform . --format json")
            .run()
    };
    let own = of("own", "./own");
    assert_eq!(told(&own.json()).get(LOOP), None, "{}", own.stderr);
    let downloaded = of(".terraform/modules/m", "a/b/aws");
    assert_eq!(told(&downloaded.json()).get(LOOP), Some(&1), "{}", downloaded.stderr);
}

#[test]
fn a_file_of_thousands_of_comments_is_read() {
    // In the block: a thousand of them are read.
    let many = "# inspector-audit:ignore terraform-coupling-loop again\n  ".repeat(30_000);
    let (report, status, said) = judged(&configuration("", &many, ""));
    assert_eq!((told(&report).get(LOOP), status), (None, 0));
    assert!(said.contains("more such comments in this file than are read"), "{said}");
    // Far above any block: none counts.
    let far = "# inspector-audit:ignore terraform-coupling-loop again\n".to_owned() + &"# and\n".repeat(30_000);
    let (report, ..) = judged(&(far + &configuration("", "", "")));
    assert!(told(&report).contains_key(LOOP));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A comment changes what is told of its own rule alone, and taking it out never tells less.
    #[test]
    fn a_comment_touches_its_own_rule_alone(
        rule in prop::sample::select(vec![LOOP, "terraform-scan-rules-invalid", "terraform-enabler-conflict", "x"]),
        reason in "[a-z ]{0,12}",
        place in 0..3_usize,
    ) {
        let comment = format!("# inspector-audit:ignore {rule} {reason}");
        let mut places = ["", "", ""];
        places[place] = &comment;
        let without = told(&judged(&configuration("", "", "")).0);
        let with = told(&judged(&configuration(places[0], places[1], places[2])).0);
        for (name, number) in &without {
            let left = with.get(name).copied().unwrap_or(0);
            prop_assert!(left == *number || (name == rule && left < *number), "{name}: {comment}");
        }
        prop_assert!(with.keys().all(|name| without.contains_key(name)));
    }
}
