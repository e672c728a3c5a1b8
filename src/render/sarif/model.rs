//! The part of SARIF 2.1.0 that the renderer writes. Names follow the standard.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::price::Provenance;
use crate::report::v1::{Cost, InstanceRef};
use crate::report::{Baseline, ReportInventory, Summary, SuppressionUse, TargetId};
use crate::rules::{Confidence, InstanceCounts, Resource, Severity};

#[derive(Serialize)]
pub(super) struct Log<R> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) runs: [R; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a, Notifications, Results> {
    pub(super) tool: Tool<'a>,
    pub(super) automation_details: AutomationDetails,
    pub(super) invocations: [Invocation<Notifications>; 1],
    pub(super) original_uri_base_ids: Bases,
    pub(super) results: Results,
    pub(super) properties: RunProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    pub(super) driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) semantic_version: &'a str,
    pub(super) rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) short_description: Message,
    pub(super) full_description: Message,
    pub(super) help_uri: Cow<'static, str>,
    pub(super) help: Multiformat<'a>,
    pub(super) default_configuration: Configuration,
    pub(super) properties: DescriptorProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct DescriptorProperties<'a> {
    pub(super) tags: Vec<&'a str>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    pub(super) security_severity: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub(super) level: &'static str,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct Multiformat<'a> {
    pub(super) text: String,
    pub(super) markdown: &'a str,
}

/// What relative URIs are relative to. Without a URI: only the reader knows where the repository is checked out.
#[derive(Serialize)]
pub(super) struct Bases {
    #[serde(rename = "%SRCROOT%")]
    pub(super) root: Base,
}

#[derive(Serialize)]
pub(super) struct Base {
    pub(super) description: Message,
}

#[derive(Serialize)]
pub(super) struct AutomationDetails {
    pub(super) id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<Notifications> {
    pub(super) start_time_utc: DateTime<Utc>,
    pub(super) execution_successful: bool,
    pub(super) tool_execution_notifications: Notifications,
}

#[derive(Serialize)]
pub(super) struct Notification<'a> {
    pub(super) level: &'static str,
    pub(super) descriptor: DescriptorReference,
    pub(super) message: Message,
    pub(super) properties: GapProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct DescriptorReference {
    pub(super) id: &'static str,
}

#[derive(Serialize)]
pub(super) struct GapProperties<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) operation: &'a str,
    pub(super) reason: &'static str,
    pub(super) resource: Option<&'a str>,
    pub(super) rules: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultObject<'a> {
    pub(super) rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) level: &'static str,
    pub(super) message: Message,
    pub(super) locations: [Location<'a>; 1],
    pub(super) partial_fingerprints: Fingerprints<'a>,
    /// Empty: explicitly not suppressed (SARIF 2.1.0, 3.27.23).
    pub(super) suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline_state: Option<&'static str>,
    pub(super) properties: ResultProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct Suppression {
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) justification: String,
}

#[derive(Serialize)]
pub(super) struct Fingerprints<'a> {
    /// What GitHub tells results apart by.
    #[serde(rename = "primaryLocationLineHash")]
    pub(super) primary_location_line_hash: String,
    /// What the JSON report calls `fingerprint`.
    #[serde(rename = "inspectorAudit/v1")]
    pub(super) own: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    pub(super) physical_location: PhysicalLocation,
    pub(super) logical_locations: [LogicalLocation<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    pub(super) region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: u32,
    pub(super) start_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) fully_qualified_name: Cow<'a, str>,
    pub(super) kind: &'static str,
}

/// A property bag with the report's own names.
#[derive(Serialize)]
pub(super) struct ResultProperties<'a> {
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) resource: &'a Resource,
    pub(super) instance_counts: InstanceCounts,
    /// As in the report's `instances`; `null` where only the network would let an instance mount it.
    pub(super) strongest_mount: Option<&'a InstanceRef>,
    pub(super) cost: Option<&'a Cost>,
}

/// A property bag with the report's own names.
#[derive(Serialize)]
pub(super) struct RunProperties<'a> {
    pub(super) complete: bool,
    pub(super) targets: &'a [TargetId],
    pub(super) prices: &'a Provenance,
    pub(super) inventory: &'a ReportInventory,
    pub(super) summary: &'a Summary,
    pub(super) suppressions: &'a [SuppressionUse],
    pub(super) baseline: Option<&'a Baseline>,
}
