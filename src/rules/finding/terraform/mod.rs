//! What the rules of Terraform say, in data.

mod ignore;
mod open;
mod remedy;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use ignore::{BadIgnore, Ignore, WhyNot};
pub use open::{Doubt, Limit, NotEntered, OpenQuestion, Part, Place, TERRAGRUNT_PLAN, Unseen};
pub use remedy::{Advice, Edit, Filters, Remedy};

/// Why a finding of this family is one: what is so, where the sides of it are written, and under which conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What is so.
    #[serde(flatten)]
    pub what: What,
    /// The sides of the contradiction, the subject first; at most a few.
    pub sides: Vec<Side>,
    /// How many more there are.
    pub more_sides: usize,
    /// It holds only under these conditions; empty where no few of them tell when. `None`: it holds as things are.
    pub when: Option<Vec<Condition>>,
    /// It holds as things are, but not under these conditions.
    pub except: Vec<Condition>,
}

/// One side: what one resource says, where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Side {
    /// The resource's address, e.g. `module.security.aws_inspector2_enabler.this`.
    pub address: String,
    /// The file.
    pub file: String,
    /// The line, in native syntax, from 1.
    pub line: Option<u32>,
    /// The attribute that decides, e.g. `scan_type`; empty where the resource as a whole does.
    pub attribute: String,
    /// Its value in HCL's notation; what is not known as the expression that is written.
    pub value: String,
    /// The conditions under which it says so, where other values of the variables change it.
    pub when: Vec<Condition>,
}

/// What has to be so about something that the configuration leaves open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Condition {
    /// What is open, as the configuration calls it: `var.enhanced`, `terraform.workspace`, an expression.
    pub subject: String,
    /// What is so about it.
    pub relation: Relation,
}

/// What is assumed of something open; values as they are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It is one of these values.
    Is(BTreeSet<String>),
    /// It is none of these.
    IsNot(BTreeSet<String>),
    /// It contains this.
    Has(String),
    /// It does not contain this.
    Lacks(String),
    /// It is a number of at least this.
    AtLeast(i64),
    /// It is a number of at most this.
    AtMost(i64),
}

impl Relation {
    /// It is this value.
    pub fn is(value: impl Into<String>) -> Self {
        Self::Is([value.into()].into())
    }

    /// It is another than this value.
    pub fn is_not(value: impl Into<String>) -> Self {
        Self::IsNot([value.into()].into())
    }
}

/// How an enabler and the registry contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clash {
    /// The registry says BASIC, an enabler lists ECR.
    BasicAgainstEcr,
    /// The registry says ENHANCED, no enabler lists ECR.
    EnhancedWithoutEcr,
}

/// What is so: a variant a rule, and more where a rule has several cases. Of faults, the first ten are listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum What {
    /// The registry (first side) and enablers contradict each other.
    TerraformCouplingLoop { clash: Clash },
    /// The same, and `ignore_changes` keeps Terraform from seeing it.
    TerraformCouplingLoopHidden { clash: Clash },
    /// An enabler enables nothing, which `ignore_changes` keeps so.
    TerraformEnablerEmptied,
    /// Several enablers of one account and region list different types; hidden where `ignore_changes` keeps Terraform from
    /// seeing it.
    TerraformEnablerConflict { hidden: bool },
    /// New member accounts (first side) get ECR scanning while a registry is BASIC.
    TerraformOrganizationConflict,
    /// The API rejects the registry's rules.
    TerraformScanRulesInvalid { faults: Vec<Fault>, more_faults: usize },
    /// The provider or AWS rejects the enabler.
    TerraformEnablerInvalid { faults: Vec<Fault>, more_faults: usize },
    /// A registry is ENHANCED without rules.
    TerraformEnhancedWithoutRules,
    /// An enabler switches ECR scanning on, and no registry configuration is beside it.
    TerraformEnablerWithoutRules,
    /// These filters under `SCAN_ON_PUSH` have no effect beside `CONTINUOUS_SCAN`.
    TerraformContinuousScanWins { filters: Vec<String> },
    /// This is destroyed; if tainted, only to be made again.
    TerraformDestroy { resource: Destroyed, tainted: bool },
    /// An enabler lists less than Inspector scans: these types are lost.
    TerraformEnablerNarrowerThanLive { account: String, region: String, lost: Vec<String> },
    /// A registry is written as BASIC where it is ENHANCED.
    TerraformRegistryBasicUnlikeLive { account: String, region: String },
    /// Several write one registry: so many with all instances.
    TerraformRegistrySeveralWriters { writers: usize, agreement: Agreement },
    /// A plan turns ENHANCED into BASIC.
    TerraformPlanToBasic,
    /// A plan narrows an enabler: the types and accounts that it no longer has.
    TerraformPlanNarrowsEnabler { types: Vec<String>, accounts: BTreeSet<String> },
}

