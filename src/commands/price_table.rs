//! The prices of a run: embedded, from a file, or asked of the Price List API.

use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Utc};

#[cfg(feature = "aws")]
use super::collector::limits_of_calls;
use super::price_file;
use crate::cli::PricesFrom;
use crate::io::Hint;
use crate::price::PriceTable;
use crate::price::list::{self, Listed, PriceRequest, REQUESTS};
use crate::settings::{PriceAsker, PriceSettings};
use crate::text::clean;

/// Asks the Price List API for some listings: the `PriceList` entries of all their pages.
pub(super) type Ask<'a> = &'a dyn Fn(&[PriceRequest]) -> anyhow::Result<Vec<String>>;

/// What there is where the Price List API does not help.
pub(super) const INSTEAD: &str = "without the Price List API there are --prices FILE and the embedded table";

/// The prices that a run is asked to use.
///
/// # Errors
/// When the file cannot be read, or the API cannot be asked. Where a configuration names the file, the error names it.
pub(super) fn price_table(settings: &PriceSettings, ask: Ask<'_>, now: DateTime<Utc>) -> anyhow::Result<PriceTable> {
    let base = PriceTable::embedded();
    let table = match &settings.from {
        None => Ok(base),
        Some(PricesFrom::File(path)) => with_file(base, path, now),
        // What the API did not list keeps its embedded rate, source and date; each line of a figure names its own.
        Some(PricesFrom::Live) => live(ask, now).map(|listed| base.with(listed.table)),
    };
    let table = match &settings.named_by {
        Some(by) => table.with_context(|| format!("the price file that {} names cannot be used", by.display())),
        None => table,
    };
    Ok(table?.discounted(settings.discount))
}

/// Lays a file over the table.
///
/// # Errors
/// As [`price_file::with_file`].
pub(super) fn with_file(base: PriceTable, path: &Path, now: DateTime<Utc>) -> anyhow::Result<PriceTable> {
    let (table, notes) = price_file::with_file(base, path, now.date_naive())?;
    not_used(&notes);
    Ok(table)
}

pub(super) fn live(ask: Ask<'_>, now: DateTime<Utc>) -> anyhow::Result<Listed> {
    let products = ask(&REQUESTS)?;
    let listed = list::table(products.iter().map(String::as_str), now.date_naive())
        .map_err(|error| anyhow::Error::new(error).context(Hint(INSTEAD.to_owned())))?;
    not_used(&listed.notes);
    Ok(listed)
}

fn not_used(notes: &[String]) {
    for note in notes {
        tracing::info!("price not used: {}", clean(note));
    }
}

/// Asks the Price List API as somebody. Nothing is asked until what is made here is called.
#[cfg(feature = "aws")]
pub(super) fn asking(asker: &PriceAsker) -> impl Fn(&[PriceRequest]) -> anyhow::Result<Vec<String>> {
    use crate::collect::{PriceListAsker, price_list};

    let mut who =
        PriceListAsker { profile: asker.profile.clone(), region: asker.region.clone(), ..PriceListAsker::default() };
    if let Some(limits) = &asker.limits {
        who.limits = limits_of_calls(limits);
    }
    move |listings| {
        price_list(&who, listings).map_err(|error| {
            let hint = error.hint().map_or_else(|| INSTEAD.to_owned(), |hint| format!("{hint}; {INSTEAD}"));
            anyhow::Error::new(error).context("the Price List API cannot be asked").context(Hint(hint))
        })
    }
}

/// This build cannot ask.
#[cfg(not(feature = "aws"))]
pub(super) fn asking(_asker: &PriceAsker) -> impl Fn(&[PriceRequest]) -> anyhow::Result<Vec<String>> {
    |_listings| anyhow::bail!("this build cannot ask the Price List API: give --prices FILE, or use the embedded table")
}
