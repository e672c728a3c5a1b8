//! `prices`: shows the prices that figures are made with, or refreshes them into a file.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use comfy_table::{Cell, CellAlignment, ContentLineStyle, Table, TableStyle};

use super::price_file;
use super::price_table::{Ask, asking, live, price_table, with_file};
use crate::cli::{PriceFormat, PricesArgs, PricesFrom};
use crate::io::{WholeFile, now, print};
use crate::price::list::Listed;
use crate::price::{Change, PriceTable, changes};
use crate::report::Status;
use crate::settings::PriceSettings;
use crate::text::clean;

/// Shows the prices, or refreshes them.
pub(super) fn run(args: &PricesArgs) -> anyhow::Result<Status> {
    let settings = PriceSettings::of_command(args)?;
    print(&show_or_refresh(args, &settings, &asking(&settings.asker), now())?)?;
    Ok(Status::Clean)
}

/// The text for standard output.
///
/// # Errors
/// As [`price_table`]; when a region has no price, or the refreshed file cannot be written.
fn show_or_refresh(
    args: &PricesArgs,
    settings: &PriceSettings,
    ask: Ask<'_>,
    now: DateTime<Utc>,
) -> anyhow::Result<String> {
    if let Some(path) = &args.refresh {
        return refresh(settings, path, &args.offers, ask, now);
    }
    anyhow::ensure!(
        args.format != PriceFormat::Json || settings.discount.is_zero(),
        "a price file holds prices before --discount, which would come off twice: leave it out here and give it to scan"
    );
    let table = price_table(settings, ask, now)?;
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
            Cell::new(clean(region)),
            Cell::new(clean(service)),
            Cell::new(clean(dimension)),
            Cell::new(rate.usd.normalize()).set_alignment(CellAlignment::Right),
            Cell::new(clean(&rate.unit)),
            Cell::new(rate.as_of.as_deref().map_or("-".into(), clean)),
            Cell::new(clean(&rate.source)),
        ]);
    }
    let lines: Vec<String> = sheet.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Writes the prices of now into a file: those of the saved lists, or of the API where there are none.
fn refresh(
    settings: &PriceSettings,
    path: &Path,
    offers: &[PathBuf],
    ask: Ask<'_>,
    now: DateTime<Utc>,
) -> anyhow::Result<String> {
    let before = match &settings.from {
        Some(PricesFrom::File(old)) => with_file(PriceTable::embedded(), old, now)?,
        Some(PricesFrom::Live) => anyhow::bail!("--refresh asks the Price List API by itself: leave out --prices live"),
        None => PriceTable::embedded(),
    };
    // The file is opened before anything is asked, so that a bad path costs nothing.
    let mut file = WholeFile::create(path, "refresh")?;
    let listed = if offers.is_empty() { live(ask, now)? } else { listed_in(offers, now)? };
    let unlisted: Vec<Change> =
        changes(&before, &listed.table).into_iter().filter(|change| change.after.is_none()).collect();
    let after = before.clone().with(listed.table);
    let written = file.write_all(after.to_json().as_bytes());
    written.map_err(|error| file.error(error))?;
    file.finish()?;
    let changed = changes(&before, &after);
    let mut lines: Vec<String> = changed.iter().map(describe).collect();
    lines.push(match changed.len() {
        // Rates that nobody asked about again have no new date.
        0 if !unlisted.is_empty() => format!("No rate that AWS listed has changed; written to {}.", path.display()),
        0 if !offers.is_empty() => format!("No rate has changed; {} has the dates of these lists.", path.display()),
        0 => format!("No rate has changed; {} is as of today.", path.display()),
        1 => format!("1 rate has changed; written to {}.", path.display()),
        many => format!("{many} rates have changed; written to {}.", path.display()),
    });
    if !unlisted.is_empty() {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for change in &unlisted {
            *places.entry(format!("{} {}", change.service, change.region)).or_default() += 1;
        }
        let places: Vec<String> = places.iter().map(|(place, rates)| format!("{} ({rates})", clean(place))).collect();
        let many = unlisted.len();
        lines.push(format!("AWS did not list {many} rates; they keep their source and date: {}.", places.join(", ")));
    }
    lines.extend(listed.notes.iter().map(|note| format!("Not used: {}.", clean(note))));
    Ok(lines.join("\n"))
}

/// What several lists have together.
fn listed_in(offers: &[PathBuf], now: DateTime<Utc>) -> anyhow::Result<Listed> {
    let lists = offers.iter().map(|path| price_file::list(path, now.date_naive()));
    let both = |a: Listed, b: Listed| Listed { table: a.table.with(b.table), notes: [a.notes, b.notes].concat() };
    let all = lists.reduce(|a, b| Ok(both(a?, b?)));
    all.unwrap_or_else(|| anyhow::bail!("there is no list to read"))
}

