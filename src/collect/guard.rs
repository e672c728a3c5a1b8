//! The guard on every client: nothing but listed reads goes out, nothing but genuine answers comes in. The one exception
//! is the mount probe's `SendCommand`, and only in a run whose operator has asked for the probe.
//!
//! It is an SDK interceptor, so it holds for every call made through a client, whoever makes it. (What the credentials
//! chain itself asks for, such as an SSO token, does not pass here: those clients belong to the SDK.)

use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use xmlparser::{ElementEnd, Token, Tokenizer};

use super::permits::Ticket;
use super::progress::Progress;
use crate::permissions::{self, Call};

#[derive(Clone)]
pub(super) struct Guard {
    /// Hears of every request.
    progress: Arc<dyn Progress>,
    /// Whether the mount probe's command may pass.
    probe: bool,
    /// The account that is asked, as far as it is known.
    account: Arc<str>,
}

impl Guard {
    /// A guard that reports to `progress` and lets the mount probe's command pass only with `probe`.
    pub(super) fn new(progress: Arc<dyn Progress>, probe: bool) -> Self {
        Self { progress, probe, account: Arc::default() }
    }

    /// The same for calls in an account.
    pub(super) fn inside(&self, account: &str) -> Self {
        Self { account: account.into(), ..self.clone() }
    }

    /// The call, if it may pass.
    fn passes(&self, service: &str, operation: &str) -> Option<&'static Call> {
        let command = &permissions::SEND_COMMAND;
        let is_probe = self.probe && command.service == service && command.operation == operation;
        if is_probe { Some(command) } else { permissions::allowed(service, operation) }
    }

    /// The call that is being made.
    fn call_of(&self, cfg: &ConfigBag) -> Option<&'static Call> {
        let metadata = cfg.load::<Metadata>()?;
        self.passes(metadata.service(), metadata.name())
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Guard")
    }
}

/// A call that is not on the list of reads, stopped before it was even written down.
#[derive(Debug, thiserror::Error)]
#[error("{service}:{operation} is not on the list of read-only operations")]
pub(super) struct Refused {
    service: String,
    operation: String,
}

/// A successful answer that the service cannot have given.
#[derive(Debug, thiserror::Error)]
#[error("the answer did not come from the service: {0}")]
pub(super) struct Foreign(String);

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "read-only guard"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let metadata = cfg.load::<Metadata>();
        let (service, operation) = metadata.map_or(("", ""), |metadata| (metadata.service(), metadata.name()));
        if self.passes(service, operation).is_some() {
            return Ok(());
        }
        Err(Refused { service: service.to_owned(), operation: operation.to_owned() }.into())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(call) = self.call_of(cfg) {
            self.progress.request_sent(call.action);
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(call), response) = (self.call_of(cfg), context.response()) else { return Ok(()) };
        let body = response.body().bytes();
        if body.is_none() && context.output_or_error().is_err() {
            // It could not be read to its end, and the error that says so is there.
            return Ok(());
        }
        let body = body.unwrap_or_default();
        if response.status().is_success() {
            return genuine(call, body).map_err(|reason| Foreign(reason).into());
        }
        if is_throttle(response.status().as_u16(), body) {
            self.progress.throttled(&self.account, call.action);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.output_or_error().is_none_or(|outcome| outcome.is_err())
            && let Some(ticket) = Ticket::current()
        {
            // Who is denied does not wait: that is no reason to let others pass.
            let has_to_wait = context.response().is_none_or(|response| {
                let status = response.status().as_u16();
                status >= 500 || is_throttle(status, response.body().bytes().unwrap_or_default())
            });
            ticket.pause(has_to_wait);
        }
        Ok(())
    }
}

/// Whether an error answer asks to slow down.
fn is_throttle(status: u16, body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(body.get(..1024).unwrap_or(body));
    matches!(status, 429 | 503) || start.contains("Throttl") || start.contains("RequestLimitExceeded")
}

/// Whether a successful answer is whole and has what the operation always answers with, else what is wrong.
///
/// The SDK reads an empty object as an empty list and cuts broken XML short without a word. Either would turn into
/// "there is nothing here".
fn genuine(call: &Call, body: &[u8]) -> Result<(), String> {
    if call.service == "CloudWatch" {
        return cbor(call, body);
    }
    let text = std::str::from_utf8(body).map_err(|_| "it is not text".to_owned())?;
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    if matches!(call.service, "EC2" | "STS") {
        return well_formed(text, call.answers_with);
    }
    if text.trim_start().starts_with('<') {
        return Err("it is a web page, not JSON; is there a proxy or a captive portal in between?".to_owned());
    }
    let has = |member: &&str| text.contains(&format!("\"{member}\""));
    if call.answers_with.is_empty() || call.answers_with.iter().any(has) {
        return Ok(());
    }
    Err(format!("it has no `{}`", call.answers_with.join("` or `")))
}

