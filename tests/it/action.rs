//! The GitHub Action: its scripts run here as a runner would run them.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::release::{program, sha256};

const ACTION: &str = include_str!("../../.github/actions/scan/action.yml");
const BINARY: &str = env!("CARGO_BIN_EXE_inspector-audit");

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a script of the action in its own folder, and gives back what it left in the files of the runner.
fn run(script: &str, folder: &Path, inputs: &[(&str, &str)]) -> (Output, String, String) {
    let (outputs, summary) = (folder.join("outputs"), folder.join("summary"));
    let output = Command::new("bash")
        .arg(repository().join(".github/actions/scan").join(script))
        .current_dir(folder)
        .env("GITHUB_OUTPUT", &outputs)
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("RUNNER_TEMP", folder)
        .envs(inputs.iter().copied())
        .output()
        .expect("bash runs");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    (output, read(outputs), read(summary))
}

fn snapshot(name: &str) -> String {
    repository().join("fixtures/snapshots").join(name).display().to_string()
}

#[test]
fn the_action_writes_every_report_and_keeps_the_status_for_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let snapshots = snapshot("cold-files-scanned.json");
    let inputs = [
        ("INPUT_BINARY", BINARY),
        ("INPUT_SNAPSHOTS", snapshots.as_str()),
        ("INPUT_ARGUMENTS", "--rule\nefs-tier-recall"),
        ("INPUT_OUTPUT", "reports of mine"),
    ];
    let (output, outputs, summary) = run("scan.sh", folder.path(), &inputs);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(outputs.starts_with("status=1\n"), "{outputs}");
    for (name, extension) in [("sarif", "sarif"), ("markdown", "md"), ("json", "json"), ("html", "html")] {
        let path = format!("reports of mine/inspector-audit.{extension}");
        assert!(outputs.contains(&format!("{name}={path}\n")), "{outputs}");
        assert!(folder.path().join(path).is_file());
    }
    assert!(summary.contains("efs-tier-recall") && !summary.contains("ecr-filter-substring"), "{summary}");
}

#[test]
fn the_action_says_why_there_is_no_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = [
        ("INPUT_BINARY", BINARY),
        ("INPUT_SNAPSHOTS", "$(touch\u{20}ran) * ;touch\u{20}ran"),
        ("INPUT_FAIL_ON", "high"),
    ];
    let (output, outputs, summary) = run("scan.sh", folder.path(), &inputs);
    assert!(output.status.success());
    assert_eq!((outputs.as_str(), summary.as_str()), ("status=2\n", ""));
    assert!(!folder.path().join("ran").exists());
}

/// A release as `gh release download` would leave it, and a `gh` that does so.
fn release(folder: &Path, checksum_of: &[u8]) -> String {
    let (bin, assets) = (folder.join("bin"), folder.join("assets"));
    let name = "inspector-audit-v9.9.9-x86_64-unknown-linux-musl";
    std::fs::create_dir_all(assets.join(name)).expect("a folder");
    std::fs::create_dir_all(&bin).expect("a folder");
    std::fs::write(assets.join(name).join("inspector-audit"), "#!/bin/sh\n").expect("written");
    let archive = format!("{name}.tar.gz");
    let packed = Command::new("tar").current_dir(&assets).args(["czf", &archive, name]).status().expect("tar runs");
    assert!(packed.success());
    let mut content = std::fs::read(assets.join(&archive)).expect("the archive");
    content.extend_from_slice(checksum_of);
    let sum = sha256(&content);
    std::fs::write(assets.join(format!("{archive}.sha256")), format!("{sum}  {archive}\n")).expect("written");
    program(
        &bin.join("gh"),
        "#!/bin/sh\ncase \"$1 $2\" in\n'release view') echo v9.9.9 ;;\n'release download') cp \"$ASSETS\"/*.tar.gz* . ;;\n\
         'attestation verify') [ \"$PROVENANCE\" = good ] ;;\nesac\n",
    );
    format!("{}:{}", bin.display(), std::env::var("PATH").expect("a path"))
}

