//! Lists of accounts: CSV, JSON, JSON Lines, or what `aws organizations list-accounts` prints.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::bounded_file::read_text;
use super::input::named;

/// The most MiB of a list: a hundred thousand accounts.
const MOST: u64 = 32;

/// An account of a list.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct ListedAccount {
    #[serde(alias = "account_id", alias = "id", alias = "Id", alias = "Account")]
    pub(crate) account: String,
    #[serde(alias = "Name", alias = "account_name")]
    pub(crate) name: Option<String>,
    #[serde(alias = "OU", alias = "organizational_unit")]
    pub(crate) ou: Option<String>,
    pub(crate) role_arn: Option<String>,
    #[serde(alias = "role")]
    pub(crate) role_name: Option<String>,
    /// A secret of sorts: in no output.
    pub(crate) external_id: Option<String>,
    /// As AWS Organizations has it; all but `ACTIVE` is left out.
    #[serde(alias = "Status", alias = "State", alias = "state")]
    pub(crate) status: Option<String>,
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountsFileError {
    #[error("cannot read the accounts file {}", named(path))]
    Io {
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    #[error("row {row} of the accounts file {}: {message}", named(path))]
    Row {
        path: PathBuf,
        /// From 1, without the head.
        row: usize,
        /// What is wrong.
        message: String,
    },
    #[error("the accounts file {} has no account", named(path))]
    Empty { path: PathBuf },
}

impl AccountsFileError {
    /// What to type next.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Io { .. } => "see that it is there and may be read",
            Self::Row { .. } | Self::Empty { .. } => {
                "CSV with a head such as `account,name,ou,role_arn,external_id`, JSON with the same keys, or what \
                 `aws organizations list-accounts` prints"
            }
        }
    }
}

/// Reads a list, compressed or not.
///
/// # Errors
/// When it cannot be read, a row has no account id, an account is there twice, or there is none.
pub(crate) fn read_accounts(path: &Path) -> Result<Vec<ListedAccount>, AccountsFileError> {
    let text = read_text(path, MOST).map_err(|source| AccountsFileError::Io { path: path.to_owned(), source })?;
    let fail = |row: usize, message: String| AccountsFileError::Row { path: path.to_owned(), row, message };
    let accounts = parse(&text).map_err(|(row, message)| fail(row, message))?;
    let mut seen = BTreeSet::new();
    for (row, listed) in (1..).zip(&accounts) {
        let account = &listed.account;
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fail(row, format!("`{account}` is no account id: twelve digits, in JSON as a text")));
        }
        if !seen.insert(account) {
            return Err(fail(row, format!("the account {account} is there twice")));
        }
    }
    if accounts.is_empty() { Err(AccountsFileError::Empty { path: path.to_owned() }) } else { Ok(accounts) }
}

/// The rows of any form, or the row that breaks, and how.
fn parse(text: &str) -> Result<Vec<ListedAccount>, (usize, String)> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Document {
        List(Vec<ListedAccount>),
        Listing {
            #[serde(rename = "Accounts", alias = "accounts")]
            accounts: Vec<ListedAccount>,
        },
        One(ListedAccount),
    }
    if !text.trim_start().starts_with(['[', '{']) {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let rows = reader.deserialize::<ListedAccount>();
        return (1..).zip(rows).map(|(row, read)| read.map_err(|error| (row, error.to_string()))).collect();
    }
    let mut all = Vec::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<Document>() {
        match document.map_err(|error| (all.len() + 1, error.to_string()))? {
            Document::List(rows) | Document::Listing { accounts: rows } => all.extend(rows),
            Document::One(row) => all.push(row),
        }
    }
    for listed in &mut all {
        // An empty text is what CSV has for nothing.
        for field in [&mut listed.name, &mut listed.ou, &mut listed.role_arn, &mut listed.role_name] {
            *field = field.take().filter(|text| !text.is_empty());
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_says_the_same() {
        let csv =
            "account,name,ou,role_arn,external_id\n111122223333, shop ,Production,,\n123456789012,,,arn:x,secret\n";
        let json = r#"[{"account":"111122223333","name":"shop","ou":"Production"},
                       {"Id":"123456789012","role_arn":"arn:x","external_id":"secret"}]"#;
        let lines = "{\"account_id\":\"111122223333\",\"name\":\"shop\",\"ou\":\"Production\"}\n\
                     {\"account\":\"123456789012\",\"role_arn\":\"arn:x\",\"external_id\":\"secret\"}\n";
        let expected = parse(csv).expect("CSV");
        assert_eq!(expected.len(), 2);
        assert_eq!(expected[0].name.as_deref(), Some("shop"));
        assert_eq!((expected[0].role_arn.as_deref(), expected[1].external_id.as_deref()), (None, Some("secret")));
        assert!(parse(json).expect("JSON") == expected);
        assert!(parse(lines).expect("JSON Lines") == expected);
        let listing = r#"{"Accounts":[{"Id":"111122223333","Name":"shop","Status":"SUSPENDED","Arn":"x"}]}"#;
        assert_eq!(parse(listing).expect("AWS's listing")[0].status.as_deref(), Some("SUSPENDED"));
    }

    #[test]
    fn what_is_no_list_says_which_row_breaks() {
        assert_eq!(parse("account,name\n111122223333,a\n1,2,3\n").map(|_| ()).expect_err("a short head").0, 2);
        assert!(parse(r#"[{"account":111122223333}]"#).is_err());
        assert!(parse("{").is_err());
    }
}
