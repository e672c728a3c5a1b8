//! Inspector's list prices: a region's own, or where none is known those of the region whose list is known widest.
//!
//! Inspector's list prices differ little between regions (0.01 USD for a re-scan in every list seen, 0.09 to 0.11 for a
//! first scan), so another region's price, named as such, says more than none. EFS's prices differ by half and are known
//! for every region: there nothing stands in for anything.

use rust_decimal::Decimal;

use super::{INSPECTOR, MissingPrice, PriceTable, Rate};

/// The regions whose prices stand in, the first that has one.
const WIDEST: [&str; 2] = ["us-east-1", "us-east-2"];

/// What a unit of Security Hub's essentials plan costs a month, USD. Accounts billed through the plan pay this and not
/// Inspector's prices (Security Hub pricing page, 2026-07; Security Hub user guide, "Monitoring usage and costs", 2026-10).
pub(crate) const SECURITY_HUB_UNIT_MONTH: Decimal = Decimal::from_parts(375, 0, 0, false, 2);
/// EC2 instances in one unit (source as above).
pub(crate) const SECURITY_HUB_INSTANCES: u64 = 1;
/// ECR images in one unit (source as above).
pub(crate) const SECURITY_HUB_IMAGES: u64 = 18;
/// Lambda functions in one unit (source as above).
pub(crate) const SECURITY_HUB_FUNCTIONS: u64 = 12;
/// IAM users and roles in one unit (source as above).
pub(crate) const SECURITY_HUB_IDENTITIES: u64 = 125;

impl PriceTable {
    /// Inspector's rate for `dimension` in `region`, else that of the widest list known, [marked](Rate::stands_in) and with a
    /// source that says so.
    ///
    /// # Errors
    /// When neither is known, or the region's list is in another currency (China).
    pub fn inspector(&self, region: &str, dimension: &'static str) -> Result<Rate, MissingPrice> {
        self.inspector_any(region, &[dimension]).map(|(_, rate)| rate)
    }

    /// The same for what may be priced in one of several dimensions, the first first: the region's own price in any of
    /// them goes before another region's.
    ///
    /// # Errors
    /// When none is known; the error names the last.
    pub fn inspector_any(
        &self,
        region: &str,
        dimensions: &[&'static str],
    ) -> Result<(&'static str, Rate), MissingPrice> {
        let of =
            |region: &str| dimensions.iter().find_map(|name| Some((*name, self.get(INSPECTOR, region, name)?.clone())));
        let stand_in = || {
            // AWS sells in yuan there, at prices of its own.
            let is_china = region.starts_with("cn-");
            let widest = WIDEST.iter().filter(|_| !is_china);
            widest.copied().find_map(|widest| of(widest).map(|(name, rate)| (name, rate.standing_in(widest))))
        };
        let missing = || MissingPrice {
            service: INSPECTOR,
            region: region.to_owned(),
            dimension: dimensions.last().copied().unwrap_or_default(),
        };
        of(region).or_else(stand_in).ok_or_else(missing)
    }
}

impl Rate {
    /// The rate for a region whose own is not known.
    fn standing_in(self, from: &'static str) -> Self {
        let date = self.as_of.as_ref().map(|date| format!(", {date}")).unwrap_or_default();
        let source = format!("{from} list price; supply yours with --prices FILE ({}{date})", self.source);
        Self { source, stands_in: Some(from), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::dimension;

    #[test]
    fn a_regions_own_price_goes_before_another_regions() {
        let table = PriceTable::embedded();
        let agent = [dimension::EC2_AGENT_MONTH, dimension::EC2_AGENT_HOUR];
        let (name, own) = table.inspector_any("us-east-2", &agent).expect("by the hour");
        assert_eq!((name, own.usd.to_string().as_str(), own.stands_in), (dimension::EC2_AGENT_HOUR, "0.00174", None));
        let (_, own) = table.inspector_any("eu-west-1", &agent).expect("by the month");
        assert_eq!((own.usd.to_string().as_str(), own.stands_in), ("1.2528", None));
        let own = table.inspector("ap-northeast-1", dimension::ECR_INITIAL_SCAN).expect("Tokyo's own");
        assert_eq!((own.usd.to_string().as_str(), own.stands_in), ("0.11", None));
    }

    #[test]
    fn every_dimension_has_a_price_everywhere_but_in_china_and_says_where_from() {
        let table = PriceTable::embedded();
        let names = dimension::ALL.iter().filter(|(service, name, _)| {
            *service == INSPECTOR && ![dimension::EC2_AGENT_HOUR, dimension::EC2_AGENT_MONTH].contains(name)
        });
        for (_, name, _) in names {
            for region in ["eu-central-1", "sa-east-1", "us-gov-west-1"] {
                let rate = table.inspector(region, name).expect(name);
                assert!(rate.stands_in.is_some(), "{region} {name}");
                let said = ["us-east-1", "us-east-2"].iter().any(|widest| {
                    rate.source.starts_with(&format!("{widest} list price; supply yours with --prices FILE ("))
                });
                assert!(said, "{}", rate.source);
            }
            let missing = table.inspector("cn-north-1", name).expect_err(name);
            assert_eq!((missing.region.as_str(), missing.dimension), ("cn-north-1", *name));
        }
    }
}