#[test]
fn a_release_is_installed_only_with_the_right_checksum_and_provenance() {
    for (spoiled, provenance, installed) in [(false, "good", true), (true, "good", false), (false, "bad", false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = release(folder.path(), if spoiled { b"more" } else { b"" });
        let assets = folder.path().join("assets").display().to_string();
        let inputs = [
            ("PATH", path.as_str()),
            ("ASSETS", &assets),
            ("PROVENANCE", provenance),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("INPUT_VERSION", "latest"),
            ("INPUT_REPOSITORY", "owner/repository"),
        ];
        let (output, outputs, _) = run("install.sh", folder.path(), &inputs);
        assert_eq!(output.status.success(), installed, "{}", String::from_utf8_lossy(&output.stderr));
        let binary = outputs.trim_end().strip_prefix("binary=").map(PathBuf::from);
        assert_eq!(binary.is_some_and(|binary| binary.is_file()), installed, "{outputs}");
    }
}

#[test]
fn names_of_release_files_agree() {
    let release = include_str!("../../.github/workflows/release.yml");
    let install = include_str!("../../.github/actions/scan/install.sh");
    for target in install.split("target=").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
        assert!(release.contains(&format!("target: {target}")), "{target} is not built");
    }
    assert!(release.contains("name=\"inspector-audit-$GITHUB_REF_NAME-$TARGET\""));
    assert!(install.contains("name=inspector-audit-$tag-$target"));
}

/// A value of `cargo binstall`'s templates with what the tool puts in for the braces.
fn filled(template: &str, version: &str) -> String {
    let pairs = [("name", "inspector-audit"), ("bin", "inspector-audit"), ("version", version)];
    let more = [("target", "x86_64-unknown-linux-musl"), ("binary-ext", "")];
    pairs
        .into_iter()
        .chain(more)
        .fold(template.to_owned(), |text, (key, value)| text.replace(&format!("{{ {key} }}"), value))
}

#[test]
fn the_manifest_of_a_release_tells_binstall_where_its_archives_are() {
    let version = env!("CARGO_PKG_VERSION");
    let manifest = |tag: &str| {
        Command::new("bash")
            .arg(repository().join(".github/release-manifest.sh"))
            .env("GITHUB_SERVER_URL", "https://github.example")
            .env("GITHUB_REPOSITORY", "owner/tool")
            .env("GITHUB_REF_NAME", tag)
            .output()
            .expect("bash runs")
    };
    let output = manifest(&format!("v{version}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let manifest_of_release: toml::Table = toml::from_str(&text).expect("TOML");
    let package = manifest_of_release["package"].as_table().expect("a package");
    let binstall = package["metadata"]["binstall"].as_table().expect("metadata");
    let value = |key: &str| filled(binstall[key].as_str().expect("a text"), version);
    let name = format!("inspector-audit-v{version}-x86_64-unknown-linux-musl");
    // `{ repo }` is filled from `repository`, which the manifest does not have.
    assert!(package.contains_key("repository") || !text.contains("{ repo }"));
    assert_eq!(
        value("pkg-url"),
        format!("https://github.example/owner/tool/releases/download/v{version}/{name}.tar.gz")
    );
    assert_eq!(value("bin-dir"), format!("{name}/inspector-audit"));
    assert_eq!(value("pkg-fmt"), "tgz");
    assert!(!manifest("v99.0.0").status.success(), "a tag of another version makes no release");
    assert!(include_str!("../../.github/workflows/release.yml").contains("release-manifest.sh >Cargo.toml"));
}

/// The part of the action from one step's name to the next step.
fn step(name: &str) -> &'static str {
    let rest = ACTION.split_once(&format!("- name: {name}\n")).expect("the step").1;
    rest.split_once("- name: ").map_or(rest, |(step, _)| step)
}

#[test]
fn a_failed_upload_loses_no_report_and_hides_no_status() {
    let place = |name: &str| ACTION.find(&format!("- name: {name}")).expect("the step");
    assert!(place("Keep the reports") < place("Send the findings to code scanning"));
    for name in ["Keep the reports", "Send the findings to code scanning", "Result"] {
        assert!(step(name).contains("if: ${{ !cancelled() && "), "{name}");
    }
    for name in ["Keep the reports", "Result"] {
        assert!(step(name).contains("steps.scan.outputs.status != ''"), "{name}");
    }
}

#[test]
fn the_project_decides_what_fails_unless_an_input_does() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("inspector-audit.toml"), "fail_on = \"never\"\n").expect("written");
    let snapshots = snapshot("cold-files-scanned.json");
    let inputs = [("INPUT_BINARY", BINARY), ("INPUT_SNAPSHOTS", snapshots.as_str()), ("INPUT_ALLOW_GAPS", "true")];
    for (fail_on, status) in [("", "status=0\n"), ("low", "status=1\n")] {
        let inputs: Vec<_> = inputs.into_iter().chain([("INPUT_FAIL_ON", fail_on)]).collect();
        let _ = std::fs::remove_file(folder.path().join("outputs"));
        let (_, outputs, _) = run("scan.sh", folder.path(), &inputs);
        assert!(outputs.starts_with(status), "{fail_on}: {outputs}");
    }
    let fail_on = ACTION.split_once("  fail-on:\n").expect("the input").1.split_once("default: ").expect("a default").1;
    assert!(fail_on.starts_with("\"\"\n"), "the action has an opinion of its own");
    let example = include_str!("../../.github/actions/scan/example.yml");
    let checkout = example.find("actions/checkout@").expect("the file is in the workspace");
    assert!(checkout < example.find("/.github/actions/scan@").expect("the action"));
    assert!(example.contains("persist-credentials: false"));
}

