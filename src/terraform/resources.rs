//! The form that plans, states and configurations have in common.

use std::collections::BTreeSet;

use super::place::{Account, Match, Provider, Region, both};
use crate::rules::finding::terraform::{Fault, Place};

/// The registry's scanning configuration.
pub(crate) const REGISTRY: &str = "aws_ecr_registry_scanning_configuration";
/// The same as the Cloud Control provider has it.
pub(crate) const REGISTRY_CC: &str = "awscc_ecr_registry_scanning_configuration";
pub(crate) const ENABLER: &str = "aws_inspector2_enabler";
/// Inspector for new members of an organization.
pub(crate) const ORGANIZATION: &str = "aws_inspector2_organization_configuration";
pub(crate) const CONFIGURATION: &str = "aws_inspector2_configuration";

/// What a `removed` block names that takes out a whole module.
pub(crate) const MODULE: &str = "module";

/// Where a resource was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    /// The root, by its position among the inputs.
    pub(crate) root: usize,
    pub(crate) file: String,
    /// The line, in native syntax.
    pub(crate) line: Option<u32>,
    /// The address, e.g. `module.security.aws_inspector2_enabler.this`.
    pub(crate) address: String,
}

impl Source {
    /// As what is left open carries it.
    pub(crate) fn place(&self) -> Place {
        Place { address: self.address.clone(), file: self.file.clone(), line: self.line }
    }
}

/// A text that may not be known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Text {
    Known(String),
    /// It is what this expression comes to.
    Open(String),
}

impl Text {
    /// The text, where it is known.
    pub(crate) fn known(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Open(_) => None,
        }
    }

    /// In HCL's notation; what is open as it is written.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Known(text) => quoted(text),
            Self::Open(text) => text.clone(),
        }
    }

    /// The text, or the expression.
    pub(crate) fn content(&self) -> &str {
        match self {
            Self::Known(text) | Self::Open(text) => text,
        }
    }
}

/// A set of which some members may not be known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TextSet {
    /// Members that are known.
    pub(crate) known: BTreeSet<String>,
    /// Expressions for the others.
    pub(crate) open: BTreeSet<String>,
    /// What is not among the others in this picture.
    pub(crate) absent: BTreeSet<String>,
    /// Expressions for others still, which this program could not follow.
    pub(crate) unread: BTreeSet<String>,
}

impl TextSet {
    /// Whether it has a member: `None` where that is not known.
    pub(crate) fn contains(&self, member: &str) -> Option<bool> {
        if self.known.contains(member) {
            Some(true)
        } else if self.known.iter().any(|known| known.eq_ignore_ascii_case(member)) {
            // Misspelt: it is rejected before it means anything.
            None
        } else if self.is_known() || (self.unread.is_empty() && self.absent.contains(member)) {
            Some(false)
        } else {
            None
        }
    }

    /// Whether all its members are known.
    pub(crate) fn is_known(&self) -> bool {
        self.open.is_empty() && self.unread.is_empty()
    }

    /// Whether two sets differ: `None` where that is not known.
    pub(crate) fn differs(&self, other: &Self) -> Option<bool> {
        if self == other {
            return Some(false);
        }
        let beyond = |a: &Self, b: &Self| a.known.iter().any(|member| b.contains(member) == Some(false));
        if beyond(self, other) || beyond(other, self) || (self.is_known() && other.is_known()) {
            return Some(true);
        }
        None
    }

    /// In HCL's notation, open members as they are written.
    pub(crate) fn written(&self) -> String {
        let open = self.open.iter().chain(&self.unread).cloned();
        let members: Vec<String> = self.known.iter().map(|member| quoted(member)).chain(open).collect();
        format!("[{}]", members.join(", "))
    }

    /// All members, open ones as they are written.
    pub(crate) fn members(&self) -> Vec<String> {
        self.known.iter().chain(&self.open).chain(&self.unread).cloned().collect()
    }
}

/// A text as HCL writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What a `lifecycle` block says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lifecycle {
    /// `ignore_changes` covers the attribute that decides: `resource_types`, `scan_type`.
    pub(crate) masked: bool,
    /// `prevent_destroy` is set.
    pub(crate) prevents_destroy: bool,
}

/// One `aws_inspector2_enabler`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Enabler {
    /// Where it is written.
    pub(crate) source: Source,
    /// The accounts that are known, at least as expressions.
    pub(crate) accounts: BTreeSet<Account>,
    /// What the other accounts depend on, if there may be others.
    pub(crate) more_accounts: Option<String>,
    /// `resource_types`.
    pub(crate) types: TextSet,
    pub(crate) region: Region,
    pub(crate) provider: Provider,
    /// Its `lifecycle`.
    pub(crate) lifecycle: Lifecycle,
    /// A plan or state says that it enables nothing, which no configuration can ask for.
    pub(crate) emptied: bool,
    /// It stands for an unknown number of instances with types of their own.
    pub(crate) repeated: bool,
    /// The types that it enabled before somebody emptied it, where a plan says so.
    pub(crate) was: BTreeSet<String>,
    /// It names other accounts than the caller's: those of an organization's members.
    pub(crate) others: bool,
    /// How many instances say the same.
    pub(crate) copies: usize,
    /// What is written in it that the provider's schema does not have.
    pub(crate) faults: Vec<Fault>,
}

