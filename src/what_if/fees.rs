//! What Inspector itself charges in two worlds: instances a month, images once. Pure.
//!
//! Inspector bills an instance by the hour from its discovery until it is stopped, terminated or excluded by tag, in
//! months of 720 hours (Inspector user guide, "Monitoring usage and cost", 2026-10). Re-scans of images are the figure of
//! `ecr-continuous-scan` and are not repeated here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::model::{Section, Target, Usage};
use crate::price::{MissingPrice, PriceTable, Rate, Usd, dimension};
use crate::rules::efs::is_vm_scanner;
use crate::rules::finding::{Basis, UnsettledStatus};
use crate::rules::status::Account;

/// The hours of the month that Inspector bills by.
const HOURS: u64 = 720;

/// What one fee is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Charged {
    /// Instances, scanned by an agent.
    Agent,
    /// Instances, scanned without one.
    Agentless,
    /// The first scan of every image; once.
    FirstScan,
}

/// One fee in both worlds: quantity x unit price = amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// What it is for.
    pub of: Charged,
    /// The quantities' unit.
    pub unit: &'static str,
    /// How much of it today, if that is known.
    pub today_quantity: Option<Decimal>,
    /// How much of it in the changed world, if that is known.
    pub then_quantity: Option<Decimal>,
    /// What a unit costs.
    pub price: Result<FeePrice, MissingPrice>,
    /// Today, USD.
    pub today_usd: Option<Usd>,
    /// In the changed world, USD.
    pub then_usd: Option<Usd>,
    /// Then less today.
    pub difference_usd: Option<Usd>,
    /// Why a quantity is not known, where one that is needed is not.
    pub unknown: Option<Unknown>,
}

/// A unit price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeePrice {
    /// The table's; an estimate where another region's stands in.
    Listed(Rate),
    /// By AWS's own meter.
    Metered {
        /// USD a unit.
        usd: Decimal,
        /// The usage type.
        kind: &'static str,
        /// What AWS metered, and what it puts it at.
        usage: Usage,
        /// When it was read.
        as_of: NaiveDate,
    },
}

impl FeePrice {
    /// USD a unit.
    pub fn usd(&self) -> Decimal {
        match self {
            Self::Listed(rate) => rate.usd,
            Self::Metered { usd, .. } => *usd,
        }
    }

    /// How it is known.
    pub fn basis(&self) -> Basis {
        match self {
            Self::Listed(Rate { stands_in: None, .. }) => Basis::ListPrice,
            Self::Listed(_) => Basis::Estimate,
            Self::Metered { .. } => Basis::Measured,
        }
    }
}

/// Why a quantity is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// Whether the type is on is open.
    Status(UnsettledStatus),
    /// The instances could not be read.
    Instances,
    /// Which instances SSM manages could not be read.
    ManagedNodes,
    /// So many instances that SSM does not have Online may be the VM Scanner's, and coverage could not be read.
    Coverage(u64),
    /// The same, and coverage gives them a scan mode that this version does not know.
    CoverageMode(u64),
    /// So many instances would be charged in hybrid scan mode, and the mode is not known.
    ScanMode(u64),
    /// Inspector counts images only where it scans them.
    Images,
}

/// What is assumed of every fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// What runs now runs the whole month, of so many hours.
    WholeMonth(u64),
    /// Who is not charged: what is tagged, and what SSM does not manage but in hybrid scan mode.
    NotCharged,
    /// Re-scans are a finding's figure, new images are not foreseen.
    FirstScansAlone,
    /// Where a region's own price is not known another's stands in.
    PriceStandsIn,
    /// Accounts billed through Security Hub's plan pay otherwise.
    SecurityHubPlan,
}

/// All of them.
pub const ASSUMPTIONS: [Assumption; 5] = [
    Assumption::WholeMonth(HOURS),
    Assumption::NotCharged,
    Assumption::FirstScansAlone,
    Assumption::PriceStandsIn,
    Assumption::SecurityHubPlan,
];

/// A number, or why it is not known.
type Known = Result<u64, Unknown>;

