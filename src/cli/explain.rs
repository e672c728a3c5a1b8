//! The options of `explain`.

use clap::Args;

use super::values::RuleNames;

const PAGES: RuleNames = RuleNames {
    beside: &[
        ("ecr-coupling", "What ECR scanning and Inspector switch of each other"),
        ("probe", "The mount probe, as a document of Systems Manager"),
    ],
};

/// `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// The rule, or `ecr-coupling` for the table of what switches what, or `probe` for the mount probe; without it, all
    /// rules are listed
    #[arg(value_parser = PAGES, hide_possible_values = true)]
    pub rule: Option<String>,
}