fn place(change: &Change) -> String {
    clean(&format!("{} {} {}", change.service, change.region, change.dimension)).into_owned()
}

fn describe(change: &Change) -> String {
    let place = place(change);
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            format!("{place}: {} -> {} USD per {}", before.usd.normalize(), after.usd.normalize(), clean(&after.unit))
        }
        (None, Some(after)) => format!("{place}: new, {} USD per {}", after.usd.normalize(), clean(&after.unit)),
        (_, None) => format!("{place}: gone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::PriceArgs;
    use crate::price::list::PriceRequest;
    use crate::price::{EFS, INSPECTOR, dimension};

    /// The answers of the fixtures, in place of the API's.
    fn ask(requests: &[PriceRequest]) -> anyhow::Result<Vec<String>> {
        let mut products = Vec::new();
        for request in requests {
            let text = match request.service {
                EFS => include_str!("../../fixtures/prices/efs.json"),
                _ => include_str!("../../fixtures/prices/inspector.json"),
            };
            let answer: serde_json::Value = serde_json::from_str(text)?;
            let list = answer["PriceList"].as_array().into_iter().flatten();
            products.extend(list.filter_map(|entry| entry.as_str().map(str::to_owned)));
        }
        Ok(products)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the form of `Ask`")]
    fn nothing(_requests: &[PriceRequest]) -> anyhow::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn now() -> DateTime<Utc> {
        "2026-11-21T03:04:05Z".parse().expect("a time")
    }

    #[test]
    fn live_prices_lie_over_the_embedded_ones() {
        let live = PriceSettings { from: Some(PricesFrom::Live), ..PriceSettings::default() };
        let table = price_table(&live, &ask, now()).expect("prices");
        assert_eq!(table.provenance().source, "live");
        let date = |service, region, name| table.get(service, region, name).and_then(|rate| rate.as_of.clone());
        assert_eq!(date(EFS, "ap-northeast-1", dimension::IA).as_deref(), Some("2026-11-21"));
        assert_eq!(date(EFS, "ap-southeast-1", dimension::IA).as_deref(), Some("2025-09-25"), "not listed");
        assert_eq!(table.provenance_in(["ap-northeast-1"].into_iter()).as_of, "2026-11-21");
        assert!(table.get(INSPECTOR, "ap-northeast-1", dimension::EC2_AGENT_HOUR).is_some());
    }

    #[test]
    fn a_refresh_writes_a_whole_file_and_names_each_rate_that_differs() {
        let folder = tempfile::tempdir().expect("a folder");
        let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
        std::fs::write(
            &old,
            r#"{"schema_version": 1, "currency": "USD", "sources": [{"name": "old", "as_of": "2024-01-01"}], "rates": [
                {"service": "AmazonEFS", "region": "us-east-1", "dimension": "ia_access_read", "usd": "0.02",
                 "unit": "GiB", "source": 0}]}"#,
        )
        .expect("written");
        let args = PricesArgs {
            region: Vec::new(),
            prices: PriceArgs { prices: Some(PricesFrom::File(old)), ..PriceArgs::default() },
            profile: None,
            format: PriceFormat::Table,
            refresh: Some(new.clone()),
            offers: Vec::new(),
        };
        let run = |args: &PricesArgs, ask| {
            show_or_refresh(args, &PriceSettings::of_command(args).expect("settings"), ask, now())
        };
        assert!(run(&args, &nothing).is_err());
        assert!(!new.exists(), "an empty answer replaces nothing");
        let said = run(&args, &ask).expect("refreshed");
        assert!(said.contains("AmazonEFS us-east-1 ia_access_read: 0.02 -> 0.01 USD per GiB"), "{said}");
        assert!(said.contains("AmazonInspectorV2 ap-northeast-1 ec2_agent_instance_hour: new, 0.002"), "{said}");
        assert!(said.contains("2 rates have changed") && said.contains("AmazonEFS ap-southeast-1 (14)"), "{said}");
        let written = std::fs::read_to_string(&new).expect("the file");
        let table = PriceTable::from_json(&written, "new").expect("a price file");
        assert_eq!(table.regions(EFS).count(), 36);
        let again = PricesArgs {
            prices: PriceArgs { prices: Some(PricesFrom::File(new.clone())), ..PriceArgs::default() },
            ..args
        };
        assert!(run(&again, &ask).expect("again").starts_with("No rate that AWS listed has changed"));
    }
}
