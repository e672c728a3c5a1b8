//! The coupling as a state machine: one bit behind two APIs, and what AWS does with it.
//!
//! AWS keeps "Inspector scans ECR" and "the registry is ENHANCED" equal, whichever of the two is written. This room
//! says what follows from a state and an event, with the evidence of each step; it reads no snapshot and judges
//! nothing. Scope: one account in one region.

mod predict;
mod table;
mod terraform;

pub use predict::{Prediction, Step, page, predict, predict_reapplied};
pub use table::{Grade, TRANSITIONS, Transition};
pub use terraform::{
    ENABLER_TYPES, LoopCause, Order, RegistryIntent, Simulation, Types, loop_causes, simulate, simulate_from,
};

use std::collections::BTreeSet;
use std::fmt;

use table::{T1, T1R, T2, T3, T4, T4O, T5, T6, T6D, T7, T8, T8R, T9, T10, T11, T12, T13, T14, T15, T16, T17};

/// What Inspector can scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// EC2 instances.
    Ec2,
    /// Images in ECR.
    Ecr,
    /// Lambda functions, standard scanning.
    Lambda,
    /// Lambda functions, code scanning.
    LambdaCode,
    /// Code repositories.
    CodeRepository,
    /// Machine images.
    Ami,
    /// A type that AWS added later.
    Other,
}

impl ResourceType {
    /// The type of a key in `resourceState` or of a value of `resourceTypes`, in any case.
    pub fn parse(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "ec2" => Self::Ec2,
            "ecr" => Self::Ecr,
            "lambda" => Self::Lambda,
            "lambda_code" => Self::LambdaCode,
            "code_repository" => Self::CodeRepository,
            "ami" => Self::Ami,
            _ => Self::Other,
        }
    }

    /// As AWS writes it in `resourceTypes`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Ecr => "ECR",
            Self::Lambda => "LAMBDA",
            Self::LambdaCode => "LAMBDA_CODE",
            Self::CodeRepository => "CODE_REPOSITORY",
            Self::Ami => "AMI",
            Self::Other => "another type",
        }
    }
}

/// The registry's scan type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// Basic scanning by ECR.
    Basic,
    /// Enhanced scanning by Inspector.
    Enhanced,
}

/// The registry's rules, as far as the coupling cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rules {
    /// None.
    Absent,
    /// `CONTINUOUS_SCAN` for every repository: what AWS writes by itself.
    ContinuousAll,
    /// Somebody's own.
    Written,
}

/// What keeps changes from taking effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// The account is a member of an organization with a delegated administrator.
    pub member: bool,
    /// An organization policy manages ECR scanning.
    pub organization_policy: bool,
    /// The registry's own policy denies the change.
    pub registry_policy: bool,
}

/// The state of one account in one region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// The scan types that are on; none: Inspector is off.
    pub types: BTreeSet<ResourceType>,
    /// The registry's scan type.
    pub setting: Setting,
    /// The registry's rules.
    pub rules: Rules,
    /// AWS has still to switch the ECR type off after a change to BASIC.
    pub pending_disable: bool,
    /// What keeps changes from taking effect.
    pub limits: Limits,
}

/// Something that happens to a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Inspector's `Enable`.
    Enable(BTreeSet<ResourceType>),
    /// Inspector's `Disable`.
    Disable(BTreeSet<ResourceType>),
    /// The first activation in Inspector's console.
    ConsoleActivation,
    /// `PutRegistryScanningConfiguration` with `ENHANCED` and these rules.
    PutEnhanced(Rules),
    /// `PutRegistryScanningConfiguration` with `BASIC` and these rules.
    PutBasic(Rules),
    /// Terraform or `CloudFormation` removes the registry's configuration.
    DestroyConfiguration,
    /// AWS does what it has put off.
    Settle,
}

/// The rows of the table that a step used.
type Rows = Vec<&'static Transition>;

impl State {
    /// An account that has never touched Inspector or its registry.
    pub fn untouched() -> Self {
        Self {
            types: BTreeSet::new(),
            setting: Setting::Basic,
            rules: Rules::Absent,
            pending_disable: false,
            limits: Limits::default(),
        }
    }

    /// Whether Inspector scans ECR.
    pub fn scans_ecr(&self) -> bool {
        self.types.contains(&ResourceType::Ecr)
    }

    /// Whether AWS holds the two sides equal: nothing will happen by itself.
    pub fn is_coherent(&self) -> bool {
        self.scans_ecr() == (self.setting == Setting::Enhanced)
    }

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

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.setting, self.rules) {
            (Setting::Basic, _) => f.write_str("registry BASIC")?,
            (Setting::Enhanced, Rules::Written) => f.write_str("registry ENHANCED")?,
            (Setting::Enhanced, Rules::Absent | Rules::ContinuousAll) => {
                f.write_str("registry ENHANCED with CONTINUOUS_SCAN on every repository")?;
            }
        }
        let others: Vec<_> =
            self.types.iter().filter(|kind| **kind != ResourceType::Ecr).map(|kind| kind.as_str()).collect();
        match (self.scans_ecr(), others.as_slice()) {
            (false, []) => f.write_str(", Inspector off"),
            (true, []) => f.write_str(", Inspector on for ECR alone"),
            (true, others) => write!(f, ", Inspector on for ECR and {}", others.join(", ")),
            (false, others) => write!(f, ", Inspector on for {} without ECR", others.join(", ")),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            |types: &BTreeSet<ResourceType>| types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
        match self {
            Self::Enable(types) => write!(f, "next apply enables {} in Inspector", names(types)),
            Self::Disable(types) => write!(f, "Inspector's {} disabled", names(types)),
            Self::ConsoleActivation => f.write_str("Inspector activated in the console"),
            Self::PutEnhanced(_) => f.write_str("registry set to ENHANCED"),
            Self::PutBasic(_) => f.write_str("next apply sets the registry to BASIC"),
            Self::DestroyConfiguration => f.write_str("registry configuration destroyed"),
            Self::Settle => f.write_str("AWS by itself, after a while"),
        }
    }
}

#[cfg(test)]
mod tests;
