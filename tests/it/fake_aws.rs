//! The fake of AWS itself, asked by a plain HTTP client: the other tests believe what it says.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::call::access_key;
use crate::support::fake::FakeAws;
use crate::support::operations::OPERATIONS;
use crate::support::reply::{Reply, case_path};

/// A request and the answer to it.
struct Asked {
    status: u16,
    head: String,
    body: String,
    whole: bool,
}

struct Client<'a> {
    aws: &'a FakeAws,
    account: &'a str,
    region: &'a str,
}

impl Client<'_> {
    /// Sends a request that is signed as far as the fake looks: with a credential scope.
    fn send(&self, service: &str, method: &str, target: &str, headers: &str, body: &str) -> TcpStream {
        let address = self.aws.url();
        let mut stream = TcpStream::connect(&address["http://".len()..]).expect("the fake listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        let key = access_key(self.account);
        let region = self.region;
        write!(
            stream,
            "{method} {target} HTTP/1.1\r\nHost: fake\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={key}/20261121/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00\r\n\
             {headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the fake reads");
        stream
    }

    fn ask(&self, service: &str, method: &str, target: &str, headers: &str, body: &str) -> Asked {
        read_answer(&mut self.send(service, method, target, headers, body)).expect("an answer")
    }

    fn query(&self, service: &str, action: &str, rest: &str) -> Asked {
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.ask(service, "POST", "/", form, &format!("Action={action}&Version=1{rest}"))
    }

    fn json(&self, service: &str, target: &str, body: &str) -> Asked {
        self.ask(service, "POST", "/", &format!("X-Amz-Target: {target}\r\n"), body)
    }
}

fn read_answer(stream: &mut TcpStream) -> std::io::Result<Asked> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|length| length.parse().ok())
                .expect("every answer says how long it is");
            if body.len() >= length {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
                return Ok(Asked { status, head, body: body.to_owned(), whole: true });
            }
        }
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Ok(Asked { status: 0, head: String::new(), body: text, whole: false });
        }
        bytes.extend_from_slice(&buffer[..read]);
    }
}

fn client(aws: &FakeAws) -> Client<'_> {
    Client { aws, account: "111122223333", region: "ap-northeast-1" }
}

#[test]
fn every_operation_has_a_small_body_and_json_bodies_are_json() {
    for operation in OPERATIONS {
        let path = case_path(operation, "small");
        assert!(path.is_file(), "{} is missing", path.display());
    }
    for entry in walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wire")) {
        let text = std::fs::read_to_string(&entry).expect("a readable fixture");
        if entry.extension().is_some_and(|extension| extension == "json") {
            serde_json::from_str::<serde_json::Value>(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", entry.display()));
        }
    }
}

#[test]
fn every_fixture_is_the_case_of_some_test() {
    let tests: String = walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"))
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).expect("a readable test"))
        .collect();
    for path in walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wire")) {
        let case = path.file_stem().and_then(|stem| stem.to_str()).expect("a plain name");
        assert!(tests.contains(&format!("\"{case}\"")), "no test names {}", path.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of fixtures");
    entries
        .flat_map(|entry| {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path) } else { vec![path] }
        })
        .collect()
}

