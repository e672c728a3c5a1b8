//! What was seen.

use super::mount::{item, items, kind};
use super::reads::scan_reads;
use super::{RIVALS, day, days, gib, instances};
use crate::model::BucketRequests;
use crate::price::S3_PRICES_OF;
use crate::render::text::{count, grouped};
use crate::render::words::efs_money::scan_basis;
use crate::report::v1;
use crate::rules::finding::efs::{
    Admission, Admitted, ColdDataSeen, Evidence, Fall, NotExposed, NotRead, S3Asked, S3Mount, SeenInside, SourceState,
    TooLittle,
};

/// One piece of evidence.
pub(in crate::render::words) fn evidence(evidence: &Evidence) -> v1::Evidence {
    let (kind, detail) = match evidence {
        Evidence::Schedule(basis) => ("schedule", scan_basis(basis)),
        Evidence::ScannerSeenInside(seen) => ("scanner_seen_inside", seen_inside(seen)),
        Evidence::Mount { instance, items: all } => {
            let kind = all.first().map_or("mount", |first| kind(&first.evidence));
            (kind, format!("{instance}: {}", items(all)))
        }
        Evidence::Conflict { instance, pro, contra } => {
            ("conflict", format!("{instance}: for a mount: {}; against it: {}", items(pro), items(contra)))
        }
        Evidence::ModelGap { instance } => (
            "model_gap",
            format!(
                "{instance}: no rule that was seen lets it in, and still it mounts the file system: what is known of \
                 the network is wrong or too little"
            ),
        ),
        Evidence::NfsClient { package, installed, listed } => (
            "nfs_client",
            format!("{package} is installed on {installed} of the {listed} instances listed, says SSM's inventory"),
        ),
        Evidence::Connections(connected) => (kind(&connected.evidence), item(connected)),
        Evidence::Admission(rule) => ("reachability", admission(rule)),
        Evidence::MoreAdmissions(more) => ("reachability", format!("and {more} more rules that admit instances")),
        Evidence::ForeignClient { account } => (
            "foreign_client",
            format!(
                "a mount target's group admits a group of account {account}: its instances are judged only in that \
                 account"
            ),
        ),
        Evidence::NotExposed { why, instances: number } => {
            ("not_exposed", format!("{}: {}", instances(*number), not_exposed(*why)))
        }
        Evidence::DefaultHostManagement { role } => (
            "default_host_management",
            format!(
                "default host management is on with the role {role}: new instances become managed nodes by themselves"
            ),
        ),
        Evidence::ScanReads(reads) => ("scan_reads", scan_reads(*reads)),
        Evidence::ColdData(seen) => ("metrics", cold_data(seen)),
        Evidence::ScannerLimit { instance } => (
            "scanner_limit",
            format!("deep inspection met its limits on {instance}: it walked something large (a weak sign)"),
        ),
        Evidence::LastRun(at) => ("schedule", format!("the scan's association last ran at {}", at.to_rfc3339())),
        Evidence::VmScannerSince(at) => {
            ("vm_scanner", format!("the VM Scanner has been active since {}", at.to_rfc3339()))
        }
        Evidence::NotWalked { instances: number } => (
            "coverage",
            format!(
                "{}: DEEP_INSPECTION_NO_INVENTORY, the plugin has never reported, so no walk has happened there yet; \
                 repairing its cause starts it",
                instances(*number)
            ),
        ),
        Evidence::ScannedDespiteTag { instances: number } => (
            "vm_scanner",
            format!(
                "{} excluded in full by tag and metadata tags, which stops the plugin; the VM Scanner is active there, \
                 and no AWS document says that the tag stops its own timer, so nothing proves that it reads or that it \
                 does not",
                instances(*number)
            ),
        ),
        Evidence::ScanPaths(paths) => ("scan_path", format!("custom paths of deep inspection: {}", paths.join(", "))),
        Evidence::Sources(sources) => {
            let each = sources.iter().map(|(section, state)| format!("{section} {}", source_state(*state)));
            ("sources", each.collect::<Vec<_>>().join(", "))
        }
        Evidence::RivalExplanation => ("rival_explanation", RIVALS.to_owned()),
        Evidence::ExposedTo { file_systems, more: 0 } => ("exposed_to", file_systems.join(", ")),
        Evidence::ExposedTo { file_systems, more } => {
            ("exposed_to", format!("{} and {more} more", file_systems.join(", ")))
        }
        Evidence::TagKeys(keys) => ("tag_keys", quoted(keys)),
        Evidence::S3Mount(mount) => ("s3_mount", s3_mount(mount)),
        Evidence::MoreS3Mounts(more) => ("s3_mount", format!("and {more} more")),
        Evidence::S3Requests(asked) => ("s3_requests", s3_requests(asked)),
        Evidence::NoS3Metrics { bucket } => (
            "s3_requests",
            format!("{bucket} has no request metrics in CloudWatch, so what it was asked for is not known"),
        ),
        Evidence::S3FilesMetering => (
            "s3_files_metering",
            "S3 Files: the first listing of a directory writes 4 KiB of metadata for each file in it and copies small \
             files in, at least 32 KiB each, which are stored for 30 days; later ones are read as metadata"
                .to_owned(),
        ),
    };
    v1::Evidence::new(kind, detail)
}

