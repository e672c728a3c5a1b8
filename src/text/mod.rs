//! What several rooms do to texts.

pub(crate) mod secrets;
