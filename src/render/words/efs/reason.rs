//! Headlines and stories.

use super::evidence::{quoted, seen_inside};
use super::reads::{bytes, proof, scans};
use super::{RIVALS, day, days, gib, instances, policy};
use crate::model::LifecycleConfiguration;
use crate::price::MissingPrice;
use crate::render::text::{count, short_usd};
use crate::render::words::advice::recovery;
use crate::render::words::told::Told;
use crate::rules::finding::efs::{ColdOnce, Fall, NotTheReader, Reason, ScanReads, ScanSign, ScanStart};
use crate::rules::{
    ConditionState, Cost, Exclusion, Finding, InstanceCounts, InstanceRef, MonthlyUsd, NoFigure, ScanScope,
};

/// The conflict that every finding about a file system states.
const CONFLICT: &str = "AWS's documents say that Inspector's agent-based scan skips network mounts; AWS Support is \
                        quoted as saying that it reads them, and";

/// What the headline adds where every instance is excluded in full: only the VM Scanner could read.
const DESPITE_TAG: &str = " (excluded by tag, but no document says that the tag stops the VM Scanner)";

/// Whether all instances, the strongest mounts of them at least, are excluded in full.
fn is_excluded(instances: &[InstanceRef]) -> bool {
    !instances.is_empty() && instances.iter().all(|instance| instance.exclusion == Exclusion::Full)
}

/// Headline and story.
pub(in crate::render::words) fn reason(reason: &Reason, finding: &Finding) -> Told {
    let id = finding.resource.id.as_str();
    let missing = match &finding.no_figure {
        Some(NoFigure::MissingPrice(missing)) => Some(missing),
        _ => None,
    };
    let contested = |(title, story): (String, String), reads: ScanReads, missing: Option<&MissingPrice>| {
        let price = missing.map(price_remedy).unwrap_or_default();
        let title = if is_excluded(&finding.instances) { format!("{title}{DESPITE_TAG}") } else { title };
        (title, format!("{story} {}{price}", conflict(reads, &finding.instances)))
    };
    let (title, message) = match reason {
        Reason::ExclusionMetadataOnly => (
            format!("{id} is half excluded, which has no effect"),
            format!(
                "The tags of {id} are readable in its metadata, but the tag InspectorEc2Exclusion is not among them: it \
                 is scanned like any other."
            ),
        ),
        Reason::ExclusionTagIneffective => (
            format!("{id} looks excluded and is still scanned"),
            format!(
                "{id} carries the tag InspectorEc2Exclusion, so Inspector reports nothing about it; but its tags are \
                 not readable in the instance metadata, so the plugin is still invoked."
            ),
        ),
        Reason::MetadataTagsBlocked { tag_keys } => (
            format!("{id} cannot be excluded: its tag keys block metadata tags"),
            format!(
                "Enabling metadata tags on {id} would fail because of the tag keys {}, and without metadata tags the \
                 exclusion tag does not stop the scan.",
                quoted(tag_keys)
            ),
        ),
        Reason::S3MountScanned { mounts, s3_files } => {
            let mounts = count(u64::try_from(*mounts).unwrap_or(u64::MAX), "S3 mount", "S3 mounts");
            let files = if *s3_files > 0 {
                " S3 Files bills access to its file system, and to list a directory is one: a scan that opens no file is billed \
                 too."
            } else {
                ""
            };
            (
                format!("{id} is scanned by Inspector and has {mounts}"),
                format!(
                    "Inspector's agent scans {id}, which has {mounts}. If the scan walks them, S3 bills LIST, HEAD and \
                     GET requests at each scan. AWS's documents say that S3 mounts are skipped; field reports say that \
                     requests were billed.{files}"
                ),
            )
        }
        Reason::EfsTierRecall { ia_bytes, archive_bytes, reads } => {
            let cold = gib(ia_bytes.saturating_add(*archive_bytes));
            contested(on_paper(tier_recall(&cold, finding), *reads, &cold), *reads, missing)
        }
        Reason::EfsColdReadCharges { ia_bytes, archive_bytes, reads } => {
            let cold = gib(ia_bytes.saturating_add(*archive_bytes));
            contested(on_paper(cold_read_charges(&cold, finding), *reads, &cold), *reads, missing)
        }
        Reason::EfsTieringPinned { standard_bytes, policy, cold_once, reads } => {
            contested(tiering_pinned(*standard_bytes, policy.as_ref(), cold_once, finding), *reads, missing)
        }
        Reason::EfsExposureDormant { missing_price, reads } => {
            contested(exposure_dormant(finding), *reads, missing_price.as_ref())
        }
        Reason::EfsElasticReads { data_bytes, metadata_bytes, reads } => {
            contested(elastic_reads(*data_bytes, *metadata_bytes, finding), *reads, missing)
        }
        Reason::EfsColdDataMoved { fall, why, returns_on_read } => {
            let (title, story) = cold_data_moved(fall, *why, finding);
            let price = missing.map(price_remedy).unwrap_or_default();
            (title, format!("{story} {}{price}", returns(*returns_on_read)))
        }
        Reason::EfsRecallObserved { fall, is_scanned_now, sign, returns_on_read, recovery: after, reads } => {
            let (title, seen) = recall_observed(fall, *is_scanned_now, finding);
            let story = [seen, cause(sign, fall), returns(*returns_on_read).to_owned(), recovery(*after)].join(" ");
            contested((title, story), *reads, missing)
        }
    };
    Told { title, message }
}

