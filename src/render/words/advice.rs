//! What to do, in a line or two, with what it costs in coverage.

use std::borrow::Cow;

use crate::rules::finding::{Advice, EXCLUSION_TAG, Recovery, Who};

/// What excluding an instance gives up.
pub(super) const COVERAGE_LOST: &str = "Inspector then reports nothing about these instances, and Security Hub's control Inspector.1 may fail for \
     them";

const ONE_OWNER: &str = "In Terraform keep one owner: manage aws_ecr_registry_scanning_configuration alone and drop \
     aws_inspector2_enabler from code and state without destroying it (a removed block with destroy = false, or \
     terraform state rm: its destruction disables every type of the account); AWS then switches Inspector along \
     with scan_type. Give the registry at most two rules, one for each frequency, with one repository_filter for \
     each repository that is to be scanned. Or keep both resources and let one variable decide ECR and ENHANCED \
     alike.";

const WINDOWS_OWNER: &str = "In an organization the delegated administrator sets it. In Terraform it is the provider's \
     aws_inspector2_configuration where it has one: keep it, since its removal resets to LIFETIME.";

const FIND_THE_READER: &str = "Find who reads: look at DataReadIOBytes by the hour and at what runs then (AWS DataSync tasks, backup agents, \
     AIDE, antivirus, updatedb, find and rsync jobs, people), and let it skip the file system. Where \
     TransitionToPrimaryStorageClass is set, files stay cold without it, and each read of them is paid for instead.";
const STOP_VM_SCANNER: &str = "Stop the VM Scanner on the instances that mount it: the exclusion tag is not said to stop it. It then finds nothing \
     new on them.";
const LOOK_THEN_EXCLUDE: &str = "Look at the requests to the bucket around the scans, then exclude the instance:";
const ENHANCED_OR_DISABLE: &str = "Decide which side is meant: set the registry to ENHANCED with rules of your own (images are then billed), \
     or disable Inspector's ECR type (its findings on images, and with the last type also filters and \
     suppression rules, are lost: export them first).";
const ENABLE_OR_BASIC: &str = "Enable Inspector's ECR type (first scans and re-scans are then billed), or set the registry to BASIC (its \
     results take the place of Inspector's).";
const SHORTEN_WINDOWS: &str = "Shorten the long durations to 14 or 30 days. Images that fall out of the window are no longer re-scanned, \
     also where they still run unseen by Inspector, and raising the duration later does not revive them.";
const COUNT_USE: &str = "Count use instead of pulls: LAST_IN_USE_AT (not for images of several architectures or images outside ECS \
     and EKS: those fall out of the window). Or exclude the roles of CI and scanners from pull-time updates in \
     ECR.";
const COMPLETE_BY_METADATA_TAGS: &str = "Enable metadata tags, so that the plugin sees the tag and stops; or remove the tag and have the findings \
     that the scan is paid for.";
const RENAME_TAG_KEYS: &str = "Rename or remove these tags, if nobody needs them.";
const TAKE_ANOTHER_WAY: &str = "Their owner needs some of these tags, so excluding this instance is not available; choose another way out \
     (the lifecycle policy, or deep inspection).";
const CHANGE_POLICY: &str = "Change the organization's Inspector policy (its effect reaches every account it is attached to), or take \
     the change out of this account's Terraform.";
const ADMINISTRATOR_DISABLES: &str = "Let the delegated administrator disable the ECR type for this account (its findings on images are lost), or \
     set the registry to ENHANCED again. In Terraform, let the administrator's configuration own it.";
const SCAN_ON_PUSH: &str = "Scan on push what is not deployed: images that are no longer scanned continuously get no \
     report of vulnerabilities published after their push. Shorten long re-scan windows and delete or archive \
     old images. In Terraform write the rules out in aws_ecr_registry_scanning_configuration: at most two, one \
     for each frequency, with one repository_filter for each repository; never leave them out under ENHANCED.";
const COUNT_PULLS: &str = "Where such images matter, let pulls count (LAST_PULL_DATE: every pull then renews the window, and re-scans \
     are billed) and push the expired ones again. In an organization the delegated administrator sets it.";
const PUSH_AGAIN: &str = "Push the images that still run again (a first scan each is billed), let the window follow use \
     (LAST_IN_USE_AT), and delete the others.";
const SCAN_UNSCANNED: &str = "Scan these repositories on push: under ENHANCED each image pushed is then billed as a first scan, under BASIC scanning is \
     free. In Terraform add a repository_filter for each to the SCAN_ON_PUSH rule of \
     aws_ecr_registry_scanning_configuration.";
const ADD_TO_RULES: &str = "Add the repositories to a rule of the registry, then drop their own setting (it is deprecated). Under \
     ENHANCED each image pushed is then billed. In Terraform: a repository_filter in \
     aws_ecr_registry_scanning_configuration, and no image_scanning_configuration in aws_ecr_repository.";
