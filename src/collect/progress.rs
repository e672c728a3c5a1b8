//! Who hears how a run is getting on.

/// Hears how a run is getting on. Every method may do nothing.
pub(crate) trait Progress: Send + Sync {
    /// So many accounts are going to be entered.
    fn planned(&self, _accounts: usize) {}
    /// An account was entered, or could not be: so many targets of it are going to be collected.
    fn entered(&self, _account: &str, _targets: usize) {}
    /// A request is about to be sent: a first attempt or a repeated one. `action` as in IAM.
    fn request_sent(&self, _action: &'static str) {}
    /// AWS asked to slow down in that account; empty where it is not known yet.
    fn throttled(&self, _account: &str, _action: &'static str) {}
    /// So many CloudWatch metrics are going to be asked for; CloudWatch bills each.
    fn metrics_requested(&self, _account: &str, _region: &str, _metrics: u64) {}
    /// Cost Explorer is going to be asked, at most so many times; it bills each request.
    fn costs_requested(&self, _account: &str, _region: &str, _at_most: usize) {}
    /// A target is done, with so many gaps.
    fn target_done(&self, _account: &str, _region: &str, _gaps: usize) {}
    /// Fewer calls are made at once than asked for: this process may open only so many files.
    fn few_files(&self, _concurrency: usize, _files: u64) {}
}

/// A listener that does not listen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Silent;

impl Progress for Silent {}