/// Tag keys, which may hold anything, in quotes.
pub(super) fn quoted(keys: &[String]) -> String {
    keys.iter().map(|key| format!("{key:?}")).collect::<Vec<_>>().join(", ")
}

/// Where Inspector was seen.
pub(super) fn seen_inside(seen: &SeenInside) -> String {
    match seen {
        SeenInside::Package { mount_point, instance } => {
            format!("Inspector reports a package below the mount point {mount_point} of {instance}")
        }
        SeenInside::EcsVolume { directory, instance } => {
            format!("Inspector reports a package in the ECS volume {directory} of {instance}")
        }
        SeenInside::PluginList { instance, mount_point } => {
            let at = mount_point.as_deref().unwrap_or("an unknown place");
            format!("on {instance} Inspector's plugin has listed packages below the mount point {at}")
        }
    }
}

fn admission(rule: &Admission) -> String {
    let Admission { group, admits } = rule;
    match admits {
        Admitted::Net(net) => format!("{group} admits {net} on TCP 2049"),
        Admitted::Itself => format!("{group} admits itself on TCP 2049"),
        Admitted::Group(other) => format!("{group} admits {other} on TCP 2049"),
    }
}

fn not_exposed(why: NotExposed) -> &'static str {
    match why {
        NotExposed::Stopped => "not running",
        NotExposed::NotOnline => "managed by SSM but not Online",
        NotExposed::NotManaged => "not managed by SSM and not scanned by the VM Scanner",
        NotExposed::Excluded => "excluded in full by tag and metadata tags",
        NotExposed::Windows => "Windows, which cannot mount EFS",
        NotExposed::NotMounted => "could reach it, but evidence of the instance says that it does not mount it",
        NotExposed::NobodyConnected => "could reach it, but nobody was connected to it for 24 hours",
    }
}

fn source_state(state: SourceState) -> &'static str {
    match state {
        SourceState::Used => "used",
        SourceState::Empty => "empty",
        SourceState::Denied => "denied",
        SourceState::Truncated => "truncated",
        SourceState::NotApplicable => "not_applicable",
    }
}

