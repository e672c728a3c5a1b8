//! The probe's script itself: under every shell that is here, on trees that stand for a host's /proc and /etc.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use inspector_audit::model::{HostMounts, MountKind, Presence};
use inspector_audit::mounts::probe::{SCRIPT, parse};
use tempfile::TempDir;

/// A script that takes longer hangs.
const LIMIT: Duration = Duration::from_mins(1);
const OPTIONS: &str = "rw,vers=4.1,rsize=1048576,namlen=255,hard,noresvport,proto=tcp,timeo=600,sec=sys";

fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Every shell with its arguments. `sh` is on every Unix; one that is not here is named, so that nobody counts it.
fn shells() -> Vec<Vec<String>> {
    let wanted = ["sh", "dash", "bash", "bash --posix", "busybox ash", "mksh"];
    let (here, missing): (Vec<&str>, Vec<&str>) =
        wanted.iter().partition(|shell| shell.split(' ').next().and_then(find).is_some());
    assert!(here.contains(&"sh"), "no sh in PATH");
    for shell in missing {
        writeln!(std::io::stderr(), "skipped: {shell} is not installed").expect("a line");
    }
    here.iter().map(|shell| shell.split(' ').map(str::to_owned).collect()).collect()
}

/// A host's files below a temporary folder.
struct Tree {
    root: TempDir,
    /// The lines of process 1's mount table.
    mounts: Vec<String>,
}

impl Tree {
    /// A host with a root file system and its own namespaces.
    fn new() -> Self {
        let tree = Self { root: tempfile::tempdir().expect("a folder"), mounts: Vec::new() };
        tree.link("proc/self/ns/mnt", "mnt:[4026531841]");
        tree.link("proc/1/ns/mnt", "mnt:[4026531841]");
        tree.link("proc/self/ns/pid", "pid:[4026531836]");
        tree.file("usr/lib/os-release", "NAME=\"Amazon Linux\"\nID=\"amzn\"\nVERSION_ID=\"2023\"\n");
        tree.link("etc/os-release", "../usr/lib/os-release");
        tree.link("var/run", "../run");
        tree.mount("/dev/nvme0n1p1", "/", "xfs", "rw")
    }

    fn path(&self, path: &str) -> PathBuf {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        path
    }

    fn file(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(path), content).expect("a file");
        self
    }

    fn link(&self, path: &str, target: &str) -> &Self {
        symlink(target, self.path(path)).expect("a link");
        self
    }

    fn fifo(&self, path: &str) -> &Self {
        let made = Command::new("mkfifo").arg(self.path(path)).status().expect("mkfifo");
        assert!(made.success());
        self
    }

    /// Adds a mount to the table of process 1.
    fn mount(mut self, source: &str, point: &str, fstype: &str, options: &str) -> Self {
        let id = 30 + self.mounts.len();
        self.mounts.push(format!("{id} 1 0:{id} / {point} rw,relatime shared:{id} - {fstype} {source} {options}\n"));
        self.file("proc/1/mountinfo", self.mounts.concat());
        self
    }

    /// Adds a proxy's mount, with its state file.
    fn proxy(self, id: &str, point: &str, port: u16) -> Self {
        let name = format!("{id}{}.{port}", point.replace('/', "."));
        self.file(
            &format!("run/efs/{name}"),
            format!("{{\"pid\": 7, \"mountpoint\": \"{point}\", \"fsId\": \"{id}\"}}0}}"),
        );
        self.file(
            &format!("run/efs/stunnel-config.{name}"),
            format!("[efs]\nconnect = {id}.efs.us-east-1.amazonaws.com:2049\n"),
        );
        self.mount("127.0.0.1:/", point, "nfs4", &format!("{OPTIONS},port={port},addr=127.0.0.1"))
    }

    fn command(&self, shell: &[String]) -> Command {
        let mut command = Command::new(&shell[0]);
        let script = self.path("probe.sh");
        fs::write(&script, SCRIPT).expect("the script");
        command.args(&shell[1..]).arg(script).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("EFSPROBE_ROOT", self.root.path());
        command
    }

    /// What the script prints under one shell; it must end, succeed and complain of nothing.
    fn output(&self, shell: &[String]) -> String {
        let mut command = self.command(shell);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a shell");
        let (mut stdout, mut stderr) = (child.stdout.take().expect("stdout"), child.stderr.take().expect("stderr"));
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let read = stdout.read_to_end(&mut out).and_then(|_| stderr.read_to_end(&mut err));
            send.send((read.is_ok(), out, err)).ok();
        });
        let Ok((true, out, err)) = receive.recv_timeout(LIMIT) else {
            child.kill().expect("killed");
            panic!("{shell:?} hangs");
        };
        assert!(child.wait().expect("an end").success(), "{shell:?}");
        assert_eq!(String::from_utf8_lossy(&err), "", "{shell:?}");
        String::from_utf8_lossy(&out).into_owned()
    }

    /// What the script prints, which is the same under every shell.
    fn printed(&self) -> String {
        let mut outputs = shells().into_iter().map(|shell| (self.output(&shell), shell));
        let (first, _) = outputs.next().expect("sh");
        for (output, shell) in outputs {
            assert_eq!(first, output, "{shell:?}");
        }
        first
    }

    fn read(&self) -> HostMounts {
        parse("i-0123456789abcdef0", "2026-11-21T03:04:05Z".parse().expect("a time"), &self.printed())
    }
}

