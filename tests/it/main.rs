//! Integration tests: one binary, so the SDK is linked once.

mod render;
mod schema;
mod support;