fn cold_data(seen: &ColdDataSeen) -> String {
    match seen {
        ColdDataSeen::NotRead(why) => format!("whether cold data has moved is not known: {}", not_read(why)),
        ColdDataSeen::Moved(fall) => format!(
            "{} cold GiB moved to Standard since {} (see efs-recall-observed)",
            gib(fall.moved_bytes),
            day(fall.began)
        ),
        ColdDataSeen::Mixed(fall) => mixed(fall),
        ColdDataSeen::Deleted(fall) => format!(
            "cold data fell by {} GiB since {} and Standard rose by {} GiB only: it was deleted",
            gib(fall.fallen_bytes),
            day(fall.began),
            gib(fall.risen_bytes)
        ),
        ColdDataSeen::NotSeen { days: number } => {
            format!("no move seen in {} of StorageBytes; what moved before would not show", days(*number))
        }
        ColdDataSeen::Unknown(why) => format!("whether cold data has moved cannot be told: {}", too_little(why)),
    }
}

/// A fall of which Standard took a part.
pub(super) fn mixed(fall: &Fall) -> String {
    format!(
        "cold data fell by {} GiB since {} while Standard rose by {} GiB: some of it moved, or was deleted while other \
         files were written",
        gib(fall.fallen_bytes),
        day(fall.began),
        gib(fall.risen_bytes)
    )
}

fn not_read(why: &NotRead) -> String {
    match why {
        NotRead::Series(message) => message.clone(),
        NotRead::NotCollected => "no metrics of it were collected".to_owned(),
        NotRead::Runs(message) => runs_unknown(message),
    }
}

/// Why the runs of the scan are not known.
pub(super) fn runs_unknown(message: &str) -> String {
    format!("how often the scan ran is not known: {message}")
}

/// Why metrics do not say.
pub(super) fn too_little(why: &TooLittle) -> String {
    match why {
        TooLittle::NoSeries => {
            "CloudWatch has no StorageBytes of it, or not of all classes at the same times".to_owned()
        }
        TooLittle::NoColdSeries => {
            "CloudWatch has no StorageBytes of IA or Archive, though EFS says that data is cold".to_owned()
        }
        TooLittle::Ended(at) => format!("StorageBytes ends at {}", at.to_rfc3339()),
        TooLittle::Incomplete(message) => format!("CloudWatch gave part of the data: {message}"),
        TooLittle::Short { days: covered, needed } => {
            format!("StorageBytes covers only {}, and {needed} are needed: scan again then", days(*covered))
        }
        TooLittle::FirstScan(at) => {
            format!("the first known scan is of {}, less than 48 hours before", at.to_rfc3339())
        }
        TooLittle::FewRuns { known, needed } => {
            let known = count(u64::try_from(*known).unwrap_or(u64::MAX), "run", "runs");
            format!("only {known} of the scan known, and {needed} are needed")
        }
    }
}

fn s3_requests(asked: &S3Asked) -> String {
    let S3Asked { bucket, filter, days: covered, list, head, get, cost, incomplete } = asked;
    let part = if filter == BucketRequests::ENTIRE_BUCKET {
        String::new()
    } else {
        format!(" (metrics configuration {filter})")
    };
    let short =
        incomplete.as_ref().map_or_else(String::new, |why| format!("; CloudWatch gave part of the data: {why}"));
    format!(
        "{bucket}{part} was asked for {} LIST, {} HEAD and {} GET in {} by all its clients, about {} at S3 Standard's list \
         price in {S3_PRICES_OF}: the scan's share is at most that{short}",
        grouped(*list),
        grouped(*head),
        grouped(*get),
        days(*covered),
        cost.display()
    )
}

fn s3_mount(mount: &S3Mount) -> String {
    let bucket = if mount.bucket.is_empty() { "a bucket" } else { &mount.bucket };
    let at = mount.mount_point.as_deref().map_or_else(String::new, |point| format!(" at {point}"));
    let tool = if mount.is_s3_files { Some("Amazon S3 Files") } else { mount.tool.as_deref() };
    let tool = tool.map_or_else(String::new, |tool| format!(" with {tool}"));
    let when = if mount.is_on_demand { ", mounted on demand" } else { "" };
    format!("{bucket}{at}{tool}{when}")
}
