//! What re-scans of container images cost, and Inspector's list prices.
//!
//! A re-scan is any scan of an image that Inspector has scanned before, made whenever it learns of a vulnerability that
//! concerns the image (Inspector user guide, monitoring usage, 2026-10). AWS publishes no usual number of them.

use rust_decimal::Decimal;

use super::registry::Known;
use crate::model::{EcrImageCounts, Section, SectionName, Usage};
use crate::price::{Rate, Usd, dimension};
use crate::rules::finding::ecr::{
    Assumed, Assumption, Evidence, Figure, InspectorBilling, Item, ListPrice, NoFigure, Price, Priced,
};
use crate::rules::finding::{self, Basis, BillPart, Blocker, Case, Cost, CostItem, CostLine, MonthlyUsd};

/// Assumed re-scans of an active image in a month.
pub(super) const RESCANS: Assumed = Assumed { low: 2, likely: 10, high: 30 };

/// The hours of the month that Inspector bills by.
const HOURS: u64 = 720;

/// What re-scans came to: the cost, or why there is none.
pub(super) struct Sum {
    /// The cost, if it can be told.
    pub(super) cost: Option<Cost>,
    /// What the finding says about it.
    pub(super) figure: Figure,
    /// What was seen on the way.
    pub(super) evidence: Vec<Evidence>,
    /// The gap that leaves it without a figure.
    pub(super) open: Vec<Blocker>,
    /// Why there is no figure.
    pub(super) no_figure: Option<finding::NoFigure>,
}

impl Sum {
    fn none(figure: Figure, evidence: Vec<Evidence>, open: Vec<Blocker>, why: finding::NoFigure) -> Self {
        Self { cost: None, figure, evidence, open, no_figure: Some(why) }
    }

    fn of(figure: Figure, seen: Evidence, cost: Cost) -> Self {
        Self { cost: Some(cost), figure, evidence: vec![seen], open: Vec::new(), no_figure: None }
    }
}

/// What the registry's re-scans cost a month: metered by AWS, else estimated from the images that are scanned.
pub(super) fn rescans(facts: &Case<'_>) -> Sum {
    if let Some(usage) = metered(facts) {
        return measured(facts, usage);
    }
    let none = |figure, open, why| Sum::none(figure, Vec::new(), open, finding::NoFigure::Ecr(why));
    match active_images(facts) {
        Ok(_) if matches!(billing(facts), InspectorBilling::SecurityHub { .. }) => {
            none(Figure::SecurityHubPlan, Vec::new(), NoFigure::SecurityHubPlan)
        }
        Ok(images) => estimate(facts, images, Item::ActiveImages),
        // Inspector scans here, and yet its count is that of a service which is off: this world is a supposed one.
        Err(open) if images_uncounted(facts) => none(Figure::NotCounted, open, NoFigure::NotCounted),
        Err(open) => none(Figure::Unreadable, open, NoFigure::Unreadable),
    }
}

