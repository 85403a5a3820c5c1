//! The same sign-in on a bare HTTP/1.1 connection of hyper: no pool, no deadlines, no TLS. Nothing of use is faster.

mod by_hand;

use std::sync::Mutex;

use bench_programs::{Outcome, run};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpStream;

use by_hand::{Call, Envelope, sign_in_and_out};

struct Kotak {
    authority: String,
    path: String,
    connection: Mutex<Option<SendRequest<Full<Bytes>>>>,
}

impl Kotak {
    fn new(base: String) -> Outcome<Self> {
        let (authority, path) = base
            .strip_prefix("http://")
            .and_then(|base| base.split_once('/'))
            .ok_or("not http://host:port/path")?;
        Ok(Self { authority: authority.to_owned(), path: path.to_owned(), connection: Mutex::default() })
    }

    async fn connection(&self) -> Outcome<SendRequest<Full<Bytes>>> {
        if let Some(open) = self.connection.lock().ok().and_then(|mut open| open.take()) {
            return Ok(open);
        }
        let (sender, connection) =
            handshake(TokioIo::new(TcpStream::connect(&self.authority).await?)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

impl Call for Kotak {
    async fn call<T: DeserializeOwned>(
        &self,
        (method, path): (Method, &str),
        header: (&str, &str),
        body: Option<Value>,
    ) -> Outcome<T> {
        let mut connection = self.connection().await?;
        connection.ready().await?;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/{}/session/1.0/session/{path}", self.path))
            .header("host", self.authority.as_str())
            .header("user-agent", "by-hand/0.1.0")
            .header("authorization", "Bearer made-up-bearer")
            .header("consumerkey", "made-up-consumer-key")
            .header("ip", "")
            .header("appid", "made-up-app")
            .header(header.0, header.1);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(|body| serde_json::to_vec(&body)).transpose()?.unwrap_or_default();
        let response = connection.send_request(request.body(Full::from(body))?).await?;
        if !response.status().is_success() {
            return Err(response.status().to_string().into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        if let Ok(mut open) = self.connection.lock() {
            *open = Some(connection);
        }
        Ok(serde_json::from_slice::<Envelope<T>>(&body)?.success)
    }
}

fn main() -> Outcome {
    run(async |base| Kotak::new(base), sign_in_and_out)
}
