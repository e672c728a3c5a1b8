//! The options that say which accounts there are, where they are more than can be typed one by one.

use std::path::PathBuf;

use clap::Args;

/// Many accounts.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Accounts")]
pub struct AccountArgs {
    /// The accounts of this file: CSV, JSON or JSON Lines with account and, as far as it has them, name, ou, `role_arn` or
    /// `role_name`, and `external_id`
    #[arg(long, value_name = "FILE", conflicts_with = "role_arn", group = "entered")]
    pub accounts_file: Option<PathBuf>,
    /// Every active account of the organization, asked as its management account or a delegated administrator
    #[arg(long, conflicts_with_all = ["role_arn", "accounts_file"], requires = "role_name", group = "entered")]
    pub organization: bool,
    /// Only accounts in this organizational unit and below it; repeatable
    #[arg(long, value_name = "ID", requires = "organization")]
    pub ou: Vec<String>,
    /// The role to assume in each of these accounts; in the caller's own account none is
    #[arg(long, value_name = "NAME", conflicts_with = "role_arn", value_parser = role_name)]
    pub role_name: Option<String>,
    /// Not this account; repeatable
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub exclude_account: Vec<String>,
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| text.to_owned()).ok_or_else(|| "give an account's id: twelve digits".to_owned())
}

/// A role's name, with its path if it has one.
pub(super) fn role_name(text: &str) -> Result<String, String> {
    let name = text.strip_prefix('/').unwrap_or(text);
    let is_name = !name.is_empty()
        && !name.ends_with('/')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || "+=,.@_-/".contains(char));
    is_name
        .then(|| name.to_owned())
        .ok_or_else(|| "give the role's name, such as inspector-audit; not its ARN".to_owned())
}
