//! No secret in any output, whatever fails: planted in every place where a credential can live, and looked for in
//! standard output, standard error with `-vvv`, the snapshot and the report.

use std::net::TcpListener;

use crate::support::audit::{Audit, Run};
use crate::support::call::access_key;
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;

/// Part of every planted secret, and of those that AWS STS answers with in the fixtures.
const PLANTED: [&str; 3] = ["planted", "role-secret-key", "role-session-token"];
/// The same in base64, at each of the three places of a group of bytes where it can begin.
const IN_BASE64: [&str; 3] = ["cGxhbnRlZ", "BsYW50ZW", "wbGFudGVk"];

const SECRET_KEY: &str = "planted-secret-key-0000000000000000000000";
const TOKEN: &str = "planted-session-token";
const EXTERNAL_ID: &str = "planted-external-id";
const ROLE: &str = "arn:aws:iam::444455556666:role/auditor";

/// A place for a secret, and how it gets there.
type Plant = (&'static str, fn(Audit) -> Audit);

fn keys(audit: Audit) -> Audit {
    audit
        .env("AWS_ACCESS_KEY_ID", access_key("111122223333"))
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_SESSION_TOKEN", TOKEN)
}

fn process(audit: Audit, script: &str) -> Audit {
    let audit = audit.env("PATH", "/usr/bin:/bin").file("process.sh", script);
    let path = audit.home().join("process.sh");
    let config = format!("[profile process]\ncredential_process = sh {} planted-argument\n", path.display());
    audit.file(".aws/config", config).args("--profile process")
}

const PLANTS: &[Plant] = &[
    ("keys in the environment", keys),
    ("an external id", |audit| keys(audit).args("--role-arn").arg(ROLE).args("--external-id").arg(EXTERNAL_ID)),
    ("an external id in the configuration", |audit| {
        let config = format!("[targets]\nrole_arns = [\"{ROLE}\"]\nexternal_id = \"{EXTERNAL_ID}\"\n");
        keys(audit).file("inspector-audit.toml", config)
    }),
    ("a token of IAM Identity Center", |audit| {
        let config = "[profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = auditor\n\
                      [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n";
        let token = "{\"accessToken\": \"planted-access-token\", \"refreshToken\": \"planted-refresh-token\", \
                     \"clientId\": \"planted-client\", \"clientSecret\": \"planted-client-secret\", \
                     \"registrationExpiresAt\": \"2099-01-01T00:00:00Z\", \"expiresAt\": \"2099-01-01T00:00:00Z\", \
                     \"region\": \"us-east-1\", \"startUrl\": \"https://corp.awsapps.com/start\"}";
        // The file is named after the session, by SHA-1.
        let audit = audit
            .file(".aws/config", config)
            .file(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", token);
        audit.args("--profile sso")
    }),
    ("a web identity token", |audit| {
        let audit = audit.file("token", "planted-web-identity-token");
        let path = audit.home().join("token");
        let audit = audit.env("AWS_WEB_IDENTITY_TOKEN_FILE", path).env("AWS_ROLE_ARN", ROLE);
        audit.args("--role-arn").arg(ROLE).args("--external-id").arg(EXTERNAL_ID)
    }),
    ("keys in a profile", |audit| {
        let key = access_key("111122223333");
        let config = format!(
            "[profile keys]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_KEY}\naws_session_token = {TOKEN}\n\
             [profile chained]\nrole_arn = {ROLE}\nsource_profile = keys\nexternal_id = {EXTERNAL_ID}\n"
        );
        audit.file(".aws/config", config).args("--profile chained --profile keys")
    }),
    ("a credential process", |audit| {
        let answer = format!(
            "{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{SECRET_KEY}\",\"SessionToken\":\"{TOKEN}\"}}",
            access_key("111122223333")
        );
        process(audit, &format!("echo planted-stderr >&2\necho '{answer}'\n"))
    }),
    ("a credential process that fails", |audit| {
        process(audit, "echo planted-stdout\necho 'planted-stderr: Request { planted }' >&2\nexit 3\n")
    }),
    ("a credential process that answers nonsense", |audit| {
        process(audit, "echo '{\"Version\":1,\"SecretAccessKey\":\"planted\",\"Expiration\":\"planted\", planted'\n")
    }),
    ("a credential process that answers for another version", |audit| {
        process(
            audit,
            "echo '{\"Version\":\"planted\",\"AccessKeyId\":{\"planted\":1},\"SecretAccessKey\":\"planted\"}'\n",
        )
    }),
    ("a container's credentials", |audit| {
        // Nobody answers there but the fake, which the tests of faults break too.
        let url = audit.variable("AWS_ENDPOINT_URL").expect("an endpoint");
        audit
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}/credentials"))
            .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "planted-authorization-token")
    }),
];

/// How the network and AWS can fail, everywhere or in AWS STS alone.
fn faults() -> Vec<Reply> {
    let canonical = "The request signature we calculated does not match the signature you provided. The Canonical String \
                     for this request should have been 'POST x-amz-security-token:planted-session-token'";
    vec![
        Reply::Case("small"),
        Reply::Denied,
        Reply::Error(403, "SignatureDoesNotMatch", canonical),
        Reply::Error(400, "ValidationError", "the request was: Request { planted }"),
        Reply::Error(500, "InternalError", "An internal error has occurred"),
        Reply::Throttled,
        Reply::Expired,
        Reply::Html,
        Reply::HtmlError(502),
        Reply::Foreign(403, ""),
        Reply::HalfBody("small"),
        Reply::Truncated("small"),
        Reply::Reset,
        Reply::Hang,
    ]
}

