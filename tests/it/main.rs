//! Integration tests: one binary, so the SDK is linked once.
