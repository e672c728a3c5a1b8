//! What every family's sentences are made of.

use crate::render::text::clean;

/// A headline, and the whole story in a few sentences.
#[derive(Debug)]
pub(super) struct Told {
    /// The headline.
    pub(super) title: String,
    /// The story.
    pub(super) message: String,
}

/// Foreign text in a sentence: in quotes, with what is not seen written out.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", clean(text))
}
