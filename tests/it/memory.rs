//! Reports of 8,000 findings, some 8 MB of text, are written in bounded memory: a finding at a time.
//!
//! Each measurement is a process of its own, since the peak is the process's: this binary again, with the one ignored
//! test below. Linux tells a process's peak and lets it begin anew (`proc(5)`, `VmHWM` and `clear_refs`).
#![cfg(target_os = "linux")]

use std::process::Command;

use inspector_audit::render::{Format, Style, write};
use inspector_audit::rules::RULES;

use crate::support::sample_report::many_small;

/// How much memory writing may take beside the report, KiB: buffers and what the allocator keeps.
const BOUND: u64 = 4 * 1024;

/// A field of this process's status, KiB.
fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status");
    let line = status.lines().find(|line| line.starts_with(field)).expect("the field");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
#[expect(clippy::print_stdout, reason = "how the child tells its parent")]
fn one_measurement() {
    let format: Format = std::env::var("MEASURE_FORMAT").expect("a format").parse().expect("a format");
    let findings = std::env::var("MEASURE_FINDINGS").expect("a number").parse().expect("a number");
    let report = many_small(findings);
    let before = status("VmRSS:");
    std::fs::write("/proc/self/clear_refs", "5").expect("the peak begins anew");
    let mut sink = std::io::BufWriter::new(std::fs::File::create("/dev/null").expect("a sink"));
    write(format, &report, &RULES, &Style::default(), &mut sink).expect("a sink takes everything");
    println!("grew {} of {}", status("VmHWM:").saturating_sub(before), report.findings.len());
}

#[test]
fn thousands_of_findings_stream_in_bounded_memory() {
    let children = [Format::Json, Format::Sarif].map(|format| {
        let child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "memory::one_measurement", "--ignored", "--nocapture"])
            .env("MEASURE_FORMAT", format.as_str())
            .env("MEASURE_FINDINGS", "8000")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("a process");
        (format, child)
    });
    for (format, child) in children {
        let output = child.wait_with_output().expect("an end");
        let said = String::from_utf8(output.stdout).expect("text");
        let grew = said.split_once("grew ").and_then(|(_, rest)| rest.split_once(" of 8000")).expect("a measurement").0;
        assert!(grew.parse::<u64>().expect("a number") < BOUND, "{format} took {grew} KiB beside the report");
    }
}
