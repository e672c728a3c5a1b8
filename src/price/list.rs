//! From products of AWS's price list to rates. Pure: the list comes from elsewhere.
//!
//! The list describes one sellable thing many times over: under the storage class Infrequent Access alone there are
//! the storage, its reads and its tiering, and for each a charge for small files. What tells them apart is the usage
//! type without its region's prefix (EFS user guide, "Billing and usage reports", 2026-10; prefixes differ by region and
//! us-east-1 has none) and, for access, whether it reads or writes. A product that leaves room for doubt gives no rate.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::unit::{self, Sold};
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
    /// The table.
    pub table: PriceTable,
    /// Products that are of a known kind and gave no rate, a sentence each, sorted.
    pub notes: Vec<String>,
}

/// One product as `GetProducts` describes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    product: Product,
    #[serde(default)]
    service_code: Option<String>,
    #[serde(default)]
    terms: Terms,
    #[serde(default)]
    publication_date: Option<String>,
}

/// What is sold, without its price.
#[derive(Deserialize)]
pub(super) struct Product {
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) sku: String,
}

#[derive(Default, Deserialize)]
struct Terms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, Term>,
}

/// A price from a day on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Term {
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
    let mut listing = Listing::new("live", as_of);
    for (number, text) in entries.enumerate() {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let entry: Entry = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| PriceError::Format {
            path: format!("product {number}: {}", error.path()),
            message: error.into_inner().to_string(),
        })?;
        listing.add_entry(&entry, Origin::Answer);
    }
    listing.finish()
}

/// Where a price was read.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// In an answer of the API, which is as of the day that it was asked.
    Answer,
    /// In a file, which is as of its publication.
    File,
}

/// A price list on its way into a table.
pub(super) struct Listing {
    table: PriceTable,
    notes: BTreeSet<String>,
    doubtful: BTreeSet<(&'static str, String, &'static str)>,
    today: NaiveDate,
}

impl Listing {
    pub(super) fn new(source: &str, today: NaiveDate) -> Self {
        Self { table: PriceTable::empty(source), notes: BTreeSet::new(), doubtful: BTreeSet::new(), today }
    }

    pub(super) fn add_entry(&mut self, entry: &Entry, origin: Origin) {
        if let Some(kind) = kind(&entry.product, entry.service_code.as_deref()) {
            let published = entry.publication_date.as_deref();
            self.add(&entry.product, &kind, entry.terms.on_demand.values(), published, origin);
        }
    }

    pub(super) fn add<'t>(
        &mut self,
        product: &Product,
        kind: &Kind,
        terms: impl Iterator<Item = &'t Term>,
        published: Option<&str>,
        origin: Origin,
    ) {
        let Price { region, usd, unit } = match price(product, kind, terms, self.today) {
            Ok(found) => found,
            Err(why) => {
                self.notes.insert(format!("{} {}: {why}", kind.service, product.sku));
                return;
            }
        };
        let published = published.and_then(|date| date.get(..10)?.parse::<NaiveDate>().ok());
        let (whose, as_of) = match origin {
            Origin::Answer => ("AWS Price List API", Some(self.today)),
            Origin::File => ("AWS price list file", published),
        };
        let published = published.map_or_else(|| "without a date".to_owned(), |date| date.to_string());
        let rate = Rate {
            usd,
            unit: unit.to_owned(),
            source: format!("{whose}, {}, published {published}", kind.service),
            as_of: as_of.map(|date| date.to_string()),
            stands_in: None,
        };
        let name = kind.dimension(unit);
        let known = self.table.get(kind.service, &region, name);
        if known.is_some_and(|known| known.usd != rate.usd || known.unit != rate.unit) {
            self.doubtful.insert((kind.service, region, name));
        } else {
            self.table.insert(kind.service, &region, name, rate);
        }
    }

    pub(super) fn finish(mut self) -> Result<Listed, PriceError> {
        for (service, region, name) in self.doubtful {
            self.notes.insert(format!("{service} {region} {name}: several prices, so none is used"));
            if let Some(dimensions) = self.table.rates.get_mut(service).and_then(|regions| regions.get_mut(&region)) {
                dimensions.remove(name);
            }
        }
        let notes: Vec<String> = self.notes.into_iter().collect();
        if self.table.iter().next().is_none() {
            return Err(PriceError::Nothing(notes.first().map_or_else(String::new, |note| format!(": {note}"))));
        }
        self.table.date();
        Ok(Listed { table: self.table, notes })
    }
}

/// A usage type without its prefix, and what it prices.
pub(super) struct Kind {
    service: &'static str,
    name: &'static str,
    sold: Sold,
}

impl Kind {
    /// Inspector prices an instance by the hour or by the month: the unit says which.
    fn dimension(&self, unit: &str) -> &'static str {
        let monthly = unit == unit::INSTANCE_MONTH;
        if self.name == dimension::EC2_AGENT_HOUR && monthly { dimension::EC2_AGENT_MONTH } else { self.name }
    }
}

