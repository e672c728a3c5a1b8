//! The one reading of Inspector's account status: what AWS's words for the account and its types mean.
//!
//! `BatchGetAccountStatus` gives the account a state and each resource type another, with six values (Inspector API
//! reference, `Status`, 2026-10): `ENABLED` and `DISABLED`, and between them `ENABLING`, `DISABLING`, `SUSPENDING` and
//! `SUSPENDED`. No document says what is scanned while it is suspended, so that is neither on nor off anywhere. Only
//! `ENABLING` counts differently, and [`Status::on_or_coming`] and [`Account::settled`] say why.

use crate::model::{AccountStatus, Section, Target, TypeStatus};

use super::finding::{StatusOf, UnsettledStatus};

/// Types that AWS leaves out of its answer where the region does not offer them: they are off.
const OPTIONAL_TYPES: [&str; 4] = ["lambda", "lambda_code", "code_repository", "ami"];

/// One status as it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status<'a> {
    /// `ENABLED`.
    On,
    /// `ENABLING`: it will be on in minutes.
    Coming,
    /// `DISABLED`, or there is no Inspector here, or it was never enabled.
    Off,
    /// `DISABLING`, `SUSPENDING`, `SUSPENDED`, or a word that AWS adds: neither on nor off.
    Between(&'a str),
    /// AWS's answer has none.
    NotGiven,
}

impl<'a> Status<'a> {
    fn parse(text: Option<&'a str>) -> Self {
        match text {
            Some("ENABLED") => Self::On,
            Some("ENABLING") => Self::Coming,
            Some("DISABLED") => Self::Off,
            None | Some("") => Self::NotGiven,
            Some(other) => Self::Between(other),
        }
    }

    /// Whether it is on or about to be; `None` where that is open.
    ///
    /// This is what R1, fees and Terraform ask: what is being switched on reads files in minutes, is billed from then on,
    /// and is what an apply would take away.
    pub(crate) fn on_or_coming(self) -> Option<bool> {
        match self {
            Self::On | Self::Coming => Some(true),
            Self::Off => Some(false),
            Self::Between(_) | Self::NotGiven => None,
        }
    }

    /// Why it decides nothing.
    pub(crate) fn open(self, of: StatusOf) -> UnsettledStatus {
        let shown = match self {
            Self::NotGiven => return UnsettledStatus::NotGiven(of),
            Self::On => "ENABLED",
            Self::Coming => "ENABLING",
            Self::Off => "DISABLED",
            Self::Between(text) => text,
        };
        UnsettledStatus::Between(of, shown.to_owned())
    }
}

