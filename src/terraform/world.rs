//! Roots, and the consistent pictures of each.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::Condition;
use super::place::{Account, Provider, Region};
use super::resources::{Deletion, Enabler, Organization, Registry, Source, TextSet, without_indices};

/// One consistent picture of one root.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct World {
    /// Enablers.
    pub(crate) enablers: Vec<Enabler>,
    /// Registry configurations.
    pub(crate) registries: Vec<Registry>,
    /// Organization configurations.
    pub(crate) organizations: Vec<Organization>,
    /// What is destroyed.
    pub(crate) deletions: Vec<Deletion>,
    /// What a plan says has changed behind Terraform's back.
    pub(crate) drift: Vec<Drift>,
    /// It is of a plan, which knows what was before.
    pub(crate) plan: bool,
    /// What a plan changes.
    pub(crate) changes: Vec<Change>,
    /// What this picture takes for granted.
    pub(crate) decisions: Vec<Condition>,
}

/// One resource that a plan found changed outside Terraform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Drift {
    /// The resource's address.
    pub(crate) address: String,
    /// The attribute that changed.
    pub(crate) attribute: String,
    /// What it was, as JSON writes it.
    pub(crate) before: String,
    /// What it is.
    pub(crate) after: String,
}

/// An update that a plan makes to a resource that decides what is scanned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    /// The resource.
    pub(crate) source: Source,
    /// The account, where it is known.
    pub(crate) account: Option<String>,
    /// The region.
    pub(crate) region: Region,
    /// Scan type of a registry, types of an enabler, before.
    pub(crate) before: TextSet,
    /// The same after.
    pub(crate) after: TextSet,
    /// Accounts that an enabler is taken away from.
    pub(crate) lost_accounts: BTreeSet<String>,
}

impl Enabler {
    /// Whether it names the account of its own provider, and no other.
    pub(crate) fn names_its_caller(&self) -> bool {
        !self.accounts.is_empty()
            && self.accounts.iter().all(|account| matches!(account, Account::Of(own) if *own == self.provider))
    }
}

impl World {
    /// Tells enablers of other accounts from those of the caller's. Whoever enables several accounts one by one, or names
    /// accounts by number beside its own, is a delegated administrator, and the numbers are its members'.
    fn tell_others(&mut self) {
        let mut single: BTreeMap<Provider, BTreeSet<Account>> = BTreeMap::new();
        let mut own: BTreeSet<Provider> = BTreeSet::new();
        for enabler in &self.enablers {
            if let (Some(account), 1) = (enabler.accounts.first(), enabler.accounts.len())
                && !matches!(account, Account::Of(_))
            {
                single.entry(enabler.provider.clone()).or_default().insert(account.clone());
            }
            if enabler.names_its_caller() {
                own.insert(enabler.provider.clone());
            }
        }
        for enabler in &mut self.enablers {
            let named = !enabler.accounts.is_empty()
                && !enabler.accounts.iter().any(|account| matches!(account, Account::Of(_)));
            let several = single.get(&enabler.provider).is_some_and(|accounts| accounts.len() > 1);
            enabler.others |= named && (own.contains(&enabler.provider) || (several && enabler.accounts.len() == 1));
        }
    }

    /// Takes instances that say the same together: the first stands for all, and they are counted.
    pub(crate) fn gather(&mut self) {
        self.tell_others();
        let mut kept: BTreeMap<Enabler, usize> = BTreeMap::new();
        let mut enablers: Vec<Enabler> = Vec::new();
        for enabler in std::mem::take(&mut self.enablers) {
            let mut plain = enabler.clone();
            plain.source.address = without_indices(&plain.source.address);
            match kept.get(&plain).and_then(|at| enablers.get_mut(*at)) {
                Some(first) => first.copies += enabler.copies,
                None => {
                    kept.insert(plain, enablers.len());
                    enablers.push(enabler);
                }
            }
        }
        self.enablers = enablers;
        let mut kept: BTreeMap<Registry, usize> = BTreeMap::new();
        let mut registries: Vec<Registry> = Vec::new();
        for registry in std::mem::take(&mut self.registries) {
            let mut plain = registry.clone();
            plain.source.address = without_indices(&plain.source.address);
            match kept.get(&plain).and_then(|at| registries.get_mut(*at)) {
                Some(first) => first.copies += registry.copies,
                None => {
                    kept.insert(plain, registries.len());
                    registries.push(registry);
                }
            }
        }
        self.registries = registries;
    }

    /// How many instances of all resources there are.
    pub(crate) fn instances(&self) -> usize {
        let enablers = self.enablers.iter().map(|enabler| enabler.copies);
        let registries = self.registries.iter().map(|registry| registry.copies);
        enablers.chain(registries).sum::<usize>() + self.organizations.len() + self.deletions.len()
    }

    /// Whether there is anything in it that the rules look at.
    pub(crate) fn is_empty(&self) -> bool {
        self.enablers.is_empty()
            && self.registries.is_empty()
            && self.organizations.is_empty()
            && self.deletions.is_empty()
    }
}

/// One input, read.
#[derive(Debug, Default)]
pub(crate) struct Root {
    /// The path as the operator gave it.
    pub(crate) label: String,
    /// The pictures with every variable at its value or default; more than one where something has neither.
    pub(crate) base: Vec<World>,
    /// The pictures with defaults overridden as well. Empty for plans and states, whose variables are settled.
    pub(crate) free: Vec<World>,
    /// What keeps rules from deciding.
    pub(crate) problems: Vec<Blind>,
    /// How many files were read.
    pub(crate) files: usize,
    /// Whether it is a directory.
    pub(crate) directory: bool,
}

/// A part of an input that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Blind {
    /// The file, with its line where there is one.
    pub(crate) place: String,
    /// What, and what to do.
    pub(crate) message: String,
    /// It keeps only pictures with overridden defaults from being seen.
    pub(crate) only_free: bool,
}
