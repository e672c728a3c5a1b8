//! Override files: their blocks are merged into those of the other files ("Override files", Terraform language, 2026).

use super::source::{Block, Body};

/// Merges the blocks of override files into those of the others, in the order in which the files are read.
pub(crate) fn overrides(blocks: &mut Vec<Block>, overriding: Vec<Block>) {
    for mut block in overriding {
        if block.kind == "locals" {
            for (name, attribute) in std::mem::take(&mut block.body.attributes) {
                let own = blocks
                    .iter_mut()
                    .filter(|block| block.kind == "locals")
                    .find_map(|block| block.body.attributes.get_mut(&name));
                match own {
                    Some(own) => *own = attribute,
                    None => drop(block.body.attributes.insert(name, attribute)),
                }
            }
            blocks.push(block);
            continue;
        }
        let alias = alias(&block);
        let same = |own: &&mut Block| {
            own.kind == block.kind
                && own.labels == block.labels
                && (block.kind != "provider" || self::alias(own) == alias)
        };
        match blocks.iter_mut().find(same) {
            Some(own) if block.kind != "removed" => merge(&mut own.body, block.body),
            _ => blocks.push(block),
        }
    }
}

fn alias(block: &Block) -> Option<String> {
    block.body.expr("alias")?.as_text().map(str::to_owned)
}

/// An attribute replaces its namesake; blocks of a type replace all blocks of that type, dynamic ones too. Only
/// `lifecycle` is merged attribute by attribute.
fn merge(own: &mut Body, overriding: Body) {
    own.attributes.extend(overriding.attributes);
    let (lifecycle, others): (Vec<Block>, Vec<Block>) =
        overriding.blocks.into_iter().partition(|block| block.kind == "lifecycle");
    let makes = |block: &Block| match (block.kind.as_str(), block.labels.first()) {
        ("dynamic", Some(label)) => label.clone(),
        (kind, _) => kind.to_owned(),
    };
    let replaced: Vec<String> = others.iter().map(makes).collect();
    own.blocks.retain(|block| !replaced.contains(&makes(block)));
    own.blocks.extend(others);
    for block in lifecycle {
        match own.blocks.iter_mut().find(|own| own.kind == "lifecycle") {
            Some(own) => own.body.attributes.extend(block.body.attributes),
            None => own.blocks.push(block),
        }
    }
}
