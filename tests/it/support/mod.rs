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
#[cfg(feature = "aws")]
pub(crate) mod reply;
pub(crate) mod sample_exposure;
mod sample_money;
pub(crate) mod sample_report;
mod sample_seen;
#[cfg(feature = "aws")]
pub(crate) mod series;
