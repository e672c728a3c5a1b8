//! Prices: rates with their source and date, looked up by service, region and dimension. Pure.
//!
//! Amounts are decimals from end to end. A rate that is not in the table is a `None` that its caller must face; no region
//! borrows another's price, but for Inspector's, and then the rate says so. Tables come from the embedded document, from a
//! price file or a price list of AWS laid over it, or from answers of the Price List API; each rate keeps its own source
//! and date.

mod changes;
pub mod dimension;
mod document;
pub(crate) mod inspector;
pub mod list;
mod money;
pub(crate) mod offer;
mod s3;
mod table;
mod unit;

pub use changes::{Change, changes};
pub use dimension::{EFS, INSPECTOR};
pub(crate) use money::round6;
pub use money::{Usd, bytes_to_gib, display_gib};
pub use s3::{S3_PRICES_OF, s3_requests};
pub use table::{MissingPrice, PriceError, PriceTable, Provenance, Rate};
