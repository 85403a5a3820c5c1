//! A made-up API, and a server that responds with fixed bytes.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use broker_session_runtime::{
    Api, Credential, Deadlines, ErrorKind, Failure, HttpClientBuilder, Operation, Retry, RetryPolicy,
    SecurityScheme, SecuritySchemeKind, Status, Transport, TransportBuilder, decode,
};
use progenitor_client::{Error, OperationInfo};
use reqwest::{Client, Method, Request, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const STATUSES: &[Status] =
    &[Status::success(200, decode::<Vec<u8>>), Status::failure(503, Some(ErrorKind::Unavailable))];

pub(crate) const fn operation(id: &'static str, retry: Retry) -> Operation {
    Operation {
        id,
        method: "GET",
        path: "/it",
        retry,
        security: &["key"],
        secret_headers: &["oneTimeToken"],
        secret_fields: &["password"],
        statuses: STATUSES,
        ..Operation::EMPTY
    }
}

pub(crate) const fn api(operations: &'static [Operation]) -> Api {
    Api {
        title: "test",
        version: "1",
        servers: &[],
        domains: &[],
        security_schemes: &[SecurityScheme {
            name: "key",
            kind: SecuritySchemeKind::Header("x-key"),
            secret: true,
        }],
        operations,
        error_codes: &[],
        hints: &[],
        rate_limit: None,
        penalty: None,
        document: None,
    }
}

pub(crate) static API: Api = api(&[
    operation("safe", Retry::Safe),
    operation("unsent", Retry::Unsent),
    operation("never", Retry::Never),
]);

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]";
pub(crate) const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n[]";
pub(crate) const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n[1";

/// A server that reads a request, responds with fixed bytes, and closes the connection.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Server {
    /// Sends the first response to the first request and so on; the last one stands for all later ones.
    pub(crate) async fn start(responses: &'static [&'static str], keep_open: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/it", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut buffer = [0; 1024];
                    let read = socket.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(&buffer[..read]);
                    if read == 0 {
                        break;
                    }
                }
                let response = {
                    let mut seen = seen.lock().unwrap();
                    seen.push((Instant::now(), String::from_utf8(request).unwrap()));
                    responses[(seen.len() - 1).min(responses.len() - 1)]
                };
                socket.write_all(response.as_bytes()).await.unwrap();
                if keep_open {
                    tokio::spawn(async move {
                        let _socket = socket;
                        std::future::pending::<()>().await;
                    });
                }
            }
        });
        Self { url, requests }
    }

    /// How many requests have arrived.
    pub(crate) fn arrived(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// The heads of the requests, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|(_, head)| head.to_lowercase()).collect()
    }

    /// When the requests arrived.
    pub(crate) fn times(&self) -> Vec<Instant> {
        self.requests.lock().unwrap().iter().map(|(time, _)| *time).collect()
    }
}

pub(crate) fn deadlines(milliseconds: u64) -> Deadlines {
    let time = Duration::from_millis(milliseconds);
    Deadlines { connect: time, attempt: time, total: time }
}

pub(crate) fn builder(api: &'static Api) -> TransportBuilder {
    Transport::builder(api).credential("key", Credential::Token("made-up-key".into())).retry(RetryPolicy {
        max_attempts: 3,
        first_wait: Duration::from_millis(1),
        max_wait: Duration::from_millis(2),
    })
}

pub(crate) fn transport() -> Transport {
    builder(&API).build()
}

pub(crate) fn client() -> Client {
    HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default()).unwrap()
}

pub(crate) async fn call(transport: &Transport, url: &str, id: &'static str) -> Result<Response, Failure> {
    let client = client();
    let request = client.get(url).header("oneTimeToken", "made-up-token").build().unwrap();
    send(transport, &client, request, id).await
}

pub(crate) async fn call_with(
    transport: &Transport,
    method: Method,
    url: &str,
    id: &'static str,
) -> Result<Response, Failure> {
    let client = client();
    let request = client.request(method, url).build().unwrap();
    send(transport, &client, request, id).await
}

async fn send(
    transport: &Transport,
    client: &Client,
    mut request: Request,
    id: &'static str,
) -> Result<Response, Failure> {
    let info = OperationInfo { operation_id: id };
    transport.pre::<()>(&mut request, &info).unwrap();
    let result = transport.exec(client, request, &info).await;
    let outcome: Result<_, Error<()>> = transport.post(&result);
    outcome.map(|()| result.unwrap()).map_err(Failure::of)
}

/// The status of a success or of a failure.
pub(crate) fn status(outcome: &Result<Response, Failure>) -> Option<u16> {
    match outcome {
        Ok(response) => Some(response.status().as_u16()),
        Err(failure) => failure.status,
    }
}