/// Whether an answer in CBOR has what the operation always answers with: the SDK finds out by itself whether it is whole.
fn cbor(call: &Call, body: &[u8]) -> Result<(), String> {
    if body.trim_ascii_start().starts_with(b"<") {
        return Err("it is a web page, not CBOR; is there a proxy or a captive portal in between?".to_owned());
    }
    let has = |member: &&str| body.windows(member.len()).any(|part| part == member.as_bytes());
    if call.answers_with.iter().any(has) {
        return Ok(());
    }
    Err(format!("it has no `{}`", call.answers_with.join("` or `")))
}

/// Whether `text` is one whole XML document with one of `roots` at its root, else what is wrong.
fn well_formed(text: &str, roots: &[&str]) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut root = None;
    for token in Tokenizer::from(text.trim_start_matches('\u{feff}').trim_start()) {
        match token.map_err(|error| format!("it is not XML: {error}"))? {
            Token::ElementStart { local, .. } => {
                if root.is_none() && !roots.contains(&local.as_str()) {
                    let expected = roots.join("` or `");
                    return Err(format!("it is a `{}`, not a `{expected}`", local.as_str()));
                }
                root = Some(local.as_str());
                open.push(local.as_str());
            }
            Token::ElementEnd { end: ElementEnd::Empty, .. } => {
                open.pop();
            }
            Token::ElementEnd { end: ElementEnd::Close(_, local), .. } if open.pop() != Some(local.as_str()) => {
                return Err(format!("its XML closes `{}` where nothing of the kind is open", local.as_str()));
            }
            _ => {}
        }
    }
    match (root, open.last()) {
        (None, _) => Err("it is not XML".to_owned()),
        (Some(_), Some(element)) => Err(format!("it breaks off inside `{element}`")),
        (Some(_), None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::{DESCRIBE_FILE_SYSTEMS, DESCRIBE_REGIONS, GET_CALLER_IDENTITY};

    #[test]
    fn a_foreign_json_answer_is_told_from_an_empty_list() {
        assert_eq!(genuine(&DESCRIBE_FILE_SYSTEMS, br#"{"FileSystems": []}"#), Ok(()));
        for foreign in [&b""[..], b"  ", b"{}", b"<html></html>", b"\xff\xfe", br#"{"message":"welcome"}"#] {
            assert!(genuine(&DESCRIBE_FILE_SYSTEMS, foreign).is_err(), "{}", String::from_utf8_lossy(foreign));
        }
    }

    #[test]
    fn broken_xml_is_told_from_a_short_list() {
        let whole = "<?xml version=\"1.0\"?>\n<DescribeRegionsResponse xmlns=\"x\"><regionInfo><item><a>1</a></item>\
                     <item/></regionInfo></DescribeRegionsResponse>\n";
        assert_eq!(genuine(&DESCRIBE_REGIONS, whole.as_bytes()), Ok(()));
        for cut in 1..whole.trim_end().len() {
            assert!(genuine(&DESCRIBE_REGIONS, &whole.as_bytes()[..cut]).is_err(), "cut at {cut}");
        }
        let crossed = "<DescribeRegionsResponse><a><b></a></b></DescribeRegionsResponse>";
        assert!(genuine(&DESCRIBE_REGIONS, crossed.as_bytes()).is_err());
        assert!(genuine(&GET_CALLER_IDENTITY, whole.as_bytes()).is_err());
        assert!(genuine(&GET_CALLER_IDENTITY, b"<html><body>hello</body></html>").is_err());
    }

    #[test]
    fn throttles_are_seen_in_every_protocol() {
        assert!(is_throttle(429, b""));
        assert!(is_throttle(400, br#"{"__type":"ThrottlingException"}"#));
        assert!(is_throttle(503, b"<Response><Errors><Error><Code>RequestLimitExceeded</Code>"));
        assert!(!is_throttle(403, b"<Code>UnauthorizedOperation</Code>"));
    }
}
