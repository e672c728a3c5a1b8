//! What a printed command has to repeat of the run that printed it, so that it does what it says as it stands.

/// Where the data of a run comes from, as arguments for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataSource {
    /// AWS: the arguments that reach it beside the region, e.g. `--profile` and its value.
    Aws(Vec<String>),
    /// These snapshot files.
    Snapshots(Vec<String>),
    /// A world that is not: a plan for it cannot be made again from anything.
    Imagined,
}

impl Default for DataSource {
    fn default() -> Self {
        Self::Aws(Vec::new())
    }
}

/// The run around a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunContext {
    /// Where the data comes from.
    pub source: DataSource,
    /// The profile that reaches the finding's account; `None` leaves that to the shell.
    pub profile: Option<String>,
}
