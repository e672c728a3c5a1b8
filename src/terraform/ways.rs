//! The ways out, as changes to the configuration and the state.

use crate::rules::finding::terraform::{Clash, Edit, Filters};

use super::predicate::ECR;
use super::resources::{Enabler, MAX_FILTERS, Registry, without_indices};

/// Two ways out of a loop: one owner, or one opinion.
pub(crate) fn out_of_loop(clash: Clash, registry: &Registry, enablers: &[&Enabler]) -> Vec<Vec<Edit>> {
    let owner = forget_all(enablers.iter().copied());
    let opinion = match clash {
        Clash::BasicAgainstEcr => {
            let own = |enabler: &&&Enabler| {
                enabler.source.root == registry.source.root
                    && module(&enabler.source.address) == module(&registry.source.address)
            };
            // A resource of another module or root has no name there.
            let depends_on = enablers.iter().find(own).map(|enabler| local_address(&enabler.source.address));
            vec![Edit::Enhanced { address: local_address(&registry.source.address), depends_on }]
        }
        Clash::EnhancedWithoutEcr => {
            let with_ecr = |enabler: &&Enabler| {
                let types = enabler.types.known.iter().cloned().chain([ECR.to_owned()]).collect();
                Edit::Types { address: local_address(&enabler.source.address), types }
            };
            enablers.iter().map(with_ecr).collect()
        }
    };
    vec![owner, opinion]
}

/// The way out that needs no enabler.
pub(crate) fn drop_enabler(enabler: &Enabler) -> Vec<Vec<Edit>> {
    vec![vec![forget(&enabler.source.address)]]
}

/// One enabler with the types of all.
pub(crate) fn one_enabler(enablers: &[&Enabler]) -> Vec<Vec<Edit>> {
    let Some((first, rest)) = enablers.split_first() else { return Vec::new() };
    let types = enablers.iter().flat_map(|enabler| &enabler.types.known).cloned().collect();
    let own = local_address(&first.source.address);
    let mut edits = vec![Edit::Types { address: own.clone(), types }];
    let (instances, others): (Vec<&Enabler>, Vec<&Enabler>) =
        rest.iter().partition(|enabler| local_address(&enabler.source.address) == own);
    if !instances.is_empty() {
        let to = without_index(&first.source.address);
        let others = instances.iter().map(|one| one.source.address.clone()).collect();
        edits.push(Edit::KeepOne { from: first.source.address.clone(), to, others });
    }
    edits.extend(forget_all(others.into_iter()));
    vec![edits]
}

/// Takes a resource out of the state without switching anything off: `removed` is for all its instances at once, so one
/// of several goes by its address.
pub(crate) fn forget(address: &str) -> Edit {
    let local = local_address(address);
    let index = address.strip_prefix(&without_index(address)).unwrap_or_default();
    if index.starts_with("[\"") {
        Edit::ForgetInstance { address: address.to_owned() }
    } else {
        Edit::Forget { address: local }
    }
}

fn forget_all<'e>(enablers: impl Iterator<Item = &'e Enabler>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for edit in enablers.map(|enabler| forget(&enabler.source.address)) {
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    edits
}

/// One writer of the registry instead of several: the first of them, where each is a resource of its own in one module.
pub(crate) fn one_writer(writers: &[&Registry]) -> Vec<Vec<Edit>> {
    let Some((first, rest)) = writers.split_first() else { return Vec::new() };
    let rules = filters(writers.iter().copied());
    let scan_type = |registry: &Registry| registry.scan_type.known().map(str::to_owned);
    let agreed = scan_type(first).filter(|_| rest.iter().all(|other| scan_type(other) == scan_type(first)));
    let is_beside = |other: &&Registry| {
        other.source.root == first.source.root && module(&other.source.address) == module(&first.source.address)
    };
    let is_alone = |one: &Registry| one.copies == 1 && without_index(&one.source.address) == one.source.address;
    let own = local_address(&first.source.address);
    let plain = rest.iter().all(is_beside) && writers.iter().all(|one| is_alone(one));
    let (kept, dropped) = if plain && agreed.is_some() && rules.is_some() {
        (Edit::OneRule { address: own, rules }, rest)
    } else {
        (Edit::RegistryForAll { scan_type: agreed, rules }, writers)
    };
    let mut edits = vec![kept];
    for edit in dropped.iter().map(|writer| forget(&writer.source.address)) {
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    vec![edits]
}

/// All filters that these write, by frequency; `None` where some of it is not known, or is more than a rule takes.
pub(crate) fn filters<'r>(registries: impl Iterator<Item = &'r Registry>) -> Option<Filters> {
    let mut all = Filters::new();
    for registry in registries {
        if !registry.open_rules.is_empty() {
            return None;
        }
        for rule in &registry.rules {
            let frequency =
                rule.frequency.known().filter(|known| ["CONTINUOUS_SCAN", "SCAN_ON_PUSH"].contains(known))?;
            let of_frequency = all.entry(frequency.to_owned()).or_default();
            for filter in &rule.filters {
                of_frequency.insert(filter.filter.known()?.to_owned());
            }
            if rule.open_filters || of_frequency.is_empty() || of_frequency.len() > MAX_FILTERS {
                return None;
            }
        }
    }
    (!all.is_empty()).then_some(all)
}

/// Type and name, as they are written inside the module.
pub(crate) fn local_address(address: &str) -> String {
    let plain = without_indices(address);
    let mut parts: Vec<&str> = plain.rsplit('.').take(2).collect();
    parts.reverse();
    parts.join(".")
}

/// The module that an address is in, its instance included.
fn module(address: &str) -> &str {
    address.rfind(&local_address(address)).and_then(|at| address.get(..at)).unwrap_or_default()
}

/// The address of the resource that an instance is of: its own index goes, those of modules stay.
fn without_index(address: &str) -> String {
    let local = local_address(address);
    let at = address.rfind(&local).map_or(0, |at| at + local.len());
    address.get(..at).unwrap_or(address).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_module_and_index() {
        let address = "module.a[\"x.aws\"].aws_inspector2_enabler.this[\"ECR\"]";
        assert_eq!(local_address(address), "aws_inspector2_enabler.this");
        assert_eq!(without_index(address), "module.a[\"x.aws\"].aws_inspector2_enabler.this");
        assert_eq!(local_address("aws_inspector2_enabler.this[0]"), "aws_inspector2_enabler.this");
    }

    #[test]
    fn modules_are_told_apart() {
        assert_eq!(module("module.a[\"b\"].aws_inspector2_enabler.this[0]"), "module.a[\"b\"].");
        assert_eq!(module("aws_inspector2_enabler.this"), "");
    }

    #[test]
    fn one_instance_of_for_each_is_forgotten_alone() {
        let one = "aws_inspector2_enabler.this[\"ECR\"]";
        assert_eq!(forget(one), Edit::ForgetInstance { address: one.to_owned() });
        let all = Edit::Forget { address: "aws_inspector2_enabler.this".to_owned() };
        assert_eq!(forget("module.a[\"b\"].aws_inspector2_enabler.this[0]"), all);
    }
}
