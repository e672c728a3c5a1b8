//! Who may enter where, against a loopback server that knows which region a request was signed for.

use super::super::loopback::{Answer, Asked, Server, xml};
use super::super::progress::Silent;
use super::super::request::Checked;
use super::super::session::RunContext;
use super::super::units::of_sessions;
use super::super::{Limits, transport};
use super::*;

const ACCOUNT: &str = "111122223333";

fn identified(account: &str) -> Answer {
    let result = format!(
        "<GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/a</Arn><Account>{account}</Account>\
         </GetCallerIdentityResult>"
    );
    xml("GetCallerIdentityResponse", &result)
}

fn sts_error(code: &str) -> Answer {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>");
    (403, "text/xml", body)
}

fn assumed(key: &str) -> Answer {
    let result = format!(
        "<AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2199-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
    );
    xml("AssumeRoleResponse", &result)
}

/// What is found with one identity, the roles and the regions given: account, region, and why it cannot be entered.
fn entered(
    server: &Server,
    regions: Regions,
    roles: &[&str],
) -> Result<Vec<(String, String, Option<Gap>)>, CollectError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let context = RunContext {
        probe: false,
        http: transport::http_client().expect("a client"),
        limits: Limits::default(),
        progress: Arc::new(Silent),
    };
    let roles = roles.iter().map(|role| RoleArn::parse(role).expect("a role")).collect::<Vec<_>>();
    let base = Session::fixed(&server.endpoint, false);
    let checked = Checked { regions, profiles: vec![None], roles, members: None, external_id: None };
    let enterer = Enterer { scheduler: Scheduler::new(4) };
    runtime.block_on(Box::pin(async {
        let found = of_sessions(&checked, &context, &enterer, vec![base]).await?;
        let mut targets = Vec::new();
        let mut refused = None;
        for unit in &found.units {
            match enterer.enter(unit, found.base.as_ref()).await {
                Entered::Open(inside, regions) => {
                    targets.extend(regions.into_iter().map(|region| (inside.account.clone(), region, None)));
                }
                Entered::Blind(shut) => targets.push((shut.account, shut.region, Some(shut.gap))),
                Entered::Closed(shut, refusal) => {
                    targets.extend(shut.into_iter().map(|shut| (shut.account, shut.region, Some(shut.gap))));
                    refused.get_or_insert(*refusal);
                }
            }
        }
        if let Some(refusal) = refused
            && targets.iter().all(|(.., gap)| gap.is_some())
        {
            return Err(refusal.into());
        }
        targets.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        Ok(targets)
    }))
}

fn regions(names: &[&str]) -> Regions {
    Regions::Explicit(names.iter().map(|name| (*name).to_owned()).collect())
}

/// Account, region, and the reason why it cannot be entered.
fn summary(targets: &[(String, String, Option<Gap>)]) -> Vec<(&str, &str, Option<GapReason>)> {
    targets
        .iter()
        .map(|(account, region, gap)| (account.as_str(), region.as_str(), gap.as_ref().map(|gap| gap.reason)))
        .collect()
}

#[test]
fn an_account_is_asked_once_who_it_is_whatever_its_regions() {
    let server = Server::start(|_| identified(ACCOUNT));
    let targets = entered(&server, regions(&["eu-west-1", "af-south-1", "us-east-1"]), &[]).expect("targets");
    let expected = [(ACCOUNT, "af-south-1", None), (ACCOUNT, "eu-west-1", None), (ACCOUNT, "us-east-1", None)];
    assert_eq!(summary(&targets), expected);
    assert_eq!(server.operations(), ["GetCallerIdentity"]);
}

#[test]
fn the_first_region_being_off_is_told_from_bad_keys() {
    let server = Server::start(|asked: &Asked| match asked.region.as_str() {
        "af-south-1" => sts_error("InvalidClientTokenId"),
        _ => identified(ACCOUNT),
    });
    let targets = entered(&server, regions(&["af-south-1"]), &[]).expect("targets");
    assert_eq!(summary(&targets), [(ACCOUNT, "af-south-1", None)]);

    let server = Server::start(|_| sts_error("InvalidClientTokenId"));
    let error = entered(&server, regions(&["af-south-1"]), &[]).expect_err("no identity");
    assert!(matches!(error, CollectError::NoCredentials { .. }), "{error}");
}

#[test]
fn an_expired_token_is_fatal_at_once() {
    let server = Server::start(|_| sts_error("ExpiredToken"));
    let error = entered(&server, regions(&["eu-west-1"]), &[]).expect_err("no identity");
    assert!(matches!(error, CollectError::NoCredentials { .. }), "{error}");
    assert_eq!(server.operations(), ["GetCallerIdentity"]);
}

