//! Commands that are more than a few lines: each turns its arguments into work and words.

pub mod prices;
pub mod what_if;
