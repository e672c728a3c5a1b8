//! Foreign text that stays text in Markdown, in HTML inside it, in code spans and in fences.

use crate::render::text::{brief, clean, shorten};

pub(super) const MAX_NAME_COLUMNS: usize = 60;

/// Foreign text as running text. What markup begins with becomes an entity, which Markdown takes for nothing but
/// the character; a zero-width space keeps mentions and references from being found in the result.
pub(in crate::render) fn text(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("@&#8203;"),
            '#' if characters.peek().is_some_and(char::is_ascii_alphanumeric) => out.push_str("#&#8203;"),
            // `http://` and `www.` would become links.
            ':' if characters.peek() == Some(&'/') => out.push_str("&#58;"),
            '.' if out.ends_with("www") || out.ends_with("WWW") => out.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '|' | '~' | '$' | '#' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Foreign text as running text that is no longer than that even where all of it had to be escaped.
pub(super) fn within(foreign: &str, longest: usize) -> String {
    let mut room = longest;
    loop {
        let escaped = text(&brief(foreign, room));
        if escaped.chars().count() <= longest {
            return escaped;
        }
        room /= 2;
    }
}

/// An amount of our own: two dollar signs in one line would be mathematics.
pub(in crate::render) fn amount(text: &str) -> String {
    text.replace('$', "\\$")
}

/// Foreign text inside an HTML tag of our own, where Markdown sees no markup.
pub(super) fn html(text: &str) -> String {
    let escaped = clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('#', "&#35;&#8203;").replace('@', "@&#8203;")
}

/// A foreign name as a code span that also holds inside a table.
pub(in crate::render) fn code(name: &str) -> String {
    let name = brief(name, MAX_NAME_COLUMNS);
    let name = shorten(name.trim(), MAX_NAME_COLUMNS);
    if name.is_empty() {
        return "–".to_owned();
    }
    let ticks = "`".repeat(longest_run(&name) + 1);
    let pad = if name.starts_with('`') || name.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{}{pad}{ticks}", name.replace('|', "\\|"))
}

/// A fence longer than any run of backticks inside.
pub(super) fn fence(text: &str) -> String {
    "`".repeat((longest_run(text) + 1).max(3))
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_keeps_within_its_limit() {
        assert_eq!(within("a_b", 600), "a\\_b");
        for foreign in ["@".repeat(4_000), "_".repeat(599), "e\u{301}".repeat(4_000)] {
            let escaped = within(&foreign, 600);
            assert!((60..=600).contains(&escaped.chars().count()), "{escaped}");
        }
    }

    #[test]
    fn markup_in_sentences_is_text() {
        assert_eq!(text("**a** [b](c) `d`"), "\\*\\*a\\*\\* \\[b\\](c) \\`d\\`");
        assert_eq!(text("<img src=x> @team #12"), "&lt;img src=x&gt; @&#8203;team #&#8203;12");
        assert_eq!(
            text("see http://example.com or www.example.com"),
            "see http&#58;//example.com or www&#46;example.com"
        );
    }

    #[test]
    fn html_of_our_own_holds_no_markup_and_mentions_nobody() {
        assert_eq!(html("<b> @team & #12"), "&lt;b&gt; @&#8203;team &amp; &#35;&#8203;12");
    }

    #[test]
    fn names_cannot_leave_their_code_span() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a|b\nc"), "`a\\|b c`");
        assert_eq!(code("  "), "–");
    }

    #[test]
    fn commands_cannot_leave_their_fence() {
        assert_eq!(fence("echo"), "```");
        assert_eq!(fence("echo ````"), "`````");
    }
}
