//! Integration tests: one binary, so the SDK is linked once.

mod terraform_hcl;
mod terraform_hostile;
mod terraform_json;
mod terraform_live;
mod terraform_roots;
mod terraform_rules;
mod terraform_support;
