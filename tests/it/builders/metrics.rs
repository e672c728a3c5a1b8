//! Series of `StorageBytes` and of reads for the file system of [`super::efs`].

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{
    AssociationRun, EfsMetrics, FileSystemMetrics, HostMount, HostMounts, MountKind, Observed, Point, Presence,
    Section, Target,
};

use super::efs::{TIB, exposed, now, with, with_file_system};

/// Seconds of one point.
pub(crate) const PERIOD: u32 = 14_400;
/// Points of 30 days.
pub(crate) const POINTS: usize = 180;

/// The time of one point, from 0 = 30 days before the end.
pub(crate) fn at(number: usize) -> DateTime<Utc> {
    let number = i64::try_from(number).expect("a small number");
    now() - Duration::days(30) + Duration::seconds(number * i64::from(PERIOD))
}

/// Points of one class.
pub(crate) fn points(count: usize, value: impl Fn(usize) -> u64) -> Vec<Point> {
    (0..count).map(|number| Point { at: at(number), value: value(number) }).collect()
}

/// Standard and IA over 30 days, as (standard, IA) by number.
pub(crate) fn classes(value: impl Fn(usize) -> (u64, u64)) -> FileSystemMetrics {
    FileSystemMetrics {
        standard: points(POINTS, |number| value(number).0),
        ia: points(POINTS, |number| value(number).1),
        archive: points(POINTS, |_| 0),
        ..FileSystemMetrics::default()
    }
}

/// From `step` on, `moved` bytes of IA's 10 TiB are in Standard, of which another `written` became or went.
pub(crate) fn step(step: usize, moved: u64, risen: u64) -> FileSystemMetrics {
    classes(|number| if number < step { (TIB, 10 * TIB) } else { (TIB + risen, 10 * TIB - moved) })
}

/// The whole section, of one file system.
pub(crate) fn metrics(series: FileSystemMetrics) -> EfsMetrics {
    EfsMetrics {
        from: Some(at(0)),
        to: Some(now()),
        period: PERIOD,
        requested: 4,
        file_systems: [("fs-0a".to_owned(), series)].into(),
    }
}

/// The exposed target, whose file system has these series and the sizes at their end.
pub(crate) fn measured(series: FileSystemMetrics) -> Target {
    let last = |points: &[Point]| points.iter().max().map(|point| point.value);
    let (standard, ia, archive) = (last(&series.standard), last(&series.ia), last(&series.archive));
    let target = with(exposed(), |target| target.evidence.efs_metrics = Section::Complete(metrics(series)));
    with_file_system(target, |fs| {
        fs.size.total = None;
        fs.size.standard = standard.or(fs.size.standard);
        fs.size.ia = ia.or(fs.size.ia);
        fs.size.archive = archive;
    })
}

/// Runs every six hours, from `from` to the end.
pub(crate) fn runs(from: DateTime<Utc>) -> Section<Observed<AssociationRun>> {
    let times = std::iter::successors(Some(from), |at| Some(*at + Duration::hours(6))).take_while(|at| *at < now());
    let rows = times.map(|at| AssociationRun { at, status: "Success".into() }).collect();
    Section::Complete(Observed { rows, truncated: None })
}

/// A host with one mount.
pub(crate) fn host(instance: &str, mount: HostMount) -> HostMounts {
    HostMounts { instance_id: instance.into(), observed_at: Some(now()), mounts: vec![mount], ..HostMounts::default() }
}

/// A mount of the file system.
pub(crate) fn efs_mount(packages: Option<u64>) -> HostMount {
    HostMount {
        kind: MountKind::Efs,
        presence: Presence::Mounted,
        file_system_id: Some("fs-0a".into()),
        mount_point: Some("/mnt/shared".into()),
        source: "127.0.0.1:/".into(),
        packages_listed: packages,
        ..HostMount::default()
    }
}

/// Hosts as the probe saw them.
pub(crate) fn seen(rows: Vec<HostMounts>) -> Section<Observed<HostMounts>> {
    Section::Complete(Observed { rows, truncated: None })
}

/// A mount of a bucket.
pub(crate) fn s3(presence: Presence) -> HostMount {
    HostMount {
        kind: MountKind::S3Fuse,
        presence,
        mount_point: Some("/data".into()),
        source: "assets-111122223333".into(),
        tool: Some("mount-s3".into()),
        ..HostMount::default()
    }
}
