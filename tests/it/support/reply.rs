//! What the fake says: bodies from `fixtures/wire`, errors in each service's own form, and answers that break.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::call::Call;
use super::cbor;
use super::operations::{Operation, Protocol, operation_named};

/// How a call is answered.
pub(crate) enum Reply {
    /// The body `fixtures/wire/<service>/<Operation>/<case>`, with the caller's account and region in it.
    Case(&'static str),
    /// The same with a token for the next page in it.
    Page(&'static str, &'static str),
    /// A body made from the call.
    Made(Box<dyn Fn(&Call) -> String + Send + Sync>),
    /// The same as it goes over the wire, for answers of many megabytes.
    Bytes(fn(&Call) -> Vec<u8>),
    /// An error of the service.
    Error(u16, &'static str, &'static str),
    /// The service's denial of this operation.
    Denied,
    /// The service's throttling error.
    Throttled,
    /// The service's error for a session token that has run out.
    Expired,
    /// The service's error for credentials that do not exist in a region the account has not opted in to.
    NotOptedIn,
    /// Status 200 and the page of a proxy.
    Html,
    /// Another status and the page of a proxy.
    HtmlError(u16),
    /// A status with a body that is none of the service's: of a gateway, or of nobody.
    Foreign(u16, &'static str),
    /// Status 200 and a body in pieces that does not end.
    Endless,
    /// Status 200 and half of the case's body, as if that were all.
    HalfBody(&'static str),
    /// The head of an answer and half of the case's body, then the connection ends.
    Truncated(&'static str),
    /// No answer: the connection is reset.
    Reset,
    /// No answer, and the connection stays open.
    Hang,
    /// The answer after a while.
    Slow(Duration, Box<Self>),
    /// The answer once so many calls of an operation have arrived.
    Once(&'static str, usize, Box<Self>),
    /// The first answer until so many calls of an operation have arrived, then the second.
    Until(&'static str, usize, Box<Self>, Box<Self>),
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(case) => write!(f, "Case({case})"),
            Self::Page(case, token) => write!(f, "Page({case}, {token})"),
            Self::Made(_) | Self::Bytes(_) => f.write_str("Made"),
            Self::Error(status, code, _) => write!(f, "Error({status}, {code})"),
            Self::Slow(by, reply) => write!(f, "Slow({by:?}, {reply:?})"),
            Self::Until(operation, calls, before, after) => {
                write!(f, "Until({calls} {operation}, {before:?}, {after:?})")
            }
            Self::Once(operation, calls, reply) => write!(f, "Once({calls} {operation}, {reply:?})"),
            Self::HtmlError(status) => write!(f, "HtmlError({status})"),
            Self::Foreign(status, body) => write!(f, "Foreign({status}, {body})"),
            Self::Endless => f.write_str("Endless"),
            Self::HalfBody(case) | Self::Truncated(case) => write!(f, "half of {case}"),
            Self::Denied => f.write_str("Denied"),
            Self::Throttled => f.write_str("Throttled"),
            Self::Expired => f.write_str("Expired"),
            Self::NotOptedIn => f.write_str("NotOptedIn"),
            Self::Html => f.write_str("Html"),
            Self::Reset => f.write_str("Reset"),
            Self::Hang => f.write_str("Hang"),
        }
    }
}

/// What goes over the wire.
#[derive(Debug)]
pub(crate) enum Wire {
    /// These bytes; then the connection stays open or is closed.
    Send { bytes: Vec<u8>, keep: bool },
    /// These bytes, and then the second as often as the client takes them.
    Endless(Vec<u8>, Vec<u8>),
    /// A reset.
    Reset,
    /// Nothing, until the client goes away.
    Hang,
}

const PROXY_PAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>\n";

impl Reply {
    /// The bytes for one call; sleeps for a slow one. `number` makes the request id.
    pub(crate) fn wire(&self, call: &Call, number: usize) -> Wire {
        let operation = operation_named(&call.operation);
        let whole = |status, kind: &str, body: &str| Wire::Send {
            bytes: message(status, kind, "", number, body.as_bytes(), body.len()),
            keep: true,
        };
        let answer = |operation: &Operation, body: &str| {
            let bytes = encoded(operation, body);
            let bytes = message(200, content_type(operation), "", number, &bytes, bytes.len());
            Wire::Send { bytes, keep: true }
        };
        let error = |status, code: &str, text: &str| {
            let Some(operation) = operation else {
                return whole(400, "text/plain", "no operation that the auditor may send");
            };
            error_answer(operation.protocol(), status, code, text, number)
        };
        match self {
            Self::Case(case) => {
                let Some(operation) = operation else { return error(400, "", "") };
                answer(operation, &case_body(operation, case, call))
            }
            Self::Page(case, token) => {
                let Some(operation) = operation else { return error(400, "", "") };
                let body = case_body(operation, case, call);
                answer(operation, &with_token(operation, &body, token))
            }
            Self::Made(make) => {
                let body = localized(&make(call), call);
                operation.map_or_else(|| whole(200, "application/json", &body), |operation| answer(operation, &body))
            }
            Self::Bytes(make) => {
                let kind = operation.map_or("application/json", content_type);
                let body = make(call);
                Wire::Send { bytes: message(200, kind, "", number, &body, body.len()), keep: true }
            }
            Self::Error(status, code, text) => error(*status, code, text),
            Self::Denied => denied(operation, call, number),
            Self::Throttled => match protocol_of(operation) {
                Protocol::Ec2Query => error(503, "RequestLimitExceeded", "Request limit exceeded."),
                Protocol::Query => error(400, "Throttling", "Rate exceeded"),
                Protocol::Json | Protocol::Cbor => error(400, "ThrottlingException", "Rate exceeded"),
                Protocol::Rest => error(429, "ThrottlingException", "Rate exceeded"),
            },
            Self::Expired => match protocol_of(operation) {
                Protocol::Ec2Query => error(400, "RequestExpired", "Request has expired."),
                Protocol::Query => error(403, "ExpiredToken", EXPIRED),
                Protocol::Json => error(400, "ExpiredTokenException", EXPIRED),
                Protocol::Rest | Protocol::Cbor => error(403, "ExpiredTokenException", EXPIRED),
            },
            Self::NotOptedIn => match protocol_of(operation) {
                Protocol::Ec2Query => {
                    error(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
                }
                Protocol::Query => error(403, "InvalidClientTokenId", INVALID_TOKEN),
                Protocol::Json => error(400, "UnrecognizedClientException", INVALID_TOKEN),
                Protocol::Rest | Protocol::Cbor => error(403, "UnrecognizedClientException", INVALID_TOKEN),
            },
            Self::Html => whole(200, "text/html; charset=utf-8", PROXY_PAGE),
            Self::HtmlError(status) => whole(*status, "text/html; charset=utf-8", PROXY_PAGE),
            Self::Foreign(status, body) => whole(*status, "text/plain", body),
            Self::Endless => {
                let kind = operation.map_or("text/plain", content_type);
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n");
                let piece = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
                Wire::Endless(head.into_bytes(), piece)
            }
            Self::HalfBody(case) => {
                let Some(operation) = operation else { return error(400, "", "") };
                let body = encoded(operation, &case_body(operation, case, call));
                let half = half(&body);
                let bytes = message(200, content_type(operation), "", number, half, half.len());
                Wire::Send { bytes, keep: true }
            }
            Self::Truncated(case) => {
                let Some(operation) = operation else { return error(400, "", "") };
                let body = encoded(operation, &case_body(operation, case, call));
                let bytes = message(200, content_type(operation), "", number, half(&body), body.len());
                Wire::Send { bytes, keep: false }
            }
            Self::Reset => Wire::Reset,
            Self::Hang => Wire::Hang,
            Self::Slow(by, reply) => {
                std::thread::sleep(*by);
                reply.wire(call, number)
            }
            // The server has waited, or chosen, before it asked for the bytes.
            Self::Once(_, _, reply) | Self::Until(_, _, _, reply) => reply.wire(call, number),
        }
    }
}

const EXPIRED: &str = "The security token included in the request is expired";
const INVALID_TOKEN: &str = "The security token included in the request is invalid.";

fn protocol_of(operation: Option<&Operation>) -> Protocol {
    operation.map_or(Protocol::Rest, Operation::protocol)
}

fn content_type(operation: &Operation) -> &'static str {
    match operation.protocol() {
        Protocol::Ec2Query => "text/xml;charset=UTF-8",
        Protocol::Query => "text/xml",
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::Rest => "application/json",
        Protocol::Cbor => "application/cbor",
    }
}

/// A body as the service of the operation sends it.
fn encoded(operation: &Operation, body: &str) -> Vec<u8> {
    if operation.protocol() == Protocol::Cbor { cbor::from_json(body) } else { body.as_bytes().to_vec() }
}

/// The file of a case.
pub(crate) fn case_path(operation: &Operation, case: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/wire")
        .join(operation.folder)
        .join(operation.short())
        .join(format!("{case}.{}", operation.extension()))
}

fn case_body(operation: &Operation, case: &str, call: &Call) -> String {
    let path = case_path(operation, case);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    localized(&text, call)
}

/// Fixtures speak of account 111122223333 in ap-northeast-1; the caller hears of its own (an assumed role: of the
/// role's).
fn localized(text: &str, call: &Call) -> String {
    let account = call.parameter("RoleArn").split(':').nth(4).unwrap_or(&call.account);
    let account = if account.is_empty() { "111122223333" } else { account };
    // Prices and bills are asked for in one region and speak of others.
    let everywhere = ["ce:", "pricing:"].iter().any(|service| call.operation.starts_with(service));
    let region = if everywhere || call.region.is_empty() { "ap-northeast-1" } else { &call.region };
    text.replace("111122223333", account).replace("ap-northeast-1", region)
}

/// The body with the token of the next page in it.
fn with_token(operation: &Operation, body: &str, token: &str) -> String {
    let name = operation.token.1;
    let end = body.rfind(if operation.extension() == "xml" { "</" } else { "}" }).expect("a whole body");
    let member = match operation.extension() {
        "xml" => format!("    <{name}>{token}</{name}>\n"),
        _ => format!(",\"{name}\":\"{token}\""),
    };
    format!("{}{member}{}", &body[..end], &body[end..])
}

fn half(body: &[u8]) -> &[u8] {
    &body[..body.len() / 2]
}

/// What each service says to a caller whose policies do not allow the operation.
fn denied(operation: Option<&Operation>, call: &Call, number: usize) -> Wire {
    let user = format!("arn:aws:sts::{}:assumed-role/auditor/session", call.account);
    let why = "because no identity-based policy allows the";
    let name = call.operation.as_str();
    let protocol = protocol_of(operation);
    let (status, code, text) = match protocol {
        Protocol::Ec2Query => (
            403,
            "UnauthorizedOperation",
            format!(
                "You are not authorized to perform this operation. User: {user} is not authorized to perform: {name} \
                 {why} {name} action"
            ),
        ),
        Protocol::Query => {
            let on = call.parameter("RoleArn");
            (403, "AccessDenied", format!("User: {user} is not authorized to perform: {name} on resource: {on}"))
        }
        Protocol::Json | Protocol::Rest | Protocol::Cbor => (
            if protocol == Protocol::Json { 400 } else { 403 },
            if protocol == Protocol::Cbor { "AccessDenied" } else { "AccessDeniedException" },
            format!("User: {user} is not authorized to perform: {name} on resource: * {why} {name} action"),
        ),
    };
    error_answer(protocol, status, code, &text, number)
}

fn error_answer(protocol: Protocol, status: u16, code: &str, text: &str, number: usize) -> Wire {
    let id = request_id(number);
    let json = |member: &str| serde_json::json!({ member: text }).to_string();
    let (kind, header, body) = match protocol {
        Protocol::Ec2Query => (
            "text/xml;charset=UTF-8",
            String::new(),
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
                 <Message>{text}</Message></Error></Errors><RequestID>{id}</RequestID></Response>"
            ),
        ),
        Protocol::Query => (
            "text/xml",
            String::new(),
            format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    \
                 <Type>Sender</Type>\n    <Code>{code}</Code>\n    <Message>{text}</Message>\n  </Error>\n  \
                 <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
            ),
        ),
        Protocol::Json => (
            "application/x-amz-json-1.1",
            String::new(),
            serde_json::json!({ "__type": code, "message": text }).to_string(),
        ),
        Protocol::Rest => ("application/json", format!("x-amzn-ErrorType: {code}\r\n"), json("message")),
        Protocol::Cbor => (
            "application/cbor",
            String::new(),
            serde_json::json!({ "__type": format!("com.amazonaws.cloudwatch#{code}"), "message": text }).to_string(),
        ),
    };
    let body = if protocol == Protocol::Cbor { cbor::from_json(&body) } else { body.into_bytes() };
    Wire::Send { bytes: message(status, kind, &header, number, &body, body.len()), keep: true }
}

/// The request id of the answer with that number.
fn request_id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn message(status: u16, kind: &str, header: &str, number: usize, body: &[u8], length: usize) -> Vec<u8> {
    let id = request_id(number);
    let protocol = if kind == "application/cbor" { "smithy-protocol: rpc-v2-cbor\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status} Fake\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nx-amzn-RequestId: {id}\r\n\
         {protocol}{header}\r\n"
    );
    [head.as_bytes(), body].concat()
}
