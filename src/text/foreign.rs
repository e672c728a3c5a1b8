//! Foreign text made harmless, and the width it takes on a screen.
//!
//! Tags, names and messages come from AWS accounts and may hold anything. Whoever prints them passes them through
//! [`clean`] first, and every renderer escapes them for its own format after that.

use std::borrow::Cow;

use rust_decimal::Decimal;
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many combining marks may follow one another: more than any script stacks, too few to smear a screen.
const MAX_MARKS: usize = 4;

/// Whether a character steers a terminal or a text layout instead of being seen: control characters (with them
/// every ANSI escape), bidirectional marks and other invisible format characters, line and paragraph separators,
/// private use, and what is no character at all (XML refuses some of those).
pub(crate) fn is_harmful(c: char) -> bool {
    if c.is_ascii_graphic() || c == ' ' {
        return false;
    }
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    noncharacter
        || matches!(
            get_general_category(c),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
        )
}

/// The text on one line, every harmful character written out (`\u{202e}`), line breaks and tabs as spaces, and commands
/// to a CI system's runner broken.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    unarmed(visible(text))
}

/// What a line of a log that begins so, or holds it, may make a runner do (GitHub Docs, "Workflow commands", 2026-10: a
/// line that begins with `::`; its older form and Azure Pipelines' "Logging commands", 2026-10: `##[` and `##vso[`).
const COMMANDS: [&str; 2] = ["::", "##"];

/// Commands with a space between their two characters: what is read is the same, and no runner takes it for a command. Two
/// colons inside a word are left alone: an ARN has them, and no line begins there.
pub(crate) fn unarmed(text: Cow<'_, str>) -> Cow<'_, str> {
    if !COMMANDS.iter().any(|command| text.contains(command)) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        let begins = || out.trim_end_matches(':').chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let armed = match c {
            ':' => out.ends_with(':') && begins(),
            '#' => out.ends_with('#'),
            _ => false,
        };
        if armed {
            out.push(' ');
        }
        out.push(c);
    }
    Cow::Owned(out)
}

fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        let harmful = is_harmful(c);
        marks = if !harmful && c.width() == Some(0) { marks + 1 } else { 0 };
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            _ if harmful || marks > MAX_MARKS => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// As [`clean`], but keeps line breaks: for commands and other text of several lines.
pub(crate) fn clean_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&clean(line));
    }
    out
}

/// Columns that the text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` columns, the end replaced by `…` where there was more. Expects clean text.
pub(crate) fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let mut out = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= columns {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    Cow::Owned(out)
}

/// [`clean`] and [`shorten`] in one.
pub(crate) fn brief(text: &str, columns: usize) -> String {
    shorten(&clean(text), columns).into_owned()
}

/// [`clean`], and of what is longer than `columns` columns the whole sentences that fit, else the whole words, and `…`.
///
/// Sentences are kept only where they fill half of the room: a first short one alone would say less than words do.
pub(crate) fn sentences(text: &str, columns: usize) -> String {
    let clean = clean(text);
    if width(&clean) <= columns {
        return clean.into_owned();
    }
    let fitting = shorten(&clean, columns);
    let fitting = fitting.strip_suffix('…').unwrap_or(&fitting);
    // Room for the blank before the sign that there is more.
    let room = shorten(&clean, columns.saturating_sub(1)).trim_end_matches('…').len();
    let ends = fitting.match_indices(". ").map(|(at, _)| at + 1).chain(fitting.ends_with('.').then_some(fitting.len()));
    if let Some(end) = ends.filter(|end| *end <= room && *end * 2 >= fitting.len()).max() {
        return format!("{} …", fitting.get(..end).unwrap_or(fitting));
    }
    let whole_word = clean.get(fitting.len()..).is_some_and(|rest| rest.starts_with(' '));
    match fitting.rfind(' ').filter(|at| *at * 2 >= fitting.len()) {
        Some(at) if !whole_word => {
            format!("{}…", fitting.get(..at).unwrap_or(fitting).trim_end_matches([',', ';', ':', ' ']))
        }
        _ => format!("{}…", fitting.trim_end_matches([',', ';', ':'])),
    }
}

