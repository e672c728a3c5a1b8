//! What re-scans of container images cost, and Inspector's list prices in words.
//!
//! A re-scan is any scan of an image that Inspector has scanned before, made whenever it learns of a vulnerability that
//! concerns the image (Inspector user guide, monitoring usage, 2026-10). AWS publishes no usual number of them.

use rust_decimal::Decimal;

use super::registry::Known;
use crate::model::{EcrImageCounts, Section, SectionName, Usage};
use crate::price::{INSPECTOR, MissingPrice, Rate, Usd, dimension};
use crate::rules::{Basis, Case, Cost, CostLine, Evidence, MonthlyUsd, NoFigure, Undecided};

/// Assumed re-scans of an active image in a month: low, likely, high.
pub(super) const RESCANS: [u64; 3] = [2, 10, 30];

/// Belongs beside every price of Inspector.
pub(super) const SECURITY_HUB_PLAN: &str = "Accounts that are billed for Inspector through Security Hub's plan pay \
     otherwise: there these prices do not apply.";

/// The hours of the month that Inspector bills by.
const HOURS: u64 = 720;

/// What a figure came to: the cost, or why there is none, in a sentence.
pub(super) struct Figure {
    /// The cost, if it can be told.
    pub(super) cost: Option<Cost>,
    /// What the message says about it.
    pub(super) sentence: String,
    /// What was seen on the way.
    pub(super) evidence: Vec<Evidence>,
    /// The gap that leaves it without a figure.
    pub(super) open: Vec<Undecided>,
    /// Why there is no figure, a phrase with what would supply it.
    pub(super) no_figure: Option<NoFigure>,
}

impl Figure {
    fn none(sentence: String, open: Vec<Undecided>, why: String) -> Self {
        Self { cost: None, sentence, evidence: Vec::new(), open, no_figure: Some(NoFigure::Told(why)) }
    }
}

/// What the registry's re-scans cost a month: metered by AWS, else bounded by the images that are scanned.
pub(super) fn rescans(facts: &Case<'_>) -> Figure {
    if let Some(usage) = metered(facts) {
        return measured(usage);
    }
    match active_images(facts) {
        Ok(images) => bound(facts, images, "re-scans of active container images"),
        // Inspector scans here, and yet its count is that of a service which is off: this world is a supposed one.
        Err(open) if images_uncounted(facts) => Figure::none(
            "What it costs is not known: Inspector counts images only where it scans them. `what-if --ecr-images N` says \
             how many there would be."
                .to_owned(),
            open,
            "the number of images is not known; give it with what-if --ecr-images N".to_owned(),
        ),
        Err(open) => Figure::none(
            "What it costs is not known: neither ListUsageTotals nor ListCoverageStatistics could be read.".to_owned(),
            open,
            "neither ListUsageTotals nor ListCoverageStatistics could be read; allow one of them".to_owned(),
        ),
    }
}

/// Whether images were not counted because Inspector was off.
fn images_uncounted(facts: &Case<'_>) -> bool {
    facts.target.inspector.ecr_images.is_absent()
}

/// Images that Inspector keeps scanning.
pub(super) fn active_images(facts: &Case<'_>) -> Known<u64> {
    match &facts.target.inspector.ecr_images {
        Section::Complete(images) => Ok(images.active()),
        Section::Absent(_) | Section::NotAsked | Section::Missing(_) => {
            Err(vec![Undecided::section(SectionName::InspectorEcrImages)])
        }
    }
}

/// The re-scans that AWS metered, if its figure can be used: in USD and not negative.
fn metered<'a>(facts: &Case<'a>) -> Option<&'a Usage> {
    let usage = facts.target.inspector.usage_totals.complete()?.by_type.get("ECR_RESCAN")?;
    let usable =
        usage.currency == "USD" && usage.estimated_monthly_cost >= Decimal::ZERO && usage.total >= Decimal::ZERO;
    usable.then_some(usage)
}

fn measured(usage: &Usage) -> Figure {
    let amount = Usd::of(Decimal::ONE, usage.estimated_monthly_cost);
    let total = usage.total.normalize();
    let line = CostLine {
        item: format!("{total} re-scans of container images in the last 30 days").into(),
        quantity: Decimal::ONE,
        unit: "month".to_owned(),
        unit_price_usd: amount.0,
        monthly_usd: amount,
        one_time_usd: Usd::ZERO,
        price_source: "AWS's own estimate, inspector2:ListUsageTotals".to_owned(),
        price_as_of: None,
    };
    Figure {
        cost: Some(Cost {
            monthly_usd: MonthlyUsd { low: amount, likely: amount, high: amount },
            one_time_usd: Usd::ZERO,
            basis: Basis::Measured,
            assumptions: vec![
                "The next 30 days are like the last 30.".into(),
                "AWS's estimate knows no discounts; in a free trial nothing of it is billed yet.".into(),
                SECURITY_HUB_PLAN.into(),
            ],
            lines: vec![line],
        }),
        sentence: format!(
            "Inspector metered {total} re-scans of images in the last 30 days, which AWS puts at {} a month.",
            amount.display()
        ),
        evidence: vec![Evidence::new("usage", format!("ECR_RESCAN: {total} in 30 days, {} a month", amount.display()))],
        open: Vec::new(),
        no_figure: None,
    }
}

