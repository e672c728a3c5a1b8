//! Integration tests: one binary, so the SDK is linked once.

mod builders;
mod render;
mod rules_ecr;
mod rules_efs;
mod rules_laws;
mod rules_reach;
mod schema;
mod support;