/// `about $12.50` or `up to $3,407.87`, a month, between two pieces of text; nothing without a figure.
fn monthly(finding: &Finding, before: &str, after: &str) -> String {
    let said = |monthly: MonthlyUsd| {
        let word = if monthly.likely.is_some() { "about" } else { "up to" };
        format!("{before}{word} {}{after}", short_usd(monthly.deciding()))
    };
    finding.cost.as_ref().map_or_else(String::new, |cost| said(cost.monthly_usd))
}

/// `, $12.50 a month more`: what was measured.
fn paid(finding: &Finding) -> String {
    let said = |cost: &Cost| format!(", {} a month more", short_usd(cost.monthly_usd.deciding()));
    finding.cost.as_ref().map_or_else(String::new, said)
}

fn tier_recall(cold: &str, finding: &Finding) -> (String, String) {
    let monthly = monthly(finding, ", ", " a month more");
    let title = format!("{cold} cold GiB return to Standard when Inspector's scan reads them{monthly}");
    let story = format!(
        "{}. Its lifecycle configuration moves a file to Standard as soon as it is read, and {cold} GiB are in IA or \
         Archive.",
        who_mounts(finding.instance_counts, &finding.resource.id),
    );
    (title, story)
}

fn cold_read_charges(cold: &str, finding: &Finding) -> (String, String) {
    let monthly = monthly(finding, ", ", " a month");
    let title = format!("Each scan by Inspector is billed for what it reads of {cold} cold GiB{monthly}");
    let story = format!(
        "{}. {cold} GiB are in IA or Archive and stay there when they are read: each scan is billed for what it reads of \
         them.",
        who_mounts(finding.instance_counts, &finding.resource.id),
    );
    (title, story)
}

/// The title of what happens on paper alone.
fn on_paper((title, story): (String, String), reads: ScanReads, cold: &str) -> (String, String) {
    let title = match reads {
        ScanReads::MovedNothing { runs, days: over, .. } => {
            format!("Exposed on paper: {} in {} have moved nothing of {cold} cold GiB", scans(runs), days(over))
        }
        ScanReads::OpenedNothing { runs, days: over, .. } => {
            format!("Exposed on paper: {} in {} have read next to nothing of {cold} cold GiB", scans(runs), days(over))
        }
        _ => title,
    };
    (title, story)
}

fn elastic_reads(data: u64, metadata: Option<u64>, finding: &Finding) -> (String, String) {
    let monthly = monthly(finding, ", ", " a month");
    let title = format!("Elastic throughput bills the reads of Inspector's scan{monthly}");
    let metadata = match metadata {
        Some(metadata) => format!(" and {} of metadata", bytes(metadata)),
        None => ", and metadata that was not measured,".to_owned(),
    };
    let story = format!(
        "{}. Elastic throughput bills every read, cold or not: {} of data{metadata} in 30 days, by whomever.",
        who_mounts(finding.instance_counts, &finding.resource.id),
        bytes(data),
    );
    (title, story)
}

