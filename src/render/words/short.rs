//! What is wrong in one sentence, with the names that matter: what a reader sees first in every format.

use rust_decimal::Decimal;

use super::terraform;
use super::told::quoted;
use crate::price::bytes_to_gib;
use crate::render::text::{brief, count, grouped, grouped_decimal};
use crate::rules::finding::coupling::Setting;
use crate::rules::finding::ecr::{Reason as Ecr, Scope, WindowStart};
use crate::rules::finding::efs::{ColdOnce, Reason as Efs, ScanReads};
use crate::rules::finding::{Finding, Reason};

/// How many names of a list are printed.
const NAMED: usize = 3;
const MAX_NAME_COLUMNS: usize = 48;
const GIB_PER_TIB: Decimal = Decimal::from_parts(1024, 0, 0, false, 0);

/// The sentence of a finding. It stands beside the resource and the amount and repeats neither.
pub(super) fn headline(finding: &Finding) -> String {
    match &finding.reason {
        Reason::Efs(reason) => efs(reason),
        Reason::Ecr(reason) => ecr(reason),
        Reason::Terraform(reason) => format!("{}.", terraform::reason(reason).title.trim_end_matches('.')),
    }
}

fn efs(reason: &Efs) -> String {
    let cold = |ia: &u64, archive: &u64| size(ia.saturating_add(*archive));
    match reason {
        Efs::EfsTierRecall { ia_bytes, archive_bytes, reads: ScanReads::MovedNothing { runs, days, .. } } => {
            let cold = cold(ia_bytes, archive_bytes);
            format!("Exposed on paper: {runs} scans in {days} days have moved nothing of {cold} of cold files.")
        }
        Efs::EfsColdReadCharges { ia_bytes, archive_bytes, reads: ScanReads::OpenedNothing { runs, days, .. } } => {
            let cold = cold(ia_bytes, archive_bytes);
            format!("Exposed on paper: {runs} scans in {days} days have read next to nothing of {cold} of cold files.")
        }
        Efs::EfsTierRecall { ia_bytes, archive_bytes, .. } => {
            format!("{} of cold files go back to Standard once a scan reads them.", cold(ia_bytes, archive_bytes))
        }
        Efs::EfsColdReadCharges { ia_bytes, archive_bytes, .. } => {
            format!("Each scan is billed for what it reads of {} of cold files.", cold(ia_bytes, archive_bytes))
        }
        Efs::EfsTieringPinned { cold_once: ColdOnce::Moved(fall), .. } => {
            format!("{} that were cold are back in Standard, and nothing is cold now.", size(fall.moved_bytes))
        }
        Efs::EfsTieringPinned { cold_once: ColdOnce::Gone(fall), .. } => {
            format!("{} that were cold have gone, and nothing is cold now.", size(fall.fallen_bytes))
        }
        Efs::EfsTieringPinned { standard_bytes, cold_once: ColdOnce::NothingSeen, .. } => {
            format!("Its lifecycle policy has tiered nothing of {}.", size(*standard_bytes))
        }
        Efs::EfsExposureDormant { .. } => {
            "Not exposed now, but would be if an instance returned that is stopped or not Online.".to_owned()
        }
        Efs::EfsRecallObserved { fall, .. } => {
            let since = fall.began.format("%Y-%m-%d");
            format!("{} of cold data have moved to Standard since {since}.", size(fall.moved_bytes))
        }
        Efs::EfsElasticReads { data_bytes, metadata_bytes, .. } => {
            let read = size(data_bytes.saturating_add(metadata_bytes.unwrap_or(0)));
            format!("Elastic throughput billed {read} of reads in 30 days, the scan's among them if it reads.")
        }
        Efs::EfsColdDataMoved { fall, .. } => {
            let since = fall.began.format("%Y-%m-%d");
            format!(
                "{} of cold data have moved to Standard since {since}, and not by the scan.",
                size(fall.moved_bytes)
            )
        }
        Efs::ExclusionMetadataOnly => {
            "Is half excluded, which has no effect: the tag InspectorEc2Exclusion is missing.".to_owned()
        }
        Efs::ExclusionTagIneffective => "Is scanned in spite of its exclusion tag: metadata tags are off.".to_owned(),
        Efs::MetadataTagsBlocked { tag_keys } => {
            let (tag, keep) = if tag_keys.len() == 1 { ("tag key", "keeps") } else { ("tag keys", "keep") };
            let keys: Vec<String> = tag_keys.iter().map(|key| quoted(&brief(key, MAX_NAME_COLUMNS))).collect();
            format!("The {tag} {} {keep} it from being excluded.", names(&keys))
        }
        Efs::S3MountScanned { mounts, .. } => {
            let mounts = count(u64::try_from(*mounts).unwrap_or(u64::MAX), "S3 mount", "S3 mounts");
            format!("Is scanned and has {mounts}: a scan that walks them pays for each request.")
        }
    }
}

