//! Roots, and the consistent pictures of each.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::Condition;
use super::place::{Account, Provider, Region};
use super::remark::Remark;
use super::resources::{Deletion, Enabler, Organization, Registry, Source, TextSet, without_indices};
use crate::rules::finding::terraform::{Limit, Unseen};

/// One consistent picture of one root.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct World {
    pub(crate) enablers: Vec<Enabler>,
    pub(crate) registries: Vec<Registry>,
    pub(crate) organizations: Vec<Organization>,
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
    pub(crate) address: String,
    /// The attribute that changed.
    pub(crate) attribute: String,
    /// What it was, as JSON writes it.
    pub(crate) before: String,
    pub(crate) after: String,
}

/// An update that a plan makes to a resource that decides what is scanned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    pub(crate) source: Source,
    /// The account, where it is known.
    pub(crate) account: Option<String>,
    pub(crate) region: Region,
    /// Scan type of a registry, types of an enabler, before.
    pub(crate) before: TextSet,
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
        gathered(&mut self.enablers, |enabler| (&mut enabler.source, &mut enabler.copies));
        gathered(&mut self.registries, |registry| (&mut registry.source, &mut registry.copies));
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

/// The first of those that say the same, with the number of all.
fn gathered<T: Clone + Ord>(all: &mut Vec<T>, parts: fn(&mut T) -> (&mut Source, &mut usize)) {
    let (mut kept, mut first): (BTreeMap<T, usize>, Vec<T>) = (BTreeMap::new(), Vec::new());
    for mut one in std::mem::take(all) {
        let mut plain = one.clone();
        let source = parts(&mut plain).0;
        source.address = without_indices(&source.address);
        let copies = *parts(&mut one).1;
        match kept.get(&plain).and_then(|at| first.get_mut(*at)) {
            Some(known) => *parts(known).1 += copies,
            None => {
                kept.insert(plain, first.len());
                first.push(one);
            }
        }
    }
    *all = first;
}

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
    /// What comments say to this program.
    pub(crate) remarks: Vec<Remark>,
    /// How many files were read.
    pub(crate) files: usize,
    /// Whether it is a directory.
    pub(crate) directory: bool,
}

/// How many pairs of resources may be compared in all pictures of a root: seconds of work.
const MAX_COMPARED: usize = 40_000_000;

impl Root {
    /// The same with no more resources of a kind in a picture than can be compared with each other; what is left out is said.
    pub(crate) fn bounded(self) -> Self {
        let pictures = self.base.len() + self.free.len();
        self.of_at_most((MAX_COMPARED / pictures.max(1)).isqrt())
    }

    pub(super) fn of_at_most(mut self, most: usize) -> Self {
        let mut cut = |worlds: &mut [World], only_free: bool| {
            let mut is_cut = false;
            for world in worlds {
                is_cut |= world.enablers.len() > most || world.registries.len() > most;
                world.enablers.truncate(most);
                world.registries.truncate(most);
            }
            if is_cut {
                let what = Unseen::CutShort(Limit::Resources(most));
                self.problems.push(Blind { place: self.label.clone(), what, only_free });
            }
        };
        cut(&mut self.base, false);
        cut(&mut self.free, true);
        self
    }
}

/// A part of an input that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Blind {
    /// The file, with its line where there is one.
    pub(crate) place: String,
    pub(crate) what: Unseen,
    /// It keeps only pictures with overridden defaults from being seen.
    pub(crate) only_free: bool,
}
