//! From products of the Price List API to rates. Pure: the answer comes from elsewhere.
//!
//! `GetProducts` describes one sellable thing many times over: under the storage class Infrequent Access alone there are
//! the storage, its reads and its tiering, and for each a charge for small files. What tells them apart is the usage
//! type without its region's prefix (EFS user guide, "Billing and usage reports", 2026-10; prefixes differ by region and
//! us-east-1 has none) and, for access, whether it reads or writes. A product that leaves room for doubt gives no rate.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{EFS, INSPECTOR, PriceError, PriceTable, Rate, dimension};

/// One listing to ask for: `GetProducts` with this service code and these `TERM_MATCH` filters, all pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRequest {
    /// `ServiceCode`.
    pub service: &'static str,
    /// Field and value of each filter.
    pub filters: &'static [(&'static str, &'static str)],
}

/// What to ask for. No filter by region: each listing is a few pages for all of them, and what is asked for one
/// region at a time is easily asked for the wrong one.
pub const REQUESTS: [PriceRequest; 2] =
    [PriceRequest { service: EFS, filters: &[] }, PriceRequest { service: INSPECTOR, filters: &[] }];

/// A region that serves the Price List API for the commercial partition, whatever region the prices are of (Billing
/// user guide, "Price List Query API", 2026-10).
pub const SERVED_FROM: &str = "us-east-1";

/// The rates of some products.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The table, with the source `live`.
    pub table: PriceTable,
    /// Products that are of a known kind and gave no rate, a sentence each, sorted.
    pub notes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    product: Product,
    #[serde(default)]
    service_code: Option<String>,
    #[serde(default)]
    terms: Terms,
    #[serde(default)]
    publication_date: Option<String>,
}

#[derive(Deserialize)]
struct Product {
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    sku: String,
}

#[derive(Default, Deserialize)]
struct Terms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, Term>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    #[serde(default)]
    price_dimensions: BTreeMap<String, PriceDimension>,
    #[serde(default)]
    effective_date: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PriceDimension {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    begin_range: Option<String>,
    #[serde(default)]
    price_per_unit: BTreeMap<String, String>,
}

/// Reads the products (`PriceList` entries of `GetProducts`, one JSON text each). `as_of` is the day of the answer:
/// terms that begin later do not count, and every rate carries it as its date.
///
/// # Errors
/// When an entry is no product at all (the answer is then not to be trusted as a whole), or none gave a rate.
pub fn table<'e>(entries: impl Iterator<Item = &'e str>, as_of: NaiveDate) -> Result<Listed, PriceError> {
    let mut table = PriceTable::empty("live");
    let mut notes = BTreeSet::new();
    let mut doubtful = BTreeSet::new();
    for (number, text) in entries.enumerate() {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let entry: Entry = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| PriceError::Format {
            path: format!("product {number}: {}", error.path()),
            message: error.into_inner().to_string(),
        })?;
        let Some(kind) = kind(&entry) else { continue };
        let (region, rate) = match rate(&entry, &kind, as_of) {
            Ok(found) => found,
            Err(why) => {
                notes.insert(format!("{} {}: {why}", kind.service, entry.product.sku));
                continue;
            }
        };
        let name = kind.dimension(&rate);
        let known = table.get(kind.service, &region, name);
        if known.is_some_and(|known| known.usd != rate.usd || known.unit != rate.unit) {
            doubtful.insert((kind.service, region, name));
        } else {
            table.insert(kind.service, &region, name, rate);
        }
    }
    for (service, region, name) in doubtful {
        notes.insert(format!("{service} {region} {name}: several prices, so none is used"));
        if let Some(dimensions) = table.rates.get_mut(service).and_then(|regions| regions.get_mut(&region)) {
            dimensions.remove(name);
        }
    }
    let notes: Vec<String> = notes.into_iter().collect();
    if table.iter().next().is_none() {
        return Err(PriceError::Nothing(notes.first().map_or_else(String::new, |note| format!(": {note}"))));
    }
    table.date();
    Ok(Listed { table, notes })
}

/// A usage type without its prefix, and what it prices.
struct Kind {
    service: &'static str,
    name: &'static str,
    /// The units that AWS uses for it, and ours.
    units: Units,
    paid: bool,
}

