//! The probe's output, read: what a mount is, when absence is proof, and that nothing foreign breaks the reading.

use chrono::{DateTime, Utc};
use inspector_audit::model::{HostMount, HostMounts, MountKind, Presence};
use inspector_audit::mounts::probe::{SCRIPT, document, document_matches, page, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

const ONE: &str = "fs-0aaaaaaaaaaaaaaa1";
const TWO: &str = "fs-0aaaaaaaaaaaaaaa2";

fn at() -> DateTime<Utc> {
    "2026-11-21T03:04:05Z".parse().expect("a time")
}

fn read(text: &str) -> HostMounts {
    parse("i-0123456789abcdef0", at(), text)
}

/// A whole output around some records, whose fields are parted by `|` here.
fn output(ids: &str, records: &[&str]) -> String {
    let mut all = vec!["O|amzn|2023|mntns=same"];
    all.extend(records);
    all.push("P|none");
    format!("EFSPROBE|1\nI|{ids}\n{}\nE|{}|0\n", all.join("\n"), all.len()).replace('|', "\t")
}

fn host(records: &[&str]) -> HostMounts {
    read(&output("", records))
}

fn loopback(point: &str, port: u16) -> String {
    format!("M|0:50|/|{point}|nfs4|127.0.0.1:/|vers=4.1,proto=tcp,port={port},addr=127.0.0.1")
}

fn state(id: &str, dotted: &str, port: u16) -> String {
    format!("S|{id}|{port}|{dotted}|elasticfilesystem|-|-|-|live=1")
}

fn named(mount: &HostMount) -> (MountKind, Presence, Option<&str>) {
    (mount.kind, mount.presence, mount.file_system_id.as_deref())
}

#[test]
fn an_empty_host_is_proof_of_absence() {
    let host = host(&[]);
    assert_eq!((host.failed, host.incomplete, host.mounts), (None, None, Vec::new()));
}

#[test]
fn proxies_are_told_apart_by_their_ports() {
    let host = host(&[
        &loopback("/var/lib/kubelet/one", 20313),
        &loopback("/.efs", 20236),
        &state(ONE, "var.lib.kubelet.one", 20313),
        &state(TWO, "an.older.name", 20236),
    ]);
    assert_eq!(host.incomplete, None);
    let mounts: Vec<_> = host.mounts.iter().map(|mount| (named(mount), mount.mount_point.as_deref())).collect();
    assert_eq!(
        mounts,
        [
            ((MountKind::Efs, Presence::Mounted, Some(ONE)), Some("/var/lib/kubelet/one")),
            ((MountKind::Efs, Presence::Mounted, Some(TWO)), Some("/.efs")),
        ]
    );
}

#[test]
fn a_bind_mount_of_a_proxy_is_the_same_file_system() {
    let pod = loopback("/var/lib/kubelet/pods/1/volume-subpaths/x", 20313);
    let host = host(&[&loopback("/efs", 20313), &pod, &state(ONE, "efs", 20313)]);
    assert_eq!(host.mounts.len(), 2);
    assert!(host.mounts.iter().all(|mount| mount.file_system_id.as_deref() == Some(ONE)));
}

#[test]
fn a_state_of_s3_files_is_not_efs() {
    let host = host(&[&loopback("/s3", 20563), &state(ONE, "s3", 20563).replace("elasticfilesystem", "s3files")]);
    assert_eq!(named(&host.mounts[0]), (MountKind::S3Files, Presence::Mounted, None));
}

#[test]
fn a_stale_state_says_nothing() {
    let host = host(&[&state(ONE, "efs", 20313).replace("live=1", "live=0")]);
    assert_eq!((host.mounts, host.incomplete), (Vec::new(), None));
}

#[test]
fn states_that_contradict_each_other_are_settled_by_the_path_or_not_at_all() {
    let mount = loopback("/srv/data", 20313);
    // The probe takes both for mounted; the stale one must not come back through its list.
    let both = output(&format!("{ONE} {TWO}"), &[&mount, &state(TWO, "other", 20313), &state(ONE, "srv.data", 20313)]);
    let settled = read(&both);
    assert_eq!(settled.mounts.len(), 1, "{settled:#?}");
    assert_eq!(named(&settled.mounts[0]).2, Some(ONE));
    let open = host(&[&mount, &state(TWO, "other", 20313), &state(ONE, "another", 20313)]);
    assert_eq!(named(&open.mounts[0]), (MountKind::Unresolved, Presence::Mounted, None));
    assert!(open.incomplete.is_some());
}

#[test]
fn the_helpers_log_makes_a_mount_likely() {
    let log = format!("L|{TWO}.efs.us-east-1.amazonaws.com|/efs");
    let later = format!("L|{ONE}.efs.us-east-1.amazonaws.com|/efs");
    let host = host(&[&loopback("/efs", 20313), &log, &later]);
    assert_eq!(named(&host.mounts[0]), (MountKind::Efs, Presence::Likely, Some(ONE)));
    assert_eq!(host.incomplete, None);
}

#[test]
fn a_line_of_fstab_makes_a_loopback_mount_likely() {
    let host = host(&[&loopback("/efs", 20313), &format!("F|{ONE}:/|/efs|efs|")]);
    assert_eq!(host.mounts.len(), 1);
    assert_eq!(named(&host.mounts[0]), (MountKind::Efs, Presence::Likely, Some(ONE)));
}

#[test]
fn the_only_connection_left_over_makes_a_mount_likely() {
    // 10.100.23.199 as the kernel prints it, beside a connection that another mount explains.
    let plain = "M|0:60|/|/plain|nfs4|10.9.9.3:/|vers=4.1,addr=10.9.9.3";
    let host =
        host(&[&loopback("/efs", 20313), plain, "T|C717640A 0309090A 0100007F 0000000000000000FFFF00000309090A"]);
    let mount = host.mounts.iter().find(|mount| mount.mount_point.as_deref() == Some("/efs")).expect("the mount");
    assert_eq!((mount.presence, mount.address), (Presence::Likely, "10.100.23.199".parse().ok()));
    assert_eq!(host.incomplete, None);
}

#[test]
fn connections_that_leave_a_choice_settle_nothing() {
    for records in [
        vec![loopback("/efs", 20313), "T|10.0.0.1 10.0.0.2".to_owned()],
        vec![loopback("/efs", 20313), loopback("/two", 20314), "T|10.0.0.1".to_owned()],
        vec![loopback("/efs", 20313), loopback("/two", 20314), state(ONE, "two", 20314), "T|10.0.0.1".to_owned()],
    ] {
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let host = host(&records);
        assert!(host.mounts.iter().all(|mount| mount.address.is_none()), "{host:#?}");
        assert!(host.incomplete.is_some());
    }
}

#[test]
fn fstab_and_automounters_are_on_demand() {
    let host = host(&[
        &format!("F|{ONE}:/|/efs|efs|noauto"),
        "F|s3fs#my-bucket|/bucket|fuse|",
        "F|10.9.9.3:/|/plain|nfs4|x-systemd.automount",
        "F|fs-0bbbbbbbbbbbbbbb1|/s3files|s3files|",
        &format!("A|/etc/auto.nfs|data|{TWO}.efs.us-east-1.amazonaws.com:/"),
        "A|/etc/auto.master|/mnt|file:/etc/auto.nfs",
        "M|-|-|/mnt|autofs|/etc/auto.nfs|map=read",
    ]);
    assert_eq!(host.incomplete, None);
    assert!(host.mounts.iter().all(|mount| mount.presence == Presence::OnDemand));
    let said: Vec<_> =
        host.mounts.iter().map(|mount| (mount.kind, mount.mount_point.as_deref().unwrap_or("-"))).collect();
    assert_eq!(
        said,
        [
            (MountKind::Efs, "/efs"),
            (MountKind::Efs, "/mnt/data"),
            (MountKind::S3Files, "/s3files"),
            (MountKind::S3Fuse, "/bucket"),
            (MountKind::Unresolved, "/plain"),
        ]
    );
    assert_eq!(host.mounts[3].source, "my-bucket");
}

#[test]
fn a_line_of_fstab_that_is_mounted_is_told_once() {
    let mount = format!("M|0:50|/|/efs|nfs4|{ONE}.efs.us-east-1.amazonaws.com:/|vers=4.1,addr=10.9.9.3");
    let host = host(&[&mount, &format!("F|{ONE}:/|/efs|efs|")]);
    assert_eq!(host.mounts.len(), 1);
    assert_eq!(host.mounts[0].presence, Presence::Mounted);
}

#[test]
fn a_map_that_was_not_read_may_hold_anything() {
    let host = host(&["M|-|-|/mnt|autofs|ldap:ou=maps|"]);
    assert_eq!(named(&host.mounts[0]), (MountKind::Unresolved, Presence::OnDemand, None));
    assert!(host.incomplete.is_some());
}

#[test]
fn buckets_come_from_the_tools_processes() {
    let host = host(&[
        "M|0:50|/|/s3|fuse|mountpoint-s3|",
        "M|0:51|/|/goofy|fuse|other-bucket|",
        "M|0:52|/|/csi|fuse.s3fs|s3fs|",
        "M|0:53|/|/ssh|fuse.sshfs|host:/|",
        "X|mount-s3|my-bucket|/s3",
        "X|goofys|?|/goofy",
        "X|s3fs|csi-bucket|?",
    ]);
    let said: Vec<_> =
        host.mounts.iter().map(|mount| (mount.tool.as_deref().unwrap_or("-"), mount.source.as_str())).collect();
    assert_eq!(said, [("s3fs", "csi-bucket"), ("goofys", "other-bucket"), ("mount-s3", "my-bucket")]);
    assert_eq!(host.incomplete, None);
}

#[test]
fn bytes_packages_and_scanners_are_taken_over() {
    let mount = loopback("/my\\040data", 20313);
    let text = output("", &[&mount, &state(ONE, "my data", 20313), "B|/my\\040data|-|123456", "W|/my\\040data|17"])
        .replace("P\tnone", "P\tssm-plugin+vm-scanner");
    let host = read(&text);
    let mount = &host.mounts[0];
    assert_eq!((mount.read_bytes, mount.packages_listed), (Some(123_456), Some(17)));
    assert_eq!(mount.mount_point.as_deref(), Some("/my data"));
    assert_eq!(host.scanners, ["ssm-plugin", "vm-scanner"]);
}

#[test]
fn ids_that_came_first_survive_a_cut() {
    let whole = output(&format!("{ONE} {TWO}"), &[&loopback("/efs", 20313), &state(ONE, "efs", 20313)]);
    let head = whole.lines().take(2).collect::<Vec<_>>().join("\n");
    let host = read(&head);
    let ids: Vec<_> = host.mounts.iter().map(named).collect();
    assert_eq!(ids, [(MountKind::Efs, Presence::Mounted, Some(ONE)), (MountKind::Efs, Presence::Mounted, Some(TWO))]);
    assert!(host.incomplete.expect("cut").contains("middle"));
    assert_eq!(read(&whole).mounts.len(), 2, "the second has no row and still counts");
}

#[test]
fn absence_is_proof_of_nothing_when_the_probe_was_limited() {
    let good = output("", &[]);
    for (from, to, word) in [
        ("mntns=same", "mntns=differs", "container"),
        ("mntns=same", "mntns=unknown", "not known"),
        ("\tamzn", "\tbottlerocket", "Bottlerocket"),
        ("\t0\n", "\t3\n", "left out"),
        ("P\tnone\n", "", "missing"),
        ("I\t\n", "", "missing"),
        ("P\tnone", "P\tnone\nQ\tnew", "missing"),
        ("P\tnone", "?\tno mount table", "no mount table"),
        ("E\t2\t0", "E\t2", "middle"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let incomplete = read(&bad).incomplete.expect(from);
        assert!(incomplete.contains(word), "{from}: {incomplete}");
    }
}

#[test]
fn what_is_not_the_probes_output_failed() {
    for text in ["", "\n\n", "sh: 1: Syntax error", "EFSPROBE\t2\nI\t\nE\t0\t0", "EFSPROBE", "EFSPROBE 1"] {
        let host = read(text);
        assert!(host.failed.is_some(), "{text}");
        assert_eq!(host.mounts, []);
    }
}

#[test]
fn what_systems_manager_appends_does_no_harm() {
    let text = format!("{}\n----------ERROR-------\nwarning\n", output("", &[]));
    assert_eq!(read(&text).incomplete, None);
    let cut = format!("{}\n--output truncated--", &output("", &[])[..30]);
    assert!(read(&cut).incomplete.is_some());
}

#[test]
fn the_document_holds_the_script_and_nothing_else() {
    assert_eq!(document_matches(&document().to_string()), Ok(()));
    assert!(!SCRIPT.contains("{{"), "Systems Manager would take it for a parameter");
    // What GetDocument returns for a document written as one line of text.
    let mut whole = document();
    whole["mainSteps"][0]["inputs"]["runCommand"] = json!([SCRIPT]);
    assert_eq!(document_matches(&whole.to_string()), Ok(()));
}

/// What somebody does to a document.
type Change = fn(&mut Value);

#[test]
fn a_document_that_does_anything_else_is_refused() {
    let changes: [(&str, Change); 8] = [
        ("parameters", |document| document["parameters"] = json!({ "commands": { "type": "StringList" } })),
        ("one step", |document| document["mainSteps"].as_array_mut().expect("steps").push(json!({}))),
        ("script", |document| document["mainSteps"][0]["inputs"]["runCommand"][5] = json!("id")),
        ("script", |document| document["mainSteps"][0]["inputs"]["runCommand"] = json!([])),
        ("text", |document| document["mainSteps"][0]["inputs"]["runCommand"][5] = json!(5)),
        ("aws:runShellScript", |document| document["mainSteps"][0]["action"] = json!("aws:runDocument")),
        ("workingDirectory", |document| document["mainSteps"][0]["inputs"]["workingDirectory"] = json!("/efs")),
        ("schemaVersion", |document| document["schemaVersion"] = json!("1.2")),
    ];
    for (word, change) in changes {
        let mut other = document();
        change(&mut other);
        let message = document_matches(&other.to_string()).expect_err(word);
        assert!(message.contains(word), "{word}: {message}");
    }
    assert!(document_matches("schemaVersion: '2.2'").expect_err("YAML").contains("JSON"));
}

#[test]
fn the_page_ends_with_the_document() {
    let page = page();
    let start = page.find("\n{\n").expect("the document");
    assert_eq!(document_matches(&page[start..]), Ok(()));
    assert_eq!(page.lines().filter(|line| *line == "{").count(), 1, "the page's own command finds it by this line");
    assert!(page.contains("aws ssm create-document") && page.contains("aws ssm delete-document"));
}

#[test]
fn explain_prints_the_page() {
    let run = crate::support::audit::Audit::new().args("explain probe").run().expect(0);
    assert_eq!(run.stdout.trim_end(), page().trim_end());
}

/// Text with everything that hurts.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,40}",
        "[\\\\0-7\t\r\u{1b}\u{0}é|,=:/.]{0,60}",
        Just("p".repeat(4_096)),
        Just("\\040".repeat(1_024)),
        Just("\\".to_owned()),
        Just("[".to_owned()),
    ]
}

