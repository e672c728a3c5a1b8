//! Outputs that cannot be written lose none of those that can.

use crate::support::audit::Audit;

const GOOD: &str = include_str!("../../fixtures/snapshots/cold-files-scanned.json");

#[test]
fn one_output_that_cannot_be_written_loses_none_of_the_others() {
    let run = Audit::new()
        .file("good.json", GOOD)
        .file("dir.csv/inside", "")
        .args("scan --snapshot good.json --format json --output nowhere/a.md --output b.json --output dir.csv")
        .args("--output c.html")
        .run()
        .expect(2);
    assert_eq!(run.json(), run.json_file("b.json"), "standard output and what can be written are whole");
    assert!(std::fs::read_to_string(run.path("c.html")).is_ok_and(|html| html.trim_end().ends_with("</html>")));
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.iter().filter(|line| line.starts_with("error: cannot write ")).count(), 2, "{}", run.stderr);
    for name in ["nowhere/a.md", "dir.csv"] {
        let at = lines.iter().position(|line| *line == format!("error: cannot write {name}")).expect("it is named");
        assert!(lines[at + 1].starts_with("cause: "), "{}", run.stderr);
        assert_eq!(lines[at + 2], "help: choose another path with --output");
    }
    assert!(!run.path("nowhere").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_named_and_files_are_written() {
    for format in ["table", "json"] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let run = Audit::new()
            .file("good.json", GOOD)
            .args("scan --snapshot good.json --output b.json --format")
            .arg(format)
            .run_into(full)
            .expect(2);
        assert!(
            run.stderr.starts_with("error: cannot write to standard output\ncause: No space left"),
            "{}",
            run.stderr
        );
        assert_eq!(run.json_file("b.json")["schema_version"], 1);
    }
}