/// A run with everything that it can put out, against an endpoint.
fn scan(endpoint: &str) -> Audit {
    Audit::new()
        .env("AWS_ENDPOINT_URL", endpoint)
        .scan("--region ap-northeast-1 --format json -vvv --save-snapshot world.json --output report.html")
        .args("--max-attempts 1 --attempt-timeout 0.8 --operation-timeout 2")
}

/// Asserts that nothing planted is in anything that a run has put out.
fn assert_nothing_planted(run: &Run, what: &str) {
    let files = ["world.json", "report.html"].map(|name| std::fs::read_to_string(run.path(name)).unwrap_or_default());
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
    for text in [&run.stdout, &run.stderr, &files[0], &files[1]] {
        for secret in PLANTED.into_iter().chain(IN_BASE64) {
            let found = text.lines().find(|line| line.contains(secret));
            assert!(found.is_none(), "{what}: {}", found.unwrap_or_default());
        }
    }
}

/// What a container's agent and IAM Identity Center answer.
fn answer_credentials(aws: &FakeAws) {
    let key = access_key("111122223333");
    let container = format!(
        r#"{{"AccessKeyId":"{key}","SecretAccessKey":"{SECRET_KEY}","Token":"{TOKEN}","Expiration":"2099-12-31T23:59:59Z"}}"#
    );
    aws.on("unknown:GET /credentials").reply(Reply::Made(Box::new(move |_| container.clone())));
    let role = format!(
        r#"{{"roleCredentials":{{"accessKeyId":"{key}","secretAccessKey":"{SECRET_KEY}","sessionToken":"{TOKEN}",
        "expiration":4102444799000}}}}"#
    );
    aws.on("unknown:GET /federation/credentials").reply(Reply::Made(Box::new(move |_| role.clone())));
}

/// Every plant that `concerned` names under each fault of these operations.
fn under(operations: &str, concerned: fn(&str) -> bool, faults: fn() -> Vec<Reply>) {
    for number in 0..faults().len() {
        for (place, plant) in PLANTS.iter().filter(|(place, _)| concerned(place)) {
            let aws = FakeAws::start();
            answer_credentials(&aws);
            let reply = faults().swap_remove(number);
            let what = format!("{place}, {operations} {reply:?}");
            let whole = matches!(reply, Reply::Case(_));
            if !whole {
                aws.on(operations).reply(reply);
            }
            let ran = plant(scan(&aws.url())).run();
            if whole {
                // What is planted is used: else the test would look for nothing.
                assert_eq!(ran.code(), if place.contains("a credential process that ") { 2 } else { 1 }, "{what}");
            }
            assert!(ran.code() <= 3, "{what}");
            assert_nothing_planted(&ran, &what);
        }
    }
}

#[test]
fn no_secret_gets_out_while_credentials_are_fetched() {
    under("sts:*", |_| true, || faults().into_iter().step_by(2).collect());
}

#[test]
fn no_secret_gets_out_however_the_exchange_of_credentials_fails() {
    under("sts:*", |_| true, || faults().into_iter().skip(1).step_by(2).collect());
}

#[test]
fn no_secret_gets_out_where_the_source_of_credentials_fails() {
    under("unknown:*", |place| place.contains("container") || place.contains("Identity Center"), faults);
}

#[test]
fn no_secret_gets_out_while_a_target_is_read() {
    // The way in is open, everything behind it is not.
    for number in 1..faults().len() {
        for (place, plant) in &PLANTS[..2] {
            let aws = FakeAws::start();
            for service in ["ec2:*", "ecr:*", "elasticfilesystem:*", "inspector2:*", "ssm:*"] {
                aws.on(service).reply(faults().swap_remove(number));
            }
            let what = format!("{place}, everything {:?}", faults()[number]);
            assert_nothing_planted(&plant(scan(&aws.url())).run(), &what);
        }
    }
}

#[test]
fn no_secret_gets_out_where_an_endpoint_is_none() {
    let nobody = TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address");
    let dead = format!("http://{nobody}");
    let endpoints =
        ["foo", "sts.us-east-1.amazonaws.com", "http://", "me:planted@host", &dead, "http://endpoint.invalid"];
    let user = format!("http://me:planted-password@{nobody}");
    for endpoint in endpoints.into_iter().chain([user.as_str()]) {
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
            for (place, plant) in &PLANTS[..4] {
                let ran = plant(scan(&dead).env(name, endpoint)).run().expect(2);
                assert_nothing_planted(&ran, &format!("{place}, {name}={endpoint}"));
            }
        }
    }
}

#[test]
fn no_secret_gets_out_of_a_proxys_address() {
    let aws = FakeAws::start();
    let nobody = TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address");
    let proxy = |at: &str| format!("http://planted-user:planted-password@{at}");
    let alive = proxy(aws.url().trim_start_matches("http://"));
    let proxies = [alive, proxy(&nobody.to_string()), proxy("proxy.invalid:3128"), proxy(""), proxy("x y")];
    for (number, proxy) in proxies.iter().enumerate() {
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"] {
            for endpoint in ["http://endpoint.invalid", "https://endpoint.invalid"] {
                let ran = keys(scan(endpoint).env(name, proxy)).run();
                assert_nothing_planted(&ran, &format!("{name} {number} for {endpoint}"));
            }
        }
    }
}

#[test]
fn no_secret_gets_out_of_files_that_cannot_be_read() {
    for config in ["[profile x\nplanted", "planted = planted\n", "[default]\n  planted\nx planted\n"] {
        for name in [".aws/config", ".aws/credentials"] {
            let ran = scan("http://127.0.0.1:9").file(name, config).run();
            assert_nothing_planted(&ran, &format!("{name}: {config}"));
        }
    }
}
