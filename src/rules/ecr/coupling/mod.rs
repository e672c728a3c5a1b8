//! The coupling as a state machine: one bit behind two APIs, and what AWS does with it.
//!
//! AWS keeps "Inspector scans ECR" and "the registry is ENHANCED" equal, whichever of the two is written. This room
//! says what follows from a state and an event, with the evidence of each step; it reads no snapshot and judges
//! nothing. Scope: one account in one region. States, events and the table are vocabulary, in
//! [`crate::rules::finding::coupling`].

mod predict;
#[cfg(test)]
mod terraform;

pub(crate) use predict::{predict, predict_reapplied};

use std::collections::BTreeSet;

use crate::rules::finding::coupling::table::{
    T1, T1R, T2, T3, T4, T4O, T5, T6, T6D, T7, T8, T8R, T9, T10, T11, T12, T13, T14, T15, T16, T17,
};
use crate::rules::finding::coupling::{Event, ResourceType, Rules, Setting, State, Transition};

/// The rows of the table that a step used.
type Rows = Vec<&'static Transition>;

impl State {
    /// What follows from `event`, and the rows of the table that say so.
    #[must_use]
    pub fn apply(&self, event: &Event) -> (Self, Vec<&'static Transition>) {
        match event {
            Event::Enable(types) => self.enable(types),
            Event::Disable(types) => self.disable(types),
            Event::ConsoleActivation => self.activate(),
            Event::PutEnhanced(rules) => self.put_enhanced(*rules),
            Event::PutBasic(rules) => self.put_basic(*rules),
            Event::DestroyConfiguration => {
                let (state, mut rows) = self.put_basic(Rules::Absent);
                rows.insert(0, &T17);
                (state, rows)
            }
            Event::Settle => self.settle(),
        }
    }

    /// The row that refuses a change of the ECR side, if one does.
    fn refusal(&self) -> Option<&'static Transition> {
        if self.limits.organization_policy {
            Some(&T15)
        } else if self.limits.registry_policy {
            Some(&T16)
        } else {
            None
        }
    }

    fn enable(&self, types: &BTreeSet<ResourceType>) -> (Self, Rows) {
        let mut state = self.clone();
        if !types.contains(&ResourceType::Ecr) {
            state.types.extend(types);
            return (state, vec![&T2]);
        }
        if !(self.scans_ecr() && self.setting == Setting::Enhanced)
            && let Some(row) = self.refusal()
        {
            return (state, vec![row]);
        }
        let mut rows: Rows = vec![&T1];
        state.types.extend(types);
        state.pending_disable = false;
        if self.setting == Setting::Basic {
            state.setting = Setting::Enhanced;
            state.rules = Rules::ContinuousAll;
            rows.push(&T1R);
        }
        if !self.scans_ecr() {
            rows.push(&T11);
        }
        if self.setting == Setting::Basic {
            rows.push(&T12);
        }
        (state, rows)
    }

    fn activate(&self) -> (Self, Rows) {
        if !self.types.is_empty() {
            return (self.clone(), Vec::new());
        }
        let (state, mut rows) = self.enable(&[ResourceType::Ec2, ResourceType::Ecr, ResourceType::Lambda].into());
        rows.insert(0, &T3);
        (state, rows)
    }

    fn disable(&self, types: &BTreeSet<ResourceType>) -> (Self, Rows) {
        let mut state = self.clone();
        let mut rows = Rows::new();
        if types.contains(&ResourceType::Ecr) && self.scans_ecr() {
            if let Some(row) = self.refusal() {
                return (state, vec![row]);
            }
            rows.push(&T8);
            if self.setting == Setting::Enhanced {
                state.setting = Setting::Basic;
                state.rules = Rules::Absent;
                rows.extend([&T8R, &T12]);
            }
            state.pending_disable = false;
        }
        let mut off = types.clone();
        if off.contains(&ResourceType::Lambda) && self.types.contains(&ResourceType::LambdaCode) {
            off.insert(ResourceType::LambdaCode);
            rows.push(&T9);
        }
        state.types.retain(|kind| !off.contains(kind));
        state.note_last_type(self, &mut rows);
        (state, rows)
    }

    fn put_enhanced(&self, rules: Rules) -> (Self, Rows) {
        let mut state = self.clone();
        if self.scans_ecr() && self.setting == Setting::Enhanced {
            state.rules = rules;
            return (state, vec![&T5]);
        }
        if let Some(row) = self.refusal() {
            return (state, vec![row]);
        }
        let mut rows: Rows = vec![if self.limits.member { &T13 } else { &T4 }];
        state.setting = Setting::Enhanced;
        state.rules = rules;
        state.pending_disable = false;
        if state.types.insert(ResourceType::Ecr) {
            rows.extend([&T4O, &T11]);
        }
        if self.setting == Setting::Basic {
            rows.push(&T12);
        }
        (state, rows)
    }

    fn put_basic(&self, rules: Rules) -> (Self, Rows) {
        let mut state = self.clone();
        if self.scans_ecr() || self.setting == Setting::Enhanced {
            if let Some(row) = self.refusal() {
                return (state, vec![row]);
            }
            if self.limits.member && self.scans_ecr() {
                return (state, vec![&T14]);
            }
        }
        state.setting = Setting::Basic;
        state.rules = rules;
        let mut rows = Rows::new();
        if self.scans_ecr() {
            state.pending_disable = true;
            rows.push(&T6);
        }
        if self.setting == Setting::Enhanced {
            rows.push(&T12);
        }
        (state, rows)
    }

    /// A registry that is BASIC while Inspector scans ECR is a switch-off that AWS has put off, however it came about.
    fn settle(&self) -> (Self, Rows) {
        let mut state = self.clone();
        if !(self.scans_ecr() && self.setting == Setting::Basic) {
            state.pending_disable = false;
            return (state, Rows::new());
        }
        if let Some(row) = self.refusal() {
            return (state, vec![row]);
        }
        if self.limits.member {
            return (state, vec![&T14]);
        }
        state.pending_disable = false;
        state.types.remove(&ResourceType::Ecr);
        let mut rows: Rows = vec![&T6, &T6D];
        state.note_last_type(self, &mut rows);
        (state, rows)
    }

    fn note_last_type(&self, before: &Self, rows: &mut Rows) {
        if self.types.is_empty() && !before.types.is_empty() {
            rows.extend([&T7, &T10]);
        }
    }
}

#[cfg(test)]
mod tests;
