//! A directory of configuration, evaluated as far as it decides itself.
//!
//! One run of the evaluator gives one [`World`]: a picture in which everything open that matters has been chosen one
//! way. The runs are repeated until every combination of choices has been seen.

mod attributes;
mod blocks;
mod choices;
mod comprehension;
mod declaration;
mod eval;
mod expand;
mod expression;
pub(crate) mod files;
mod functions;
mod given;
mod instances;
mod json_syntax;
mod merge;
mod module;
mod operators;
mod parts;
mod providers;
mod references;
mod registry;
mod scope;
mod source;
mod syntax;
mod template;
mod types;
mod value;
mod variables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::error::TerraformError;
use super::world::{Blind, Root, World};
use crate::rules::finding::terraform::{Limit, Unseen};
use attributes::Expansion;
use choices::Choices;
use eval::Evaluator;
use given::{Given, Mode};
use module::{Module, Modules};
use source::Problem;

/// The file by which Terragrunt knows its directories.
pub(crate) const TERRAGRUNT: &str = "terragrunt.hcl";

/// How many pictures are drawn of one root in either mode.
const MAX_WORLDS: usize = 512;

/// How much evaluation one root may take, in expressions and elements: about a second of one processor.
const FUEL: u64 = 4_000_000;

/// The stack that evaluation may use: its depth is counted, and this is enough for it in any build.
const STACK: usize = 128 << 20;

/// Reads and evaluates a root module; `named` are the variable files that the operator names.
pub(crate) fn read_root(dir: &Path, named: &[PathBuf], index: usize) -> Result<Root, TerraformError> {
    std::thread::scope(|threads| {
        let evaluation =
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(threads, || draw_root(dir, named, index));
        let failed = |message: &str| TerraformError::Unsupported { path: dir.to_owned(), message: message.to_owned() };
        match evaluation.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(root)) => root,
            Ok(Err(_)) => Err(failed("its evaluation broke off")),
            Err(source) => Err(TerraformError::Io { path: dir.to_owned(), source }),
        }
    })
}

fn draw_root(dir: &Path, named: &[PathBuf], index: usize) -> Result<Root, TerraformError> {
    let (given, unread) = given::read_files(dir, named)?;
    let mut loader = Modules::of_root(dir);
    let module = loader.root_module()?;
    let label = dir.display().to_string();
    let mut drawing = Drawing {
        label: &label,
        module: &module,
        given: &given,
        loader,
        index,
        fuel: FUEL,
        problems: unread.iter().map(blind).collect(),
        used_default: false,
    };
    let base = drawing.draw(Mode::Base);
    let free = if drawing.used_default { drawing.draw(Mode::Free) } else { Vec::new() };
    let mut problems = drawing.problems;
    problems.extend(not_downloaded(&label, drawing.loader.missing()));
    problems.extend(terragrunt(dir, &label));
    let (problems, files) = (problems.into_iter().collect(), drawing.loader.files());
    let remarks = drawing.loader.remarks();
    Ok(Root { label, base, free, problems, remarks, files, directory: true })
}

/// What it takes to draw the pictures of a root.
struct Drawing<'r> {
    label: &'r str,
    module: &'r Rc<Module>,
    given: &'r Given,
    loader: Modules,
    index: usize,
    fuel: u64,
    problems: BTreeSet<Blind>,
    used_default: bool,
}

impl Drawing<'_> {
    /// All pictures in one mode.
    fn draw(&mut self, mode: Mode) -> Vec<World> {
        let mut worlds: Vec<World> = Vec::new();
        let mut script = Some(Vec::new());
        while let Some(current) = script {
            if worlds.len() >= MAX_WORLDS {
                self.fell_short(mode, Limit::Combinations);
                break;
            }
            let choices = Choices::following(current);
            let evaluator = Evaluator::new(
                expression::evaluate,
                choices,
                self.fuel,
                &mut self.loader,
                self.given,
                mode,
                self.index,
            );
            let mut expansion = Expansion::new(evaluator);
            expansion.root(self.module);
            let Expansion { evaluator, mut world, .. } = expansion;
            self.fuel = evaluator.fuel;
            self.used_default |= evaluator.used_default;
            self.problems.extend(evaluator.problems.iter().map(blind));
            script = evaluator.choices.next_script();
            let overflowed = evaluator.choices.overflowed();
            world.decisions = evaluator.choices.into_conditions();
            world.gather();
            worlds.push(world);
            if self.fuel == 0 {
                self.fell_short(mode, Limit::Work);
                break;
            }
            if overflowed {
                self.fell_short(mode, Limit::Conditions);
            }
        }
        worlds
    }

    fn fell_short(&mut self, mode: Mode, limit: Limit) {
        let only_free = mode == Mode::Free;
        self.problems.insert(Blind { place: self.label.to_owned(), what: Unseen::CutShort(limit), only_free });
    }
}

/// The modules that are not here, once for all of them: one command brings them.
fn not_downloaded(label: &str, missing: &BTreeSet<String>) -> Option<Blind> {
    let what = Unseen::NotDownloaded { root: label.to_owned(), modules: missing.iter().cloned().collect() };
    (!missing.is_empty()).then(|| Blind { place: label.to_owned(), what, only_free: false })
}

/// What Terragrunt gives to a root is not in its files: variables, and files that it writes.
fn terragrunt(dir: &Path, label: &str) -> Option<Blind> {
    let blind = || Blind { place: label.to_owned(), what: Unseen::Terragrunt, only_free: false };
    dir.join(TERRAGRUNT).is_file().then(blind)
}

fn blind(problem: &Problem) -> Blind {
    let Problem { at, what } = problem;
    let place = at.line.map_or_else(|| at.file.to_string(), |line| format!("{}:{line}", at.file));
    Blind { place, what: what.clone(), only_free: false }
}
