//! What holds of every output, whatever was read.

/// The most bytes of one output beside what the input explains.
const MOST: usize = 4 << 20;
/// How often an output may say a byte of the input.
const TIMES: usize = 256;

/// Holds an output to the laws: text, nothing in it that steers a terminal or a runner, and no more than is sensible.
pub(crate) fn holds(name: &str, output: &[u8], input: usize) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(output) else { return Err(format!("{name} is no UTF-8")) };
    if output.len() > MOST + TIMES * input {
        return Err(format!("{name} has {} bytes of an input of {input}", output.len()));
    }
    let harmful = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    // A record of CSV may end in both.
    let returns = text.replace("\r\n", "\n");
    if let Some(at) = returns.find(|c: char| harmful(&c)) {
        let c = returns.get(at..).and_then(|rest| rest.chars().next());
        return Err(format!("{name} has {c:?}: {:?}", around(&returns, at)));
    }
    for command in ["##[", "##vso["] {
        if let Some(at) = text.find(command) {
            return Err(format!("{name} has {command}: {:?}", around(text, at)));
        }
    }
    match text.lines().find(|line| line.trim_start().starts_with("::")) {
        Some(line) => Err(format!("{name} has a line that is a command: {:?}", around(line, 0))),
        None => Ok(()),
    }
}

/// What stands before and behind a place.
fn around(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default().chars().rev().take(60).collect::<Vec<_>>();
    before.into_iter().rev().chain(text.get(at..).unwrap_or_default().chars().take(60)).collect()
}
