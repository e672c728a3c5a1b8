//! How often the test of alignment is wrong and right on simulated file systems, as a table:
//! `cargo bench --no-default-features --bench alignment -- 300`, where the number is that of worlds in each cell.

#[path = "../it/alignment/sim.rs"]
mod sim;

use std::io::Write as _;

use inspector_audit::alignment::{Reading, aligned, read};
use sim::{Part, SAME, WITH, WITHOUT, world};

/// The finest periods of `CloudWatch`, in the order of its retention, seconds.
const PERIODS: [u32; 3] = [60, 300, 3_600];
const TRIALS: u64 = 300;

/// Of a hundred worlds those that are seen and those of which it cannot be told, and the megabytes a run that would
/// have been seen in half of the rest, told from every tenth world: that takes most of the time.
fn cell(period: u32, parts: &[Part], trials: u64) -> String {
    // CloudWatch keeps minutes for 15 days.
    if period == 60 && parts.iter().any(|part| matches!(part, Part::Days(16..))) {
        return "-".to_owned();
    }
    let (mut found, mut unknown, mut powers) = (0_u64, 0_u64, Vec::new());
    for seed in 0..trials {
        let world = world(seed * 7_919 + 1, period, parts);
        match aligned(&world.reads(), &world.scan()) {
            Ok(Some(_)) => found += 1,
            Ok(None) if seed % 10 == 0 => {
                if let Reading::NotSeen(not_seen) = read(&world.reads(), &world.scan()) {
                    powers.push(not_seen.smallest_seen / 1_000_000);
                }
            }
            Ok(None) => {}
            Err(_) => unknown += 1,
        }
    }
    powers.sort_unstable();
    let power = powers.get(powers.len() / 2).map_or_else(|| "-".to_owned(), u64::to_string);
    let percent = |count: u64| format!("{}.{}", count * 100 / trials, count * 1_000 / trials % 10);
    format!("{:>5} {:>5} {power:>6}", percent(found), percent(unknown))
}

fn main() {
    let trials = std::env::args().find_map(|argument| argument.parse().ok()).filter(|trials| *trials > 0);
    // As other benchmarks do: whether it runs, not what it tells.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let trials = trials.unwrap_or(if is_test { 1 } else { TRIALS });
    let mut out = std::io::stdout().lock();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    line(format!("{trials} worlds each, 14 days where nothing else is said; in percent: seen, unknown; then MB a run"));
    line("that would have been seen in half of the worlds in which nothing was.".to_owned());
    let heads = PERIODS.map(|period| format!("{:>18}", format!("points of {period} s"))).join(" | ");
    let with = WITH.iter().map(|(name, parts, _)| (*name, *parts)).collect();
    let tables = [("no scan", WITHOUT.to_vec()), ("no scan, but a reader like it", SAME.to_vec()), ("a scan", with)];
    for (title, rows) in tables {
        line(format!("{title:<36} | {heads}"));
        for (name, parts) in rows {
            let cells = PERIODS.map(|period| format!("{:>18}", cell(period, parts, trials))).join(" | ");
            line(format!("{name:<36} | {cells}"));
        }
    }
}