impl Kind {
    /// Inspector prices an instance by the hour or by the month: the unit says which.
    fn dimension(&self, rate: &Rate) -> &'static str {
        let monthly = rate.unit.starts_with("Instance-month");
        if self.name == dimension::EC2_AGENT_HOUR && monthly { dimension::EC2_AGENT_MONTH } else { self.name }
    }
}

/// Units as AWS writes them, and ours.
type Units = &'static [(&'static str, &'static str)];

const STORAGE: Units = &[("GB-Mo", "GiB-month"), ("GB-month", "GiB-month")];
const ACCESS: Units = &[("GB", "GiB")];
const THROUGHPUT: Units = &[("MiBps-Mo", "MiBps-month"), ("MiBps-month", "MiBps-month")];
const INSTANCES: Units = &[
    ("Instance-hr", "Instance-hr"),
    ("Instance-Hrs", "Instance-hr"),
    ("Hrs", "Instance-hr"),
    ("Instance-month", "Instance-month(720h)"),
    ("Instance-Mo", "Instance-month(720h)"),
];
const FUNCTIONS: Units = &[("Function-hr", "Function-hr"), ("Function-Hrs", "Function-hr"), ("Hrs", "Function-hr")];
/// Inspector counts scans and checks under several words, each one piece.
const PIECES: Units = &[
    ("Resource-assessment", "Resource-assessment"),
    ("Resource-Assessment", "Resource-assessment"),
    ("Image", "image"),
    ("Images", "image"),
    ("Scan", "scan"),
    ("Scans", "scan"),
    ("Check", "check"),
    ("Checks", "check"),
];

/// Usage types whose name alone says the dimension.
const PLAIN: &[(&str, &str, &str, Units)] = &[
    (EFS, "TimedStorage-ByteHrs", dimension::STANDARD, STORAGE),
    (EFS, "IATimedStorage-ByteHrs", dimension::IA, STORAGE),
    (EFS, "IATimedStorage-ET-ByteHrs", dimension::IA_ELASTIC, STORAGE),
    (EFS, "ArchiveTimedStorage-ByteHrs", dimension::ARCHIVE, STORAGE),
    (EFS, "TimedStorage-Z-ByteHrs", dimension::ONE_ZONE_STANDARD, STORAGE),
    (EFS, "IATimedStorage-Z-ByteHrs", dimension::ONE_ZONE_IA, STORAGE),
    (EFS, "ProvisionedTP-MiBpsHrs", dimension::PROVISIONED, THROUGHPUT),
    (EFS, "IncludedTP-MiBpsHrs", dimension::INCLUDED, THROUGHPUT),
    (INSPECTOR, "container-image-re-scan", dimension::ECR_RESCAN, PIECES),
    (INSPECTOR, "container-image-initial-scan", dimension::ECR_INITIAL_SCAN, PIECES),
    (INSPECTOR, "EC2-Scanning", dimension::EC2_AGENT_HOUR, INSTANCES),
    (INSPECTOR, "EC2-Scanning-agentless", dimension::EC2_AGENTLESS_HOUR, INSTANCES),
    (INSPECTOR, "EC2-CIS-checks", dimension::EC2_CIS_CHECK, PIECES),
    (INSPECTOR, "Lambda-Standard-Scanning", dimension::LAMBDA_HOUR, FUNCTIONS),
    (INSPECTOR, "Lambda-Code-Scanning", dimension::LAMBDA_CODE_HOUR, FUNCTIONS),
    (INSPECTOR, "Code-Repository-Scan-IaC", dimension::CODE_IAC, PIECES),
    (INSPECTOR, "Code-Repository-Scan-SAST", dimension::CODE_SAST, PIECES),
    (INSPECTOR, "Code-Repository-Scan-SCA", dimension::CODE_SCA, PIECES),
];

/// Usage types that serve both directions: name, reads, writes. A write to a cold class is tiering.
const BOTH_WAYS: &[(&str, &str, &str)] = &[
    ("IADataAccess-Bytes", dimension::IA_READ, dimension::IA_TIERING),
    ("ArchiveDataAccess-Bytes", dimension::ARCHIVE_READ, dimension::ARCHIVE_TIERING),
    ("ETDataAccess-Bytes", dimension::ELASTIC_READ, dimension::ELASTIC_WRITE),
    ("ETDataAccessBytes", dimension::ELASTIC_READ, dimension::ELASTIC_WRITE),
];

