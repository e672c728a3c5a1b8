//! A directory of configuration, evaluated as far as it decides itself.
//!
//! One run of the evaluator gives one [`World`](super::resources::World): a picture in which every open condition has
//! been chosen one way. The runs are repeated until every combination of choices has been seen.

mod blocks;
mod eval;
mod expand;
mod functions;
mod json_syntax;
mod module;
mod references;
pub(crate) mod source;
mod value;
mod variables;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use hcl_edit::expr::Expression;

use super::error::TerraformError;
use super::resources::{Blind, Root, World};
use eval::Evaluator;
use expand::Expansion;
use module::{Module, Modules, Problem};
use variables::Mode;

/// How many pictures are drawn of one root in either mode.
const MAX_WORLDS: usize = 512;

/// How much evaluation one root may take, in expressions and elements: a few seconds of one processor.
const FUEL: u64 = 20_000_000;

/// Reads and evaluates a root module.
pub(crate) fn read_root(dir: &Path, index: usize) -> Result<Root, TerraformError> {
    let module = Rc::new(Module::read(dir)?);
    let given = variables::read_files(dir)?;
    let mut loader = Modules::of_root(dir);
    let mut problems = BTreeSet::new();
    let mut fuel = FUEL;
    let mut draw = |mode| draw(&module, &given, &mut loader, index, mode, &mut fuel, &mut problems);
    let base = draw(Mode::Base);
    let free = if module.variables.is_empty() { Vec::new() } else { draw(Mode::Free) };
    let label = dir.display().to_string();
    let problems = problems.into_iter().map(|problem| blind(&label, problem)).collect();
    Ok(Root { label, base, free, problems })
}

/// All pictures in one mode.
fn draw(
    module: &Rc<Module>,
    given: &BTreeMap<String, Expression>,
    loader: &mut Modules,
    index: usize,
    mode: Mode,
    fuel: &mut u64,
    problems: &mut BTreeSet<(Option<Problem>, &'static str)>,
) -> Vec<World> {
    let mut worlds: Vec<World> = Vec::new();
    let mut script = Some(Vec::new());
    while let Some(current) = script {
        if worlds.len() >= MAX_WORLDS {
            problems.insert((None, "too many combinations of open conditions: not all were looked at"));
            break;
        }
        let evaluator = Evaluator::new(world::World::following(current), *fuel);
        let mut expansion = Expansion::new(evaluator, loader, index);
        expansion.root(module, given, mode);
        let (world, evaluator) = expansion.finish();
        *fuel = evaluator.fuel;
        problems.extend(evaluator.problems.iter().cloned().map(|problem| (Some(problem), "")));
        if *fuel == 0 {
            problems.insert((None, "too much to evaluate: not everything was looked at"));
            worlds.push(world);
            break;
        }
        if evaluator.world.overflowed() {
            problems.insert((None, "too many open conditions at once: not all were looked at"));
        }
        script = evaluator.world.next_script();
        worlds.push(world);
    }
    worlds
}

fn blind(label: &str, (problem, message): (Option<Problem>, &'static str)) -> Blind {
    match problem {
        Some(Problem { at, message }) => {
            let place = at.line.map_or_else(|| at.file.to_string(), |line| format!("{}:{line}", at.file));
            Blind { place, message }
        }
        None => Blind { place: label.to_owned(), message: message.to_owned() },
    }
}
