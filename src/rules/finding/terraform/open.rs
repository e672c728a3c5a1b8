//! What a configuration leaves open, in data.

use crate::rules::finding::UnsettledStatus;

/// How Terragrunt's plan is had as JSON.
pub const TERRAGRUNT_PLAN: &str = "terragrunt plan -out=plan.out && terragrunt show -json plan.out > plan.json";

/// A resource, and where it is written; the line, from 1, in native syntax only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub struct Place {
    pub address: String,
    pub file: String,
    pub line: Option<u32>,
}

/// What keeps a rule about Terraform from deciding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenQuestion {
    /// What one resource says.
    Of(Place, Doubt),
    /// A part of an input that was not seen.
    Unseen(Unseen),
}

/// What is not known about a resource; values are in HCL's notation or as they are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Doubt {
    /// It hangs on something that is not read.
    DependsOn { what: String },
    /// Whether a registry contradicts the enablers, of which this is the first.
    Contradicts { enabler: Option<Place>, open: Vec<Part> },
    /// It contradicts an enabler if both are for one account and region.
    ContradictsIfOnePlace { enabler: Place },
    /// Several instances, each with types of its own.
    TypesOfInstances { types: Vec<String> },
    /// Two enablers switch each other's types off if both are for one account and region.
    ConflictIfOnePlace { other: Place },
    /// Whether two enablers list the same.
    SameTypes { other: Place, own: Vec<String>, others: Vec<String> },
    /// Two write one registry if both are for one region.
    WritersIfOneRegion { other: Place },
    /// Whether an update switches scanning off.
    Update { attribute: &'static str },
    /// What was in a module that goes.
    RemovedModule,
    /// A `removed` block does not say whether to destroy.
    DestroyNotSaid,
    /// Whether the API takes the rules.
    Rules { open: Vec<Part> },
    /// Whether there is a rule under ENHANCED.
    AnyRule,
    /// Whether an enabler switches ECR scanning on.
    EnablesEcr,
    /// Whether a registry configuration is for the enabler's account and region.
    RegistryOfPlace,
    /// What is live could not be told, and why.
    Live { account: String, region: String, status: UnsettledStatus },
    /// Whether the types cover what is live.
    CoversLive { types: Vec<String> },
    /// Whether it is for this account and region.
    MeantFor { account: String, region: String },
}

/// A part of a resource that is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// An attribute, as it is written.
    Attribute(&'static str, String),
    /// The resource types.
    Types(Vec<String>),
    /// The filters of a rule.
    Filters,
    /// The rules, made for each element of this.
    RulesFor(String),
}

/// A part of an input that was not seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Unseen {
    /// Not every picture was drawn.
    CutShort(Limit),
    /// Modules that `terraform init` has not brought to the root.
    NotDownloaded { root: String, modules: Vec<String> },
    /// Terragrunt gives the root variables and files.
    Terragrunt,
    /// More instances than are looked at.
    Instances { address: String, number: usize, limit: usize },
    /// Something refers to itself.
    Circular { name: String },
    /// A file that was not read; the error.
    File(String),
    /// An input that was not read; the error, with its path.
    Input(String),
    /// A called module that was not looked into.
    Module { address: String, why: NotEntered },
    /// Resources of a plan or state, too many or too large.
    Dropped,
    /// Planning failed.
    PlanFailed,
    /// The plan defers changes.
    PlanDefers,
    /// Two roots leave too much open to be compared.
    NotCompared { roots: [String; 2] },
}

/// Why not every picture of a root was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Too many combinations.
    Combinations,
    /// Too much to evaluate.
    Work,
    /// Too many open conditions in one picture.
    Conditions,
    /// More resources of one kind than are compared with each other.
    Resources(usize),
}

/// Why a called module was not looked into.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotEntered {
    /// Calls nest deeper than this.
    Depth(usize),
    /// The same, because it calls itself.
    CallsItself(usize),
    /// Its source is an expression.
    Source,
    /// The root has more modules than this.
    Modules(usize),
    /// The error of reading it.
    Error(String),
}
