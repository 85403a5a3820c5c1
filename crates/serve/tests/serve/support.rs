//! What these tests share: a broker whose responses a test decides, a session there, and a server for it.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session::{
    ClientOptions, RetryPolicy, Secret, SessionProvider,
    neo::{Client, Credentials, SignIn},
    store::{MemoryStore, Store},
};
use broker_session_sandbox::neo::Sandbox;
use broker_session_serve::{Limits, Listener, Server, ServerBuilder, Token};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

type Reply = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// The head of a request that has arrived.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: http::Method,
    pub(crate) target: String,
    pub(crate) headers: http::HeaderMap,
}

/// A broker that does what a test says.
pub(crate) struct Broker {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<Head>>>,
    task: JoinHandle<()>,
}

impl Broker {
    /// Responds to each request with what `respond` makes of it.
    pub(crate) async fn start<F>(respond: impl Fn(Request<Incoming>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads: Arc<Mutex<Vec<Head>>> = Arc::default();
        let noted = heads.clone();
        let respond: Arc<dyn Fn(Request<Incoming>) -> Reply + Send + Sync> =
            Arc::new(move |request| Box::pin(respond(request)));
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (respond, noted) = (respond.clone(), noted.clone());
                connections.spawn(async move {
                    let service = service_fn(move |request: Request<Incoming>| {
                        noted.lock().unwrap().push(Head {
                            method: request.method().clone(),
                            target: request.uri().to_string(),
                            headers: request.headers().clone(),
                        });
                        let response = respond(request);
                        async move { Ok::<_, Infallible>(response.await) }
                    });
                    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                    let _ = connection.with_upgrades().await;
                });
            }
        });
        Self { address, heads, task }
    }

    /// Responds to everything with 200 and this body.
    pub(crate) async fn saying(body: &'static str) -> Self {
        Self::start(move |_| async move { Response::new(full(body)) }).await
    }

    pub(crate) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has arrived, in this order.
    pub(crate) fn heads(&self) -> Vec<Head> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn full(body: impl Into<Bytes>) -> Body {
    Full::new(body.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A provider of the sandbox's user, whose session lives at the sandbox.
pub(crate) fn provider(sandbox: &Sandbox) -> SessionProvider {
    provider_with(sandbox, ClientOptions::new())
}

pub(crate) fn provider_with(sandbox: &Sandbox, options: ClientOptions) -> SessionProvider {
    provider_in(Arc::new(MemoryStore::new()), sandbox, options)
}

/// The same with a store of its own.
pub(crate) fn provider_in(
    store: Arc<dyn Store>,
    sandbox: &Sandbox,
    options: ClientOptions,
) -> SessionProvider {
    let account = sandbox.account();
    let credentials = Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let options = options.retry(RetryPolicy::NEVER);
    let client = Client::builder().credentials(credentials).base_url(sandbox.base_url()).options(options);
    let client = client.build().unwrap();
    let clock = sandbox.clock().clone();
    let totp = client.totp_from_secret(&Secret::from(account.totp_secret.as_str())).unwrap();
    let sign_in = SignIn::new(client).totp(totp.clock(move || clock.now())).mpin(account.mpin.as_str());
    SessionProvider::builder(sign_in).store(store).start().unwrap()
}

/// A server on a port of loopback, until it is dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) token: Token,
    pub(crate) server: Server,
    pub(crate) http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<std::io::Result<()>>>,
    /// Where the session was signed in, if it lives elsewhere, and who provides it.
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) provider: Option<SessionProvider>,
}

impl Served {
    /// Serves the session `neo`, which lives at this broker.
    pub(crate) async fn at(broker: &Broker) -> Self {
        Self::with(broker, Limits::default(), |builder| builder).await
    }

    /// The same with other limits.
    pub(crate) async fn limited(broker: &Broker, limits: Limits) -> Self {
        Self::with(broker, limits, |builder| builder).await
    }

    pub(crate) async fn with(
        broker: &Broker,
        limits: Limits,
        build: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        Self::below(broker.root(), limits, build).await
    }

    /// The same with a broker at this URL.
    pub(crate) async fn below(
        root: String,
        limits: Limits,
        build: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        Self::below_with(root, ClientOptions::new(), limits, build).await
    }

    /// The same with other options of the session.
    pub(crate) async fn below_with(
        root: String,
        options: ClientOptions,
        limits: Limits,
        build: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        let sandbox = Sandbox::builder().base_url_in_answers(root.as_str()).start().await.unwrap();
        let provider = provider_with(&sandbox, options.allow_host(root));
        let builder = build(Server::builder().upstream("neo", provider.clone()).limits(limits));
        let mut served = Self::start(builder, Vec::new()).await;
        assert_eq!(served.server.settled(PATIENCE).await, 1);
        (served.sandbox, served.provider) = (Some(sandbox), Some(provider));
        served
    }

    /// Serves what is built, at a port and at further listeners.
    pub(crate) async fn start(builder: ServerBuilder, mut listeners: Vec<Listener>) -> Self {
        let token = Token::generate();
        let server = builder.token(token.clone()).build().unwrap();
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.address().unwrap();
        listeners.push(listener);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = server.clone();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serving.serve(listeners, stopped).await
        });
        // Each request has a connection of its own, so that a test knows what comes on which.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .tls_danger_accept_invalid_certs(true)
            .build()
            .unwrap();
        Self {
            address,
            token,
            server,
            http,
            stop: Some(stop),
            task: Some(task),
            sandbox: None,
            provider: None,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn bearer(&self) -> &str {
        self.token.secret().expose()
    }

    /// A request with the token.
    pub(crate) fn request(&self, method: http::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url(path)).bearer_auth(self.bearer())
    }

    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.request(http::Method::GET, path)
    }

    /// The head of a request with the token, without its last line.
    pub(crate) fn head(&self, line: &str) -> String {
        format!("{line}\r\nHost: {}\r\nAuthorization: Bearer {}\r\n", self.address, self.bearer())
    }

    /// Sends bytes, and reads until the server closes.
    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes.as_ref()).await.unwrap();
        read_to_end(&mut stream).await
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take();
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(&mut self) {
        self.stop();
        if let Some(task) = self.task.take() {
            timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// What comes until the other side closes, also with a reset.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut read)).await.expect("the connection stays open");
    String::from_utf8_lossy(&read).into_owned()
}

/// The status of a response, as it came.
pub(crate) fn status(response: &str) -> u16 {
    let status = response.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no response: {response:?}"))
}

/// The field `error.kind` of a response.
pub(crate) async fn kind(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: serde_json::Value = response.json().await.unwrap();
    (status, body["error"]["kind"].as_str().unwrap_or_default().to_owned())
}
