//! The parts of a document that are kept. Everything else is skipped as it is read, whatever its size.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::rules::finding::terraform::Unseen;
use crate::terraform::resources::{CONFIGURATION, ENABLER, ORGANIZATION, REGISTRY, REGISTRY_CC};

/// The resource types that are kept.
pub(super) const WATCHED: [&str; 6] =
    [REGISTRY, REGISTRY_CC, ENABLER, ORGANIZATION, CONFIGURATION, "aws_caller_identity"];

/// A plan, a state, or a state file: whichever keys are there.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Document {
    /// Of plans and shown states.
    pub(crate) format_version: Option<String>,
    /// Plan: planning failed half way.
    pub(crate) errored: Option<bool>,
    /// Plan: whether another plan has to follow this one.
    pub(crate) complete: Option<bool>,
    pub(crate) version: Option<u64>,
    /// Plan: what will be.
    pub(crate) planned_values: Option<Values>,
    pub(crate) values: Option<Values>,
    /// Plan: what is done about each resource.
    pub(crate) resource_changes: Option<Kept>,
    /// Plan: what changed behind Terraform's back.
    pub(crate) resource_drift: Option<Kept>,
    pub(crate) prior_state: Option<Prior>,
    /// Plan: what is written.
    pub(crate) configuration: Option<Configuration>,
    /// Plan: the values of variables.
    pub(crate) variables: Option<BTreeMap<String, Variable>>,
    /// State file: what is.
    pub(crate) resources: Option<Kept>,
}

impl Document {
    /// Whether this is a plan.
    pub(crate) fn is_plan(&self) -> bool {
        self.planned_values.is_some() || self.resource_changes.is_some()
    }

    /// Whether this is a state as `show -json` prints it.
    pub(crate) fn is_state(&self) -> bool {
        // An empty state has a format version and nothing else.
        self.values.is_some() || (self.format_version.is_some() && self.version.is_none())
    }

    /// Whether the format's major version is one that is understood.
    pub(crate) fn is_known_format(&self) -> bool {
        self.format_version.as_ref().is_none_or(|version| version.starts_with("0.") || version.starts_with("1."))
    }

    /// Why a document does not show everything, if it does not.
    pub(crate) fn shortfall(&self) -> Option<Unseen> {
        let values = self
            .planned_values
            .iter()
            .chain(&self.values)
            .chain(self.prior_state.iter().flat_map(|prior| &prior.values));
        let lists = [&self.resource_changes, &self.resource_drift, &self.resources];
        let dropped: usize = values.map(Values::dropped).sum::<usize>()
            + lists.into_iter().flatten().map(|kept| kept.dropped).sum::<usize>();
        if dropped > 0 {
            Some(Unseen::Dropped)
        } else if self.errored == Some(true) {
            Some(Unseen::PlanFailed)
        } else if self.complete == Some(false) {
            Some(Unseen::PlanDefers)
        } else {
            None
        }
    }

    /// Whether this is a state file.
    pub(crate) fn is_raw_state(&self) -> bool {
        self.version == Some(4)
    }
}

/// `planned_values`, `values`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Values {
    root_module: Option<Module>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Module {
    resources: Option<Kept>,
    child_modules: Option<Vec<Self>>,
}

impl Values {
    /// How many resources were not kept.
    fn dropped(&self) -> usize {
        let mut dropped = 0;
        let mut open: Vec<&Module> = self.root_module.iter().collect();
        while let Some(module) = open.pop() {
            dropped += module.resources.as_ref().map_or(0, |kept| kept.dropped);
            open.extend(module.child_modules.iter().flatten());
        }
        dropped
    }

    /// The resources of all modules.
    pub(crate) fn resources(&self) -> Vec<&Map<String, Value>> {
        let mut found = Vec::new();
        let mut open: Vec<&Module> = self.root_module.iter().collect();
        while let Some(module) = open.pop() {
            found.extend(module.resources.iter().flat_map(|kept| &kept.objects));
            open.extend(module.child_modules.iter().flatten());
        }
        found
    }
}

/// `prior_state`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Prior {
    pub(crate) values: Option<Values>,
}

/// `variables`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Variable {
    pub(crate) value: Option<Value>,
}

/// `configuration`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Configuration {
    /// By key: `aws`, `aws.eu`, `module.x:aws`.
    pub(crate) provider_config: Option<BTreeMap<String, Value>>,
    root_module: Option<WrittenModule>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct WrittenModule {
    resources: Option<Kept>,
    module_calls: Option<BTreeMap<String, Call>>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Call {
    module: Option<WrittenModule>,
}

impl Configuration {
    /// The written resources of all modules by address without indices, e.g. `module.a.aws_inspector2_enabler.this`.
    pub(crate) fn resources(&self) -> BTreeMap<String, &Map<String, Value>> {
        let mut found = BTreeMap::new();
        let mut open: Vec<(String, &WrittenModule)> =
            self.root_module.iter().map(|module| (String::new(), module)).collect();
        while let Some((prefix, module)) = open.pop() {
            for resource in module.resources.iter().flat_map(|kept| &kept.objects) {
                if let Some(address) = resource.get("address").and_then(Value::as_str) {
                    found.insert(format!("{prefix}{address}"), resource);
                }
            }
            for (name, call) in module.module_calls.iter().flatten() {
                open.extend(call.module.iter().map(|module| (format!("{prefix}module.{name}."), module)));
            }
        }
        found
    }
}

/// The most resources of watched types that one list is read for: an account has a handful.
const MAX_KEPT: usize = 10_000;

/// The most bytes of one attribute of such a resource.
const MAX_ATTRIBUTE: usize = 256 << 10;

/// The objects of a list whose `type` is watched.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) objects: Vec<Map<String, Value>>,
    /// How many were too many or too large to be kept.
    pub(crate) dropped: usize,
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List)
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Kept;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of resources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kept, A::Error> {
        let mut kept = Kept::default();
        while let Some(element) = list.next_element()? {
            match element {
                Element::Other => {}
                Element::Watched(object) if kept.objects.len() < MAX_KEPT => kept.objects.push(object),
                Element::Watched(_) | Element::TooLarge => kept.dropped += 1,
            }
        }
        Ok(kept)
    }
}

enum Element {
    Other,
    Watched(Map<String, Value>),
    TooLarge,
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Element;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a resource")
    }

    /// What stands before `type` is kept as it is written, so that it costs nothing whatever its size.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Element, A::Error> {
        let mut written: Vec<(String, &'de RawValue)> = Vec::new();
        let mut watched = None;
        while let Some(key) = fields.next_key::<String>()? {
            if watched == Some(false) {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: &'de RawValue = fields.next_value()?;
            if key == "type" {
                let is_watched =
                    serde_json::from_str::<String>(value.get()).is_ok_and(|kind| WATCHED.contains(&kind.as_str()));
                watched = Some(is_watched);
                if !is_watched {
                    written.clear();
                }
            }
            written.push((key, value));
        }
        if watched != Some(true) {
            return Ok(Element::Other);
        }
        let mut object = Map::new();
        for (key, value) in written {
            if value.get().len() > MAX_ATTRIBUTE {
                return Ok(Element::TooLarge);
            }
            object.insert(key, serde_json::from_str(value.get()).map_err(serde::de::Error::custom)?);
        }
        Ok(Element::Watched(object))
    }
}
