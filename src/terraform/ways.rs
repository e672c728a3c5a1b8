//! The ways out, as configuration to write. Each line is a shell comment too, so that nobody runs it.

use std::collections::BTreeSet;

use super::predicate::{Clash, ECR};
use super::resources::{Enabler, Registry};

/// Two ways out of a loop: one owner, or one opinion.
pub(crate) fn out_of_loop(clash: Clash, registry: &Registry, enablers: &[&Enabler]) -> Vec<String> {
    let mut lines = vec!["way 1: the registry alone decides; Inspector's ECR type follows it".to_owned()];
    lines.extend(forget(enablers));
    lines.push(String::new());
    match clash {
        Clash::BasicAgainstEcr => {
            lines.push("way 2: both say the same; tie both to one variable if it changes".to_owned());
            lines.extend(enhanced(registry, enablers));
        }
        Clash::EnhancedWithoutEcr => {
            lines.push("way 2: the enabler lists ECR too".to_owned());
            for enabler in enablers {
                let mut types: BTreeSet<&str> = enabler.types.known.iter().map(String::as_str).collect();
                types.insert(ECR);
                lines.extend(block(enabler, &types));
            }
        }
    }
    comments(lines)
}

/// The way out that needs no enabler.
pub(crate) fn drop_enabler(enablers: &[&Enabler]) -> Vec<String> {
    comments(forget(enablers))
}

/// One enabler with the types of all.
pub(crate) fn one_enabler(enablers: &[&Enabler]) -> Vec<String> {
    let types: BTreeSet<&str> = enablers.iter().flat_map(|enabler| &enabler.types.known).map(String::as_str).collect();
    let mut lines = vec!["one enabler with all types, and the others forgotten without destroying anything".to_owned()];
    if let Some((first, rest)) = enablers.split_first() {
        lines.extend(block(first, &types));
        let own = local_address(&first.source.address);
        let (instances, others): (Vec<&Enabler>, Vec<&Enabler>) =
            rest.iter().partition(|enabler| local_address(&enabler.source.address) == own);
        if !instances.is_empty() {
            lines.push(format!("drop count or for_each of {own}; move one instance to it and take the others out:"));
            lines.push(format!("terraform state mv '{}' '{own}'", first.source.address));
            let rest = instances.iter().map(|enabler| format!("terraform state rm '{}'", enabler.source.address));
            lines.extend(rest);
        }
        lines.extend(forget(&others));
    }
    comments(lines)
}

/// Takes enablers out of the state without switching anything off.
fn forget(enablers: &[&Enabler]) -> Vec<String> {
    let mut lines = Vec::new();
    for enabler in enablers {
        let local = local_address(&enabler.source.address);
        lines.push(format!("delete the block of {} and write:", enabler.source.address));
        lines.extend([
            "removed {".to_owned(),
            format!("  from = {local}"),
            "  lifecycle {".to_owned(),
            "    destroy = false".to_owned(),
            "  }".to_owned(),
            "}".to_owned(),
        ]);
    }
    lines
}

fn enhanced(registry: &Registry, enablers: &[&Enabler]) -> Vec<String> {
    let mut lines = vec![
        format!("resource \"aws_ecr_registry_scanning_configuration\" {:?} {{", name(&registry.source.address)),
        "  scan_type = \"ENHANCED\"".to_owned(),
        "  rule {".to_owned(),
        "    scan_frequency = \"SCAN_ON_PUSH\"".to_owned(),
        "    repository_filter {".to_owned(),
        "      filter      = \"*\"".to_owned(),
        "      filter_type = \"WILDCARD\"".to_owned(),
        "    }".to_owned(),
        "  }".to_owned(),
    ];
    if let Some(enabler) = enablers.first() {
        lines.push(format!("  depends_on = [{}]", local_address(&enabler.source.address)));
    }
    lines.push("}".to_owned());
    lines
}

fn block(enabler: &Enabler, types: &BTreeSet<&str>) -> Vec<String> {
    let types: Vec<String> = types.iter().map(|name| format!("{name:?}")).collect();
    vec![
        format!("resource \"aws_inspector2_enabler\" {:?} {{", name(&enabler.source.address)),
        format!("  resource_types = [{}] # the rest as it is", types.join(", ")),
        "}".to_owned(),
    ]
}

/// Type and name, as they are written inside the module.
fn local_address(address: &str) -> String {
    let plain = address.split_once(['[', '"']).map_or(address, |(plain, _)| plain);
    let from = address.rfind("aws_").unwrap_or(0);
    let local = address.get(from..).unwrap_or(plain);
    local.split('[').next().unwrap_or(local).to_owned()
}

fn name(address: &str) -> String {
    local_address(address).split('.').nth(1).unwrap_or("this").to_owned()
}

fn comments(lines: Vec<String>) -> Vec<String> {
    // An address may hold a foreign line break in an index; it must not end the comment.
    let clean = |line: String| line.replace(|c: char| c.is_control(), " ");
    lines.into_iter().map(|line| format!("# {}", clean(line)).trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_module_and_index() {
        assert_eq!(
            local_address("module.a[\"x.aws\"].aws_inspector2_enabler.this[\"ECR\"]"),
            "aws_inspector2_enabler.this"
        );
        assert_eq!(name("aws_inspector2_enabler.this[0]"), "this");
    }

    #[test]
    fn every_line_is_a_comment_whatever_is_in_it() {
        let lines = comments(vec!["a\nrm -rf".to_owned(), String::new()]);
        assert!(lines.iter().all(|line| line.starts_with('#') && !line.contains('\n')));
    }
}
