//! What several rooms do to texts.

mod foreign;

pub(crate) use foreign::*;
