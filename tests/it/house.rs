//! The house itself: which room may use which, what is pure, and that the list of rules is in order and explains itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use inspector_audit::rules::{EXPLAIN_HEADINGS, RULES};

use crate::support::imports::{Use, sources, uses};

/// What of `forbidden` the code of some folders says, outside comments.
fn offences(folders: &[&str], forbidden: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    for path in folders.iter().flat_map(|folder| sources(folder)) {
        let text = fs::read_to_string(&path).expect("a source");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            offences.extend(
                forbidden
                    .iter()
                    .filter(|word| code.contains(**word))
                    .map(|word| format!("{}:{}: {word}", path.display(), number + 1)),
            );
        }
    }
    offences
}

#[test]
fn judgement_is_pure() {
    let found = offences(
        &["src/rules", "src/model", "src/price", "src/mounts"],
        &[
            "aws_sdk",
            "aws_config",
            "aws_smithy",
            "tokio",
            "async ",
            ".await",
            "std::fs",
            "std::env",
            "std::net::Tcp",
            "std::process",
            "std::time",
            "SystemTime",
            "Instant::now",
            "Utc::now",
            "Local::now",
            "crate::collect",
            "crate::commands",
            "crate::io",
            "crate::settings",
            "crate::cli",
            "crate::render",
            "crate::report",
            "println!",
            "f64",
            "f32",
        ],
    );
    assert!(found.is_empty(), "{found:#?}");
}

/// The rooms, by the beginning of their files' names; the first that fits is the room of a file.
const ROOMS: &[(&str, &str)] = &[
    ("src/main.rs", "main"),
    ("src/alignment/", "alignment"),
    ("src/commands/", "commands"),
    ("src/settings/", "settings"),
    ("src/cli/", "cli"),
    ("src/io/", "io"),
    ("src/render/", "render"),
    ("src/fix/", "fix"),
    ("src/aws_cli", "aws_cli"),
    ("src/report/", "report"),
    ("src/diff.rs", "report"),
    ("src/what_if/", "what_if"),
    ("src/rules/efs/", "efs"),
    ("src/rules/ecr/", "ecr"),
    ("src/rules/finding", "finding"),
    ("src/rules/status", "status"),
    ("src/rules/", "catalog"),
    ("src/terraform/", "terraform"),
    ("src/collect/", "collect"),
    ("src/mounts/", "mounts"),
    ("src/price/", "price"),
    ("src/permissions", "permissions"),
    ("src/text", "text"),
    ("src/model/", "model"),
];

/// Which rooms a room may use, from the roof down: a room uses only rooms of lines below its own.
const ARROWS: &[(&str, &[&str])] = &[
    // `report` for the exit status.
    ("main", &["commands", "cli", "io", "report"]),
    (
        "commands",
        &[
            "settings",
            "cli",
            "io",
            "collect",
            "catalog",
            "finding",
            "terraform",
            "report",
            "render",
            "fix",
            "what_if",
            "permissions",
            "mounts",
            "price",
            "text",
            "model",
        ],
    ),
    // Settings are in the words of the rooms that do the work; `efs` says whether a schedule is one.
    ("settings", &["cli", "io", "catalog", "finding", "efs", "report", "render", "what_if", "price", "text", "model"]),
    // The names of formats, of rules and of what is excluded, so that there is one list of each.
    ("cli", &["render", "what_if", "catalog"]),
    ("io", &["report", "mounts", "text", "model"]),
    // Plans and changed worlds are data until they are said.
    ("render", &["fix", "what_if", "report", "finding", "aws_cli", "price", "text", "model"]),
    // Plans rest on findings as they are shown.
    ("fix", &["report", "finding"]),
    ("what_if", &["report", "efs", "ecr", "finding", "status", "price", "text", "model"]),
    ("report", &["finding", "price", "text", "model"]),
    ("catalog", &["efs", "ecr", "terraform", "finding", "status", "price", "text", "model"]),
    ("efs", &["finding", "status", "price", "text", "alignment", "model"]),
    ("ecr", &["finding", "status", "price", "text", "model"]),
    ("terraform", &["finding", "status", "price", "text", "model"]),
    ("aws_cli", &["finding", "text", "model"]),
    // The gap that an open status leaves.
    ("status", &["finding", "model"]),
    ("finding", &["price", "model"]),
    ("collect", &["permissions", "mounts", "price", "text", "model"]),
    ("mounts", &["text", "model"]),
    ("permissions", &["model"]),
    ("price", &["text", "model"]),
    ("text", &[]),
    ("alignment", &["model"]),
    ("model", &[]),
];

/// Circles of files that are natural, as files that parse each other's syntax are. Each says so in its module's comment.
const NATURAL: &[&[&str]] = &[];

/// The room of a file; the crate's root is in none.
fn room(file: &str) -> Option<&'static str> {
    ROOMS.iter().find(|(beginning, _)| file.starts_with(beginning)).map(|(_, room)| *room)
}