/// An account's status, read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account<'a> {
    /// There is no Inspector here, or it was never enabled.
    Absent,
    /// It could not be read, or nobody asked.
    Unread,
    /// AWS listed the account under `failedAccounts`.
    Failed(&'a TypeStatus),
    Given(&'a AccountStatus),
}

impl<'a> Account<'a> {
    pub(crate) fn of(target: &'a Target) -> Self {
        match &target.inspector.account_status {
            Section::Complete(AccountStatus { failed: Some(failed), .. }) => Self::Failed(failed),
            Section::Complete(status) => Self::Given(status),
            Section::Absent(_) => Self::Absent,
            Section::Missing(_) | Section::NotAsked => Self::Unread,
        }
    }

    /// The account's own status, without regard to its types.
    ///
    /// # Errors
    /// Where AWS gave none at all.
    pub(crate) fn state(self) -> Result<Status<'a>, UnsettledStatus> {
        self.answer().map(|answer| {
            answer.map_or(Status::Off, |status| Status::parse(status.state.as_ref().map(|state| state.status.as_str())))
        })
    }

    /// The status of one resource type (`ec2`, `ecr`, `lambda`, ...), without regard to the account's.
    ///
    /// # Errors
    /// Where AWS gave none at all.
    pub(crate) fn kind(self, resource: &str) -> Result<Status<'a>, UnsettledStatus> {
        self.answer().map(|answer| answer.map_or(Status::Off, |status| Status::parse(status.of(resource))))
    }

    /// The names of the types that the answer speaks of, sorted.
    pub(crate) fn kinds(self) -> impl Iterator<Item = &'a str> {
        let Self::Given(status) = self else { return None.into_iter().flatten() };
        Some(status.resources.keys().map(String::as_str)).into_iter().flatten()
    }

    /// Whether Inspector scans that type or is about to, account and type together. See [`Status::on_or_coming`].
    ///
    /// # Errors
    /// Where the two decide nothing, or contradict each other.
    pub(crate) fn on_or_coming(self, resource: &str) -> Result<bool, UnsettledStatus> {
        self.read(resource, Status::on_or_coming)
    }

    /// Whether Inspector scans that type, account and type together, nothing being on its way.
    ///
    /// This is what R2 asks: AWS makes the registry and the type equal one after the other, so while one of them is
    /// moving a difference is no fault yet (`ENABLING` decides nothing).
    ///
    /// # Errors
    /// Where the two decide nothing, contradict each other, or are on their way.
    pub(crate) fn settled(self, resource: &str) -> Result<bool, UnsettledStatus> {
        self.read(resource, |status| status.on_or_coming().filter(|_| status != Status::Coming))
    }

    /// What one type comes to by `read`, the account's state read first: it covers all types.
    fn read(self, resource: &str, read: impl Fn(Status<'a>) -> Option<bool>) -> Result<bool, UnsettledStatus> {
        let (account, kind) = (self.state()?, self.kind(resource)?);
        // An answer without the account's own state, which AWS's model rules out, leaves it to the type's.
        let off = match read(account) {
            Some(on) => !on,
            None if account == Status::NotGiven => false,
            None => return Err(account.open(StatusOf::Account)),
        };
        match read(kind) {
            Some(true) if off => Err(UnsettledStatus::Contradicts(resource.to_owned())),
            Some(on) => Ok(on),
            // Of an account that is off AWS need not list the types.
            None if kind == Status::NotGiven && (off || OPTIONAL_TYPES.contains(&resource)) => Ok(false),
            None => Err(kind.open(StatusOf::Type(resource.to_owned()))),
        }
    }

    /// The answer; `None` where there is no Inspector.
    fn answer(self) -> Result<Option<&'a AccountStatus>, UnsettledStatus> {
        match self {
            Self::Absent => Ok(None),
            Self::Unread => Err(UnsettledStatus::Unread),
            Self::Given(status) => Ok(Some(status)),
            Self::Failed(failed) => {
                let why = failed.error_message.as_ref().or(failed.error_code.as_ref());
                Err(UnsettledStatus::Failed(why.cloned()))
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What each reader has to make of a status: account, type, and whether the type is on by R1's two conditions,
    /// by [`Account::on_or_coming`] and by [`Account::settled`].
    pub(crate) type Row = (&'static str, Option<&'static str>, [Option<bool>; 3]);

    /// The one table that every reader is held against.
    pub(crate) const TABLE: [Row; 19] = [
        ("ENABLED", Some("ENABLED"), [Some(true), Some(true), Some(true)]),
        ("ENABLED", Some("DISABLED"), [Some(false), Some(false), Some(false)]),
        ("DISABLED", Some("DISABLED"), [Some(false), Some(false), Some(false)]),
        ("DISABLED", None, [Some(false), Some(false), Some(false)]),
        ("ENABLED", Some("ENABLING"), [Some(true), Some(true), None]),
        ("ENABLING", Some("ENABLING"), [Some(true), Some(true), None]),
        ("ENABLING", Some("DISABLED"), [Some(false), Some(false), None]),
        ("ENABLED", Some("DISABLING"), [None, None, None]),
        ("ENABLED", Some("SUSPENDING"), [None, None, None]),
        ("ENABLED", Some("SUSPENDED"), [None, None, None]),
        ("ENABLED", Some("PAUSED_BY_AWS"), [None, None, None]),
        ("ENABLED", None, [None, None, None]),
        ("SUSPENDED", Some("ENABLED"), [None, None, None]),
        ("SUSPENDED", Some("SUSPENDED"), [None, None, None]),
        // A type that is off is not read whatever the account is: R1's fourth condition decides alone.
        ("SUSPENDED", Some("DISABLED"), [Some(false), None, None]),
        // Without the account's own state R1's third condition is open; elsewhere the type decides.
        ("", Some("ENABLED"), [None, Some(true), Some(true)]),
        ("", Some("DISABLED"), [Some(false), Some(false), Some(false)]),
        ("", None, [None, None, None]),
        // Inspector being off as a whole is R1's third condition, which decides alone; elsewhere it is a contradiction.
        ("DISABLED", Some("ENABLED"), [Some(false), None, None]),
    ];

    /// A target whose types `ec2` and `ecr` both have the row's status.
    pub(crate) fn target(account: &str, kind: Option<&str>) -> Target {
        let of = |text: &str| TypeStatus { status: text.to_owned(), ..TypeStatus::default() };
        let mut target = Target::unseen("111122223333", "ap-northeast-1", chrono::DateTime::UNIX_EPOCH);
        target.inspector.account_status = Section::Complete(AccountStatus {
            state: Some(of(account)),
            resources: ["ec2", "ecr"]
                .into_iter()
                .filter_map(|name| kind.map(|text| (name.to_owned(), of(text))))
                .collect(),
            failed: None,
        });
        target
    }

    #[test]
    fn every_status_reads_as_the_table_says() {
        for (account, kind, [_, coming, settled]) in TABLE {
            let target = target(account, kind);
            let read = Account::of(&target);
            assert_eq!(read.on_or_coming("ecr").ok(), coming, "{account} {kind:?}");
            assert_eq!(read.settled("ecr").ok(), settled, "{account} {kind:?}");
        }
    }

    #[test]
    fn a_type_that_the_region_does_not_offer_is_off() {
        let target = target("ENABLED", Some("ENABLED"));
        assert_eq!(Account::of(&target).settled("lambda"), Ok(false));
        assert_eq!(Account::of(&target).kinds().collect::<Vec<_>>(), ["ec2", "ecr"]);
    }

    #[test]
    fn what_is_not_there_is_off_and_what_was_not_read_is_open() {
        assert_eq!(Account::Absent.settled("ecr"), Ok(false));
        assert_eq!(Account::Absent.on_or_coming("ec2"), Ok(false));
        assert_eq!(Account::Unread.settled("ecr"), Err(UnsettledStatus::Unread));
        let failed = TypeStatus { error_code: Some("INTERNAL_ERROR".to_owned()), ..TypeStatus::default() };
        let why = UnsettledStatus::Failed(Some("INTERNAL_ERROR".to_owned()));
        assert_eq!(Account::Failed(&failed).on_or_coming("ec2"), Err(why));
    }
}
