//! Who serves a mount, as far as its source says.

use std::net::IpAddr;

use super::is_file_system;

/// What the source of a network mount says of its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Server {
    /// EFS, by a DNS name or by an id.
    Efs(String),
    /// S3 Files, by a DNS name.
    S3Files,
    /// `FSx`, by a DNS name.
    Fsx,
    /// The host itself, so a proxy or a local server.
    Loopback,
    /// Some address, to be compared with mount targets.
    Address(IpAddr),
    /// A name that tells nothing, and no address.
    Unknown,
}

impl Server {
    /// Reads the server from a source such as `host:/path`; `addr` is the mount option of that name.
    ///
    /// Names of mount targets: EFS user guide, "Mounting with a DNS name", and of the proxies: "Encrypting data in transit"
    /// (2026-10). `FSx` user guides for the names with `fsx` and `svm-`.
    pub(super) fn of(source: &str, addr: Option<IpAddr>) -> Self {
        let host = host(source).to_ascii_lowercase();
        let labels: Vec<&str> = host.split('.').collect();
        let mut named = labels.iter().take(2).zip(labels.iter().skip(1).map(|next| Some(*next)).chain([None]));
        match named.find(|(label, _)| is_file_system(label)) {
            Some((id, Some("efs"))) => return Self::Efs((*id).to_owned()),
            Some((_, Some("s3files"))) => return Self::S3Files,
            _ => {}
        }
        if labels.contains(&"fsx") || host.starts_with("svm-") || host.starts_with("amznfsx") {
            return Self::Fsx;
        }
        let named = if host == "localhost" || host.starts_with("localhost.") {
            return Self::Loopback;
        } else {
            host.split('%').next().and_then(|host| host.parse::<IpAddr>().ok())
        };
        match addr.or(named).map(|address| address.to_canonical()) {
            Some(address) if address.is_loopback() => Self::Loopback,
            Some(address) => Self::Address(address),
            None => Self::Unknown,
        }
    }

    /// As [`Server::of`] for what the EFS mount helper accepts too: a bare id, with or without a path.
    pub(super) fn of_helper(source: &str, addr: Option<IpAddr>) -> Self {
        let id = source.split(':').next().unwrap_or_default();
        if is_file_system(id) { Self::Efs(id.to_owned()) } else { Self::of(source, addr) }
    }
}

/// The host in `host:/path`, `host:path`, `[v6]:/path` and `v6:/path`; the whole text where there is no path.
fn host(source: &str) -> &str {
    if let Some((host, _)) = source.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return host;
    }
    if let Some((host, _)) = source.split_once(":/")
        && host.parse::<IpAddr>().is_ok()
    {
        return host;
    }
    if let Some(share) = source.strip_prefix("//") {
        return share.split('/').next().unwrap_or_default();
    }
    source.split(':').next().unwrap_or_default()
}
