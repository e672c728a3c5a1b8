//! What a release hands out beside its archives: the script that installs one, and the Homebrew formula.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::release::{program, sha256};

const VERSION: &str = "v9.9.9";
const INTEL: &str = "inspector-audit-v9.9.9-x86_64-unknown-linux-musl";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".github").join(name)
}

/// A machine: its home, its programs, and a release that its `curl` knows.
struct Machine {
    folder: tempfile::TempDir,
    kernel: &'static str,
    processor: &'static str,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let of = |name: &str| folder.path().join(name);
        for name in ["bin", "release", "home"] {
            std::fs::create_dir(of(name)).expect("a folder");
        }
        std::fs::create_dir(of("release").join(INTEL)).expect("a folder");
        program(&of("release").join(INTEL).join("inspector-audit"), "#!/bin/sh\necho inspector-audit 9.9.9\n");
        let packed = Command::new("tar")
            .current_dir(of("release"))
            .args(["czf", &format!("{INTEL}.tar.gz"), INTEL])
            .status()
            .expect("tar runs");
        assert!(packed.success());
        let sum = sha256(&std::fs::read(of("release").join(format!("{INTEL}.tar.gz"))).expect("an archive"));
        std::fs::write(of("release").join(format!("{INTEL}.tar.gz.sha256")), format!("{sum}  {INTEL}.tar.gz\n"))
            .expect("written");
        // Takes the last part of the address from the release.
        program(
            &of("bin/curl"),
            "#!/bin/sh\nwhile [ $# -gt 0 ]; do case $1 in --output) out=$2; shift ;; http*) of=$1 ;; esac; shift; done\n\
             echo \"$of\" >>\"$LOG\"\ncp \"$RELEASE/${of##*/}\" \"$out\"\n",
        );
        program(&of("bin/uname"), "#!/bin/sh\n[ \"$1\" = -s ] && echo \"$KERNEL\" || echo \"$PROCESSOR\"\n");
        // Not signed in, unless a test says otherwise.
        program(&of("bin/gh"), "#!/bin/sh\nexit 1\n");
        Self { folder, kernel: "Linux", processor: "x86_64" }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run_as(&self, shell: &[&str], settings: &[(&str, &str)]) -> Output {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").expect("a path"));
        let [program, arguments @ ..] = shell else { panic!("a shell") };
        Command::new(program)
            .args(arguments)
            .arg(script("install.sh"))
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path("home"))
            .env("RELEASE", self.path("release"))
            .env("LOG", self.path("log"))
            .env("KERNEL", self.kernel)
            .env("PROCESSOR", self.processor)
            .env("INSPECTOR_AUDIT_FROM", format!("https://github.com/owner/tool/releases/download/{VERSION}"))
            .env("INSPECTOR_AUDIT_VERSION", VERSION)
            .envs(settings.iter().copied())
            .output()
            .expect("the shell runs")
    }

    fn run(&self, settings: &[(&str, &str)]) -> Output {
        self.run_as(&["sh"], settings)
    }

    /// What lies where programs are installed.
    fn installed(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("home/.local/bin")).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect()
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[test]
fn an_archive_with_the_right_checksum_is_installed_in_every_shell() {
    for shell in [&["sh"][..], &["bash", "--posix"], &["dash"], &["busybox", "ash"], &["mksh"]] {
        let is_here = Command::new(shell[0]).arg("-c").arg(":").output().is_ok();
        if !is_here {
            writeln_skipped(shell[0]);
            continue;
        }
        let machine = Machine::new();
        let output = machine.run_as(shell, &[]);
        assert!(output.status.success(), "{shell:?}: {}", said(&output));
        assert_eq!(machine.installed(), ["inspector-audit"], "{shell:?}");
        let said = said(&output);
        assert!(said.contains("inspector-audit 9.9.9") && said.contains("provenance was not verified"), "{said}");
        assert!(said.contains("is not in PATH"), "{said}");
        let asked = std::fs::read_to_string(machine.path("log")).expect("a log");
        let from = format!("https://github.com/owner/tool/releases/download/v9.9.9/{INTEL}.tar.gz");
        assert_eq!(asked, format!("{from}\n{from}.sha256\n"));
    }
}

/// What a test does to a machine.
type Change<'a> = &'a dyn Fn(&mut Machine);

fn writeln_skipped(shell: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "skipped: no {shell} here");
}

