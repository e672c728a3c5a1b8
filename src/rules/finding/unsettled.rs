//! What Inspector's account status leaves open.

/// Why a status decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnsettledStatus {
    /// It could not be read, or nobody asked.
    Unread,
    /// AWS listed the account as failed, with this reason if it gave one.
    Failed(Option<String>),
    /// AWS's answer has no status for it.
    NotGiven(StatusOf),
    /// AWS's word is neither on nor off.
    Between(StatusOf, String),
    /// The account's is off and that of this type on.
    Contradicts(String),
}

/// What a status is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusOf {
    /// The account.
    Account,
    /// A resource type, as the status names it.
    Type(String),
}
