//! Lines to paste that are no command of AWS.
//!
//! A line is a command or a comment. Comments hold no foreign text and none of the characters that mean something to a
//! shell: an interactive zsh takes `#` for a command and runs what follows, `$(...)` and quotes included. What has to
//! name foreign text is printed by a command of its own, in quotes.

use crate::aws_cli::word::word;

/// A line that does nothing in any shell. Ours alone, or with ids in it; what a shell would act on is left out, so that
/// a slip here costs a character and no more.
pub(crate) fn comment(text: &str) -> String {
    let is_quiet = |c: &char| c.is_ascii_alphanumeric() || " .,:/_@%+-".contains(*c);
    format!("# {}", text.chars().filter(is_quiet).collect::<String>().trim())
}

/// A line that prints a text, whatever it holds.
pub(crate) fn printed(text: &str) -> String {
    format!("printf '%s\\n' {}", word(text))
}
