//! Classifying a failed call, apart from the SDK: pure, so that every case can be tested by a table.

use super::transport::MAX_ANSWER;
use crate::model::{Gap, GapReason};
use crate::permissions::Call;
use crate::text::secrets::without_secrets;

/// Where the call stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stage {
    /// Whether the same credentials have just been accepted: then a rejected token means a region that is off.
    pub(super) identified: bool,
    /// Whether hosts are AWS's own and asked directly: only then does a missing host mean a missing service.
    pub(super) aws_endpoints: bool,
}

impl Stage {
    /// Finding out who the caller is.
    pub(super) const ENTERING: Self = Self { identified: false, aws_endpoints: false };

    /// Collecting, with credentials that have been accepted.
    pub(super) const fn inside(aws_endpoints: bool) -> Self {
        Self { identified: true, aws_endpoints }
    }
}

/// How a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// AWS answered with an error and a code.
    Service,
    /// An HTTP error without a code.
    NoCode,
    /// An answer that the service cannot have given.
    Foreign,
    /// An answer that is larger than any the service gives.
    Endless,
    /// No answer in time.
    TimedOut,
    /// No connection.
    NoConnection,
    /// The endpoint's host does not exist.
    NoSuchHost,
    /// No credentials to sign with.
    NoCredentials,
    /// Stopped by the read-only guard.
    Refused,
    /// The request could not be built.
    NotBuilt,
}

/// What is known of a failed call.
#[derive(Debug, Clone)]
pub(super) struct CallError {
    pub(super) kind: Kind,
    pub(super) code: Option<String>,
    pub(super) status: Option<u16>,
    /// AWS's message, or the causes in words.
    pub(super) message: String,
    pub(super) request_id: Option<String>,
}

/// Codes (or their beginnings) that deny a permission.
const DENIED: &[&str] =
    &["AccessDenied", "ACCESS_DENIED", "UnauthorizedOperation", "UnauthorizedException", "NotAuthorized", "Forbidden"];
/// Codes that reject the credentials, or the region for them.
const REJECTED: &[&str] = &["UnrecognizedClient", "InvalidClientTokenId", "AuthFailure", "InvalidAccessKeyId"];
/// Codes of credentials that were once good, or are broken.
const EXPIRED: &[&str] = &["ExpiredToken", "TokenRefreshRequired", "InvalidToken", "MissingAuthenticationToken"];
/// Codes of a signature that does not hold, most often because a clock is wrong.
const SIGNATURE: &[&str] = &[
    "RequestExpired",
    "RequestTimeTooSkewed",
    "RequestInTheFuture",
    "SignatureDoesNotMatch",
    "InvalidSignature",
    "IncompleteSignature",
];
/// Codes that ask to slow down.
const THROTTLED: &[&str] = &[
    "Throttl",
    "RequestThrottled",
    "RequestLimitExceeded",
    "TooManyRequests",
    "SlowDown",
    "BandwidthLimitExceeded",
    // Cost Explorer's word for too many calls in a short time.
    "LimitExceededException",
];
/// Codes of an organization's or a resource's policy that blocks.
const BLOCKED: &[&str] = &["BlockedByOrganizationPolicy", "BLOCKED_BY_ORGANIZATION_POLICY"];
/// Codes of a region that is off for the account.
const REGION_OFF: &[&str] = &["OptInRequired", "RegionDisabled"];

impl CallError {
    /// A failed call of which only the kind is known.
    pub(super) fn of(kind: Kind) -> Self {
        Self { kind, code: None, status: None, message: String::new(), request_id: None }
    }

    /// The gap that the failure leaves.
    pub(super) fn gap(&self, call: &Call, stage: Stage) -> Gap {
        let (reason, advice) = self.classify(call, stage);
        Gap {
            reason,
            operation: call.action.to_owned(),
            message: format!("{}; {advice}", self.said()),
            request_id: self.request_id.clone(),
        }
    }

    /// What happened, in a sentence's first half.
    fn said(&self) -> String {
        let message = clean(&self.message);
        let what = match (self.kind, &self.code, self.status) {
            (Kind::Service, Some(code), _) => clean(code),
            (Kind::NoCode, _, Some(status)) => format!("HTTP status {status} without an error code"),
            (Kind::Foreign, _, Some(status)) if !(200..300).contains(&status) => {
                format!("HTTP status {status} with a web page, which no AWS service sends")
            }
            (Kind::Endless, ..) => {
                return format!("the answer is larger than {} MiB, and was not read", MAX_ANSWER >> 20);
            }
            (Kind::TimedOut, ..) => "no answer in time".to_owned(),
            (Kind::NoConnection, ..) => "no connection".to_owned(),
            (Kind::NoSuchHost, ..) => "the endpoint's host does not exist".to_owned(),
            (Kind::NoCredentials, ..) => "no credentials".to_owned(),
            (Kind::Refused, ..) => "refused before sending".to_owned(),
            (Kind::NotBuilt, ..) => "the request could not be built".to_owned(),
            _ => "unreadable answer".to_owned(),
        };
        if message.is_empty() { what } else { format!("{what}: {message}") }
    }

