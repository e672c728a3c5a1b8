//! Small worlds to judge: each builder makes a target in which everything was seen, to be changed by the test.

pub(crate) mod ecr;
pub(crate) mod efs;
pub(crate) mod metrics;
