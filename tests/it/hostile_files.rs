//! Files under hard conditions: signals, kills, full disks, too few descriptors, several writers, links of others. What a
//! name stands for is what it was, or the whole of what is new; and nothing is left beside it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::audit::{Audit, Run, Running, feed};

const OLD: &str = "what was there before";

/// A snapshot of one target, of which only the way in is known.
fn snapshot(account: &str) -> String {
    format!(
        r#"{{"schema_version":1,"tool":{{"name":"inspector-audit","version":"0.1.0"}},"taken_at":"2026-11-21T03:04:05Z","targets":[
{{"account":"{account}","region":"us-east-1","taken_at":"2026-11-21T03:04:05Z",
"identity":{{"complete":{{"arn":"arn:aws:iam::{account}:user/auditor","partition":"aws"}}}}}}]}}"#
    )
}

/// A directory with a pipe to read a snapshot from, and a report that is to be replaced.
fn shared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    fs::write(folder.path().join("report.json"), OLD).expect("a file");
    folder
}

/// A run that has begun its report and now waits for the snapshot.
fn waiting(folder: &Path, first: &str) -> (Running, fs::File) {
    let run = Audit::new().args("scan --snapshot pipe --output report.json --allow-gaps").after(first).inside(folder);
    let run = run.start();
    let pipe = feed(folder.join("pipe"));
    (run, pipe)
}

fn supplied(run: Running, mut pipe: fs::File) -> Run {
    std::io::Write::write_all(&mut pipe, snapshot("111122223333").as_bytes()).expect("it reads");
    drop(pipe);
    run.end()
}

/// The temporary files in a directory.
fn temporary(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.starts_with(".inspector-audit-")).collect()
}

fn report(folder: &Path) -> String {
    fs::read_to_string(folder.join("report.json")).expect("a report")
}

/// Whether whoever started the tests has a signal ignored, which is handed down to whatever they start.
fn is_ignored(number: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_none_or(|mask| mask >> (number - 1) & 1 == 1)
}

