//! A small forward proxy (RFC 9110, sections 7.6 and 9.3.6), with or without a user name and a password.

use std::{
    io,
    sync::{Arc, Mutex},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    lock,
    raw_server::{header, read_request},
    respond,
};

/// A request as the proxy saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxiedRequest {
    /// The method: `CONNECT` where TLS goes through it.
    pub method: String,
    /// What was asked for: `host:port`, or a whole URL.
    pub target: String,
    /// `Proxy-Authorization`.
    pub authorization: Option<String>,
    /// Everything that the proxy could read.
    pub text: String,
}

type Log = Arc<Mutex<Vec<ProxiedRequest>>>;

#[derive(Clone, Default)]
struct Rules {
    /// The `Proxy-Authorization` without which nobody is served.
    wanted: Option<String>,
    /// Where everything leads to.
    target: Option<String>,
    /// What leads nowhere.
    refused: Vec<String>,
}

/// The proxy. It ends when it is dropped.
pub struct Proxy {
    url: String,
    log: Log,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy on loopback. With a user name and a password it serves nobody else.
    pub async fn start(user: Option<(&str, &str)>) -> Self {
        let wanted =
            user.map(|(name, password)| format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))));
        let rules = Rules { wanted, ..Rules::default() };
        Self::listen(rules).await
    }

    /// Starts a proxy that leads to `target` (`host:port`) whatever it is asked for, as a resolver in the
    /// pay of a test would; except for `refused`, where nobody listens.
    pub async fn leading_to(target: &str, refused: &[&str]) -> Self {
        let rules = Rules {
            target: Some(target.to_owned()),
            refused: refused.iter().map(|host| (*host).to_owned()).collect(),
            ..Rules::default()
        };
        Self::listen(rules).await
    }

    async fn listen(rules: Rules) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let address = listener.local_addr().expect("the address of a listener");
        let log = Log::default();
        let of_task = log.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // What goes wrong here is the client's doing, and it is the client that is tested.
                tokio::spawn(pass_on(socket, rules.clone(), of_task.clone()));
            }
        });
        Self { url: format!("http://{address}"), log, accepting }
    }

    /// The proxy's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What came through, oldest first.
    pub fn seen(&self) -> Vec<ProxiedRequest> {
        lock(&self.log).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass_on(mut client: TcpStream, rules: Rules, log: Log) -> io::Result<()> {
    let (head, body) = read_request(&mut client).await?;
    let mut words = head.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let authorization = header(&head, "proxy-authorization").map(str::to_owned);
    lock(&log).push(ProxiedRequest {
        method: method.to_owned(),
        target: target.to_owned(),
        authorization: authorization.clone(),
        text: format!("{head}{body}"),
    });
    if rules.wanted.is_some() && rules.wanted != authorization {
        let challenge = [("proxy-authenticate", "Basic realm=\"proxy\"")];
        let response = respond("407 Proxy Authentication Required", &challenge, "");
        client.write_all(&response).await?;
        return client.shutdown().await;
    }
    if rules.refused.iter().any(|refused| refused == target) {
        client.write_all(&respond("502 Bad Gateway", &[], "")).await?;
        return client.shutdown().await;
    }
    let mut server = if method == "CONNECT" {
        let target = rules.target.as_deref().unwrap_or(target);
        let server = TcpStream::connect(target).await?;
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
        server
    } else {
        let (authority, path) = split(target);
        let mut server = TcpStream::connect(authority).await?;
        // The proxy's own headers end here; closing makes the next request come by as well.
        let headers = head.lines().skip(1).filter(|line| !line.to_ascii_lowercase().starts_with("proxy-"));
        let headers: Vec<&str> = headers.take_while(|line| !line.is_empty()).collect();
        let head =
            format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n{}\r\n\r\n", headers.join("\r\n"));
        server.write_all(head.as_bytes()).await?;
        server.write_all(body.as_bytes()).await?;
        server
    };
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// Host and port, and the path, of `http://host:port/path`.
fn split(target: &str) -> (&str, String) {
    let rest = target.strip_prefix("http://").unwrap_or(target);
    match rest.split_once('/') {
        Some((authority, path)) => (authority, format!("/{path}")),
        None => (rest, "/".to_owned()),
    }
}
