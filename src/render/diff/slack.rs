//! The comparison as a message of Slack's Block Kit (docs.slack.dev, "Block Kit", read 2026-11): what an incoming webhook
//! takes. Nothing is sent.

use std::io;

use serde_json::{Value, json};

use super::super::text::{brief, clean, count};
use super::super::{Style, json as written};
use super::said::{MAX_NAME_COLUMNS, blind, compared, counts, differences, monthly, totals};
use crate::diff::{Change, Diff, Entry};

/// How many differences it names unless the style says otherwise: a message may have 50 blocks, and is read on a phone.
const ROWS: usize = 10;
/// The most differences that fit beside the other blocks.
const MOST: usize = 40;
/// The most characters of a section's text: 3,000, of which some are the marks of what is left out.
const TEXT: usize = 2_900;
const TITLE: &str = "Amazon Inspector audit: what changed";

pub(super) fn write(diff: &Diff, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = diff.findings.get(..style.top.unwrap_or(ROWS).min(MOST)).unwrap_or(&diff.findings);
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": TITLE}}),
        section(&format!("*{}*\n{}", text(&counts(diff)), text(&totals(diff)))),
    ];
    blocks.extend(blind(diff).map(|blind| section(&format!(":warning: {}", text(&blind)))));
    blocks.extend(shown.iter().map(|entry| section(&said(entry))));
    let hidden = u64::try_from(diff.findings.len() - shown.len()).unwrap_or(u64::MAX);
    let mut context = text(&compared(diff));
    if hidden > 0 {
        context = format!("{} not shown. {context}", count(hidden, "more difference", "more differences"));
    }
    blocks.push(json!({"type": "context", "elements": [{"type": "mrkdwn", "text": context}]}));
    // What a notification shows, and what is read where no blocks are.
    let message = json!({"text": format!("{TITLE}: {}", text(&counts(diff))), "blocks": blocks});
    written::pretty(&message, out)
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text.chars().take(TEXT).collect::<String>()}})
}

fn said(entry: &Entry) -> String {
    let mark = match entry.change {
        Change::New => ":red_circle: *new*",
        Change::Gone => ":large_green_circle: gone",
        Change::Changed | Change::Unseen => &format!(":large_yellow_circle: {}", entry.change.as_str()),
        Change::Suppressed => &format!(":white_circle: {}", entry.change.as_str()),
    };
    let mut resource = vec![code(&entry.resource.id)];
    resource.extend(entry.resource.name.as_deref().map(code));
    let place = format!("{} {}", entry.account, entry.region);
    resource.extend((!place.trim().is_empty()).then(|| code(place.trim())));
    let what: Vec<String> = differences(entry).iter().map(|line| text(line)).collect();
    let amount: Vec<String> = monthly(entry).iter().map(|line| text(line)).collect();
    format!("{mark} {}\n{}: {}; a month {}", resource.join(" "), code(&entry.rule), what.join(", "), amount.join(" "))
}

/// Text in which nothing is a mark: three characters are escaped, and what formats is parted from what it would format.
fn text(said: &str) -> String {
    let mut out = String::new();
    for c in clean(said).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Slack has no escape for them; these look alike and do nothing.
            '*' => out.push('\u{2217}'),
            '_' => out.push('\u{ff3f}'),
            '~' => out.push('\u{223c}'),
            '`' => out.push('\''),
            _ => out.push(c),
        }
    }
    out
}

/// A name as it is, in a fixed width.
fn code(name: &str) -> String {
    let name = brief(name, MAX_NAME_COLUMNS).replace('`', "'");
    format!("`{}`", name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}
