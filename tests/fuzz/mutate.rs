//! Mutations, of bytes and of JSON, by a seeded generator: the same seed makes the same inputs.

use serde_json::{Map, Value};

/// A generator of numbers (`SplitMix64`).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// One of some things.
    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// One of some words.
    fn word(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

/// FNV-1a.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What a stranger would write into a name, and what stands at the edge of some number, time or syntax.
const TOKENS: &[&str] = &[
    "\u{202e}",
    "\u{1b}[31m",
    "\r\n::error::x",
    "##vso[task.x]",
    "##[error]",
    "\u{feff}",
    "\u{0}",
    "=1+1",
    "$(id)",
    "`id`",
    "'",
    "\"",
    "\\",
    "</script>",
    "<!--",
    "]]>",
    "|",
    "\n",
    "\t",
    "%",
    "{{",
    "${",
    "%{",
    "}",
    "]",
    ")",
    "-1",
    "0",
    "1e400",
    "-0",
    "1e-400",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "null",
    "true",
    "[]",
    "{}",
    "2026-11-21T03:04:05Z",
    "2199-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59+23:59",
    "cron(0 0 ? * * *)",
    "cron(* * * * ? *)",
    "rate(0 days)",
    "rate(99999999999 days)",
    "cron(0 0 29 2 ? 2099)",
    "0.0.0.0/0",
    "::/0",
    "255.255.255.255/33",
    "é",
    "日本",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{e000}",
    "\u{1f468}\u{200d}\u{1f469}",
    "ſ",
    "İ",
    "for",
    "if",
    "...",
    "[*]",
    ".*",
    "?",
    ":",
    "=>",
    "<<EOT\n",
    "EOT\n",
    "<<-E\n",
    "/*",
    "*/",
    "#",
    "//",
    "each.key",
    "count.index",
    "toset",
    "flatten(",
    "merge(",
    "range(",
    "jsondecode(",
    "yamldecode(",
    "templatefile(",
    "regexall(",
    "format(\"%*d\",",
    "cidrsubnet(",
    "setproduct(",
    "try(",
    "can(",
    "dynamic",
    "content",
    "lifecycle",
    "ignore_changes",
    "all",
    "for_each",
    "module",
    "source",
    "provider",
];

/// Values at the edges.
const EDGES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "0.5",
    "-0.0",
    "1e308",
    "1e400",
    "-1e400",
    "9223372036854775807",
    "18446744073709551616",
    "1e-30",
    "79228162514264337593543950336",
    "4294967296",
    "\"\"",
    "\"x\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "{\"\":null}",
    "\"2026-11-21T03:04:05Z\"",
    "\"2199-12-31T23:59:59Z\"",
    "\"2000-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"-262143-01-01T00:00:00Z\"",
    "\"i-0a11111111111111a\"",
    "\"fs-0aaaaaaaaaaaaaaa1\"",
    "\"ENABLED\"",
    "\"DISABLED\"",
    "\"\\u202e\\u0000::error::x##vso[y]\"",
    "\"0.0.0.0/0\"",
    "\"::/0\"",
    "\"-1\"",
    "\"BASIC\"",
    "\"ENHANCED\"",
];

/// Changes bytes in a few places.
pub(crate) fn bytes(input: &[u8], other: &[u8], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut out = input.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(out.len() + 1);
        let most = *random.of(&[4, 16, 200]);
        let length = 1 + random.below(most);
        let end = (at + length).min(out.len());
        match random.below(11) {
            0 if at < out.len() => out[at] ^= 1 << random.below(8),
            1 if at < out.len() => out[at] = u8::try_from(random.below(256)).unwrap_or(0),
            2 => drop(out.drain(at..end)),
            3 => {
                let piece = out[at..end].to_vec();
                let most = if random.one_in(20) { 300 } else { 4 };
                let times = 1 + random.below(most);
                out.splice(at..at, piece.repeat(times));
            }
            4 | 5 => drop(out.splice(at..at, random.of(TOKENS).bytes())),
            6 if !words.is_empty() => drop(out.splice(at..at, random.of(words).iter().copied())),
            7 if !words.is_empty() => drop(out.splice(at..end, random.of(words).iter().copied())),
            8 => {
                let from = random.below(other.len() + 1);
                let piece = &other[from..(from + length * 4).min(other.len())];
                out.splice(at..end, piece.iter().copied());
            }
            9 if random.one_in(4) => out.truncate(at),
            10 => {
                // A whole line elsewhere, or twice.
                let lines: Vec<&[u8]> = out.split_inclusive(|byte| *byte == b'\n').collect();
                let line = random.of(&lines).to_vec();
                let before: usize = lines[..random.below(lines.len())].iter().map(|line| line.len()).sum();
                out.splice(before..before, line);
            }
            _ => {}
        }
        if out.is_empty() {
            out.push(b'{');
        }
    }
    out.truncate(256 << 10);
    out
}