#[test]
fn all_regions_are_those_switched_on_and_cost_one_identity_call() {
    let server = Server::start(|asked: &Asked| match asked.operation.as_str() {
        "DescribeRegions" => xml(
            "DescribeRegionsResponse",
            "<regionInfo><item><regionName>us-east-1</regionName><optInStatus>opt-in-not-required</optInStatus></item>\
             <item><regionName>af-south-1</regionName><optInStatus>not-opted-in</optInStatus></item>\
             <item><regionName>ap-east-1</regionName><optInStatus>opted-in</optInStatus></item></regionInfo>",
        ),
        _ => identified(ACCOUNT),
    });
    let targets = entered(&server, Regions::All, &[]).expect("targets");
    assert_eq!(summary(&targets), [(ACCOUNT, "ap-east-1", None), (ACCOUNT, "us-east-1", None)]);
    assert_eq!(server.operations(), ["DescribeRegions", "GetCallerIdentity"]);
}

#[test]
fn regions_that_cannot_be_listed_are_a_gap_of_the_whole_account() {
    let denial = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>\
                  <RequestID>r</RequestID></Response>";
    let server = Server::start(move |asked: &Asked| match asked.operation.as_str() {
        "DescribeRegions" => (403, "text/xml", denial.to_owned()),
        _ => identified(ACCOUNT),
    });
    let targets = entered(&server, Regions::All, &[]).expect("targets");
    assert_eq!(summary(&targets), [(ACCOUNT, "us-east-1", Some(GapReason::AccessDenied))]);
    let gap = targets[0].2.as_ref().expect("a gap");
    assert_eq!(gap.operation, "ec2:DescribeRegions");
    assert!(gap.message.contains("--region"), "{}", gap.message);
}

#[test]
fn a_role_that_cannot_be_assumed_is_a_gap_beside_those_that_can() {
    let server = Server::start(|asked: &Asked| match asked.operation.as_str() {
        "AssumeRole" if asked.body.contains("closed") => sts_error("AccessDenied"),
        "AssumeRole" => assumed("other"),
        _ => identified("444455556666"),
    });
    let roles = ["arn:aws:iam::111122223333:role/closed", "arn:aws:iam::444455556666:role/open"];
    let targets = entered(&server, regions(&["eu-west-1", "us-east-1"]), &roles).expect("targets");
    let denied = Some(GapReason::AccessDenied);
    let expected = [
        (ACCOUNT, "eu-west-1", denied),
        (ACCOUNT, "us-east-1", denied),
        ("444455556666", "eu-west-1", None),
        ("444455556666", "us-east-1", None),
    ];
    assert_eq!(summary(&targets), expected);
    let gap = targets[0].2.as_ref().expect("a gap");
    assert_eq!(gap.operation, "sts:AssumeRole");
    assert!(gap.message.starts_with("arn:aws:iam::111122223333:role/closed: "), "{}", gap.message);
    let assumptions = server.operations().iter().filter(|operation| *operation == "AssumeRole").count();
    assert_eq!(assumptions, 2, "each role is assumed once");
}

#[test]
fn no_role_that_can_be_assumed_is_a_failure() {
    let server = Server::start(|_| sts_error("AccessDenied"));
    let roles = ["arn:aws:iam::111122223333:role/closed", "arn:aws:iam::444455556666:role/closed"];
    let error = entered(&server, regions(&["eu-west-1"]), &roles).expect_err("no target");
    assert!(matches!(&error, CollectError::NotIdentified { who, .. } if who == roles[0]), "{error}");
}

#[test]
fn two_ways_into_one_account_are_one_target_and_the_open_one_wins() {
    let server = Server::start(|asked: &Asked| match asked.operation.as_str() {
        "AssumeRole" if asked.body.contains("closed") => sts_error("AccessDenied"),
        "AssumeRole" => assumed("key"),
        _ => identified(ACCOUNT),
    });
    let roles = ["arn:aws:iam::111122223333:role/closed", "arn:aws:iam::111122223333:role/open"];
    let targets = entered(&server, regions(&["eu-west-1"]), &roles).expect("targets");
    assert_eq!(summary(&targets), [(ACCOUNT, "eu-west-1", None)]);
}

#[test]
fn an_answer_of_a_proxy_is_no_identity() {
    let server = Server::start(|_| (200, "text/html", "<html>sign in</html>".to_owned()));
    let error = entered(&server, regions(&["eu-west-1"]), &[]).expect_err("no identity");
    let CollectError::NotIdentified { gap, .. } = &error else { panic!("{error}") };
    assert_eq!(gap.reason, GapReason::Protocol);
}
