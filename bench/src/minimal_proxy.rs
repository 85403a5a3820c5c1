//! The least that a reverse proxy on hyper does: `bench-minimal-proxy ADDRESS`. Bodies are streamed and connections are kept; there
//! are no checks, no limits, no deadlines and no session. It prints its address.

use std::env;

use bench_programs::Outcome;
use hyper::{
    Request, Response, Uri,
    body::Incoming,
    header::{CONNECTION, HOST},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let broker = env::args().nth(1).ok_or("usage: bench-minimal-proxy ADDRESS")?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (client, broker) = (client.clone(), broker.clone());
        let service = service_fn(move |request| forward(client.clone(), broker.clone(), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn forward(
    client: Client<HttpConnector, Incoming>,
    broker: String,
    mut request: Request<Incoming>,
) -> Result<Response<Incoming>, Error> {
    let path = request.uri().path_and_query().cloned();
    let uri = Uri::builder().scheme("http").authority(broker);
    if let (Some(path), headers) = (path, request.headers_mut()) {
        headers.remove(HOST);
        headers.remove(CONNECTION);
        *request.uri_mut() = uri.path_and_query(path).build().unwrap_or_default();
    }
    let mut response = client.request(request).await?;
    response.headers_mut().remove(CONNECTION);
    Ok(response)
}