/// The uses from one room to another, those of the crate's root left out.
fn arrows() -> Vec<(&'static str, &'static str, Use)> {
    let uses = uses().into_iter().filter(|one| one.from != "src/lib.rs");
    uses.map(|one| {
        let room = |file: &str| room(file).unwrap_or_else(|| panic!("{file} is in no room: see ROOMS"));
        (room(&one.from), room(&one.to), one)
    })
    .filter(|(from, to, _)| from != to)
    .collect()
}

#[test]
fn the_arrows_between_rooms_lead_down() {
    let line = |room: &str| ARROWS.iter().position(|(of, _)| *of == room);
    for (below, (room, uses)) in ARROWS.iter().enumerate() {
        let up: Vec<_> = uses.iter().filter(|used| line(used).is_none_or(|at| at <= below)).collect();
        assert!(up.is_empty(), "{room} uses {up:?}, which is not below it");
    }
    let uncharted: Vec<_> = ROOMS.iter().filter(|(_, room)| line(room).is_none()).collect();
    assert!(uncharted.is_empty(), "ARROWS does not say what these may use: {uncharted:?}");
}

#[test]
fn no_room_uses_what_it_may_not() {
    let may = |from: &str, to: &str| ARROWS.iter().any(|(room, uses)| *room == from && uses.contains(&to));
    let used = arrows();
    let wrong = used.iter().filter(|(from, to, _)| !may(from, to));
    let wrong: Vec<_> = wrong
        .map(|(from, to, one)| format!("{}:{}: `{from}` may not use `{to}` ({})", one.from, one.line, one.to))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The groups of files each of which needs, by way of others, all of the group: the circles, sorted.
fn circles() -> BTreeSet<BTreeSet<String>> {
    let mut next: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in uses().into_iter().filter(|one| !one.handed_on) {
        next.entry(one.from).or_default().insert(one.to);
    }
    let reached = |from: &String| {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            open.extend(next.get(file).into_iter().flatten().filter(|to| reached.insert((*to).clone())));
        }
        reached
    };
    let all: BTreeMap<&String, BTreeSet<String>> = next.keys().map(|file| (file, reached(file))).collect();
    let mutual = |file: &String| {
        let back = |other: &&String| all.get(*other).is_some_and(|reached| reached.contains(file));
        all[file].iter().filter(back).cloned().collect::<BTreeSet<_>>()
    };
    next.keys().map(mutual).filter(|circle| !circle.is_empty()).collect()
}

#[test]
fn no_circle_of_files_is_unnatural() {
    let (mut wrong, mut natural) = (Vec::new(), BTreeSet::new());
    for circle in circles() {
        let exactly = |files: &&[&str]| circle.iter().eq(files.iter());
        match NATURAL.iter().position(exactly) {
            Some(known) => {
                natural.insert(known);
            }
            None => wrong.push(circle),
        }
    }
    assert!(wrong.is_empty(), "these files use each other in a circle: {wrong:#?}");
    assert_eq!(natural.len(), NATURAL.len(), "a circle of NATURAL is gone");
    for files in NATURAL {
        for file in *files {
            let text = fs::read_to_string(file).expect("a source");
            let comment: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
            let others = files.iter().filter(|other| *other != file);
            let stems = others.map(|other| other.trim_end_matches(".rs").rsplit('/').next().unwrap_or_default());
            let silent: Vec<_> = stems.filter(|stem| !comment.contains(&format!("`{stem}`"))).collect();
            assert!(silent.is_empty(), "the comment of {file} does not say that it and {silent:?} use each other");
        }
    }
}

#[test]
fn the_test_of_alignment_is_pure() {
    // Probabilities are floats there, so that word is not forbidden.
    let found = offences(
        &["src/alignment"],
        &["std::fs", "std::env", "std::time", "Utc::now", "async ", "crate::rules", "crate::report", "crate::price"],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn renderers_read_no_file_no_clock_and_no_terminal() {
    let found = offences(
        &["src/render"],
        &["std::fs", "std::env", "Utc::now", "SystemTime", "aws_sdk", "aws_config", "aws_smithy", "crate::collect"],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_main_ends_the_process() {
    let exits: Vec<String> =
        offences(&["src"], &["process::exit"]).into_iter().filter(|offence| !offence.contains("main.rs")).collect();
    assert!(exits.is_empty(), "{exits:#?}");
}

#[test]
fn rules_are_sorted_unique_and_explain_themselves() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    for rule in RULES.iter() {
        assert!(
            rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            rule.id
        );
        let headings: Vec<&str> = rule.explain.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        assert_eq!(headings, EXPLAIN_HEADINGS, "{}", rule.id);
    }
}

#[test]
fn no_source_is_longer_than_one_sitting() {
    for path in sources("src") {
        let lines = fs::read_to_string(&path).expect("a source").lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}
