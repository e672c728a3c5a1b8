//! The whole program against a loopback endpoint: a small target, and a large one behind 50 ms of latency.
//!
//! Criterion times the process from start to end. Where GNU time is installed, CPU time and peak memory are printed
//! as well; the calls are counted by the endpoint.

#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use std::fmt::Write as _;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use support::call::{Call, access_key};
use support::fake::FakeAws;
use support::reply::Reply;

#[expect(dead_code, reason = "the tests use the rest")]
mod support;

const LATENCY: Duration = Duration::from_millis(50);
/// Instances and file systems of the large world; few of them where it is only tried whether this runs.
static SIZE: LazyLock<(usize, usize)> =
    LazyLock::new(|| if std::env::args().any(|argument| argument == "--test") { (200, 20) } else { (5_000, 500) });
const SUBNETS: usize = 20;

criterion_group!(benches, small, large);
criterion_main!(benches);

fn small(criterion: &mut Criterion) {
    let aws = FakeAws::start();
    resources("small target", &aws);
    println!("small target: {} calls, two of them for file systems, one for repositories", calls_of_one_run(&aws));
    criterion.bench_function("scan of a small target", |bencher| bencher.iter(|| run(&aws)));
}

fn large(criterion: &mut Criterion) {
    let aws = FakeAws::start();
    fill(&aws);
    // The nodes come in pages of 50, each of which names the next: no other chain of calls is as long.
    let chain = u32::try_from(SIZE.0.div_ceil(50) + 1).expect("a number of pages");
    println!("large target: the longest chain is {chain} calls, {:?}", LATENCY * chain);
    resources("large target", &aws);
    let mut group = criterion.benchmark_group("scan at 50 ms a call");
    group.sample_size(10).measurement_time(Duration::from_mins(1));
    group.bench_function("5,000 instances, 500 file systems", |bencher| bencher.iter(|| run(&aws)));
    group.finish();
}

/// One scan; what it found does not matter here, but that it could look does.
fn run(aws: &FakeAws) {
    let status = scan(aws, Command::new(program())).output().expect("the program starts");
    let code = status.status.code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}: {}", String::from_utf8_lossy(&status.stderr));
}

/// The program that is measured: another one where `MEASURED` names it, such as that of a release.
fn program() -> String {
    std::env::var("MEASURED").unwrap_or_else(|_| env!("CARGO_BIN_EXE_inspector-audit").to_owned())
}

fn scan(aws: &FakeAws, mut command: Command) -> Command {
    command
        .args(["scan", "--region", "ap-northeast-1", "--format", "json"])
        .env_clear()
        .env("AWS_ENDPOINT_URL", aws.url())
        .env("AWS_ACCESS_KEY_ID", access_key("111122223333"))
        .env("AWS_SECRET_ACCESS_KEY", "secret");
    command
}

fn calls_of_one_run(aws: &FakeAws) -> usize {
    let before = aws.calls().len();
    run(aws);
    aws.calls().len() - before
}

/// Prints what one run takes, where GNU time can say it.
fn resources(name: &str, aws: &FakeAws) {
    let mut time = Command::new("/usr/bin/time");
    time.args(["-f", "%U s user, %S s system, %M KiB", &program()]);
    let began = Instant::now();
    let Ok(output) = scan(aws, time).output() else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    println!("{name}: {}, {:?} in all", said.lines().last().unwrap_or(""), began.elapsed());
}

/// The large world: every instance is a managed node that can reach the file systems of its subnet.
fn fill(aws: &FakeAws) {
    for prefix in ["ec2:*", "ecr:*", "elasticfilesystem:*", "inspector2:*", "ssm:*", "sts:*"] {
        aws.on(prefix).reply(late(Reply::Case("small")));
    }
    let page = |operation: &str, make: fn(&Call) -> String| aws.on(operation).reply(late(Reply::Made(Box::new(make))));
    page("ec2:DescribeInstances", instances);
    page("ec2:DescribeNetworkInterfaces", interfaces);
    page("ssm:DescribeInstanceInformation", nodes);
    aws.on("cloudwatch:GetMetricData").reply(late(Reply::Bytes(support::series::quiet_bytes)));
    // A scan that has begun of late leaves questions open.
    page("ssm:DescribeAssociationExecutions", support::series::steady_runs);
    page("inspector2:ListCoverage", coverage);
    page("elasticfilesystem:DescribeFileSystems", file_systems);
}

fn late(reply: Reply) -> Reply {
    Reply::Slow(LATENCY, Box::new(reply))
}

/// The numbers on the page that a call asks for, and the token of the next page.
fn page(call: &Call, token: &str, size: usize, total: usize) -> (std::ops::Range<usize>, Option<String>) {
    let from = call.parameter(token).parse().unwrap_or(0);
    let to = usize::min(from + size, total);
    (from..to, (to < total).then(|| to.to_string()))
}

fn address(number: usize, host: usize) -> String {
    let subnet = number % SUBNETS;
    let rest = number / SUBNETS + host;
    format!("10.{subnet}.{}.{}", rest / 250, rest % 250 + 4)
}

fn xml(operation: &str, list: &str, items: &str, next: Option<String>) -> String {
    let next = next.map_or_else(String::new, |next| format!("<nextToken>{next}</nextToken>"));
    format!(
        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>\
         <{list}>{items}</{list}>{next}</{operation}Response>"
    )
}

