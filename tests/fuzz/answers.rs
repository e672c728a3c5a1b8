//! Answers of AWS: one that nobody wrote among those of a whole account, over the wire and through the SDK.
//!
//! The first line of an input names the operation, the rest is the body.

use crate::corpus::files;
use crate::mutate::hash;
use crate::support::call::access_key;
use crate::support::fake::FakeAws;
use crate::support::operations::{OPERATIONS, Operation, Protocol};
use crate::support::reply::Reply;
use crate::targets::Bench;

/// Where the process finds the address of its AWS: set for it when it is started.
pub(crate) const AWS_CONFIG: &str = "aws-config";

/// Every answer of the fixtures.
pub(crate) fn corpus() -> Vec<Vec<u8>> {
    let of = |operation: &Operation| {
        let folder = format!("fixtures/wire/{}/{}", operation.folder, operation.short());
        let name = operation.name;
        files(&folder, &[".json", ".xml"])
            .into_iter()
            .map(move |(_, bytes)| [name.as_bytes(), b"\n", &bytes].concat())
            .collect::<Vec<_>>()
    };
    OPERATIONS.iter().flat_map(of).collect()
}

/// Scans an account whose answer to one operation is the input.
pub(crate) fn run(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (name, body) = input.split_at(end);
    let named = OPERATIONS.iter().find(|operation| operation.name.as_bytes() == name);
    // A name that is none stands for some operation, always the same.
    let some = usize::try_from(hash(name) % 1_000_003).unwrap_or(0) % OPERATIONS.len();
    let Some(operation) = named.or_else(|| OPERATIONS.get(some)) else { return Ok(()) };
    let body = String::from_utf8_lossy(body.strip_prefix(b"\n").unwrap_or(body)).into_owned();
    let is_sent = operation.protocol() != Protocol::Cbor || serde_json::from_str::<serde_json::Value>(&body).is_ok();
    if !is_sent {
        // The fixtures of CBOR are JSON: what is none has no form on the wire.
        return Ok(());
    }
    let aws = FakeAws::start();
    aws.on(operation.name).reply(Reply::Made(Box::new(move |_| body.clone())));
    bench.file(
        AWS_CONFIG,
        format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = x\nendpoint_url = {}\n\
             max_attempts = 1\nregion = ap-northeast-1\n",
            access_key("111122223333"),
            aws.url()
        ),
    );
    bench.file("mounts.txt", "assets-111122223333 /data fuse.s3fs rw 0 0\n");
    let scan = "scan --region ap-northeast-1 --role-arn arn:aws:iam::123456789012:role/r --ecr-usage --cloudtrail \
                --cost-explorer --mount-table i-0123456789abcde01=mounts.txt --fail-on never --allow-gaps \
                --format json --output report.csv --output report.md";
    bench.command(scan, input.len())?;
    Ok(())
}
