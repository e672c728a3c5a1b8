//! Outputs: a report in, bytes out.
//!
//! Renderers print what the report says. They may count and add up what they group, never judge; they read no
//! file, no clock and no terminal, so the same report and style give the same bytes.

mod asff;
mod csv;
mod diff;
mod format;
mod gitlab;
mod group_by;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod mounts;
mod ocsf;
pub(crate) mod page;
pub(crate) mod rule_page;
mod sarif;
mod style;
mod table;
mod text;
mod what_if;
pub mod words;

pub use diff::{DiffFormat, write_diff};
pub(crate) use words::idle_suppressions;

pub use format::{Format, UnknownFormat, write};
pub use group_by::{GroupBy, UnknownGroup};
pub use style::Style;
