//! Where a result is: the file that was judged, or a stable address for what exists in AWS only.
//!
//! Relative URIs are read against the root of the repository (GitHub Docs, "SARIF support for code scanning", 2026-10).
//! An absolute path stays an absolute `file:` URI, which GitHub makes relative with the checkout path it is given.

use std::borrow::Cow;

use super::model::{ArtifactLocation, PhysicalLocation, Region};
use crate::render::text::clean;
use crate::report::v1::Finding;
use crate::rules::Location;

/// The root of the repository, in the words of the tools that read SARIF.
pub(super) const ROOT: &str = "%SRCROOT%";
/// The longest path segment that is kept as it is.
const SEGMENT: usize = 128;

/// The file and line of a finding, else its resource's address on line 1.
pub(super) fn physical(finding: &Finding) -> PhysicalLocation {
    let (artifact_location, line) = match &finding.location {
        // A line is required; in JSON the resource's address in the message says where.
        Some(location) => (file(location, &finding.fingerprint), location.line.unwrap_or(1).max(1)),
        None => (relative(resource(finding)), 1),
    };
    PhysicalLocation { artifact_location, region: Region { start_line: line, start_column: 1 } }
}

fn relative(uri: String) -> ArtifactLocation {
    ArtifactLocation { uri, uri_base_id: Some(ROOT) }
}

/// `aws/<account>/<region>/<service>/<id>`.
fn resource(finding: &Finding) -> String {
    let service = finding.resource.kind.split("::").nth(1).unwrap_or("resource").to_ascii_lowercase();
    let parts = [finding.account.as_str(), &finding.region, &service, &finding.resource.id];
    let parts = parts.map(|part| segment(part, &finding.fingerprint));
    format!("aws/{}", parts.join("/"))
}

/// The file's path as a URI without `.` and `..`.
///
/// Steps above the folder in which the program ran are left out: the root of the repository is then above it, and a
/// path that climbs as far as the root names the file from there.
fn file(location: &Location, fingerprint: &str) -> ArtifactLocation {
    let path = slashed(location);
    let parts: Vec<String> = parts(&path).into_iter().map(|part| segment(part, fingerprint)).collect();
    let drive = cfg!(windows) && path.as_bytes().get(1) == Some(&b':');
    if parts.is_empty() {
        relative("unknown".to_owned())
    } else if path.starts_with('/') || drive {
        ArtifactLocation { uri: format!("file:///{}", parts.join("/")).replacen("%3A", ":", 1), uri_base_id: None }
    } else {
        relative(parts.join("/"))
    }
}

/// The same as a plain path from the root of the repository, for a format that takes no URI.
pub(in crate::render) fn path(finding: &Finding) -> String {
    let Some(location) = &finding.location else { return resource(finding) };
    let path = slashed(location);
    let parts = parts(&path);
    if parts.is_empty() { "unknown".to_owned() } else { clean(&parts.join("/")).into_owned() }
}

fn slashed(location: &Location) -> Cow<'_, str> {
    if cfg!(windows) { location.file.replace('\\', "/").into() } else { location.file.as_str().into() }
}

/// The steps of a path that stay, once those up are taken.
fn parts(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts
}

/// One segment of a relative URI (RFC 3986): only unreserved characters stay as they are, nothing can climb a
/// directory, and what is too long ends in the fingerprint so that it stays unique.
fn segment(text: &str, fingerprint: &str) -> String {
    if text.is_empty() || text.bytes().all(|byte| byte == b'.') {
        return "unknown".to_owned();
    }
    let mut out = String::with_capacity(text.len().min(SEGMENT));
    for &byte in text.as_bytes() {
        if out.len() > SEGMENT {
            return format!("{out}-{fingerprint}");
        }
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16));
            out.extend(digits.into_iter().flatten().map(|digit| digit.to_ascii_uppercase()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_relative_and_bounded() {
        assert_eq!(segment("fs-0123", "f"), "fs-0123");
        assert_eq!(segment("../../etc/passwd", "f"), "..%2F..%2Fetc%2Fpasswd");
        assert_eq!(segment("..", "f"), "unknown");
        assert_eq!(segment("", "f"), "unknown");
        assert_eq!(segment("a:b\u{202e}", "f"), "a%3Ab%E2%80%AE");
        let long = segment(&"é".repeat(4000), "0123");
        assert!(long.len() < 160 && long.ends_with("-0123"), "{long}");
    }

    #[test]
    fn files_are_named_from_the_root_and_never_climb() {
        let of = |path: &str| {
            let place = file(&Location { file: path.to_owned(), line: Some(3) }, "f");
            (place.uri, place.uri_base_id)
        };
        let relative = |uri: &str| (uri.to_owned(), Some(ROOT));
        assert_eq!(of("infra/main.tf"), relative("infra/main.tf"));
        assert_eq!(of("./infra//modules/../main.tf"), relative("infra/main.tf"));
        assert_eq!(of("../../infra/main.tf"), relative("infra/main.tf"));
        assert_eq!(of("a b/100%/é#?.tf"), relative("a%20b/100%25/%C3%A9%23%3F.tf"));
        assert_eq!(of(".."), relative("unknown"));
        assert_eq!(of("/repo/../src/main.tf"), ("file:///src/main.tf".to_owned(), None));
    }
}
