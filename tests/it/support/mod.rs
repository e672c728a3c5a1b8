//! What several topics share: golden files, a report, a fake of AWS on a loopback port, the emulator, and a runner of
//! the binary in a clean environment.

pub(crate) mod audit;
#[cfg(feature = "aws")]
pub(crate) mod call;
#[cfg(feature = "aws")]
pub(crate) mod cbor;
#[cfg(feature = "aws")]
pub(crate) mod fake;
pub(crate) mod golden;
#[cfg(feature = "aws")]
pub(crate) mod http;
pub(crate) mod imports;
#[cfg(feature = "aws")]
pub(crate) mod live;
#[cfg(feature = "aws")]
pub(crate) mod moto;
#[cfg(feature = "aws")]
pub(crate) mod operations;
#[cfg(unix)]
pub(crate) mod release;
#[cfg(feature = "aws")]
pub(crate) mod reply;
pub(crate) mod sample_exposure;
mod sample_money;
pub(crate) mod sample_report;
mod sample_seen;
#[cfg(feature = "aws")]
pub(crate) mod series;
#[cfg(feature = "aws")]
pub(crate) mod sweep;

use inspector_audit::model::Target;
use inspector_audit::price::PriceTable;
use inspector_audit::render::words::{RunContext, say};
use inspector_audit::report::v1;
use inspector_audit::rules::{Rule, RuleSettings};

/// What the rules say of a target, in the words of the report.
pub(crate) fn evaluate(
    target: &Target,
    prices: &PriceTable,
    settings: &RuleSettings,
    rules: &[&Rule],
) -> v1::Evaluation {
    say::evaluation(inspector_audit::rules::evaluate(target, prices, settings, rules), &RunContext::default())
}
