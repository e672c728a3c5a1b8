//! States: what the last apply left, shown by `show -json` or as Terraform stores it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::place::{Provider, Region};
use super::super::resources::{ENABLER, ORGANIZATION, REGISTRY, REGISTRY_CC, Source};
use super::super::world::World;
use super::common::{self, Attributes, Setting, text};
use super::stream::Document;

/// A state as `terraform show -json` prints it. It does not say which provider alias a resource uses.
pub(crate) fn shown(document: &Document, file: &str, root: usize) -> World {
    let mut world = World::default();
    let resources: Vec<_> = document.values.iter().flat_map(|values| values.resources()).collect();
    let several = |kind: &str| resources.iter().filter(|resource| text(resource, "type") == kind).count() > 1;
    // One of each can only be meant for one another; of several, each may be for a region of its own.
    let unclear = several(ENABLER) || several(REGISTRY);
    for (position, resource) in resources.iter().enumerate().filter(|(_, resource)| text(resource, "mode") != "data") {
        let name = text(resource, "provider_name");
        let name = if unclear { format!("{name} ({position})") } else { name.to_owned() };
        let provider = Provider { root, name: Arc::from(name) };
        let setting = Setting {
            source: source(file, root, text(resource, "address").to_owned()),
            region: if unclear { Region::Unknown } else { Region::Of(provider.clone()) },
            provider,
            account: None,
            own_account: false,
        };
        add(&mut world, text(resource, "type"), resource.get("values"), setting);
    }
    world.gather();
    world
}

/// A state file of version 4.
pub(crate) fn raw(document: &Document, file: &str, root: usize) -> World {
    let mut world = World::default();
    let resources = document.resources.iter().flat_map(|kept| &kept.objects);
    for resource in resources.filter(|resource| text(resource, "mode") != "data") {
        let (kind, name) = (text(resource, "type"), text(resource, "name"));
        let module = text(resource, "module");
        let prefix = if module.is_empty() { String::new() } else { format!("{module}.") };
        for instance in resource.get("instances").and_then(Value::as_array).into_iter().flatten() {
            let index = match instance.get("index_key") {
                Some(Value::String(key)) => format!("[{key:?}]"),
                Some(Value::Number(number)) => format!("[{number}]"),
                _ => String::new(),
            };
            let provider = Provider { root, name: Arc::from(text(resource, "provider")) };
            let setting = Setting {
                source: source(file, root, format!("{prefix}{kind}.{name}{index}")),
                region: Region::Of(provider.clone()),
                provider,
                account: None,
                own_account: false,
            };
            add(&mut world, kind, instance.get("attributes"), setting);
        }
    }
    world.gather();
    world
}

fn source(file: &str, root: usize, address: String) -> Source {
    Source { root, file: file.to_owned(), line: None, address }
}

fn add(world: &mut World, kind: &str, values: Option<&Value>, setting: Setting) {
    let empty = Map::new();
    let values = values.and_then(Value::as_object).unwrap_or(&empty);
    let attributes = Attributes { values, unknown: None };
    match kind {
        ENABLER => world.enablers.push(common::enabler(attributes, setting)),
        REGISTRY | REGISTRY_CC => world.registries.push(common::registry(attributes, setting)),
        ORGANIZATION => world.organizations.push(common::organization(attributes, setting)),
        _ => {}
    }
}
