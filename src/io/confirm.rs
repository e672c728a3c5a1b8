//! Questions to the person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

/// One question at a time.
static ASKING: Mutex<()> = Mutex::new(());

/// Whether somebody can be asked.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Says the lines and asks the question, all of it foreign text made harmless by the caller; anything but yes is no.
pub(crate) fn agreed(lines: &[String], question: &str) -> bool {
    let _asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = io::stderr().lock();
    let said = lines
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
        .and_then(|()| write!(out, "{question} [y/N] "))
        .and_then(|()| out.flush());
    let mut answer = String::new();
    let heard = said.and_then(|()| io::stdin().lock().read_line(&mut answer));
    heard.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
