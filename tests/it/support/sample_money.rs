//! What the sample compares and measures: a changed world, and what was paid.

use inspector_audit::price::Usd;
use inspector_audit::report::{
    Bill, BilledClass, BilledLine, FeeLine, InspectorFees, Measured, MeasuredUsage, MonthlyTotals, Predicted, Report,
    WhatIf,
};

use super::sample_report::{ACCOUNT, TOKYO, empty, number, usd};
use inspector_audit::rules::Basis;

/// As if everything had come with Inspector's EC2 scanning.
pub(super) fn what_if(then: &Report) -> WhatIf {
    let line = |item: &str, price: Option<&str>, difference: Option<&str>| FeeLine {
        account: ACCOUNT.to_owned(),
        region: TOKYO.to_owned(),
        item: item.to_owned(),
        unit: "instance-hour".to_owned(),
        today_quantity: Some(number("0")),
        then_quantity: Some(number("7200")),
        unit_price_usd: price.map(number),
        today_usd: Some(Usd::ZERO),
        then_usd: difference.map(usd),
        difference_usd: difference.map(usd),
        once: false,
        unknown: difference.is_none().then(|| "The price is missing: supply it with --prices FILE.".to_owned()),
        basis: price.map(|_| Basis::ListPrice),
        price_source: price.map(|_| "a price list".to_owned()),
        price_as_of: price.map(|_| "2026-11-20".to_owned()),
    };
    let lines = vec![
        line("EC2 instances, scanned by an agent", Some("0.00174"), Some("12.528")),
        line("EC2 instances, scanned without an agent", None, None),
    ];
    let fees = InspectorFees::of(lines, vec!["Instances that run now run the whole month.".to_owned()]);
    let prediction =
        Predicted { account: ACCOUNT.to_owned(), region: TOKYO.to_owned(), steps: "nothing changes".to_owned() };
    WhatIf::compare(&empty(), then, vec!["Inspector's EC2 scanning on".to_owned()], fees, vec![prediction])
}

/// Two months in which cold storage went away.
pub(super) fn measured() -> Measured {
    let bill = |month: &str, ia: &str, standard: &str, share: &str| {
        let line = |class, quantity: &str, price: &str| BilledLine {
            class,
            quantity: number(quantity),
            unit: "GB-Month".to_owned(),
            amount_usd: Usd::of(number(quantity), number(price)),
        };
        let lines =
            vec![line(BilledClass::StandardStorage, standard, "0.36"), line(BilledClass::IaStorage, ia, "0.0272")];
        Bill {
            month: month.to_owned(),
            amount_usd: lines.iter().map(|line| line.amount_usd).sum(),
            lines,
            cold_share_percent: Some(number(share)),
        }
    };
    Measured {
        account: ACCOUNT.to_owned(),
        region: TOKYO.to_owned(),
        inspector: vec![MeasuredUsage {
            kind: "ECR_RESCAN".to_owned(),
            total: number("120"),
            monthly_usd: Some(usd("1.2")),
        }],
        inspector_monthly_usd: Some(usd("1.2")),
        bills: vec![bill("2026-09", "9000", "1000", "90"), bill("2026-10", "2000", "8000", "20")],
        bills_truncated: None,
        cold_share_falling: Some(true),
        findings_monthly_usd: MonthlyTotals { at_risk: usd("3407.872"), ..MonthlyTotals::default() },
    }
}
