//! What an ARN says.

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
