//! Why nothing could be collected, and what to do about it.

use crate::model::{Gap, GapReason};
use crate::text::ROLE_ARN;

/// What the caller's own part of the work may fail with.
pub(crate) type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Why nothing could be collected. Whatever concerns one target among others is a gap instead.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CollectError {
    /// A region's name cannot be one.
    #[error("`{0}` is not the name of an AWS region")]
    InvalidRegion(String),
    /// No region was given and none is configured.
    #[error("no region: none was given, and none is configured for {0}")]
    NoRegion(String),
    /// A role's ARN cannot be one.
    #[error("`{0}` is not the ARN of an IAM role")]
    InvalidRoleArn(String),
    /// Roles are assumed from one identity only.
    #[error("roles can be assumed from one profile only, but {0} were given")]
    RolesNeedOneProfile(usize),
    /// An external id without a role to use it for.
    #[error("an external id was given, but no role to assume with it")]
    ExternalIdWithoutRole,
    /// A profile that no file defines.
    #[error("there is no profile `{name}` in the AWS configuration")]
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// The shared configuration files cannot be read.
    #[error("the AWS configuration files cannot be read: {0}")]
    Configuration(String),
    /// `AWS_CA_BUNDLE` names a file that cannot be used.
    #[error("the CA bundle `{path}` (AWS_CA_BUNDLE) cannot be used: {reason}")]
    CaBundle {
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting of the SDK, in the environment or in a profile, that it cannot use.
    #[error("{name} cannot be used: {why}")]
    Setting {
        /// The variable, or the key and where it is.
        name: String,
        /// What is wrong with its value.
        why: String,
        /// What to write instead.
        next: String,
    },
    /// No usable credentials for any target.
    #[error("no usable credentials for {who}: {message}")]
    NoCredentials {
        /// The profile, or the default chain.
        who: String,
        /// What was tried and what it said.
        message: String,
        /// The command that most likely helps.
        next: String,
    },
    /// AWS could not be asked who the caller is, for any target.
    #[error("could not identify {who} ({}): {}", .gap.operation, .gap.message)]
    NotIdentified {
        /// The profile, or the default chain.
        who: String,
        /// The failure, boxed because it is large.
        gap: Box<Gap>,
    },
    /// The credentials belong to a partition without a Price List API.
    #[error("no region in the partition of {region} serves the Price List API")]
    NoPriceList {
        /// The region that tells the partition.
        region: String,
    },
    /// The Price List API denied, failed, or did not answer.
    #[error("{} in {region}, as {who}: {}", .gap.operation, .gap.message)]
    PriceList {
        /// The profile, or the default chain.
        who: String,
        /// Where it was asked.
        region: &'static str,
        /// The failure, boxed because it is large.
        gap: Box<Gap>,
    },
    /// AWS Organizations denied, failed, or did not answer.
    #[error("the accounts of the organization cannot be listed as {who} ({}): {}", .gap.operation, .gap.message)]
    Organization {
        /// The profile, or the default chain.
        who: String,
        /// The failure, boxed because it is large.
        gap: Box<Gap>,
    },
    /// A source that knows where there is nothing denied, failed, or did not answer.
    #[error("{source_name} cannot be asked as {who} ({}): {}", .gap.operation, .gap.message)]
    Preselect {
        /// What it is called.
        source_name: &'static str,
        /// What to do then.
        advice: &'static str,
        /// The profile, or the default chain.
        who: String,
        /// The failure, boxed because it is large.
        gap: Box<Gap>,
    },
    /// The runtime for the calls could not be started.
    #[error("the runtime for the calls to AWS could not be started: {0}")]
    Runtime(#[source] std::io::Error),
    /// The receiver of the targets failed.
    #[error(transparent)]
    Sink(SinkError),
}

impl CollectError {
    /// What to type or to look at next, where there is something.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::InvalidRegion(_) => {
                Some("give a region such as `--region ap-northeast-1`, or `--all-regions`".into())
            }
            Self::NoRegion(_) => Some("give `--region ap-northeast-1`, or `--all-regions`, or set AWS_REGION".into()),
            Self::InvalidRoleArn(_) => Some(ROLE_ARN.into()),
            Self::RolesNeedOneProfile(_) => Some("run once per profile, or drop `--role-arn`".into()),
            Self::ExternalIdWithoutRole => Some("add `--role-arn`, or drop `--external-id`".into()),
            Self::UnknownProfile { known, .. } if known.is_empty() => {
                Some("`aws configure sso` or `aws configure --profile NAME` creates one".into())
            }
            Self::UnknownProfile { known, .. } => Some(format!("there are: {}", known.join(", "))),
            Self::NoCredentials { next, .. } | Self::Setting { next, .. } => Some(next.clone()),
            Self::CaBundle { .. } => Some("point AWS_CA_BUNDLE to a file of PEM certificates, or unset it".into()),
            Self::NotIdentified { gap, .. } if matches!(gap.reason, GapReason::Timeout | GapReason::Protocol) => {
                Some("check the region's name, the network, HTTPS_PROXY, AWS_CA_BUNDLE and AWS_ENDPOINT_URL".into())
            }
            Self::NoPriceList { .. } => Some(
                "ask as a commercial account: `inspector-audit prices --refresh FILE --profile NAME` writes what --prices \
                 FILE takes"
                    .into(),
            ),
            Self::Organization { gap, .. } if gap.reason == GapReason::AccessDenied => Some(
                "ask as the management account or a delegated administrator, or list the accounts in a file: --accounts-file"
                    .into(),
            ),
            // What AWS answered carries its own advice.
            Self::Preselect { advice, .. } => Some((*advice).into()),
            Self::Organization { .. } | Self::NotIdentified { .. } | Self::PriceList { .. } | Self::Configuration(_) | Self::Runtime(_) | Self::Sink(_) => None,
        }
    }
}
