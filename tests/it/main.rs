//! Integration tests: one binary, so the SDK is linked once.

#[cfg(feature = "aws")]
mod fake_aws;
mod render;
mod schema;
mod support;
