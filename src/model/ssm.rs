//! AWS Systems Manager as the rules need it. Field names follow the SSM API (2014-11-06).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Section, ShortText};

/// The Systems Manager sections of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ssm {
    /// Every row of `DescribeInstanceInformation`, sorted by id.
    pub managed_nodes: Section<Vec<ManagedNode>>,
    /// The association `InvokeInspectorLinuxSsmPlugin-do-not-delete`; `None` where the account has none.
    pub inspector_association: Section<Option<Association>>,
    /// Default host management. Evidence only.
    pub default_host_management: Section<DefaultHostManagement>,
}

/// One managed node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManagedNode {
    /// `i-…` for instances, `mi-…` for hybrid nodes.
    pub id: String,
    /// `Online`, `ConnectionLost`, `Inactive`, or what AWS adds.
    pub ping_status: ShortText,
    /// `EC2Instance`, `ManagedInstance`, or what AWS adds.
    pub resource_type: ShortText,
    /// `Linux`, `Windows`, `MacOS`.
    pub platform_type: Option<ShortText>,
    /// When the agent last called home.
    pub last_ping: Option<DateTime<Utc>>,
    /// The agent's version.
    pub agent_version: Option<ShortText>,
}

/// A State Manager association.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Association {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `rate(6 hours)`, `cron(…)`, or absent.
    pub schedule_expression: Option<String>,
    /// When it last ran.
    pub last_execution: Option<DateTime<Utc>>,
}

/// `GetServiceSetting` of `/ssm/managed-instance/default-ec2-instance-management-role`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DefaultHostManagement {
    /// The role's name; absent when it is off (`$None`).
    pub role: Option<String>,
    /// `Default`, `Customized`, `PendingUpdate`.
    pub status: Option<String>,
}
