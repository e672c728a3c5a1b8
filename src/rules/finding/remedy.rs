//! What to do about a finding, in data.

use std::net::IpAddr;

use super::{Advice, Step, terraform};

/// What to do: steps, not strings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing is known to do.
    #[default]
    None,
    /// What to do, and how.
    Steps {
        /// What to do, with what it costs in coverage.
        advice: Advice,
        /// How, in order.
        actions: Vec<Action>,
    },
    /// Changes to a Terraform configuration and its state.
    Configuration(terraform::Remedy),
}

impl Remedy {
    /// What to do, where it is about an account.
    pub fn advice(&self) -> Option<&Advice> {
        match self {
            Self::Steps { advice, .. } => Some(advice),
            Self::None | Self::Configuration(_) => None,
        }
    }

    /// How: in order, empty where nothing is to be run.
    pub fn actions(&self) -> &[Action] {
        match self {
            Self::Steps { actions, .. } => actions,
            Self::None | Self::Configuration(_) => &[],
        }
    }
}

/// One part of what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A call.
    Run(Step),
    /// Calls of which each is made only if the one before it worked.
    Chain(Vec<Step>),
    /// Is the file system mounted on this instance, or is anything?
    Verify {
        /// The file system; `None` where any mount counts.
        file_system: Option<String>,
        /// The addresses of its mount targets.
        addresses: Vec<IpAddr>,
        /// The instance.
        instance: String,
    },
    /// A call that is another choice, or somebody else's: shown and not run.
    Instead(Choice, Step),
    /// Something to know.
    Note(Note),
}

/// Whose call it is, or when it is the one to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// To stop rather than to keep on scanning.
    ToStop,
    /// For the delegated administrator of the account's organization, whose account may be known.
    ByAdministrator(Option<String>),
    /// In the organization's management account, or by its policy administrator.
    InManagementAccount,
    /// For a resource type that nobody wants: it stands for all of them.
    ForUnwantedType,
    /// Once the operator has kept out of it what is deployed, which no answer of AWS tells: a plan runs it only then.
    DeployedKept,
}

/// Something to know between steps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Note {
    /// The next steps exclude instances: metadata tags first, then the tag.
    Exclude,
    /// Nothing is excluded before tag keys are renamed: one instance that goes on reading keeps the cost.
    ExcludeBlocked,
    /// Metadata tags cannot be enabled on an instance while it has these tag keys; `owned`: their owner needs them.
    Blocked { instance: String, keys: Vec<String>, owned: bool },
    /// The same for so many more instances.
    MoreInstances(u64),
    /// The next step keeps files cold when they are read.
    KeepCold,
    /// The next step ends all tiering.
    StopTiering,
    /// The next step deactivates deep inspection for the whole account.
    DeactivateDeepInspection,
    /// The VM Scanner's timer is the host's own.
    StopVmScanner,
    /// `UpdateAssociation` clears what is not sent again, and runs the scan at once.
    AssociationTrap,
    /// `fix` has a plan with checks and a way back, by the way that is recommended where there are ways.
    Plan,
    /// The VM Scanner scans instances that are to be excluded, and no document says that the tag stops it.
    VmScannerTag,
    /// Tags that somebody uses are to be set under other keys.
    SetTagsAgain,
    /// The next step keeps scanning images, by rules of one's own.
    KeepScanning,
    /// In Terraform the registry's resource is the one owner.
    TerraformOwner,
    /// The next steps are the delegated administrator's.
    AsAdministrator,
    /// The next step replaces all rules: the present ones, and some repositories on push.
    ReplacesRules,
    /// The next step replaces all rules: the same repositories, on push only.
    OnPushOnly,
    /// Rules have to be made by hand, since AWS takes no more than a hundred filters in one.
    TooManyFilters,
    /// The next step shortens re-scan windows.
    ShorterWindows,
    /// If the preview is right, the policy is to be put, on the other repositories too.
    PutLifecyclePolicy,
}
