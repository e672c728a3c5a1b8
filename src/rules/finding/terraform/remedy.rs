//! What to do about a configuration and its state, in data.

use std::collections::{BTreeMap, BTreeSet};

/// Filters of repositories by the frequency of their rule.
pub type Filters = BTreeMap<String, BTreeSet<String>>;

/// What to do, and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// In a word.
    pub advice: Advice,
    /// Both resources are to hang on one variable.
    pub tie: bool,
    /// The ways to do it, each a list of edits: one of them is enough.
    pub ways: Vec<Vec<Edit>>,
}

/// What to do, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentences of these are in `render::words::terraform`")]
pub enum Advice {
    OneOwner,
    DropIgnoreChanges,
    DecideInOnePlace,
    OneEnabler,
    OneRulePerFrequency,
    AsTheProviderHasIt,
    WriteRules,
    ForgetInsteadOfDestroy,
    Untaint,
    WriteOnce,
    ListWhatStays,
    WriteEnhanced,
    KeepEnhanced,
    KeepTypesAndAccounts,
}

/// One change to the configuration or the state. Addresses are those of a resource inside its module, without an index,
/// but for those of instances.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Edit {
    /// Delete the block, and take the resource out of the state without destroying it.
    Forget { address: String },
    /// The same of one instance.
    ForgetInstance { address: String },
    /// Let the `removed` block that is there forget the resource.
    ForgetInRemoved { address: String },
    /// Take the taint away.
    Untaint { address: String },
    /// Move one instance to the resource itself, and take the others out of the state.
    KeepOne { from: String, to: String, others: Vec<String> },
    /// The registry ENHANCED with a rule on push; after what it depends on.
    Enhanced { address: String, depends_on: Option<String> },
    /// The registry's scan type alone.
    ScanTypeEnhanced { address: String },
    /// The enabler's types.
    Types { address: String, types: BTreeSet<String> },
    /// One rule for each frequency, with all filters of that frequency.
    OneRule { address: String, rules: Option<Filters> },
    /// A registry configuration with a rule on push.
    NewRegistry,
    /// One registry configuration for all repositories; no scan type where it is not the same for all that
    /// write it now, or not known.
    RegistryForAll { scan_type: Option<String>, rules: Option<Filters> },
    /// The resource types there are.
    KnownTypes { address: String },
}
