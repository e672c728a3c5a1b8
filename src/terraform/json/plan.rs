//! A plan: what will be, what is written, and what is destroyed on the way.
//!
//! A plan does not say what `ignore_changes` covers. It shows where the written constant and the planned value differ,
//! or where an enabler is planned to enable nothing; both mean that something masks the change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::place::{Account, Provider, Region};
use super::super::resources::{
    CONFIGURATION, Deletion, ENABLER, Enabler, ORGANIZATION, REGISTRY, REGISTRY_CC, Source, Text, TextSet,
    without_indices,
};
use super::super::world::{Change, Drift, World};
use super::common::{self, Attributes, Setting, text, texts};
use super::stream::Document;

/// What the rules see of a plan.
pub(crate) fn world(document: &Document, file: &str, root: usize) -> World {
    let plan = Plan::of(document, file, root);
    let mut world = World { plan: true, ..World::default() };
    let planned = document.planned_values.iter().flat_map(|values| values.resources());
    for resource in planned.filter(|resource| !is_data(resource)) {
        plan.add(&mut world, resource);
    }
    for change in plan.changes.values() {
        world.deletions.extend(plan.deletion(change));
        world.changes.extend(plan.update(change));
    }
    world.gather();
    for drift in document.resource_drift.iter().flat_map(|kept| &kept.objects) {
        world.drift.extend(describe_drift(drift));
    }
    world
}

fn is_data(resource: &Map<String, Value>) -> bool {
    resource.get("mode").and_then(Value::as_str) == Some("data")
}

struct Plan<'d> {
    document: &'d Document,
    file: &'d str,
    root: usize,
    written: BTreeMap<String, &'d Map<String, Value>>,
    changes: BTreeMap<&'d str, &'d Map<String, Value>>,
    drifts: BTreeMap<&'d str, &'d Map<String, Value>>,
    accounts: BTreeMap<String, String>,
}

impl<'d> Plan<'d> {
    fn of(document: &'d Document, file: &'d str, root: usize) -> Self {
        let written = document.configuration.as_ref().map(|written| written.resources()).unwrap_or_default();
        let changes = document.resource_changes.iter().flat_map(|kept| &kept.objects);
        let changes = changes.map(|change| (text(change, "address"), change)).collect();
        let drifts = document.resource_drift.iter().flat_map(|kept| &kept.objects);
        let drifts = drifts.map(|drift| (text(drift, "address"), drift)).collect();
        let mut plan = Self { document, file, root, written, changes, drifts, accounts: BTreeMap::new() };
        plan.accounts = plan.known_accounts();
        plan
    }

    /// The key under which a resource's provider is configured; its source address where the plan has no
    /// configuration.
    fn provider_key(&self, resource: &Map<String, Value>) -> String {
        let written = self.written.get(&without_indices(text(resource, "address")));
        let key = written.map(|written| text(written, "provider_config_key")).filter(|key| !key.is_empty());
        if let Some(key) = key {
            return key.to_owned();
        }
        // What is destroyed is no longer written; where there is one configuration only, it was that one.
        let configs = self.document.configuration.iter().flat_map(|written| &written.provider_config).flatten();
        let mut aws = configs.filter(|(_, config)| config.get("name").and_then(Value::as_str) == Some("aws"));
        match (aws.next(), aws.next()) {
            (Some((only, _)), None) => only.clone(),
            _ => text(resource, "provider_name").to_owned(),
        }
    }

    /// Whether the configuration takes `account_ids` from the caller's identity.
    fn names_caller(&self, resource: &Map<String, Value>) -> bool {
        let written = self.written.get(&without_indices(text(resource, "address")));
        let references = written
            .and_then(|written| written.get("expressions")?.get("account_ids")?.get("references"))
            .and_then(Value::as_array);
        let mut references = references.into_iter().flatten().filter_map(Value::as_str);
        references.any(|reference| reference.starts_with("data.aws_caller_identity."))
    }

