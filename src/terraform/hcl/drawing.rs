//! The picture of a root while it is drawn.

use std::path::PathBuf;

use super::super::world::World;
use super::eval::Evaluator;

/// Draws one picture of one root.
#[derive(Debug)]
pub(crate) struct Expansion<'m> {
    /// Evaluates.
    pub(crate) evaluator: Evaluator<'m>,
    /// What was found so far.
    pub(crate) world: World,
    /// The directories of the modules whose calls lead here.
    pub(super) chain: Vec<PathBuf>,
}

impl<'m> Expansion<'m> {
    /// An empty picture.
    pub(crate) fn new(evaluator: Evaluator<'m>) -> Self {
        Self { evaluator, world: World::default(), chain: Vec::new() }
    }
}
