//! What several rooms do to texts.

#![warn(clippy::indexing_slicing)]

mod foreign;
pub(crate) mod secrets;

pub(crate) use foreign::*;
