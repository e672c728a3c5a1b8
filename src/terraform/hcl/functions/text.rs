//! Functions of texts, numbers and booleans.

use std::fmt::Write as _;
use std::rc::Rc;

use rust_decimal::Decimal;

use super::super::eval::Evaluator;
use super::super::value::Value;

/// The result, where the arguments, settled to the last, decide it.
pub(super) fn known(evaluator: &mut Evaluator<'_>, name: &str, arguments: &[Value]) -> Option<Value> {
    if let Some(text) = text(name, arguments) {
        return Some(evaluator.text(&text));
    }
    let one = || arguments.first().filter(|_| arguments.len() == 1);
    let two = |f: fn(&str, &str) -> bool| match arguments {
        [a, b] => Some(Value::Bool(f(&a.as_text()?, &b.as_text()?))),
        _ => None,
    };
    let convert = |value: Option<Value>, to: &str| match (value, one()?) {
        (Some(value), _) => Some(value),
        (None, Value::Null) => Some(Value::Null),
        (None, Value::Open(_)) => None,
        (None, other) => Some(Value::invalid(format!("{} is no {to}", other.symbol()))),
    };
    match name {
        "tostring" => convert(one()?.as_text().map(Value::Text), "string"),
        "tonumber" => convert(one()?.as_number().map(Value::Number), "number"),
        "tobool" => convert(one()?.as_bool().map(Value::Bool), "bool"),
        "startswith" => two(|text, part| text.starts_with(part)),
        "endswith" => two(|text, part| text.ends_with(part)),
        "strcontains" => two(|text, part| text.contains(part)),
        "split" => {
            let [separator, text] = arguments else { return None };
            let (separator, text) = (separator.as_text()?, text.as_text()?);
            if separator.is_empty() {
                return None;
            }
            let parts = text.split(&*separator).map(Value::text).collect();
            Some(evaluator.list(parts))
        }
        "sort" => {
            let Value::List(list) = one()? else { return None };
            let texts: Option<Vec<Rc<str>>> = list.items.iter().map(Value::as_text).collect();
            let mut texts = texts?;
            texts.sort();
            Some(evaluator.list(texts.into_iter().map(Value::Text).collect()))
        }
        "abs" => Some(Value::Number(one()?.as_number()?.abs())),
        "ceil" => Some(Value::Number(one()?.as_number()?.ceil())),
        "floor" => Some(Value::Number(one()?.as_number()?.floor())),
        "min" | "max" | "sum" => {
            let numbers: Option<Vec<Decimal>> = match arguments {
                [Value::List(list)] => list.items.iter().map(Value::as_number).collect(),
                several => several.iter().map(Value::as_number).collect(),
            };
            let numbers = numbers?;
            let number = match name {
                "min" => numbers.into_iter().min()?,
                "max" => numbers.into_iter().max()?,
                _ => numbers.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add)?,
            };
            Some(Value::Number(number))
        }
        "formatlist" => {
            let (template, lists) = arguments.split_first()?;
            let length = lists.iter().find_map(|argument| match argument {
                Value::List(list) => Some(list.items.len()),
                _ => None,
            })?;
            let mut items = Vec::new();
            for index in 0..length {
                let row: Option<Vec<Value>> = lists
                    .iter()
                    .map(|argument| match argument {
                        Value::List(list) => list.items.get(index).cloned(),
                        single => Some(single.clone()),
                    })
                    .collect();
                items.push(evaluator.text(&format(&template.as_text()?, &row?)?));
            }
            Some(evaluator.list(items))
        }
        _ => None,
    }
}

fn text(name: &str, arguments: &[Value]) -> Option<String> {
    let at = |index: usize| arguments.get(index).and_then(Value::as_text);
    let single = || at(0).filter(|_| arguments.len() == 1);
    match name {
        "lower" => Some(single()?.to_lowercase()),
        "upper" => Some(single()?.to_uppercase()),
        "trimspace" => Some(single()?.trim().to_owned()),
        "chomp" => Some(single()?.trim_end_matches(['\n', '\r']).to_owned()),
        "strrev" => Some(single()?.chars().rev().collect()),
        "title" => {
            let mut after = ' ';
            let word = |c: char| {
                let begins = !after.is_alphanumeric() && after != '_' && after != '\'';
                after = c;
                if begins { c.to_uppercase().to_string() } else { c.to_string() }
            };
            Some(single()?.chars().map(word).collect())
        }
        "trim" => {
            let cut = at(1)?;
            Some(at(0)?.trim_matches(|c| cut.contains(c)).to_owned())
        }
        "trimprefix" => {
            let (text, part) = (at(0)?, at(1)?);
            Some(text.strip_prefix(&*part).unwrap_or(&text).to_owned())
        }
        "trimsuffix" => {
            let (text, part) = (at(0)?, at(1)?);
            Some(text.strip_suffix(&*part).unwrap_or(&text).to_owned())
        }
        "replace" => {
            let (text, from, to) = (at(0)?, at(1)?, at(2)?);
            // Between slashes it is a regular expression, which is not read here.
            let pattern = from.len() > 1 && from.starts_with('/') && from.ends_with('/');
            (!pattern && !from.is_empty()).then(|| text.replace(&*from, &to))
        }
        "substr" => {
            use rust_decimal::prelude::ToPrimitive as _;
            let (text, from, length) =
                (at(0)?, arguments.get(1)?.as_number()?.to_i64()?, arguments.get(2)?.as_number()?.to_i64()?);
            let count = i64::try_from(text.chars().count()).ok()?;
            let from = if from < 0 { count.checked_add(from)?.max(0) } else { from };
            let taken = text.chars().skip(usize::try_from(from).ok()?);
            Some(if length < 0 { taken.collect() } else { taken.take(usize::try_from(length).ok()?).collect() })
        }
        "join" => {
            let (separator, lists) = arguments.split_first()?;
            let mut parts = Vec::new();
            for argument in lists {
                let Value::List(list) = argument else { return None };
                let texts: Option<Vec<Rc<str>>> = list.items.iter().map(Value::as_text).collect();
                parts.extend(texts?);
            }
            Some(parts.join(&*separator.as_text()?))
        }
        "format" => {
            let (template, values) = arguments.split_first()?;
            format(&template.as_text()?, values)
        }
        "jsonencode" => json(arguments.first()?, 0).map(|json| json.to_string()),
        _ => None,
    }
}

/// `%s`, `%d`, `%v`, `%t`, `%q` and `%%`; any other verb is not read.
fn format(template: &str, values: &[Value]) -> Option<String> {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = template.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            '%' => out.push('%'),
            's' | 'd' | 'v' | 't' => out.push_str(&values.next()?.as_text()?),
            'q' => write!(out, "{:?}", values.next()?.as_text()?).ok()?,
            _ => return None,
        }
    }
    Some(out)
}

fn json(value: &Value, depth: usize) -> Option<serde_json::Value> {
    if depth > 50 {
        return None;
    }
    Some(match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => serde_json::from_str(&number.normalize().to_string()).ok()?,
        Value::Text(text) => serde_json::Value::from(&**text),
        Value::List(list) => list.items.iter().map(|item| json(item, depth + 1)).collect::<Option<Vec<_>>>()?.into(),
        Value::Object(object) if object.rest.is_none() => {
            let fields = object.fields.iter();
            let fields: Option<serde_json::Map<_, _>> =
                fields.map(|(key, value)| Some((key.to_string(), json(value, depth + 1)?))).collect();
            fields?.into()
        }
        _ => return None,
    })
}
