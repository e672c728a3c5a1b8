//! Integration tests: one binary, so the SDK is linked once.

mod action;
mod alignment;
mod baseline;
mod builders;
mod cli_extra;
mod config;
mod deploy;
mod diff;
#[cfg(feature = "aws")]
mod fake_aws;
mod files;
mod fix;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod hostile_files;
mod house;
mod iam_policy;
mod input_forms;
mod install;
#[cfg(feature = "aws")]
mod lakes;
mod laws_of_ways;
mod memory;
mod money;
mod money_cases;
#[cfg(feature = "aws")]
mod moto;
mod mounts_map;
mod mounts_probe;
#[cfg(unix)]
mod mounts_shell;
mod mounts_table;
mod nothing_here;
mod nothing_unseen;
mod oracle;
mod oracle_worlds;
mod pasted;
mod price_lists;
mod prices;
mod readme;
mod render;
mod render_exchange;
mod render_html;
mod render_mounts;
mod rule_pages;
mod rules_alignment;
mod rules_ecr;
mod rules_efs;
mod rules_efs_edges;
mod rules_evidence;
mod rules_evidence_edges;
mod rules_evidence_findings;
mod rules_evidence_sources;
mod rules_history;
mod rules_history_figures;
mod rules_history_scope;
mod rules_history_series;
mod rules_history_thresholds;
mod rules_laws;
mod rules_reach;
mod rules_s3_mounts;
mod schema;
mod snapshots;
mod stories;
mod support;
#[cfg(target_os = "linux")]
mod terminal;
mod terraform_hcl;
mod terraform_hostile;
mod terraform_ignore;
mod terraform_json;
mod terraform_kinds;
mod terraform_live;
mod terraform_property;
mod terraform_roots;
mod terraform_rules;
mod terraform_support;
mod terraform_table;
mod terraform_values;
mod unknown_scanner;
mod ways;
mod ways_edges;
mod what_if;
mod what_if_fees;
mod whole_outputs;
#[cfg(feature = "aws")]
mod wire_ahead;
#[cfg(feature = "aws")]
mod wire_answers;
#[cfg(feature = "aws")]
mod wire_buckets;
#[cfg(feature = "aws")]
mod wire_costs;
#[cfg(feature = "aws")]
mod wire_credentials;
#[cfg(feature = "aws")]
mod wire_denials;
#[cfg(all(unix, feature = "aws"))]
mod wire_engine;
#[cfg(feature = "aws")]
mod wire_evidence;
#[cfg(feature = "aws")]
mod wire_happy;
#[cfg(feature = "aws")]
mod wire_inspector;
#[cfg(feature = "aws")]
mod wire_matrix;
#[cfg(feature = "aws")]
mod wire_metrics;
#[cfg(feature = "aws")]
mod wire_pages;
#[cfg(feature = "aws")]
mod wire_preselect;
#[cfg(feature = "aws")]
mod wire_prices;
#[cfg(feature = "aws")]
mod wire_probe;
#[cfg(feature = "aws")]
mod wire_scale;
#[cfg(all(unix, feature = "aws"))]
mod wire_secrets;
#[cfg(feature = "aws")]
mod wire_sweep;
#[cfg(feature = "aws")]
mod wire_targets;
mod wrong_input;
