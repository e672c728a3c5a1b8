//! A loopback server for tests: plain HTTP/1.1, whatever the test answers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a request asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// `Action`, the target header's operation, or method and path.
    pub(super) operation: String,
    pub(super) body: String,
    /// The region it was signed for.
    pub(super) region: String,
}

/// An answer: status, content type, body.
pub(super) type Answer = (u16, &'static str, String);

/// A server that answers until the test ends.
pub(super) struct Server {
    pub(super) endpoint: String,
    /// Everything asked so far.
    pub(super) log: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(super) fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("test data is good");
        let endpoint = format!("http://{}", listener.local_addr().expect("test data is good"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), log.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, seen) = (answer.clone(), seen.clone());
                std::thread::spawn(move || serve(&stream, &*answer, &seen));
            }
        });
        Self { endpoint, log }
    }

    pub(super) fn operations(&self) -> Vec<String> {
        let mut operations: Vec<_> =
            self.log.lock().expect("test data is good").iter().map(|asked| asked.operation.clone()).collect();
        operations.sort();
        operations
    }
}

fn serve(stream: &TcpStream, answer: &dyn Fn(&Asked) -> Answer, log: &Mutex<Vec<Asked>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut operation = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let (mut length, mut region) = (0, String::new());
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().ok()?,
                // `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`
                "authorization" => region = value.split('/').nth(2)?.to_owned(),
                "x-amz-target" => operation = value.trim().rsplit('.').next()?.to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).ok()?;
        if let Some(action) = body.split('&').find_map(|pair| pair.strip_prefix("Action=")) {
            operation = action.to_owned();
        }
        let asked = Asked { operation, body, region };
        log.lock().ok()?.push(asked.clone());
        let (status, kind, body) = answer(&asked);
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n");
        let mut stream = stream;
        stream.write_all(format!("{head}x-amzn-requestid: req-7\r\n\r\n{body}").as_bytes()).ok()?;
    }
}

pub(super) fn json(body: &str) -> Answer {
    (200, "application/json", body.to_owned())
}

pub(super) fn xml(root: &str, inner: &str) -> Answer {
    (200, "text/xml", format!("<{root} xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{inner}</{root}>"))
}
