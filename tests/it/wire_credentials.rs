//! Ways to credentials and to the network, as every AWS SDK has them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use crate::support::audit::{Audit, Run};
use crate::support::fake::FakeAws;
use crate::support::live::SECRET;
use crate::support::reply::Reply;

const SCAN: &str = "--region ap-northeast-1 --format json";

/// Asserts that the whole scan ran as a caller of that account.
fn ran_as(aws: &FakeAws, run: Run, account: &str) {
    let report = run.expect(1).report();
    assert_eq!(report.0["run"]["targets"][0]["account"], account);
    let signed: Vec<_> = aws.calls().into_iter().filter(|call| !call.account.is_empty()).collect();
    assert!(!signed.is_empty() && signed.iter().all(|call| call.account == account));
}

#[cfg(unix)]
#[test]
fn a_credential_process_is_asked() {
    let aws = FakeAws::start();
    let answer = format!(r#"{{"Version":1,"AccessKeyId":"AKIA444455556666EXAM","SecretAccessKey":"{SECRET}"}}"#);
    let audit =
        Audit::new().env("AWS_ENDPOINT_URL", aws.url()).env("PATH", "/usr/bin:/bin").file("answer.json", answer);
    let path = audit.home().join("answer.json");
    let config = format!("[profile process]\ncredential_process = cat {}\n", path.display());
    ran_as(&aws, audit.file(".aws/config", config).scan(SCAN).args("--profile process").run(), "444455556666");
}

#[test]
fn a_web_identity_token_is_exchanged() {
    let aws = FakeAws::start();
    let audit = Audit::new().env("AWS_ENDPOINT_URL", aws.url()).file("token", "web-identity-token-of-the-test");
    let path = audit.home().join("token");
    let run = audit
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", path)
        .env("AWS_ROLE_ARN", "arn:aws:iam::444455556666:role/auditor")
        .env("AWS_REGION", "ap-northeast-1")
        .scan(SCAN)
        .run();
    assert!(!run.stderr.contains("web-identity-token"), "{}", run.stderr);
    ran_as(&aws, run, "444455556666");
    assert_eq!(aws.calls_of("sts:AssumeRoleWithWebIdentity").len(), 1);
}

#[test]
fn a_profile_may_assume_a_role_from_another_profile() {
    let aws = FakeAws::start();
    let config = "[profile base]\naws_access_key_id = AKIA111122223333EXAM\naws_secret_access_key = x\n\
                  [profile chained]\nrole_arn = arn:aws:iam::444455556666:role/auditor\nsource_profile = base\n\
                  region = ap-northeast-1\n";
    let run = Audit::new()
        .env("AWS_ENDPOINT_URL", aws.url())
        .file(".aws/config", config)
        .scan("--format json --profile chained")
        .run()
        .expect(1);
    assert_eq!(run.report().0["run"]["targets"][0]["account"], "444455556666");
    assert!(aws.calls_of("ec2:DescribeInstances").iter().all(|call| call.account == "444455556666"));
}

#[test]
fn a_containers_credentials_are_fetched() {
    let aws = FakeAws::start();
    aws.on("unknown:GET /credentials").reply(Reply::Made(Box::new(|_| {
        serde_json::json!({
            "AccessKeyId": "ASIA444455556666EXAM",
            "SecretAccessKey": SECRET,
            "Token": "container-token",
            "Expiration": "2099-12-31T23:59:59Z",
        })
        .to_string()
    })));
    let run = Audit::new()
        .env("AWS_ENDPOINT_URL", aws.url())
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/credentials", aws.url()))
        .scan(SCAN)
        .run();
    ran_as(&aws, run, "444455556666");
}

#[test]
fn a_wrong_clock_is_named() {
    let aws = FakeAws::start();
    let message = "Signature expired: 20261121T030405Z is now earlier than 20261121T031000Z";
    aws.on("*").reply(Reply::Error(403, "SignatureDoesNotMatch", message));
    let run = Audit::against(&aws.url()).scan(SCAN).run().expect(2);
    assert!(run.stderr.contains("clock"), "{}", run.stderr);
}

#[test]
fn a_region_that_cannot_be_one_is_named_before_any_call() {
    let aws = FakeAws::start();
    for region in ["tokyo", "us-east-1a", "US-EAST-1", "us-east-1 ", "../x"] {
        let run = Audit::against(&aws.url()).args("scan --region").arg(region).run().expect(2);
        assert!(run.stderr.contains(region) && run.stderr.contains("--region"), "{}", run.stderr);
    }
    assert!(aws.calls().is_empty());
}

#[test]
fn a_role_that_cannot_be_one_is_named_before_any_call() {
    let aws = FakeAws::start();
    let run = Audit::against(&aws.url()).scan(SCAN).args("--role-arn auditor").run().expect(2);
    assert!(run.stderr.contains("auditor"), "{}", run.stderr);
    let two = "--role-arn arn:aws:iam::444455556666:role/a --profile one --profile two";
    Audit::against(&aws.url()).profile("one", "111122223333").profile("two", "111122223333").scan(two).run().expect(2);
    assert!(aws.calls().is_empty());
}

#[test]
fn a_proxy_is_used_and_left_out_where_no_proxy_says_so() {
    let aws = FakeAws::start();
    // The endpoint's host does not exist: only a proxy can answer for it.
    let run = Audit::against("http://endpoint.invalid").env("HTTP_PROXY", aws.url()).scan(SCAN).run().expect(1);
    assert!(run.report().complete());
    assert!(aws.calls().len() > 10);
    // Nobody listens there, so an answer means that the proxy was not asked.
    let nobody = TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address");
    let run = Audit::against(&aws.url())
        .env("HTTP_PROXY", format!("http://{nobody}"))
        .env("NO_PROXY", "127.0.0.1")
        .scan(SCAN)
        .run()
        .expect(1);
    assert!(run.report().complete());
}

#[test]
fn aws_itself_is_reached_through_the_proxy_for_https() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection to the proxy");
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).expect("a request");
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").expect("the client reads");
        line
    });
    let run = Audit::new()
        .env("AWS_ACCESS_KEY_ID", "AKIA111122223333EXAM")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("HTTPS_PROXY", proxy)
        .scan("--region ap-northeast-1 --max-attempts 1 --attempt-timeout 5 --operation-timeout 5")
        .run()
        .expect(2);
    let line = asked.join().expect("the proxy's thread");
    assert_eq!(line, "CONNECT sts.ap-northeast-1.amazonaws.com:443 HTTP/1.1\r\n", "{}", run.stderr);
}

