//! The words of one call, before it is known where it is made.

use serde_json::Value;

use super::word::{NotAnId, ascii_json, is_id, word};
use crate::rules::finding::Given;

/// What a step calls, and with what.
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) words: Vec<String>,
    /// Whether it goes to a region.
    pub(super) regional: bool,
    /// The file that its output goes to.
    pub(super) into: Option<&'static str>,
}

impl Call {
    pub(super) fn new(operation: &'static str) -> Self {
        Self { operation, words: Vec::new(), regional: true, into: None }
    }

    /// An option without a value, or a value of our own.
    pub(super) fn own(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(|text| word(text)));
        self
    }

    /// Words of our own, where there is reason for them.
    pub(super) fn own_if(self, yes: bool, words: &[&str]) -> Self {
        if yes { self.own(words) } else { self }
    }

    /// What has to be an id.
    pub(super) fn id(self, option: &'static str, id: &str) -> Result<Self, NotAnId> {
        self.ids(option, [id])
    }

    pub(super) fn ids<'i>(
        mut self,
        option: &'static str,
        ids: impl IntoIterator<Item = &'i str>,
    ) -> Result<Self, NotAnId> {
        self.words.push(option.to_owned());
        for id in ids {
            if !is_id(id) {
                return Err(NotAnId(id.to_owned()));
            }
            self.words.push(id.to_owned());
        }
        Ok(self)
    }

    /// An id, or the variable that holds it.
    pub(super) fn given(mut self, option: &'static str, given: &Given) -> Result<Self, NotAnId> {
        match given {
            Given::Now(id) => self.id(option, id),
            Given::Later(variable) => {
                self.words.extend([option.to_owned(), format!("\"${variable}\"")]);
                Ok(self)
            }
        }
    }

    /// Foreign text, in JSON.
    pub(super) fn json(mut self, option: &'static str, value: &Value) -> Self {
        self.words.extend([option.to_owned(), word(&ascii_json(value))]);
        self
    }

    /// A word that the shell fills in, quoted as it stands.
    pub(super) fn raw(mut self, option: &'static str, quoted: String) -> Self {
        self.words.extend([option.to_owned(), quoted]);
        self
    }
}
