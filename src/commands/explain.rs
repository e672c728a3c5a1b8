//! `explain`: the list of rules, or one rule's page, laid out for the terminal.

use std::io::{self, IsTerminal as _};

use crate::cli::{ExplainArgs, GlobalArgs};
use crate::io::print;
use crate::render::{page, rule_page};
use crate::report::Status;
use crate::rules::RULES;
use crate::settings::{rule, style};

/// The widest text that reads well.
const MAX_TEXT_COLUMNS: usize = 100;
/// The width where there is no terminal.
const PIPED_COLUMNS: usize = 80;

/// Prints the list, or a page.
pub(super) fn run(args: &ExplainArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let markdown = match args.rule.as_deref() {
        // As it stands: the document on it is meant to be cut out, not to be wrapped.
        Some("probe") => {
            print(crate::mounts::probe::page().trim_end())?;
            return Ok(Status::Clean);
        }
        Some("ecr-coupling") => crate::render::words::ecr::coupling::page(),
        Some(name) => {
            let rule = rule(name)?;
            let address = rule_page::address(rule.id).unwrap_or_else(|| rule_page::path(rule.id));
            format!("{}\n{}\n\n{}\n\nThis page: {address}", rule.id, rule.title, rule.explain.trim_end())
        }
        None => {
            let widest = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            let lines = RULES.iter().map(|rule| format!("{:widest$}  {}", rule.id, rule.title));
            let mut lines: Vec<String> = lines.collect();
            lines.push(String::new());
            lines.push("`inspector-audit explain RULE` shows a rule's page.".to_owned());
            print(&lines.join("\n"))?;
            return Ok(Status::Clean);
        }
    };
    let style = style(global);
    let width = style.width.unwrap_or(PIPED_COLUMNS).min(MAX_TEXT_COLUMNS);
    print(page::lay_out(&markdown, width, style.color, io::stdout().is_terminal()).trim_end())?;
    Ok(Status::Clean)
}
