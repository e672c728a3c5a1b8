//! The world: from AWS to a snapshot, target by target. The only room that names the SDK.
//!
//! A run is a stream (`run`). `units` says which accounts there are; each is entered when its turn comes (`enter`), and its
//! targets are filled section by section (`target`), all sections and many targets side by side, under one bound of
//! attempts (`permits`, `scheduler`). Where the first few answers say that nothing is there (`gate`), nothing more is asked;
//! else the evidence (`evidence`) comes last that the caller finds worth asking for: this room judges nothing. A finished
//! target is handed over at once, in no order, and forgotten here.
//!
//! A section is collected whole or becomes a gap with its reason (`failure`, `error_class`); no failure of one target
//! ends the run. Nothing but the reads of `permissions` can leave this room (`guard`).

mod billing;
mod clients;
mod cloudtrail;
mod convert;
mod credentials;
mod ec2;
mod ecr;
mod ecs;
mod efs;
mod enter;
mod error;
mod error_class;
mod evidence;
mod failure;
mod finding_paths;
mod gate;
mod guard;
mod inspector;
mod inspector_ecr;
mod logs;
#[cfg(test)]
mod loopback;
mod metrics;
mod mount_targets;
mod open_files;
mod organization;
mod pages;
mod permits;
mod prefix_lists;
mod preselect;
mod price_list;
mod probe;
mod progress;
mod request;
mod run;
mod s3_requests;
mod scheduler;
mod sdk_settings;
mod security_hub;
mod series;
mod services;
mod session;
mod ssm;
mod ssm_evidence;
mod target;
mod transport;
mod units;
#[cfg(test)]
mod wire_tests;

pub(crate) use billing::price_of_costs;
pub(crate) use error::CollectError;
pub(crate) use metrics::price_of_metrics;
pub(crate) use organization::{Asker, Organization, caller, organization};
pub(crate) use preselect::{Known, Place, most_requests, not_scanned, recorded_empty, unbilled};
pub(crate) use price_list::{PriceListAsker, price_list};
pub(crate) use progress::Progress;
pub(crate) use request::{EvidenceOptions, Limits, ProbeOptions, Regions, Request};
pub(crate) use run::collect;
