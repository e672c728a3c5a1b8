//! Price files, of the operator and of AWS, plain or compressed.

use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use anyhow::Context as _;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::io::{named, open_bounded};
use crate::price::list::Listed;
use crate::price::{PriceTable, offer};

/// The most MiB of any price file, uncompressed.
const MOST: u64 = 64;
/// The most bytes of a file in this program's own form: 100 regions with every dimension have a tenth of it.
const MOST_OWN: u64 = 4 << 20;

/// What every form of price file may have at the top.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<IgnoredAny>,
    products: Option<IgnoredAny>,
    #[serde(rename = "PriceList")]
    price_list: Option<IgnoredAny>,
}

/// Lays a file over `base`: a price file of this program's own form, a bulk price list of AWS, or a saved answer of
/// `GetProducts`; all of them plain or as gzip. Returns what a list of AWS has that could not be used, a sentence each.
///
/// # Errors
/// When the file cannot be read, is none of these, or has more than 64 MiB.
pub(super) fn with_file(base: PriceTable, path: &Path, today: NaiveDate) -> anyhow::Result<(PriceTable, Vec<String>)> {
    let name = named(path);
    let mut file = open_bounded(path, MOST).with_context(|| format!("cannot read {name}"))?;
    let mut start = Vec::new();
    let read = file.by_ref().take(MOST_OWN).read_to_end(&mut start).with_context(|| format!("cannot read {name}"))?;
    let is_whole = u64::try_from(read).is_ok_and(|read| read < MOST_OWN);
    if is_whole && !is_list(&start) {
        let text = String::from_utf8(start).with_context(|| format!("{name} is no price file"))?;
        let table = base.with_file(&text, &name).with_context(|| format!("{name} is no price file"))?;
        return Ok((table, Vec::new()));
    }
    let Listed { table, notes } = listed(Cursor::new(start).chain(file), &name, today)?;
    Ok((base.with(table), notes))
}

/// Reads a list of AWS.
///
/// # Errors
/// As [`with_file`], and when the file is one of this program's own form.
pub(super) fn list(path: &Path, today: NaiveDate) -> anyhow::Result<Listed> {
    let name = named(path);
    listed(open_bounded(path, MOST).with_context(|| format!("cannot read {name}"))?, &name, today)
}

fn listed(bytes: impl Read, name: &str, today: NaiveDate) -> anyhow::Result<Listed> {
    offer::read(BufReader::new(bytes), name, today).with_context(|| format!("{name} is no price list of AWS"))
}

/// Whether a whole file is a list of AWS; what is neither is left to the reader of price files to refuse.
fn is_list(text: &[u8]) -> bool {
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return true;
    }
    serde_json::from_slice::<Head>(text)
        .is_ok_and(|head| head.schema_version.is_none() && (head.products.is_some() || head.price_list.is_some()))
}
