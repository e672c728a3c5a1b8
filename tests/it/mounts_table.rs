//! Saved mount tables: every form in which a file system shows up on real hosts, in each of the three formats.

use chrono::{DateTime, Utc};
use inspector_audit::model::{HostMount, HostMounts, MountKind, Presence};
use inspector_audit::mounts::table::{TableError, parse};
use serde_json::json;

const INSTANCE: &str = "i-0123456789abcdef0";
const EFS: &str = "fs-0aaaaaaaaaaaaaaa1";
/// What the kernel prints after the version, as on any host.
const NFS: &str = "rsize=1048576,wsize=1048576,namlen=255,hard,noresvport,proto=tcp,timeo=600,retrans=2,sec=sys";

fn at() -> DateTime<Utc> {
    "2026-11-21T03:04:05Z".parse().expect("a time")
}

/// A row: source, mount point, type, options.
type Line<'a> = (&'a str, &'a str, &'a str, &'a str);

const ROOT: Line<'static> = ("/dev/nvme0n1p1", "/", "xfs", "rw,noatime");

fn proc_mounts(rows: &[Line<'_>]) -> String {
    let line = |(source, point, fstype, options): &Line<'_>| format!("{source} {point} {fstype} {options} 0 0\n");
    rows.iter().map(line).collect::<Vec<_>>().concat()
}

fn mountinfo(rows: &[Line<'_>]) -> String {
    let line = |(index, (source, point, fstype, options)): (usize, &Line<'_>)| {
        format!("{} 1 0:{index} / {point} rw,relatime shared:{index} - {fstype} {source} {options}\n", 30 + index)
    };
    rows.iter().enumerate().map(line).collect::<Vec<_>>().concat()
}

fn findmnt(rows: &[Line<'_>]) -> String {
    let row = |(source, point, fstype, options): &Line<'_>| {
        let point = point.replace("\\040", " ");
        json!({ "target": point, "source": source, "fstype": fstype, "options": options })
    };
    let mut root = row(&rows[0]);
    root["children"] = rows[1..].iter().map(row).collect();
    json!({ "filesystems": [root] }).to_string()
}

fn read(text: &str) -> HostMounts {
    parse(INSTANCE, at(), text).expect("a table")
}

/// The host as all three formats tell it, which must be the same.
fn host(rows: &[Line<'_>]) -> HostMounts {
    let rows: Vec<Line<'_>> = std::iter::once(ROOT).chain(rows.iter().copied()).collect();
    let host = read(&proc_mounts(&rows));
    assert_eq!(host, read(&mountinfo(&rows)), "mountinfo");
    assert_eq!(host, read(&findmnt(&rows)), "findmnt");
    assert_eq!(host.instance_id, INSTANCE);
    assert_eq!(host.observed_at, Some(at()));
    assert_eq!(host.failed, None);
    host
}

/// The only mount of a table of one row.
fn one(source: &str, point: &str, fstype: &str, options: &str) -> (HostMount, Option<String>) {
    let mut host = host(&[(source, point, fstype, options)]);
    assert_eq!(host.mounts.len(), 1, "{host:#?}");
    (host.mounts.remove(0), host.incomplete)
}

#[test]
fn efs_is_known_by_its_dns_name() {
    for source in [
        format!("{EFS}.efs.us-east-2.amazonaws.com:/"),
        format!("{EFS}.efs.us-west-1.amazonaws.com:/some/folder"),
        format!("us-east-2a.{EFS}.efs.us-east-2.amazonaws.com:/"),
        format!("{EFS}.efs.cn-north-1.amazonaws.com.cn:/"),
        format!("{}.EFS.us-east-2.amazonaws.com:/", EFS.to_uppercase().replace("FS-0", "fs-0")),
    ] {
        let point = "/var/lib/ecs/volumes/ecs-web-3-data-c8ce89db";
        let (mount, incomplete) =
            one(&source, point, "nfs4", &format!("rw,vers=4.1,{NFS},clientaddr=10.7.7.2,addr=10.9.9.3"));
        assert_eq!((mount.kind, mount.presence), (MountKind::Efs, Presence::Mounted), "{source}");
        assert_eq!(mount.file_system_id.as_deref(), Some(EFS));
        assert_eq!(mount.address, None);
        assert_eq!(mount.mount_point.as_deref(), Some(point));
        assert_eq!(mount.source, source);
        assert_eq!(incomplete, None);
    }
}

#[test]
fn a_name_that_only_looks_like_efs_is_not_taken_for_it() {
    for source in [
        "files.efs.example.com:/",
        "fs-xyz.efs.us-east-1.amazonaws.com:/",
        "nas:/fs-0aaaaaaaaaaaaaaa1.efs.x",
        "a.b.fs-0aaaaaaaaaaaaaaa1.efs.x:/",
        "fs-0aaaaaaaaaaaaaaa1:/",
    ] {
        let (mount, incomplete) = one(source, "/mnt", "nfs4", "rw,vers=4.1");
        assert_eq!((mount.kind, mount.file_system_id), (MountKind::Unresolved, None), "{source}");
        assert!(incomplete.expect("unresolved").contains("/mnt"));
    }
}

#[test]
fn a_proxy_on_loopback_cannot_be_named_from_a_table() {
    for (source, point) in [
        ("127.0.0.1:/", "/var/lib/kubelet/one"),
        ("127.0.0.1:/", "/home/ec2-user/efs"),
        ("127.0.0.1:team--dev", "/var/lib/kubelet/pods/62515119/volumes/kubernetes.io~csi/team--dev/mount"),
        ("localhost:/", "/.efs"),
        ("[::1]:/", "/data"),
        ("efs-proxy.internal:/", "/by-name"),
    ] {
        let (mount, incomplete) = one(source, point, "nfs4", &format!("rw,vers=4.1,{NFS},port=20313,addr=127.0.0.1"));
        assert_eq!((mount.kind, mount.presence), (MountKind::Unresolved, Presence::Mounted), "{source}");
        assert_eq!((mount.file_system_id, mount.address), (None, None));
        let incomplete = incomplete.expect("absence proves nothing");
        assert!(incomplete.contains(&point[..point.len().min(80)]), "{incomplete}");
    }
}

#[test]
fn a_loopback_server_of_a_version_that_efs_lacks_is_not_efs() {
    for version in ["4.2", "3"] {
        let (mount, incomplete) =
            one("127.0.0.1:/", "/mnt/s3files", "nfs4", &format!("rw,vers={version},port=20563,addr=127.0.0.1"));
        assert_eq!(mount.kind, MountKind::OtherNfs);
        assert_eq!(incomplete, None);
    }
}

#[test]
fn an_address_is_left_to_the_rules() {
    for (source, options, address) in [
        ("10.9.9.3:/", "rw,vers=4.1", "10.9.9.3"),
        ("10.9.9.3:/", "rw,vers=4.1,addr=10.9.9.3", "10.9.9.3"),
        ("files.corp.example:/", "rw,vers=4.1,addr=192.168.124.98", "192.168.124.98"),
        ("[fd00::7]:/", "rw,vers=4.1", "fd00::7"),
        ("fd00::7:/", "rw,vers=4.1", "fd00::7"),
        ("one,two:/", "rw,vers=4.1,addr=::ffff:10.9.9.3", "10.9.9.3"),
    ] {
        let (mount, incomplete) = one(source, "/efs", "nfs4", options);
        assert_eq!(mount.kind, MountKind::Unresolved, "{source}");
        assert_eq!(mount.address, address.parse().ok(), "{source}");
        assert_eq!(incomplete, None, "{source}: an address can be looked up");
    }
}

#[test]
fn fsx_and_s3_files_are_not_efs() {
    for (source, fstype, kind) in [
        ("fs-0bbbbbbbbbbbbbbb1.fsx.us-east-1.amazonaws.com:/fsx", "nfs4", MountKind::Fsx),
        ("svm-0bbbbbbbbbbbbbbb1.fs-0bbbbbbbbbbbbbbb2.fsx.us-east-1.amazonaws.com:/vol1", "nfs", MountKind::Fsx),
        ("10.0.0.7@tcp:/abcdefgh", "lustre", MountKind::Fsx),
        ("//amznfsxabcdefgh.corp.example/share", "cifs", MountKind::Fsx),
        ("use1-az1.fs-0bbbbbbbbbbbbbbb3.s3files.us-east-1.on.aws:/", "nfs4", MountKind::S3Files),
    ] {
        let (mount, incomplete) = one(source, "/data", fstype, "rw");
        assert_eq!((mount.kind, mount.file_system_id), (kind, None), "{source}");
        assert_eq!(incomplete, None);
    }
}

#[test]
fn s3_fuse_mounts_are_told_by_type_or_source() {
    for (source, fstype, tool, bucket) in [
        ("s3fs", "fuse.s3fs", "s3fs", "s3fs"),
        ("my-bucket", "fuse.s3fs", "s3fs", "my-bucket"),
        ("mountpoint-s3", "fuse", "mount-s3", "mountpoint-s3"),
        ("mountpoint-s3", "fuse.mount-s3", "mount-s3", "mountpoint-s3"),
        ("my-bucket", "fuse.goofys", "goofys", "my-bucket"),
        ("my-bucket:prefix", "fuse.geesefs", "geesefs", "my-bucket:prefix"),
    ] {
        let (mount, incomplete) = one(source, "/s3", fstype, "ro,nosuid,user_id=0,group_id=0");
        assert_eq!(mount.kind, MountKind::S3Fuse);
        assert_eq!((mount.tool.as_deref(), mount.source.as_str()), (Some(tool), bucket));
        assert_eq!(incomplete, None);
    }
}

#[test]
fn what_is_neither_network_nor_s3_is_left_out() {
    let host = host(&[
        ("tmpfs", "/run", "tmpfs", "rw"),
        ("lxcfs", "/var/lib/lxcfs", "fuse.lxcfs", "rw"),
        ("gvfsd-fuse", "/run/user/1000/gvfs", "fuse.gvfsd-fuse", "rw"),
        ("//nas/share", "/share", "cifs", "rw"),
        ("systemd-1", "/proc/sys/fs/binfmt_misc", "autofs", "rw,direct"),
        ("systemd-1", "/boot/efi", "autofs", "rw,direct"),
        ("-hosts", "/net", "autofs", "rw,indirect"),
    ]);
    assert_eq!((host.mounts, host.incomplete), (Vec::new(), None));
}

#[test]
fn a_trigger_may_mount_anything() {
    let (mount, incomplete) = one("/etc/auto.nfs", "/mnt", "autofs", "rw,fd=6,pgrp=3495,timeout=300,indirect");
    assert_eq!((mount.kind, mount.presence), (MountKind::Unresolved, Presence::OnDemand));
    assert!(incomplete.is_some());
}

#[test]
fn a_trigger_that_has_mounted_is_what_it_mounted() {
    let host = host(&[
        ("systemd-1", "/efs", "autofs", "rw,direct"),
        (&format!("{EFS}.efs.us-east-1.amazonaws.com:/"), "/efs", "nfs4", "rw,vers=4.1"),
        ("systemd-1", "/disk", "autofs", "rw,direct"),
        ("/dev/nvme1n1", "/disk", "ext4", "rw"),
    ]);
    assert_eq!(host.mounts.len(), 1);
    assert_eq!(host.mounts[0].file_system_id.as_deref(), Some(EFS));
    assert_eq!(host.incomplete, None);
}

#[test]
fn two_proxies_are_two_mounts_and_both_are_in_doubt() {
    let rows = [
        ("127.0.0.1:/", "/var/lib/kubelet/one", "nfs4", "rw,vers=4.1,port=20313,addr=127.0.0.1"),
        ("127.0.0.1:/", "/var/lib/kubelet/two", "nfs4", "rw,vers=4.1,port=20236,addr=127.0.0.1"),
    ];
    let host = host(&rows);
    assert_eq!(host.mounts.len(), 2);
    assert!(host.incomplete.expect("in doubt").contains("1 more"));
}

#[test]
fn escapes_of_the_kernel_are_undone() {
    let text = proc_mounts(&[ROOT, ("10.0.0.1:/a\\040b", "/mnt/a\\040b\\011c\\012d\\134e\\043", "nfs4", "rw")]);
    for text in [text, mountinfo(&[ROOT, ("10.0.0.1:/a\\040b", "/mnt/a\\040b\\011c\\012d\\134e\\043", "nfs4", "rw")])] {
        let mount = read(&text).mounts.remove(0);
        assert_eq!(mount.mount_point.as_deref(), Some("/mnt/a b\tc\nd\\e#"));
        assert_eq!(mount.source, "10.0.0.1:/a b");
    }
    // A backslash that begins no escape stays.
    let mount = read(&proc_mounts(&[ROOT, ("10.0.0.1:/", "/mnt\\9\\777\\", "nfs4", "rw")])).mounts.remove(0);
    assert_eq!(mount.mount_point.as_deref(), Some("/mnt\\9\\777\\"));
}

#[test]
fn bind_mounts_of_findmnt_name_the_same_server() {
    let source = format!("{EFS}.efs.us-east-1.amazonaws.com:/[/pods/one]");
    let text = json!({ "filesystems": [{ "target": "/", "source": "/dev/xvda1[/root]", "fstype": "ext4", "options": "rw", "children": [
        { "target": "/efs", "source": source, "fstype": "nfs4", "options": "rw,vers=4.1", "children": [
            { "target": "/efs/inner", "source": "127.0.0.1:/[/x]", "fstype": "nfs4", "options": "rw,vers=4.2,addr=127.0.0.1" },
            { "target": "/none", "source": null, "fstype": "tmpfs", "options": "rw", "propagation": "shared" },
        ] },
    ] }] });
    let host = read(&text.to_string());
    assert_eq!(host.mounts.len(), 2);
    assert_eq!(host.mounts[0].source, format!("{EFS}.efs.us-east-1.amazonaws.com:/"));
    assert_eq!(host.mounts[1].source, "127.0.0.1:/");
}

#[test]
fn a_table_without_a_root_or_of_a_container_proves_no_absence() {
    let filtered = read(&proc_mounts(&[("10.0.0.1:/", "/efs", "nfs4", "rw")]));
    assert!(filtered.incomplete.expect("filtered").contains("no root"));
    let container = read(&proc_mounts(&[("overlay", "/", "overlay", "rw,lowerdir=/a")]));
    assert!(container.incomplete.expect("a container").contains("container"));
}

#[test]
fn a_text_that_is_no_table_is_refused_with_its_line() {
    assert_eq!(parse(INSTANCE, at(), " \n\n"), Err(TableError::Empty));
    assert_eq!(parse(INSTANCE, at(), r#"{"filesystems": []}"#), Err(TableError::Empty));
    assert!(matches!(parse(INSTANCE, at(), r#"{"filesystems": [{"target": "/"}]}"#), Err(TableError::Json(_))));
    assert!(matches!(parse(INSTANCE, at(), "{\"filesystems\": ["), Err(TableError::Json(_))));
    let cut = format!("{}127.0.0.1:/ /efs nf", proc_mounts(&[ROOT]));
    assert!(matches!(parse(INSTANCE, at(), &cut), Err(TableError::Line { line: 2, .. })));
    let cut = format!("{}31 1 0:9 / /efs rw shared:3 - nfs4", mountinfo(&[ROOT]));
    assert!(matches!(parse(INSTANCE, at(), &cut), Err(TableError::Line { line: 2, .. })));
    for other in [
        "UUID=1-2-3 / xfs defaults 0 0",
        "127.0.0.1:/ on /efs type nfs4 (rw,vers=4.1)",
        "Filesystem 1K-blocks Used Available Use% Mounted on",
        "TARGET SOURCE FSTYPE OPTIONS",
    ] {
        let error = parse(INSTANCE, at(), other).expect_err(other);
        assert!(error.to_string().contains("findmnt -J"), "{error}");
    }
}

#[test]
fn windows_line_ends_and_byte_order_marks_do_no_harm() {
    let text = format!(
        "\u{feff}{}",
        mountinfo(&[ROOT, ("10.0.0.1:/", "/efs", "nfs4", "rw,addr=10.0.0.1")]).replace('\n', "\r\n")
    );
    assert_eq!(read(&text).mounts.len(), 1);
}

#[test]
fn a_mount_point_of_4096_bytes_is_kept() {
    let point = format!("/{}", "p".repeat(4_095));
    let (mount, _) = one("10.0.0.1:/", &point, "nfs4", "rw");
    assert_eq!(mount.mount_point, Some(point));
}
