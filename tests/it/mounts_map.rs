//! The operator's mount map: what is taken over, what is refused, what contradicts itself.

use std::collections::BTreeSet;

use inspector_audit::mounts::map::{MAX_BYTES, MountMap, parse, unknown_ids};
use proptest::prelude::*;

const ONE: &str = "i-0123456789abcdef0";
const TWO: &str = "i-01234567";
const EFS: &str = "fs-0123456789abcdef0";

fn csv(rows: &str) -> MountMap {
    parse("mounts.csv", &format!("account,region,instance,file_system,mount_point,observed_at,expires_at,note\n{rows}"))
}

/// The only problem, which cost a row.
fn refused(map: &MountMap) -> (usize, String) {
    assert_eq!((map.rows.len(), map.problems.len()), (0, 1), "{map:#?}");
    assert!(map.problems[0].rejected);
    (map.problems[0].line, map.problems[0].message.clone())
}

#[test]
fn csv_and_json_say_the_same() {
    let table = csv(&format!(
        "111122223333,ap-northeast-1,{ONE},{EFS},/srv/data,2026-11-20T09:00:00+09:00,2026-12-31,\"seen by hand, twice\"\n,,{TWO},none,,2026-11-20,,\n"
    ));
    let json = parse(
        "mounts.csv",
        &format!(
            r#"[
{{"account": "111122223333", "region": "ap-northeast-1", "instance": "{ONE}", "file_system": "{EFS}", "mount_point": "/srv/data", "observed_at": "2026-11-20T00:00:00Z", "expires_at": "2027-01-01T00:00:00Z", "note": "seen by hand, twice"}},
{{"instance": "{TWO}", "file_system": "none", "observed_at": "2026-11-20", "note": null}}
]"#
        ),
    );
    assert_eq!(table, json);
    assert_eq!(table.problems, []);
    let first = &table.rows[0];
    assert_eq!(
        (first.line, first.account.as_deref(), first.region.as_deref()),
        (2, Some("111122223333"), Some("ap-northeast-1"))
    );
    assert_eq!(first.declared.origin, "mounts.csv, line 2");
    assert_eq!(first.declared.file_system_id.as_deref(), Some(EFS));
    // A day holds until it ends.
    assert_eq!(first.declared.expires_at.expect("a time").to_rfc3339(), "2027-01-01T00:00:00+00:00");
    assert_eq!(table.rows[1].declared.file_system_id, None);
}

#[test]
fn columns_may_stand_in_any_order_and_be_left_out() {
    let map = parse("m.csv", &format!("\u{feff}file_system, instance\r\n{EFS},{ONE}\r\n,\r\n\r\n"));
    assert_eq!((map.rows.len(), map.problems.len()), (1, 0), "{map:#?}");
}