#[test]
fn what_does_not_match_or_is_not_there_installs_nothing() {
    let spoil = |machine: &Machine, name: &str, text: &str| {
        std::fs::write(machine.path("release").join(format!("{INTEL}{name}")), text).expect("written");
    };
    let cases: [(&str, Change<'_>); 7] = [
        ("another checksum", &|machine| spoil(machine, ".tar.gz.sha256", "0000  x\n")),
        ("another checksum", &|machine| spoil(machine, ".tar.gz.sha256", "")),
        ("another checksum", &|machine| spoil(machine, ".tar.gz", "something else")),
        ("the checksum of", &|machine| {
            std::fs::remove_file(machine.path("release").join(format!("{INTEL}.tar.gz.sha256"))).expect("removed");
        }),
        ("cannot be downloaded", &|machine| {
            std::fs::remove_file(machine.path("release").join(format!("{INTEL}.tar.gz"))).expect("removed");
        }),
        ("no archive for Linux on riscv64", &|machine| machine.processor = "riscv64"),
        ("no archive for SunOS on x86_64", &|machine| machine.kernel = "SunOS"),
    ];
    for (words, change) in cases {
        let mut machine = Machine::new();
        change(&mut machine);
        let output = machine.run(&[]);
        let said = said(&output);
        assert!(!output.status.success() && said.contains("error: ") && said.contains(words), "{words}: {said}");
        assert_eq!(machine.installed(), [""; 0], "{words}");
    }
}

#[test]
fn provenance_is_verified_where_gh_is_signed_in() {
    for (verified, installed) in [(0, true), (1, false)] {
        let machine = Machine::new();
        let gh = format!(
            "#!/bin/sh\necho \"$@\" >>\"$LOG\"\ncase \"$1 $2\" in\n'auth status') ;;\n*) exit {verified} ;;\nesac\n"
        );
        program(&machine.path("bin/gh"), &gh);
        let output = machine.run(&[]);
        assert_eq!(output.status.success(), installed, "{}", said(&output));
        assert_eq!(machine.installed().is_empty(), !installed);
        let log = std::fs::read_to_string(machine.path("log")).expect("a log");
        assert!(log.contains("attestation verify ") && log.contains("--repo owner/tool"), "{log}");
    }
}

#[test]
fn a_place_that_cannot_be_written_and_a_copy_without_a_release_are_told() {
    let machine = Machine::new();
    std::fs::write(machine.path("file"), "").expect("written");
    let into = machine.path("file/below").display().to_string();
    let output = machine.run(&[("INSPECTOR_AUDIT_INTO", &into)]);
    let told = said(&output);
    assert!(
        !output.status.success() && told.contains("cannot be made") && told.contains("INSPECTOR_AUDIT_INTO"),
        "{told}"
    );
    let output = machine.run(&[("INSPECTOR_AUDIT_FROM", "")]);
    let told = said(&output);
    assert!(!output.status.success() && told.contains("names no release"), "{told}");
}

#[test]
fn a_release_writes_its_address_into_the_script() {
    let release = include_str!("../../.github/workflows/release.yml");
    let text = std::fs::read_to_string(script("install.sh")).expect("the script");
    // The two lines that the workflow replaces.
    for line in ["from=${INSPECTOR_AUDIT_FROM:-}", "version=${INSPECTOR_AUDIT_VERSION:-}"] {
        assert_eq!(text.lines().filter(|of| *of == line).count(), 1, "{line}");
    }
    assert!(release.contains("s|^from=.*|from=") && release.contains("s|^version=.*|version="));
    assert!(release.contains("Cargo.toml install.sh inspector-audit.rb"));
    for target in text.split("target=").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
        assert!(release.contains(&format!("target: {target}")), "{target} is not built");
    }
}

#[test]
fn the_formula_names_four_archives_with_their_checksums() {
    let folder = tempfile::tempdir().expect("a folder");
    let targets =
        ["aarch64-apple-darwin", "x86_64-apple-darwin", "aarch64-unknown-linux-musl", "x86_64-unknown-linux-musl"];
    for (number, target) in targets.iter().enumerate() {
        let name = format!("inspector-audit-{VERSION}-{target}.tar.gz");
        let sum = sha256(&[u8::try_from(number).expect("few")]);
        std::fs::write(folder.path().join(format!("{name}.sha256")), format!("{sum}  {name}\n")).expect("written");
    }
    let formula = || {
        Command::new("bash")
            .arg(script("homebrew-formula.sh"))
            .current_dir(folder.path())
            .env("GITHUB_SERVER_URL", "https://github.example")
            .env("GITHUB_REPOSITORY", "owner/tool")
            .env("GITHUB_REF_NAME", VERSION)
            .output()
            .expect("bash runs")
    };
    let output = formula();
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for (number, target) in targets.iter().enumerate() {
        let url = format!(
            "url \"https://github.example/owner/tool/releases/download/{VERSION}/inspector-audit-{VERSION}-{target}.tar.gz\""
        );
        let sum = format!("sha256 \"{}\"", sha256(&[u8::try_from(number).expect("few")]));
        let at = text.find(&url).unwrap_or_else(|| panic!("{url}: {text}"));
        let next = text[at..].lines().nth(1).expect("a line").trim();
        assert_eq!(next, sum, "{target}");
    }
    assert!(text.starts_with("class InspectorAudit < Formula\n") && text.contains("version \"9.9.9\""));
    let ends = text.lines().filter(|line| line.trim() == "end").count();
    let begins =
        text.lines().filter(|line| line.trim_end().ends_with(" do") || line.trim().starts_with("def ")).count();
    assert_eq!(ends, begins + 1, "each block ends, and the class");
    if let Ok(checked) = Command::new("ruby").arg("-c").arg("-").stdin(std::process::Stdio::piped()).spawn() {
        use std::io::Write as _;
        let mut checked = checked;
        checked.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
        assert!(checked.wait().expect("ruby ends").success());
    }
    // A checksum that is missing or broken prints no half of a formula.
    std::fs::write(folder.path().join(format!("inspector-audit-{VERSION}-{}.tar.gz.sha256", targets[3])), "x\n")
        .expect("written");
    let output = formula();
    assert!(!output.status.success() && output.stdout.is_empty(), "{}", said(&output));
}
