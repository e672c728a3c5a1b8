//! From a resource's values to the common form.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::place::{Account, Provider, Region};
use super::super::resources::{
    Enabler, Filter, Lifecycle, OpenRules, Organization, Registry, ScanRule, Source, Text, TextSet,
};

/// A resource's attributes, and which of them are known only after apply.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attributes<'a> {
    pub(crate) values: &'a Map<String, Value>,
    /// `after_unknown`, for plans.
    pub(crate) unknown: Option<&'a Value>,
}

/// Where a resource is and what it acts on.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Where it was found.
    pub(crate) source: Source,
    pub(crate) provider: Provider,
    /// Its region, if its own attribute does not say.
    pub(crate) region: Region,
    /// The account of its provider, where it is known.
    pub(crate) account: Option<String>,
    /// The configuration takes the account from the caller's identity.
    pub(crate) own_account: bool,
}

impl Attributes<'_> {
    /// Whether an attribute, or a part of it, is known only after apply.
    fn is_unknown(&self, name: &str) -> bool {
        self.unknown.and_then(|unknown| unknown.get(name)).is_some_and(any_true)
    }

    fn text(&self, name: &str) -> Text {
        match self.values.get(name).and_then(Value::as_str) {
            Some(text) => Text::Known(text.to_owned()),
            None => Text::Open(not_known(name)),
        }
    }

    fn set(&self, name: &str) -> TextSet {
        let mut set = texts(self.values.get(name)).unwrap_or_else(|| unknown_set(name));
        if self.is_unknown(name) {
            set.open.insert(not_known(name));
        }
        set
    }

    fn region(&self, setting: &Setting) -> Region {
        let own = self.values.get("region").and_then(Value::as_str);
        own.map_or_else(|| setting.region.clone(), |name| Region::Name(name.to_owned()))
    }
}

/// A text of a resource; empty where it has none.
pub(crate) fn text<'v>(resource: &'v Map<String, Value>, name: &str) -> &'v str {
    resource.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a tree of flags has a true one. Its depth is that of the document, which the parser has limited.
fn any_true(flags: &Value) -> bool {
    match flags {
        Value::Bool(flag) => *flag,
        Value::Array(items) => items.iter().any(any_true),
        Value::Object(fields) => fields.values().any(any_true),
        _ => false,
    }
}

pub(crate) fn enabler(attributes: Attributes<'_>, setting: Setting) -> Enabler {
    let (accounts, more_accounts) = accounts(&attributes, &setting);
    let types = attributes.set("resource_types");
    let emptied = types.known.is_empty() && types.open.is_empty();
    Enabler {
        region: attributes.region(&setting),
        accounts,
        more_accounts,
        types,
        provider: setting.provider,
        source: setting.source,
        lifecycle: Lifecycle::default(),
        emptied,
        repeated: false,
        others: false,
        was: BTreeSet::new(),
        copies: 1,
        faults: Vec::new(),
    }
}

/// The accounts, and what the others depend on if there may be others.
fn accounts(attributes: &Attributes<'_>, setting: &Setting) -> (BTreeSet<Account>, Option<String>) {
    let set = attributes.set("account_ids");
    let known: BTreeSet<Account> = set.known.into_iter().map(Account::Id).collect();
    let Some(open) = set.open.into_iter().next() else { return (known, None) };
    let flags = attributes.unknown.and_then(|unknown| unknown.get("account_ids")).and_then(Value::as_array);
    if known.is_empty() && setting.own_account {
        return ([Account::Of(setting.provider.clone())].into(), None);
    }
    // One account, whichever it is.
    if known.is_empty() && flags.is_some_and(|flags| flags.len() == 1) {
        let expression = format!("{open} ({})", setting.source.address);
        return ([Account::Expression(setting.source.root, expression)].into(), None);
    }
    (known, Some(open))
}

pub(crate) fn registry(attributes: Attributes<'_>, setting: Setting) -> Registry {
    let is_account = |id: &&str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    let id = ["registry_id", "id"].iter().find_map(|name| attributes.values.get(*name)?.as_str());
    let id = id.filter(is_account).map(str::to_owned).or_else(|| setting.account.clone());
    // `awscc` has them as a list of objects under another name.
    let block = ["rule", "rules"].iter().find_map(|name| attributes.values.get(*name)).filter(|rules| !rules.is_null());
    let rules = block.and_then(Value::as_array);
    let unknown = attributes.is_unknown("rule") || attributes.is_unknown("rules") || block.is_some() != rules.is_some();
    let over = || OpenRules { over: not_known("rule"), same_frequency: false };
    Registry {
        account: id.map_or_else(|| Account::Of(setting.provider.clone()), Account::Id),
        region: attributes.region(&setting),
        scan_type: attributes.text("scan_type"),
        rules: rules.into_iter().flatten().map(|rule| scan_rule(rule, unknown)).collect(),
        open_rules: if unknown && rules.is_none_or(Vec::is_empty) { vec![over()] } else { Vec::new() },
        provider: setting.provider,
        source: setting.source,
        lifecycle: Lifecycle::default(),
        kept: None,
        copies: 1,
        faults: Vec::new(),
    }
}

fn scan_rule(rule: &Value, unknown: bool) -> ScanRule {
    let text = |object: &Value, name: &str| match object.get(name).and_then(Value::as_str) {
        Some(text) => Text::Known(text.to_owned()),
        None => Text::Open(not_known(name)),
    };
    let filters = ["repository_filter", "repository_filters"].iter().find_map(|name| rule.get(*name)?.as_array());
    ScanRule {
        frequency: text(rule, "scan_frequency"),
        filters: filters
            .into_iter()
            .flatten()
            .map(|filter| Filter { filter: text(filter, "filter"), filter_type: text(filter, "filter_type") })
            .collect(),
        open_filters: unknown && filters.is_none_or(Vec::is_empty),
    }
}

pub(crate) fn organization(attributes: Attributes<'_>, setting: Setting) -> Organization {
    let block = attributes.values.get("auto_enable");
    // A list of one block; a single object in some provider versions.
    let block = block.map(|block| block.get(0).unwrap_or(block));
    let auto_enables_ecr = match block.and_then(|block| block.get("ecr")) {
        Some(Value::Bool(ecr)) => Some(*ecr),
        _ if attributes.is_unknown("auto_enable") => None,
        _ => Some(false),
    };
    Organization { region: attributes.region(&setting), source: setting.source, auto_enables_ecr }
}

/// The members of a list of strings; one that is something else is open.
pub(crate) fn texts(value: Option<&Value>) -> Option<TextSet> {
    let mut set = TextSet::default();
    for item in value?.as_array()? {
        match item.as_str() {
            Some(text) => set.known.insert(text.to_owned()),
            None => set.open.insert(not_known("a member")),
        };
    }
    Some(set)
}

fn unknown_set(name: &str) -> TextSet {
    TextSet { open: [not_known(name)].into(), ..TextSet::default() }
}

fn not_known(name: &str) -> String {
    format!("{name}, which is not known yet")
}