/// What a plan or a `removed` block destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Destroyed {
    /// `aws_inspector2_configuration`.
    Configuration,
    /// `aws_inspector2_enabler`.
    Enabler,
    /// A registry's scanning configuration.
    Registry,
}

/// Whether several writers want the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// They do.
    Same,
    /// They differ.
    Differ,
    /// One writes BASIC, one ENHANCED.
    BothScanTypes,
}

/// What the provider or the API rejects. What may be `meant` instead is the same name where it exists as another thing: an
/// argument that is written as a block, a block that is written as an argument.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Fault {
    /// There is no argument of this name.
    NoArgument { name: String, meant: Option<String> },
    /// There is no block of this name.
    NoBlock { name: String, meant: Option<String> },
    /// A required argument is not there.
    Missing { name: String },
    /// Inspector has no such resource type.
    NoResourceType { name: String, meant: Option<String> },
    /// The region does not have the type.
    NotInRegion { name: String, region: String },
    /// `scan_type` is neither BASIC nor ENHANCED.
    ScanType { value: String },
    /// More rules than the API takes.
    TooManyRules { count: usize, limit: usize },
    /// Several rules of one frequency.
    FrequencyTwice { frequency: String, count: usize },
    /// A rule is made for each element of this, all of one frequency.
    RulePerElement { over: String },
    /// `CONTINUOUS_SCAN` under BASIC.
    ContinuousUnderBasic,
    /// `MANUAL` is written.
    Manual,
    /// There is no such frequency.
    NoFrequency { value: String },
    /// A rule has no filter.
    NoFilter,
    /// A rule has more filters than the API takes.
    TooManyFilters { count: usize, limit: usize },
    /// A filter is not of the API's pattern.
    Filter { value: String },
    /// A filter type is not `WILDCARD`.
    FilterType { value: String },
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields say what they are; values are in HCL's notation")]
pub enum Evidence {
    /// What an enabler says: its types, and each of its accounts.
    Enabler { side: Side, accounts: Vec<Account> },
    /// What a registry says, and how many rules it has; `open`: and others that are not known.
    Registry { side: Side, rules: usize, open: bool },
    /// What AWS and Terraform do in turn.
    Sequence(Sequence),
    /// The step of it that is least sure.
    WeakestStep(Sequence),
    /// `prevent_destroy` does not protect against an update.
    PreventDestroy,
    /// `prevent_destroy` goes with the block.
    PreventDestroyGoes,
    /// A plan found this changed outside Terraform.
    Drift { address: String, attribute: String, before: String, after: String },
    /// The configuration writes one value, the plan keeps another.
    Kept { written: String, kept: String },
    /// What an enabler enabled before it was emptied.
    Was(Vec<String>),
    /// What something was before it is destroyed.
    Before(Side),
    /// The types that Inspector scans now.
    Live(Vec<String>),
    /// So many write one registry.
    Writers(usize),
    /// An attribute before and after a plan.
    Update { before: String, after: String },
    /// What is rejected.
    Rejected(Fault),
    /// It holds when this is so.
    When(Vec<Condition>),
    /// It does not hold when this is so.
    Except(Vec<Condition>),
}

/// An account, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// Its id.
    Id(String),
    /// That of a provider's credentials.
    OfProvider(String),
    /// What an expression comes to.
    Expression(String),
}

/// What AWS and Terraform do in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sequence {
    /// BASIC against ECR as Inspector's only type.
    BasicAgainstEcrAlone,
    /// BASIC against ECR beside other types.
    BasicAgainstEcr,
    /// ENHANCED against enablers without ECR.
    EnhancedWithoutEcr,
    /// Enablers switch each other's types off.
    Enablers,
    /// Writers of one registry overwrite each other.
    Writers,
}

/// What was assumed to make a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {}
