//! What of a foreign text could be a secret, and is left out wherever the text goes.
//!
//! Errors and log lines of the AWS SDK quote what was at hand: requests with their bodies, addresses with a password in
//! them, what a credential process wrote. A rule about the words around them finds what no list of known secrets would.

/// What stands in place of it.
const LEFT_OUT: &str = "[left out]";
/// Behind these comes something whole that has no place in a message: a request or an answer as the SDK prints it, what a
/// credential process wrote, an authorization in code.
const QUOTED: &[&str] = &[
    "Request {",
    "Response {",
    "SdkBody {",
    "Stderr:",
    "could not parse response",
    "Encoded authorization failure message",
    // A signature that does not match is answered with what was signed, the session token among it.
    "The Canonical String",
    "The String-to-Sign",
];

/// The text on one line, without what could be a secret.
pub(crate) fn without_secrets(text: &str) -> String {
    let end = QUOTED.iter().filter_map(|quoted| text.find(quoted)).min();
    let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        if is_secret(word) {
            line.push_str(LEFT_OUT);
        } else {
            push_without_user(&mut line, word);
        }
    }
    line
}

/// Whether a word holds an access key, or is so long and dense that it can only be a token or an encoded blob.
fn is_secret(word: &str) -> bool {
    let key = |prefix: &str| {
        word.match_indices(prefix).any(|(at, _)| {
            let tail = word.get(at..).unwrap_or_default().bytes();
            tail.take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count() >= 16
        })
    };
    let dense = |text: &str| {
        text.len() >= 100 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.".contains(&byte))
    };
    key("AKIA") || key("ASIA") || word.split([':', ',', '"', '\'']).any(dense)
}

/// Adds a word; of an address in it, who signs in there is left out (RFC 3986, section 3.2.1).
fn push_without_user(line: &mut String, word: &str) {
    let mut rest = word;
    while let Some((before, after)) = rest.split_once("//") {
        line.push_str(before);
        line.push_str("//");
        let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
        rest = match authority.rfind('@').and_then(|at| after.get(at..)) {
            Some(host) => {
                line.push_str(LEFT_OUT);
                host
            }
            None => after,
        };
    }
    line.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_ends_the_text() {
        assert_eq!(without_secrets("failed: Request { body: SdkBody { secret } }"), "failed:");
        assert_eq!(without_secrets("exit status: 3. Stderr: the password is x"), "exit status: 3.");
        assert_eq!(without_secrets("Encoded authorization failure message: A1b2"), "");
    }

    #[test]
    fn who_signs_in_at_an_address_is_left_out() {
        for (text, clean) in [
            ("via http://me:pw@proxy:3128/x", "via http://[left out]@proxy:3128/x"),
            ("via \"https://a@b@host\"", "via \"https://[left out]@host\""),
            ("http://host/a@b and https://host?a@b", "http://host/a@b and https://host?a@b"),
            ("x//u@h//v@i", "x//[left out]@h//[left out]@i"),
        ] {
            assert_eq!(without_secrets(text), clean);
        }
    }

    #[test]
    fn keys_and_long_dense_words_are_left_out() {
        assert_eq!(without_secrets("key AKIAIOSFODNN7EXAMPLE, bad"), "key [left out] bad");
        assert_eq!(without_secrets(&format!("token={} x", "ab".repeat(60))), "[left out] x");
        assert_eq!(without_secrets(&format!("a {0}.{0} b", "Ab1_".repeat(20))), "a [left out] b");
        let arn = "arn:aws:sts::111122223333:assumed-role/auditor/session";
        assert_eq!(without_secrets(&format!("User: {arn} is not")), format!("User: {arn} is not"));
        assert_eq!(without_secrets("two\r\nlines\u{1b}[31m"), "two lines [31m");
    }
}
