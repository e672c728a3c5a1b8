//! The rules' pages under `.github/docs/rules`: what `explain` prints, each at the address that reports name.

use std::collections::BTreeSet;
use std::path::PathBuf;

use inspector_audit::rules::{RULES, Rule};

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".github", "docs", "rules"].iter().collect()
}

/// The page as a document of its own: the headings one level down, below the rule's.
fn page(rule: &Rule) -> String {
    let lines = rule.explain.trim_end().lines();
    let lines = lines.map(|line| if line.starts_with("# ") { format!("#{line}") } else { line.to_owned() });
    format!("# {}\n\n{}\n\n{}\n", rule.id, rule.title, lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn every_rule_has_its_page_and_every_page_its_rule() {
    let names: BTreeSet<String> = RULES.iter().map(|rule| format!("{}.md", rule.id)).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(folder()).expect("the folder can be made");
        for rule in RULES.iter() {
            std::fs::write(folder().join(format!("{}.md", rule.id)), page(rule)).expect("the page can be written");
        }
    }
    for rule in RULES.iter() {
        let there = std::fs::read_to_string(folder().join(format!("{}.md", rule.id))).unwrap_or_default();
        assert!(there == page(rule), "{}: UPDATE_GOLDEN=1 writes its page", rule.id);
    }
    let there = std::fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let there: BTreeSet<String> = there.map(|name| name.to_string_lossy().into_owned()).collect();
    assert_eq!(there, names);
}
