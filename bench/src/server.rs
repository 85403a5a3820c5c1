//! A server that responds to every operation with the first example of its success, and does nothing else. So what is
//! measured is the client.
//!
//! It prints its port. Below `/BROKER` it has the operations of a broker. Below `/BROKER/1024`, each response has 1024
//! bytes, by a field that no spec knows. Below `/BROKER/s17` is session 17, and `GET /tickles` has the times of the tickles
//! of all sessions in milliseconds, and forgets them. `GET /connections` has the number of connections so far.

use std::{
    collections::HashMap,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use broker_session_documents as documents;
use broker_session_openapi::{Document, operations, servers};
use serde_json::json;
use tokio::net::TcpListener;

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
    /// The times of the tickles in milliseconds, by session.
    tickles: HashMap<String, Vec<u128>>,
}

impl Server {
    fn count<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut bodies = Bodies::new();
    for (broker, text) in [("kotak", documents::KOTAK), ("neo", documents::NEO), ("ibkr", documents::IBKR)] {
        add(&mut bodies, broker, text, &format!("http://{address}/{broker}"))?;
    }
    let server = Arc::new(Server { bodies, started: Instant::now(), counts: Mutex::default() });
    let count = server.clone();
    let listener = listener.tap_io(move |_| count.count(|counts| counts.connections += 1));
    let app = Router::new().route("/connections", get(connections)).route("/tickles", get(tickles));
    println!("{}", address.port());
    axum::serve(listener, app.fallback(respond).with_state(server)).await?;
    Ok(())
}

async fn connections(State(server): State<Arc<Server>>) -> String {
    server.count(|counts| counts.connections).to_string()
}

async fn tickles(State(server): State<Arc<Server>>) -> String {
    let tickles = server.count(|counts| std::mem::take(&mut counts.tickles));
    json!(tickles.into_values().collect::<Vec<_>>()).to_string()
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
        bodies.insert(format!("{} /{broker}{}", operation.method, operation.path), body.into());
    }
    Ok(())
}

async fn respond(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (path, mut bytes) = (request.uri().path(), None);
    let path = match path.splitn(4, '/').collect::<Vec<_>>()[..] {
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
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = bytes.map_or_else(|| body.clone(), |bytes| filled(body, bytes));
    // A response before the whole request is there would end the connection.
    let _ = axum::body::to_bytes(request.into_body(), 65_536).await;
    ([(CONTENT_TYPE, "application/json")], body).into_response()
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
