//! A rule as data: its name, its page and what it reads. How it judges is its family's.

use crate::model::{SectionName, Target};
use crate::price::PriceTable;

use super::RuleSettings;

/// One rule: what it is called, what it reads, and its page.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, stable for ever.
    pub id: &'static str,
    /// What it finds, in a line.
    pub title: &'static str,
    /// Its page, in Markdown, under the headings of [`EXPLAIN_HEADINGS`].
    pub explain: &'static str,
    /// The sections it reads; a scan with `--rule` collects only these.
    pub needs: &'static [SectionName],
    /// Sections of which any will do, besides `needs`: the rule says nothing only where none of them was asked for.
    pub needs_one_of: &'static [SectionName],
}

impl Rule {
    /// A rule that judges Terraform inputs.
    pub const fn of_terraform(id: &'static str, title: &'static str, explain: &'static str) -> Self {
        Self { id, title, explain, needs: &[SectionName::TerraformConfiguration], needs_one_of: &[] }
    }

    /// Whether it judges targets; the others judge Terraform inputs.
    pub fn is_live(&self) -> bool {
        !self.needs.contains(&SectionName::TerraformConfiguration)
    }
}

/// The headings of every rule's page, in order.
pub const EXPLAIN_HEADINGS: [&str; 6] =
    ["What it finds", "Why it costs", "How the figure is made", "What it cannot see", "Fix", "References"];

/// What every family of live rules is given.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The target.
    pub target: &'a Target,
    /// The prices.
    pub prices: &'a PriceTable,
    /// The settings.
    pub settings: &'a RuleSettings,
}
