//! What to do, in a word: the words of it are [`crate::render::words`]'.

use serde::Serialize;

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// Take the recommended one of the finding's ways out.
    RecommendedWay,
    /// Exclude the instances that mount the file system.
    Exclude {
        /// How long the data stays where it is after the last read, for a finding that has seen it move.
        recovery: Option<Recovery>,
    },
    /// Switch the VM Scanner off on them, where it alone scans them: the tag is not said to stop it.
    StopVmScanner {
        /// The same.
        recovery: Option<Recovery>,
    },
    /// Find who reads, and keep it out or files cold.
    FindTheReader,
    /// Look at what S3 was asked for, then exclude the instance.
    LookThenExclude,
    /// Complete the exclusion by metadata tags, or take the tag away.
    CompleteByMetadataTags,
    /// Complete the exclusion by the tag, if it is meant.
    CompleteByTag,
    /// Rename or remove tag keys.
    RenameTagKeys,
    /// Tag keys are needed by their owner: take another way out.
    TakeAnotherWay,
    /// Make the registry ENHANCED with rules of one's own, or disable Inspector's ECR type.
    EnhancedOrDisable,
    /// Enable Inspector's ECR type, or make the registry BASIC.
    EnableOrBasic,
    /// Change the organization's Inspector policy, or what asks for another state.
    ChangePolicy,
    /// The delegated administrator disables the ECR type, or the registry becomes ENHANCED again.
    AdministratorDisables,
    /// Scan on push, and continuously only what is deployed.
    ScanOnPush,
    /// Shorten the long re-scan windows.
    ShortenWindows,
    /// Let use renew the window rather than pulls.
    CountUse,
    /// Let pulls renew the window, and push expired images again.
    CountPulls,
    /// Push again what still runs, and let the window follow use.
    PushAgain,
    /// Scan repositories on push that nothing scans.
    ScanUnscanned,
    /// Put repositories under a rule of the registry, and drop their own setting.
    AddToRules,
    /// Make the filters of the two rules disjoint.
    SeparateFilters,
    /// Anchor filters with `*`.
    AnchorFilters,
    /// Disable the types that nobody wants.
    DisableUnwanted,
    /// Read what it will cost before the trial ends.
    ReadProjectedCost,
    /// Give repositories a lifecycle policy, and shorten the window.
    ExpireStale,
}

impl Advice {
    /// Whether it is about a file system as a whole, where one plan serves all its findings.
    pub fn is_about_file_system(&self) -> bool {
        matches!(self, Self::RecommendedWay | Self::Exclude { .. } | Self::StopVmScanner { .. } | Self::FindTheReader)
    }
}

/// When data that has moved to Standard becomes cold again, once nothing reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// After so many days.
    Days(i64),
    /// Never: no policy tiers anything now.
    Never,
    /// At the policy's age, which is not known.
    PolicyAge,
}
