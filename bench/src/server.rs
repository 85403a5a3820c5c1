//! A server that responds to every operation with the first example of its success, and does nothing else. So what is
//! measured is the client.
//!
//! It prints its port. Below `/BROKER` it has the operations of a broker. Below `/BROKER/1024`, each response has 1024
//! bytes, by a field that no spec knows. Below `/BROKER/s17` is session 17, and `GET /tickles` has the times of the tickles
//! of all sessions in milliseconds, and forgets them. Below `/BROKER/faulty`, one request in twenty goes wrong. Whatever asks
//! for a WebSocket gets one, on which nothing is said. `GET /connections` has the number of connections so far.

use std::{
    collections::HashMap,
    error::Error,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Instant,
};

use bench_programs::Outcome;
use broker_session_documents as documents;
use broker_session_openapi::{Document, operations, servers};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{
    Request, Response, StatusCode,
    body::{Body, Frame, Incoming, SizeHint},
    header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, UPGRADE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpListener};

/// `:1630434600,` in base64, as it stands in the examples of tokens, and the same with a time in some centuries. A session
/// whose token is over would not be used.
const ENDS: (&str, &str) = ("OjE2MzA0MzQ2MDAs", "Ojk5MzA0MzQ2MDAs");

/// One faulty request in so many goes wrong.
const FAULTY: usize = 20;

/// The bodies, by broker, method and path.
type Bodies = HashMap<String, Bytes>;

struct Server {
    bodies: Bodies,
    started: Instant,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    connections: usize,
    /// Requests of which some go wrong.
    faulty: usize,
    /// The times of the tickles in milliseconds, by session.
    tickles: HashMap<String, Vec<u128>>,
}

impl Server {
    fn count<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A body that may break off.
struct Content {
    bytes: Option<Bytes>,
    is_cut: bool,
}

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(match self.bytes.take() {
            Some(bytes) => Some(Ok(Frame::data(bytes))),
            None if self.is_cut => Some(Err(dropped())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && !self.is_cut
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.bytes.as_ref().map_or(0, Bytes::len);
        if self.is_cut { SizeHint::default() } else { SizeHint::with_exact(length as u64) }
    }
}

fn dropped() -> io::Error {
    io::Error::other("this request goes wrong")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut bodies = Bodies::new();
    for (broker, text) in [("kotak", documents::KOTAK), ("neo", documents::NEO), ("ibkr", documents::IBKR)] {
        add(&mut bodies, broker, text, &format!("http://{address}/{broker}"))?;
    }
    let server = Arc::new(Server { bodies, started: Instant::now(), counts: Mutex::default() });
    println!("{}", address.port());
    loop {
        let (stream, _) = listener.accept().await?;
        server.count(|counts| counts.connections += 1);
        let server = server.clone();
        let service = service_fn(move |request| respond(server.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection.with_upgrades());
    }
}

/// Adds the examples of a spec. The hosts that a sign-in would carry on with become `base`.
fn add(bodies: &mut Bodies, broker: &str, text: &str, base: &str) -> Result<(), Box<dyn Error>> {
    let document = Document::parse(broker, text).map_err(|problems| problems.to_string())?;
    for operation in operations(&document) {
        let success = operation.responses.iter().find(|response| response.status == 200);
        let example = success.and_then(|success| success.content.first()?.examples.first());
        let mut body = example.map(|example| example.value.to_string()).unwrap_or_default();
        for server in servers(&document).iter().chain(&operation.servers) {
            body = body.replace(&format!("\"{}\"", server.url), &format!("\"{base}\""));
        }
        body = body.replace(ENDS.0, ENDS.1);
        bodies.insert(format!("{} /{broker}{}", operation.method, operation.path), body.into());
    }
    Ok(())
}

async fn respond(
    server: Arc<Server>,
    mut request: Request<Incoming>,
) -> Result<Response<Content>, io::Error> {
    if request.headers().contains_key(UPGRADE) {
        return Ok(websocket(&mut request));
    }
    let (path, mut bytes, mut fault) = (request.uri().path(), None, None);
    let path = match path.splitn(4, '/').collect::<Vec<_>>()[..] {
        ["", "connections"] => {
            return Ok(response(server.count(|counts| counts.connections).to_string().into()));
        }
        ["", "tickles"] => {
            let tickles = server.count(|counts| std::mem::take(&mut counts.tickles));
            let tickles = json!(tickles.into_values().collect::<Vec<_>>());
            return Ok(response(tickles.to_string().into()));
        }
        ["", broker, "faulty", rest] => {
            let number = server.count(|counts| {
                counts.faulty += 1;
                counts.faulty
            });
            fault = number.is_multiple_of(FAULTY).then_some(number / FAULTY % 3);
            format!("/{broker}/{rest}")
        }
        ["", broker, length, rest] if length.parse::<usize>().is_ok() => {
            bytes = length.parse().ok();
            format!("/{broker}/{rest}")
        }
        ["", broker, session, rest]
            if session.strip_prefix('s').is_some_and(|number| number.parse::<u32>().is_ok()) =>
        {
            if rest == "tickle" {
                let at = server.started.elapsed().as_millis();
                server.count(|counts| counts.tickles.entry(session.to_owned()).or_default().push(at));
            }
            format!("/{broker}/{rest}")
        }
        _ => path.to_owned(),
    };
    let Some(body) = server.bodies.get(&format!("{} {path}", request.method())) else {
        return Ok(failed(StatusCode::NOT_FOUND));
    };
    let body = bytes.map_or_else(|| body.clone(), |bytes| filled(body, bytes));
    // A response before the whole request is there would end the connection.
    request.into_body().collect().await.map_err(io::Error::other)?;
    match fault {
        // The connection ends without a response.
        Some(0) => Err(dropped()),
        Some(1) => Ok(failed(StatusCode::SERVICE_UNAVAILABLE)),
        Some(_) => Ok(cut(&body)),
        None => Ok(response(body)),
    }
}

fn response(body: Bytes) -> Response<Content> {
    let mut response = Response::new(Content { bytes: Some(body), is_cut: false });
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn failed(status: StatusCode) -> Response<Content> {
    let mut response = Response::new(Content { bytes: None, is_cut: false });
    *response.status_mut() = status;
    response
}

/// Half of a body.
fn cut(body: &Bytes) -> Response<Content> {
    let mut response = response(body.slice(..body.len() / 2));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    response.body_mut().is_cut = true;
    response
}

/// A connection that stays open until the client ends it.
fn websocket(request: &mut Request<Incoming>) -> Response<Content> {
    let upgrade = hyper::upgrade::on(request);
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            let mut stream = TokioIo::new(upgraded);
            while stream.read_u8().await.is_ok() {}
        }
    });
    let mut response = failed(StatusCode::SWITCHING_PROTOCOLS);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    response.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
    response
}

/// An object with one more field, so that it has this many bytes.
fn filled(body: &Bytes, bytes: usize) -> Bytes {
    let field = "\"unknown\":\"";
    let missing = bytes.saturating_sub(body.len() + field.len() + 2);
    let mut filled = b"{".to_vec();
    filled.extend(field.as_bytes());
    filled.resize(filled.len() + missing, b'x');
    filled.extend(b"\",");
    filled.extend(body.get(1..).unwrap_or_default());
    filled.into()
}