#[test]
fn code_scanning_gets_no_more_than_it_takes() {
    if Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    // A program that leaves a report of so many results, the first ones suppressed.
    let folder = tempfile::tempdir().expect("a folder");
    let stand_in = folder.path().join("program");
    let results = "jq -n --argjson n \"$RESULTS\" '{runs: [{results: [range($n) | if . < 3 then {i: ., suppressions: \
                   [{}]} else {i: .} end]}]}'";
    let text = format!(
        "#!/bin/bash\nfor one in \"$@\"; do case $one in *.sarif) {results} >\"$one\" ;; *.md) echo report >\"$one\" ;; \
         esac; done\n"
    );
    program(&stand_in, &text);
    for (results, sent) in [("25000", None), ("25001", Some(25_000))] {
        let _ = std::fs::remove_file(folder.path().join("outputs"));
        let stand_in = stand_in.display().to_string();
        let inputs = [("INPUT_BINARY", stand_in.as_str()), ("RESULTS", results)];
        let (output, outputs, _) = run("scan.sh", folder.path(), &inputs);
        let upload = outputs.lines().find_map(|line| line.strip_prefix("upload=")).expect("an upload");
        assert_eq!(upload != "inspector-audit/inspector-audit.sarif", sent.is_some(), "{outputs}");
        assert_eq!(String::from_utf8_lossy(&output.stdout).contains("::warning::"), sent.is_some());
        if let Some(sent) = sent {
            let text = std::fs::read_to_string(upload).expect("a file");
            let log: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let results = log["runs"][0]["results"].as_array().expect("results");
            assert_eq!((results.len(), &results[0]["i"]), (sent, &serde_json::json!(3)));
        }
    }
}

#[test]
fn the_page_and_the_scripts_know_every_input() {
    let page = include_str!("../../.github/actions/scan/README.md");
    let example = include_str!("../../.github/actions/scan/example.yml");
    let inputs = ACTION.split_once("inputs:\n").and_then(|(_, rest)| rest.split_once("outputs:\n")).expect("inputs").0;
    let names: Vec<&str> = inputs
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')))
        .filter_map(|line| line.strip_suffix(':'))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in &names {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
        assert!(ACTION.contains(&format!("inputs.{name}")), "{name} does nothing");
    }
    let with = example.rsplit_once("with:\n").expect("inputs").1;
    for name in with.lines().filter_map(|line| line.trim_start().split_once(':')).map(|(name, _)| name) {
        assert!(names.contains(&name), "{name}");
    }
}

/// A pull request's event, and a `gh` that writes down what it is asked for and has these comments.
fn pull_request(folder: &Path, head: &str, comments: &str) -> String {
    let event = format!(
        r#"{{"pull_request":{{"number":7,"head":{{"repo":{{"full_name":"{head}"}}}},"base":{{"repo":{{"full_name":"owner/tool"}}}}}}}}"#
    );
    std::fs::write(folder.join("event.json"), event).expect("written");
    std::fs::write(folder.join("comments.json"), comments).expect("written");
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).expect("a folder");
    let text = "#!/bin/sh\necho \"$*\" >>\"$LOG\"\n[ -z \"$REFUSES\" ] || exit 1\nfor one; do\n  case $one in\n  \
                body=@*) cp \"${one#body=@}\" \"$LOG.body\" ;;\n  esac\ndone\ncase $* in *--jq*) ;; *) exit 0 ;; esac\n\
                while [ \"$1\" != --jq ]; do shift; done\njq -r \"$2\" \"$COMMENTS\"\n";
    program(&bin.join("gh"), text);
    format!("{}:{}", bin.display(), std::env::var("PATH").expect("a path"))
}

