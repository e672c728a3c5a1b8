//! What the tests of the binary stand on: a fake of AWS on a loopback port, and a runner with a clean environment.

pub(crate) mod audit;
#[cfg(feature = "aws")]
pub(crate) mod call;
#[cfg(feature = "aws")]
pub(crate) mod fake;
#[cfg(feature = "aws")]
pub(crate) mod http;
#[cfg(feature = "aws")]
pub(crate) mod operations;
#[cfg(feature = "aws")]
pub(crate) mod reply;
