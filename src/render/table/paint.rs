//! Colour that survives wrapping: invisible marks go in before the layout and become ANSI escapes, or nothing, after.
//!
//! The marks are characters of no width that [`clean`](crate::render::text::clean) writes out, so foreign text never
//! holds one.

use std::io;

use crate::render::text::unarmed;
use crate::rules::Severity;

/// What colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Paint {
    /// Much money.
    Worst,
    /// Money.
    Bad,
    /// Look here.
    Warning,
    /// Little.
    Mild,
    /// In order.
    Good,
    /// Headings.
    Strong,
    /// Beside the point.
    Faint,
}

impl Paint {
    const ALL: [Self; 7] = [Self::Worst, Self::Bad, Self::Warning, Self::Mild, Self::Good, Self::Strong, Self::Faint];

    /// The colour of a severity.
    pub(in crate::render) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Worst,
            Severity::High => Self::Bad,
            Severity::Medium => Self::Warning,
            Severity::Low => Self::Mild,
            Severity::Info => Self::Faint,
        }
    }

    /// The text between marks.
    pub(in crate::render) fn on(self, text: &str) -> String {
        format!("{}{text}{END}", self.mark())
    }

    fn mark(self) -> char {
        match self {
            Self::Worst => '\u{2061}',
            Self::Bad => '\u{2062}',
            Self::Warning => '\u{2063}',
            Self::Mild => '\u{2064}',
            Self::Good => '\u{206a}',
            Self::Strong => '\u{206b}',
            Self::Faint => '\u{206c}',
        }
    }

    /// The SGR sequence (ECMA-48) that switches it on.
    fn escape(self) -> &'static str {
        match self {
            Self::Worst => "\u{1b}[1;31m",
            Self::Bad => "\u{1b}[31m",
            Self::Warning => "\u{1b}[33m",
            Self::Mild => "\u{1b}[36m",
            Self::Good => "\u{1b}[32m",
            Self::Strong => "\u{1b}[1m",
            Self::Faint => "\u{1b}[2m",
        }
    }
}

const END: char = '\u{2060}';
const RESET: &str = "\u{1b}[0m";

/// Writes a laid-out line without trailing blanks, its marks turned into colour or dropped.
pub(in crate::render) fn write_line(out: &mut dyn io::Write, line: &str, color: bool) -> io::Result<()> {
    let mut text = String::with_capacity(line.len() + 16);
    let mut open = false;
    for c in line.chars() {
        if c == END {
            if color && open {
                text.push_str(RESET);
            }
            open = false;
        } else if let Some(paint) = Paint::ALL.into_iter().find(|paint| paint.mark() == c) {
            if color {
                text.push_str(paint.escape());
            }
            open = true;
        } else {
            text.push(c);
        }
    }
    text.truncate(text.trim_end().len());
    // Foreign text is disarmed already, but a word that is broken in two may begin a line anew.
    let mut text = unarmed(text.into()).into_owned();
    if color && open {
        text.push_str(RESET);
    }
    writeln!(out, "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::text::{is_harmful, width};

    #[test]
    fn marks_take_no_room_and_never_come_from_outside() {
        for mark in Paint::ALL.map(Paint::mark).into_iter().chain([END]) {
            assert_eq!(width(&mark.to_string()), 0, "{mark:?}");
            assert!(is_harmful(mark), "{mark:?}");
        }
    }

    #[test]
    fn a_line_that_wrapping_made_a_runners_command_is_text() {
        let mut out = Vec::new();
        write_line(&mut out, "  ::error file=a::b", false).expect("a vector takes everything");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), "  : :error file=a::b\n");
    }

    #[test]
    fn marks_become_colour_or_nothing() {
        let line = format!("a {} b  ", Paint::Bad.on("high"));
        let print = |color| {
            let mut out = Vec::new();
            write_line(&mut out, &line, color).expect("a vector takes everything");
            String::from_utf8(out).expect("UTF-8")
        };
        assert_eq!(print(true), "a \u{1b}[31mhigh\u{1b}[0m b\n");
        assert_eq!(print(false), "a high b\n");
    }
}
