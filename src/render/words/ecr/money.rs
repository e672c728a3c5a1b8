//! What re-scans cost, and Inspector's list prices, in words.

use crate::price::MissingPrice;
use crate::price::inspector::{
    SECURITY_HUB_FUNCTIONS, SECURITY_HUB_IDENTITIES, SECURITY_HUB_IMAGES, SECURITY_HUB_INSTANCES,
    SECURITY_HUB_UNIT_MONTH,
};
use crate::rules::finding::ecr::{
    Assumed, Assumption, Figure, InspectorBilling, Item, ListPrice, NoFigure, Price, Priced,
};

/// Where it was not seen who bills.
const SECURITY_HUB_PLAN: &str = "Accounts that are billed for Inspector through Security Hub's plan pay \
     otherwise: there these prices do not apply.";

/// By whose prices Inspector is billed.
pub(super) fn who_bills(billing: &InspectorBilling) -> String {
    match billing {
        InspectorBilling::Unknown => SECURITY_HUB_PLAN.to_owned(),
        InspectorBilling::Inspector => {
            "Security Hub is off in this account and region: Inspector bills by its own prices.".to_owned()
        }
        InspectorBilling::SecurityHub { since } => {
            let since = since.as_ref().map_or_else(String::new, |since| format!(" since {since}"));
            format!(
                "Security Hub is on in this account and region{since}: its plan bills Inspector, and Inspector's list \
                 prices do not apply."
            )
        }
    }
}

/// By whose prices Inspector is billed, with what Security Hub's plan costs where it may be that.
pub(in crate::render::words) fn security_hub_plan(billing: &InspectorBilling) -> String {
    let said = who_bills(billing);
    if *billing == InspectorBilling::Inspector {
        return said;
    }
    format!(
        "{said} A unit of the plan costs ${SECURITY_HUB_UNIT_MONTH} a month: {SECURITY_HUB_INSTANCES} EC2 \
         instance, {SECURITY_HUB_IMAGES} ECR images, {SECURITY_HUB_FUNCTIONS} Lambda functions or \
         {SECURITY_HUB_IDENTITIES} IAM identities (Security Hub's pricing page, 2026-07)."
    )
}

/// What re-scans come to, in a sentence.
pub(super) fn figure(figure: &Figure) -> String {
    match figure {
        Figure::Metered { rescans, monthly_usd } => format!(
            "Inspector metered {rescans} re-scans of images in the last 30 days, which AWS puts at {} a month.",
            monthly_usd.display()
        ),
        Figure::Assumed { images, rescans, monthly_usd } => format!(
            "With {images} images and {} to {} re-scans of each a month that is {} to {}, likely {}.",
            rescans.low,
            rescans.high,
            monthly_usd.low.display(),
            monthly_usd.high.display(),
            monthly_usd.deciding().display()
        ),
        Figure::NotCounted => {
            "What it costs is not known: Inspector counts images only where it scans them. `what-if --ecr-images N` says \
             how many there would be."
                .to_owned()
        }
        Figure::Unreadable => {
            "What it costs is not known: neither ListUsageTotals nor ListCoverageStatistics could be read.".to_owned()
        }
        Figure::SecurityHubPlan => "Re-scans have no price of their own in Security Hub's plan.".to_owned(),
        Figure::MissingPrice(missing) => format!("What it costs is not known: {}", how_to_supply(missing)),
    }
}

/// Why there is no figure, a phrase with what would supply it.
pub(in crate::render::words) fn no_figure(why: NoFigure) -> String {
    match why {
        NoFigure::NotCounted => "the number of images is not known; give it with what-if --ecr-images N",
        NoFigure::SecurityHubPlan => "Security Hub's plan bills Inspector here, and has no price for re-scans",
        NoFigure::Unreadable => "neither ListUsageTotals nor ListCoverageStatistics could be read; allow one of them",
    }
    .to_owned()
}

/// One assumption, in a sentence.
pub(in crate::render::words) fn assumption(assumption: &Assumption) -> String {
    match assumption {
        Assumption::NextMonthAlike => "The next 30 days are like the last 30.".to_owned(),
        Assumption::EstimateWithoutDiscounts => {
            "AWS's estimate knows no discounts; in a free trial nothing of it is billed yet.".to_owned()
        }
        Assumption::RescansOfEachImage(Assumed { low, likely, high }) => format!(
            "Each image is re-scanned {likely} times a month ({low} at least, {high} at most): AWS publishes no usual \
             number."
        ),
        Assumption::EveryImageContinuous => {
            "Every active image is taken as one that is scanned continuously.".to_owned()
        }
        Assumption::PriceOf(region) => {
            format!("The price is that of {region}: the region's own is not known; supply yours with --prices FILE.")
        }
        Assumption::Billing(billing) => security_hub_plan(billing),
    }
}

/// One item of a bill.
pub(in crate::render::words) fn item(item: Item) -> String {
    match item {
        Item::MeteredRescans(rescans) => format!("{rescans} re-scans of container images in the last 30 days"),
        Item::ActiveImages => "re-scans of active container images".to_owned(),
        Item::StaleImages => "re-scans of images that nobody pulls or runs".to_owned(),
    }
}

/// A list price, or which one is missing.
pub(super) fn list_price(price: &ListPrice) -> String {
    match price {
        ListPrice::Known { of, price, hours } => {
            let (what, each) = priced(*of);
            let hours = hours.map_or_else(String::new, |hours| format!(" of {hours} hours"));
            format!("{what}: ${} {each}{hours} ({})", price.usd, source(price))
        }
        ListPrice::Missing { of, price } => format!("{}: {}", priced(*of).0, how_to_supply(price)),
        ListPrice::Unlisted(of) => {
            let (what, each) = priced(*of);
            format!(
                "{what}: the price {each} is not known, AWS's own list of it has not been seen; what AWS metered is in \
                 inspector2:ListUsageTotals"
            )
        }
    }
}

/// What a price is of, and what it is for.
fn priced(of: Priced) -> (&'static str, &'static str) {
    match of {
        Priced::Ec2Agent => ("EC2", "for each instance and month"),
        Priced::Ec2Agentless => ("EC2, without an agent", "for each instance and month"),
        Priced::EcrFirstScan => ("ECR", "for an image's first scan"),
        Priced::EcrRescan => ("ECR", "for each re-scan of an image"),
        Priced::Lambda => ("Lambda, standard", "for each function and month"),
        Priced::LambdaCode => ("Lambda, code", "for each function and month"),
        Priced::CodeSast => ("Code repositories", "for each static analysis"),
        Priced::CodeSca => ("Code repositories", "for each scan of dependencies"),
        Priced::CodeIac => ("Code repositories", "for each scan of infrastructure as code"),
        Priced::Ami => ("Machine images", "for each scan of an image"),
    }
}

fn source(price: &Price) -> String {
    let known = if price.stands_in { "an estimate: " } else { "" };
    match &price.as_of {
        Some(date) => format!("{known}{}, {date}", price.source),
        None => format!("{known}{}", price.source),
    }
}

/// Which price is missing, and what to do about it.
pub(in crate::render::words) fn how_to_supply(missing: &MissingPrice) -> String {
    let MissingPrice { service, region, dimension } = missing;
    format!(
        "{missing}. Supply it with --prices FILE (a rate of service {service}, region {region}, dimension {dimension})."
    )
}
