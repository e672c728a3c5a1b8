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