#[test]
fn a_signal_is_told_by_the_status_and_leaves_no_temporary_file() {
    // Nobody has this one ignored.
    let mut signals = vec![("TERM", 143)];
    signals.extend((!is_ignored(2)).then_some(("INT", 130)));
    signals.extend((!is_ignored(1)).then_some(("HUP", 129)));
    for (signal, status) in signals {
        let folder = shared();
        let (run, pipe) = waiting(folder.path(), ":");
        assert_eq!(temporary(folder.path()).len(), 1);
        run.signal(signal);
        run.end().expect(status);
        drop(pipe);
        assert_eq!((temporary(folder.path()), report(folder.path()).as_str()), (Vec::new(), OLD), "{signal}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_to_be_ignored_is() {
    let folder = shared();
    let (run, pipe) = waiting(folder.path(), "trap '' HUP");
    run.signal("HUP");
    supplied(run, pipe).expect(0);
    assert!(report(folder.path()).contains("schema_version"));
}

#[test]
fn what_a_killed_run_left_is_removed_by_the_next_and_nothing_else_is() {
    let folder = shared();
    let (killed, pipe) = waiting(folder.path(), ":");
    killed.signal("KILL");
    assert_eq!(killed.end().signal(), Some(9));
    drop(pipe);
    let left = temporary(folder.path());
    assert_eq!((left.len(), report(folder.path()).as_str()), (1, OLD));
    // What is not exactly a leftover is none: other names, other kinds.
    for name in [".inspector-audit-notes.txt", ".inspector-audit-", "inspector-audit-abcdef"] {
        fs::write(folder.path().join(name), "mine").expect("a file");
    }
    fs::create_dir(folder.path().join(".inspector-audit-folder")).expect("a folder");
    std::os::unix::fs::symlink("report.json", folder.path().join(".inspector-audit-linked")).expect("a link");
    let kept = temporary(folder.path()).len() - 1;
    // A run that is alive keeps its own, and takes away the other's.
    let (alive, pipe) = waiting(folder.path(), ":");
    assert_eq!(temporary(folder.path()).len(), kept + 1);
    assert!(!temporary(folder.path()).contains(&left[0]));
    let other =
        Audit::new().file("s.json", snapshot("123456789012")).args("scan --snapshot s.json --allow-gaps --output");
    other.arg(folder.path().join("other.json")).run().expect(0);
    assert_eq!(temporary(folder.path()).len(), kept + 1);
    supplied(alive, pipe).expect(0);
    assert_eq!(temporary(folder.path()).len(), kept);
    assert!(report(folder.path()).ends_with("}\n"));
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    // A file may have 512 bytes; a write beyond that fails as on a full disk.
    for first in ["trap '' XFSZ; ulimit -f 1", "ulimit -f 1"] {
        let audit = Audit::new().file("s.json", snapshot("111122223333")).file("report.json", OLD);
        let run = audit.args("scan --snapshot s.json --output report.json").after(first).run();
        assert_eq!(fs::read_to_string(run.path("report.json")).expect("a file"), OLD);
        if first.starts_with("trap") {
            let run = run.expect(2);
            assert!(run.stderr.contains("cannot write report.json"), "{}", run.stderr);
            assert_eq!(temporary(&run.path(".")), Vec::<String>::new());
        } else {
            assert!(run.signal().is_some(), "{run:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_an_error() {
    for command in [
        "scan --snapshot s.json --allow-gaps",
        "scan --snapshot s.json --format json",
        "fix --snapshot s.json",
        "explain",
    ] {
        let run = Audit::new().file("s.json", snapshot("111122223333")).args(command).after("exec >/dev/full").run();
        let run = run.expect(2);
        assert!(run.stderr.contains("No space left"), "{command}: {}", run.stderr);
    }
}

#[test]
fn of_several_writers_of_one_file_one_wins_whole() {
    let folder = shared();
    let accounts = ["111122223333", "123456789012", "444455556666", "777788889999"];
    let start = |account: &&str| {
        let audit = Audit::new().file("s.json", snapshot(account)).args("scan --snapshot s.json --allow-gaps --output");
        audit.arg(folder.path().join("report.json")).start()
    };
    let runs: Vec<Running> = accounts.iter().map(start).collect();
    for run in runs {
        run.end().expect(0);
    }
    let whole: serde_json::Value = serde_json::from_str(&report(folder.path())).expect("one whole report");
    let account = whole["run"]["targets"][0]["account"].as_str().expect("an account").to_owned();
    assert!(accounts.contains(&account.as_str()) && whole["run"]["targets"].as_array().expect("a list").len() == 1);
    assert_eq!(temporary(folder.path()), Vec::<String>::new());
}

#[test]
fn few_descriptors_are_enough_or_the_error_says_so() {
    let many = |limit: u32| {
        let mut audit = Audit::new().args("scan --allow-gaps");
        for number in 0..80_u64 {
            let name = format!("s{number}.json");
            audit = audit.file(&name, snapshot(&(111_100_000_000 + number).to_string())).args("--snapshot").arg(name);
        }
        for extension in ["json", "csv", "md", "html", "sarif", "xml", "jsonl", "txt"] {
            audit = audit.args("--output").arg(format!("report.{extension}"));
        }
        audit.after(&format!("ulimit -n {limit}")).run()
    };
    let run = many(64).expect(0);
    assert_eq!(run.json_file("report.json")["run"]["targets"].as_array().map(Vec::len), Some(80));
    let run = many(8).expect(2);
    assert!(run.stderr.contains("Too many open files"), "{}", run.stderr);
    assert_eq!(temporary(&run.path(".")), Vec::<String>::new());
    assert!(!run.path("report.json").exists());
}

#[test]
fn a_link_of_somebody_else_is_replaced_and_not_followed() {
    let folder = shared();
    let (link, victim) = (folder.path().join("link.json"), folder.path().join("report.json"));
    std::os::unix::fs::symlink("report.json", &link).expect("a link");
    if let Err(error) = std::os::unix::fs::lchown(&link, Some(65534), Some(65534)) {
        assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
        std::io::Write::write_all(&mut std::io::stderr(), b"skipped: only root gives a link away\n").expect("a line");
        return;
    }
    let audit =
        Audit::new().file("s.json", snapshot("111122223333")).args("scan --snapshot s.json --allow-gaps --output");
    audit.arg(&link).run().expect(0);
    assert!(fs::symlink_metadata(&link).expect("it is there").is_file());
    assert_eq!(fs::read_to_string(victim).expect("a file"), OLD);
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_an_end_are_refused_with_the_limit() {
    let endless = [
        ("scan --snapshot s.json --prices /dev/zero", "expected value"),
        ("scan --snapshot s.json --config /dev/zero", "more than 1 MiB"),
        ("scan --snapshot s.json --baseline /dev/zero", "more than 96 MiB"),
        ("diff /dev/zero s.json", "more than 96 MiB"),
        ("scan --snapshot s.json --mount-map /dev/zero", "longer than 64 MiB"),
        ("scan --snapshot s.json --mount-table i-0123456789abcdef0=/dev/zero", "longer than 8 MiB"),
        ("scan --snapshot /dev/zero", "expected value"),
    ];
    for (command, words) in endless {
        let run = Audit::new().file("s.json", snapshot("111122223333")).args(command).run().expect(2);
        assert!(run.stderr.contains("/dev/zero") && run.stderr.contains(words), "{command}: {}", run.stderr);
    }
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    let folder = shared();
    let run = Audit::new().args("scan --snapshot pipe").inside(folder.path()).start();
    let mut pipe = feed(folder.path().join("pipe"));
    // Two bytes each, and hundreds in memory where something is read of them.
    let many = "{},".repeat(10_000);
    let mut written = std::io::Write::write_all(&mut pipe, br#"{"schema_version":1,"x":["#);
    for _ in 0..500 {
        // The run stops reading when it has had enough.
        written = written.and_then(|()| std::io::Write::write_all(&mut pipe, many.as_bytes()));
    }
    assert!(written.is_err(), "it was read to its end");
    let run = run.end().expect(2);
    assert!(run.stderr.contains("more than 448 MiB of memory"), "{}", run.stderr);
}
