//! Foreign text in commands to paste into a POSIX shell.

/// A word for a POSIX shell, quoted where it needs it.
///
/// Control characters, which no name in AWS has, are left out: a line break would end the comment it stands in.
pub(crate) fn word(text: &str) -> String {
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    shlex::try_quote(&text).map_or_else(|_| "''".to_owned(), std::borrow::Cow::into_owned)
}

/// JSON in ASCII alone, what else a text holds as `\u` and four hexadecimal digits (RFC 8259, section 7).
///
/// Foreign names stand in it, and a command to read and paste must not be turned round by a mark of direction. The
/// value stays the same.
pub(crate) fn ascii_json(value: &serde_json::Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}
