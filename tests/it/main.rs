//! Integration tests: one binary, so the SDK is linked once.

mod rules_ecr;