fn cold_data_moved(fall: &Fall, why: NotTheReader, finding: &Finding) -> (String, String) {
    let (began, paid) = (day(fall.began), paid(finding));
    let not_it = match why {
        NotTheReader::ScanningOff | NotTheReader::NobodyExposed => "which Inspector does not scan now",
        NotTheReader::NotAligned { .. } => "which Inspector was not seen to read",
    };
    let why = match why {
        NotTheReader::ScanningOff => "Inspector's scan of EC2 is off, so it is not the reader now".to_owned(),
        NotTheReader::NobodyExposed => {
            "No instance that Inspector scans may mount it, so its scan is not the reader now".to_owned()
        }
        NotTheReader::NotAligned { runs, smallest_seen } => format!(
            "Inspector's scan was not seen to read it: in {} of it no more was read than at other times, and {} a run would \
             have been seen",
            count(u64::try_from(runs).unwrap_or(u64::MAX), "run", "runs"),
            bytes(smallest_seen)
        ),
    };
    let story = format!(
        "{} GiB left IA and Archive on {} while Standard grew by {} GiB, beginning on {began} (first step in the period \
         from {}){paid}. {why}: {RIVALS}.",
        gib(fall.fallen_bytes),
        finding.resource.id,
        gib(fall.risen_bytes),
        first_period(fall),
    );
    (format!("{} cold GiB have moved to Standard since {began}, {not_it}{paid}", gib(fall.moved_bytes)), story)
}

fn tiering_pinned(
    standard_bytes: u64,
    set: Option<&LifecycleConfiguration>,
    once: &ColdOnce,
    finding: &Finding,
) -> (String, String) {
    let (title, now) = cold_once(once, &gib(standard_bytes));
    let story = format!(
        "{} has the policy {} and is older than its age. {now} {}: the scan may be restarting the timers of the files \
         that it reads, or people simply use them.",
        finding.resource.id,
        policy(set),
        who_mounts(finding.instance_counts, "it"),
    );
    (title, story)
}

fn exposure_dormant(finding: &Finding) -> (String, String) {
    let sleeping = instances(finding.instance_counts.total());
    let monthly = monthly(finding, " (", " a month)");
    let story = format!(
        "No running instance is exposed to {}. {sleeping} stopped or not Online could mount it; if one returned, the \
         figures below would begin. They are in no total.",
        finding.resource.id
    );
    (format!("Not exposed now, but would be if {sleeping} returned{monthly}"), story)
}

fn recall_observed(fall: &Fall, is_scanned_now: bool, finding: &Finding) -> (String, String) {
    let counts = finding.instance_counts;
    let (began, paid) = (day(fall.began), paid(finding));
    let readers = if is_scanned_now {
        who_mounts(counts, "it")
    } else {
        format!("{} stopped or not Online could mount it again", instances(counts.total()))
    };
    let story = format!(
        "{} GiB left IA and Archive on {} while Standard grew by {} GiB, beginning on {began} (first step in the period \
         from {}){paid}. {readers}.",
        gib(fall.fallen_bytes),
        finding.resource.id,
        gib(fall.risen_bytes),
        first_period(fall),
    );
    (format!("{} cold GiB have moved to Standard since {began}{paid}", gib(fall.moved_bytes)), story)
}

/// The conflict, what settles it here, and what is known of the mount points and the paths that are scanned.
fn conflict(reads: ScanReads, instances: &[InstanceRef]) -> String {
    let proof = proof(reads);
    let with = |scope: ScanScope| instances.iter().find(|instance| instance.scan_scope == scope);
    let named = |instance: &InstanceRef| {
        let point = instance.mount_point.as_deref().unwrap_or("its mount point");
        format!("The mount point {point} of {}", instance.id)
    };
    let scope = match (with(ScanScope::Inside), with(ScanScope::Outside)) {
        (Some(inside), _) => {
            format!("{} lies in a path that deep inspection is documented to scan.", named(inside))
        }
        (None, Some(outside)) => format!(
            "{} lies outside the documented scan paths: only the report from the field says that it is scanned.",
            named(outside)
        ),
        (None, None) => "Whether the mount point lies inside a scanned path is not known.".to_owned(),
    };
    format!("{CONFLICT} {proof} {scope}")
}

