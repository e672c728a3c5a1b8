//! A row of a mount table, and what of it says who serves it.

use std::net::IpAddr;

/// Bytes of a path that are kept: `PATH_MAX` of Linux.
const PATH_MAX: usize = 4_096;

/// A mount, or a line that intends one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Where, unescaped; `None` where it was too long to print.
    pub(super) point: Option<String>,
    /// The type of file system.
    pub(super) fstype: String,
    /// The source, unescaped, without the folder that `findmnt` adds for a bind mount.
    pub(super) source: String,
    /// `vers` or `nfsvers`.
    pub(super) version: Option<String>,
    /// `port`; NFS takes 2049 where there is none.
    pub(super) port: u16,
    /// `addr`, or the mount helper's `mounttargetip`.
    pub(super) address: Option<IpAddr>,
    /// Whether the probe has read the automounter's map behind a trigger.
    pub(super) map_read: bool,
}

/// What a type of file system is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// NFS, or the EFS mount helper's own types in `fstab`.
    Nfs,
    /// Lustre: `FSx`.
    Lustre,
    /// SMB, which matters only as `FSx`.
    Smb,
    /// A trigger of an automounter.
    Trigger,
    /// A FUSE file system; the tool where its name says that it stands over S3.
    Fuse(Option<&'static str>),
    /// A local disk, memory, the kernel's own.
    Local,
}

/// Names that the tools give to their mounts, and the tools. What can stand over any store (`rclone`, `juicefs`) is not here:
/// the mount does not say which.
const S3_TOOLS: [(&str, &str); 8] = [
    ("mount-s3", "mount-s3"),
    ("mountpoint-s3", "mount-s3"),
    ("s3fs", "s3fs"),
    ("goofys", "goofys"),
    ("geesefs", "geesefs"),
    ("riofs", "riofs"),
    ("yas3fs", "yas3fs"),
    ("s3ql", "s3ql"),
];

/// The tool of a name, if it stands over S3.
pub(super) fn s3_tool(name: &str) -> Option<&'static str> {
    S3_TOOLS.iter().find(|(known, _)| *known == name).map(|(_, tool)| *tool)
}

impl Row {
    /// A row of text that is already unescaped, with its options as in the table.
    pub(super) fn new(point: &str, fstype: &str, source: &str, options: &str) -> Self {
        let mut row = Self {
            point: (point != "?" && point.len() <= PATH_MAX).then(|| point.to_owned()),
            fstype: fstype.to_owned(),
            source: source.to_owned(),
            port: 2_049,
            ..Self::default()
        };
        for (key, value) in options.split(',').filter_map(|option| option.split_once('=')) {
            match key {
                "vers" | "nfsvers" => row.version = Some(value.to_owned()),
                // A port that is none belongs to no state file, so the mount stays unresolved.
                "port" => row.port = value.parse().unwrap_or(0),
                "addr" | "mounttargetip" => row.address = value.trim_matches(['[', ']']).parse().ok(),
                "map" => row.map_read = value == "read",
                _ => {}
            }
        }
        row
    }

    /// What the row is.
    pub(super) fn class(&self) -> Class {
        match self.fstype.as_str() {
            "nfs" | "nfs4" | "efs" | "s3files" => Class::Nfs,
            "lustre" => Class::Lustre,
            "cifs" | "smb3" => Class::Smb,
            "autofs" => Class::Trigger,
            fstype => {
                let tool = s3_tool(fstype.strip_prefix("fuse.").unwrap_or(fstype));
                // s3fs is written as `s3fs#bucket` in fstab and shows as `s3fs` in the table.
                let named = self.source.split('#').next().unwrap_or_default();
                match (fstype == "fuse" || fstype.starts_with("fuse."), tool) {
                    (_, Some(tool)) => Class::Fuse(Some(tool)),
                    (true, None) => Class::Fuse(s3_tool(named)),
                    (false, None) if self.source.starts_with("s3://") => Class::Fuse(Some("mount-s3")),
                    (false, None) => Class::Local,
                }
            }
        }
    }

    /// The bucket in the source of a FUSE mount, where it is one.
    pub(super) fn bucket(&self) -> Option<&str> {
        let source = self.source.strip_prefix("s3://").unwrap_or(&self.source);
        let source = source.split_once('#').map_or(source, |(_, bucket)| bucket).trim_end_matches('/');
        (!source.is_empty() && source != "?" && s3_tool(source).is_none()).then_some(source)
    }

    /// Whether systemd holds this trigger ready for a partition of the boot loader, or the kernel's own.
    pub(super) fn is_harmless_trigger(&self) -> bool {
        let point = self.point.as_deref().unwrap_or_default();
        // `-hosts` mounts only what somebody names; a walk finds it empty.
        self.source == "-hosts"
            || point.starts_with("/proc/")
            || (self.source == "systemd-1" && ["/boot", "/efi", "/boot/efi"].contains(&point))
    }

    /// Whether the version is one that EFS does not speak: it serves NFS 4.0 and 4.1 (EFS user guide, "How it works",
    /// 2026-10). Such a server on the loopback address is S3 Files without its state, or the host's own.
    pub(super) fn is_no_version_of_efs(&self) -> bool {
        self.version.as_deref().is_some_and(|version| version == "4.2" || version.starts_with(['2', '3']))
    }
}

/// Undoes the escapes of the kernel's mount tables: a backslash and three octal digits stand for a byte (`proc(5)`).
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let octal = bytes.get(at + 1..at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let octal = octal.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(|_| *byte == b'\\') {
            Some(escaped) => {
                plain.push(escaped);
                at += 4;
            }
            None => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}
