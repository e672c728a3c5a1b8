//! A fake of AWS on a loopback port: answers by operation, account, region and parameters, and remembers every call.
//!
//! Each test starts its own on a port of its own, so tests run side by side. Answers are rules; the newest rule that
//! fits and is not used up answers, and at the bottom lies the small account of `fixtures/wire/*/*/small.*`.

use std::collections::BTreeSet;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::SockRef;

use super::call::Call;
use super::http::read_request;
use super::operations::OPERATIONS;
use super::reply::{Reply, Wire};
use super::series;

/// The fake. Dropping it ends its threads, also those that hold a connection open on purpose.
#[derive(Debug)]
pub(crate) struct FakeAws {
    address: SocketAddr,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    rules: Mutex<Vec<Rule>>,
    calls: Mutex<Vec<Call>>,
    arrived: Condvar,
    open: Mutex<Vec<TcpStream>>,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
    stopping: AtomicBool,
}

/// One rule of the script.
#[derive(Debug)]
struct Rule {
    operation: String,
    account: Option<String>,
    region: Option<String>,
    parameters: Vec<(String, String)>,
    left: Option<usize>,
    reply: Arc<Reply>,
}

impl Rule {
    fn fits(&self, call: &Call) -> bool {
        let named = self
            .operation
            .strip_suffix('*')
            .map_or(self.operation == call.operation, |prefix| call.operation.starts_with(prefix));
        named
            && self.left != Some(0)
            && self.account.as_ref().is_none_or(|account| *account == call.account)
            && self.region.as_ref().is_none_or(|region| *region == call.region)
            && self.parameters.iter().all(|(name, value)| call.parameter(name) == value)
    }
}

/// A rule being written; [`When::reply`] adds it.
#[derive(Debug)]
#[must_use = "a rule counts once it has a reply"]
pub(crate) struct When<'a> {
    aws: &'a FakeAws,
    rule: Rule,
}

impl When<'_> {
    /// Only calls with keys of this account.
    pub(crate) fn account(mut self, account: &str) -> Self {
        self.rule.account = Some(account.to_owned());
        self
    }

    /// Only calls to this region.
    pub(crate) fn region(mut self, region: &str) -> Self {
        self.rule.region = Some(region.to_owned());
        self
    }

    /// Only calls with this parameter; an empty value means that the call does not have it.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.rule.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Only so many calls; then older rules answer again.
    pub(crate) fn times(mut self, times: usize) -> Self {
        self.rule.left = Some(times);
        self
    }

    /// Sets the answer and adds the rule.
    pub(crate) fn reply(mut self, reply: Reply) {
        self.rule.reply = Arc::new(reply);
        lock(&self.aws.state.rules).push(self.rule);
    }
}

