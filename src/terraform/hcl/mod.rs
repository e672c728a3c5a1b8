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
    let given = variables::read_files(dir)?;
    let module = Rc::new(Module::read(dir)?);
    let label = dir.display().to_string();
    let mut drawing = Drawing {
        label: &label,
        module: &module,
        given: &given,
        loader: Modules::of_root(dir),
        index,
        fuel: FUEL,
        problems: BTreeSet::new(),
    };
    let base = drawing.draw(Mode::Base);
    let overridable = |(name, default): (&String, &Option<_>)| default.is_some() && !given.contains_key(name);
    let free = if module.variables.iter().any(overridable) { drawing.draw(Mode::Free) } else { Vec::new() };
    let problems = drawing.problems.into_iter().collect();
    Ok(Root { label, base, free, problems })
}

/// What it takes to draw the pictures of a root.
struct Drawing<'r> {
    label: &'r str,
    module: &'r Rc<Module>,
    given: &'r BTreeMap<String, Expression>,
    loader: Modules,
    index: usize,
    fuel: u64,
    problems: BTreeSet<Blind>,
}

impl Drawing<'_> {
    /// All pictures in one mode.
    fn draw(&mut self, mode: Mode) -> Vec<World> {
        let mut worlds: Vec<World> = Vec::new();
        let mut script = Some(Vec::new());
        while let Some(current) = script {
            if worlds.len() >= MAX_WORLDS {
                self.fell_short(mode, "too many combinations of open conditions");
                break;
            }
            let evaluator = Evaluator::new(world::World::following(current), self.fuel);
            let mut expansion = Expansion::new(evaluator, &mut self.loader, self.index);
            expansion.root(self.module, self.given, mode);
            let (world, evaluator) = expansion.finish();
            self.fuel = evaluator.fuel;
            self.problems.extend(evaluator.problems.iter().map(blind));
            worlds.push(world);
            if self.fuel == 0 {
                self.fell_short(mode, "too much to evaluate");
                break;
            }
            if evaluator.world.overflowed() {
                self.fell_short(mode, "too many open conditions at once");
            }
            script = evaluator.world.next_script();
        }
        worlds
    }

    fn fell_short(&mut self, mode: Mode, reason: &str) {
        self.problems.insert(Blind {
            place: self.label.to_owned(),
            message: format!(
                "{reason}: not everything was looked at; set variables in terraform.tfvars, or give a plan"
            ),
            only_free: mode == Mode::Free,
        });
    }
}

fn blind(problem: &Problem) -> Blind {
    let Problem { at, message } = problem;
    let place = at.line.map_or_else(|| at.file.to_string(), |line| format!("{}:{line}", at.file));
    Blind { place, message: message.clone(), only_free: false }
}