/// By whose prices Inspector is billed.
pub(super) fn billing(facts: &Case<'_>) -> InspectorBilling {
    match facts.target.inspector.security_hub.complete() {
        None => InspectorBilling::Unknown,
        Some(hub) if hub.enabled => InspectorBilling::SecurityHub { since: hub.subscribed_at.clone() },
        Some(_) => InspectorBilling::Inspector,
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
            Err(vec![Blocker::section(SectionName::InspectorEcrImages)])
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

fn measured(facts: &Case<'_>, usage: &Usage) -> Sum {
    let monthly_usd = Usd::of(Decimal::ONE, usage.estimated_monthly_cost);
    let rescans = usage.total.normalize();
    let line = CostLine {
        item: CostItem::Ecr(Item::MeteredRescans(rescans)),
        quantity: Decimal::ONE,
        unit: "month".to_owned(),
        unit_price_usd: monthly_usd.0,
        monthly_usd,
        one_time_usd: Usd::ZERO,
        price_source: "AWS's own estimate, inspector2:ListUsageTotals".to_owned(),
        price_as_of: None,
    };
    let assumptions =
        [Assumption::NextMonthAlike, Assumption::EstimateWithoutDiscounts, Assumption::Billing(billing(facts))];
    let cost = Cost {
        monthly_usd: MonthlyUsd::exactly(monthly_usd),
        one_time_usd: Usd::ZERO,
        basis: Basis::Measured,
        part: BillPart::Rest,
        assumptions: assumptions.map(finding::Assumption::Ecr).to_vec(),
        lines: vec![line],
    };
    Sum::of(Figure::Metered { rescans, monthly_usd }, Evidence::MeteredRescans { rescans, monthly_usd }, cost)
}

/// The estimate for a number of images: images x assumed re-scans x price.
pub(super) fn estimate(facts: &Case<'_>, images: u64, item: Item) -> Sum {
    let given = facts.target.inspector.ecr_images.complete().is_some_and(EcrImageCounts::is_given);
    let seen = Evidence::Images { images, given };
    let rate = facts.prices.inspector(&facts.target.region, dimension::ECR_RESCAN);
    let quantity = |rescans: u64| Decimal::from(images) * Decimal::from(rescans);
    let (monthly_usd, lines) = match &rate {
        Ok(rate) => {
            let amount = |rescans| Usd::of(quantity(rescans), rate.usd);
            let likely = amount(RESCANS.likely);
            let monthly_usd = MonthlyUsd { low: amount(RESCANS.low), likely: Some(likely), high: amount(RESCANS.high) };
            (monthly_usd, vec![line(item, quantity(RESCANS.likely), rate, likely)])
        }
        Err(_) if images == 0 => (MonthlyUsd::NOTHING, Vec::new()),
        Err(missing) => {
            let why = finding::NoFigure::MissingPrice(missing.clone());
            return Sum::none(Figure::MissingPrice(missing.clone()), vec![seen], Vec::new(), why);
        }
    };
    let stands_in = rate.as_ref().ok().and_then(|rate| rate.stands_in).map(Assumption::PriceOf);
    let assumptions = [Assumption::RescansOfEachImage(RESCANS), Assumption::EveryImageContinuous].into_iter();
    let assumptions = assumptions.chain(stands_in).chain([Assumption::Billing(billing(facts))]);
    let cost = Cost {
        monthly_usd,
        one_time_usd: Usd::ZERO,
        basis: Basis::Estimate,
        part: BillPart::Rest,
        assumptions: assumptions.map(finding::Assumption::Ecr).collect(),
        lines,
    };
    Sum::of(Figure::Assumed { images, rescans: RESCANS, monthly_usd }, seen, cost)
}

fn line(item: Item, quantity: Decimal, rate: &Rate, amount: Usd) -> CostLine {
    CostLine {
        item: CostItem::Ecr(item),
        quantity,
        unit: "re-scan".to_owned(),
        unit_price_usd: rate.usd,
        monthly_usd: amount,
        one_time_usd: Usd::ZERO,
        price_source: rate.source.clone(),
        price_as_of: rate.as_of.clone(),
    }
}

/// What a type of scanning is billed by: what, and the dimensions that may have its price, the first first.
type Billed = &'static [(Priced, &'static [&'static str])];

/// What a type is billed by, by its name in the account's status.
fn billed(resource: &str) -> Billed {
    match resource {
        "ec2" => &[
            (Priced::Ec2Agent, &[dimension::EC2_AGENT_MONTH, dimension::EC2_AGENT_HOUR]),
            (Priced::Ec2Agentless, &[dimension::EC2_AGENTLESS_HOUR]),
        ],
        "ecr" => {
            &[(Priced::EcrFirstScan, &[dimension::ECR_INITIAL_SCAN]), (Priced::EcrRescan, &[dimension::ECR_RESCAN])]
        }
        "lambda" => &[(Priced::Lambda, &[dimension::LAMBDA_HOUR])],
        "lambda_code" => &[(Priced::LambdaCode, &[dimension::LAMBDA_CODE_HOUR])],
        "code_repository" => &[
            (Priced::CodeSast, &[dimension::CODE_SAST]),
            (Priced::CodeSca, &[dimension::CODE_SCA]),
            (Priced::CodeIac, &[dimension::CODE_IAC]),
        ],
        "ami" => &[(Priced::Ami, &[])],
        _ => &[],
    }
}

/// The list prices of a scan type, or which are missing; none for types that this version does not know.
pub(super) fn list_prices<'a>(facts: &'a Case<'_>, resource: &str) -> impl Iterator<Item = Evidence> + use<'a> {
    let by_agent_only = facts
        .target
        .inspector
        .configuration
        .complete()
        .is_some_and(|known| known.ec2_scan_mode.as_deref() == Some("EC2_SSM_AGENT_BASED"));
    let billed = billed(resource).iter().filter(move |(of, _)| *of != Priced::Ec2Agentless || !by_agent_only);
    billed.map(|(of, dimensions)| Evidence::ListPrice(list_price(facts, *of, dimensions)))
}

fn list_price(facts: &Case<'_>, of: Priced, dimensions: &[&'static str]) -> ListPrice {
    if dimensions.is_empty() {
        return ListPrice::Unlisted(of);
    }
    match facts.prices.inspector_any(&facts.target.region, dimensions) {
        Ok((name, Rate { usd, source, as_of, stands_in, .. })) => {
            let hourly = [
                dimension::EC2_AGENT_HOUR,
                dimension::EC2_AGENTLESS_HOUR,
                dimension::LAMBDA_HOUR,
                dimension::LAMBDA_CODE_HOUR,
            ];
            let hours = hourly.contains(&name).then_some(HOURS);
            let usd = hours.map_or(usd, |hours| Usd::of(Decimal::from(hours), usd).0).normalize();
            ListPrice::Known { of, price: Price { usd, source, as_of, stands_in: stands_in.is_some() }, hours }
        }
        Err(price) => ListPrice::Missing { of, price },
    }
}

/// What AWS metered of every type in the last 30 days, where that could be read.
pub(super) fn usage_evidence(facts: &Case<'_>) -> Vec<Evidence> {
    let Some(usage) = facts.target.inspector.usage_totals.complete() else { return Vec::new() };
    let seen = usage.by_type.iter().map(|(kind, usage)| Evidence::Metered {
        kind: kind.clone(),
        total: usage.total.normalize(),
        estimated_monthly_cost: usage.estimated_monthly_cost.normalize(),
        currency: usage.currency.clone(),
    });
    seen.collect()
}
