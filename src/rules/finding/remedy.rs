//! What to do about a finding.

/// What to do: steps, not strings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing is known to do.
    #[default]
    None,
    /// Said by the rule itself, until it speaks in data.
    Told {
        /// In a line or two, with what it costs in coverage.
        summary: String,
        /// Commands to paste into a POSIX shell, in order; comments start with `#`.
        commands: Vec<String>,
    },
}
