//! What Inspector itself charges in two worlds: instances a month, images once. Pure.
//!
//! Inspector bills an instance by the hour from its discovery until it is stopped, terminated or excluded by tag, in
//! months of 720 hours (Inspector user guide, "Monitoring usage and cost", 2026-10). Re-scans of images are the figure of
//! `ecr-continuous-scan` and are not repeated here.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::model::{Section, Target, Usage};
use crate::price::{MissingPrice, PriceTable, Rate, Usd, dimension};
use crate::report::FeeLine;
use crate::rules::efs::is_vm_scanner;
use crate::rules::finding::Basis;
use crate::rules::status::Account;

/// The hours of the month that Inspector bills by.
const HOURS: u64 = 720;

/// What is assumed of every fee.
pub const ASSUMPTIONS: [&str; 4] = [
    "Instances that run now run the whole month of 720 hours.",
    "An instance with the tag InspectorEc2Exclusion is not charged; one that SSM does not manage is scanned, and charged, \
     only in hybrid scan mode.",
    "Re-scans of images are in the figure of ecr-continuous-scan, new images are not foreseen.",
    "Where a region's own price of Inspector is not known, another region's list price stands in, and the line says so: an \
     estimate.",
];

/// A number, or why it is not known.
type Known = Result<u64, String>;

