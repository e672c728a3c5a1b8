//! Lines of text with a word before them and a figure behind.

use std::io;

use textwrap::{Options, WordSplitter};

use super::paint::write_line;
use crate::render::text::width as text_width;

/// The room for the word before a block.
pub(super) const LABEL: usize = 10;

/// Text in lines of at most so many columns; words that are longer are broken.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let options = Options::new(columns.max(1))
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// Lines to be written together.
pub(super) struct Lines {
    lines: Vec<String>,
    color: bool,
    /// Whether an empty line belongs before and behind them.
    pub(super) spaced: bool,
}

impl Lines {
    pub(super) fn new(color: bool) -> Self {
        Self { lines: Vec::new(), color, spaced: false }
    }

    pub(super) fn push(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(String::new());
    }

    /// A line behind a word; a word that is too long has a line of its own.
    pub(super) fn labelled(&mut self, label: &str, line: &str) {
        let pad = LABEL.checked_sub(text_width(label) + 1);
        match pad {
            Some(pad) => self.lines.push(format!("{label}{} {line}", " ".repeat(pad))),
            None => {
                self.lines.push(label.to_owned());
                self.lines.push(format!("{}{line}", " ".repeat(LABEL)));
            }
        }
    }

    /// Text behind a word, in lines of at most `room` columns.
    pub(super) fn under(&mut self, label: &str, text: &str, room: usize) {
        for (index, line) in wrapped(text, room).into_iter().enumerate() {
            self.labelled(if index == 0 { label } else { "" }, &line);
        }
    }

    /// The same with a figure at the right: beside the first line, or behind the last one or below it where the text
    /// would be broken for it.
    pub(super) fn beside(&mut self, label: &str, text: &str, figure: &str, room: usize) {
        if figure.is_empty() {
            return self.under(label, text, room);
        }
        let figure_width = text_width(figure);
        let all = wrapped(text, room);
        let fits = |line: &String| text_width(line) + 2 + figure_width <= room;
        let at = if all.first().is_some_and(fits) {
            Some(0)
        } else {
            all.iter().rposition(fits).filter(|last| last + 1 == all.len())
        };
        let right =
            |line: &str| format!("{line}{}{figure}", " ".repeat(room.saturating_sub(text_width(line) + figure_width)));
        for (index, line) in all.iter().enumerate() {
            let line = if at == Some(index) { right(line) } else { line.clone() };
            self.labelled(if index == 0 { label } else { "" }, &line);
        }
        if at.is_none() {
            self.labelled("", &right(""));
        }
    }

    pub(super) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.lines.iter().try_for_each(|line| write_line(out, line, self.color))
    }
}
