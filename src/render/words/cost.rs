//! A figure, said: its assumptions and the lines of its bill.

use super::{ecr, efs, terraform};
use crate::report::v1;
use crate::rules::finding::{Assumption, Cost, CostItem, CostLine};

pub(super) fn cost(cost: Cost) -> v1::Cost {
    v1::Cost {
        monthly_usd: cost.monthly_usd,
        one_time_usd: cost.one_time_usd,
        basis: cost.basis,
        part: cost.part,
        assumptions: cost.assumptions.into_iter().map(assumption).collect(),
        lines: cost.lines.into_iter().map(line).collect(),
    }
}

/// One assumption, in a sentence.
pub(super) fn assumption(assumption: Assumption) -> String {
    match assumption {
        Assumption::Efs(assumption) => efs::assumption(&assumption),
        Assumption::Ecr(assumption) => ecr::assumption(&assumption),
        Assumption::Terraform(assumption) => terraform::assumption(&assumption),
    }
}

fn line(line: CostLine) -> v1::CostLine {
    let item = match line.item {
        CostItem::Efs(item) => efs::item(item),
        CostItem::Ecr(item) => ecr::item(item),
        CostItem::Terraform(item) => terraform::item(item),
    };
    v1::CostLine {
        item,
        quantity: line.quantity,
        unit: line.unit,
        unit_price_usd: line.unit_price_usd,
        monthly_usd: line.monthly_usd,
        one_time_usd: line.one_time_usd,
        price_source: line.price_source,
        price_as_of: line.price_as_of,
    }
}
