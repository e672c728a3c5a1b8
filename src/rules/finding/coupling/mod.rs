//! The coupling of the ECR registry and Inspector in data: its states, its events, and what is predicted to follow.
//!
//! What follows from what is worked out by `rules::ecr::coupling`; the words are in `render::words::coupling`.

pub(crate) mod table;

pub use table::{Grade, TRANSITIONS, Transition};

use std::collections::BTreeSet;

use serde::Serialize;

/// What Inspector can scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

    /// As AWS writes it in `resourceTypes`; `OTHER` for all that this version does not know.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Ecr => "ECR",
            Self::Lambda => "LAMBDA",
            Self::LambdaCode => "LAMBDA_CODE",
            Self::CodeRepository => "CODE_REPOSITORY",
            Self::Ami => "AMI",
            Self::Other => "OTHER",
        }
    }
}

/// The registry's scan type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Setting {
    /// Basic scanning by ECR.
    Basic,
    /// Enhanced scanning by Inspector.
    Enhanced,
}

/// The registry's rules, as far as the coupling cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rules {
    /// None.
    Absent,
    /// `CONTINUOUS_SCAN` for every repository: what AWS writes by itself.
    ContinuousAll,
    /// Somebody's own.
    Written,
}

/// What keeps changes from taking effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Limits {
    /// The account is a member of an organization with a delegated administrator.
    pub member: bool,
    /// An organization policy manages ECR scanning.
    pub organization_policy: bool,
    /// The registry's own policy denies the change.
    pub registry_policy: bool,
}

/// The state of one account in one region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
}

/// Something that happens to a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
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

/// One predicted step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Step {
    /// What happens.
    pub event: Event,
    /// Where it leads.
    pub state: State,
    /// The rows of the table that say so.
    pub rows: Vec<&'static Transition>,
}

/// What follows from a state, step by step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Prediction {
    /// Where it starts.
    pub start: State,
    /// The steps; steps that change nothing and that no row speaks of are left out.
    pub steps: Vec<Step>,
    /// Whether the last state has been there before: the steps since then go on for ever.
    pub repeats: bool,
}

impl Prediction {
    /// The grade of the weakest step; `None` where nothing happens.
    pub fn grade(&self) -> Option<Grade> {
        self.steps.iter().flat_map(|step| &step.rows).map(|row| row.grade).max()
    }
}
