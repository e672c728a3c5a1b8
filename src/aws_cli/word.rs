//! Text as words of a POSIX shell: whatever it holds, the shell that it is pasted into sees one word of data.

use serde_json::Value;
use unicode_general_category::{GeneralCategory, get_general_category};

/// Whether a character is not seen, or turns others round: control characters, marks of direction and other format
/// characters, separators of lines, private use.
fn is_unseen(c: char) -> bool {
    !c.is_ascii_graphic()
        && c != ' '
        && matches!(
            get_general_category(c),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        )
}

/// A word, quoted where it needs it.
///
/// What is not seen is written out (`\u{202e}`), line breaks become spaces: neither is in any name that AWS takes, and
/// what is read before it is pasted has to be what is there.
pub(crate) fn word(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => seen.push(' '),
            _ if is_unseen(c) => seen.extend(c.escape_unicode()),
            _ => seen.push(c),
        }
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/@%+,=-".contains(&byte);
    // At its beginning `=` names a command in zsh.
    if !seen.is_empty() && !seen.starts_with('=') && seen.bytes().all(is_plain) {
        return seen;
    }
    // Single quotes hold all of it as it is, in every shell, interactive or not; in double quotes `!` is history.
    let mut quoted = String::from("'");
    let mut before = ' ';
    for c in seen.chars() {
        match c {
            '\'' => quoted.push_str("'\\''"),
            // `##[` and `##vso[` are commands to the runners that keep the log in which this may stand.
            '#' if before == '#' => quoted.push_str("''#"),
            _ => quoted.push(c),
        }
        before = c;
    }
    quoted.push('\'');
    quoted
}

/// JSON in ASCII alone, what else a text holds as `\u` and four hexadecimal digits (RFC 8259, section 7).
///
/// Foreign names stand in it, and a command to read and paste must not be turned round by a mark of direction. The
/// value stays the same.
pub(crate) fn ascii_json(value: &Value) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in value.to_string().chars() {
        // As in a word: `##[` and `##vso[`.
        let is_command = c == '#' && before == '#';
        before = c;
        if !is_command && c.is_ascii() && !c.is_ascii_control() {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

/// What should be an id and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotAnId(
    /// What stands there.
    pub(crate) String,
);

/// Whether a text can be an id of AWS or a name as narrow as one: it needs no quotes and is no option.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word_whatever_it_holds() {
        assert_eq!(word("ap-northeast-1"), "ap-northeast-1");
        assert_eq!(word("###[x"), "'#''#''#[x'");
        assert_eq!(word("Key=InspectorEc2Exclusion,Value="), "Key=InspectorEc2Exclusion,Value=");
        assert_eq!(word(""), "''");
        assert_eq!(word("=ls"), "'=ls'");
        assert_eq!(word("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(word("it's"), "'it'\\''s'");
        assert_eq!(shlex::split(&word("a\u{202e}b\nc")), Some(vec!["a\\u{202e}b c".to_owned()]));
        for text in ["a'b$(id)", "`id`!!", "*", "\"$x\"", "#", "##vso[x", "~", "{a,b}"] {
            assert_eq!(shlex::split(&word(text)), Some(vec![text.to_owned()]));
        }
    }

    #[test]
    fn json_is_ascii_and_says_the_same() {
        let value = serde_json::json!(["a\u{202e}b", "日本", "\u{1f600}\u{7f}\n", "it's", "###[error]"]);
        let text = ascii_json(&value);
        assert!(text.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{text}");
        assert!(!text.contains("##"), "{text}");
        assert!(text.contains("a\\u202eb") && text.contains("\\ud83d\\ude00"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }

    #[test]
    fn what_is_no_id_is_none() {
        for id in ["i-0a11111111111111a", "111122223333", "arn:aws:x/y", "ap-northeast-1"] {
            assert!(is_id(id), "{id}");
        }
        for text in ["", "-i", "--region", "a b", "$(id)", "a\nb", "x;y", "日本", "a*"] {
            assert!(!is_id(text), "{text:?}");
        }
    }
}
