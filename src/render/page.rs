//! The rules' own pages for a terminal: paragraphs wrapped, headings bold, tables laid out.
//!
//! It knows the Markdown that those pages are written in (headings, paragraphs, lists, tables) and no more: none of it
//! comes from outside.

use comfy_table::{Cell, ColumnConstraint, Width};
use textwrap::{Options, WordSplitter};

use super::table::paint::{Paint, write_line};
use super::table::{NARROWEST, layout, print, strong};

/// Lays a page out in that many columns.
///
/// On a terminal headings stand without their marks, bold where `color` allows it; elsewhere the text stays Markdown.
pub(crate) fn lay_out(markdown: &str, width: usize, color: bool, terminal: bool) -> String {
    let width = width.max(NARROWEST);
    let mut out = Vec::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with('|') && terminal {
            let mut rows = vec![cells(line)];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(cells(row));
            }
            table(rows, width, color, &mut out);
        } else {
            put(line, width, color, terminal, &mut out);
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// One line of the source: a heading, an item of a list, or a paragraph.
fn put(line: &str, width: usize, color: bool, terminal: bool, out: &mut Vec<u8>) {
    if line.starts_with('|') {
        // A table stays one only on lines of its own.
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
        return;
    }
    let heading = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim_start());
    let text = match heading {
        Some(heading) if terminal => heading,
        _ => line,
    };
    let indent = if text.starts_with("* ") || text.starts_with("- ") { "  " } else { "" };
    let options = Options::new(width).subsequent_indent(indent).word_splitter(WordSplitter::NoHyphenation);
    for wrapped in textwrap::wrap(text, options) {
        let wrapped = if heading.is_some() { Paint::Strong.on(&wrapped) } else { wrapped.into_owned() };
        // Writing to memory does not fail.
        let _ = write_line(out, &wrapped, color);
    }
}

/// The cells of a table's row.
fn cells(row: &str) -> Vec<String> {
    let inner = row.trim().trim_start_matches('|').trim_end_matches('|');
    inner.split(" | ").map(|cell| cell.trim().to_owned()).collect()
}

fn table(rows: Vec<Vec<String>>, width: usize, color: bool, out: &mut Vec<u8>) {
    let is_rule = |row: &[String]| row.iter().all(|cell| cell.chars().all(|c| "-:| ".contains(c)));
    let mut rows = rows.into_iter().filter(|row| !is_rule(row));
    let Some(heading) = rows.next() else { return };
    let columns = vec![ColumnConstraint::LowerBoundary(Width::Fixed(4)); heading.len()];
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    let rows = rows.map(|row| row.into_iter().map(Cell::new_owned).collect()).collect();
    // Writing to memory does not fail.
    let _ = print(out, &layout(width, &columns, Some(strong(&heading, 0..0)), rows), color);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::text::width as columns;
    use crate::rules::RULES;

    #[test]
    fn every_page_fits_the_terminal() {
        for width in [40, 60, 80] {
            for rule in RULES.iter() {
                for line in lay_out(rule.explain, width, false, true).lines() {
                    assert!(columns(line) <= width, "{}: {line}", rule.id);
                }
            }
        }
    }

    #[test]
    fn headings_are_bold_on_a_terminal_and_marked_elsewhere() {
        assert_eq!(lay_out("# Fix\n\nDo.", 80, true, true), "\u{1b}[1mFix\u{1b}[0m\n\nDo.\n");
        assert_eq!(lay_out("# Fix\n\nDo.", 80, false, false), "# Fix\n\nDo.\n");
    }

    #[test]
    fn the_page_of_the_coupling_is_a_table_on_a_terminal() {
        let page = crate::render::words::ecr::coupling::page();
        let text = lay_out(&page, 100, false, true);
        assert!(!text.contains("| --- |") && text.contains("T17"), "{text}");
        assert!(text.lines().all(|line| columns(line) <= 100), "{text}");
    }

    #[test]
    fn wrapping_loses_no_word() {
        for rule in RULES.iter() {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&lay_out(rule.explain, 60, false, false)), words(rule.explain), "{}", rule.id);
        }
    }
}
