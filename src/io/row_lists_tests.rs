//! Row by row a snapshot is read as it is plainly, or not to its end.

use std::io::{BufReader, Write as _};

use proptest::prelude::*;

use super::row_lists::{self, Outcome};
use super::snapshot_file::{self, Header, SnapshotError};
use crate::model::Target;

const SNAPSHOT: &str = include_str!("../../tests/it/support/full_snapshot.json");

/// The targets read row by row, in pieces of so many bytes.
fn by_rows(text: &[u8], piece: usize) -> (Outcome<()>, Vec<Target>) {
    let mut targets = Vec::new();
    let outcome = row_lists::read(BufReader::with_capacity(piece, text), &mut |target| {
        targets.push(target);
        Ok(())
    });
    (outcome, targets)
}

/// The same by the plain reading, which is that of small files.
fn plainly(text: &[u8]) -> (Result<Header, SnapshotError>, Vec<Target>) {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text).expect("it is written");
    let mut targets = Vec::new();
    let header = snapshot_file::read(file.path(), &mut |target| {
        targets.push(target);
        Ok(())
    });
    (header, targets)
}

fn assert_alike(text: &[u8], piece: usize) {
    let (outcome, targets) = by_rows(text, piece);
    let (header, expected) = plainly(text);
    match outcome {
        Outcome::Whole(taken_at) => {
            assert_eq!(header.expect("what is read row by row is a snapshot").taken_at, taken_at);
            assert_eq!(targets, expected);
        }
        Outcome::Stopped(after) => {
            assert_eq!(targets.len(), after);
            assert_eq!(targets, expected.get(..after).expect("the plain reading gets as far"));
        }
        Outcome::Refused(()) => unreachable!("every target is taken"),
    }
}

#[test]
fn what_the_tool_writes_is_read_to_its_end() {
    let value: serde_json::Value = serde_json::from_str(SNAPSHOT).expect("JSON");
    let narrow = serde_json::to_vec(&value).expect("JSON");
    for text in [SNAPSHOT.as_bytes(), &narrow] {
        for piece in [1, 7, 1 << 16] {
            assert!(matches!(by_rows(text, piece).0, Outcome::Whole(_)), "in pieces of {piece}");
            assert_alike(text, piece);
        }
    }
}

#[test]
fn a_list_given_twice_or_not_complete_is_left_to_the_plain_reading() {
    let target = |ec2: &str| {
        format!(
            r#"{{"schema_version":1,"taken_at":"2026-11-21T03:04:05Z","targets":[{{"account":"111122223333",
            "region":"us-east-1","taken_at":"2026-11-21T03:04:05Z","ec2":{{{ec2}}}}}]}}"#
        )
    };
    let row = r#"{"id":"i-0a","state":"running"}"#;
    let twice = format!(r#""instances":{{"complete":[{row}]}},"instances":{{"complete":[]}}"#);
    let both = format!(r#""instances":{{"complete":[{row}],"complete":[{row}]}}"#);
    for text in [twice, both, r#""instances":{"complete":[{"state":"running"}]}"#.to_owned()] {
        assert!(matches!(by_rows(target(&text).as_bytes(), 64).0, Outcome::Stopped(0)), "{text}");
    }
    for text in [r#""instances":"not_asked""#.to_owned(), format!(r#""instances":{{"complete":[{row}]}}"#)] {
        assert!(matches!(by_rows(target(&text).as_bytes(), 64).0, Outcome::Whole(_)), "{text}");
        assert_alike(target(&text).as_bytes(), 64);
    }
}

proptest! {
    #[test]
    fn a_damaged_snapshot_is_never_read_as_another(
        at in 0..SNAPSHOT.len(),
        length in 0_usize..3,
        new in prop::sample::select(vec!["", "\"", "{", "}", "[", "]", ",", ":", "\\", " ", "0", "null", "x", "\u{e9}"]),
        piece in 1_usize..300,
    ) {
        let mut text = SNAPSHOT.as_bytes().to_vec();
        let end = (at + length).min(text.len());
        text.splice(at..end, new.bytes());
        assert_alike(&text, piece);
        assert_alike(text.get(..at).expect("it is that long"), piece);
    }
}
