//! What findings add up to: each dollar once, by how it is known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::v1::{Cost, Finding};
use crate::price::Usd;
use crate::rules::{Basis, BillPart, Severity};

/// Money a month, USD: amounts that are known in different ways are not one sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyTotals {
    /// What the meter shows is being paid.
    pub measured: Usd,
    /// The likely amounts of list prices and estimates.
    pub projected: Usd,
    /// The most that the rest may cost, of which only an upper bound is known.
    pub at_risk: Usd,
}

impl MonthlyTotals {
    /// One figure.
    pub fn of(cost: &Cost) -> Self {
        let amount = cost.monthly_usd.deciding();
        let none = Self::default();
        match cost.basis {
            Basis::Measured => Self { measured: amount, ..none },
            Basis::ListPrice | Basis::Estimate => Self { projected: amount, ..none },
            Basis::Bound => Self { at_risk: amount, ..none },
        }
    }

    /// The sum, part by part.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.with(other, Usd::plus)
    }

    /// The difference, part by part.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.with(other, Usd::minus)
    }

    fn with(self, other: Self, each: fn(Usd, Usd) -> Usd) -> Self {
        Self {
            measured: each(self.measured, other.measured),
            projected: each(self.projected, other.projected),
            at_risk: each(self.at_risk, other.at_risk),
        }
    }

    /// The parts added up, for comparing and drawing; as an amount it means nothing.
    pub fn all(self) -> Usd {
        self.measured.plus(self.projected).plus(self.at_risk)
    }
}

impl std::iter::Sum for MonthlyTotals {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), Self::plus)
    }
}

/// Whether the cost of a finding is one that counts, if it has one.
pub(crate) fn is_billed(finding: &Finding) -> bool {
    finding.severity != Severity::Info && finding.suppressed.is_none()
}

/// The findings whose cost counts in a sum: each part of a resource's bill once, at what is measured, else at the largest
/// figure that names it; `info` and suppressed ones never. In the order of `findings`.
pub(crate) fn bills<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
) -> impl Iterator<Item = (&'a Finding, &'a Cost)> {
    type Bill<'a> = (&'a str, &'a str, &'a str, &'a str, BillPart);
    let mut all: BTreeMap<Bill<'a>, (usize, &'a Finding, &'a Cost)> = BTreeMap::new();
    for (rank, finding) in findings.into_iter().filter(|finding| is_billed(finding)).enumerate() {
        let Some(cost) = &finding.cost else { continue };
        let resource = &finding.resource;
        let bill = (
            finding.account.as_str(),
            finding.region.as_str(),
            resource.kind.as_str(),
            resource.id.as_str(),
            cost.part,
        );
        let weight = |cost: &Cost| (cost.basis == Basis::Measured, cost.monthly_usd.deciding());
        let other = all.entry(bill).or_insert((rank, finding, cost));
        if weight(cost) > weight(other.2) {
            *other = (rank, finding, cost);
        }
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|(rank, ..)| *rank);
    all.into_iter().map(|(_, finding, cost)| (finding, cost))
}