/// Changes a document in a few places and leaves it JSON; `None` where the input is none.
pub(crate) fn json(input: &[u8], other: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(input).ok()?;
    let donor: Value = serde_json::from_slice(other).unwrap_or(Value::Null);
    for _ in 0..=random.below(5) {
        let nodes = count(&document);
        let gift = {
            let mut at = random.below(count(&donor));
            node(&donor, &mut at).cloned().unwrap_or(Value::Null)
        };
        let mut at = random.below(nodes);
        if let Some(place) = node_mut(&mut document, &mut at) {
            change(place, gift, random);
        }
    }
    let mut out = serde_json::to_vec(&document).ok()?;
    out.truncate(512 << 10);
    Some(out)
}

fn change(place: &mut Value, gift: Value, random: &mut Random) {
    match random.below(8) {
        0 | 1 => *place = serde_json::from_str(random.word(EDGES)).unwrap_or(Value::Null),
        2 => *place = gift,
        _ => match place {
            Value::Object(members) => of_object(members, gift, random),
            Value::Array(items) => of_list(items, gift, random),
            Value::String(text) => {
                let at = (0..=random.below(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                match random.below(4) {
                    0 => text.truncate(at),
                    1 if random.one_in(30) => *text = text.repeat(random.below(2_000)).chars().take(40_000).collect(),
                    _ => text.insert_str(at, random.word(TOKENS)),
                }
            }
            Value::Number(number) => {
                let value = number.as_i64().unwrap_or(1);
                let changed = [value.wrapping_add(1), value.wrapping_neg(), value.wrapping_mul(1_000_003), value / 2];
                *place = (*random.of(&changed)).into();
            }
            Value::Bool(is) => *is = !*is,
            Value::Null => *place = gift,
        },
    }
}

fn of_object(members: &mut Map<String, Value>, gift: Value, random: &mut Random) {
    let keys: Vec<String> = members.keys().cloned().collect();
    match (random.below(4), keys.is_empty()) {
        (0, false) => drop(members.shift_remove(random.of(&keys))),
        (1, false) => drop(members.insert(random.of(&keys).clone(), gift)),
        (2, false) => {
            let (from, to) = (random.of(&keys), random.of(&keys));
            let value = members.get(from).cloned().unwrap_or(Value::Null);
            members.insert(to.clone(), value);
        }
        (_, false) if random.one_in(2) => {
            let key = random.of(&keys);
            if let Some(value) = members.shift_remove(key) {
                members.insert(format!("{key}{}", random.of(TOKENS)), value);
            }
        }
        _ => drop(members.insert((*random.of(TOKENS)).to_owned(), gift)),
    }
}

fn of_list(items: &mut Vec<Value>, gift: Value, random: &mut Random) {
    let at = random.below(items.len() + 1);
    match random.below(5) {
        0 if at < items.len() => drop(items.remove(at)),
        1 if at < items.len() => items.insert(at, items[at].clone()),
        2 if at < items.len() => {
            let item = items[at].clone();
            let most = if random.one_in(30) { 400 } else { 6 };
            let times = random.below(most);
            items.extend(std::iter::repeat_n(item, times));
        }
        3 if at < items.len() => {
            let other = random.below(items.len());
            items.swap(at, other);
        }
        _ => items.insert(at, gift),
    }
}

/// How many values a document has, itself among them.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

fn node<'v>(value: &'v Value, at: &mut usize) -> Option<&'v Value> {
    let Some(next) = at.checked_sub(1) else { return Some(value) };
    *at = next;
    match value {
        Value::Array(items) => items.iter().find_map(|item| node(item, at)),
        Value::Object(members) => members.values().find_map(|member| node(member, at)),
        _ => None,
    }
}

fn node_mut<'v>(value: &'v mut Value, at: &mut usize) -> Option<&'v mut Value> {
    let Some(next) = at.checked_sub(1) else { return Some(value) };
    *at = next;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| node_mut(item, at)),
        Value::Object(members) => members.values_mut().find_map(|member| node_mut(member, at)),
        _ => None,
    }
}