/// The fees of one target in both worlds; a line where both are zero is left out.
pub fn lines(today: &Target, then: &Target, prices: &PriceTable) -> Vec<FeeLine> {
    let (before, after) = (Scanned::of(today), Scanned::of(then));
    let price = |dimensions: &[&'static str]| Price::of(prices, &then.region, dimensions);
    let agent = price(&[dimension::EC2_AGENT_MONTH, dimension::EC2_AGENT_HOUR]).or_metered(today, "EC2_INSTANCE_HOURS");
    let agentless = price(&[dimension::EC2_AGENTLESS_HOUR]).or_metered(today, "EC2_AGENTLESS_INSTANCE_HOURS");
    let image = price(&[dimension::ECR_INITIAL_SCAN]).or_metered(today, "ECR_INITIAL_SCAN");
    [
        line(then, "EC2 instances, scanned by an agent", false, &agent, [&before.agent, &after.agent]),
        line(then, "EC2 instances, scanned without an agent", false, &agentless, [&before.agentless, &after.agentless]),
        line(then, "first scan of every image", true, &image, [&Ok(0), &first_scans(today, then)]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Price {
    rate: Result<Rate, MissingPrice>,
    basis: Basis,
    unit: &'static str,
    /// How many units one thing makes.
    per: u64,
    /// How many units AWS metered in the last 30 days.
    metered: Option<Decimal>,
}

impl Price {
    /// What one thing costs that is priced in one of these dimensions.
    fn of(prices: &PriceTable, region: &str, dimensions: &[&'static str]) -> Self {
        let found = prices.inspector_any(region, dimensions);
        let (unit, per) = match found.as_ref().map_or_else(|missing| missing.dimension, |(name, _)| name) {
            dimension::EC2_AGENT_MONTH => ("instance-month", 1),
            dimension::ECR_INITIAL_SCAN => ("image", 1),
            _ => ("instance-hour", HOURS),
        };
        let rate = found.map(|(_, rate)| rate);
        let basis =
            if rate.as_ref().is_ok_and(|rate| rate.stands_in.is_some()) { Basis::Estimate } else { Basis::ListPrice };
        Self { rate, basis, unit, per, metered: None }
    }

    /// Takes what AWS metered today: the quantity, and where the table has no rate of the region the rate as well.
    fn or_metered(mut self, today: &Target, kind: &str) -> Self {
        let usage = today.inspector.usage_totals.complete().and_then(|usage| usage.by_type.get(kind));
        let usable = |usage: &&Usage| {
            usage.currency == "USD" && usage.total > Decimal::ZERO && usage.estimated_monthly_cost > Decimal::ZERO
        };
        let Some(usage) = usage.filter(usable) else { return self };
        let months = self.unit == "instance-month";
        let total = if months { usage.total / Decimal::from(HOURS) } else { usage.total };
        self.metered = Some(total.round_dp(6).normalize());
        // A total next to nothing could make a price beyond any decimal.
        let usd = usage.estimated_monthly_cost.checked_div(usage.total).map(|usd| usd.round_dp(9).normalize());
        let is_own = self.rate.as_ref().is_ok_and(|rate| rate.stands_in.is_none());
        if let (false, Some(usd)) = (is_own, usd) {
            self.basis = Basis::Measured;
            self.rate = Ok(Rate {
                usd,
                unit: self.unit.to_owned(),
                source: format!(
                    "derived from AWS's own meter, inspector2:ListUsageTotals: {} USD for {} {kind} in 30 days",
                    usage.estimated_monthly_cost.normalize(),
                    usage.total.normalize()
                ),
                as_of: Some(today.taken_at.date_naive().to_string()),
                stands_in: None,
            });
        }
        self
    }
}

fn line(target: &Target, item: &str, once: bool, price: &Price, worlds: [&Known; 2]) -> Option<FeeLine> {
    let [today, then] = worlds;
    if worlds == [&Ok(0), &Ok(0)] {
        return None;
    }
    let quantity = |known: &Known| known.as_ref().ok().map(|count| Decimal::from(*count) * Decimal::from(price.per));
    // Today's count may be hidden where AWS's meter is not.
    let (before, after) = (quantity(today).or(price.metered.filter(|_| !once)), quantity(then));
    let amount = |quantity: Option<Decimal>| match (quantity, &price.rate) {
        (Some(quantity), _) if quantity.is_zero() => Some(Usd::ZERO),
        (Some(quantity), Ok(rate)) => Some(Usd::of(quantity, rate.usd)),
        _ => None,
    };
    let (today_usd, then_usd) = (amount(before), amount(after));
    // What is the same in both worlds differs by nothing, whatever it is.
    let difference_usd = if today == then { Some(Usd::ZERO) } else { then_usd.zip(today_usd).map(|(a, b)| a.minus(b)) };
    let mut unseen = [(before, today), (after, then)].into_iter().filter(|(quantity, _)| quantity.is_none());
    let why = unseen.find_map(|(_, known)| known.as_ref().err()).cloned();
    let unpriced = price.rate.as_ref().err().map(|missing| {
        format!(
            "There is {missing}. Supply it with --prices FILE (a rate of service {}, region {}, dimension {}).",
            missing.service, missing.region, missing.dimension
        )
    });
    Some(FeeLine {
        account: target.account.clone(),
        region: target.region.clone(),
        item: item.to_owned(),
        unit: price.unit.to_owned(),
        today_quantity: before,
        then_quantity: after,
        unit_price_usd: price.rate.as_ref().ok().map(|rate| rate.usd.normalize()),
        today_usd,
        then_usd,
        difference_usd,
        once,
        unknown: why.or(unpriced),
        basis: price.rate.as_ref().ok().map(|_| price.basis),
        price_source: price.rate.as_ref().ok().map(|rate| rate.source.clone()),
        price_as_of: price.rate.as_ref().ok().and_then(|rate| rate.as_of.clone()),
    })
}

/// The images that a world scans for the first time: all of them, where Inspector did not scan ECR before.
fn first_scans(today: &Target, then: &Target) -> Known {
    match (is_on(today, "ecr"), is_on(then, "ecr")) {
        (_, Ok(false)) | (Ok(true), Ok(true)) => Ok(0),
        (Err(why), _) | (_, Err(why)) => Err(why),
        (Ok(false), Ok(true)) => {
            let given = then.inspector.ecr_images.complete().filter(|counts| counts.is_given());
            match (then.ecr.repositories.complete(), given) {
                (Some(repositories), _) if repositories.is_empty() => Ok(0),
                (_, Some(counts)) => Ok(counts.active()),
                _ => {
                    Err("Inspector counts images only where it scans them, so how many there are is not known: count \
                          them with aws ecr list-images, and give the number with --ecr-images N."
                        .to_owned())
                }
            }
        }
    }
}

/// The instances that Inspector scans in one world.
struct Scanned {
    agent: Known,
    agentless: Known,
}

impl Scanned {
    fn of(target: &Target) -> Self {
        let all = |why: String| Self { agent: Err(why.clone()), agentless: Err(why) };
        match is_on(target, "ec2") {
            Ok(true) => {}
            Ok(false) => return Self { agent: Ok(0), agentless: Ok(0) },
            Err(why) => return all(why),
        }
        let Section::Complete(instances) = &target.ec2.instances else {
            return all("The instances could not be read (ec2.instances).".to_owned());
        };
        let Section::Complete(nodes) = &target.ssm.managed_nodes else {
            return all("Which instances SSM manages could not be read (ssm.managed_nodes).".to_owned());
        };
        let rows = target.inspector.ec2_coverage.complete().into_iter().flatten();
        let rows: BTreeMap<&str, Option<bool>> =
            rows.map(|row| (row.instance_id.as_str(), is_vm_scanner(row.scan_mode.as_deref()))).collect();
        let unseen = matches!(target.inspector.ec2_coverage, Section::Missing(_) | Section::NotAsked);
        let online = nodes.iter().filter(|node| node.ping_status == "Online").map(|node| node.id.as_str());
        let online: BTreeSet<&str> = online.collect();
        let tagged =
            |tags: &[crate::model::Tag]| tags.iter().any(|tag| tag.key.eq_ignore_ascii_case("InspectorEc2Exclusion"));
        let charged = instances.iter().filter(|instance| instance.state == "running" && !tagged(&instance.tags));
        let (mut agent, mut others, mut open) = (0_u64, 0_u64, 0_u64);
        for instance in charged {
            let id = instance.id.as_str();
            *match (online.contains(id), rows.get(id)) {
                (true, _) | (false, Some(Some(true))) => &mut agent,
                (false, Some(None)) => &mut open,
                (false, None) if unseen => &mut open,
                (false, Some(Some(false)) | None) => &mut others,
            } += 1;
        }
        let instances = |number| if number == 1 { "1 instance".to_owned() } else { format!("{number} instances") };
        let known = |number| match open {
            0 => Ok(number),
            _ if unseen => Err(format!(
                "Whether the VM Scanner scans {} that SSM does not have Online could not be read (inspector.ec2_coverage).",
                instances(open)
            )),
            _ => Err(format!(
                "Coverage gives {} a scan mode that this version does not know: it may be the VM Scanner's.",
                instances(open)
            )),
        };
        let mode = target.inspector.configuration.complete().and_then(|known| known.ec2_scan_mode.as_deref());
        let agentless = match mode {
            _ if others + open == 0 => Ok(0),
            Some("EC2_HYBRID") => known(others),
            Some("EC2_SSM_AGENT_BASED") => Ok(0),
            _ => Err(format!(
                "SSM does not manage {} that would be charged in hybrid scan mode; which mode holds is not known.",
                instances(others + open)
            )),
        };
        Self { agent: known(agent), agentless }
    }
}

/// Whether Inspector scans that type, or is about to.
fn is_on(target: &Target, resource: &str) -> Result<bool, String> {
    Account::of(target).on_or_coming(resource).map_err(|open| format!("{}.", open.message()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::status::tests::{TABLE, target};

    #[test]
    fn fees_read_every_status_as_the_table_says() {
        for (account, kind, [_, expected, _]) in TABLE {
            assert_eq!(is_on(&target(account, kind), "ec2").ok(), expected, "{account} {kind:?}");
        }
    }
}
