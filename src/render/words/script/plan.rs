//! A plan and its phases, written out.

use std::collections::HashSet;
use std::sync::Arc;

use super::shell::Shell;
use crate::aws_cli::Place;

/// The phases of a plan, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Says what the plan rests on.
    About,
    /// Verify that the finding is true.
    Look,
    /// Read what is there now.
    Check,
    Apply,
    /// Prepare what launches instances later.
    Template,
    /// Make it hold for instances that are launched later.
    Lasting,
    /// Read whether it holds.
    Confirm,
    /// Take back what [`Self::Lasting`] and [`Self::Template`] did.
    Unlasting,
    /// Put back what was there.
    Undo,
}

impl Phase {
    pub(super) const ALL: [Self; 9] = [
        Self::About,
        Self::Look,
        Self::Check,
        Self::Apply,
        Self::Template,
        Self::Lasting,
        Self::Confirm,
        Self::Unlasting,
        Self::Undo,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Look => "look",
            Self::Check => "check",
            Self::Apply => "apply",
            Self::Template => "template",
            Self::Lasting => "lasting",
            Self::Confirm => "confirm",
            Self::Unlasting => "unlasting",
            Self::Undo => "undo",
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::About => "what was found, what the plan does, what it costs and what it rests on",
            Self::Look => "verify first: what is mounted at all, by a command that only reads on the instances",
            Self::Check => "read what is there now, and what stands in the way",
            Self::Apply => "make the change",
            Self::Template => "a new version of the launch template, with metadata tags. Run it once",
            Self::Lasting => "make it hold for instances that are launched later",
            Self::Confirm => "read whether it holds",
            Self::Unlasting => {
                "only after the steps template and lasting: take back what they did, before the step undo"
            }
            Self::Undo => "put back what was there when the data was taken",
        }
    }
}

/// The plan for one finding, or for all of one file system, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it does, in a few words.
    pub title: String,
    /// The fingerprints of the findings that it settles, that of the first first.
    pub findings: Vec<String>,
    /// Those of all that it ends, where it acts on the account and region as a whole.
    pub(super) ends: Arc<HashSet<String>>,
    /// The account whose credentials the phases that are added need.
    pub(super) account: String,
    pub(super) region: String,
    /// The profile that they come from.
    pub(super) profile: Option<String>,
    pub(super) notes: Vec<String>,
    /// What a phase of it replaces as a whole, so that no other plan may do so after it.
    pub(super) replaces: Vec<String>,
    pub(super) phases: Vec<Body>,
}

/// One phase of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) phase: Phase,
    /// The account whose credentials it needs.
    pub(super) account: String,
    /// The profile that they come from.
    pub(super) profile: Option<String>,
    pub(super) lines: Vec<String>,
}

impl Written {
    /// Whether it has anything to run.
    pub fn has_steps(&self) -> bool {
        !self.phases.is_empty()
    }

    /// Where its commands are run. Borrowed from `region` and `profile`, so that the plan can be added to meanwhile.
    pub(super) fn place<'a>(region: &'a str, profile: Option<&'a String>) -> Place<'a> {
        Place { region, profile: profile.map(String::as_str) }
    }

    /// Adds a phase, unless it is empty.
    pub(super) fn add(&mut self, phase: Phase, shell: Shell<'_>) {
        let lines = shell.finish();
        if !lines.is_empty() {
            self.phases.push(Body { phase, account: self.account.clone(), profile: self.profile.clone(), lines });
            // Listed in the order in which they are run.
            self.phases.sort_by_key(|body| body.phase);
        }
    }
}