fn ecr(reason: &Ecr) -> String {
    match reason {
        Ecr::EcrInspectorAutoDisable { .. } => {
            "Inspector is about to be deactivated: the registry is BASIC, and ECR is all that it scans.".to_owned()
        }
        Ecr::EcrInspectorDrift { .. } => "Inspector scans ECR while the registry is BASIC.".to_owned(),
        Ecr::EcrEnhancedWithoutInspector { .. } => {
            "The registry is ENHANCED, but nothing scans its images: Inspector's ECR type is off.".to_owned()
        }
        Ecr::EcrChangeBlockedByPolicy { blocked } => {
            format!("An organization policy refuses changes of Inspector: {}.", names(blocked))
        }
        Ecr::EcrChangeBlockedByAdministrator { .. } => {
            "Only the delegated administrator can switch image scanning off here.".to_owned()
        }
        Ecr::EcrContinuousScan { repositories, scope: Scope::Some, .. } => {
            format!("{} re-scanned continuously.", names_are(repositories))
        }
        Ecr::EcrContinuousScan { repositories, .. } => {
            format!("Every repository ({}) is re-scanned continuously.", repositories.len())
        }
        Ecr::EcrRescanDurationLong { durations, .. } => {
            let by = |start| match start {
                WindowStart::Push => "their push",
                WindowStart::Pull => "their last pull or use",
            };
            let long: Vec<String> =
                durations.iter().map(|one| format!("{} after {}", one.duration, by(one.by))).collect();
            format!("Images stay under re-scans for long: {}.", names(&long))
        }
        Ecr::EcrPullRenewsScanWindow { window, .. } => {
            let window =
                window.as_deref().map(|window| format!(" ({})", brief(window, MAX_NAME_COLUMNS))).unwrap_or_default();
            format!("Every pull, also by machines, renews an image's re-scan window{window}.")
        }
        Ecr::EcrRepositoriesUnscanned { repositories, scan_type } => {
            let how = if *scan_type == Some(Setting::Enhanced) {
                "; under ENHANCED not by hand either"
            } else {
                " automatically"
            };
            format!("{} never scanned{how}.", names_are(repositories))
        }
        Ecr::EcrScanRulesOverlap { repositories, continuous_wins } => {
            let wins = if *continuous_wins { "; CONTINUOUS_SCAN wins" } else { "" };
            format!("Both scanning rules match {}{wins}.", names(repositories))
        }
        Ecr::EcrFilterSubstring { filters } => {
            let each = filters.iter().map(|(filter, also)| {
                format!("{} also matches {}", quoted(&brief(filter, MAX_NAME_COLUMNS)), names(also))
            });
            let each: Vec<String> = each.collect();
            let more = each.len().saturating_sub(NAMED);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            format!("The filter {}{more}.", each.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; the filter "))
        }
        Ecr::EcrRepositorySettingIgnored { repositories } => {
            format!("The scan-on-push setting of {} has no effect.", names(repositories))
        }
        Ecr::EcrStaleImagesScanned { images, .. } => format!(
            "{} that nobody pulls or runs are still re-scanned: {}.",
            count(total(images.values()), "image", "images"),
            names(&images.keys().cloned().collect::<Vec<_>>())
        ),
        Ecr::EcrImagesExpiredFromScan { images, in_use } => {
            let run = in_use.filter(|run| *run > 0).map(|run| format!(", and {} of them run", grouped(run)));
            format!("{} out of re-scans{}.", are(*images, "image is", "images are"), run.unwrap_or_default())
        }
        Ecr::EcrInUseUntracked { images, .. } => format!(
            "{} pulled lately, yet out of re-scans: {}.",
            are(total(images.values()), "image was", "images were"),
            names(&images.keys().cloned().collect::<Vec<_>>())
        ),
        Ecr::InspectorAllTypesEnabled { .. } => {
            "EC2, ECR and Lambda are all scanned, each for a fee of its own.".to_owned()
        }
        Ecr::InspectorFreeTrial { types, .. } => format!("Inspector's free trial still runs for {}.", names(types)),
    }
}

fn total<'a>(numbers: impl Iterator<Item = &'a u64>) -> u64 {
    numbers.fold(0, |sum, number| sum.saturating_add(*number))
}

fn are(number: u64, one: &str, more: &str) -> String {
    count(number, one, more)
}

/// `prod/api, nonprod/api and 3 more`.
fn names(all: &[String]) -> String {
    let named: Vec<String> = all.iter().take(NAMED).map(|name| brief(name, MAX_NAME_COLUMNS)).collect();
    match all.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn names_are(all: &[String]) -> String {
    format!("{} {}", names(all), if all.len() == 1 { "is" } else { "are" })
}

/// Bytes for people: `4.5 TiB`, `512 GiB`, `0.3 GiB`.
fn size(bytes: u64) -> String {
    let gib = bytes_to_gib(bytes);
    let (number, unit) = if gib >= GIB_PER_TIB { (gib / GIB_PER_TIB, "TiB") } else { (gib, "GiB") };
    let places = u32::from(number < Decimal::ONE_HUNDRED);
    let rounded = number.round_dp(places);
    // What is there is never nothing.
    let rounded = if rounded.is_zero() && bytes > 0 { number.round_sf(1).unwrap_or(number) } else { rounded };
    format!("{} {unit}", grouped_decimal(rounded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(10 << 40), "10 TiB");
        assert_eq!(size(4608 << 30), "4.5 TiB");
        assert_eq!(size(512 << 30), "512 GiB");
        assert_eq!(size(1 << 20), "0.001 GiB");
        assert_eq!(size(0), "0 GiB");
    }

    #[test]
    fn long_lists_name_three() {
        let all: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(names(&all), "a, b, c and 2 more");
        assert_eq!(names_are(&all[..1]), "a is");
    }
}
