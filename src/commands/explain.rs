//! `explain`: the list of rules, or one rule's page.

use crate::app::print;
use crate::cli::ExplainArgs;
use crate::report::Status;
use crate::rules::RULES;
use crate::settings;

/// Prints the list, or a page.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Status> {
    let text = match args.rule.as_deref() {
        Some("ecr-coupling") => crate::rules::ecr::coupling::page(),
        Some("probe") => crate::mounts::probe::page(),
        Some(name) => {
            let rule = settings::rule(name)?;
            format!("{}\n{}\n\n{}", rule.id, rule.title, rule.explain.trim_end())
        }
        None => {
            let widest = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            let lines = RULES.iter().map(|rule| format!("{:widest$}  {}", rule.id, rule.title));
            let mut lines: Vec<String> = lines.collect();
            lines.push(String::new());
            lines.push("`inspector-audit explain RULE` shows a rule's page.".to_owned());
            lines.join("\n")
        }
    };
    print(&text)?;
    Ok(Status::Clean)
}
