//! What a changed world costs beside today's: the difference by finding and in total, and Inspector's own fees.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::totals::bills;
use super::v1::{
    Difference, Finding, FindingDifference, GapReport, InspectorFees, Predicted, Prospect, Report, WhatIf, World,
};
use crate::price::Usd;
use crate::rules::finding::MonthlyUsd;

impl WhatIf {
    /// Compares two judged worlds.
    pub fn compare(
        today: &Report,
        then: &Report,
        changes: Vec<String>,
        inspector_fees: InspectorFees,
        mut predictions: Vec<Predicted>,
    ) -> Self {
        predictions.sort();
        let (before, after) = (World::of(today), World::of(then));
        Self {
            changes,
            difference: Difference {
                monthly_usd: after.monthly_usd.minus(before.monthly_usd),
                one_time_usd: after.one_time_usd.minus(before.one_time_usd),
                at_most: !before.gaps.is_empty(),
            },
            findings: differences(today, then),
            today: before,
            then: after,
            inspector_fees,
            predictions,
            warnings: Vec::new(),
        }
    }
}

impl Report {
    /// Takes the gaps of today's world, beside which this one stands, for its own: what they leave open is open here too,
    /// since every difference rests on it.
    pub fn add_gaps(&mut self, today: &[GapReport]) {
        for gap in today {
            let place = |gap: &GapReport| {
                (gap.account.clone(), gap.region.clone(), gap.section, gap.resource.clone(), gap.operation.clone())
            };
            match self.gaps.iter_mut().find(|own| place(own) == place(gap)) {
                Some(own) => {
                    own.rules.extend(gap.rules.iter().cloned());
                    own.rules.sort();
                    own.rules.dedup();
                }
                None => self.gaps.push(gap.clone()),
            }
        }
        self.gaps.sort();
        self.complete = self.gaps.iter().all(|gap| gap.rules.is_empty());
    }
}

impl World {
    fn of(report: &Report) -> Self {
        let without_figure = report.without_figure();
        Self {
            monthly_usd: report.summary.monthly_usd,
            one_time_usd: report.summary.one_time_usd,
            findings: report.summary.findings.total(),
            without_figure,
            complete: report.complete && without_figure == 0,
            gaps: report.gaps.iter().filter(|gap| !gap.rules.is_empty()).cloned().collect(),
        }
    }
}

fn differences(today: &Report, then: &Report) -> Vec<FindingDifference> {
    type Sides<'a> = (&'a Finding, [Option<Option<Usd>>; 2], bool);
    let mut sides: BTreeMap<&str, Sides<'_>> = BTreeMap::new();
    for (world, findings) in [&today.findings, &then.findings].into_iter().enumerate() {
        let counted: BTreeMap<&str, MonthlyUsd> =
            bills(findings).map(|(finding, cost)| (finding.fingerprint.as_str(), cost.monthly_usd)).collect();
        for finding in findings {
            let key = finding.fingerprint.as_str();
            let bill = counted.get(key);
            let adds = bill.map(|usd| usd.deciding()).or_else(|| finding.cost.as_ref().map(|_| Usd::ZERO));
            let side = sides.entry(key).or_insert((finding, [None; 2], false));
            if let Some(side) = side.1.get_mut(world) {
                *side = Some(adds);
            }
            side.2 |= bill.is_some_and(|usd| usd.likely.is_none());
        }
    }
    let mut differences: Vec<FindingDifference> = sides
        .into_values()
        .map(|(finding, [before, after], at_most)| {
            let fate = match (before, after) {
                (None, _) => Prospect::Appears,
                (_, None) => Prospect::Disappears,
                _ => Prospect::Stays,
            };
            let (today_usd, then_usd) = (before.unwrap_or(Some(Usd::ZERO)), after.unwrap_or(Some(Usd::ZERO)));
            let names = |gap: &GapReport| {
                gap.account == finding.account && gap.region == finding.region && gap.rules.contains(&finding.rule)
            };
            FindingDifference {
                today_unseen: before.is_none() && today.gaps.iter().any(names),
                fingerprint: finding.fingerprint.clone(),
                rule: finding.rule.clone(),
                account: finding.account.clone(),
                region: finding.region.clone(),
                resource: finding.resource.clone(),
                fate,
                today_usd,
                then_usd,
                at_most,
                difference_usd: then_usd.zip(today_usd).map(|(then, today)| then.minus(today)),
            }
        })
        .collect();
    let size = |one: &FindingDifference| one.difference_usd.map_or(Decimal::ZERO, |usd| usd.0.abs());
    differences.sort_by(|a, b| {
        let place = |one: &FindingDifference| {
            (one.fate, one.rule.clone(), one.account.clone(), one.region.clone(), one.resource.id.clone())
        };
        size(b).cmp(&size(a)).then_with(|| place(a).cmp(&place(b)))
    });
    differences
}