/// The fees of one target in both worlds; a line where both are zero is left out.
pub fn lines(today: &Target, then: &Target, prices: &PriceTable) -> Vec<Fee> {
    let (before, after) = (Scanned::of(today), Scanned::of(then));
    let price = |dimensions: &[&'static str]| Price::of(prices, &then.region, dimensions);
    let agent = price(&[dimension::EC2_AGENT_MONTH, dimension::EC2_AGENT_HOUR]).or_metered(today, "EC2_INSTANCE_HOURS");
    let agentless = price(&[dimension::EC2_AGENTLESS_HOUR]).or_metered(today, "EC2_AGENTLESS_INSTANCE_HOURS");
    let image = price(&[dimension::ECR_INITIAL_SCAN]).or_metered(today, "ECR_INITIAL_SCAN");
    [
        fee(then, Charged::Agent, agent, [&before.agent, &after.agent]),
        fee(then, Charged::Agentless, agentless, [&before.agentless, &after.agentless]),
        fee(then, Charged::FirstScan, image, [&Ok(0), &first_scans(today, then)]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Price {
    price: Result<FeePrice, MissingPrice>,
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
        Self { price: found.map(|(_, rate)| FeePrice::Listed(rate)), unit, per, metered: None }
    }

    /// Takes what AWS metered today: the quantity, and where the table has no rate of the region the rate as well.
    fn or_metered(mut self, today: &Target, kind: &'static str) -> Self {
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
        let is_own = self.price.as_ref().is_ok_and(|price| price.basis() == Basis::ListPrice);
        if let (false, Some(usd)) = (is_own, usd) {
            let as_of = today.taken_at.date_naive();
            self.price = Ok(FeePrice::Metered { usd, kind, usage: usage.clone(), as_of });
        }
        self
    }
}

fn fee(target: &Target, of: Charged, price: Price, worlds: [&Known; 2]) -> Option<Fee> {
    let [today, then] = worlds;
    if worlds == [&Ok(0), &Ok(0)] {
        return None;
    }
    let Price { price, unit, per, metered } = price;
    let quantity = |known: &Known| known.as_ref().ok().map(|count| Decimal::from(*count) * Decimal::from(per));
    // Today's count may be hidden where AWS's meter is not.
    let metered = metered.filter(|_| of != Charged::FirstScan);
    let (before, after) = (quantity(today).or(metered), quantity(then));
    let amount = |quantity: Option<Decimal>| match (quantity, &price) {
        (Some(quantity), _) if quantity.is_zero() => Some(Usd::ZERO),
        (Some(quantity), Ok(price)) => Some(Usd::of(quantity, price.usd())),
        _ => None,
    };
    let (today_usd, then_usd) = (amount(before), amount(after));
    // What is the same in both worlds differs by nothing, whatever it is.
    let difference_usd = if today == then { Some(Usd::ZERO) } else { then_usd.zip(today_usd).map(|(a, b)| a.minus(b)) };
    let mut unseen = [(before, today), (after, then)].into_iter().filter(|(quantity, _)| quantity.is_none());
    Some(Fee {
        account: target.account.clone(),
        region: target.region.clone(),
        of,
        unit,
        today_quantity: before,
        then_quantity: after,
        unknown: unseen.find_map(|(_, known)| known.as_ref().err()).cloned(),
        price,
        today_usd,
        then_usd,
        difference_usd,
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
                _ => Err(Unknown::Images),
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
        let all = |why: Unknown| Self { agent: Err(why.clone()), agentless: Err(why) };
        match is_on(target, "ec2") {
            Ok(true) => {}
            Ok(false) => return Self { agent: Ok(0), agentless: Ok(0) },
            Err(why) => return all(why),
        }
        let Section::Complete(instances) = &target.ec2.instances else {
            return all(Unknown::Instances);
        };
        let Section::Complete(nodes) = &target.ssm.managed_nodes else {
            return all(Unknown::ManagedNodes);
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
        let known = |number| match open {
            0 => Ok(number),
            _ if unseen => Err(Unknown::Coverage(open)),
            _ => Err(Unknown::CoverageMode(open)),
        };
        let mode = target.inspector.configuration.complete().and_then(|known| known.ec2_scan_mode.as_deref());
        let agentless = match mode {
            _ if others + open == 0 => Ok(0),
            Some("EC2_HYBRID") => known(others),
            Some("EC2_SSM_AGENT_BASED") => Ok(0),
            _ => Err(Unknown::ScanMode(others + open)),
        };
        Self { agent: known(agent), agentless }
    }
}

/// Whether Inspector scans that type, or is about to.
fn is_on(target: &Target, resource: &str) -> Result<bool, Unknown> {
    Account::of(target).on_or_coming(resource).map_err(Unknown::Status)
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
