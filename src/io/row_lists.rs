//! Snapshots of large accounts: the long lists of a target are read row by row, what is beside them in one piece.
//!
//! A text that is held is read about twice as fast as one that streams by, but a target of 100,000 instances does not have
//! to be held for that: one row at a time is enough. This reads what the tool itself writes, and stops at whatever is not
//! like that. The plain reading then goes on, and it alone says what is wrong.

use std::io::BufRead;

use chrono::{DateTime, Utc};
use memchr::memchr2;
use serde::Deserialize;

use super::sound_target::{check_sound, check_time};
use crate::model::{Ec2Coverage, Instance, ManagedNode, SNAPSHOT_SCHEMA_VERSION, Section, Target};

/// The most of a target beside its long lists, and of one row, that is held as text.
const HELD: usize = 48 << 20;

/// How far a file was read.
#[derive(Debug)]
pub(super) enum Outcome<E> {
    /// To its end; when it was taken.
    Whole(DateTime<Utc>),
    /// To something that is not as expected, after so many targets.
    Stopped(usize),
    /// As far as whoever takes the targets wanted.
    Refused(E),
}

/// Reads a snapshot, and hands over each target as soon as it is read.
pub(super) fn read<E>(input: impl BufRead, each: &mut dyn FnMut(Target) -> Result<(), E>) -> Outcome<E> {
    let mut handed = 0;
    let mut refused = None;
    let mut scanner = Scanner { input, key: Vec::new() };
    let read = scanner.document(&mut |target| {
        handed += 1;
        each(target).map_err(|error| refused = Some(error)).ok()
    });
    match (refused, read) {
        (Some(error), _) => Outcome::Refused(error),
        (None, Some(taken_at)) => Outcome::Whole(taken_at),
        (None, None) => Outcome::Stopped(handed),
    }
}

/// What a document says before and behind its targets.
#[derive(Deserialize)]
struct Head {
    schema_version: u32,
    taken_at: DateTime<Utc>,
}

/// The rows of the lists that grow with the instances.
#[derive(Default)]
struct Rows {
    instances: Option<Vec<Instance>>,
    managed_nodes: Option<Vec<ManagedNode>>,
    coverage: Option<Vec<Ec2Coverage>>,
}

