//! The options about prices, and the command that shows them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rust_decimal::Decimal;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit prices --region ap-northeast-1
  inspector-audit prices --refresh prices.json
  inspector-audit prices --refresh prices.json --offers AmazonEFS.json --offers AmazonInspectorV2.json.gz
  inspector-audit scan --snapshot account.json --prices prices.json --discount 12.5

A price file has the form of `inspector-audit prices --format json`. It may hold a few rates only: the others stay as
they are. Besides `rates` it may have `overrides`, each a price or a discount of one dimension in one region, or in all:
  \"overrides\": [{\"service\": \"AmazonEFS\", \"dimension\": \"ia_access_read\", \"discount_percent\": \"50\"}]

A price list of AWS is read as well, plain or as gzip, at most 64 MiB of it: a public bulk file, which needs no credentials
  https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEFS/current/index.json
  https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonInspectorV2/current/eu-west-1/index.json
or what `aws pricing get-products --service-code AmazonEFS --region us-east-1` printed.";

/// Where prices come from, and what comes off them.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Prices")]
pub struct PriceArgs {
    /// A price file or a saved price list of AWS, laid over the embedded table, or `live` for the Price List API (free;
    /// asked as the first profile)
    #[arg(long, value_name = "FILE|live", value_parser = from)]
    pub prices: Option<PricesFrom>,
    /// What your contract takes off every list price, 0 to 100
    #[arg(long, value_name = "PERCENT", value_parser = percent, allow_negative_numbers = true)]
    pub discount: Option<Decimal>,
}

/// `--prices`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PricesFrom {
    /// The Price List API, now.
    Live,
    /// A file.
    File(PathBuf),
}

pub(super) fn from(text: &str) -> Result<PricesFrom, String> {
    match text {
        "" => Err("give a file, or `live`".to_owned()),
        "live" => Ok(PricesFrom::Live),
        path => Ok(PricesFrom::File(path.into())),
    }
}

fn percent(text: &str) -> Result<Decimal, String> {
    let words = "give a number from 0 to 100, such as 12.5";
    let value: Decimal = text.parse().map_err(|_| words.to_owned())?;
    // More places than any contract has would only make the rates longer than a decimal.
    if value < Decimal::ZERO || value > Decimal::ONE_HUNDRED || value.normalize().scale() > 6 {
        return Err(words.to_owned());
    }
    Ok(value)
}

/// `prices`.
#[derive(Debug, Args)]
pub struct PricesArgs {
    /// Only this region; repeatable
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// Which prices.
    #[command(flatten)]
    pub prices: PriceArgs,
    /// The profile of the AWS configuration to ask the Price List API as
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The form on standard output; `json` is a price file
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: PriceFormat,
    /// Ask the Price List API, write a price file, and print each rate that differs from the prices of now
    #[arg(long, value_name = "FILE", help_heading = "Output", conflicts_with_all = ["format", "region", "discount"])]
    pub refresh: Option<PathBuf>,
    /// With --refresh: read this saved price list of AWS (a bulk file, or what the AWS CLI printed) instead of asking;
    /// repeatable
    #[arg(long, value_name = "FILE", help_heading = "Output", requires = "refresh", conflicts_with = "profile")]
    pub offers: Vec<PathBuf>,
}

/// `prices --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PriceFormat {
    /// For people.
    Table,
    /// A price file.
    Json,
}
