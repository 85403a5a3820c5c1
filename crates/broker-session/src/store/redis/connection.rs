//! The connection to a server: made when it is needed, shared, and replaced when it was lost.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ::redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, RedisConnectionInfo, RedisError, ServerErrorKind, Value,
    aio::MultiplexedConnection, cmd,
};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use broker_session_runtime::Secret;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::Mutex,
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    address::Address,
    failure::{connect_failed, failed, tls_failed, too_slow},
};
use crate::store::{StoreError, encryption_key::hex};

/// How long a SHA-1 digest is, in bytes.
const SHA1_BYTES: usize = 20;

/// Makes connections, and keeps the one that all calls share. Clones share it, too.
#[derive(Clone, Debug)]
pub(super) struct Connector(Arc<Settings>);

#[derive(Debug)]
struct Settings {
    address: Address,
    tls: Option<Tls>,
    login: Option<Login>,
    time_limit: Duration,
    shared: Mutex<Option<Arc<Connection>>>,
}

/// How to speak TLS with the server.
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) server_name: ServerName<'static>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tls({:?})", self.server_name)
    }
}

/// Who the server lets in.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) username: Option<String>,
    pub(super) password: Secret,
}

/// A connection and the task that reads and writes.
#[derive(Debug)]
struct Connection {
    commands: MultiplexedConnection,
    driver: JoinHandle<()>,
    is_lost: AtomicBool,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// A command, and the one to send if the server does not know its script.
#[derive(Clone)]
pub(super) struct Call {
    command: Cmd,
    with_script: Option<Cmd>,
}

/// What a server has responded.
pub(super) struct Outcome {
    pub(super) value: Value,
    /// Whether the call was sent before on a connection that was lost, so that it may have taken effect twice.
    pub(super) was_repeated: bool,
}

impl Call {
    /// A command.
    pub(super) fn of(command: &Cmd) -> Self {
        Self { command: command.clone(), with_script: None }
    }

    /// A script, by its digest first. A server forgets scripts when it is restarted.
    pub(super) fn of_script(script: &str, key: &str, arguments: &[&str]) -> Self {
        let name = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, script.as_bytes()).as_ref(), SHA1_BYTES);
        let command = |how: &str, script: &str| cmd(how).arg(script).arg(1).arg(key).arg(arguments).clone();
        Self { command: command("EVALSHA", &name), with_script: Some(command("EVAL", script)) }
    }

    async fn send(&self, connection: &Connection) -> Result<Value, RedisError> {
        let mut commands = connection.commands.clone();
        let sent = self.command.query_async(&mut commands).await;
        match (sent, &self.with_script) {
            (Err(error), Some(with_script))
                if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) =>
            {
                with_script.query_async(&mut commands).await
            }
            (sent, _) => sent,
        }
    }
}

impl Connector {
    pub(super) fn new(
        address: Address,
        tls: Option<Tls>,
        login: Option<Login>,
        time_limit: Duration,
    ) -> Self {
        Self(Arc::new(Settings { address, tls, login, time_limit, shared: Mutex::default() }))
    }

    pub(super) fn time_limit(&self) -> Duration {
        self.0.time_limit
    }

    pub(super) fn location(&self) -> String {
        self.0.address.to_string()
    }

    /// The error of a server that does not respond in time.
    pub(super) fn too_slow(&self, limit: Duration) -> StoreError {
        too_slow(&self.0.address, limit)
    }

    /// Sends a call. If the connection was lost meanwhile, most often long before, it is sent once more on a new one;
    /// `call` learns that.
    pub(super) async fn call(&self, call: &impl Fn(bool) -> Call) -> Result<Outcome, StoreError> {
        let mut used = None;
        let attempts = timeout(self.0.time_limit, self.attempt(call, &mut used)).await;
        attempts.unwrap_or_else(|_| {
            // A way that swallows everything does so until another is tried.
            if let Some(connection) = used {
                connection.is_lost.store(true, Ordering::Relaxed);
            }
            Err(self.too_slow(self.0.time_limit))
        })
    }

    async fn attempt(
        &self,
        call: &impl Fn(bool) -> Call,
        used: &mut Option<Arc<Connection>>,
    ) -> Result<Outcome, StoreError> {
        let mut was_repeated = false;
        loop {
            let connection = used.insert(self.connection().await?).clone();
            let error = match call(was_repeated).send(&connection).await {
                Ok(value) => return Ok(Outcome { value, was_repeated }),
                Err(error) => error,
            };
            // Whatever the reason is, a new connection may be one to a server that is better off.
            connection.is_lost.store(true, Ordering::Relaxed);
            if was_repeated || !error.is_io_error() {
                return Err(failed(&self.0.address, &error));
            }
            was_repeated = true;
        }
    }

    /// The connection that all share, or a new one where that was lost.
    async fn connection(&self) -> Result<Arc<Connection>, StoreError> {
        let mut shared = self.0.shared.lock().await;
        let usable = shared.take().filter(|connection| {
            !connection.is_lost.load(Ordering::Relaxed) && !connection.driver.is_finished()
        });
        let connection = match usable {
            Some(connection) => connection,
            None => Arc::new(self.connect().await?),
        };
        Ok(shared.insert(connection).clone())
    }

    async fn connect(&self) -> Result<Connection, StoreError> {
        let Settings { address, tls, .. } = &*self.0;
        let connected = TcpStream::connect((address.host.as_str(), address.port)).await;
        let stream = connected.map_err(|error| connect_failed(address, error))?;
        // Only slower without it.
        let _ = stream.set_nodelay(true);
        match tls {
            None => self.begin(stream).await,
            Some(tls) => {
                let encrypted = tls.connector.connect(tls.server_name.clone(), stream).await;
                self.begin(encrypted.map_err(|error| tls_failed(address, error))?).await
            }
        }
    }

    /// Logs in and chooses the database.
    async fn begin(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<Connection, StoreError> {
        let Settings { address, login, .. } = &*self.0;
        let failed = |error: RedisError| failed(address, &error);
        // The crate sends nothing by itself: an ACL user need not be allowed anything for it.
        let nothing = RedisConnectionInfo::default()
            .set_protocol(::redis::ProtocolVersion::RESP2)
            .set_skip_set_lib_name();
        // There is one time limit, and it is around everything.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let (commands, driver) =
            MultiplexedConnection::new_with_config(&nothing, stream, config).await.map_err(failed)?;
        let connection =
            Connection { commands, driver: tokio::spawn(driver), is_lost: AtomicBool::new(false) };
        let mut commands = connection.commands.clone();
        if let Some(Login { username, password }) = login {
            let mut auth = cmd("AUTH");
            auth.arg(username.as_deref()).arg(password.expose());
            auth.query_async::<()>(&mut commands).await.map_err(failed)?;
        }
        if address.database != 0 {
            cmd("SELECT").arg(address.database).query_async::<()>(&mut commands).await.map_err(failed)?;
        }
        Ok(connection)
    }
}
