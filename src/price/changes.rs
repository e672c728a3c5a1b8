//! What differs between two tables, rate by rate.

use super::{PriceTable, Rate};

/// One rate that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Service code.
    pub service: String,
    /// Region.
    pub region: String,
    /// Dimension.
    pub dimension: String,
    /// The rate before; `None` for a new one.
    pub before: Option<Rate>,
    /// The rate now; `None` for one that is gone.
    pub after: Option<Rate>,
}

/// The rates whose amount differs, sorted by service, region and dimension. Another source or date alone is no change,
/// nor is another word for the unit: where units matter, every table has the same.
pub fn changes(before: &PriceTable, after: &PriceTable) -> Vec<Change> {
    let same = |a: Option<&Rate>, b: Option<&Rate>| match (a, b) {
        (Some(a), Some(b)) => a.usd == b.usd,
        _ => false,
    };
    let mut keys: Vec<_> = before.iter().chain(after.iter()).map(|(s, r, d, _)| (s, r, d)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .map(|(service, region, dimension)| {
            let of = |table: &PriceTable| table.get(service, region, dimension).cloned();
            (service, region, dimension, of(before), of(after))
        })
        .filter(|(_, _, _, before, after)| !same(before.as_ref(), after.as_ref()))
        .map(|(service, region, dimension, before, after)| Change {
            service: service.to_owned(),
            region: region.to_owned(),
            dimension: dimension.to_owned(),
            before,
            after,
        })
        .collect()
}
