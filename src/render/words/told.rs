//! What every family's sentences are made of.

use crate::render::text::clean;

/// A headline, and the whole story in a few sentences.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) message: String,
}

/// Foreign text in a sentence: in quotes, with what is not seen written out.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", clean(text))
}
