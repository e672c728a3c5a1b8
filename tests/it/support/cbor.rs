//! CBOR to and from JSON: CloudWatch speaks it (Smithy RPC v2 CBOR protocol), and the tests speak JSON.

use ciborium::Value as Cbor;
use serde_json::{Map, Number, Value};

/// The members whose numbers are points in time.
const TIMES: &[&str] = &["Timestamps", "StartTime", "EndTime"];
/// The tag of a number of seconds since 1970 (RFC 8949, 3.4.2).
const EPOCH: u64 = 1;

/// A body as JSON; `Null` where it is no CBOR.
pub(crate) fn to_json(body: &[u8]) -> Value {
    ciborium::from_reader(body).map_or(Value::Null, plain)
}

fn plain(value: Cbor) -> Value {
    match value {
        Cbor::Integer(number) => i64::try_from(number).map_or(Value::Null, Value::from),
        Cbor::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        Cbor::Text(text) => Value::String(text),
        Cbor::Bool(bool) => Value::Bool(bool),
        Cbor::Tag(_, inner) => plain(*inner),
        Cbor::Array(items) => items.into_iter().map(plain).collect(),
        Cbor::Map(pairs) => {
            let member = |(name, value): (Cbor, Cbor)| Some((name.into_text().ok()?, plain(value)));
            Value::Object(pairs.into_iter().filter_map(member).collect::<Map<_, _>>())
        }
        _ => Value::Null,
    }
}

/// JSON text as a body.
pub(crate) fn from_json(text: &str) -> Vec<u8> {
    let value: Value = serde_json::from_str(text).expect("the answer of a test is JSON");
    let mut bytes = Vec::new();
    ciborium::into_writer(&typed(&value, false), &mut bytes).expect("memory takes everything");
    bytes
}

/// Numbers are floats, as CloudWatch's values are; those of times are tagged. `NaN` and the like are written as text.
fn typed(value: &Value, time: bool) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(bool) => Cbor::Bool(*bool),
        Value::String(text) => match text.strip_prefix("float:") {
            Some(number) => Cbor::Float(number.parse().expect("a float of a test")),
            None => Cbor::Text(text.clone()),
        },
        Value::Number(number) => {
            let number = Cbor::Float(number.as_f64().expect("a number of a test"));
            if time { Cbor::Tag(EPOCH, Box::new(number)) } else { number }
        }
        Value::Array(items) => Cbor::Array(items.iter().map(|item| typed(item, time)).collect()),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                (Cbor::Text(name.clone()), typed(value, TIMES.contains(&name.as_str())))
            };
            Cbor::Map(members.iter().map(member).collect())
        }
    }
}

/// How the length of an item is written where it does not fit beside its type (RFC 8949, 3).
const ONE_BYTE: u8 = 0b1_1000;
const TWO_BYTES: u8 = 0b1_1001;
const EIGHT_BYTES: u8 = 0b1_1011;

/// What an item is and how long.
fn head(out: &mut Vec<u8>, major: u8, length: usize) {
    let length = u16::try_from(length).expect("a short list of a test");
    match u8::try_from(length) {
        Ok(length) if length < 24 => out.push(major << 5 | length),
        Ok(length) => out.extend([major << 5 | ONE_BYTE, length]),
        Err(_) => {
            out.push(major << 5 | TWO_BYTES);
            out.extend(length.to_be_bytes());
        }
    }
}

pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    head(out, 3, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// So many items follow.
pub(crate) fn array(out: &mut Vec<u8>, items: usize) {
    head(out, 4, items);
}

/// So many names, each with its value, follow.
pub(crate) fn map(out: &mut Vec<u8>, members: usize) {
    head(out, 5, members);
}

/// A whole number as a float, as CloudWatch's values are. Up to 2^32 times a power of two.
pub(crate) fn number(out: &mut Vec<u8>, number: u64) {
    let shift = number.trailing_zeros().min(32);
    let float = f64::from(u32::try_from(number >> shift).expect("few digits")) * 2_f64.powi(shift.cast_signed());
    out.push(7 << 5 | EIGHT_BYTES);
    out.extend(float.to_be_bytes());
}

/// Seconds since 1970.
pub(crate) fn time(out: &mut Vec<u8>, seconds: i64) {
    head(out, 6, 1);
    number(out, u64::try_from(seconds).expect("after 1970"));
}
