//! What an operator can do about an error.

use std::fmt;

/// What to type next, carried in an error's chain.
#[derive(Debug)]
pub struct Hint(pub String);

impl Hint {
    /// An error that is nothing but these words, with what to type next.
    pub(crate) fn on(error: impl fmt::Display, help: impl Into<String>) -> anyhow::Error {
        anyhow::Error::msg(error.to_string()).context(Self(help.into()))
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Things that went wrong independently of each other.
#[derive(Debug)]
pub(crate) struct Several(pub(super) Vec<anyhow::Error>);

impl Several {
    /// The error of all of them, if there is any.
    pub(crate) fn of(mut errors: Vec<anyhow::Error>) -> anyhow::Result<()> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(Self(errors).into()),
        }
    }
}

impl fmt::Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&all.join("; "))
    }
}

impl std::error::Error for Several {}