/// A CSV cell that no spreadsheet takes for a formula: an apostrophe before what would start one (OWASP, "CSV
/// Injection", 2026-10), also behind blanks that the spreadsheet trims.
pub(crate) fn csv_cell(text: &str) -> Cow<'_, str> {
    let clean = clean(text);
    // The full-width forms start formulas in East Asian editions.
    let starts = |c: Option<char>| matches!(c, Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'));
    let first = |text: &str| text.trim_start_matches([' ', '"']).chars().next();
    if !starts(first(&clean)) && !clean.contains(';') {
        return clean;
    }
    // An edition whose separator is the semicolon sees a cell begin behind each of them.
    let cells = clean.split(';').map(|cell| if starts(first(cell)) { format!("'{cell}") } else { cell.to_owned() });
    Cow::Owned(cells.collect::<Vec<_>>().join(";"))
}

/// `1 region`, `2 regions`: the plural is given where it is not the singular with an `s`.
pub(crate) fn count(number: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { singular } else { plural })
}

/// Thousands separated.
pub(crate) fn grouped(number: u64) -> String {
    grouped_digits(&number.to_string())
}

/// Thousands separated, without trailing zeros.
pub(crate) fn grouped_decimal(number: Decimal) -> String {
    let text = number.normalize().to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{sign}{}.{fraction}", grouped_digits(whole)),
        None => format!("{sign}{}", grouped_digits(text)),
    }
}

/// The digits of a whole number, thousands separated.
pub(crate) fn grouped_digits(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        assert_eq!(clean("plain-name_1"), "plain-name_1");
        assert_eq!(clean("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(clean("a\u{202e}b\u{2066}c\u{200b}d"), "a\\u{202e}b\\u{2066}c\\u{200b}d");
        assert_eq!(clean("two\nlines\tand\u{2028}more"), "two lines and\\u{2028}more");
        assert_eq!(clean("日本語 é"), "日本語 é");
    }

    #[test]
    fn no_text_is_a_command_to_a_runner() {
        assert_eq!(clean("::error file=a::b"), ": :error file=a::b");
        assert_eq!(clean("a ::set-output x"), "a : :set-output x");
        assert_eq!(clean("x##[error]y ##vso[task]"), "x# #[error]y # #vso[task]");
        assert_eq!(clean(":::warning"), ": : :warning");
        assert_eq!(
            clean("arn:aws:s3:::bucket arn:aws:iam::111122223333:role/a"),
            "arn:aws:s3:::bucket arn:aws:iam::111122223333:role/a"
        );
    }

    #[test]
    fn marks_do_not_pile_up() {
        let piled = format!("a{}", "\u{301}".repeat(4000));
        assert_eq!(clean(&piled).matches('\u{301}').count(), MAX_MARKS);
        assert!(width(&brief(&piled, 20)) <= 20);
    }

    #[test]
    fn text_is_cut_by_columns_not_by_characters() {
        assert_eq!(shorten("日本語", 6), "日本語");
        assert_eq!(shorten("日本語", 5), "日本…");
        assert_eq!(shorten("日本語", 4), "日…");
        assert_eq!(shorten("name", 3), "na…");
    }

    #[test]
    fn sentences_are_cut_at_their_ends_and_words_at_theirs() {
        let text = "Tag the instances. Then wait for the next scan, and look again.";
        assert_eq!(sentences(text, 100), text);
        assert_eq!(sentences(text, 30), "Tag the instances. …");
        assert_eq!(sentences(text, 19), "Tag the instances.…");
        assert_eq!(sentences(text, 50), "Tag the instances. Then wait for the next scan…");
        assert_eq!(sentences(text, 46), "Tag the instances. Then wait for the next…");
        assert_eq!(sentences("endless-endless-endless", 10), "endless-e…");
        assert_eq!(sentences("日本語日本語", 7), "日本語…");
    }

    proptest::proptest! {
        #[test]
        fn what_is_cut_fits_and_begins_as_the_whole(text in "([a-z.,日é]{1,9} ){1,20}", columns in 4_usize..120) {
            let cut = sentences(&text, columns);
            proptest::prop_assert!(width(&cut) <= columns, "{cut}");
            proptest::prop_assert!(text.starts_with(cut.trim_end_matches('…').trim_end()), "{cut}");
        }
    }

    #[test]
    fn formulas_are_text_in_a_spreadsheet() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("  @SUM(A1)"), "'  @SUM(A1)");
        assert_eq!(csv_cell("\t-2"), "' -2");
        assert_eq!(csv_cell("fs-0123"), "fs-0123");
        assert_eq!(csv_cell("a;=1+1; @x;b"), "a;'=1+1;' @x;b");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped_decimal("24041.500".parse().expect("decimal")), "24,041.5");
        assert_eq!(grouped_decimal("-1000".parse().expect("decimal")), "-1,000");
        assert_eq!(count(1, "account", "accounts"), "1 account");
    }
}
