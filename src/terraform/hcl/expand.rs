//! From blocks to the picture of a root: every instance of what the rules look at, in every module that may hold some.

use std::rc::Rc;

use super::super::resources::{REGISTRY, REGISTRY_CC};
use super::attributes::Expansion;
use super::blocks;
use super::instances;
use super::module::{MAX_CALLS, Module, Unread, call_key, source_of};
use super::providers;
use super::scope::{Frame, Scope};
use super::source::{Block, Problem};
use crate::rules::finding::terraform::{NotEntered, Unseen};

impl Expansion<'_> {
    /// Draws a root module.
    pub(crate) fn root(&mut self, module: &Rc<Module>) {
        let frame = Rc::new(Frame {
            id: 0,
            module: Rc::clone(module),
            prefix: String::new(),
            key: String::new(),
            calls: 0,
            inputs: None,
            providers: providers::of_frame(&self.evaluator, "", &module.providers, std::collections::BTreeMap::new()),
        });
        providers::remember(&mut self.evaluator, &frame);
        self.evaluator.problems.extend(module.problems.iter().cloned());
        self.content(&frame);
    }

    /// Resources, `removed` blocks and module calls of one module.
    fn content(&mut self, frame: &Rc<Frame>) {
        let module = Rc::clone(&frame.module);
        for block in module.watched() {
            let kind = block.labels.first().map_or("", String::as_str);
            let address = format!("{}{}", frame.prefix, block.labels.join("."));
            let pairs = matches!(kind, REGISTRY | REGISTRY_CC);
            for instance in instances::of(&mut self.evaluator, frame, block, &address, pairs) {
                let scope = instance.scope(frame);
                blocks::resource(self, &scope, block, format!("{address}{}", instance.suffix), &instance);
            }
        }
        for block in &module.removed {
            blocks::removed(self, &Scope::of(frame), block);
        }
        self.chain.push(module.dir.clone());
        for call in &module.calls {
            if !self.call(frame, call) {
                break;
            }
        }
        self.chain.pop();
    }

    /// Looks into a called module; `false` where the others would say the same.
    fn call(&mut self, frame: &Rc<Frame>, call: &Block) -> bool {
        let name = call.labels.first().map_or("", String::as_str);
        let address = format!("{}module.{name}", frame.prefix);
        let key = call_key(&frame.key, call);
        let resolved = self.evaluator.loader.resolve(&frame.module, &key, source_of(call));
        if let Ok(module) = &resolved {
            if self.chain.contains(&module.dir) {
                let what = Unseen::Module { address, why: NotEntered::CallsItself(MAX_CALLS) };
                self.evaluator.problems.insert(Problem { at: call.at.clone(), what });
                return false;
            }
            if !self.evaluator.loader.lead_somewhere(module, &key) {
                return true;
            }
        }
        for instance in instances::of(&mut self.evaluator, frame, call, &address, false) {
            if self.evaluator.fuel == 0 {
                return false;
            }
            match instances::callee(&mut self.evaluator, frame, call, &instance) {
                Ok(callee) => self.content(&callee),
                Err(Unread::NotDownloaded) => {
                    self.evaluator.loader.misses(address);
                    return true;
                }
                Err(Unread::Because(why)) => {
                    let what = Unseen::Module { address, why };
                    self.evaluator.problems.insert(Problem { at: call.at.clone(), what });
                    return true;
                }
            }
        }
        true
    }
}