fn instances(call: &Call) -> String {
    let (numbers, next) = page(call, "NextToken", 1000, SIZE.0);
    let mut items = String::new();
    for number in numbers {
        let (subnet, ip) = (number % SUBNETS, address(number, 1000));
        write!(
            items,
            "<item><reservationId>r-{number:017x}</reservationId><ownerId>111122223333</ownerId><groupSet/><instancesSet>\
             <item><instanceId>i-{number:017x}</instanceId><instanceState><code>16</code><name>running</name></instanceState>\
             <launchTime>2026-09-01T00:00:00.000Z</launchTime>\
             <placement><availabilityZone>ap-northeast-1a</availabilityZone></placement>\
             <subnetId>subnet-{subnet:017x}</subnetId><vpcId>vpc-0123456789abcde01</vpcId>\
             <tagSet><item><key>Name</key><value>web-{number}</value></item></tagSet>\
             <networkInterfaceSet><item><networkInterfaceId>eni-{number:017x}</networkInterfaceId>\
             <subnetId>subnet-{subnet:017x}</subnetId><vpcId>vpc-0123456789abcde01</vpcId>\
             <privateIpAddress>{ip}</privateIpAddress>\
             <groupSet><item><groupId>sg-0123456789abcde01</groupId></item></groupSet>\
             <attachment><deviceIndex>0</deviceIndex></attachment>\
             <privateIpAddressesSet><item><privateIpAddress>{ip}</privateIpAddress><primary>true</primary></item>\
             </privateIpAddressesSet></item></networkInterfaceSet>\
             <metadataOptions><state>applied</state><httpEndpoint>enabled</httpEndpoint>\
             <instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions>\
             <platformDetails>Linux/UNIX</platformDetails></item></instancesSet></item>"
        )
        .expect("writing to a text");
    }
    xml("DescribeInstances", "reservationSet", &items, next)
}

fn interfaces(call: &Call) -> String {
    let (numbers, next) = page(call, "NextToken", 1000, SIZE.1);
    let mut items = String::new();
    for number in numbers {
        let (subnet, ip) = (number % SUBNETS, address(number, 0));
        write!(
            items,
            "<item><networkInterfaceId>eni-f{number:016x}</networkInterfaceId><subnetId>subnet-{subnet:017x}</subnetId>\
             <vpcId>vpc-0123456789abcde01</vpcId><availabilityZone>ap-northeast-1a</availabilityZone>\
             <description>EFS mount target for fs-{number:017x} (fsmt-{number:017x})</description>\
             <requesterManaged>true</requesterManaged><status>in-use</status><privateIpAddress>{ip}</privateIpAddress>\
             <groupSet><item><groupId>sg-0123456789abcde02</groupId></item></groupSet></item>"
        )
        .expect("writing to a text");
    }
    xml("DescribeNetworkInterfaces", "networkInterfaceSet", &items, next)
}

fn json_page(list: &str, rows: &[Value], token: &str, next: Option<String>) -> String {
    let mut body = json!({ list: rows });
    if let Some(next) = next {
        body[token] = next.into();
    }
    body.to_string()
}

fn nodes(call: &Call) -> String {
    let (numbers, next) = page(call, "NextToken", 50, SIZE.0);
    let row = |number| {
        json!({
            "InstanceId": format!("i-{number:017x}"),
            "PingStatus": "Online",
            "LastPingDateTime": 1_795_219_200.123,
            "AgentVersion": "3.3.2299.0",
            "PlatformType": "Linux",
            "ResourceType": "EC2Instance",
        })
    };
    json_page("InstanceInformationList", &numbers.map(row).collect::<Vec<_>>(), "NextToken", next)
}

fn coverage(call: &Call) -> String {
    let (numbers, next) = page(call, "nextToken", 200, SIZE.0);
    let row = |number| {
        json!({
            "resourceType": "AWS_EC2_INSTANCE",
            "resourceId": format!("i-{number:017x}"),
            "accountId": "111122223333",
            "scanType": "PACKAGE",
            "scanStatus": { "statusCode": "ACTIVE", "reason": "SUCCESSFUL" },
            "scanMode": "EC2_SSM_AGENT_BASED",
        })
    };
    json_page("coveredResources", &numbers.map(row).collect::<Vec<_>>(), "nextToken", next)
}

fn file_systems(call: &Call) -> String {
    let (numbers, next) = page(call, "Marker", 100, SIZE.1);
    let row = |number: usize| {
        json!({
            "OwnerId": "111122223333",
            "FileSystemId": format!("fs-{number:017x}"),
            "CreationTime": 1_704_067_200.0,
            "LifeCycleState": "available",
            "Name": format!("data-{number}"),
            "NumberOfMountTargets": 1,
            "SizeInBytes": { "Value": 1_u64 << 40, "ValueInIA": 1_u64 << 40, "ValueInStandard": 0, "ValueInArchive": 0 },
            "PerformanceMode": "generalPurpose",
            "ThroughputMode": "bursting",
            "Tags": [],
        })
    };
    json_page("FileSystems", &numbers.map(row).collect::<Vec<_>>(), "NextMarker", next)
}
