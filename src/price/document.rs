//! The price file: rates by service, region and dimension with numbered sources, and overrides on top of them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::dimension;
use super::table::{OVERRIDE, PriceError, PriceTable, Rate};

/// The version of the format.
const VERSION: u32 = 1;
/// No unit of any service costs more USD than this: a larger number is a slip of the pen.
const MOST: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "schema_version")]
    _version: u32,
    currency: String,
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default)]
    rates: Vec<Row>,
    #[serde(default)]
    overrides: Vec<Override>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    name: String,
    as_of: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    service: String,
    region: String,
    dimension: String,
    #[serde(with = "rust_decimal::serde::str")]
    usd: Decimal,
    unit: String,
    source: usize,
}

/// A price, or a discount, of one dimension in one region or in all that have it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Override {
    service: String,
    dimension: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    usd: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    discount_percent: Option<Decimal>,
}

/// What every version of the format has.
#[derive(Deserialize)]
struct Head {
    schema_version: u32,
}

impl PriceTable {
    /// The table that is compiled in.
    ///
    /// # Panics
    /// Never for a released build: a test reads the embedded document.
    pub fn embedded() -> Self {
        Self::from_json(include_str!("embedded.json"), "embedded")
            .expect("invariant: the embedded price table is read by a test")
    }

    /// Reads a table from its JSON form.
    ///
    /// # Errors
    /// When the text is not such a document; the error names the place.
    pub fn from_json(text: &str, source: &str) -> Result<Self, PriceError> {
        Self::empty(source).with_file(text, source)
    }

    /// The table with a price file laid over it: rates that the file has replace, the others stay. Then its overrides
    /// hold: a price or a discount of one dimension, in one region or in every region that has it.
    ///
    /// # Errors
    /// When the text is not such a document, or names a dimension that does not exist or another unit.
    pub fn with_file(mut self, text: &str, name: &str) -> Result<Self, PriceError> {
        overlay(&mut self, text, name)?;
        name.clone_into(&mut self.provenance.source);
        self.date();
        Ok(self)
    }

    /// The table as a price file that [`Self::with_file`] reads.
    pub fn to_json(&self) -> String {
        write(self)
    }
}

/// Lays the document over `table`: what it names replaces, everything else stays with its own source and date.
fn overlay(table: &mut PriceTable, text: &str, name: &str) -> Result<(), PriceError> {
    // The version first: a newer format may differ in anything else.
    if let Ok(Head { schema_version }) = serde_json::from_str::<Head>(text)
        && schema_version != VERSION
    {
        return Err(PriceError::Version(schema_version));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let document: Document = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| PriceError::Format { path: error.path().to_string(), message: error.inner().to_string() })?;
    deserializer.end().map_err(|error| PriceError::Format { path: "the end".into(), message: error.to_string() })?;
    if document.currency != "USD" {
        return Err(PriceError::Currency(document.currency));
    }
    for row in document.rates {
        let Some(from) = document.sources.get(row.source) else {
            return Err(PriceError::Source(row.service, row.region, row.dimension, row.source));
        };
        check(&row.service, &row.dimension, row.usd, Some(&row.unit))?;
        let rate = Rate {
            usd: row.usd,
            unit: row.unit,
            source: from.name.clone(),
            as_of: from.as_of.clone(),
            stands_in: None,
        };
        table.insert(&row.service, &row.region, &row.dimension, rate);
    }
    document.overrides.iter().try_for_each(|one| apply(table, one, name))
}

fn check(service: &str, name: &str, usd: Decimal, unit: Option<&str>) -> Result<(), PriceError> {
    let row = |what: String| PriceError::Row { rate: format!("{service} {name}"), what };
    let Some(wanted) = dimension::unit(service, name) else {
        let known = dimension::ALL.iter().filter(|(of, _, _)| *of == service).map(|(_, name, _)| *name);
        let known = known.collect::<Vec<_>>().join(", ");
        return Err(row(if known.is_empty() {
            "no such service: AmazonEFS or AmazonInspectorV2".to_owned()
        } else {
            format!("no such dimension: one of {known}")
        }));
    };
    if usd < Decimal::ZERO || usd > MOST {
        return Err(row(format!("{usd} is no price: give 0 to {MOST} USD")));
    }
    match (wanted, unit) {
        (Some(wanted), Some(unit)) if wanted != unit => {
            Err(row(format!("the unit is {unit:?} and must be {wanted:?}")))
        }
        _ => Ok(()),
    }
}

fn apply(table: &mut PriceTable, one: &Override, file: &str) -> Result<(), PriceError> {
    let Override { service, dimension: name, region, usd, discount_percent } = one;
    check(service, name, usd.unwrap_or_default(), None)?;
    let row = |what: &str| PriceError::Row { rate: format!("override of {service} {name}"), what: what.to_owned() };
    let regions: Vec<String> = match region {
        Some(region) => vec![region.clone()],
        None => table.iter().filter(|rate| rate.0 == service && rate.2 == name).map(|rate| rate.1.to_owned()).collect(),
    };
    for region in &regions {
        let known = table.get(service, region, name).cloned();
        let rate = match (usd, discount_percent, known) {
            (Some(usd), None, known) => {
                let unit = dimension::unit(service, name).flatten().map(str::to_owned);
                let unit = unit.or(known.map(|rate| rate.unit)).unwrap_or_else(|| "unit".to_owned());
                Rate { usd: *usd, unit, source: format!("{OVERRIDE}{file}"), as_of: None, stands_in: None }
            }
            (None, Some(percent), Some(rate)) if is_percent(*percent) => rate.less(*percent, file),
            (None, Some(percent), _) if !is_percent(*percent) => {
                return Err(row("give a discount of 0 to 100 percent"));
            }
            (None, Some(_), _) => return Err(row("there is no rate to discount in that region")),
            _ => return Err(row("give either `usd` or `discount_percent`")),
        };
        table.insert(service, region, name, rate);
    }
    if regions.is_empty() {
        return Err(row("no region has such a rate: name the region"));
    }
    Ok(())
}

fn is_percent(value: Decimal) -> bool {
    value >= Decimal::ZERO && value <= Decimal::ONE_HUNDRED
}

/// The table as a price file, sorted, with a newline at the end.
fn write(table: &PriceTable) -> String {
    let source = |rate: &Rate| Source { name: rate.source.clone(), as_of: rate.as_of.clone() };
    let sources: BTreeSet<Source> = table.iter().map(|(_, _, _, rate)| source(rate)).collect();
    let sources: Vec<Source> = sources.into_iter().collect();
    let rates: Vec<Row> = table
        .iter()
        .map(|(service, region, dimension, rate)| Row {
            service: service.to_owned(),
            region: region.to_owned(),
            dimension: dimension.to_owned(),
            usd: rate.usd.normalize(),
            unit: rate.unit.clone(),
            source: sources.binary_search(&source(rate)).unwrap_or_default(),
        })
        .collect();
    // A rate a line: what has changed is read off a difference of two files.
    format!(
        "{{\n  \"schema_version\": {},\n  \"currency\": \"USD\",\n  \"sources\": {},\n  \"rates\": {}\n}}\n",
        VERSION,
        lines(&sources),
        lines(&rates)
    )
}

/// A JSON list with an item a line.
fn lines<T: Serialize>(items: &[T]) -> String {
    // Strings and numbers: there is nothing in them that JSON could refuse.
    let items: Vec<String> = items.iter().filter_map(|item| serde_json::to_string(item).ok()).collect();
    if items.is_empty() { "[]".to_owned() } else { format!("[\n    {}\n  ]", items.join(",\n    ")) }
}