    /// The account behind each provider that a data source or the configuration tells.
    fn known_accounts(&self) -> BTreeMap<String, String> {
        let mut accounts = BTreeMap::new();
        for (key, config) in self.document.configuration.iter().flat_map(|c| &c.provider_config).flatten() {
            let arn = config.pointer("/expressions/assume_role/0/role_arn").and_then(|arn| self.constant(arn));
            let assumed = arn.as_ref().and_then(Value::as_str).and_then(|arn| arn.split(':').nth(4));
            if let Some(account) = assumed.filter(|account| account.len() == 12) {
                accounts.insert(key.clone(), account.to_owned());
            }
        }
        let prior = self.document.prior_state.iter().flat_map(|prior| &prior.values);
        let values = prior.chain(&self.document.planned_values);
        for identity in values.flat_map(|values| values.resources()).filter(|resource| is_data(resource)) {
            let account = identity.get("values").and_then(|values| values.get("account_id")).and_then(Value::as_str);
            if let Some(account) = account {
                accounts.insert(self.provider_key(identity), account.to_owned());
            }
        }
        accounts
    }

    /// What an expression of the configuration is, if it is a constant or one variable.
    fn constant(&self, expression: &Value) -> Option<Value> {
        if let Some(constant) = expression.get("constant_value") {
            return Some(constant.clone());
        }
        let references = expression.get("references")?.as_array()?;
        let [Value::String(reference)] = references.as_slice() else { return None };
        let name = reference.strip_prefix("var.")?;
        self.document.variables.as_ref()?.get(name)?.value.clone()
    }

    fn setting(&self, resource: &Map<String, Value>) -> Setting {
        let key = self.provider_key(resource);
        let configs = self.document.configuration.as_ref().and_then(|written| written.provider_config.as_ref());
        let region = configs.and_then(|configs| configs.get(&key)?.pointer("/expressions/region"));
        let region = region.and_then(|region| self.constant(region));
        let provider = Provider { root: self.root, name: Arc::from(key.as_str()) };
        Setting {
            source: Source {
                root: self.root,
                file: self.file.to_owned(),
                line: None,
                address: text(resource, "address").to_owned(),
            },
            region: match region.as_ref().and_then(Value::as_str) {
                Some(name) => Region::Name(name.to_owned()),
                None => Region::Of(provider.clone()),
            },
            account: self.accounts.get(&key).cloned(),
            own_account: self.names_caller(resource),
            provider,
        }
    }