/// Which price is missing, and how to supply it.
fn price_remedy(missing: &MissingPrice) -> String {
    let MissingPrice { service, region, dimension } = missing;
    format!(" No figure: the price table has no {service} rate {dimension} for {region}. Supply it with --prices FILE.")
}

/// Who mounts, or could mount, a file system.
fn who_mounts(counts: InstanceCounts, file_system: &str) -> String {
    let scanned = |number: u64, verb: &str| format!("{} scanned by Inspector {verb}", instances(number));
    let known = counts.confirmed + counts.likely;
    let mut text = match (counts.confirmed, counts.likely) {
        (0, 0) => return format!("{} {file_system}", scanned(counts.possible, "could mount")),
        (0, 1) => format!("{} {file_system}", scanned(1, "most likely mounts")),
        (0, likely) => format!("{} {file_system}", scanned(likely, "most likely mount")),
        (1, 0) => format!("{} {file_system}", scanned(1, "mounts")),
        (confirmed, 0) => format!("{} {file_system}", scanned(confirmed, "mount")),
        (_, likely) => format!("{} {file_system}, {likely} of them most likely", scanned(known, "mount")),
    };
    if counts.possible > 0 {
        text = format!("{text}; {} more could", counts.possible);
    }
    text
}

/// The title, and what is cold now, of a file system with `standard` GiB on which nothing is cold.
fn cold_once(once: &ColdOnce, standard: &str) -> (String, String) {
    match once {
        ColdOnce::Moved(fall) => {
            let moved = gib(fall.moved_bytes);
            (
                format!("{moved} cold GiB are back in Standard, and nothing of {standard} GiB is cold now"),
                format!(
                    "{moved} GiB that it had tiered have moved back to Standard since {} (see efs-recall-observed), and \
                     nothing of the {standard} GiB there is cold now.",
                    day(fall.began)
                ),
            )
        }
        ColdOnce::Gone(fall) => (
            format!("Nothing of {standard} GiB is cold now, although the lifecycle policy tiers"),
            format!(
                "{} cold GiB have gone since {}, and nothing of the {standard} GiB in Standard is cold now.",
                gib(fall.fallen_bytes),
                day(fall.began)
            ),
        ),
        ColdOnce::NothingSeen => (
            format!("The lifecycle policy has tiered none of {standard} GiB"),
            format!("Still nothing of its {standard} GiB is cold."),
        ),
    }
}

/// The period of the first step, e.g. `2026-11-07 08:00 to 12:00 UTC`.
fn first_period(fall: &Fall) -> String {
    let (from, to) = (fall.began, fall.ended);
    let to = to.format(if from.date_naive() == to.date_naive() { "%H:%M" } else { "%Y-%m-%d %H:%M" });
    format!("{} to {to} UTC", from.format("%Y-%m-%d %H:%M"))
}

/// What points to the scan, or that nothing does.
fn cause(sign: &ScanSign, fall: &Fall) -> String {
    match sign {
        ScanSign::Onset(onset) => {
            let what = match onset.what {
                ScanStart::VmScannerActivated => "the VM Scanner was activated",
                ScanStart::AssociationFirstRan => "the scan's association first ran",
            };
            let within = if onset.at < fall.began { "at most 24 hours before it" } else { "within that period" };
            format!("In step with that, {what} at {}, {within}; still, {RIVALS}.", onset.at.to_rfc3339())
        }
        ScanSign::SeenInside(seen) => format!("The scanner was seen inside ({}); still, {RIVALS}.", seen_inside(seen)),
        ScanSign::None => format!("No sign of the scan itself was seen at its beginning or inside: {RIVALS}."),
    }
}

/// A read moves a file only where the policy says so.
fn returns(on_read: ConditionState) -> &'static str {
    match on_read {
        ConditionState::Met => "TransitionToPrimaryStorageClass is AFTER_1_ACCESS, so one read of a file is enough.",
        ConditionState::NotMet => {
            "TransitionToPrimaryStorageClass is not set now, so reads move nothing: the policy was changed since, or \
             the files were rewritten."
        }
        ConditionState::Unknown => {
            "Whether a read moves a file is not known: the lifecycle configuration was not read or not understood."
        }
    }
}
