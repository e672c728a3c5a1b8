//! What Inspector itself charges in two worlds, said.

use super::ecr::{how_to_supply, security_hub_plan};
use super::status::unsettled;
use crate::render::text::count;
use crate::report::{FeeLine, InspectorFees};
use crate::rules::finding::ecr::InspectorBilling;
use crate::what_if::fees::{ASSUMPTIONS, Assumption, Charged, Fee, FeePrice, Unknown};

/// The fees of all targets, added up.
pub fn fees(mut fees: Vec<Fee>) -> InspectorFees {
    fees.sort_by(|a, b| (&a.account, &a.region, a.of).cmp(&(&b.account, &b.region, b.of)));
    InspectorFees::of(fees.into_iter().map(line).collect(), ASSUMPTIONS.map(assumption).to_vec())
}

fn line(fee: Fee) -> FeeLine {
    let missing = |missing| format!("There is {}", how_to_supply(missing));
    let unpriced = fee.price.as_ref().err().map(missing);
    let price = fee.price.ok();
    let (price_source, price_as_of) = price.as_ref().map(source).unzip();
    FeeLine {
        account: fee.account,
        region: fee.region,
        item: item(fee.of).to_owned(),
        unit: fee.unit.to_owned(),
        today_quantity: fee.today_quantity,
        then_quantity: fee.then_quantity,
        unit_price_usd: price.as_ref().map(|price| price.usd().normalize()),
        today_usd: fee.today_usd,
        then_usd: fee.then_usd,
        difference_usd: fee.difference_usd,
        once: fee.of == Charged::FirstScan,
        unknown: fee.unknown.as_ref().map(unknown).or(unpriced),
        basis: price.as_ref().map(FeePrice::basis),
        price_source,
        price_as_of: price_as_of.flatten(),
    }
}

fn item(of: Charged) -> &'static str {
    match of {
        Charged::Agent => "EC2 instances, scanned by an agent",
        Charged::Agentless => "EC2 instances, scanned without an agent",
        Charged::FirstScan => "first scan of every image",
    }
}

/// Where a price comes from, and of when.
fn source(price: &FeePrice) -> (String, Option<String>) {
    match price {
        FeePrice::Listed(rate) => (rate.source.clone(), rate.as_of.clone()),
        FeePrice::Metered { kind, usage, as_of, .. } => {
            let (cost, total) = (usage.estimated_monthly_cost.normalize(), usage.total.normalize());
            let from = "derived from AWS's own meter, inspector2:ListUsageTotals";
            (format!("{from}: {cost} USD for {total} {kind} in 30 days"), Some(as_of.to_string()))
        }
    }
}

fn unknown(why: &Unknown) -> String {
    match why {
        Unknown::Status(open) => format!("{}.", unsettled(open)),
        Unknown::Instances => "The instances could not be read (ec2.instances).".to_owned(),
        Unknown::ManagedNodes => "Which instances SSM manages could not be read (ssm.managed_nodes).".to_owned(),
        Unknown::Coverage(instances) => format!(
            "Whether the VM Scanner scans {} that SSM does not have Online could not be read (inspector.ec2_coverage).",
            count(*instances, "instance", "instances")
        ),
        Unknown::CoverageMode(instances) => format!(
            "Coverage gives {} a scan mode that this version does not know: it may be the VM Scanner's.",
            count(*instances, "instance", "instances")
        ),
        Unknown::ScanMode(instances) => format!(
            "SSM does not manage {} that would be charged in hybrid scan mode; which mode holds is not known.",
            count(*instances, "instance", "instances")
        ),
        Unknown::Images => {
            "Inspector counts images only where it scans them, so how many there are is not known: count \
                            them with aws ecr list-images, and give the number with --ecr-images N."
                .to_owned()
        }
    }
}

fn assumption(assumption: Assumption) -> String {
    match assumption {
        Assumption::WholeMonth(hours) => format!("Instances that run now run the whole month of {hours} hours."),
        Assumption::NotCharged => {
            "An instance with the tag InspectorEc2Exclusion is not charged; one that SSM does not \
                                   manage is scanned, and charged, only in hybrid scan mode."
                .to_owned()
        }
        Assumption::FirstScansAlone => {
            "Re-scans of images are in the figure of ecr-continuous-scan, new images are not foreseen.".to_owned()
        }
        Assumption::PriceStandsIn => {
            "Where a region's own price of Inspector is not known, another region's list price \
                                      stands in, and the line says so: an estimate."
                .to_owned()
        }
        Assumption::SecurityHubPlan => security_hub_plan(&InspectorBilling::Unknown),
    }
}