/// The bound for a number of images: images x assumed re-scans x price.
pub(super) fn bound(facts: &Case<'_>, images: u64, item: &str) -> Figure {
    let given = facts.target.inspector.ecr_images.complete().is_some_and(EcrImageCounts::is_given);
    let source = if given { "given with --ecr-images" } else { "counted by inspector2:ListCoverageStatistics" };
    let seen = Evidence::new("images", format!("{images} images {source}"));
    let rate = facts.prices.rate(INSPECTOR, &facts.target.region, dimension::ECR_RESCAN);
    let [low, likely, high] = RESCANS.map(|rescans| Decimal::from(images) * Decimal::from(rescans));
    let (amounts, lines) = match rate {
        Ok(rate) => {
            let amounts = [low, likely, high].map(|quantity| Usd::of(quantity, rate.usd));
            (amounts, vec![line(item, likely, rate, amounts[1])])
        }
        Err(_) if images == 0 => ([Usd::ZERO; 3], Vec::new()),
        Err(missing) => {
            let sentence = format!("What it costs is not known: {}", how_to_supply(&missing));
            let figure = Figure::none(sentence, Vec::new(), missing.remedy());
            return Figure { evidence: vec![seen], ..figure };
        }
    };
    Figure {
        cost: Some(Cost {
            monthly_usd: MonthlyUsd { low: amounts[0], likely: amounts[1], high: amounts[2] },
            one_time_usd: Usd::ZERO,
            basis: Basis::Bound,
            assumptions: vec![
                format!(
                    "Each image is re-scanned {} times a month ({} at least, {} at most): AWS publishes no usual number.",
                    RESCANS[1], RESCANS[0], RESCANS[2]
                )
                .into(),
                "Every active image is taken as one that is scanned continuously.".into(),
                SECURITY_HUB_PLAN.into(),
            ],
            lines,
        }),
        sentence: format!(
            "With {images} images and {} to {} re-scans of each a month that is {} to {}, likely {}.",
            RESCANS[0],
            RESCANS[2],
            amounts[0].display(),
            amounts[2].display(),
            amounts[1].display()
        ),
        evidence: vec![seen],
        open: Vec::new(),
        no_figure: None,
    }
}

fn line(item: &str, quantity: Decimal, rate: &Rate, amount: Usd) -> CostLine {
    CostLine {
        item: item.into(),
        quantity,
        unit: "re-scan".to_owned(),
        unit_price_usd: rate.usd,
        monthly_usd: amount,
        one_time_usd: Usd::ZERO,
        price_source: rate.source.clone(),
        price_as_of: rate.as_of.clone(),
    }
}

/// Which price is missing, and what to do about it.
fn how_to_supply(missing: &MissingPrice) -> String {
    let MissingPrice { service, region, dimension } = missing;
    format!(
        "{missing}. Supply it with --prices FILE (a rate of service {service}, region {region}, dimension {dimension})."
    )
}

/// The list price of a scan type in words, or which price is missing; `None` for types without a known dimension.
pub(super) fn list_price(facts: &Case<'_>, resource: &str) -> Option<Evidence> {
    let rate = |dimension| facts.prices.rate(INSPECTOR, &facts.target.region, dimension);
    let hours = |rate: &Rate| Usd::of(Decimal::from(HOURS), rate.usd).0;
    let source = |rate: &Rate| match &rate.as_of {
        Some(date) => format!("{}, {date}", rate.source),
        None => rate.source.clone(),
    };
    let text = match resource {
        "ec2" => match (rate(dimension::EC2_AGENT_MONTH), rate(dimension::EC2_AGENT_HOUR)) {
            (Ok(month), _) => {
                format!("EC2: ${} for each instance and month ({})", month.usd.normalize(), source(month))
            }
            (_, Ok(hour)) => {
                format!("EC2: ${} for each instance and month of {HOURS} hours ({})", hours(hour), source(hour))
            }
            (Err(missing), _) => format!("EC2: {}", how_to_supply(&missing)),
        },
        "ecr" => match (rate(dimension::ECR_INITIAL_SCAN), rate(dimension::ECR_RESCAN)) {
            (Ok(first), Ok(again)) => format!(
                "ECR: ${} for an image's first scan, ${} for each re-scan ({})",
                first.usd.normalize(),
                again.usd.normalize(),
                source(again)
            ),
            (Err(missing), _) | (_, Err(missing)) => format!("ECR: {}", how_to_supply(&missing)),
        },
        "lambda" => match rate(dimension::LAMBDA_HOUR) {
            Ok(hour) => format!(
                "Lambda, standard: ${} for each function and month of {HOURS} hours ({})",
                hours(hour),
                source(hour)
            ),
            Err(missing) => format!("Lambda, standard: {}", how_to_supply(&missing)),
        },
        _ => return None,
    };
    Some(Evidence::new("price", text))
}

/// What AWS metered of every type in the last 30 days, where that could be read.
pub(super) fn usage_evidence(facts: &Case<'_>) -> Vec<Evidence> {
    let Some(usage) = facts.target.inspector.usage_totals.complete() else { return Vec::new() };
    usage
        .by_type
        .iter()
        .map(|(kind, usage)| {
            let (total, cost) = (usage.total.normalize(), usage.estimated_monthly_cost.normalize());
            Evidence::new(
                "usage",
                format!("{kind}: {total} in 30 days, {cost} {} a month by AWS's estimate", usage.currency),
            )
        })
        .collect()
}