/// What a product prices; `None` for what this program has no use for, such as charges for small files.
fn kind(entry: &Entry) -> Option<Kind> {
    let attributes = &entry.product.attributes;
    let usage = attributes.get("usagetype")?;
    let service = entry.service_code.as_ref().or(attributes.get("servicecode"))?;
    if let Some((service, _, name, units)) = PLAIN.iter().find(|(of, suffix, _, _)| of == service && is(usage, suffix))
    {
        return Some(Kind { service, name, units, paid: *name != dimension::INCLUDED });
    }
    let (_, read, write) = BOTH_WAYS.iter().find(|(suffix, _, _)| service == EFS && is(usage, suffix))?;
    // Some products say the direction as the access type, some as the operation.
    let direction = ["accessType", "operation"].iter().filter_map(|key| attributes.get(*key)).find_map(|text| {
        match text.to_ascii_lowercase().as_str() {
            "read" | "reads" => Some(read),
            "write" | "writes" | "tiering" => Some(write),
            _ => None,
        }
    })?;
    Some(Kind { service: EFS, name: direction, units: ACCESS, paid: true })
}

/// Whether a usage type is `name`, with or without a region's prefix. The prefixes have no dash in them, but what
/// follows them may end like another usage type, so the whole rest has to be equal.
fn is(usage: &str, name: &str) -> bool {
    let is_prefix = |prefix: &str| (2..=8).contains(&prefix.len());
    usage.eq_ignore_ascii_case(name)
        || usage.split_once('-').is_some_and(|(prefix, rest)| is_prefix(prefix) && rest.eq_ignore_ascii_case(name))
}

/// The region and the rate of a product, or why there is none.
fn rate(entry: &Entry, kind: &Kind, as_of: NaiveDate) -> Result<(String, Rate), String> {
    let attributes = &entry.product.attributes;
    if let Some(place) = attributes.get("locationType").filter(|place| *place != "AWS Region") {
        return Err(format!("it is sold in a place of the type {place:?}"));
    }
    let region = attributes.get("regionCode").filter(|region| !region.is_empty()).ok_or("it names no region")?;
    let begun = |term: &&Term| term.effective_date.is_none_or(|from| from.date_naive() <= as_of);
    let term = entry.terms.on_demand.values().filter(begun).max_by_key(|term| term.effective_date);
    let term = term.ok_or("it has no on-demand price that holds today")?;
    // Of several tiers the first: it is the list price, and the dearest.
    let floor = |tier: &PriceDimension| tier.begin_range.as_deref().unwrap_or("0").parse::<Decimal>().ok();
    let mut tiers: Vec<_> = term.price_dimensions.values().filter(|tier| floor(tier) == Some(Decimal::ZERO)).collect();
    let tier = match (tiers.pop(), tiers.is_empty()) {
        (Some(tier), true) => tier,
        (Some(_), false) => return Err("it has several prices from zero on".to_owned()),
        (None, _) => return Err("it has no price from zero on".to_owned()),
    };
    let text = tier.price_per_unit.get("USD").ok_or_else(|| {
        let currencies: Vec<&str> = tier.price_per_unit.keys().map(String::as_str).collect();
        format!("in {region} it has no price in USD, only in {}", currencies.join(", "))
    })?;
    let usd: Decimal = text.parse().map_err(|_| format!("{text:?} is no price"))?;
    if usd < Decimal::ZERO || usd > Decimal::from(1_000_000) || (kind.paid && usd.is_zero()) {
        return Err(format!("{text} USD is no list price"));
    }
    let unit = kind.units.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(&tier.unit));
    let (_, unit) = unit.ok_or_else(|| format!("it is priced by {:?}, which this version does not know", tier.unit))?;
    let published = entry.publication_date.as_deref().and_then(|date| date.get(..10)).unwrap_or("without a date");
    let rate = Rate {
        usd: usd.normalize(),
        unit: (*unit).to_owned(),
        source: format!("AWS Price List API, {}, published {published}", kind.service),
        as_of: Some(as_of.to_string()),
    };
    Ok((region.clone(), rate))
}