#[test]
fn operations_are_recognized_in_every_protocol_and_bodies_speak_of_the_caller() {
    let aws = FakeAws::start();
    let client = Client { aws: &aws, account: "123456789012", region: "us-east-1" };
    let ec2 = client.query("ec2", "DescribeInstances", "&MaxResults=1000&Filter.1.Name=a%20b");
    assert_eq!(ec2.status, 200);
    assert!(ec2.body.contains("<ownerId>123456789012</ownerId>"));
    assert!(ec2.body.contains("<availabilityZone>us-east-1a</availabilityZone>"));
    let ssm = client.json("ssm", "AmazonSSM.DescribeInstanceInformation", r#"{"MaxResults":50}"#);
    assert!(ssm.body.contains("InstanceInformationList"));
    let efs = client.ask("elasticfilesystem", "GET", "/2015-02-01/file-systems?MaxItems=100", "", "");
    assert!(efs.body.contains("arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/"));
    let path = "/2015-02-01/file-systems/fs-0123456789abcde01/lifecycle-configuration";
    assert!(client.ask("elasticfilesystem", "GET", path, "", "").body.contains("AFTER_1_ACCESS"));
    assert!(client.ask("inspector2", "POST", "/coverage/list", "", "{}").body.contains("coveredResources"));
    let role = client.query("sts", "AssumeRole", "&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fa");
    assert!(role.body.contains("<AccessKeyId>ASIA444455556666EXAM</AccessKeyId>"));

    let calls = aws.calls();
    let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(
        names,
        [
            "ec2:DescribeInstances",
            "ssm:DescribeInstanceInformation",
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeLifecycleConfiguration",
            "inspector2:ListCoverage",
            "sts:AssumeRole",
        ]
    );
    assert!(calls.iter().all(|call| call.account == "123456789012" && call.region == "us-east-1"));
    assert_eq!(calls[0].parameter("Filter.1.Name"), "a b");
    assert_eq!(calls[1].parameter("MaxResults"), "50");
    assert_eq!(calls[2].parameter("MaxItems"), "100");
    assert_eq!(calls[3].parameter("FileSystemId"), "fs-0123456789abcde01");
}

#[test]
fn what_is_not_on_the_list_is_refused_and_remembered() {
    let aws = FakeAws::start();
    let answer = client(&aws).query("ec2", "TerminateInstances", "");
    assert_eq!(answer.status, 400);
    assert_eq!(aws.operations().into_iter().collect::<Vec<_>>(), ["ec2:TerminateInstances"]);
    assert_eq!(client(&aws).ask("s3", "DELETE", "/bucket", "", "").status, 400);
    assert!(aws.operations().contains("unknown:DELETE /bucket"));
}

#[test]
fn the_newest_fitting_rule_answers_until_it_is_used_up() {
    let aws = FakeAws::start();
    aws.on("ssm:*").account("111122223333").region("ap-northeast-1").times(2).reply(Reply::Throttled);
    aws.on("ssm:DescribeInstanceInformation").with("NextToken", "more").reply(Reply::Case("page-2"));
    aws.on("ssm:DescribeInstanceInformation").account("444455556666").reply(Reply::Denied);
    let first = Reply::Page("small", "more");
    aws.on("ssm:DescribeInstanceInformation").region("us-east-1").with("NextToken", "").reply(first);
    let target = "AmazonSSM.DescribeInstanceInformation";
    let here = client(&aws);
    assert_eq!(here.json("ssm", target, "{}").status, 400);
    assert_eq!(here.json("ssm", target, "{}").status, 400);
    assert_eq!(here.json("ssm", target, "{}").status, 200);
    assert!(here.json("ssm", target, r#"{"NextToken":"more"}"#).body.contains("i-0123456789abcde05"));
    let other = Client { account: "444455556666", ..here };
    let denied = other.json("ssm", target, "{}");
    assert!(denied.body.contains("AccessDeniedException") && denied.body.contains("ssm:DescribeInstanceInformation"));
    let paged = Client { region: "us-east-1", ..client(&aws) }.json("ssm", target, "{}");
    let body: serde_json::Value = serde_json::from_str(&paged.body).expect("a token does not break the JSON");
    assert_eq!(body["NextToken"], "more");
}

#[test]
fn errors_have_the_form_of_their_service() {
    let aws = FakeAws::start();
    aws.on("*").reply(Reply::Denied);
    let client = client(&aws);
    let ec2 = client.query("ec2", "DescribeInstances", "");
    assert_eq!(ec2.status, 403);
    assert!(ec2.body.contains("<Response><Errors><Error><Code>UnauthorizedOperation</Code>"));
    let sts = client.query("sts", "GetCallerIdentity", "");
    assert!(sts.body.contains("<ErrorResponse") && sts.body.contains("<Code>AccessDenied</Code>"));
    let ecr = client.json("ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories", "{}");
    assert_eq!(ecr.status, 400);
    assert!(ecr.body.contains(r#""__type":"AccessDeniedException""#));
    let efs = client.ask("elasticfilesystem", "GET", "/2015-02-01/file-systems", "", "");
    assert_eq!(efs.status, 403);
    assert!(efs.head.contains("x-amzn-errortype: accessdeniedexception"));
    assert!(efs.head.contains("x-amzn-requestid: 00000000-0000-4000-8000-000000000004"));
}

#[test]
fn connections_break_in_the_ways_that_were_asked_for() {
    let aws = FakeAws::start();
    let path = "/2015-02-01/file-systems";
    aws.on("elasticfilesystem:DescribeFileSystems").times(1).reply(Reply::Reset);
    let mut reset = client(&aws).send("elasticfilesystem", "GET", path, "", "");
    let error = read_answer(&mut reset).err().expect("no answer");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);

    aws.on("elasticfilesystem:DescribeFileSystems").times(1).reply(Reply::Truncated("small"));
    let cut = client(&aws).ask("elasticfilesystem", "GET", path, "", "");
    assert!(!cut.whole && cut.body.contains("FileSystems"));

    aws.on("elasticfilesystem:DescribeFileSystems").times(1).reply(Reply::HalfBody("small"));
    let half = client(&aws).ask("elasticfilesystem", "GET", path, "", "");
    assert!(half.whole && serde_json::from_str::<serde_json::Value>(&half.body).is_err());

    aws.on("elasticfilesystem:DescribeFileSystems").times(1).reply(Reply::Html);
    let page = client(&aws).ask("elasticfilesystem", "GET", path, "", "");
    assert!(page.status == 200 && page.head.contains("text/html"));

    aws.on("elasticfilesystem:DescribeFileSystems").times(1).reply(Reply::Hang);
    let mut hangs = client(&aws).send("elasticfilesystem", "GET", path, "", "");
    hangs.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
    let waiting = read_answer(&mut hangs).err().expect("nothing comes").kind();
    assert!(matches!(waiting, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{waiting:?}");
    drop(aws);
    assert!(!read_answer(&mut hangs).expect("the end of the connection").whole);
}