#[test]
fn a_ca_bundle_that_cannot_be_used_is_named() {
    for content in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let audit = Audit::against("http://127.0.0.1:9").file("ca.pem", content);
        let path = audit.home().join("ca.pem");
        let run = audit.env("AWS_CA_BUNDLE", path).scan(SCAN).run().expect(2);
        assert!(run.stderr.contains("AWS_CA_BUNDLE"), "{content:?}: {}", run.stderr);
    }
    let run = Audit::against("http://127.0.0.1:9").env("AWS_CA_BUNDLE", "no-such-file.pem").scan(SCAN).run().expect(2);
    assert!(run.stderr.contains("no-such-file.pem"), "{}", run.stderr);
}

/// A role's credentials that have expired when they come: this machine's clock is wrong, or that of AWS.
const EXPIRED: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <AssumedRoleUser><AssumedRoleId>AROA:a</AssumedRoleId><Arn>arn:aws:sts::444455556666:assumed-role/a/b</Arn>\
    </AssumedRoleUser><Credentials><AccessKeyId>ASIA444455556666EXAM</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
    <SessionToken>t</SessionToken><Expiration>2020-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
    </AssumeRoleResponse>";

#[test]
fn a_role_whose_credentials_come_expired_is_assumed_once() {
    let aws = FakeAws::start();
    aws.on("sts:AssumeRole").reply(Reply::Made(Box::new(|_| EXPIRED.to_owned())));
    let run = Audit::against(&aws.url()).scan(SCAN).args("--role-arn arn:aws:iam::444455556666:role/auditor").run();
    // This fake takes them; AWS would say that they have expired.
    assert!(run.expect(1).report().complete());
    assert_eq!(aws.calls_of("sts:AssumeRole").len(), 1);
}

#[test]
fn settings_that_the_sdk_cannot_use_are_named_before_any_call() {
    let aws = FakeAws::start();
    let cases: &[(&str, &str, &str)] = &[
        ("AWS_MAX_ATTEMPTS", "abc", "AWS_MAX_ATTEMPTS=5"),
        ("AWS_MAX_ATTEMPTS", "0", "AWS_MAX_ATTEMPTS=5"),
        ("AWS_MAX_ATTEMPTS", "-1", "AWS_MAX_ATTEMPTS=5"),
        ("AWS_RETRY_MODE", "foo", "AWS_RETRY_MODE=standard"),
        ("AWS_ENDPOINT_URL", "foo", "AWS_ENDPOINT_URL=https://"),
        ("AWS_ENDPOINT_URL", "http://", "AWS_ENDPOINT_URL=https://"),
        (
            "AWS_ENDPOINT_URL_STS",
            "sts.us-east-1.amazonaws.com",
            "AWS_ENDPOINT_URL_STS=https://sts.us-east-1.amazonaws.com",
        ),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "ftp://host", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=https://"),
        ("AWS_ENDPOINT_URL_EC2", "http://me:pw@host", "AWS_ENDPOINT_URL_EC2=http://host"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "/credentials", "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://"),
    ];
    for (name, value, instead) in cases {
        for command in [SCAN, "--region ap-northeast-1 --role-arn arn:aws:iam::444455556666:role/auditor"] {
            let run = Audit::against(&aws.url()).env(name, value).scan(command).run().expect(2);
            assert!(run.stderr.contains(&format!("error: {name} cannot be used")), "{value}: {}", run.stderr);
            assert!(run.stderr.contains(instead), "{value}: {}", run.stderr);
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        }
    }
    let profiles: &[(&str, &str)] = &[
        ("max_attempts = abc", "max_attempts = 5"),
        ("max_attempts = 0", "max_attempts = 5"),
        ("retry_mode = foo", "retry_mode = standard"),
        ("endpoint_url = foo", "endpoint_url = https://"),
        (
            "services = mine\n[services mine]\nsts =\n  endpoint_url = sts.example.com",
            "endpoint_url = https://sts.example.com",
        ),
    ];
    for (setting, instead) in profiles {
        let config = format!("[profile odd]\naws_access_key_id = a\naws_secret_access_key = b\n{setting}\n");
        let run =
            Audit::against(&aws.url()).file(".aws/config", config).scan(SCAN).args("--profile odd").run().expect(2);
        let key = setting.lines().last().and_then(|line| line.split(" =").next()).expect("a key").trim();
        assert!(run.stderr.contains(&format!("error: `{key}` of ")), "{setting}: {}", run.stderr);
        assert!(run.stderr.contains("profile `odd`") && run.stderr.contains(instead), "{setting}: {}", run.stderr);
    }
    assert!(aws.calls().is_empty());
}
