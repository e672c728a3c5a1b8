//! The world: from AWS to a snapshot, target by target. The only room that names the SDK.
//!
//! A run has three steps. `plan` finds out who the given identities are and in which regions they can be used.
//! Each target is then filled section by section, all sections and several targets side by side, under one bound of
//! calls (`scheduler`), and after that with the evidence that the first half makes worth asking for (`evidence`). A
//! finished target is handed over at once and forgotten here.
//!
//! A section is collected whole or becomes a gap with its reason (`failure`, `symptom`); no failure of one target
//! ends the run. Nothing but the reads of [`crate::permissions`] can leave this room (`guard`).

mod billing;
mod cloudtrail;
mod convert;
mod credentials;
mod ec2;
mod ecr;
mod ecs;
mod efs;
mod evidence;
mod failure;
mod finding_paths;
mod guard;
mod inspector;
mod inspector_ecr;
mod logs;
#[cfg(test)]
mod loopback;
mod metrics;
mod mount_targets;
mod pages;
mod plan;
mod prefix_lists;
mod price_list;
mod probe;
mod request;
mod run;
mod scheduler;
mod series;
mod session;
mod site;
mod ssm;
mod ssm_evidence;
mod symptom;
mod transport;
#[cfg(test)]
mod wire_tests;

pub use billing::price_of_costs;
pub use evidence::EvidenceOptions;
pub use metrics::price_of_metrics;
pub use price_list::{PriceListAsker, price_list};
pub use probe::{Agree, ProbeOptions};
pub use request::{CollectError, Limits, Regions, Request, SinkError};
pub use run::{collect, collect_with};

/// Hears how a run is getting on. Every method may do nothing.
pub trait Progress: Send + Sync {
    /// So many targets are going to be collected.
    fn planned(&self, _targets: usize) {}
    /// A request is about to be sent: a first attempt or a repeated one. `action` as in IAM.
    fn request_sent(&self, _action: &'static str) {}
    /// AWS asked to slow down.
    fn throttled(&self, _action: &'static str) {}
    /// So many CloudWatch metrics are going to be asked for; CloudWatch bills each.
    fn metrics_requested(&self, _account: &str, _region: &str, _metrics: u64) {}
    /// Cost Explorer is going to be asked, at most so many times; it bills each request.
    fn costs_requested(&self, _account: &str, _region: &str, _at_most: usize) {}
    /// A target is done.
    fn target_done(&self, _account: &str, _region: &str) {}
}

/// A listener that does not listen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
