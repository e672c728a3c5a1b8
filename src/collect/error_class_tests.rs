//! Every failure that AWS or the way there is known for, and the reason it must come out as.

use super::*;
use crate::permissions::{ASSUME_ROLE, DESCRIBE_INSTANCES, LIST_COVERAGE};

/// AWS's answer with this code, after the caller has been identified.
fn inside(code: &str, status: u16, message: &str) -> Gap {
    answered(code, status, message).gap(&LIST_COVERAGE, Stage::inside(true))
}

fn answered(code: &str, status: u16, message: &str) -> CallError {
    CallError {
        code: Some(code.to_owned()),
        status: Some(status),
        message: message.to_owned(),
        request_id: Some("req-1".to_owned()),
        ..CallError::of(Kind::Service)
    }
}

#[test]
fn every_code_has_its_reason() {
    let cases = [
        ("AccessDeniedException", 403, GapReason::AccessDenied),
        ("AccessDenied", 403, GapReason::AccessDenied),
        ("UnauthorizedOperation", 403, GapReason::AccessDenied),
        ("AuthFailure", 401, GapReason::RegionDisabled),
        ("OptInRequired", 401, GapReason::RegionDisabled),
        ("UnrecognizedClientException", 400, GapReason::RegionDisabled),
        ("InvalidClientTokenId", 403, GapReason::RegionDisabled),
        ("ExpiredToken", 400, GapReason::NoCredentials),
        ("ExpiredTokenException", 400, GapReason::NoCredentials),
        ("RequestExpired", 400, GapReason::NoCredentials),
        ("InvalidSignatureException", 400, GapReason::NoCredentials),
        ("SubscriptionRequiredException", 400, GapReason::NotEnabled),
        ("ThrottlingException", 400, GapReason::Throttled),
        ("Throttling", 400, GapReason::Throttled),
        ("RequestLimitExceeded", 503, GapReason::Throttled),
        ("TooManyRequestsException", 429, GapReason::Throttled),
        ("SlowDown", 503, GapReason::Throttled),
        ("ServiceUnavailable", 503, GapReason::Throttled),
        ("BlockedByOrganizationPolicyException", 400, GapReason::Blocked),
        ("InternalServerException", 500, GapReason::Other),
        ("ValidationException", 400, GapReason::Other),
        ("SomethingNobodyHasSeen", 418, GapReason::Other),
    ];
    for (code, status, reason) in cases {
        let gap = inside(code, status, "said AWS");
        assert_eq!(gap.reason, reason, "{code}");
        assert!(gap.message.starts_with(&format!("{code}: said AWS; ")), "{}", gap.message);
        assert_eq!(gap.request_id.as_deref(), Some("req-1"));
        assert_eq!(gap.operation, "inspector2:ListCoverage");
    }
}

#[test]
fn a_rejected_token_means_bad_credentials_until_they_have_been_accepted() {
    for code in ["UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"] {
        let error = answered(code, 403, "");
        assert_eq!(error.gap(&LIST_COVERAGE, Stage::ENTERING).reason, GapReason::NoCredentials, "{code}");
        assert_eq!(error.gap(&LIST_COVERAGE, Stage::inside(true)).reason, GapReason::RegionDisabled, "{code}");
    }
}

#[test]
fn a_denial_names_the_action_or_the_policy_that_denies() {
    let plain = inside("AccessDeniedException", 403, "User: x is not authorized to perform: inspector2:ListCoverage");
    assert!(plain.message.ends_with("add inspector2:ListCoverage to the role's policy"), "{}", plain.message);
    let scp = inside("AccessDeniedException", 403, "… with an explicit deny in a service control policy");
    assert_eq!(scp.reason, GapReason::AccessDenied);
    assert!(scp.message.contains("organization policy"), "{}", scp.message);
    let role = answered("AccessDenied", 403, "not authorized").gap(&ASSUME_ROLE, Stage::ENTERING);
    assert!(role.message.contains("trust policy"), "{}", role.message);
}

#[test]
fn authorization_blobs_and_keys_are_left_out() {
    let blob = "A1b2".repeat(60);
    let message = format!("You are not authorized. Encoded authorization failure message: {blob}");
    let gap = answered("UnauthorizedOperation", 403, &message).gap(&DESCRIBE_INSTANCES, Stage::inside(true));
    assert!(!gap.message.contains("A1b2"), "{}", gap.message);
    assert!(gap.message.contains("You are not authorized"), "{}", gap.message);
    assert_eq!(clean("key AKIAIOSFODNN7EXAMPLE, bad"), "key [left out] bad");
    assert_eq!(clean("exit status: 1. Stderr: the password"), "exit status: 1");
    assert_eq!(clean(&"word ".repeat(200)).chars().count(), LONGEST + 1);
}

#[test]
fn failures_without_a_code_have_a_reason_too() {
    let status = |status| CallError { status: Some(status), ..CallError::of(Kind::NoCode) };
    let reason = |error: CallError| error.gap(&LIST_COVERAGE, Stage::inside(true)).reason;
    assert_eq!(reason(status(403)), GapReason::AccessDenied);
    assert_eq!(reason(status(503)), GapReason::Throttled);
    assert_eq!(reason(status(500)), GapReason::Other);
    assert_eq!(reason(status(407)), GapReason::Protocol);
    assert_eq!(reason(CallError::of(Kind::Foreign)), GapReason::Protocol);
    assert_eq!(reason(CallError::of(Kind::Endless)), GapReason::Protocol);
    assert_eq!(reason(CallError::of(Kind::TimedOut)), GapReason::Timeout);
    assert_eq!(reason(CallError::of(Kind::NoConnection)), GapReason::Timeout);
    assert_eq!(reason(CallError::of(Kind::NoCredentials)), GapReason::NoCredentials);
    assert_eq!(reason(CallError::of(Kind::Refused)), GapReason::Blocked);
    assert_eq!(reason(CallError::of(Kind::NotBuilt)), GapReason::Other);
}

#[test]
fn a_missing_host_means_a_missing_service_only_where_the_region_has_answered() {
    let error = CallError::of(Kind::NoSuchHost);
    assert_eq!(error.gap(&LIST_COVERAGE, Stage::inside(true)).reason, GapReason::Unsupported);
    assert_eq!(error.gap(&LIST_COVERAGE, Stage::inside(false)).reason, GapReason::Timeout);
    assert_eq!(error.gap(&LIST_COVERAGE, Stage::ENTERING).reason, GapReason::Timeout);
}
