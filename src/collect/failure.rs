//! From an SDK error to a gap: one of a closed set of reasons, and what to do about it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;

use super::error_class::{CallError, Kind, Stage, clean};
use super::guard::{Foreign, Refused};
use super::transport::is_endless;
use crate::model::{Gap, GapReason, Section};
use crate::permissions::Call;

#[derive(Debug, Clone)]
pub(super) struct Failure {
    /// What is known of it.
    error: CallError,
    call: &'static Call,
    /// Where the call stood.
    stage: Stage,
}

impl Failure {
    /// A call that failed this way.
    pub(super) fn new(error: CallError, call: &'static Call, stage: Stage) -> Self {
        Self { error, call, stage }
    }

    /// An answer that came whole and still cannot be one of this operation.
    pub(super) fn protocol(call: &'static Call, message: impl Into<String>) -> Self {
        Self::new(CallError { message: message.into(), ..CallError::of(Kind::Foreign) }, call, Stage::inside(false))
    }

    /// The gap that the failure leaves.
    pub(super) fn gap(&self) -> Gap {
        self.error.gap(self.call, self.stage)
    }

    /// The same failure, judged as if the call had stood at `stage`.
    pub(super) fn at(&self, stage: Stage) -> Self {
        Self { stage, ..self.clone() }
    }

    /// Whether AWS answered with one of these codes.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        self.error.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// Whether another region's endpoint may still accept the same credentials: this one could not be reached, or
    /// rejected a token as regions do that are off.
    pub(super) fn may_be_the_region(&self, aws_endpoints: bool) -> bool {
        match self.at(Stage::inside(false)).gap().reason {
            GapReason::RegionDisabled => true,
            // One endpoint set by hand serves all regions: asking it again would only take twice as long.
            GapReason::Timeout => aws_endpoints,
            _ => false,
        }
    }
}

impl<T> From<Failure> for Section<T> {
    fn from(failure: Failure) -> Self {
        failure.gap().into()
    }
}

impl<T> From<Result<T, Failure>> for Section<T> {
    /// Complete, or what the failure's gap says.
    fn from(collected: Result<T, Failure>) -> Self {
        collected.map_or_else(Self::from, Section::Complete)
    }
}

/// What went wrong with `call`.
pub(super) fn failure<E>(error: &SdkError<E, HttpResponse>, call: &'static Call, stage: Stage) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let known = known(error);
    tracing::debug!(
        operation = call.action,
        code = known.code.as_deref(),
        status = known.status,
        kind = ?known.kind,
        "call failed"
    );
    Failure::new(known, call, stage)
}