proptest! {
    #[test]
    fn no_output_makes_the_reading_panic(lines in prop::collection::vec(("[?OMSLFATXBPWIEQ]|EFSPROBE", prop::collection::vec(hostile(), 0..9)), 0..12)) {
        let lines: Vec<String> = lines.iter().map(|(letter, fields)| format!("{letter}\t{}", fields.join("\t"))).collect();
        let body = lines.join("\n");
        read(&body);
        read(&format!("EFSPROBE\t1\n{body}"));
        let _ = inspector_audit::mounts::table::parse("i-01234567", at(), &body);
    }

    #[test]
    fn hostile_paths_and_sources_come_through_whole(point in "/[a-z \t\n\\\\\u{1b}é]{0,50}", port in 20049_u16..21049) {
        let escape = |sign: char| match sign {
            ' ' | '\t' | '\n' | '\\' => format!("\\{:03o}", u32::from(sign)),
            sign => sign.to_string(),
        };
        let escaped: String = point.chars().map(escape).collect();
        let host = host(&[&loopback(&escaped, port), &state(ONE, "?", port)]);
        prop_assert_eq!(host.mounts[0].mount_point.as_deref(), Some(point.as_str()));
        prop_assert_eq!(host.mounts[0].file_system_id.as_deref(), Some(ONE));
        prop_assert_eq!(host.incomplete, None);
    }

    #[test]
    fn a_cut_output_never_proves_absence(at_byte in 0_usize..400) {
        let whole = output(ONE, &[&loopback("/efs", 20313), &state(ONE, "efs", 20313), "B|/efs|-|5"]);
        let end = at_byte.min(whole.len() - 3);
        let host = read(&whole[..end]);
        prop_assert!(host.failed.is_some() || host.incomplete.is_some());
    }

    #[test]
    fn a_lost_or_repeated_line_never_proves_absence(index in 0_usize..6, twice: bool) {
        let whole = output(ONE, &[&loopback("/efs", 20313), &state(ONE, "efs", 20313), "B|/efs|-|5"]);
        let mut lines: Vec<&str> = whole.lines().collect();
        let index = 2 + index % (lines.len() - 3);
        if twice { lines.insert(index, lines[index]) } else { lines.remove(index); }
        let host = read(&lines.join("\n"));
        prop_assert!(host.incomplete.is_some());
    }
}
