//! What AWS billed, as Cost Explorer says it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Observed, Section};

/// The billing sections of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Billing {
    /// `GetCostAndUsage` by month, service and usage type, of the target's account and region, sorted.
    pub monthly_usage: Section<Observed<BilledUsage>>,
}

/// What one usage type came to in one month.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct BilledUsage {
    /// `YYYY-MM`.
    pub month: String,
    /// The service as Cost Explorer names it, e.g. `Amazon Elastic File System`.
    pub service: String,
    /// The usage type with its region's prefix, e.g. `APN1-IATimedStorage-ByteHrs`.
    pub usage_type: String,
    /// How much, in `unit`.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub quantity: Decimal,
    /// The unit as AWS writes it, e.g. `GB-Month`.
    pub unit: String,
    /// What was paid, USD (`UnblendedCost`).
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub amount_usd: Decimal,
}

/// A group of Cost Explorer's answer that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Cost Explorer's {what} of {usage_type:?} is {text:?}")]
pub struct UnreadableUsage {
    /// Which part.
    pub what: &'static str,
    /// The usage type.
    pub usage_type: String,
    /// The part as it came.
    pub text: String,
}

impl BilledUsage {
    /// One group of `GetCostAndUsage` (granularity `MONTHLY`, grouped by `SERVICE` and `USAGE_TYPE`): `start` is the period's first
    /// day, `cost` the metric `UnblendedCost` with its currency, `usage` the metric `UsageQuantity` with its unit.
    ///
    /// # Errors
    /// When a number, the month or the currency cannot be read: a row that is not understood must not read as nothing
    /// paid.
    pub fn parse(
        start: &str,
        service: &str,
        usage_type: &str,
        cost: (&str, &str),
        usage: (&str, &str),
    ) -> Result<Self, UnreadableUsage> {
        let fail =
            |what, text: &str| UnreadableUsage { what, usage_type: usage_type.to_owned(), text: text.to_owned() };
        let number = |what, text: &str| {
            // Cost Explorer writes very small amounts with an exponent.
            text.parse().or_else(|_| Decimal::from_scientific(text)).map_err(|_| fail(what, text))
        };
        let month = start.get(..7).filter(|_| start.parse::<chrono::NaiveDate>().is_ok());
        let month = month.ok_or_else(|| fail("period", start))?;
        if cost.1 != "USD" {
            return Err(fail("currency", cost.1));
        }
        Ok(Self {
            month: month.to_owned(),
            service: service.to_owned(),
            usage_type: usage_type.to_owned(),
            quantity: number("quantity", usage.0)?,
            unit: usage.1.to_owned(),
            amount_usd: number("amount", cost.0)?,
        })
    }
}