    /// The constant that the configuration writes for an attribute.
    fn written(&self, address: &str, attribute: &str) -> Option<&'d Value> {
        let written = self.written.get(&without_indices(address))?;
        written.get("expressions")?.get(attribute)?.get("constant_value")
    }

    fn add(&self, world: &mut World, resource: &Map<String, Value>) {
        let empty = Map::new();
        let address = text(resource, "address");
        let change = self.changes.get(address).and_then(|change| change.get("change"));
        let attributes = Attributes {
            values: resource.get("values").and_then(Value::as_object).unwrap_or(&empty),
            unknown: change.and_then(|change| change.get("after_unknown")),
        };
        let setting = self.setting(resource);
        match text(resource, "type") {
            ENABLER => {
                let mut enabler = common::enabler(attributes, setting);
                self.recall(address, &mut enabler);
                let written = texts(self.written(address, "resource_types"));
                if let Some(written) = written.filter(|written| enabler.types.differs(written) == Some(true)) {
                    enabler.types = written;
                    enabler.lifecycle.masked = true;
                    enabler.emptied = false;
                }
                world.enablers.push(enabler);
            }
            REGISTRY | REGISTRY_CC => {
                let mut registry = common::registry(attributes, setting);
                let written = self.written(address, "scan_type").and_then(Value::as_str);
                if let (Some(written), Text::Known(planned)) = (written, &registry.scan_type)
                    && written != planned
                {
                    registry.kept = Some(planned.clone());
                    registry.scan_type = Text::Known(written.to_owned());
                    registry.lifecycle.masked = true;
                }
                world.registries.push(registry);
            }
            ORGANIZATION => world.organizations.push(common::organization(attributes, setting)),
            _ => {}
        }
    }

    /// What AWS switched off behind Terraform's back reads back as nothing: the drift says whom it was for.
    fn recall(&self, address: &str, enabler: &mut Enabler) {
        let Some(before) = self.drifts.get(address).and_then(|drift| drift.get("change")?.get("before")) else {
            return;
        };
        if enabler.accounts.is_empty() && enabler.more_accounts.is_none() {
            let ids = texts(before.get("account_ids")).unwrap_or_default();
            enabler.accounts = ids.known.into_iter().map(Account::Id).collect();
        }
        if let (Region::Of(_), Some(name)) = (&enabler.region, before.get("region").and_then(Value::as_str)) {
            enabler.region = Region::Name(name.to_owned());
        }
        if enabler.emptied {
            enabler.was = texts(before.get("resource_types")).unwrap_or_default().known;
        }
    }

    /// An update of what decides what is scanned.
    fn update(&self, change: &Map<String, Value>) -> Option<Change> {
        let kind = text(change, "type");
        let details = change.get("change")?;
        let actions = details.get("actions")?.as_array()?;
        if !matches!(kind, REGISTRY | REGISTRY_CC | ENABLER)
            || !matches!(actions.as_slice(), [only] if only == "update")
        {
            return None;
        }
        let setting = self.setting(change);
        let (before, after) = (details.get("before")?, details.get("after")?);
        let accounts = |side: &Value| texts(side.get("account_ids")).filter(TextSet::is_known).map(|set| set.known);
        let lost = match (accounts(before), accounts(after)) {
            (Some(before), Some(after)) if kind == ENABLER => before.difference(&after).cloned().collect(),
            _ => BTreeSet::new(),
        };
        let id = ["registry_id", "id"].iter().find_map(|name| before.get(*name)?.as_str()).filter(|_| kind != ENABLER);
        let single = accounts(before).filter(|ids| ids.len() == 1).and_then(|ids| ids.into_iter().next());
        Some(Change {
            account: id.map(str::to_owned).or(single).or(setting.account),
            region: before
                .get("region")
                .and_then(Value::as_str)
                .map_or(setting.region, |name| Region::Name(name.to_owned())),
            before: decides(kind, before),
            after: decides(kind, after),
            lost_accounts: lost,
            source: setting.source,
        })
    }

    fn deletion(&self, change: &Map<String, Value>) -> Option<Deletion> {
        let kind = text(change, "type");
        let details = change.get("change")?;
        let deletes = details.get("actions")?.as_array()?.iter().any(|action| action == "delete");
        if !deletes || !matches!(kind, REGISTRY | REGISTRY_CC | ENABLER | CONFIGURATION) {
            return None;
        }
        let before = details.get("before");
        let before = match kind {
            ENABLER => texts(before.and_then(|before| before.get("resource_types"))),
            _ => texts(
                before.and_then(|before| before.get("scan_type")).map(|text| Value::from(vec![text.clone()])).as_ref(),
            ),
        };
        let setting = self.setting(change);
        let own = details.pointer("/before/region").and_then(Value::as_str);
        Some(Deletion {
            kind: kind.to_owned(),
            certain: Some(true),
            tainted: text(change, "action_reason") == "replace_because_tainted",
            before,
            region: own.map_or(setting.region, |name| Region::Name(name.to_owned())),
            provider: setting.provider,
            source: setting.source,
        })
    }
}

/// What a registry's scan type or an enabler's types are on one side of a change.
fn decides(kind: &str, side: &Value) -> TextSet {
    let attribute = if kind == ENABLER { "resource_types" } else { "scan_type" };
    match side.get(attribute) {
        Some(Value::String(text)) => TextSet { known: [text.clone()].into(), ..TextSet::default() },
        Some(list @ Value::Array(_)) => texts(Some(list)).unwrap_or_default(),
        _ => TextSet { open: [format!("{attribute}, which is not known yet")].into(), ..TextSet::default() },
    }
}

/// A drift that touches the coupling.
fn describe_drift(drift: &Map<String, Value>) -> Option<Drift> {
    let attribute = match text(drift, "type") {
        ENABLER => "resource_types",
        REGISTRY | REGISTRY_CC => "scan_type",
        _ => return None,
    };
    let change = drift.get("change")?;
    let side = |name: &str| {
        let value = change.get(name).and_then(|value| value.get(attribute));
        value.unwrap_or(&Value::Null).to_string()
    };
    let (before, after) = (side("before"), side("after"));
    let address = text(drift, "address").to_owned();
    (before != after).then(|| Drift { address, attribute: attribute.to_owned(), before, after })
}