impl FakeAws {
    /// Starts a fake in which every account holds the small world.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free loopback port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let accepting = std::thread::spawn(move || accept(&listener, &shared));
        let aws = Self { address, state, accepting: Some(accepting) };
        for operation in OPERATIONS {
            aws.on(operation.name).reply(Reply::Case("small"));
        }
        aws.on("securityhub:DescribeSecurityHubV2").reply(Reply::Error(404, "ResourceNotFoundException", "no hub"));
        // The small account uses neither ECS nor the logs of the mount helper.
        aws.on("ecs:ListClusters").reply(Reply::Case("empty"));
        aws.on("logs:DescribeLogGroups").reply(Reply::Case("empty"));
        aws.on("ssm:DescribeAssociationExecutions").reply(Reply::Made(Box::new(series::steady_runs)));
        aws.on("cloudwatch:GetMetricData").reply(Reply::Bytes(series::quiet_bytes));
        aws.on("pricing:GetProducts").with("ServiceCode", "AmazonInspectorV2").reply(Reply::Case("inspector"));
        let statistics = "inspector2:ListCoverageStatistics";
        aws.on(statistics).with("groupBy", "SCAN_STATUS_REASON").reply(Reply::Case("by-reason"));
        aws.on(statistics).with("groupBy", "ECR_REPOSITORY_NAME").reply(Reply::Case("no-group"));
        aws.on("elasticfilesystem:DescribeLifecycleConfiguration")
            .with("FileSystemId", "fs-0123456789abcde02")
            .reply(Reply::Case("none"));
        aws
    }

    /// The URL for `AWS_ENDPOINT_URL`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Begins a rule for an operation, e.g. `ec2:DescribeInstances`, `ssm:*` or `*`.
    pub(crate) fn on(&self, operation: &str) -> When<'_> {
        let rule = Rule {
            operation: operation.to_owned(),
            account: None,
            region: None,
            parameters: Vec::new(),
            left: None,
            reply: Arc::new(Reply::Hang),
        };
        When { aws: self, rule }
    }

    /// Every call so far, in the order of arrival.
    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.state.calls).clone()
    }

    /// The calls of one operation.
    pub(crate) fn calls_of(&self, operation: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// Waits until so many calls of an operation have arrived.
    pub(crate) fn wait_for(&self, operation: &str, calls: usize) {
        self.state.wait_for(operation, calls);
        assert!(self.calls_of(operation).len() >= calls, "{calls} calls of {operation}");
    }

    /// Waits until so many calls have arrived.
    pub(crate) fn wait_for_calls(&self, calls: usize) {
        self.wait_until(|known| known.len() >= calls);
    }

    /// Waits until the calls are such.
    pub(crate) fn wait_until(&self, is_so: impl Fn(&[Call]) -> bool) {
        self.state.wait(|calls| !is_so(calls));
        assert!(is_so(&self.calls()), "it is not so after a minute: {} calls", self.calls().len());
    }

    /// The names of the operations that were called.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        self.calls().into_iter().map(|call| call.operation).collect()
    }

    /// How many calls were being answered at the same time, at most.
    pub(crate) fn peak(&self) -> usize {
        self.state.peak.load(Ordering::SeqCst)
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        self.state.stopping.store(true, Ordering::SeqCst);
        // One more connection wakes the accepting thread, which then sees the flag.
        drop(TcpStream::connect(self.address));
        for stream in lock(&self.state.open).iter() {
            // An error means that the client went first.
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for stream in listener.incoming() {
        if state.stopping.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        if let Ok(clone) = stream.try_clone() {
            lock(&state.open).push(clone);
        }
        let state = Arc::clone(state);
        std::thread::spawn(move || serve(stream, &state));
    }
}

/// Answers one connection until either side ends it.
fn serve(stream: TcpStream, state: &State) {
    // Without it every answer of two segments would wait for an acknowledgement.
    let _ = stream.set_nodelay(true);
    let Ok(reading) = stream.try_clone() else { return };
    let mut reader = BufReader::new(reading);
    let mut stream = stream;
    while let Ok(Some(request)) = read_request(&mut reader) {
        let call = Call::of(&request);
        let (reply, number) = state.note(&call);
        let now = state.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        state.peak.fetch_max(now, Ordering::SeqCst);
        if let Reply::Once(operation, calls, _) = &*reply {
            state.wait_for(operation, *calls);
        }
        let wire = match &*reply {
            Reply::Until(operation, calls, before, _) if state.arrived(operation) < *calls => {
                before.wire(&call, number)
            }
            reply => reply.wire(&call, number),
        };
        state.in_flight.fetch_sub(1, Ordering::SeqCst);
        match wire {
            Wire::Send { bytes, keep } => {
                if stream.write_all(&bytes).is_err() || !keep {
                    break;
                }
            }
            Wire::Endless(head, piece) => {
                if stream.write_all(&head).is_ok() {
                    while stream.write_all(&piece).is_ok() {}
                }
                break;
            }
            Wire::Reset => {
                // No time to linger: closing sends RST in place of FIN.
                let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                state.forget(&stream);
                return;
            }
            Wire::Hang => {
                let _ = reader.read(&mut [0]);
                break;
            }
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

impl State {
    /// Remembers the call and picks the answer.
    fn note(&self, call: &Call) -> (Arc<Reply>, usize) {
        let number = {
            let mut calls = lock(&self.calls);
            calls.push(call.clone());
            self.arrived.notify_all();
            calls.len()
        };
        let mut rules = lock(&self.rules);
        let rule = rules.iter_mut().rev().find(|rule| rule.fits(call));
        let reply = rule.map_or_else(
            || Arc::new(Reply::Error(400, "InvalidAction", "not in the script")),
            |rule| {
                rule.left = rule.left.map(|left| left - 1);
                Arc::clone(&rule.reply)
            },
        );
        (reply, number)
    }

    /// How many calls of an operation have arrived.
    fn arrived(&self, operation: &str) -> usize {
        lock(&self.calls).iter().filter(|call| call.operation == operation).count()
    }

    /// Waits until so many calls of an operation have arrived; gives up after a minute, and the test then fails by
    /// what it counts.
    fn wait_for(&self, operation: &str, wanted: usize) {
        self.wait(|calls| calls.iter().filter(|call| call.operation == operation).count() < wanted);
    }

    fn wait(&self, is_short: impl Fn(&[Call]) -> bool) {
        let calls = lock(&self.calls);
        drop(self.arrived.wait_timeout_while(calls, Duration::from_mins(1), |calls| is_short(calls)));
    }

    /// Drops the kept handle of a connection: a socket is closed when its last handle goes.
    fn forget(&self, stream: &TcpStream) {
        let peer = stream.peer_addr().ok();
        lock(&self.open).retain(|kept| kept.peer_addr().ok() != peer);
    }
}

/// A test that panicked while it held a lock has failed already; the others go on.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