/// One `aws_ecr_registry_scanning_configuration`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Registry {
    /// Where it is written.
    pub(crate) source: Source,
    pub(crate) account: Account,
    pub(crate) region: Region,
    pub(crate) provider: Provider,
    /// `scan_type`.
    pub(crate) scan_type: Text,
    /// Its `rule` blocks.
    pub(crate) rules: Vec<ScanRule>,
    /// `rule` blocks of which nobody can tell how many there are.
    pub(crate) open_rules: Vec<OpenRules>,
    /// Its `lifecycle`.
    pub(crate) lifecycle: Lifecycle,
    /// The scan type that a plan keeps although the configuration writes another: then something masks it.
    pub(crate) kept: Option<String>,
    /// How many instances write the same; two also where there are several that nobody can count.
    pub(crate) copies: usize,
    /// What is written in it that the provider's schema does not have.
    pub(crate) faults: Vec<Fault>,
}

impl Registry {
    /// Whether it asks for enhanced scanning: `None` where that is not known, or is neither of the two types.
    pub(crate) fn enhanced(&self) -> Option<bool> {
        is_enhanced(self.scan_type.known())
    }

    /// The same of what its rules stand beside: a plan that keeps another scan type keeps that one's rules.
    pub(crate) fn enhanced_beside_rules(&self) -> Option<bool> {
        is_enhanced(self.kept.as_deref().or(self.scan_type.known()))
    }
}

fn is_enhanced(scan_type: Option<&str>) -> Option<bool> {
    match scan_type {
        Some("ENHANCED") => Some(true),
        Some("BASIC") => Some(false),
        _ => None,
    }
}

/// The most filters of a rule (Amazon ECR API reference, `RegistryScanningRule`, 2026-10).
pub(crate) const MAX_FILTERS: usize = 100;

/// One `rule` block.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ScanRule {
    /// `scan_frequency`.
    pub(crate) frequency: Text,
    /// Its `repository_filter` blocks.
    pub(crate) filters: Vec<Filter>,
    /// There may be more filters than these.
    pub(crate) open_filters: bool,
}

/// One `repository_filter` block.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Filter {
    /// `filter`.
    pub(crate) filter: Text,
    /// `filter_type`.
    pub(crate) filter_type: Text,
}

/// A `dynamic "rule"` over something that is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OpenRules {
    /// What it iterates over.
    pub(crate) over: String,
    /// Each of its rules has the same frequency, so that two elements already are one too many.
    pub(crate) same_frequency: bool,
}

/// `aws_inspector2_organization_configuration` with ECR switched on for new members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Organization {
    /// Where it is written.
    pub(crate) source: Source,
    pub(crate) region: Region,
    /// `auto_enable.ecr`: `None` where that is not known.
    pub(crate) auto_enables_ecr: Option<bool>,
}

/// What a plan or a `removed` block destroys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deletion {
    /// Where it is written.
    pub(crate) source: Source,
    pub(crate) kind: String,
    /// Whether it is destroyed: `None` where Terraform and `OpenTofu` disagree about what is written.
    pub(crate) certain: Option<bool>,
    /// It is destroyed only because it is tainted, and made again.
    pub(crate) tainted: bool,
    /// What it was: the scan type of a registry, the types of an enabler.
    pub(crate) before: Option<TextSet>,
    pub(crate) region: Region,
    pub(crate) provider: Provider,
}

/// Whether an enabler covers the registry's account and region.
pub(crate) fn enabler_and_registry(enabler: &Enabler, registry: &Registry) -> Match {
    let same_provider = enabler.provider.matches(&registry.provider) >= Match::Likely;
    if enabler.others && registry.account.id().is_none() && same_provider {
        return Match::Different;
    }
    let alone = enabler.accounts.len() == 1 && enabler.more_accounts.is_none();
    let mut account = enabler.accounts.iter().map(|account| account.matches(&registry.account)).max();
    if enabler.more_accounts.is_some() {
        account = account.max(Some(Match::Maybe));
    }
    let mut account = account.unwrap_or(Match::Maybe);
    // One account, written through the registry's own provider: an enabler for another account needs a delegated
    // administrator, who names several.
    if same_provider && alone && account == Match::Maybe {
        account = account.max(Match::Likely);
    }
    both(account, enabler.region.matches(&registry.region))
}

/// Whether two enablers share an account and the region.
pub(crate) fn enabler_and_enabler(a: &Enabler, b: &Enabler) -> Match {
    let own = |enabler: &Enabler| enabler.more_accounts.is_none() && enabler.names_its_caller();
    if (a.others && own(b)) || (b.others && own(a)) {
        return Match::Different;
    }
    let mut account = a.accounts.iter().flat_map(|own| b.accounts.iter().map(|other| own.matches(other))).max();
    if a.more_accounts.is_some() || b.more_accounts.is_some() {
        let equal = a.more_accounts == b.more_accounts && a.source.root == b.source.root;
        account = account.max(Some(if equal { Match::Same } else { Match::Maybe }));
    }
    both(account.unwrap_or(Match::Maybe), a.region.matches(&b.region))
}

/// An address without its indices: `module.a["x"].aws_inspector2_enabler.this[0]` is written once.
pub(crate) fn without_indices(address: &str) -> String {
    let (mut plain, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    for c in address.chars() {
        match (quoted, c) {
            _ if escaped => escaped = false,
            (true, '\\') => escaped = true,
            (_, '"') if depth > 0 => quoted = !quoted,
            (false, '[') => depth += 1,
            (false, ']') => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_dropped_whatever_they_hold() {
        assert_eq!(without_indices("module.a[0].t.n[\"x]\\\"y\"]"), "module.a.t.n");
        assert_eq!(without_indices("t.n"), "t.n");
        assert_eq!(without_indices("t.n["), "t.n");
    }
}
