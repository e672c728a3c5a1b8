//! What CloudWatch answers: series for exactly the metrics and the window that a call asks for.

use chrono::Utc;
use serde_json::{Value, json};

use super::call::Call;
use super::cbor;

/// A metric that a call asks for.
#[derive(Debug)]
pub(crate) struct Query {
    /// The name of the query.
    pub(crate) id: String,
    /// The file system.
    pub(crate) file_system: String,
    /// The metric's name, for `StorageBytes` with the storage class.
    pub(crate) metric: String,
    /// Seconds of one point.
    pub(crate) period: i64,
    /// The statistic.
    pub(crate) statistic: String,
}

/// The metrics that a call asks for.
pub(crate) fn queries(call: &Call) -> Vec<Query> {
    let queries: Value = serde_json::from_str(call.parameter("MetricDataQueries")).expect("a list of queries");
    let query = |query: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let metric = &query["MetricStat"]["Metric"];
        let dimensions = metric["Dimensions"].as_array().cloned().unwrap_or_default();
        let dimension = |name: &str| dimensions.iter().find(|row| row["Name"] == name).map(|row| text(&row["Value"]));
        let class = dimension("StorageClass").map(|class| format!(" {class}")).unwrap_or_default();
        Query {
            id: text(&query["Id"]),
            file_system: dimension("FileSystemId").unwrap_or_default(),
            metric: format!("{}{class}", text(&metric["MetricName"])),
            period: query["MetricStat"]["Period"].as_i64().unwrap_or_default(),
            statistic: text(&query["MetricStat"]["Stat"]),
        }
    };
    queries.as_array().expect("a list of queries").iter().map(query).collect()
}

/// The start and the end that a call asks for, seconds since 1970.
pub(crate) fn window(call: &Call) -> (i64, i64) {
    let seconds = |name: &str| {
        let number: f64 = call.parameter(name).parse().expect("a time");
        format!("{number:.0}").parse().expect("a whole number")
    };
    (seconds("StartTime"), seconds("EndTime"))
}

/// The answer to a call: every metric asked for, its value at each step from `value`.
pub(crate) fn answer(call: &Call, value: impl Fn(&Query, i64) -> Value) -> String {
    let (from, to) = window(call);
    let result = |query: &Query| {
        let steps = 0..(to - from) / query.period;
        json!({
            "Id": query.id,
            "Label": query.metric,
            "Timestamps": steps.clone().map(|step| from + step * query.period).collect::<Vec<_>>(),
            "Values": steps.map(|step| value(query, step)).collect::<Vec<_>>(),
            "StatusCode": "Complete",
        })
    };
    let results: Vec<Value> = queries(call).iter().map(result).collect();
    json!({ "MetricDataResults": results, "Messages": [] }).to_string()
}

/// The small account: somebody is connected, nothing moves and nothing is read.
pub(crate) fn quiet(call: &Call) -> String {
    answer(call, |query, _| quiet_value(query).into())
}

fn quiet_value(query: &Query) -> u64 {
    match query.metric.as_str() {
        "StorageBytes Standard" => 53_687_091_200,
        "StorageBytes IA" => 10_995_116_277_760,
        "ClientConnections" => 480,
        _ => 0,
    }
}

/// The same, written without a detour: two megabytes a call, which a fake that shares the processor with what is measured
/// has to have at once.
pub(crate) fn quiet_bytes(call: &Call) -> Vec<u8> {
    let (from, to) = window(call);
    let queries = queries(call);
    let mut out = Vec::new();
    cbor::map(&mut out, 2);
    cbor::text(&mut out, "MetricDataResults");
    cbor::array(&mut out, queries.len());
    for query in &queries {
        let steps = usize::try_from((to - from) / query.period).unwrap_or_default();
        cbor::map(&mut out, 5);
        for (name, value) in [("Id", &query.id), ("Label", &query.metric), ("StatusCode", &"Complete".to_owned())] {
            cbor::text(&mut out, name);
            cbor::text(&mut out, value);
        }
        cbor::text(&mut out, "Timestamps");
        cbor::array(&mut out, steps);
        (0..).take(steps).for_each(|step: i64| cbor::time(&mut out, from + step * query.period));
        cbor::text(&mut out, "Values");
        cbor::array(&mut out, steps);
        let value = quiet_value(query);
        (0..steps).for_each(|_| cbor::number(&mut out, value));
    }
    cbor::text(&mut out, "Messages");
    cbor::array(&mut out, 0);
    out
}

/// A month of runs of the association, one every six hours: the scan is nothing new.
pub(crate) fn steady_runs(_: &Call) -> String {
    // On the hour, so that two runs of a test are told the same.
    let now = Utc::now().timestamp();
    let now = now - now.rem_euclid(21_600);
    let run = |number: i64| json!({ "ExecutionId": number.to_string(), "Status": "Success", "CreatedTime": now - number * 21_600 });
    json!({ "AssociationExecutions": (0..119).map(run).collect::<Vec<_>>() }).to_string()
}