/// Reads the SDK's error.
fn known<E>(error: &SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let details = chain(error);
    let has = |wanted: fn(&(dyn Error + 'static)) -> bool| causes(error).any(wanted);
    let kind = if has(<dyn Error>::is::<Refused>) {
        Kind::Refused
    } else if is_endless(error) {
        Kind::Endless
    } else if has(<dyn Error>::is::<Foreign>) {
        Kind::Foreign
    } else if has(<dyn Error>::is::<CredentialsError>) {
        Kind::NoCredentials
    } else {
        match error {
            SdkError::TimeoutError(_) => Kind::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::TimedOut,
            SdkError::DispatchFailure(_) if is_unknown_host(&details) => Kind::NoSuchHost,
            SdkError::DispatchFailure(_) => Kind::NoConnection,
            // The SDK takes an error whose body is none of the service's for an answer that it cannot read. What the
            // status says holds: gateways deny and throttle with a body of their own, or none.
            SdkError::ResponseError(context) if !context.raw().status().is_success() => Kind::NoCode,
            SdkError::ResponseError(_) => Kind::Foreign,
            SdkError::ServiceError(context) if context.err().code().is_some() => Kind::Service,
            SdkError::ServiceError(context) if context.raw().status().is_success() => Kind::Foreign,
            SdkError::ServiceError(_) => Kind::NoCode,
            // A request that could not be built: an endpoint that has no host, an identity without a region.
            _ => Kind::NotBuilt,
        }
    };
    let raw = match error {
        SdkError::ServiceError(context) => Some(context.raw()),
        SdkError::ResponseError(context) => Some(context.raw()),
        _ => None,
    };
    let body = raw.and_then(|response| response.body().bytes()).map(String::from_utf8_lossy).unwrap_or_default();
    let (code, message) = match error {
        SdkError::ServiceError(context) => (context.err().code(), context.err().message()),
        _ => (None, None),
    };
    let (code, kind) = match (code, kind) {
        (None, Kind::NoCode) => match code_of(&body) {
            Some(code) => (Some(code), Kind::Service),
            None => (None, kind),
        },
        (code, kind) => (code.map(str::to_owned), kind),
    };
    let is_page = looks_like_html(&body);
    let message = match (message, kind) {
        (Some(message), _) => message.to_owned(),
        // What a parser says of an error page or an empty error helps nobody, and of a request that could not be built
        // the causes quote the request.
        (None, Kind::NoCode | Kind::NotBuilt) => String::new(),
        (None, _) => details,
    };
    CallError {
        kind: if kind == Kind::NoCode && is_page { Kind::Foreign } else { kind },
        code,
        status: raw.map(|response| response.status().as_u16()),
        message,
        request_id: error.request_id().map(str::to_owned).or_else(|| request_id_of(&body)),
    }
}

/// The error and everything behind it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An error of the SDK with its causes in words, one that holds no request.
pub(super) fn causes_in_words(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let more = chain(error);
    if !more.is_empty() {
        text = format!("{text}: {more}");
    }
    clean(&text)
}

/// The causes in words, without the SDK's outermost "dispatch failure", each once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for cause in causes(error).skip(1) {
        let text = cause.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// Whether the resolver said for certain that there is no such name, on Linux, macOS, musl or Windows.
///
/// "Try again" is not that: it means that nobody could be asked.
fn is_unknown_host(details: &str) -> bool {
    ["Name or service not known", "nodename nor servname provided", "Name does not resolve", "No such host is known"]
        .iter()
        .any(|text| details.contains(text))
}

/// Whether a body is a page for people.
fn looks_like_html(body: &str) -> bool {
    let start: String = body.trim_start().chars().take(256).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.contains("<html")
}

/// The code in a JSON error body, where the header that usually carries it was lost on the way.
fn code_of(body: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    let code = ["ErrorCode", "errorCode", "Code"].iter().find_map(|name| body.get(name)?.as_str())?;
    let plausible =
        !code.is_empty() && code.len() <= 100 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plausible.then(|| code.to_owned())
}

/// The request id that EC2 and STS write into their error bodies.
fn request_id_of(body: &str) -> Option<String> {
    ["RequestID", "RequestId", "requestId"].iter().find_map(|name| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        let (id, _) = rest.split_once('<')?;
        let plausible = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        plausible.then(|| id.to_owned())
    })
}

/// What a credentials provider failed with, in words. What a credential process wrote is not among them.
pub(super) fn credentials_message(error: &CredentialsError) -> String {
    causes_in_words(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_read_from_xml() {
        assert_eq!(request_id_of("<Response><RequestID>ab-12</RequestID></Response>").as_deref(), Some("ab-12"));
        assert_eq!(request_id_of("<ErrorResponse><RequestId>x</RequestId>").as_deref(), Some("x"));
        assert_eq!(request_id_of("<RequestID></RequestID>"), None);
        assert_eq!(request_id_of("<RequestID>a b</RequestID>"), None);
        assert_eq!(request_id_of("{}"), None);
    }

    #[test]
    fn a_code_may_stand_in_the_body_alone() {
        assert_eq!(
            code_of(r#"{"ErrorCode": "FileSystemNotFound", "Message": "x"}"#).as_deref(),
            Some("FileSystemNotFound")
        );
        assert_eq!(code_of(r#"{"ErrorCode": "two words"}"#), None);
        assert_eq!(code_of(r#"{"message": "Forbidden"}"#), None);
        assert_eq!(code_of("<html>"), None);
    }

    #[test]
    fn only_a_certain_answer_means_that_there_is_no_such_host() {
        assert!(is_unknown_host("dns error: failed to lookup address information: Name or service not known"));
        assert!(!is_unknown_host(
            "dns error: failed to lookup address information: Temporary failure in name resolution"
        ));
    }

    #[test]
    fn pages_for_people_are_recognised() {
        assert!(looks_like_html("\n<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">"));
        assert!(looks_like_html("<?xml version=\"1.0\"?><html xmlns=\"x\">"));
        assert!(!looks_like_html("<Response><Errors/></Response>"));
    }
}