impl Rows {
    /// Where a service's section is such a list: what takes one row.
    fn list(&mut self, service: &[u8], section: &[u8]) -> Option<&mut dyn List> {
        match (service, section) {
            (br#""ec2""#, br#""instances""#) => Some(&mut self.instances),
            (br#""ssm""#, br#""managed_nodes""#) => Some(&mut self.managed_nodes),
            (br#""inspector""#, br#""ec2_coverage""#) => Some(&mut self.coverage),
            _ => None,
        }
    }

    /// Puts the rows where they were taken from; `None` where that is no list after all.
    fn put_back(self, target: &mut Target) -> Option<()> {
        fn put<T>(rows: Option<Vec<T>>, section: &mut Section<Vec<T>>) -> Option<()> {
            if let Some(rows) = rows {
                section.is_complete().then_some(())?;
                *section = Section::Complete(rows);
            }
            Some(())
        }
        put(self.instances, &mut target.ec2.instances)?;
        put(self.managed_nodes, &mut target.ssm.managed_nodes)?;
        put(self.coverage, &mut target.inspector.ec2_coverage)
    }
}

/// A list that takes its rows as texts.
trait List {
    fn begin(&mut self) -> Option<()>;
    fn row(&mut self, text: &[u8]) -> Option<()>;
}

impl<T: for<'de> Deserialize<'de>> List for Option<Vec<T>> {
    fn begin(&mut self) -> Option<()> {
        // A second list of that name is for the plain reading to refuse.
        self.replace(Vec::new()).is_none().then_some(())
    }

    fn row(&mut self, text: &[u8]) -> Option<()> {
        self.as_mut()?.push(serde_json::from_slice(text).ok()?);
        Some(())
    }
}

/// White space as JSON has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Goes through JSON by its brackets, commas and quotes. Every method is `None` where the text is not as expected, and where
/// it cannot be read.
struct Scanner<R> {
    input: R,
    /// The name last read, with its quotes.
    key: Vec<u8>,
}

impl<R: BufRead> Scanner<R> {
    fn document(&mut self, each: &mut dyn FnMut(Target) -> Option<()>) -> Option<DateTime<Utc>> {
        let (mut head, mut seen) = (Vec::new(), false);
        self.object(&mut head, &mut |scanner, head| {
            if scanner.key != br#""targets""# {
                return scanner.value(head);
            }
            // What does not say its version first is not read at all.
            let (before, _) = head.split_at_checked(head.iter().rposition(|byte| *byte == b',')?)?;
            let before = [before, b"}"].concat();
            let Head { schema_version, taken_at } = serde_json::from_slice(&before).ok()?;
            if schema_version != SNAPSHOT_SCHEMA_VERSION || std::mem::replace(&mut seen, true) {
                return None;
            }
            check_time(&taken_at).ok()?;
            head.extend_from_slice(b"0");
            let mut number = 0;
            scanner.list(&mut |scanner| {
                number += 1;
                each(scanner.target()?)
            })?;
            (number > 0).then_some(())
        })?;
        let Head { taken_at, .. } = serde_json::from_slice(&head).ok()?;
        (seen && self.is_at_end()).then_some(taken_at)
    }

    fn target(&mut self) -> Option<Target> {
        let (mut text, mut rows, mut row) = (Vec::new(), Rows::default(), Vec::new());
        self.object(&mut text, &mut |scanner, text| {
            if scanner.next()? != b'{' {
                return scanner.value(text);
            }
            let service = scanner.key.clone();
            scanner.object(text, &mut |scanner, text| {
                let Some(list) = rows.list(&service, &scanner.key) else { return scanner.value(text) };
                if scanner.next()? != b'{' {
                    return scanner.value(text);
                }
                scanner.object(text, &mut |scanner, text| {
                    if scanner.key != br#""complete""# || scanner.next()? != b'[' {
                        return scanner.value(text);
                    }
                    list.begin()?;
                    text.extend_from_slice(b"[]");
                    scanner.list(&mut |scanner| {
                        row.clear();
                        scanner.value(&mut row)?;
                        list.row(&row)
                    })
                })
            })
        })?;
        let mut target = serde_json::from_slice(&text).ok()?;
        drop(text);
        rows.put_back(&mut target)?;
        check_sound(&target).ok()?;
        Some(target)
    }

    /// An object, copied: `member` reads the value of [`Self::key`], and writes what is to stand in its place.
    fn object(
        &mut self,
        out: &mut Vec<u8>,
        member: &mut dyn FnMut(&mut Self, &mut Vec<u8>) -> Option<()>,
    ) -> Option<()> {
        self.take(b'{')?;
        out.push(b'{');
        if self.next()? == b'}' {
            out.push(b'}');
            return self.take(b'}');
        }
        loop {
            let mut key = std::mem::take(&mut self.key);
            key.clear();
            (self.next()? == b'"').then_some(())?;
            self.value(&mut key)?;
            self.take(b':')?;
            out.extend_from_slice(&key);
            out.push(b':');
            self.key = key;
            member(self, out)?;
            let next = self.next()?;
            self.take(next)?;
            out.push(next);
            match next {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A list; `item` reads each of its values.
    fn list(&mut self, item: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(b'[')?;
        if self.next()? == b']' {
            return self.take(b']');
        }
        loop {
            item(self)?;
            let next = self.next()?;
            self.take(next)?;
            match next {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A value, copied as it stands.
    fn value(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let is_scalar = !matches!(self.next()?, b'{' | b'[' | b'"');
        let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
        loop {
            let piece = self.input.fill_buf().ok()?;
            if piece.is_empty() || out.len() > HELD {
                return None;
            }
            let mut at = 0;
            let mut ended = false;
            while let Some(&byte) = piece.get(at) {
                if escaped {
                    escaped = false;
                } else if in_text {
                    match memchr2(b'"', b'\\', piece.get(at..)?) {
                        Some(further) => at += further,
                        None => {
                            at = piece.len();
                            break;
                        }
                    }
                    escaped = piece.get(at) == Some(&b'\\');
                    in_text = escaped;
                    ended = !in_text && depth == 0;
                } else {
                    match byte {
                        b'"' => in_text = true,
                        b'{' | b'[' => depth += 1,
                        // The end of what a scalar stands in.
                        byte if is_scalar && (matches!(byte, b',' | b'}' | b']') || is_space(byte)) => {
                            out.extend_from_slice(piece.get(..at)?);
                            self.input.consume(at);
                            return Some(());
                        }
                        b'}' | b']' => {
                            depth = depth.checked_sub(1)?;
                            ended = depth == 0;
                        }
                        _ => {}
                    }
                }
                at += 1;
                if ended {
                    break;
                }
            }
            out.extend_from_slice(piece.get(..at)?);
            self.input.consume(at);
            if ended {
                return Some(());
            }
        }
    }

    /// The next character that is not white space, which stays.
    fn next(&mut self) -> Option<u8> {
        loop {
            let piece = self.input.fill_buf().ok()?;
            if piece.is_empty() {
                return None;
            }
            let space = piece.iter().take_while(|byte| is_space(**byte)).count();
            let next = piece.get(space).copied();
            self.input.consume(space);
            if next.is_some() {
                return next;
            }
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.input.consume(1))
    }

    /// Whether nothing but white space follows.
    fn is_at_end(&mut self) -> bool {
        loop {
            match self.input.fill_buf() {
                Ok([]) => return true,
                Ok(piece) if piece.iter().all(|byte| is_space(*byte)) => {
                    let length = piece.len();
                    self.input.consume(length);
                }
                _ => return false,
            }
        }
    }
}
