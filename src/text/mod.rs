//! What several rooms do to texts.

mod foreign;
pub(crate) mod secrets;

pub(crate) use foreign::*;
