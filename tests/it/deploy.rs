//! The samples under `.github/deploy`: what they allow is what the program asks for.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::support::audit::Audit;
#[cfg(feature = "aws")]
use crate::support::moto::{deployed, moto};

fn sample(name: &str) -> String {
    std::fs::read_to_string(format!("{}/.github/deploy/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a sample")
}

/// The actions that stand behind the remark on where they are from.
fn actions(text: &str) -> BTreeSet<String> {
    let (_, behind) =
        text.split_once("# As `inspector-audit iam-policy --all-regions` prints it.").expect("the remark");
    let is_end = |line: &str| line.starts_with(']') || line.starts_with("Outputs:") || line.ends_with("Project");
    let lines = behind.lines().map(str::trim).take_while(|line| !is_end(line));
    let bare = |line: &str| line.trim_start_matches("- ").trim_matches([',', '"']).to_owned();
    lines
        .filter(|line| line.starts_with("- ") || line.starts_with('"'))
        .map(bare)
        .filter(|line| !line.contains(' '))
        .collect()
}

#[test]
fn the_roles_allow_what_a_scan_asks_for_and_no_more() {
    let policy = Audit::new().args("iam-policy --all-regions").run().expect(0).json();
    let asked = policy["Statement"][0]["Action"].as_array().expect("actions");
    let asked: BTreeSet<String> = asked.iter().filter_map(|action| Some(action.as_str()?.to_owned())).collect();
    assert!(asked.len() > 30);
    for name in ["read-role.yaml", "read-role.tf", "weekly.yaml"] {
        assert_eq!(actions(&sample(name)), asked, "{name}");
    }
}

#[test]
fn the_weekly_script_is_one_for_any_shell() {
    let weekly = sample("weekly.yaml");
    let (_, script) = weekly.split_once("                - |\n").expect("the script");
    let lines = script.lines().map_while(|line| line.strip_prefix("                  "));
    let script: Vec<&str> = lines.collect();
    assert!(script.len() > 20);
    let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().expect("a shell");
    std::io::Write::write_all(&mut shell.stdin.take().expect("its input"), script.join("\n").as_bytes())
        .expect("it reads");
    assert!(shell.wait().expect("it ends").success());
    // The options that it types are there.
    for typed in [
        "scan --all-regions --no-config --quiet",
        "diff before.json report.json --fail-on never --allow-gaps --format slack",
    ] {
        assert!(script.join("\n").contains(typed));
        let help = Audit::new().args(typed.split(' ').next().expect("a command")).args("--help").run().expect(0).stdout;
        for option in typed.split(' ').filter(|word| word.starts_with("--") && *word != "--all-regions") {
            assert!(help.contains(option), "{option}");
        }
    }
}

/// The role's stack in an emulator, and every template read as strictly as CloudFormation reads it.
#[cfg(feature = "aws")]
#[test]
fn the_templates_are_rolled_out_and_the_role_lets_the_auditor_alone_in() {
    let Some(moto) = moto() else { return };
    let made = deployed(moto);
    assert_eq!(made["status"], "CREATE_COMPLETE", "{made}");
    let expected = serde_json::json!([{
        "Effect": "Allow",
        "Principal": { "AWS": "arn:aws:iam::111122223333:role/auditor" },
        "Action": "sts:AssumeRole",
        "Condition": { "StringEquals": { "sts:ExternalId": "an-external-id" } },
    }]);
    assert_eq!(made["trust"]["Statement"], expected, "{made}");
    let allowed = made["policy"]["Statement"].as_array().expect("statements");
    let asked = Audit::new().args("iam-policy --all-regions").run().expect(0).json();
    assert_eq!(allowed.len(), 1, "{made}");
    assert_eq!(allowed[0]["Action"], asked["Statement"][0]["Action"], "{made}");
    for (template, resource) in [
        ("aws-batch", "AWS::Batch::JobDefinition"),
        ("step-functions", "AWS::StepFunctions::StateMachine"),
        ("weekly", "AWS::CodeBuild::Project"),
    ] {
        let types = made["templates"][template].as_object().expect("resources");
        assert!(types.values().any(|kind| kind == resource), "{template}: {made}");
    }
}