/// Runs the step that comments: what it said, what `gh` was asked for, and the body that it sent.
fn commented(head: &str, comments: &str, findings: bool, more: &[(&str, &str)]) -> (String, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |name: &str| folder.path().join(name).display().to_string();
    let path = pull_request(folder.path(), head, comments);
    let report = if findings {
        r#"{"findings":[{"suppressed":null}],"gaps":[]}"#
    } else {
        r#"{"findings":[{"suppressed":{"reason":"x"}}],"gaps":[{"rules":[]}]}"#
    };
    std::fs::write(of("r.json"), report).expect("written");
    std::fs::write(of("r.md"), "# Report of `$(touch ran)` @somebody\n").expect("written");
    let (event, log, known, json, markdown) =
        (of("event.json"), of("log"), of("comments.json"), of("r.json"), of("r.md"));
    let inputs = [
        ("PATH", path.as_str()),
        ("LOG", &log),
        ("COMMENTS", &known),
        ("GITHUB_EVENT_PATH", &event),
        ("GITHUB_REPOSITORY", "owner/tool"),
        ("INPUT_OUTPUT", "reports of mine"),
        ("INPUT_JSON", &json),
        ("INPUT_MARKDOWN", &markdown),
    ];
    let inputs: Vec<_> = inputs.into_iter().chain(more.iter().copied()).collect();
    let (output, ..) = run("comment.sh", folder.path(), &inputs);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!folder.path().join("ran").exists());
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    (String::from_utf8_lossy(&output.stdout).into_owned(), read(&log), read(&format!("{log}.body")))
}

#[test]
fn a_pull_request_has_one_comment_which_later_runs_change() {
    if Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    let marker = "<!-- inspector-audit reports-of-mine -->";
    let (said, log, body) = commented("owner/tool", "[]", true, &[]);
    assert!(said.contains("a comment was written"), "{said}");
    assert!(log.contains("--method POST repos/owner/tool/issues/7/comments --field body=@"), "{log}");
    assert_eq!(body, format!("{marker}\n# Report of `$(touch ran)` @somebody\n"));
    let ours = format!(
        r#"[{{"id":1,"user":{{"login":"somebody"}},"body":"{marker} quoted"}},{{"id":2,"user":{{"login":"github-actions[bot]"}},"body":"other"}},
            {{"id":9,"user":{{"login":"other[bot]"}},"body":"{marker}"}},
            {{"id":3,"user":{{"login":"github-actions[bot]"}},"body":"{marker}\nold"}},{{"id":4,"user":{{"login":"github-actions[bot]"}},"body":"{marker}\nolder"}}]"#
    );
    for findings in [true, false] {
        let (said, log, body) = commented("owner/tool", &ours, findings, &[]);
        assert!(said.contains("comment 3 was changed"), "{said}");
        assert!(log.contains("--method PATCH repos/owner/tool/issues/comments/3 --field body=@"), "{log}");
        assert!(body.starts_with(marker) && !log.contains("POST"), "{log}");
    }
}

#[test]
fn nothing_to_tell_a_fork_and_a_push_write_no_comment() {
    if Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    let (said, log, _) = commented("owner/tool", "[]", false, &[]);
    assert!(said.contains("nothing to tell") && !log.contains("--method"), "{said}{log}");
    let (said, log, _) = commented("somebody/tool", "[]", true, &[]);
    assert!(said.contains("from a fork") && log.is_empty(), "{said}{log}");
    let push = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(push.path(), "{}").expect("written");
    let (said, log, _) =
        commented("owner/tool", "[]", true, &[("GITHUB_EVENT_PATH", &push.path().display().to_string())]);
    assert!(said.contains("no pull request") && log.is_empty(), "{said}{log}");
    let (said, ..) = commented("owner/tool", "[]", true, &[("REFUSES", "yes")]);
    assert!(said.contains("::warning::") && said.contains("pull-requests: write"), "{said}");
}

#[test]
fn the_action_judges_terraform_instead_of_an_account() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = repository().join("fixtures/terraform/hcl/article-loop").display().to_string();
    let (output, outputs, summary) =
        run("scan.sh", folder.path(), &[("INPUT_BINARY", BINARY), ("INPUT_TERRAFORM", &root)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(outputs.starts_with("status=") && outputs.contains("sarif="), "{outputs}");
    assert!(summary.contains("terraform-"), "{summary}");
    let inputs = [("INPUT_BINARY", BINARY), ("INPUT_TERRAFORM", root.as_str()), ("INPUT_REGION", "us-east-1")];
    let folder = tempfile::tempdir().expect("a folder");
    let (output, outputs, _) = run("scan.sh", folder.path(), &inputs);
    assert_eq!(outputs, "status=2\n");
    assert!(String::from_utf8_lossy(&output.stdout).contains("::error::terraform asks no AWS"));
}
