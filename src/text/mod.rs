//! What several rooms do to texts.

mod foreign;
mod id;
mod nearest;
pub(crate) mod secrets;

pub(crate) use foreign::*;
pub(crate) use id::{ROLE_ARN, account_of_role, is_id, is_instance};
pub(crate) use nearest::nearest;
