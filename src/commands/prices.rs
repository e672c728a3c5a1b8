//! Prices for a run, and the command that shows or refreshes them.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use comfy_table::{Cell, CellAlignment, ContentLineStyle, Table, TableStyle};

use crate::cli::{PriceArgs, PriceFormat, PricesArgs, PricesFrom};
use crate::output::WholeFile;
use crate::price::list::{Listed, PriceRequest, REQUESTS};
use crate::price::{Change, PriceTable, changes, list};
use crate::render::plain;

/// Asks the Price List API for one listing: the `PriceList` entries of all its pages.
pub type Ask = fn(&PriceRequest) -> anyhow::Result<Vec<String>>;

/// This build cannot ask the Price List API.
///
/// # Errors
/// Always.
pub fn cannot_ask(_request: &PriceRequest) -> anyhow::Result<Vec<String>> {
    anyhow::bail!("this build cannot ask the Price List API: give --prices FILE, or use the embedded table")
}

/// The prices that a run is asked to use.
///
/// # Errors
/// When the file cannot be read, or the API cannot be asked.
pub fn table(args: &PriceArgs, ask: Ask, now: DateTime<Utc>) -> anyhow::Result<PriceTable> {
    let base = PriceTable::embedded();
    let table = match &args.prices {
        None => base,
        Some(PricesFrom::File(path)) => with_file(base, path)?,
        // What the API did not list keeps its embedded rate, source and date; each line of a figure names its own.
        Some(PricesFrom::Live) => base.with(live(ask, now)?.table),
    };
    Ok(table.discounted(args.discount.unwrap_or_default()))
}

fn with_file(base: PriceTable, path: &Path) -> anyhow::Result<PriceTable> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.display().to_string();
    base.with_file(&text, &name).with_context(|| format!("{name} is no price file"))
}

fn live(ask: Ask, now: DateTime<Utc>) -> anyhow::Result<Listed> {
    let mut products = Vec::new();
    for request in &REQUESTS {
        products.extend(ask(request)?);
    }
    let listed = list::table(products.iter().map(String::as_str), now.date_naive())?;
    for note in &listed.notes {
        tracing::info!("price not used: {}", plain(note));
    }
    Ok(listed)
}

/// The command: the text for standard output.
///
/// # Errors
/// As [`table`]; when a region has no price, or the refreshed file cannot be written.
pub fn run(args: &PricesArgs, ask: Ask, now: DateTime<Utc>) -> anyhow::Result<String> {
    if let Some(path) = &args.refresh {
        return refresh(args, path, ask, now);
    }
    let table = table(&args.prices, ask, now)?;
    for region in &args.region {
        anyhow::ensure!(
            table.iter().any(|(_, of, _, _)| of == region),
            "no price of the region {region} is known: `inspector-audit prices` shows those that are; a price file can \
             add it (--prices FILE)"
        );
    }
    let table = table.of_regions(&args.region);
    Ok(match args.format {
        PriceFormat::Json => table.to_json().trim_end().to_owned(),
        PriceFormat::Table => show(&table),
    })
}

fn show(table: &PriceTable) -> String {
    let mut sheet = Table::new();
    sheet.load_style(TableStyle::new().header_lines(ContentLineStyle::none()).content_lines(ContentLineStyle::none()));
    sheet.set_header(["Region", "Service", "Dimension", "USD", "Unit", "As of", "Source"]);
    for (service, region, dimension, rate) in table.iter() {
        sheet.add_row([
            Cell::new(plain(region)),
            Cell::new(plain(service)),
            Cell::new(plain(dimension)),
            Cell::new(rate.usd.normalize()).set_alignment(CellAlignment::Right),
            Cell::new(plain(&rate.unit)),
            Cell::new(rate.as_of.as_deref().map_or("-".into(), plain)),
            Cell::new(plain(&rate.source)),
        ]);
    }
    let lines: Vec<String> = sheet.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

fn refresh(args: &PricesArgs, path: &Path, ask: Ask, now: DateTime<Utc>) -> anyhow::Result<String> {
    let before = match &args.prices.prices {
        Some(PricesFrom::File(old)) => with_file(PriceTable::embedded(), old)?,
        _ => PriceTable::embedded(),
    };
    // The file is opened before anything is asked, so that a bad path costs nothing.
    let mut file = WholeFile::create(path, "refresh")?;
    let listed = live(ask, now)?;
    let unlisted: Vec<Change> =
        changes(&before, &listed.table).into_iter().filter(|change| change.after.is_none()).collect();
    let after = before.clone().with(listed.table);
    let written = file.write_all(after.to_json().as_bytes());
    written.map_err(|error| file.error(error))?;
    file.finish()?;
    let changed = changes(&before, &after);
    let mut lines: Vec<String> = changed.iter().map(|change| describe(change)).collect();
    lines.push(match changed.len() {
        0 => format!("No rate has changed; {} is as of today.", path.display()),
        1 => format!("1 rate has changed; written to {}.", path.display()),
        many => format!("{many} rates have changed; written to {}.", path.display()),
    });
    if !unlisted.is_empty() {
        lines.push(format!(
            "{} not listed by AWS and left with their old source and date: {}.",
            unlisted.len(),
            unlisted.iter().map(place).collect::<Vec<_>>().join(", ")
        ));
    }
    lines.extend(listed.notes.iter().map(|note| format!("Not used: {}.", plain(note))));
    Ok(lines.join("\n"))
}

fn place(change: &Change) -> String {
    plain(&format!("{} {} {}", change.service, change.region, change.dimension)).into_owned()
}

fn describe(change: &Change) -> String {
    let place = place(change);
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            format!("{place}: {} -> {} USD per {}", before.usd.normalize(), after.usd.normalize(), plain(&after.unit))
        }
        (None, Some(after)) => format!("{place}: new, {} USD per {}", after.usd.normalize(), plain(&after.unit)),
        (_, None) => format!("{place}: gone"),
    }
}