    /// The reason, and what to do next.
    fn classify(&self, call: &Call, stage: Stage) -> (GapReason, String) {
        match self.kind {
            Kind::Service => self.classify_code(call, stage),
            Kind::NoCode => match self.status {
                Some(401 | 403) => (GapReason::AccessDenied, self.advice_on_denial(call)),
                Some(429 | 503) => (GapReason::Throttled, ADVICE_THROTTLED.into()),
                Some(407) => (GapReason::Protocol, "the proxy wants credentials: put them into HTTPS_PROXY".into()),
                _ => (GapReason::Other, "try again; if it stays, ask AWS Support".into()),
            },
            Kind::Foreign | Kind::Endless => (
                GapReason::Protocol,
                "something between here and AWS answered: check HTTPS_PROXY, AWS_ENDPOINT_URL and the network".into(),
            ),
            Kind::TimedOut | Kind::NoConnection => (GapReason::Timeout, ADVICE_NETWORK.into()),
            Kind::NoSuchHost if stage.aws_endpoints => {
                (GapReason::Unsupported, "the service has no endpoint in this region".into())
            }
            Kind::NoSuchHost => {
                (GapReason::Timeout, "check the region's name, the DNS resolver and HTTPS_PROXY".into())
            }
            Kind::NoCredentials => (GapReason::NoCredentials, "sign in again, then run again".into()),
            Kind::Refused => (GapReason::Blocked, "this program only reads".into()),
            Kind::NotBuilt => (GapReason::Other, "check the region's name and AWS_ENDPOINT_URL".into()),
        }
    }

    /// The reason by AWS's code.
    fn classify_code(&self, call: &Call, stage: Stage) -> (GapReason, String) {
        let code = self.code.as_deref().unwrap_or_default();
        let is = |codes: &[&str]| codes.iter().any(|known| code.starts_with(known));
        if is(BLOCKED) || self.message.contains("BLOCKED_BY_ORGANIZATION_POLICY") {
            (GapReason::Blocked, "an organization policy manages this: ask the organization's administrators".into())
        } else if is(REGION_OFF) {
            (GapReason::RegionDisabled, ADVICE_REGION.into())
        } else if is(DENIED) {
            (GapReason::AccessDenied, self.advice_on_denial(call))
        } else if is(REJECTED) && stage.identified {
            (GapReason::RegionDisabled, ADVICE_REGION.into())
        } else if is(EXPIRED) || is(REJECTED) {
            (GapReason::NoCredentials, "the credentials are expired or not valid: sign in again".into())
        } else if is(SIGNATURE) {
            (GapReason::NoCredentials, "check this machine's clock, then the secret key".into())
        } else if is(THROTTLED) || matches!(self.status, Some(429 | 503)) {
            (GapReason::Throttled, ADVICE_THROTTLED.into())
        } else if code.starts_with("SubscriptionRequired") {
            (GapReason::NotEnabled, "the account has not signed up for this service".into())
        } else if code.starts_with("RequestTimeout") || self.status == Some(504) {
            (GapReason::Timeout, ADVICE_NETWORK.into())
        } else {
            (GapReason::Other, "see the error's code in the service's API reference".into())
        }
    }

    /// What to do about a denial: the role's policy, unless AWS says that another policy denies.
    fn advice_on_denial(&self, call: &Call) -> String {
        let says = |text: &str| self.message.contains(text);
        if says("service control policy") || says("resource control policy") {
            let action = call.action;
            return format!("an organization policy denies {action}: ask the organization's administrators");
        }
        if says("permissions boundary") {
            return format!("the permissions boundary denies {}: allow it there", call.action);
        }
        if says("session policy") {
            return format!("the session policy denies {}: allow it there", call.action);
        }
        if says("VPC endpoint policy") {
            return format!("the VPC endpoint's policy denies {}: allow it there", call.action);
        }
        if call.action.starts_with("ce:") && !says("not authorized to perform") {
            // Cost Explorer denies in the same words where it is switched off, or for a member account.
            return format!(
                "switch Cost Explorer on in the Billing console, or let the organization's management account allow it; \
                 else add {} to the role's policy",
                call.action
            );
        }
        if call.action == "sts:AssumeRole" {
            return "allow sts:AssumeRole on the role, let the role's trust policy name this caller, and check the \
                    external id"
                .to_owned();
        }
        format!("add {} to the role's policy", call.action)
    }
}

/// What to do when AWS throttles.
const ADVICE_THROTTLED: &str = "run again later, or with a lower --concurrency";
/// What to do without an answer.
const ADVICE_NETWORK: &str = "check the network, HTTPS_PROXY, NO_PROXY and AWS_ENDPOINT_URL";
/// What to do about a region that is off.
const ADVICE_REGION: &str = "the region is not enabled for this account: enable it, or leave it out";

/// The longest message kept, in characters.
const LONGEST: usize = 400;

/// A foreign message on one line, without what could be a secret, and not endless.
pub(super) fn clean(message: &str) -> String {
    let text = without_secrets(message);
    let text = text.trim_end_matches(['.', ' ', ';', ':']);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "error_class_tests.rs"]
mod tests;