/// Usage types whose name alone says the dimension.
const PLAIN: &[(&str, &str, &str, Sold)] = &[
    (EFS, "TimedStorage-ByteHrs", dimension::STANDARD, Sold::Storage),
    (EFS, "IATimedStorage-ByteHrs", dimension::IA, Sold::Storage),
    (EFS, "IATimedStorage-ET-ByteHrs", dimension::IA_ELASTIC, Sold::Storage),
    (EFS, "ArchiveTimedStorage-ByteHrs", dimension::ARCHIVE, Sold::Storage),
    (EFS, "TimedStorage-Z-ByteHrs", dimension::ONE_ZONE_STANDARD, Sold::Storage),
    (EFS, "IATimedStorage-Z-ByteHrs", dimension::ONE_ZONE_IA, Sold::Storage),
    (EFS, "ProvisionedTP-MiBpsHrs", dimension::PROVISIONED, Sold::Throughput),
    (EFS, "IncludedTP-MiBpsHrs", dimension::INCLUDED, Sold::Throughput),
    (INSPECTOR, "container-image-re-scan", dimension::ECR_RESCAN, Sold::Scan),
    (INSPECTOR, "container-image-initial-scan", dimension::ECR_INITIAL_SCAN, Sold::Scan),
    (INSPECTOR, "EC2-Scanning", dimension::EC2_AGENT_HOUR, Sold::Instance),
    (INSPECTOR, "EC2-Scanning-agentless", dimension::EC2_AGENTLESS_HOUR, Sold::Instance),
    (INSPECTOR, "EC2-CIS-checks", dimension::EC2_CIS_CHECK, Sold::Check),
    (INSPECTOR, "Lambda-Standard-Scanning", dimension::LAMBDA_HOUR, Sold::Function),
    (INSPECTOR, "Lambda-Code-Scanning", dimension::LAMBDA_CODE_HOUR, Sold::Function),
    (INSPECTOR, "Code-Repository-Scan-IaC", dimension::CODE_IAC, Sold::Scan),
    (INSPECTOR, "Code-Repository-Scan-SAST", dimension::CODE_SAST, Sold::Scan),
    (INSPECTOR, "Code-Repository-Scan-SCA", dimension::CODE_SCA, Sold::Scan),
];

/// Usage types that serve both directions: name, reads, writes. A write to a cold class is tiering.
const BOTH_WAYS: &[(&str, &str, &str)] = &[
    ("IADataAccess-Bytes", dimension::IA_READ, dimension::IA_TIERING),
    ("ArchiveDataAccess-Bytes", dimension::ARCHIVE_READ, dimension::ARCHIVE_TIERING),
    ("ETDataAccess-Bytes", dimension::ELASTIC_READ, dimension::ELASTIC_WRITE),
    ("ETDataAccessBytes", dimension::ELASTIC_READ, dimension::ELASTIC_WRITE),
];

/// What a product prices; `None` for what this program has no use for, such as charges for small files.
pub(super) fn kind(product: &Product, service: Option<&str>) -> Option<Kind> {
    let attributes = &product.attributes;
    let usage = attributes.get("usagetype")?;
    let service = service.or(attributes.get("servicecode").map(String::as_str))?;
    if let Some((service, _, name, sold)) = PLAIN.iter().find(|(of, suffix, _, _)| *of == service && is(usage, suffix))
    {
        return Some(Kind { service, name, sold: *sold });
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
    Some(Kind { service: EFS, name: direction, sold: Sold::Access })
}

/// Whether a usage type is `name`, with or without a region's prefix. The prefixes have no dash in them, but what
/// follows them may end like another usage type, so the whole rest has to be equal.
fn is(usage: &str, name: &str) -> bool {
    let is_prefix = |prefix: &str| (2..=8).contains(&prefix.len());
    usage.eq_ignore_ascii_case(name)
        || usage.split_once('-').is_some_and(|(prefix, rest)| is_prefix(prefix) && rest.eq_ignore_ascii_case(name))
}

/// What a product costs, and where.
struct Price {
    region: String,
    usd: Decimal,
    unit: &'static str,
}

/// The price of a product today, or why there is none.
fn price<'t>(
    product: &Product,
    kind: &Kind,
    terms: impl Iterator<Item = &'t Term>,
    today: NaiveDate,
) -> Result<Price, String> {
    let attributes = &product.attributes;
    if let Some(place) = attributes.get("locationType").filter(|place| *place != "AWS Region") {
        return Err(format!("it is sold in a place of the type {place:?}"));
    }
    let region = attributes.get("regionCode").filter(|region| !region.is_empty()).ok_or("it names no region")?;
    let begun = |term: &&Term| term.effective_date.is_none_or(|from| from.date_naive() <= today);
    let term = terms.filter(begun).max_by_key(|term| term.effective_date);
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
    let is_free = usd.is_zero() && kind.name != dimension::INCLUDED;
    if usd < Decimal::ZERO || usd > Decimal::from(1_000_000) || is_free {
        return Err(format!("{text} USD is no list price"));
    }
    let unit = unit::ours(kind.sold, &tier.unit);
    let unit = unit.ok_or_else(|| format!("it is priced by {:?}, which this version does not know", tier.unit))?;
    Ok(Price { region: region.clone(), usd: usd.normalize(), unit })
}
