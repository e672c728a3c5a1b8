//! Where a resource acts: which account, which region. Known, or known to be the same as another's, or neither.

use std::sync::Arc;

/// A provider configuration: that of one alias in one root module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Provider {
    /// The root, by its position among the inputs.
    pub(crate) root: usize,
    /// `aws`, `aws.eu`, `module.x:aws`.
    pub(crate) name: Arc<str>,
}

impl Provider {
    /// Whether it is `awscc`, not `aws`.
    fn is_cloud_control(&self) -> bool {
        self.kind_at().is_some_and(|at| self.name.get(at..).is_some_and(|name| name.starts_with("awscc")))
    }

    /// Where the provider's own name begins, behind the module's.
    fn kind_at(&self) -> Option<usize> {
        self.name.rfind("aws")
    }

    fn plain_name(&self) -> String {
        self.name.replacen("awscc", "aws", 1)
    }

    /// Whether two mean the same place, as far as their configurations tell.
    pub(crate) fn matches(&self, other: &Self) -> Match {
        providers(self, other)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Account {
    Id(String),
    /// The account of the provider's credentials.
    Of(Provider),
    /// Some expression of a root; equal expressions are equal accounts.
    Expression(usize, String),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Region {
    Name(String),
    /// The region of the provider's configuration or environment.
    Of(Provider),
    /// Some expression of a root.
    Expression(usize, String),
    /// Nothing is known, not even whose region it is.
    Unknown,
}

/// How sure it is that two things act on the same account and region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    Different,
    Maybe,
    /// Everything points to it.
    Likely,
    Same,
}

impl Account {
    /// The id, where it is known.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Of(_) | Self::Expression(..) => None,
        }
    }

    /// Whether two are one account.
    pub(crate) fn matches(&self, other: &Self) -> Match {
        match (self, other) {
            (Self::Id(a), Self::Id(b)) if a == b => Match::Same,
            (Self::Id(_), Self::Id(_)) => Match::Different,
            (Self::Of(a), Self::Of(b)) => providers(a, b),
            (a, b) if a == b => Match::Same,
            _ => Match::Maybe,
        }
    }
}

impl Region {
    /// The name, where it is known.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Of(_) | Self::Expression(..) | Self::Unknown => None,
        }
    }

    /// Whether two are one region.
    pub(crate) fn matches(&self, other: &Self) -> Match {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) if a == b => Match::Same,
            (Self::Name(_), Self::Name(_)) => Match::Different,
            (Self::Of(a), Self::Of(b)) => providers(a, b),
            (Self::Unknown, _) | (_, Self::Unknown) => Match::Maybe,
            (a, b) if a == b => Match::Same,
            _ => Match::Maybe,
        }
    }
}

/// Two configurations of one root exist because they differ; whether those of two roots do, nobody can tell.
fn providers(a: &Provider, b: &Provider) -> Match {
    match (a == b, a.root == b.root) {
        (true, _) => Match::Same,
        (false, true) if a.is_cloud_control() != b.is_cloud_control() => {
            // The two providers for AWS are configured apart, as a rule for the same place under the same alias.
            if a.plain_name() == b.plain_name() { Match::Likely } else { Match::Maybe }
        }
        (false, true) => Match::Different,
        (false, false) => Match::Maybe,
    }
}

/// Both have to match; the weaker one decides.
pub(crate) fn both(account: Match, region: Match) -> Match {
    account.min(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(root: usize, name: &str) -> Provider {
        Provider { root, name: Arc::from(name) }
    }

    #[test]
    fn aliases_of_one_root_differ_and_those_of_two_roots_may() {
        let of = |root, name| Region::Of(provider(root, name));
        assert_eq!(of(0, "aws").matches(&of(0, "aws")), Match::Same);
        assert_eq!(of(0, "aws").matches(&of(0, "aws.eu")), Match::Different);
        assert_eq!(of(0, "aws").matches(&of(1, "aws")), Match::Maybe);
        assert_eq!(of(0, "aws").matches(&Region::Name("eu-west-1".to_owned())), Match::Maybe);
    }

    #[test]
    fn nothing_known_matches_nothing_for_sure() {
        assert_eq!(Region::Unknown.matches(&Region::Unknown), Match::Maybe);
    }

    #[test]
    fn a_different_region_outweighs_the_same_account() {
        assert_eq!(both(Match::Same, Match::Different), Match::Different);
        assert_eq!(both(Match::Likely, Match::Same), Match::Likely);
    }
}
