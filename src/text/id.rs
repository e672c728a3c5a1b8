//! What ids and ARNs say.

/// What a role's ARN looks like, for who gave something else.
pub(crate) const ROLE_ARN: &str = "a role's ARN looks like arn:aws:iam::111122223333:role/auditor";

/// Whether a text is an id such as `fs-0123456789abcdef0`: the prefix, then lower-case hexadecimal digits of such a length.
pub(crate) fn is_id(text: &str, prefix: &str, lengths: impl Fn(usize) -> bool) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        lengths(digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
    })
}

/// Whether a text is the id of an instance: `i-` and 8 or 17 hexadecimal digits (EC2 user guide, resource ids, 2026-10).
pub(crate) fn is_instance(text: &str) -> bool {
    is_id(text, "i-", |length| length == 8 || length == 17)
}

/// The account of a role's ARN, `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`; `None` where it is no such ARN (IAM user guide,
/// "IAM identifiers", 2026-10).
pub(crate) fn account_of_role(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, role] = parts.as_slice() else { return None };
    let name = role.strip_prefix("role/")?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-/".contains(c));
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    (partition.starts_with("aws") && is_account && is_name && !name.is_empty() && !name.ends_with('/'))
        .then_some(account)
}
