//! The probe: a shell script for a host, and the reading of what it printed.
//!
//! The script prints records of tab-separated fields: `EFSPROBE`, `I` certain file systems, `O` system, `M` mounts, `S` state
//! files, `L` log, `F` fstab, `A` automounter maps, `T` connections, `X` S3 tools, `B` bytes read, `P` scanners, `W` packages
//! listed, `?` what could not be read, `E` how many records there are and how many were left out.
//!
//! Its output comes from a host that may be broken or hostile. Whatever is there is taken as a sighting; that nothing else
//! is there is believed only where every record is accounted for.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Utc};

use super::clues::{Clues, MapEntry, State, Tool};
pub use super::document::{document, document_matches, page};
use super::is_file_system;
use super::resolve::resolve;
use super::row::{Row, unescape};
use crate::model::HostMounts;

/// The POSIX shell script that runs on a host as root: reads, prints, changes nothing.
pub const SCRIPT: &str = include_str!("probe.sh");

/// Reads what the probe printed on a host.
///
/// Never fails: [`HostMounts::failed`] says that nothing could be read, [`HostMounts::incomplete`] why a mount may be missing.
#[must_use]
pub fn parse(instance_id: &str, observed_at: DateTime<Utc>, stdout: &str) -> HostMounts {
    let mut host =
        HostMounts { instance_id: instance_id.to_owned(), observed_at: Some(observed_at), ..HostMounts::default() };
    let mut lines = stdout.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    match lines.find(|fields| fields.first() == Some(&"EFSPROBE")).as_deref() {
        Some(["EFSPROBE", "1"]) => {}
        Some(_) => {
            host.failed = Some("the probe's output is of a format that this version does not read".to_owned());
            return host;
        }
        None => {
            host.failed = Some("the output is not the probe's".to_owned());
            return host;
        }
    }
    let mut read = Reading::default();
    for fields in lines {
        if fields.first() == Some(&"E") {
            read.end(&fields);
            break;
        }
        if !read.record(&fields) {
            read.unreadable += 1;
        }
    }
    let resolved = resolve(&read.rows, &read.clues);
    let doubts: Vec<String> = read.doubts().into_iter().chain(resolved.doubt()).collect();
    host.incomplete = (!doubts.is_empty()).then(|| doubts.join("; "));
    host.mounts = resolved.mounts;
    host.scanners = read.scanners.into_iter().collect();
    host
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Reading {
    rows: Vec<Row>,
    clues: Clues,
    scanners: BTreeSet<String>,
    /// Records so far, without the header, `I` and `E`.
    records: u64,
    unreadable: u64,
    /// Whether `I`, `O` and `P` came, which are always printed.
    certain: bool,
    system: Option<String>,
    namespace: Option<String>,
    scanners_said: bool,
    /// Records printed and left out, as `E` says.
    end: Option<(u64, u64)>,
    notes: Vec<String>,
}

impl Reading {
    /// Takes over a record; `false` where it cannot be read.
    fn record(&mut self, fields: &[&str]) -> bool {
        if fields.first() == Some(&"I") {
            return self.certain(fields);
        }
        self.records += 1;
        match *fields {
            ["?", ref what @ ..] => self.notes.push(what.join(" ").chars().take(120).collect()),
            ["O", system, _, namespace] => {
                self.system = Some(system.to_owned());
                self.namespace = namespace.strip_prefix("mntns=").map(str::to_owned);
            }
            ["M", _, _, point, fstype, source, options] => self.rows.push(row(point, fstype, source, options)),
            ["F", source, point, fstype, options] => self.clues.fstab.push(row(point, fstype, source, options)),
            ["S", id, port, dotted, service, _, _, connect, flags] => {
                return self.state(id, port, dotted, service, connect, flags);
            }
            // The helper's log has paths as they are, without escapes.
            ["L", server, point] => self.clues.log.push((server.to_owned(), point.to_owned())),
            ["A", file, key, location] => self.clues.maps.push(MapEntry {
                file: file.to_owned(),
                key: key.to_owned(),
                location: location.to_owned(),
            }),
            ["T", peers] => return self.peers(peers),
            ["X", name, bucket, point] => {
                let known = |text: &str| (text != "?").then(|| text.to_owned());
                self.clues.tools.push(Tool {
                    name: name.to_owned(),
                    bucket: known(bucket),
                    point: known(point).map(|point| unescape(&point)),
                });
            }
            ["B", point, _, bytes] => {
                return number(bytes).map(|bytes| self.clues.read.insert(unescape(point), bytes)).is_some();
            }
            ["W", point, lines] => {
                return number(lines).map(|lines| self.clues.listed.insert(unescape(point), lines)).is_some();
            }
            ["P", scanners] => {
                self.scanners_said = true;
                let known = scanners.split('+').filter(|scanner| ["ssm-plugin", "vm-scanner"].contains(scanner));
                self.scanners.extend(known.map(str::to_owned));
            }
            _ => return false,
        }
        true
    }

    fn certain(&mut self, fields: &[&str]) -> bool {
        let ["I", ids] = *fields else {
            // Trailing white space may be lost on the way.
            self.certain |= fields.len() == 1;
            return fields.len() == 1;
        };
        self.certain = true;
        let mut all = true;
        for id in ids.split(' ').filter(|id| !id.is_empty()) {
            if is_file_system(id) {
                self.clues.live.insert(id.to_owned());
            } else {
                all = false;
            }
        }
        all
    }

    fn state(&mut self, id: &str, port: &str, dotted: &str, service: &str, connect: &str, flags: &str) -> bool {
        let (true, Ok(port)) = (is_file_system(id), port.parse()) else { return false };
        // A state file whose mount is gone says nothing of what is mounted now.
        if flags.split(',').any(|flag| flag == "live=0") {
            return true;
        }
        let address = connect.rsplit_once(':').and_then(|(host, _)| host.parse().ok());
        self.clues.states.push(State {
            id: id.to_owned(),
            port,
            dotted: dotted.to_owned(),
            s3_files: service == "s3files",
            connects_to: address.or_else(|| connect.parse().ok()),
        });
        true
    }

    fn peers(&mut self, peers: &str) -> bool {
        let mut all = true;
        for peer in peers.split(' ').filter(|peer| !peer.is_empty()) {
            match peer.parse().ok().or_else(|| kernel_address(peer)) {
                Some(address) => self.clues.peers.push(address),
                None => all = false,
            }
        }
        all
    }

    fn end(&mut self, fields: &[&str]) {
        if let ["E", records, cut] = *fields {
            self.end = number(records).zip(number(cut));
        }
    }

    /// Why a mount may be missing from what was read.
    fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        match self.end {
            None => doubts.push("the output ends in the middle".to_owned()),
            Some((_, 1..)) => doubts.push("the probe left out records for want of room".to_owned()),
            Some((records, 0)) if records != self.records => {
                doubts.push("records are missing from the output".to_owned());
            }
            Some(_) if !(self.certain && self.scanners_said) => {
                doubts.push("records are missing from the output".to_owned());
            }
            Some(_) => {}
        }
        if self.unreadable > 0 {
            doubts.push("a record could not be read".to_owned());
        }
        match self.namespace.as_deref() {
            Some("same") => {}
            Some("differs") => doubts.push("the probe ran in a container, not on the host itself".to_owned()),
            _ => doubts.push("it is not known whether the probe saw the host's own mounts".to_owned()),
        }
        if self.system.as_deref() == Some("bottlerocket") {
            doubts.push("Bottlerocket runs commands in a container".to_owned());
        }
        doubts.extend(self.notes.iter().map(|note| format!("the probe says: {note}")));
        doubts
    }
}

fn row(point: &str, fstype: &str, source: &str, options: &str) -> Row {
    Row::new(&unescape(point), fstype, &unescape(source), options)
}

/// A count as the script prints it: digits alone.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// An address as `/proc/net/tcp` has it: words of 32 bits in hexadecimal, in the order of the processor, which is
/// little-endian on every EC2 instance.
fn kernel_address(text: &str) -> Option<IpAddr> {
    if !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let word = |at: usize| u32::from_str_radix(text.get(at..at + 8)?, 16).ok().map(u32::to_le_bytes);
    match text.len() {
        8 => word(0).map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes))),
        32 => {
            let mut all = [0; 16];
            for (index, part) in all.chunks_exact_mut(4).enumerate() {
                part.copy_from_slice(&word(index * 8)?);
            }
            Some(IpAddr::V6(Ipv6Addr::from(all)).to_canonical())
        }
        _ => None,
    }
}
