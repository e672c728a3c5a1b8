//! What several rooms do to texts.

mod arn;
mod foreign;
mod nearest;
pub(crate) mod secrets;

pub(crate) use arn::account_of_role;
pub(crate) use foreign::*;
pub(crate) use nearest::nearest;
