//! What several topics share.

pub(crate) mod golden;
pub(crate) mod sample_report;