const SEPARATE_FILTERS: &str = "Make the filters of the two rules disjoint, or drop the rule that has no effect; repositories that then \
     match SCAN_ON_PUSH alone get no re-scans. In Terraform: the repository_filter blocks of the two rule blocks \
     in aws_ecr_registry_scanning_configuration.";
const ANCHOR_FILTERS: &str = "Anchor the filters with `*` (prefix*, */suffix); repositories that no filter matches any more are no longer \
     scanned. In Terraform: filter in the repository_filter blocks of aws_ecr_registry_scanning_configuration.";
const DISABLE_UNWANTED: &str = "Disable the types that nobody wants: their findings are lost, and disabling ECR sets the registry to BASIC. \
     In Terraform: the resource_types of the one aws_inspector2_enabler.";
const READ_PROJECTED_COST: &str = "Read the projected cost before the trial ends, and disable what is not worth it (a disabled type's findings \
     are lost; disabling ECR sets the registry to BASIC).";
const EXPIRE_STALE: &str = "Give the repositories a lifecycle policy (aws_ecr_lifecycle_policy in Terraform) and shorten the re-scan \
     window. What a policy expires is deleted: preview it first. Images outside the window are no longer \
     re-scanned.";

/// Who may take a way out.
pub(crate) fn who(who: Who) -> &'static str {
    match who {
        Who::Member => "member account",
        Who::Administrator => "delegated administrator",
        Who::Either => "the account itself, or its delegated administrator where it is a member",
    }
}

/// When what has moved becomes cold again.
pub(crate) fn recovery(recovery: Recovery) -> String {
    match recovery {
        Recovery::Days(days) => {
            format!("After the last read of a file it takes the full {days} days of the policy until it is cold again.")
        }
        Recovery::Never => "No policy tiers anything now, so the data stays in Standard until one does.".to_owned(),
        Recovery::PolicyAge => {
            "After the last read of a file it takes the policy's full age until it is cold again.".to_owned()
        }
    }
}

/// What to do about a finding; `recommended` says the way out to take, where the advice is to take that.
pub(super) fn summary(advice: &Advice, recommended: impl FnOnce() -> String) -> Cow<'static, str> {
    match advice {
        Advice::RecommendedWay => recommended().into(),
        Advice::StopVmScanner { recovery: None } => STOP_VM_SCANNER.into(),
        Advice::StopVmScanner { recovery: Some(after) } => format!("{STOP_VM_SCANNER} {}", recovery(*after)).into(),
        Advice::Exclude { recovery: None } => exclude(true).into(),
        Advice::Exclude { recovery: Some(after) } => format!("{} {}", exclude(true), recovery(*after)).into(),
        Advice::FindTheReader => FIND_THE_READER.into(),
        Advice::LookThenExclude => format!("{LOOK_THEN_EXCLUDE} {COVERAGE_LOST}.").into(),
        Advice::CompleteByMetadataTags => COMPLETE_BY_METADATA_TAGS.into(),
        Advice::CompleteByTag => {
            format!("Set the tag {EXCLUSION_TAG} if it is meant to be excluded: {COVERAGE_LOST}.").into()
        }
        Advice::RenameTagKeys => RENAME_TAG_KEYS.into(),
        Advice::TakeAnotherWay => TAKE_ANOTHER_WAY.into(),
        Advice::EnhancedOrDisable => format!("{ENHANCED_OR_DISABLE} {ONE_OWNER}").into(),
        Advice::EnableOrBasic => format!("{ENABLE_OR_BASIC} {ONE_OWNER}").into(),
        Advice::ChangePolicy => CHANGE_POLICY.into(),
        Advice::AdministratorDisables => ADMINISTRATOR_DISABLES.into(),
        Advice::ScanOnPush => SCAN_ON_PUSH.into(),
        Advice::ShortenWindows => format!("{SHORTEN_WINDOWS} {WINDOWS_OWNER}").into(),
        Advice::CountUse => format!("{COUNT_USE} {WINDOWS_OWNER}").into(),
        Advice::CountPulls => COUNT_PULLS.into(),
        Advice::PushAgain => PUSH_AGAIN.into(),
        Advice::ScanUnscanned => SCAN_UNSCANNED.into(),
        Advice::AddToRules => ADD_TO_RULES.into(),
        Advice::SeparateFilters => SEPARATE_FILTERS.into(),
        Advice::AnchorFilters => ANCHOR_FILTERS.into(),
        Advice::DisableUnwanted => DISABLE_UNWANTED.into(),
        Advice::ReadProjectedCost => READ_PROJECTED_COST.into(),
        Advice::ExpireStale => EXPIRE_STALE.into(),
    }
}

/// Excluding instances, and what it costs in coverage if it does.
pub(super) fn exclude(protection_lost: bool) -> String {
    let lost = if protection_lost { format!(" {COVERAGE_LOST}.") } else { String::new() };
    format!("Exclude the instances that mount it: enable metadata tags, then set the tag {EXCLUSION_TAG}.{lost}")
}
