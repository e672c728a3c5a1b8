//! Prices: rates with their source and date, looked up by service, region and dimension. Pure.
//!
//! Amounts are decimals from end to end. A rate that is not in the table is a `None` that its caller must face;
//! no region ever borrows another's price.

mod money;

pub use money::{Usd, bytes_to_gib};

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The service code of EFS in the Price List API.
pub const EFS: &str = "AmazonEFS";
/// The service code of Inspector in the Price List API.
pub const INSPECTOR: &str = "AmazonInspectorV2";

/// The dimensions of the table that rules ask for.
pub mod dimension {
    /// Standard storage, regional file systems, per GiB-month.
    pub const STANDARD: &str = "standard_storage";
    /// IA storage under bursting or provisioned throughput, per GiB-month.
    pub const IA: &str = "ia_storage_bursting_or_provisioned";
    /// IA storage under elastic throughput, per GiB-month.
    pub const IA_ELASTIC: &str = "ia_storage_elastic";
    /// Archive storage (elastic throughput only), per GiB-month.
    pub const ARCHIVE: &str = "archive_storage_elastic_only";
    /// One Zone Standard storage, per GiB-month.
    pub const ONE_ZONE_STANDARD: &str = "onezone_standard_storage";
    /// One Zone IA storage, per GiB-month.
    pub const ONE_ZONE_IA: &str = "onezone_ia_storage";
    /// Reading from IA, per GiB.
    pub const IA_READ: &str = "ia_access_read";
    /// Moving into or out of IA, per GiB.
    pub const IA_TIERING: &str = "ia_access_write_tiering";
    /// Reading from Archive, per GiB.
    pub const ARCHIVE_READ: &str = "archive_access_read";
    /// Moving into or out of Archive, per GiB.
    pub const ARCHIVE_TIERING: &str = "archive_access_write_tiering";
    /// Reads under elastic throughput, per GiB.
    pub const ELASTIC_READ: &str = "elastic_throughput_read";
    /// One re-scan of a container image.
    pub const ECR_RESCAN: &str = "ecr_image_rescan";
    /// The first scan of a container image.
    pub const ECR_INITIAL_SCAN: &str = "ecr_image_initial_scan";
    /// Agent-based scanning of one instance for one hour.
    pub const EC2_AGENT_HOUR: &str = "ec2_agent_instance_hour";
    /// Agent-based scanning of one instance for one month of 720 hours.
    pub const EC2_AGENT_MONTH: &str = "ec2_agent_instance_month";
    /// Standard scanning of one Lambda function for one hour.
    pub const LAMBDA_HOUR: &str = "lambda_standard_function_hour";
}

/// One unit price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// USD per unit.
    pub usd: Decimal,
    /// The unit, e.g. `GiB-month`.
    pub unit: String,
    /// Where it comes from.
    pub source: String,
    /// Its date (`YYYY-MM-DD` or `YYYY-MM`), if the source has one.
    pub as_of: Option<String>,
}

/// What the report says of the whole table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// `embedded`, a file's name, or `live`.
    pub source: String,
    /// The date of the EFS rates.
    pub as_of: String,
    /// Always `USD`.
    pub currency: String,
}

/// A rate that a figure needs and that the table does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no price for {service} {dimension} in {region}")]
pub struct MissingPrice {
    /// Service code.
    pub service: &'static str,
    /// Region.
    pub region: String,
    /// Dimension.
    pub dimension: &'static str,
}

/// Why a price table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// Not the expected JSON.
    #[error("the price table is not readable at `{path}`: {message}")]
    Format {
        /// Where in the document.
        path: String,
        /// What is wrong there.
        message: String,
    },
    /// A newer format.
    #[error("the price table has schema_version {0}, this version reads 1")]
    Version(u32),
    /// A rate names a source that is not in the list.
    #[error("the rate {0} {1} {2} names source number {3}, which is not in `sources`")]
    Source(String, String, String, usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema_version: u32,
    currency: String,
    sources: Vec<Source>,
    rates: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    name: String,
    as_of: Option<String>,
}

#[derive(Deserialize)]
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

/// All rates known to a run.
#[derive(Debug, Clone)]
pub struct PriceTable {
    provenance: Provenance,
    rates: BTreeMap<String, BTreeMap<String, BTreeMap<String, Rate>>>,
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
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let document: Document = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            PriceError::Format { path: error.path().to_string(), message: error.inner().to_string() }
        })?;
        if document.schema_version != 1 {
            return Err(PriceError::Version(document.schema_version));
        }
        let mut rates: BTreeMap<String, BTreeMap<String, BTreeMap<String, Rate>>> = BTreeMap::new();
        let mut as_of = String::new();
        for row in document.rates {
            let Some(from) = document.sources.get(row.source) else {
                return Err(PriceError::Source(row.service, row.region, row.dimension, row.source));
            };
            if row.service == EFS {
                as_of = as_of.max(from.as_of.clone().unwrap_or_default());
            }
            rates.entry(row.service).or_default().entry(row.region).or_default().insert(
                row.dimension,
                Rate { usd: row.usd, unit: row.unit, source: from.name.clone(), as_of: from.as_of.clone() },
            );
        }
        let provenance = Provenance { source: source.to_owned(), as_of, currency: document.currency };
        Ok(Self { provenance, rates })
    }

    /// What the table is, in a line of the report.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// One rate.
    ///
    /// # Errors
    /// When the table has none for that region.
    pub fn rate(&self, service: &'static str, region: &str, dimension: &'static str) -> Result<&Rate, MissingPrice> {
        self.rates
            .get(service)
            .and_then(|regions| regions.get(region))
            .and_then(|dimensions| dimensions.get(dimension))
            .ok_or_else(|| MissingPrice { service, region: region.to_owned(), dimension })
    }

    /// The regions that have a rate of `service`, sorted.
    pub fn regions(&self, service: &str) -> impl Iterator<Item = &str> {
        self.rates.get(service).into_iter().flat_map(|regions| regions.keys().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_covers_36_regions() {
        let table = PriceTable::embedded();
        assert_eq!(table.regions(EFS).count(), 36);
        assert_eq!(table.provenance().as_of, "2025-09-25");
        let rate = table.rate(EFS, "ap-northeast-1", dimension::STANDARD).expect("Tokyo");
        assert_eq!(rate.usd.to_string(), "0.36");
        assert!(table.rate(EFS, "cn-north-1", dimension::STANDARD).is_err());
    }
}
