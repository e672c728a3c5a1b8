//! The two formats of a map, down to cells with a line.

use std::collections::BTreeMap;

use serde::de::{MapAccess, Visitor};
use serde_json::Value;

use super::row::MapProblem;

/// The columns of a map.
const COLUMNS: [&str; 8] =
    ["account", "region", "instance", "file_system", "mount_point", "observed_at", "expires_at", "note"];

/// The most problems that are told apart: a file that is broken throughout is no map.
const MAX_PROBLEMS: usize = 10_000;

/// Whether there are so many problems that the reading ends here, which is then the last of them.
fn is_hopeless(line: usize, problems: &mut Vec<MapProblem>) -> bool {
    let hopeless = problems.len() >= MAX_PROBLEMS;
    if hopeless {
        let message = format!("{MAX_PROBLEMS} problems before this one: the rest is not read");
        problems.push(MapProblem::rejected(line, message));
    }
    hopeless
}

/// Takes over a row: its line, its cells, where problems go. `false` ends the reading.
type Take<'a> = &'a mut dyn FnMut(usize, Cells, &mut Vec<MapProblem>) -> bool;

/// The cells of a row by column; empty ones are not there.
#[derive(Debug, Default)]
pub(super) struct Cells(BTreeMap<&'static str, String>);

impl Cells {
    /// The cell of a column, without white space around it.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(String::as_str)
    }

    fn set(&mut self, column: &'static str, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.0.insert(column, text.to_owned());
        }
    }
}

/// The column of a name, or the complaint about it.
fn column(name: &str) -> Result<&'static str, String> {
    let name = name.trim();
    if let Some(known) = COLUMNS.into_iter().find(|column| *column == name) {
        return Ok(known);
    }
    let nearest = COLUMNS
        .into_iter()
        .map(|column| (strsim::jaro_winkler(name, column), column))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness > 0.75);
    Err(match nearest {
        Some((_, nearest)) => format!("there is no column {name:?}; did you mean {nearest}?"),
        None => format!("there is no column {name:?}; the columns are {}", COLUMNS.join(", ")),
    })
}

/// Reads CSV with a header.
pub(super) fn csv(text: &str, problems: &mut Vec<MapProblem>, take: Take<'_>) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let mut columns = Vec::new();
    let header_line = match records.next() {
        Some(Ok(header)) => {
            let line = line_of(&header);
            for name in &header {
                match column(name) {
                    Ok(known) if columns.contains(&known) => {
                        problems.push(MapProblem::rejected(line, format!("the column {known} is there twice")));
                    }
                    Ok(known) => columns.push(known),
                    Err(message) => problems.push(MapProblem::rejected(line, message)),
                }
            }
            line
        }
        Some(Err(error)) => return problems.push(MapProblem::rejected(1, error.to_string())),
        None => return,
    };
    for needed in ["instance", "file_system"].into_iter().filter(|needed| !columns.contains(needed)) {
        problems.push(MapProblem::rejected(header_line, format!("the header has no column {needed}")));
    }
    // Under a header that was not understood, no cell is where it seems to be.
    if !problems.is_empty() {
        return;
    }
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, |position| usize_of(position.line()));
                problems.push(MapProblem::rejected(line, error.to_string()));
                continue;
            }
        };
        let line = line_of(&record);
        if is_hopeless(line, problems) {
            return;
        }
        if record.len() != columns.len() {
            let message = format!("{} cells under {} columns", record.len(), columns.len());
            problems.push(MapProblem::rejected(line, message));
            continue;
        }
        let mut cells = Cells::default();
        for (column, cell) in columns.iter().zip(&record) {
            cells.set(column, cell);
        }
        // A line of commas is what a spreadsheet leaves below its rows.
        if !cells.0.is_empty() && !take(line, cells, problems) {
            return;
        }
    }
}

fn line_of(record: &csv::StringRecord) -> usize {
    record.position().map_or(1, |position| usize_of(position.line()))
}

fn usize_of(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

/// Reads a JSON array of objects, one element after the other, so that each has its line.
pub(super) fn json(text: &str, problems: &mut Vec<MapProblem>, take: Take<'_>) {
    let mut place = Place { text, at: 0, line: 1 };
    if !place.take('[') {
        return problems.push(MapProblem::rejected(1, "the map is not a JSON array of objects"));
    }
    if place.take(']') {
        return end(&mut place, problems);
    }
    loop {
        let line = place.skip_blank();
        if is_hopeless(line, problems) {
            return;
        }
        let mut elements =
            serde_json::Deserializer::from_str(text.get(place.at..).unwrap_or_default()).into_iter::<Object>();
        let read = elements.next();
        let length = elements.byte_offset();
        match read {
            Some(Ok(object)) => match cells(object) {
                Ok(cells) => {
                    if !take(line, cells, problems) {
                        return;
                    }
                }
                Err(message) => problems.push(MapProblem::rejected(line, message)),
            },
            Some(Err(error)) => {
                // serde_json counts lines from the element; within it, the first is the element's own.
                let broken = line + error.line().saturating_sub(1);
                return problems.push(MapProblem::rejected(broken, format!("not a JSON object: {error}")));
            }
            None => return problems.push(MapProblem::rejected(line, "the JSON ends in the middle")),
        }
        place.at += length;
        place.line += text.get(place.at - length..place.at).unwrap_or_default().matches('\n').count();
        if place.take(',') {
            continue;
        }
        if place.take(']') {
            return end(&mut place, problems);
        }
        let line = place.line;
        return problems.push(MapProblem::rejected(line, "the JSON ends in the middle, or lacks a comma"));
    }
}

fn end(place: &mut Place<'_>, problems: &mut Vec<MapProblem>) {
    let line = place.skip_blank();
    if place.at < place.text.len() {
        problems.push(MapProblem::rejected(line, "there is something after the JSON array"));
    }
}

/// Where the reading of a text is.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Place<'_> {
    /// Skips white space; the line of what follows.
    fn skip_blank(&mut self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let left = rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        let blank = rest.get(..rest.len() - left).unwrap_or_default();
        self.line += blank.matches('\n').count();
        self.at += blank.len();
        self.line
    }

    /// Steps over a sign, if it comes next.
    fn take(&mut self, sign: char) -> bool {
        self.skip_blank();
        let there = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(sign));
        self.at += if there { sign.len_utf8() } else { 0 };
        there
    }
}

/// The fields of an object in order, a repeated one twice.
struct Object(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object with the columns of a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

fn cells(object: Object) -> Result<Cells, String> {
    let mut cells = Cells::default();
    let mut seen = Vec::new();
    for (name, value) in object.0 {
        let column = column(&name)?;
        if seen.contains(&column) {
            return Err(format!("the column {column} is there twice"));
        }
        seen.push(column);
        match value {
            Value::Null => {}
            Value::String(text) => cells.set(column, &text),
            // An account without quotes would have lost its zeros in front.
            _ => return Err(format!("{column} is not text")),
        }
    }
    Ok(cells)
}