/// Where, what, how certain, and the file system, the address or the bucket.
type Row<'a> = (&'a str, MountKind, Presence, &'a str);

fn rows(host: &HostMounts) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = host
        .mounts
        .iter()
        .map(|mount| {
            let what = mount.file_system_id.as_deref().unwrap_or(&mount.source);
            (mount.mount_point.as_deref().unwrap_or("-"), mount.kind, mount.presence, what)
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// A host with every form of mount that is known from the field.
fn every_form() -> Tree {
    let tree = Tree::new()
        .proxy("fs-0aaaaaaaaaaaaaa01", "/var/lib/kubelet/one", 20313)
        .proxy("fs-fb000002", "/var/lib/kubelet/two", 20236)
        .proxy("fs-0aaaaaaaaaaaaaa04", "/var/lib/ecs/volumes/ecs-web-958-data", 20407)
        .mount(
            "fs-0aaaaaaaaaaaaaa05.efs.us-east-2.amazonaws.com:/",
            "/var/lib/ecs/volumes/plain",
            "nfs4",
            &format!("{OPTIONS},clientaddr=10.7.7.2,addr=10.9.9.3"),
        )
        .mount(
            "127.0.0.1:team--dev",
            "/var/lib/kubelet/pods/6251/volumes/kubernetes.io~csi/team--dev/mount",
            "nfs4",
            &format!("{OPTIONS},port=20326,addr=127.0.0.1"),
        )
        .mount("127.0.0.1:/", "/.efs", "nfs4", &format!("{OPTIONS},port=20538,addr=127.0.0.1"))
        .mount("127.0.0.1:/", "/logged", "nfs4", &format!("{OPTIONS},port=20127,addr=127.0.0.1"))
        .mount("127.0.0.1:/", "/mnt/s3files", "nfs4", "rw,vers=4.2,hard,proto=tcp,port=20563,addr=127.0.0.1")
        .mount(
            "us-west-1a.fs-0aaaaaaaaaaaaaa15.efs.us-west-1.amazonaws.com:/",
            "/efs",
            "nfs4",
            "ro,vers=4.1,addr=192.168.124.98",
        )
        .mount("10.9.9.4:/", "/by-address", "nfs4", &format!("{OPTIONS},addr=10.9.9.4"))
        .mount("files.corp.example:/", "/by-cname", "nfs4", &format!("{OPTIONS},addr=10.9.9.5"))
        .mount("fs-0bbbbbbbbbbbbbb01.fsx.us-east-1.amazonaws.com:/fsx", "/fsx", "nfs4", OPTIONS)
        .mount("10.0.0.7@tcp:/abcdefgh", "/lustre", "lustre", "rw,flock")
        .mount("s3fs", "/var/www/html/files", "fuse.s3fs", "rw,allow_other")
        .mount("mountpoint-s3", "/s3", "fuse", "ro,user_id=0")
        .mount("/etc/auto.nfs", "/auto", "autofs", "rw,fd=6,pgrp=3495,timeout=300,indirect")
        .mount("systemd-1", "/proc/sys/fs/binfmt_misc", "autofs", "rw,fd=29,direct")
        .mount("systemd-1", "/lazy", "autofs", "rw,fd=30,direct")
        .mount("systemd-1", "/disk", "autofs", "rw,fd=31,direct")
        .mount("/dev/nvme1n1", "/disk", "ext4", "rw");
    tree.file(
        "run/efs/fs-0aaaaaaaaaaaaaa06.var.lib.kubelet.pods.6251.volumes.kubernetes.io~csi.team--dev.mount.20326",
        "{}",
    );
    tree.file("run/efs/~fs-0aaaaaaaaaaaaaa08.some.older.name.20538", "");
    tree.file("run/efs/fs-0cccccccccccccc14.mnt.s3files.20563", "{\"service_type\": \"s3files\", \"fsId\": \"x\"}");
    tree.file("run/efs/fs-0dddddddddddddd01.gone.20999", "{}");
    fs::create_dir_all(tree.path("run/efs/fs-0aaaaaaaaaaaaaa01.var.lib.kubelet.one.20313+")).expect("a folder");
    tree.file(
        "var/log/amazon/efs/mount.log",
        "2026-11-20 01:02:03 UTC - INFO - Successfully mounted fs-0aaaaaaaaaaaaaa13.efs.us-east-1.amazonaws.com at /logged\n",
    );
    tree.file(
        "etc/fstab",
        "# comment\nUUID=1-2 / xfs defaults 0 0\nfs-0eeeeeeeeeeeeee01:/ /lazy/ efs _netdev,tls,x-systemd.automount 0 0\n\
         \ts3fs#my-bucket\t/mnt/mybucket fuse rw,iam_role=auto,passwd_file=/SECRET 0 0\nfs-0aaaaaaaaaaaaaa15:/ /efs efs tls 0 0\n",
    );
    tree.file(
        "etc/auto.nfs",
        "# map\ndata -fstype=nfs4,password=SECRET fs-0eeeeeeeeeeeeee02.efs.us-east-1.amazonaws.com:/\n",
    );
    tree.file(
        "proc/1/net/tcp",
        "  sl  local_address rem_address   st\n   0: 0100007F:4E20 00000000:0000 0A\n   1: 1A1A640A:D70A C717640A:0801 08\n   2: 1A1A640A:D70B 0309090A:0801 01\n",
    );
    tree.file("proc/77/comm", "mount-s3\n");
    tree.file("proc/77/cmdline", "/usr/bin/mount-s3\0--read-only\0my-other-bucket\0/s3/\0");
    tree.file("proc/78/comm", "s3fs\n");
    tree.file("proc/78/cmdline", "s3fs\0-o\0SECRETPASS\0/var/www/html/files\0");
    tree.file(
        "proc/1/mountstats",
        "device /dev/nvme0n1p1 mounted on / with fstype xfs\ndevice 127.0.0.1:/ mounted on /.efs with fstype nfs4 statvers=1.1\n\
         \topts:\trw,vers=4.1\n\tage:\t812\n\tbytes:\t1 2 3 4 123456 6 7 8\n",
    );
    tree.file("opt/aws/inspector/bin/inspectorssmplugin", "");
    tree.file("usr/lib/systemd/system/inspector-vm-scanner.timer", "");
    tree.file(
        "opt/aws/inspector/var/output/packages.txt",
        "/.efs/app/package.json\n\"/.efs/b/x.jar\"\n/srv/.efs/c\n/xefs/d\n/efsx/y\n",
    );
    tree
}

#[test]
fn every_form_of_mount_is_told_and_named() {
    use MountKind::{Efs, Fsx, S3Files, S3Fuse, Unresolved};
    use Presence::{Likely, Mounted, OnDemand};
    let host = every_form().read();
    let mut expected = [
        ("/var/lib/kubelet/one", Efs, Mounted, "fs-0aaaaaaaaaaaaaa01"),
        ("/var/lib/kubelet/two", Efs, Mounted, "fs-fb000002"),
        ("/var/lib/ecs/volumes/ecs-web-958-data", Efs, Mounted, "fs-0aaaaaaaaaaaaaa04"),
        ("/var/lib/ecs/volumes/plain", Efs, Mounted, "fs-0aaaaaaaaaaaaaa05"),
        ("/var/lib/kubelet/pods/6251/volumes/kubernetes.io~csi/team--dev/mount", Efs, Mounted, "fs-0aaaaaaaaaaaaaa06"),
        ("/.efs", Efs, Mounted, "fs-0aaaaaaaaaaaaaa08"),
        ("/logged", Efs, Likely, "fs-0aaaaaaaaaaaaaa13"),
        ("/mnt/s3files", S3Files, Mounted, "127.0.0.1:/"),
        ("/efs", Efs, Mounted, "fs-0aaaaaaaaaaaaaa15"),
        ("/by-address", Unresolved, Mounted, "10.9.9.4:/"),
        ("/by-cname", Unresolved, Mounted, "files.corp.example:/"),
        ("/fsx", Fsx, Mounted, "fs-0bbbbbbbbbbbbbb01.fsx.us-east-1.amazonaws.com:/fsx"),
        ("/lustre", Fsx, Mounted, "10.0.0.7@tcp:/abcdefgh"),
        ("/var/www/html/files", S3Fuse, Mounted, "s3fs"),
        ("/s3", S3Fuse, Mounted, "my-other-bucket"),
        ("/lazy", Efs, OnDemand, "fs-0eeeeeeeeeeeeee01"),
        ("/auto/data", Efs, OnDemand, "fs-0eeeeeeeeeeeeee02"),
        ("/mnt/mybucket", S3Fuse, OnDemand, "my-bucket"),
    ];
    expected.sort_unstable();
    assert_eq!(rows(&host), expected);
    assert_eq!((host.failed.as_deref(), host.incomplete.as_deref()), (None, None));
    assert_eq!(host.scanners, ["ssm-plugin", "vm-scanner"]);
    let hidden = host.mounts.iter().find(|mount| mount.mount_point.as_deref() == Some("/.efs")).expect("the mount");
    assert_eq!((hidden.read_bytes, hidden.packages_listed), (Some(123_456), Some(2)));
}

#[test]
fn nothing_that_may_be_a_secret_is_printed() {
    let tree = every_form();
    tree.file("proc/79/comm", "goofys\n");
    tree.file("proc/79/cmdline", "goofys\0--secret\0SECRETKEY/with+signs\0/s3\0");
    let tree = tree.mount("https://user:SECRET@dav.example/", "/dav", "fuse", "rw,password=SECRET");
    let printed = tree.printed();
    assert!(!printed.contains("SECRET"), "{printed}");
    assert!(printed.contains("my-other-bucket"));
}

#[test]
fn a_bare_host_is_proof_of_absence() {
    let host = Tree::new().read();
    assert_eq!((host.failed, host.incomplete, host.mounts, host.scanners), (None, None, vec![], vec![]));
}

#[test]
fn a_container_proves_no_absence() {
    let tree = Tree::new();
    fs::remove_file(tree.path("proc/self/ns/pid")).expect("removed");
    tree.link("proc/self/ns/pid", "pid:[4026532201]");
    assert!(tree.read().incomplete.expect("a container").contains("container"));
    fs::remove_file(tree.path("proc/self/ns/pid")).expect("removed");
    assert!(tree.read().incomplete.expect("unknown").contains("not known"));
}

#[test]
fn without_a_mount_table_nothing_is_proved() {
    let tree = Tree::new();
    fs::remove_file(tree.path("proc/1/mountinfo")).expect("removed");
    assert!(tree.read().incomplete.expect("no table").contains("no mount table"));
}

/// A host whose mounts lie where the script would like to read: each would hang or lie if it were touched.
fn traps() -> Tree {
    let tree = Tree::new()
        .proxy("fs-0aaaaaaaaaaaaaa01", "/dead", 20313)
        .mount("127.0.0.1:/", "/lost", "nfs4", &format!("{OPTIONS},port=20314,addr=127.0.0.1"))
        .mount("10.9.9.3:/", "/var/log", "nfs4", &format!("{OPTIONS},addr=10.9.9.3"))
        .mount("10.9.9.3:/", "/opt/aws", "nfs4", &format!("{OPTIONS},addr=10.9.9.3"))
        .mount("10.9.9.3:/", "/etc/auto.master.d", "nfs4", &format!("{OPTIONS},addr=10.9.9.3"));
    tree.fifo("dead").fifo("lost/fs-0aaaaaaaaaaaaaa02");
    tree.file(
        "var/log/amazon/efs/mount.log",
        "Successfully mounted fs-0ffffffffffffff01.efs.us-east-1.amazonaws.com at /lost\n",
    );
    tree.file("opt/aws/inspector/bin/inspectorssmplugin", "");
    tree.file("opt/aws/inspector/var/output/packages.txt", "/dead/x\n");
    tree.file("etc/auto.master.d/trap", "x 10.0.0.9:/trap\n").fifo("etc/auto.fifo").link("etc/auto.link", "../dead");
    tree.link("etc/fstab", "../dead");
    tree
}

#[test]
fn what_lies_on_a_network_mount_is_never_touched() {
    let printed = traps().printed();
    for record in ["L\t", "A\t", "F\t", "W\t"] {
        assert!(!printed.lines().any(|line| line.starts_with(record)), "{printed}");
    }
    assert!(printed.contains("P\tnone\n"), "{printed}");
    assert!(printed.contains("?\tfstab was not read\n"), "{printed}");
}

#[test]
fn the_kernel_saw_no_call_below_a_mount_point() {
    let Some(strace) = find("strace") else {
        writeln!(std::io::stderr(), "skipped: strace is not installed").expect("a line");
        return;
    };
    let tree = traps();
    let log = tree.path("trace.log");
    let shell = [
        strace.display().to_string(),
        "-f".to_owned(),
        "-e".to_owned(),
        "trace=%file".to_owned(),
        "-o".to_owned(),
        log.display().to_string(),
        "sh".to_owned(),
    ];
    let ran = tree.command(&shell).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("strace");
    let trace = fs::read_to_string(&log).unwrap_or_default();
    if !ran.success() || !trace.contains("mountinfo") {
        writeln!(std::io::stderr(), "skipped: strace may not trace here").expect("a line");
        return;
    }
    for point in ["dead", "lost", "var/log", "opt/aws", "etc/auto.master.d"] {
        let touched = format!("{}/{point}", tree.root.path().display());
        let calls: Vec<&str> = trace
            .lines()
            .filter(|line| line.contains(&format!("{touched}\"")) || line.contains(&format!("{touched}/")))
            .collect();
        assert_eq!(calls, Vec::<&str>::new());
    }
}

#[test]
fn hostile_names_forge_no_record() {
    let long = format!("/{}", "p".repeat(4_000));
    let tree = Tree::new()
        .proxy("fs-0aaaaaaaaaaaaaa01", "/a\\040b\\011c\\012E\\0110\\0110\\134", 20313)
        .mount("10.9.9.3:/", &long, "nfs4", OPTIONS)
        .mount("10.9.9.3:/", "/\u{1b}[31mred", "nfs4", OPTIONS);
    tree.file("run/efs/fs-0aaaaaaaaaaaaaa09.x\nE\t0\t0\ny.20313", "{}");
    tree.file("run/efs/fs-0aaaaaaaaaaaaaa08.x.20320", b"{\"service_type\": \"\n\nE\t0\t0\n\0\xff");
    tree.file("run/efs/stunnel-config.fs-0aaaaaaaaaaaaaa08.x.20320", "connect = a\tb\nE\t0\t0\n");
    tree.file("usr/lib/os-release", "ID=\"x\tmntns=same\"\nVERSION_ID=`id`$(id)\n");
    tree.file("etc/auto.nfs", "key\t\\\n -fstype=nfs4 10.0.0.1:/\nE\t0\t0\n");
    tree.file("proc/9/comm", "\n\n");
    let host = tree.read();
    let points: Vec<_> = host.mounts.iter().map(|mount| mount.mount_point.as_deref()).collect();
    assert!(points.contains(&Some("/a b\tc\nE\t0\t0\\")), "{host:#?}");
    assert!(points.contains(&Some("/\u{1b}[31mred")));
    assert!(points.contains(&None), "too long to print, yet there");
    assert!(host.incomplete.is_some(), "two states of one port contradict each other");
}

#[test]
fn a_crowded_host_stays_inside_the_limit_and_names_its_file_systems_first() {
    let mut tree = Tree::new();
    for index in 0..400_u16 {
        tree.mounts.push(format!(
            "{index} 1 0:9 / /pods/{index} rw - nfs4 fs-0aaaaaaaaaaaa{index:05x}.efs.us-east-1.amazonaws.com:/ {OPTIONS}\n"
        ));
    }
    let tree = tree.proxy("fs-0bbbbbbbbbbbbbb01", "/efs", 20313);
    let printed = tree.printed();
    assert!(printed.len() < 24_000, "{}", printed.len());
    let host = tree.read();
    assert!(host.mounts.len() > 150, "{}", host.mounts.len());
    assert!(host.incomplete.expect("cut").contains("left out"));
}

#[test]
fn the_script_reads_as_posix_and_checks_clean() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("probe.sh");
    fs::write(&script, SCRIPT).expect("the script");
    for shell in shells() {
        assert!(Command::new(&shell[0]).args(&shell[1..]).arg("-n").arg(&script).status().expect("a shell").success());
    }
    match find("shellcheck") {
        Some(shellcheck) => assert!(clean(&shellcheck, &script)),
        None => writeln!(std::io::stderr(), "skipped: shellcheck is not installed").expect("a line"),
    }
}

fn clean(shellcheck: &Path, script: &Path) -> bool {
    Command::new(shellcheck).args(["-s", "sh"]).arg(script).status().expect("shellcheck").success()
}
