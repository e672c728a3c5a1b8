//! What several rooms do to texts.

mod foreign;
mod nearest;
pub(crate) mod secrets;

pub(crate) use foreign::*;
pub(crate) use nearest::nearest;