#[test]
fn an_unknown_column_is_named_with_the_nearest() {
    let (line, message) = refused(&parse("m.csv", &format!("instance,file_sytem,file_system\n{ONE},{EFS},{EFS}\n")));
    assert_eq!(line, 1);
    assert!(message.contains("\"file_sytem\"") && message.contains("did you mean file_system"), "{message}");
    let (_, message) =
        refused(&parse("m.json", &format!(r#"[{{"instance": "{ONE}", "file_system": "none", "qqq": "x"}}]"#)));
    assert!(message.contains("the columns are account"), "{message}");
}

#[test]
fn missing_and_repeated_columns_are_refused() {
    assert!(refused(&parse("m.csv", &format!("instance\n{ONE}\n"))).1.contains("no column file_system"));
    assert!(refused(&parse("m.csv", "instance,instance,file_system\n")).1.contains("twice"));
    let twice = format!(r#"[{{"instance": "{ONE}", "instance": "{TWO}", "file_system": "none"}}]"#);
    assert!(refused(&parse("m.json", &twice)).1.contains("twice"));
}

#[test]
fn every_bad_cell_is_refused_with_its_line() {
    for (row, word) in [
        (format!(",,,{EFS},,,,"), "instance is missing"),
        (format!(",,{ONE},,,,,"), "file_system is missing"),
        (format!(",,i-0123456789abcde,{EFS},,,,"), "17 hexadecimal"),
        (format!(",,I-0123456789ABCDEF0,{EFS},,,,"), "17 hexadecimal"),
        (format!(",,mi-0123456789abcdef0,{EFS},,,,"), "17 hexadecimal"),
        (format!(",,{ONE},fs-0123456,,,,"), "8 to 40"),
        (format!(",,{ONE},None,,,,"), "`none`"),
        (format!(",,{ONE},{EFS}:/,,,,"), "8 to 40"),
        (format!("11112222333,,{ONE},{EFS},,,,"), "12 digits"),
        (format!(",Tokyo,{ONE},{EFS},,,,"), "not a region"),
        (format!(",,{ONE},{EFS},srv,,,"), "begin with /"),
        (format!(",,{ONE},none,/srv,,,"), "`none`"),
        (format!(",,{ONE},{EFS},,yesterday,,"), "observed_at"),
        (format!(",,{ONE},{EFS},,2026-02-30,,"), "observed_at"),
        (format!(",,{ONE},{EFS},,2026-11-20,2026-11-19,"), "expires before"),
        (format!(",,{ONE},{EFS},"), "5 cells under 8 columns"),
    ] {
        let (line, message) = refused(&csv(&format!("{row}\n")));
        assert_eq!(line, 2, "{row}");
        assert!(message.contains(word), "{row}: {message}");
    }
}

#[test]
fn good_rows_stand_beside_bad_ones() {
    let map = csv(&format!(",,{ONE},{EFS},,,,\n,,nonsense,{EFS},,,,\n,,{TWO},none,,,,\n"));
    assert_eq!(map.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(map.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3]);
}

#[test]
fn broken_json_is_refused_with_its_line() {
    for (text, line) in [
        ("{}", 1),
        ("[", 1),
        ("[\n\n 7]", 3),
        ("[\n{\"instance\": \"i-01234567\", \"file_system\": \"none\"}\n", 3),
        ("[\n{\"instance\": \"i-01234567\", \"file_system\": \"none\"}\n{}]", 3),
        ("[\n{\"instance\": \"i-01234567\",\n \"file_system\": nope}]", 3),
        ("[{\"instance\": \"i-01234567\", \"file_system\": \"none\"}]\n]", 2),
        ("[{\"account\": 12, \"instance\": \"i-01234567\", \"file_system\": \"none\"}]", 1),
    ] {
        let map = parse("m.json", text);
        assert_eq!(map.problems.len(), 1, "{text}: {map:#?}");
        assert_eq!((map.problems[0].line, map.problems[0].rejected), (line, true), "{text}: {map:#?}");
    }
}

#[test]
fn contradictions_are_reported_and_kept() {
    let map = csv(&format!(",,{ONE},{EFS},/a,,,\n,,{ONE},none,,,,\n"));
    assert_eq!(map.rows.len(), 2);
    assert_eq!(map.problems.len(), 1);
    assert!(!map.problems[0].rejected);
    assert!(map.problems[0].message.contains("lines 2 and 3"), "{:?}", map.problems);

    let map = csv(&format!(",us-east-1,{ONE},{EFS},/a,,,\n,us-west-2,{ONE},{EFS},/b,,,\n"));
    assert!(map.problems[0].message.contains("us-east-1, us-west-2"), "{:?}", map.problems);
}

#[test]
fn rows_of_different_times_contradict_nothing() {
    let map = csv(&format!(",,{ONE},{EFS},/a,2026-01-01,2026-02-01,\n,,{ONE},none,,2026-02-02,,\n"));
    assert_eq!((map.rows.len(), map.problems.len()), (2, 0), "{map:#?}");
}

#[test]
fn an_empty_and_an_endless_map_are_refused() {
    assert!(refused(&parse("m.csv", "")).1.contains("no rows"));
    assert!(refused(&parse("m.json", "[]")).1.contains("no rows"));
    assert!(refused(&parse("m.csv", &"x".repeat(MAX_BYTES + 1))).1.contains("longer"));
}

#[test]
fn ids_that_no_target_has_are_reported_once_with_their_first_line() {
    let map = csv(&format!(",,{ONE},{EFS},/a,,,\n,,{ONE},{EFS},/b,,,\n,,{TWO},none,,,,\n"));
    let known = BTreeSet::from([TWO.to_owned()]);
    let problems = unknown_ids(&map.rows, &known, &BTreeSet::new());
    let said: Vec<(usize, &str)> = problems.iter().map(|problem| (problem.line, problem.message.as_str())).collect();
    assert_eq!(
        said,
        [
            (2, "no target has the instance i-0123456789abcdef0"),
            (2, "no target has the file system fs-0123456789abcdef0")
        ]
    );
    assert!(problems.iter().all(|problem| !problem.rejected));
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_no_row_is_lost_in_silence(text in "[\\[{\"a-z,:\n\r\\\\}\\]0-9 é-]{0,80}") {
        let _ = parse("m", &text);
        let body = parse("m", &format!("instance,file_system\n{text}"));
        let filled = text.lines().any(|line| line.chars().any(char::is_alphanumeric));
        prop_assert!(!filled || !body.rows.is_empty() || !body.problems.is_empty());
    }
}

#[test]
fn a_map_that_is_broken_throughout_is_not_read_to_its_end() {
    let csv = parse("m.csv", &("instance,file_system\n".to_owned() + &"x,\n".repeat(20_000)));
    let json = parse("m.json", &format!("[{}]", vec!["{\"x\": 1}"; 20_000].join(",\n")));
    for map in [csv, json] {
        assert_eq!((map.rows.len(), map.problems.len()), (0, 10_001));
        assert!(map.problems.last().is_some_and(|last| last.message.contains("the rest is not read")));
    }
}
