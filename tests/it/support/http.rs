//! HTTP/1.1 as far as a fake of AWS needs it: requests with a `Content-Length`, and connections that stay open.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// One request, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `GET`, `POST`.
    pub(crate) method: String,
    /// The path before the query string, percent-encoded as sent; the whole URL's where it was sent to a proxy.
    pub(crate) path: String,
    /// The decoded pairs of the query string.
    pub(crate) query: Vec<(String, String)>,
    /// The headers, names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// Reads the next request of a connection; `None` where the client closed it instead.
pub(crate) fn read_request(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "not an HTTP/1.1 request");
    let mut words = line.split_whitespace();
    let (Some(method), Some(target), Some("HTTP/1.1")) = (words.next(), words.next(), words.next()) else {
        return Err(broken());
    };
    // A proxy is asked with the whole URL.
    let target = match target.strip_prefix("http://").and_then(|rest| rest.find('/').map(|slash| &rest[slash..])) {
        Some(path) => path,
        None => target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: form_pairs(query),
        headers: BTreeMap::new(),
        body: Vec::new(),
    };
    loop {
        let mut header = String::new();
        stream.read_line(&mut header)?;
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').ok_or_else(broken)?;
        request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body)?;
    Ok(Some(request))
}

/// The decoded pairs of a query string or of a form.
pub(crate) fn form_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decoded(key), percent_decoded(value))
        })
        .collect()
}

/// `%41` and `+` undone.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                let digits = std::str::from_utf8(&digits).expect("two hex digits follow a percent sign");
                out.push(u8::from_str_radix(digits, 16).expect("two hex digits follow a percent sign"));
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).expect("AWS clients send UTF-8")
}
